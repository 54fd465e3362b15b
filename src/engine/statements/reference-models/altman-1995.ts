import type { ReferenceModel } from './reference-model.ts'
import { between, over, retainedEarningsToAssets, workingCapitalToAssets } from './variables.ts'

/**
 * The rating whose US bonds have scores like this, by the lower bound of each: a score on a bound
 * is the rating below it.
 */
const RATING_BOUNDS: readonly (readonly [above: number, rating: string])[] = [
  [8.15, 'AAA'],
  [7.6, 'AA+'],
  [7.3, 'AA'],
  [7, 'AA-'],
  [6.85, 'A+'],
  [6.65, 'A'],
  [6.4, 'A-'],
  [6.25, 'BBB+'],
  [5.85, 'BBB'],
  [5.65, 'BBB-'],
  [5.25, 'BB+'],
  [4.95, 'BB'],
  [4.75, 'BB-'],
  [4.5, 'B+'],
  [4.15, 'B'],
  [3.75, 'B-'],
  [3.2, 'CCC+'],
  [2.5, 'CCC'],
  [1.75, 'CCC-']
]

const bondRating = (value: number): string => RATING_BOUNDS.find(([above]) => value > above)?.[1] ?? 'D'

const FOUR_VARIABLES = {
  workingCapitalToAssets: workingCapitalToAssets(6.56),
  retainedEarningsToAssets: retainedEarningsToAssets(3.26),
  ebitToAssets: over(6.72, 'ebit', 'totalAssets'),
  equityToLiabilities: over(1.05, 'equity', 'totalLiabilities')
}

/**
 * Altman's Z″ for companies of any industry, without sales:
 *
 *     6.56 working capital / assets + 3.26 retained earnings / assets + 6.72 EBIT / assets
 *     + 1.05 equity / liabilities
 *
 * Above 2.60 safe, below 1.10 distress.
 */
export const altmanZDoublePrime = {
  name: { en: 'Altman Z″ (any industry)', zh: 'Altman Z″ 值（各行业）' },
  source: {
    author: 'E. I. Altman, J. Hartzell and M. Peck',
    year: 1995,
    title: 'Emerging Markets Corporate Bonds: A Scoring System',
    publication: 'Salomon Brothers'
  },
  constant: 0,
  variables: FOUR_VARIABLES,
  zone: between(1.1, 2.6)
} as const satisfies ReferenceModel

/**
 * The emerging-market form of Z″: 3.25 more, so that 0 is where bonds in default stand, with the US
 * rating whose bonds score alike, from AAA above 8.15 to D at 1.75 and below. Its zones are those
 * of Z″, 3.25 higher: above 5.85 safe, below 4.35 distress; some authors print 4.15, the lower
 * bound of the rating B.
 */
export const altmanEmergingMarket = {
  name: { en: 'Altman Z″ for emerging markets (EM score)', zh: 'Altman Z″ 值（新兴市场）' },
  source: {
    author: 'E. I. Altman, J. Hartzell and M. Peck',
    year: 1995,
    title: 'Emerging Markets Corporate Bonds: A Scoring System',
    publication: 'Salomon Brothers'
  },
  constant: 3.25,
  variables: FOUR_VARIABLES,
  zone: between(4.35, 5.85),
  ratingEquivalent: bondRating
} as const satisfies ReferenceModel
