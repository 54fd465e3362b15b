import fc from 'fast-check'
import {
  type CardModel,
  type Feature,
  type FeatureValue,
  MISSING_RULES,
  type MissingRule,
  REASON_BASELINES,
  type SubstituteRule
} from '../../src/engine/index.ts'
import { nextUp } from '../../src/model-format/pmml/read/cells.ts'

/*
 * Random models of the right shape, with odd names, values and bounds. They need not be fit for
 * publication: the weights of a points-based model do not match its points.
 */

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const bounds = fc.uniqueArray(
  fc.oneof(
    finite,
    fc.integer({ min: -50, max: 50 }).map((value) => value / 10)
  ),
  {
    maxLength: 6,
    comparator: (a, b) => a === b
  }
)
const word = fc.oneof(
  fc.constantFrom(
    'own',
    'a b',
    ' a',
    'a ',
    '',
    '"',
    '\\',
    'a\\',
    '"a b"',
    '<x & y>',
    "it's",
    '自有',
    '&lt;',
    ']]>',
    'true',
    '1'
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 })
)
// What the format of a model allows: no control character, no half of a character.
const allowed = word.filter((text) => /^[^\p{Cc}\ufffe\uffff]*$/u.test(text) && text.isWellFormed())
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((each) => each.isWellFormed())
const both = fc.record({ en: text, zh: text })

type Worth = { points: number } | { woe: number }
type Kind = 'points' | 'woe'
const worthOf = (kind: Kind): fc.Arbitrary<Worth> =>
  kind === 'points'
    ? fc.record({ points: fc.integer({ min: -100, max: 200 }) })
    : fc.record({ woe: fc.integer({ min: -3_000, max: 3_000 }).map((each) => each / 1000 + 0) })

const rangesOf = (kind: Kind) =>
  bounds.chain((found) => {
    const cuts = found.map((each) => each + 0).sort((a, b) => a - b)
    return fc.array(worthOf(kind), { minLength: cuts.length + 1, maxLength: cuts.length + 1 }).map((worths) =>
      worths.map((worth, index) => {
        const [from, to] = [cuts[index - 1], cuts[index]]
        return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...worth }
      })
    )
  })
const setsOf = (kind: Kind) =>
  fc.uniqueArray(allowed, { minLength: 1, maxLength: 8 }).chain((words) =>
    fc
      .tuple(fc.integer({ min: 1, max: words.length }), fc.array(worthOf(kind), { minLength: 8, maxLength: 8 }))
      .map(([size, worths]) =>
        Array.from({ length: Math.ceil(words.length / size) }, (_, index) => ({
          values: words.slice(index * size, (index + 1) * size),
          ...worths[index]
        }))
      )
  )
const answersOf = (kind: Kind) =>
  fc.tuple(fc.boolean(), worthOf(kind), worthOf(kind)).map(([first, a, b]) => [
    { values: [first], ...a },
    { values: [!first], ...b }
  ])

const points = fc.integer({ min: -300, max: 300 })
const missing = (): fc.Arbitrary<MissingRule> =>
  fc
    .tuple(fc.constantFrom(...MISSING_RULES), points)
    .map(([rule, earned]) => (rule === 'points' ? { rule, points: earned } : { rule }))
const substitute = (): fc.Arbitrary<SubstituteRule> =>
  fc
    .tuple(fc.constantFrom('worst', 'points', 'missing'), points)
    .map(([rule, earned]) => (rule === 'points' ? { rule, points: earned } : { rule: rule as 'worst' }))

/** An object of which the named fields may be absent. */
const record = (fields: Record<string, fc.Arbitrary<unknown>>, optional: readonly string[]) =>
  fc.record(fields, { requiredKeys: Object.keys(fields).filter((field) => !optional.includes(field)) })

const ATTRIBUTES = { numeric: rangesOf, category: setsOf, boolean: answersOf } as const
const characteristicOf = (kind: Kind, index: number) =>
  fc.constantFrom('numeric', 'category', 'boolean').chain((type) =>
    record(
      {
        id: fc.constant(`c${index}`),
        name: both,
        group: fc.constantFrom('profile', 'standing'),
        feature: fc.constant(`input-${index}`),
        type: fc.constant(type),
        enabled: fc.boolean(),
        missing: missing(),
        stale: substitute(),
        ...(type === 'category' ? { unseen: substitute() } : {}),
        maxAgeDays: fc.integer({ min: 1, max: 1000 }),
        baseline: points,
        reason: fc.constantFrom('COMPANY_SMALL', 'COMPANY_YOUNG', 'CHARACTERISTIC_WEAK'),
        strength: fc.constantFrom('COMPANY_LARGE', 'CHARACTERISTIC_STRONG'),
        attributes: ATTRIBUTES[type](kind),
        ...(kind === 'points'
          ? { weight: fc.constant(10) }
          : { coefficient: fc.integer({ min: 1, max: 2000 }).map((each) => -each / 1000) })
      },
      ['enabled', 'stale', 'unseen', 'maxAgeDays']
    )
  )

