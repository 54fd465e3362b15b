import t from 'tap'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading the credit account', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const url = (customerId: string) => `/v1/customers/${customerId}/exposure`
  const exposure = async (customerId: string) => (await send('GET', url(customerId))).body.exposure

  const none = cny('0.00')
  const nothing = { gross: none, counted: none, statistical: none, beyondHorizon: none, disputed: none }
  const itemised = async (customerId: string, query = '') =>
    (await send('GET', `${url(customerId)}?${query}`)).body.itemised
  const countedOf = (figures: { categories: { category: string; counted: { amount: string } }[] }) =>
    Object.fromEntries(
      figures.categories
        .filter(({ counted }) => counted.amount !== '0.00')
        .map(({ category, counted }) => [category, counted.amount])
    )

  await t.test('200: a new customer owes nothing and may owe nothing', async (t) => {
    await givenCustomer(service, 'C-1')
    const answer = await send('GET', url('C-1'))
    t.equal(answer.status, 200)
    t.match(answer.headers.etag, /^"\w+"$/)
    t.same(answer.body, {
      customerId: 'C-1',
      currency: 'CNY',
      limit: { mode: 'none', amount: cny('0.00'), validUntil: null, limitDecisionId: null, termsDays: null },
      exposure: {
        receivables: cny('0.00'),
        captured: cny('0.00'),
        reserved: cny('0.00'),
        orders: cny('0.00'),
        deliveries: cny('0.00'),
        special: cny('0.00'),
        total: cny('0.00')
      },
      available: cny('0.00'),
      overLimit: false,
      hold: null,
      asOf: '2026-03-31T12:00:00.000Z',
      version: 3,
      itemised: {
        asOf: '2026-03-31',
        horizonDays: service.deps.policy.check.horizonDays,
        categories: ['order', 'delivery', 'invoice', 'credit_note', 'unapplied_cash', 'special'].map((category) => ({
          category,
          ...nothing
        })),
        total: nothing,
        secured: { amount: cny('0.00'), cover: cny('0.00'), validUntil: null, lapsed: null },
        unsecured: cny('0.00')
      }
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

  await t.test('200: itemised, each document stands in its category with what is special about it', async (t) => {
    await givenLimit(service, 'C-5', '100000.00')
    const base = '/v1/customers/C-5'
    const item = (id: string, changes: object) =>
      send('PUT', `${base}/exposure-items/${id}`, { sourceVersion: 1, ...changes })
    const order = { category: 'order', amount: cny('1000.00') }
    await item('SO-1', { ...order, shipOn: '2026-04-10' })
    await item('SO-2', { ...order, amount: cny('200.00'), shipOn: '2026-04-11', disputed: true })
    await item('SO-3', { ...order, amount: cny('30.00'), shipOn: '2026-12-31', statistical: true })
    await item('DN-1', { category: 'delivery', amount: cny('400.00') })
    await item('DP-1', { category: 'special', amount: cny('-50.00') })
    const invoice = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    await send('PUT', `${base}/invoices/I-1`, { ...invoice, amount: cny('600.00') })
    await send('PUT', `${base}/invoices/I-2`, { ...invoice, amount: cny('70.00'), disputed: true })
    await send('POST', `${base}/payments`, {
      paymentId: 'P-1',
      receivedOn: '2026-03-31',
      amount: cny('9.00'),
      allocations: []
    })
    const note = { creditNoteId: 'N-1', issuedOn: '2026-03-31', amount: cny('8.00'), allocations: [] }
    await send('POST', `${base}/credit-notes`, note)
    const { body: check } = await send('POST', '/v1/credit-checks', {
      customerId: 'C-5',
      orderId: 'R-1',
      amount: cny('500.00')
    })
    await send('POST', `/v1/credit-checks/${check.checkId}/captures`, {
      amount: cny('90.00'),
      invoiceId: 'I-9',
      final: false
    })
    const security = { kind: 'deposit', provider: 'x', amount: cny('300.00'), coverShare: 1, validFrom: '2026-01-01' }
    await send('PUT', `${base}/securities/S-1`, security)
    const { body } = await send('GET', `${url('C-5')}?horizon=10&asOf=2026-03-31`)
    t.same(body.itemised, {
      asOf: '2026-03-31',
      horizonDays: 10,
      categories: [
        {
          category: 'order',
          gross: cny('1640.00'),
          counted: cny('1610.00'),
          statistical: cny('30.00'),
          beyondHorizon: cny('200.00'),
          disputed: cny('200.00')
        },
        { ...nothing, category: 'delivery', gross: cny('490.00'), counted: cny('490.00') },
        { ...nothing, category: 'invoice', gross: cny('670.00'), counted: cny('670.00'), disputed: cny('70.00') },
        { ...nothing, category: 'credit_note', gross: cny('-8.00'), counted: cny('-8.00') },
        { ...nothing, category: 'unapplied_cash', gross: cny('-9.00'), counted: cny('-9.00') },
        { ...nothing, category: 'special', gross: cny('-50.00'), counted: cny('-50.00') }
      ],
      total: {
        gross: cny('2733.00'),
        counted: cny('2703.00'),
        statistical: cny('30.00'),
        beyondHorizon: cny('200.00'),
        disputed: cny('270.00')
      },
      secured: { amount: cny('300.00'), cover: cny('300.00'), validUntil: null, lapsed: null },
      unsecured: cny('2403.00')
    })
    t.match(body, { exposure: { total: cny('2703.00') }, available: cny('97597.00') }, 'cover gives room')
  })

  await t.test('200: of a past day the answer is what had been recorded by its end', async (t) => {
    await service.clockTo('2026-04-02')
    await send('POST', '/v1/customers/C-5/payments', {
      paymentId: 'P-2',
      receivedOn: '2026-04-01',
      amount: cny('100.00')
    })
    await send('DELETE', '/v1/customers/C-5/exposure-items/SO-1?sourceVersion=2')
    await send('PUT', '/v1/customers/C-5/invoices/I-9', {
      amount: cny('90.00'),
      issuedOn: '2026-03-31',
      dueOn: '2026-04-30'
    })
    const past = await itemised('C-5', 'asOf=2026-03-31')
    const common = { credit_note: '-8.00', unapplied_cash: '-9.00', special: '-50.00' }
    t.same(countedOf(past), { ...common, order: '1610.00', delivery: '490.00', invoice: '670.00' })
    t.match(past, { total: { counted: cny('2703.00'), gross: null, disputed: null }, secured: null, unsecured: null })
    const now = { ...common, order: '610.00', delivery: '400.00', invoice: '660.00' }
    t.same(countedOf(await itemised('C-5')), now)
    t.same(countedOf(await itemised('C-5', 'asOf=2026-04-01')), countedOf(past), 'recorded on the 2nd')
    t.same(countedOf(await itemised('C-5', 'asOf=2020-01-01')), {}, 'before there was anything')
  })

  await t.test('400: nobody knows what will be owed, and a horizon is a number of days', async (t) => {
    for (const [query, pointer] of [
      ['asOf=2026-04-03', '/query/asOf'],
      ['asOf=2026-02-30', '/query/asOf'],
      ['horizon=-1', '/query/horizon'],
      ['horizon=x', '/query/horizon']
    ] as const)
      await refuses(t, { method: 'GET', url: `${url('C-5')}?${query}` }, 'validation-error', [pointer])
  })

  await t.test('case 20: an unknown customer is not found, and what is no id is refused', async (t) => {
    await refuses(t, { method: 'GET', url: url('C-9') }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: url('_1') }, 'validation-error', ['/params/customerId'])
  })

  t.same(service.unanswered('getExposure'), [], 'every documented answer was given')
})
