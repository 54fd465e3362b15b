import fc from 'fast-check'
import t from 'tap'
import {
  annualRevenue,
  RATIO_GAPS,
  RATIO_GROUPS,
  RATIO_IDS,
  RATIO_UNITS,
  RATIOS,
  type RatioId,
  type RatioValue,
  ratios,
  tangibleNetWorth
} from '../../src/engine/ratios.ts'
import { type Figures, type ItemId, STATEMENT_ITEMS, type Statement } from '../../src/engine/statement.ts'

type Parts = Pick<Statement, 'balanceSheet'> & Partial<Statement>

function statement(parts: Parts): Statement {
  return {
    periodEnd: '2025-12-31',
    months: 12,
    currency: 'CNY',
    unit: 10000,
    consolidated: false,
    audited: false,
    ...parts
  }
}

/** A ratio by its id. */
function ratioOf(id: RatioId, given: Statement, prior?: Statement): RatioValue {
  const found = ratios(given, prior).find((ratio) => ratio.id === id)
  if (found === undefined) throw new Error(`no ratio ${id}`)
  return found
}

/** Published by the company, in millions of US dollars; liabilities with minority interests and preferred securities of subsidiaries. */
const ENRON = statement({
  periodEnd: '2000-12-31',
  currency: 'USD',
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
  currency: 'USD',
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

t.test('the ratios of two published sets of accounts are those worked out by hand', async (t) => {
  const table: [RatioId, enron: number, apple: number][] = [
    ['currentRatio', 1.069528, 0.988012], // 30 381 / 28 406; 143 566 / 145 308
    ['quickRatio', 1.035978, 0.944442], // (30 381 - 953) / 28 406; (143 566 - 6 331) / 145 308
    ['cashRatio', 0.04837, 0.206217], // 1 374 / 28 406; 29 965 / 145 308
    ['workingCapitalToAssets', 0.030151, -0.004941], // 1 975 / 65 503; -1 742 / 352 583
    ['equityRatio', 0.175106, 0.176259], // 11 470 / 65 503; 62 146 / 352 583
    ['liabilitiesToAssets', 0.824894, 0.823741], // 54 033 / 65 503; 290 437 / 352 583
    ['liabilitiesToEquity', 4.710811, 4.673462], // 54 033 / 11 470; 290 437 / 62 146
    ['tangibleNetWorthToAssets', 0.175106, 0.176259], // as the equity ratio: no intangibles are shown
    ['retainedEarningsToAssets', 0.04925, -0.000607], // 3 226 / 65 503; -214 / 352 583
    ['interestCoverage', 2.961814, 29.062039], // 2 482 / 838; 114 301 / 3 933
    ['ebitMargin', 0.024626, 0.298214], // 2 482 / 100 789; 114 301 / 383 285
    ['netMargin', 0.009713, 0.253062], // 979 / 100 789; 96 995 / 383 285
    ['returnOnAssets', 0.014946, 0.275098], // 979 / 65 503; 96 995 / 352 583
    ['returnOnEquity', 0.085353, 1.56076], // 979 / 11 470; 96 995 / 62 146
    ['assetTurnover', 1.538693, 1.087077], // 100 789 / 65 503; 383 285 / 352 583
    ['dsoDays', 37.648354, 28.100291], // 365 × 10 396 / 100 789; 365 × 29 508 / 383 285
    ['operatingCashFlowToDebt', 0.088446, 0.380609], // 4 779 / 54 033; 110 543 / 290 437
    ['operatingCashFlowToCurrentLiabilities', 0.168239, 0.76075], // 4 779 / 28 406; 110 543 / 145 308
    ['operatingCashFlowMargin', 0.047416, 0.288409] // 4 779 / 100 789; 110 543 / 383 285
  ]
  for (const [id, enron, apple] of table) {
    t.equal(ratioOf(id, ENRON).value, enron, `${id} of Enron`)
    t.equal(ratioOf(id, APPLE).value, apple, `${id} of Apple`)
  }
  t.equal(tangibleNetWorth(ENRON), 11_470_000_000)
  t.equal(annualRevenue(APPLE), 383_285_000_000)
})

/** Accounts with every figure that a ratio needs. */
const FULL = statement({
  balanceSheet: {
    cashAndEquivalents: '100',
    tradeReceivables: '200',
    inventories: '150',
    currentAssets: '600',
    intangibleAssets: '40',
    goodwill: '60',
    totalAssets: '1000',
    shortTermBorrowings: '80',
    tradePayables: '120',
    currentPortionOfLongTermDebt: '20',
    currentLiabilities: '300',
    longTermBorrowings: '150',
    bondsPayable: '50',
    totalLiabilities: '600',
    retainedEarnings: '250',
    equity: '400'
  },
  income: {
    revenue: '2000',
    costOfSales: '1500',
    ebit: '160',
    depreciationAndAmortisation: '40',
    interestExpense: '20',
    netIncome: '100'
  },
  cashFlow: { netCashFromOperatingActivities: '120' }
})

/** The full accounts with some figures changed, or left out where undefined. */
function changed(figures: Partial<Record<ItemId, string | undefined>>, more: Partial<Statement> = {}): Statement {
  const part = (given: Figures | undefined): Figures => {
    const both = { ...given, ...Object.fromEntries(Object.entries(figures)) }
    return Object.fromEntries(Object.entries(both).filter(([, figure]) => figure !== undefined))
  }
  const { balanceSheet, income, cashFlow } = FULL
  return { ...FULL, balanceSheet: part(balanceSheet), income: part(income), cashFlow: part(cashFlow), ...more }
}

t.test('every ratio follows its formula', async (t) => {
  const prior = changed({ revenue: '1600', netIncome: '80', totalAssets: '800' }, { periodEnd: '2024-12-31' })
  const table: Record<RatioId, number> = {
    currentRatio: 2, // 600 / 300
    quickRatio: 1.5, // (600 - 150) / 300
    cashRatio: 0.333333, // 100 / 300
    workingCapitalToAssets: 0.3, // (600 - 300) / 1 000
    equityRatio: 0.4, // 400 / 1 000
    liabilitiesToAssets: 0.6, // 600 / 1 000
    liabilitiesToEquity: 1.5, // 600 / 400
    debtToEquity: 0.75, // (80 + 20 + 150 + 50) / 400
    tangibleNetWorthToAssets: 0.3, // (400 - 40 - 60) / 1 000
    retainedEarningsToAssets: 0.25, // 250 / 1 000
    debtToEbitda: 1.5, // 300 / (160 + 40)
    interestCoverage: 8, // 160 / 20
    grossMargin: 0.25, // (2 000 - 1 500) / 2 000
    ebitMargin: 0.08, // 160 / 2 000
    netMargin: 0.05, // 100 / 2 000
    returnOnAssets: 0.1, // 100 / 1 000
    returnOnEquity: 0.25, // 100 / 400
    assetTurnover: 2, // 2 000 / 1 000
    dsoDays: 36.5, // 365 × 200 / 2 000
    dioDays: 36.5, // 365 × 150 / 1 500
    dpoDays: 29.2, // 365 × 120 / 1 500
    cashCycleDays: 43.8, // 36.5 + 36.5 - 29.2
    operatingCashFlowToDebt: 0.2, // 120 / 600
    operatingCashFlowToCurrentLiabilities: 0.4, // 120 / 300
    operatingCashFlowMargin: 0.06, // 120 / 2 000
    revenueGrowth: 0.25, // 2 000 / 1 600 - 1
    netIncomeGrowth: 0.25, // 100 / 80 - 1
    totalAssetsGrowth: 0.25 // 1 000 / 800 - 1
  }
  const found = Object.fromEntries(ratios(FULL, prior).map(({ id, value }) => [id, value]))
  t.same(found, table)
})

t.test('a figure that is absent is named, and never counts as zero', async (t) => {
  const table: [RatioId, ItemId[], string[]][] = [
    ['quickRatio', ['inventories'], ['inventories']],
    ['currentRatio', ['currentAssets', 'currentLiabilities'], ['currentAssets', 'currentLiabilities']],
    ['debtToEquity', ['shortTermBorrowings'], ['shortTermBorrowings']],
    ['debtToEbitda', ['depreciationAndAmortisation'], ['ebitda']],
    ['interestCoverage', ['interestExpense'], ['interestExpense']],
    ['cashCycleDays', ['tradePayables', 'inventories'], ['inventories', 'tradePayables']],
    ['revenueGrowth', [], ['priorRevenue']],
    ['revenueGrowth', ['revenue'], ['revenue', 'priorRevenue']]
  ]
  for (const [id, absent, missing] of table) {
    const given = changed(Object.fromEntries(absent.map((item) => [item, undefined])))
    t.match(ratioOf(id, given), { value: null, reason: 'missing_item', missing }, `${id} without ${absent.join(', ')}`)
  }
  const prior = changed({ netIncome: undefined }, { periodEnd: '2024-12-31' })
  t.same(ratioOf('netIncomeGrowth', FULL, prior).missing, ['priorNetIncome'])
})

t.test('bonds, debt that falls due and intangibles count where they are shown, and are none where not', async (t) => {
  const plain = changed({
    bondsPayable: undefined,
    currentPortionOfLongTermDebt: undefined,
    intangibleAssets: undefined,
    goodwill: undefined
  })
  t.equal(ratioOf('debtToEquity', plain).value, 0.575, '(80 + 150) / 400')
  t.equal(ratioOf('tangibleNetWorthToAssets', plain).value, 0.4)
  t.equal(tangibleNetWorth(plain), 4_000_000)
  t.equal(tangibleNetWorth(FULL), 3_000_000)
  t.same(ratioOf('debtToEquity', FULL).inputs, {
    shortTermBorrowings: 80,
    currentPortionOfLongTermDebt: 20,
    longTermBorrowings: 150,
    bondsPayable: 50,
    equity: 400
  })
  t.equal(tangibleNetWorth(statement({ balanceSheet: { totalAssets: '1000' } })), null)
  t.equal(tangibleNetWorth(changed({ goodwill: '500' })), -1_400_000, 'may be negative')
  t.equal(annualRevenue(statement({ balanceSheet: {} })), null)
})

t.test('a denominator that is negative or zero gives no value, so a deficit never flatters', async (t) => {
  const year = { periodEnd: '2024-12-31' }
  const table: [RatioId, Statement, Statement | undefined, 'negative_base' | 'zero_denominator'][] = [
    ['liabilitiesToEquity', changed({ equity: '-100' }), undefined, 'negative_base'],
    ['liabilitiesToEquity', changed({ equity: '0' }), undefined, 'zero_denominator'],
    ['debtToEquity', changed({ equity: '-100' }), undefined, 'negative_base'],
    ['debtToEquity', changed({ equity: '0.00' }), undefined, 'zero_denominator'],
    ['returnOnEquity', changed({ equity: '-100', netIncome: '-50' }), undefined, 'negative_base'],
    ['debtToEbitda', changed({ ebit: '-60' }), undefined, 'negative_base'],
    ['debtToEbitda', changed({ ebit: '-40' }), undefined, 'zero_denominator'],
    ['interestCoverage', changed({ interestExpense: '0' }), undefined, 'zero_denominator'],
    ['currentRatio', changed({ currentLiabilities: '0' }), undefined, 'zero_denominator'],
    ['dsoDays', changed({ revenue: '0' }), undefined, 'zero_denominator'],
    ['cashCycleDays', changed({ costOfSales: '0' }), undefined, 'zero_denominator'],
    ['revenueGrowth', FULL, changed({ revenue: '0' }, year), 'zero_denominator'],
    ['netIncomeGrowth', FULL, changed({ netIncome: '0' }, year), 'zero_denominator'],
    ['netIncomeGrowth', FULL, changed({ netIncome: '-10' }, year), 'negative_base'],
    ['netIncomeGrowth', changed({ netIncome: '-20' }), changed({ netIncome: '-10' }, year), 'negative_base']
  ]
  for (const [id, given, prior, reason] of table) t.match(ratioOf(id, given, prior), { value: null, reason }, id)
  t.equal(ratioOf('interestCoverage', changed({ ebit: '-40' })).value, -2, 'a loss shows')
  t.equal(ratioOf('netIncomeGrowth', changed({ netIncome: '-100' }), changed({}, year)).value, -2, 'into a loss')
  t.equal(ratioOf('equityRatio', changed({ equity: '-100' })).value, -0.1)
})

t.test('flows are taken for twelve months, and stocks as they stand', async (t) => {
  const half = changed({}, { months: 6 })
  const table: [RatioId, number][] = [
    ['assetTurnover', 4], // 2 × 2 000 / 1 000
    ['returnOnAssets', 0.2], // 2 × 100 / 1 000
    ['dsoDays', 18.25], // 365 × 200 / (2 × 2 000)
    ['debtToEbitda', 0.75], // 300 / (2 × 200)
    ['operatingCashFlowToDebt', 0.4], // 2 × 120 / 600
    ['interestCoverage', 8], // both are flows
    ['netMargin', 0.05],
    ['currentRatio', 2]
  ]
  for (const [id, expected] of table) t.equal(ratioOf(id, half).value, expected, id)
  t.equal(annualRevenue(half), 40_000_000, '2 × 2 000 of 10 000')
  const long = changed({ revenue: '3000' }, { months: 18 })
  t.equal(ratioOf('revenueGrowth', half, long).value, 1, '2 × 2 000 against 3 000 × 12 / 18')
  t.equal(ratioOf('totalAssetsGrowth', half, long).value, 0, 'a stock is not a flow')
})

t.test('a prior statement in another unit is converted', async (t) => {
  const prior = changed({ revenue: '16000.5' }, { unit: 1000, periodEnd: '2024-12-31' })
  const growth = ratioOf('revenueGrowth', FULL, prior)
  t.equal(growth.value, 0.249961, '2 000 × 10 000 / (16 000.5 × 1 000) - 1')
  t.same(growth.inputs, { revenue: 2000, priorRevenue: 1600.05 }, 'in the unit of the statement')
})

t.test('the catalogue is complete in two languages, and names known units and groups', async (t) => {
  t.same(
    ratios(FULL).map(({ id }) => id),
    RATIO_IDS
  )
  for (const [id, { name, formula, unit, group }] of Object.entries(RATIOS)) {
    t.match(name.en, /^[A-Z]/, id)
    t.match(name.zh, /\p{Script=Han}/u, id)
    t.ok(RATIO_UNITS.includes(unit) && RATIO_GROUPS.includes(group), id)
    const items = formula.match(/[a-z]+(?:[A-Z][a-z]+)*/g) ?? []
    for (const item of items.filter((each) => each !== 'prior'))
      t.ok(Object.hasOwn(STATEMENT_ITEMS, item) || Object.hasOwn(RATIOS, item), `${id} names ${item}`)
  }
})

const WHOLE_MAX = 9_999_999_999_999
const itemIds = Object.keys(STATEMENT_ITEMS) as ItemId[]
const anyFigure = fc
  .tuple(fc.boolean(), fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: WHOLE_MAX })), fc.nat({ max: 99 }))
  .map(([negative, whole, part]) => `${negative ? '-' : ''}${whole}.${String(part).padStart(2, '0')}`)

