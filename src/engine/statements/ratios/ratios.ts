import { roundToMillionths } from '../../values/rounding.ts'
import { type CompletedStatement, completeStatement, type Statement } from '../statement.ts'
import { priorName } from '../statement-items.ts'
import { centsOf, givenIn, missingIn, one, type RatioGap, TANGIBLE_NET_WORTH, type Term } from '../statement-term.ts'
import { RATIO_IDS, RATIOS, type RatioId } from './ratio-catalogue.ts'
import type { Cycle, Logarithm, Quotient, RatioEntry } from './ratio-entry.ts'

/**
 * One ratio with the figures that went in, in the statement's unit; those of the prior statement
 * are named `priorRevenue` and so on. Without a value it says why.
 */
export interface RatioValue {
  id: RatioId
  value: number | null
  reason?: RatioGap
  /** What is missing, by the names that inputs have. */
  missing?: string[]
  inputs: Record<string, number>
}

/**
 * All ratios of a statement, against a prior one, by `priorOf`, where a ratio compares years; the
 * two may differ in unit and length. Every value is finite and has at most six decimals. A
 * denominator below zero gives no value: dividing by it would turn a loss or a deficit into a
 * flattering figure.
 */
export function ratios(statement: Statement, prior?: Statement): RatioValue[] {
  const present = completeStatement(statement)
  const before = prior === undefined ? undefined : completeStatement(prior)
  return RATIO_IDS.map((id) => ratioOf(id, present, before))
}

/** One ratio of a completed statement with the figures that went in: what `ratios` says of it. */
function ratioOf(id: RatioId, present: CompletedStatement, prior?: CompletedStatement): RatioValue {
  const outcome = ratioValueOf(RATIOS[id], present, prior)
  const inputs = inputsOf(RATIOS[id], present, prior)
  if (typeof outcome === 'number') return { id, value: outcome, inputs }
  if (outcome !== 'missing_item') return { id, value: null, reason: outcome, inputs }
  return { id, value: null, reason: outcome, missing: [...new Set(missingOf(RATIOS[id], present, prior))], inputs }
}

/**
 * The value of one ratio, or why it has none: what `ratios` says of it, without the working and so
 * many times faster.
 */
export function ratioValueOf(
  ratio: RatioEntry,
  present: CompletedStatement,
  prior?: CompletedStatement
): number | RatioGap {
  if (ratio.kind === 'quotient') return quotientValue(ratio, present, prior)
  return ratio.kind === 'cycle' ? cycleValue(ratio, present) : logarithmValue(ratio, present)
}

/**
 * Equity less intangible assets and goodwill, in whole units of the statement's currency; null
 * without equity. Intangibles that the statement does not show count as none.
 */
export function tangibleNetWorth(statement: CompletedStatement): number | null {
  const cents = centsOf(TANGIBLE_NET_WORTH, statement)
  return Number.isNaN(cents) ? null : (cents * statement.unit) / 100
}

const REVENUE = one('revenue')

/** Revenue for twelve months, in whole units of the statement's currency; null without revenue. */
export function annualRevenue(statement: CompletedStatement): number | null {
  const cents = centsOf(REVENUE, statement)
  return Number.isNaN(cents) ? null : (cents * statement.unit * 12) / (100 * statement.months)
}

function quotientValue(
  ratio: Quotient,
  present: CompletedStatement,
  prior: CompletedStatement | undefined
): number | RatioGap {
  const numerator = centsOf(ratio.numerator, present)
  if (Number.isNaN(numerator)) return 'missing_item'
  if (ratio.against === 'present')
    return divided(ratio, numerator, centsOf(ratio.denominator, present), present, present)
  if (prior === undefined) return 'missing_item'
  const before = centsOf(ratio.denominator, prior)
  if (ratio.against === 'prior') return divided(ratio, numerator, before, present, prior)
  const now = centsOf(ratio.denominator, present)
  if (now < 0 || before < 0) return 'negative_base'
  return divided(ratio, numerator, (now + (before * prior.unit) / present.unit) / 2, present, present)
}

/** `base` is the statement that the denominator is taken from. */
function divided(
  ratio: Quotient,
  numerator: number,
  denominator: number,
  present: CompletedStatement,
  base: CompletedStatement
): number | RatioGap {
  if (Number.isNaN(denominator)) return 'missing_item'
  if (denominator === 0) return 'zero_denominator'
  if (denominator < 0) return 'negative_base'
  // Whole cents are divided first: so the value is the same to the last bit whatever the scale of
  // the figures.
  const value = (numerator / denominator) * factorOf(ratio, present, base) + ratio.plus
  return Number.isFinite(value) ? roundToMillionths(value) : 'zero_denominator'
}

/**
 * What a quotient of figures as printed is multiplied by, so that flows are of twelve months, and
 * both sides in one unit.
 */
function factorOf(ratio: Quotient, present: CompletedStatement, base: CompletedStatement): number {
  const { isFlow: above } = ratio.numerator
  const { isFlow: below } = ratio.denominator
  const over = ratio.times * present.unit * (above ? 12 : 1) * (below ? base.months : 1)
  return over / (base.unit * (below ? 12 : 1) * (above ? present.months : 1))
}

/** The sum of its parts as they are shown; without a value where one of them has none. */
function cycleValue({ days }: Cycle, present: CompletedStatement): number | RatioGap {
  let sum = 0
  let gap: RatioGap | undefined
  for (const [sign, part] of days) {
    const value = quotientValue(part, present, undefined)
    if (value === 'missing_item') return value
    if (typeof value === 'number') sum += sign * value
    else gap ??= value
  }
  return gap ?? roundToMillionths(sum)
}

function logarithmValue({ of }: Logarithm, present: CompletedStatement): number | RatioGap {
  const cents = centsOf(of, present)
  if (Number.isNaN(cents)) return 'missing_item'
  if (cents === 0) return 'zero_denominator'
  if (cents < 0) return 'negative_base'
  return roundToMillionths(
    Math.log((cents * present.unit * (of.isFlow ? 12 : 1)) / (100 * (of.isFlow ? present.months : 1)))
  )
}

/** What goes into a ratio: of this statement, and of the prior one. */
function termsOf(ratio: RatioEntry): { now: readonly Term[]; before: readonly Term[] } {
  if (ratio.kind === 'logarithm') return { now: [ratio.of], before: [] }
  if (ratio.kind === 'cycle')
    return { now: ratio.days.flatMap(([, part]) => [part.numerator, part.denominator]), before: [] }
  const { numerator, denominator, against } = ratio
  return {
    now: against === 'prior' ? [numerator] : [numerator, denominator],
    before: against === 'present' ? [] : [denominator]
  }
}

function missingOf(ratio: RatioEntry, present: CompletedStatement, prior: CompletedStatement | undefined): string[] {
  const { now, before } = termsOf(ratio)
  return [
    ...now.flatMap((term) => missingIn(term, present)),
    ...before.flatMap((term) => missingIn(term, prior)).map(priorName)
  ]
}

function inputsOf(
  ratio: RatioEntry,
  present: CompletedStatement,
  prior: CompletedStatement | undefined
): Record<string, number> {
  const { now, before } = termsOf(ratio)
  const inputs = Object.fromEntries(now.flatMap((term) => givenIn(term, present)))
  for (const [id, value] of prior === undefined ? [] : before.flatMap((term) => givenIn(term, prior)))
    inputs[priorName(id)] = (value * (prior?.unit ?? 1)) / present.unit
  return inputs
}
