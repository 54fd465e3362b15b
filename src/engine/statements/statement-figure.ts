const MINUS = 45
const POINT = 46
const ZERO = 48
const NINE = 57
const WHOLE_DIGITS_MAX = 13
const FRACTION_MAX = 3

/**
 * A figure, a decimal text of at most 13 digits before the point and 2 after it, in hundredths of
 * its unit; undefined for any other text. Read digit by digit: so nothing is rounded, and a
 * portfolio of statements is read in seconds.
 */
export function hundredths(figure: string | undefined): number | undefined {
  if (typeof figure !== 'string' || figure.length > WHOLE_DIGITS_MAX + FRACTION_MAX + 1) return undefined
  const start = figure.charCodeAt(0) === MINUS ? 1 : 0
  let value = 0
  let point = -1
  for (let place = start; place < figure.length; place += 1) {
    const code = figure.charCodeAt(place)
    if (code >= ZERO && code <= NINE) value = value * 10 + code - ZERO
    else if (code === POINT && point === -1) point = place
    else return undefined
  }
  const scale = scaleOf((point === -1 ? figure.length : point) - start, point === -1 ? 0 : figure.length - point)
  if (scale === undefined) return undefined
  const cents = value * scale
  return start === 1 && cents > 0 ? -cents : cents
}

/** By the length of what stands before the point, and of the point with what follows it. */
function scaleOf(whole: number, fraction: number): number | undefined {
  if (whole === 0 || whole > WHOLE_DIGITS_MAX) return undefined
  if (fraction === 0) return 100
  return fraction === 2 ? 10 : fraction === 3 ? 1 : undefined
}

/** How many digits a figure has after its point. */
export function decimalsOf(figure: string | undefined): number {
  return figure?.split('.')[1]?.length ?? 0
}
