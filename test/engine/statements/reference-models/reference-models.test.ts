import fc from 'fast-check'
import t from 'tap'
import {
  REFERENCE_MODEL_IDS,
  REFERENCE_MODELS,
  type ReferenceModelId
} from '../../../../src/engine/statements/reference-models/reference-catalogue.ts'
import { REFERENCE_ZONES } from '../../../../src/engine/statements/reference-models/reference-model.ts'
import {
  type ReferenceOptions,
  type ReferenceResult,
  referenceModels
} from '../../../../src/engine/statements/reference-models/reference-models.ts'
import type { Figures, Statement } from '../../../../src/engine/statements/statement.ts'
import { type ItemId, STATEMENT_ITEMS } from '../../../../src/engine/statements/statement-items.ts'

type Parts = Pick<Statement, 'balanceSheet'> & Partial<Statement>

function statement(parts: Parts): Statement {
  return {
    periodEnd: '2025-12-31',
    months: 12,
    currency: 'USD',
    unit: 10000,
    consolidated: true,
    audited: true,
    ...parts
  }
}

function resultOf(id: ReferenceModelId, given: Statement, options: ReferenceOptions = {}): ReferenceResult {
  const found = referenceModels(given, options).find((each) => each.id === id)
  if (found === undefined) throw new Error(`no model ${id}`)
  return found
}

/**
 * Published by the company, in millions of US dollars; liabilities with minority interests and
 * preferred securities of subsidiaries.
 */
const ENRON = statement({
  periodEnd: '2000-12-31',
  unit: 1000000,
  balanceSheet: {
    cashAndEquivalents: '1374',
    tradeReceivables: '10396',
    inventories: '953',
    currentAssets: '30381',
    totalAssets: '65503',
    currentLiabilities: '28406',
    totalLiabilities: '54033',
    retainedEarnings: '3226',
    equity: '11470'
  },
  income: { revenue: '100789', ebit: '2482', interestExpense: '838', netIncome: '979' },
  cashFlow: { netCashFromOperatingActivities: '4779' }
})

/** Published by the company, in millions of US dollars. */
const APPLE = statement({
  periodEnd: '2023-09-30',
  unit: 1000000,
  balanceSheet: {
    cashAndEquivalents: '29965',
    tradeReceivables: '29508',
    inventories: '6331',
    currentAssets: '143566',
    totalAssets: '352583',
    currentLiabilities: '145308',
    totalLiabilities: '290437',
    retainedEarnings: '-214',
    equity: '62146'
  },
  income: { revenue: '383285', ebit: '114301', interestExpense: '3933', netIncome: '96995' },
  cashFlow: { netCashFromOperatingActivities: '110543' }
})

/** Accounts with every figure that a model needs, and those of the year before. */
const FULL = statement({
  balanceSheet: {
    inventories: '150',
    currentAssets: '600',
    totalAssets: '1000',
    currentPortionOfLongTermDebt: '20',
    currentLiabilities: '300',
    longTermBorrowings: '150',
    bondsPayable: '50',
    totalLiabilities: '600',
    shareCapital: '100',
    retainedEarnings: '250',
    equity: '400',
    marketValueOfEquity: '900'
  },
  income: {
    revenue: '2000',
    costOfSales: '1500',
    ebit: '160',
    depreciationAndAmortisation: '40',
    profitBeforeTax: '140',
    netIncome: '100'
  },
  cashFlow: { netCashFromOperatingActivities: '120' }
})
const PRIOR = statement({
  periodEnd: '2024-12-31',
  balanceSheet: {
    currentAssets: '500',
    totalAssets: '900',
    currentPortionOfLongTermDebt: '20',
    currentLiabilities: '290',
    longTermBorrowings: '200',
    bondsPayable: '50',
    totalLiabilities: '560',
    shareCapital: '100',
    equity: '340'
  },
  income: { revenue: '1700', costOfSales: '1300', netIncome: '80' }
})

/** Accounts with some figures changed, or left out where undefined. */
function changed(base: Statement, figures: Partial<Record<ItemId, string | undefined>>): Statement {
  const copy = structuredClone(base)
  for (const [item, figure] of Object.entries(figures)) {
    const id = item as ItemId
    const part: Figures = copy[STATEMENT_ITEMS[id].part] ?? {}
    if (figure === undefined) delete part[id]
    else part[id] = figure
    Object.assign(copy, { [STATEMENT_ITEMS[id].part]: part })
  }
  return copy
}