const calibration = fc.uniqueArray(fc.integer({ min: -500, max: 1000 }), { maxLength: 3 }).map((found) => {
  const cuts = found.sort((a, b) => a - b)
  return [...cuts, undefined].map((to, index) => {
    const from = cuts[index - 1]
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), pd: (5 - index) / 10 }
  })
})

const whole = (min: number, max: number) => fc.integer({ min, max })

/** A model whose first characteristic is scored. */
export function randomModel(kind: Kind): fc.Arbitrary<CardModel> {
  const own =
    kind === 'points'
      ? { basePoints: points, kind: fc.constant('points') }
      : {
          intercept: fc.double({ min: -5, max: 5, noNaN: true }).map((each) => each + 0),
          kind: fc.constant('woe'),
          rounding: fc.constantFrom('none', 'whole')
        }
  const evidence = { id: 'any', name: { en: 'Any', zh: '任意' }, requires: [{ group: 'profile', coverageAtLeast: 0 }] }
  const model = whole(1, 5).chain((count) =>
    record(
      {
        id: fc.constant('random'),
        version: whole(1, 99),
        name: both,
        description: both,
        segment: fc.constantFrom('company', 'individual'),
        scaling: fc.record({ points: whole(-500, 900), odds: whole(1, 99), pointsToDoubleOdds: whole(1, 80) }),
        minimumCoverage: fc.constant(0),
        evidence: fc.constant([evidence]),
        ceilings: fc.constant([]),
        knockouts: fc.constant([]),
        cases: fc.constant([]),
        hysteresis: fc.record({ points: whole(0, 9) }),
        calibration,
        reasons: fc.record({ baseline: fc.constantFrom(...REASON_BASELINES), adverseMax: whole(1, 4) }),
        characteristics: fc.tuple(...Array.from({ length: count }, (_, index) => characteristicOf(kind, index))),
        ...own
      },
      ['hysteresis', 'calibration', 'reasons', ...(kind === 'points' ? ['kind'] : [])]
    )
  )
  return model.map((each) => {
    const found = structuredClone(each) as unknown as CardModel
    const [first] = found.characteristics
    if (first !== undefined) delete first.enabled
    const inputs = found.characteristics.map(({ feature, type }) => ({
      id: feature,
      type,
      description: { en: 'An input.', zh: '输入' }
    }))
    return { ...found, inputs }
  })
}

/**
 * A value for each feature, missing ones among them: bounds and their neighbours, known words and
 * others.
 */
export function randomValues(
  model: CardModel,
  mayMiss: (rule: MissingRule['rule']) => boolean
): fc.Arbitrary<Record<string, FeatureValue | undefined>> {
  const values = model.characteristics.map((each) => {
    const known: fc.Arbitrary<FeatureValue> =
      each.type === 'numeric'
        ? fc.oneof(
            finite,
            fc
              .constantFrom(0, ...each.attributes.flatMap(({ to = 0 }) => [to, nextUp(to), -nextUp(-to)]))
              .filter(Number.isFinite)
          )
        : each.type === 'boolean'
          ? fc.boolean()
          : fc.constantFrom(...each.attributes.flatMap((set) => set.values))
    if (!mayMiss(each.missing.rule)) return known
    return fc.option(each.type === 'category' ? fc.oneof(known, allowed) : known, { nil: undefined })
  })
  return fc
    .tuple(...values)
    .map((found) => Object.fromEntries(model.characteristics.map(({ feature }, index) => [feature, found[index]])))
}

/** What is known, as features of a day. */
export function featuresFrom(
  values: Readonly<Record<string, FeatureValue | undefined>>,
  asOf: string
): Record<string, Feature> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([id, value]) =>
      value === undefined ? [] : [[id, { value, asOf, source: 'test' }]]
    )
  )
}
