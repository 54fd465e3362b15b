import type { Reader } from '../../database.ts'
import { cursorOf, KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT } from '../../platform/http/page.ts'
import type { Feed, FeedQuery } from '../schema.ts'
import { type FeedPlace, readFeed } from '../store.ts'
import { toldEntry } from './entries.ts'

/** What the feed is in the order of; its beginning lies before the first customer. */
const KEY = listKey({
  feedPosition: KeyField.numberOrNone,
  seq: KeyField.number,
  customerId: KeyField.clientIdOrNone<'customer'>()
})

/** How many entries one request goes through in search of a type. */
const LOOKED_AT_MAX = 10_000

const BEGINNING: FeedPlace = { feedPosition: -1, customerId: '', seq: 0 }

/**
 * The events after a cursor: every entry of the journal, once, those of one customer in the order
 * of its chain. An entry appears when no transaction is under way any more that could still put one
 * before it; so whoever goes on from the cursor misses none. A rare type may take several parts,
 * some of them empty.
 */
export async function partOfFeed(
  db: Reader,
  { after, type, customerId, reader, limit = PAGE_LIMIT_DEFAULT }: FeedQuery
): Promise<Feed> {
  const listing = { list: 'events', type, customerId }
  const from = keyOfCursor(after, listing, KEY) ?? BEGINNING
  const lookedAt = type === undefined ? limit + 1 : LOOKED_AT_MAX
  const part = await readFeed(db, { after: from, type, customerId, limit: limit + 1, lookedAt })
  const items = part.entries.slice(0, limit)
  const full = part.entries.length > limit
  const last = (full ? items.at(-1) : part.reached) ?? from
  return {
    items: items.map(({ feedPosition: _, ...entry }) => ({
      eventId: `${entry.customerId}:${entry.seq}`,
      ...toldEntry(entry, reader)
    })),
    nextCursor: cursorOf(KEY.of(last), listing),
    more: full || part.lookedAt === lookedAt
  }
}
