import fc from 'fast-check'
import t from 'tap'
import { RATIO_IDS, RATIOS, type RatioId } from '../../../../src/engine/statements/ratios/ratio-catalogue.ts'
import { RATIO_GROUPS, RATIO_UNITS, type RatioEntry } from '../../../../src/engine/statements/ratios/ratio-entry.ts'
import {
  annualRevenue,
  type RatioValue,
  ratios,
  ratioValueOf,
  tangibleNetWorth
} from '../../../../src/engine/statements/ratios/ratios.ts'
import { completeStatement, type Figures, type Statement } from '../../../../src/engine/statements/statement.ts'
import { type ItemId, STATEMENT_ITEMS } from '../../../../src/engine/statements/statement-items.ts'
import { RATIO_GAPS } from '../../../../src/engine/statements/statement-term.ts'

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

/**
 * Published by the company, in millions of US dollars; liabilities with minority interests and
 * preferred securities of subsidiaries.
 */
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
    // As the equity ratio: no intangibles are shown.
    ['tangibleNetWorthToAssets', 0.175106, 0.176259],
    ['retainedEarningsToAssets', 0.04925, -0.000607], // 3 226 / 65 503; -214 / 352 583
    ['interestCoverage', 2.961814, 29.062039], // 2 482 / 838; 114 301 / 3 933
    ['ebitMargin', 0.024626, 0.298214], // 2 482 / 100 789; 114 301 / 383 285
    ['netMargin', 0.009713, 0.253062], // 979 / 100 789; 96 995 / 383 285
    ['returnOnAssets', 0.014946, 0.275098], // 979 / 65 503; 96 995 / 352 583
    ['returnOnEquity', 0.085353, 1.56076], // 979 / 11 470; 96 995 / 62 146
    ['assetTurnover', 1.538693, 1.087077], // 100 789 / 65 503; 383 285 / 352 583
    ['dsoDays', 37.648354, 28.100291], // 365 × 10 396 / 100 789; 365 × 29 508 / 383 285
    ['operatingCashFlowToDebt', 0.088446, 0.380609], // 4 779 / 54 033; 110 543 / 290 437
    // 4 779 / 28 406; 110 543 / 145 308
    ['operatingCashFlowToCurrentLiabilities', 0.168239, 0.76075],
    ['operatingCashFlowMargin', 0.047416, 0.288409] // 4 779 / 100 789; 110 543 / 383 285
  ]
  for (const [id, enron, apple] of table) {
    t.equal(ratioOf(id, ENRON).value, enron, `${id} of Enron`)
    t.equal(ratioOf(id, APPLE).value, apple, `${id} of Apple`)
  }
  t.equal(tangibleNetWorth(completeStatement(ENRON)), 11_470_000_000)
  t.equal(annualRevenue(completeStatement(APPLE)), 383_285_000_000)
})

