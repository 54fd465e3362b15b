/** How risky a company was said to be, in any scale, and what became of it. */
export interface Outcome {
  /** The higher, the riskier. */
  readonly risk: number
  readonly bad: boolean
}

/** A stated probability of default, and what became of it. */
export interface Forecast {
  /** 0..1 */
  readonly pd: number
  readonly bad: boolean
}

/**
 * Area under the ROC curve: the chance that a bad case was said to be riskier than a good one, a
 * tie counting half. By ranks, a tie having the mean of its ranks; NaN unless there are both good
 * and bad cases.
 */
export function areaUnderCurve(outcomes: readonly Outcome[]): number {
  let rankSum = 0
  let badCount = 0
  let seen = 0
  for (const { bad, all } of tied(outcomes)) {
    rankSum += bad * (seen + (all + 1) / 2)
    badCount += bad
    seen += all
  }
  return (rankSum - (badCount * (badCount + 1)) / 2) / (badCount * (seen - badCount))
}

/** The Gini coefficient, also accuracy ratio: 1 when all bad cases rank riskiest, 0 for chance. */
export function gini(outcomes: readonly Outcome[]): number {
  return 2 * areaUnderCurve(outcomes) - 1
}

/**
 * Kolmogorov-Smirnov: the largest distance between the shares of bad and of good cases up to one
 * risk; NaN as the area is.
 */
export function kolmogorovSmirnov(outcomes: readonly Outcome[]): number {
  const badTotal = outcomes.filter(({ bad }) => bad).length
  const goodTotal = outcomes.length - badTotal
  if (badTotal === 0 || goodTotal === 0) return Number.NaN
  let badSeen = 0
  let goodSeen = 0
  let distance = 0
  for (const { bad, all } of tied(outcomes)) {
    badSeen += bad
    goodSeen += all - bad
    distance = Math.max(distance, Math.abs(badSeen / badTotal - goodSeen / goodTotal))
  }
  return distance
}

/**
 * Brier score: the mean squared distance between probability and outcome; 0 is perfect. NaN for no
 * case.
 */
export function brierScore(forecasts: readonly Forecast[]): number {
  const total = forecasts.reduce((sum, { pd, bad }) => sum + (pd - (bad ? 1 : 0)) ** 2, 0)
  return total / forecasts.length
}

/** A logistic calibration: PD = 1 / (1 + e^-(intercept + slope × risk)). */
interface Calibration {
  readonly intercept: number
  readonly slope: number
}

const STEPS_MAX = 200
const STEP_MIN = 1e-10

/**
 * Fits a logistic calibration by maximum likelihood: Newton's steps, halved while they do not help.
 * For cases that overlap in risk; where a bound separates good from bad there is no maximum, and
 * the slope is only large.
 */
export function fitCalibration(outcomes: readonly Outcome[]): Calibration {
  const mean = outcomes.reduce((sum, { risk }) => sum + risk, 0) / outcomes.length
  const spread = Math.sqrt(outcomes.reduce((sum, { risk }) => sum + (risk - mean) ** 2, 0) / outcomes.length) || 1
  const standard = outcomes.map(({ risk, bad }) => ({ risk: (risk - mean) / spread, bad }))
  let fit: Calibration = { intercept: 0, slope: 0 }
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = improved(fit, newtonStep(fit, standard), standard)
    const moved = Math.abs(next.intercept - fit.intercept) + Math.abs(next.slope - fit.slope)
    fit = next
    if (moved < STEP_MIN) break
  }
  return { intercept: fit.intercept - (fit.slope * mean) / spread, slope: fit.slope / spread }
}

/** The probability that a calibration gives a risk. */
export function calibratedPd({ intercept, slope }: Calibration, risk: number): number {
  return 1 / (1 + Math.exp(-(intercept + slope * risk)))
}

/** Groups of equal risk, from the least risky, with their counts. */
function tied(outcomes: readonly Outcome[]): { bad: number; all: number }[] {
  const groups: { risk: number; bad: number; all: number }[] = []
  for (const { risk, bad } of outcomes.toSorted((left, right) => left.risk - right.risk)) {
    const last = groups.at(-1)
    const group = last?.risk === risk ? last : { risk, bad: 0, all: 0 }
    if (group !== last) groups.push(group)
    group.all += 1
    group.bad += bad ? 1 : 0
  }
  return groups
}

function logLikelihood(fit: Calibration, outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { risk, bad }) => {
    const logit = fit.intercept + fit.slope * risk
    const against = bad ? -logit : logit
    return sum - (against > 0 ? against + Math.log1p(Math.exp(-against)) : Math.log1p(Math.exp(against)))
  }, 0)
}

function newtonStep(fit: Calibration, outcomes: readonly Outcome[]): Calibration {
  let [slopeError, interceptError, a, b, c] = [0, 0, 0, 0, 0]
  for (const { risk, bad } of outcomes) {
    const pd = calibratedPd(fit, risk)
    const error = (bad ? 1 : 0) - pd
    const weight = pd * (1 - pd)
    interceptError += error
    slopeError += error * risk
    a += weight
    b += weight * risk
    c += weight * risk * risk
  }
  const determinant = a * c - b * b
  // Risks that do not differ say nothing of a slope.
  if (!(determinant > 0)) return { intercept: a > 0 ? interceptError / a : 0, slope: 0 }
  return {
    intercept: (c * interceptError - b * slopeError) / determinant,
    slope: (a * slopeError - b * interceptError) / determinant
  }
}

/** The step, halved until the likelihood does not fall. */
function improved(fit: Calibration, step: Calibration, outcomes: readonly Outcome[]): Calibration {
  const before = logLikelihood(fit, outcomes)
  for (let share = 1; share > STEP_MIN; share /= 2) {
    const next = { intercept: fit.intercept + share * step.intercept, slope: fit.slope + share * step.slope }
    if (logLikelihood(next, outcomes) >= before) return next
  }
  return fit
}
