import { sql } from 'kysely'
import type { NewRow, Reader, Row, Write, Writer } from '../database.ts'
import type { CheckId, CustomerId, OrderId, ReconciliationId } from '../ids.ts'
import { textTable } from '../platform/database/text-array.ts'
import type { ReconciliationQuery } from './schema.ts'

/** The invoices of a customer that are open, and those with one of these ids. */
export async function comparedInvoices(
  db: Reader,
  customerId: CustomerId,
  ids: readonly string[]
): Promise<Row<'invoices'>[]> {
  const { rows } = await sql<Row<'invoices'>>`
    select * from invoices where customer_id = ${customerId} and open_minor > 0
    union all
    select named.* from ${textTable([...new Set(ids)])} as asked (invoice_id)
    cross join lateral (
      select * from invoices where customer_id = ${customerId} and invoice_id = asked.invoice_id limit 1) as named
    where open_minor = 0
    order by invoice_id`.execute(db)
  return rows
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
  const { rows } = await sql<ComparedCredit>`
    select *, greatest(recorded_at, (select max(invoices.updated_at) from allocations join invoices using (customer_id, invoice_id)
      where allocations.customer_id = compared.customer_id and allocations.kind = compared.kind and allocations.credit_id = compared.credit_id))
      as changed_at
    from (
      select * from credits where customer_id = ${customerId} and unapplied_minor > 0
      union all
      select named.* from ${textTable([...new Set(ids)])} as asked (credit_id) cross join unnest(array['payment', 'credit_note']) as kinds (asked_kind)
      cross join lateral (
        select * from credits where customer_id = ${customerId} and kind = asked_kind and credit_id = asked.credit_id limit 1) as named
      where unapplied_minor = 0) as compared
    where kind <> 'adjustment' order by kind, credit_id`.execute(db)
  return rows
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
    select checked.order_id, check_id from ${textTable(orderIds)} as asked (order_id)
    cross join lateral (select * from credit_checks where customer_id = ${customerId} and order_id = asked.order_id offset 0) as checked
    where
      (select true from captures
        where customer_id = ${customerId} and check_id = checked.check_id and invoice_id is not null and captured_at > ${since}::timestamptz limit 1)
      or (select true from exposure_conversions
        where customer_id = ${customerId} and from_kind = 'check' and from_source = '' and from_id = checked.check_id and converted_at > ${since}::timestamptz
          and (to_kind, to_source, to_id) <> ('item', ${source}, checked.order_id) limit 1)
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