/** Accounts with every figure that a ratio needs. */
const FULL = statement({
  balanceSheet: {
    cashAndEquivalents: '100',
    shortTermInvestments: '30',
    billsReceivable: '20',
    tradeReceivables: '200',
    inventories: '150',
    currentAssets: '600',
    propertyPlantAndEquipment: '280',
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
    shareCapital: '80',
    capitalReserve: '20',
    retainedEarnings: '250',
    equity: '400'
  },
  income: {
    revenue: '2000',
    costOfSales: '1500',
    taxesAndSurcharges: '10',
    sellingExpenses: '200',
    administrativeExpenses: '100',
    researchAndDevelopmentExpenses: '40',
    financeExpenses: '15',
    operatingProfit: '145',
    ebit: '160',
    depreciationAndAmortisation: '40',
    interestExpense: '20',
    profitBeforeTax: '140',
    incomeTax: '40',
    netIncome: '100'
  },
  cashFlow: { netCashFromOperatingActivities: '120', capitalExpenditure: '60', dividendsPaid: '30' }
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
  const before = { revenue: '1600', operatingProfit: '116', netIncome: '80', totalAssets: '800', equity: '320' }
  const prior = changed({ ...before, shareCapital: '60' }, { periodEnd: '2024-12-31' })
  const table: Record<RatioId, number> = {
    currentRatio: 2, // 600 / 300
    quickRatio: 1.5, // (600 - 150) / 300
    acidTestRatio: 1.166667, // (100 + 30 + 20 + 200) / 300
    // 365 × (100 + 30 + 200) / (1 500 + (200 + 100 + 40 + 15) - 40)
    defensiveIntervalDays: 66.363636,
    cashRatio: 0.333333, // 100 / 300
    workingCapitalToAssets: 0.3, // (600 - 300) / 1 000
    equityRatio: 0.4, // 400 / 1 000
    liabilitiesToAssets: 0.6, // 600 / 1 000
    liabilitiesToEquity: 1.5, // 600 / 400
    equityMultiplier: 2.5, // 1 000 / 400
    debtToEquity: 0.75, // (80 + 20 + 150 + 50) / 400
    debtToCapital: 0.428571, // 300 / (300 + 400)
    netDebtToEquity: 0.5, // (300 - 100) / 400
    borrowingsToLiabilities: 0.5, // 300 / 600
    nonCurrentLiabilitiesToCapital: 0.428571, // (600 - 300) / (300 + 400)
    liabilitiesToTangibleNetWorth: 2, // 600 / (400 - 40 - 60)
    fixedAssetsToTangibleNetWorth: 0.933333, // 280 / 300
    tangibleNetWorthToAssets: 0.3, // (400 - 40 - 60) / 1 000
    retainedEarningsToAssets: 0.25, // 250 / 1 000
    debtToEbitda: 1.5, // 300 / (160 + 40)
    netDebtToEbitda: 1, // (300 - 100) / 200
    interestCoverage: 8, // 160 / 20
    ebitdaInterestCoverage: 10, // 200 / 20
    operatingCashFlowInterestCoverage: 6, // 120 / 20
    fundsFromOperationsToDebt: 0.466667, // (200 - 20 - 40) / 300
    earningsToCurrentMaturities: 7, // (100 + 40) / 20
    grossMargin: 0.25, // (2 000 - 1 500) / 2 000
    ebitMargin: 0.08, // 160 / 2 000
    ebitdaMargin: 0.1, // 200 / 2 000
    operatingMargin: 0.0725, // 145 / 2 000
    pretaxMargin: 0.07, // 140 / 2 000
    netMargin: 0.05, // 100 / 2 000
    profitToCosts: 0.075067, // 140 / (1 500 + 10 + 200 + 100 + 40 + 15)
    returnOnAssets: 0.1, // 100 / 1 000
    ebitToAverageAssets: 0.177778, // 160 / ((1 000 + 800) / 2)
    returnOnEquity: 0.25, // 100 / 400
    returnOnAverageEquity: 0.277778, // 100 / ((400 + 320) / 2)
    returnOnPaidInCapital: 1.111111, // 100 / ((100 + 80) / 2)
    returnOnCapitalEmployed: 0.228571, // 160 / (1 000 - 300)
    assetTurnover: 2, // 2 000 / 1 000
    currentAssetTurnover: 3.333333, // 2 000 / 600
    fixedAssetTurnover: 7.142857, // 2 000 / 280
    workingCapitalTurnover: 6.666667, // 2 000 / (600 - 300)
    receivablesTurnover: 10, // 2 000 / 200
    inventoryTurnover: 10, // 1 500 / 150
    receivablesAndBillsDays: 40.15, // 365 × (200 + 20) / 2 000
    dsoDays: 36.5, // 365 × 200 / 2 000
    dioDays: 36.5, // 365 × 150 / 1 500
    dpoDays: 29.2, // 365 × 120 / 1 500
    cashCycleDays: 43.8, // 36.5 + 36.5 - 29.2
    operatingCashFlowToDebt: 0.2, // 120 / 600
    operatingCashFlowToCurrentLiabilities: 0.4, // 120 / 300
    operatingCashFlowToBorrowings: 0.4, // 120 / 300
    freeCashFlowToBorrowings: 0.2, // (120 - 60) / 300
    operatingCashFlowMargin: 0.06, // 120 / 2 000
    cashReturnOnAssets: 0.12, // 120 / 1 000
    operatingCashFlowToNetIncome: 1.2, // 120 / 100
    operatingCashFlowToCapitalExpenditure: 2, // 120 / 60
    operatingCashFlowToDividends: 4, // 120 / 30
    revenueGrowth: 0.25, // 2 000 / 1 600 - 1
    netIncomeGrowth: 0.25, // 100 / 80 - 1
    operatingProfitGrowth: 0.25, // 145 / 116 - 1
    totalAssetsGrowth: 0.25, // 1 000 / 800 - 1
    equityGrowth: 0.25, // 400 / 320 - 1
    researchToRevenue: 0.02, // 40 / 2 000
    lnTotalAssets: 16.118096, // ln 10 000 000
    lnRevenue: 16.811243, // ln 20 000 000
    lnEquity: 15.201805 // ln 4 000 000
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
    ['ebitToAverageAssets', [], ['priorTotalAssets']],
    ['returnOnPaidInCapital', ['shareCapital'], ['shareCapital', 'priorShareCapital', 'priorCapitalReserve']],
    ['lnRevenue', ['revenue'], ['revenue']],
    ['interestCoverage', ['interestExpense'], ['interestExpense']],
    ['cashCycleDays', ['tradePayables', 'inventories'], ['inventories', 'tradePayables']],
    ['revenueGrowth', [], ['priorRevenue']],
    ['revenueGrowth', ['revenue'], ['revenue', 'priorRevenue']]
  ]
  for (const [id, absent, missing] of table) {
    const given = changed(Object.fromEntries(absent.map((item) => [item, undefined])))
    t.match(ratioOf(id, given), { value: null, reason: 'missing_item', missing }, `${id} without ${absent.join(', ')}`)
  }
  const prior = changed({ netIncome: undefined, incomeTax: undefined }, { periodEnd: '2024-12-31' })
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
  t.equal(tangibleNetWorth(completeStatement(plain)), 4_000_000)
  t.equal(tangibleNetWorth(completeStatement(FULL)), 3_000_000)
  t.same(ratioOf('debtToEquity', FULL).inputs, {
    shortTermBorrowings: 80,
    currentPortionOfLongTermDebt: 20,
    longTermBorrowings: 150,
    bondsPayable: 50,
    equity: 400
  })
  t.equal(tangibleNetWorth(completeStatement(statement({ balanceSheet: { totalAssets: '1000' } }))), null)
  t.equal(tangibleNetWorth(completeStatement(changed({ goodwill: '500' }))), -1_400_000, 'may be negative')
  t.equal(annualRevenue(completeStatement(statement({ balanceSheet: {} }))), null)
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
    ['cashCycleDays', changed({ revenue: '0', costOfSales: '-1' }), undefined, 'zero_denominator'],
    ['workingCapitalTurnover', changed({ currentLiabilities: '700' }), undefined, 'negative_base'],
    ['liabilitiesToTangibleNetWorth', changed({ goodwill: '500' }), undefined, 'negative_base'],
    ['debtToCapital', changed({ equity: '-400' }), undefined, 'negative_base'],
    ['debtToCapital', changed({ equity: '-300' }), undefined, 'zero_denominator'],
    ['profitToCosts', changed({ financeExpenses: '-5000' }), undefined, 'negative_base'],
    ['returnOnAverageEquity', changed({ equity: '-100' }), changed({}, year), 'negative_base'],
    ['returnOnAverageEquity', FULL, changed({ equity: '-100' }, year), 'negative_base'],
    ['returnOnAverageEquity', changed({ equity: '0' }), changed({ equity: '0' }, year), 'zero_denominator'],
    ['operatingCashFlowToNetIncome', changed({ netIncome: '-10' }), undefined, 'negative_base'],
    ['lnEquity', changed({ equity: '-100' }), undefined, 'negative_base'],
    ['lnRevenue', changed({ revenue: '0' }), undefined, 'zero_denominator'],
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
    ['currentRatio', 2],
    ['defensiveIntervalDays', 33.181818], // 365 × 330 / (2 × 1 815)
    ['lnRevenue', 17.50439], // ln 40 000 000
    ['lnTotalAssets', 16.118096]
  ]
  for (const [id, expected] of table) t.equal(ratioOf(id, half).value, expected, id)
  t.equal(annualRevenue(completeStatement(half)), 40_000_000, '2 × 2 000 of 10 000')
  const long = changed({ revenue: '3000' }, { months: 18 })
  t.equal(ratioOf('revenueGrowth', half, long).value, 1, '2 × 2 000 against 3 000 × 12 / 18')
  t.equal(ratioOf('totalAssetsGrowth', half, long).value, 0, 'a stock is not a flow')
  t.equal(ratioOf('ebitToAverageAssets', half, long).value, 0.32, '2 × 160 / 1 000')
})

