import {
  BORROWINGS,
  CAPITAL,
  minus,
  NET_DEBT,
  one,
  plus,
  plusIfKnown,
  RETAINED_EARNINGS,
  TANGIBLE_NET_WORTH,
  termOf,
  WORKING_CAPITAL
} from '../statement-term.ts'
import { type Cycle, logarithmOf, quotientsOf, type RatioEntry } from './ratio-entry.ts'

const ANALYSIS =
  'T. R. Robinson et al., International Financial Statement Analysis, CFA Institute Investment Series, Wiley'
const ACCOUNTANTS =
  'Chinese Institute of Certified Public Accountants, Financial Cost Management (中国注册会计师协会《财务成本管理》)'
const ENTERPRISES =
  'SASAC, Detailed Rules for the Comprehensive Performance Evaluation of Central Enterprises, 2006 (国资委《中央企业综合绩效评价实施细则》, 国资发评价〔2006〕157号)'
const MANAGEMENT =
  'Ministry of Finance of China, Financial Management, textbook for the intermediate accounting examination (财政部会计财务评价中心《财务管理》)'
const RMA = 'Risk Management Association, Annual Statement Studies'
const STANDARD_AND_POORS = 'S&P Global Ratings, Corporate Methodology: Ratios And Adjustments'
const FITCH = 'Fitch Ratings, Corporate Rating Criteria'
const ALTMAN =
  'E. I. Altman, Financial Ratios, Discriminant Analysis and the Prediction of Corporate Bankruptcy, Journal of Finance 23(4), 1968'
const OHLSON =
  'After J. A. Ohlson, Financial Ratios and the Probabilistic Prediction of Bankruptcy, Journal of Accounting Research 18(1), 1980, whose SIZE is the logarithm of total assets over a price index'

/** The source takes the mean of the opening and the closing balance. */
const AT_YEAR_END = (source: string) =>
  `After ${source}, with the balance at the end of the year, not its average (按期末余额计算)`

const YEAR_DAYS = 365

const CURRENT_LIABILITIES = one('currentLiabilities')
const TOTAL_ASSETS = one('totalAssets')
const TOTAL_LIABILITIES = one('totalLiabilities')
const EQUITY = one('equity')
const REVENUE = one('revenue')
const NET_INCOME = one('netIncome')
const OPERATING_CASH_FLOW = one('netCashFromOperatingActivities')

const liquidity = quotientsOf('liquidity', 'times', true)
const LIQUIDITY = {
  currentRatio: liquidity('Current ratio', '流动比率', ACCOUNTANTS, one('currentAssets'), CURRENT_LIABILITIES),
  quickRatio: liquidity(
    'Quick ratio',
    '速动比率',
    ENTERPRISES,
    termOf(plus('currentAssets'), minus('inventories')),
    CURRENT_LIABILITIES
  ),
  acidTestRatio: liquidity(
    'Acid-test ratio: cash, securities and receivables only',
    '保守速动比率',
    'G. I. White, A. C. Sondhi and D. Fried, The Analysis and Use of Financial Statements, Wiley',
    termOf(
      plus('cashAndEquivalents'),
      plusIfKnown('shortTermInvestments'),
      plusIfKnown('billsReceivable'),
      plus('tradeReceivables')
    ),
    CURRENT_LIABILITIES
  ),
  cashRatio: liquidity('Cash ratio', '现金比率', ACCOUNTANTS, one('cashAndEquivalents'), CURRENT_LIABILITIES),
  workingCapitalToAssets: quotientsOf('liquidity', 'ratio', true)(
    'Working capital to assets',
    '营运资本占总资产比重',
    ALTMAN,
    WORKING_CAPITAL,
    TOTAL_ASSETS
  ),
  defensiveIntervalDays: quotientsOf('liquidity', 'days', true)(
    'Defensive interval: days of costs that liquid assets would pay',
    '防御区间天数',
    'G. H. Sorter and G. Benston, Appraising the Defensive Position of a Firm: The Interval Measure, The Accounting Review 35(4), 1960',
    termOf(plus('cashAndEquivalents'), plusIfKnown('shortTermInvestments'), plus('tradeReceivables')),
    termOf(plus('costOfSales'), plus('operatingExpenses'), minus('depreciationAndAmortisation')),
    { times: YEAR_DAYS }
  )
} as const