t.test('two published sets of accounts have the values worked out apart from the engine', async (t) => {
  // In exact fractions, rounded at the end. Enron, from its figures above:
  // X1 = 1 975 / 65 503 = 0.0301513, X2 = 3 226 / 65 503 = 0.0492496, X3 = 2 482 / 65 503 =
  // 0.0378914, X4 = 11 470 / 54 033 = 0.2122777
  // Z'' = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4 = 0.197793 + 0.160554 + 0.254630 + 0.222892 =
  // 0.835868
  //   X = -4.336 - 4.513 × 979 / 65 503 + 5.679 × 54 033 / 65 503 + 0.004 × 30 381 / 28 406
  // = -4.336 - 0.067450 + 4.684571 + 0.004278 = 0.285398, and the normal distribution function
  // there is 0.612330 Apple:
  //   X1 = -1 742 / 352 583, X2 = -214 / 352 583, X3 = 114 301 / 352 583, X4 = 62 146 / 290 437
  //   Z'' = -0.032411 - 0.001979 + 2.178502 + 0.224673 = 2.368785
  //   X = -4.336 - 4.513 × 96 995 / 352 583 + 5.679 × 290 437 / 352 583 + 0.004 × 143 566 / 145 308
  //     = -4.336 - 1.241519 + 4.678024 + 0.003952 = -0.895543, and there 0.185248
  const table: [ReferenceModelId, Statement, value: number, zone: string, probability: number | null][] = [
    ['altmanZDoublePrime', ENRON, 0.835868, 'distress', null],
    ['altmanEmergingMarket', ENRON, 4.085868, 'distress', null],
    ['altmanZPrime', ENRON, 1.805834, 'grey', null],
    ['zmijewski', ENRON, 0.285398, 'distress', 0.61233],
    ['altmanZDoublePrime', APPLE, 2.368785, 'grey', null],
    ['altmanEmergingMarket', APPLE, 5.618785, 'grey', null],
    ['altmanZPrime', APPLE, 2.177949, 'grey', null],
    ['zmijewski', APPLE, -0.895543, 'safe', 0.185248]
  ]
  for (const [id, given, value, zone, probability] of table) {
    t.match(resultOf(id, given), { value, zone, probability }, `${id} at ${given.periodEnd}`)
  }
  t.equal(resultOf('altmanEmergingMarket', ENRON).ratingEquivalent, 'B-')
  t.equal(resultOf('altmanEmergingMarket', APPLE).ratingEquivalent, 'BB+')
})

t.test('every model computes its published formula', async (t) => {
  const prices = { prior: PRIOR, priceIndex: 800 }
  const table: [ReferenceModelId, value: number, zone: string, probability: number | null][] = [
    // 1.2 × 0.3 + 1.4 × 0.25 + 3.3 × 0.16 + 0.6 × 1.5 + 1.0 × 2
    ['altmanZ', 4.138, 'safe', null],
    // 0.717 × 0.3 + 0.847 × 0.25 + 3.107 × 0.16 + 0.420 × 2/3 + 0.998 × 2
    ['altmanZPrime', 3.19997, 'safe', null],
    // 6.56 × 0.3 + 3.26 × 0.25 + 6.72 × 0.16 + 1.05 × 2/3
    ['altmanZDoublePrime', 4.5582, 'safe', null],
    ['altmanEmergingMarket', 7.8082, 'safe', null],
    // -1.32 - 0.407 ln(10 000 000 / 800) + 6.03 × 0.6 - 1.43 × 0.3 + 0.0757 × 0.5 - 2.37 × 0.1 -
    // 1.83 × 140/600 - 0.521 × 20/180
    ['ohlsonO', -2.654467, 'distress', 0.065714],
    // -4.336 - 4.513 × 0.1 + 5.679 × 0.6 + 0.004 × 2
    ['zmijewski', -1.3719, 'safe', 0.085047],
    // 1.03 × 0.3 + 3.07 × 0.16 + 0.66 × 140/300 + 0.4 × 2
    ['springate', 1.9082, 'safe', null],
    // 3.20 + 12.18 × 140/300 + 2.50 × 1 - 10.68 × 0.3 + 0.029 × (600 - 150 - 300) / ((2 000 - 140 -
    // 40) / 365)
    ['taffler', 9.05239, 'safe', null],
    // All nine: profit and cash flow above 0 and cash above profit; 0.1 > 0.0889, debt 0.22 < 0.3,
    // 2 > 1.724, 100 = 100, 0.25 > 0.2353, 2 > 1.889
    ['piotroskiF', 9, 'strong', null]
  ]
  t.same(
    table.map(([id]) => id),
    REFERENCE_MODEL_IDS,
    'none is left out'
  )
  for (const [id, value, zone, probability] of table) {
    const found = resultOf(id, FULL, prices)
    t.match(found, { value, zone, probability }, id)
    t.notOk('reason' in found || 'missing' in found || 'assumed' in found, `${id} says nothing of gaps`)
    t.equal(found.ratingEquivalent, id === 'altmanEmergingMarket' ? 'AA+' : null)
  }
})

