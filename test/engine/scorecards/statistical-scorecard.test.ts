import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Feature, FeatureSet } from '../../../src/engine/features/feature.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import type { ScoreResult } from '../../../src/engine/scorecards/score-result.ts'
import { score } from '../../../src/engine/scorecards/scorecard.ts'
import { pdOfModel, pdOfScore, scoreOfPd } from '../../../src/engine/scorecards/scoring/pd-of-score.ts'
import type {
  CalibrationBand,
  MissingRule,
  PointsModel,
  Scaling,
  ScoringModel,
  SubstituteRule,
  WoeCharacteristic,
  WoeModel
} from '../../../src/engine/scorecards/scoring-model.ts'
import { compareGrades, gradeOfPd, PD_FLOOR } from '../../../src/engine/values/rating.ts'
import { woeModel } from '../woe-model.ts'

const shipped: PointsModel = JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8'))
const asOf = '2024-06-30'

const given = (values: Record<string, number | string | boolean>, on = asOf): FeatureSet =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, asOf: on, source: 'test' }]))
const settled = { monthsAtAddress: 30, housing: 'own', telephone: true }

/** The example as a points-based card with the same characteristics. */
function pointsModel(): PointsModel {
  const { intercept: _intercept, rounding: _rounding, characteristics, cases: _cases, ...rest } = woeModel()
  const whole = (woe: number): number => Math.round(woe * 100)
  const weights = [56.5, 28.5, 15]
  return {
    ...rest,
    kind: 'points',
    basePoints: 500,
    cases: [],
    characteristics: characteristics.map(({ coefficient: _coefficient, ...each }, index) => {
      const weight = weights[index] ?? 0
      return each.type === 'numeric'
        ? {
            ...each,
            weight,
            attributes: each.attributes.map(({ woe, ...range }) => ({ ...range, points: whole(woe) }))
          }
        : { ...each, weight, attributes: each.attributes.map(({ woe, values }) => ({ values, points: whole(woe) })) }
    })
  }
}

t.test('each attribute earns -(coefficient · woe + intercept / n) · factor + offset / n', async (t) => {
  const compiled = compileModel(woeModel())
  // Worked out by hand: factor 50 / ln 2 = 72.134752, offset 600 - factor · ln 19 = 387.603624.
  const table: [number, Record<string, number | string | boolean>, number, number][] = [
    [0, { monthsAtAddress: -5 }, 0, 87.36305192349363],
    [0, { monthsAtAddress: 5.999999 }, 0, 87.36305192349363],
    [0, { monthsAtAddress: 6 }, 1, 162.38319404971975],
    [0, { monthsAtAddress: 23.999999 }, 1, 162.38319404971975],
    [0, { monthsAtAddress: 24 }, 2, 191.237094867499],
    [1, { housing: 'own' }, 0, 172.4820593359425],
    [1, { housing: 'rented' }, 1, 133.52929323194047],
    [1, { housing: 'free' }, 1, 133.52929323194047],
    [2, { telephone: true }, 0, 178.9741870199428],
    [2, { telephone: false }, 1, 127.39783930816238]
  ]
  for (const [index, values, attribute, points] of table) {
    const found = score(compiled, given(values), asOf).contributions[index]
    t.match(found, { attribute, state: 'present' }, JSON.stringify(values))
    t.ok(Math.abs((found?.points ?? 0) - points) < 1e-9, `${JSON.stringify(values)}: ${found?.points}`)
  }
})

t.test('the sum is the score, and the PD that of the regression', async (t) => {
  const result = score(compileModel(woeModel()), given(settled), asOf)
  t.ok(Math.abs((result.score ?? 0) - 542.6933412233843) < 1e-9)
  t.match(result, { status: 'rated', pd: 0.104331, grade: 'CCC', basePoints: 0, coverage: 1 })
  // The regression itself: z = -0.9 - 0.8 · 0.7 - 0.6 · 0.5 - 1.3 · 0.3 = -2.15, PD = 1 / (1 +
  // e^2.15).
  t.equal(result.pd, Math.round(1e6 / (1 + Math.exp(2.15))) / 1e6)
})

