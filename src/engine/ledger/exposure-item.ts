import { proportionOf } from '../values/exchange-rate.ts'

/**
 * What an item of the ledger is: an order, a delivery that is not invoiced, or something special,
 * such as a down payment or a provision.
 */
export const ITEM_CATEGORIES = ['order', 'delivery', 'special'] as const
export type ItemCategory = (typeof ITEM_CATEGORIES)[number]

/**
 * The parts of an exposure by what stands behind them, in the order in which they are answered.
 * What lowers it is below zero.
 */
export const ITEMISED_CATEGORIES = ['order', 'delivery', 'invoice', 'credit_note', 'unapplied_cash', 'special'] as const
export type ItemisedCategory = (typeof ITEMISED_CATEGORIES)[number]

/**
 * `open` counts. `held`: the reservation of its order counts in its place, and its open amount
 * counts again when that ends without it. `converted`: all of it became other documents. `closed`:
 * it was ended.
 */
export const ITEM_STATES = ['open', 'held', 'converted', 'closed'] as const
export type ItemState = (typeof ITEM_STATES)[number]

/**
 * The amounts of an item: the whole document and what of it is open, in the account's currency and
 * in the document's own.
 */
export interface ItemAmounts {
  readonly amountMinor: number
  readonly openMinor: number
  readonly originalMinor: number
  readonly openOriginalMinor: number
}

/**
 * The amounts after a part of the item, in its own currency, became another document; below 0:
 * after it was given back. What is open in the account's currency is the open share of the whole,
 * so that parts add up to the whole however they are cut. Undefined when more would be taken than
 * is open, or more given back than was taken.
 */
export function afterConversion(item: ItemAmounts, takenOriginalMinor: number): ItemAmounts | undefined {
  return withOpen(item, item.openOriginalMinor - takenOriginalMinor)
}

/**
 * The amounts after the document changed: what was converted stays converted. Undefined when the
 * new amount is less than that.
 */
export function afterChange(
  before: ItemAmounts | undefined,
  { amountMinor, originalMinor }: Pick<ItemAmounts, 'amountMinor' | 'originalMinor'>
): ItemAmounts | undefined {
  const convertedMinor = before === undefined ? 0 : before.originalMinor - before.openOriginalMinor
  return withOpen({ amountMinor, originalMinor }, originalMinor - convertedMinor)
}

/**
 * The state of an item that is neither held nor closed: `converted` when its whole amount has
 * become other documents, else `open`.
 */
export function freeState({
  originalMinor,
  openOriginalMinor
}: Pick<ItemAmounts, 'originalMinor' | 'openOriginalMinor'>): 'open' | 'converted' {
  return openOriginalMinor === 0 && originalMinor !== 0 ? 'converted' : 'open'
}

/** An item and its open amount, as the journal names them. */
export interface OpenAmount {
  readonly source: string
  readonly itemId: string
  readonly openMinor: number
}

/** The open amounts of items, without their other fields. */
export function openAmountsOf(items: readonly OpenAmount[]): OpenAmount[] {
  return items.map(({ source, itemId, openMinor }) => ({ source, itemId, openMinor }))
}

/** The open amount of some items, in minor units of the account's currency. */
export function totalOpenMinor(items: readonly Pick<ItemAmounts, 'openMinor'>[]): number {
  return items.reduce((sum, { openMinor }) => sum + openMinor, 0)
}

/** What a capture takes: in the currency of the account, and in its own. */
export interface CapturedAmounts {
  readonly amountMinor: number
  readonly originalMinor: number
  readonly originalCurrency: string
}

/**
 * The amounts of the items of a reservation after a capture. The captured amount became another
 * document, so it is taken off the items, from the first on: in the currency of the capture as it
 * is, in any other by what it comes to in the currency of the account. What exceeds the items was
 * never in them.
 */
export function afterCapture<Item extends ItemAmounts & { readonly originalCurrency: string }>(
  items: readonly Item[],
  { amountMinor, originalMinor, originalCurrency }: CapturedAmounts
): Item[] {
  let leftMinor = amountMinor
  return items.map((item) => {
    const wanted =
      item.originalCurrency === originalCurrency
        ? proportionOf(originalMinor, leftMinor, amountMinor)
        : proportionOf(item.originalMinor, leftMinor, item.amountMinor)
    const taken = Math.min(wanted, item.openOriginalMinor)
    const after = withOpen(item, item.openOriginalMinor - taken)
    if (after === undefined) throw new Error('no more is taken than is open')
    if (taken === wanted) leftMinor = 0
    else leftMinor = Math.max(0, leftMinor - (item.openMinor - after.openMinor))
    return { ...item, ...after }
  })
}

function withOpen(
  { amountMinor, originalMinor }: Pick<ItemAmounts, 'amountMinor' | 'originalMinor'>,
  openOriginalMinor: number
): ItemAmounts | undefined {
  const [least, most] = originalMinor < 0 ? [originalMinor, 0] : [0, originalMinor]
  if (openOriginalMinor < least || openOriginalMinor > most) return undefined
  const openMinor = proportionOf(amountMinor, openOriginalMinor, originalMinor)
  return { amountMinor, openMinor, originalMinor, openOriginalMinor }
}
