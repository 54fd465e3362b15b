import type { ReferenceModel } from './reference-model.ts'
import { over, workingCapitalToAssets } from './variables.ts'

/**
 * Springate's S:
 *
 *     1.03 working capital / assets + 3.07 EBIT / assets
 *     + 0.66 profit before tax / current liabilities + 0.4 sales / assets
 *
 * Below 0.862 distress.
 */
export const springate = {
  name: { en: 'Springate S', zh: 'Springate S 值' },
  source: {
    author: 'G. L. V. Springate',
    year: 1978,
    title: 'Predicting the Possibility of Failure in a Canadian Firm',
    publication: 'M.B.A. research project, Simon Fraser University'
  },
  constant: 0,
  variables: {
    workingCapitalToAssets: workingCapitalToAssets(1.03),
    ebitToAssets: over(3.07, 'ebit', 'totalAssets'),
    profitBeforeTaxToCurrentLiabilities: over(0.66, 'profitBeforeTax', 'currentLiabilities'),
    salesToAssets: over(0.4, 'revenue', 'totalAssets')
  },
  zone: (value) => (value < 0.862 ? 'distress' : 'safe')
} as const satisfies ReferenceModel