const share = quotientsOf('solvency', 'ratio', true)
const burden = quotientsOf('solvency', 'ratio', false)
const leverage = quotientsOf('solvency', 'times', false)
const SOLVENCY = {
  equityRatio: share(
    'Equity ratio',
    '股东权益比率',
    'Deutsche Bundesbank, Financial statement ratios of German enterprises (Verhältniszahlen aus Jahresabschlüssen deutscher Unternehmen)',
    EQUITY,
    TOTAL_ASSETS
  ),
  liabilitiesToAssets: burden('Liabilities to assets', '资产负债率', ENTERPRISES, TOTAL_LIABILITIES, TOTAL_ASSETS),
  liabilitiesToEquity: leverage('Liabilities to equity', '产权比率', ACCOUNTANTS, TOTAL_LIABILITIES, EQUITY),
  equityMultiplier: leverage('Equity multiplier', '权益乘数', ACCOUNTANTS, TOTAL_ASSETS, EQUITY),
  debtToEquity: leverage('Borrowings to equity', '有息负债/所有者权益', ANALYSIS, BORROWINGS, EQUITY),
  debtToCapital: burden('Borrowings to capital', '全部债务资本化比率', ANALYSIS, BORROWINGS, CAPITAL),
  netDebtToEquity: leverage(
    'Net debt to equity',
    '净负债率',
    'IAS 1 Presentation of Financial Statements, Implementation Guidance IG10 (net debt to adjusted capital)',
    NET_DEBT,
    EQUITY
  ),
  borrowingsToLiabilities: burden(
    'Interest-bearing share of liabilities',
    '有息负债比率',
    `${ENTERPRISES}, where it is 带息负债比率`,
    BORROWINGS,
    TOTAL_LIABILITIES
  ),
  nonCurrentLiabilitiesToCapital: burden(
    'Non-current liabilities to long-term capital',
    '长期资本负债率',
    ACCOUNTANTS,
    one('nonCurrentLiabilities'),
    termOf(plus('nonCurrentLiabilities'), plus('equity'))
  ),
  liabilitiesToTangibleNetWorth: leverage(
    'Liabilities to tangible net worth',
    '有形净值债务率',
    RMA,
    TOTAL_LIABILITIES,
    TANGIBLE_NET_WORTH
  ),
  fixedAssetsToTangibleNetWorth: leverage(
    'Fixed assets to tangible net worth',
    '固定资产与有形净值比率',
    RMA,
    one('propertyPlantAndEquipment'),
    TANGIBLE_NET_WORTH
  ),
  tangibleNetWorthToAssets: share(
    'Tangible net worth to assets',
    '有形净值占总资产比重',
    `${RMA} (tangible net worth), over total assets`,
    TANGIBLE_NET_WORTH,
    TOTAL_ASSETS
  ),
  retainedEarningsToAssets: share(
    'Retained earnings to assets',
    '留存收益占总资产比重',
    `After ${ALTMAN}; the surplus reserve of a Chinese form is part of them (按盈余公积与未分配利润之和计算)`,
    RETAINED_EARNINGS,
    TOTAL_ASSETS
  )
} as const

