import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { type Counterfactuals, counterfactuals } from '../../../src/engine/counterfactuals/counterfactuals.ts'
import type { Feature, FeatureSet, FeatureValue } from '../../../src/engine/features/feature.ts'
import { FEATURES } from '../../../src/engine/features/feature-catalogue.ts'
import { inputsOf, otherInputs } from '../../../src/engine/scorecards/assessment-document.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import type { ScoreResult } from '../../../src/engine/scorecards/score-result.ts'
import { score } from '../../../src/engine/scorecards/scorecard.ts'
import type {
  Characteristic,
  Condition,
  Knockout,
  MissingRule,
  PointsModel,
  Requirement
} from '../../../src/engine/scorecards/scoring-model.ts'
import { ADVICES, compareGrades } from '../../../src/engine/values/rating.ts'

const shipped: PointsModel = JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8'))
const company = compileModel(shipped)
const asOf = '2024-06-30'

const given = (values: Record<string, FeatureValue>, on = asOf): FeatureSet =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, asOf: on, source: 'test' }]))

const noOverdue = { 'behaviour.longestOverdueDays': 0, 'behaviour.shareOverdue': 0 }
const accounts = {
  'financial.equityRatio': 0.25,
  'financial.returnOnAssets': 0.03,
  'financial.interestCoverage': 3,
  'financial.operatingCashFlowToDebt': 0.12,
  'financial.currentRatio': 1.1,
  'financial.retainedEarningsToAssets': 0.08,
  'financial.netMargin': 0.02
}
const payments = {
  'behaviour.weightedDaysLate': 9,
  'behaviour.settledCount': 14,
  'behaviour.trendDays': 3,
  'behaviour.longestOverdueDays': 75,
  'behaviour.shareOverdue': 0.3
}

const texts = ({ sets }: Counterfactuals) => sets.map(({ changes }) => changes.map(({ text }) => text.en))

t.test('one ratio that reaches the next grade is named with what it must come to', async (t) => {
  const found = counterfactuals(company, given({ ...accounts, ...noOverdue }), asOf)
  t.match(found, { goal: 'grade', grade: 'BBB', complete: true })
  t.same(found.sets[0], {
    changes: [
      {
        kind: 'improve',
        feature: 'financial.equityRatio',
        characteristics: ['equityRatio'],
        from: 0.25,
        asOf,
        to: 0.4,
        target: { atLeast: 0.4 },
        points: 22,
        text: {
          en: 'Raise the equity to total assets from 25% to at least 40%.',
          zh: '权益比率由 25% 提高至 40% 以上（含）。'
        }
      }
    ],
    score: 395,
    pd: 0.01092,
    grade: 'BBB',
    advice: 'none',
    points: 22,
    clears: []
  })
  t.equal(found.sets.length, 3)
})

t.test('a knock-out is cleared before points are gathered', async (t) => {
  const found = counterfactuals(company, given({ ...accounts, ...payments }), asOf)
  t.same(texts(found), [
    ['Lower the days past due of the oldest overdue invoice from 75 days to at most 60 days.'],
    ['Lower the share of the open balance that is overdue from 30% to below 5%.']
  ])
  t.match(found.sets, [
    { clears: ['overdue60'], grade: 'BBB', changes: [{ to: 60, target: { below: 61 } }] },
    { clears: ['overdue60'], grade: 'BBB', changes: [{ to: 0.0499, target: { below: 0.05 } }] }
  ])
})

t.test('a default ends when what is overdue is paid', async (t) => {
  const overdue = given({ ...accounts, ...payments, 'behaviour.longestOverdueDays': 200 })
  const { sets, grade } = counterfactuals(company, overdue, asOf)
  t.equal(grade, 'C')
  t.match(sets[0], { clears: ['default'], grade: 'CC', changes: [{ from: 200, to: 180 }] })
})

t.test('without a rating it says what is to be provided', async (t) => {
  const found = counterfactuals(company, given(noOverdue), asOf)
  t.match(found, { goal: 'rating', grade: null, complete: true })
  t.same(texts(found), [
    [
      'Provide data on the average days late, weighted by amount.',
      'Provide data on the invoices settled in the last twelve months: at least 3 is enough.'
    ]
  ])
  t.equal(found.sets[0]?.changes[1]?.text.zh, '补充近 12 个月已结清发票数资料：不少于 3 即可。')
  t.match(found.sets[0]?.changes, [
    { kind: 'provide', from: null, asOf: null, target: {} },
    { kind: 'provide', from: null, to: 3, target: { atLeast: 3 } }
  ])
})

