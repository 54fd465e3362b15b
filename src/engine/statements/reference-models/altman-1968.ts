import type { ReferenceModel } from './reference-model.ts'
import { between, over, retainedEarningsToAssets, workingCapitalToAssets } from './variables.ts'

/**
 * Altman's Z for listed manufacturers:
 *
 *     1.2 working capital / assets + 1.4 retained earnings / assets + 3.3 EBIT / assets
 *     + 0.6 market value of equity / liabilities + 1.0 sales / assets
 *
 * Above 2.99 safe, below 1.81 distress. The paper has 0.999 for sales and prints the first four for
 * ratios in percent; the rounded form is Altman's own in later work.
 */
export const altmanZ = {
  name: { en: 'Altman Z (listed manufacturers)', zh: 'Altman Z 值（上市制造企业）' },
  source: {
    author: 'E. I. Altman',
    year: 1968,
    title: 'Financial Ratios, Discriminant Analysis and the Prediction of Corporate Bankruptcy',
    publication: 'Journal of Finance 23(4), 589-609'
  },
  constant: 0,
  variables: {
    workingCapitalToAssets: workingCapitalToAssets(1.2),
    retainedEarningsToAssets: retainedEarningsToAssets(1.4),
    ebitToAssets: over(3.3, 'ebit', 'totalAssets'),
    marketValueToLiabilities: over(0.6, 'marketValueOfEquity', 'totalLiabilities'),
    salesToAssets: over(1, 'revenue', 'totalAssets')
  },
  zone: between(1.81, 2.99)
} as const satisfies ReferenceModel
