import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Feature, FeatureSet } from '../../../src/engine/features/feature.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import type { ScoreResult } from '../../../src/engine/scorecards/score-result.ts'
import { score } from '../../../src/engine/scorecards/scorecard.ts'
import { pdOfScore, scoreOfPd } from '../../../src/engine/scorecards/scoring/pd-of-score.ts'
import type { PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'
import { compareGrades, gradeOfPd, MASTER_SCALE, PD_FLOOR } from '../../../src/engine/values/rating.ts'

const shipped: PointsModel = JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8'))
const compiled = compileModel(shipped)
const asOf = '2024-06-30'

const given = (values: Record<string, number | string | boolean>, on = asOf): FeatureSet =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, asOf: on, source: 'test' }]))

const noOverdue = { 'behaviour.longestOverdueDays': 0, 'behaviour.shareOverdue': 0 }
const accounts = {
  'financial.equityRatio': 0.45,
  'financial.returnOnAssets': 0.05,
  'financial.interestCoverage': 5,
  'financial.operatingCashFlowToDebt': 0.25,
  'financial.currentRatio': 1.6,
  'financial.retainedEarningsToAssets': 0.15,
  'financial.netMargin': 0.06
}

/** Two characteristics whose points can be added up in the head. */
const small: PointsModel = {
  ...shipped,
  id: 'small',
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  basePoints: 500,
  minimumCoverage: 0,
  characteristics: [
    {
      id: 'equity',
      name: { en: 'Equity', zh: '权益' },
      group: 'statements',
      feature: 'financial.equityRatio',
      type: 'numeric',
      weight: 60,
      monotone: 'increasing',
      missing: { rule: 'worst' },
      maxAgeDays: 100,
      reason: 'EQUITY_LOW',
      strength: 'EQUITY_STRONG',
      attributes: [
        { to: 0, points: 0 },
        { from: 0, to: 0.5, points: 30 },
        { from: 0.5, points: 60 }
      ]
    },
    {
      id: 'kind',
      name: { en: 'Kind', zh: '类型' },
      group: 'profile',
      feature: 'profile.kind',
      type: 'category',
      weight: 40,
      missing: { rule: 'points', points: -10 },
      reason: 'COMPANY_SMALL',
      strength: 'COMPANY_LARGE',
      attributes: [
        { values: ['company'], points: 40 },
        { values: ['sole_trader', 'individual'], points: 0 }
      ]
    }
  ],
  evidence: [{ id: 'any', name: { en: 'Any', zh: '任意' }, requires: [{ group: 'profile', coverageAtLeast: 0 }] }],
  ceilings: [],
  knockouts: [],
  cases: []
}

t.test('a bound belongs to the range that begins there, and to no other', async (t) => {
  const model = compileModel(small)
  const points = (value: number): number | undefined =>
    score(model, given({ 'financial.equityRatio': value }), asOf).contributions[0]?.points
  t.equal(points(-Number.MAX_VALUE), 0)
  t.equal(points(-Number.MIN_VALUE), 0)
  t.equal(points(0), 30)
  t.equal(points(0.4999999), 30)
  t.equal(points(0.5), 60)
  t.equal(points(Number.MAX_VALUE), 60)
})

t.test('the odds are the stated ones at the stated score, and double with every step', async (t) => {
  const { scaling } = small
  t.equal(pdOfScore(scaling, 600), 0.019608, '50:1')
  t.equal(pdOfScore(scaling, 620), 0.009901, '100:1')
  t.equal(pdOfScore(scaling, 580), 0.038462, '25:1')
  t.equal(pdOfScore(scaling, 5000), PD_FLOOR, 'the floor')
  t.equal(pdOfScore(scaling, -50_000), 1)
  for (const pd of [0.001, 0.02, 0.3]) t.equal(pdOfScore(scaling, scoreOfPd(scaling, pd)), pd, `${pd} there and back`)
})