t.test('the value is the constant and the inputs times their coefficients', async (t) => {
  for (const { id, value, constant, inputs } of referenceModels(FULL, { prior: PRIOR, priceIndex: 800 })) {
    const sum = inputs.reduce((total, input) => total + input.coefficient * (input.value ?? Number.NaN), constant)
    t.ok(Math.abs(sum - (value ?? Number.NaN)) < 2e-5, id)
  }
  t.same(
    resultOf('zmijewski', FULL).inputs.map(({ id, value }) => [id, value]),
    [
      ['netIncomeToAssets', 0.1],
      ['liabilitiesToAssets', 0.6],
      ['currentRatio', 2]
    ]
  )
})

t.test('each of Piotroski’s signals costs one point when it turns', async (t) => {
  const table: [signal: string, now: Partial<Record<ItemId, string>>, before: Partial<Record<ItemId, string>>][] = [
    ['cashFlow', { netCashFromOperatingActivities: '0', netIncome: '-1' }, { netIncome: '-80' }],
    ['returnOnAssetsUp', {}, { netIncome: '90' }],
    ['cashFlowAboveProfit', { netCashFromOperatingActivities: '100' }, {}],
    ['longTermDebtToAssetsDown', { longTermBorrowings: '230' }, {}],
    ['longTermDebtToAssetsDown', { bondsPayable: '130' }, {}],
    ['longTermDebtToAssetsDown', { currentPortionOfLongTermDebt: '100' }, {}],
    ['currentRatioUp', {}, { currentAssets: '580' }],
    ['noSharesIssued', { shareCapital: '100.01' }, {}],
    ['grossMarginUp', {}, { costOfSales: '1275' }],
    ['assetTurnoverUp', {}, { revenue: '1800', costOfSales: '1400' }]
  ]
  for (const [signal, now, before] of table) {
    const found = resultOf('piotroskiF', changed(FULL, now), { prior: changed(PRIOR, before) })
    const off = found.inputs.filter(({ value }) => value === 0).map(({ id }) => id)
    t.ok(off.includes(signal), `${signal}: ${off}`)
    t.equal(found.value, 9 - off.length)
    t.equal(off.length, signal === 'cashFlow' ? 2 : 1)
  }
  const poor = changed(FULL, { netIncome: '0' })
  t.equal(resultOf('piotroskiF', poor, { prior: PRIOR }).inputs[0]?.value, 0, 'no profit is not a profit')
})

t.test('the zones begin and end where the papers say', async (t) => {
  const table: [ReferenceModelId, value: number, zone: string][] = [
    ['altmanZ', 2.990001, 'safe'],
    ['altmanZ', 2.99, 'grey'],
    ['altmanZ', 1.81, 'grey'],
    ['altmanZ', 1.809999, 'distress'],
    ['altmanZPrime', 2.900001, 'safe'],
    ['altmanZPrime', 2.9, 'grey'],
    ['altmanZPrime', 1.23, 'grey'],
    ['altmanZPrime', 1.229999, 'distress'],
    ['altmanZDoublePrime', 2.600001, 'safe'],
    ['altmanZDoublePrime', 2.6, 'grey'],
    ['altmanZDoublePrime', 1.1, 'grey'],
    ['altmanZDoublePrime', 1.099999, 'distress'],
    ['altmanEmergingMarket', 5.850001, 'safe'],
    ['altmanEmergingMarket', 5.85, 'grey'],
    ['altmanEmergingMarket', 4.35, 'grey'],
    ['altmanEmergingMarket', 4.349999, 'distress'],
    // ln(0.038 / 0.962) = -3.231428
    ['ohlsonO', -3.2314, 'distress'],
    ['ohlsonO', -3.2315, 'safe'],
    ['zmijewski', 0, 'distress'],
    ['zmijewski', -0.000001, 'safe'],
    ['springate', 0.862, 'safe'],
    ['springate', 0.861999, 'distress'],
    ['taffler', 0, 'safe'],
    ['taffler', -0.000001, 'distress'],
    ['piotroskiF', 9, 'strong'],
    ['piotroskiF', 8, 'strong'],
    ['piotroskiF', 7, 'middling'],
    ['piotroskiF', 2, 'middling'],
    ['piotroskiF', 1, 'weak'],
    ['piotroskiF', 0, 'weak']
  ]
  for (const [id, value, zone] of table) t.equal(REFERENCE_MODELS[id].zone(value), zone, `${id} at ${value}`)
})

