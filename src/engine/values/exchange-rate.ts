import type { BusinessDate } from './dates.ts'
import { AMOUNT_MINOR_MAX, CURRENCY_EXPONENTS, type Money, parseAmount } from './money.ts'

/**
 * Which way round a rate was given: from the amount's currency to the one wanted, or from the one
 * wanted to the amount's.
 */
export const RATE_BASES = ['direct', 'inverse'] as const
export type RateBasis = (typeof RATE_BASES)[number]

/** A recorded rate as it is applied to an amount. */
export interface AppliedRate {
  /**
   * Units of the quote currency that one unit of the base costs: a decimal text above 0, as it was
   * recorded.
   */
  readonly rate: string
  /** The day for which it was recorded. */
  readonly rateOn: BusinessDate
  readonly basis: RateBasis
}

/** The currency of an amount, and the one that it is wanted in. */
export interface Exchanged {
  readonly from: string
  readonly to: string
}

/**
 * An amount in another currency, in minor units: exact rational arithmetic on the recorded decimal
 * rate, then rounded once to the minor unit, a half away from zero. A direct rate multiplies, an
 * inverse one divides, without an intermediate rounding. Undefined when the rate is no decimal
 * above 0, when a currency is unknown, or when the result is beyond AMOUNT_MINOR_MAX.
 */
export function convertMinor(
  amountMinor: number,
  { from, to }: Exchanged,
  { rate, basis }: Pick<AppliedRate, 'rate' | 'basis'>
): number | undefined {
  const fromExponent = CURRENCY_EXPONENTS.get(from)
  const toExponent = CURRENCY_EXPONENTS.get(to)
  const parsed = fractionOf(rate)
  if (fromExponent === undefined || toExponent === undefined || parsed === undefined) return undefined
  const [over, under] = basis === 'direct' ? parsed : [parsed[1], parsed[0]]
  const numerator = BigInt(amountMinor) * over * 10n ** BigInt(toExponent)
  const denominator = under * 10n ** BigInt(fromExponent)
  const rounded = Number(halfAwayFromZero(numerator, denominator))
  return Math.abs(rounded) > AMOUNT_MINOR_MAX ? undefined : rounded
}

/**
 * `amountMinor` × `part` / `whole`, rounded to the minor unit, a half away from zero; 0 when
 * `whole` is 0.
 */
export function proportionOf(amountMinor: number, part: number, whole: number): number {
  if (whole === 0) return 0
  if (part === whole) return amountMinor
  return Number(halfAwayFromZero(BigInt(amountMinor) * BigInt(part), BigInt(whole)))
}

/** At most 30 digits on either side of the point. */
const RATE = /^(\d{1,30})(?:\.(\d{1,30}))?$/

function fractionOf(rate: string): readonly [bigint, bigint] | undefined {
  const [, whole, fraction = ''] = RATE.exec(rate) ?? []
  if (whole === undefined) return undefined
  const numerator = BigInt(whole + fraction)
  return numerator === 0n ? undefined : [numerator, 10n ** BigInt(fraction.length)]
}

function halfAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const [over, under] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor]
  const magnitude = (2n * over + under) / (2n * under)
  return negative ? -magnitude : magnitude
}

/** An amount in the account's currency, with what it was before. */
export interface ConvertedMoney {
  readonly amountMinor: number
  /** In minor units of its own currency. */
  readonly originalMinor: number
  /** Null when it was in the account's currency. */
  readonly original: OriginalMoney | null
}

/** An amount as it was given, with the rate that made it one of the account's currency. */
export interface OriginalMoney {
  readonly amount: string
  readonly currency: string
  /** As it was recorded; `basis` says which way round. */
  readonly rate: number
  readonly ratedOn: BusinessDate
  readonly basis: RateBasis
}

/**
 * Money in the currency of an account. `rate` is null exactly when the money is in that currency.
 * Undefined when the result is beyond AMOUNT_MINOR_MAX or is no amount at all.
 */
export function convertMoney(money: Money, currency: string, rate: AppliedRate | null): ConvertedMoney | undefined {
  const originalMinor = parseAmount(money.amount, money.currency)
  if (originalMinor === undefined || (rate === null) !== (money.currency === currency)) return undefined
  if (rate === null) return { amountMinor: originalMinor, originalMinor, original: null }
  const amountMinor = convertMinor(originalMinor, { from: money.currency, to: currency }, rate)
  if (amountMinor === undefined) return undefined
  const { rateOn: ratedOn, basis } = rate
  return { amountMinor, originalMinor, original: { ...money, rate: Number(rate.rate), ratedOn, basis } }
}

/**
 * A rate as a plain decimal text, which holds exactly what the number prints as: 1.5e-7 is
 * 0.00000015.
 */
export function rateText(rate: number): string {
  const [digits = '', exponent] = String(rate).split('e-')
  if (exponent === undefined) return digits
  return `0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`
}