t.test('a value that cannot be used counts as missing, and says why', async (t) => {
  const model = compileModel(small)
  const table: [string, Feature | undefined, string, string | null, number][] = [
    ['not a number', { value: Number.NaN, asOf, source: 'x' }, 'missing', 'invalid', 0],
    ['infinite', { value: Number.POSITIVE_INFINITY, asOf, source: 'x' }, 'missing', 'invalid', 0],
    ['a text', { value: '0.7', asOf, source: 'x' }, 'missing', 'invalid', 0],
    ['of tomorrow', { value: 0.7, asOf: '2024-07-01', source: 'x' }, 'missing', 'invalid', 0],
    ['without a denominator', { missing: 'zero_denominator' }, 'missing', 'zero_denominator', 0],
    ['not there', undefined, 'missing', 'no_data', 0],
    ['101 days old', { value: 0.7, asOf: '2024-03-21', source: 'x' }, 'stale', null, 0],
    ['100 days old', { value: 0.7, asOf: '2024-03-22', source: 'x' }, 'present', null, 60]
  ]
  for (const [name, feature, state, missing, points] of table) {
    const set: FeatureSet = feature === undefined ? {} : { 'financial.equityRatio': feature }
    t.match(score(model, set, asOf).contributions[0], { state, missing, points }, name)
  }
  const stranger = score(model, given({ 'profile.kind': 'partnership' }), asOf)
  t.match(stranger.contributions[1], { state: 'missing', missing: 'invalid', points: -10 }, 'an unknown category')
})

t.test('a name that every object has is not a feature', async (t) => {
  const model = structuredClone(small)
  for (const each of model.characteristics) each.feature = 'constructor'
  t.equal(score(compileModel(model), {}, asOf).contributions[0]?.missing, 'no_data')
})

t.test('statements alone suffice, and so do a few settled invoices; a profile does not', async (t) => {
  t.equal(score(compiled, given({ ...accounts, ...noOverdue }), asOf).status, 'rated')
  const record = { 'behaviour.weightedDaysLate': 0, 'behaviour.settledCount': 3, ...noOverdue }
  t.equal(score(compiled, given(record), asOf).status, 'rated')
  const thin = score(compiled, given({ ...record, 'behaviour.settledCount': 2 }), asOf)
  t.match(thin, { status: 'unrated', score: null, pd: null, grade: null, gradeBeforeKnockouts: null })
  const profile = { 'profile.ageYears': 50, 'profile.cooperationYears': 20, 'profile.employees': 9000, ...noOverdue }
  const result = score(compiled, given(profile), asOf)
  t.equal(result.status, 'unrated')
  t.ok(result.reasons.some((each) => each.code === 'EVIDENCE_INSUFFICIENT'))
})

t.test('statements past their age count as missing and are named so', async (t) => {
  const old = { ...given(accounts, '2022-12-29'), ...given(noOverdue) }
  const result = score(compiled, old, asOf)
  t.equal(result.status, 'unrated')
  t.ok(result.reasons.some((each) => each.code === 'STATEMENTS_STALE'))
  t.equal(score(compiled, { ...given(accounts, '2022-12-30'), ...given(noOverdue) }, asOf).status, 'rated')
})

t.test('a knock-out lowers the grade, raises the PD into its band and leaves the score alone', async (t) => {
  const before = score(
    compiled,
    given({ ...accounts, 'behaviour.longestOverdueDays': 60, 'behaviour.shareOverdue': 0.2 }),
    asOf
  )
  const after = score(
    compiled,
    given({ ...accounts, 'behaviour.longestOverdueDays': 91, 'behaviour.shareOverdue': 0.2 }),
    asOf
  )
  t.same(
    before.knockouts.map((each) => each.state),
    ['clear', 'clear', 'clear']
  )
  t.same(
    after.knockouts.map((each) => each.state),
    ['fired', 'fired', 'clear']
  )
  t.equal(after.grade, 'CC')
  t.equal(after.pd, MASTER_SCALE.CC.pdFrom)
  t.equal(after.score, after.basePoints + after.contributions.reduce((sum, each) => sum + each.points, 0))
  t.equal(after.reasons[0]?.code, 'OVERDUE_SERIOUS')
})

t.test('a default is grade D with a PD of 1', async (t) => {
  const result = score(
    compiled,
    given({ ...accounts, 'behaviour.longestOverdueDays': 181, 'behaviour.shareOverdue': 1 }),
    asOf
  )
  t.match(result, { grade: 'D', pd: 1 })
  t.equal(result.reasons[0]?.code, 'CUSTOMER_IN_DEFAULT')
})

t.test('a knock-out that cannot be evaluated never passes silently', async (t) => {
  const unknown = score(compiled, given(accounts), asOf)
  t.equal(unknown.status, 'unrated')
  t.equal(unknown.reasons[0]?.code, 'REQUIRED_INPUT_MISSING')
  t.notOk(
    unknown.reasons.some((each) => each.code === 'CUSTOMER_IN_DEFAULT'),
    'nobody is called a defaulter on no evidence'
  )
  const strict = compileModel({
    ...shipped,
    knockouts: shipped.knockouts.map((each) => ({ ...each, missing: 'fires' }))
  })
  const result = score(strict, given(accounts), asOf)
  t.match(result, { status: 'rated', grade: 'D' })
  t.equal(result.reasons[0]?.code, 'REQUIRED_INPUT_MISSING')
})

