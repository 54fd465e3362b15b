import t from 'tap'
import type { Feature, FeatureSet, FeatureValue } from '../../../src/engine/features/feature.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { type ScoreOptions, score } from '../../../src/engine/scorecards/scorecard.ts'
import { pdOfModel } from '../../../src/engine/scorecards/scoring/pd-of-score.ts'
import type { Characteristic, Condition, Notch, PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'
import type { Grade } from '../../../src/engine/values/rating.ts'

// Every rule of the scorecard on a card that is small enough to be reckoned by hand: what each test
// expects was.

const asOf = '2026-03-31'
const name = { en: 'x', zh: '某' }

/** A number with these points from these bounds on; below the first of them, the first points. */
function numeric(
  id: string,
  feature: string,
  points: readonly number[],
  bounds: readonly number[],
  more: Partial<Characteristic> = {}
): Characteristic {
  const attributes = points.map((each, place) => ({
    ...(place === 0 ? {} : { from: bounds[place - 1] as number }),
    ...(place === bounds.length ? {} : { to: bounds[place] as number }),
    points: each
  }))
  return {
    id,
    name,
    group: 'statements',
    feature,
    type: 'numeric',
    weight: 25,
    missing: { rule: 'worst' },
    maxAgeDays: 365,
    reason: 'EQUITY_LOW',
    strength: 'EQUITY_STRONG',
    ...more,
    attributes
  } as Characteristic
}

const equity = numeric('equity', 'financial.equityRatio', [10, 30, 70], [0.2, 0.5])
const liquidity = numeric('liquidity', 'financial.currentRatio', [5, 45], [1])
const onlyStatements = { id: 'any', name, requires: [{ group: 'statements' as const, coverageAtLeast: 0 }] }

/**
 * 600 points stand for 50:1, and 20 points double the odds: AA begins at 667 points, A at 640, BBB
 * at 615, BB at 588.
 */
function cardOf(characteristics: Characteristic[], more: Partial<PointsModel> = {}): PointsModel {
  return {
    id: 'small',
    version: 1,
    name,
    description: name,
    segment: 'company',
    scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
    basePoints: 500,
    minimumCoverage: 0,
    evidence: [onlyStatements],
    ceilings: [],
    knockouts: [],
    cases: [],
    ...more,
    characteristics
  }
}

const given = (values: Record<string, FeatureValue>, on = asOf): Record<string, Feature> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, asOf: on, source: 'test' }]))

const scored = (model: PointsModel, features: FeatureSet, options: ScoreOptions = {}) =>
  score(compileModel(model), features, asOf, options)

/** A score of exactly so many points, all of them known. */
const at = (points: number, more: Partial<PointsModel> = {}, options: ScoreOptions = {}, features: FeatureSet = {}) =>
  scored(
    cardOf([equity], { basePoints: points - 30, ...more }),
    { ...given({ 'financial.equityRatio': 0.3 }), ...features },
    options
  )

const own = numeric('own', 'behaviour.weightedDaysLate', [4, 20], [10], {
  group: 'payment_behaviour',
  missing: { rule: 'reweight' }
})

t.test('reweight: what is missing earns the share of its points that all others earned of theirs', async (t) => {
  const card = cardOf([equity, liquidity, own])
  const earning = (equityRatio: number, currentRatio: number) =>
    scored(card, given({ 'financial.equityRatio': equityRatio, 'financial.currentRatio': currentRatio }))
  // The others earn 20 of 60 and 40 of 40 between worst and best: 60 of 100, of which the 16 of
  // this one give 9.6.
  const middle = earning(0.3, 1.5)
  t.match(middle.contributions[2], { state: 'missing', points: 13, pointsMax: 20, pointsLost: 7 })
  t.equal(middle.score, 500 + 30 + 45 + 13)
  t.match(middle.range, { scoreMin: 588 - 9, scoreMax: 588 + 7, worthMost: { id: 'own', points: 7 } })
  // 20 of 100, of which 16 give 3.2.
  t.match(earning(0.3, 0.5), { score: 500 + 30 + 5 + 7, range: { scoreMin: 539, scoreMax: 555 } })
  t.match(earning(0.1, 0.5).contributions[2], { points: 4, pointsLost: 16 }, 'nothing earned')
  t.match(earning(0.6, 1.5).contributions[2], { points: 20, pointsLost: 0 }, 'everything earned')
})

