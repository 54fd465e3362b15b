import { proportionOf } from '../values/exchange-rate.ts'
import type { ItemAmounts } from './exposure-item.ts'

/**
 * What is open of an invoice, or unapplied of a payment: in the account's currency and in the
 * document's own, in minor units, 0 or more.
 */
export type OpenAmounts = Pick<ItemAmounts, 'openMinor' | 'openOriginalMinor'>

/**
 * What is left after a part, in the document's own currency, is taken. The parts add up to the
 * whole however they are cut, and the last one leaves nothing in either currency. Undefined when
 * more would be taken than there is.
 */
export function afterTaking(
  { openMinor, openOriginalMinor }: OpenAmounts,
  takenOriginalMinor: number
): OpenAmounts | undefined {
  const leftMinor = openOriginalMinor - takenOriginalMinor
  if (leftMinor < 0) return undefined
  return { openMinor: proportionOf(openMinor, leftMinor, openOriginalMinor), openOriginalMinor: leftMinor }
}

/**
 * The part of a document, in its own currency, that counts for this much in the account's: at most
 * all of it.
 */
export function partWorth(valueMinor: number, { openMinor, openOriginalMinor }: OpenAmounts): number {
  return valueMinor >= openMinor ? openOriginalMinor : proportionOf(openOriginalMinor, valueMinor, openMinor)
}

/** What one document settles of another, each part in the currency of its document. */
export interface Settlement {
  readonly usedMinor: number
  readonly settledMinor: number
}

/**
 * As much of an invoice as a credit can settle. In one currency a unit settles a unit, whatever the
 * two were converted with; otherwise equal amounts in the account's currency settle each other.
 */
export function largestSettlement(credit: OpenAmounts, invoice: OpenAmounts, isSameCurrency: boolean): Settlement {
  if (isSameCurrency) {
    const minor = Math.min(credit.openOriginalMinor, invoice.openOriginalMinor)
    return { usedMinor: minor, settledMinor: minor }
  }
  const valueMinor = Math.min(credit.openMinor, invoice.openMinor)
  return { usedMinor: partWorth(valueMinor, credit), settledMinor: partWorth(valueMinor, invoice) }
}

/**
 * The amounts of an invoice that is stated anew, converted with the rate that it had. What was
 * settled before keeps its amount in the account's currency, so that an invoice whose settlements
 * are whole is whole itself; only a different settled part moves it. `before` is absent of an
 * invoice of which nothing is recorded in this currency.
 */
export function restated(
  before: ItemAmounts | undefined,
  { amountMinor, originalMinor }: Pick<ItemAmounts, 'amountMinor' | 'originalMinor'>,
  openOriginalMinor: number
): ItemAmounts {
  const settledMinor = before === undefined ? 0 : before.amountMinor - before.openMinor
  const settledOriginalMinor = before === undefined ? 0 : before.originalMinor - before.openOriginalMinor
  const moreMinor = originalMinor - openOriginalMinor - settledOriginalMinor
  const common = { originalMinor, openOriginalMinor }
  if (openOriginalMinor === 0 && moreMinor === 0 && settledMinor > 0)
    return { amountMinor: settledMinor, openMinor: 0, ...common }
  const shareMinor = proportionOf(amountMinor, openOriginalMinor, originalMinor)
  const restMinor = Math.max(0, amountMinor - settledMinor)
  if (moreMinor === 0) return { amountMinor, openMinor: restMinor, ...common }
  return { amountMinor, openMinor: Math[moreMinor > 0 ? 'min' : 'max'](shareMinor, restMinor), ...common }
}