t.test(
  'a knock-out on evidence may count as clear while there is none, and takes account of what is on file',
  async (t) => {
    const model = compileModel({
      ...shipped,
      knockouts: [
        ...shipped.knockouts,
        {
          id: 'insolvent',
          name: { en: 'Insolvent', zh: '破产' },
          when: [{ feature: 'record.insolvency', equals: 'liquidation' }],
          capGrade: 'D',
          advice: 'decline',
          missing: 'clear',
          reason: 'INSOLVENCY_OPEN'
        }
      ]
    })
    const file = { ...accounts, ...noOverdue }
    const outcome = (values: Record<string, number | string | boolean>) => {
      const result = score(model, given(values), asOf)
      return { ...result, knockout: result.knockouts.at(-1) }
    }
    const unsearched = outcome(file)
    t.match(unsearched, {
      status: 'rated',
      grade: score(compiled, given(file), asOf).grade,
      advice: 'none',
      knockout: { state: 'not_evaluable', applied: false }
    })
    t.notOk(unsearched.reasons.some(({ code }) => code === 'REQUIRED_INPUT_MISSING'))
    const clean = outcome({ ...file, 'record.insolvency': 'none' })
    t.match(clean, { grade: unsearched.grade, advice: 'none', knockout: { state: 'clear', applied: false } })
    const found = outcome({ ...file, 'record.insolvency': 'liquidation' })
    t.match(found, { grade: 'D', pd: 1, advice: 'decline', knockout: { state: 'fired', applied: true } })
    t.equal(found.reasons[0]?.code, 'INSOLVENCY_OPEN')
  }
)

t.test('without statements no grade is better than BBB, and the range says what they could bring', async (t) => {
  const record = {
    'behaviour.weightedDaysLate': 0,
    'behaviour.settledCount': 80,
    'behaviour.trendDays': 0,
    ...noOverdue
  }
  const profile = { 'profile.ageYears': 50, 'profile.cooperationYears': 20, 'profile.employees': 9000 }
  const result = score(compiled, given({ ...record, ...profile }), asOf)
  t.equal(result.grade, 'BBB')
  t.equal(result.gradeBeforeKnockouts, 'AA')
  t.same(result.range, {
    scoreMin: result.score,
    scoreMax: 800,
    gradeMin: 'BBB',
    gradeMax: 'AAA',
    worthMost: { id: 'equityRatio', feature: 'financial.equityRatio', points: 60 }
  })
})

t.test('reasons: at most four against and two for, the heaviest first, one per code', async (t) => {
  const poor = {
    ...Object.fromEntries(Object.keys(accounts).map((id) => [id, -1])),
    ...noOverdue,
    'behaviour.weightedDaysLate': 2,
    'behaviour.settledCount': 30
  }
  const { reasons } = score(compiled, given(poor), asOf)
  t.same(
    reasons.map((each) => [each.code, each.direction]),
    [
      ['PROFILE_INCOMPLETE', 'adverse'],
      ['PROFITABILITY_LOW', 'adverse'],
      ['EQUITY_LOW', 'adverse'],
      ['INTEREST_COVER_LOW', 'adverse'],
      ['PAYS_ON_TIME', 'favourable'],
      ['OVERDUE_NONE', 'favourable']
    ]
  )
  t.same(reasons[1], {
    code: 'PROFITABILITY_LOW',
    direction: 'adverse',
    points: 84,
    from: ['returnOnAssets', 'netMargin']
  })
})

/** Any value that a feature might have, likely ones and freaks. */
const anyNumber = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1, max: 3, noNaN: true }) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 220, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 3, 61, 91, 181, Number.NaN, Number.POSITIVE_INFINITY, -Number.MAX_VALUE)
  }
)
const anyFeature = fc.oneof(
  { weight: 9, arbitrary: anyNumber.map((value): Feature => ({ value, asOf, source: 'test' })) },
  { weight: 1, arbitrary: fc.constant<Feature>({ missing: 'missing_item' }) }
)
const ids = shipped.characteristics.map((each) => each.feature)
const anyFile = fc.record(Object.fromEntries(ids.map((id) => [id, anyFeature])), { requiredKeys: [] }) as fc.Arbitrary<
  Record<string, Feature>
>
const anyId = fc.constantFrom(...ids)

/**
 * Whether one result is no better than another: score, PD and grade; no rating counts as no better.
 */