t.test('weights are the shares of the points between worst and best, and carry the coverage', async (t) => {
  const compiled = compileModel(woeModel())
  const { contributions } = score(compiled, {}, asOf)
  const [address = 0, housing = 0, telephone = 0] = contributions.map(({ weight }) => weight)
  // Spreads: 0.8 · 1.8 = 1.44, 0.6 · 0.9 = 0.54, 1.3 · 0.55 = 0.715; together 2.695.
  t.ok(Math.abs(address - 144 / 2.695) < 1e-9)
  t.ok(Math.abs(housing - 54 / 2.695) < 1e-9)
  t.ok(Math.abs(telephone - 71.5 / 2.695) < 1e-9)
  t.equal(score(compiled, given({ housing: 'own' }), asOf).coverage, 0.2004)
})

t.test('neutral are the points of a weight of evidence of 0, as close as the attributes come', async (t) => {
  const missing = (rounding: WoeModel['rounding'], woes: readonly number[]) => {
    const model: WoeModel = { ...woeModel(), rounding, cases: [] }
    const [address, ...others] = model.characteristics
    if (address?.type !== 'numeric') throw new Error('the example begins with a number')
    const attributes = address.attributes.map((each, place) => ({ ...each, woe: woes[place] ?? 0 }))
    const neutral: WoeCharacteristic = { ...address, missing: { rule: 'neutral' }, attributes }
    return score(compileModel({ ...model, characteristics: [neutral, ...others] }), {}, asOf).contributions[0]?.points
  }
  // 387.603624 / 3 + 72.134752 · 0.9 / 3, of three characteristics.
  t.ok(Math.abs((missing('none', [-1.1, 0.2, 0.7]) ?? 0) - 150.841634) < 1e-5)
  t.equal(missing('whole', [-1.1, 0.2, 0.7]), 151)
  t.equal(missing('whole', [0.1, 0.2, 0.7]), 157, '150.841634 + 0.8 · 0.1 · 72.134752')
  t.equal(missing('whole', [-0.7, -0.2, -0.1]), 145, '150.841634 - 0.8 · 0.1 · 72.134752')
})

t.test('a characteristic that is switched off takes no part, and the others share what is spread evenly', async (t) => {
  const model = woeModel()
  const characteristics = model.characteristics.map((each) => ({ ...each, enabled: each.id !== 'telephone' }))
  const result = score(compileModel({ ...model, characteristics, cases: [] }), given(settled), asOf)
  // 387.603624 / 2 + (0.8 · 0.7 + 0.9 / 2) · 72.134752, and 0.6 · 0.5 in the place of 0.8 · 0.7.
  t.ok(Math.abs((result.contributions[0]?.points ?? 0) - 266.657912) < 1e-5)
  t.ok(Math.abs((result.contributions[1]?.points ?? 0) - 247.902876) < 1e-5)
  t.equal(result.contributions.length, 2)
  t.equal(result.pd, Math.round(1e6 / (1 + Math.exp(0.9 + 0.56 + 0.3))) / 1e6)
})

t.test('rounding to whole points gives whole points, a half going up', async (t) => {
  const model: WoeModel = { ...woeModel(), rounding: 'whole' }
  const result = score(compileModel(model), given(settled), asOf)
  t.same(
    result.contributions.map(({ points }) => points),
    [191, 172, 179]
  )
  t.equal(result.score, 542)
  const halves: WoeModel = {
    ...woeModel(),
    rounding: 'whole',
    intercept: 0,
    scaling: { points: 4.5, odds: 1, pointsToDoubleOdds: 50 }
  }
  for (const each of halves.characteristics) for (const attribute of each.attributes) attribute.woe = 0
  t.same(
    score(compileModel(halves), given(settled), asOf).contributions.map(({ points }) => points),
    [2, 2, 2],
    '1.5 each'
  )
})

const finite = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const anyScaling: fc.Arbitrary<Scaling> = fc.record({
  points: finite(-500, 1000),
  odds: finite(0.01, 1000),
  pointsToDoubleOdds: finite(1, 200)
})

