import { addMonths, type BusinessDate, daysBetween, monthStart } from '../values/dates.ts'
import { isKnown } from '../values/known.ts'
import { sumOf } from '../values/money.ts'
import { roundToMillionths } from '../values/rounding.ts'
import { shareNearest } from '../values/shares.ts'

/** An issued invoice, in minor units of the account's currency. */
export interface InvoiceFact {
  readonly invoiceId: string
  readonly issuedOn: BusinessDate
  /** Day on which the seller recorded it; without it, `issuedOn`. */
  readonly knownOn?: BusinessDate
  readonly dueOn: BusinessDate
  readonly amountMinor: number
  /** The customer contests it: it is open, but not overdue. */
  readonly disputed: boolean
}

/** A part of an invoice that was settled. A credit note settles, but says nothing about how the customer pays. */
export interface SettlementFact {
  readonly invoiceId: string
  readonly settledOn: BusinessDate
  /** Day on which the seller recorded it; without it, `settledOn`. */
  readonly knownOn?: BusinessDate
  readonly amountMinor: number
  readonly by: 'payment' | 'credit_note'
}

/** How a customer pays, as of a day. A figure without data is null, never zero. Amounts are minor units. */
export interface PaymentBehaviour {
  readonly asOf: BusinessDate
  /** The window is the months that end on `asOf`: after `asOf` less these months, up to `asOf` included. */
  readonly months: number
  /** Invoices whose last part was settled within the window. */
  readonly settledCount: number
  /** Of these, those whose last payment came after the due date. */
  readonly lateCount: number
  /** `lateCount` / `settledCount`; null when no invoice was settled within the window. */
  readonly shareLate: number | null
  /** Sum of the invoices that `settledCount` counts. */
  readonly settledMinor: number
  /** Σ amount × max(0, days past due) / Σ amount, over the payments of the window, of open invoices too: one that comes early counts as on time. Null without payments. */
  readonly weightedDaysLate: number | null
  /** Weighted days late of the last 3 months less that of the 12 months before; null when either has no payment. */
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
   * The most that was owed at the end of any day and has been paid since. An invoice counts once it is settled in full, from its issue
   * on, with what payments settled of it: what a credit note took back is no experience of paying. Null when no such invoice was paid.
   */
  readonly highestSettledBalanceMinor: number | null
  /** Days sales outstanding by the count-back method; 0 when nothing is open, null when nothing was ever invoiced. */
  readonly dsoDays: number | null
  /** More is open than was invoiced in the two years looked at: the true DSO is longer than `dsoDays`. */
  readonly dsoExhausted: boolean
}

const TREND_MONTHS = 3
const TREND_BASE_MONTHS = 12
const COUNT_BACK_MONTHS = 24

/**
 * Payment behaviour from the seller's own ledger, from nothing but what is dated and known on or before `asOf`. The order of the facts has no influence;
 * a settlement of an unknown invoice is left out, and one that exceeds its invoice counts up to the invoice. O(n log n).
 */
export function paymentBehaviour(
  invoices: readonly InvoiceFact[],
  settlements: readonly SettlementFact[],
  asOf: BusinessDate,
  months = 12
): PaymentBehaviour {
  return paymentBehaviourOf(settledInvoices(invoices, settlements, asOf), asOf, months)
}

