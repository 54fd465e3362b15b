import type { Text } from './text.ts'

export const STATEMENT_PARTS = ['balanceSheet', 'income', 'cashFlow'] as const
export type StatementPart = (typeof STATEMENT_PARTS)[number]

/** One line of a set of accounts. */
export interface StatementItem<Part extends StatementPart = StatementPart> {
  readonly part: Part
  readonly name: Text
  /** `any`: it may be negative. */
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

/**
 * The lines of a general-purpose set of accounts: ids after IFRS, names also as on the Chinese standard forms for general enterprises
 * (资产负债表, 利润表, 现金流量表, in the layout of 2019).
 *
 * Signs. Every item is a positive figure where it is what its name says: assets, liabilities, revenue, and likewise costs, payments
 * and what is deducted (treasury shares). A result, a change or a net flow is negative where it is a loss, a fall or an outflow.
 * Impairment losses are costs: a loss is positive and a reversal negative, while the Chinese form prints a loss with a minus. Net
 * finance costs and income tax are negative where they are an income. Only an item with the sign `any` may be below zero.
 *
 * An item named as part of another is within it, never beside it: interest expense and income within net finance costs, the share of
 * associates within investment income.
 */
export const STATEMENT_ITEMS = {
  cashAndEquivalents: stock('Cash and cash equivalents', '货币资金'),
  shortTermInvestments: stock('Current financial assets', '交易性金融资产'),
  derivativeAssets: stock('Derivative financial assets', '衍生金融资产'),
  billsReceivable: stock('Bills receivable', '应收票据'),
  tradeReceivables: stock('Trade receivables', '应收账款'),
  receivablesFinancing: stock('Receivables held to be sold or endorsed', '应收款项融资'),
  prepayments: stock('Prepayments', '预付款项'),
  otherReceivables: stock('Other receivables', '其他应收款'),
  inventories: stock('Inventories', '存货'),
  contractAssets: stock('Contract assets', '合同资产'),
  assetsHeldForSale: stock('Assets held for sale', '持有待售资产'),
  currentPortionOfNonCurrentAssets: stock('Current portion of non-current assets', '一年内到期的非流动资产'),
  otherCurrentAssets: stock('Other current assets', '其他流动资产'),
  currentAssets: stock('Total current assets', '流动资产合计'),
  debtInvestments: stock('Debt investments at amortised cost', '债权投资'),
  otherDebtInvestments: stock('Debt investments at fair value', '其他债权投资'),
  longTermReceivables: stock('Long-term receivables', '长期应收款'),
  longTermInvestments: stock('Investments in subsidiaries, associates and joint ventures', '长期股权投资'),
  otherEquityInvestments: stock('Other equity investments', '其他权益工具投资'),
  otherNonCurrentFinancialAssets: stock('Other non-current financial assets', '其他非流动金融资产'),
  investmentProperty: stock('Investment property', '投资性房地产'),
  propertyPlantAndEquipment: stock('Property, plant and equipment', '固定资产'),
  constructionInProgress: stock('Construction in progress', '在建工程'),
  biologicalAssets: stock('Bearer biological assets', '生产性生物资产'),
  oilAndGasAssets: stock('Oil and gas assets', '油气资产'),
  rightOfUseAssets: stock('Right-of-use assets', '使用权资产'),
  intangibleAssets: stock('Intangible assets other than goodwill', '无形资产'),
  developmentExpenditure: stock('Capitalised development expenditure', '开发支出'),
  goodwill: stock('Goodwill', '商誉'),
  longTermDeferredExpenses: stock('Long-term deferred expenses', '长期待摊费用'),
  deferredTaxAssets: stock('Deferred tax assets', '递延所得税资产'),
  otherNonCurrentAssets: stock('Other non-current assets', '其他非流动资产'),
  nonCurrentAssets: stock('Total non-current assets', '非流动资产合计'),
  totalAssets: stock('Total assets', '资产总计'),
  shortTermBorrowings: stock('Short-term borrowings', '短期借款'),
  financialLiabilitiesHeldForTrading: stock('Financial liabilities held for trading', '交易性金融负债'),
  derivativeLiabilities: stock('Derivative financial liabilities', '衍生金融负债'),
  billsPayable: stock('Bills payable', '应付票据'),
  tradePayables: stock('Trade payables', '应付账款'),
  advancesReceived: stock('Advances received', '预收款项'),
  contractLiabilities: stock('Contract liabilities', '合同负债'),
  employeeBenefitsPayable: stock('Employee benefits payable', '应付职工薪酬'),
  taxesPayable: stock('Taxes payable', '应交税费'),
  otherPayables: stock('Other payables', '其他应付款'),
  liabilitiesHeldForSale: stock('Liabilities held for sale', '持有待售负债'),
  currentPortionOfLongTermDebt: stock('Current portion of non-current liabilities', '一年内到期的非流动负债'),
  otherCurrentLiabilities: stock('Other current liabilities', '其他流动负债'),
  currentLiabilities: stock('Total current liabilities', '流动负债合计'),
  longTermBorrowings: stock('Long-term borrowings', '长期借款'),
  bondsPayable: stock('Bonds payable', '应付债券'),
  leaseLiabilities: stock('Lease liabilities', '租赁负债'),
  longTermPayables: stock('Long-term payables', '长期应付款'),
  longTermEmployeeBenefits: stock('Long-term employee benefits', '长期应付职工薪酬'),
  provisions: stock('Provisions', '预计负债'),
  deferredIncome: stock('Deferred income', '递延收益'),
  deferredTaxLiabilities: stock('Deferred tax liabilities', '递延所得税负债'),
  otherNonCurrentLiabilities: stock('Other non-current liabilities', '其他非流动负债'),
  nonCurrentLiabilities: stock('Total non-current liabilities', '非流动负债合计'),
  totalLiabilities: stock('Total liabilities', '负债合计'),
  shareCapital: stock('Issued capital', '实收资本（或股本）'),
  otherEquityInstruments: stock('Other equity instruments', '其他权益工具'),
  capitalReserve: balance('Capital reserve', '资本公积'),
  treasuryShares: stock('Treasury shares', '库存股'),
  accumulatedOtherComprehensiveIncome: balance('Accumulated other comprehensive income', '其他综合收益'),
  specialReserve: balance('Special reserve', '专项储备'),
  surplusReserve: balance('Surplus reserve', '盈余公积'),
  retainedEarnings: balance('Retained earnings', '未分配利润'),
  equityAttributableToOwners: balance('Equity attributable to owners of the parent', '归属于母公司所有者权益合计'),
  nonControllingInterests: balance('Non-controlling interests', '少数股东权益'),
  equity: balance('Total equity', '所有者权益合计'),
  totalEquityAndLiabilities: stock('Total equity and liabilities', '负债和所有者权益总计'),
  marketValueOfEquity: stock('Market value of equity (memo item)', '股权市值（备查）'),

  revenue: cost('Revenue', '营业收入'),
  costOfSales: cost('Cost of sales', '营业成本'),
  grossProfit: result('Gross profit', '毛利'),
  taxesAndSurcharges: cost('Taxes and surcharges', '税金及附加'),
  sellingExpenses: cost('Selling expenses', '销售费用'),
  administrativeExpenses: cost('Administrative expenses', '管理费用'),
  researchAndDevelopmentExpenses: cost('Research and development expenses', '研发费用'),
  operatingExpenses: cost('Operating expenses without cost of sales and finance costs', '期间费用（不含财务费用）'),
  netFinanceCosts: result('Net finance costs', '财务费用'),
  interestExpense: cost('Interest expense', '利息费用'),
  interestIncome: cost('Interest income', '利息收入'),
  otherIncome: result('Other income', '其他收益'),
  investmentIncome: result('Investment income', '投资收益'),
  shareOfProfitOfAssociates: result(
    'Share of profit of associates and joint ventures',
    '对联营企业和合营企业的投资收益'
  ),
  netExposureHedgingGains: result('Net exposure hedging gains', '净敞口套期收益'),
  fairValueGains: result('Gains on changes in fair value', '公允价值变动收益'),
  creditImpairmentLosses: result('Credit impairment losses', '信用减值损失'),
  assetImpairmentLosses: result('Asset impairment losses', '资产减值损失'),
  gainsOnDisposalOfAssets: result('Gains on disposal of assets', '资产处置收益'),
  depreciationAndAmortisation: cost('Depreciation and amortisation', '折旧与摊销'),
  operatingProfit: result('Operating profit', '营业利润'),
  ebit: result('Earnings before interest and tax', '息税前利润'),
  ebitda: result('Earnings before interest, tax, depreciation and amortisation', '息税折旧摊销前利润'),
  nonOperatingIncome: cost('Non-operating income', '营业外收入'),
  nonOperatingExpenses: cost('Non-operating expenses', '营业外支出'),
  profitBeforeTax: result('Profit before tax', '利润总额'),
  incomeTax: result('Income tax expense', '所得税费用'),
  netIncome: result('Profit for the period', '净利润'),
  profitFromContinuingOperations: result('Profit from continuing operations', '持续经营净利润'),
  profitFromDiscontinuedOperations: result('Profit from discontinued operations', '终止经营净利润'),
  netIncomeAttributableToOwners: result('Profit attributable to owners of the parent', '归属于母公司所有者的净利润'),
  netIncomeAttributableToNonControllingInterests: result(
    'Profit attributable to non-controlling interests',
    '少数股东损益'
  ),
  otherComprehensiveIncome: result('Other comprehensive income after tax', '其他综合收益的税后净额'),
  totalComprehensiveIncome: result('Total comprehensive income', '综合收益总额'),

  cashReceivedFromCustomers: payment('Cash received from customers', '销售商品、提供劳务收到的现金'),
  taxRefundsReceived: payment('Tax refunds received', '收到的税费返还'),
  otherOperatingCashReceived: payment('Other cash received from operating activities', '收到其他与经营活动有关的现金'),
  operatingCashInflows: payment('Total cash inflows from operating activities', '经营活动现金流入小计'),
  cashPaidToSuppliers: payment('Cash paid to suppliers', '购买商品、接受劳务支付的现金'),
  cashPaidToEmployees: payment('Cash paid to and for employees', '支付给职工以及为职工支付的现金'),
  taxesPaid: payment('Taxes paid', '支付的各项税费'),
  otherOperatingCashPaid: payment('Other cash paid for operating activities', '支付其他与经营活动有关的现金'),
  operatingCashOutflows: payment('Total cash outflows from operating activities', '经营活动现金流出小计'),
  netCashFromOperatingActivities: flow('Net cash from operating activities', '经营活动产生的现金流量净额'),
  proceedsFromInvestments: payment('Cash received from disposal of investments', '收回投资收到的现金'),
  investmentIncomeReceived: payment('Cash received from returns on investments', '取得投资收益收到的现金'),
  proceedsFromDisposalOfNonCurrentAssets: payment(
    'Net cash received from disposal of non-current assets',
    '处置固定资产、无形资产和其他长期资产收回的现金净额'
  ),
  proceedsFromDisposalOfSubsidiaries: payment(
    'Net cash received from disposal of subsidiaries and other business units',
    '处置子公司及其他营业单位收到的现金净额'
  ),
  otherInvestingCashReceived: payment('Other cash received from investing activities', '收到其他与投资活动有关的现金'),
  investingCashInflows: payment('Total cash inflows from investing activities', '投资活动现金流入小计'),
  capitalExpenditure: payment('Purchase of non-current assets', '购建固定资产等支付的现金'),
  purchaseOfInvestments: payment('Cash paid for investments', '投资支付的现金'),
  acquisitionOfSubsidiaries: payment(
    'Net cash paid for subsidiaries and other business units',
    '取得子公司及其他营业单位支付的现金净额'
  ),
  otherInvestingCashPaid: payment('Other cash paid for investing activities', '支付其他与投资活动有关的现金'),
  investingCashOutflows: payment('Total cash outflows from investing activities', '投资活动现金流出小计'),
  netCashFromInvestingActivities: flow('Net cash from investing activities', '投资活动产生的现金流量净额'),
  capitalContributionsReceived: payment('Cash received from capital contributions', '吸收投资收到的现金'),
  proceedsFromBorrowings: payment('Cash received from borrowings', '取得借款收到的现金'),
  otherFinancingCashReceived: payment('Other cash received from financing activities', '收到其他与筹资活动有关的现金'),
  financingCashInflows: payment('Total cash inflows from financing activities', '筹资活动现金流入小计'),
  repaymentsOfBorrowings: payment('Cash repayments of borrowings', '偿还债务支付的现金'),
  dividendsPaid: payment('Dividends and interest paid', '分配股利、偿付利息支付的现金'),
  otherFinancingCashPaid: payment('Other cash paid for financing activities', '支付其他与筹资活动有关的现金'),
  financingCashOutflows: payment('Total cash outflows from financing activities', '筹资活动现金流出小计'),
  netCashFromFinancingActivities: flow('Net cash from financing activities', '筹资活动产生的现金流量净额'),
  effectOfExchangeRateChanges: flow('Effect of exchange rate changes on cash', '汇率变动对现金及现金等价物的影响'),
  netChangeInCash: flow('Net change in cash and cash equivalents', '现金及现金等价物净增加额'),
  cashAtBeginning: flow('Cash and cash equivalents at the beginning', '期初现金及现金等价物余额'),
  cashAtEnd: flow('Cash and cash equivalents at the end', '期末现金及现金等价物余额')
} as const satisfies Record<string, StatementItem>

export type ItemId = keyof typeof STATEMENT_ITEMS
type ItemsOf<Part extends StatementPart> = {
  [Id in ItemId]: (typeof STATEMENT_ITEMS)[Id]['part'] extends Part ? Id : never
}[ItemId]
export type BalanceSheetItem = ItemsOf<'balanceSheet'>
export type IncomeItem = ItemsOf<'income'>
export type CashFlowItem = ItemsOf<'cashFlow'>

/** Every item, in the order of the forms. */
export const ITEM_IDS = Object.keys(STATEMENT_ITEMS) as ItemId[]

/** Figures by item, as decimal texts in the statement's unit: at most 13 digits before the point and 2 after it. */
export type Figures<Id extends ItemId = ItemId> = Partial<Record<Id, string>>

/** An item within a sum. */
export interface Summand {
  readonly id: ItemId
  readonly sign: 1 | -1
  /** Many sets of accounts rightly lack it: absent, it counts as none. */
  readonly optional: boolean
}
export type Sum = readonly Summand[]

/** A summand in short: `-inventories` is deducted, `goodwill?` counts as none where absent. */
export type SummandText = `${'' | '-'}${ItemId}${'' | '?'}`

/** A sum of items. */
export function sumOf(...terms: readonly SummandText[]): Sum {
  return terms.map((term) => ({
    id: term.replace(/^-|\?$/g, '') as ItemId,
    sign: term.startsWith('-') ? -1 : 1,
    optional: term.endsWith('?')
  }))
}

/** A sum as a reader writes it: `currentAssets - inventories`. */
export function formulaOf(sum: Sum): string {
  const terms = sum.map(({ id, sign }) => `${sign === 1 ? '+' : '-'} ${id}`)
  return terms.join(' ').replace(/^\+ /, '')
}

const FIGURE = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/

/**
 * A figure in hundredths of the unit; undefined when it is absent or no figure. Read digit by digit, so that nothing is rounded: the
 * result is a safe integer.
 */
export function hundredthsOf(figure: string | undefined): number | undefined {
  if (figure === undefined) return undefined
  const [, sign, whole = '', fraction = ''] = FIGURE.exec(figure) ?? []
  if (sign === undefined) return undefined
  const magnitude = Number(whole + fraction.padEnd(2, '0'))
  return sign === '-' && magnitude > 0 ? -magnitude : magnitude
}

/** Whole hundredths of the unit as a plain decimal text, without zeros at its end. */
export function writtenFigure(hundredths: number): string {
  const digits = BigInt(Math.abs(hundredths)).toString().padStart(3, '0')
  const fraction = digits.slice(-2).replace(/0+$/, '')
  return `${hundredths < 0 ? '-' : ''}${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`
}
