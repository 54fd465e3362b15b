import { completeItems, type ItemId, type Statement } from './statement.ts'
import type { Text } from './text.ts'

export const RATIO_UNITS = ['ratio', 'percent', 'days', 'times', 'amount'] as const
export type RatioUnit = (typeof RATIO_UNITS)[number]

export const RATIO_GROUPS = [
  'liquidity',
  'solvency',
  'coverage',
  'profitability',
  'efficiency',
  'cash_flow',
  'growth'
] as const
export type RatioGroup = (typeof RATIO_GROUPS)[number]

/** Why a ratio has no value: `negative_base` where the sign of the denominator would make a bad figure look good. */
export const RATIO_GAPS = ['zero_denominator', 'missing_item', 'negative_base'] as const
export type RatioGap = (typeof RATIO_GAPS)[number]

type Values = Partial<Record<ItemId, number>>

/** A figure that a ratio is made of: the items it needs, and how they combine. A flow is taken for twelve months. */
interface Term {
  readonly items: readonly ItemId[]
  /** Items that many sets of accounts rightly lack: absent, they count as none. */
  readonly optional?: readonly ItemId[]
  readonly of: (value: (id: ItemId) => number) => number
  readonly flow?: boolean
}

interface RatioDescription {
  readonly name: Text
  readonly group: RatioGroup
  readonly formula: string
  readonly unit: RatioUnit
  readonly higherIsBetter: boolean
}

interface Quotient extends RatioDescription {
  readonly numerator: Term
  readonly denominator: Term
  /** Multiplies the quotient: 365 for days. */
  readonly times?: number
  /** Added to the quotient: -1 for growth. */
  readonly plus?: number
  /** The denominator is taken from the prior statement. */
  readonly against?: 'prior'
}

/** Days of the cycle from paying for goods to being paid for them, and whether they add to it. */
interface Cycle extends RatioDescription {
  readonly days: readonly (readonly [sign: 1 | -1, id: 'dsoDays' | 'dioDays' | 'dpoDays'])[]
}

type RatioEntry = Quotient | Cycle

const one = (id: ItemId): Term => ({ items: [id], of: (value) => value(id) })
const flow = (id: ItemId): Term => ({ ...one(id), flow: true })
const less = (first: ItemId, second: ItemId): Term => ({
  items: [first, second],
  of: (value) => value(first) - value(second)
})

/** All interest-bearing debt: a company that moves its loans into bonds owes no less. */
const borrowings: Term = {
  items: ['shortTermBorrowings', 'longTermBorrowings'],
  optional: ['currentPortionOfLongTermDebt', 'bondsPayable'],
  of: (value) =>
    value('shortTermBorrowings') +
    value('currentPortionOfLongTermDebt') +
    value('longTermBorrowings') +
    value('bondsPayable')
}
const netWorth: Term = {
  items: ['equity'],
  optional: ['intangibleAssets', 'goodwill'],
  of: (value) => value('equity') - value('intangibleAssets') - value('goodwill')
}

const entry = (
  group: RatioGroup,
  unit: RatioUnit,
  higherIsBetter: boolean,
  en: string,
  zh: string,
  formula: string,
  numerator: Term,
  denominator: Term,
  more: Pick<Quotient, 'times' | 'plus' | 'against'> = {}
): Quotient => ({ name: { en, zh }, group, unit, higherIsBetter, formula, numerator, denominator, ...more })

const YEAR_DAYS = 365

