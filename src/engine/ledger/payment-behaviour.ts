import { addMonths, type BusinessDate, daysBetween, monthStart } from '../values/dates.ts'
import { sumOf } from '../values/money.ts'
import { roundToMillionths } from '../values/rounding.ts'
import { shareNearest } from '../values/shares.ts'
import { firstIssuedOn, type LedgerSums, ledgerSums, oldestUnsettledDueOn } from './ledger-sums.ts'
import { type InvoiceFact, type SettlementFact, settledInvoices } from './settled-invoices.ts'

/**
 * How a customer pays, as of a day. A figure without data is null, never zero. Amounts are minor
 * units.
 */
export interface PaymentBehaviour {
  readonly asOf: BusinessDate
  /**
   * The window is the months that end on `asOf`: after `asOf` less these months, up to `asOf`
   * included.
   */
  readonly months: number
  /** Invoices whose last part was settled within the window. */
  readonly settledCount: number
  /** Of these, those whose last payment came after the due date. */
  readonly lateCount: number
  /** `lateCount` / `settledCount`; null when no invoice was settled within the window. */
  readonly shareLate: number | null
  /** Sum of the invoices that `settledCount` counts. */
  readonly settledMinor: number
  /**
   * Σ amount × max(0, days past due) / Σ amount, over the payments of the window, of open
   * invoices too: one that comes early counts as on time. Null without payments.
   */
  readonly weightedDaysLate: number | null
  /**
   * Weighted days late of the last 3 months less that of the 12 months before; null when either
   * has no payment.
   */
  readonly trendDays: number | null
  /** Invoiced within the window. */
  readonly invoicedMinor: number
  /** Of all invoices, disputed ones included. */
  readonly openMinor: number
  /** Open, past due and not disputed. */
  readonly overdueMinor: number
  /** `overdueMinor` / `openMinor`; null when nothing is open. */
  readonly shareOverdue: number | null
  /** 0 when nothing is overdue. */
  readonly longestOverdueDays: number
  /** Earliest due date of an open invoice that is not disputed; null when there is none. */
  readonly oldestOpenDueOn: BusinessDate | null
  /**
   * The most that was owed at the end of any day and has been paid since. An invoice counts once
   * it is settled in full, from its issue on, with what payments settled of it: what a credit
   * note took back is no experience of paying. Null when no such invoice was paid.
   */
  readonly highestSettledBalanceMinor: number | null
  /**
   * Days sales outstanding by the count-back method; 0 when nothing is open, null when nothing
   * was ever invoiced.
   */
  readonly dsoDays: number | null
  /**
   * More is open than was invoiced in the two years looked at: the true DSO is longer than
   * `dsoDays`.
   */
  readonly dsoExhausted: boolean
}

const TREND_MONTHS = 3
const TREND_BASE_MONTHS = 12
const COUNT_BACK_MONTHS = 24

/**
 * Payment behaviour from the seller's own ledger, from nothing but what is dated and known on or
 * before `asOf`. The order of the facts has no influence; a settlement of an unknown invoice is
 * left out, and one that exceeds its invoice counts up to the invoice. O(n log n).
 */
export function paymentBehaviour(
  invoices: readonly InvoiceFact[],
  settlements: readonly SettlementFact[],
  asOf: BusinessDate,
  months = 12
): PaymentBehaviour {
  return paymentBehaviourOf(ledgerSums(settledInvoices(invoices, settlements, asOf)), asOf, months)
}

