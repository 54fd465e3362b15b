/** The currencies of documents; accounts are kept in CNY. Both count in hundredths. */
export type Currency = 'CNY' | 'USD'

/** Rates are whole ten thousandths: CNY for one USD. */
const RATE_UNIT = 10_000

/** What a document in this currency comes to in CNY. `rate` is null of one in CNY. */
export function counted(amount: number, rate: number | null): number {
  return rate === null ? amount : portion(amount, rate, RATE_UNIT)
}

/** `amount` × `part` / `whole` to the whole unit, a half upwards; nothing of nothing. */
export function portion(amount: number, part: number, whole: number): number {
  if (whole === 0) return 0
  return Number((2n * BigInt(amount) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)))
}

/** What is open of an invoice, or unapplied of a credit: in CNY and in its own currency. */
export interface Open {
  readonly open: number
  readonly openOwn: number
}

/**
 * What is left of a document when a part in its own currency is gone: the last part takes what is
 * left in CNY too. Undefined when it is more than there is.
 */
export function without({ open, openOwn }: Open, takenOwn: number): Open | undefined {
  const left = openOwn - takenOwn
  return left < 0 ? undefined : { open: portion(open, left, openOwn), openOwn: left }
}

/** The part of a document in its own currency that is worth so much in CNY, at most all of it. */
export function worth(value: number, { open, openOwn }: Open): number {
  return value >= open ? openOwn : portion(openOwn, value, open)
}