t.test('law: at the stated odds the score is the stated one, and twice the odds earn the stated step', async () => {
  const unmoved = (scaling: Scaling, logOdds: number): number => {
    const model: WoeModel = { ...woeModel(), scaling, intercept: -logOdds }
    for (const each of model.characteristics) for (const attribute of each.attributes) attribute.woe = 0
    return score(compileModel(model), given(settled), asOf).score ?? Number.NaN
  }
  fc.assert(
    fc.property(anyScaling, (scaling) => {
      const at = unmoved(scaling, Math.log(scaling.odds))
      const above = unmoved(scaling, Math.log(2 * scaling.odds))
      return Math.abs(at - scaling.points) < 1e-6 && Math.abs(above - at - scaling.pointsToDoubleOdds) < 1e-6
    })
  )
  fc.assert(
    fc.property(anyScaling, (scaling) => {
      const odds = (points: number): number => 1 / pdOfScore(scaling, points) - 1
      const near = (a: number, b: number): boolean => Math.abs(1 / (1 + a) - 1 / (1 + b)) < 1.1e-6
      if (scaling.odds > 900) return true
      return (
        near(odds(scaling.points), scaling.odds) &&
        near(odds(scaling.points + scaling.pointsToDoubleOdds), 2 * scaling.odds)
      )
    })
  )
})

t.test('law: a PD becomes a score and the same PD again, and a score a PD and the same score again', async () => {
  fc.assert(
    fc.property(anyScaling, fc.integer({ min: 500, max: 999_999 }), (scaling, millionths) => {
      const pd = millionths / 1e6
      return pdOfScore(scaling, scoreOfPd(scaling, pd)) === pd
    })
  )
  fc.assert(
    fc.property(anyScaling, finite(-8, 6), (scaling, doublings) => {
      const points = scoreOfPd(scaling, 1 / (1 + 2 ** doublings))
      const again = scoreOfPd(scaling, pdOfScore(scaling, points))
      return Math.abs(again - points) < 1e-3 * scaling.pointsToDoubleOdds
    })
  )
})

t.test('law: the PD of a scorecard is that of its regression', async () => {
  const anyWoe = finite(-2, 2)
  fc.assert(
    fc.property(
      anyScaling,
      finite(-4, 4),
      fc.array(anyWoe, { minLength: 3, maxLength: 3 }),
      (scaling, intercept, woe) => {
        const model: WoeModel = { ...woeModel(), scaling, intercept }
        let logit = intercept
        model.characteristics.forEach((each, index) => {
          for (const attribute of each.attributes) attribute.woe = woe[index] ?? 0
          logit += each.coefficient * (woe[index] ?? 0)
        })
        const { pd } = score(compileModel(model), given(settled), asOf)
        return Math.abs((pd ?? -1) - Math.max(PD_FLOOR, 1 / (1 + Math.exp(-logit)))) < 1e-6
      }
    )
  )
})

t.test('law: every number belongs to exactly one range, and that is the one reported', async () => {
  const cuts = fc
    .uniqueArray(fc.oneof(fc.integer({ min: -50, max: 50 }), finite(-50, 50)), { minLength: 1, maxLength: 8 })
    .map((list) => list.map((cut) => cut + 0).toSorted((a, b) => a - b))
    .filter((list) => list.every((cut, index) => index === 0 || cut > (list[index - 1] ?? cut)))
  fc.assert(
    fc.property(cuts, finite(-60, 60), fc.nat(), fc.boolean(), (list, anywhere, pick, onCut) => {
      const value = onCut ? (list[pick % list.length] ?? 0) : anywhere
      const model = woeModel()
      const each = model.characteristics[0]
      if (each?.type !== 'numeric') return false
      each.attributes = [...list, undefined].map((to, index) => {
        const from = list[index - 1]
        return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), woe: index }
      })
      const holding = each.attributes.flatMap(({ from, to }, index) =>
        (from === undefined || value >= from) && (to === undefined || value < to) ? [index] : []
      )
      const found = score(compileModel(model), given({ monthsAtAddress: value }), asOf).contributions[0]
      return holding.length === 1 && found?.attribute === holding[0]
    })
  )
})

