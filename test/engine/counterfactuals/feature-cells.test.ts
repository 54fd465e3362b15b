import t from 'tap'
import { changeableFeatures } from '../../../src/engine/counterfactuals/changeable-features.ts'
import {
  type Cell,
  cellsOf,
  describedFeature,
  holdsValue,
  influenceOf,
  isNoWorse,
  useOf
} from '../../../src/engine/counterfactuals/feature-cells.ts'
import type { Feature, FeatureValue } from '../../../src/engine/features/feature.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { scoreInOrder } from '../../../src/engine/scorecards/scorecard.ts'
import type { Characteristic, Condition, PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'

/* What a model can tell apart of one feature, on cards that are small enough to list it. */

const asOf = '2026-03-31'
const name = { en: 'x', zh: '某' }
const OPEN_BELOW = Number.NEGATIVE_INFINITY
const OPEN_ABOVE = Number.POSITIVE_INFINITY

const base = {
  name,
  group: 'statements',
  weight: 25,
  missing: { rule: 'worst' },
  reason: 'EQUITY_LOW',
  strength: 'EQUITY_STRONG'
} as const

const ranges = (id: string, feature: string, bounds: number[], points: number[], more: object = {}) =>
  ({
    ...base,
    id,
    feature,
    type: 'numeric',
    ...more,
    attributes: points.map((each, place) => ({
      ...(place === 0 ? {} : { from: bounds[place - 1] }),
      ...(place === bounds.length ? {} : { to: bounds[place] }),
      points: each
    }))
  }) as Characteristic

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
    evidence: [],
    ceilings: [],
    knockouts: [],
    cases: [],
    ...more,
    characteristics
  }
}

const knockout = (when: Condition[]) => [
  { id: 'k', name, when, capGrade: 'CC' as const, missing: 'fires' as const, reason: 'EQUITY_LOW' as const }
]
const notches = (...all: [grades: number, when: Condition[]][]) =>
  all.map(([grades, when], place) => ({ id: `n${place}`, name, when, grades, reason: 'EQUITY_LOW' as const }))

const cells = (model: PointsModel, id: string): Cell[] => {
  const compiled = compileModel(model)
  return cellsOf(
    compiled,
    compiled.features.findIndex((each) => each.id === id)
  )
}
const bounds = (all: readonly Cell[]) => all.map(({ from, below }) => [from, below])

const equity = ranges('equity', 'financial.equityRatio', [0.2, 0.5], [0, 10, 30])

t.test('a number: every bound that anything in the model names, and what each range is worth', async (t) => {
  const twice = ranges('again', 'financial.equityRatio', [0.3], [1, 2])
  const found = cells(
    cardOf([equity, twice], {
      ceilings: [
        {
          id: 'c',
          bestGrade: 'BB',
          requires: [{ feature: 'financial.equityRatio', atLeast: 0.4 }],
          reason: 'EQUITY_LOW'
        }
      ],
      knockouts: knockout([{ feature: 'financial.equityRatio', below: 0 }]),
      notches: notches([1, [{ feature: 'financial.equityRatio', atLeast: 0.7, below: 0.9 }]])
    }),
    'financial.equityRatio'
  )
  t.same(bounds(found), [
    [OPEN_BELOW, 0],
    [0, 0.2],
    [0.2, 0.3],
    [0.3, 0.4],
    [0.4, 0.5],
    [0.5, 0.7],
    [0.7, 0.9],
    [0.9, OPEN_ABOVE]
  ])
  t.same(
    found.map(({ points }) => points),
    [1, 1, 11, 12, 12, 32, 32, 32]
  )
  t.same(
    found.map(({ effect }) => effect),
    [
      [0, 1, 0, -1, 0],
      [0, 1, 0, 0, 0],
      [10, 1, 0, 0, 0],
      [10, 2, 0, 0, 0],
      [10, 2, 1, 0, 0],
      [30, 2, 1, 0, 0],
      [30, 2, 1, 0, 1],
      [30, 2, 1, 0, 0]
    ]
  )
  t.same(
    found.map(({ isAdverse }) => isAdverse),
    [true, false, false, false, false, false, false, false]
  )
})

t.test(
  'what looks at a feature: characteristics, requirements, what speaks against the customer and for it',
  async (t) => {
    const compiled = compileModel(
      cardOf([equity, ranges('other', 'financial.currentRatio', [1], [0, 5])], {
        evidence: [{ id: 'e', name, requires: [{ feature: 'financial.currentRatio', atLeast: 1 }] }],
        knockouts: knockout([{ feature: 'financial.currentRatio', below: 0.1 }]),
        notches: notches(
          [-1, [{ feature: 'financial.currentRatio', below: 0.2 }]],
          [2, [{ feature: 'financial.currentRatio', atLeast: 3 }]],
          [1, [{ feature: 'financial.equityRatio', atLeast: 0.9 }]]
        )
      })
    )
    const place = compiled.features.findIndex(({ id }) => id === 'financial.currentRatio')
    const use = useOf(compiled, place)
    t.match(use, { characteristics: [1], atLeast: [1], maxAgeDays: OPEN_ABOVE })
    t.same(
      use.against.map(({ below }) => below),
      [0.1, 0.2]
    )
    t.same(
      use.inFavour.map(({ atLeast }) => atLeast),
      [3]
    )
    const dated = compileModel(
      cardOf([
        { ...equity, maxAgeDays: 90 } as Characteristic,
        { ...equity, id: 'b', maxAgeDays: 60 } as Characteristic
      ])
    )
    t.equal(useOf(dated, 0).maxAgeDays, 60, 'stale for something')
  }
)

