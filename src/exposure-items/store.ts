import { sql } from 'kysely'
import type { Reader, Row, Write, Writer } from '../database.ts'
import type { CheckId, CustomerId, InvoiceId, ItemId, OrderId } from '../ids.ts'
import { columnsOf } from '../platform/database/columns.ts'
import { textTable } from '../platform/database/text-array.ts'
import { idOf } from '../platform/values/ids.ts'
import { rateCorrectedTo } from '../rates/store.ts'

/** An item as it stands at an instant, with the value that its rate has now; null: the same. */
export type ShownItem = Row<'exposureItems'> & { readonly rateCorrectedTo: string | null }

/** The key of an item: the system that keeps it and its number there. */
export interface ItemKey {
  readonly customerId: CustomerId
  readonly source: string
  readonly itemId: ItemId
}

export async function findItem(
  db: Reader,
  { customerId, source, itemId }: ItemKey
): Promise<Row<'exposureItems'> | undefined> {
  return db
    .selectFrom('exposureItems')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('source', '=', source)
    .where('itemId', '=', itemId)
    .executeTakeFirst()
}

/** The items with these keys. */
export async function itemsByKey(
  db: Reader,
  customerId: CustomerId,
  keys: readonly Omit<ItemKey, 'customerId'>[]
): Promise<Row<'exposureItems'>[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Row<'exposureItems'>>`
    select found.* from ${KEYS.table(keys)} as asked cross join lateral (
      select * from exposure_items where customer_id = ${customerId} and source = asked.source and item_id = asked.item_id limit 1) as found`.execute(
    db
  )
  return rows
}

const KEYS = columnsOf<Omit<ItemKey, 'customerId'>>({ source: 'text', itemId: 'text' })

/**
 * The open amounts, whatever their sign, of the items that the amounts of the account do not bound,
 * without those of one system; minor units of the account's currency.
 */
export async function unboundedMinor(
  db: Reader,
  customerId: CustomerId,
  source: string,
  withoutIds: readonly ItemId[]
): Promise<number> {
  const { minor } = await db
    .selectFrom('exposureItems')
    .select(sql<number>`coalesce(sum(abs(open_minor)), 0)::bigint`.as('minor'))
    .where('customerId', '=', customerId)
    .where('state', '=', 'open')
    .where((eb) => eb.or([eb('statistical', '=', true), eb('category', '=', 'special')]))
    .where(sql<boolean>`not (source = ${source} and item_id = any(${withoutIds}::text[]))`)
    .executeTakeFirstOrThrow()
  return minor
}

/** Inserts items of a customer whose account is locked, or replaces the recorded ones. */
export function saveItems(rows: readonly Row<'exposureItems'>[]): Write[] {
  return rows.length === 0 ? [] : [() => sql`(${upsertItems(ITEMS.table(rows))})`]
}

const ITEMS = columnsOf<Row<'exposureItems'>>({
  customerId: 'text',
  source: 'text',
  itemId: 'text',
  category: 'text',
  state: 'text',
  amountMinor: 'bigint',
  openMinor: 'bigint',
  originalCurrency: 'text',
  originalMinor: 'bigint',
  openOriginalMinor: 'bigint',
  rate: 'numeric',
  rateOn: 'date',
  rateBasis: 'text',
  dueOn: 'date',
  shipOn: 'date',
  disputed: 'boolean',
  statistical: 'boolean',
  sourceVersion: 'bigint',
  version: 'integer',
  recordedAt: 'timestamptz',
  updatedAt: 'timestamptz',
  heldBy: 'text',
  heldUntil: 'timestamptz'
})
const upsertItems = ITEMS.upsertInto('exposure_items', {
  key: ['customerId', 'source', 'itemId'],
  fixed: ['recordedAt']
})

/**
 * The items of one system that are open or held by a reservation, and those with one of these ids.
 */