t.test('an unseen category goes by its rule, and only a category can be unseen', async (t) => {
  const found = (model: ScoringModel, value: string | number | boolean, on = asOf) =>
    score(compileModel(model), given({ ...settled, housing: value }, on), asOf)
  const table: [SubstituteRule | undefined, MissingRule, object, ScoreResult['status']][] = [
    [{ rule: 'worst' }, { rule: 'worst' }, { state: 'present', value: 'tent', attribute: null, points: -40 }, 'rated'],
    [{ rule: 'worst' }, { rule: 'points', points: -60 }, { state: 'present', value: 'tent', points: -40 }, 'rated'],
    [{ rule: 'points', points: -55 }, { rule: 'points', points: -60 }, { state: 'present', points: -55 }, 'rated'],
    [{ rule: 'points', points: -30 }, { rule: 'worst' }, { state: 'present', points: -40 }, 'rated'],
    [{ rule: 'missing' }, { rule: 'points', points: -60 }, { state: 'missing', value: null, points: -60 }, 'rated'],
    [undefined, { rule: 'points', points: -60 }, { state: 'missing', missing: 'invalid', points: -60 }, 'rated'],
    [{ rule: 'unrated' }, { rule: 'unrated' }, { state: 'missing', missing: 'invalid' }, 'unrated'],
    [{ rule: 'missing' }, { rule: 'unrated' }, { state: 'missing' }, 'unrated'],
    [{ rule: 'worst' }, { rule: 'unrated' }, { state: 'present', points: -40 }, 'rated']
  ]
  for (const [unseen, missing, contribution, status] of table) {
    const model = pointsModel()
    const each = model.characteristics[1]
    if (each?.type !== 'category') throw new Error('housing is a category')
    each.missing = missing
    if (unseen === undefined) delete each.unseen
    else each.unseen = unseen
    const name = `${unseen?.rule ?? 'no rule'}, missing ${missing.rule}`
    t.match(found(model, 'tent').contributions[1], contribution, name)
    t.equal(found(model, 'tent').status, status, name)
  }
  t.match(found(pointsModel(), 7).contributions[1], { state: 'missing', missing: 'invalid' }, 'a number')
  t.match(found(pointsModel(), true).contributions[1], { state: 'missing', missing: 'invalid' }, 'a yes or no')
  const aging = pointsModel()
  for (const each of aging.characteristics) each.maxAgeDays = 10
  t.match(found(aging, 'tent', '2024-01-01').contributions[1], { state: 'missing' }, 'unseen and stale at once')
  const range = found(pointsModel(), 'tent').range
  t.equal(range.scoreMin, range.scoreMax, 'nothing is open: the value is known')
})

t.test('a stale value goes by its rule', async (t) => {
  const table: [SubstituteRule | undefined, MissingRule, number, ScoreResult['status']][] = [
    [undefined, { rule: 'worst' }, -110, 'rated'],
    [undefined, { rule: 'points', points: -130 }, -130, 'rated'],
    [{ rule: 'missing' }, { rule: 'points', points: -130 }, -130, 'rated'],
    [{ rule: 'worst' }, { rule: 'points', points: -130 }, -110, 'rated'],
    [{ rule: 'points', points: -120 }, { rule: 'points', points: -130 }, -120, 'rated'],
    [{ rule: 'points', points: -10 }, { rule: 'worst' }, -110, 'rated'],
    [undefined, { rule: 'unrated' }, -110, 'unrated'],
    [{ rule: 'worst' }, { rule: 'unrated' }, -110, 'rated'],
    [{ rule: 'unrated' }, { rule: 'unrated' }, -110, 'unrated']
  ]
  for (const [stale, missing, points, status] of table) {
    const model = pointsModel()
    const each = model.characteristics[0]
    if (each === undefined) throw new Error('there is a first characteristic')
    each.missing = missing
    if (stale !== undefined) each.stale = stale
    const old = { ...given(settled), ...given({ monthsAtAddress: 30 }, '2024-03-21') }
    const result = score(compileModel(model), old, asOf)
    const name = `${stale?.rule ?? 'no rule'}, missing ${missing.rule}`
    t.match(result.contributions[0], { state: 'stale', value: 30, attribute: null, points }, name)
    t.equal(result.status, status, name)
  }
})

