import { requireAccount } from '../../accounts/store.ts'
import type { Reader } from '../../database.ts'
import { ACTOR_NAMES, ENTRY_NAMES, nameIn, type Reader as ReasonReader, type Text } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { audienceOf, namedFor, shownTo } from '../../wording/postings.ts'
import type { JournalQuery } from '../schema.ts'
import { type Entry, listEntries } from '../store.ts'

/** What the list is in the order of. */
const KEY = listKey({ seq: KeyField.number })

type ToldEntry = Entry & { readonly name?: Text; readonly actorName?: Text }

/** An entry as it is, or for a named reader with what people call what happened. */
export function toldEntry(entry: Entry, reader: ReasonReader | undefined): ToldEntry {
  if (reader === undefined) return entry
  const audience = audienceOf(reader)
  const name = nameIn(ENTRY_NAMES, entry.type, audience)
  return shownTo(
    { ...namedFor(entry, { actor: ACTOR_NAMES }, audience), ...(name === undefined ? {} : { name }) },
    reader
  )
}

/** A customer's entries, oldest first. */
export async function pageOfEntries(
  db: Reader,
  customerId: CustomerId,
  { cursor, reader, limit = PAGE_LIMIT_DEFAULT }: JournalQuery
): Promise<Page<ToldEntry>> {
  await requireAccount(db, customerId)
  const listing = journalOf(customerId)
  const afterSeq = keyOfCursor(cursor, listing, KEY)?.seq ?? 0
  const rows = await listEntries(db, customerId, { afterSeq, limit: limit + 1 })
  const page = pageOfRows(rows, limit, listing, KEY.of)
  return { ...page, items: page.items.map((entry) => toldEntry(entry, reader)) }
}

/** So many entries are read at once for a stream. */
const LINES_PAGE = 200

/**
 * A customer's entries from the cursor to the end, as lines of JSON, a page of them at a time.
 * Between two pages the database is free for others. Throws `customer-not-found` and
 * `invalid-cursor`.
 */
export async function* linesOfEntries(
  db: Reader,
  customerId: CustomerId,
  { cursor, reader }: Pick<JournalQuery, 'cursor' | 'reader'>
): AsyncGenerator<string, void, void> {
  await requireAccount(db, customerId)
  let afterSeq = keyOfCursor(cursor, journalOf(customerId), KEY)?.seq ?? 0
  for (;;) {
    const entries = await listEntries(db, customerId, { afterSeq, limit: LINES_PAGE })
    if (entries.length > 0) yield entries.map((entry) => `${JSON.stringify(toldEntry(entry, reader))}\n`).join('')
    afterSeq = entries.at(-1)?.seq ?? afterSeq
    if (entries.length < LINES_PAGE) return
  }
}

function journalOf(customerId: CustomerId) {
  return { list: 'journal', customerId }
}
