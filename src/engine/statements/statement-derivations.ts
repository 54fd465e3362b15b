import { ITEM_IDS, type ItemId } from './statement-items.ts'
import { BALANCE_SHEET_SUMS, CASH_FLOW_SUMS, INCOME_SUMS, type Sum } from './statement-sums.ts'

/** How an item follows from others. */
export interface Derivation {
  readonly item: ItemId
  /** In item ids: `revenue - costOfSales`. */
  readonly formula: string
  /** Places in ITEM_IDS. */
  readonly target: number
  readonly plus: readonly number[]
  readonly minus: readonly number[]
  /** It does not hold where this item is given. */
  readonly unless: number | undefined
}

const placeOf = (id: ItemId): number => ITEM_IDS.indexOf(id)

const derive = (item: ItemId, plus: readonly ItemId[], minus: readonly ItemId[] = [], unless?: ItemId): Derivation => ({
  item,
  formula: [plus.join(' + '), ...minus].join(' - '),
  target: placeOf(item),
  plus: plus.map(placeOf),
  minus: minus.map(placeOf),
  unless: unless === undefined ? undefined : placeOf(unless)
})

const ofSum = ({ whole, plus, minus, within }: Sum): Derivation => derive(whole, plus, minus, within)

/**
 * Every rule by which an absent item is filled in, by priority: the first whose items are known
 * counts. Operating profit stands in for earnings before interest and tax only where nothing better
 * is known: on the Chinese form it is after interest (财务费用).
 */
export const DERIVATIONS: readonly Derivation[] = [
  derive('totalAssets', ['currentAssets', 'nonCurrentAssets']),
  derive('totalLiabilities', ['currentLiabilities', 'nonCurrentLiabilities']),
  derive('totalAssets', ['totalLiabilities', 'equity']),
  derive('totalLiabilities', ['totalAssets'], ['equity']),
  derive('equity', ['totalAssets'], ['totalLiabilities']),
  derive('nonCurrentAssets', ['totalAssets'], ['currentAssets']),
  derive('currentAssets', ['totalAssets'], ['nonCurrentAssets']),
  derive('nonCurrentLiabilities', ['totalLiabilities'], ['currentLiabilities']),
  derive('currentLiabilities', ['totalLiabilities'], ['nonCurrentLiabilities']),
  derive('grossProfit', ['revenue'], ['costOfSales']),
  derive('profitBeforeTax', ['netIncome', 'incomeTax']),
  derive('ebit', ['ebitda'], ['depreciationAndAmortisation']),
  derive('ebit', ['profitBeforeTax', 'interestExpense']),
  derive('ebitda', ['ebit', 'depreciationAndAmortisation']),
  ...[...BALANCE_SHEET_SUMS, ...INCOME_SUMS, ...CASH_FLOW_SUMS]
    .filter(({ companyAlone }) => companyAlone !== true)
    .map(ofSum),
  derive('equityAttributableToOwners', ['equity'], ['nonControllingInterests']),
  derive('costOfSales', ['revenue'], ['grossProfit']),
  derive('operatingExpenses', [
    'sellingExpenses',
    'administrativeExpenses',
    'researchAndDevelopmentExpenses',
    'financeExpenses'
  ]),
  derive('operatingProfit', ['profitBeforeTax', 'nonOperatingExpenses'], ['nonOperatingIncome']),
  derive('profitAttributableToOwners', ['netIncome'], ['profitAttributableToNonControllingInterests']),
  derive('ebit', ['operatingProfit'])
]
