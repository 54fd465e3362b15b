import { addDays, type BusinessDate, daysBetween } from '../values/dates.ts'
import { sumOf } from '../values/money.ts'
import { roundToHundredths, roundToMillionths } from '../values/rounding.ts'
import { shareNearest } from '../values/shares.ts'
import type { SettledInvoice } from './payment-behaviour.ts'

/** What the seller's own ledger tells of the whole relation, beyond how punctually the customer pays. A figure without data is null. */
export interface AccountHistory {
  /** Days since the first invoice, in months of 365.25 / 12 days. */
  readonly monthsSinceFirstInvoice: number | null
  readonly invoices12Months: number | null
  /** The most days that a payment came late, or an open invoice that is not disputed is overdue. Null when nothing was paid or due. */
  readonly longestDaysLate24Months: number | null
  /** Of the amount invoiced; null when nothing was. */
  readonly disputedShare: number | null
  readonly creditNoteShare: number | null
  /** Of the invoices that payments settled in full; null when there are none. */
  readonly partialPaymentShare: number | null
  /** Null unless the ledger reaches back over both halves and the earlier one has sales. */
  readonly purchaseTrend: number | null
}

const YEAR_DAYS = 365
const HALF_YEAR_DAYS = 182
const MONTH_DAYS = 365.25 / 12

/**
 * The history of an account, from the invoices with what settled them as of a day. Windows are counted in days, so that shifting every date
 * changes nothing. The order of the invoices has no influence. O(n).
 */
export function accountHistory(invoices: readonly SettledInvoice[], asOf: BusinessDate): AccountHistory {
  if (invoices.length === 0) return NO_HISTORY
  const yearFrom = addDays(asOf, -YEAR_DAYS)
  const recent = invoices.filter(({ invoice }) => invoice.issuedOn > yearFrom)
  const first = invoices.reduce<BusinessDate | null>(
    (earliest, { invoice }) => (earliest === null || invoice.issuedOn < earliest ? invoice.issuedOn : earliest),
    null
  )
  const invoicedMinor = sumOf(recent, ({ invoice }) => invoice.amountMinor)
  return {
    monthsSinceFirstInvoice: first === null ? null : roundToHundredths(daysBetween(first, asOf) / MONTH_DAYS),
    invoices12Months: first === null ? null : recent.length,
    longestDaysLate24Months: longestDaysLate(invoices, asOf),
    disputedShare: shareNearest(
      sumOf(recent, ({ invoice }) => (invoice.disputed ? invoice.amountMinor : 0)),
      invoicedMinor
    ),
    creditNoteShare: shareNearest(sumOf(recent, creditedMinor), invoicedMinor),
    partialPaymentShare: partialPaymentShare(invoices, yearFrom),
    purchaseTrend: first === null ? null : purchaseTrend(invoices, first, asOf)
  }
}

const NO_HISTORY: AccountHistory = {
  monthsSinceFirstInvoice: null,
  invoices12Months: null,
  longestDaysLate24Months: null,
  disputedShare: null,
  creditNoteShare: null,
  partialPaymentShare: null,
  purchaseTrend: null
}

function longestDaysLate(invoices: readonly SettledInvoice[], asOf: BusinessDate): number | null {
  const from = addDays(asOf, -2 * YEAR_DAYS)
  let longest: number | null = null
  for (const { invoice, parts, openMinor } of invoices) {
    for (const { by, settledOn, daysLate } of parts)
      if (by === 'payment' && settledOn > from) longest = Math.max(longest ?? 0, daysLate)
    if (openMinor > 0 && !invoice.disputed && invoice.dueOn < asOf)
      longest = Math.max(longest ?? 0, daysBetween(invoice.dueOn, asOf))
  }
  return longest
}

function creditedMinor({ parts }: SettledInvoice): number {
  return sumOf(parts, ({ by, amountMinor }) => (by === 'credit_note' ? amountMinor : 0))
}

function partialPaymentShare(invoices: readonly SettledInvoice[], from: BusinessDate): number | null {
  let settled = 0
  let inParts = 0
  for (const { parts, openMinor, lastPaidOn, lastOn } of invoices) {
    if (openMinor > 0 || lastPaidOn === null || lastOn === null || lastOn <= from) continue
    settled += 1
    if (parts.some(({ by, settledOn }) => by === 'payment' && settledOn !== lastPaidOn)) inParts += 1
  }
  return shareNearest(inParts, settled)
}

function purchaseTrend(invoices: readonly SettledInvoice[], first: BusinessDate, asOf: BusinessDate): number | null {
  const middle = addDays(asOf, -HALF_YEAR_DAYS)
  const from = addDays(middle, -HALF_YEAR_DAYS)
  if (first > addDays(from, 1)) return null
  const now = sumOf(invoices, ({ invoice }) => (invoice.issuedOn > middle ? invoice.amountMinor : 0))
  const before = sumOf(invoices, ({ invoice: { issuedOn, amountMinor } }) =>
    issuedOn > from && issuedOn <= middle ? amountMinor : 0
  )
  return before === 0 ? null : roundToMillionths(now / before - 1)
}