function placed(figures: Partial<Record<ItemId, string>>, months = 12): Statement {
  const within = (part: string): Figures =>
    Object.fromEntries(Object.entries(figures).filter(([id]) => STATEMENT_ITEMS[id as ItemId].part === part))
  return statement({
    months,
    balanceSheet: within('balanceSheet'),
    income: within('income'),
    cashFlow: within('cashFlow')
  })
}

const anyStatement = fc
  .tuple(fc.dictionary(fc.constantFrom(...itemIds), anyFigure, { maxKeys: 40 }), fc.integer({ min: 1, max: 18 }))
  .map(([figures, months]) => placed(figures, months))

t.test('law: whatever the figures, a ratio is a finite number of six decimals, or says why it is none', async () => {
  fc.assert(
    fc.property(anyStatement, fc.option(anyStatement, { nil: undefined }), (given, prior) =>
      ratios(given, prior).every(({ value, reason, missing, inputs }) => {
        if (!Object.values(inputs).every(Number.isFinite)) return false
        if (value === null)
          return (
            reason !== undefined &&
            RATIO_GAPS.includes(reason) &&
            (reason === 'missing_item') === (missing !== undefined)
          )
        return Number.isFinite(value) && !Object.is(value, -0) && reason === undefined && missing === undefined
      })
    )
  )
})

