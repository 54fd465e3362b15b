import { sql } from 'kysely'
import t from 'tap'
import { lockWithFacts } from '../../src/accounts/store.ts'
import type { CustomerId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { cny, givenRated } from '../given.ts'
import { TEST_DAY, testService } from '../service.ts'
import { atOnce, countKinds, race, skip } from './racing.ts'

t.test('invoices, payments and credit notes at once keep the sums', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const invoice = { amount: cny('100.00'), issuedOn: '2026-03-01', dueOn: '2026-03-31' }
    await atOnce(5, (index) => service.send('PUT', `${url}/invoices/I-${index}`, invoice))
    const answers = await atOnce(30, (index) => {
      if (index % 3 === 0) return service.send('PUT', `${url}/invoices/J-${index}`, invoice)
      if (index % 3 === 1)
        return service.send('POST', `${url}/payments`, {
          paymentId: `P-${index}`,
          receivedOn: TEST_DAY,
          amount: cny('70.00')
        })
      return service.send('POST', `${url}/credit-notes`, {
        creditNoteId: `N-${index}`,
        issuedOn: TEST_DAY,
        amount: cny('10.00')
      })
    })
    t.same(countKinds(answers), { '201': 30 })
    const { exposure } = (await service.send('GET', `${url}/exposure`)).body
    t.match(exposure, { receivables: cny('700.00') }, '15 invoices of 100 less 10 payments of 70 and 10 notes of 10')
    const { items } = (await service.send('GET', `${url}/invoices`)).body
    const openMinor = items.reduce(
      (sum: number, { open }: { open: { amount: string } }) => sum + Math.round(Number(open.amount) * 100),
      0
    )
    t.ok(openMinor >= 70_000, 'nothing is settled twice')
  })
)

t.test('one payment at once is recorded once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const payment = { paymentId: 'P-1', receivedOn: TEST_DAY, amount: cny('70.00') }
    const answers = await atOnce(10, () => service.send('POST', `${url}/payments`, payment))
    t.same(countKinds(answers), { '200': 9, '201': 1 })
    t.match((await service.send('GET', `${url}/exposure`)).body, { exposure: { receivables: cny('-70.00') } })
  })
)

t.test('allocations of one payment at once apply no more than there is', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const invoice = { amount: cny('100.00'), issuedOn: '2026-03-01', dueOn: '2026-03-31' }
    await atOnce(6, (index) => service.send('PUT', `${url}/invoices/I-${index}`, invoice))
    const payment = { paymentId: 'P-1', receivedOn: TEST_DAY, amount: cny('300.00'), allocations: [] }
    await service.send('POST', `${url}/payments`, payment)
    const answers = await atOnce(6, (index) =>
      service.attempt('POST', `${url}/payments/P-1/allocations`, {
        allocations: [{ invoiceId: `I-${index}`, amount: cny('100.00') }]
      })
    )
    t.same(countKinds(answers), { '200': 3, '409 allocation-exceeds-credit': 3 })
  })
)

t.test('the first PUT of one customer at once makes one customer', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    const answers = await atOnce(10, () => service.send('PUT', url, { kind: 'company', name: 'x' }))
    t.same(countKinds(answers), { '200': 9, '201': 1 })
    const { body } = await service.send('GET', `${url}/journal`)
    t.equal(body.items.length, 1)
  })
)

t.test('different PUTs of a new customer at once come one after the other', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    const answers = await atOnce(10, (index) => service.send('PUT', url, { kind: 'company', name: `x ${index}` }))
    t.same(countKinds(answers), { '200': 9, '201': 1 })
    t.match((await service.send('GET', url)).body, { version: 10 })
  })
)

t.test('of changes with the same If-Match at once one is made', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const answers = await atOnce(10, (index) =>
      service.attempt('PATCH', url, { employees: index + 1 }, { 'if-match': '"1"' })
    )
    t.same(countKinds(answers), { '200': 1, '412 precondition-failed': 9 })
  })
)

t.test('of two approvals at once one decides', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenRated(service, customerId)
    const url = `/v1/customers/${customerId}/limit-decisions`
    const { body } = await service.send('POST', url, { requested: cny('800000.00') })
    const approvers = [await service.authorization('admin'), await service.authorization('admin')]
    const answers = await Promise.all(
      approvers.map((authorization, index) =>
        service.attempt(
          'POST',
          `${url}/${body.limitDecisionId}/approvals`,
          { verdict: index === 0 ? 'approve' : 'reject', comment: 'x' },
          { authorization, 'if-match': '"1"' }
        )
      )
    )
    t.same(countKinds(answers), { '200': 1, '412 precondition-failed': 1 })
    const decided = answers.find(({ status }) => status === 200)?.body.state
    t.equal((await service.send('GET', `${url}/${body.limitDecisionId}`)).body.state, decided)
    const { amount } = (await service.send('GET', `/v1/customers/${customerId}/limit`)).body
    t.same(amount, cny(decided === 'applied' ? '800000.00' : '0.00'))
  })
)

t.test('of two proposals that are approved at once the second is stale', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenRated(service, customerId)
    const url = `/v1/customers/${customerId}/limit-decisions`
    const proposals = await atOnce(2, (index) => service.send('POST', url, { requested: cny(`${index + 7}00000.00`) }))
    const authorization = await service.authorization('admin')
    const answers = await atOnce(2, (index) =>
      service.attempt(
        'POST',
        `${url}/${proposals[index]?.body.limitDecisionId}/approvals`,
        { verdict: 'approve', comment: 'x' },
        { authorization, 'if-match': '"1"' }
      )
    )
    t.same(countKinds(answers), { '200': 1, '409 stale-approval': 1 })
  })
)

t.test('parents that are set at once never make a circle', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const [left, right] = [`${customerId}-A`, `${customerId}-B`]
    for (const id of [left, right]) await service.send('PUT', `/v1/customers/${id}`, { kind: 'company', name: 'x' })
    const answers = await Promise.all([
      service.attempt('PATCH', `/v1/customers/${left}`, { parentCustomerId: right }),
      service.attempt('PATCH', `/v1/customers/${right}`, { parentCustomerId: left })
    ])
    t.ok((countKinds(answers)['200'] ?? 0) <= 1, JSON.stringify(countKinds(answers)))
  })
)

t.test('what is read with the lock of an account is what stands after the wait for it', { skip }, async (t) => {
  const { deps, send } = await testService(t)
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'x' })
  const seen = () =>
    deps.db.transaction().execute((trx) =>
      lockWithFacts(trx, deps.clock, idOf<CustomerId>('C-1'), {
        invoices: sql<number>`(select count(*) from invoices where customer_id = account.customer_id)`
      })
    )
  const waiting = await deps.db.transaction().execute(async (trx) => {
    await sql`update credit_accounts set version = version + 1 where customer_id = 'C-1'`.execute(trx)
    await sql`insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, version,
      recorded_at, updated_at) values ('C-1', 'I-1', 1, 1, now(), now(), false, 1, now(), now())`.execute(trx)
    const locked = seen()
    for (let waits = 0; waits === 0; ) {
      const { rows } = await sql<{ count: number }>`select count(*) from pg_locks where not granted`.execute(trx)
      waits = rows[0]?.count ?? 0
    }
    return { locked }
  })
  t.same((await waiting.locked).facts, { invoices: 1 })
})
