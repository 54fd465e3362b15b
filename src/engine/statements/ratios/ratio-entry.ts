import type { Text } from '../../values/text.ts'
import type { Term } from '../statement-term.ts'

/** `log`: the natural logarithm of an amount in whole units of the statement's currency. */
export const RATIO_UNITS = ['ratio', 'percent', 'days', 'times', 'amount', 'log'] as const
type RatioUnit = (typeof RATIO_UNITS)[number]

export const RATIO_GROUPS = [
  'liquidity',
  'solvency',
  'coverage',
  'profitability',
  'efficiency',
  'cash_flow',
  'growth',
  'size'
] as const
type RatioGroup = (typeof RATIO_GROUPS)[number]

interface RatioDescription {
  readonly name: Text
  readonly group: RatioGroup
  /** In item ids, or ids of ratios. */
  readonly formula: string
  readonly unit: RatioUnit
  readonly higherIsBetter: boolean
  /** Where the ratio is defined, or whose definition it follows. */
  readonly source: string
}

/** One figure over another. Flows are taken for twelve months. */
export interface Quotient extends RatioDescription {
  readonly kind: 'quotient'
  readonly numerator: Term
  readonly denominator: Term
  /** Multiplies the quotient: 365 for days. */
  readonly times: number
  /** Added to the quotient: -1 for growth. */
  readonly plus: number
  /**
   * Whose denominator: this statement's, the prior one's, or the mean of both, which is for
   * balances alone.
   */
  readonly against: 'present' | 'prior' | 'average'
}

/** Days of the cycle from paying for goods to being paid for them, and whether they add to it. */
export interface Cycle extends RatioDescription {
  readonly kind: 'cycle'
  readonly days: readonly (readonly [sign: 1 | -1, part: Quotient])[]
}

/**
 * The natural logarithm of a figure in whole units of the statement's currency, flows for twelve
 * months.
 */
export interface Logarithm extends RatioDescription {
  readonly kind: 'logarithm'
  readonly of: Term
}

export type RatioEntry = Quotient | Cycle | Logarithm

type Description = readonly [en: string, zh: string, source: string]
type More = Partial<Pick<Quotient, 'times' | 'plus' | 'against'>>

/** Makes the quotients of one group, unit and direction. */
export const quotientsOf =
  (group: RatioGroup, unit: RatioUnit, higherIsBetter: boolean, common: More = {}) =>
  (...[en, zh, source, numerator, denominator, more = {}]: readonly [...Description, Term, Term, More?]): Quotient => {
    const { times = 1, plus = 0, against = 'present' } = { ...common, ...more }
    const formula = quotientFormula(numerator, denominator, { times, plus, against })
    const name = { en, zh }
    return {
      kind: 'quotient',
      name,
      group,
      unit,
      higherIsBetter,
      source,
      formula,
      numerator,
      denominator,
      times,
      plus,
      against
    }
  }

/** A logarithm of the group of sizes. */
export function logarithmOf(...[en, zh, source, of]: readonly [...Description, Term]): Logarithm {
  const description = { group: 'size', unit: 'log', higherIsBetter: true, source } as const
  return { kind: 'logarithm', name: { en, zh }, ...description, formula: `ln(${of.formula})`, of }
}

function quotientFormula(numerator: Term, denominator: Term, { times, plus, against }: Required<More>): string {
  const below = `${against === 'present' ? '' : `${against} `}${operand(denominator)}`
  const added = plus === 0 ? '' : ` ${plus < 0 ? '-' : '+'} ${Math.abs(plus)}`
  return `${times === 1 ? '' : `${times} × `}${operand(numerator)} / ${below}${added}`
}

function operand({ parts, formula }: Term): string {
  return parts.length === 1 ? formula : `(${formula})`
}
