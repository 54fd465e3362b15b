import { type RawBuilder, sql } from 'kysely'
import type { NewRow, Reader, Row, Write, Writer } from '../database.ts'
import type { ConversionTarget } from '../exposure-items/store.ts'
import type { CaptureId, CheckId, CustomerId, InvoiceId, OrderId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { columnsOf, jsonInstant } from '../platform/database/columns.ts'
import { textTable } from '../platform/database/text-array.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** The reservation of a check, as found under the lock of its account. */
export interface Reserved {
  readonly reservation: Row<'reservations'>
  /** The text of the decision that made it. */
  readonly document: string
  /** When the invoice in question captured some of it; null when it has not. */
  readonly capturedAt: string | null
  /** False: it holds no items. */
  readonly mayHoldItems: boolean
  /** Its captures of which something counts beside their document, in the order of their ids. */
  readonly excesses: readonly Row<'captures'>[]
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

const CAPTURES = columnsOf<Row<'captures'>>({
  customerId: 'text',
  invoiceId: 'text',
  captureId: 'text',
  checkId: 'text',
  amountMinor: 'bigint',
  capturedAt: 'timestamptz',
  invoicedAt: 'timestamptz',
  originalCurrency: 'text',
  originalMinor: 'bigint',
  rate: 'numeric',
  rateOn: 'date',
  rateBasis: 'text',
  itemSource: 'text',
  itemId: 'text',
  excessMinor: 'bigint',
  passedMinor: 'bigint',
  releasedMinor: 'bigint'
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
        where exposure_items.customer_id = found.customer_id and held_by = found.check_id and exposure_items.state = 'held'),
      'excesses', (select coalesce(json_agg(${CAPTURES.json} order by capture_id), '[]') from captures
        where captures.customer_id = found.customer_id and captures.check_id = found.check_id and excess_minor > 0))
    from reservations as found where customer_id = account.customer_id and check_id = ${checkId})`
}

/** The captures of an invoice, read where its account is locked. */
export function capturesOfInvoiceFact(invoiceId: string | undefined): RawBuilder<Row<'captures'>[]> {
  return sql`(
    select coalesce(json_agg(${CAPTURES.json} order by capture_id), '[]')
    from captures where customer_id = account.customer_id and invoice_id = ${invoiceId ?? null})`
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
    const excesses = await excessesOf(db, customerId, checkId)
    return { reservation, document, capturedAt, mayHoldItems: true, excesses }
  }
  const check = await db
    .selectFrom('creditChecks')
    .select('outcome')
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .executeTakeFirst()
  if (check === undefined) return undefined
  throw new Problem('reservation-absent', said(details.absent, { checkId, outcome: texts.states[check.outcome] }))
}

/** The captures of a check of which something counts beside their document. */
async function excessesOf(db: Reader, customerId: CustomerId, checkId: CheckId): Promise<Row<'captures'>[]> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .where('excessMinor', '>', 0)
    .orderBy('captureId')
    .execute()
}

/** A capture of a check; undefined: the check has none of this id. */
export async function findCapture(
  db: Reader,
  { customerId, checkId, captureId }: Pick<Row<'captures'>, 'customerId' | 'checkId' | 'captureId'>
): Promise<Row<'captures'> | undefined> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('captureId', '=', captureId)
    .where('checkId', '=', checkId)
    .executeTakeFirst()
}

/** The most captures of a check that are shown with it. */
const SHOWN_CAPTURES_MAX = 1_000

/** The captures of a check: those first of which something may still count, then the newest. */
export async function capturesOfCheck(
  db: Reader,
  customerId: CustomerId,
  checkId: CheckId
): Promise<Row<'captures'>[]> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .orderBy(sql`(invoiced_at is null or excess_minor > 0)`, 'desc')
    .orderBy('captureId', 'desc')
    .limit(SHOWN_CAPTURES_MAX)
    .execute()
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

/**
 * What these documents captured, in the order of the captures; `inExcess`: only that of which
 * something counts beside them.
 */
export async function capturesOf(
  db: Reader,
  customerId: CustomerId,
  targets: readonly ConversionTarget[],
  { inExcess = false } = {}
): Promise<Row<'captures'>[]> {
  const invoices = targets.filter(({ kind }) => kind === 'invoice').map(({ id }) => id)
  const items = targets.filter(({ kind }) => kind === 'item')
  const counting = inExcess ? sql`and excess_minor > 0` : sql``
  const parts = [
    ...(invoices.length === 0
      ? []
      : [
          sql`select made.* from ${textTable(invoices)} as asked (invoice_id)
          cross join lateral (
            select * from captures where customer_id = ${customerId} and invoice_id = asked.invoice_id ${counting} offset 0) as made`
        ]),
    ...(items.length === 0
      ? []
      : [
          sql`select made.* from ${ITEMS.table(items)} as asked
          cross join lateral (
            select * from captures where customer_id = ${customerId} and item_source = asked.source and item_id = asked.id ${counting} offset 0) as made`
        ])
  ]
  if (parts.length === 0) return []
  const { rows } = await sql<Row<'captures'>>`${sql.join(parts, sql` union all `)} order by capture_id`.execute(db)
  return rows
}

const ITEMS = columnsOf<Pick<ConversionTarget, 'source' | 'id'>>({ source: 'text', id: 'text' })

/** What was captured of a reservation in another currency, in minor units of that currency. */
export async function capturedOriginalMinor(
  db: Reader,
  customerId: CustomerId,
  checkId: CheckId,
  currency: string
): Promise<number> {
  const { minor } = await db
    .selectFrom('captures')
    .select(
      // What another document took over is that document's.
      sql<number>`coalesce(sum(original_minor - round(original_minor::numeric * passed_minor / amount_minor)), 0)::bigint`.as(
        'minor'
      )
    )
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .where('originalCurrency', '=', currency)
    .where('invoiceId', 'is not', null)
    .executeTakeFirstOrThrow()
  return minor
}

export function insertCapture(row: NewRow<'captures'>): Write {
  return (db) => db.insertInto('captures').values(row)
}

/** What counts beside its document of a capture, from now on. */
export interface CaptureParts {
  readonly captureId: CaptureId
  readonly excessMinor: number
  readonly passedMinor: number
  readonly releasedMinor: number
}

const PARTS = columnsOf<CaptureParts>({
  captureId: 'text',
  excessMinor: 'bigint',
  passedMinor: 'bigint',
  releasedMinor: 'bigint'
})

/** Says what counts of captures, whose document is recorded from now on if it was not before. */
export function saveParts(customerId: CustomerId, parts: readonly CaptureParts[], now: string): Write[] {
  if (parts.length === 0) return []
  return [
    () => sql`(update captures set invoiced_at = coalesce(invoiced_at, ${now}::timestamptz), excess_minor = parts.excess_minor,
        passed_minor = parts.passed_minor, released_minor = parts.released_minor
      from ${PARTS.table(parts)} as parts
      where captures.customer_id = ${customerId} and captures.capture_id = parts.capture_id)`
  ]
}

/** Says what a person ended of a capture. One that waits for its document goes on waiting. */
export function saveReleased({
  customerId,
  captureId,
  excessMinor,
  releasedMinor
}: Pick<Row<'captures'>, 'customerId' | 'captureId' | 'excessMinor' | 'releasedMinor'>): Write {
  return (db) =>
    db
      .updateTable('captures')
      .set({ excessMinor, releasedMinor })
      .where('customerId', '=', customerId)
      .where('captureId', '=', captureId)
}
