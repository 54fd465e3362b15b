import { type ExpressionBuilder, sql } from 'kysely'
import { kindOf } from '../customers/store.ts'
import type { Database, NewRow, Reader, Row, RowUpdate, Write } from '../database.ts'
import type { CustomerId, OrderId } from '../ids.ts'
import type { ActorText } from '../platform/values/actors.ts'

type Block = Row<'blockedOrders'>

/**
 * Who asked for a check of an order, each once, according to the customer's journal from one entry
 * on.
 */
export async function whoAsked(
  db: Reader,
  { customerId, orderId }: Pick<Block, 'customerId' | 'orderId'>,
  fromSeq: number
): Promise<ActorText[]> {
  const asked = await db
    .selectFrom('journal')
    .innerJoin('creditChecks', 'creditChecks.checkId', 'journal.subject')
    .select('actor')
    .distinct()
    .where('journal.customerId', '=', customerId)
    .where('seq', '>=', fromSeq)
    .where('type', '=', 'check.decided')
    .where('creditChecks.customerId', '=', customerId)
    .where('orderId', '=', orderId)
    .execute()
  return asked.map(({ actor }) => actor)
}

/** Changes a block whose account is locked. */
export function updateBlock({ customerId, orderId }: Block, changes: RowUpdate<'blockedOrders'>): Write {
  return (db) =>
    db.updateTable('blockedOrders').set(changes).where('customerId', '=', customerId).where('orderId', '=', orderId)
}

export function insertRelease(row: NewRow<'orderReleases'>): Write {
  return (db) => db.insertInto('orderReleases').values(row)
}

/** A blocked order with the check that blocks it. */
export interface BlockedRow {
  readonly block: Block
  readonly document: string
  readonly kind: Row<'customers'>['kind']
}

/** Where a page of blocked orders begins: after this one. */
interface BlockPlace {
  readonly openedAt: string
  readonly customerId: CustomerId
  readonly orderId: OrderId
}

/**
 * Blocked orders, longest wait first, one more than the page holds. A block whose time is up counts
 * as lapsed.
 */
export async function listBlocks(
  db: Reader,
  now: string,
  { customerId, state }: { readonly customerId: CustomerId | undefined; readonly state: Block['state'] },
  after: BlockPlace | undefined,
  limit: number
): Promise<BlockedRow[]> {
  let select = db
    .selectFrom('blockedOrders')
    .innerJoin('creditChecks', (join) =>
      join
        .onRef('creditChecks.customerId', '=', 'blockedOrders.customerId')
        .onRef('creditChecks.checkId', '=', 'blockedOrders.checkId')
    )
    .selectAll('blockedOrders')
    .select('creditChecks.document')
    .select(kindOf('blockedOrders.customerId').as('kind'))
    .where((eb) => inState(eb, state, now))
    .orderBy('blockedOrders.openedAt')
    .orderBy('blockedOrders.customerId')
    .orderBy('blockedOrders.orderId')
    .limit(limit + 1)
  if (customerId !== undefined) select = select.where('blockedOrders.customerId', '=', customerId)
  if (after !== undefined)
    select = select.where(
      sql<boolean>`(blocked_orders.opened_at, blocked_orders.customer_id, blocked_orders.order_id)
        > (${after.openedAt}::timestamptz, ${after.customerId}, ${after.orderId})`
    )
  const rows = await select.execute()
  return rows.map(({ document, kind, ...block }) => ({ block, document, kind }))
}

function inState(eb: ExpressionBuilder<Database, 'blockedOrders'>, state: Block['state'], now: string) {
  if (state === 'open') return eb.and([eb('state', '=', state), eb('validUntil', '>', now)])
  if (state !== 'lapsed') return eb('state', '=', state)
  return eb.or([eb('state', '=', state), eb.and([eb('state', '=', 'open'), eb('validUntil', '<=', now)])])
}
