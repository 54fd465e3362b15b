import t from 'tap'
import { confirmKeys } from '../../../src/access/commands/confirm.ts'
import { cny, givenCustomer, givenLimit, givenRated, STATEMENT, setLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('approving a limit', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const authorization = await service.authorization('admin')
  let customers = 0
  /** A customer with a proposal that waits, and the path of its approvals. */
  const waiting = async (before?: string) => {
    customers += 1
    const customerId = `C-${customers}`
    if (before === undefined) await givenRated(service, customerId)
    else await givenLimit(service, customerId, before)
    const { body } = await send('POST', `/v1/customers/${customerId}/limit-decisions`, { requested: cny('800000.00') })
    t.match(body, { state: 'proposed', proposal: { amount: cny('800000.00') } })
    return { customerId, url: `/v1/customers/${customerId}/limit-decisions/${body.limitDecisionId}/approvals` }
  }
  const seen = { authorization, 'if-match': '"1"' }
  const approve = { verdict: 'approve', comment: 'Known for years' }
  const limitOf = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/limit`)).body
  const lastEntry = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/journal`)).body.items.at(-1)

  await t.test('200: another admin key puts the proposal into force', async (t) => {
    const { customerId, url } = await waiting()
    const answer = await send('POST', url, approve, seen)
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, '"2"')
    t.equal(answer.headers.location, `/v1/customers/${customerId}/limit`)
    t.match(answer.body, {
      state: 'applied',
      version: 2,
      decision: {
        at: '2026-03-31T12:00:00.000Z',
        comment: 'Known for years',
        mode: 'limited',
        amount: cny('800000.00'),
        termsDays: 60,
        validUntil: '2027-03-31'
      }
    })
    t.not(answer.body.decision.by, answer.body.proposedBy)
    t.same((await send('GET', url.replace('/approvals', ''))).body, answer.body, 'reading it gives the same')
    t.match(await limitOf(customerId), {
      mode: 'limited',
      amount: cny('800000.00'),
      termsDays: 60,
      inForce: true,
      limitDecisionId: answer.body.limitDecisionId
    })
    const entry = await lastEntry(customerId)
    t.match(entry, { type: 'limit.applied', subject: answer.body.limitDecisionId, actor: answer.body.decision.by })
  })

  await t.test('200: the approver may grant another amount and other terms', async (t) => {
    const { customerId, url } = await waiting()
    await send('POST', url, { ...approve, amount: cny('123456.78'), termsDays: 15 }, seen)
    t.match(await limitOf(customerId), { mode: 'limited', amount: cny('123456.78'), termsDays: 15 })
  })

  await t.test('200: a rejection closes the proposal and leaves the limit as it is', async (t) => {
    const { customerId, url } = await waiting('50000.00')
    const before = await limitOf(customerId)
    const answer = await send('POST', url, { verdict: 'reject', comment: 'Too much for a trader' }, seen)
    t.match(answer, {
      status: 200,
      body: { state: 'rejected', decision: { comment: 'Too much for a trader', mode: null, amount: null } }
    })
    t.same(await limitOf(customerId), before)
    t.match(await lastEntry(customerId), { type: 'limit.rejected' })
  })

  await t.test('200: a person may grant a limit where the policy found no ground for one', async (t) => {
    await givenCustomer(service, 'N-1')
    const { body } = await send('POST', '/v1/customers/N-1/limit-decisions', {})
    t.match(body, { state: 'proposed', proposal: { status: 'none' } })
    const url = `/v1/customers/N-1/limit-decisions/${body.limitDecisionId}/approvals`
    const granted = { ...approve, amount: cny('20000.00'), termsDays: 30 }
    t.match(await send('POST', url, granted, seen), { status: 200, body: { state: 'applied' } })
    t.match(await limitOf('N-1'), { mode: 'limited', amount: cny('20000.00'), validUntil: '2027-03-31', inForce: true })
  })

  await t.test('200: what the policy would cut or refuse at once waits for a person, who may grant it', async (t) => {
    await givenRated(service, 'R-1')
    const path = '/v1/customers/R-1/limit-decisions'
    const small = await send('POST', path, { requested: cny('100000.00') })
    t.equal(small.body.state, 'applied')
    const closed = { method: 'POST', url: `${path}/${small.body.limitDecisionId}/approvals`, body: approve } as const
    await refuses(t, { ...closed, headers: seen }, 'limit-decision-closed')
    const { body } = await send('POST', path, { requested: cny('200000.00'), refer: true })
    t.match(body, { state: 'proposed', decision: null, proposal: { automatic: true, amount: cny('200000.00') } })
    t.match(await limitOf('R-1'), { amount: cny('100000.00') }, 'nothing changed yet')
    const url = `${path}/${body.limitDecisionId}/approvals`
    const granted = { ...approve, amount: cny('900000.00') }
    await refuses(t, { method: 'POST', url, body: granted, headers: { 'if-match': '"1"' } }, 'four-eyes')
    t.match(await send('POST', url, granted, seen), { status: 200, body: { state: 'applied' } })
    t.match(await limitOf('R-1'), { mode: 'limited', amount: cny('900000.00') })

    const invoice = { amount: cny('1000.00'), issuedOn: '2025-06-01', dueOn: '2025-09-01' }
    await send('PUT', '/v1/customers/R-1/invoices/I-1', invoice)
    await send('POST', '/v1/customers/R-1/assessments', {})
    const refused = await send('POST', path, { refer: true })
    t.match(refused.body, { state: 'proposed', proposal: { mode: 'cash_only', grade: 'D' } })
    const again = `${path}/${refused.body.limitDecisionId}/approvals`
    await send('POST', again, { ...approve, amount: cny('5000.00'), termsDays: 10 }, seen)
    t.match(await limitOf('R-1'), { mode: 'limited', amount: cny('5000.00'), termsDays: 10, inForce: true })
  })

  await t.test('case 46: the proposer’s own key cannot approve', async (t) => {
    const { url } = await waiting()
    await refuses(t, { method: 'POST', url, body: approve, headers: { 'if-match': '"1"' } }, 'four-eyes')
    t.match(await send('POST', url, approve, seen), { status: 200 })
  })

  await t.test('a key without the scope admin cannot approve', async (t) => {
    const { url } = await waiting()
    const headers = { ...seen, authorization: await service.authorization('write', 'check', 'read') }
    await refuses(t, { method: 'POST', url, body: approve, headers }, 'insufficient-scope')
  })

  await t.test('case 45: If-Match must be there and name the version that was seen', async (t) => {
    const { url } = await waiting()
    const post = (headers: Record<string, string>) =>
      ({ method: 'POST', url, body: approve, headers: { authorization, ...headers } }) as const
    await refuses(t, post({}), 'precondition-required')
    await refuses(t, post({ 'if-match': '*' }), 'precondition-required')
    await refuses(t, post({ 'if-match': '"2"' }), 'precondition-failed')
    await refuses(t, post({ 'if-match': 'W/"1"' }), 'precondition-failed')
  })

  await t.test('409: what is decided cannot be decided again', async (t) => {
    const approved = await waiting()
    await send('POST', approved.url, approve, seen)
    const rejected = await waiting()
    await send('POST', rejected.url, { verdict: 'reject', comment: 'x' }, seen)
    for (const { url } of [approved, rejected]) {
      await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'precondition-failed')
      const headers = { authorization, 'if-match': '"2"' }
      await refuses(t, { method: 'POST', url, body: approve, headers }, 'limit-decision-closed')
    }
    const { body } = await send('POST', '/v1/customers/C-1/limit-decisions', { requested: cny('10000.00') })
    const url = `/v1/customers/C-1/limit-decisions/${body.limitDecisionId}/approvals`
    await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'limit-decision-closed')
  })

  await t.test('case 46: a proposal is stale once the rating is another', async (t) => {
    const { customerId, url } = await waiting()
    const invoice = { amount: cny('1000.00'), issuedOn: '2025-06-01', dueOn: '2025-09-01' }
    await send('PUT', `/v1/customers/${customerId}/invoices/I-1`, invoice)
    await send('POST', `/v1/customers/${customerId}/assessments`, {})
    const answer = await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'stale-approval')
    t.match(answer.body.detail, /was BBB .* is D/)
    const reject = { verdict: 'reject', comment: 'In default' }
    t.match(await send('POST', url, reject, seen), { status: 200 }, 'it can still be rejected')
  })

  await t.test('case 46: a proposal is stale once another limit was decided', async (t) => {
    const { customerId, url } = await waiting('50000.00')
    await setLimit(service, customerId, '60000.00')
    await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'stale-approval')
  })

  await t.test('case 46: a proposal is stale even when the other decision left the amount as it was', async (t) => {
    const { customerId, url } = await waiting('50000.00')
    const other = await send('POST', `/v1/customers/${customerId}/limit-decisions`, { requested: cny('700000.00') })
    const otherUrl = `/v1/customers/${customerId}/limit-decisions/${other.body.limitDecisionId}/approvals`
    await send('POST', otherUrl, { ...approve, amount: cny('50000.00'), termsDays: 10 }, seen)
    t.match(await limitOf(customerId), { amount: cny('50000.00'), termsDays: 10 })
    await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'stale-approval')
  })

  await t.test('case 46: a proposal is stale once its rating has expired', async (t) => {
    const { url } = await waiting()
    await service.clockTo('2027-04-01')
    await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'stale-approval')
    await service.clockTo('2026-03-31')
  })

  await t.test('case 46: a proposal is stale once its figures would be others', async (t) => {
    const { customerId, url } = await waiting()
    const balanceSheet = {
      ...STATEMENT.balanceSheet,
      totalLiabilities: '15000',
      equity: '200',
      retainedEarnings: '100'
    }
    const worse = { ...STATEMENT, periodEnd: '2026-02-28', balanceSheet }
    const put = await send('PUT', `/v1/customers/${customerId}/statements/FY2026`, worse)
    t.equal(put.status, 201, put.text)
    const answer = await refuses(t, { method: 'POST', url, body: approve, headers: seen }, 'stale-approval')
    t.match(answer.body.detail, /no longer 800000.00/)
  })

  await t.test('case 46: nobody grants more than the policy’s maximum, rated or not', async (t) => {
    const { customerId, url } = await waiting()
    await givenCustomer(service, 'N-2')
    const { body } = await send('POST', '/v1/customers/N-2/limit-decisions', {})
    const unrated = `/v1/customers/N-2/limit-decisions/${body.limitDecisionId}/approvals`
    for (const path of [url, unrated]) {
      const above = { ...approve, amount: cny('50000000.01') }
      const answer = await refuses(t, { method: 'POST', url: path, body: above, headers: seen }, 'authority-exceeded')
      t.match(answer.body.detail, /50000000\.00 CNY at most/)
    }
    await send('POST', url, { ...approve, amount: cny('50000000.00') }, seen)
    t.match(await limitOf(customerId), { amount: cny('50000000.00') }, 'the maximum itself is within it')
  })

  await t.test('404: neither an unknown customer nor another customer’s decision is found', async (t) => {
    const { url } = await waiting()
    const elsewhere = url.replace(/C-\d+/, 'C-1')
    await refuses(t, { method: 'POST', url: elsewhere, body: approve, headers: seen }, 'not-found')
    const nobody = url.replace(/C-\d+/, 'C-999')
    await refuses(t, { method: 'POST', url: nobody, body: approve, headers: seen }, 'customer-not-found')
  })

  await t.test('what cannot be an approval is refused', async (t) => {
    const { url } = await waiting()
    const post = (change: object, headers = seen) =>
      ({ method: 'POST', url, body: { ...approve, ...change }, headers }) as const
    await refuses(t, post({ comment: undefined }), 'validation-error', ['/comment'])
    await refuses(t, post({ verdict: 'maybe' }), 'validation-error', ['/verdict'])
    await refuses(t, post({ amount: cny('0.00') }), 'validation-error', ['/amount/amount'])
    await refuses(t, post({ termsDays: 366 }), 'validation-error', ['/termsDays'])
    await refuses(t, post({ limit: cny('1.00') }), 'validation-error', ['/limit'])
    await refuses(t, post({ amount: { amount: '1.00', currency: 'USD' } }), 'currency-not-supported')
    await refuses(t, post({}, { ...seen, 'idempotency-key': 'a b' } as typeof seen), 'idempotency-key-invalid')
  })

  await t.test('200: a dry run decides nothing', async (t) => {
    const { url } = await waiting()
    const before = await footprint()
    t.match(await send('POST', `${url}?dryRun=true`, approve, seen), { status: 200, body: { state: 'applied' } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key approves once and gives the same bytes', async (t) => {
    const { url } = await waiting()
    const headers = { ...seen, 'idempotency-key': 'approval' }
    const first = await send('POST', url, approve, headers)
    t.equal(first.status, 200)
    const before = await footprint()
    const again = await send('POST', url, approve, headers)
    t.match(again, { status: 200, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    t.equal(await footprint(), before)
    const other = { method: 'POST', url, body: { ...approve, termsDays: 1 }, headers } as const
    t.same((await refuses(t, other, 'idempotency-key-reused')).body.differing, ['/body/termsDays'])
  })

  await t.test('attack 4: a key that another one made approves nothing before it is confirmed', async (t) => {
    const { url } = await waiting()
    const maker = { authorization: await service.authorization('admin') }
    const { body } = await send('POST', '/v1/api-keys', { name: 'Head of credit', scopes: ['approve'] }, maker)
    const headers = { authorization: `Bearer ${body.key}`, 'if-match': '"1"' }
    await refuses(t, { method: 'POST', url, body: approve, headers }, 'key-unconfirmed')
    await confirmKeys(service.deps.db, service.deps.clock, [body.keyId])
    t.match(await send('POST', url, approve, headers), { status: 200, body: { state: 'applied' } })
  })

  t.same(service.unanswered('approveLimit'), [], 'every documented answer was given')
})