t.test('accounts that are too old are brought up to date, as many figures as it takes', async (t) => {
  const model = compileModel({ ...shipped, evidence: shipped.evidence.slice(0, 1) })
  const found = counterfactuals(model, { ...given(accounts, '2022-06-30'), ...given(noOverdue) }, asOf)
  t.match(found, { goal: 'rating', complete: false })
  const changes = found.sets[0]?.changes ?? []
  t.equal(changes.length, 4, 'the fewest figures that make up three fifths of the weight')
  for (const change of changes) t.match(change, { kind: 'renew', asOf: '2022-06-30' })
  t.equal(changes[0]?.to, changes[0]?.from, 'the same value would do')
  t.match(changes[0]?.text, {
    en: 'Bring the equity to total assets of 30 June 2022 up to date: at least 20% is enough.',
    zh: '更新权益比率（现有数据截至 2022年6月30日）：20% 以上（含）即可。'
  })
})

t.test('at the best grade there is nothing to reach', async (t) => {
  const best = { ...payments, ...noOverdue, 'behaviour.weightedDaysLate': 0, 'behaviour.settledCount': 90 }
  const excellent = Object.fromEntries(Object.keys(accounts).map((id) => [id, 50]))
  const profile = { 'profile.ageYears': 40, 'profile.cooperationYears': 20, 'profile.employees': 900 }
  const file = given({ ...best, ...excellent, ...profile })
  t.equal(score(company, file, asOf).grade, 'AAA')
  t.same(counterfactuals(company, file, asOf), { goal: null, grade: null, sets: [], complete: true })
})

t.test('what cannot be reached is said to be so for certain', async (t) => {
  const capped: PointsModel = {
    ...shipped,
    ceilings: [
      {
        id: 'young',
        bestGrade: 'BB',
        requires: [{ feature: 'profile.ageYears', atLeast: 3 }],
        reason: 'COMPANY_YOUNG'
      }
    ]
  }
  const found = counterfactuals(compileModel(capped), given({ ...accounts, ...noOverdue, 'profile.ageYears': 1 }), asOf)
  t.same(found, { goal: 'grade', grade: 'BBB', sets: [], complete: true })
})

/**
 * A small model of anything: rising, falling or neither, with conditions of every kind. Bounds are
 * few, so that all values can be tried.
 */
const BOUNDS = [0, 1, 2, 3]
const NUMBERS = [-0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
const TAX_GRADES = ['A', 'B', 'M', 'C', 'D']

const anyMissingRule: fc.Arbitrary<MissingRule> = fc.constantFrom(
  { rule: 'worst' },
  { rule: 'neutral' },
  { rule: 'reweight' },
  { rule: 'unrated' },
  { rule: 'points', points: -5 }
)
const base = {
  name: { en: 'Thing', zh: '某项' },
  group: 'statements',
  weight: 20,
  reason: 'EQUITY_LOW',
  strength: 'EQUITY_STRONG'
} as const
const anyPoints = (count: number) => fc.array(fc.integer({ min: 0, max: 40 }), { minLength: count, maxLength: count })
const maxAge = fc.constantFrom<{ maxAgeDays?: number }>({}, { maxAgeDays: 100 })

const anyNumeric = (id: string, feature: string): fc.Arbitrary<Characteristic> =>
  fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...BOUNDS), { minLength: 1, maxLength: 3 }),
      anyPoints(4),
      anyMissingRule,
      maxAge
    )
    .map(([bounds, points, missing, age]) => {
      const rising = bounds.toSorted((a, b) => a - b)
      const attributes = [undefined, ...rising].map((from, index) => ({
        ...(from === undefined ? {} : { from }),
        ...(rising[index] === undefined ? {} : { to: rising[index] }),
        points: points[index] ?? 0
      }))
      return { ...base, id, feature, type: 'numeric', missing, attributes, ...age }
    })

