import type { Text } from '../values/text.ts'

export const STATEMENT_PARTS = ['balanceSheet', 'income', 'cashFlow'] as const
export type StatementPart = (typeof STATEMENT_PARTS)[number]

/** One line of a set of accounts. */
interface StatementItem<Part extends StatementPart = StatementPart> {
  readonly part: Part
  readonly name: Text
  /** `any`: it may be negative. */
  readonly sign: 'non_negative' | 'any'
  /** What a positive and a negative figure say. */
  readonly convention: Text
}

const itemOf =
  <Part extends StatementPart>(part: Part, sign: StatementItem['sign'], convention: Text) =>
  (en: string, zh: string): StatementItem<Part> => ({ part, sign, name: { en, zh }, convention })

const stock = itemOf('balanceSheet', 'non_negative', {
  en: 'A positive figure or zero.',
  zh: '填列正数或零。'
})
const deduction = itemOf('balanceSheet', 'non_negative', {
  en: 'A positive figure, which is deducted from equity.',
  zh: '以正数填列，计算所有者权益时扣除。'
})
const balance = itemOf('balanceSheet', 'any', {
  en: 'A deficit is negative.',
  zh: '借方余额（亏损）以负数填列。'
})
const income = itemOf('income', 'non_negative', {
  en: 'A positive figure or zero.',
  zh: '填列正数或零。'
})
const cost = itemOf('income', 'non_negative', {
  en: 'A positive figure, although it is deducted.',
  zh: '以正数填列，计算利润时扣除。'
})
const charge = itemOf('income', 'any', {
  en: 'A charge is positive and is deducted, a credit is negative.',
  zh: '费用以正数填列，计算利润时扣除；收益以负数填列。'
})
const impairment = itemOf('income', 'any', {
  en: 'A loss is positive and is deducted, a reversal is negative: the opposite of the Chinese standard form.',
  zh: '损失以正数填列，计算利润时扣除；转回以负数填列（与报表格式的填列符号相反）。'
})
const result = itemOf('income', 'any', {
  en: 'A profit is positive, a loss negative.',
  zh: '利润或收益以正数填列，亏损或损失以负数填列。'
})
const payment = itemOf('cashFlow', 'non_negative', {
  en: 'A positive figure, whether it is received or paid.',
  zh: '收到和支付的现金均以正数填列。'
})
const flow = itemOf('cashFlow', 'any', {
  en: 'A net inflow is positive, a net outflow negative.',
  zh: '净流入以正数填列，净流出以负数填列。'
})

const cashBalance = itemOf('cashFlow', 'any', {
  en: 'Negative where bank overdrafts that count as cash exceed it.',
  zh: '计入现金的银行透支超过现金时以负数填列。'
})

/** The lines of the balance sheet, in the order of the Chinese form of 2019 (财会〔2019〕6号). */
const BALANCE_SHEET = {
  cashAndEquivalents: stock('Cash and cash equivalents', '货币资金'),
  shortTermInvestments: stock('Current financial assets', '交易性金融资产'),
  derivativeAssets: stock('Derivative financial assets', '衍生金融资产'),
  billsReceivable: stock('Bills receivable', '应收票据'),
  tradeReceivables: stock('Trade receivables', '应收账款'),
  receivablesFinancing: stock('Receivables held to collect and to sell', '应收款项融资'),
  prepayments: stock('Prepayments', '预付款项'),
  otherReceivables: stock('Other receivables', '其他应收款'),
  inventories: stock('Inventories', '存货'),
  contractAssets: stock('Contract assets', '合同资产'),
  assetsHeldForSale: stock('Assets held for sale', '持有待售资产'),
  nonCurrentAssetsDueInOneYear: stock('Non-current assets due in one year', '一年内到期的非流动资产'),
  otherCurrentAssets: stock('Other current assets', '其他流动资产'),
  currentAssets: stock('Total current assets', '流动资产合计'),
  debtInvestments: stock('Debt investments at amortised cost', '债权投资'),
  otherDebtInvestments: stock('Debt investments at fair value through other comprehensive income', '其他债权投资'),
  longTermReceivables: stock('Long-term receivables', '长期应收款'),
  longTermInvestments: stock(
    'Associates, and non-current financial assets without a line of their own',
    '长期股权投资'
  ),
  otherEquityInvestments: stock(
    'Equity investments at fair value through other comprehensive income',
    '其他权益工具投资'
  ),
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
  longTermPrepaidExpenses: stock('Long-term prepaid expenses', '长期待摊费用'),
  deferredTaxAssets: stock('Deferred tax assets', '递延所得税资产'),
  otherNonCurrentAssets: stock('Other non-current assets', '其他非流动资产'),
  nonCurrentAssets: stock('Total non-current assets', '非流动资产合计'),
  totalAssets: stock('Total assets', '资产总计'),
  shortTermBorrowings: stock('Short-term borrowings', '短期借款'),
  financialLiabilitiesHeldForTrading: stock('Current financial liabilities at fair value', '交易性金融负债'),
  derivativeLiabilities: stock('Derivative financial liabilities', '衍生金融负债'),
  billsPayable: stock('Bills payable', '应付票据'),
  tradePayables: stock('Trade payables', '应付账款'),
  advancesFromCustomers: stock('Advances received', '预收款项'),
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
  leaseLiabilities: stock('Non-current lease liabilities', '租赁负债'),
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
  treasuryShares: deduction('Treasury shares', '库存股'),
  otherComprehensiveIncome: balance('Accumulated other comprehensive income', '其他综合收益'),
  specialReserve: stock('Special reserve', '专项储备'),
  surplusReserve: stock('Surplus reserve', '盈余公积'),
  retainedEarnings: balance('Retained earnings', '未分配利润'),
  equityAttributableToOwners: balance(
    'Equity attributable to the owners of the parent',
    '归属于母公司所有者权益（或股东权益）合计'
  ),
  nonControllingInterests: balance('Non-controlling interests', '少数股东权益'),
  equity: balance('Total equity', '所有者权益（或股东权益）合计'),
  marketValueOfEquity: stock('Market value of equity (memo item)', '股权市值（备查）')
} as const

