import t from 'tap'
import type { ModelFault } from '../../../src/engine/governance/model-fault.ts'
import { modelFaults } from '../../../src/engine/governance/model-faults.ts'
import { attributePoints } from '../../../src/engine/scorecards/attribute-points.ts'
import type {
  CalibrationBand,
  ModelInput,
  ModelKind,
  Rounding,
  WoeCharacteristic,
  WoeModel,
  WoeNumericCharacteristic,
  WoeValueCharacteristic
} from '../../../src/engine/scorecards/scoring-model.ts'
import { woeModel } from '../woe-model.ts'

/** The points of the worst attribute of the first characteristic. */
const worstOf = (model: WoeModel): number => Math.min(...(attributePoints(model)[0] ?? []))

type Spoil = (model: WoeModel) => void

const spoiledBy = (spoil: Spoil): ModelFault[] => {
  const model = woeModel()
  spoil(model)
  return modelFaults(model)
}
const characteristic =
  (index: number, change: Partial<WoeCharacteristic>): Spoil =>
  (model) => {
    Object.assign(model.characteristics[index] ?? {}, change)
  }
const range = (index: number, change: Partial<WoeNumericCharacteristic['attributes'][number]>): Spoil => {
  return (model) => {
    Object.assign(model.characteristics[0]?.attributes[index] ?? {}, change)
  }
}
/** Leaves out a bound between two ranges. */
const openAt =
  (index: number, side: 'from' | 'to'): Spoil =>
  (model) => {
    const each = model.characteristics[0]
    if (each?.type === 'numeric') delete each.attributes[index]?.[side]
  }
const values = (index: number, attributes: WoeValueCharacteristic['attributes']): Spoil =>
  characteristic(index, { attributes })
const input =
  (change: Partial<ModelInput>): Spoil =>
  (model) => {
    model.inputs?.push({ id: 'spare', type: 'numeric', description: { en: 'A number.', zh: '数字。' }, ...change })
  }
const calibrated =
  (...calibration: CalibrationBand[]): Spoil =>
  (model) => {
    model.calibration = calibration
  }

t.test('a statistical scorecard with inputs of its own can be published, with any lawful rule and table', async (t) => {
  t.same(modelFaults(woeModel()), [])
  const lawful: Spoil[] = [
    characteristic(0, { missing: { rule: 'unrated' }, stale: { rule: 'unrated' } }),
    characteristic(0, { missing: { rule: 'unrated' }, stale: { rule: 'worst' } }),
    characteristic(0, { missing: { rule: 'points', points: 80.5 }, stale: { rule: 'points', points: 87.3 } }),
    characteristic(0, { missing: { rule: 'points', points: 80.5 }, stale: { rule: 'points', points: 80.5 } }),
    characteristic(1, { missing: { rule: 'points', points: 0 }, unseen: { rule: 'missing' } }),
    characteristic(1, { missing: { rule: 'unrated' }, unseen: { rule: 'unrated' } }),
    characteristic(1, { missing: { rule: 'unrated' }, unseen: { rule: 'points', points: -1000 } }),
    (m) => {
      const each = m.characteristics[0]
      if (each?.type !== 'numeric') return
      each.monotone = 'decreasing'
      each.attributes = [
        { to: 6, woe: 0.7 },
        { from: 6, to: 24, woe: 0.7 },
        { from: 24, woe: 0.7 }
      ]
      m.cases = [{ name: 'level', features: {}, expect: { status: 'rated' } }]
    },
    (m) => Object.assign(m.characteristics[0] ?? {}, { missing: { rule: 'points', points: worstOf(m) } }),
    calibrated({ to: 500, pd: 0.2 }, { from: 500, pd: 0.2 }),
    calibrated({ to: 500, pd: 0.2 }, { from: 500, to: 600, pd: 0.1 }, { from: 600, pd: 0.0005 }),
    calibrated({ pd: 0.1 }),
    input({ type: 'boolean' }),
    input({ id: 'a'.repeat(100) }),
    (model) => {
      model.cases = [{ name: 'no score stated', features: { housing: 'tent' }, expect: { status: 'rated' } }]
    }
  ]
  for (const [index, spoil] of lawful.entries()) t.same(spoiledBy(spoil), [], `lawful ${index}`)
})