t.test(
  'reweight: only the missing one moves, and neither it nor another of the kind counts among the others',
  async (t) => {
    const second = numeric('second', 'behaviour.trendDays', [0, 100], [5], {
      group: 'payment_behaviour',
      missing: { rule: 'reweight' }
    })
    const card = cardOf([equity, liquidity, own, second])
    const file = given({ 'financial.equityRatio': 0.3, 'financial.currentRatio': 0.5, 'behaviour.trendDays': 9 })
    const result = scored(card, file)
    t.same(
      result.contributions.map(({ points }) => points),
      [30, 5, 4 + 3, 100]
    )
    const both = scored(card, given({ 'financial.equityRatio': 0.3, 'financial.currentRatio': 0.5 }))
    t.same(
      both.contributions.map(({ points }) => points),
      [30, 5, 4 + 3, 20]
    )
    t.match(both, { score: 562, range: { scoreMin: 562 - 3 - 20, scoreMax: 562 + 40 + 13 + 80 - 40 } })
    const oneMissing = scored(card, given({ 'financial.equityRatio': 0.3 }))
    t.equal(
      oneMissing.contributions[2]?.points,
      4 + 3,
      'another that is missing counts with what its own rule gives it'
    )
  }
)

t.test(
  'reweight: stale is not missing, it earns the worst; and without any other there is nothing to share',
  async (t) => {
    const file = {
      ...given({ 'financial.equityRatio': 0.6, 'financial.currentRatio': 2 }),
      ...given({ 'behaviour.weightedDaysLate': 30 }, '2024-01-01')
    }
    t.match(scored(cardOf([equity, liquidity, own]), file).contributions[2], { state: 'stale', points: 4 })
    t.match(scored(cardOf([own], { evidence: [] }), {}).contributions[0], {
      state: 'missing',
      points: 4,
      pointsLost: 16
    })
  }
)

t.test('hysteresis: a grade is kept until the score has left its band by more than the buffer', async (t) => {
  const kept = (points: number, previousGrade: Grade | null) => {
    const { grade, gradeBeforeKnockouts, gradeKept } = at(points, { hysteresis: { points: 5 } }, { previousGrade })
    return [gradeBeforeKnockouts, gradeKept, grade]
  }
  t.same(kept(634, 'A'), ['BBB', null, 'BBB'])
  t.same(kept(635, 'A'), ['BBB', 'A', 'A'])
  t.same(kept(650, 'A'), ['A', null, 'A'], 'nothing to keep')
  t.same(kept(671, 'A'), ['AA', 'A', 'A'])
  t.same(kept(672, 'A'), ['AA', null, 'AA'])
  t.same(kept(644, 'BBB'), ['A', 'BBB', 'BBB'])
  t.same(kept(645, 'BBB'), ['A', null, 'A'])
  t.same(kept(644, 'BB'), ['A', null, 'A'], 'a grade that is further off')
  t.same(kept(635, 'AA'), ['BBB', null, 'BBB'])
  t.same(kept(644, null), ['A', null, 'A'], 'nothing was in force')
  t.same(at(644, {}, { previousGrade: 'BBB' }).grade, 'A', 'without the rule')
  t.same(kept(70, 'D'), ['C', null, 'C'], 'default is never kept: 65 points would still lead to it')
})

t.test(
  'hysteresis: the PD is never below the band of the grade that was kept, nor the range the kept grade',
  async (t) => {
    const rule = { hysteresis: { points: 5 } }
    const worse = at(671, rule, { previousGrade: 'A' })
    t.match(worse, { grade: 'A', pd: 0.002, range: { gradeMin: 'AA', gradeMax: 'AA' } })
    const better = at(636, rule, { previousGrade: 'A' })
    t.match(better, { grade: 'A', range: { gradeMin: 'BBB', gradeMax: 'BBB' } })
    t.equal(better.pd, at(636).pd, 'the PD is that of the score')
  }
)