t.test('a prior statement in another unit is converted', async (t) => {
  const prior = changed({ revenue: '16000.5' }, { unit: 1000, periodEnd: '2024-12-31' })
  const growth = ratioOf('revenueGrowth', FULL, prior)
  t.equal(growth.value, 0.249961, '2 000 × 10 000 / (16 000.5 × 1 000) - 1')
  t.same(growth.inputs, { revenue: 2000, priorRevenue: 1600.05 }, 'in the unit of the statement')
  const average = ratioOf('ebitToAverageAssets', FULL, changed({ totalAssets: '6000' }, { unit: 1000 }))
  t.equal(average.value, 0.2, '160 / ((1 000 + 600) / 2)')
  t.same(average.inputs, { ebit: 160, totalAssets: 1000, priorTotalAssets: 600 })
})

t.test('the catalogue is complete in two languages, and names known units and groups', async (t) => {
  t.same(
    ratios(FULL).map(({ id }) => id),
    RATIO_IDS
  )
  t.ok(RATIO_IDS.length >= 45)
  t.same(new Set(Object.values(RATIOS).map(({ group }) => group)), new Set(RATIO_GROUPS), 'every group has ratios')
  for (const [id, { name, formula, unit, group, source }] of Object.entries(RATIOS)) {
    t.match(source, /[A-Z].{20}/, id)

    t.match(name.en, /^[A-Z]/, id)
    t.match(name.zh, /\p{Script=Han}/u, id)
    t.ok(RATIO_UNITS.includes(unit) && RATIO_GROUPS.includes(group), id)
    const items = formula.match(/[a-z]+(?:[A-Z][a-z]+)*/g) ?? []
    for (const item of items.filter((each) => !['prior', 'average', 'ln'].includes(each)))
      t.ok(Object.hasOwn(STATEMENT_ITEMS, item) || Object.hasOwn(RATIOS, item), `${id} names ${item}`)
  }
})

