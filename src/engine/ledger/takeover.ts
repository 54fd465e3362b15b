import { proportionOf } from '../values/exchange-rate.ts'
import type { Originals } from './original-money.ts'

/**
 * A document, or a part of one: what it comes to in the account's currency and in its own, which
 * may be the same; minor units, 0 or more.
 */
export interface Measure {
  readonly currency: string
  readonly amountMinor: number
  readonly originalMinor: number
}

/** An amount as it is stored, measured. Absent originals: it is in the account's currency. */
export function measureOf(
  {
    amountMinor,
    originalCurrency,
    originalMinor
  }: Pick<Originals, 'originalCurrency' | 'originalMinor'> & {
    readonly amountMinor: number
  },
  accountCurrency: string
): Measure {
  return {
    currency: originalCurrency ?? accountCurrency,
    amountMinor,
    originalMinor: originalCurrency === null ? amountMinor : (originalMinor ?? amountMinor)
  }
}

/** The part of something measured that has this amount in the account's currency. */
export function partOf({ currency, amountMinor, originalMinor }: Measure, partMinor: number): Measure {
  return { currency, amountMinor: partMinor, originalMinor: proportionOf(originalMinor, partMinor, amountMinor) }
}

/**
 * What a document may still take over. A part in the currency of the document takes as many units
 * as it has, whatever the two were converted with; any other takes what it has in the account's
 * currency. A document below zero takes nothing over.
 */
export class Room {
  readonly #document: Measure
  /** What is taken in the currency of the document. */
  #ownMinor = 0
  /** What is taken otherwise, in the currency of the account. */
  #valueMinor = 0

  constructor(document: Measure) {
    this.#document = document
  }

  /** What is left, in the currency of the document; 0 or more. */
  get leftMinor(): number {
    return this.#ownLeft()
  }

  /** Takes as much of a part as there is room for, and answers how much. */
  take(part: Measure): Measure {
    const isOwn = part.currency === this.#document.currency
    const most = isOwn ? this.#ownLeft() : this.#valueLeft()
    const whole = isOwn ? part.originalMinor : part.amountMinor
    const takenMinor = Math.min(most, whole)
    const { currency } = part
    const taken = takenMinor === whole ? part : { currency, ...sharesOf(part, isOwn, takenMinor) }
    this.fill(taken)
    return taken
  }

  /** Counts a part as taken, whether or not there is room for it. */
  fill({ currency, amountMinor, originalMinor }: Measure): void {
    if (currency === this.#document.currency) this.#ownMinor += originalMinor
    else this.#valueMinor += amountMinor
  }

  #ownLeft(): number {
    const { amountMinor, originalMinor } = this.#document
    if (this.#valueMinor === 0) return Math.max(0, originalMinor - this.#ownMinor)
    return Math.max(0, wholeShare(originalMinor, amountMinor - this.#valueMinor, amountMinor) - this.#ownMinor)
  }

  #valueLeft(): number {
    const { amountMinor, originalMinor } = this.#document
    return Math.max(0, amountMinor - proportionOf(amountMinor, this.#ownMinor, originalMinor) - this.#valueMinor)
  }
}

/** The two amounts of a part that is taken by one of them; the other one never comes to more. */
function sharesOf({ amountMinor, originalMinor }: Measure, byOriginal: boolean, takenMinor: number) {
  return byOriginal
    ? { amountMinor: wholeShare(amountMinor, takenMinor, originalMinor), originalMinor: takenMinor }
    : { amountMinor: takenMinor, originalMinor: wholeShare(originalMinor, takenMinor, amountMinor) }
}

/** `amount` × `part` / `whole`, rounded down; nothing of nothing, and of what is below zero. */
function wholeShare(amount: number, part: number, whole: number): number {
  if (whole <= 0 || part <= 0 || amount <= 0) return 0
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole))
}
