import type { Situation } from '../ledger/situation.ts'
import type { Policy } from '../policy/policy.ts'
import type { BusinessDate } from '../values/dates.ts'
import { addDays } from '../values/dates.ts'

/** The most due dates, and the most days of expiry, of an outlook. */
export const OUTLOOK_DATES_MAX = 100

/** Undisputed open invoices due on one day, in minor units. */
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
 * The room from a day on because reservations have expired, less the open amounts of their items
 * that count again, in minor units; below zero when those are more.
 */
interface ExpiryLot {
  /** The first whole day on which they hold nothing any more. */
  readonly freeOn: BusinessDate
  readonly amountMinor: number
}

/**
 * What is expected to lower the exposure of an account, by date. Only amounts with a date of their
 * own are in it: a delivery without an invoice, a disputed invoice and an order are never expected
 * to end.
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
 * How many days after the due date this customer is expected to pay: its own days late of the last
 * twelve months, rounded up; without any payment, what the policy allows an ordinary payment.
 */
export function expectedDaysLate(
  { limit }: Pick<Policy, 'limit'>,
  { paymentDaysLate }: Pick<Situation, 'paymentDaysLate'>
): number {
  return paymentDaysLate === null ? limit.need.allowanceDays : Math.ceil(paymentDaysLate)
}

/**
 * A due lot with the amount still to come and its day; null when the money is already late, so no
 * day can be told.
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