export async function comparedItems(
  db: Reader,
  customerId: CustomerId,
  source: string,
  ids: readonly string[]
): Promise<Row<'exposureItems'>[]> {
  const { rows } = await sql<Row<'exposureItems'>>`
    select * from (
      select * from exposure_items where customer_id = ${customerId} and state = 'open'
      union all
      select * from exposure_items where customer_id = ${customerId} and state = 'held' offset 0) as standing
    where source = ${source}
    union all
    select named.* from ${textTable([...new Set(ids)])} as asked (item_id)
    cross join lateral (
      select * from exposure_items where customer_id = ${customerId} and source = ${source} and item_id = asked.item_id limit 1) as named
    where state not in ('open', 'held')
    order by item_id`.execute(db)
  return rows
}

/** The order that an item of the category `order` is: the item has the number of its order. */
export function orderOfItem(itemId: ItemId): OrderId {
  return idOf<OrderId>(itemId)
}

/** The items that count for some orders, in every system. */
export async function itemsOfOrders(
  db: Reader,
  customerId: CustomerId,
  orderIds: readonly OrderId[]
): Promise<Row<'exposureItems'>[]> {
  return db
    .selectFrom('exposureItems')
    .selectAll()
    .where('customerId', '=', customerId)
    .where(sql<boolean>`item_id = any(${orderIds}::text[])`)
    .where('category', '=', 'order')
    .where('state', '=', 'open')
    .where('statistical', '=', false)
    .orderBy('source')
    .orderBy('itemId')
    .execute()
}

/** An item whose amount a reservation holds from now on, until that expires at the latest. */
export interface HeldItem extends Pick<ItemKey, 'source' | 'itemId'> {
  readonly heldBy: CheckId
  readonly heldUntil: string
}

/**
 * Hands open items of a customer whose account is locked over to existing reservations. Their open
 * amounts stay on file.
 */
export async function holdItems(
  trx: Writer,
  customerId: CustomerId,
  items: readonly HeldItem[],
  now: string
): Promise<void> {
  await sql`
    update exposure_items set state = 'held', held_by = held.held_by, held_until = held.held_until, version = version + 1, updated_at = ${now}
    from (select held_by, held_until, (select ctid from exposure_items
        where customer_id = ${customerId} and source = given.source and item_id = given.item_id) as place
      from ${HELD.table(items)} as given) as held
    where exposure_items.ctid = held.place`.execute(trx)
}

const HELD = columnsOf<HeldItem>({ source: 'text', itemId: 'text', heldBy: 'text', heldUntil: 'timestamptz' })

/** The items that some reservations hold, in a fixed order. */
export async function heldItems(
  db: Reader,
  customerId: CustomerId,
  checkIds: readonly CheckId[]
): Promise<Row<'exposureItems'>[]> {
  return db
    .selectFrom('exposureItems')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('state', '=', 'held')
    .where(sql<boolean>`held_by = any(${checkIds}::text[])`)
    .orderBy('source')
    .orderBy('itemId')
    .execute()
}

/** The state of a held item after its reservation: `freeState` of the engine. */
const FREE_STATE = sql<
  'open' | 'converted'
>`case when open_original_minor = 0 and original_minor <> 0 then 'converted' else 'open' end`

/** Counts the open amounts of the items again that some reservations hold. */
export function freeItems(customerId: CustomerId, checkIds: readonly CheckId[], now: string): Write {
  return (db) =>
    db
      .updateTable('exposureItems')
      .set({ state: FREE_STATE, heldBy: null, heldUntil: null, version: sql<number>`version + 1`, updatedAt: now })
      .where('customerId', '=', customerId)
      .where('state', '=', 'held')
      .where(sql<boolean>`held_by = any(${checkIds}::text[])`)
}

/**
 * The item at an instant. A reservation whose time is up holds nothing, even if nothing has ended
 * it.
 */
function standingAt(now: string) {
  return {
    state: sql<Row<'exposureItems'>['state']>`case when held_until <= ${now} then ${FREE_STATE} else state end`,
    heldBy: sql<CheckId | null>`case when held_until > ${now} then held_by end`
  }
}

/** The item at an instant, in the form that is shown. */
export async function findItemAt(
  db: Reader,
  { customerId, source, itemId }: ItemKey,
  now: string
): Promise<ShownItem | undefined> {
  const { state, heldBy } = standingAt(now)
  return db
    .selectFrom('exposureItems')
    .selectAll()
    .select([state.as('state'), heldBy.as('heldBy'), rateCorrectedTo('exposure_items').as('rateCorrectedTo')])
    .where('customerId', '=', customerId)
    .where('source', '=', source)
    .where('itemId', '=', itemId)
    .executeTakeFirst()
}

