import type { BusinessDate } from '../values/dates.ts'
import { type AppliedRate, convertMinor, proportionOf } from '../values/exchange-rate.ts'
import { AMOUNT_MINOR_MAX } from '../values/money.ts'
import { BILLION, billionthsOf } from '../values/shares.ts'
import type { ItemAmounts } from './exposure-item.ts'
import { appliedRateOf, type Originals } from './original-money.ts'

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

/** An invoice and a credit in two currencies, of an account that may be in a third. */
interface Between {
  readonly invoice: Originals
  readonly credit: Originals
  readonly accountCurrency: string
}

/**
 * The two sides of a settlement in the account's currency, at the rates of the money's day. An
 * invoice of a currency that had no rate by then is valued with its own.
 */
export function settlementWorth(
  { usedMinor, settledMinor }: Settlement,
  { invoice, credit, accountCurrency }: Between,
  ratesOfDay: ReadonlyMap<string, AppliedRate>
): Settlement {
  const valued = (minor: number, currency: string | null, rate: AppliedRate | null) =>
    currency === null || rate === null
      ? minor
      : (convertMinor(minor, { from: currency, to: accountCurrency }, rate) ?? AMOUNT_MINOR_MAX)
  const ofInvoice = ratesOfDay.get(invoice.originalCurrency ?? accountCurrency) ?? appliedRateOf(invoice)
  return {
    usedMinor: valued(usedMinor, credit.originalCurrency, appliedRateOf(credit)),
    settledMinor: valued(settledMinor, invoice.originalCurrency, ofInvoice)
  }
}

/**
 * The part of a stated settlement between two currencies that counts. Neither side counts for more
 * than the other one is worth in the account's currency, but for a share of that and the minor unit
 * to which it was rounded. `worth` holds both as they were stated, at the rates of the day.
 */
export function believedSettlement(stated: Settlement, worth: Settlement, shareMax: number): Settlement {
  return {
    usedMinor: believedPart(stated.usedMinor, worth.usedMinor, mostBeside(worth.settledMinor, shareMax)),
    settledMinor: believedPart(stated.settledMinor, worth.settledMinor, mostBeside(worth.usedMinor, shareMax))
  }
}

/** Whether all of a stated settlement counts. */
export function isBelieved({ usedMinor, settledMinor }: Settlement, shareMax: number): boolean {
  return usedMinor <= mostBeside(settledMinor, shareMax) && settledMinor <= mostBeside(usedMinor, shareMax)
}

/** The most that one side may be worth beside the other. */
function mostBeside(otherMinor: number, shareMax: number): number {
  return otherMinor + proportionOf(otherMinor, billionthsOf(shareMax), BILLION) + 1
}

/** What is cut still settles something. */
function believedPart(minor: number, worthMinor: number, mostMinor: number): number {
  if (worthMinor <= mostMinor) return minor
  return Math.max(1, Number((BigInt(minor) * BigInt(mostMinor)) / BigInt(worthMinor)))
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

/** What was agreed about an early-payment discount. */
interface DiscountTerms {
  /** Share 0..1 of what is paid and taken together. */
  readonly share: number
  /** The last day on which money earns it. */
  readonly earnedUntil: BusinessDate
}

/** Something that has settled the invoice, in the invoice's currency. */
interface Settled {
  readonly by: 'payment' | 'discount' | 'other'
  readonly settledOn: BusinessDate
  readonly minor: number
}

/** What the money of an invoice earned. */
export interface EarnedDiscount {
  /** The money that came in time. */
  readonly moneyMinor: number
  /** What was taken of the discount before. */
  readonly takenMinor: number
  /** The most that may be taken now, 0 or more. */
  readonly mostMinor: number
  /** The last day in time on which money came; undefined: none did. */
  readonly earnedOn: BusinessDate | undefined
}

/**
 * The discount that the money of an invoice has earned. Money in time is what is left of the amount
 * that it settles after the share is taken off: discount = money × share / (1 − share). All in the
 * invoice's currency.
 */
export function earnedDiscount(settled: readonly Settled[], { share, earnedUntil }: DiscountTerms): EarnedDiscount {
  const inTime = settled.filter(({ by, settledOn }) => by === 'payment' && settledOn <= earnedUntil)
  const taken = settled.filter(({ by }) => by === 'discount')
  const sumOf = (parts: readonly Settled[]) => parts.reduce((sum, { minor }) => sum + minor, 0)
  const [moneyMinor, takenMinor] = [sumOf(inTime), sumOf(taken)]
  const earnedOn = inTime
    .map(({ settledOn }) => settledOn)
    .toSorted()
    .at(-1)
  return { moneyMinor, takenMinor, mostMinor: discountLeft({ moneyMinor, takenMinor }, share), earnedOn }
}

/**
 * What is left of a discount. Whoever takes a share off rounds down, or a half up, so the fraction
 * of a minor unit counts as one.
 */
export function discountLeft(
  { moneyMinor, takenMinor }: Pick<EarnedDiscount, 'moneyMinor' | 'takenMinor'>,
  share: number
): number {
  const taken = BigInt(billionthsOf(share))
  const paid = BigInt(BILLION) - taken
  const earnedMinor = paid <= 0n ? 0 : Number((BigInt(moneyMinor) * taken + paid - 1n) / paid)
  return Math.max(0, earnedMinor - takenMinor)
}
