import type { Situation } from '../ledger/situation.ts'
import type { Policy } from '../policy/policy.ts'
import type { BusinessDate } from '../values/dates.ts'
import { addDays } from '../values/dates.ts'

/** How many due dates, and how many days of expiry, an outlook holds. */
export const OUTLOOK_DATES_MAX = 100

/** The open invoices that are due on one day and not disputed, in minor units. */
export interface DueLot {
  readonly dueOn: BusinessDate
  readonly openMinor: number
  /**
   * The largest open amount of a single one of them: whether one counts as the oldest depends on
   * its size.
   */
  readonly largestMinor: number
}

/**
 * What is free again from a day on because reservations have expired, less what then counts again
 * of the items that they held, in minor units: below zero where those are more.
 */
interface ExpiryLot {
  /** The first whole day on which they hold nothing any more. */
  readonly freeOn: BusinessDate
  readonly amountMinor: number
}

/**
 * What is expected to lower the exposure of an account, by date. Only what has a date of its own is
 * in it: a delivery that is not invoiced yet, a disputed invoice and an order are never expected to
 * end.
 */
export interface Outlook {
  /** The earliest first, one for each day. */
  readonly due: readonly DueLot[]
  /** The earliest first, one for each day. */
  readonly expiring: readonly ExpiryLot[]
  /** The last day up to which nothing is missing; null: everything is here. */
  readonly completeUntil: BusinessDate | null
}

/**
 * By how many days this customer is expected to pay after the due date: its own days late of the
 * last twelve months, rounded up; without any payment what the policy allows an ordinary payment.
 */
export function expectedDaysLate({ limit }: Pick<Policy, 'limit'>, { paymentDaysLate }: Situation): number {
  return paymentDaysLate === null ? limit.need.allowanceDays : Math.ceil(paymentDaysLate)
}

/**
 * A due lot with what is still to come in for it, and when; null: it should have come already, so
 * no day can be told.
 */
export interface ExpectedLot extends DueLot {
  /** What is open after money received and not applied has settled the oldest. */
  readonly netMinor: number
  readonly expectedOn: BusinessDate | null
}

/**
 * The due lots with the day on which their money is expected. What was received and not applied
 * settles the oldest first.
 */
export function expectedLots(
  due: readonly DueLot[],
  unappliedMinor: number,
  daysLate: number,
  today: BusinessDate
): ExpectedLot[] {
  let unapplied = unappliedMinor
  return due.map((lot) => {
    const settled = Math.min(unapplied, lot.openMinor)
    unapplied -= settled
    const day = addDays(lot.dueOn, daysLate)
    return { ...lot, netMinor: lot.openMinor - settled, expectedOn: day > today ? day : null }
  })
}
