import { sha256 } from './canonical.ts'
import { Problem } from './problem.ts'

export const PAGE_LIMIT_DEFAULT = 50

export interface Page<Item> {
  items: Item[]
  nextCursor?: string
}

/**
 * Makes a page of rows that were read one more than asked for. The cursor carries the last key and is bound to the filters it was made with.
 */
export function pageOfRows<Item>(
  rows: readonly Item[],
  limit: number,
  filters: object,
  keyOf: (item: Item) => string
): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items }
  return { items, nextCursor: encodeCursor(keyOf(last), filters) }
}

/** The key after which the page starts; throws `invalid-cursor` for a cursor of another list or of other filters. */
export function keyOfCursor(cursor: string | undefined, filters: object): string | undefined {
  if (cursor === undefined) return undefined
  const [signature, key] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n')
  if (signature === undefined || key === undefined || encodeCursor(key, filters) !== cursor) {
    throw new Problem('invalid-cursor', 'The cursor was not made by this list with these filters.')
  }
  return key
}

function encodeCursor(key: string, filters: object): string {
  const signature = sha256(JSON.stringify([filters, key])).slice(0, 16)
  return Buffer.from(`${signature}\n${key}`, 'utf8').toString('base64url')
}
