import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })
/** An hour of the test's day. */
const at = (hour: string) => `2026-03-31T${hour}:00.000Z`

t.test('an order that the ledger knows counts once, whatever becomes of its reservation', async (t) => {
  const service = await contractService(t)
  const { send, refuses, clockTo, footprint } = service
  const bookOf = (customerId: string) => {
    const url = (path: string) => `/v1/customers/${customerId}/${path}`
    const order = { category: 'order', amount: cny('600.00'), shipOn: '2026-04-15', sourceVersion: 1 }
    const itemUrl = (itemId: string) => url(`exposure-items/${itemId}`)
    const requestOf = (itemId: string, more: object = {}) =>
      ({ method: 'PUT', url: itemUrl(itemId), body: { ...order, ...more } }) as const
    return {
      itemUrl,
      requestOf,
      record: (itemId: string, more: object = {}) => send('PUT', itemUrl(itemId), { ...order, ...more }),
      item: async (itemId: string) => (await send('GET', itemUrl(itemId))).body,
      listed: async (state: string) =>
        (await send('GET', url(`exposure-items?state=${state}`))).body.items.map(
          ({ itemId }: { itemId: string }) => itemId
        ),
      check: async (orderId: string, amount: object = cny('600.00'), reserveSeconds = 1_800): Promise<string> => {
        const { body } = await send('POST', '/v1/credit-checks', { customerId, orderId, amount, reserveSeconds })
        if (body.outcome !== 'approved') throw new Error(JSON.stringify(body))
        return body.checkId
      },
      capture: (checkId: string, amount: object, final: boolean, invoiceId = `I-${checkId}`) =>
        send('POST', `/v1/credit-checks/${checkId}/captures`, { amount, invoiceId, final }),
      release: (checkId: string) => send('POST', `/v1/credit-checks/${checkId}/releases`, {}),
      /** What counts as orders, reserved, captured and in all. */
      sums: async () => {
        const { exposure, itemised } = (await send('GET', url('exposure'))).body
        const { orders, reserved, captured, total } = exposure
        const gross = itemised.categories.find(({ category }: { category: string }) => category === 'order')
        t.same(Number(gross?.counted.amount ?? 0), Number(orders.amount) + Number(reserved.amount), 'as itemised')
        return [orders, reserved, captured, total].map(({ amount }) => Number(amount))
      },
      lastEntry: async () => {
        const { type, payload } = (await send('GET', url('journal?limit=200'))).body.items.at(-1)
        const { items, moves } = JSON.parse(payload)
        return { type, items, moves }
      },
      reconcile: async (snapshotAt: string, items: readonly (readonly [itemId: string, open: string])[]) => {
        const total = items.reduce((sum, [, open]) => sum + Number(open), 0)
        const answer = await send('POST', url('reconciliations'), {
          snapshotAt,
          apply: true,
          control: { count: items.length, totals: [cny(total.toFixed(2))] },
          items: items.map(([itemId, open]) => ({ itemId, category: 'order', open: cny(open), sourceVersion: 1 }))
        })
        return answer.body.differences.map(({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`)
      }
    }
  }
  const given = async (customerId: string) => {
    await givenLimit(service, customerId, '100000.00')
    return bookOf(customerId)
  }
  t.afterEach(async () => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
  })

  await t.test('released, its item counts again, and is then checked like any other', async (t) => {
    const { record, check, release, item, sums, lastEntry, listed } = await given('C-1')
    await record('SO-1')
    const checkId = await check('SO-1')
    t.same(await sums(), [0, 600, 0, 600])
    t.match(await item('SO-1'), { state: 'held', heldBy: checkId, open: cny('600.00') })
    t.same([await listed('held'), await listed('open')], [['SO-1'], []])
    await release(checkId)
    t.same(await sums(), [600, 0, 0, 600])
    t.match(await item('SO-1'), { state: 'open', heldBy: null, open: cny('600.00'), version: 3, sourceVersion: 1 })
    t.same(await lastEntry(), {
      type: 'reservation.released',
      items: [{ source: 'erp', itemId: 'SO-1', openMinor: 60_000 }],
      moves: { reservedMinor: -60_000, ordersMinor: 60_000 }
    })
    t.match((await send('GET', `/v1/credit-checks/${checkId}/replay`)).body, { same: true })
    const again = await check('SO-1', cny('500.00'))
    t.match(await item('SO-1'), { state: 'held', heldBy: again })
    t.same(await sums(), [0, 500, 0, 500])
  })

  await t.test(
    'expired, it counts again at that instant, whether or not anybody has ended the reservation',
    async (t) => {
      const { record, check, item, sums, lastEntry, listed } = await given('C-2')
      await record('SO-1')
      await check('SO-1', cny('500.00'))
      t.same(await sums(), [0, 500, 0, 500])
      await clockTo(at('12:30'))
      const before = await footprint()
      t.same(await sums(), [600, 0, 0, 600])
      t.match(await item('SO-1'), { state: 'open', heldBy: null, open: cny('600.00') })
      t.same([await listed('held'), await listed('open')], [[], ['SO-1']])
      t.equal(await footprint(), before, 'reading writes nothing')
      t.match(await record('SO-1'), { status: 200, body: { state: 'open' } }, 'the same is known')
      t.match(await lastEntry(), { type: 'reservation.expired' }, 'the end that was due, and nothing of its own')
      const ended = await footprint()
      t.match(await record('SO-1'), { status: 200, body: { state: 'open', version: 3 } })
      t.equal(await footprint(), ended, 'nothing was written')
      const beside = { customerId: 'C-2', orderId: 'SO-2', amount: cny('99400.01') }
      t.not((await send('POST', '/v1/credit-checks', beside)).body.outcome, 'approved', 'it takes its room')
      t.same(await sums(), [600, 0, 0, 600])
      t.match(await item('SO-1'), { state: 'open', heldBy: null, version: 3 })
      const { type } = await lastEntry()
      t.equal(type, 'check.decided')
    }
  )

  await t.test('a higher version before anybody has ended it is recorded as it is', async (t) => {
    const { record, check, sums } = await given('C-3')
    await record('SO-1')
    await check('SO-1')
    await clockTo(at('13:00'))
    t.match(await record('SO-1', { sourceVersion: 2, amount: cny('700.00') }), { status: 200, body: { state: 'open' } })
    t.same(await sums(), [700, 0, 0, 700])
    await check('SO-9', cny('1.00'))
    t.same(await sums(), [700, 1, 0, 701])
  })

  await t.test('what was captured before counts as captured, the rest of the item again', async (t) => {
    const { record, check, capture, release, item, sums, lastEntry } = await given('C-4')
    await record('SO-1')
    const checkId = await check('SO-1', cny('500.00'))
    await capture(checkId, cny('200.00'), false)
    t.same(await sums(), [0, 300, 200, 500])
    t.match(await item('SO-1'), { state: 'held', open: cny('400.00') })
    t.same((await lastEntry()).items, [{ source: 'erp', itemId: 'SO-1', openMinor: 40_000 }])
    await release(checkId)
    t.same(await sums(), [400, 0, 200, 600])
    t.match(await item('SO-1'), { state: 'open', amount: cny('600.00'), open: cny('400.00') })
    const known = await record('SO-1', { sourceVersion: 2, shipOn: '2026-05-01' })
    t.match(known.body, { open: cny('400.00') }, 'what was captured is not open in a later version either')
  })

  await t.test('captured for good it is closed, as the order is done', async (t) => {
    const { record, check, capture, item, sums, lastEntry } = await given('C-5')
    for (const itemId of ['SO-1', 'SO-2', 'SO-3']) await record(itemId)
    await capture(await check('SO-1'), cny('600.00'), false)
    t.match(await item('SO-1'), { state: 'closed', heldBy: null, open: cny('0.00') })
    await capture(await check('SO-2'), cny('200.00'), true)
    t.match(await item('SO-2'), { state: 'closed', heldBy: null, open: cny('0.00') })
    t.same((await lastEntry()).items, [])
    const third = await check('SO-3')
    await capture(third, cny('100.00'), false)
    await send('POST', `/v1/credit-checks/${third}/adjustments`, { amount: cny('100.00') })
    t.match(await item('SO-3'), { state: 'closed', heldBy: null }, 'it is adjusted to what is captured')
    t.same(await sums(), [0, 0, 900, 900])
  })

  await t.test('all of it captured of a larger reservation, it is converted when that ends', async (t) => {
    const { record, check, capture, release, item, sums } = await given('C-6')
    await record('SO-1')
    const checkId = await check('SO-1', cny('800.00'))
    await capture(checkId, cny('700.00'), false)
    t.match(await item('SO-1'), { state: 'held', open: cny('0.00') })
    await release(checkId)
    t.match(await item('SO-1'), { state: 'converted', open: cny('0.00') })
    t.same(await sums(), [0, 0, 700, 700])
  })

  await t.test('the same version is known while it is held; what says otherwise names the reservation', async (t) => {
    const { record, requestOf, check, itemUrl, release, item, sums } = await given('C-7')
    await record('SO-1')
    const checkId = await check('SO-1')
    const before = await footprint()
    t.match(await record('SO-1'), { status: 200, headers: { etag: '"2"' }, body: { state: 'held', heldBy: checkId } })
    t.equal(await footprint(), before)
    await refuses(t, requestOf('SO-1', { amount: cny('700.00') }), 'order-also-held')
    await refuses(t, requestOf('SO-1', { sourceVersion: 2 }), 'order-also-held')
    const delivery = { category: 'delivery', amount: cny('100.00') }
    const fromItem = { ...delivery, convertedFrom: [{ itemId: 'SO-1', amount: cny('100.00') }] }
    const { body } = await refuses(t, requestOf('DN-1', fromItem), 'exposure-item-held')
    t.equal(body.checkId, checkId)
    const fromCheck = { ...delivery, convertedFrom: [{ checkId, amount: cny('100.00'), final: false }] }
    t.equal((await record('DN-1', fromCheck)).status, 201)
    t.match(await item('SO-1'), { state: 'held', open: cny('500.00') })
    t.same(await sums(), [0, 500, 0, 600])
    const taken = { checkId, amount: cny('300.00'), final: false }
    t.match(await record('SO-1', { sourceVersion: 2, amount: cny('300.00'), convertedFrom: [taken] }), {
      status: 200,
      body: { state: 'open', heldBy: null, open: cny('300.00') }
    })
    t.same(await sums(), [300, 200, 0, 600])
    await release(checkId)
    t.same(await sums(), [300, 0, 0, 400], 'it took over what it says')
    await record('SO-2')
    const second = await check('SO-2')
    t.match((await send('DELETE', `${itemUrl('SO-2')}?sourceVersion=2`)).body, { state: 'closed', heldBy: null })
    await release(second)
    t.same(await sums(), [300, 0, 0, 400], 'what the system of the caller ended does not come back')
  })

  await t.test('every system that knows the order gets its own back', async (t) => {
    const { record, check, capture, release, item, sums, requestOf } = await given('C-8')
    await record('SO-1')
    await record('SO-1?source=shop', { amount: cny('300.00') })
    const checkId = await check('SO-1', cny('900.00'))
    const shop = async () => (await send('GET', requestOf('SO-1?source=shop').url)).body
    await capture(checkId, cny('700.00'), false)
    t.match([await item('SO-1'), await shop()], [{ open: cny('0.00') }, { open: cny('200.00') }])
    await release(checkId)
    t.match([await item('SO-1'), await shop()], [{ state: 'converted' }, { state: 'open', open: cny('200.00') }])
    t.same(await sums(), [200, 0, 700, 900])
  })

  await t.test('in another currency it loses what was captured in that', async (t) => {
    const { record, check, capture, release, item } = await given('C-9')
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-30', { rate: 7, source: 'x' })
    await record('SO-1', { amount: usd('100.00') })
    await record('SO-2', { amount: usd('100.00') })
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-31', { rate: 8, source: 'x' })
    const first = await check('SO-1', usd('100.00'))
    await capture(first, usd('40.00'), false)
    await release(first)
    t.match(await item('SO-1'), { open: cny('420.00') }, '60 of 100 dollars at the rate of the item')
    const second = await check('SO-2', usd('100.00'))
    await capture(second, cny('70.00'), false)
    await release(second)
    t.match(await item('SO-2'), { open: cny('630.00') })
  })

  await t.test('a snapshot that lists a held order agrees, and what it says instead counts afterwards', async (t) => {
    const { record, check, release, item, sums, reconcile } = await given('C-10')
    for (const itemId of ['SO-1', 'SO-2', 'SO-3']) await record(itemId)
    const [first, second, third] = [await check('SO-1'), await check('SO-2'), await check('SO-3')]
    await check('SO-4')
    await clockTo(at('13:10'))
    const stated = [
      ['SO-1', '600.00'],
      ['SO-2', '650.00'],
      ['SO-4', '600.00']
    ] as const
    const differences = await reconcile(at('13:10'), stated)
    t.same(differences, ['different SO-2', 'also_held SO-4', 'extra SO-3'])
    t.same(await sums(), [0, 2400, 0, 2400], 'nothing counts twice')
    t.match(await item('SO-2'), { state: 'held', heldBy: second, open: cny('650.00') })
    t.match(await item('SO-3'), { state: 'closed', heldBy: null })
    t.same(await reconcile(at('13:10'), stated), ['also_held SO-4'])
    for (const checkId of [first, second, third]) await release(checkId)
    t.same(await sums(), [1250, 600, 0, 1850])
    t.same(await reconcile(at('13:10'), stated), ['also_held SO-4'])
  })

  await t.test('a snapshot from before a capture is older than that', async (t) => {
    const { record, check, capture, item, reconcile } = await given('C-11')
    await record('SO-1')
    const checkId = await check('SO-1')
    await clockTo(at('13:20'))
    await capture(checkId, cny('200.00'), false)
    t.same(await reconcile(at('13:15'), [['SO-1', '600.00']]), ['older SO-1'])
    t.match(await item('SO-1'), { state: 'held', open: cny('400.00') })
  })

  await t.test(
    'a snapshot after the end of the reservation, which nobody has ended, counts its orders once',
    async (t) => {
      const { record, check, sums, reconcile } = await given('C-12')
      await record('SO-1')
      await check('SO-1')
      await clockTo(at('14:00'))
      t.same(await reconcile(at('14:00'), [['SO-1', '640.00']]), ['different SO-1'])
      t.same(await sums(), [640, 0, 0, 640])
      await check('SO-2', cny('1.00'))
      t.same(await sums(), [640, 1, 0, 641])
    }
  )

  await t.test('the forecast expects of an expiry what it frees beyond the item', async (t) => {
    const { record, check } = await given('C-13')
    await record('SO-1')
    await check('SO-1', cny('500.00'))
    await check('SO-2', cny('70.00'))
    const { body } = await send('GET', '/v1/customers/C-13/headroom')
    const expired = body.points.flatMap(({ changes }: { changes: { cause: string; amount: object }[] }) => changes)
    t.match(expired, [{ cause: 'reservations_expired', amount: cny('-30.00') }])
  })

  await t.test('an order that waits does not get the room that an expired order still takes', async (t) => {
    const { record, check, sums } = await given('C-14')
    await record('SO-1', { amount: cny('90000.00') })
    await check('SO-1', cny('90000.00'))
    const waiting = { customerId: 'C-14', orderId: 'SO-2', amount: cny('20000.00') }
    t.not((await send('POST', '/v1/credit-checks', waiting)).body.outcome, 'approved')
    await clockTo(at('15:00'))
    await check('SO-3', cny('1.00'))
    t.same(await sums(), [90_000, 1, 0, 90_001])
  })
})
