import { type BusinessDate, daysBetween } from './dates.ts'
import type { Text } from './text.ts'

/** What one in the figures of a statement stands for; 10 000 is 万元. */
export const STATEMENT_UNITS = [1, 1000, 10000, 1000000] as const
export type StatementUnit = (typeof STATEMENT_UNITS)[number]

export const AUDIT_OPINIONS = [
  'unqualified',
  'unqualified_with_emphasis',
  'qualified',
  'adverse',
  'disclaimer'
] as const
export type AuditOpinion = (typeof AUDIT_OPINIONS)[number]

export const STATEMENT_PARTS = ['balanceSheet', 'income', 'cashFlow'] as const
export type StatementPart = (typeof STATEMENT_PARTS)[number]

/** One line of a set of accounts. */
export interface StatementItem {
  readonly part: StatementPart
  readonly name: Text
  /** `any`: it may be negative. Costs and payments are given as positive figures. */
  readonly sign: 'non_negative' | 'any'
}

const item = (part: StatementPart, sign: StatementItem['sign'], en: string, zh: string): StatementItem => ({
  part,
  sign,
  name: { en, zh }
})
const stock = (en: string, zh: string) => item('balanceSheet', 'non_negative', en, zh)
const balance = (en: string, zh: string) => item('balanceSheet', 'any', en, zh)
const cost = (en: string, zh: string) => item('income', 'non_negative', en, zh)
const result = (en: string, zh: string) => item('income', 'any', en, zh)
const flow = (en: string, zh: string) => item('cashFlow', 'any', en, zh)

/** The lines of a general-purpose set of accounts: ids after IFRS, names also as on the Chinese standard forms. */
export const STATEMENT_ITEMS = {
  cashAndEquivalents: stock('Cash and cash equivalents', '货币资金'),
  shortTermInvestments: stock('Current financial assets', '交易性金融资产'),
  tradeReceivables: stock('Trade receivables', '应收账款'),
  billsReceivable: stock('Bills receivable', '应收票据'),
  otherReceivables: stock('Other receivables', '其他应收款'),
  prepayments: stock('Prepayments', '预付款项'),
  inventories: stock('Inventories', '存货'),
  currentAssets: stock('Total current assets', '流动资产合计'),
  propertyPlantAndEquipment: stock('Property, plant and equipment', '固定资产'),
  intangibleAssets: stock('Intangible assets other than goodwill', '无形资产'),
  goodwill: stock('Goodwill', '商誉'),
  longTermInvestments: stock('Non-current financial assets and associates', '长期股权投资'),
  nonCurrentAssets: stock('Total non-current assets', '非流动资产合计'),
  totalAssets: stock('Total assets', '资产总计'),
  shortTermBorrowings: stock('Short-term borrowings', '短期借款'),
  tradePayables: stock('Trade payables', '应付账款'),
  billsPayable: stock('Bills payable', '应付票据'),
  contractLiabilities: stock('Contract liabilities', '合同负债'),
  currentPortionOfLongTermDebt: stock('Current portion of non-current liabilities', '一年内到期的非流动负债'),
  currentLiabilities: stock('Total current liabilities', '流动负债合计'),
  longTermBorrowings: stock('Long-term borrowings', '长期借款'),
  bondsPayable: stock('Bonds payable', '应付债券'),
  nonCurrentLiabilities: stock('Total non-current liabilities', '非流动负债合计'),
  totalLiabilities: stock('Total liabilities', '负债合计'),
  shareCapital: stock('Issued capital', '实收资本（或股本）'),
  capitalReserve: balance('Capital reserve', '资本公积'),
  retainedEarnings: balance('Retained earnings', '未分配利润'),
  nonControllingInterests: balance('Non-controlling interests', '少数股东权益'),
  equity: balance('Total equity', '所有者权益合计'),
  marketValueOfEquity: stock('Market value of equity (memo item)', '股权市值（备查）'),
  revenue: cost('Revenue', '营业收入'),
  costOfSales: cost('Cost of sales', '营业成本'),
  grossProfit: result('Gross profit', '毛利'),
  operatingExpenses: cost('Operating expenses', '期间费用'),
  depreciationAndAmortisation: cost('Depreciation and amortisation', '折旧与摊销'),
  operatingProfit: result('Operating profit', '营业利润'),
  ebit: result('Earnings before interest and tax', '息税前利润'),
  ebitda: result('Earnings before interest, tax, depreciation and amortisation', '息税折旧摊销前利润'),
  interestExpense: cost('Interest expense', '利息费用'),
  profitBeforeTax: result('Profit before tax', '利润总额'),
  incomeTax: result('Income tax expense', '所得税费用'),
  netIncome: result('Profit for the period', '净利润'),
  netCashFromOperatingActivities: flow('Net cash from operating activities', '经营活动产生的现金流量净额'),
  netCashFromInvestingActivities: flow('Net cash from investing activities', '投资活动产生的现金流量净额'),
  netCashFromFinancingActivities: flow('Net cash from financing activities', '筹资活动产生的现金流量净额'),
  capitalExpenditure: item('cashFlow', 'non_negative', 'Purchase of non-current assets', '购建固定资产等支付的现金'),
  dividendsPaid: item('cashFlow', 'non_negative', 'Dividends and interest paid', '分配股利、偿付利息支付的现金')
} as const satisfies Record<string, StatementItem>

