import t from 'tap'
import { statementsSent } from '../../src/platform/database/postgres.ts'
import { cny, givenLimit, PROFILE, setLimit } from '../given.ts'
import { testService } from '../service.ts'

t.test('a read is one statement, and a write one more', async (t) => {
  // A key that was found before is trusted for a while, which does not end here.
  t.intercept(performance, 'now', { value: () => 0 })
  const service = await testService(t)
  const { send, clockTo, deps } = service
  const url = '/v1/customers/C-1'
  const counted = async (name: string, statements: number, work: () => Promise<unknown>) => {
    const before = statementsSent(deps.db)
    const answer = await work()
    t.equal(statementsSent(deps.db) - before, statements, name)
    return answer as { status: number; body: { checkId: string; outcome: string } }
  }
  const order = (orderId: string, amount: string) =>
    send(
      'POST',
      '/v1/credit-checks',
      { customerId: 'C-1', orderId, amount: cny(amount) },
      { 'idempotency-key': orderId }
    )
  const invoice = (invoiceId: string, amount: string) =>
    send('PUT', `${url}/invoices/${invoiceId}`, { amount: cny(amount), issuedOn: '2026-03-01', dueOn: '2026-03-31' })
  const pay = (invoiceId: string, amount: string) =>
    send('POST', `${url}/payments`, {
      paymentId: `P-${invoiceId}`,
      receivedOn: '2026-03-31',
      amount: cny(amount),
      allocations: [{ invoiceId, amount: cny(amount) }]
    })
  const stateOf = async (orderId: string) => {
    const { items } = (await send('GET', `/v1/credit-checks?customerId=C-1&orderId=${orderId}`)).body
    return items.map(
      ({ outcome, block }: { outcome: string; block: { state: string } | null }) => block?.state ?? outcome
    )
  }

  // The first request also looks for the key of the caller.
  await send('PUT', '/v1/customers/C-0', { kind: 'company', name: 'x' })
  await counted('a new customer', 2, () => send('PUT', url, { ...PROFILE, name: 'Orient Steel' }))
  await counted('the profile', 2, () => send('PATCH', url, { employees: 7 }))
  await givenLimit(service, 'C-1', '10000.00')
  await counted('an assessment', 2, () => send('POST', `${url}/assessments`, {}))
  await counted('a limit', 2, () => send('POST', `${url}/limit-decisions`, { requested: cny('100000.00') }))
  await setLimit(service, 'C-1', '10000.00')
  await counted('an invoice', 2, () => invoice('I-1', '6000.00'))
  const { body } = await counted('a check', 2, () => order('SO-1', '1000.00'))
  t.equal(body.outcome, 'approved')
  await counted('a capture', 2, () =>
    send('POST', `/v1/credit-checks/${body.checkId}/captures`, {
      amount: cny('1000.00'),
      invoiceId: 'I-2',
      final: true
    })
  )
  await counted('its invoice', 2, () => invoice('I-2', '1000.00'))
  await clockTo('2026-04-10')
  await counted('a check after the time of a reservation that has ended early', 2, () => order('SO-0', '1.00'))
  await counted('a check beyond the limit', 2, () => order('SO-2', '4000.00'))
  t.same(await stateOf('SO-2'), ['open'])
  await counted('a payment', 2, () => pay('I-1', '6000.00'))

  const passed = await counted('a check behind an order that passes now', 2, () => order('SO-3', '1.00'))
  t.equal(passed.body.outcome, 'approved')
  t.same(await stateOf('SO-2'), ['approved', 'approved'])

  await counted('a check beyond what is left', 2, () => order('SO-4', '6000.00'))
  await clockTo('2026-05-15')
  await invoice('I-3', '10.00')
  await order('SO-5', '6.00')
  t.same(await stateOf('SO-4'), ['lapsed'], 'its time was up')

  await counted('the account', 1, () => send('GET', `${url}/exposure`))
  await counted('the headroom', 1, () => send('GET', `${url}/headroom`))
  await counted('the limit', 1, () => send('GET', `${url}/limit`))
  await counted('the rating', 1, () => send('GET', `${url}/rating`))
  await counted('how the customer pays', 1, () => send('GET', `${url}/payment-behaviour`))
  await counted('a hold', 2, () => send('PUT', `${url}/hold`, { reason: 'Petition' }))
  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
})