const anyCategory = (
  id: string,
  feature: string,
  values: readonly (string | boolean)[]
): fc.Arbitrary<Characteristic> =>
  fc.tuple(anyPoints(values.length), anyMissingRule).map(([points, missing]) => {
    const attributes = values.map((value, index) => ({ values: [value], points: points[index] ?? 0 }))
    return { ...base, id, feature, type: typeof values[0] === 'boolean' ? 'boolean' : 'category', missing, attributes }
  })

const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    feature: fc.constantFrom(
      'financial.equityRatio',
      'behaviour.trendDays',
      'standing.agencyScore',
      'profile.ageYears'
    ),
    atLeast: fc.constantFrom(...BOUNDS)
  }),
  fc.record({
    feature: fc.constantFrom('financial.equityRatio', 'behaviour.trendDays'),
    below: fc.constantFrom(...BOUNDS)
  }),
  fc.constantFrom<Condition>(
    { feature: 'record.taxCreditGrade', equals: 'D' },
    { feature: 'statement.audited', equals: false },
    { feature: 'record.taxArrears', equals: true }
  )
)
const anyConditions = fc.array(anyCondition, { minLength: 1, maxLength: 2 })
const named = <T>(each: fc.Arbitrary<T>, prefix: string): fc.Arbitrary<(T & { id: string })[]> =>
  fc.array(each, { maxLength: 2 }).map((all) => all.map((one, index) => ({ ...one, id: `${prefix}${index}` })))

const anyAdvice = fc.constantFrom<Pick<Knockout, 'advice'>>({}, { advice: 'refer' }, { advice: 'decline' })
const anyRequirements = fc.constantFrom<Requirement[]>(
  [{ feature: 'standing.agencyScore', atLeast: 2 }],
  [{ group: 'statements', pointsShareAtLeast: 0.6 }],
  [{ group: 'statements', coverageAtLeast: 0.7 }]
)

const anyModel: fc.Arbitrary<PointsModel> = fc
  .record({
    equity: anyNumeric('equity', 'financial.equityRatio'),
    again: anyNumeric('again', 'financial.equityRatio'),
    trend: anyNumeric('trend', 'behaviour.trendDays'),
    age: anyNumeric('age', 'profile.ageYears'),
    tax: anyCategory('tax', 'record.taxCreditGrade', TAX_GRADES),
    audited: anyCategory('audited', 'statement.audited', [true, false]),
    basePoints: fc.integer({ min: 0, max: 120 }),
    minimumCoverage: fc.constantFrom(0, 0.5, 0.9),
    hysteresis: fc.constantFrom({}, { hysteresis: { points: 8 } }),
    knockouts: named(
      fc
        .tuple(anyConditions, fc.constantFrom('B', 'D'), anyAdvice, fc.constantFrom('fires', 'unrated', 'clear'))
        .map(([when, capGrade, advice, missing]) => ({ when, capGrade, ...advice, missing })),
      'k'
    ),
    notches: named(fc.record({ when: anyConditions, grades: fc.constantFrom(-2, -1, 1, 2) }), 'n'),
    ceilings: named(fc.record({ bestGrade: fc.constantFrom('BBB', 'CCC'), requires: anyRequirements }), 'c')
  })
  .map(({ equity, again, trend, age, tax, audited, basePoints, minimumCoverage, hysteresis, ...rules }) => {
    const text = { name: base.name, reason: 'EQUITY_LOW' as const }
    return {
      ...shipped,
      ...hysteresis,
      scaling: { points: 100, odds: 20, pointsToDoubleOdds: 12 },
      basePoints,
      minimumCoverage,
      characteristics: [equity, again, trend, age, tax, audited],
      evidence: [{ id: 'any', name: base.name, requires: [{ group: 'statements', coverageAtLeast: 0.2 }] }],
      knockouts: rules.knockouts.map((each) => ({ ...each, ...text })),
      notches: rules.notches.map((each) => ({ ...each, ...text })),
      ceilings: rules.ceilings.map((each) => ({ ...each, reason: text.reason })),
      cases: []
    } satisfies PointsModel
  })

const CANDIDATES: Readonly<Record<string, readonly FeatureValue[]>> = {
  'financial.equityRatio': NUMBERS,
  'behaviour.trendDays': NUMBERS,
  'standing.agencyScore': NUMBERS,
  'record.taxCreditGrade': TAX_GRADES,
  'record.taxArrears': [true, false],
  'statement.audited': [true, false]
}