const when: Condition[] = [{ feature: 'profile.employees', atLeast: 100, below: 500 }]
const notch = (grades: number, more: Partial<Notch> = {}): Partial<PointsModel> => ({
  notches: [{ id: 'n', name, when, grades, reason: grades > 0 ? 'GRADE_NOTCHED_UP' : 'GRADE_NOTCHED_DOWN', ...more }]
})
const staff = (employees: number) => given({ 'profile.employees': employees })

t.test('a notch moves the grade by so many grades where all of its conditions hold, and the PD with it', async (t) => {
  const graded = (points: number, grades: number, employees: number) => {
    const { grade, pd } = at(points, notch(grades), {}, staff(employees))
    return [grade, pd]
  }
  const { pd } = at(650)
  t.equal(pd, 0.003523, '1 in 1 + 50 · 2^2.5')
  t.same(graded(650, 1, 100), ['AA', 0.001999], 'the upper end of the better band')
  t.same(graded(650, 2, 499), ['AAA', 0.000999])
  t.same(graded(650, -1, 100), ['BBB', 0.005], 'the lower end of the worse band')
  t.same(graded(650, -2, 100), ['BB', 0.012])
  t.same(graded(650, 1, 99), ['A', pd])
  t.same(graded(650, 1, 500), ['A', pd])
  t.same(graded(690, 2, 100), ['AAA', at(690).pd], 'nothing is better than AAA')
  t.same(graded(480, -2, 100), ['C', at(480).pd], 'no notch leads to default')
  t.same(graded(10, 2, 100), ['D', 1], 'nor out of it')
})

t.test(
  'a notch that cannot be evaluated lowers the grade, never raises it, and the range says what it may come to',
  async (t) => {
    const down = at(650, notch(-1))
    t.match(down, { grade: 'BBB', notches: [{ state: 'not_evaluable', applied: true, grades: -1 }] })
    t.match(down.range, { gradeMin: 'BBB', gradeMax: 'A' })
    t.match(down.reasons[0], { code: 'REQUIRED_INPUT_MISSING', from: ['n'] })
    const up = at(650, notch(1))
    t.match(up, { grade: 'A', notches: [{ state: 'not_evaluable', applied: false, grades: 1 }] })
    t.match(up.range, { gradeMin: 'A', gradeMax: 'AA' })
    t.match(at(650, notch(1), {}, staff(7)).range, { gradeMin: 'A', gradeMax: 'A' }, 'one that is known not to apply')
    const both = { notches: [...(notch(-1).notches ?? []), ...(notch(2, { id: 'm' }).notches ?? [])] }
    t.match(at(650, both).range, { gradeMin: 'BBB', gradeMax: 'AAA' })
  }
)

t.test('notches come after hysteresis, and what caps the grade after both', async (t) => {
  const rules = { hysteresis: { points: 5 }, ...notch(1) }
  const result = at(644, rules, { previousGrade: 'BBB' }, staff(100))
  t.match(result, { gradeBeforeKnockouts: 'A', gradeKept: 'BBB', grade: 'A' })
  const ceilings = [{ id: 'c', bestGrade: 'BB' as const, requires: [], reason: 'EQUITY_LOW' as const }]
  const requires = [{ feature: 'behaviour.settledCount', atLeast: 3 }]
  const capped = at(650, { ...notch(1), ceilings: ceilings.map((each) => ({ ...each, requires })) }, {}, staff(100))
  t.match(capped, { grade: 'BB', pd: 0.012, ceilings: [{ met: false, applied: true }] })
  t.match(capped.range, { gradeMin: 'BB', gradeMax: 'AA' })
})

