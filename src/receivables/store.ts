import { sql } from 'kysely'
import type { CreditKind, NewRow, Reader, Row, Writer } from '../database.ts'

/** The open book as of a day, in minor units. Disputed invoices are open but not overdue. */
export interface Ageing {
  readonly openMinor: number
  readonly overdueMinor: number
  readonly oldestDueOn: string | null
}

/** Ages the open invoices. Read under the account's lock, which every change of an invoice takes as well. */
export async function ageingOf(db: Reader, customerId: string, today: string): Promise<Ageing> {
  return db
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
    .executeTakeFirstOrThrow()
}

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

/** Inserts or replaces an invoice. The caller holds the account's lock and has computed the open amount. */
export async function saveInvoice(trx: Writer, row: NewRow<'invoices'>): Promise<void> {
  const { customerId: _customer, invoiceId: _invoice, recordedAt: _recorded, ...changes } = row
  await trx
    .insertInto('invoices')
    .values(row)
    .onConflict((conflict) => conflict.columns(['customerId', 'invoiceId']).doUpdateSet(changes))
    .execute()
}

/** Open invoices, the oldest due first: the order in which money without instructions settles them. */
export async function openInvoices(db: Reader, customerId: string): Promise<Row<'invoices'>[]> {
  return db
    .selectFrom('invoices')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('openMinor', '>', 0)
    .orderBy('dueOn')
    .orderBy('invoiceId')
    .execute()
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

export async function insertCredit(trx: Writer, row: NewRow<'credits'>): Promise<void> {
  await trx.insertInto('credits').values(row).execute()
}

export async function setUnapplied(
  trx: Writer,
  { customerId, kind, creditId }: Row<'credits'>,
  unappliedMinor: number
): Promise<void> {
  await trx
    .updateTable('credits')
    .set({ unappliedMinor })
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .where('creditId', '=', creditId)
    .execute()
}

/** Adds allocations and takes them off the invoices' open amounts. */
export async function insertAllocations(
  trx: Writer,
  rows: readonly NewRow<'allocations'>[],
  now: string
): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  await trx
    .insertInto('allocations')
    .values([...rows])
    .onConflict((conflict) =>
      conflict
        .columns(['customerId', 'kind', 'creditId', 'invoiceId'])
        .doUpdateSet({ amountMinor: sql<number>`allocations.amount_minor + excluded.amount_minor` })
    )
    .execute()
  await sql`update invoices set open_minor = open_minor - settled.amount, version = version + 1, updated_at = ${now}
    from unnest(${rows.map((row) => row.invoiceId)}::text[], ${rows.map((row) => row.amountMinor)}::bigint[]) as settled (invoice_id, amount)
    where invoices.customer_id = ${first.customerId} and invoices.invoice_id = settled.invoice_id`.execute(trx)
}

export async function allocationsOf(
  db: Reader,
  customerId: string,
  kind: CreditKind,
  creditIds: readonly string[]
): Promise<Row<'allocations'>[]> {
  return db
    .selectFrom('allocations')
    .selectAll()
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
