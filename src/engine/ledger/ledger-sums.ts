import type { BusinessDate } from '../values/dates.ts'
import type { SettledInvoice } from './settled-invoices.ts'

/** Over the invoices issued on a day, in minor units. */
interface IssuedSums {
  readonly day: BusinessDate
  readonly invoices: number
  readonly invoicedMinor: number
  readonly disputedMinor: number
  /** What credit notes settled of them, on whatever day. */
  readonly creditedMinor: number
}

/**
 * Over the payments of a day, each cut to what was open of its invoice. They are bigints because
 * amounts times days leave the safe integers.
 */
interface PaidSums {
  readonly day: BusinessDate
  readonly paidMinor: bigint
  /** Σ amount × days after the due date. */
  readonly paidMinorDays: bigint
  readonly mostDaysLate: number
}

/** Over the invoices whose last part was settled on a day. */
interface ClosedSums {
  readonly day: BusinessDate
  readonly closed: number
  readonly closedMinor: number
  /** Those whose last payment came after the due date. */
  readonly closedLate: number
  /** Those of which a payment settled something. */
  readonly closedPaid: number
  /** Those that payments of more than one day settled. */
  readonly closedInParts: number
}

/**
 * By how much a day changes the balance of the invoices that are settled in full by now, as far
 * as payments settled them.
 */
interface BalanceSums {
  readonly day: BusinessDate
  readonly balanceMinor: number
}

/** Over the invoices due on a day: what is still open of them. */
interface UnsettledSums {
  readonly day: BusinessDate
  readonly unsettledMinor: number
  /** Of those that are not disputed, and how many these are. */
  readonly undisputedMinor: number
  readonly undisputed: number
}

/** A day with all that belongs to it. */
export type DaySums = IssuedSums & PaidSums & ClosedSums & BalanceSums & UnsettledSums

/**
 * What a ledger adds up to by day, as it was known on some day: enough for behaviour, history and
 * limits. Every figure but the most days late is a sum, so an invoice that changes is taken out
 * as it was and added as it is. A day may stand in a list more than once, and one list of whole
 * days may serve as all five.
 */
export interface LedgerSums {
  readonly issued: readonly IssuedSums[]
  readonly paid: readonly PaidSums[]
  readonly closed: readonly ClosedSums[]
  readonly balance: readonly BalanceSums[]
  readonly unsettled: readonly UnsettledSums[]
}

/** The sums of a ledger, from its invoices with what had settled them. O(n). */
export function ledgerSums(invoices: readonly SettledInvoice[]): LedgerSums {
  const sums = noSums()
  for (const invoice of invoices) addInvoice(sums, invoice)
  return sums
}

/** The same while they are gathered. */
type Lists = { [List in keyof LedgerSums]: LedgerSums[List][number][] }

/** The sums of an empty ledger, to add to. */
export function noSums(): Lists {
  return { issued: [], paid: [], closed: [], balance: [], unsettled: [] }
}

/** Adds what one invoice contributes: the definition of the sums. */
export function addInvoice(sums: Lists, settled: SettledInvoice): void {
  const { invoice, parts, openMinor } = settled
  const { issuedOn, dueOn, amountMinor, disputed } = invoice
  let creditedMinor = 0
  for (const part of parts) {
    if (part.by === 'credit_note') creditedMinor += part.amountMinor
    else sums.paid.push(paidSums(part))
  }
  sums.issued.push({
    day: issuedOn,
    invoices: 1,
    invoicedMinor: amountMinor,
    disputedMinor: disputed ? amountMinor : 0,
    creditedMinor
  })
  if (openMinor > 0)
    sums.unsettled.push({
      day: dueOn,
      unsettledMinor: openMinor,
      undisputedMinor: disputed ? 0 : openMinor,
      undisputed: disputed ? 0 : 1
    })
  else addClosed(sums, settled)
}

function paidSums({ settledOn, amountMinor, daysLate }: SettledInvoice['parts'][number]): PaidSums {
  const paidMinor = BigInt(amountMinor)
  return { day: settledOn, paidMinor, paidMinorDays: paidMinor * BigInt(daysLate), mostDaysLate: daysLate }
}

/** What an invoice contributes once it is settled in full. One of no amount never was. */
function addClosed({ closed, balance }: Lists, { invoice, parts, lastOn, lastPaidOn }: SettledInvoice): void {
  if (lastOn === null) return
  const paid = parts.filter(({ by }) => by === 'payment')
  closed.push({
    day: lastOn,
    closed: 1,
    closedMinor: invoice.amountMinor,
    closedLate: lastPaidOn !== null && lastPaidOn > invoice.dueOn ? 1 : 0,
    closedPaid: lastPaidOn === null ? 0 : 1,
    closedInParts: paid.some(({ settledOn }) => settledOn !== lastPaidOn) ? 1 : 0
  })
  for (const { settledOn, amountMinor } of paid) {
    balance.push({ day: invoice.issuedOn, balanceMinor: amountMinor })
    balance.push({ day: settledOn, balanceMinor: -amountMinor })
  }
}

/** The day of the first invoice; null when there is none. */
export function firstIssuedOn({ issued }: LedgerSums): BusinessDate | null {
  return earliestDay(issued, ({ invoices }) => invoices > 0)
}

/** The earliest due date of what is neither settled nor disputed; null when there is none. */
export function oldestUnsettledDueOn({ unsettled }: LedgerSums): BusinessDate | null {
  return earliestDay(unsettled, ({ undisputed }) => undisputed > 0)
}

function earliestDay<Sums extends { readonly day: BusinessDate }>(
  list: readonly Sums[],
  counts: (sums: Sums) => boolean
): BusinessDate | null {
  let first: BusinessDate | null = null
  for (const sums of list) if ((first === null || sums.day < first) && counts(sums)) first = sums.day
  return first
}