const anyOf = (values: readonly FeatureValue[]): fc.Arbitrary<Feature> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...values).map((value): Feature => ({ value, asOf, source: 'test' })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...values).map((value): Feature => ({ value, asOf: '2020-01-01', source: 'test' }))
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Feature>({ missing: 'no_data' }, { value: Number.NaN, asOf, source: 'test' })
    }
  )
const anyCase = fc.record({
  model: anyModel,
  features: fc.record({
    ...Object.fromEntries(Object.entries(CANDIDATES).map(([id, values]) => [id, anyOf(values)])),
    'profile.ageYears': anyOf(NUMBERS)
  }) as fc.Arbitrary<Record<string, Feature>>,
  previousGrade: fc.constantFrom(null, 'BB' as const, 'AA' as const)
})

const adviceOf = ({ advice }: ScoreResult) => ADVICES.indexOf(advice)

/** Whether a result is what a search was for, by the letter of what it promises. */
function reaches(goal: Counterfactuals['goal'], before: ScoreResult, after: ScoreResult, advice: number): boolean {
  if (after.grade === null || adviceOf(after) > advice) return false
  if (before.grade === null) return true
  const difference = compareGrades(after.grade, before.grade)
  return goal === 'grade' ? difference < 0 : difference <= 0
}

const changedBy = (values: readonly (readonly [string, FeatureValue])[]): FeatureSet =>
  given(Object.fromEntries(values))

/** One number between any two bounds is as good as any other there. */
const TRIED_NUMBERS = [-0.5, 0.5, 1.5, 2.5, 3.5]

/** Every combination of so many features with every value of each. */
function* everySet(size: number, ids: readonly string[]): Generator<(readonly [string, FeatureValue])[]> {
  const [id, ...rest] = ids
  if (size === 0) yield []
  else if (id !== undefined) {
    const values = CANDIDATES[id] === NUMBERS ? TRIED_NUMBERS : (CANDIDATES[id] ?? [])
    for (const value of values) for (const others of everySet(size - 1, rest)) yield [[id, value], ...others]
    yield* everySet(size, rest)
  }
}

t.test('law: a set reaches what it says, in all of its ranges, and no part of it does', async () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
      ({ model, features, previousGrade }, chance) => {
        const compiled = compileModel(model)
        const rescore = (more: FeatureSet) => score(compiled, { ...features, ...more }, asOf, { previousGrade })
        const before = rescore({})
        const found = counterfactuals(compiled, features, asOf, { previousGrade })
        return found.sets.every(({ changes, score: points, pd, grade, advice }) => {
          const values = changes.map(({ feature, to }) => [feature, to] as const)
          const after = rescore(changedBy(values))
          const inRange = changes.map(({ feature, target }, index) => {
            const { atLeast = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = target
            const all = (CANDIDATES[feature] ?? []).filter((each) =>
              typeof each === 'number' ? each >= atLeast && each < below : target.values?.includes(each)
            )
            return [feature, all[(chance[index] ?? 0) % all.length] ?? Number.NaN] as const
          })
          const parts = changes.map((_, index) => values.toSpliced(index, 1))
          return (
            after.score === points &&
            after.pd === pd &&
            after.grade === grade &&
            after.advice === advice &&
            reaches(found.goal, before, after, adviceOf(after)) &&
            reaches(found.goal, before, rescore(changedBy(inRange)), adviceOf(after)) &&
            !parts.some((part) => reaches(found.goal, before, rescore(changedBy(part)), adviceOf(after))) &&
            changes.every(({ feature }) => FEATURES[feature]?.influence === 'customer')
          )
        })
      }
    ),
    { numRuns: 3000 }
  )
})

/**
 * The first size of which a smaller set may exist. Sets of up to three features are searched
 * without exception; of larger ones none is promised to be the smallest, as `complete` says.
 */
function sizesBeyond(least: number | undefined, complete: boolean): number {
  return Math.min(least ?? 7, complete ? 7 : 4)
}