t.test('a calibration table gives the PD instead of the scaling, for either kind', async (t) => {
  const calibration = [
    { to: 500, pd: 0.3 },
    { from: 500, to: 540, pd: 0.1 },
    { from: 540, pd: 0.0001 }
  ]
  for (const kind of [woeModel(), pointsModel()]) {
    const model: ScoringModel = { ...kind, calibration }
    t.equal(pdOfModel(model, -1e9), 0.3)
    t.equal(pdOfModel(model, 499.999999), 0.3)
    t.equal(pdOfModel(model, 500), 0.1)
    t.equal(pdOfModel(model, 539.999999), 0.1)
    t.equal(pdOfModel(model, 540), PD_FLOOR, 'never below the floor')
    t.equal(pdOfModel(kind, 600), 0.05, 'without a table: odds of 19:1')
  }
  const calibrated = compileModel({ ...woeModel(), calibration })
  t.match(score(calibrated, given(settled), asOf), { pd: PD_FLOOR, grade: 'AAA' })
  t.match(score(calibrated, given({ ...settled, telephone: false }), asOf), { pd: 0.3, grade: 'CC' })
})

const anyMissing = fc.oneof(
  fc.constant({ rule: 'worst' } as const),
  fc.constant({ rule: 'unrated' } as const),
  finite(-300, 300).map((points) => ({ rule: 'points', points }) as const)
)
const anySubstitute: fc.Arbitrary<SubstituteRule | undefined> = fc.oneof(
  fc.constantFrom<(SubstituteRule | undefined)[]>(undefined, { rule: 'missing' }),
  anyMissing
)
const anyRules = fc.array(fc.tuple(anyMissing, anySubstitute, anySubstitute), { minLength: 3, maxLength: 3 })
const anyCalibration: fc.Arbitrary<CalibrationBand[] | undefined> = fc.constantFrom<(CalibrationBand[] | undefined)[]>(
  undefined,
  [
    { to: 520, pd: 0.2 },
    { from: 520, pd: 0.01 }
  ]
)

/** A card of either kind with any rules, even ones that would not be published. */
const anyModel: fc.Arbitrary<ScoringModel> = fc
  .tuple(fc.constantFrom('points', 'none', 'whole'), anyRules, anyCalibration)
  .map(([kind, rules, calibration]) => {
    const model: ScoringModel = kind === 'points' ? pointsModel() : woeModel()
    if (model.kind === 'woe' && kind === 'whole') model.rounding = 'whole'
    if (calibration !== undefined) model.calibration = calibration
    model.characteristics.forEach((each, index) => {
      const [missing = { rule: 'worst' } as const, stale, unseen] = rules[index] ?? []
      each.missing = missing
      each.maxAgeDays = 100
      if (stale !== undefined) each.stale = stale
      if (each.type !== 'numeric' && unseen !== undefined) each.unseen = unseen
    })
    return model
  })

const anyDay = fc.constantFrom(asOf, asOf, asOf, '2024-01-01', '2025-01-01')
const anyValue = fc.oneof(
  fc.constantFrom<(string | number | boolean)[]>(6, 24, 0, 'own', 'rented', 'tent', true, false, Number.NaN),
  finite(-10, 60)
)
const anyFeature: fc.Arbitrary<Feature> = fc
  .tuple(anyValue, anyDay)
  .map(([value, on]) => ({ value, asOf: on, source: 'test' }))
const anyFile = fc.record(
  {
    monthsAtAddress: fc.oneof(
      anyFeature,
      finite(-10, 60).map((value): Feature => ({ value, asOf, source: 'test' }))
    ),
    housing: fc.oneof(
      anyFeature,
      fc.constantFrom('own', 'free', 'tent').map((value): Feature => ({ value, asOf, source: 'test' }))
    ),
    telephone: fc.oneof(
      anyFeature,
      fc.boolean().map((value): Feature => ({ value, asOf, source: 'test' }))
    )
  },
  { requiredKeys: [] }
) as fc.Arbitrary<Record<string, Feature>>

function isNoBetter(result: ScoreResult, than: ScoreResult): boolean {
  if (result.status === 'unrated') return true
  if (than.status === 'unrated') return false
  return (
    (result.score ?? 0) <= (than.score ?? 0) &&
    (result.pd ?? 0) >= (than.pd ?? 0) &&
    compareGrades(result.grade ?? 'D', than.grade ?? 'D') >= 0
  )
}

