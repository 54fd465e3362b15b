import { sql } from 'kysely'
import type { NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'
import type { CreditCheckQuery } from './schema.ts'

/** A check with what became of its reservation, if it holds one. */
export interface CheckRow {
  readonly check: Row<'creditChecks'>
  readonly reservation: Row<'reservations'> | undefined
}

/**
 * The reservations that a decision has to know: those whose time is up by `now`, and the one that the order holds.
 * Read under the account's lock, so that nobody else can resolve them meanwhile.
 */
export async function reservationsToSettle(
  trx: Writer,
  customerId: string,
  orderId: string,
  now: string
): Promise<Row<'reservations'>[]> {
  return trx
    .selectFrom('reservations')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('state', '=', 'active')
    .where((eb) => eb.or([eb('expiresAt', '<=', now), eb('orderId', '=', orderId)]))
    .orderBy('expiresAt')
    .orderBy('checkId')
    .execute()
}

/** Stores a decision, and the reservation that it grants, in one statement. */
export async function insertCheck(
  trx: Writer,
  check: NewRow<'creditChecks'>,
  reservation: NewRow<'reservations'> | undefined
): Promise<void> {
  await trx.insertInto('creditChecks').values(check).execute()
  if (reservation !== undefined) await trx.insertInto('reservations').values(reservation).execute()
}

export async function updateReservation(
  trx: Writer,
  { customerId, checkId }: Row<'reservations'>,
  changes: RowUpdate<'reservations'>
): Promise<void> {
  await trx
    .updateTable('reservations')
    .set(changes)
    .where('customerId', '=', customerId)
    .where('checkId', '=', checkId)
    .execute()
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

/** Checks that fit all filters, newest first, one more than the page holds. */
export async function listChecks(
  db: Reader,
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
          .where('reservations.state', '=', reservation)
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

export async function insertCapture(trx: Writer, row: NewRow<'captures'>): Promise<void> {
  await trx.insertInto('captures').values(row).execute()
}

/** Marks that the captured amount is now in the receivables. */
export async function markInvoiced(trx: Writer, customerId: string, invoiceId: string, now: string): Promise<void> {
  await trx
    .updateTable('captures')
    .set({ invoicedAt: now })
    .where('customerId', '=', customerId)
    .where('invoiceId', '=', invoiceId)
    .execute()
}
