import { type ExpressionBuilder, sql } from 'kysely'
import type { Database, NewRow, Reader, Row, RowUpdate, Write, Writer } from '../database.ts'
import type { Clock } from '../platform/database/clock.ts'
import type { CreditCheckQuery } from './schema.ts'

/** A check with what became of its reservation, if it holds one. */
export interface CheckRow {
  readonly check: Row<'creditChecks'>
  readonly reservation: Row<'reservations'> | undefined
  /** What became of its order when it was not approved; a later check of the order takes it over. */
  readonly block: Row<'blockedOrders'> | undefined
}

/** The active reservations of a customer whose time is up. */
export async function dueReservations(trx: Writer, customerId: string, now: string): Promise<Row<'reservations'>[]> {
  return trx
    .selectFrom('reservations')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('state', '=', 'active')
    .where('expiresAt', '<=', now)
    .orderBy('expiresAt')
    .orderBy('checkId')
    .execute()
}

/** Of some orders those that hold something, each with the check that made its reservation; one whose time is up holds nothing. */
export async function holdersOf(
  db: Reader,
  customerId: string,
  orderIds: readonly string[],
  now: string
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('reservations')
    .select(['orderId', 'checkId'])
    .where('customerId', '=', customerId)
    .where(sql<boolean>`order_id = any(${orderIds}::text[])`)
    .where('state', '=', 'active')
    .where('expiresAt', '>', now)
    .execute()
  return new Map(rows.map(({ orderId, checkId }) => [orderId, checkId]))
}

/** When the next of a customer's active reservations expires after an instant; null: none is active then. */
export async function nextExpiry(trx: Writer, customerId: string, after: string): Promise<string | null> {
  const row = await trx
    .selectFrom('reservations')
    .select(({ fn }) => fn.min('expiresAt').as('expiresAt'))
    .where('customerId', '=', customerId)
    .where('state', '=', 'active')
    .where('expiresAt', '>', after)
    .executeTakeFirst()
  return row?.expiresAt ?? null
}

/** Customers of whom a reservation may have expired; those first that have waited longest. */
export async function customersToSweep(db: Reader, clock: Clock, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('creditAccounts')
    .select('customerId')
    // Read once, not for every account: only so can the index tell at its first entry that nothing is due.
    .where('reservationsDueAt', '<=', sql<string>`(select ${clock.now})`)
    .orderBy('reservationsDueAt')
    .limit(limit)
    .execute()
  return rows.map(({ customerId }) => customerId)
}

/** Says when a sweep is due next, of a locked account of which nothing has expired. */
export async function postponeSweep(trx: Writer, customerId: string, reservationsDueAt: string | null): Promise<void> {
  await trx.updateTable('creditAccounts').set({ reservationsDueAt }).where('customerId', '=', customerId).execute()
}

export function updateReservation(
  { customerId, checkId }: Row<'reservations'>,
  changes: RowUpdate<'reservations'>
): Write {
  return (db) =>
    db.updateTable('reservations').set(changes).where('customerId', '=', customerId).where('checkId', '=', checkId)
}

/** Ends active reservations of one customer as expired, at the instant at which their time was up: what was open is so no longer. */
export function expireReservations(customerId: string, reservations: readonly Row<'reservations'>[]): Write {
  const ids = reservations.map(({ checkId }) => checkId)
  return (db) =>
    db
      .updateTable('reservations')
      .set({
        state: 'expired',
        expiredMinor: sql<number>`amount_minor - captured_minor - released_minor`,
        resolvedAt: sql<string>`expires_at`,
        version: sql<number>`version + 1`
      })
      .where('customerId', '=', customerId)
      .where(sql<boolean>`check_id = any(${ids})`)
}

/** Whose check it is; undefined when there is no such check. A check never changes its customer, so this needs no lock. */
export async function customerOfCheck(db: Reader, checkId: string): Promise<string | undefined> {
  const row = await db.selectFrom('creditChecks').select('customerId').where('checkId', '=', checkId).executeTakeFirst()
  return row?.customerId
}

export async function findCheck(db: Reader, customerId: string, checkId: string): Promise<CheckRow | undefined> {
  const [check] = await withOutcomes(
    db,
    await db
      .selectFrom('creditChecks')
      .selectAll()
      .where('customerId', '=', customerId)
      .where('checkId', '=', checkId)
      .execute()
  )
  return check
}

/**
 * Checks that fit all filters, newest first, one more than the page holds. A reservation whose time is up counts as expired, whether or not
 * a decision has swept it yet.
 */
