/** A number to two decimals, a half rounded up; never -0, which JSON would not keep. */
export function roundToHundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0
}

/**
 * The same to six decimals: enough for days, shares and ratios, and free of the noise of division.
 */
export function roundToMillionths(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000 + 0
}
