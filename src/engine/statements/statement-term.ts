import type { CompletedStatement } from './statement.ts'
import { ITEM_IDS, type ItemId, STATEMENT_ITEMS } from './statement-items.ts'

/** One item of a term. */
interface TermPart {
  readonly id: ItemId
  /** In ITEM_IDS. */
  readonly place: number
  readonly sign: 1 | -1
  /** Many sets of accounts rightly lack it: absent, it counts as none. */
  readonly optional: boolean
}

/**
 * A figure that is made of items, either all balances of the period's end or all flows of the
 * period.
 */
export interface Term {
  readonly parts: readonly TermPart[]
  readonly isFlow: boolean
  /** In item ids: `currentAssets - inventories`. */
  readonly formula: string
}

/**
 * Why a quotient of figures has no value. `negative_base`: the sign of the denominator would make a
 * bad figure look good.
 */
export const RATIO_GAPS = ['zero_denominator', 'missing_item', 'negative_base'] as const
export type RatioGap = (typeof RATIO_GAPS)[number]

const partOf =
  (sign: TermPart['sign'], optional: boolean) =>
  (id: ItemId): TermPart => ({ id, place: ITEM_IDS.indexOf(id), sign, optional })

/** A part that is needed, and added. */
export const plus = partOf(1, false)
/** A part that is needed, and deducted. */
export const minus = partOf(-1, false)
/** A part that is added where it is known. */
export const plusIfKnown = partOf(1, true)
/** A part that is deducted where it is known. */
const minusIfKnown = partOf(-1, true)

/** The term of these parts, the first of which is added. */
export function termOf(...parts: readonly [TermPart, ...TermPart[]]): Term {
  return {
    parts,
    isFlow: STATEMENT_ITEMS[parts[0].id].part !== 'balanceSheet',
    formula: parts.map(({ id, sign }, index) => (index === 0 ? id : `${sign === 1 ? '+' : '-'} ${id}`)).join(' ')
  }
}

/** A single item as a term. */
export const one = (id: ItemId): Term => termOf(plus(id))

/**
 * A term in hundredths of the statement's unit: a whole number, so nothing is lost in a sum. NaN
 * where a needed item is not known.
 */
export function centsOf({ parts }: Term, { cents }: CompletedStatement): number {
  let sum = 0
  for (const { place, sign, optional } of parts) {
    const value = cents[place] ?? Number.NaN
    if (!optional || !Number.isNaN(value)) sum += sign * value
  }
  return sum
}

/** The needed items of a term that a statement lacks. */
export function missingIn({ parts }: Term, statement: CompletedStatement | undefined): ItemId[] {
  return parts.flatMap(({ id, place, optional }) =>
    optional || !Number.isNaN(statement?.cents[place] ?? Number.NaN) ? [] : [id]
  )
}

/** The items of a term that a statement has, with their values in its unit. */
export function givenIn({ parts }: Term, { cents }: CompletedStatement): [ItemId, number][] {
  return parts.flatMap(({ id, place }): [ItemId, number][] => {
    const value = cents[place] ?? Number.NaN
    return Number.isNaN(value) ? [] : [[id, value / 100]]
  })
}

const INTEREST_BEARING = [
  plus('shortTermBorrowings'),
  plusIfKnown('currentPortionOfLongTermDebt'),
  plus('longTermBorrowings'),
  plusIfKnown('bondsPayable'),
  plusIfKnown('leaseLiabilities')
] as const

/** All interest-bearing debt: a company that moves its loans into bonds or leases owes no less. */
export const BORROWINGS = termOf(...INTEREST_BEARING)

/** Interest-bearing debt with equity: all that was put in. */
export const CAPITAL = termOf(...INTEREST_BEARING, plus('equity'))

/** Interest-bearing debt less cash; negative where there is more cash than debt. */
export const NET_DEBT = termOf(...INTEREST_BEARING, minus('cashAndEquivalents'))

/**
 * Equity without what would be worth little in a liquidation. Intangible assets that a statement
 * does not show count as none.
 */
export const TANGIBLE_NET_WORTH = termOf(
  plus('equity'),
  minusIfKnown('intangibleAssets'),
  minusIfKnown('developmentExpenditure'),
  minusIfKnown('goodwill')
)

/**
 * Profit kept in the company: what a Chinese company has to put aside as surplus reserve is profit
 * kept, which its form shows on a line of its own.
 */
export const RETAINED_EARNINGS = termOf(plus('retainedEarnings'), plusIfKnown('surplusReserve'))

/** What is left of the current assets once the current liabilities are paid. */
export const WORKING_CAPITAL = termOf(plus('currentAssets'), minus('currentLiabilities'))
