import { type RawBuilder, sql } from 'kysely'
import type { DayTotals, LateTotals, Reader, Row, Write } from '../../database.ts'
import type { CustomerId, InvoiceId } from '../../ids.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import { textTable } from '../../platform/database/text-array.ts'
import { INVOICES } from '../store.ts'

/** An invoice with all that settles it, the last settlement first. */
export interface SettledInvoice {
  readonly row: Row<'invoices'>
  readonly settlements: readonly Row<'allocations'>[]
}

type SettledRow = Row<'invoices'> & { settlements: Row<'allocations'>[] }

/** What settles an invoice, as a column of a select from the invoices. */
const settlements = sql`(
  select coalesce(json_agg(json_build_object('customerId', customer_id, 'kind', kind, 'creditId', credit_id,
    'invoiceId', invoice_id, 'amountMinor', amount_minor, 'settledOn', settled_on, 'settledMinor', settled_minor,
    'usedMinor', used_minor, 'askedUsedMinor', asked_used_minor, 'askedSettledMinor', asked_settled_minor) order by settled_on desc, kind, credit_id), '[]')
  from allocations where allocations.customer_id = invoices.customer_id
    and allocations.invoice_id = invoices.invoice_id) as settlements`

/** The invoices with one of these ids. */
export async function settledInvoices(
  db: Reader,
  customerId: CustomerId,
  invoiceIds: readonly InvoiceId[]
): Promise<SettledInvoice[]> {
  if (invoiceIds.length === 0) return []
  const { rows } = await sql<SettledRow>`
    select invoices.*, ${settlements} from ${textTable(invoiceIds)} as asked (invoice_id)
    cross join lateral (
      select * from invoices where customer_id = ${customerId} and invoice_id = asked.invoice_id limit 1
    ) as invoices`.execute(db)
  return rows.map(settledInvoice)
}

/** The same, read where their account is locked. */
export function settledInvoicesFact(invoiceIds: readonly string[]): RawBuilder<SettledInvoice[]> {
  return sql`(
    select coalesce(json_agg(json_build_object('row', ${INVOICES.json}, 'settlements', settlements)), '[]')
    from (
      select invoices.*, ${settlements} from ${textTable(invoiceIds)} as asked (invoice_id)
      cross join lateral (
        select * from invoices where customer_id = account.customer_id and invoice_id = asked.invoice_id limit 1
      ) as invoices) as settled)`
}

/** The next open invoices behind one of them, the oldest due first. */
export async function openInvoices(
  db: Reader,
  customerId: CustomerId,
  after: Pick<Row<'invoices'>, 'dueOn' | 'invoiceId'> | undefined,
  limit: number
): Promise<SettledInvoice[]> {
  const from = after === undefined ? sql`` : sql`and (due_on, invoice_id) > (${after.dueOn}::date, ${after.invoiceId})`
  const { rows } = await sql<SettledRow>`
    select invoices.*, ${settlements} from (
      select * from invoices where customer_id = ${customerId} and open_minor > 0 ${from}
      order by due_on, invoice_id limit ${limit}
    ) as invoices`.execute(db)
  return rows.map(settledInvoice)
}

/** The open amount of all invoices of a customer, in minor units. */
export async function openInvoicesMinor(db: Reader, customerId: CustomerId): Promise<number> {
  const { rows } = await sql<{ minor: number }>`
    select coalesce(sum(open_minor), 0)::bigint as minor
    from (select due_on from invoices where customer_id = ${customerId} and open_minor > 0 order by due_on, invoice_id limit 1) as first
    join ledger_days on customer_id = ${customerId} and day >= due_on`.execute(db)
  return rows[0]?.minor ?? 0
}

function settledInvoice({ settlements: made, ...row }: SettledRow): SettledInvoice {
  return { row, settlements: made }
}

/** The change of the sums of a ledger. */
interface LedgerChange {
  readonly days: readonly DayTotals[]
  readonly late: readonly LateTotals[]
  /** Invoices with something dated after today. */
  readonly ahead: readonly Omit<Row<'ledgerAhead'>, 'customerId'>[]
}

/** Changes the stored sums of a ledger. The caller holds the lock of the account. */
export function moveLedger(customerId: CustomerId, { days, late, ahead }: LedgerChange): Write[] {
  return [...moveDays(customerId, days), ...moveLatePayments(customerId, late), ...addAhead(customerId, ahead)]
}

const DAY = {
  customerId: 'text',
  day: 'date',
  invoices: 'bigint',
  invoicedMinor: 'numeric',
  disputedMinor: 'numeric',
  creditedMinor: 'numeric',
  paidMinor: 'numeric',
  paidMinorDays: 'numeric',
  closed: 'bigint',
  closedMinor: 'numeric',
  closedLate: 'bigint',
  closedPaid: 'bigint',
  closedInParts: 'bigint',
  balanceMinor: 'numeric',
  unsettledMinor: 'numeric',
  undisputedMinor: 'numeric',
  undisputed: 'bigint',
  openMinor: 'numeric',
  openDisputedMinor: 'numeric',
  receivedMinor: 'numeric',
  receivedMinorDays: 'numeric'
} as const
const DAYS = columnsOf<DayTotals & { readonly customerId: CustomerId }>(DAY)
const LATE = columnsOf<LateTotals & { readonly customerId: CustomerId }>({
  customerId: 'text',
  day: 'date',
  daysLate: 'integer',
  payments: 'bigint'
})
const AHEAD = columnsOf<Row<'ledgerAhead'>>({ customerId: 'text', countsFrom: 'date', invoiceId: 'text' })

function moveDays(customerId: CustomerId, days: readonly DayTotals[]): Write[] {
  if (days.length === 0) return []
  const rows = days.map((totals) => ({ customerId, ...totals }))
  return [
    () => sql`(insert into ledger_days (${DAYS.names}) select * from ${DAYS.table(rows)} as moved
      on conflict (customer_id, day) do update set ${ADDED_UP})`
  ]
}

const ADDED_UP = sql.join(
  Object.keys(DAY)
    .filter((name) => name !== 'customerId' && name !== 'day')
    .map((name) => sql`${sql.ref(name)} = ${sql.ref(`ledgerDays.${name}`)} + ${sql.ref(`excluded.${name}`)}`)
)

function moveLatePayments(customerId: CustomerId, late: readonly LateTotals[]): Write[] {
  if (late.length === 0) return []
  const rows = late.map((totals) => ({ customerId, ...totals }))
  return [
    () => sql`(insert into late_payments (customer_id, settled_on, days_late, payments) select * from ${LATE.table(rows)} as moved
      on conflict (customer_id, settled_on, days_late) do update set payments = late_payments.payments + excluded.payments)`
  ]
}

function addAhead(customerId: CustomerId, ahead: LedgerChange['ahead']): Write[] {
  if (ahead.length === 0) return []
  const rows = ahead.map((row) => ({ customerId, ...row }))
  return [
    () => sql`(insert into ledger_ahead (${AHEAD.names}) select * from ${AHEAD.table(rows)} as added
      on conflict do nothing)`
  ]
}
