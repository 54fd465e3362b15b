import { requireAccount } from '../../accounts/store.ts'
import type { Reader } from '../../database.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import type { JournalQuery } from '../schema.ts'
import { type Entry, listEntries } from '../store.ts'

/** A customer's entries, oldest first. */
export async function pageOfEntries(
  db: Reader,
  customerId: string,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: JournalQuery
): Promise<Page<Entry>> {
  await requireAccount(db, customerId)
  const listing = { list: 'journal', customerId }
  const rows = await listEntries(db, customerId, Number(keyOfCursor(cursor, listing) ?? 0), limit + 1)
  return pageOfRows(rows, limit, listing, (entry) => String(entry.seq))
}
