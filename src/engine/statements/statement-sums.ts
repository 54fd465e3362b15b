import { type ItemId, STATEMENT_ITEMS } from './statement-items.ts'

/** An item that is the sum of others, less some. */
export interface Sum {
  readonly whole: ItemId
  readonly plus: readonly ItemId[]
  readonly minus: readonly ItemId[]
  /**
   * An item that some forms show after the others, and some within them: the sum holds with it or
   * without.
   */
  readonly within?: ItemId
  /** It holds of a company's own accounts, not of a group's. */
  readonly companyAlone?: true
}

const sum = (
  whole: ItemId,
  plus: readonly ItemId[],
  minus: readonly ItemId[] = [],
  more: Pick<Sum, 'within' | 'companyAlone'> = {}
): Sum => ({ whole, plus, minus, ...more })

const RESERVES: readonly ItemId[] = [
  'shareCapital',
  'otherEquityInstruments',
  'capitalReserve',
  'otherComprehensiveIncome',
  'specialReserve',
  'surplusReserve',
  'retainedEarnings'
]

/** The sums of the balance sheet, as the Chinese form of 2019 prints them. */
export const BALANCE_SHEET_SUMS: readonly Sum[] = [
  sum('totalAssets', ['currentAssets', 'nonCurrentAssets']),
  sum('currentAssets', [
    'cashAndEquivalents',
    'shortTermInvestments',
    'derivativeAssets',
    'billsReceivable',
    'tradeReceivables',
    'receivablesFinancing',
    'prepayments',
    'otherReceivables',
    'inventories',
    'contractAssets',
    'assetsHeldForSale',
    'nonCurrentAssetsDueInOneYear',
    'otherCurrentAssets'
  ]),
  sum('nonCurrentAssets', [
    'debtInvestments',
    'otherDebtInvestments',
    'longTermReceivables',
    'longTermInvestments',
    'otherEquityInvestments',
    'otherNonCurrentFinancialAssets',
    'investmentProperty',
    'propertyPlantAndEquipment',
    'constructionInProgress',
    'biologicalAssets',
    'oilAndGasAssets',
    'rightOfUseAssets',
    'intangibleAssets',
    'developmentExpenditure',
    'goodwill',
    'longTermPrepaidExpenses',
    'deferredTaxAssets',
    'otherNonCurrentAssets'
  ]),
  sum('totalLiabilities', ['currentLiabilities', 'nonCurrentLiabilities']),
  sum('currentLiabilities', [
    'shortTermBorrowings',
    'financialLiabilitiesHeldForTrading',
    'derivativeLiabilities',
    'billsPayable',
    'tradePayables',
    'advancesFromCustomers',
    'contractLiabilities',
    'employeeBenefitsPayable',
    'taxesPayable',
    'otherPayables',
    'liabilitiesHeldForSale',
    'currentPortionOfLongTermDebt',
    'otherCurrentLiabilities'
  ]),
  sum('nonCurrentLiabilities', [
    'longTermBorrowings',
    'bondsPayable',
    'leaseLiabilities',
    'longTermPayables',
    'longTermEmployeeBenefits',
    'provisions',
    'deferredIncome',
    'deferredTaxLiabilities',
    'otherNonCurrentLiabilities'
  ]),
  sum('equity', ['equityAttributableToOwners', 'nonControllingInterests']),
  sum('equityAttributableToOwners', RESERVES, ['treasuryShares']),
  sum('equity', RESERVES, ['treasuryShares'], { companyAlone: true })
]

/**
 * The sums of the income statement: from revenue to the operating profit, the profit before tax and
 * the profit for the period.
 */
export const INCOME_SUMS: readonly Sum[] = [
  sum('grossProfit', ['revenue'], ['costOfSales']),
  sum(
    'operatingProfit',
    ['revenue', 'otherIncome', 'investmentIncome', 'netHedgingGains', 'fairValueGains', 'disposalGains'],
    [
      'costOfSales',
      'taxesAndSurcharges',
      'sellingExpenses',
      'administrativeExpenses',
      'researchAndDevelopmentExpenses',
      'financeExpenses',
      'creditImpairmentLosses',
      'assetImpairmentLosses'
    ]
  ),
  sum('profitBeforeTax', ['operatingProfit', 'nonOperatingIncome'], ['nonOperatingExpenses']),
  // The Chinese form has the result of discontinued operations within the profit before tax, IFRS
  // after it.
  sum('netIncome', ['profitBeforeTax'], ['incomeTax'], { within: 'profitFromDiscontinuedOperations' }),
  sum('netIncome', ['profitFromContinuingOperations', 'profitFromDiscontinuedOperations']),
  sum('netIncome', ['profitAttributableToOwners', 'profitAttributableToNonControllingInterests']),
  sum('totalComprehensiveIncome', ['netIncome', 'otherComprehensiveIncomeOfPeriod'])
]

export const CASH_FLOW_SUMS: readonly Sum[] = [
  sum('operatingCashInflows', ['cashReceivedFromCustomers', 'taxRefundsReceived', 'otherOperatingCashReceived']),
  sum('operatingCashOutflows', ['cashPaidToSuppliers', 'cashPaidToEmployees', 'taxesPaid', 'otherOperatingCashPaid']),
  sum('netCashFromOperatingActivities', ['operatingCashInflows'], ['operatingCashOutflows']),
  sum('investingCashInflows', [
    'cashFromDisposalOfInvestments',
    'cashFromInvestmentIncome',
    'cashFromDisposalOfAssets',
    'cashFromDisposalOfSubsidiaries',
    'otherInvestingCashReceived'
  ]),
  sum('investingCashOutflows', [
    'capitalExpenditure',
    'cashPaidForInvestments',
    'cashPaidForSubsidiaries',
    'otherInvestingCashPaid'
  ]),
  sum('netCashFromInvestingActivities', ['investingCashInflows'], ['investingCashOutflows']),
  sum('financingCashInflows', ['cashFromCapitalContributions', 'cashFromBorrowings', 'otherFinancingCashReceived']),
  sum('financingCashOutflows', ['repaymentOfBorrowings', 'dividendsPaid', 'otherFinancingCashPaid']),
  sum('netCashFromFinancingActivities', ['financingCashInflows'], ['financingCashOutflows']),
  sum('netIncreaseInCash', [
    'netCashFromOperatingActivities',
    'netCashFromInvestingActivities',
    'netCashFromFinancingActivities',
    'exchangeRateEffect'
  ]),
  sum('closingCash', ['openingCash', 'netIncreaseInCash'])
]

/**
 * Whether a part of the sum can never exceed the whole: nothing is deducted, and no part can be
 * negative.
 */
export function isBounded({ plus, minus }: Sum): boolean {
  return minus.length === 0 && plus.every((id) => STATEMENT_ITEMS[id].sign === 'non_negative')
}
