import t from 'tap'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading the credit account', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const url = (customerId: string) => `/v1/customers/${customerId}/exposure`
  const exposure = async (customerId: string) => (await send('GET', url(customerId))).body.exposure

  await t.test('200: a new customer owes nothing and may owe nothing', async (t) => {
    await givenCustomer(service, 'C-1')
    const answer = await send('GET', url('C-1'))
    t.equal(answer.status, 200)
    t.match(answer.headers.etag, /^"\w+"$/)
    t.same(answer.body, {
      customerId: 'C-1',
      currency: 'CNY',
      limit: { mode: 'none', amount: cny('0.00'), validUntil: null, limitDecisionId: null, termsDays: null },
      exposure: { receivables: cny('0.00'), captured: cny('0.00'), reserved: cny('0.00'), total: cny('0.00') },
      available: cny('0.00'),
      overLimit: false,
      hold: null,
      asOf: '2026-03-31T12:00:00.000Z',
      version: 3
    })
  })

  await t.test('200: each part of the exposure moves with its cause, and the total is their sum', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    const order = { customerId: 'C-2', orderId: 'SO-1', amount: cny('30000.00') }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.match(await exposure('C-2'), { reserved: cny('30000.00'), total: cny('30000.00') })
    const capture = { amount: cny('20000.00'), invoiceId: 'I-1', final: false }
    await send('POST', `/v1/credit-checks/${body.checkId}/captures`, capture)
    t.match(await exposure('C-2'), { captured: cny('20000.00'), reserved: cny('10000.00'), total: cny('30000.00') })
    const invoice = { amount: cny('20000.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    await send('PUT', '/v1/customers/C-2/invoices/I-1', invoice)
    t.match(await exposure('C-2'), {
      receivables: cny('20000.00'),
      captured: cny('0.00'),
      reserved: cny('10000.00'),
      total: cny('30000.00')
    })
    const payment = { paymentId: 'P-1', receivedOn: '2026-03-31', amount: cny('5000.00') }
    await send('POST', '/v1/customers/C-2/payments', payment)
    t.match(await send('GET', url('C-2')), {
      body: { exposure: { receivables: cny('15000.00'), total: cny('25000.00') }, available: cny('75000.00') }
    })
  })

  await t.test('an invoice is a fact: it is recorded above the limit, and the account says so', async (t) => {
    await givenLimit(service, 'C-3', '10000.00')
    const invoice = { amount: cny('10000.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    await send('PUT', '/v1/customers/C-3/invoices/I-1', invoice)
    t.match((await send('GET', url('C-3'))).body, { overLimit: false, available: cny('0.00') }, 'equal is not over')
    await send('PUT', '/v1/customers/C-3/invoices/I-2', { ...invoice, amount: cny('0.01') })
    t.match((await send('GET', url('C-3'))).body, { overLimit: true, available: cny('-0.01') })
  })

  await t.test('200: what was paid ahead is owed to the customer', async (t) => {
    await givenCustomer(service, 'C-4')
    const payment = { paymentId: 'P-1', receivedOn: '2026-03-31', amount: cny('7.00') }
    await send('POST', '/v1/customers/C-4/payments', payment)
    t.match((await send('GET', url('C-4'))).body, {
      exposure: { receivables: cny('-7.00'), total: cny('-7.00') },
      available: cny('7.00'),
      overLimit: false
    })
  })

  await t.test('case 20: an unknown customer is not found, and what is no id is refused', async (t) => {
    await refuses(t, { method: 'GET', url: url('C-9') }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: url('_1') }, 'validation-error', ['/params/customerId'])
  })

  t.same(service.unanswered('getExposure'), [], 'every documented answer was given')
})
