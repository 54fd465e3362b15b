import t from 'tap'
import { changeText } from '../../../src/engine/counterfactuals/counterfactual-text.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import type { PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'

const name = { en: 'Days late', zh: '逾期天数' }

const compiled = compileModel({
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
  characteristics: [
    {
      id: 'late',
      name,
      group: 'payment_behaviour',
      feature: 'behaviour.weightedDaysLate',
      type: 'numeric',
      weight: 100,
      missing: { rule: 'worst' },
      reason: 'PAYS_LATE',
      strength: 'PAYS_ON_TIME',
      attributes: [
        { to: 10, points: 40 },
        { from: 10, points: 0 }
      ]
    },
    {
      id: 'cover',
      name: { en: 'EBIT to interest', zh: '利息保障倍数' },
      group: 'statements',
      feature: 'financial.interestCoverage',
      type: 'numeric',
      weight: 100,
      missing: { rule: 'worst' },
      reason: 'PAYS_LATE',
      strength: 'PAYS_ON_TIME',
      attributes: [
        { to: 1, points: 0 },
        { from: 1, points: 40 }
      ]
    }
  ]
} satisfies PointsModel)

type Change = Parameters<typeof changeText>[1]

const late = (change: Partial<Change>) =>
  changeText(compiled, {
    feature: 'behaviour.weightedDaysLate',
    state: 'present',
    value: 25,
    asOf: '2026-03-31',
    target: { below: 10 },
    to: 9,
    ...change
  })

t.test('a number that is there is raised or lowered, in its unit', async (t) => {
  t.same(late({}), {
    en: 'Lower the days late from 25 days to below 10 days.',
    zh: '逾期天数由 25 天降至不足 10 天。'
  })
  t.same(late({ value: 2, to: 12, target: { atLeast: 12 } }), {
    en: 'Raise the days late from 2 days to at least 12 days.',
    zh: '逾期天数由 2 天提高至 12 天以上（含）。'
  })
  t.same(
    late({ target: { atLeast: 3, below: 10 } }).en,
    'Lower the days late from 25 days to at least 3 days and below 10 days.'
  )
  t.same(
    late({ target: {} }).en,
    'Lower the days late from 25 days to 9 days.',
    'without a bound, the value that was tried'
  )
  t.equal(
    late({ value: 10.04 }).en,
    'Lower the days late from 10.04 days to below 10 days.',
    'a value next to its bound is said in full'
  )
  t.match(late({ value: 9 }).en, /^Lower/, 'to where it stands already is no rise')
})

t.test('what is counted has bounds that belong to it: below one invoice is none', async (t) => {
  const nothing = { state: 'missing', value: null, asOf: null } as const
  const cases = { feature: 'record.openCourtCases', to: 0 }
  t.same(late({ ...cases, ...nothing, target: { below: 1 } }), {
    en: 'Provide data on “Open court cases against the customer, by the record with the most”: 0 is enough.',
    zh: '补充“未结被诉及被执行案件数，取记录中的最大值”资料：0 即可。'
  })
  const invoices = { feature: 'behaviour.settledCount', value: 3, to: 48 }
  t.match(late({ ...invoices, target: { atLeast: 48 } }), {
    en: /from 3 to at least 48\.$/,
    zh: /由 3 提高至不少于 48。$/
  })
  const oldest = { feature: 'behaviour.longestOverdueDays', value: 75, to: 60 }
  t.match(late({ ...oldest, target: { below: 61 } }), {
    en: /from 75 days to at most 60 days\.$/,
    zh: /由 75 天降至不超过 60 天。$/
  })
  t.match(late({ ...oldest, target: { atLeast: 30, below: 61 } }), {
    en: /from 75 days to between 30 days and 60 days\.$/,
    zh: /由 75 天降至 30 天至 60 天之间。$/
  })
  t.match(late({ ...oldest, target: { atLeast: 3, below: 4 } }).zh, /由 75 天降至 3 天。$/)
  t.match(late({ ...oldest, target: {} }).en, /from 75 days to 60 days\.$/)
  const negative = { feature: 'behaviour.trendDays', value: 3, to: -1, target: { below: 0 } }
  t.match(late(negative), { en: /to below 0 days\.$/, zh: /由 3 天降至 0 天以下（不含）。$/ })
})

