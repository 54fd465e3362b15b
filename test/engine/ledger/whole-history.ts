import type { AccountHistory } from '../../../src/engine/ledger/account-history.ts'
import type { PaymentBehaviour } from '../../../src/engine/ledger/payment-behaviour.ts'
import {
  type InvoiceFact,
  type SettledInvoice,
  type SettledPart,
  type SettlementFact,
  settledInvoices
} from '../../../src/engine/ledger/settled-invoices.ts'
import { addDays, addMonths, type BusinessDate, daysBetween, monthStart } from '../../../src/engine/values/dates.ts'

/**
 * The figures of a ledger straight from its facts, without any sum that is kept: what the sums
 * are held against.
 */
interface WholeHistory {
  readonly behaviour: PaymentBehaviour
  readonly history: AccountHistory
  readonly purchaseDays: number
}

export function wholeHistory(
  invoices: readonly InvoiceFact[],
  settlements: readonly SettlementFact[],
  asOf: BusinessDate,
  months = 12
): WholeHistory {
  const accounts = settledInvoices(invoices, settlements, asOf)
  return {
    behaviour: behaviourOf(accounts, asOf, months),
    history: historyOf(accounts, asOf),
    purchaseDays: Math.min(365, 1 + Math.max(-1, ...accounts.map(({ invoice }) => daysBetween(invoice.issuedOn, asOf))))
  }
}

function behaviourOf(accounts: readonly SettledInvoice[], asOf: BusinessDate, months: number): PaymentBehaviour {
  if (accounts.length === 0) return { ...NO_BEHAVIOUR, asOf, months }
  const from = addMonths(asOf, -months)
  const parts = accounts.flatMap((account) => account.parts)
  const closed = accounts.filter(({ openMinor, lastOn }) => openMinor === 0 && lastOn !== null && lastOn > from)
  const late = closed.filter(({ invoice, lastPaidOn }) => lastPaidOn !== null && lastPaidOn > invoice.dueOn)
  const open = accounts.filter(({ openMinor }) => openMinor > 0)
  const contestable = open.filter(({ invoice }) => !invoice.disputed)
  const overdue = contestable.filter(({ invoice }) => invoice.dueOn < asOf)
  const openMinor = sumOf(open, (account) => account.openMinor)
  const overdueMinor = sumOf(overdue, (account) => account.openMinor)
  const oldestOpenDueOn = earliest(contestable.map(({ invoice }) => invoice.dueOn))
  const recentFrom = addMonths(asOf, -3)
  const recent = weightedDaysLate(parts, recentFrom, asOf)
  const before = weightedDaysLate(parts, addMonths(asOf, -15), recentFrom)
  return {
    asOf,
    months,
    settledCount: closed.length,
    lateCount: late.length,
    shareLate: closed.length === 0 ? null : rounded(late.length / closed.length),
    settledMinor: sumOf(closed, ({ invoice }) => invoice.amountMinor),
    weightedDaysLate: weightedDaysLate(parts, from, asOf),
    trendDays: recent === null || before === null ? null : rounded(recent - before),
    invoicedMinor: sumOf(
      accounts.filter(({ invoice }) => invoice.issuedOn > from),
      ({ invoice }) => invoice.amountMinor
    ),
    openMinor,
    overdueMinor,
    shareOverdue: openMinor === 0 ? null : rounded(overdueMinor / openMinor),
    longestOverdueDays: oldestOpenDueOn === null ? 0 : Math.max(0, daysBetween(oldestOpenDueOn, asOf)),
    oldestOpenDueOn,
    highestSettledBalanceMinor: highestSettledBalance(accounts),
    ...countBack(accounts, openMinor, asOf)
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
function weightedDaysLate(parts: readonly SettledPart[], from: BusinessDate, to: BusinessDate): number | null {
  const paid = parts.filter(({ by, settledOn }) => by === 'payment' && settledOn > from && settledOn <= to)
  if (paid.length === 0) return null
  // Amounts times days leave the safe integers, and then the order of the facts would show in the
  // last digits.
  let amountMinor = 0n
  let amountDays = 0n
  for (const part of paid) {
    amountMinor += BigInt(part.amountMinor)
    amountDays += BigInt(part.amountMinor) * BigInt(part.daysLate)
  }
  return rounded(Number(amountDays) / Number(amountMinor))
}

function highestSettledBalance(accounts: readonly SettledInvoice[]): number | null {
  const paid = accounts.filter(({ openMinor, lastPaidOn }) => openMinor === 0 && lastPaidOn !== null)
  if (paid.length === 0) return null
  const changes = new Map<BusinessDate, number>()
  const change = (date: BusinessDate, minor: number) => changes.set(date, (changes.get(date) ?? 0) + minor)
  for (const { invoice, parts } of paid) {
    for (const { settledOn, amountMinor, by } of parts) {
      if (by !== 'payment') continue
      change(invoice.issuedOn, amountMinor)
      change(settledOn, -amountMinor)
    }
  }
  let balance = 0
  let highest = 0
  for (const [, minor] of [...changes].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    balance += minor
    highest = Math.max(highest, balance)
  }
  return highest
}

const COUNT_BACK_MONTHS = 24

/**
 * Walks back through calendar months until their sales use up what is open; the month in which
 * that happens counts pro rata.
 */
function countBack(
  accounts: readonly SettledInvoice[],
  openMinor: number,
  asOf: BusinessDate
): Pick<PaymentBehaviour, 'dsoDays' | 'dsoExhausted'> {
  if (accounts.length === 0) return { dsoDays: null, dsoExhausted: false }
  if (openMinor === 0) return { dsoDays: 0, dsoExhausted: false }
  const salesByMonth = new Map<BusinessDate, number>()
  for (const { invoice } of accounts) {
    const month = monthStart(invoice.issuedOn)
    salesByMonth.set(month, (salesByMonth.get(month) ?? 0) + invoice.amountMinor)
  }
  let month = monthStart(asOf)
  let monthDays = daysBetween(month, asOf) + 1
  let rest = openMinor
  let days = 0
  for (let back = 0; back < COUNT_BACK_MONTHS; back += 1) {
    const sales = salesByMonth.get(month) ?? 0
    if (sales >= rest) return { dsoDays: rounded(days + (monthDays * rest) / sales), dsoExhausted: false }
    rest -= sales
    days += monthDays
    const earlier = addMonths(month, -1)
    monthDays = daysBetween(earlier, month)
    month = earlier
  }
  return { dsoDays: days, dsoExhausted: true }
}

function sumOf<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0)
}

