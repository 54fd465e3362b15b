import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulidx'

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

/** A new id: sortable by the moment it was made, unique without asking the database. */
export function newId(prefix: string): string {
  return `${prefix}_${ulid().toLowerCase()}`
}