/** The lines of the income statement, and the results that analysts derive from it. */
const INCOME = {
  revenue: income('Revenue', '营业收入'),
  costOfSales: cost('Cost of sales', '营业成本'),
  grossProfit: result('Gross profit', '毛利'),
  taxesAndSurcharges: charge('Taxes and surcharges', '税金及附加'),
  sellingExpenses: cost('Selling expenses', '销售费用'),
  administrativeExpenses: cost('Administrative expenses', '管理费用'),
  researchAndDevelopmentExpenses: cost('Research and development expenses', '研发费用'),
  financeExpenses: charge('Net finance expenses', '财务费用'),
  operatingExpenses: cost('Operating expenses', '期间费用'),
  interestExpense: cost('Interest expense', '利息费用'),
  interestIncome: income('Interest income', '利息收入'),
  depreciationAndAmortisation: cost('Depreciation and amortisation', '折旧与摊销'),
  otherIncome: result('Other income', '其他收益'),
  investmentIncome: result('Investment income', '投资收益'),
  shareOfProfitOfAssociates: result(
    'Share of the profit of associates and joint ventures, within investment income',
    '对联营企业和合营企业的投资收益'
  ),
  netHedgingGains: result('Gains on net hedging', '净敞口套期收益'),
  fairValueGains: result('Gains from changes in fair value', '公允价值变动收益'),
  creditImpairmentLosses: impairment('Credit impairment losses', '信用减值损失'),
  assetImpairmentLosses: impairment('Asset impairment losses', '资产减值损失'),
  disposalGains: result('Gains on disposal of assets', '资产处置收益'),
  operatingProfit: result('Operating profit', '营业利润'),
  nonOperatingIncome: income('Non-operating income', '营业外收入'),
  nonOperatingExpenses: cost('Non-operating expenses', '营业外支出'),
  ebit: result('Earnings before interest and tax', '息税前利润'),
  ebitda: result('Earnings before interest, tax, depreciation and amortisation', '息税折旧摊销前利润'),
  profitBeforeTax: result('Profit before tax', '利润总额'),
  incomeTax: charge('Income tax expense', '所得税费用'),
  netIncome: result('Profit for the period', '净利润'),
  profitFromContinuingOperations: result('Profit from continuing operations', '持续经营净利润'),
  profitFromDiscontinuedOperations: result('Profit from discontinued operations', '终止经营净利润'),
  profitAttributableToOwners: result('Profit attributable to the owners of the parent', '归属于母公司股东的净利润'),
  profitAttributableToNonControllingInterests: result(
    'Profit attributable to non-controlling interests',
    '少数股东损益'
  ),
  otherComprehensiveIncomeOfPeriod: result(
    'Other comprehensive income of the period, after tax',
    '其他综合收益的税后净额'
  ),
  totalComprehensiveIncome: result('Total comprehensive income', '综合收益总额')
} as const

/**
 * The lines of the cash flow statement by the direct method, with the subtotals of the Chinese
 * form.
 */