t.test('the rating equivalent is that of the highest bound below the score', async (t) => {
  const bounds: [number, string][] = [
    [8.15, 'AAA'],
    [7.6, 'AA+'],
    [7.3, 'AA'],
    [7, 'AA-'],
    [6.85, 'A+'],
    [6.65, 'A'],
    [6.4, 'A-'],
    [6.25, 'BBB+'],
    [5.85, 'BBB'],
    [5.65, 'BBB-'],
    [5.25, 'BB+'],
    [4.95, 'BB'],
    [4.75, 'BB-'],
    [4.5, 'B+'],
    [4.15, 'B'],
    [3.75, 'B-'],
    [3.2, 'CCC+'],
    [2.5, 'CCC'],
    [1.75, 'CCC-']
  ]
  const { ratingEquivalent } = REFERENCE_MODELS.altmanEmergingMarket
  for (const [index, [bound, rating]] of bounds.entries()) {
    t.equal(ratingEquivalent(bound + 0.000001), rating, `above ${bound}`)
    t.equal(ratingEquivalent(bound), bounds[index + 1]?.[1] ?? 'D', `at ${bound}`)
  }
})

t.test('Zmijewski’s probability is the normal distribution function', async (t) => {
  const table: [value: number, probability: number][] = [
    [0, 0.5],
    [1, 0.841345],
    [-1, 0.158655],
    [1.959964, 0.975],
    [-3, 0.00135],
    [-6, 0],
    [7.9, 1],
    [8.1, 1],
    [-8.1, 0],
    [-1e12, 0],
    [1e12, 1]
  ]
  for (const [value, probability] of table) {
    t.ok(Math.abs(REFERENCE_MODELS.zmijewski.probability(value) - probability) < 5e-7, `at ${value}`)
  }
})

t.test('without a price level Ohlson’s O ranks companies, but states no zone and no probability', async (t) => {
  // -1.32 - 0.407 ln(10 000 000 / 100) and the other terms as before
  const assumed = resultOf('ohlsonO', FULL, { prior: PRIOR })
  t.match(assumed, { value: -3.5008, zone: null, probability: null, assumed: 'priceIndex' })
  for (const priceIndex of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.same(resultOf('ohlsonO', FULL, { prior: PRIOR, priceIndex }), assumed, `an index of ${priceIndex} is none`)
  }
  t.match(resultOf('ohlsonO', FULL, { prior: PRIOR, priceIndex: 100 }), {
    value: -3.5008,
    zone: 'safe',
    probability: 0.029289
  })
})

t.test('a model without what it needs says what is missing', async (t) => {
  const table: [ReferenceModelId, Statement, Statement | undefined, missing: string[]][] = [
    ['altmanZ', ENRON, undefined, ['marketValueOfEquity']],
    ['springate', ENRON, undefined, ['profitBeforeTax']],
    ['taffler', ENRON, undefined, ['profitBeforeTax', 'depreciationAndAmortisation']],
    ['ohlsonO', ENRON, undefined, ['depreciationAndAmortisation', 'priorNetIncome']],
    [
      'piotroskiF',
      changed(FULL, { shareCapital: undefined }),
      changed(PRIOR, { netIncome: undefined }),
      ['priorNetIncome', 'shareCapital']
    ],
    ['zmijewski', changed(FULL, { netIncome: undefined }), undefined, ['netIncome']],
    // Bonds that were there a year ago and are not stated now have not been repaid.
    ['piotroskiF', changed(FULL, { bondsPayable: undefined }), PRIOR, ['bondsPayable']]
  ]
  for (const [id, given, prior, missing] of table) {
    const found = resultOf(id, given, prior === undefined ? {} : { prior })
    t.match(found, { value: null, zone: null, probability: null, ratingEquivalent: null, reason: 'missing_item' }, id)
    t.same(found.missing, missing, id)
  }
  const withoutBonds = { bondsPayable: undefined, currentPortionOfLongTermDebt: undefined }
  const both = resultOf('piotroskiF', changed(FULL, withoutBonds), { prior: changed(PRIOR, withoutBonds) })
  t.equal(both.value, 9, 'a company that shows no bonds in either year has none')
})