t.test('law: no set of any values changes fewer features; and where none is found, there is none', async () => {
  fc.assert(
    fc.property(anyCase, ({ model, features, previousGrade }) => {
      const compiled = compileModel(model)
      const rescore = (more: FeatureSet) => score(compiled, { ...features, ...more }, asOf, { previousGrade })
      const before = rescore({})
      const { goal, sets, complete } = counterfactuals(compiled, features, asOf, { previousGrade })
      if (goal === null) return before.grade === 'AAA' && before.advice === 'none'
      const least = sets[0]?.changes.length
      const advice =
        sets[0] === undefined ? adviceOf(before) - Number(goal === 'advice') : ADVICES.indexOf(sets[0].advice)
      if (least === undefined && !complete) return true
      for (let size = 1; size < sizesBeyond(least, complete); size += 1)
        for (const values of everySet(size, Object.keys(CANDIDATES)))
          if (reaches(goal, before, rescore(changedBy(values)), advice)) return false
      return true
    }),
    { numRuns: 1000 }
  )
})

t.test('law: the same inputs give the same sets, in whatever order they come', async () => {
  fc.assert(
    fc.property(anyCase, ({ model, features }) => {
      const reversed = Object.fromEntries(Object.entries(features).toReversed())
      const once = counterfactuals(compileModel(model), features, asOf)
      const again = counterfactuals(compileModel(structuredClone(model)), reversed, asOf)
      return JSON.stringify(once) === JSON.stringify(again)
    }),
    { numRuns: 500 }
  )
})

/**
 * Bounds that the model names for a number between two values: what a change between them moves
 * over.
 */
function boundsBetween(model: PointsModel, feature: string, a: number, b: number): number {
  const attributes = model.characteristics.flatMap((each) =>
    each.feature === feature && each.type === 'numeric' ? each.attributes.map(({ from }) => from) : []
  )
  const conditions = [...model.knockouts, ...(model.notches ?? [])].flatMap(({ when }) =>
    when.flatMap((each) => (each.feature === feature ? [each.atLeast, each.below] : []))
  )
  const required = model.ceilings.flatMap(({ requires }) =>
    requires.flatMap((each) => ('feature' in each && each.feature === feature ? [each.atLeast] : []))
  )
  const bounds = new Set([...attributes, ...conditions, ...required])
  const [low, high] = [Math.min(a, b), Math.max(a, b)]
  return [...bounds].filter((bound) => bound !== undefined && bound > low && bound <= high).length
}

t.test('law: of the sets of as many numbers none moves over fewer attributes', async () => {
  const numeric = Object.keys(CANDIDATES).filter((id) => CANDIDATES[id] === NUMBERS)
  const anyNumbers = fc.record(Object.fromEntries(numeric.map((id) => [id, fc.constantFrom(...NUMBERS)])))
  fc.assert(
    fc.property(anyModel, anyNumbers, fc.constantFrom(...NUMBERS), (model, numbers, age) => {
      const compiled = compileModel(model)
      const features = given({ ...numbers, 'profile.ageYears': age })
      const rescore = (more: FeatureSet) => score(compiled, { ...features, ...more }, asOf)
      const { goal, sets } = counterfactuals(compiled, features, asOf)
      const [first] = sets
      if (first === undefined || first.changes.some(({ to }) => typeof to !== 'number')) return true
      const movedBy = (values: readonly (readonly [string, FeatureValue])[]) =>
        values.reduce((sum, [id, to]) => sum + boundsBetween(model, id, Number(numbers[id]), Number(to)), 0)
      const moved = movedBy(first.changes.map(({ feature, to }) => [feature, to]))
      for (const values of everySet(first.changes.length, numeric))
        if (
          movedBy(values) < moved &&
          reaches(goal, rescore({}), rescore(changedBy(values)), ADVICES.indexOf(first.advice))
        )
          return false
      return true
    }),
    { numRuns: 1000 }
  )
})