t.test('the range is told by the rules alone where every point is known', async (t) => {
  const requires = [{ feature: 'behaviour.settledCount', atLeast: 3 }]
  const ceilings = [{ id: 'c', bestGrade: 'BB' as const, requires, reason: 'EQUITY_LOW' as const }]
  const ceiling = at(650, { ceilings })
  t.match(ceiling, {
    grade: 'BB',
    range: { scoreMin: 650, scoreMax: 650, gradeMin: 'BB', gradeMax: 'A', worthMost: null }
  })
  const few = at(650, { ceilings }, {}, given({ 'behaviour.settledCount': 2 }))
  t.match(few, { grade: 'BB', range: { gradeMin: 'BB', gradeMax: 'BB' } })
  t.match(at(650, { ceilings }, {}, given({ 'behaviour.settledCount': 3 })), { grade: 'A', range: { gradeMin: 'A' } })
  const knockouts = [
    { id: 'k', name, when, capGrade: 'CC' as const, missing: 'fires' as const, reason: 'EQUITY_LOW' as const }
  ]
  const unknown = at(650, { knockouts })
  t.match(unknown, { grade: 'CC', pd: 0.18, range: { gradeMin: 'CC', gradeMax: 'A' } })
  t.match(at(650, { knockouts }, {}, staff(100)), { grade: 'CC', range: { gradeMin: 'CC', gradeMax: 'CC' } })
  t.match(at(650, { knockouts }, {}, staff(500)), { grade: 'A', range: { gradeMin: 'A', gradeMax: 'A' } })
  const free = at(650)
  t.match(free, { grade: 'A', range: { gradeMin: 'A', gradeMax: 'A', worthMost: null } })
})

t.test('a cap that is no worse than the grade does not count as applied', async (t) => {
  const knockout = (capGrade: 'A' | 'BBB') => [
    { id: 'k', name, when, capGrade, missing: 'clear' as const, reason: 'EQUITY_LOW' as const }
  ]
  t.match(at(650, { knockouts: knockout('A') }, {}, staff(100)).knockouts[0], { state: 'fired', applied: false })
  t.match(at(650, { knockouts: knockout('BBB') }, {}, staff(100)).knockouts[0], { state: 'fired', applied: true })
  t.match(at(650, { knockouts: knockout('BBB') }).knockouts[0], { state: 'not_evaluable', applied: false })
  const advice = [
    { id: 'k', name, when, advice: 'refer' as const, missing: 'clear' as const, reason: 'EQUITY_LOW' as const }
  ]
  t.match(at(650, { knockouts: advice }, {}, staff(100)), {
    advice: 'refer',
    grade: 'A',
    knockouts: [{ capGrade: null, applied: true }]
  })
  t.match(at(650, { knockouts: advice }, {}, staff(99)), { advice: 'none', knockouts: [{ applied: false }] })
})

t.test(
  'a share of points: known ones count, stale ones too, missing ones for what is proved, at best for all',
  async (t) => {
    // Of equity and liquidity 100 points lie between worst and best.
    const ceilings = (pointsShareAtLeast: number) => [
      {
        id: 'c',
        bestGrade: 'CCC' as const,
        requires: [{ group: 'statements' as const, pointsShareAtLeast }],
        reason: 'EQUITY_LOW' as const
      }
    ]
    const met = (features: FeatureSet, share: number, liquid = liquidity) => {
      const { ceilings: results, range } = scored(cardOf([equity, liquid], { ceilings: ceilings(share) }), features)
      return [results[0]?.met, range.gradeMax !== 'CCC']
    }
    const known = given({ 'financial.equityRatio': 0.3, 'financial.currentRatio': 2 })
    t.same(met(known, 0.6), [true, true], '20 of 60 and 40 of 40')
    t.same(met(known, 0.6001), [false, false])
    const half = given({ 'financial.equityRatio': 0.3 })
    t.same(met(half, 0.2), [true, true], '20 of 100')
    t.same(met(half, 0.2001), [false, true], 'and what is not known may bring 40 more')
    t.same(met(half, 0.6001), [false, false])
    const below = { ...liquidity, missing: { rule: 'points' as const, points: -5 } }
    t.same(met(half, 0.1, below), [true, true], 'ten points below the worst are deducted')
    t.same(met(half, 0.1001, below), [false, true])
    const stale = { ...half, ...given({ 'financial.currentRatio': 2 }, '2024-01-01') }
    const staleRule = { ...below, stale: { rule: 'worst' as const } }
    t.same(met(stale, 0.2, staleRule), [true, true], 'what is stale counts with what its rule gives')
    t.same(met(stale, 0.2001, staleRule), [false, true])
    t.same(met({}, 0), [true, true])
  }
)

