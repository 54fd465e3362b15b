import fc from 'fast-check'
import t from 'tap'
import {
  areaUnderCurve,
  brierScore,
  calibratedPd,
  fitCalibration,
  gini,
  kolmogorovSmirnov,
  type Outcome
} from '../../validate/metrics.ts'

/** Cases from two lists of risks. */
const cases = (bad: number[], good: number[]): Outcome[] => [
  ...bad.map((risk) => ({ risk, bad: true })),
  ...good.map((risk) => ({ risk, bad: false }))
]

const close = (left: number, right: number) => Math.abs(left - right) < 1e-9

t.test('the area under the curve is the share of pairs in the right order, ties counting half', async (t) => {
  const table: [bad: number[], good: number[], area: number][] = [
    [[3, 4], [1, 2], 1],
    [[1, 2], [3, 4], 0],
    [[1], [1], 0.5],
    [[2, 2], [2, 2, 2], 0.5],
    // Of six pairs, four are right (3 > 1, 3 > 2, 2 > 1, 3 and 3 tie, 2 and 2 tie): 3 wins and 2
    // ties
    [[3, 2], [1, 2, 3], 4 / 6],
    // 0.9 > both, 0.4 > 0.1 only
    [[0.9, 0.4], [0.1, 0.5], 3 / 4]
  ]
  for (const [bad, good, area] of table) {
    t.ok(close(areaUnderCurve(cases(bad, good)), area), `${bad} against ${good}`)
    t.ok(close(gini(cases(bad, good)), 2 * area - 1), 'the Gini coefficient is twice that less one')
  }
})

t.test('Kolmogorov-Smirnov is the largest distance between the two distributions', async (t) => {
  const table: [bad: number[], good: number[], distance: number][] = [
    [[3, 4], [1, 2], 1],
    [[1, 2], [3, 4], 1],
    [[1], [1], 0],
    // Up to 1: 0 of 2 bad, 1 of 4 good; up to 2: 1/2 against 3/4; up to 3: 1/2 against 1
    [[2, 4], [1, 2, 2, 3], 0.5],
    [[1, 2, 3], [1, 2, 3], 0]
  ]
  for (const [bad, good, distance] of table) {
    t.ok(close(kolmogorovSmirnov(cases(bad, good)), distance), `${bad} against ${good}`)
  }
})

t.test('the Brier score is the mean squared error of the probabilities', async (t) => {
  const forecasts = [
    { pd: 1, bad: true },
    { pd: 0.8, bad: true },
    { pd: 0.5, bad: false },
    { pd: 0, bad: false }
  ]
  // (0 + 0.04 + 0.25 + 0) / 4
  t.ok(close(brierScore(forecasts), 0.0725))
})

t.test('without both good and bad cases there is no measure of ranking', async (t) => {
  for (const outcomes of [cases([], []), cases([1, 2], []), cases([], [1, 2])]) {
    t.ok(Number.isNaN(areaUnderCurve(outcomes)))
    t.ok(Number.isNaN(kolmogorovSmirnov(outcomes)))
  }
  t.ok(Number.isNaN(brierScore([])))
})

t.test('a calibration on two risks gives each its observed rate', async (t) => {
  // One of four bad at risk 0, three of four at risk 1: intercept ln(1/3), slope 2 ln 3
  const fit = fitCalibration(cases([0, 1, 1, 1], [0, 0, 0, 1]))
  t.ok(close(fit.intercept, -Math.log(3)), String(fit.intercept))
  t.ok(close(fit.slope, 2 * Math.log(3)), String(fit.slope))
  t.ok(close(calibratedPd(fit, 0), 0.25))
  t.ok(close(calibratedPd(fit, 1), 0.75))
})

t.test('a calibration of equal risks is their observed rate', async (t) => {
  const fit = fitCalibration(cases([5], [5, 5, 5]))
  t.ok(Math.abs(calibratedPd(fit, 5) - 0.25) < 1e-9)
})

t.test('a calibration expects as many defaults as there were, far outliers or not', async (t) => {
  const outcomes = cases([1, 2, 3, 800, 0.5], [0, 1, 1.5, -900, 2.5, 0.2, 0.1])
  const expected = outcomes.reduce((sum, { risk }) => sum + calibratedPd(fitCalibration(outcomes), risk), 0)
  t.ok(Math.abs(expected - 5) < 1e-6, String(expected))
})

const someCases = fc
  .tuple(
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }),
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 })
  )
  .map(([bad, good]) => cases(bad, good))

t.test('law: a measure of ranking depends on the order alone, and turning the order turns the area', async (t) => {
  fc.assert(
    fc.property(someCases, (outcomes) => {
      const other = outcomes.map(({ risk, bad }) => ({ risk: Math.exp(risk) * 7 - 3, bad })).toReversed()
      const turned = outcomes.map(({ risk, bad }) => ({ risk: -risk, bad }))
      return (
        close(areaUnderCurve(outcomes), areaUnderCurve(other)) &&
        close(kolmogorovSmirnov(outcomes), kolmogorovSmirnov(other)) &&
        close(areaUnderCurve(outcomes) + areaUnderCurve(turned), 1) &&
        close(kolmogorovSmirnov(outcomes), kolmogorovSmirnov(turned))
      )
    })
  )
  t.pass()
})

t.test('law: the area is that of comparing every pair', async (t) => {
  fc.assert(
    fc.property(someCases, (outcomes) => {
      const bad = outcomes.filter((each) => each.bad)
      const good = outcomes.filter((each) => !each.bad)
      const wins = bad.flatMap((b) => good.map((g): number => (b.risk > g.risk ? 1 : b.risk === g.risk ? 0.5 : 0)))
      return close(areaUnderCurve(outcomes), wins.reduce((sum, win) => sum + win, 0) / wins.length)
    })
  )
  t.pass()
})
