import type { FeatureType } from '../../../engine/index.ts'
import { type Findings, mayTake } from './findings.ts'
import type { Raw, Turns } from './predicates.ts'

/** The numbers from `from`, included, to `to`, excluded. */
export interface Span {
  readonly from?: number
  readonly to?: number
}

/** Values that lead to the same outcome; undefined where there is none. */
export interface Cell<Outcome> {
  readonly held: Span | { readonly values: readonly string[] }
  readonly outcome: Outcome | undefined
}

/** What a field leads to, whatever it holds. */
export interface Cells<Outcome> {
  /** Spans in rising order that cover every number, or the words in the order of the document. */
  readonly cells: readonly Cell<Outcome>[]
  readonly missing: Outcome | undefined
  /** Of a category: what a word leads to that the document does not name. */
  readonly other: Outcome | undefined
}

/**
 * Stands for every word that the document does not name: no word of a document holds this
 * character.
 */
const OTHER_WORD = '\u0000'

/**
 * Works out what every value of a field leads to, by trying one value of each stretch in which no
 * condition can change. `size` is how many comparisons one try makes. Undefined where they are too
 * many.
 */
export function cellsOf<Outcome>(
  findings: Findings,
  place: string,
  type: FeatureType,
  { numbers, words }: Turns,
  size: number,
  outcomeOf: (raw: Raw) => Outcome | undefined
): Cells<Outcome> | undefined {
  if (!mayTake(findings, (2 * numbers.size + words.size + 2) * size, place)) return undefined
  const missing = outcomeOf(undefined)
  if (type === 'numeric') return { cells: spans(numbers, outcomeOf), missing, other: undefined }
  const known = type === 'boolean' ? new Set([...words, 'true', 'false']) : words
  const byOutcome = new Map<Outcome | undefined, string[]>()
  for (const word of known) {
    const outcome = outcomeOf(word)
    const values = byOutcome.get(outcome)
    if (values === undefined) byOutcome.set(outcome, [word])
    else values.push(word)
  }
  const cells = Array.from(byOutcome, ([outcome, values]) => ({ held: { values }, outcome }))
  return { cells, missing, other: type === 'boolean' ? undefined : outcomeOf(OTHER_WORD) }
}

/** Neighbouring stretches with the same outcome become one. */
function spans<Outcome>(numbers: ReadonlySet<number>, outcomeOf: (raw: Raw) => Outcome | undefined): Cell<Outcome>[] {
  const cuts = new Set<number>()
  for (const number of numbers) for (const cut of [number, nextUp(number)]) if (Number.isFinite(cut)) cuts.add(cut)
  const stretches: { from: number; outcome: Outcome | undefined }[] = []
  for (const from of [Number.NEGATIVE_INFINITY, ...[...cuts].sort((a, b) => a - b)]) {
    const outcome = outcomeOf(from)
    const last = stretches.at(-1)
    if (last === undefined || last.outcome !== outcome) stretches.push({ from, outcome })
  }
  return stretches.map(({ from, outcome }, index) => {
    const to = stretches[index + 1]?.from
    return {
      held: { ...(from === Number.NEGATIVE_INFINITY ? {} : { from }), ...(to === undefined ? {} : { to }) },
      outcome
    }
  })
}

/** The next larger double: a bound that a range includes is the next one that it excludes. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigInt64(0)
  view.setBigInt64(0, value > 0 ? bits + 1n : bits - 1n)
  return view.getFloat64(0)
}