t.test('law: the scale of the figures has no influence on a ratio', async () => {
  const whole = fc.integer({ min: -1_000_000, max: 1_000_000 })
  const figures = fc.dictionary(fc.constantFrom(...itemIds), whole, { minKeys: 15, maxKeys: 46 })
  const scaled = (given: Record<string, number>, k: number, months: number): Statement =>
    placed(Object.fromEntries(Object.entries(given).map(([id, value]) => [id, String(value * k)])), months)
  const valuesOf = (given: Statement, prior: Statement) =>
    JSON.stringify(ratios(given, prior).map(({ id, value, reason }) => [id, value, reason]))
  fc.assert(
    fc.property(
      figures,
      figures,
      fc.integer({ min: 2, max: 100_000 }),
      fc.integer({ min: 1, max: 18 }),
      (now, before, k, months) => {
        const plain = valuesOf(scaled(now, 1, months), scaled(before, 1, 12))
        return valuesOf(scaled(now, k, months), scaled(before, k, 12)) === plain
      }
    )
  )
})

t.test('law: the order of the fields has no influence', async () => {
  const shuffledKeys = <T extends object>(object: T): T => Object.fromEntries(Object.entries(object).toReversed()) as T
  const reordered = (given: Statement): Statement =>
    shuffledKeys({
      ...given,
      balanceSheet: shuffledKeys(given.balanceSheet),
      income: shuffledKeys(given.income ?? {}),
      cashFlow: shuffledKeys(given.cashFlow ?? {})
    })
  fc.assert(
    fc.property(anyStatement, anyStatement, (given, prior) => {
      return JSON.stringify(ratios(reordered(given), reordered(prior))) === JSON.stringify(ratios(given, prior))
    })
  )
})