t.test(
  'debt, and the days that money is tied up, are better when they are less; everything else when it is more',
  async (t) => {
    const lower = RATIO_IDS.filter((id) => !RATIOS[id].higherIsBetter)
    t.same(lower, [
      'liabilitiesToAssets',
      'liabilitiesToEquity',
      'equityMultiplier',
      'debtToEquity',
      'debtToCapital',
      'netDebtToEquity',
      'borrowingsToLiabilities',
      'nonCurrentLiabilitiesToCapital',
      'liabilitiesToTangibleNetWorth',
      'fixedAssetsToTangibleNetWorth',
      'debtToEbitda',
      'netDebtToEbitda',
      'dsoDays',
      'receivablesAndBillsDays',
      'dioDays',
      'dpoDays',
      'cashCycleDays'
    ])
  }
)

t.test('a formula reads as it is reckoned', async (t) => {
  const formulas: Partial<Record<RatioId, string>> = {
    currentRatio: 'currentAssets / currentLiabilities',
    quickRatio: '(currentAssets - inventories) / currentLiabilities',
    liabilitiesToTangibleNetWorth: 'totalLiabilities / (equity - intangibleAssets - developmentExpenditure - goodwill)',
    ebitToAverageAssets: 'ebit / average totalAssets',
    returnOnPaidInCapital: 'netIncome / average (shareCapital + capitalReserve)',
    dsoDays: '365 × tradeReceivables / revenue',
    cashCycleDays: 'dsoDays + dioDays - dpoDays',
    revenueGrowth: 'revenue / prior revenue - 1',
    lnTotalAssets: 'ln(totalAssets)'
  }
  for (const [id, formula] of Object.entries(formulas)) t.equal(RATIOS[id as RatioId].formula, formula, id)
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

t.test('law: the scale of the figures has no influence on a ratio, but on those of size', async () => {
  const whole = fc.integer({ min: -1_000_000, max: 1_000_000 })
  const figures = fc.dictionary(fc.constantFrom(...itemIds), whole, { minKeys: 15, maxKeys: 46 })
  const scaled = (given: Record<string, number>, k: number, months: number): Statement =>
    placed(Object.fromEntries(Object.entries(given).map(([id, value]) => [id, String(value * k)])), months)
  const valuesOf = (given: Statement, prior: Statement) =>
    JSON.stringify(
      ratios(given, prior)
        .filter(({ id }) => RATIOS[id].group !== 'size')
        .map(({ id, value, reason }) => [id, value, reason])
    )
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

t.test('law: a size grows by the logarithm of the scale, up to the sixth decimal', async () => {
  const amount = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(amount, fc.integer({ min: 2, max: 100_000 }), (assets, k) => {
      const size = (figure: number) => ratioOf('lnTotalAssets', placed({ totalAssets: String(figure) })).value ?? 0
      return Math.abs(size(assets * k) - size(assets) - Math.log(k)) < 0.000_002
    })
  )
})

t.test('law: a ratio with a value has a denominator above zero, in each of the years it is taken from', async () => {
  fc.assert(
    fc.property(anyStatement, anyStatement, (given, prior) =>
      ratios(given, prior).every(({ id, value, inputs }) => {
        const ratio: RatioEntry = RATIOS[id]
        if (value === null || ratio.kind !== 'quotient') return true
        const below = (named: (id: string) => string) =>
          ratio.denominator.parts.reduce((sum, part) => sum + part.sign * (inputs[named(part.id)] ?? 0), 0)
        const present = below((each) => each)
        const before = below((each) => `prior${each.charAt(0).toUpperCase()}${each.slice(1)}`)
        if (ratio.against === 'average') return present >= 0 && before >= 0 && present + before > 0
        return (ratio.against === 'prior' ? before : present) > 0
      })
    )
  )
})

t.test('law: one ratio alone is what it is among all', async () => {
  fc.assert(
    fc.property(anyStatement, fc.option(anyStatement, { nil: undefined }), (given, prior) => {
      const before = prior === undefined ? undefined : completeStatement(prior)
      return ratios(given, prior).every(
        ({ id, value, reason }) => ratioValueOf(RATIOS[id], completeStatement(given), before) === (value ?? reason)
      )
    })
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

t.test('retained earnings are undistributed profit with the surplus reserve, where one is shown', async (t) => {
  const balanceSheet = { totalAssets: '1000', retainedEarnings: '150' }
  const chinese = ratioOf(
    'retainedEarningsToAssets',
    statement({ balanceSheet: { ...balanceSheet, surplusReserve: '60' } })
  )
  t.equal(RATIOS.retainedEarningsToAssets.formula, '(retainedEarnings + surplusReserve) / totalAssets')
  t.equal(chinese.value, 0.21) // (150 + 60) / 1 000
  t.same(chinese.inputs, { retainedEarnings: 150, surplusReserve: 60, totalAssets: 1000 })
  const silent = ratioOf('retainedEarningsToAssets', statement({ balanceSheet }))
  t.equal(silent.value, 0.15)
  t.same(silent.inputs, { retainedEarnings: 150, totalAssets: 1000 })
  const reserveAlone = statement({ balanceSheet: { totalAssets: '1000', surplusReserve: '60' } })
  t.match(ratioOf('retainedEarningsToAssets', reserveAlone), { value: null, missing: ['retainedEarnings'] })
})
