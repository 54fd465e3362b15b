import type { BusinessDate } from './dates.ts'

const EARLIEST: BusinessDate = '1900-01-01'
const LATEST: BusinessDate = '2199-12-31'

/**
 * Whether a fact counts on a day: both its own date and the day on which the seller learnt of it
 * have come. Without the latter its own date says both. What is no date at all never counts.
 */
export function isKnown(date: BusinessDate, knownOn: BusinessDate | undefined, asOf: BusinessDate): boolean {
  return date <= asOf && isWithinDates(date) && (knownOn === undefined || knownOn <= asOf)
}

/**
 * Whether a text sorts among the dates that there are: enough to tell a date from what is none,
 * where every nanosecond counts.
 */
export function isWithinDates(date: BusinessDate): boolean {
  return date >= EARLIEST && date <= LATEST
}