/** The catalogue of ratios. Flows are annualised, stocks are those of the period's end. */
export const RATIOS = {
  currentRatio: entry(
    'liquidity',
    'times',
    true,
    'Current ratio',
    '流动比率',
    'currentAssets / currentLiabilities',
    one('currentAssets'),
    one('currentLiabilities')
  ),
  quickRatio: entry(
    'liquidity',
    'times',
    true,
    'Quick ratio',
    '速动比率',
    '(currentAssets - inventories) / currentLiabilities',
    less('currentAssets', 'inventories'),
    one('currentLiabilities')
  ),
  cashRatio: entry(
    'liquidity',
    'times',
    true,
    'Cash ratio',
    '现金比率',
    'cashAndEquivalents / currentLiabilities',
    one('cashAndEquivalents'),
    one('currentLiabilities')
  ),
  workingCapitalToAssets: entry(
    'liquidity',
    'ratio',
    true,
    'Working capital to assets',
    '营运资本占总资产比率',
    '(currentAssets - currentLiabilities) / totalAssets',
    less('currentAssets', 'currentLiabilities'),
    one('totalAssets')
  ),
  equityRatio: entry(
    'solvency',
    'ratio',
    true,
    'Equity ratio',
    '权益比率',
    'equity / totalAssets',
    one('equity'),
    one('totalAssets')
  ),
  liabilitiesToAssets: entry(
    'solvency',
    'ratio',
    false,
    'Liabilities to assets',
    '资产负债率',
    'totalLiabilities / totalAssets',
    one('totalLiabilities'),
    one('totalAssets')
  ),
  liabilitiesToEquity: entry(
    'solvency',
    'times',
    false,
    'Liabilities to equity',
    '产权比率',
    'totalLiabilities / equity',
    one('totalLiabilities'),
    one('equity')
  ),
  debtToEquity: entry(
    'solvency',
    'times',
    false,
    'Borrowings to equity',
    '有息负债权益比',
    '(shortTermBorrowings + currentPortionOfLongTermDebt + longTermBorrowings + bondsPayable) / equity',
    borrowings,
    one('equity')
  ),
  tangibleNetWorthToAssets: entry(
    'solvency',
    'ratio',
    true,
    'Tangible net worth to assets',
    '有形净资产占总资产比率',
    '(equity - intangibleAssets - goodwill) / totalAssets',
    netWorth,
    one('totalAssets')
  ),
  retainedEarningsToAssets: entry(
    'solvency',
    'ratio',
    true,
    'Retained earnings to assets',
    '留存收益占总资产比率',
    'retainedEarnings / totalAssets',
    one('retainedEarnings'),
    one('totalAssets')
  ),
  debtToEbitda: entry(
    'coverage',
    'times',
    false,
    'Borrowings to EBITDA',
    '有息负债/EBITDA',
    '(shortTermBorrowings + currentPortionOfLongTermDebt + longTermBorrowings + bondsPayable) / ebitda',
    borrowings,
    flow('ebitda')
  ),
  interestCoverage: entry(
    'coverage',
    'times',
    true,
    'Interest coverage',
    '利息保障倍数',
    'ebit / interestExpense',
    flow('ebit'),
    flow('interestExpense')
  ),
  grossMargin: entry(
    'profitability',
    'ratio',
    true,
    'Gross margin',
    '毛利率',
    'grossProfit / revenue',
    flow('grossProfit'),
    flow('revenue')
  ),
  ebitMargin: entry(
    'profitability',
    'ratio',
    true,
    'EBIT margin',
    '息税前利润率',
    'ebit / revenue',
    flow('ebit'),
    flow('revenue')
  ),
  netMargin: entry(
    'profitability',
    'ratio',
    true,
    'Net margin',
    '销售净利率',
    'netIncome / revenue',
    flow('netIncome'),
    flow('revenue')
  ),
  returnOnAssets: entry(
    'profitability',
    'ratio',
    true,
    'Return on assets',
    '总资产净利率',
    'netIncome / totalAssets',
    flow('netIncome'),
    one('totalAssets')
  ),
  returnOnEquity: entry(
    'profitability',
    'ratio',
    true,
    'Return on equity',
    '净资产收益率',
    'netIncome / equity',
    flow('netIncome'),
    one('equity')
  ),
  assetTurnover: entry(
    'efficiency',
    'times',
    true,
    'Asset turnover',
    '总资产周转率',
    'revenue / totalAssets',
    flow('revenue'),
    one('totalAssets')
  ),
  dsoDays: entry(
    'efficiency',
    'days',
    false,
    'Days sales outstanding',
    '应收账款周转天数',
    '365 × tradeReceivables / revenue',
    one('tradeReceivables'),
    flow('revenue'),
    { times: YEAR_DAYS }
  ),
  dioDays: entry(
    'efficiency',
    'days',
    false,
    'Days inventory outstanding',
    '存货周转天数',
    '365 × inventories / costOfSales',
    one('inventories'),
    flow('costOfSales'),
    { times: YEAR_DAYS }
  ),
  dpoDays: entry(
    'efficiency',
    'days',
    false,
    'Days payables outstanding',
    '应付账款周转天数',
    '365 × tradePayables / costOfSales',
    one('tradePayables'),
    flow('costOfSales'),
    { times: YEAR_DAYS }
  ),
  cashCycleDays: {
    name: { en: 'Cash conversion cycle', zh: '现金周转天数' },
    group: 'efficiency',
    formula: 'dsoDays + dioDays - dpoDays',
    unit: 'days',
    higherIsBetter: false,
    days: [
      [1, 'dsoDays'],
      [1, 'dioDays'],
      [-1, 'dpoDays']
    ]
  },
  operatingCashFlowToDebt: entry(
    'cash_flow',
    'ratio',
    true,
    'Operating cash flow to liabilities',
    '现金流量债务比',
    'netCashFromOperatingActivities / totalLiabilities',
    flow('netCashFromOperatingActivities'),
    one('totalLiabilities')
  ),
  operatingCashFlowToCurrentLiabilities: entry(
    'cash_flow',
    'ratio',
    true,
    'Operating cash flow to current liabilities',
    '现金流动负债比',
    'netCashFromOperatingActivities / currentLiabilities',
    flow('netCashFromOperatingActivities'),
    one('currentLiabilities')
  ),
  operatingCashFlowMargin: entry(
    'cash_flow',
    'ratio',
    true,
    'Operating cash flow margin',
    '销售现金比率',
    'netCashFromOperatingActivities / revenue',
    flow('netCashFromOperatingActivities'),
    flow('revenue')
  ),
  revenueGrowth: entry(
    'growth',
    'ratio',
    true,
    'Revenue growth',
    '营业收入增长率',
    'revenue / prior revenue - 1',
    flow('revenue'),
    flow('revenue'),
    { plus: -1, against: 'prior' }
  ),
  netIncomeGrowth: entry(
    'growth',
    'ratio',
    true,
    'Net income growth',
    '净利润增长率',
    'netIncome / prior netIncome - 1',
    flow('netIncome'),
    flow('netIncome'),
    { plus: -1, against: 'prior' }
  ),
  totalAssetsGrowth: entry(
    'growth',
    'ratio',
    true,
    'Growth of assets',
    '总资产增长率',
    'totalAssets / prior totalAssets - 1',
    one('totalAssets'),
    one('totalAssets'),
    { plus: -1, against: 'prior' }
  )
} as const satisfies Record<string, RatioEntry>

