import { sql } from 'kysely'
import type { Reader, Row, Write } from '../../database.ts'
import type { CheckId, CustomerId } from '../../ids.ts'

/** The next customer with an open order, in the order of ids. */
export async function nextOpenCustomer(db: Reader, after: CustomerId | null): Promise<CustomerId | undefined> {
  let next = db
    .selectFrom('creditAccounts')
    .select('customerId')
    .where(({ or, eb }) => or([eb('reservedMinor', '>', 0), eb('blockedOrders', '>', 0)]))
    .orderBy('customerId')
    .limit(1)
  if (after !== null) next = next.where('customerId', '>', after)
  const row = await next.executeTakeFirst()
  return row?.customerId
}

/** An active reservation with the decision that made it. */
export interface ReservedOrder {
  readonly reservation: Row<'reservations'>
  readonly document: string
}

/** Active reservations of a customer after a check, in the order of the checks. */
export async function reservedOrders(
  db: Reader,
  customerId: CustomerId,
  afterCheckId: CheckId | null,
  limit: number
): Promise<ReservedOrder[]> {
  const after = afterCheckId === null ? sql`` : sql`where check_id > ${afterCheckId}`
  // Those that are active are found first, and each decision by its key: however many have ended.
  const { rows } = await sql<Row<'reservations'> & { document: string }>`
    select active.*, (select document from credit_checks
      where credit_checks.customer_id = active.customer_id and credit_checks.check_id = active.check_id) as document
    from (select * from reservations where customer_id = ${customerId} and state = 'active' offset 0) as active
    ${after} order by check_id limit ${limit}`.execute(db)
  return rows.map(({ document, ...reservation }) => ({ reservation, document }))
}

/** Says since when some orders of a customer are at risk; null: no longer. */
export function markAtRisk(customerId: CustomerId, checkIds: readonly CheckId[], since: string | null): Write {
  return (db) =>
    db
      .updateTable('reservations')
      .set({ atRiskSince: since })
      .where('customerId', '=', customerId)
      .where(sql<boolean>`check_id = any(${[...checkIds]}::text[])`)
}
