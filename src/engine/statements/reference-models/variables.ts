import type { ItemId } from '../statement-items.ts'
import type { Compute, ItemReader, ReferenceZone, Variable } from './reference-model.ts'

/** A figure of this statement. */
export const figure =
  (id: ItemId): Compute =>
  (now) =>
    now(id)

/** A quotient of two figures of this statement. */
export function quotient(
  coefficient: number,
  formula: string,
  items: readonly ItemId[],
  numerator: Compute,
  denominator: Compute
): Variable {
  const of: Compute = (now, before, context) => numerator(now, before, context) / denominator(now, before, context)
  return { coefficient, formula, items, priorItems: [], optional: [], of, denominators: [denominator] }
}

/** One figure over another. */
export const over = (coefficient: number, numerator: ItemId, denominator: ItemId): Variable =>
  quotient(
    coefficient,
    `${numerator} / ${denominator}`,
    [numerator, denominator],
    figure(numerator),
    figure(denominator)
  )

const WORKING_CAPITAL: Compute = (now) => now('currentAssets') - now('currentLiabilities')

/** Current assets less current liabilities, over total assets. */
export const workingCapitalToAssets = (coefficient: number): Variable =>
  quotient(
    coefficient,
    '(currentAssets - currentLiabilities) / totalAssets',
    ['currentAssets', 'currentLiabilities', 'totalAssets'],
    WORKING_CAPITAL,
    figure('totalAssets')
  )

const RETAINED_EARNINGS: Compute = (now) => now('retainedEarnings') + now('surplusReserve')

/** Profit kept in the company, with the surplus reserve where it is shown, over total assets. */
export const retainedEarningsToAssets = (coefficient: number): Variable => ({
  ...quotient(
    coefficient,
    '(retainedEarnings + surplusReserve) / totalAssets',
    ['retainedEarnings', 'totalAssets'],
    RETAINED_EARNINGS,
    figure('totalAssets')
  ),
  optional: ['surplusReserve']
})

/** Whether something holds, as 1 or 0. */
export const flag = (
  coefficient: number,
  formula: string,
  items: readonly ItemId[],
  holds: (now: ItemReader, before: ItemReader) => boolean,
  more: Partial<Pick<Variable, 'priorItems' | 'optional' | 'denominators'>> = {}
): Variable => ({
  coefficient,
  formula,
  items,
  priorItems: [],
  optional: [],
  denominators: [],
  ...more,
  of: (now, before) => (holds(now, before) ? 1 : 0)
})

/** A value on a boundary is grey: neither cleared nor condemned. */
export const between =
  (distressBelow: number, safeAbove: number) =>
  (value: number): ReferenceZone =>
    value > safeAbove ? 'safe' : value < distressBelow ? 'distress' : 'grey'
