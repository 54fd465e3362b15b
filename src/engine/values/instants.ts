import { toDayNumber } from './dates.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/**
 * Milliseconds since 1970-01-01 of an instant as the service writes it, RFC 3339 in UTC:
 * `2026-03-31T08:15:00.000Z`. Anything finer than a millisecond is cut off; what is no such text
 * gives NaN.
 */
export function millisecondsOf(instant: string): number {
  const seconds =
    (Number(instant.slice(11, 13)) * 60 + Number(instant.slice(14, 16))) * 60 + Number(instant.slice(17, 19))
  const fraction = instant.charAt(19) === '.' ? Number(instant.slice(20, 23).replace('Z', '').padEnd(3, '0')) : 0
  return toDayNumber(instant.slice(0, 10)) * DAY_MS + seconds * 1_000 + fraction
}

/** Whole hours from one instant to another, cut off; 0 when the second is not the later. */
export function hoursBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((millisecondsOf(to) - millisecondsOf(from)) / HOUR_MS))
}

/** Whether more than a number of hours lie between two instants: one millisecond more is enough. */
export function isLongerThan(from: string, to: string, hours: number): boolean {
  return millisecondsOf(to) - millisecondsOf(from) > hours * HOUR_MS
}
