import { type RawBuilder, sql } from 'kysely'
import type { Reader, ReleaseFacts, Row, Write, Writer } from '../../database.ts'
import type { CheckId, CustomerId, OrderId } from '../../ids.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import { textTable } from '../../platform/database/text-array.ts'
import type { ActorText } from '../../platform/values/actors.ts'

type Block = Row<'blockedOrders'>

export const BLOCKS = columnsOf<Block>({
  customerId: 'text',
  orderId: 'text',
  checkId: 'text',
  state: 'text',
  automatic: 'boolean',
  amountMinor: 'bigint',
  request: 'text',
  askedBy: 'text',
  openedAt: 'timestamptz',
  firstCheckId: 'text',
  validUntil: 'timestamptz',
  closedAt: 'timestamptz',
  closedBy: 'text',
  nextCheckId: 'text',
  releaseId: 'text',
  reasonCode: 'text',
  comment: 'text',
  version: 'integer'
})

/** The blocks of these orders of a customer, open or not. */
export async function findBlocks(db: Reader, customerId: CustomerId, orderIds: readonly OrderId[]): Promise<Block[]> {
  return db
    .selectFrom('blockedOrders')
    .selectAll()
    .where('customerId', '=', customerId)
    .where(sql<boolean>`order_id = any(${[...orderIds]}::text[])`)
    .execute()
}

/** A place among the waiting orders of a customer. */
export type QueuePlace = Pick<Block, 'openedAt' | 'firstCheckId'>

/**
 * The open blocks of a customer that are decided again automatically, after a place, longest wait
 * first.
 */
export async function queuedBlocks(
  db: Reader,
  customerId: CustomerId,
  now: string,
  after: QueuePlace | undefined,
  limit: number
): Promise<Block[]> {
  let select = db
    .selectFrom('blockedOrders')
    .selectAll()
    .where('customerId', '=', customerId)
    .where(sql<boolean>`state = 'open' and automatic`)
    .where('validUntil', '>', now)
    .orderBy('openedAt')
    .orderBy('firstCheckId')
    .limit(limit)
  if (after !== undefined)
    select = select.where(
      sql<boolean>`(opened_at, first_check_id) > (${after.openedAt}::timestamptz, ${after.firstCheckId})`
    )
  return select.execute()
}

/** The open blocks of a customer whose time is up. */
export async function overdueBlocks(db: Reader, customerId: CustomerId, now: string, limit: number): Promise<Block[]> {
  return db
    .selectFrom('blockedOrders')
    .selectAll()
    .where('customerId', '=', customerId)
    .where(sql<boolean>`state = 'open'`)
    .where('validUntil', '<=', now)
    .orderBy('validUntil')
    .orderBy('orderId')
    .limit(limit)
    .execute()
}

/** The waiting orders of a customer with what else is known of them. */
export interface WaitingBlocks {
  /** Those whose time is up, in the order in which they lapse. */
  readonly overdue: readonly Block[]
  /** Those that are decided again automatically, longest wait first. */
  readonly queued: readonly {
    readonly block: Block
    /** Whether a reservation or an item of the ledger counts for the order already. */
    readonly counts: boolean
  }[]
}

/** Selects the first of both at an instant, in the order of `overdueBlocks` and `queuedBlocks`. */
export function waitingBlocksOf(
  customerId: RawBuilder<unknown>,
  now: RawBuilder<unknown>,
  limit: number
): RawBuilder<WaitingBlocks> {
  const open = sql`select * from blocked_orders where blocked_orders.customer_id = ${customerId} and state = 'open'`
  const counts = sql`exists (
      select from reservations
      where reservations.customer_id = one.customer_id and reservations.order_id = one.order_id and reservations.state = 'active')
    or exists (
      select from exposure_items where exposure_items.customer_id = one.customer_id and exposure_items.item_id = one.order_id
        and category = 'order' and exposure_items.state = 'open' and not statistical)`
  return sql`json_build_object('overdue', (
      select coalesce(json_agg(${BLOCKS.json} order by valid_until, order_id), '[]')
      from (${open} and valid_until <= ${now} order by valid_until, order_id limit ${limit}) as one), 'queued', (
      select coalesce(json_agg(json_build_object('block', ${BLOCKS.json}, 'counts', ${counts}) order by opened_at, first_check_id), '[]')
      from (${open} and automatic and valid_until > ${now} order by opened_at, first_check_id limit ${limit}) as one))`
}

