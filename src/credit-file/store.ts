import { type RawBuilder, sql } from 'kysely'
import { customerNotFound } from '../accounts/store.ts'
import type { DaySums, Ledger, Reader, RecordedInvoice } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import { type Clock, heldInstant } from '../platform/database/clock.ts'
import { type JsonColumns, jsonColumns, rowsOfColumns } from '../platform/database/json-columns.ts'

/** Everything that an assessment or a limit proposal looks at, as the engine takes it. */
export interface CreditFileRows {
  readonly profile: object
  readonly statements: { statementId: string; statement: object; knownOn: string }[]
  readonly evidence: { evidenceId: string; kind: string; observedOn: string; knownOn: string; facts: object }[]
  readonly ledger: Ledger
}

/** A credit file as it was read beside its account. */
export type FileRead = { readonly profile: object } & FileColumns

/**
 * A whole credit file, read beside its account; its ledger is to be looked at as of that day. A
 * statement and an item of evidence carry the day on which they were recorded as they are now; a
 * field that is not known is left out.
 */
export function creditFileFact(clock: Clock): RawBuilder<FileRead> {
  return sql`(
    with batch as materialized (
      select 0 as place, customers.customer_id, customers.profile, account.updated_at, ${clock.dayOf(sql`account.read_at`)} as as_of
      from customers where customers.customer_id = account.customer_id)
    select row_to_json(file) from (select profile, ${fileColumns(clock, sql`batch.as_of`)} from batch) as file)`
}

/** The rows of a file that was read beside its account. */
export function fileRows({ profile, ...read }: FileRead): CreditFileRows {
  const [file] = filesOf(read, [profile])
  if (file === undefined) throw new Error('a file was read for each profile')
  return file
}

/**
 * A ledger with the currency of its account, to be looked at as of a day; without one, of today.
 */
interface LedgerRow {
  readonly currency: string
  readonly today: string
  readonly ledger: Ledger
}

/** Reads a ledger in one statement. Throws `customer-not-found`. */
export async function ledgerRow(
  db: Reader,
  clock: Clock,
  customerId: CustomerId,
  asOf: string | undefined
): Promise<LedgerRow> {
  const { rows } = await sql<Omit<LedgerRow, 'ledger'> & LedgerColumns>`
    with batch as materialized (
      select 0 as place, customer_id, currency, updated_at, ${clock.dayOf(heldInstant(clock.now, sql`updated_at`))} as today
      from credit_accounts where customer_id = ${customerId})
    select currency, today, ${ledgerColumns(clock, asOf === undefined ? sql`batch.today` : sql`${asOf}::date`)}
    from batch`.execute(db)
  const [row] = rows
  const [ledger] = row === undefined ? [] : ledgersOf(row)
  if (row === undefined || ledger === undefined) throw customerNotFound(customerId)
  return { currency: row.currency, today: row.today, ledger }
}

const FILED = ['statements', 'evidence'] as const
const LEDGER = ['days', 'ahead', 'invoices', 'settlements'] as const

/**
 * Files column by column, each row with the place of its customer in the batch; `kept` tells of
 * each place whether its ledger is in sums.
 */
export type FileColumns = LedgerColumns & Readonly<Record<(typeof FILED)[number], JsonColumns>>
type LedgerColumns = Readonly<Record<(typeof LEDGER)[number], JsonColumns>> & { readonly kept: readonly boolean[] }

/**
 * Selects the files of a `batch`: accounts with their `place`, counted from 0, and when each was
 * `updated_at`. Each customer's rows are found by the table's key: a plan that reads a whole table
 * could only be right for a batch of everybody.
 */
export function fileColumns(clock: Clock, asOf: RawBuilder<unknown>): RawBuilder<FileColumns> {
  const statements = {
    statementId: sql`statement_id`,
    statement: sql`document`,
    knownOn: clock.dayOf(sql`theirs.updated_at`)
  }
  const evidence = {
    evidenceId: sql`evidence_id`,
    kind: sql`kind`,
    observedOn: sql`observed_on`,
    knownOn: clock.dayOf(sql`recorded_at`),
    validUntil: sql`valid_until`,
    source: sql`source`,
    withdrawnOn: clock.dayOf(sql`withdrawn_at`),
    facts: sql`facts`
  }
  const filed = (table: string, order: string) =>
    sql`select * from ${sql.table(table)} as filed where filed.customer_id = batch.customer_id order by ${sql.raw(order)}`
  return sql`
    ${ofEach('statements', statements, filed('statements', 'period_end, statement_id'))},
    ${ofEach('evidence', evidence, filed('evidence', 'observed_on, evidence_id'))},
    ${ledgerColumns(clock, asOf)}`
}

/** The figures of a day that the engine asks for. */
const COUNTED = [
  'invoices',
  'invoicedMinor',
  'disputedMinor',
  'creditedMinor',
  'closed',
  'closedMinor',
  'closedLate',
  'closedPaid',
  'closedInParts',
  'balanceMinor',
  'unsettledMinor',
  'undisputedMinor',
  'undisputed'
] as const satisfies (keyof DaySums)[]
/** Those that may leave the safe integers: they travel as texts. */
const WEIGHED = ['paidMinor', 'paidMinorDays'] as const satisfies (keyof DaySums)[]

/** Of two years the longest delay is asked for; older days need not be looked through. */
const DELAYS = '25 months'

/**
 * Selects the ledgers of a `batch`: what each adds up to by day with the invoices of which
 * something may be dated after `asOf`, or all of it where the account has changed on a later day
 * than that. A day on which nothing happened but what was undone since, is left out.
 */
