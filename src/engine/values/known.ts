import type { BusinessDate } from './dates.ts'

const EARLIEST: BusinessDate = '1900-01-01'
const LATEST: BusinessDate = '2199-12-31'

/**
 * Whether a fact counts on a day: its own date and the day on which the seller learnt of it have
 * both come. Without the latter its own date stands for both. An invalid date never counts.
 */
export function isKnown(date: BusinessDate, knownOn: BusinessDate | undefined, asOf: BusinessDate): boolean {
  return date <= asOf && isWithinDates(date) && (knownOn === undefined || knownOn <= asOf)
}

/**
 * Whether a text sorts within the range of dates: enough to tell a date from other texts, and cheap
 * enough to ask for every input.
 */
export function isWithinDates(date: BusinessDate): boolean {
  return date >= EARLIEST && date <= LATEST
}
