import type { BusinessDate } from '../values/dates.ts'

/** What security covers on one day. */
interface SecurityCover {
  /** Sum of what is in force on the day, in minor units of the account's currency, 0 or more. */
  readonly coverMinor: number
  /**
   * The earliest day on which a part of it ends, that day included; null when nothing is in force
   * or nothing ends.
   */
  readonly validUntil: BusinessDate | null
  /**
   * Names a security that the limit requires and that is not in force; null when none is missing.
   */
  readonly lapsed: string | null
}

/**
 * What an ageing snapshot would say if no overdue invoice had been disputed or put off; of
 * thousands of such invoices, the thousand that were due first.
 */
interface WithoutEasing extends Pick<Situation, 'overdueMinor' | 'oldestDueOn' | 'overdueSeverity' | 'dunningLevel'> {
  /** How many there are, 1..1,000. */
  readonly invoices: number
}

/**
 * The ageing snapshot of an account: what its open and settled items say on one day. All amounts
 * are minor units of the account's currency. It is the same for every order of that day while no
 * fact changes, so it can be kept beside the account.
 */
export interface Situation {
  /** The day of the snapshot. */
  readonly asOf: BusinessDate
  /** Open invoices, disputed ones included. */
  readonly openMinor: number
  /** Past due, not disputed, less what was received and not applied; never below 0. */
  readonly overdueMinor: number
  /** Open and disputed. */
  readonly disputedMinor: number
  /** Received and not applied, 0 or more. */
  readonly unappliedMinor: number
  /**
   * Due date of the oldest open invoice that is not disputed and of at least the policy's minimum
   * item amount.
   */
  readonly oldestDueOn: BusinessDate | null
  /**
   * Σ open amount in major units × days past due, over what is not disputed, after what was
   * received and not applied has settled the oldest first. A whole number, rounded down.
   */
  readonly overdueSeverity: number
  /** The highest dunning level among open invoices that are not disputed, 0..9. */
  readonly dunningLevel: number
  /**
   * Days late of what was paid in the last twelve months, weighted by amount, to one decimal; null
   * when nothing was paid.
   */
  readonly paymentDaysLate: number | null
  /**
   * Orders, as items and as active reservations, that ship later than the policy's horizon after
   * `asOf`, 0 or more.
   */
  readonly beyondHorizonMinor: number
  readonly security: SecurityCover
  /** Left out: no open invoice was disputed or put off while it was overdue. */
  readonly withoutEasing?: WithoutEasing
}

/** The situation of an account without any item. */
export function emptySituation(asOf: BusinessDate): Situation {
  return {
    asOf,
    openMinor: 0,
    overdueMinor: 0,
    disputedMinor: 0,
    unappliedMinor: 0,
    oldestDueOn: null,
    overdueSeverity: 0,
    dunningLevel: 0,
    paymentDaysLate: null,
    beyondHorizonMinor: 0,
    security: { coverMinor: 0, validUntil: null, lapsed: null }
  }
}

/** When an invoice is to be paid, and what has been said of that since. */
export interface DueInvoice {
  readonly dueOn: BusinessDate
  /** The customer contests it: it does not count as overdue. */
  readonly disputed: boolean
  /** As `easedDueOn` says; null: it is due as it always was. */
  readonly easedDueOn: BusinessDate | null
}

/**
 * The day on which an invoice was due when it was eased, that is disputed or put off although it
 * was overdue; null: it was not, or that was taken back. What is disputed before it is overdue is
 * never eased.
 */
export function easedDueOn(
  before: DueInvoice | undefined,
  after: Pick<DueInvoice, 'dueOn' | 'disputed'>,
  today: BusinessDate
): BusinessDate | null {
  if (before === undefined) return null
  const countedFrom = before.easedDueOn ?? (before.disputed ? null : before.dueOn)
  if (countedFrom === null || countedFrom >= today) return null
  return after.disputed || after.dueOn > countedFrom ? countedFrom : null
}
