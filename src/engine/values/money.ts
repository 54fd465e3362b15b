/**
 * Money outside: a decimal text in major units with its ISO 4217 code. Inside, money is a safe
 * integer of minor units.
 */
export interface Money {
  readonly amount: string
  readonly currency: string
}

/**
 * The largest amount: nine times it is still a safe integer, so that sums of a few amounts stay
 * exact.
 */
export const AMOUNT_MINOR_MAX = 999_999_999_999_999

const TWO_DECIMALS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR ' +
  'FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU ' +
  'MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
  'THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'
const NO_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
const THREE_DECIMALS = 'BHD IQD JOD KWD LYD OMR TND'

const withExponent = (codes: string, exponent: number) => codes.split(' ').map((code) => [code, exponent] as const)

/** Decimals of each currency in use, by ISO 4217. */
export const CURRENCY_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...withExponent(TWO_DECIMALS, 2),
  ...withExponent(NO_DECIMALS, 0),
  ...withExponent(THREE_DECIMALS, 3)
])

/**
 * How many minor units one major unit of a currency has: 100 for CNY, 1 for JPY. Throws for an
 * unknown currency.
 */
export function minorPerMajor(currency: string): number {
  const exponent = CURRENCY_EXPONENTS.get(currency)
  if (exponent === undefined) throw new RangeError(`${currency} is not a currency`)
  return 10 ** exponent
}

/** Whether a text is the ISO 4217 code of a currency in use. */
export function isCurrency(code: string): boolean {
  return CURRENCY_EXPONENTS.has(code)
}

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/**
 * The minor units of a plain decimal text; undefined for an unknown currency, for another form of
 * number, for more decimals than the currency has, and beyond AMOUNT_MINOR_MAX on either side.
 * Exact: no floating-point arithmetic takes part.
 */
export function parseAmount(amount: string, currency: string): number | undefined {
  const exponent = CURRENCY_EXPONENTS.get(currency)
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(amount) ?? []
  if (exponent === undefined || sign === undefined || fraction.length > exponent || whole.length > 15) return undefined
  const magnitude = Number(whole + fraction.padEnd(exponent, '0'))
  if (magnitude > AMOUNT_MINOR_MAX) return undefined
  return sign === '-' && magnitude > 0 ? -magnitude : magnitude
}

/**
 * Minor units as a decimal text with all decimals of the currency: 125000 in CNY is 1250.00. Throws
 * for an unknown currency or an unsafe integer.
 */
export function formatAmount(amountMinor: number, currency: string): string {
  const exponent = CURRENCY_EXPONENTS.get(currency)
  if (exponent === undefined || !Number.isSafeInteger(amountMinor))
    throw new RangeError(`${amountMinor} ${currency} is not an amount`)
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const sign = amountMinor < 0 ? '-' : ''
  return exponent === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-exponent)}`
}

/** Minor units as money. */
export function toMoney(amountMinor: number, currency: string): Money {
  return { amount: formatAmount(amountMinor, currency), currency }
}

/** The minor units of money that has passed `moneyFault`; throws RangeError for any other. */
export function minorOf({ amount, currency }: Money): number {
  const minor = parseAmount(amount, currency)
  if (minor === undefined) throw new RangeError(`${amount} ${currency} is not an amount`)
  return minor
}

/**
 * What is wrong with an amount in a known currency and how to mend it; undefined when nothing is.
 */
export function moneyFault(amount: string, currency: string): string | undefined {
  if (parseAmount(amount, currency) !== undefined) return undefined
  const exponent = CURRENCY_EXPONENTS.get(currency)
  if (exponent === undefined) return `names ${currency}, which is not an ISO 4217 currency in use`
  const fraction = DECIMAL.exec(amount)?.[3] ?? ''
  if (fraction.length > exponent) return `has ${fraction.length} decimals; ${currency} has ${exponent}`
  return `must be a plain decimal text of at most ${formatAmount(AMOUNT_MINOR_MAX, currency)}, such as "1250.00"`
}

/** The sum of an amount of each item, in minor units. */
export function sumOf<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0)
}

/**
 * A share of an amount, rounded down (towards minus infinity): a limit is never larger than its
 * formula. The denominator is above 0.
 */
export function shareOf(amountMinor: number, numerator: number, denominator: number): number {
  const product = amountMinor * numerator
  if (Number.isSafeInteger(product) && product >= 0) return (product - (product % denominator)) / denominator
  return Number(floorDivided(BigInt(amountMinor) * BigInt(numerator), BigInt(denominator)))
}

function floorDivided(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient
}
