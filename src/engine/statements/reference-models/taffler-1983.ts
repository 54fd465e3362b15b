import type { Compute, ReferenceModel } from './reference-model.ts'
import { over, quotient } from './variables.ts'

/** What a day of running the business costs in cash, by the income statement. */
const DAILY_COSTS: Compute = (now) =>
  (now('revenue') - now('profitBeforeTax') - now('depreciationAndAmortisation')) / 365

/**
 * Taffler's model of listed British manufacturers:
 *
 *     3.20 + 12.18 profit before tax / current liabilities + 2.50 current assets / liabilities
 *     - 10.68 current liabilities / assets + 0.029 no-credit interval
 *
 * Below 0 distress. The no-credit interval is the days that the business could run on its quick
 * assets if its income stopped: quick assets less current liabilities, over the daily costs (sales
 * less profit before tax and depreciation, by 365).
 *
 * The paper of 1983 describes the model; its coefficients were disclosed by V. Agarwal and
 * R. Taffler in Accounting and Business Research 37(4), 2007, 285-300. The numbers 0.53, 0.13,
 * 0.18, 0.16 that many quote are each variable's share in the model, not its coefficient.
 */
export const taffler = {
  name: { en: 'Taffler z', zh: 'Taffler z 值' },
  source: {
    author: 'R. J. Taffler',
    year: 1983,
    title: 'The Assessment of Company Solvency and Performance Using a Statistical Model',
    publication: 'Accounting and Business Research 13(52), 295-308'
  },
  constant: 3.2,
  variables: {
    profitBeforeTaxToCurrentLiabilities: over(12.18, 'profitBeforeTax', 'currentLiabilities'),
    currentAssetsToLiabilities: over(2.5, 'currentAssets', 'totalLiabilities'),
    currentLiabilitiesToAssets: over(-10.68, 'currentLiabilities', 'totalAssets'),
    noCreditIntervalDays: quotient(
      0.029,
      '(currentAssets - inventories - currentLiabilities) / ((revenue - profitBeforeTax - depreciationAndAmortisation) / 365)',
      [
        'currentAssets',
        'inventories',
        'currentLiabilities',
        'revenue',
        'profitBeforeTax',
        'depreciationAndAmortisation'
      ],
      (now) => now('currentAssets') - now('inventories') - now('currentLiabilities'),
      DAILY_COSTS
    )
  },
  zone: (value) => (value < 0 ? 'distress' : 'safe')
} as const satisfies ReferenceModel
