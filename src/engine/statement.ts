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
export interface StatementItem<Part extends StatementPart = StatementPart> {
  readonly part: Part
  readonly name: Text
  /** `any`: it may be negative. Costs and payments are given as positive figures. */
  readonly sign: 'non_negative' | 'any'
}

const itemOf =
  <Part extends StatementPart>(part: Part, sign: StatementItem['sign']) =>
  (en: string, zh: string): StatementItem<Part> => ({ part, sign, name: { en, zh } })
const stock = itemOf('balanceSheet', 'non_negative')
const balance = itemOf('balanceSheet', 'any')
const cost = itemOf('income', 'non_negative')
const result = itemOf('income', 'any')
const flow = itemOf('cashFlow', 'any')
const payment = itemOf('cashFlow', 'non_negative')

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
  capitalExpenditure: payment('Purchase of non-current assets', '购建固定资产等支付的现金'),
  dividendsPaid: payment('Dividends and interest paid', '分配股利、偿付利息支付的现金')
} as const satisfies Record<string, StatementItem>

export type ItemId = keyof typeof STATEMENT_ITEMS
type ItemsOf<Part extends StatementPart> = {
  [Id in ItemId]: (typeof STATEMENT_ITEMS)[Id]['part'] extends Part ? Id : never
}[ItemId]
export type BalanceSheetItem = ItemsOf<'balanceSheet'>
export type IncomeItem = ItemsOf<'income'>
export type CashFlowItem = ItemsOf<'cashFlow'>

const ITEM_IDS = Object.keys(STATEMENT_ITEMS) as ItemId[]

/** Figures by item, as decimal texts in the statement's unit: at most 13 digits before the point and 2 after it. */
export type Figures<Id extends ItemId = ItemId> = Partial<Record<Id, string>>

/** One set of accounts for one period. */
export interface Statement {
  periodEnd: BusinessDate
  /** Length of the period, 1..18. */
  months: number
  currency: string
  unit: StatementUnit
  consolidated: boolean
  audited: boolean
  auditOpinion?: AuditOpinion
  balanceSheet: Figures<BalanceSheetItem>
  income?: Figures<IncomeItem>
  cashFlow?: Figures<CashFlowItem>
}

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

/** A whole of the balance sheet: its parts either make it up, or are some of what it consists of. */
interface Whole {
  readonly parts: readonly BalanceSheetItem[]
  readonly complete: boolean
}

