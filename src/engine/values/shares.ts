import { roundToMillionths } from './rounding.ts'

const MILLION = 1_000_000n

/** One, in billionths. */
export const BILLION = 1_000_000_000

/** A share 0..1 as a whole number of billionths, so that a bound in minor units is met exactly. */
export function billionthsOf(share: number): number {
  return Math.round(share * BILLION)
}

/**
 * A share in whole millionths, the fraction of one cut off; null of nothing. What is shown reaches
 * a threshold of six decimals exactly when the amounts do.
 */
export function shareBelow(partMinor: number, wholeMinor: number): number | null {
  return wholeMinor > 0 ? Number((BigInt(partMinor) * MILLION) / BigInt(wholeMinor)) / 1_000_000 : null
}

/**
 * The same with the fraction counted as one, of a part of 0 or more: what is shown exceeds a
 * threshold exactly when the amounts do.
 */
export function shareAbove(partMinor: number, wholeMinor: number): number | null {
  if (wholeMinor <= 0) return null
  const whole = BigInt(wholeMinor)
  return Number((BigInt(partMinor) * MILLION + whole - 1n) / whole) / 1_000_000
}

/** A share to the nearest millionth; null of nothing. */
export function shareNearest(part: number, whole: number): number | null {
  return whole === 0 ? null : roundToMillionths(part / whole)
}
