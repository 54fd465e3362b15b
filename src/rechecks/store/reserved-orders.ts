import { sql } from 'kysely'
import type { Reader, Row, Write } from '../../database.ts'

/** The next customer with an open order, in the order of ids. */
export async function nextOpenCustomer(db: Reader, after: string | null): Promise<string | undefined> {
  const row = await db
    .selectFrom('creditAccounts')
    .select('customerId')
    .where('customerId', '>', after ?? '')
    .where(({ or, eb }) => or([eb('reservedMinor', '>', 0), eb('blockedOrders', '>', 0)]))
    .orderBy('customerId')
    .limit(1)
    .executeTakeFirst()
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
  customerId: string,
  afterCheckId: string | null,
  limit: number
): Promise<ReservedOrder[]> {
  const rows = await db
    .selectFrom('reservations')
    .innerJoin('creditChecks', (join) =>
      join
        .onRef('creditChecks.customerId', '=', 'reservations.customerId')
        .onRef('creditChecks.checkId', '=', 'reservations.checkId')
    )
    .selectAll('reservations')
    .select('creditChecks.document')
    .where('reservations.customerId', '=', customerId)
    .where('reservations.state', '=', 'active')
    .where('reservations.checkId', '>', afterCheckId ?? '')
    .orderBy('reservations.checkId')
    .limit(limit)
    .execute()
  return rows.map(({ document, ...reservation }) => ({ reservation, document }))
}

/** Says since when some orders of a customer are at risk; null: no longer. */
export function markAtRisk(customerId: string, checkIds: readonly string[], since: string | null): Write {
  return (db) =>
    db
      .updateTable('reservations')
      .set({ atRiskSince: since })
      .where('customerId', '=', customerId)
      .where(sql<boolean>`check_id = any(${[...checkIds]}::text[])`)
}