export type ItemId = keyof typeof STATEMENT_ITEMS

/** One set of accounts for one period. Figures are decimal texts in the statement's unit: at most 13 digits and 2 decimals. */
export interface Statement {
  periodEnd: BusinessDate
  /** Length of the period, 1..18. */
  months: number
  currency: string
  unit: StatementUnit
  consolidated: boolean
  audited: boolean
  auditOpinion?: AuditOpinion
  balanceSheet: Figures
  income?: Figures
  cashFlow?: Figures
}

/** Figures by item. Each part of a statement holds the items of that part only. */
export type Figures = Partial<Record<ItemId, string>>

/** One fault of a statement. `pointer` is a JSON pointer into it, `detail` a sentence that states the difference. */
export interface StatementFault {
  readonly pointer: string
  readonly code:
    | 'does_not_balance'
    | 'does_not_add_up'
    | 'exceeds_whole'
    | 'negative'
    | 'required'
    | 'opinion_without_audit'
  readonly detail: string
}

/** A sum that must hold: whole = Σ parts. */
const SUMS: readonly { whole: ItemId; parts: readonly ItemId[]; code: StatementFault['code'] }[] = [
  { whole: 'totalAssets', parts: ['totalLiabilities', 'equity'], code: 'does_not_balance' },
  { whole: 'totalAssets', parts: ['currentAssets', 'nonCurrentAssets'], code: 'does_not_add_up' },
  { whole: 'totalLiabilities', parts: ['currentLiabilities', 'nonCurrentLiabilities'], code: 'does_not_add_up' }
]

/** Parts that together cannot be more than their whole. */
const BOUNDS: readonly { whole: ItemId; parts: readonly ItemId[] }[] = [
  {
    whole: 'currentAssets',
    parts: [
      'cashAndEquivalents',
      'shortTermInvestments',
      'tradeReceivables',
      'billsReceivable',
      'otherReceivables',
      'prepayments',
      'inventories'
    ]
  },
  {
    whole: 'nonCurrentAssets',
    parts: ['propertyPlantAndEquipment', 'intangibleAssets', 'goodwill', 'longTermInvestments']
  },
  { whole: 'totalAssets', parts: ['currentAssets'] },
  {
    whole: 'currentLiabilities',
    parts: [
      'shortTermBorrowings',
      'tradePayables',
      'billsPayable',
      'contractLiabilities',
      'currentPortionOfLongTermDebt'
    ]
  },
  { whole: 'nonCurrentLiabilities', parts: ['longTermBorrowings', 'bondsPayable'] },
  { whole: 'totalLiabilities', parts: ['currentLiabilities'] }
]

/**
 * Every arithmetic fault of a statement, the balance first. Sums may differ by the rounding of their figures: half of the smallest printed step
 * for each figure, so a sum of two whole figures by 1. Total, and exact: figures are compared in hundredths.
 */
