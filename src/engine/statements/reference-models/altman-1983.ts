import type { ReferenceModel } from './reference-model.ts'
import { between, over, retainedEarningsToAssets, workingCapitalToAssets } from './variables.ts'

/**
 * Altman's Z′ for unlisted manufacturers, with the book value of equity:
 *
 *     0.717 working capital / assets + 0.847 retained earnings / assets + 3.107 EBIT / assets
 *     + 0.420 equity / liabilities + 0.998 sales / assets
 *
 * Above 2.90 safe, below 1.23 distress.
 */
export const altmanZPrime = {
  name: { en: 'Altman Z′ (unlisted manufacturers)', zh: 'Altman Z′ 值（非上市制造企业）' },
  source: {
    author: 'E. I. Altman',
    year: 1983,
    title: 'Corporate Financial Distress: A Complete Guide to Predicting, Avoiding and Dealing with Bankruptcy',
    publication: 'Wiley'
  },
  constant: 0,
  variables: {
    workingCapitalToAssets: workingCapitalToAssets(0.717),
    retainedEarningsToAssets: retainedEarningsToAssets(0.847),
    ebitToAssets: over(3.107, 'ebit', 'totalAssets'),
    equityToLiabilities: over(0.42, 'equity', 'totalLiabilities'),
    salesToAssets: over(0.998, 'revenue', 'totalAssets')
  },
  zone: between(1.23, 2.9)
} as const satisfies ReferenceModel