const coverage = quotientsOf('coverage', 'times', true)
const repayment = quotientsOf('coverage', 'times', false)
const INTEREST = one('interestExpense')
const COVERAGE = {
  debtToEbitda: repayment('Borrowings to EBITDA', '有息负债/EBITDA', STANDARD_AND_POORS, BORROWINGS, one('ebitda')),
  netDebtToEbitda: repayment('Net debt to EBITDA', '净负债/EBITDA', FITCH, NET_DEBT, one('ebitda')),
  interestCoverage: coverage('Interest coverage', '利息保障倍数', ENTERPRISES, one('ebit'), INTEREST),
  ebitdaInterestCoverage: coverage(
    'EBITDA interest coverage',
    'EBITDA利息保障倍数',
    STANDARD_AND_POORS,
    one('ebitda'),
    INTEREST
  ),
  operatingCashFlowInterestCoverage: coverage(
    'Cash flow interest coverage',
    '现金流量利息保障倍数',
    ACCOUNTANTS,
    OPERATING_CASH_FLOW,
    INTEREST
  ),
  fundsFromOperationsToDebt: quotientsOf('coverage', 'ratio', true)(
    'Funds from operations to borrowings',
    '营运现金（FFO）与有息负债比率',
    STANDARD_AND_POORS,
    termOf(plus('ebitda'), minus('interestExpense'), minus('incomeTax')),
    BORROWINGS
  ),
  earningsToCurrentMaturities: coverage(
    'Profit and depreciation to debt due within a year',
    '利润加折旧与一年内到期债务比率',
    RMA,
    termOf(plus('netIncome'), plus('depreciationAndAmortisation')),
    one('currentPortionOfLongTermDebt')
  )
} as const

const profit = quotientsOf('profitability', 'ratio', true)
const PROFITABILITY = {
  grossMargin: profit('Gross margin', '毛利率', ANALYSIS, one('grossProfit'), REVENUE),
  operatingMargin: profit(
    'Operating margin',
    '营业利润率',
    `After ${ENTERPRISES}, whose 销售（营业）利润率 is of the main business alone (按全部营业收入计算)`,
    one('operatingProfit'),
    REVENUE
  ),
  ebitMargin: profit('EBIT margin', '息税前利润率', FITCH, one('ebit'), REVENUE),
  ebitdaMargin: profit('EBITDA margin', 'EBITDA利润率', STANDARD_AND_POORS, one('ebitda'), REVENUE),
  pretaxMargin: profit('Pretax margin', '税前利润率', ANALYSIS, one('profitBeforeTax'), REVENUE),
  netMargin: profit('Net margin', '销售净利率', ACCOUNTANTS, NET_INCOME, REVENUE),
  profitToCosts: profit(
    'Profit before tax to costs',
    '成本费用利润率',
    ENTERPRISES,
    one('profitBeforeTax'),
    termOf(
      plus('costOfSales'),
      plus('taxesAndSurcharges'),
      plus('sellingExpenses'),
      plus('administrativeExpenses'),
      plusIfKnown('researchAndDevelopmentExpenses'),
      plus('financeExpenses')
    )
  ),
  returnOnAssets: profit('Return on assets', '总资产净利率', ACCOUNTANTS, NET_INCOME, TOTAL_ASSETS),
  ebitToAverageAssets: profit('EBIT to average assets', '总资产报酬率', ENTERPRISES, one('ebit'), TOTAL_ASSETS, {
    against: 'average'
  }),
  returnOnEquity: profit('Return on equity', '权益净利率（期末）', ACCOUNTANTS, NET_INCOME, EQUITY),
  returnOnAverageEquity: profit('Return on average equity', '净资产收益率', ENTERPRISES, NET_INCOME, EQUITY, {
    against: 'average'
  }),
  returnOnPaidInCapital: profit(
    'Return on average paid-in capital',
    '资本收益率',
    ENTERPRISES,
    NET_INCOME,
    termOf(plus('shareCapital'), plus('capitalReserve')),
    { against: 'average' }
  ),
  returnOnCapitalEmployed: profit(
    'Return on capital employed',
    '已动用资本回报率（ROCE）',
    'E. McLaney and P. Atrill, Accounting and Finance: An Introduction, Pearson',
    one('ebit'),
    termOf(plus('totalAssets'), minus('currentLiabilities'))
  )
} as const

