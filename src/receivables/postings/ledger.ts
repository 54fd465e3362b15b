import type { LockedAccount } from '../../accounts/store.ts'
import type { Row, Write } from '../../database.ts'
import { LedgerTotals, type RecordedInvoice } from '../../engine/index.ts'
import { moveLedger, type SettledInvoice } from '../store/ledger.ts'

/** Updates the sums of the ledger when invoices or their settlements change. */
export function postLedger(
  { account, today }: LockedAccount,
  before: readonly SettledInvoice[],
  after: readonly SettledInvoice[]
): Write[] {
  const totals = new LedgerTotals()
  for (const invoice of before) totals.take(recordedInvoice(invoice))
  for (const invoice of after) totals.put(recordedInvoice(invoice))
  const ahead = after.flatMap((invoice) => daysAhead(invoice, today))
  return moveLedger(account.customerId, { days: totals.days(), late: totals.late(), ahead })
}

/** The days after today on which something of an invoice begins to count. */
function daysAhead({ row: { invoiceId, issuedOn }, settlements }: SettledInvoice, today: string) {
  const days = new Set([issuedOn, ...settlements.map(({ settledOn }) => settledOn)])
  return [...days].filter((day) => day > today).map((countsFrom) => ({ countsFrom, invoiceId }))
}

/** In the form that the engine adds up: an adjustment settles like a credit note. */
function recordedInvoice({ row, settlements }: SettledInvoice): RecordedInvoice {
  return {
    invoice: row,
    openMinor: row.openMinor,
    settlements: settlements.map(({ kind, ...settlement }) => ({
      ...settlement,
      by: kind === 'payment' ? 'payment' : 'credit_note'
    }))
  }
}

/**
 * The settlements of an invoice with one more: a second part of one credit joins the first and
 * keeps its day.
 */
export function settledWith(
  settlements: readonly Row<'allocations'>[],
  added: Row<'allocations'>
): Row<'allocations'>[] {
  const isSame = ({ kind, creditId }: Row<'allocations'>) => kind === added.kind && creditId === added.creditId
  const known = settlements.find(isSame)
  if (known === undefined) return [...settlements, added]
  const joined = { ...known, amountMinor: known.amountMinor + added.amountMinor }
  return settlements.map((each) => (each === known ? joined : each))
}
