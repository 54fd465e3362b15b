import { sql } from 'kysely'
import type { NewRow, Reader, Row, Write, Writer } from '../database.ts'
import type { CheckId, CustomerId, InvoiceId, OrderId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { Problem } from '../platform/values/problem.ts'

/** The reservation of a check, as found under the lock of its account. */
export interface Reserved {
  readonly reservation: Row<'reservations'>
  /** The text of the decision that made it. */
  readonly document: string
  /** When the invoice in question captured some of it; null when it has not. */
  readonly capturedAt: string | null
}

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
    return { reservation, document, capturedAt }
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

/** The active reservations of a customer whose time is up. */
export async function dueReservations(
  trx: Writer,
  customerId: CustomerId,
  now: string
): Promise<Row<'reservations'>[]> {
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

/**
 * When the next active reservation of a customer expires after an instant; null when there is none.
 */
export async function nextExpiry(trx: Writer, customerId: CustomerId, after: string): Promise<string | null> {
  const row = await trx
    .selectFrom('reservations')
    .select(({ fn }) => fn.min('expiresAt').as('expiresAt'))
    .where('customerId', '=', customerId)
    .where('state', '=', 'active')
    .where('expiresAt', '>', after)
    .executeTakeFirst()
  return row?.expiresAt ?? null
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