function isNoBetter(result: ScoreResult, than: ScoreResult): boolean {
  if (result.status === 'unrated') return true
  if (than.status === 'unrated') return false
  return (
    (result.score ?? 0) <= (than.score ?? 0) &&
    (result.pd ?? 0) >= (than.pd ?? 0) &&
    compareGrades(result.grade ?? 'D', than.grade ?? 'D') >= 0
  )
}

t.test('law: removing an input never improves score, PD or grade, nor rates the unrated', async () => {
  fc.assert(
    fc.property(anyFile, anyId, (file, id) => {
      const { [id]: _removed, ...rest } = file
      return isNoBetter(score(compiled, rest, asOf), score(compiled, file, asOf))
    }),
    { numRuns: 3000 }
  )
})

t.test('law: an input that has grown stale is never better than a fresh one', async () => {
  const aged = (feature: Feature): Feature => ('missing' in feature ? feature : { ...feature, asOf: '2000-01-01' })
  fc.assert(
    fc.property(anyFile, anyId, (file, id) => {
      const feature = file[id]
      const older = feature === undefined ? file : { ...file, [id]: aged(feature) }
      return isNoBetter(score(compiled, older, asOf), score(compiled, file, asOf))
    }),
    { numRuns: 2000 }
  )
})

t.test('law: a worse value never improves score, PD or grade', async () => {
  const finite = fc.double({ min: -2, max: 250, noNaN: true })
  fc.assert(
    fc.property(anyFile, fc.constantFrom(...shipped.characteristics), finite, finite, (file, each, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const rising = each.type === 'numeric' && each.monotone === 'increasing'
      const worse = { ...file, ...given({ [each.feature]: rising ? low : high }) }
      const better = { ...file, ...given({ [each.feature]: rising ? high : low }) }
      return isNoBetter(score(compiled, worse, asOf), score(compiled, better, asOf))
    }),
    { numRuns: 3000 }
  )
})

t.test('law: base and contributions add up to the score, which lies within the range', async () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const result = score(compiled, file, asOf)
      const total = result.basePoints + result.contributions.reduce((sum, each) => sum + each.points, 0)
      const { scoreMin, scoreMax, gradeMin, gradeMax } = result.range
      const adds = result.score === null || result.score === total
      const within = scoreMin <= total && total <= scoreMax && compareGrades(gradeMax, gradeMin) <= 0
      const graded =
        result.grade === null ||
        (compareGrades(gradeMax, result.grade) <= 0 && compareGrades(result.grade, gradeMin) <= 0)
      return adds && within && graded
    }),
    { numRuns: 1000 }
  )
})

t.test('law: the PD lies in the band of the grade', async () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const { pd, grade } = score(compiled, file, asOf)
      return pd === null || gradeOfPd(pd) === grade
    }),
    { numRuns: 1000 }
  )
})

t.test('law: any evidence that comes in later leaves the customer within the range', async () => {
  fc.assert(
    fc.property(anyFile, anyFile, (known, later) => {
      const before = score(compiled, known, asOf)
      const unknown = Object.fromEntries(
        before.contributions.flatMap((each) =>
          each.state === 'present' ? [] : [[each.feature, later[each.feature] ?? { missing: 'no_data' }]]
        )
      )
      const after = score(compiled, { ...known, ...unknown } as FeatureSet, asOf)
      if (after.score === null || after.grade === null) return true
      const { scoreMin, scoreMax, gradeMax, gradeMin } = before.range
      return (
        scoreMin <= after.score &&
        after.score <= scoreMax &&
        compareGrades(gradeMax, after.grade) <= 0 &&
        compareGrades(after.grade, gradeMin) <= 0
      )
    }),
    { numRuns: 2000 }
  )
})

t.test('law: the same inputs give the same bytes, in whatever order they come', async () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const reversed = Object.fromEntries(Object.entries(file).toReversed())
      const again = compileModel(structuredClone(shipped))
      return JSON.stringify(score(compiled, file, asOf)) === JSON.stringify(score(again, reversed, asOf))
    }),
    { numRuns: 300 }
  )
})

t.test('law: the heaviest adverse reason, once cured, never lowers the score', async () => {
  fc.assert(
    fc.property(anyFile, (file) => {
      const before = score(compiled, file, asOf)
      const top = before.reasons.find((each) => each.direction === 'adverse' && each.points > 0)
      const cured = shipped.characteristics.flatMap((each) => {
        if (!(top?.from.includes(each.id) ?? false) || each.type !== 'numeric') return []
        return [[each.feature, each.monotone === 'increasing' ? 1e6 : -1]]
      })
      return isNoBetter(before, score(compiled, { ...file, ...given(Object.fromEntries(cured)) }, asOf))
    }),
    { numRuns: 1000 }
  )
})
