import type { Reader } from '../database.ts'
import type { Clock } from '../platform/database/clock.ts'
import { inTransaction } from '../platform/database/transaction.ts'
import {
  cursorOf,
  KeyField,
  keyOfCursor,
  listKey,
  PAGE_LIMIT_DEFAULT,
  type Page,
  pageOfRows
} from '../platform/http/page.ts'
import { systemActor } from '../platform/values/actors.ts'
import { canonicalJson } from '../platform/values/canonical.ts'
import type { NewOrganisationEntry } from './postings.ts'
import type { OrganisationFeed, OrganisationFeedQuery, OrganisationJournalQuery } from './schema.ts'
import {
  appendToOrganisation,
  lastOrganisationSeq,
  listOrganisationEntries,
  lockOrganisation,
  ORGANISATION_CHAIN,
  readAlreadyThere
} from './store.ts'

/** What the lists are in the order of. */
const KEY = listKey({ seq: KeyField.number })

/** The settings that decisions depend on. */
interface OrganisationSettings {
  readonly currency: string
  readonly timeZone: string
  readonly jurisdiction: string
  readonly onePerson: boolean
}

/**
 * Begins the chain of the organisation with what is on file already, and records the settings of
 * this start where they are others than those of the last one. Called at every start, before
 * anything else is put on file.
 */
export async function recordStart(db: Reader, clock: Clock, settings: OrganisationSettings): Promise<void> {
  const text = canonicalJson(settings)
  await inTransaction(db, async (trx) => {
    const head = await lockOrganisation(trx, clock)
    if (head.settings === text) return
    const entries: NewOrganisationEntry[] = []
    if (head.journalSeq === 0)
      entries.push({ type: 'organisation.begun', subject: 'organisation', payload: await readAlreadyThere(trx) })
    const before = head.settings === null ? null : (JSON.parse(head.settings) as object)
    entries.push({ type: 'settings.changed', subject: 'settings', payload: { before, settings } })
    const rows = ORGANISATION_CHAIN.join(head, entries, { at: head.now, actor: systemActor('operator') })
    await appendToOrganisation(
      trx,
      { now: head.now, settings: text },
      rows.map(({ chain: _chain, ...row }) => row)
    )
  })
}

type Entry = Awaited<ReturnType<typeof listOrganisationEntries>>[number]

/** Entries of the organisation, oldest first. Throws `invalid-cursor`. */
export async function pageOfOrganisation(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: OrganisationJournalQuery
): Promise<Page<Entry>> {
  const listing = { list: 'organisation-journal' }
  const afterSeq = keyOfCursor(cursor, listing, KEY)?.seq ?? 0
  const rows = await listOrganisationEntries(db, { afterSeq, limit: limit + 1 })
  return pageOfRows(rows, limit, listing, KEY.of)
}

/**
 * The events of the organisation after a cursor. Entries are written one transaction after the
 * other, so whoever goes on from a cursor misses none. Throws `invalid-cursor`.
 */
export async function partOfOrganisationFeed(
  db: Reader,
  { after, type, limit = PAGE_LIMIT_DEFAULT }: OrganisationFeedQuery
): Promise<OrganisationFeed> {
  const listing = { list: 'organisation-events', type }
  const from = keyOfCursor(after, listing, KEY)?.seq ?? 0
  // Read first: what is added meanwhile is left to the next part.
  const end = await lastOrganisationSeq(db)
  const rows = (await listOrganisationEntries(db, { afterSeq: from, type, limit: limit + 1 })).filter(
    ({ seq }) => seq <= end
  )
  const items = rows.slice(0, limit)
  const more = rows.length > limit
  const reached = more ? (items.at(-1)?.seq ?? from) : Math.max(from, end)
  return {
    items: items.map((entry) => ({ eventId: `organisation:${entry.seq}`, ...entry })) as OrganisationFeed['items'],
    nextCursor: cursorOf(KEY.of({ seq: reached }), listing),
    more
  }
}
