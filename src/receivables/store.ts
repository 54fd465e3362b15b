import { sql } from 'kysely'
import type { CreditKind, NewRow, Reader, Row, Write } from '../database.ts'
import { columnsOf } from '../platform/database/columns.ts'

export async function findInvoice(
  db: Reader,
  customerId: string,
  invoiceId: string
): Promise<Row<'invoices'> | undefined> {
  return db
    .selectFrom('invoices')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('invoiceId', '=', invoiceId)
    .executeTakeFirst()
}

export async function invoiceExists(db: Reader, customerId: string, invoiceId: string): Promise<boolean> {
  return (await findInvoice(db, customerId, invoiceId)) !== undefined
}

/**
 * Inserts or replaces an invoice. The caller holds the account's lock and has computed the open
 * amount.
 */
export function saveInvoice(row: NewRow<'invoices'>): Write {
  const { customerId: _customer, invoiceId: _invoice, recordedAt: _recorded, ...changes } = row
  return (db) =>
    db
      .insertInto('invoices')
      .values(row)
      .onConflict((conflict) => conflict.columns(['customerId', 'invoiceId']).doUpdateSet(changes))
}

export async function listInvoices(
  db: Reader,
  customerId: string,
  open: boolean | undefined,
  afterId: string | undefined,
  limit: number
): Promise<Row<'invoices'>[]> {
  let select = db
    .selectFrom('invoices')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('invoiceId')
    .limit(limit + 1)
  if (afterId !== undefined) select = select.where('invoiceId', '>', afterId)
  if (open !== undefined) select = select.where('openMinor', open ? '>' : '=', 0)
  return select.execute()
}

export async function findCredit(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  creditId: string
): Promise<Row<'credits'> | undefined> {
  return db
    .selectFrom('credits')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .where('creditId', '=', creditId)
    .executeTakeFirst()
}

export function insertCredit(row: NewRow<'credits'>): Write {
  return (db) => db.insertInto('credits').values(row)
}

export function setUnapplied(
  { customerId, kind, creditId }: Row<'credits'>,
  unapplied: Pick<Row<'credits'>, 'unappliedMinor' | 'unappliedOriginalMinor'>
): Write {
  return (db) =>
    db
      .updateTable('credits')
      .set(unapplied)
      .where('customerId', '=', customerId)
      .where('kind', '=', kind)
      .where('creditId', '=', creditId)
}

/** The columns of settlements, for many of them at once. */
export const SETTLEMENTS = columnsOf<NewRow<'allocations'>>({
  customerId: 'text',
  kind: 'text',
  creditId: 'text',
  invoiceId: 'text',
  amountMinor: 'bigint',
  settledOn: 'date',
  settledMinor: 'bigint',
  usedMinor: 'bigint'
})

/** Adds allocations and takes them off the invoices' open amounts. */
export function insertAllocations(rows: readonly NewRow<'allocations'>[], now: string): Write[] {
  const [first] = rows
  if (first === undefined) return []
  const { customerId } = first
  const insert: Write = () =>
    sql`(insert into allocations (${SETTLEMENTS.names}) select * from ${SETTLEMENTS.table(rows)} as made
      on conflict (customer_id, kind, credit_id, invoice_id) do update set amount_minor = allocations.amount_minor + excluded.amount_minor,
        settled_minor = allocations.settled_minor + excluded.settled_minor, used_minor = allocations.used_minor + excluded.used_minor)`
  const settle: Write = () =>
    sql`(update invoices set open_minor = open_minor - settled.amount_minor, open_original_minor = open_original_minor - settled.settled_minor,
        version = version + 1, updated_at = ${now}
      from ${SETTLEMENTS.table(rows)} as settled
      where invoices.customer_id = ${customerId} and invoices.invoice_id = settled.invoice_id)`
  return [insert, settle]
}

/** An allocation with the currency in which it settles; null: that of the account. */
export type ShownAllocation = Row<'allocations'> & { readonly settledIn: string | null }

export async function allocationsOf(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  creditIds: readonly string[]
): Promise<ShownAllocation[]> {
  return db
    .selectFrom('allocations')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('invoices')
        .select('originalCurrency')
        .whereRef('invoices.customerId', '=', 'allocations.customerId')
        .whereRef('invoices.invoiceId', '=', 'allocations.invoiceId')
        .as('settledIn')
    )
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .where(sql<boolean>`credit_id = any(${creditIds})`)
    .orderBy('creditId')
    .orderBy('invoiceId')
    .execute()
}

export async function listCredits(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  afterId: string | undefined,
  limit: number
): Promise<Row<'credits'>[]> {
  let select = db
    .selectFrom('credits')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .orderBy('creditId')
    .limit(limit + 1)
  if (afterId !== undefined) select = select.where('creditId', '>', afterId)
  return select.execute()
}