/** The same from the sums of a ledger as of the same day. */
export function paymentBehaviourOf(sums: LedgerSums, asOf: BusinessDate, months = 12): PaymentBehaviour {
  if (firstIssuedOn(sums) === null) return { ...NO_BEHAVIOUR, asOf, months }
  const from = addMonths(asOf, -months)
  const recentFrom = addMonths(asOf, -TREND_MONTHS)
  const recent = weightedDaysLate(sums, recentFrom, asOf)
  const before = weightedDaysLate(sums, addMonths(asOf, -TREND_MONTHS - TREND_BASE_MONTHS), recentFrom)
  const closed = sums.closed.filter(({ day }) => day > from)
  const settledCount = sumOf(closed, (each) => each.closed)
  const lateCount = sumOf(closed, ({ closedLate }) => closedLate)
  const openMinor = sumOf(sums.unsettled, ({ unsettledMinor }) => unsettledMinor)
  const overdueMinor = sumOf(sums.unsettled, ({ day, undisputedMinor }) => (day < asOf ? undisputedMinor : 0))
  const oldestOpenDueOn = oldestUnsettledDueOn(sums)
  return {
    asOf,
    months,
    settledCount,
    lateCount,
    shareLate: shareNearest(lateCount, settledCount),
    settledMinor: sumOf(closed, ({ closedMinor }) => closedMinor),
    weightedDaysLate: weightedDaysLate(sums, from, asOf),
    trendDays: recent === null || before === null ? null : roundToMillionths(recent - before),
    invoicedMinor: sumOf(sums.issued, ({ day, invoicedMinor }) => (day > from ? invoicedMinor : 0)),
    openMinor,
    overdueMinor,
    shareOverdue: shareNearest(overdueMinor, openMinor),
    longestOverdueDays: oldestOpenDueOn === null ? 0 : Math.max(0, daysBetween(oldestOpenDueOn, asOf)),
    oldestOpenDueOn,
    highestSettledBalanceMinor: highestSettledBalance(sums),
    ...countBack(sums, openMinor, asOf)
  }
}

const NO_BEHAVIOUR = {
  settledCount: 0,
  lateCount: 0,
  shareLate: null,
  settledMinor: 0,
  weightedDaysLate: null,
  trendDays: null,
  invoicedMinor: 0,
  openMinor: 0,
  overdueMinor: 0,
  shareOverdue: null,
  longestOverdueDays: 0,
  oldestOpenDueOn: null,
  highestSettledBalanceMinor: null,
  dsoDays: null,
  dsoExhausted: false
} as const

/** Over payments after `from` and up to `to`; null when there are none. */
function weightedDaysLate({ paid }: LedgerSums, from: BusinessDate, to: BusinessDate): number | null {
  let minor = 0n
  let minorDays = 0n
  for (const { day, paidMinor, paidMinorDays } of paid) {
    if (day <= from || day > to) continue
    minor += paidMinor
    minorDays += paidMinorDays
  }
  return minor === 0n ? null : roundToMillionths(Number(minorDays) / Number(minor))
}

function highestSettledBalance({ closed, balance }: LedgerSums): number | null {
  if (!closed.some(({ closedPaid }) => closedPaid > 0)) return null
  const changes = new Map<BusinessDate, number>()
  for (const { day, balanceMinor } of balance) changes.set(day, (changes.get(day) ?? 0) + balanceMinor)
  let owed = 0
  let highest = 0
  for (const [, minor] of [...changes].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    owed += minor
    highest = Math.max(highest, owed)
  }
  return highest
}

/**
 * Walks back through calendar months until their sales use up what is open; the month in which
 * that happens counts pro rata.
 */
function countBack(
  { issued }: LedgerSums,
  openMinor: number,
  asOf: BusinessDate
): Pick<PaymentBehaviour, 'dsoDays' | 'dsoExhausted'> {
  if (openMinor === 0) return { dsoDays: 0, dsoExhausted: false }
  const salesByMonth = new Map<BusinessDate, number>()
  for (const { day, invoicedMinor } of issued) {
    const month = monthStart(day)
    salesByMonth.set(month, (salesByMonth.get(month) ?? 0) + invoicedMinor)
  }
  let month = monthStart(asOf)
  let monthDays = daysBetween(month, asOf) + 1
  let rest = openMinor
  let days = 0
  for (let back = 0; back < COUNT_BACK_MONTHS; back += 1) {
    const sales = salesByMonth.get(month) ?? 0
    if (sales >= rest) return { dsoDays: roundToMillionths(days + (monthDays * rest) / sales), dsoExhausted: false }
    rest -= sales
    days += monthDays
    const earlier = addMonths(month, -1)
    monthDays = daysBetween(earlier, month)
    month = earlier
  }
  return { dsoDays: days, dsoExhausted: true }
}