/** The items that a list shows; all when absent. */
interface ItemFilters {
  readonly category?: Row<'exposureItems'>['category']
  readonly state?: Row<'exposureItems'>['state']
  readonly source?: string
}

/**
 * Items that fit all filters at an instant, as they stand then, by source and id, one more than the
 * page holds.
 */
export async function listItems(
  db: Reader,
  customerId: CustomerId,
  { category, state, source }: ItemFilters,
  after: { source: string; itemId: ItemId } | undefined,
  limit: number,
  now: string
): Promise<ShownItem[]> {
  const standing = standingAt(now)
  let select = db
    .selectFrom('exposureItems')
    .selectAll()
    .select([standing.state.as('state'), standing.heldBy.as('heldBy')])
    .select(rateCorrectedTo('exposure_items').as('rateCorrectedTo'))
    .where('customerId', '=', customerId)
    .orderBy('source')
    .orderBy('itemId')
    .limit(limit + 1)
  if (category !== undefined) select = select.where('category', '=', category)
  if (state !== undefined) select = select.where(standing.state, '=', state)
  if (source !== undefined) select = select.where('source', '=', source)
  if (after !== undefined) select = select.where(sql<boolean>`(source, item_id) > (${after.source}, ${after.itemId})`)
  return select.execute()
}

/** The document that something was converted to. An invoice belongs to no source. */
export type ConversionTarget =
  | { readonly kind: 'item'; readonly source: string; readonly id: ItemId }
  | { readonly kind: 'invoice'; readonly source: ''; readonly id: InvoiceId }

const TARGETS = columnsOf<ConversionTarget>({ kind: 'text', source: 'text', id: 'text' })

/** What some documents of one kind were made from, in a fixed order. */
export async function conversionsTo(
  db: Reader,
  customerId: CustomerId,
  targets: readonly ConversionTarget[]
): Promise<Row<'exposureConversions'>[]> {
  const { rows } = await sql<Row<'exposureConversions'>>`
    select made.* from ${TARGETS.table(targets)} as target
    cross join lateral (
      select * from exposure_conversions
      where customer_id = ${customerId} and to_kind = target.kind and to_source = target.source and to_id = target.id offset 0) as made
    order by to_kind, to_source, to_id, from_kind, from_source, from_id`.execute(db)
  return rows
}

/** What of some items became other documents, by item: minor units of each item's currency. */
export async function convertedMinor(
  db: Reader,
  customerId: CustomerId,
  source: string,
  ids: readonly ItemId[]
): Promise<Map<ItemId, number>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ fromId: ItemId; minor: number }>`
    select asked.from_id, sum(original_minor)::bigint as minor from ${textTable([...new Set(ids)])} as asked (from_id)
    cross join lateral (
      select original_minor from exposure_conversions where customer_id = ${customerId} and from_kind = 'item' and from_source = ${source}
        and exposure_conversions.from_id = asked.from_id offset 0) as made
    group by asked.from_id`.execute(db)
  return new Map(rows.map(({ fromId, minor }) => [fromId, minor]))
}

/** Records a conversion or its new amount; at zero it is deleted. */
export function saveConversion(row: Row<'exposureConversions'>): Write {
  const { customerId, toKind, toSource, toId, fromKind, fromSource, fromId, ...changes } = row
  if (row.originalMinor !== 0)
    return (db) =>
      db
        .insertInto('exposureConversions')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['customerId', 'toKind', 'toSource', 'toId', 'fromKind', 'fromSource', 'fromId'])
            .doUpdateSet(changes)
        )
  return (db) =>
    db
      .deleteFrom('exposureConversions')
      .where('customerId', '=', customerId)
      .where('toKind', '=', toKind)
      .where('toSource', '=', toSource)
      .where('toId', '=', toId)
      .where('fromKind', '=', fromKind)
      .where('fromSource', '=', fromSource)
      .where('fromId', '=', fromId)
}