const rating = {
  ...base,
  id: 'tax',
  feature: 'tax.creditGrade',
  type: 'category',
  attributes: [
    { values: ['A', 'B'], points: 20 },
    { values: ['C'], points: 5 },
    { values: ['D', 'M'], points: 0 }
  ]
} as Characteristic

t.test('a category: the values that the model cannot tell apart stand together', async (t) => {
  const model = (more: Partial<PointsModel> = {}) => cells(cardOf([rating], more), 'tax.creditGrade')
  t.same(
    model().map(({ values, points }) => [points, values.join()]),
    [
      [20, 'A,B'],
      [5, 'C'],
      [0, 'D,M']
    ]
  )
  t.ok(model().every(({ from, below }) => from === OPEN_BELOW && below === OPEN_ABOVE))
  const split = model({ knockouts: knockout([{ feature: 'tax.creditGrade', equals: 'D' }]) })
  t.same(
    split.map(({ values, isAdverse }) => [values.join(), isAdverse]),
    [
      ['A,B', false],
      ['C', false],
      ['D', true],
      ['M', false]
    ]
  )
  const praised = model({ notches: notches([1, [{ feature: 'tax.creditGrade', equals: 'A' }]]) })
  t.same(
    praised.map(({ values, effect }) => [values.join(), effect.at(-1)]),
    [
      ['A', 1],
      ['B', 0],
      ['C', 0],
      ['D,M', 0]
    ]
  )
})

t.test('a yes or no has both, also where only a condition looks at it', async (t) => {
  const found = cells(
    cardOf([equity], { knockouts: knockout([{ feature: 'statement.audited', equals: false }]) }),
    'statement.audited'
  )
  t.same(found.map(({ values, isAdverse, points }) => [values, isAdverse, points]).toSorted(), [
    [[false], true, 0],
    [[true], false, 0]
  ])
})

t.test('an input of the model’s own that only conditions look at has the values that they name', async (t) => {
  const inputs = [
    { id: 'first', type: 'numeric' as const, description: name },
    { id: 'colour', type: 'category' as const, description: name },
    { id: 'flag', type: 'boolean' as const, description: name }
  ]
  const model = cardOf([equity], {
    inputs,
    knockouts: knockout([
      { feature: 'colour', equals: 'red' },
      { feature: 'flag', equals: true },
      { feature: 'first', atLeast: 5 }
    ]),
    notches: notches([1, [{ feature: 'colour', equals: 'green' }]])
  })
  t.same(
    cells(model, 'colour').map(({ values, isAdverse, effect }) => [values, isAdverse, effect.at(-1)]),
    [
      [['red'], true, 0],
      [['green'], false, 1]
    ]
  )
  t.same(
    cells(model, 'flag').map(({ values, isAdverse }) => [values, isAdverse]),
    [
      [[true], true],
      [[false], false]
    ]
  )
  t.same(bounds(cells(model, 'first')), [
    [OPEN_BELOW, 5],
    [5, OPEN_ABOVE]
  ])
  t.equal(describedFeature(model, 'colour')?.type, 'category')
  t.equal(describedFeature(model, 'nowhere'), undefined)
  t.equal(influenceOf(model, 'colour'), 'none', 'unless the model says otherwise')
})

t.test('a cell holds what lies in it, from its lower bound on; a text never lies in a range', async (t) => {
  const range: Cell = { from: 0, below: 1, values: [], points: 0, effect: [], isAdverse: false }
  const holds = (value: FeatureValue, cell = range) => holdsValue(cell, value)
  t.same(
    [-0.01, 0, 0.99, 1].map((value) => holds(value)),
    [false, true, true, false]
  )
  t.notOk(holds('A') || holds(true))
  const set: Cell = { ...range, from: OPEN_BELOW, below: OPEN_ABOVE, values: ['A', true] }
  t.ok(holds('A', set) && holds(true, set))
  t.notOk(holds('B', set) || holds(false, set) || holds(0.5, set), 'nor a number in a set')
})

t.test('no worse is no worse in anything', async (t) => {
  const cell = (...effect: number[]): Cell => ({ from: 0, below: 1, values: [], points: 0, effect, isAdverse: false })
  t.ok(isNoWorse(cell(1, 2), cell(1, 2)) && isNoWorse(cell(2, 2), cell(1, 2)))
  t.notOk(isNoWorse(cell(9, 1), cell(1, 2)))
})