export function statementFaults(statement: Statement): StatementFault[] {
  return [
    ...SUMS.flatMap((sum) => sumFaults(statement.balanceSheet, sum)),
    ...BOUNDS.flatMap((bound) => boundFaults(statement.balanceSheet, bound)),
    ...grossProfitFaults(statement.income ?? {}),
    ...signFaults(statement),
    ...requiredFaults(statement.balanceSheet),
    ...opinionFaults(statement)
  ]
}

/** The figures of a statement as numbers in its unit, with those that follow from others filled in; `derived` names these. */
export function completeItems(statement: Statement): { values: Partial<Record<ItemId, number>>; derived: ItemId[] } {
  const values: Partial<Record<ItemId, number>> = {}
  for (const part of STATEMENT_PARTS) {
    for (const [id, figure] of Object.entries(statement[part] ?? {})) {
      const value = Number(figure)
      if (isItem(id) && Number.isFinite(value)) values[id] = value
    }
  }
  const derived: ItemId[] = []
  const fill = (id: ItemId, first: ItemId, sign: 1 | -1, second: ItemId) => {
    const left = values[first]
    const right = values[second]
    if (values[id] !== undefined || left === undefined || right === undefined) return
    values[id] = left + sign * right
    derived.push(id)
  }
  fill('totalAssets', 'totalLiabilities', 1, 'equity')
  fill('totalAssets', 'currentAssets', 1, 'nonCurrentAssets')
  fill('totalLiabilities', 'currentLiabilities', 1, 'nonCurrentLiabilities')
  fill('totalLiabilities', 'totalAssets', -1, 'equity')
  fill('equity', 'totalAssets', -1, 'totalLiabilities')
  fill('nonCurrentAssets', 'totalAssets', -1, 'currentAssets')
  fill('currentAssets', 'totalAssets', -1, 'nonCurrentAssets')
  fill('nonCurrentLiabilities', 'totalLiabilities', -1, 'currentLiabilities')
  fill('currentLiabilities', 'totalLiabilities', -1, 'nonCurrentLiabilities')
  fill('grossProfit', 'revenue', -1, 'costOfSales')
  fill('profitBeforeTax', 'netIncome', 1, 'incomeTax')
  fill('ebit', 'ebitda', -1, 'depreciationAndAmortisation')
  fill('ebit', 'profitBeforeTax', 1, 'interestExpense')
  fill('ebitda', 'ebit', 1, 'depreciationAndAmortisation')
  if (values.ebit === undefined && values.operatingProfit !== undefined) {
    values.ebit = values.operatingProfit
    derived.push('ebit')
    fill('ebitda', 'ebit', 1, 'depreciationAndAmortisation')
  }
  return { values, derived }
}

const PRIOR_DAYS_MIN = 330
const PRIOR_DAYS_MAX = 400
const YEAR_DAYS = 365

/** The statement to compare with: in the same currency and scope, and ended about a year earlier; the closest to a year, then the smaller id. */
export function priorOf<Filed extends { statementId: string; statement: Statement }>(
  statement: Statement,
  others: readonly Filed[]
): Filed | undefined {
  const deviation = (other: Filed) => Math.abs(daysBetween(other.statement.periodEnd, statement.periodEnd) - YEAR_DAYS)
  return others
    .filter(({ statement: other }) => {
      const days = daysBetween(other.periodEnd, statement.periodEnd)
      const comparable = other.currency === statement.currency && other.consolidated === statement.consolidated
      return comparable && days >= PRIOR_DAYS_MIN && days <= PRIOR_DAYS_MAX
    })
    .toSorted((left, right) => deviation(left) - deviation(right) || (left.statementId < right.statementId ? -1 : 1))[0]
}

function isItem(id: string): id is ItemId {
  return Object.hasOwn(STATEMENT_ITEMS, id)
}

/** A figure in hundredths of the unit; undefined when it is absent. */
function hundredths(figure: string | undefined): number | undefined {
  return figure === undefined ? undefined : Math.round(Number(figure) * 100)
}

function decimalsOf(figure: string | undefined): number {
  return figure?.split('.')[1]?.length ?? 0
}