const WHOLES: Partial<Record<BalanceSheetItem, Whole>> = {
  totalAssets: { complete: true, parts: ['currentAssets', 'nonCurrentAssets'] },
  currentAssets: {
    complete: false,
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
  nonCurrentAssets: {
    complete: false,
    parts: ['propertyPlantAndEquipment', 'intangibleAssets', 'goodwill', 'longTermInvestments']
  },
  totalLiabilities: { complete: true, parts: ['currentLiabilities', 'nonCurrentLiabilities'] },
  currentLiabilities: {
    complete: false,
    parts: [
      'shortTermBorrowings',
      'tradePayables',
      'billsPayable',
      'contractLiabilities',
      'currentPortionOfLongTermDebt'
    ]
  },
  nonCurrentLiabilities: { complete: false, parts: ['longTermBorrowings', 'bondsPayable'] }
}

/**
 * Every arithmetic fault of a statement, missing totals and the balance first, whatever the order of its fields. Sums may differ by the rounding of their
 * figures: half of their smallest printed step for each figure, so a sum of two whole figures by 1. Exact: figures are compared in
 * hundredths. Total: a text that is no figure counts as absent.
 */
export function statementFaults(statement: Statement): StatementFault[] {
  const sheet = statement.balanceSheet
  return [
    ...requiredFaults(sheet),
    ...balanceFaults(sheet),
    ...Object.entries(WHOLES).flatMap(([id, whole]) => wholeFaults(sheet, id as BalanceSheetItem, whole)),
    ...grossProfitFaults(statement.income ?? {}),
    ...signFaults(statement),
    ...opinionFaults(statement)
  ]
}

/** An item that follows from two others, by priority: the first rule whose items are known counts. */
const DERIVATIONS: readonly (readonly [item: ItemId, first: ItemId, sign: 1 | -1, second: ItemId])[] = [
  ['totalAssets', 'currentAssets', 1, 'nonCurrentAssets'],
  ['totalLiabilities', 'currentLiabilities', 1, 'nonCurrentLiabilities'],
  ['totalAssets', 'totalLiabilities', 1, 'equity'],
  ['totalLiabilities', 'totalAssets', -1, 'equity'],
  ['equity', 'totalAssets', -1, 'totalLiabilities'],
  ['nonCurrentAssets', 'totalAssets', -1, 'currentAssets'],
  ['currentAssets', 'totalAssets', -1, 'nonCurrentAssets'],
  ['nonCurrentLiabilities', 'totalLiabilities', -1, 'currentLiabilities'],
  ['currentLiabilities', 'totalLiabilities', -1, 'nonCurrentLiabilities'],
  ['grossProfit', 'revenue', -1, 'costOfSales'],
  ['profitBeforeTax', 'netIncome', 1, 'incomeTax'],
  ['ebit', 'ebitda', -1, 'depreciationAndAmortisation'],
  ['ebit', 'profitBeforeTax', 1, 'interestExpense'],
  ['ebitda', 'ebit', 1, 'depreciationAndAmortisation']
]

/**
 * The figures of a statement as numbers in its unit, with those that follow from others filled in; `derived` names these. Operating profit
 * stands in for earnings before interest and tax only where nothing better is given: on the Chinese form it is after interest (财务费用).
 * An absent figure is never taken as zero.
 */
export function completeItems(statement: Statement): { values: Partial<Record<ItemId, number>>; derived: ItemId[] } {
  const cents = new Map<ItemId, number>()
  for (const id of ITEM_IDS) {
    const value = hundredths(figuresOf(statement, id)[id])
    if (value !== undefined) cents.set(id, value)
  }
  const derived: ItemId[] = []
  const fill = (id: ItemId, value: number | undefined): boolean => {
    if (cents.has(id) || value === undefined) return false
    cents.set(id, value)
    derived.push(id)
    return true
  }
  const fillOne = (): boolean => DERIVATIONS.some(([id, ...terms]) => fill(id, combined(cents, ...terms)))
  while (fillOne() || fill('ebit', cents.get('operatingProfit')));
  return { values: Object.fromEntries([...cents].map(([id, value]) => [id, value / 100])), derived }
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

function combined(cents: ReadonlyMap<ItemId, number>, first: ItemId, sign: 1 | -1, second: ItemId): number | undefined {
  const left = cents.get(first)
  const right = cents.get(second)
  return left === undefined || right === undefined ? undefined : left + sign * right
}

/** The figures of the part that an item belongs to. */
function figuresOf(statement: Statement, id: ItemId): Figures {
  return statement[STATEMENT_ITEMS[id].part] ?? {}
}

const FIGURE = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/

/** A figure in hundredths of the unit; undefined when it is absent. Read digit by digit, so that nothing is rounded. */
function hundredths(figure: string | undefined): number | undefined {
  const [, sign, whole = '', fraction = ''] = FIGURE.exec(figure ?? '') ?? []
  if (sign === undefined) return undefined
  const magnitude = Number(whole + fraction.padEnd(2, '0'))
  return sign === '-' && magnitude > 0 ? -magnitude : magnitude
}

/** Hundredths as a plain decimal text. */
function written(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  const fraction = digits.slice(-2).replace(/0+$/, '')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`
}

function decimalsOf(figure: string | undefined): number {
  return figure?.split('.')[1]?.length ?? 0
}

/** What rounding may add up to over these figures, in hundredths of the unit. */
function toleranceOf(figures: readonly (string | undefined)[]): number {
  const step = 100 / 10 ** Math.max(0, ...figures.map(decimalsOf))
  return (step / 2) * figures.length
}

function nameOf(id: ItemId): string {
  return `${id} (${STATEMENT_ITEMS[id].name.zh})`
}

/** `a`, `a and b`, `a, b and c`. */
function listed(ids: readonly ItemId[]): string {
  const names = ids.map(nameOf)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function totalOf(figures: Figures, ids: readonly ItemId[]): number {
  return ids.reduce((sum, id) => sum + (hundredths(figures[id]) ?? 0), 0)
}

function isGiven(figures: Figures, id: ItemId): boolean {
  return hundredths(figures[id]) !== undefined
}

/** The given items that an item is known by: itself, or else the parts that make it up; undefined when one of them is absent. */
function knownBy(figures: Figures, id: BalanceSheetItem): readonly BalanceSheetItem[] | undefined {
  if (isGiven(figures, id)) return [id]
  const whole = WHOLES[id]
  return whole?.complete === true && whole.parts.every((part) => isGiven(figures, part)) ? whole.parts : undefined
}

/** The given items that lie within an item: itself, or else what is given of its parts. */
function givenOf(figures: Figures, id: BalanceSheetItem): readonly BalanceSheetItem[] {
  return isGiven(figures, id) ? [id] : (WHOLES[id]?.parts ?? []).flatMap((part) => givenOf(figures, part))
}

/** Without its totals a balance sheet cannot be checked. */
function requiredFaults(sheet: Figures): StatementFault[] {
  return (['totalAssets', 'totalLiabilities', 'equity'] as const)
    .filter((id) => knownBy(sheet, id) === undefined)
    .map((id) => ({
      pointer: `/balanceSheet/${id}`,
      code: 'required',
      detail: `${nameOf(id)} is missing: without it the balance cannot be checked.`
    }))
}

function balanceFaults(sheet: Figures): StatementFault[] {
  const assets = knownBy(sheet, 'totalAssets')
  const liabilities = knownBy(sheet, 'totalLiabilities')
  const equity = knownBy(sheet, 'equity')
  if (assets === undefined || liabilities === undefined || equity === undefined) return []
  return sumFaults(sheet, 'does_not_balance', 'totalAssets', assets, [...liabilities, ...equity])
}

/** Parts that make up their whole must add up to it; where some are absent, the others must not exceed it. */
function wholeFaults(sheet: Figures, id: BalanceSheetItem, whole: Whole): StatementFault[] {
  if (!isGiven(sheet, id)) return []
  if (whole.complete && whole.parts.every((part) => isGiven(sheet, part)))
    return sumFaults(sheet, 'does_not_add_up', id, [id], whole.parts)
  const parts = whole.parts.flatMap((part) => givenOf(sheet, part))
  const total = totalOf(sheet, [id])
  const sum = totalOf(sheet, parts)
  if (parts.length === 0 || sum - total <= toleranceOf([id, ...parts].map((each) => sheet[each]))) return []
  const verb = parts.length === 1 ? 'comes to' : 'come to'
  const detail = `${listed(parts)} ${verb} ${written(sum)}, more than ${nameOf(id)}, ${written(total)}: the difference is ${written(sum - total)}.`
  return [{ pointer: `/balanceSheet/${id}`, code: 'exceeds_whole', detail }]
}

function sumFaults(
  figures: Figures,
  code: StatementFault['code'],
  at: BalanceSheetItem,
  left: readonly ItemId[],
  right: readonly ItemId[]
): StatementFault[] {
  const total = totalOf(figures, left)
  const sum = totalOf(figures, right)
  if (Math.abs(total - sum) <= toleranceOf([...left, ...right].map((id) => figures[id]))) return []
  const verb = left.length === 1 ? 'is' : 'add up to'
  const detail = `${listed(left)} ${verb} ${written(total)}, but ${listed(right)} add up to ${written(sum)}: the difference is ${written(total - sum)}.`
  return [{ pointer: `/balanceSheet/${at}`, code, detail }]
}

function grossProfitFaults(income: Figures): StatementFault[] {
  const items: ItemId[] = ['grossProfit', 'revenue', 'costOfSales']
  if (!items.every((id) => isGiven(income, id))) return []
  const gross = totalOf(income, ['grossProfit'])
  const expected = totalOf(income, ['revenue']) - totalOf(income, ['costOfSales'])
  if (Math.abs(gross - expected) <= toleranceOf(items.map((id) => income[id]))) return []
  const detail = `${nameOf('grossProfit')} is ${written(gross)}, but revenue less cost of sales is ${written(expected)}: the difference is ${written(gross - expected)}.`
  return [{ pointer: '/income/grossProfit', code: 'does_not_add_up', detail }]
}

function signFaults(statement: Statement): StatementFault[] {
  return ITEM_IDS.flatMap((id): StatementFault[] => {
    const { part, sign } = STATEMENT_ITEMS[id]
    const value = hundredths(figuresOf(statement, id)[id]) ?? 0
    if (sign === 'any' || value >= 0) return []
    const detail = `${nameOf(id)} is ${written(value)}: it cannot be negative. Costs and payments are given as positive figures.`
    return [{ pointer: `/${part}/${id}`, code: 'negative', detail }]
  })
}

function opinionFaults({ audited, auditOpinion }: Statement): StatementFault[] {
  if (audited || auditOpinion === undefined) return []
  const detail =
    'An auditor’s opinion is given, but the statement is not marked as audited: set audited to true, or leave the opinion out.'
  return [{ pointer: '/auditOpinion', code: 'opinion_without_audit', detail }]
}
