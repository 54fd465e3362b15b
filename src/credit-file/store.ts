import { type RawBuilder, sql } from 'kysely'
import type { DaySums, Ledger, Reader, RecordedInvoice } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { type JsonColumns, jsonColumns, rowsOfColumns } from '../platform/database/json-columns.ts'
import { Problem } from '../platform/values/problem.ts'

/** Everything that an assessment or a limit proposal looks at, as the engine takes it. */
interface CreditFileRows {
  readonly profile: object
  readonly statements: { statementId: string; statement: object; knownOn: string }[]
  readonly evidence: { evidenceId: string; kind: string; observedOn: string; knownOn: string; facts: object }[]
  readonly ledger: Ledger
}

/**
 * Reads a whole credit file in one statement, so it is of one moment; its ledger is to be looked
 * at as of a day. A statement and an item of evidence carry the day on which they were recorded
 * as they are now; a field that is not known is left out. Throws `customer-not-found`.
 */
export async function creditFileRows(
  db: Reader,
  clock: Clock,
  customerId: CustomerId,
  asOf: string
): Promise<CreditFileRows> {
  const { rows } = await sql<Omit<CreditFileRows, 'ledger'> & LedgerColumns>`
    select profile,
      (select coalesce(json_agg(json_build_object('statementId', statement_id, 'statement', document,
          'knownOn', ${clock.dayOf(sql`updated_at`)}) order by period_end, statement_id), '[]')
        from statements where customer_id = ${customerId}) as statements,
      (select coalesce(json_agg(json_strip_nulls(json_build_object('evidenceId', evidence_id, 'kind', kind, 'observedOn', observed_on,
          'knownOn', ${clock.dayOf(sql`recorded_at`)}, 'validUntil', valid_until, 'source', source,
          'withdrawnOn', ${clock.dayOf(sql`withdrawn_at`)}, 'facts', facts)) order by observed_on, evidence_id), '[]')
        from evidence where customer_id = ${customerId}) as evidence,
      ${ledgerColumns(clock, sql`${asOf}::date`)}
    from customers join credit_accounts as account using (customer_id) where customer_id = ${customerId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw customerNotFound(customerId)
  const { profile, statements, evidence } = row
  return { profile, statements, evidence, ledger: ledgerOf(row) }
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
    with moment as materialized (select ${clock.today} as today)
    select currency, today, ${ledgerColumns(clock, asOf === undefined ? sql`today` : sql`${asOf}::date`)}
    from moment cross join credit_accounts as account where customer_id = ${customerId}`.execute(db)
  const [row] = rows
  if (row === undefined) throw customerNotFound(customerId)
  return { currency: row.currency, today: row.today, ledger: ledgerOf(row) }
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

type WholeLedger = Extract<Ledger, { invoices: unknown }>
type LedgerColumns =
  | { days: JsonColumns; ahead: RecordedInvoice[]; invoices: null; settlements: null }
  | ({ days: null; ahead: null } & WholeLedger)

/**
 * Selects a ledger of `account`: what it adds up to by day with the invoices of which something may
 * be dated after `asOf`, or all of it where the account has changed on a later day than that.
 */
function ledgerColumns(clock: Clock, asOf: RawBuilder<unknown>): RawBuilder<LedgerColumns> {
  const isKept = sql`${clock.dayOf(sql`account.updated_at`)} <= ${asOf}`
  const columns = jsonColumns({
    day: sql`day`,
    mostDaysLate: sql`most_days_late`,
    ...Object.fromEntries(COUNTED.map((name) => [name, sql.ref(name)])),
    ...Object.fromEntries(WEIGHED.map((name) => [name, sql`${sql.ref(name)}::text`]))
  })
  return sql`
    case when ${isKept} then (select ${columns} from (
      select *, case when paid_minor_days = 0 or day <= ${asOf} - ${sql.lit(DELAYS)}::interval then 0 else coalesce((
        select days_late from late_payments
        where late_payments.customer_id = ledger_days.customer_id and settled_on = ledger_days.day and payments > 0
        order by days_late desc limit 1), 0) end as most_days_late
      from ledger_days where ledger_days.customer_id = account.customer_id) as days) end as days,
    case when ${isKept} then (
      select coalesce(json_agg(json_build_object('invoice', ${INVOICE}, 'openMinor', open_minor, 'settlements', (
        select coalesce(json_agg(${SETTLEMENT}), '[]') from allocations
        where allocations.customer_id = invoices.customer_id and allocations.invoice_id = invoices.invoice_id))), '[]')
      from (select distinct invoice_id from ledger_ahead
        where ledger_ahead.customer_id = account.customer_id and counts_from > ${asOf}) as dated_ahead
      cross join lateral (
        select * from invoices where invoices.customer_id = account.customer_id and invoices.invoice_id = dated_ahead.invoice_id
        limit 1) as invoices) end as ahead,
    case when not ${isKept} then (
      select coalesce(json_agg(${INVOICE}), '[]') from invoices where invoices.customer_id = account.customer_id) end as invoices,
    case when not ${isKept} then (
      select coalesce(json_agg(${SETTLEMENT}), '[]') from allocations where allocations.customer_id = account.customer_id) end as settlements`
}

const INVOICE = sql`json_build_object('invoiceId', invoices.invoice_id, 'issuedOn', issued_on, 'dueOn', due_on,
  'amountMinor', amount_minor, 'disputed', disputed)`
/** An adjustment settles like a credit note. */
const SETTLEMENT = sql`json_build_object('invoiceId', invoice_id, 'settledOn', settled_on, 'amountMinor', amount_minor,
  'by', case kind when 'payment' then kind else 'credit_note' end)`

function ledgerOf({ days, ahead, invoices, settlements }: LedgerColumns): Ledger {
  if (days === null) return { invoices, settlements }
  const weighed = WEIGHED.map((name) => [name, (days[name] as string[]).map(BigInt)] as const)
  return { days: rowsOfColumns({ ...days, ...Object.fromEntries(weighed) }) as unknown as DaySums[], ahead }
}

function customerNotFound(customerId: CustomerId): Problem {
  return new Problem('customer-not-found', `There is no customer ${customerId}.`)
}
