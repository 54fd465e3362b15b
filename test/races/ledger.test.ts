import t from 'tap'
import { cny, givenLimit } from '../given.ts'
import { TEST_DAY } from '../service.ts'
import { atOnce, countKinds, race, skip } from './racing.ts'

const delivery = (amount: string, from: object) => ({
  category: 'delivery',
  amount: cny(amount),
  sourceVersion: 1,
  convertedFrom: [from]
})

t.test('deliveries at once take no more off an order than it has', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const order = { category: 'order', amount: cny('500.00'), sourceVersion: 1 }
    await service.send('PUT', `${url}/exposure-items/SO-1`, order)
    const part = { itemId: 'SO-1', amount: cny('100.00') }
    const answers = await atOnce(8, (index) =>
      service.attempt('PUT', `${url}/exposure-items/DN-${index}`, delivery('100.00', part))
    )
    t.same(countKinds(answers), { '201': 5, '409 conversion-exceeds-open': 3 })
    const { exposure } = (await service.send('GET', `${url}/exposure`)).body
    t.match(exposure, { orders: cny('0.00'), deliveries: cny('500.00'), total: cny('500.00') })
  })
)

t.test('versions of one document that arrive at once end at the highest', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const answers = await atOnce(10, (index) => {
      const version = ((index * 7) % 10) + 1
      const body = { category: 'order', amount: cny(`${version}.00`), sourceVersion: version }
      return service.attempt('PUT', `${url}/exposure-items/SO-1`, body)
    })
    for (const kind of Object.keys(countKinds(answers))) t.match(kind, /^(200|201|409 stale-version)$/)
    t.match((await service.send('GET', `${url}/exposure-items/SO-1`)).body, { sourceVersion: 10, open: cny('10.00') })
    t.match((await service.send('GET', `${url}/exposure`)).body, { exposure: { total: cny('10.00') } })
  })
)

t.test('a reservation that is captured, released and delivered at once ends once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const url = `/v1/customers/${customerId}`
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00') }
    const { checkId } = (await service.send('POST', '/v1/credit-checks', order)).body
    const check = `/v1/credit-checks/${checkId}`
    const part = { checkId, amount: cny('1000.00'), final: true }
    const answers = await atOnce(9, (index) => {
      if (index % 3 === 0) return service.attempt('PUT', `${url}/exposure-items/DN-${index}`, delivery('1000.00', part))
      if (index % 3 === 1) return service.attempt('POST', `${check}/releases`, {})
      return service.attempt('POST', `${check}/captures`, {
        amount: cny('1000.00'),
        invoiceId: `I-${index}`,
        final: true
      })
    })
    t.equal(countKinds(answers)['201'], 1, JSON.stringify(countKinds(answers)))
    const { exposure } = (await service.send('GET', `${url}/exposure`)).body
    t.match(exposure.total.amount, /^(0|1000)\.00$/)
  })
)

t.test('a snapshot that is applied while invoices and payments come in leaves the sums right', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const url = `/v1/customers/${customerId}`
    await service.send('PUT', url, { kind: 'company', name: 'x' })
    const invoice = { amount: cny('100.00'), issuedOn: '2026-03-01', dueOn: '2026-03-31' }
    await atOnce(4, (index) => service.send('PUT', `${url}/invoices/I-${index}`, invoice))
    const stated = {
      invoiceId: 'I-0',
      amount: cny('100.00'),
      open: cny('40.00'),
      issuedOn: '2026-03-01',
      dueOn: '2026-03-31'
    }
    const snapshot = {
      snapshotAt: `${TEST_DAY}T12:00:00.000Z`,
      apply: true,
      control: { count: 1, totals: [cny('40.00')] },
      invoices: [stated]
    }
    const answers = await atOnce(12, (index) => {
      if (index % 3 === 0) return service.send('POST', `${url}/reconciliations`, snapshot)
      if (index % 3 === 1) return service.send('PUT', `${url}/invoices/J-${index}`, invoice)
      return service.send('POST', `${url}/payments`, {
        paymentId: `P-${index}`,
        receivedOn: TEST_DAY,
        amount: cny('10.00')
      })
    })
    t.same(countKinds(answers), { '201': 12 })
    const { itemised, exposure } = (await service.send('GET', `${url}/exposure`)).body
    t.same(itemised.total.counted, exposure.total)
  })
)

t.test('the first rate of a day that is recorded at once is one', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const day = String(Number(customerId.slice(2)) + 10)
    const rate = { rate: 7.1, source: 'x' }
    const answers = await atOnce(8, () => service.send('PUT', `/v1/exchange-rates/USD/CNY/2026-03-${day}`, rate))
    t.same(countKinds(answers), { '200': 7, '201': 1 })
  })
)

t.test('an order that is recorded and checked at once counts once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const url = `/v1/customers/${customerId}`
    const item = { category: 'order', amount: cny('1000.00'), sourceVersion: 1 }
    const answers = await atOnce(12, (index) => {
      const orderId = `SO-${index % 3}`
      if (index % 2 === 0) return service.attempt('PUT', `${url}/exposure-items/${orderId}`, item)
      return service.attempt('POST', '/v1/credit-checks', { customerId, orderId, amount: cny('1000.00') })
    })
    for (const kind of Object.keys(countKinds(answers)))
      t.match(kind, /^(200|201|409 order-also-held|409 order-already-reserved)$/)
    const { exposure } = (await service.send('GET', `${url}/exposure`)).body
    t.match(exposure, { orders: cny('0.00'), reserved: cny('3000.00'), total: cny('3000.00') })
  })
)
