import { blockOf, namedBlock } from '../../checks/postings/answer.ts'
import type { Decision } from '../../checks/postings/decision.ts'
import type { Reader } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { nameOfOutcome, type Reader as ReasonReader } from '../../engine/index.ts'
import { readClock } from '../../platform/database/clock.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { audienceOf, shownTo, toldCheck } from '../../wording/postings.ts'
import type { BlockedOrder, BlockedOrderQuery } from '../schema.ts'
import { type BlockedRow, listBlocks } from '../store.ts'

/** What the list is in the order of. */
const KEY = listKey({
  openedAt: KeyField.instant,
  customerId: KeyField.clientId<'customer'>(),
  orderId: KeyField.clientId<'order'>()
})

/** Orders that were not approved, longest wait first. */
export async function pageOfBlocked(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  { customerId, state = 'open', reader, cursor, limit = PAGE_LIMIT_DEFAULT }: BlockedOrderQuery
): Promise<Page<BlockedOrder>> {
  const listing = { list: 'blocked-orders', customerId, state }
  const { now } = await readClock(db, clock)
  const rows = await listBlocks(db, now, { customerId, state }, keyOfCursor(cursor, listing, KEY), limit)
  const page = pageOfRows(rows, limit, listing, ({ block }) => KEY.of(block))
  return { ...page, items: page.items.map((row) => blockedOrder(row, now, reader)) }
}

function blockedOrder({ block, document, kind }: BlockedRow, now: string, reader?: ReasonReader): BlockedOrder {
  const audience = audienceOf(reader, kind)
  const { amount, outcome, reasons, textsVersion } = toldCheck(JSON.parse(document) as Decision, audience)
  const names = audience === undefined ? {} : { outcomeName: nameOfOutcome(outcome, audience) }
  const { customerId, orderId, checkId, askedBy } = block
  const told = { amount, outcome, ...names, reasons, textsVersion }
  return shownTo(
    { customerId, orderId, checkId, ...told, askedBy, block: namedBlock(blockOf(block, now), audience) },
    reader
  )
}
