import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

t.test(
  'attack 3: in one currency a payment settles no more than the money, and uses no more than it settles',
  async (t) => {
    const service = await testService(t)
    const { send } = service
    await givenLimit(service, 'C-1', '500000.00')
    const url = '/v1/customers/C-1'
    const dates = { issuedOn: '2026-03-01', dueOn: '2026-03-31' }
    const open = async (invoiceId: string) => (await send('GET', `${url}/invoices/${invoiceId}`)).body.open
    const pay = (paymentId: string, amount: string, allocation: object) =>
      send('POST', `${url}/payments`, {
        ...{ paymentId, receivedOn: '2026-03-31', amount: cny(amount) },
        allocations: [allocation]
      })
    for (const invoiceId of ['I-1', 'I-2'])
      await send('PUT', `${url}/invoices/${invoiceId}`, { amount: cny('100000.00'), ...dates })

    const less = { invoiceId: 'I-1', amount: cny('0.01'), settles: cny('100000.00') }
    t.match(await pay('P-1', '0.01', less), { status: 201, body: { unapplied: cny('0.00') } })
    t.same(await open('I-1'), cny('99999.99'))
    const more = { invoiceId: 'I-2', amount: cny('100.00'), settles: cny('0.01') }
    t.match(await pay('P-2', '100.00', more), {
      status: 201,
      body: {
        unapplied: cny('99.99'),
        allocations: [{ invoiceId: 'I-2', amount: cny('0.01'), asked: { amount: cny('100.00'), settles: cny('0.01') } }]
      }
    })
    t.same(await open('I-2'), cny('99999.99'))
    t.equal((await pay('P-2', '100.00', more)).status, 200, 'as recorded')
    const { receivables } = (await send('GET', `${url}/exposure`)).body.exposure
    t.same(receivables, cny('199899.99'))
    t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  }
)

const usd = (amount: string) => ({ amount, currency: 'USD' })
const eur = (amount: string) => ({ amount, currency: 'EUR' })

/**
 * What is stated of money in one currency and an invoice in another, and what counts: at 7 CNY for
 * a dollar and 8 for a euro.
 */
const STATED = [
  { says: 'a cent settles an invoice', money: usd('0.01'), settles: cny('100000.00'), counts: ['0.01', '0.08'] },
  { says: 'the same, the other way round', money: cny('0.01'), settles: usd('100.00'), counts: ['0.01', '0.01'] },
  {
    says: 'a euro settles as much as a dollar more',
    money: eur('1000.00'),
    settles: usd('2000.00'),
    counts: ['1000.00', '1200.00']
  },
  { says: 'all the money settles a cent', money: usd('100.00'), settles: cny('0.01'), counts: ['0.01', '0.01'] },
  { says: 'at the bound', money: usd('1000.00'), settles: cny('7350.01'), counts: ['1000.00', '7350.01'] },
  { says: 'a cent beyond it', money: usd('1000.00'), settles: cny('7350.02'), counts: ['1000.00', '7350.01'] },
  { says: 'at the lower bound', money: cny('7350.00'), settles: usd('1000.00'), counts: ['7350.00', '1000.00'] },
  { says: 'below it', money: cny('8000.00'), settles: usd('1000.00'), counts: ['7350.01', '1000.00'] },
  { says: 'the rate of the day', money: usd('1000.00'), settles: cny('7000.00'), counts: ['1000.00', '7000.00'] }
] as const

t.test('attack 3: between currencies neither side counts for more than the other is worth that day', async (t) => {
  const service = await testService(t)
  const { send } = service
  const day = '2026-03-31'
  for (const [pair, rate] of [
    ['USD/CNY', 7],
    ['EUR/CNY', 8]
  ] as const)
    await send('PUT', `/v1/exchange-rates/${pair}/${day}`, { rate, source: 'Central bank' })
  for (const [index, { says, money, settles, counts }] of STATED.entries())
    await t.test(says, async (t) => {
      const customerId = `C-${index}`
      await givenLimit(service, customerId, '500000.00')
      const at = (path: string) => `/v1/customers/${customerId}/${path}`
      const dates = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }
      const amount = { ...settles, amount: '200000.00' }
      await send('PUT', at('invoices/I-1'), { amount, ...dates })
      const payment = {
        ...{ paymentId: 'P-1', receivedOn: '2026-03-31', amount: money },
        allocations: [{ invoiceId: 'I-1', amount: money, settles }]
      }
      const { status, body } = await send('POST', at('payments'), payment)
      t.equal(status, 201, JSON.stringify(body))
      const [allocation] = body.allocations
      t.match(allocation, { used: { ...money, amount: counts[0] }, settled: { ...settles, amount: counts[1] } })
      const isCut = counts[0] !== money.amount || counts[1] !== settles.amount
      t.same(allocation.asked, isCut ? { amount: money, settles } : undefined)
      const left = (Number(money.amount) - Number(counts[0])).toFixed(2)
      t.equal((body.unappliedOriginal ?? body.unapplied).amount, left)
      const { open, openOriginal } = (await send('GET', at('invoices/I-1'))).body
      t.equal((openOriginal ?? open).amount, (200_000 - Number(counts[1])).toFixed(2))
      t.same((await send('POST', at('payments'), payment)).body, body, 'as recorded')
      t.same((await send('GET', at('payments/P-1'))).body, body)
    })
  await t.test('what is applied later is valued at the rate of the day on which the money came', async (t) => {
    await givenLimit(service, 'C-9', '500000.00')
    const url = '/v1/customers/C-9'
    await send('PUT', `${url}/invoices/I-1`, { amount: cny('9000.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' })
    const money = { paymentId: 'P-1', receivedOn: '2026-03-31', amount: usd('1000.00'), allocations: [] }
    await send('POST', `${url}/payments`, money)
    const apply = (amount: string, settles: string) =>
      send('POST', `${url}/payments/P-1/allocations`, {
        allocations: [{ invoiceId: 'I-1', amount: usd(amount), settles: cny(settles) }]
      })
    t.match(await apply('500.00', '4000.00'), {
      status: 200,
      body: { allocations: [{ settled: cny('3675.01'), asked: { amount: usd('500.00'), settles: cny('4000.00') } }] }
    })
    t.match((await apply('500.00', '3500.00')).body.allocations, [
      {
        ...{ used: usd('1000.00'), settled: cny('7175.01') },
        asked: { amount: usd('1000.00'), settles: cny('7500.00') }
      }
    ])
  })
  await t.test('a policy states another share', async (t) => {
    const { rates } = service.deps.policy
    service.deps.policy.rates = { moveShareMax: 0.2, inverseShareMax: 0.02, settlesShareMax: 0 }
    t.teardown(() => {
      if (rates === undefined) delete service.deps.policy.rates
    })
    await givenLimit(service, 'C-10', '500000.00')
    const url = '/v1/customers/C-10'
    await send('PUT', `${url}/invoices/I-1`, { amount: cny('9000.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' })
    const { body } = await send('POST', `${url}/payments`, {
      ...{ paymentId: 'P-1', receivedOn: '2026-03-31', amount: usd('1000.00') },
      allocations: [{ invoiceId: 'I-1', amount: usd('1000.00'), settles: cny('7100.00') }]
    })
    t.match(body.allocations, [{ settled: cny('7000.01') }])
  })
  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
})
