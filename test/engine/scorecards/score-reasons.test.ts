import t from 'tap'
import type { Feature, MissingReason } from '../../../src/engine/features/feature.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { score } from '../../../src/engine/scorecards/scorecard.ts'
import type { Characteristic, Condition, PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'

/* Which reasons are given, and in which order, on cards whose points can be counted. */

const asOf = '2026-03-31'
const name = { en: 'x', zh: '某' }

/** Numbers from 0, 1 and so on earn these points. */
function steps(
  id: string,
  feature: string,
  points: readonly number[],
  more: Partial<Characteristic> = {}
): Characteristic {
  const attributes = points.map((each, place) => ({
    ...(place === 0 ? {} : { from: place }),
    ...(place === points.length - 1 ? {} : { to: place + 1 }),
    points: each
  }))
  const rules = { type: 'numeric', weight: 25, missing: { rule: 'worst' }, maxAgeDays: 365, group: 'statements' }
  return {
    id,
    name,
    feature,
    reason: 'EQUITY_LOW',
    strength: 'EQUITY_STRONG',
    ...rules,
    ...more,
    attributes
  } as Characteristic
}

const equity = steps('equity', 'financial.equityRatio', [0, 20, 40])
const profit = steps('profit', 'financial.netMargin', [0, 20, 40], {
  reason: 'PROFITABILITY_LOW',
  strength: 'PROFITABILITY_STRONG'
})

function cardOf(characteristics: Characteristic[], more: Partial<PointsModel> = {}): PointsModel {
  return {
    id: 'small',
    version: 1,
    name,
    description: name,
    segment: 'company',
    scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
    basePoints: 600,
    minimumCoverage: 0,
    evidence: [{ id: 'any', name, requires: [{ group: 'statements', coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: [],
    cases: [],
    ...more,
    characteristics
  }
}

type Values = Record<string, number | boolean | { missing: MissingReason }>

const featuresOf = (values: Values, on = asOf): Record<string, Feature> =>
  Object.fromEntries(
    Object.entries(values).map(([id, value]) => [
      id,
      typeof value === 'object' ? value : { value, asOf: on, source: 'x' }
    ])
  )

const result = (model: PointsModel, values: Values) => score(compileModel(model), featuresOf(values), asOf)

/** Code, points and what they come from; a minus before what speaks against the customer. */
const reasons = (model: PointsModel, values: Values) =>
  result(model, values).reasons.map(({ code, direction, points, from }) =>
    [`${direction === 'adverse' ? '-' : '+'}${code}`, points, ...from].join(' ')
  )

const best = { 'financial.equityRatio': 2 }

t.test('against the best: what is lacking, and what earned three quarters of its points', async (t) => {
  const four = steps('equity', 'financial.equityRatio', [0, 29, 30, 40])
  const of = (value: number) => reasons(cardOf([four]), { 'financial.equityRatio': value })
  t.same(of(0), ['-EQUITY_LOW 40 equity'])
  t.same(of(1), ['-EQUITY_LOW 11 equity'], '29 of 40')
  t.same(of(2), ['+EQUITY_STRONG 30 equity'], '30 of 40, and not held against it for the 10')
  t.same(of(3), ['+EQUITY_STRONG 40 equity'])
  const fine = cardOf([steps('equity', 'financial.equityRatio', [0, 2, 3])])
  t.same(reasons(fine, { 'financial.equityRatio': 1 }), ['-EQUITY_LOW 1 equity'], 'a single point')
})

t.test('against neutral, or a baseline of one’s own, both sides are measured from it', async (t) => {
  const neutral = { reasons: { baseline: 'neutral' as const } }
  const of = (value: number, more: Partial<PointsModel>, each = equity) =>
    reasons(cardOf([each], more), { 'financial.equityRatio': value })
  t.same(of(0, neutral), ['-EQUITY_LOW 20 equity'])
  t.same(of(1, neutral), [], 'as neutral as can be')
  t.same(of(2, neutral), ['+EQUITY_STRONG 20 equity'])
  const custom = { reasons: { baseline: 'stated' as const } }
  const own = { ...equity, baseline: 30 }
  t.same(of(1, custom, own), ['-EQUITY_LOW 10 equity'])
  t.same(of(2, custom, own), ['+EQUITY_STRONG 10 equity'])
})

t.test('one that tells nobody apart gives no reason', async (t) => {
  const flat = steps('flat', 'financial.netMargin', [7, 7], { reason: 'PROFITABILITY_LOW' })
  t.same(reasons(cardOf([equity, flat]), { 'financial.equityRatio': 0, 'financial.netMargin': 1 }), [
    '-EQUITY_LOW 40 equity'
  ])
  t.same(
    reasons(cardOf([equity, flat]), { 'financial.equityRatio': 0 }),
    ['-EQUITY_LOW 40 equity'],
    'not even by its absence'
  )
})

t.test('what gives no reason is not named among those that do', async (t) => {
  const flat = steps('flat', 'financial.netMargin', [7, 7], { reason: 'PROFITABILITY_LOW' })
  t.same(reasons(cardOf([equity, flat]), { ...best, 'financial.netMargin': 1 }), ['+EQUITY_STRONG 40 equity'])
  t.same(reasons(cardOf([flat, equity]), { ...best, 'financial.netMargin': 1 }), ['+EQUITY_STRONG 40 equity'])
})

t.test('those of one code count together; of equal ones the earlier in the model stands first', async (t) => {
  const second = steps('second', 'financial.cashRatio', [0, 25])
  const card = cardOf([profit, equity, second])
  const poor = { 'financial.equityRatio': 1, 'financial.netMargin': 0, 'financial.cashRatio': 0 }
  t.same(reasons(card, poor), ['-EQUITY_LOW 45 equity second', '-PROFITABILITY_LOW 40 profit'])
  const even = cardOf([profit, equity])
  const zero = { 'financial.equityRatio': 0, 'financial.netMargin': 0 }
  t.same(reasons(even, zero), ['-PROFITABILITY_LOW 40 profit', '-EQUITY_LOW 40 equity'])
  t.same(reasons(cardOf([equity, profit]), zero), ['-EQUITY_LOW 40 equity', '-PROFITABILITY_LOW 40 profit'])
})

t.test('as many as the model wants, at most four against and two for', async (t) => {
  const codes = ['EQUITY_LOW', 'PROFITABILITY_LOW', 'INTEREST_COVER_LOW', 'PAYS_LATE', 'COMPANY_SMALL'] as const
  const strengths = [
    'EQUITY_STRONG',
    'PROFITABILITY_STRONG',
    'INTEREST_COVER_STRONG',
    'PAYS_ON_TIME',
    'COMPANY_LARGE'
  ] as const
  const features = ['equityRatio', 'netMargin', 'interestCoverage', 'cashRatio', 'quickRatio']
  const five = features.map((feature, place) =>
    steps(feature, `financial.${feature}`, [0, 10 + place], {
      reason: codes[place] as (typeof codes)[number],
      strength: strengths[place] as (typeof strengths)[number]
    })
  )
  const all = (value: number): Values => Object.fromEntries(features.map((each) => [`financial.${each}`, value]))
  t.same(
    result(cardOf(five), all(0)).reasons.map(({ points }) => points),
    [14, 13, 12, 11]
  )
  t.same(
    result(cardOf(five), all(1)).reasons.map(({ points }) => points),
    [14, 13]
  )
  const few = cardOf(five, { reasons: { adverseMax: 1, favourableMax: 1 } })
  t.same(
    result(few, { ...all(1), 'financial.equityRatio': 0, 'financial.netMargin': 0 }).reasons.map(
      ({ points }) => points
    ),
    [11, 14]
  )
})

t.test('what is missing is told by its kind', async (t) => {
  const of = (missing: MissingReason, more: Partial<Characteristic> = {}) =>
    result(cardOf([{ ...equity, ...more } as Characteristic]), { 'financial.equityRatio': { missing } }).reasons[0]
      ?.code
  t.equal(of('no_data'), 'STATEMENTS_MISSING')
  t.equal(of('unreliable'), 'STATEMENTS_MISSING')
  for (const missing of ['missing_item', 'zero_denominator', 'negative_base', 'not_applicable', 'invalid'] as const)
    t.equal(of(missing), 'STATEMENT_ITEMS_MISSING', missing)
  const group = (group: Characteristic['group'], feature: string) => [
    result(cardOf([{ ...equity, group, feature } as Characteristic], { evidence: [] }), {
      [feature]: { missing: 'no_data' }
    }).reasons.at(-1)?.code,
    result(cardOf([{ ...equity, group, feature } as Characteristic], { evidence: [] }), {
      [feature]: { missing: 'invalid' }
    }).reasons.at(-1)?.code
  ]
  t.same(group('payment_behaviour', 'behaviour.trendDays'), ['PAYMENT_HISTORY_MISSING', 'PAYMENT_HISTORY_MISSING'])
  t.same(group('records', 'record.courtCases'), ['RECORDS_MISSING', 'RECORDS_MISSING'])
  t.same(group('standing', 'agency.score'), ['STANDING_UNKNOWN', 'STANDING_UNKNOWN'])
  t.same(group('standing', 'profile.ageYears'), ['PROFILE_INCOMPLETE', 'PROFILE_INCOMPLETE'])
  t.same(group('qualitative', 'qualitative.product'), ['ASSESSMENT_BY_PERSON_MISSING', 'ASSESSMENT_BY_PERSON_MISSING'])
})

t.test('what is stale is told as stale', async (t) => {
  const stale = (group: Characteristic['group'], feature: string) =>
    score(
      compileModel(cardOf([{ ...equity, group, feature } as Characteristic], { evidence: [] })),
      featuresOf({ [feature]: 2 }, '2020-01-01'),
      asOf
    ).reasons.at(-1)?.code
  t.equal(stale('statements', 'financial.equityRatio'), 'STATEMENTS_STALE')
  t.equal(stale('records', 'record.courtCases'), 'INPUT_STALE')
})

const staff = (atLeast: number): Condition[] => [{ feature: 'profile.employees', atLeast }]

t.test('what raised the grade speaks for the customer, as far as there is room, and only where it did', async (t) => {
  const notches = [
    { id: 'up', name, when: staff(10), grades: 1, reason: 'GRADE_NOTCHED_UP' as const },
    { id: 'more', name, when: staff(100), grades: 1, reason: 'GRADE_NOTCHED_UP' as const },
    { id: 'down', name, when: staff(1000), grades: -1, reason: 'GRADE_NOTCHED_DOWN' as const }
  ]
  const of = (employees: number, more: Partial<PointsModel> = {}) =>
    reasons(cardOf([equity], { notches, ...more }), { ...best, 'profile.employees': employees })
  t.same(of(9), ['+EQUITY_STRONG 40 equity'])
  t.same(of(10), ['+EQUITY_STRONG 40 equity', '+GRADE_NOTCHED_UP 0 up'])
  t.same(of(100), ['+EQUITY_STRONG 40 equity', '+GRADE_NOTCHED_UP 0 up more'], 'one reason for both')
  t.same(of(1000), ['-GRADE_NOTCHED_DOWN 0 down', '+EQUITY_STRONG 40 equity', '+GRADE_NOTCHED_UP 0 up more'])
  t.same(of(10, { reasons: { favourableMax: 1 } }), ['+EQUITY_STRONG 40 equity'], 'no room')
})

t.test('what lowered the grade or what is advised stands first, the gravest before the others', async (t) => {
  const knockouts = [
    {
      id: 'cap',
      name,
      when: staff(10),
      capGrade: 'BB' as const,
      missing: 'clear' as const,
      reason: 'OVERDUE_SERIOUS' as const
    },
    {
      id: 'refuse',
      name,
      when: staff(20),
      advice: 'decline' as const,
      missing: 'clear' as const,
      reason: 'INSOLVENCY_OPEN' as const
    },
    {
      id: 'look',
      name,
      when: staff(30),
      advice: 'refer' as const,
      missing: 'clear' as const,
      reason: 'INCOME_LOW' as const
    }
  ]
  const requires = [{ feature: 'behaviour.settledCount', atLeast: 3 }]
  const ceilings = [{ id: 'top', bestGrade: 'CCC' as const, requires, reason: 'PAYS_LATE' as const }]
  const notches = [{ id: 'n', name, when: staff(40), grades: -1, reason: 'GRADE_NOTCHED_DOWN' as const }]
  const of = (employees: number) =>
    reasons(cardOf([equity], { knockouts, ceilings, notches }), { ...best, 'profile.employees': employees })
  const strong = '+EQUITY_STRONG 40 equity'
  t.same(of(9), ['-PAYS_LATE 0 top', strong])
  t.same(of(10), ['-PAYS_LATE 0 top', '-OVERDUE_SERIOUS 0 cap', strong])
  t.same(of(20), ['-INSOLVENCY_OPEN 0 refuse', '-PAYS_LATE 0 top', '-OVERDUE_SERIOUS 0 cap', strong])
  t.same(of(30), [
    '-INSOLVENCY_OPEN 0 refuse',
    '-PAYS_LATE 0 top',
    '-OVERDUE_SERIOUS 0 cap',
    '-INCOME_LOW 0 look',
    strong
  ])
  t.same(of(40), of(30), 'no more than four')
})

t.test('what could not be evaluated is named as missing, once, and not beside why there is no rating', async (t) => {
  const knockout = (id: string) => ({
    id,
    name,
    when: staff(10),
    capGrade: 'BB' as const,
    missing: 'fires' as const,
    reason: 'OVERDUE_SERIOUS' as const
  })
  const card = cardOf([equity], { knockouts: [knockout('one'), knockout('two')] })
  t.same(reasons(card, best), ['-REQUIRED_INPUT_MISSING 0 one two', '+EQUITY_STRONG 40 equity'])
  const unrated = reasons({ ...card, minimumCoverage: 0.5 }, {})
  const lowered = reasons(cardOf([equity, profit], { knockouts: card.knockouts, minimumCoverage: 0.6 }), best)
  t.same(lowered, ['-COVERAGE_TOO_LOW 0', '-STATEMENTS_MISSING 40 profit', '+EQUITY_STRONG 40 equity'])
  t.same(unrated, ['-COVERAGE_TOO_LOW 0', '-STATEMENTS_MISSING 40 equity'])
})
