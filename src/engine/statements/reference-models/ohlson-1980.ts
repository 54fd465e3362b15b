import type { Compute, ReferenceModel } from './reference-model.ts'
import { figure, flag, over, quotient, workingCapitalToAssets } from './variables.ts'

/**
 * Funds from operations as before cash-flow statements were required: the result with what was
 * written off added back.
 */
const FUNDS_FROM_OPERATIONS: Compute = (now) => now('netIncome') + now('depreciationAndAmortisation')

/**
 * Ohlson's O, model 1 (failure within a year):
 *
 *     -1.32 - 0.407 SIZE + 6.03 liabilities / assets - 1.43 working capital / assets
 *     + 0.0757 current liabilities / current assets - 1.72 [liabilities exceed assets]
 *     - 2.37 net income / assets - 1.83 funds from operations / liabilities
 *     + 0.285 [a loss in both years]
 *     - 0.521 change of net income / (|net income| + |prior net income|)
 *
 * The probability is 1 / (1 + e^-O); above 0.038, the cut-off with the fewest errors in the paper,
 * it is distress.
 *
 * SIZE is the natural logarithm of total assets over a price-level index: whole US dollars, and the
 * deflator of the US gross national product at the end of the year before, 1968 = 100. The signs of
 * the two flags are the paper's. Funds from operations are net income plus depreciation and
 * amortisation: in 1980 there was no cash-flow statement.
 */
export const ohlsonO = {
  name: { en: 'Ohlson O (model 1)', zh: 'Ohlson O 值（模型一）' },
  source: {
    author: 'J. A. Ohlson',
    year: 1980,
    title: 'Financial Ratios and the Probabilistic Prediction of Bankruptcy',
    publication: 'Journal of Accounting Research 18(1), 109-131'
  },
  constant: -1.32,
  variables: {
    size: {
      coefficient: -0.407,
      formula: 'ln(totalAssets / priceIndex)',
      items: ['totalAssets'],
      priorItems: [],
      optional: [],
      of: (now, _before, { worth, priceIndex }) => Math.log((now('totalAssets') * worth) / priceIndex),
      denominators: [figure('totalAssets')]
    },
    liabilitiesToAssets: over(6.03, 'totalLiabilities', 'totalAssets'),
    workingCapitalToAssets: workingCapitalToAssets(-1.43),
    currentLiabilitiesToCurrentAssets: over(0.0757, 'currentLiabilities', 'currentAssets'),
    liabilitiesExceedAssets: flag(
      -1.72,
      'totalLiabilities > totalAssets',
      ['totalLiabilities', 'totalAssets'],
      (now) => now('totalLiabilities') > now('totalAssets')
    ),
    netIncomeToAssets: over(-2.37, 'netIncome', 'totalAssets'),
    fundsToLiabilities: quotient(
      -1.83,
      '(netIncome + depreciationAndAmortisation) / totalLiabilities',
      ['netIncome', 'depreciationAndAmortisation', 'totalLiabilities'],
      FUNDS_FROM_OPERATIONS,
      figure('totalLiabilities')
    ),
    lossInBothYears: flag(
      0.285,
      'netIncome < 0 and priorNetIncome < 0',
      ['netIncome'],
      (now, before) => now('netIncome') < 0 && before('netIncome') < 0,
      { priorItems: ['netIncome'] }
    ),
    netIncomeChange: {
      ...quotient(
        -0.521,
        '(netIncome - priorNetIncome) / (|netIncome| + |priorNetIncome|)',
        ['netIncome'],
        (now, before) => now('netIncome') - before('netIncome'),
        (now, before) => Math.abs(now('netIncome')) + Math.abs(before('netIncome'))
      ),
      priorItems: ['netIncome']
    }
  },
  zone: (value) => (logistic(value) > 0.038 ? 'distress' : 'safe'),
  probability: logistic
} as const satisfies ReferenceModel

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
