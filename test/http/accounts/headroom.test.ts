import t from 'tap'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('forecasting the available credit', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const url = (customerId: string, query = '') => `/v1/customers/${customerId}/headroom${query}`

  await t.test('200: without a limit there is nothing now and later', async (t) => {
    await givenCustomer(service, 'C-1')
    const answer = await send('GET', url('C-1'))
    t.equal(answer.status, 200)
    t.match(answer.headers.etag, /^"\w+"$/)
    t.same(answer.body, {
      customerId: 'C-1',
      from: '2026-03-31',
      until: '2026-06-29',
      daysLate: 15,
      daysLateBy: 'policy',
      points: [{ date: '2026-03-31', available: cny('0.00'), changes: [] }],
      notExpected: { late: cny('0.00'), disputed: cny('0.00'), undated: cny('0.00') },
      asOf: '2026-03-31T12:00:00.000Z'
    })
  })

  await t.test('200: by due dates, the customer’s own lateness, and what reservations give back', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    const invoice = (invoiceId: string, amount: string, dueOn: string, more = {}) =>
      send('PUT', `/v1/customers/C-2/invoices/${invoiceId}`, {
        amount: cny(amount),
        issuedOn: '2026-01-05',
        dueOn,
        ...more
      })
    await invoice('I-1', '10000.00', '2026-03-01')
    const paid = { paymentId: 'P-1', receivedOn: '2026-03-05', amount: cny('10000.00') }
    const allocations = [{ invoiceId: 'I-1', amount: cny('10000.00') }]
    await send('POST', '/v1/customers/C-2/payments', { ...paid, allocations })
    await invoice('I-2', '20000.00', '2026-04-10')
    await invoice('I-3', '3000.00', '2026-03-20')
    await invoice('I-4', '4000.00', '2026-04-10', { disputed: true })
    const order = { customerId: 'C-2', orderId: 'SO-1', amount: cny('15000.00'), reserveSeconds: 86_400 }
    await send('POST', '/v1/credit-checks', order)
    const { body } = await send('GET', url('C-2', '?until=2026-05-31'))
    t.match(body, { until: '2026-05-31', daysLate: 4, daysLateBy: 'own_payments' })
    t.same(body.points, [
      { date: '2026-03-31', available: cny('58000.00'), changes: [] },
      {
        date: '2026-04-02',
        available: cny('73000.00'),
        changes: [{ cause: 'reservations_expired', amount: cny('15000.00') }]
      },
      { date: '2026-04-14', available: cny('93000.00'), changes: [{ cause: 'invoices_paid', amount: cny('20000.00') }] }
    ])
    t.same(body.notExpected, { late: cny('3000.00'), disputed: cny('4000.00'), undated: cny('0.00') })
    const item = { amount: cny('5000.00'), category: 'delivery', sourceVersion: 1 }
    await send('PUT', '/v1/customers/C-2/exposure-items/D-1', { ...item, dueOn: '2026-04-20' })
    await send('PUT', '/v1/customers/C-2/exposure-items/D-2', item)
    const withItems = (await send('GET', url('C-2', '?until=2026-05-31'))).body
    t.same(withItems.points.at(-1), {
      date: '2026-04-24',
      available: cny('88000.00'),
      changes: [{ cause: 'items_paid', amount: cny('5000.00') }]
    })
    t.same(withItems.notExpected.undated, cny('5000.00'), 'the other one has no due date')
    await send('PUT', '/v1/customers/C-2/exposure-items/D-1', { ...item, amount: cny('0.00'), sourceVersion: 2 })
    await send('PUT', '/v1/customers/C-2/exposure-items/D-2', { ...item, amount: cny('0.00'), sourceVersion: 2 })
    const { body: account } = await send('GET', '/v1/customers/C-2/exposure')
    t.same(account.available, body.points[0].available, 'it starts with what is available')
  })

  await t.test('200: the limit ends with its validity', async (t) => {
    const { body } = await send('GET', url('C-2', '?until=2027-05-05'))
    t.match(body.points.at(-1), { date: '2027-04-01', changes: [{ cause: 'limit_ended', amount: cny('-100000.00') }] })
  })

  await t.test('400: a day that is past, too far ahead or none', async (t) => {
    for (const until of ['2026-03-30', '2027-05-06'])
      await refuses(t, { method: 'GET', url: url('C-2', `?until=${until}`) }, 'validation-error', ['/query/until'])
    await refuses(t, { method: 'GET', url: url('C-2', '?until=2026-02-30') }, 'validation-error', ['/query/until'])
  })

  await t.test('404: no such customer', async (t) => {
    await refuses(t, { method: 'GET', url: url('C-9') }, 'customer-not-found')
  })

  t.same(service.unanswered('getHeadroom'), [], 'every documented answer was given')
})
