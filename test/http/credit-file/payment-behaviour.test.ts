import t from 'tap'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/payment-behaviour'
const money = (amount: string) => ({ amount, currency: 'CNY' })

t.test('GET /v1/customers/{customerId}/payment-behaviour', async (t) => {
  const { send, refuses, unanswered } = await contractService(t)
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })

  await t.test('200: without a history each figure is null, not zero', async (t) => {
    const answer = await send('GET', url)
    t.equal(answer.status, 200)
    t.match(answer.body, {
      customerId: 'C-1',
      asOf: '2026-03-31',
      months: 12,
      currency: 'CNY',
      settledCount: 0,
      lateCount: 0,
      shareLate: null,
      weightedDaysLate: null,
      trendDays: null,
      shareOverdue: null,
      oldestOpenDueOn: null,
      dsoDays: null
    })
  })

  await t.test('200: late and timely payments are weighed by their amounts', async (t) => {
    const invoices = {
      'I-1': { amount: money('300.00'), issuedOn: '2025-11-01', dueOn: '2025-12-01' },
      'I-2': { amount: money('100.00'), issuedOn: '2025-12-01', dueOn: '2026-01-01' },
      'I-3': { amount: money('50.00'), issuedOn: '2026-01-10', dueOn: '2026-02-10' }
    }
    for (const [invoiceId, invoice] of Object.entries(invoices))
      await send('PUT', `/v1/customers/C-1/invoices/${invoiceId}`, invoice)
    const payments = [
      { paymentId: 'P-1', receivedOn: '2025-12-01', amount: money('300.00') },
      { paymentId: 'P-2', receivedOn: '2026-01-21', amount: money('100.00') }
    ]
    for (const payment of payments) t.equal((await send('POST', '/v1/customers/C-1/payments', payment)).status, 201)
    t.match((await send('GET', url)).body, {
      settledCount: 2,
      lateCount: 1,
      shareLate: 0.5,
      settled: money('400.00'),
      weightedDaysLate: 5,
      invoiced: money('450.00'),
      open: money('50.00'),
      overdue: money('50.00'),
      shareOverdue: 1,
      longestOverdueDays: 49,
      oldestOpenDueOn: '2026-02-10'
    })
  })

  await t.test('200: as of an earlier day only what is dated by then counts', async (t) => {
    const { body } = await send('GET', `${url}?asOf=2025-12-31&months=2`)
    t.match(body, {
      asOf: '2025-12-31',
      months: 2,
      settledCount: 1,
      lateCount: 0,
      open: money('100.00'),
      overdue: money('0.00')
    })
  })

  const refused: Record<string, string> = {
    'asOf=2026-02-30': '/query/asOf',
    'asOf=yesterday': '/query/asOf',
    'asOf=0000-01-01': '/query/asOf',
    'months=0': '/query/months',
    'months=121': '/query/months',
    'months=x': '/query/months',
    'from=2026-01-01': '/query/from'
  }
  for (const [query, pointer] of Object.entries(refused)) {
    await t.test(`400: ${query} is refused`, async (t) => {
      await refuses(t, { method: 'GET', url: `${url}?${query}` }, 'validation-error', [pointer])
    })
  }

  await t.test('case 15: a day in the future is refused', async (t) => {
    await refuses(t, { method: 'GET', url: `${url}?asOf=2026-04-02` }, 'validation-error', ['/query/asOf'])
  })

  await t.test('case 20: an unknown customer is 404', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/payment-behaviour' }, 'customer-not-found')
  })

  t.same(unanswered('getPaymentBehaviour'), [], 'every documented answer was given')
})