t.test('what is missing is to be provided, what is stale brought up to date', async (t) => {
  const nothing = { state: 'missing', value: null, asOf: null } as const
  t.same(late(nothing), {
    en: 'Provide data on the days late: below 10 days is enough.',
    zh: '补充逾期天数资料：不足 10 天即可。'
  })
  t.same(late({ ...nothing, target: {} }), { en: 'Provide data on the days late.', zh: '补充逾期天数资料。' })
  t.match(late({ state: 'missing' }).en, /^Provide/, 'also where a value is there that cannot be used')
  t.match(late({ value: null }).en, /^Provide/)
  t.same(late({ state: 'stale', asOf: '2024-12-31' }), {
    en: 'Bring the days late of 31 December 2024 up to date: below 10 days is enough.',
    zh: '更新逾期天数（现有数据截至 2024年12月31日）：不足 10 天即可。'
  })
})

t.test(
  'an abbreviation keeps its capitals, a bound six digits, and a figure that was found two decimals',
  async (t) => {
    const cover = { feature: 'financial.interestCoverage', value: 0.123456789, to: 1, target: { atLeast: 1.23456789 } }
    t.equal(late(cover).en, 'Raise the EBIT to interest from 0.12 times to at least 1.23457 times.')
    t.equal(late(cover).zh, '利息保障倍数由 0.12 倍提高至 1.23457 倍以上（含）。')
  }
)

t.test('values are listed, and a feature of no characteristic is quoted', async (t) => {
  const tax = { feature: 'record.taxCreditGrade', value: 'D' }
  t.match(late({ ...tax, target: { values: ['A'] }, to: 'A' }).en, /^Improve “[^.“”]+” from “D” to “A”\.$/)
  t.match(late({ ...tax, target: { values: ['A', 'B', 'M'] }, to: 'A' }), {
    en: /from “D” to “A”, “B” or “M”\.$/,
    zh: /由“D 级”提升至“A 级”、“B 级”或“M 级”。$/
  })
  t.match(
    late({ ...tax, value: 5, target: {}, to: 'A' }).en,
    /^Improve .* from 5 to “A”\.$/,
    'a number is not compared with a text'
  )
  t.match(late({ feature: 'record.taxArrears', value: true, target: { values: [false] }, to: false }), {
    en: 'Settle overdue taxes.',
    zh: '缴清欠税。'
  })
  t.match(
    late({ feature: 'profile.country', value: 'CN', target: { values: ['DE'] }, to: 'DE' }).zh,
    /^“国家或地区[^”]+”由“CN”变为“DE”。$/,
    'without a name a code stands in quotation marks'
  )
  t.match(late({ feature: 'x', value: false, target: { values: [true] }, to: true }), {
    en: 'Change “x” from “no” to “yes”.',
    zh: '“x”由“否”变为“是”。'
  })
})

t.test('a share is a percentage, and a ratio has the name that the trade gives it', async (t) => {
  const ratio = { feature: 'financial.equityRatio', value: 0.12, target: { atLeast: 0.3 }, to: 0.3 }
  t.same(late(ratio), {
    en: 'Raise the equity ratio from 12% to at least 30%.',
    zh: '股东权益比率由 12% 提高至 30% 以上（含）。'
  })
  t.same(
    late({ ...ratio, target: { atLeast: 0.3, below: 0.9 } }).zh,
    '股东权益比率由 12% 提高至 30%（含）至 90%（不含）之间。'
  )
})

t.test('marks of a reference have the names that people give them', async (t) => {
  const bank = { feature: 'standing.bankReference', value: 'poor', target: { values: ['excellent'] }, to: 'excellent' }
  t.same(late(bank), {
    en: 'Improve “Bank reference” from “poor” to “excellent”.',
    zh: '“银行资信评价”由“差”提升至“优”。'
  })
  t.match(late({ feature: 'nowhere' }).en, 'Lower “nowhere” from 25 to below 10.')
})
