import type { Reader } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import type { Reader as ReasonReader } from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import { readClock } from '../../platform/database/clock.ts'
import { etagOf } from '../../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { capturesOfCheck } from '../../reservations/store.ts'
import { audienceOf } from '../../wording/postings.ts'
import { checkOf, versionOf, withCaptures } from '../postings/answer.ts'
import type { CreditCheck, CreditCheckQuery } from '../schema.ts'
import { checkNotFound, customerOfCheck, findCheck, listChecks } from '../store.ts'

/** What the list is in the order of. */
const KEY = listKey({ checkId: KeyField.madeId('chk') })

/** One check and its version, with the state of its reservation or block. Throws `not-found`. */
export async function readCheck(
  { db, clock }: Deps,
  checkId: CheckId,
  reader?: ReasonReader
): Promise<{ readonly check: CreditCheck; readonly etag: string }> {
  // The time first: what was captured in time must not look expired because the row was read
  // before.
  const { now } = await readClock(db, clock)
  const customerId = await customerOfCheck(db, checkId)
  const row = customerId === undefined ? undefined : await findCheck(db, customerId, checkId)
  if (row === undefined) throw checkNotFound(checkId)
  const audience = audienceOf(reader, row.check.kind)
  const captures =
    (row.reservation?.capturedMinor ?? 0) === 0 ? [] : await capturesOfCheck(db, row.check.customerId, checkId)
  const check = withCaptures(checkOf(row, now, audience), captures, audience)
  return { check, etag: etagOf(versionOf(check), reader) }
}

/** Checks, newest first. Throws `invalid-cursor`. */
export async function pageOfChecks(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT, reader, ...filters }: CreditCheckQuery
): Promise<Page<CreditCheck>> {
  const listing = { list: 'credit-checks', ...filters }
  const { now } = await readClock(db, clock)
  const rows = await listChecks(db, now, filters, keyOfCursor(cursor, listing, KEY)?.checkId, limit)
  const checks = rows.map((row) => checkOf(row, now, audienceOf(reader, row.check.kind)))
  return pageOfRows(checks, limit, listing, KEY.of)
}
