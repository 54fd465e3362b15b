import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('an order that the ledger knows as an item', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const check = (customerId: string, orderId: string, amount: string, more: object = {}) =>
    send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny(amount), ...more })
  const record = (customerId: string, itemId: string, amount: string, more: object = {}) =>
    send('PUT', `/v1/customers/${customerId}/exposure-items/${itemId}`, {
      category: 'order',
      amount: cny(amount),
      sourceVersion: 1,
      ...more
    })
  const exposure = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/exposure`)).body.exposure
  const entries = async (customerId: string) =>
    (await send('GET', `/v1/customers/${customerId}/journal?limit=200`)).body.items
  const replayed = async (checkId: string) => (await send('GET', `/v1/credit-checks/${checkId}/replay`)).body

  t.afterEach(async () => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })

  await t.test('201: counts once, before its check and after it', async (t) => {
    await givenLimit(service, 'C-1', '100000.00')
    await record('C-1', 'SO-1', '60000.00')
    t.match(await exposure('C-1'), { orders: cny('60000.00'), total: cny('60000.00') })
    const { status, body } = await check('C-1', 'SO-1', '70000.00')
    t.equal(status, 201)
    t.equal(body.outcome, 'approved', 'beside its own item it would be above the limit')
    t.match(body, { exposureBefore: { orders: cny('0.00') }, availableAfter: cny('30000.00') })
    t.match(await exposure('C-1'), { orders: cny('0.00'), reserved: cny('70000.00'), total: cny('70000.00') })
    const item = (await send('GET', '/v1/customers/C-1/exposure-items/SO-1')).body
    t.match(item, { state: 'held', heldBy: body.checkId, open: cny('60000.00'), version: 2, sourceVersion: 1 })
    const last = (await entries('C-1')).at(-1)
    t.equal(last.type, 'check.decided')
    t.match(JSON.parse(last.payload), {
      held: [{ source: 'erp', itemId: 'SO-1', openMinor: 6_000_000 }],
      moves: { reservedMinor: 7_000_000, ordersMinor: -6_000_000 }
    })
    t.match(await replayed(body.checkId), { same: true, outcome: 'approved' })
  })

  await t.test(
    '200: asked about again it is the same check, and its item counts beside it only by what it takes over',
    async (t) => {
      const before = await footprint()
      t.equal((await check('C-1', 'SO-1', '70000.00')).status, 200)
      t.equal(await footprint(), before)
      const url = '/v1/customers/C-1/exposure-items/SO-1'
      const order = { category: 'order', amount: cny('60000.00'), sourceVersion: 1 }
      t.match(await send('PUT', url, order), { status: 200, body: { state: 'held' } }, 'the same is known')
      t.equal(await footprint(), before)
      await refuses(t, { method: 'PUT', url, body: { ...order, amount: cny('1.00') } }, 'order-also-held')
      await refuses(t, { method: 'PUT', url, body: { ...order, sourceVersion: 2 } }, 'order-also-held')
    }
  )

  await t.test('201: one that is not approved stays an item, and counts once in what is decided', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    await record('C-2', 'SO-1', '60000.00')
    const { body } = await check('C-2', 'SO-1', '110000.00')
    t.not(body.outcome, 'approved')
    t.match(body, { availableBefore: cny('100000.00') })
    t.match(await exposure('C-2'), { orders: cny('60000.00'), reserved: cny('0.00') })
    t.match(await replayed(body.checkId), { same: true })
    const other = await check('C-2', 'SO-2', '41000.00')
    t.not(other.body.outcome, 'approved', 'beside another order it counts')
    t.match(other.body, { availableBefore: cny('40000.00') })
  })

  await t.test('201: an order that waits is taken up as what it comes to, not beside its item', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    await record('C-3', 'SO-1', '60000.00')
    await record('C-3', 'SO-9', '30000.00')
    t.not((await check('C-3', 'SO-1', '80000.00')).body.outcome, 'approved')
    await send('DELETE', '/v1/customers/C-3/exposure-items/SO-9?sourceVersion=2')
    await check('C-3', 'SO-2', '15000.00')
    t.match(await exposure('C-3'), { orders: cny('0.00'), reserved: cny('95000.00') })
  })

  await t.test('201: room that a smaller order leaves goes to those that wait', async (t) => {
    await givenLimit(service, 'C-4', '100000.00')
    await record('C-4', 'SO-1', '90000.00')
    t.not((await check('C-4', 'SO-2', '40000.00')).body.outcome, 'approved')
    t.equal((await check('C-4', 'SO-1', '50000.00')).body.outcome, 'approved')
    t.not((await check('C-4', 'SO-3', '20000.00')).body.outcome, 'approved', 'the one that waits comes first')
    t.match(await exposure('C-4'), { orders: cny('0.00'), reserved: cny('90000.00') })
  })

  await t.test('201: every system that knows the order', async (t) => {
    await givenLimit(service, 'C-5', '100000.00')
    await record('C-5', 'SO-1', '60000.00')
    await record('C-5', 'SO-1?source=shop', '30000.00', { shipOn: '2027-03-01' })
    await record('C-5', 'SO-1?source=shown', '5000.00', { statistical: true })
    await record('C-5', 'SO-1?source=wms', '1000.00', { category: 'delivery' })
    const batch = await send('POST', '/v1/credit-check-batches', {
      checks: [
        { customerId: 'C-5', orderId: 'SO-1', amount: cny('100000.00') },
        { customerId: 'C-5', orderId: 'SO-1', amount: cny('95000.00') },
        { customerId: 'C-5', orderId: 'SO-1', amount: cny('95000.00') }
      ]
    })
    t.equal(batch.status < 300, true, batch.text)
    t.match(await exposure('C-5'), { orders: cny('0.00'), deliveries: cny('1000.00'), reserved: cny('95000.00') })
  })

  await t.test('what asks for no credit leaves the item alone', async (t) => {
    await givenLimit(service, 'C-6', '100000.00')
    await record('C-6', 'SO-1', '60000.00')
    t.equal((await check('C-6', 'SO-1', '60000.00', { prepaid: cny('60000.00') })).body.outcome, 'approved')
    t.equal((await check('C-6', 'SO-1', '500.00', { kind: 'credit_note' })).body.outcome, 'approved')
    t.match(await exposure('C-6'), { orders: cny('60000.00'), reserved: cny('0.00') })
  })

  await t.test('a dry run takes nothing over', async (t) => {
    const before = await footprint()
    const tried = await send('POST', '/v1/credit-checks?dryRun=true', {
      customerId: 'C-6',
      orderId: 'SO-1',
      amount: cny('90000.00')
    })
    t.equal(tried.body.outcome, 'approved')
    t.equal(await footprint(), before)
  })
})