const turnover = quotientsOf('efficiency', 'times', true)
const days = quotientsOf('efficiency', 'days', false, { times: YEAR_DAYS })
const DSO = days('Days sales outstanding', '应收账款周转天数', AT_YEAR_END(ANALYSIS), one('tradeReceivables'), REVENUE)
const DIO = days(
  'Days inventory outstanding',
  '存货周转天数',
  AT_YEAR_END(ANALYSIS),
  one('inventories'),
  one('costOfSales')
)
const DPO = days(
  'Days payables outstanding',
  '应付账款周转天数',
  AT_YEAR_END(ANALYSIS),
  one('tradePayables'),
  one('costOfSales')
)
const CASH_CYCLE: Cycle = {
  kind: 'cycle',
  name: { en: 'Cash conversion cycle', zh: '现金周转天数' },
  group: 'efficiency',
  formula: 'dsoDays + dioDays - dpoDays',
  unit: 'days',
  higherIsBetter: false,
  source:
    'V. D. Richards and E. J. Laughlin, A Cash Conversion Cycle Approach to Liquidity Analysis, Financial Management 9(1), 1980',
  days: [
    [1, DSO],
    [1, DIO],
    [-1, DPO]
  ]
}
const EFFICIENCY = {
  assetTurnover: turnover('Asset turnover', '总资产周转率', AT_YEAR_END(ENTERPRISES), REVENUE, TOTAL_ASSETS),
  currentAssetTurnover: turnover(
    'Current asset turnover',
    '流动资产周转率',
    AT_YEAR_END(ENTERPRISES),
    REVENUE,
    one('currentAssets')
  ),
  fixedAssetTurnover: turnover(
    'Fixed asset turnover',
    '固定资产周转率',
    AT_YEAR_END(ANALYSIS),
    REVENUE,
    one('propertyPlantAndEquipment')
  ),
  workingCapitalTurnover: turnover('Working capital turnover', '营运资本周转率', ACCOUNTANTS, REVENUE, WORKING_CAPITAL),
  receivablesTurnover: turnover(
    'Receivables turnover',
    '应收账款周转率',
    `${AT_YEAR_END(ENTERPRISES)}, less the allowance for bad debts (扣除坏账准备)`,
    REVENUE,
    one('tradeReceivables')
  ),
  inventoryTurnover: turnover(
    'Inventory turnover',
    '存货周转率',
    AT_YEAR_END(ANALYSIS),
    one('costOfSales'),
    one('inventories')
  ),
  dsoDays: DSO,
  receivablesAndBillsDays: days(
    'Days of trade receivables and bills',
    '应收票据及应收账款周转天数',
    ACCOUNTANTS,
    termOf(plus('tradeReceivables'), plus('billsReceivable'), plusIfKnown('receivablesFinancing')),
    REVENUE
  ),
  dioDays: DIO,
  dpoDays: DPO,
  cashCycleDays: CASH_CYCLE
} as const

const cash = quotientsOf('cash_flow', 'ratio', true)
const cashTimes = quotientsOf('cash_flow', 'times', true)
const CASH = {
  operatingCashFlowToDebt: cash(
    'Operating cash flow to liabilities',
    '现金流量债务比',
    ACCOUNTANTS,
    OPERATING_CASH_FLOW,
    TOTAL_LIABILITIES
  ),
  operatingCashFlowToCurrentLiabilities: cash(
    'Operating cash flow to current liabilities',
    '现金流动负债比率',
    ENTERPRISES,
    OPERATING_CASH_FLOW,
    CURRENT_LIABILITIES
  ),
  operatingCashFlowToBorrowings: cash(
    'Operating cash flow to borrowings',
    '经营现金流与有息负债比率',
    STANDARD_AND_POORS,
    OPERATING_CASH_FLOW,
    BORROWINGS
  ),
  freeCashFlowToBorrowings: cash(
    'Free operating cash flow to borrowings',
    '自由经营现金流与有息负债比率',
    STANDARD_AND_POORS,
    termOf(plus('netCashFromOperatingActivities'), minus('capitalExpenditure')),
    BORROWINGS
  ),
  operatingCashFlowMargin: cash('Operating cash flow margin', '销售现金比率', MANAGEMENT, OPERATING_CASH_FLOW, REVENUE),
  cashReturnOnAssets: cash(
    'Cash return on assets',
    '全部资产现金回收率',
    MANAGEMENT,
    OPERATING_CASH_FLOW,
    TOTAL_ASSETS
  ),
  operatingCashFlowToNetIncome: cashTimes(
    'Operating cash flow to profit',
    '盈余现金保障倍数',
    ENTERPRISES,
    OPERATING_CASH_FLOW,
    NET_INCOME
  ),
  operatingCashFlowToCapitalExpenditure: cashTimes(
    'Operating cash flow to purchases of non-current assets',
    '经营现金流与资本支出比率',
    ANALYSIS,
    OPERATING_CASH_FLOW,
    one('capitalExpenditure')
  ),
  operatingCashFlowToDividends: cashTimes(
    'Operating cash flow to dividends and interest paid',
    '经营现金流与股利及利息支出比率',
    `After ${ANALYSIS}; the line of the Chinese form has interest with the dividends (含偿付利息支付的现金)`,
    OPERATING_CASH_FLOW,
    one('dividendsPaid')
  )
} as const