const CASH_FLOW = {
  cashReceivedFromCustomers: payment('Cash received from customers', '销售商品、提供劳务收到的现金'),
  taxRefundsReceived: payment('Tax refunds received', '收到的税费返还'),
  otherOperatingCashReceived: payment('Other operating cash received', '收到其他与经营活动有关的现金'),
  operatingCashInflows: payment('Total operating cash inflows', '经营活动现金流入小计'),
  cashPaidToSuppliers: payment('Cash paid to suppliers', '购买商品、接受劳务支付的现金'),
  cashPaidToEmployees: payment('Cash paid to employees', '支付给职工以及为职工支付的现金'),
  taxesPaid: payment('Taxes paid', '支付的各项税费'),
  otherOperatingCashPaid: payment('Other operating cash paid', '支付其他与经营活动有关的现金'),
  operatingCashOutflows: payment('Total operating cash outflows', '经营活动现金流出小计'),
  netCashFromOperatingActivities: flow('Net cash from operating activities', '经营活动产生的现金流量净额'),
  cashFromDisposalOfInvestments: payment('Cash received from investments sold or repaid', '收回投资收到的现金'),
  cashFromInvestmentIncome: payment('Cash received from investment income', '取得投资收益收到的现金'),
  cashFromDisposalOfAssets: payment(
    'Cash received from the disposal of non-current assets',
    '处置固定资产、无形资产和其他长期资产收回的现金净额'
  ),
  cashFromDisposalOfSubsidiaries: payment(
    'Cash received from the disposal of subsidiaries',
    '处置子公司及其他营业单位收到的现金净额'
  ),
  otherInvestingCashReceived: payment('Other investing cash received', '收到其他与投资活动有关的现金'),
  investingCashInflows: payment('Total investing cash inflows', '投资活动现金流入小计'),
  capitalExpenditure: payment('Purchase of non-current assets', '购建固定资产、无形资产和其他长期资产支付的现金'),
  cashPaidForInvestments: payment('Cash paid for investments', '投资支付的现金'),
  cashPaidForSubsidiaries: payment('Cash paid for subsidiaries', '取得子公司及其他营业单位支付的现金净额'),
  otherInvestingCashPaid: payment('Other investing cash paid', '支付其他与投资活动有关的现金'),
  investingCashOutflows: payment('Total investing cash outflows', '投资活动现金流出小计'),
  netCashFromInvestingActivities: flow('Net cash from investing activities', '投资活动产生的现金流量净额'),
  cashFromCapitalContributions: payment('Cash received from owners', '吸收投资收到的现金'),
  cashFromBorrowings: payment('Cash received from borrowings', '取得借款收到的现金'),
  otherFinancingCashReceived: payment('Other financing cash received', '收到其他与筹资活动有关的现金'),
  financingCashInflows: payment('Total financing cash inflows', '筹资活动现金流入小计'),
  repaymentOfBorrowings: payment('Repayment of borrowings', '偿还债务支付的现金'),
  dividendsPaid: payment('Dividends and interest paid', '分配股利、利润或偿付利息支付的现金'),
  otherFinancingCashPaid: payment('Other financing cash paid', '支付其他与筹资活动有关的现金'),
  financingCashOutflows: payment('Total financing cash outflows', '筹资活动现金流出小计'),
  netCashFromFinancingActivities: flow('Net cash from financing activities', '筹资活动产生的现金流量净额'),
  exchangeRateEffect: flow('Effect of exchange rates on cash', '汇率变动对现金及现金等价物的影响'),
  netIncreaseInCash: flow('Net increase in cash and cash equivalents', '现金及现金等价物净增加额'),
  openingCash: cashBalance('Cash and cash equivalents at the start', '期初现金及现金等价物余额'),
  closingCash: cashBalance('Cash and cash equivalents at the end', '期末现金及现金等价物余额')
} as const

/**
 * The lines of a general-purpose set of accounts: ids after IFRS, names also as on the Chinese
 * standard forms for general enterprises (资产负债表, 利润表, 现金流量表).
 */
export const STATEMENT_ITEMS = {
  ...BALANCE_SHEET,
  ...INCOME,
  ...CASH_FLOW
} as const satisfies Record<string, StatementItem>

export type ItemId = keyof typeof STATEMENT_ITEMS
export type BalanceSheetItem = keyof typeof BALANCE_SHEET
export type IncomeItem = keyof typeof INCOME
export type CashFlowItem = keyof typeof CASH_FLOW

/** Every item, in the order of the catalogue. */
export const ITEM_IDS = Object.keys(STATEMENT_ITEMS) as ItemId[]

/** What an item of the prior statement is called among inputs: `priorRevenue`. */
export function priorName(id: ItemId): string {
  return `prior${id.charAt(0).toUpperCase()}${id.slice(1)}`
}
