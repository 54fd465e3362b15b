import t from 'tap'
import { cny, givenCustomer, givenLimit, givenRated } from '../../given.ts'
import { contractService } from '../contract.ts'

const urlOf = (customerId: string) => `/v1/customers/${customerId}/limit-decisions`

t.test('computing a limit', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const limitOf = async (customerId: string) => (await send('GET', `/v1/customers/${customerId}/limit`)).body
  const lastEntry = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/journal`)).body.items.at(-1)

  await t.test('201: within the policy’s authority the limit takes effect at once', async (t) => {
    await givenRated(service, 'C-1')
    const answer = await send('POST', urlOf('C-1'), { requested: cny('200500.00'), comment: 'Season' })
    t.equal(answer.status, 201)
    t.equal(answer.headers.etag, '"1"')
    t.equal(answer.headers.location, `${urlOf('C-1')}/${answer.body.limitDecisionId}`)
    t.match(answer.body, {
      limitDecisionId: /^lim_[0-9a-z]{26}$/,
      customerId: 'C-1',
      state: 'applied',
      requested: cny('200500.00'),
      comment: 'Season',
      previousLimit: { mode: 'none', amount: cny('0.00'), termsDays: null },
      proposedAt: '2026-03-31T12:00:00.000Z',
      decision: {
        by: 'policy',
        comment: null,
        mode: 'limited',
        amount: cny('200000.00'),
        termsDays: 60,
        validUntil: '2027-03-31'
      },
      version: 1
    })
    t.same((await send('GET', String(answer.headers.location))).body, answer.body, 'reading it gives the same')
    t.same(await limitOf('C-1'), {
      customerId: 'C-1',
      mode: 'limited',
      amount: cny('200000.00'),
      termsDays: 60,
      validUntil: '2027-03-31',
      inForce: true,
      limitDecisionId: answer.body.limitDecisionId,
      available: cny('200000.00')
    })
    const entry = await lastEntry('C-1')
    t.match(entry, { type: 'limit.applied', subject: answer.body.limitDecisionId })
    t.match(JSON.parse(entry.payload), { decision: { state: 'applied' }, facts: { grade: 'BBB' } })
  })

  await t.test('201: the answer shows every component, and which of them binds', async (t) => {
    const { body } = await send('POST', `${urlOf('C-1')}?dryRun=true`, { requested: cny('250000.00') })
    t.match(body.proposal, {
      policy: { id: 'standard', version: 4 },
      asOf: '2026-03-31',
      status: 'proposed',
      mode: 'limited',
      amount: cny('250000.00'),
      grade: 'BBB',
      bindingConstraint: 'request',
      termsDays: 60,
      automatic: true
    })
    const shown = body.proposal.components.map(
      ({ id, amount, gap }: { id: string; amount: { amount: string } | null; gap: string | null }) => [
        id,
        amount?.amount ?? gap
      ]
    )
    t.same(Object.fromEntries(shown), {
      need: 'no_purchases',
      request: '250000.00',
      equity_cap: '8300000.00',
      revenue_cap: '26000000.00',
      experience_cap: 'no_settled_invoice',
      policy_maximum: '50000000.00'
    })
    for (const { explanation } of body.proposal.components)
      t.ok(explanation.en.length > 10 && /\p{Script=Han}/u.test(explanation.zh))
  })

  await t.test('201: above the authority it stands as a proposal and changes nothing yet', async (t) => {
    const before = await limitOf('C-1')
    const { status, body } = await send('POST', urlOf('C-1'), { requested: cny('501000.00') })
    t.equal(status, 201)
    t.match(body, { state: 'proposed', decision: null, proposal: { automatic: false, amount: cny('501000.00') } })
    t.same(await limitOf('C-1'), before)
    t.match(await lastEntry('C-1'), { type: 'limit.proposed', subject: body.limitDecisionId })
    const exactly = await send('POST', urlOf('C-1'), { requested: cny('500000.00') })
    t.match(exactly.body, { state: 'applied' }, 'the authority itself is within it')
  })

  await t.test('201: without a request it is as much as the policy allows', async (t) => {
    const { body } = await send('POST', urlOf('C-1'), {})
    t.match(body, {
      state: 'proposed',
      requested: null,
      proposal: { amount: cny('8300000.00'), bindingConstraint: 'equity_cap' }
    })
  })

  await t.test('201: a request takes the place of the need', async (t) => {
    await givenRated(service, 'C-2')
    const invoice = { amount: cny('100000.00'), issuedOn: '2025-12-01', dueOn: '2026-04-30' }
    await send('PUT', '/v1/customers/C-2/invoices/I-1', invoice)
    const proposed = async (body: object) =>
      (await send('POST', `${urlOf('C-2')}?dryRun=true`, body)).body.proposal as Record<string, unknown>
    const applied = ({ components }: Record<string, unknown>) =>
      (components as { id: string; applied: boolean }[]).filter((part) => part.applied).map(({ id }) => id)
    const needed = await proposed({})
    t.match(needed, { bindingConstraint: 'need', amount: cny('77000.00') })
    t.same(applied(needed), ['equity_cap', 'revenue_cap', 'need', 'policy_maximum'])
    const more = await proposed({ requested: cny('400000.00') })
    t.match(more, { bindingConstraint: 'request', amount: cny('400000.00') })
    t.same(applied(more), ['equity_cap', 'revenue_cap', 'request', 'policy_maximum'])
    t.match(await proposed({ requested: cny('50000.00') }), { bindingConstraint: 'request', amount: cny('50000.00') })
  })

  await t.test('201: a request never raises what the customer can carry', async (t) => {
    const { body } = await send('POST', `${urlOf('C-1')}?dryRun=true`, { requested: cny('40000000.00') })
    t.match(body.proposal, { bindingConstraint: 'equity_cap', amount: cny('8300000.00') })
  })

  await t.test('201: without a rating there is none, and a person must say so', async (t) => {
    await givenCustomer(service, 'C-3')
    const { body } = await send('POST', urlOf('C-3'), { requested: cny('100000.00') })
    t.match(body, {
      state: 'proposed',
      proposal: {
        status: 'none',
        mode: 'none',
        amount: cny('0.00'),
        grade: null,
        automatic: false,
        reasons: [{ code: 'RATING_MISSING' }]
      }
    })
    t.match(await limitOf('C-3'), { mode: 'none', inForce: false, limitDecisionId: null, available: cny('0.00') })
  })

  await t.test('201: a customer in default pays before delivery, at once', async (t) => {
    await givenLimit(service, 'C-4', '100000.00')
    const invoice = { amount: cny('1000.00'), issuedOn: '2025-06-01', dueOn: '2025-09-01' }
    await send('PUT', '/v1/customers/C-4/invoices/I-1', invoice)
    await send('POST', '/v1/customers/C-4/assessments', {})
    const { body } = await send('POST', urlOf('C-4'), {})
    t.match(body, {
      state: 'applied',
      proposal: { mode: 'cash_only', grade: 'D', automatic: true },
      previousLimit: { mode: 'limited', amount: cny('100000.00'), termsDays: 60 },
      decision: { by: 'policy', mode: 'cash_only', amount: cny('0.00'), termsDays: 0 }
    })
    t.match(await limitOf('C-4'), { mode: 'cash_only', amount: cny('0.00'), available: cny('-1000.00') })
    const order = { customerId: 'C-4', orderId: 'SO-1', amount: cny('1.00') }
    const check = await send('POST', '/v1/credit-checks', order)
    t.match(check.body, { outcome: 'declined', reservation: null })
    t.ok(check.body.reasons.some(({ code }: { code: string }) => code === 'CASH_ONLY'))
  })

  await t.test(
    '201: a limit that a person decided is lowered by the policy, but raised by a person only',
    async (t) => {
      await givenRated(service, 'C-5')
      const { body } = await send('POST', urlOf('C-5'), { requested: cny('600000.00') })
      const headers = { authorization: await service.authorization('admin'), 'if-match': '"1"' }
      const granted = { verdict: 'approve', amount: cny('50000.00'), comment: 'Only as much as this' }
      await send('POST', `${urlOf('C-5')}/${body.limitDecisionId}/approvals`, granted, headers)
      const raised = await send('POST', urlOf('C-5'), { requested: cny('60000.00') })
      t.match(raised.body, { state: 'proposed', decision: null })
      t.match(await limitOf('C-5'), { amount: cny('50000.00') })
      const lowered = await send('POST', urlOf('C-5'), { requested: cny('40000.00') })
      t.match(lowered.body, { state: 'applied', decision: { by: 'policy' } })
      t.match(await limitOf('C-5'), { amount: cny('40000.00') })
    }
  )

  await t.test('200: a dry run computes and writes nothing', async (t) => {
    const before = await footprint()
    const headers = { 'idempotency-key': 'dry' }
    const answer = await send('POST', `${urlOf('C-1')}?dryRun=true`, { requested: cny('20000.00') }, headers)
    t.match(answer, { status: 200, body: { state: 'applied' } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key decides once and gives the same bytes', async (t) => {
    const headers = { 'idempotency-key': 'limit' }
    const body = { requested: cny('30000.00') }
    const first = await send('POST', urlOf('C-1'), body, headers)
    t.match(first, { status: 201, body: { state: 'applied' } })
    const before = await footprint()
    const again = await send('POST', urlOf('C-1'), body, headers)
    t.match(again, { status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    t.equal(await footprint(), before)
    const other = { method: 'POST', url: urlOf('C-1'), body: { requested: cny('30001.00') }, headers } as const
    t.same((await refuses(t, other, 'idempotency-key-reused')).body.differing, ['/body/requested/amount'])
    await refuses(t, { ...other, headers: { 'idempotency-key': '""' } }, 'idempotency-key-invalid')
  })

  await t.test('what cannot be a request is refused', async (t) => {
    const post = (body: object, customerId = 'C-1') => ({ method: 'POST', url: urlOf(customerId), body }) as const
    await refuses(t, post({}, 'C-9'), 'customer-not-found')
    await refuses(t, post({ requested: { amount: '1.00', currency: 'USD' } }), 'currency-not-supported')
    await refuses(t, post({ requested: cny('0') }), 'validation-error', ['/requested/amount'])
    await refuses(t, post({ requested: '1000.00' }), 'validation-error', ['/requested'])
    await refuses(t, post({ comment: '' }), 'validation-error', ['/comment'])
    await refuses(t, post({ limit: cny('1.00') }), 'validation-error', ['/limit'])
  })

  t.same(service.unanswered('decideLimit'), [], 'every documented answer was given')
})
