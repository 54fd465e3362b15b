import { canonicalJson, sha256 } from '../values/canonical.ts'
import { Problem } from '../values/problem.ts'

export const PAGE_LIMIT_DEFAULT = 50

export interface Page<Item> {
  items: Item[]
  nextCursor?: string
}

/** The list that is read, and its filters. A cursor is bound to both. */
export interface Listing {
  readonly list: string
  readonly [filter: string]: string | number | boolean | undefined
}

/**
 * Makes a page from rows of which one more was read than asked for. The cursor holds the last key
 * and is bound to the listing.
 */
export function pageOfRows<Item>(
  rows: readonly Item[],
  limit: number,
  listing: Listing,
  keyOf: (item: Item) => string
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items }
  return { items, nextCursor: cursorOf(keyOf(last), listing) }
}

/**
 * The key after which the page starts; throws `invalid-cursor` for a cursor of another list or
 * other filters. It is of the kind that `pageOfRows` was given for this list.
 */
export function keyOfCursor<Key extends string = string>(
  cursor: string | undefined,
  listing: Listing
): NoInfer<Key> | undefined {
  if (cursor === undefined) return undefined
  const key = Buffer.from(cursor, 'base64url')
    .toString('utf8')
    .slice(SIGNATURE_LENGTH + 1)
  if (cursorOf(key, listing) !== cursor) {
    throw new Problem('invalid-cursor', 'The cursor was not made by this list with these filters.')
  }
  return key as Key
}

const SIGNATURE_LENGTH = 16

/** The cursor of the page after this key. */
export function cursorOf(key: string, listing: Listing): string {
  const signature = sha256(canonicalJson([listing, key])).slice(0, SIGNATURE_LENGTH)
  return Buffer.from(`${signature}\n${key}`, 'utf8').toString('base64url')
}
