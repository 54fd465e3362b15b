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