export type RatioId = keyof typeof RATIOS

/** Every ratio, in the order of the catalogue. */
export const RATIO_IDS = Object.keys(RATIOS) as RatioId[]

/**
 * One ratio with the figures that went in, in the statement's unit; those of the prior statement are named `priorRevenue` and so on.
 * Without a value it says why.
 */
export interface RatioValue {
  id: RatioId
  value: number | null
  reason?: RatioGap
  /** What is missing, by the names that inputs have. */
  missing?: string[]
  inputs: Record<string, number>
}

/**
 * All ratios of a statement, against a prior one, by `priorOf`, where a ratio compares years; the two may differ in unit and length.
 * Every value is finite and has at most six decimals. A denominator below zero gives no value: dividing by it would turn a loss or a
 * deficit into a flattering figure.
 */
export function ratios(statement: Statement, prior?: Statement): RatioValue[] {
  const present = figuresOf(statement)
  const before = prior === undefined ? undefined : figuresOf(prior)
  return RATIO_IDS.map((id) => ratioOf(id, present, before))
}

/**
 * Equity less intangible assets and goodwill, in whole units of the statement's currency; null without equity.
 * Intangibles that the statement does not show count as none.
 */
export function tangibleNetWorth(statement: Statement): number | null {
  const figures = figuresOf(statement)
  return missingIn(netWorth, figures).length > 0 ? null : (centsOf(netWorth, figures) * statement.unit) / 100
}

/** Revenue for twelve months, in whole units of the statement's currency; null without revenue. */
export function annualRevenue(statement: Statement): number | null {
  const revenue = flow('revenue')
  const figures = figuresOf(statement)
  if (missingIn(revenue, figures).length > 0) return null
  return (centsOf(revenue, figures) * statement.unit * 12) / (100 * statement.months)
}

interface StatementFigures {
  readonly values: Values
  readonly months: number
  readonly unit: number
}

function figuresOf(statement: Statement): StatementFigures {
  return { values: completeItems(statement).values, months: statement.months, unit: statement.unit }
}

