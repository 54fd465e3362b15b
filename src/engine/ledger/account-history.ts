import { addDays, type BusinessDate, daysBetween } from '../values/dates.ts'
import { sumOf } from '../values/money.ts'
import { roundToHundredths, roundToMillionths } from '../values/rounding.ts'
import { shareNearest } from '../values/shares.ts'
import { firstIssuedOn, type LedgerSums, oldestUnsettledDueOn } from './ledger-sums.ts'

/**
 * What the seller's own ledger tells of the whole relation, beyond how punctually the customer
 * pays. A figure without data is null.
 */
export interface AccountHistory {
  /** Days since the first invoice, in months of 365.25 / 12 days. */
  readonly monthsSinceFirstInvoice: number | null
  readonly invoices12Months: number | null
  /**
   * The most days that a payment came late, or an open invoice that is not disputed is overdue.
   * Null when nothing was paid or due.
   */
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
 * The history of an account, from the sums of its ledger as of a day. Windows are counted in
 * days, so that shifting every date changes nothing. The order of the sums has no influence.
 * O(n).
 */
export function accountHistory(sums: LedgerSums, asOf: BusinessDate): AccountHistory {
  const first = firstIssuedOn(sums)
  if (first === null) return NO_HISTORY
  const yearFrom = addDays(asOf, -YEAR_DAYS)
  const recent = sums.issued.filter(({ day }) => day > yearFrom)
  const invoicedMinor = sumOf(recent, (each) => each.invoicedMinor)
  const closed = sums.closed.filter(({ day }) => day > yearFrom)
  return {
    monthsSinceFirstInvoice: roundToHundredths(daysBetween(first, asOf) / MONTH_DAYS),
    invoices12Months: sumOf(recent, ({ invoices }) => invoices),
    longestDaysLate24Months: longestDaysLate(sums, asOf),
    disputedShare: shareNearest(
      sumOf(recent, ({ disputedMinor }) => disputedMinor),
      invoicedMinor
    ),
    creditNoteShare: shareNearest(
      sumOf(recent, ({ creditedMinor }) => creditedMinor),
      invoicedMinor
    ),
    partialPaymentShare: shareNearest(
      sumOf(closed, ({ closedInParts }) => closedInParts),
      sumOf(closed, ({ closedPaid }) => closedPaid)
    ),
    purchaseTrend: purchaseTrend(sums, first, asOf)
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

function longestDaysLate(sums: LedgerSums, asOf: BusinessDate): number | null {
  const from = addDays(asOf, -2 * YEAR_DAYS)
  const paid = sums.paid.filter(({ day, paidMinor }) => day > from && paidMinor > 0n)
  const longestPaid = paid.reduce<number | null>((most, { mostDaysLate }) => Math.max(most ?? 0, mostDaysLate), null)
  const oldest = oldestUnsettledDueOn(sums)
  if (oldest === null || oldest >= asOf) return longestPaid
  return Math.max(longestPaid ?? 0, daysBetween(oldest, asOf))
}

function purchaseTrend({ issued }: LedgerSums, first: BusinessDate, asOf: BusinessDate): number | null {
  const middle = addDays(asOf, -HALF_YEAR_DAYS)
  const from = addDays(middle, -HALF_YEAR_DAYS)
  if (first > addDays(from, 1)) return null
  const now = sumOf(issued, ({ day, invoicedMinor }) => (day > middle ? invoicedMinor : 0))
  const before = sumOf(issued, ({ day, invoicedMinor }) => (day > from && day <= middle ? invoicedMinor : 0))
  return before === 0 ? null : roundToMillionths(now / before - 1)
}
