import { type RawBuilder, sql } from 'kysely'
import type { CreditKind, Measure, NewRow, Reader, Row, Write } from '../database.ts'
import type { CreditId, CustomerId, InvoiceId } from '../ids.ts'
import { columnsOf } from '../platform/database/columns.ts'
import { textTable } from '../platform/database/text-array.ts'
import { rateCorrectedTo } from '../rates/store.ts'

/** An invoice with the value that its rate has now; null where it is the same. */
type ShownInvoice = Row<'invoices'> & { readonly rateCorrectedTo: string | null }

export async function findInvoice(
  db: Reader,
  customerId: CustomerId,
  invoiceId: InvoiceId
): Promise<ShownInvoice | undefined> {
  return db
    .selectFrom('invoices')
    .selectAll()
    .select(rateCorrectedTo('invoices').as('rateCorrectedTo'))
    .where('customerId', '=', customerId)
    .where('invoiceId', '=', invoiceId)
    .executeTakeFirst()
}

/** The amounts of a document before conversion. */
const ORIGINAL = {
  originalCurrency: 'text',
  originalMinor: 'bigint',
  rate: 'numeric',
  rateOn: 'date',
  rateBasis: 'text'
} as const

export const INVOICES = columnsOf<Row<'invoices'>>({
  customerId: 'text',
  invoiceId: 'text',
  orderId: 'text',
  amountMinor: 'bigint',
  openMinor: 'bigint',
  issuedOn: 'date',
  dueOn: 'date',
  disputed: 'boolean',
  easedDueOn: 'date',
  dunningLevel: 'integer',
  sourceVersion: 'bigint',
  version: 'integer',
  recordedAt: 'timestamptz',
  updatedAt: 'timestamptz',
  openOriginalMinor: 'bigint',
  ...ORIGINAL
})
const upsertInvoices = INVOICES.upsertInto('invoices', { key: ['customerId', 'invoiceId'], fixed: ['recordedAt'] })

/**
 * Inserts invoices, or replaces the recorded ones. The caller holds the lock of the account and has
 * computed the open amounts.
 */
export function saveInvoices(rows: readonly Row<'invoices'>[]): Write[] {
  return rows.length === 0 ? [] : [() => sql`(${upsertInvoices(INVOICES.table(rows))})`]
}

export async function listInvoices(
  db: Reader,
  customerId: CustomerId,
  open: boolean | undefined,
  afterId: InvoiceId | undefined,
  limit: number
): Promise<ShownInvoice[]> {
  let select = db
    .selectFrom('invoices')
    .selectAll()
    .select(rateCorrectedTo('invoices').as('rateCorrectedTo'))
    .where('customerId', '=', customerId)
    .orderBy('invoiceId')
    .limit(limit + 1)
  if (afterId !== undefined) select = select.where('invoiceId', '>', afterId)
  if (open !== undefined) select = select.where('openMinor', open ? '>' : '=', 0)
  return select.execute()
}

export async function findCredit(
  db: Reader,
  customerId: CustomerId,
  kind: CreditKind,
  creditId: CreditId
): Promise<Row<'credits'> | undefined> {
  return db
    .selectFrom('credits')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('kind', '=', kind)
    .where('creditId', '=', creditId)
    .executeTakeFirst()
}

/** Whether there is such a credit, read where its account is locked. */
export function creditExistsFact(kind: CreditKind, creditId: string): RawBuilder<boolean> {
  return sql`exists (select from credits where customer_id = account.customer_id and kind = ${kind} and credit_id = ${creditId})`
}

/** A recorded invoice with what it took over. */
export interface InvoicedFact extends Pick<Row<'invoices'>, 'amountMinor' | 'originalCurrency' | 'originalMinor'> {
  readonly captures: readonly Row<'captures'>[]
  readonly items: readonly Measure[]
}

/**
 * The invoice with what it took over, read where its account is locked; null: none is recorded.
 * `captures` reads those of the invoice.
 */
export function invoicedFact(
  invoiceId: string | undefined,
  captures: RawBuilder<Row<'captures'>[]>
): RawBuilder<InvoicedFact | null> {
  return sql`(
    select json_build_object('amountMinor', invoiced.amount_minor, 'originalCurrency', invoiced.original_currency,
      'originalMinor', invoiced.original_minor, 'captures', ${captures}, 'items', (
        select coalesce(json_agg(json_build_object('currency', items.original_currency, 'amountMinor', made.amount_minor,
          'originalMinor', made.original_minor)), '[]')
        from exposure_conversions as made join exposure_items as items
          on items.customer_id = made.customer_id and items.source = made.from_source and items.item_id = made.from_id
        where made.customer_id = invoiced.customer_id and made.to_kind = 'invoice' and made.to_source = ''
          and made.to_id = invoiced.invoice_id and made.from_kind = 'item'))
    from invoices as invoiced where invoiced.customer_id = account.customer_id and invoiced.invoice_id = ${invoiceId ?? null})`
}

export function insertCredit(row: NewRow<'credits'>): Write {
  return (db) => db.insertInto('credits').values(row)
}

const CREDITS = columnsOf<NewRow<'credits'>>({
  customerId: 'text',
  kind: 'text',
  creditId: 'text',
  datedOn: 'date',
  amountMinor: 'bigint',
  unappliedMinor: 'bigint',
  request: 'text',
  recordedAt: 'timestamptz',
  unappliedOriginalMinor: 'bigint',
  ...ORIGINAL
})
const upsertCredits = CREDITS.upsertInto('credits', {
  key: ['customerId', 'kind', 'creditId'],
  fixed: ['request', 'recordedAt']
})