t.test('a zero or negative denominator gives no value', async (t) => {
  const table: [ReferenceModelId, Partial<Record<ItemId, string>>, reason: string][] = [
    ['altmanZ', { totalLiabilities: '0' }, 'zero_denominator'],
    ['altmanZ', { totalAssets: '0' }, 'zero_denominator'],
    ['altmanZDoublePrime', { totalLiabilities: '-600' }, 'negative_base'],
    ['zmijewski', { currentLiabilities: '0' }, 'zero_denominator'],
    ['zmijewski', { totalAssets: '-1000' }, 'negative_base'],
    ['ohlsonO', { totalAssets: '-1000' }, 'negative_base'],
    ['ohlsonO', { currentAssets: '0' }, 'zero_denominator'],
    ['springate', { currentLiabilities: '0' }, 'zero_denominator'],
    // Costs below zero would turn a lack of quick assets into a long interval.
    ['taffler', { revenue: '100' }, 'negative_base'],
    ['taffler', { revenue: '180' }, 'zero_denominator'],
    ['piotroskiF', { totalAssets: '0' }, 'zero_denominator'],
    // A negative obligation would count as working capital.
    ['altmanZDoublePrime', { currentLiabilities: '-300' }, 'negative_base']
  ]
  for (const [id, figures, reason] of table) {
    const found = resultOf(id, changed(FULL, figures), { prior: PRIOR, priceIndex: 800 })
    t.match(found, { value: null, zone: null, probability: null, reason }, `${id} with ${JSON.stringify(figures)}`)
    t.notOk('missing' in found)
  }
  const idle = resultOf('ohlsonO', changed(FULL, { netIncome: '0' }), { prior: changed(PRIOR, { netIncome: '0' }) })
  t.match(idle, { value: null, reason: 'zero_denominator' }, 'no income in either year has no relative change')
})

t.test('negative revenue lowers a value, or gives none', async (t) => {
  const found = (id: ReferenceModelId) => resultOf(id, changed(FULL, { revenue: '-10' }), { prior: PRIOR })
  // As above, with -0.01 in the place of 2
  t.equal(found('altmanZ').value, 2.128)
  t.match(found('taffler'), { value: null, reason: 'negative_base' })
  t.match(found('piotroskiF'), { value: null, reason: 'negative_base' })
  const before = resultOf('piotroskiF', FULL, { prior: changed(PRIOR, { revenue: '-10' }) })
  t.match(before, { value: null, reason: 'negative_base' }, 'nor does a prior one make this year look better')
})

t.test('flows are taken for twelve months, and years may differ in unit and length', async (t) => {
  const halved = {
    revenue: '1000',
    costOfSales: '750',
    ebit: '80',
    depreciationAndAmortisation: '20',
    profitBeforeTax: '70',
    netIncome: '50'
  }
  const half = { ...changed(FULL, { ...halved, netCashFromOperatingActivities: '60' }), months: 6 }
  const prior: Statement = {
    ...PRIOR,
    unit: 1000,
    months: 18,
    balanceSheet: Object.fromEntries(Object.entries(PRIOR.balanceSheet).map(([id, figure]) => [id, `${figure}0`])),
    income: { revenue: '25500', costOfSales: '19500', netIncome: '1200' }
  }
  const values = (results: ReferenceResult[]) => results.map(({ id, value, zone }) => ({ id, value, zone }))
  t.same(
    values(referenceModels(half, { prior, priceIndex: 800 })),
    values(referenceModels(FULL, { prior: PRIOR, priceIndex: 800 }))
  )
})