const growth = quotientsOf('growth', 'ratio', true, { plus: -1, against: 'prior' })
const GROWTH = {
  revenueGrowth: growth(
    'Revenue growth',
    '营业收入增长率',
    `After ${ENTERPRISES}, whose 销售（营业）增长率 is of the main business alone (按全部营业收入计算)`,
    REVENUE,
    REVENUE
  ),
  operatingProfitGrowth: growth(
    'Growth of operating profit',
    '营业利润增长率',
    ENTERPRISES,
    one('operatingProfit'),
    one('operatingProfit')
  ),
  netIncomeGrowth: growth(
    'Net income growth',
    '净利润增长率',
    'China Securities Regulatory Commission, Content and Format of Information Disclosure No. 2: annual reports (证监会《公开发行证券的公司信息披露内容与格式准则第2号——年度报告的内容与格式》)',
    NET_INCOME,
    NET_INCOME
  ),
  totalAssetsGrowth: growth('Growth of assets', '总资产增长率', ENTERPRISES, TOTAL_ASSETS, TOTAL_ASSETS),
  equityGrowth: growth(
    'Growth of equity',
    '资本积累率',
    'Ministry of Finance of China et al., Detailed Rules for Enterprise Performance Evaluation (revised), 2002 (财政部等《企业效绩评价操作细则（修订）》, 财统〔2002〕5号)',
    EQUITY,
    EQUITY
  ),
  researchToRevenue: quotientsOf('growth', 'ratio', true)(
    'Research and development to revenue',
    '技术投入比率',
    `After ${ENTERPRISES}, whose numerator is all spending on technology (按利润表研发费用计算)`,
    one('researchAndDevelopmentExpenses'),
    REVENUE
  )
} as const

const SIZE = {
  lnTotalAssets: logarithmOf('Size by total assets', '资产规模（总资产的自然对数）', OHLSON, TOTAL_ASSETS),
  lnRevenue: logarithmOf('Size by revenue', '收入规模（营业收入的自然对数）', `${OHLSON}; here of revenue`, REVENUE),
  lnEquity: logarithmOf('Size by equity', '净资产规模（净资产的自然对数）', `${OHLSON}; here of equity`, EQUITY)
} as const

/**
 * The catalogue of ratios. Flows are annualised, balances are those of the period's end unless the
 * formula says average.
 */
export const RATIOS = {
  ...LIQUIDITY,
  ...SOLVENCY,
  ...COVERAGE,
  ...PROFITABILITY,
  ...EFFICIENCY,
  ...CASH,
  ...GROWTH,
  ...SIZE
} as const satisfies Record<string, RatioEntry>

export type RatioId = keyof typeof RATIOS

/** Every ratio, in the order of the catalogue. */
export const RATIO_IDS = Object.keys(RATIOS) as RatioId[]

/** Whether a text is the id of a ratio of the catalogue. */
export function isRatioId(id: string): id is RatioId {
  return Object.hasOwn(RATIOS, id)
}
