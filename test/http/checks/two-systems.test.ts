import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('an order that two systems record under one number is held as both say, and given back to each', async (t) => {
  const service = await contractService(t)
  const { send } = service
  await givenLimit(service, 'C-1', '20000.00')
  const item = (source: string) => `/v1/customers/C-1/exposure-items/SO-1?source=${source}`
  const put = (source: string, amount: string) =>
    send('PUT', item(source), { category: 'order', amount: cny(amount), sourceVersion: 1 })
  const exposure = async () => (await send('GET', '/v1/customers/C-1/exposure')).body.exposure
  await put('erp', '700.00')
  await put('wms', '300.00')
  t.match(await exposure(), { orders: cny('1000.00'), total: cny('1000.00') })

  const { body } = await send('POST', '/v1/credit-checks', {
    customerId: 'C-1',
    orderId: 'SO-1',
    amount: cny('900.00')
  })
  t.match(body, { outcome: 'approved', availableAfter: cny('19100.00') })
  for (const source of ['erp', 'wms'])
    t.match((await send('GET', item(source))).body, { state: 'held', heldBy: body.checkId }, source)
  t.match(await exposure(), { orders: cny('0.00'), reserved: cny('900.00'), total: cny('900.00') })

  await send('POST', `/v1/credit-checks/${body.checkId}/releases`, {})
  t.match((await send('GET', item('erp'))).body, { state: 'open', open: cny('700.00') })
  t.match((await send('GET', item('wms'))).body, { state: 'open', open: cny('300.00') })
  t.match(await exposure(), { orders: cny('1000.00'), reserved: cny('0.00'), total: cny('1000.00') })
  const audit = (await send('GET', '/v1/audit/self-check')).body
  t.equal(audit.valid, true, JSON.stringify(audit.findings))
})