t.test('a loss in both years is worse for Ohlson’s O than one in a single year', async (t) => {
  const flagOf = (netIncome: string, before: string) =>
    resultOf('ohlsonO', changed(FULL, { netIncome }), { prior: changed(PRIOR, { netIncome: before }) }).inputs.find(
      ({ id }) => id === 'lossInBothYears'
    )?.value
  t.equal(flagOf('-1', '-1'), 1)
  t.equal(flagOf('-1', '1'), 0)
  t.equal(flagOf('1', '-1'), 0)
  t.equal(flagOf('-1', '0'), 0)
  const over = changed(FULL, { totalLiabilities: '1001', equity: '-1' })
  const flag = (given: Statement) => resultOf('ohlsonO', given, { prior: PRIOR }).inputs[4]?.value
  t.equal(flag(over), 1, 'liabilities exceed assets')
  t.equal(flag(changed(FULL, { totalLiabilities: '1000', equity: '0' })), 0, 'liabilities equal assets')
})

t.test('every model names its source, and itself in both languages', async (t) => {
  for (const { id, name, source } of referenceModels(ENRON)) {
    t.ok(name.en.length > 0 && /[\u4e00-\u9fff]/.test(name.zh), id)
    t.ok(source.author.length > 0 && source.title.length > 0 && source.publication.length > 0, id)
    t.ok(source.year >= 1968 && source.year <= 2000, id)
  }
})

const cents = fc.oneof(
  fc.integer({ min: -500_000, max: 500_000 }),
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })
)
const figure = (value: number): string =>
  `${value < 0 ? '-' : ''}${String(Math.abs(value))
    .padStart(3, '0')
    .replace(/(\d\d)$/, '.$1')}`
const ITEMS = Object.keys(STATEMENT_ITEMS) as ItemId[]

/** Statements with any figures at all, some absent. */
const anyStatement = fc
  .tuple(
    fc.constantFrom(1 as const, 1000 as const, 10000 as const, 1000000 as const),
    fc.integer({ min: 1, max: 18 }),
    fc.array(fc.option(cents, { nil: undefined, freq: 12 }), { minLength: ITEMS.length, maxLength: ITEMS.length })
  )
  .map(([unit, months, values]) => {
    const parts: Record<string, Record<string, string>> = { balanceSheet: {}, income: {}, cashFlow: {} }
    for (const [index, id] of ITEMS.entries()) {
      const value = values[index]
      const part = parts[STATEMENT_ITEMS[id].part]
      if (value !== undefined && part !== undefined) part[id] = figure(value)
    }
    return { ...statement({ balanceSheet: {} }), ...parts, unit, months } as Statement
  })

/** A result states either a value or why it has none, and never both. */
function isSound({ value, zone, probability, reason, missing, ratingEquivalent }: ReferenceResult): boolean {
  if (value === null) {
    const silent = zone === null && probability === null && ratingEquivalent === null
    return (
      silent && reason !== undefined && (reason === 'missing_item') === (missing !== undefined && missing.length > 0)
    )
  }
  const zoned = zone === null || REFERENCE_ZONES.includes(zone)
  const likely = probability === null || (probability >= 0 && probability <= 1)
  return Number.isFinite(value) && zoned && likely && reason === undefined && missing === undefined
}

t.test('law: whatever the figures, a value is finite, or null with its reason', async (t) => {
  fc.assert(
    fc.property(anyStatement, anyStatement, fc.boolean(), fc.double(), (given, prior, compared, priceIndex) => {
      const results = referenceModels(given, compared ? { prior, priceIndex } : { priceIndex })
      const inputs = results.flatMap((result) => result.inputs)
      return results.every(isSound) && inputs.every(({ value }) => value === null || Number.isFinite(value))
    }),
    { numRuns: 3000 }
  )
  t.pass()
})

/** Plausible accounts in hundredths: positive stocks, flows of either sign. */
const plausible = fc
  .record(
    Object.fromEntries(
      ITEMS.map((id) => [id, fc.integer({ min: STATEMENT_ITEMS[id].sign === 'any' ? -1_000_000 : 1, max: 1_000_000 })])
    )
  )
  .map((values) => values as Record<ItemId, number>)

function statementOf(values: Record<ItemId, number>, factor: number): Statement {
  return changed(
    statement({ balanceSheet: {}, income: {}, cashFlow: {} }),
    Object.fromEntries(Object.entries(values).map(([id, value]) => [id, figure(value * factor)]))
  )
}