/** Such a block after its time. */
export function lapsedBlock(block: Block, closedBy: ActorText): Block {
  return { ...block, state: 'lapsed', closedAt: block.validUntil, closedBy, version: block.version + 1 }
}

/** Ends blocks whose time is up. */
export function lapseBlocks(customerId: CustomerId, blocks: readonly Block[], closedBy: ActorText): Write {
  const ids = blocks.map(({ orderId }) => orderId)
  return (db) =>
    db
      .updateTable('blockedOrders')
      .set({
        state: 'lapsed',
        closedAt: sql<string>`valid_until`,
        closedBy,
        version: sql<number>`version + 1`
      })
      .where('customerId', '=', customerId)
      .where(sql<boolean>`order_id = any(${ids}::text[])`)
}

/**
 * The last release of each of these orders, if its time is not up and no rejection has ended it:
 * what is left of it after later captures. A capture takes along its share of the prepaid amount,
 * because a release is for the whole order. Some checks may be left out of that sum.
 */
export async function liveReleases(
  db: Reader,
  customerId: CustomerId,
  orderIds: readonly OrderId[],
  now: string,
  exceptCheckIds: readonly CheckId[] = []
): Promise<Map<OrderId, ReleaseFacts>> {
  const { rows } = await sql<ReleaseFacts & { orderId: OrderId }>`
    select block.order_id, release_id, exempts, amount_max_minor - used_minor as amount_max_minor, last.valid_until, decided_by as by
    from ${textTable(orderIds)} as asked (order_id)
    cross join lateral (select * from blocked_orders where customer_id = ${customerId} and order_id = asked.order_id limit 1) as block
    join order_releases as last using (customer_id, release_id)
    cross join lateral (
      select coalesce(sum(captured_minor + round(captured_minor::numeric * prepaid_minor / reserved_minor)), 0)::bigint as used_minor
      from (
        select captured_minor, reservations.amount_minor as reserved_minor, round(credit_checks.amount_minor
          * (document::jsonb #>> '{prepaid,amount}')::numeric / (document::jsonb #>> '{amount,amount}')::numeric) as prepaid_minor
        from credit_checks join reservations using (customer_id, check_id)
        where credit_checks.customer_id = ${customerId} and credit_checks.order_id = block.order_id and captured_minor > 0
          and reservations.created_at >= last.decided_at and check_id <> all(${[...exceptCheckIds]}::text[])) as captured
    ) as used
    where last.valid_until >= ${now} and amount_max_minor > used_minor`.execute(db)
  return new Map(rows.map(({ orderId, ...release }) => [orderId, release]))
}

/**
 * Clears the retry mark of a locked account. When some orders are left for later, it keeps the mark
 * and stores the place to resume from.
 */
export async function noteReevaluation(
  trx: Writer,
  customerId: CustomerId,
  left: { readonly dueAt: string; readonly after: QueuePlace } | undefined
): Promise<void> {
  const { openedAt, firstCheckId } = left?.after ?? {}
  await trx
    .updateTable('creditAccounts')
    .set({
      reevaluationDueAt: left?.dueAt ?? null,
      reevaluationPlace: left === undefined ? null : JSON.stringify({ dueAt: left.dueAt, openedAt, firstCheckId })
    })
    .where('customerId', '=', customerId)
    .execute()
}

/**
 * The place after which the blocked orders of an account are still to be decided again; undefined
 * when it is the beginning.
 */
export function reevaluatedTo({ reevaluationDueAt, reevaluationPlace }: Row<'creditAccounts'>): QueuePlace | undefined {
  if (reevaluationPlace === null) return undefined
  const { dueAt, ...place } = JSON.parse(reevaluationPlace) as QueuePlace & { dueAt: string }
  // New room since then may be enough for the first of them.
  return dueAt === reevaluationDueAt ? place : undefined
}

/**
 * Customers with blocked orders to decide again, or with blocks that may have lapsed; longest wait
 * first.
 */
export async function customersToReevaluate(db: Reader, limit: number): Promise<CustomerId[]> {
  const rows = await db
    .selectFrom('creditAccounts')
    .select('customerId')
    .where('reevaluationDueAt', 'is not', null)
    .orderBy('reevaluationDueAt')
    .limit(limit)
    .execute()
  return rows.map(({ customerId }) => customerId)
}
