import { sql } from 'kysely'
import type { NewRow, Reader, Row, Write, Writer } from '../database.ts'
import type { CheckId, CustomerId, OrderId, ReconciliationId } from '../ids.ts'
import type { ReconciliationQuery } from './schema.ts'

/** The invoices of a customer that are open, and those with one of these ids. */
export async function comparedInvoices(
  db: Reader,
  customerId: CustomerId,
  ids: readonly string[]
): Promise<Row<'invoices'>[]> {
  return db
    .selectFrom('invoices')
    .selectAll()
    .where('customerId', '=', customerId)
    .where((eb) => eb.or([eb('openMinor', '>', 0), sql<boolean>`invoice_id = any(${ids})`]))
    .orderBy('invoiceId')
    .execute()
}

/** A payment or credit note with the last time at which an invoice that it settles changed. */
export type ComparedCredit = Row<'credits'> & { readonly changedAt: string }

/**
 * The payments and credit notes of which something is unapplied, and those with one of these ids.
 */
export async function comparedCredits(
  db: Reader,
  customerId: CustomerId,
  ids: readonly string[]
): Promise<ComparedCredit[]> {
  return db
    .selectFrom('credits')
    .selectAll()
    .select(
      sql<string>`greatest(recorded_at, (select max(invoices.updated_at) from allocations join invoices using (customer_id, invoice_id)
        where allocations.customer_id = credits.customer_id and allocations.kind = credits.kind and allocations.credit_id = credits.credit_id))`.as(
        'changedAt'
      )
    )
    .where('customerId', '=', customerId)
    .where('kind', '<>', 'adjustment')
    .where((eb) => eb.or([eb('unappliedMinor', '>', 0), sql<boolean>`credit_id = any(${ids})`]))
    .orderBy('kind')
    .orderBy('creditId')
    .execute()
}

/**
 * Which of these orders had something captured after an instant, each with its check. What the item
 * itself took over is no capture.
 */
export async function capturedSince(
  db: Reader,
  { customerId, source, since }: { readonly customerId: CustomerId; readonly source: string; readonly since: string },
  orderIds: readonly OrderId[]
): Promise<Map<OrderId, CheckId>> {
  const { rows } = await sql<{ orderId: OrderId; checkId: CheckId }>`
    select order_id, check_id from credit_checks as checked
    where customer_id = ${customerId} and order_id = any(${orderIds}::text[]) and (
      exists (select from captures
        where customer_id = ${customerId} and check_id = checked.check_id and captured_at > ${since}::timestamptz)
      or exists (select from exposure_conversions
        where customer_id = ${customerId} and from_kind = 'check' and from_source = '' and from_id = checked.check_id and converted_at > ${since}::timestamptz
          and (to_kind, to_source, to_id) <> ('item', ${source}, checked.order_id)))
    order by check_id`.execute(db)
  return new Map(rows.map(({ orderId, checkId }) => [orderId, checkId]))
}

/** The instant of the newest snapshot of a system that was applied; undefined when none was. */
export async function lastApplied(db: Reader, customerId: CustomerId, source: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('reconciliations')
    .select('snapshotAt')
    .where('customerId', '=', customerId)
    .where('source', '=', source)
    .where('applied', '=', true)
    .orderBy('snapshotAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.snapshotAt
}

export function insertReconciliation(row: NewRow<'reconciliations'>): Write {
  return (db) => db.insertInto('reconciliations').values(row)
}

/** The same without any other write. */
export async function addReconciliation(trx: Writer, row: NewRow<'reconciliations'>): Promise<void> {
  await trx.insertInto('reconciliations').values(row).execute()
}

export async function findReconciliation(
  db: Reader,
  customerId: CustomerId,
  reconciliationId: ReconciliationId
): Promise<Row<'reconciliations'> | undefined> {
  return db
    .selectFrom('reconciliations')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('reconciliationId', '=', reconciliationId)
    .executeTakeFirst()
}

/** Reconciliations without their differences, the last one first, one more than the page holds. */
export async function listReconciliations(
  db: Reader,
  customerId: CustomerId,
  { applied }: ReconciliationQuery,
  beforeId: ReconciliationId | undefined,
  limit: number
): Promise<{ reconciliationId: ReconciliationId; summary: string }[]> {
  let select = db
    .selectFrom('reconciliations')
    .select(['reconciliationId', sql<string>`(document::jsonb - 'differences')::text`.as('summary')])
    .where('customerId', '=', customerId)
    .orderBy('reconciliationId', 'desc')
    .limit(limit + 1)
  if (applied !== undefined) select = select.where('applied', '=', applied)
  if (beforeId !== undefined) select = select.where('reconciliationId', '<', beforeId)
  return select.execute()
}