t.test('law: multiplying all amounts by the same factor changes nothing but Ohlson’s size', async (t) => {
  fc.assert(
    fc.property(plausible, plausible, fc.integer({ min: 2, max: 100_000 }), (now, before, factor) => {
      const plain = referenceModels(statementOf(now, 1), { prior: statementOf(before, 1), priceIndex: 100 })
      const scaled = referenceModels(statementOf(now, factor), { prior: statementOf(before, factor), priceIndex: 100 })
      return plain.every(({ id, value }, index) => {
        const other = scaled[index]?.value ?? null
        if (value === null || other === null) return value === other
        const size = id === 'ohlsonO' ? 0.407 * Math.log(factor) : 0
        return Math.abs(value - size - other) <= 2e-6 + Math.abs(value) * 1e-12
      })
    }),
    { numRuns: 1000 }
  )
  t.pass()
})

t.test('law: a higher profit never makes a model say worse', async (t) => {
  // Taffler divides by costs, which profit lowers: there a lack of quick assets weighs more as
  // profit rises.
  const lowerIsBetter = new Set<ReferenceModelId>(['zmijewski'])
  const ids: ReferenceModelId[] = [
    'altmanZ',
    'altmanZPrime',
    'altmanZDoublePrime',
    'altmanEmergingMarket',
    'zmijewski',
    'springate'
  ]
  fc.assert(
    fc.property(plausible, fc.integer({ min: 1, max: 1_000_000 }), (values, more) => {
      const raised = {
        ...values,
        ebit: values.ebit + more,
        netIncome: values.netIncome + more,
        profitBeforeTax: values.profitBeforeTax + more
      }
      return ids.every((id) => {
        const value = resultOf(id, statementOf(values, 1)).value ?? Number.NaN
        const better = resultOf(id, statementOf(raised, 1)).value ?? Number.NaN
        return lowerIsBetter.has(id) ? better <= value : better >= value
      })
    }),
    { numRuns: 500 }
  )
  t.pass()
})

t.test(
  'profit kept in the company counts with its surplus reserve, and the answer says when none is shown',
  async (t) => {
    // Of 1 000 in assets: 200 working capital, 120 EBIT, 150 undistributed profit, 60 reserve.
    const without = {
      currentAssets: '500',
      totalAssets: '1000',
      currentLiabilities: '300',
      totalLiabilities: '600',
      equity: '400',
      retainedEarnings: '150',
      marketValueOfEquity: '900'
    }
    const income = { revenue: '1200', ebit: '120' }
    const chinese = statement({ balanceSheet: { ...without, surplusReserve: '60' }, income })
    const silent = statement({ balanceSheet: without, income })
    const cases: [ReferenceModelId, number, number][] = [
      // 1.2 × 0.2 + 1.4 × 0.21 + 3.3 × 0.12 + 0.6 × 900 / 600 + 1.2; 1.4 × 0.06 less without
      ['altmanZ', 3.03, 2.946],
      // 0.717 × 0.2 + 0.847 × 0.21 + 3.107 × 0.12 + 0.42 × 400 / 600 + 0.998 × 1.2
      ['altmanZPrime', 2.17171, 2.12089],
      // 6.56 × 0.2 + 3.26 × 0.21 + 6.72 × 0.12 + 1.05 × 400 / 600
      ['altmanZDoublePrime', 3.503, 3.3074],
      ['altmanEmergingMarket', 6.753, 6.5574]
    ]
    for (const [id, withReserve, withoutReserve] of cases) {
      const kept = (given: Statement) =>
        resultOf(id, given).inputs.find((input) => input.id === 'retainedEarningsToAssets')
      t.equal(resultOf(id, chinese).value, withReserve, id)
      t.equal(resultOf(id, silent).value, withoutReserve, `${id} without the reserve`)
      t.match(kept(chinese), { value: 0.21, formula: '(retainedEarnings + surplusReserve) / totalAssets' })
      t.notOk(kept(chinese)?.countedAsNone)
      t.match(kept(silent), { value: 0.15, countedAsNone: ['surplusReserve'] })
      // What an earlier year shows is no part of this year's figure.
      t.equal(resultOf(id, silent, { prior: chinese }).value, withoutReserve)
    }
    t.equal(resultOf('altmanZ', chinese).zone, 'safe')
    t.equal(resultOf('altmanZ', silent).zone, 'grey')
  }
)