function earliest(dates: readonly BusinessDate[]): BusinessDate | null {
  return dates.reduce<BusinessDate | null>((first, date) => (first === null || date < first ? date : first), null)
}

/** Six decimals: enough for days and shares, and free of the noise of division. */
function rounded(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000
}

function historyOf(invoices: readonly SettledInvoice[], asOf: BusinessDate): AccountHistory {
  if (invoices.length === 0) return NO_HISTORY
  const yearFrom = addDays(asOf, -365)
  const recent = invoices.filter(({ invoice }) => invoice.issuedOn > yearFrom)
  const first = invoices.reduce<BusinessDate | null>(
    (earliest, { invoice }) => (earliest === null || invoice.issuedOn < earliest ? invoice.issuedOn : earliest),
    null
  )
  const invoicedMinor = sumOf(recent, ({ invoice }) => invoice.amountMinor)
  return {
    monthsSinceFirstInvoice: first === null ? null : Math.round((daysBetween(first, asOf) / (365.25 / 12)) * 100) / 100,
    invoices12Months: first === null ? null : recent.length,
    longestDaysLate24Months: longestDaysLate(invoices, asOf),
    disputedShare: shareOf(
      sumOf(recent, ({ invoice }) => (invoice.disputed ? invoice.amountMinor : 0)),
      invoicedMinor
    ),
    creditNoteShare: shareOf(sumOf(recent, creditedMinor), invoicedMinor),
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
  const from = addDays(asOf, -2 * 365)
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
  return shareOf(inParts, settled)
}

function purchaseTrend(invoices: readonly SettledInvoice[], first: BusinessDate, asOf: BusinessDate): number | null {
  const middle = addDays(asOf, -182)
  const from = addDays(middle, -182)
  if (first > addDays(from, 1)) return null
  const now = sumOf(invoices, ({ invoice }) => (invoice.issuedOn > middle ? invoice.amountMinor : 0))
  const before = sumOf(invoices, ({ invoice: { issuedOn, amountMinor } }) =>
    issuedOn > from && issuedOn <= middle ? amountMinor : 0
  )
  return before === 0 ? null : rounded(now / before - 1)
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole)
}