/** Inserts payments and credit notes, or replaces the recorded ones. */
export function replaceCredits(rows: readonly NewRow<'credits'>[]): Write[] {
  return rows.length === 0 ? [] : [() => sql`(${upsertCredits(CREDITS.table(rows))})`]
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
const SETTLEMENTS = columnsOf<NewRow<'allocations'>>({
  customerId: 'text',
  kind: 'text',
  creditId: 'text',
  invoiceId: 'text',
  amountMinor: 'bigint',
  settledOn: 'date',
  settledMinor: 'bigint',
  usedMinor: 'bigint',
  askedUsedMinor: 'bigint',
  askedSettledMinor: 'bigint'
})

/** Adds settlements. */
export function addSettlements(rows: readonly NewRow<'allocations'>[]): Write[] {
  if (rows.length === 0) return []
  return [() => sql`(insert into allocations (${SETTLEMENTS.names}) select * from ${SETTLEMENTS.table(rows)} as added)`]
}

/** Sets the amounts of settlements; those of zero are deleted. */
export function changeSettlements(rows: readonly Row<'allocations'>[]): Write[] {
  const isLeft = ({ amountMinor, settledMinor }: Row<'allocations'>) => (settledMinor ?? amountMinor) > 0
  const kept = rows.filter(isLeft)
  const undone = rows.filter((row) => !isLeft(row))
  const same = sql`allocations.customer_id = given.customer_id and allocations.kind = given.kind
    and allocations.credit_id = given.credit_id and allocations.invoice_id = given.invoice_id`
  const change: Write = () =>
    sql`(update allocations set amount_minor = given.amount_minor, settled_minor = given.settled_minor, used_minor = given.used_minor,
      asked_used_minor = given.asked_used_minor, asked_settled_minor = given.asked_settled_minor
      from ${SETTLEMENTS.table(kept)} as given where ${same})`
  const undo: Write = () => sql`(delete from allocations using ${SETTLEMENTS.table(undone)} as given where ${same})`
  return [...(kept.length === 0 ? [] : [change]), ...(undone.length === 0 ? [] : [undo])]
}

/** What two parts of one credit were asked to come to: one that was not stated counts as it is. */
function askedOfBoth(counted: 'used_minor' | 'settled_minor'): RawBuilder<unknown> {
  const asked = (row: string) => sql`${sql.ref(`${row}.asked_${counted}`)}`
  const whole = (row: string) =>
    sql`coalesce(${asked(row)}, ${sql.ref(`${row}.${counted}`)}, ${sql.ref(`${row}.amount_minor`)})`
  return sql`case when num_nulls(${asked('allocations')}, ${asked('excluded')}) < 2 then ${whole('allocations')} + ${whole('excluded')} end`
}

/** Adds allocations and takes them off the open amounts of the invoices. */
export function insertAllocations(rows: readonly NewRow<'allocations'>[], now: string): Write[] {
  const [first] = rows
  if (first === undefined) return []
  const { customerId } = first
  const insert: Write = () =>
    sql`(insert into allocations (${SETTLEMENTS.names}) select * from ${SETTLEMENTS.table(rows)} as made
      on conflict (customer_id, kind, credit_id, invoice_id) do update set amount_minor = allocations.amount_minor + excluded.amount_minor,
        settled_minor = allocations.settled_minor + excluded.settled_minor, used_minor = allocations.used_minor + excluded.used_minor,
        asked_used_minor = ${askedOfBoth('used_minor')}, asked_settled_minor = ${askedOfBoth('settled_minor')})`
  // Each is looked up by its key: joined, they might be sought among all invoices of the customer.
  const settle: Write = () =>
    sql`(update invoices set open_minor = open_minor - settled.amount_minor, open_original_minor = open_original_minor - settled.settled_minor,
        version = version + 1, updated_at = ${now}
      from (select amount_minor, settled_minor, (select ctid from invoices
          where invoices.customer_id = ${customerId} and invoices.invoice_id = made.invoice_id) as place
        from ${SETTLEMENTS.table(rows)} as made) as settled
      where invoices.ctid = settled.place)`
  return [insert, settle]
}

/** An allocation with the currency in which it settles; null for that of the account. */
export type ShownAllocation = Row<'allocations'> & { readonly settledIn: string | null }

export async function allocationsOf(
  db: Reader,
  customerId: CustomerId,
  kind: CreditKind,
  creditIds: readonly CreditId[]
): Promise<ShownAllocation[]> {
  // Each credit's are found by the key: those of a list might be sought among all of the kind.
  const { rows } = await sql<ShownAllocation>`
    select made.* from ${textTable(creditIds)} as asked (credit_id)
    cross join lateral (
      select *, (select original_currency from invoices
        where invoices.customer_id = allocations.customer_id and invoices.invoice_id = allocations.invoice_id) as settled_in
      from allocations where customer_id = ${customerId} and kind = ${kind} and credit_id = asked.credit_id offset 0) as made
    order by made.credit_id, made.invoice_id`.execute(db)
  return rows
}

export async function listCredits(
  db: Reader,
  customerId: CustomerId,
  kind: CreditKind,
  afterId: CreditId | undefined,
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
