import fc from 'fast-check'
import t from 'tap'
import type { Row } from '../../src/database.ts'
import { freeState, type ItemAmounts } from '../../src/engine/index.ts'
import { freeItems, listItems } from '../../src/exposure-items/store.ts'
import type { CustomerId, ItemId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../given.ts'
import { testService } from '../service.ts'

/** What can be left of an order: its open amount is the open share of the whole. */
const amounts = fc
  .record({ originalMinor: fc.nat(1_000), openShare: fc.constantFrom(0, 0.4, 1) })
  .map(({ originalMinor, openShare }): ItemAmounts => {
    const openOriginalMinor = Math.floor(originalMinor * openShare)
    return { amountMinor: originalMinor, openMinor: openOriginalMinor, originalMinor, openOriginalMinor }
  })

t.test('what a held item is once it is free is the same to the database as to the engine', async (t) => {
  const service = await testService(t)
  await givenLimit(service, 'C-1', '10000.00')
  const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('1000.00') }
  const { checkId } = (await service.send('POST', '/v1/credit-checks', order)).body
  const { db } = service.deps
  const customerId = idOf<CustomerId>('C-1')
  const at = '2026-03-31T00:00:00.000Z'
  const held = { state: 'held', heldBy: checkId, heldUntil: '2026-04-30T00:00:00.000Z', category: 'order' } as const
  const dates = { dueOn: null, shipOn: null, recordedAt: at, updatedAt: at }
  const rate = { originalCurrency: 'CNY', rate: null, rateOn: null, rateBasis: null }
  const common = { ...held, ...dates, ...rate, disputed: false, statistical: false, sourceVersion: 1, version: 1 }
  const samples: ItemAmounts[] = [
    { amountMinor: 0, openMinor: 0, originalMinor: 0, openOriginalMinor: 0 },
    ...fc.sample(amounts, 50)
  ]
  const rows = samples.map((sample, index): Row<'exposureItems'> => {
    return { customerId, source: 'erp', itemId: idOf<ItemId>(`I-${index}`), ...common, ...sample }
  })
  await db.insertInto('exposureItems').values(rows).execute()
  const statesAt = async (now: string) => {
    const items = await listItems(db, customerId, {}, undefined, rows.length, now)
    return new Map(items.map(({ itemId, state }) => [itemId, state]))
  }
  const free = new Map(rows.map((row) => [row.itemId, freeState(row)]))
  t.same(new Set(free.values()), new Set(['open', 'converted']), 'both are among them')
  t.same(await statesAt('2026-04-29T00:00:00.000Z'), new Map(rows.map(({ itemId }) => [itemId, 'held'])))
  t.same(await statesAt('2026-04-30T00:00:00.000Z'), free, 'as it is shown once the time of the reservation is up')
  const write = freeItems(customerId, [checkId], at)
  await db
    .with('freed', write as never)
    .selectNoFrom((eb) => eb.val(1).as('one'))
    .execute()
  t.same(await statesAt(at), free, 'as it is on file once the reservation is ended')
})
