import { sql } from 'kysely'
import type { NewRow, Reader, Row, RowUpdate, Write, Writer } from '../database.ts'
import type { CreditCheckQuery } from './schema.ts'

/** A check with what became of its reservation, if it holds one. */
export interface CheckRow {
  readonly check: Row<'creditChecks'>
  readonly reservation: Row<'reservations'> | undefined
}

/** What a decision about an order has to know besides the account, read under its lock. */
export interface OrderSituation {
  /** Reservations whose time is up by now, and the one that the order holds. */
  readonly reservations: readonly Row<'reservations'>[]
  readonly ageing: { readonly openMinor: number; readonly overdueMinor: number; readonly oldestDueOn: string | null }
}

/** Ages the open invoices and finds the reservations to settle, in one round trip. Every change of either takes the account's lock first. */
export async function situationOf(
  trx: Writer,
  customerId: string,
  orderId: string,
  { now, today }: { now: string; today: string }
): Promise<OrderSituation> {
  const rows = await trx
    .selectFrom((eb) =>
      eb
        .selectFrom('invoices')
        .select([
          sql<number>`coalesce(sum(open_minor), 0)::bigint`.as('openMinor'),
          sql<number>`coalesce(sum(open_minor) filter (where due_on < ${today}::date and not disputed), 0)::bigint`.as(
            'overdueMinor'
          ),
          sql<string | null>`min(due_on) filter (where not disputed)`.as('oldestDueOn')
        ])
        .where('customerId', '=', customerId)
        .where('openMinor', '>', 0)
        .as('ageing')
    )
    .leftJoin('reservations', (join) =>
      join
        .on('reservations.customerId', '=', customerId)
        .on('reservations.state', '=', 'active')
        .on((eb) => eb.or([eb('reservations.expiresAt', '<=', now), eb('reservations.orderId', '=', orderId)]))
    )
    .selectAll()
    .orderBy('expiresAt')
    .orderBy('checkId')
    .execute()
  const [first] = rows
  if (first === undefined) throw new Error('an aggregate without groups answers one row')
  const { openMinor, overdueMinor, oldestDueOn } = first
  // The left join answers one row of nulls when there is no reservation.
  const reservations = rows.filter((row) => row.checkId !== null) as unknown as Row<'reservations'>[]
  return { reservations, ageing: { openMinor, overdueMinor, oldestDueOn } }
}

export function insertCheck(check: NewRow<'creditChecks'>): Write {
  return (db) => db.insertInto('creditChecks').values(check)
}

export function insertReservation(reservation: NewRow<'reservations'>): Write {
  return (db) => db.insertInto('reservations').values(reservation)
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
  const [check] = await withReservations(
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
  const { customerId, orderId, outcome, reservation } = query
  let select = db
    .selectFrom('creditChecks')
    .selectAll('creditChecks')
    .orderBy('creditChecks.checkId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('creditChecks.checkId', '<', beforeId)
  if (customerId !== undefined) select = select.where('creditChecks.customerId', '=', customerId)
  if (orderId !== undefined) select = select.where('creditChecks.orderId', '=', orderId)
  if (outcome !== undefined) select = select.where('outcome', '=', outcome)
  if (reservation !== undefined) {
    select = select.where((eb) =>
      eb.exists(
        eb
          .selectFrom('reservations')
          .select(sql`1`.as('one'))
          .whereRef('reservations.customerId', '=', 'creditChecks.customerId')
          .whereRef('reservations.checkId', '=', 'creditChecks.checkId')
          .where((row) => {
            const stored = row('reservations.state', '=', reservation)
            if (reservation === 'active') return row.and([stored, row('reservations.expiresAt', '>', now)])
            if (reservation !== 'expired') return stored
            return row.or([
              stored,
              row.and([row('reservations.state', '=', 'active'), row('reservations.expiresAt', '<=', now)])
            ])
          })
      )
    )
  }
  return withReservations(db, await select.execute())
}

async function withReservations(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<CheckRow[]> {
  if (checks.length === 0) return []
  const ids = checks.map(({ checkId }) => checkId)
  const customerIds = [...new Set(checks.map(({ customerId }) => customerId))]
  const reservations = await db
    .selectFrom('reservations')
    .selectAll()
    .where(sql<boolean>`customer_id = any(${customerIds})`)
    .where(sql<boolean>`check_id = any(${ids})`)
    .execute()
  const byCheck = new Map(reservations.map((row) => [row.checkId, row]))
  return checks.map((check) => ({ check, reservation: byCheck.get(check.checkId) }))
}

/** The capture that an invoice made, if any. */
export async function findCapture(
  db: Reader,
  customerId: string,
  invoiceId: string
): Promise<Row<'captures'> | undefined> {
  return db
    .selectFrom('captures')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('invoiceId', '=', invoiceId)
    .executeTakeFirst()
}

export function insertCapture(row: NewRow<'captures'>): Write {
  return (db) => db.insertInto('captures').values(row)
}

/** Marks that the captured amount is now in the receivables. */
export function markInvoiced(customerId: string, invoiceId: string, now: string): Write {
  return (db) =>
    db
      .updateTable('captures')
      .set({ invoicedAt: now })
      .where('customerId', '=', customerId)
      .where('invoiceId', '=', invoiceId)
}
