import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulidx'

declare const kind: unique symbol

/** A text that names one thing of a kind: the id of another kind does not compile in its place. */
export type Id<Kind extends string> = string & { readonly [kind]: Kind }

/**
 * The one door for ids that come as text alone: out of a stored document, a cursor, a database.
 * The caller says of what they are, always: `idOf<CustomerId>(text)`.
 */
export function idOf<Of extends Id<string> = Id<'of what it is'>>(text: string): NoInfer<Of> {
  return text as Of
}

/** Random bytes are drawn 4,096 at a time. One by one they cost more than the rest of an id. */
const pool = new Uint8Array(4_096)
let used = pool.length

/** A number from 0 up to 1, with enough bits for one character of an id. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const byte = pool[used] ?? 0
  used += 1
  return byte / 256
}

const ulid = monotonicFactory(random)

/**
 * A new id: sortable by the moment it was made, unique without asking the database. Its prefix is
 * its kind.
 */
export function newId<const Prefix extends string>(prefix: Prefix): Id<Prefix> {
  return idOf<Id<Prefix>>(`${prefix}_${ulid().toLowerCase()}`)
}