t.test(
  'neutral points prove nothing: neither a share of points nor the least score counts more than the worst',
  async (t) => {
    const withheld = { ...liquidity, missing: { rule: 'neutral' as const } }
    const met = (pointsShareAtLeast: number) => {
      const requires = [{ group: 'statements' as const, pointsShareAtLeast }]
      const ceilings = [{ id: 'c', bestGrade: 'CCC' as const, requires, reason: 'EQUITY_LOW' as const }]
      return scored(cardOf([equity, withheld], { ceilings }), given({ 'financial.equityRatio': 0.3 })).ceilings[0]?.met
    }
    t.same([met(0.2), met(0.2001)], [true, false], '20 of 100, although neutral earns 20 more')
  }
)

t.test('what is stale has proved its points, whatever hiding it would earn', async (t) => {
  const rules = { missing: { rule: 'points' as const, points: -5 }, stale: { rule: 'worst' as const } }
  const card = cardOf([equity, { ...liquidity, ...rules }])
  const old = given({ 'financial.currentRatio': 3 }, '2020-01-01')
  const result = scored(card, { ...given({ 'financial.equityRatio': 0.3 }), ...old })
  t.match(result, { score: 535, range: { scoreMin: 535, scoreMax: 575 } })
})

t.test('a coverage is the share of the weight that is present, exactly', async (t) => {
  const met = (coverageAtLeast: number, features: FeatureSet) => {
    const evidence = [{ id: 'e', name, requires: [{ group: 'statements' as const, coverageAtLeast }] }]
    return scored(cardOf([equity, liquidity, own], { evidence }), features).status
  }
  const half = { ...given({ 'financial.equityRatio': 0.3 }), ...given({ 'financial.currentRatio': 3 }, '2020-01-01') }
  t.same([met(0.5, half), met(0.501, half)], ['rated', 'unrated'], 'what is stale is not present')
  const all = given({ 'financial.equityRatio': 0.3, 'financial.currentRatio': 3 })
  t.same([met(1, all), met(0.01, {})], ['rated', 'unrated'])
  const least = (minimumCoverage: number) => scored(cardOf([equity, liquidity], { minimumCoverage }), half)
  t.match(least(0.5), { status: 'rated', coverage: 0.5 })
  t.match(least(0.501), { status: 'unrated', reasons: [{ code: 'COVERAGE_TOO_LOW' }] })
})

t.test('a calibration table gives the PD of the band that the score lies in, and the floor below it', async (t) => {
  const { calibration, ...model } = cardOf([equity], {
    calibration: [
      { to: 400, pd: 0.3 },
      { from: 400, to: 500, pd: 0.04 },
      { from: 500, pd: 0.0001 }
    ]
  })
  const pd = (points: number) => pdOfModel({ ...model, calibration: calibration ?? [] }, points)
  t.same([pd(-1e9), pd(399.999), pd(400), pd(499.999), pd(500), pd(1e9)], [0.3, 0.3, 0.04, 0.04, 0.0005, 0.0005])
  t.equal(pdOfModel({ ...model, calibration: [] }, 500), 1, 'a table without bands says nothing good')
})