export async function listChecks(
  db: Reader,
  now: string,
  query: CreditCheckQuery,
  beforeId: string | undefined,
  limit: number
): Promise<CheckRow[]> {
  const { customerId, orderId, outcome, reservation, since } = query
  if (reservation === 'expired') return listExpired(db, now, query, beforeId, limit)
  let select = db
    .selectFrom('creditChecks')
    .selectAll('creditChecks')
    .orderBy('creditChecks.checkId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('creditChecks.checkId', '<', beforeId)
  if (customerId !== undefined) select = select.where('creditChecks.customerId', '=', customerId)
  if (orderId !== undefined) select = select.where('creditChecks.orderId', '=', orderId)
  if (outcome !== undefined) select = select.where('outcome', '=', outcome)
  if (reservation !== undefined || since !== undefined) {
    select = select.where((eb) =>
      eb.exists(
        eb
          .selectFrom('reservations')
          .select(sql`1`.as('one'))
          .whereRef('reservations.customerId', '=', 'creditChecks.customerId')
          .whereRef('reservations.checkId', '=', 'creditChecks.checkId')
          .where((row) => inState(row, reservation, now))
          .where((row) => endedSince(row, since, now))
      )
    )
  }
  return withOutcomes(db, await select.execute())
}

/**
 * The checks whose reservation has expired, read from the reservations: those that were swept by an index of their own, those that are due by
 * the accounts that wait for the sweep. What holds nothing any more for another reason is never looked at.
 */
async function listExpired(
  db: Reader,
  now: string,
  { customerId, orderId, outcome, since }: CreditCheckQuery,
  beforeId: string | undefined,
  limit: number
): Promise<CheckRow[]> {
  // Only an approval holds something.
  if (outcome !== undefined && outcome !== 'approved') return []
  const wanted = sql.join(
    [
      sql`true`,
      ...(customerId === undefined ? [] : [sql`reservations.customer_id = ${customerId}`]),
      ...(orderId === undefined ? [] : [sql`reservations.order_id = ${orderId}`]),
      ...(beforeId === undefined ? [] : [sql`reservations.check_id < ${beforeId}`])
    ],
    sql` and `
  )
  const from = since === undefined ? sql`'-infinity'` : sql`${since}`
  const { rows } = await sql<Row<'creditChecks'>>`
    select credit_checks.* from (
      (select customer_id, check_id from reservations
        where state = 'expired' and resolved_at >= ${from}::timestamptz and ${wanted} order by check_id desc limit ${limit + 1})
      union all
      (select customer_id, check_id from credit_accounts join reservations using (customer_id)
        where reservations_due_at <= ${now} and state = 'active' and expires_at <= ${now} and expires_at >= ${from}::timestamptz and ${wanted}
        order by check_id desc limit ${limit + 1})
    ) as expired join credit_checks using (customer_id, check_id) order by check_id desc limit ${limit + 1}`.execute(db)
  return withOutcomes(db, rows)
}

type OfReservation = ExpressionBuilder<Database, 'reservations'>

function inState(row: OfReservation, state: CreditCheckQuery['reservation'], now: string) {
  if (state === undefined) return sql<boolean>`true`
  const stored = row('reservations.state', '=', state)
  return state === 'active' ? row.and([stored, row('reservations.expiresAt', '>', now)]) : stored
}

function endedSince(row: OfReservation, since: string | undefined, now: string) {
  if (since === undefined) return sql<boolean>`true`
  const ended = row('reservations.resolvedAt', '>=', since)
  return row.or([ended, row.and([isDue(row, now), row('reservations.expiresAt', '>=', since)])])
}

function isDue(row: OfReservation, now: string) {
  return row.and([row('reservations.state', '=', 'active'), row('reservations.expiresAt', '<=', now)])
}

/** The checks with what became of them: of an approval its reservation, of any other the block of its order. */
async function withOutcomes(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<CheckRow[]> {
  const approved = checks.filter(({ outcome }) => outcome === 'approved')
  const others = checks.filter(({ outcome }) => outcome !== 'approved')
  const reservations = approved.length === 0 ? [] : await reservationsOf(db, approved)
  const blocks = others.length === 0 ? [] : await blocksOf(db, others)
  const byCheck = <Each extends { checkId: string }>(rows: readonly Each[]) =>
    new Map(rows.map((row) => [row.checkId, row]))
  const [held, blocked] = [byCheck(reservations), byCheck(blocks)]
  return checks.map((check) => ({
    check,
    reservation: held.get(check.checkId),
    block: blocked.get(check.checkId)
  }))
}

async function reservationsOf(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<Row<'reservations'>[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where(sql<boolean>`customer_id = any(${customersOf(checks)})`)
    .where(sql<boolean>`check_id = any(${checks.map(({ checkId }) => checkId)})`)
    .execute()
}

async function blocksOf(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<Row<'blockedOrders'>[]> {
  return db
    .selectFrom('blockedOrders')
    .selectAll()
    .where(sql<boolean>`customer_id = any(${customersOf(checks)})`)
    .where(sql<boolean>`order_id = any(${[...new Set(checks.map(({ orderId }) => orderId))]})`)
    .execute()
}

function customersOf(checks: readonly Row<'creditChecks'>[]): string[] {
  return [...new Set(checks.map(({ customerId }) => customerId))]
}

/** The capture of a reservation that an invoice made, if any. */
export async function findCapture(
  db: Reader,
  customerId: string,
  invoiceId: string,
  checkId: string
): Promise<Row<'captures'> | undefined> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('invoiceId', '=', invoiceId)
    .where('checkId', '=', checkId)
    .executeTakeFirst()
}

/** Captures of these invoices that wait for their invoice. */
export async function waitingCaptures(
  db: Reader,
  customerId: string,
  invoiceIds: readonly string[]
): Promise<Row<'captures'>[]> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('invoicedAt', 'is', null)
    .where(sql<boolean>`invoice_id = any(${[...invoiceIds]}::text[])`)
    .orderBy('captureId')
    .execute()
}

/** What was captured of a reservation in another currency, in minor units of that. */
export async function capturedOriginalMinor(
  db: Reader,
  customerId: string,
  checkId: string,
  currency: string
): Promise<number> {
  const { minor } = await db
    .selectFrom('captures')
    .select(sql<number>`coalesce(sum(original_minor), 0)::bigint`.as('minor'))
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .where('originalCurrency', '=', currency)
    .executeTakeFirstOrThrow()
  return minor
}

export function insertCapture(row: NewRow<'captures'>): Write {
  return (db) => db.insertInto('captures').values(row)
}

/** Marks that what was captured for these invoices is now in the receivables. */
export function markInvoiced(customerId: string, invoiceIds: readonly string[], now: string): Write {
  return (db) =>
    db
      .updateTable('captures')
      .set({ invoicedAt: now })
      .where('customerId', '=', customerId)
      .where('invoicedAt', 'is', null)
      .where(sql<boolean>`invoice_id = any(${[...invoiceIds]}::text[])`)
}