t.test('a category, a yes or no, a record and a condition are put in words', async (t) => {
  const [equity] = shipped.characteristics
  const category = (id: string, feature: string, points: Record<string, number>): Characteristic => ({
    ...base,
    id,
    name: { en: 'Tax credit grade', zh: '纳税信用等级' },
    feature,
    type: 'category',
    missing: { rule: 'worst' },
    attributes: Object.entries(points).map(([value, worth]) => ({ values: [value], points: worth }))
  })
  const model = (points: Record<string, number>, when: Condition): PointsModel => ({
    ...shipped,
    scaling: { points: 100, odds: 20, pointsToDoubleOdds: 12 },
    basePoints: 100,
    characteristics: [equity as Characteristic, category('tax', 'record.taxCreditGrade', points)],
    evidence: [{ id: 'any', name: base.name, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: [
      { id: 'stop', name: base.name, when: [when], advice: 'decline', missing: 'fires', reason: 'EQUITY_LOW' }
    ]
  })
  const of = (points: Record<string, number>, when: Condition, values: Record<string, FeatureValue>) =>
    counterfactuals(compileModel(model(points, when)), given({ 'financial.equityRatio': 0.9, ...values }), asOf)
  const never: Condition = { feature: 'profile.kind', equals: 'individual' }
  const kind = { 'profile.kind': 'company' }
  const grades = { A: 40, B: 39, M: 20, C: 2, D: 0 }
  const words = (found: Counterfactuals) => found.sets[0]?.changes[0]?.text
  const better = of(grades, never, { ...kind, 'financial.equityRatio': -9, 'record.taxCreditGrade': 'C' })
  t.match(
    better.sets[0]?.changes[0],
    { from: 'C', to: 'M', target: { values: ['A', 'B', 'M'] } },
    'one attribute further'
  )
  t.same(words(better), {
    en: 'Improve the tax credit grade from “C” to “A”, “B” or “M”.',
    zh: '纳税信用等级由“C 级”提升至“A 级”、“B 级”或“M 级”。'
  })
  const arrears: Condition = { feature: 'record.taxArrears', equals: true }
  const owing = of(grades, arrears, { 'record.taxCreditGrade': 'A', 'record.taxArrears': true })
  t.match(owing, { goal: 'advice', grade: null, complete: true })
  t.match(owing.sets[0], { advice: 'none', clears: ['stop'], changes: [{ characteristics: [], points: 0 }] })
  t.same(words(owing), {
    en: 'Settle overdue taxes.',
    zh: '缴清欠税。'
  })
  const silent = of(grades, arrears, { 'record.taxCreditGrade': 'A' })
  t.same(words(silent), {
    en: 'Provide data on “Whether taxes are overdue”: “no” is enough.',
    zh: '补充“是否存在欠税”资料：“否”即可。'
  })
  const many: Condition = { feature: 'record.openCourtCases', atLeast: 2.5 }
  const sued = of(grades, many, { 'record.taxCreditGrade': 'A', 'record.openCourtCases': 9 })
  t.match(sued.sets[0]?.changes[0], { to: 2, target: { below: 2.5 } }, 'a whole number of cases')
})

t.test('what lies in a middle range is bounded on both sides', async (t) => {
  const equity = shipped.characteristics[0] as Characteristic
  const peak = [
    { to: 1, points: 0 },
    { from: 1, to: 1.00001, points: 30 },
    { from: 1.00001, to: 2, points: 25 },
    { from: 2, points: 5 }
  ]
  const model: PointsModel = {
    ...shipped,
    scaling: { points: 230, odds: 20, pointsToDoubleOdds: 10 },
    characteristics: [
      { ...equity, type: 'numeric', feature: 'financial.currentRatio', attributes: peak } as Characteristic
    ],
    evidence: [{ id: 'any', name: base.name, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
    minimumCoverage: 0,
    ceilings: [],
    knockouts: []
  }
  const from = (value: number) => counterfactuals(compileModel(model), given({ 'financial.currentRatio': value }), asOf)
  t.match(from(5).sets[0]?.changes, [
    {
      to: 1.9999,
      target: { atLeast: 1, below: 2 },
      text: {
        en: 'Lower the equity to total assets from 5 times to at least 1 times and below 2 times.',
        zh: '权益比率由 5 倍降至 1 倍（含）至 2 倍（不含）之间。'
      }
    }
  ])
  t.match(from(0.25).sets[0]?.changes, [{ to: 1, target: { atLeast: 1 } }])
})

t.test('nobody is asked to change who they are, how old they are or where they live', async (t) => {
  const never = Object.keys(FEATURES).filter((id) => /^(profile|person)\./.test(id) && id !== 'person.monthlyIncome')
  t.ok(never.length > 15)
  for (const id of [...never, 'account.monthsSinceFirstInvoice', 'account.disputedShare'])
    t.not(FEATURES[id]?.influence, 'customer', id)
  for (const id of ['financial.equityRatio', 'behaviour.trendDays', 'record.taxCreditGrade', 'person.monthlyIncome'])
    t.equal(FEATURES[id]?.influence, 'customer', id)
})

t.test('inputs of the model count as far as it says that the customer can influence them', async (t) => {
  const [first] = shipped.characteristics
  const own = (influence?: 'customer'): PointsModel => ({
    ...shipped,
    inputs: [
      { id: 'own.savings', type: 'numeric', description: base.name, ...(influence === undefined ? {} : { influence }) }
    ],
    characteristics: [{ ...(first as Characteristic), feature: 'own.savings' }],
    evidence: [{ id: 'any', name: base.name, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: []
  })
  const search = (model: PointsModel) => counterfactuals(compileModel(model), given({ 'own.savings': 0 }), asOf)
  t.same(search(own()).sets, [])
  t.match(search(own('customer')).sets, [{ changes: [{ feature: 'own.savings' }] }])
})

t.test('a search that is cut short says so, and still gives only what it has tried', async (t) => {
  const file = given({ ...accounts, ...payments, 'behaviour.weightedDaysLate': 40, ...noOverdue })
  for (const rescoringsMax of [0, 1, 2, 5]) {
    const found = counterfactuals(company, file, asOf, { rescoringsMax })
    for (const { changes, grade } of found.sets) {
      const after = score(company, { ...file, ...changedBy(changes.map(({ feature, to }) => [feature, to])) }, asOf)
      t.equal(after.grade, grade)
    }
    t.equal(found.complete, false, `${rescoringsMax}`)
  }
  t.equal(counterfactuals(company, file, asOf, { setsMax: 1 }).sets.length, 1)
})

t.test('never throws, however odd the file', async () => {
  const odd = fc.constantFrom<Feature>(
    { value: Number.MAX_VALUE, asOf, source: 'x' },
    { value: -Number.MAX_VALUE, asOf, source: 'x' },
    { value: 'text', asOf: 'never', source: 'x' },
    { value: true, asOf: '2999-01-01', source: 'x' },
    { value: -0, asOf, source: 'x' }
  )
  const ids = [...Object.keys(CANDIDATES), 'profile.ageYears', 'toString']
  const anyOddFile = fc.record(Object.fromEntries(ids.map((id) => [id, odd])), { requiredKeys: [] })
  fc.assert(
    fc.property(anyModel, anyOddFile, (model, file) =>
      counterfactuals(compileModel(model), file as FeatureSet, asOf).sets.every(
        ({ score, changes }) =>
          Number.isFinite(score) && changes.every(({ to }) => typeof to !== 'number' || Number.isFinite(to))
      )
    ),
    { numRuns: 500 }
  )
})

t.test('law: contributions and the other inputs, as JSON keeps them, score the same again', async () => {
  fc.assert(
    fc.property(anyCase, ({ model, features, previousGrade }) => {
      const compiled = compileModel(model)
      const once = score(compiled, features, asOf, { previousGrade })
      const stored = JSON.parse(
        JSON.stringify({
          contributions: once.contributions,
          others: otherInputs(compiled, features, once.contributions)
        })
      )
      const again = score(compiled, inputsOf(stored.contributions, stored.others), asOf, { previousGrade })
      return JSON.stringify(again) === JSON.stringify(once)
    }),
    { numRuns: 1000 }
  )
})

t.test('of what the contributions tell, nothing is kept twice', async (t) => {
  const file = given({ ...accounts, ...noOverdue, 'profile.kind': 'company' })
  t.same(otherInputs(company, file, score(company, file, asOf).contributions), [])
  const model = compileModel({
    ...shipped,
    ceilings: [
      { id: 'c', bestGrade: 'BB', requires: [{ feature: 'standing.agencyScore', atLeast: 3 }], reason: 'EQUITY_LOW' }
    ]
  })
  const seen = { ...file, ...given({ 'standing.agencyScore': 2, 'financial.netMargin': 'high' }) }
  t.same(otherInputs(model, seen, score(model, seen, asOf).contributions), [
    { feature: 'financial.netMargin', value: 'high', missing: null, asOf, source: 'test' },
    { feature: 'standing.agencyScore', value: 2, missing: null, asOf, source: 'test' }
  ])
})