function ledgerColumns(clock: Clock, asOf: RawBuilder<unknown>): RawBuilder<LedgerColumns> {
  const isKept = sql`${clock.dayOf(sql`batch.updated_at`)} <= ${asOf}`
  const days = {
    day: sql`day`,
    mostDaysLate: sql`most_days_late`,
    ...Object.fromEntries(COUNTED.map((name) => [name, sql.ref(name)])),
    ...Object.fromEntries(WEIGHED.map((name) => [name, sql`${sql.ref(name)}::text`]))
  }
  const invoice = {
    invoiceId: sql`invoice_id`,
    issuedOn: sql`issued_on`,
    dueOn: sql`due_on`,
    amountMinor: sql`amount_minor`,
    disputed: sql`disputed`
  }
  // An adjustment settles like a credit note.
  const settlement = {
    invoiceId: sql`invoice_id`,
    settledOn: sql`settled_on`,
    amountMinor: sql`amount_minor`,
    by: sql`case kind when 'payment' then kind else 'credit_note' end`
  }
  return sql`
    (select coalesce(json_agg(${isKept} order by place), '[]') from batch) as kept,
    ${ofEach(
      'days',
      days,
      sql`select *, case when paid_minor_days = 0 or day <= ${asOf} - ${sql.lit(DELAYS)}::interval then 0 else coalesce((
          select days_late from late_payments
          where late_payments.customer_id = ledger_days.customer_id and settled_on = ledger_days.day and payments > 0
          order by days_late desc limit 1), 0) end as most_days_late
        from ledger_days where ledger_days.customer_id = batch.customer_id and ${isKept}
          and (invoices <> 0 or closed <> 0 or paid_minor <> 0 or balance_minor <> 0 or unsettled_minor <> 0)`
    )},
    ${ofEach(
      'ahead',
      {
        invoice: jsonObject(invoice),
        openMinor: sql`open_minor`,
        settlements: sql`(select coalesce(json_agg(${jsonObject(settlement)}), '[]') from allocations
          where allocations.customer_id = theirs.customer_id and allocations.invoice_id = theirs.invoice_id)`
      },
      sql`select recorded.* from (select distinct invoice_id from ledger_ahead
          where ledger_ahead.customer_id = batch.customer_id and counts_from > ${asOf} and ${isKept}) as dated_ahead
        cross join lateral (
          select * from invoices where invoices.customer_id = batch.customer_id and invoices.invoice_id = dated_ahead.invoice_id
          limit 1) as recorded`
    )},
    ${ofEach('invoices', invoice, sql`select * from invoices where invoices.customer_id = batch.customer_id and not ${isKept}`)},
    ${ofEach('settlements', settlement, sql`select * from allocations where allocations.customer_id = batch.customer_id and not ${isKept}`)}`
}

function ofEach(
  name: (typeof FILED)[number] | (typeof LEDGER)[number],
  columns: Readonly<Record<string, RawBuilder<unknown>>>,
  rows: RawBuilder<unknown>
): RawBuilder<JsonColumns> {
  return sql`(select ${jsonColumns({ place: sql`place`, ...columns })}
    from batch cross join lateral (${rows} offset 0) as theirs) as ${sql.ref(name)}`
}

function jsonObject(columns: Readonly<Record<string, RawBuilder<unknown>>>): RawBuilder<unknown> {
  return sql`json_build_object(${sql.join(Object.entries(columns).flatMap(([name, value]) => [sql.lit(name), value]))})`
}

/** The files of a batch, by place, for the profiles at the same places. */
export function filesOf(read: FileColumns, profiles: readonly object[]): CreditFileRows[] {
  const ledgers = ledgersOf(read)
  const statements = rowsByPlace(read.statements, profiles.length)
  const evidence = rowsByPlace(read.evidence, profiles.length)
  return profiles.flatMap((profile, place) => {
    const ledger = ledgers[place]
    if (ledger === undefined) return []
    const filed = { statements: statements[place] ?? [], evidence: (evidence[place] ?? []).map(whatIsKnown) }
    return [{ profile, ...(filed as Pick<CreditFileRows, 'statements' | 'evidence'>), ledger }]
  })
}

function ledgersOf({ kept, ...read }: LedgerColumns): Ledger[] {
  const weighed = WEIGHED.map((name) => [name, (read.days[name] as string[]).map(BigInt)] as const)
  const days = rowsByPlace({ ...read.days, ...Object.fromEntries(weighed) }, kept.length) as unknown as DaySums[][]
  const ahead = rowsByPlace(read.ahead, kept.length) as unknown as RecordedInvoice[][]
  const [invoices, settlements] = [read.invoices, read.settlements].map((each) => rowsByPlace(each, kept.length))
  return kept.map((isKept, place) =>
    isKept
      ? { days: days[place] ?? [], ahead: ahead[place] ?? [] }
      : ({ invoices: invoices?.[place] ?? [], settlements: settlements?.[place] ?? [] } as unknown as Ledger)
  )
}

/** The rows of columns for each place of a batch. */
function rowsByPlace(columns: JsonColumns, count: number): Record<string, unknown>[][] {
  const rows = Array.from({ length: count }, (): Record<string, unknown>[] => [])
  const places = columns.place as readonly number[]
  for (const [index, row] of rowsOfColumns(columns, 'place').entries()) rows[places[index] ?? -1]?.push(row)
  return rows
}

function whatIsKnown(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}