/** What rounding may add up to over these figures, in hundredths of the unit. */
function toleranceOf(figures: readonly (string | undefined)[]): number {
  const given = figures.filter((figure) => figure !== undefined)
  const step = 100 / 10 ** Math.min(2, Math.max(0, ...given.map(decimalsOf)))
  return (step / 2) * given.length
}

function inUnits(value: number): string {
  return String(value / 100)
}

function nameOf(id: ItemId): string {
  return `${id} (${STATEMENT_ITEMS[id].name.zh})`
}

function sumFaults(figures: Figures, { whole, parts, code }: (typeof SUMS)[number]): StatementFault[] {
  const total = hundredths(figures[whole])
  const values = parts.map((id) => hundredths(figures[id]))
  if (total === undefined || values.some((value) => value === undefined)) return []
  const sum = values.reduce<number>((before, value) => before + (value ?? 0), 0)
  const difference = total - sum
  if (Math.abs(difference) <= toleranceOf([figures[whole], ...parts.map((id) => figures[id])])) return []
  const detail = `${nameOf(whole)} is ${inUnits(total)}, but ${parts.map(nameOf).join(' and ')} add up to ${inUnits(sum)}: the difference is ${inUnits(difference)}.`
  return [{ pointer: `/balanceSheet/${whole}`, code, detail }]
}

function boundFaults(figures: Figures, { whole, parts }: (typeof BOUNDS)[number]): StatementFault[] {
  const total = hundredths(figures[whole])
  const given = parts.filter((id) => figures[id] !== undefined)
  if (total === undefined || given.length === 0) return []
  const sum = given.reduce((before, id) => before + (hundredths(figures[id]) ?? 0), 0)
  if (sum - total <= toleranceOf([figures[whole], ...given.map((id) => figures[id])])) return []
  const detail = `${given.map(nameOf).join(' and ')} come to ${inUnits(sum)}, more than ${nameOf(whole)}, ${inUnits(total)}: the difference is ${inUnits(sum - total)}.`
  return [{ pointer: `/balanceSheet/${whole}`, code: 'exceeds_whole', detail }]
}

function grossProfitFaults(figures: Figures): StatementFault[] {
  const gross = hundredths(figures.grossProfit)
  const revenue = hundredths(figures.revenue)
  const costs = hundredths(figures.costOfSales)
  if (gross === undefined || revenue === undefined || costs === undefined) return []
  const difference = gross - (revenue - costs)
  if (Math.abs(difference) <= toleranceOf([figures.grossProfit, figures.revenue, figures.costOfSales])) return []
  const detail = `${nameOf('grossProfit')} is ${inUnits(gross)}, but revenue less cost of sales is ${inUnits(revenue - costs)}: the difference is ${inUnits(difference)}.`
  return [{ pointer: '/income/grossProfit', code: 'does_not_add_up', detail }]
}

function signFaults(statement: Statement): StatementFault[] {
  return STATEMENT_PARTS.flatMap((part) =>
    Object.entries(statement[part] ?? {}).flatMap(([id, figure]): StatementFault[] => {
      if (!isItem(id) || STATEMENT_ITEMS[id].sign === 'any' || (hundredths(figure) ?? 0) >= 0) return []
      const detail = `${nameOf(id)} is ${figure}: it cannot be negative. Costs and payments are given as positive figures.`
      return [{ pointer: `/${part}/${id}`, code: 'negative', detail }]
    })
  )
}

/** Without its totals a balance sheet cannot be checked. */
function requiredFaults(figures: Figures): StatementFault[] {
  return (['totalAssets', 'totalLiabilities', 'equity'] as const)
    .filter((id) => figures[id] === undefined)
    .map((id) => ({
      pointer: `/balanceSheet/${id}`,
      code: 'required',
      detail: `${nameOf(id)} is missing: without it the balance cannot be checked.`
    }))
}

function opinionFaults({ audited, auditOpinion }: Statement): StatementFault[] {
  if (audited || auditOpinion === undefined) return []
  const detail =
    'An auditor’s opinion is given, but the statement is not marked as audited: set audited to true, or leave the opinion out.'
  return [{ pointer: '/auditOpinion', code: 'opinion_without_audit', detail }]
}
