import type { BusinessDate } from '../values/dates.ts'
import {
  type AppliedRate,
  convertMinor,
  type Exchanged,
  type OriginalMoney,
  type RateBasis,
  rateText
} from '../values/exchange-rate.ts'
import { type Money, minorOf, toMoney } from '../values/money.ts'
import type { ItemAmounts } from './exposure-item.ts'

/** What a converted document was before, as stored; all null for one in the account's currency. */
export interface Originals {
  readonly originalCurrency: string | null
  /** In minor units of that currency. */
  readonly originalMinor: number | null
  readonly rate: string | null
  readonly rateOn: BusinessDate | null
  readonly rateBasis: RateBasis | null
}

/**
 * What is stored of money that was converted with a rate; null for money in the account's currency.
 * Throws RangeError for invalid money.
 */
export function originalsOf(money: Money, rate: AppliedRate | null): Originals {
  if (rate === null) return { originalCurrency: null, originalMinor: null, rate: null, rateOn: null, rateBasis: null }
  return {
    originalCurrency: money.currency,
    originalMinor: minorOf(money),
    rate: rate.rate,
    rateOn: rate.rateOn,
    rateBasis: rate.basis
  }
}

/** The same as it is answered; null of a document in the account's currency. */
export function originalMoneyOf(originals: Originals): OriginalMoney | null {
  const { originalCurrency, originalMinor } = originals
  const applied = appliedRateOf(originals)
  if (originalCurrency === null || originalMinor === null || applied === null) return null
  const { rate, rateOn: ratedOn, basis } = applied
  return { ...toMoney(originalMinor, originalCurrency), rate: Number(rate), ratedOn, basis }
}

/** The rate that a document was converted with; null of one in the account's currency. */
export function appliedRateOf({ rate, rateOn, rateBasis }: Originals): AppliedRate | null {
  return rate === null || rateOn === null || rateBasis === null ? null : { rate, rateOn, basis: rateBasis }
}

/** The rate that made money what it is in the account's currency. */
export function rateOf({ rate, ratedOn: rateOn, basis }: OriginalMoney): AppliedRate {
  return { rate: rateText(rate), rateOn, basis }
}

/** The amounts of an invoice in the account's currency and in its own, which may be the same. */
export function amountsInOwnCurrency(
  {
    amountMinor,
    openMinor,
    originalCurrency,
    originalMinor,
    openOriginalMinor
  }: Originals & {
    readonly amountMinor: number
    readonly openMinor: number
    readonly openOriginalMinor: number | null
  },
  accountCurrency: string
): ItemAmounts & { readonly currency: string } {
  return {
    currency: originalCurrency ?? accountCurrency,
    amountMinor,
    openMinor,
    originalMinor: originalMinor ?? amountMinor,
    openOriginalMinor: openOriginalMinor ?? openMinor
  }
}

/**
 * The next of several parts of one document, converted so that the parts add up to what their sum
 * is converted to. `earlierMinor` is the sum of those before. Undefined under the conditions of
 * `convertMinor`.
 */
export function convertPart(
  { partMinor, earlierMinor }: { readonly partMinor: number; readonly earlierMinor: number },
  exchanged: Exchanged,
  rate: AppliedRate
): number | undefined {
  const [before, after] = [earlierMinor, earlierMinor + partMinor].map((minor) => convertMinor(minor, exchanged, rate))
  return before === undefined || after === undefined ? undefined : after - before
}

/** Rounding may carry a converted amount one minor unit beyond what is open; that is no excess. */
export function withinOpen(amountMinor: number, openMinor: number): number {
  return amountMinor === openMinor + 1 ? openMinor : amountMinor
}