/** The same from invoices whose settlements have been matched by `settledInvoices` as of the same day. */
export function paymentBehaviourOf(
  accounts: readonly SettledInvoice[],
  asOf: BusinessDate,
  months = 12
): PaymentBehaviour {
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
  const recentFrom = addMonths(asOf, -TREND_MONTHS)
  const recent = weightedDaysLate(parts, recentFrom, asOf)
  const before = weightedDaysLate(parts, addMonths(asOf, -TREND_MONTHS - TREND_BASE_MONTHS), recentFrom)
  return {
    asOf,
    months,
    settledCount: closed.length,
    lateCount: late.length,
    shareLate: shareNearest(late.length, closed.length),
    settledMinor: sumOf(closed, ({ invoice }) => invoice.amountMinor),
    weightedDaysLate: weightedDaysLate(parts, from, asOf),
    trendDays: recent === null || before === null ? null : roundToMillionths(recent - before),
    invoicedMinor: sumOf(
      accounts.filter(({ invoice }) => invoice.issuedOn > from),
      ({ invoice }) => invoice.amountMinor
    ),
    openMinor,
    overdueMinor,
    shareOverdue: shareNearest(overdueMinor, openMinor),
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

/** A part of an invoice that a payment or a credit note settled, cut to what was open. */
export interface SettledPart {
  readonly settledOn: BusinessDate
  readonly amountMinor: number
  readonly daysLate: number
  readonly by: SettlementFact['by']
}

/** An invoice with what settled it. */
export interface SettledInvoice {
  readonly invoice: InvoiceFact
  readonly parts: readonly SettledPart[]
  readonly openMinor: number
  readonly lastOn: BusinessDate | null
  readonly lastPaidOn: BusinessDate | null
}

/** The invoices that are dated and known on or before a day, each with what had settled it by then. */
export function settledInvoices(
  invoices: readonly InvoiceFact[],
  settlements: readonly SettlementFact[],
  asOf: BusinessDate
): SettledInvoice[] {
  if (invoices.length === 0) return []
  const byInvoice = new Map<string, SettlementFact[]>()
  for (const settlement of settlements) {
    if (!isKnown(settlement.settledOn, settlement.knownOn, asOf)) continue
    const known = byInvoice.get(settlement.invoiceId)
    if (known === undefined) byInvoice.set(settlement.invoiceId, [settlement])
    else known.push(settlement)
  }
  return invoices
    .filter(({ issuedOn, knownOn }) => isKnown(issuedOn, knownOn, asOf))
    .map((invoice) => settledInvoice(invoice, byInvoice.get(invoice.invoiceId) ?? []))
}

function settledInvoice(invoice: InvoiceFact, settlements: readonly SettlementFact[]): SettledInvoice {
  let openMinor = invoice.amountMinor
  const parts: SettledPart[] = []
  for (const { settledOn, amountMinor, by } of settlements.toSorted(byDateAndKind)) {
    const part = Math.min(amountMinor, openMinor)
    if (part <= 0) continue
    openMinor -= part
    parts.push({ settledOn, amountMinor: part, daysLate: Math.max(0, daysBetween(invoice.dueOn, settledOn)), by })
  }
  const lastOn = parts.at(-1)?.settledOn ?? null
  const lastPaidOn = parts.findLast(({ by }) => by === 'payment')?.settledOn ?? null
  return { invoice, parts, openMinor, lastOn, lastPaidOn }
}

/** By date, then payments first, then by amount: the same facts in any order give the same parts. */
function byDateAndKind(left: SettlementFact, right: SettlementFact): number {
  if (left.settledOn !== right.settledOn) return left.settledOn < right.settledOn ? -1 : 1
  if (left.by !== right.by) return left.by === 'payment' ? -1 : 1
  return left.amountMinor - right.amountMinor
}

/** Over payments after `from` and up to `to`; null when there are none. */
function weightedDaysLate(parts: readonly SettledPart[], from: BusinessDate, to: BusinessDate): number | null {
  const paid = parts.filter(({ by, settledOn }) => by === 'payment' && settledOn > from && settledOn <= to)
  if (paid.length === 0) return null
  // Amounts times days leave the safe integers, and then the order of the facts would show in the last digits.
  let amountMinor = 0n
  let amountDays = 0n
  for (const part of paid) {
    amountMinor += BigInt(part.amountMinor)
    amountDays += BigInt(part.amountMinor) * BigInt(part.daysLate)
  }
  return roundToMillionths(Number(amountDays) / Number(amountMinor))
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

/** Walks back through calendar months until their sales use up what is open; the month in which that happens counts pro rata. */
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
    if (sales >= rest) return { dsoDays: roundToMillionths(days + (monthDays * rest) / sales), dsoExhausted: false }
    rest -= sales
    days += monthDays
    const earlier = addMonths(month, -1)
    monthDays = daysBetween(earlier, month)
    month = earlier
  }
  return { dsoDays: days, dsoExhausted: true }
}

function earliest(dates: readonly BusinessDate[]): BusinessDate | null {
  return dates.reduce<BusinessDate | null>((first, date) => (first === null || date < first ? date : first), null)
}