t.test('law: whatever the rules of a card of either kind, removing an input never improves the result', async () => {
  const anyId = fc.constantFrom('monthsAtAddress', 'housing', 'telephone')
  fc.assert(
    fc.property(anyModel, anyFile, anyId, (model, file, id) => {
      const compiled = compileModel(model)
      const { [id]: _removed, ...rest } = file
      return isNoBetter(score(compiled, rest, asOf), score(compiled, file, asOf))
    }),
    { numRuns: 5000 }
  )
})

t.test('law: whatever the rules, a value that grows stale or turns into an unseen one is no better', async () => {
  fc.assert(
    fc.property(anyModel, anyFile, fc.boolean(), (model, file, stale) => {
      const compiled = compileModel(model)
      const id = stale ? 'monthsAtAddress' : 'housing'
      const feature = file[id]
      if (feature === undefined || 'missing' in feature || feature.asOf > asOf) return true
      if (!stale && !['own', 'rented', 'free'].includes(String(feature.value))) return true
      const worse: Feature = stale ? { ...feature, asOf: '2020-01-01' } : { ...feature, value: 'tent' }
      return isNoBetter(score(compiled, { ...file, [id]: worse }, asOf), score(compiled, file, asOf))
    }),
    { numRuns: 5000 }
  )
})

t.test('law: contributions add up to the score of either kind, and the PD lies in the band of the grade', async () => {
  fc.assert(
    fc.property(anyModel, anyFile, (model, file) => {
      const result = score(compileModel(model), file, asOf)
      const total = result.basePoints + result.contributions.reduce((sum, each) => sum + each.points, 0)
      const { scoreMin, scoreMax } = result.range
      const lost = result.contributions.every((each) => each.pointsLost === each.pointsMax - each.points)
      const adds = result.score === null || (result.score === total && Number.isFinite(total))
      const graded = result.pd === null || gradeOfPd(result.pd) === result.grade
      return adds && lost && graded && scoreMin <= total && total <= scoreMax
    }),
    { numRuns: 3000 }
  )
})

t.test('a model without a kind is a points-based one', async (t) => {
  const { kind: _kind, ...unnamed } = pointsModel()
  t.same(score(compileModel(unnamed), given(settled), asOf), score(compileModel(pointsModel()), given(settled), asOf))
  t.equal(score(compileModel(unnamed), given(settled), asOf).score, 650, '500 + 70 + 50 + 30')
  t.equal(shipped.kind, undefined)
})

t.test('a contribution says what was seen: exactly so for a value present, stale, unseen and missing', async (t) => {
  const model = woeModel()
  for (const each of model.characteristics) each.maxAgeDays = 100
  const file: FeatureSet = {
    monthsAtAddress: { value: 30, asOf: '2024-03-21', source: 'form' },
    housing: { value: 'tent', asOf, source: 'form' },
    telephone: { missing: 'no_data' }
  }
  const seen = score(compileModel(model), file, asOf).contributions.map(
    ({ state, value, missing, asOf: on, source, attribute }) => ({ state, value, missing, on, source, attribute })
  )
  const nothing = { missing: null, attribute: null }
  t.strictSame(seen, [
    { ...nothing, state: 'stale', value: 30, on: '2024-03-21', source: 'form' },
    { ...nothing, state: 'present', value: 'tent', on: asOf, source: 'form' },
    { ...nothing, state: 'missing', value: null, missing: 'no_data', on: null, source: null }
  ])
})

t.test('of two ages for one feature the shorter one holds for what is required of it', async (t) => {
  for (const ages of [
    [50, 400],
    [400, 50]
  ]) {
    const model = woeModel()
    model.characteristics[1] = { ...structuredClone(model.characteristics[0]), id: 'again' } as WoeCharacteristic
    ages.forEach((maxAgeDays, index) => {
      Object.assign(model.characteristics[index] ?? {}, { maxAgeDays })
    })
    model.evidence = [
      { id: 'long', name: { en: 'Long', zh: '长' }, requires: [{ feature: 'monthsAtAddress', atLeast: 12 }] }
    ]
    const compiled = compileModel(model)
    t.equal(score(compiled, given({ monthsAtAddress: 30 }, '2024-05-11'), asOf).status, 'rated', '50 days old')
    t.equal(score(compiled, given({ monthsAtAddress: 30 }, '2024-05-10'), asOf).status, 'unrated', '51 days old')
  }
})
