import type { ItemId } from '../statement-items.ts'
import type { ItemReader, ReferenceModel, Variable } from './reference-model.ts'
import { figure, flag } from './variables.ts'

/** A signal that compares this statement with the prior one: both need the same items. */
const change = (
  formula: string,
  items: readonly ItemId[],
  holds: (now: ItemReader, before: ItemReader) => boolean,
  denominator?: ItemId,
  optional: readonly ItemId[] = []
): Variable =>
  flag(1, formula, items, holds, {
    priorItems: items,
    optional,
    denominators: denominator === undefined ? [] : [figure(denominator), (_now, before) => before(denominator)]
  })

const LONG_TERM_DEBT = (read: ItemReader): number =>
  read('longTermBorrowings') + read('currentPortionOfLongTermDebt') + read('bondsPayable')

/**
 * Piotroski's F: how many of nine signals are good, each 1 or 0. 8 and 9 are strong, 0 and 1 weak,
 * as in the paper.
 *
 * Where a signal compares two years, both are taken on the assets at their own end: the paper
 * divides by opening assets, and borrowings by average ones, which would need a third statement. An
 * issue of shares is seen by its trace, a rise of issued capital. What is equal to the year before
 * is not better, except that no issue is good.
 */
export const piotroskiF = {
  name: { en: 'Piotroski F', zh: 'Piotroski F 分' },
  source: {
    author: 'J. D. Piotroski',
    year: 2000,
    title: 'Value Investing: The Use of Historical Financial Statement Information to Separate Winners from Losers',
    publication: 'Journal of Accounting Research 38 (Supplement), 1-41'
  },
  constant: 0,
  variables: {
    profit: flag(1, 'netIncome > 0', ['netIncome'], (now) => now('netIncome') > 0),
    cashFlow: flag(
      1,
      'netCashFromOperatingActivities > 0',
      ['netCashFromOperatingActivities'],
      (now) => now('netCashFromOperatingActivities') > 0
    ),
    returnOnAssetsUp: change(
      'netIncome / totalAssets > priorNetIncome / priorTotalAssets',
      ['netIncome', 'totalAssets'],
      (now, before) => now('netIncome') * before('totalAssets') > before('netIncome') * now('totalAssets'),
      'totalAssets'
    ),
    cashFlowAboveProfit: flag(
      1,
      'netCashFromOperatingActivities > netIncome',
      ['netCashFromOperatingActivities', 'netIncome'],
      (now) => now('netCashFromOperatingActivities') > now('netIncome')
    ),
    longTermDebtToAssetsDown: change(
      '(longTermBorrowings + currentPortionOfLongTermDebt + bondsPayable) / totalAssets < the same of the prior year',
      ['longTermBorrowings', 'totalAssets'],
      (now, before) => LONG_TERM_DEBT(now) * before('totalAssets') < LONG_TERM_DEBT(before) * now('totalAssets'),
      'totalAssets',
      ['currentPortionOfLongTermDebt', 'bondsPayable']
    ),
    currentRatioUp: change(
      'currentAssets / currentLiabilities > priorCurrentAssets / priorCurrentLiabilities',
      ['currentAssets', 'currentLiabilities'],
      (now, before) =>
        now('currentAssets') * before('currentLiabilities') > before('currentAssets') * now('currentLiabilities'),
      'currentLiabilities'
    ),
    noSharesIssued: change(
      'shareCapital <= priorShareCapital',
      ['shareCapital'],
      (now, before) => now('shareCapital') <= before('shareCapital')
    ),
    grossMarginUp: change(
      'grossProfit / revenue > priorGrossProfit / priorRevenue',
      ['grossProfit', 'revenue'],
      (now, before) => now('grossProfit') * before('revenue') > before('grossProfit') * now('revenue'),
      'revenue'
    ),
    assetTurnoverUp: change(
      'revenue / totalAssets > priorRevenue / priorTotalAssets',
      ['revenue', 'totalAssets'],
      (now, before) => now('revenue') * before('totalAssets') > before('revenue') * now('totalAssets'),
      'totalAssets'
    )
  },
  zone: (value) => (value >= 8 ? 'strong' : value <= 1 ? 'weak' : 'middling')
} as const satisfies ReferenceModel
