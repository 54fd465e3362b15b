import type { Link } from './steps.ts'

/**
 * The inverse of each link function: what it makes of the sum of a regression. Finite for every
 * number, except `exp` far out.
 */
export const INVERSE_LINKS: Readonly<Record<Link, (sum: number) => number>> = {
  logit: (sum) => 1 / (1 + Math.exp(-sum)),
  probit: normalCdf,
  cloglog: (sum) => -Math.expm1(-Math.exp(sum)),
  loglog: (sum) => Math.exp(-Math.exp(-sum)),
  cauchit: (sum) => 0.5 + Math.atan(sum) / Math.PI,
  exp: Math.exp
}

/**
 * The cumulative normal distribution, to the precision of a double: W. J. Cody, Math. Comp. 23
 * (1969).
 */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2)
}

/** The error function. */
export function erf(x: number): number {
  return Math.abs(x) <= NEAR ? nearErf(x) : x > 0 ? 1 - erfc(x) : erfc(-x) - 1
}

/** Up to here the error function itself is approximated, from here on its complement. */
const NEAR = 0.46875

function erfc(x: number): number {
  if (Math.abs(x) <= NEAR) return 1 - nearErf(x)
  const size = Math.abs(x)
  const tail = size <= 4 ? middleErfc(size) : farErfc(size)
  return x > 0 ? tail : 2 - tail
}

/** Coefficients of the numerator and the denominator, the highest power first. */
function ratio(at: number, above: readonly number[], below: readonly number[]): number {
  let numerator = 0
  let denominator = 0
  for (let index = 0; index < above.length; index += 1) {
    numerator = numerator * at + (above[index] as number)
    denominator = denominator * at + (below[index] as number)
  }
  return numerator / denominator
}

function nearErf(x: number): number {
  return x * ratio(x * x, NEAR_ABOVE, NEAR_BELOW)
}

function middleErfc(size: number): number {
  return expOfMinusSquare(size) * ratio(size, MIDDLE_ABOVE, MIDDLE_BELOW)
}

function farErfc(size: number): number {
  const inverse = 1 / (size * size)
  const inner = inverse * ratio(inverse, FAR_ABOVE, FAR_BELOW)
  return (expOfMinusSquare(size) * (1 / Math.sqrt(Math.PI) - inner)) / size
}

/** exp(-x²), x being split so that its square is exact. */
function expOfMinusSquare(x: number): number {
  const coarse = Math.trunc(x * 16) / 16
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse))
}

const NEAR_ABOVE = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694]
const NEAR_BELOW = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171]
const MIDDLE_ABOVE = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972
]
const MIDDLE_BELOW = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495
]
const FAR_ABOVE = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378
]
const FAR_BELOW = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918
]
