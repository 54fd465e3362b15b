import { blockOf } from '../../checks/postings/answer.ts'
import type { Decision } from '../../checks/postings/decision.ts'
import type { Reader } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { CustomerId, OrderId } from '../../ids.ts'
import { readClock } from '../../platform/database/clock.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { idOf } from '../../platform/values/ids.ts'
import type { BlockedOrder, BlockedOrderQuery } from '../schema.ts'
import { type BlockedRow, type BlockPlace, listBlocks } from '../store.ts'

/** Orders that were not approved, longest wait first. */
export async function pageOfBlocked(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  { customerId, state = 'open', cursor, limit = PAGE_LIMIT_DEFAULT }: BlockedOrderQuery
): Promise<Page<BlockedOrder>> {
  const listing = { list: 'blocked-orders', customerId, state }
  const { now } = await readClock(db, clock)
  const rows = await listBlocks(db, now, { customerId, state }, placeOf(keyOfCursor(cursor, listing)), limit)
  const page = pageOfRows(rows, limit, listing, ({ block }) => `${block.openedAt} ${block.customerId} ${block.orderId}`)
  return { ...page, items: page.items.map((row) => blockedOrder(row, now)) }
}

function placeOf(key: string | undefined): BlockPlace | undefined {
  const [openedAt, customerId, orderId] = key?.split(' ') ?? []
  return openedAt === undefined || customerId === undefined || orderId === undefined
    ? undefined
    : { openedAt, customerId: idOf<CustomerId>(customerId), orderId: idOf<OrderId>(orderId) }
}

function blockedOrder({ block, document }: BlockedRow, now: string): BlockedOrder {
  const { amount, outcome, reasons } = JSON.parse(document) as Decision
  const { customerId, orderId, checkId, askedBy } = block
  return { customerId, orderId, checkId, amount, outcome, reasons, askedBy, block: blockOf(block, now) }
}