const at = '/characteristics'
const FAULTS: readonly [string, RegExp, Spoil][] = [
  ['/kind', /points, woe/, (m) => Object.assign(m, { kind: 'oracle' as ModelKind })],
  ['/intercept', /a number/, (m) => Object.assign(m, { intercept: Number.NaN })],
  ['/intercept', /a number/, (m) => Object.assign(m, { intercept: undefined })],
  ['/rounding', /none, whole/, (m) => Object.assign(m, { rounding: 'up' as Rounding })],
  ['/version', /whole number/, (m) => Object.assign(m, { version: 0 })],
  ['/scaling/pointsToDoubleOdds', /more than 0/, (m) => Object.assign(m.scaling, { pointsToDoubleOdds: 0 })],
  ['/characteristics', /at least one/, (m) => Object.assign(m, { characteristics: [] })],
  ['/scaling/odds', /more than 0/, (m) => Object.assign(m.scaling, { odds: -19 })],
  [`${at}/0/coefficient`, /less than 0/, characteristic(0, { coefficient: 0.8 })],
  [`${at}/0/coefficient`, /less than 0/, characteristic(0, { coefficient: 0 })],
  [`${at}/1/coefficient`, /less than 0/, characteristic(1, { coefficient: Number.NEGATIVE_INFINITY })],
  [`${at}/1/coefficient`, /less than 0/, (m) => Object.assign(m.characteristics[1] ?? {}, { coefficient: undefined })],
  [`${at}/0/attributes/1/woe`, /a number/, range(1, { woe: Number.NaN })],
  [
    `${at}/0/attributes/1/woe`,
    /a number/,
    (m) => Object.assign(m.characteristics[0]?.attributes[1] ?? {}, { woe: null })
  ],
  [`${at}/0/attributes/2/woe`, /declared increasing/, range(2, { woe: 0.1 })],
  [`${at}/0/attributes/1/woe`, /declared decreasing/, characteristic(0, { monotone: 'decreasing' })],
  [`${at}/0/attributes/0/from`, /open below/, range(0, { from: 0 })],
  [`${at}/0/attributes/2/to`, /open above/, range(2, { to: 99 })],
  [`${at}/0/attributes/0/to`, /^Gap: no range holds 5 to 6\.$/, range(0, { to: 5 })],
  [`${at}/0/attributes/0/to`, /^Overlap: two ranges hold 6 to 7\.$/, range(0, { to: 7 })],
  [`${at}/0/attributes/1/to`, /^Unreachable/, range(1, { to: 6 })],
  [`${at}/0/attributes/1/to`, /^Unreachable/, range(1, { to: 5 })],
  [`${at}/0/attributes/1/to`, /finite/, range(1, { to: Number.POSITIVE_INFINITY })],
  [`${at}/0/attributes`, /at least one attribute/, characteristic(0, { attributes: [] })],
  [`${at}/1/attributes`, /at least one attribute/, characteristic(1, { attributes: [] })],
  [
    `${at}/1/attributes/1/values`,
    /^Unreachable/,
    values(1, [
      { values: ['own'], woe: 1 },
      { values: [], woe: 0 }
    ])
  ],
  [
    `${at}/1/attributes/1/values/0`,
    /two attributes/,
    values(1, [
      { values: ['own'], woe: 1 },
      { values: ['own'], woe: 0 }
    ])
  ],
  [`${at}/1/attributes/0/values/0`, /a string/, values(1, [{ values: [true], woe: 1 }])],
  [`${at}/2/attributes`, /for both/, values(2, [{ values: [true], woe: 1 }])],
  [`${at}/2/attributes`, /for both/, values(2, [{ values: [false], woe: 1 }])],
  [`${at}/0/attributes/0/to`, /^Only the first range/, openAt(0, 'to')],
  [`${at}/0/attributes/0/to`, /^Only the first range/, openAt(1, 'from')],
  [`${at}/2/unseen`, /Only a category/, characteristic(2, { unseen: { rule: 'worst' } })],
  [`${at}/1/unseen`, /withholding/, characteristic(1, { unseen: { rule: 'unrated' } })],
  [`${at}/0/stale`, /withholding/, characteristic(0, { stale: { rule: 'unrated' } })],
  [`${at}/1/unseen/points`, /at most/, characteristic(1, { unseen: { rule: 'points', points: 133.6 } })],
  [`${at}/1/unseen/points`, /at least/, characteristic(1, { unseen: { rule: 'points', points: 133.5 } })],
  [`${at}/0/stale/points`, /at most/, characteristic(0, { stale: { rule: 'points', points: 87.4 } })],
  [`${at}/0/stale/points`, /at least/, characteristic(0, { stale: { rule: 'points', points: 87.3 } })],
  [`${at}/0/missing/points`, /at most/, characteristic(0, { missing: { rule: 'points', points: 87.4 } })],
  [`${at}/0/missing/points`, /a number/, characteristic(0, { missing: { rule: 'points', points: Number.NaN } })],
  [`${at}/0/feature`, /no feature "floor"/, characteristic(0, { feature: 'floor' })],
  [`${at}/0/type`, /of type category/, characteristic(0, { feature: 'housing' })],
  ['/calibration', /at least one band/, calibrated()],
  ['/calibration/1/pd', /no higher/, calibrated({ to: 500, pd: 0.1 }, { from: 500, pd: 0.2 })],
  ['/calibration/0/pd', /at least 0\.0005/, calibrated({ pd: 0.0004 })],
  ['/calibration/0/pd', /less than 1/, calibrated({ pd: 1 })],
  ['/calibration/0/pd', /less than 1/, calibrated({ pd: Number.NaN })],
  ['/calibration/0/to', /^Gap: no band holds 490 to 500\.$/, calibrated({ to: 490, pd: 0.2 }, { from: 500, pd: 0.1 })],
  ['/calibration/0/to', /^Overlap: two bands/, calibrated({ to: 510, pd: 0.2 }, { from: 500, pd: 0.1 })],
  ['/calibration/0/from', /open below/, calibrated({ from: 0, pd: 0.1 })],
  ['/calibration/0/to', /open above/, calibrated({ to: 0, pd: 0.1 })],
  ['/inputs/3/id', /a letter/, input({ id: '1st' })],
  ['/inputs/3/id', /a letter/, input({ id: 'a b' })],
  ['/inputs/3/id', /at most 100/, input({ id: 'a'.repeat(101) })],
  ['/inputs/3/id', /used twice/, input({ id: 'housing' })],
  ['/inputs/3/id', /feature catalogue/, input({ id: 'profile.country' })],
  ['/inputs/3/type', /numeric, category, boolean/, input({ type: 'number' as ModelInput['type'] })],
  ['/cases/0/expect/score', /scores 542\.69/, (m) => Object.assign(m.cases[0]?.expect ?? {}, { score: 542.6933 })],
  ['/cases/0/features/floor', /no feature "floor"/, (m) => Object.assign(m.cases[0]?.features ?? {}, { floor: 3 })],
  ['/knockouts/0/when/0/feature', /no feature "floor"/, knockedOut('floor')],
  ['/knockouts/0/when/0/atLeast', /More of this is better/, knockedOut('monthsAtAddress')]
]

