import { type RawBuilder, sql } from 'kysely'
import type { NewRow, Reader, Row, Write, Writer } from '../database.ts'
import type { CheckId, CustomerId, InvoiceId, OrderId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { columnsOf, jsonInstant } from '../platform/database/columns.ts'
import { Problem } from '../platform/values/problem.ts'

/** The reservation of a check, as found under the lock of its account. */
export interface Reserved {
  readonly reservation: Row<'reservations'>
  /** The text of the decision that made it. */
  readonly document: string
  /** When the invoice in question captured some of it; null when it has not. */
  readonly capturedAt: string | null
  /** False: it holds no items. */
  readonly mayHoldItems: boolean
}

const RESERVATIONS = columnsOf<Row<'reservations'>>({
  customerId: 'text',
  checkId: 'text',
  orderId: 'text',
  state: 'text',
  amountMinor: 'bigint',
  capturedMinor: 'bigint',
  releasedMinor: 'bigint',
  expiredMinor: 'bigint',
  expiresAt: 'timestamptz',
  createdAt: 'timestamptz',
  resolvedAt: 'timestamptz',
  version: 'integer',
  shipOn: 'date',
  atRiskSince: 'timestamptz'
})

/** The reservation of a check, read where its account is locked; null: the check holds nothing. */
export function reservedFact(checkId: CheckId, invoiceId: InvoiceId | undefined): RawBuilder<Reserved | null> {
  return sql`(
    select json_build_object('reservation', ${RESERVATIONS.json},
      'document', (select document from credit_checks
        where credit_checks.customer_id = found.customer_id and credit_checks.check_id = found.check_id),
      'capturedAt', (select ${sql.raw(jsonInstant('captured_at'))} from captures
        where captures.customer_id = found.customer_id and captures.check_id = found.check_id and captures.invoice_id = ${invoiceId ?? null} limit 1),
      'mayHoldItems', exists (select from exposure_items
        where exposure_items.customer_id = found.customer_id and held_by = found.check_id and exposure_items.state = 'held'))
    from reservations as found where customer_id = account.customer_id and check_id = ${checkId})`
}

/** Captures of an invoice that wait for it, read where its account is locked. */
export function waitingCapturesFact(invoiceId: string): RawBuilder<WaitingCapture[]> {
  return sql`(
    select coalesce(json_agg(json_build_object('checkId', check_id, 'amountMinor', amount_minor) order by capture_id), '[]')
    from captures where customer_id = account.customer_id and invoiced_at is null and invoice_id = ${invoiceId})`
}

/** What a check was captured for before its invoice was recorded. */
export type WaitingCapture = Pick<Row<'captures'>, 'checkId' | 'amountMinor'>

/**
 * Undefined when the customer has no such check. Throws `reservation-absent` when the check never
 * held anything.
 */
export async function findReserved(
  db: Reader,
  { customerId, checkId }: { readonly customerId: CustomerId; readonly checkId: CheckId },
  invoiceId?: InvoiceId
): Promise<Reserved | undefined> {
  const found = await db
    .selectFrom('reservations')
    .innerJoin('creditChecks', (join) =>
      join
        .onRef('creditChecks.customerId', '=', 'reservations.customerId')
        .onRef('creditChecks.checkId', '=', 'reservations.checkId')
    )
    .leftJoin('captures', (join) =>
      join
        .onRef('captures.customerId', '=', 'reservations.customerId')
        .onRef('captures.checkId', '=', 'reservations.checkId')
        .on('captures.invoiceId', '=', invoiceId ?? null)
    )
    .selectAll('reservations')
    .select(['document', 'capturedAt'])
    .where('reservations.customerId', '=', customerId)
    .where('reservations.checkId', '=', checkId)
    .executeTakeFirst()
  if (found !== undefined) {
    const { document, capturedAt, ...reservation } = found
    return { reservation, document, capturedAt, mayHoldItems: true }
  }
  const check = await db
    .selectFrom('creditChecks')
    .select('outcome')
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .executeTakeFirst()
  if (check === undefined) return undefined
  throw new Problem('reservation-absent', `The check ${checkId} was ${check.outcome}: it holds no reservation.`)
}

/**
 * Which of these orders hold something, each with its check; a reservation whose time is up holds
 * nothing.
 */
export async function holdersOf(
  db: Reader,
  customerId: CustomerId,
  orderIds: readonly OrderId[],
  now: string
): Promise<Map<OrderId, CheckId>> {
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

/** The active reservations of a customer whose time is up, and when the next one expires. */
export async function dueReservations(
  trx: Writer,
  customerId: CustomerId,
  now: string
): Promise<{ due: Row<'reservations'>[]; next: string | null }> {
  const active = sql`select * from reservations where customer_id = ${customerId} and state = 'active'`
  const { rows } = await sql<Row<'reservations'>>`
    select * from (
      (${active} and expires_at <= ${now}) union all (${active} and expires_at > ${now} order by expires_at limit 1)
    ) as found order by expires_at, check_id`.execute(trx)
  const later = rows.find(({ expiresAt }) => expiresAt > now)
  return { due: rows.filter((row) => row !== later), next: later?.expiresAt ?? null }
}

/** Customers who may have an expired reservation, longest wait first. */
export async function customersToSweep(db: Reader, clock: Clock, limit: number): Promise<CustomerId[]> {
  const rows = await db
    .selectFrom('creditAccounts')
    .select('customerId')
    // The clock is read once, not for every account, so the index tells at once that nothing is
    // due.
    .where('reservationsDueAt', '<=', sql<string>`(select ${clock.now})`)
    .orderBy('reservationsDueAt')
    .limit(limit)
    .execute()
  return rows.map(({ customerId }) => customerId)
}

/** Stores when the next sweep of a locked account is due, after one that found nothing expired. */
export async function postponeSweep(
  trx: Writer,
  customerId: CustomerId,
  reservationsDueAt: string | null
): Promise<void> {
  await trx.updateTable('creditAccounts').set({ reservationsDueAt }).where('customerId', '=', customerId).execute()
}

/** Writes the reservation after a step; its account is locked. */
export function saveReservation({
  customerId,
  checkId,
  state,
  amountMinor,
  capturedMinor,
  releasedMinor,
  expiredMinor,
  resolvedAt,
  version
}: Row<'reservations'>): Write {
  return (db) =>
    db
      .updateTable('reservations')
      .set({ state, amountMinor, capturedMinor, releasedMinor, expiredMinor, resolvedAt, version })
      .where('customerId', '=', customerId)
      .where('checkId', '=', checkId)
}

/**
 * Ends active reservations of one customer as expired, at the instant when their time was up. What
 * was open is open no longer.
 */
export function expireReservations(customerId: CustomerId, reservations: readonly Row<'reservations'>[]): Write {
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

/** Captures for these invoices that wait for their invoice. */
export async function waitingCaptures(
  db: Reader,
  customerId: CustomerId,
  invoiceIds: readonly InvoiceId[]
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

/** What was captured of a reservation in another currency, in minor units of that currency. */
export async function capturedOriginalMinor(
  db: Reader,
  customerId: CustomerId,
  checkId: CheckId,
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

/** Marks that the captures for these invoices are now in the receivables. */
export function markInvoiced(customerId: CustomerId, invoiceIds: readonly InvoiceId[], now: string): Write {
  return (db) =>
    db
      .updateTable('captures')
      .set({ invoicedAt: now })
      .where('customerId', '=', customerId)
      .where('invoicedAt', 'is', null)
      .where(sql<boolean>`invoice_id = any(${[...invoiceIds]}::text[])`)
}