t.test('of two inputs that are worth the same the earlier is named, and none where all are known', async (t) => {
  const twin = numeric('twin', 'financial.netMargin', [5, 45], [1])
  const card = cardOf([liquidity, twin, equity])
  t.match(scored(card, given({ 'financial.equityRatio': 0.1 })).range.worthMost, { id: 'liquidity', points: 40 })
  t.match(scored(card, given({ 'financial.currentRatio': 0.1 })).range.worthMost, { id: 'equity', points: 60 })
  const all = given({ 'financial.equityRatio': 0.1, 'financial.currentRatio': 0, 'financial.netMargin': 0 })
  t.match(scored(card, all).range, { scoreMin: 520, scoreMax: 520, worthMost: null })
})

t.test('the range counts what is proved, and what is stale at its best', async (t) => {
  const withheld = { ...liquidity, missing: { rule: 'neutral' as const } }
  const card = cardOf([equity, withheld])
  const missing = scored(card, given({ 'financial.equityRatio': 0.3 }))
  // Neutral is the middle of 5 and 45; nothing but the 5 is proved.
  t.match(missing, { score: 500 + 30 + 25, range: { scoreMin: 535, scoreMax: 575 } })
  t.match(missing, { coverage: 0.5, contributions: [{}, { points: 25, pointsLost: 20 }] })
  const stale = scored(card, {
    ...given({ 'financial.equityRatio': 0.3 }),
    ...given({ 'financial.currentRatio': 3 }, '2025-03-30')
  })
  t.match(stale, { score: 535, range: { scoreMin: 535, scoreMax: 575, worthMost: { id: 'liquidity', points: 40 } } })
  const inTime = given({ 'financial.currentRatio': 3 }, '2025-03-31')
  t.equal(scored(card, { ...given({ 'financial.equityRatio': 0.3 }), ...inTime }).score, 575, '365 days old')
})

t.test('the health score is the place between the lowest and the highest score', async (t) => {
  const card = cardOf([equity, liquidity])
  const health = (equityRatio: number, currentRatio: number) =>
    scored(card, given({ 'financial.equityRatio': equityRatio, 'financial.currentRatio': currentRatio })).healthScore
  const hidden = cardOf([equity, { ...liquidity, missing: { rule: 'points', points: -95 } }])
  t.equal(scored(hidden, {}).healthScore, 0, 'the lowest is what hiding everything earns')
  t.equal(scored(hidden, given({ 'financial.currentRatio': 0 })).healthScore, 50, '100 of 200')
  t.same([health(0, 0), health(0.3, 0), health(0, 1), health(0.3, 1), health(0.9, 9)], [0, 20, 40, 60, 100])
})

t.test(
  'what a rule makes indispensable leaves the customer unrated where it is missing or stale, and is named',
  async (t) => {
    const needed = (more: Partial<Characteristic>) => cardOf([equity, { ...liquidity, ...more } as Characteristic])
    const outcome = (model: PointsModel, features: FeatureSet) => {
      const { status, reasons } = scored(model, { ...given({ 'financial.equityRatio': 0.6 }), ...features })
      return [status, reasons.find(({ code }) => code === 'REQUIRED_INPUT_MISSING')?.from]
    }
    const old = given({ 'financial.currentRatio': 2 }, '2020-01-01')
    const fresh = given({ 'financial.currentRatio': 2 })
    const always = needed({ missing: { rule: 'unrated' } })
    t.same(outcome(always, fresh), ['rated', undefined])
    t.same(outcome(always, {}), ['unrated', ['liquidity']])
    t.same(outcome(always, old), ['unrated', ['liquidity']], 'what grows stale goes by the rule for what is missing')
    const lenient = needed({ missing: { rule: 'unrated' }, stale: { rule: 'worst' } })
    t.same(outcome(lenient, old), ['rated', undefined])
    t.same(outcome(lenient, {}), ['unrated', ['liquidity']])
    const strict = needed({ stale: { rule: 'unrated' } })
    t.same(outcome(strict, old), ['unrated', ['liquidity']])
    t.same(outcome(strict, {}), ['unrated', ['liquidity']], 'withholding it does not help')
    t.same(outcome(strict, fresh), ['rated', undefined])
  }
)