function ratioOf(id: RatioId, present: StatementFigures, prior: StatementFigures | undefined): RatioValue {
  const ratio: RatioEntry = RATIOS[id]
  return 'days' in ratio ? cycleOf(id, ratio, present) : quotientOf(id, ratio, present, prior)
}

/** The sum of its parts as they are shown; without a value where one of them has none. */
function cycleOf(id: RatioId, { days }: Cycle, present: StatementFigures): RatioValue {
  const parts = days.map(([sign, part]) => ({ sign, ...ratioOf(part, present, undefined) }))
  const inputs = Object.assign({}, ...parts.map((part) => part.inputs))
  const missing = parts.flatMap((part) => part.missing ?? [])
  if (missing.length > 0) return { id, value: null, reason: 'missing_item', missing: [...new Set(missing)], inputs }
  const gap = parts.find(({ reason }) => reason !== undefined)
  if (gap?.reason !== undefined) return { id, value: null, reason: gap.reason, inputs }
  return { id, value: rounded(parts.reduce((sum, { sign, value }) => sum + sign * (value ?? 0), 0)), inputs }
}

function quotientOf(
  id: RatioId,
  ratio: Quotient,
  present: StatementFigures,
  prior: StatementFigures | undefined
): RatioValue {
  const isPrior = ratio.against === 'prior'
  const base = isPrior ? prior : present
  const missing = [
    ...missingIn(ratio.numerator, present),
    ...missingIn(ratio.denominator, base).map((item) => (isPrior ? priorName(item) : item))
  ]
  const inputs = {
    ...inputsOf(ratio.numerator, present),
    ...(isPrior ? priorInputsOf(ratio.denominator, present, prior) : inputsOf(ratio.denominator, present))
  }
  if (base === undefined || missing.length > 0)
    return { id, value: null, reason: 'missing_item', missing: [...new Set(missing)], inputs }
  const denominator = centsOf(ratio.denominator, base)
  if (denominator === 0) return { id, value: null, reason: 'zero_denominator', inputs }
  if (denominator < 0) return { id, value: null, reason: 'negative_base', inputs }
  // Whole cents are divided first: so the value is the same to the last bit whatever the scale of the figures.
  const quotient = centsOf(ratio.numerator, present) / denominator
  const value = quotient * factorOf(ratio, present, base) + (ratio.plus ?? 0)
  return Number.isFinite(value)
    ? { id, value: rounded(value), inputs }
    : { id, value: null, reason: 'zero_denominator', inputs }
}

/** What a quotient of figures as printed is multiplied by, so that flows are of twelve months, and both sides in one unit. */
function factorOf(ratio: Quotient, present: StatementFigures, base: StatementFigures): number {
  const [above, below] = [ratio.numerator.flow === true, ratio.denominator.flow === true]
  const over = (ratio.times ?? 1) * present.unit * (above ? 12 : 1) * (below ? base.months : 1)
  return over / (base.unit * (below ? 12 : 1) * (above ? present.months : 1))
}

function missingIn({ items }: Term, figures: StatementFigures | undefined): ItemId[] {
  return items.filter((id) => figures?.values[id] === undefined)
}

/** A term in hundredths of the statement's unit: a whole number, so nothing is lost in a sum. */
function centsOf({ of }: Term, { values }: StatementFigures): number {
  return of((id) => Math.round((values[id] ?? 0) * 100))
}

function givenIn({ items, optional = [] }: Term, { values }: StatementFigures): [ItemId, number][] {
  return [...items, ...optional].flatMap((id): [ItemId, number][] => {
    const value = values[id]
    return value === undefined ? [] : [[id, value]]
  })
}

function inputsOf(term: Term, figures: StatementFigures): Record<string, number> {
  return Object.fromEntries(givenIn(term, figures))
}

function priorInputsOf(
  term: Term,
  present: StatementFigures,
  prior: StatementFigures | undefined
): Record<string, number> {
  if (prior === undefined) return {}
  return Object.fromEntries(
    givenIn(term, prior).map(([id, value]) => [priorName(id), (value * prior.unit) / present.unit])
  )
}

function priorName(id: ItemId): string {
  return `prior${id.charAt(0).toUpperCase()}${id.slice(1)}`
}

/** Six decimals; never -0, which JSON would not keep. */
function rounded(value: number): number {
  const millionths = Math.round(value * 1_000_000)
  return millionths === 0 ? 0 : millionths / 1_000_000
}