function knockedOut(feature: string): Spoil {
  return (model) => {
    model.knockouts = [
      {
        id: 'out',
        name: { en: 'Out', zh: '否决' },
        when: [{ feature, atLeast: 3 }],
        capGrade: 'C',
        missing: 'fires',
        reason: 'PAYS_LATE'
      }
    ]
  }
}

t.test('each fault of a statistical scorecard is found, pointed at and explained', async (t) => {
  for (const [pointer, detail, spoil] of FAULTS) {
    const faults = spoiledBy(spoil)
    const found = faults.some((each) => each.pointer === pointer && each.code === 'invalid' && detail.test(each.detail))
    t.ok(found, `${pointer} ${detail}: ${JSON.stringify(faults.slice(0, 3))}`)
    for (const each of faults) t.match(each.detail, /^.+\.$/)
  }
})

t.test('a scorecard that tells nobody apart is refused', async (t) => {
  const faults = spoiledBy((model) => {
    for (const each of model.characteristics) for (const attribute of each.attributes) attribute.woe = 0.5
  })
  t.match(faults, [{ pointer: '/characteristics', detail: /tells customers apart/ }])
})

t.test('an input that people may not be judged by is refused, by its name or what it says it is', async (t) => {
  const harmless = { en: 'A number.', zh: '数字。' }
  const table: [string, ModelInput['description'], string][] = [
    ['age_in_years', harmless, '/inputs/3/id'],
    ['sex', harmless, '/inputs/3/id'],
    ['personal_status_and_sex', harmless, '/inputs/3/id'],
    ['foreignWorker', harmless, '/inputs/3/id'],
    ['x7', { en: 'Religion of the applicant.', zh: '数字。' }, '/inputs/3/description/en'],
    ['x7', { en: 'A number.', zh: '申请人年龄。' }, '/inputs/3/description/zh']
  ]
  for (const [id, description, pointer] of table) {
    t.match(spoiledBy(input({ id, description })), [{ pointer, code: 'prohibited-feature' }], `${id} ${description.en}`)
  }
})
