import { monotonicFactory } from 'ulidx'

const ulid = monotonicFactory()

/** A new id of the service's own: sortable by the moment it was made, unique without asking the database. */
export function newId(prefix: string): string {
  return `${prefix}_${ulid().toLowerCase()}`
}