/** The options of the one feature that the customer can change: value, steps and gain of each. */
function options(model: PointsModel, id: string, feature: Feature) {
  const compiled = compileModel(model)
  const features = compiled.features.map((each): Feature => (each.id === id ? feature : { missing: 'no_data' }))
  const { contributions } = scoreInOrder(compiled, features, asOf)
  const found = changeableFeatures(compiled, features, asOf, contributions).find((each) => each.id === id)
  return {
    ...found,
    told: found?.options.map(({ value, steps, gain, size }) => [value, steps, gain, Math.round(size * 1000) / 1000])
  }
}

const present = (value: FeatureValue, on = asOf): Feature => ({ value, asOf: on, source: 'x' })

t.test('a ratio moves to the near end of each better range, and what is worse is no option', async (t) => {
  const card = cardOf([equity])
  t.same(options(card, 'financial.equityRatio', present(0.1)).told, [
    [0.2, 1, 10, 0.333],
    [0.5, 2, 30, 0.667]
  ])
  t.same(options(card, 'financial.equityRatio', present(0.3)).told, [[0.5, 1, 20, 0.25]])
  t.same(options(card, 'financial.equityRatio', present(0.5)).told, undefined, 'the best')
  const debt = cardOf([ranges('debt', 'financial.liabilitiesToAssets', [0.4, 0.71234], [30, 10, 0])])
  t.same(
    options(debt, 'financial.liabilitiesToAssets', present(0.9)).told,
    [
      [0.7123, 1, 10, 0.116],
      [0.3999, 2, 30, 0.385]
    ],
    'below a bound, in ten-thousandths'
  )
})

t.test('days and counts move to whole numbers, and a narrow range is met all the same', async (t) => {
  const dso = cardOf([ranges('dso', 'financial.dsoDays', [30, 60.5], [30, 10, 0])])
  t.same(options(dso, 'financial.dsoDays', present(90)).told, [
    [60, 1, 10, 0.2],
    [29, 2, 30, 0.513]
  ])
  const narrow = cardOf([ranges('dso', 'financial.dsoDays', [30.2, 30.8], [0, 30, 10])])
  t.same(
    options(narrow, 'financial.dsoDays', present(90)).told,
    [[30.5, 1, 20, 0.494]],
    'the middle, where no whole day lies'
  )
  t.same(options(narrow, 'financial.dsoDays', present(10)).told, [
    [30.2, 1, 30, 0.502],
    [31, 2, 10, 0.512]
  ])
})

t.test('what is missing may be provided, one step for each range that is outdone', async (t) => {
  const { told, state, value } = options(cardOf([equity]), 'financial.equityRatio', { missing: 'no_data' })
  t.same([state, value], ['missing', null])
  t.same(told, [
    [0.1999, 0, 0, 1],
    [0.2, 1, 10, 1],
    [0.5, 2, 30, 1]
  ])
})

t.test('what is stale is brought up to date as it is, or better', async (t) => {
  const card = cardOf([{ ...equity, maxAgeDays: 90 } as Characteristic])
  t.match(options(card, 'financial.equityRatio', present(0.3, '2025-12-31')), { state: 'present' }, '90 days old')
  const stale = options(card, 'financial.equityRatio', present(0.3, '2025-12-30'))
  t.match(stale, { state: 'stale', value: 0.3, asOf: '2025-12-30' })
  t.same(stale.told, [
    [0.3, 0, 10, 0],
    [0.1999, 1, 0, 0.2],
    [0.5, 1, 30, 0.25]
  ])
})

t.test('what cannot be what it says counts as missing: of tomorrow, of another type, infinite', async (t) => {
  const card = cardOf([equity])
  for (const feature of [present(0.1, '2026-04-01'), present('0.1'), present(Number.POSITIVE_INFINITY)])
    t.match(options(card, 'financial.equityRatio', feature), { state: 'missing', value: null, asOf: null })
  t.equal(
    options(card, 'financial.equityRatio', { missing: 'not_applicable' }).told,
    undefined,
    'what does not apply is no option'
  )
})

t.test('the option that nothing outdoes is the best, and supreme where nothing at all is better', async (t) => {
  const card = cardOf([equity])
  const { best, isSupreme } = options(card, 'financial.equityRatio', present(0.1))
  t.same(
    best?.map(({ value }) => value),
    [0.5]
  )
  t.equal(isSupreme, true)
  const torn = cardOf([equity, ranges('against', 'financial.equityRatio', [0.5], [5, 0])])
  const both = options(torn, 'financial.equityRatio', present(0.1))
  t.same(
    both.best?.map(({ value }) => value),
    [0.2, 0.5]
  )
  t.equal(both.isSupreme, false)
  const barred = cardOf([], { knockouts: knockout([{ feature: 'financial.equityRatio', atLeast: 0 }]) })
  t.equal(options(barred, 'financial.equityRatio', { missing: 'no_data' }).isSupreme, true, 'below zero it is clear')
})
