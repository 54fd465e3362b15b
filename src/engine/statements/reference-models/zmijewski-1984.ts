import type { ReferenceModel } from './reference-model.ts'
import { over } from './variables.ts'

/**
 * Zmijewski's probit:
 *
 *     -4.336 - 4.513 net income / assets + 5.679 liabilities / assets
 *     + 0.004 current assets / current liabilities
 *
 * The probability is the normal distribution function of the value; from 0.5, that is from 0, it is
 * distress. Authors differ on the sign of the last term: with +0.004, as here, more liquidity is
 * slightly worse; its effect is mostly in the fourth digit.
 */
export const zmijewski = {
  name: { en: 'Zmijewski X', zh: 'Zmijewski X 值' },
  source: {
    author: 'M. E. Zmijewski',
    year: 1984,
    title: 'Methodological Issues Related to the Estimation of Financial Distress Prediction Models',
    publication: 'Journal of Accounting Research 22 (Supplement), 59-82'
  },
  constant: -4.336,
  variables: {
    netIncomeToAssets: over(-4.513, 'netIncome', 'totalAssets'),
    liabilitiesToAssets: over(5.679, 'totalLiabilities', 'totalAssets'),
    currentRatio: over(0.004, 'currentAssets', 'currentLiabilities')
  },
  zone: (value) => (value >= 0 ? 'distress' : 'safe'),
  probability: normal
} as const satisfies ReferenceModel

/**
 * The standard normal distribution function, by the series of its integral from 0; beyond 8
 * standard deviations it is 0 or 1 to more than six decimals.
 */
function normal(value: number): number {
  if (Math.abs(value) > 8) return value > 0 ? 1 : 0
  let term = value
  let sum = value
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= (value * value) / odd
    sum += term
  }
  return 0.5 + (sum * Math.exp((-value * value) / 2)) / Math.sqrt(2 * Math.PI)
}
