import t, { type Test } from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const AFTER = '2026-03-31T12:01:01.000Z'
const convertedFrom = (amount: string) => ({ convertedFrom: [{ itemId: 'SO-1', amount: cny(amount) }] })
const state = (open: string) => ({ state: open === '0.00' ? 'converted' : 'open', open: cny(open), heldBy: null })

/** What may be said of an item of 600.00, and what is to come of it. */
const ROADS = [
  {
    ...{ says: 'an invoice takes it over', method: 'PUT', path: 'invoices/I-1', status: 201 },
    body: { amount: cny('600.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30', ...convertedFrom('600.00') },
    ...{ item: state('0.00'), orders: '0.00', total: '600.00' }
  },
  {
    ...{ says: 'a delivery takes a part of it over', method: 'PUT', path: 'exposure-items/DN-1', status: 201 },
    body: { category: 'delivery', amount: cny('250.00'), sourceVersion: 1, ...convertedFrom('250.00') },
    ...{ item: state('350.00'), orders: '350.00', total: '600.00' }
  },
  {
    ...{ says: 'it is amended', method: 'PUT', path: 'exposure-items/SO-1', status: 200 },
    body: { category: 'order', amount: cny('700.00'), sourceVersion: 2 },
    ...{ item: state('700.00'), orders: '700.00', total: '700.00' }
  },
  {
    ...{ says: 'it is closed', method: 'DELETE', path: 'exposure-items/SO-1?sourceVersion=2', status: 200 },
    ...{ body: undefined, item: { state: 'closed', heldBy: null }, orders: '0.00', total: '0.00' }
  },
  {
    ...{ says: 'a snapshot states what is open of it', method: 'POST', path: 'reconciliations', status: 201 },
    body: {
      ...{ snapshotAt: AFTER, apply: true, control: { count: 1, totals: [cny('500.00')] } },
      items: [{ itemId: 'SO-1', category: 'order', open: cny('500.00'), sourceVersion: 1 }]
    },
    ...{ item: state('500.00'), orders: '500.00', total: '500.00' }
  }
] as const

t.test('a reservation whose time is up holds no item, whoever writes first', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  const held = async (customerId: string) => {
    await givenLimit(service, customerId, '10000.00')
    const item = { category: 'order', amount: cny('600.00'), sourceVersion: 1 }
    await send('PUT', `/v1/customers/${customerId}/exposure-items/SO-1`, item)
    const check = { customerId, orderId: 'SO-1', amount: cny('400.00'), reserveSeconds: 60 }
    await send('POST', '/v1/credit-checks', check)
    return (await send('GET', `/v1/customers/${customerId}/exposure-items/SO-1`)).body
  }
  for (const [index] of ROADS.entries()) t.match(await held(`C-${index}`), { state: 'held' })
  await clockTo(AFTER)
  for (const [index, road] of ROADS.entries())
    await t.test(`${road.status}: ${road.says}`, async (t: Test) => {
      const url = (path: string) => `/v1/customers/C-${index}/${path}`
      const { status, body } = await send(road.method, url(road.path), road.body)
      t.equal(status, road.status, JSON.stringify(body))
      if (road.path === 'reconciliations') t.match(body, { exposureBefore: cny('600.00') })
      t.match((await send('GET', url('exposure-items/SO-1'))).body, road.item)
      const sums = { reserved: cny('0.00'), orders: cny(road.orders), total: cny(road.total) }
      t.match((await send('GET', url('exposure'))).body.exposure, sums)
    })
  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
})
