import type { FeatureValue } from '../features/feature.ts'
import { PD_FLOOR } from '../values/rating.ts'
import { type Attribution, type Claim, compileAttribution, type Shares, sharesOf } from './attribution.ts'
import { type Bounds, boundsOfResult } from './bounds.ts'
import {
  type CompiledStep,
  compileProgram,
  type FirstTrue,
  firstTrues,
  type Inputs,
  type Program,
  placeOf,
  resultIn,
  runProgram,
  type Slots,
  validity
} from './program.ts'
import { resultsOfRows } from './rows.ts'
import type { Predictor } from './steps.ts'

/** What explains a part of a prediction. */
interface Explainer {
  readonly id: string
  readonly feature: string
  readonly features?: readonly string[]
  /** The steps that it speaks in, and what each is on average; of a card it has the id. */
  readonly fields?: readonly { readonly step: string; readonly mean?: number }[]
}

/** At how many points the odds good:bad are which, and how many more double them. */
interface Scale {
  readonly points: number
  readonly odds: number
  readonly pointsToDoubleOdds: number
}

/** A predictor made ready for scoring. It never changes. */
export interface CompiledPredicted {
  readonly program: Program
  /**
   * What the points are worked out from: the result, or the sum of a logistic regression before its
   * link.
   */
  readonly margin: Program
  readonly attribution: Attribution
  readonly pointsOf: (margin: number) => number
  /** The lowest and the highest score. */
  readonly lowest: number
  readonly highest: number
  /** For each explainer, the places of its inputs in the program. */
  readonly inputs: readonly (readonly number[])[]
  /**
   * For each explainer that is a characteristic of a card, what finds its attribute, and the points
   * of its attributes as far as they are stated.
   */
  readonly attributes: readonly (ExplainedAttributes | undefined)[]
}

export interface ExplainedAttributes {
  readonly find: FirstTrue
  readonly points: readonly number[]
}

/** What a predictor says of one row. */
export interface Predicted {
  /** As its producer would answer; null where there is no result. */
  readonly prediction: number | null
  readonly score: number
  readonly base: number
  /** Points by explainer; with the base they add up to the score. */
  readonly points: readonly number[]
  /** By explainer: the place of its attribute in a card; -1 where there is none. */
  readonly attributes: readonly number[]
}

/** The PD of the lowest score, where a predictor has no bounds. */
const PD_HIGHEST = 0.999
/** Probabilities nearer to 0 or 1 than this make no more points. */
const PROBABILITY_EDGE = 1e-6

/** Prepares a predictor that `predictorFaults` has found fit. */
export function compilePredicted(
  predictor: Predictor,
  explainers: readonly Explainer[],
  scale: Scale
): CompiledPredicted {
  const program = compileProgram(predictor)
  const margin = marginOf(program)
  const ids = new Map(explainers.map(({ id }, index) => [id, index]))
  const claims = new Map<string, Claim>(
    explainers.flatMap(({ fields = [] }, characteristic) =>
      fields.map(({ step, mean = 0 }) => [step, { characteristic, mean }] as const)
    )
  )
  const pointsOf = pointsFrom(margin, scale)
  const bounds = boundsOfResult(margin, [], () => true)
  const limits = [bounds[0], bounds[1]].map(pointsOf)
  const isBound = limits.every(Number.isFinite)
  const attributes = attributesOf(program, ids, explainers.length)
  return {
    program,
    margin,
    attribution: compileAttribution(margin, claims, ids, explainers.length),
    pointsOf,
    lowest: isBound ? Math.min(...limits) : pointsOfPd(scale, PD_HIGHEST),
    highest: isBound ? Math.max(...limits) : pointsOfPd(scale, PD_FLOOR),
    inputs: explainers.map(({ feature, features = [] }) =>
      [feature, ...features].map((id) => program.inputs.indexOf(id)).filter((place) => place >= 0)
    ),
    attributes
  }
}

/**
 * A probability that is worked out by a logistic link is better had from what it links: nothing is
 * lost near 0 and 1.
 */
function marginOf(program: Program): Program {
  const last = program.steps[program.result]?.source
  if (program.predicts !== 'probability' || last?.do !== 'link' || last.link !== 'logit') return program
  return { ...program, result: placeOf(program.places, last.of), predicts: 'logOdds' }
}

function pointsFrom({ predicts }: Program, scale: Scale): (margin: number) => number {
  const factor = scale.pointsToDoubleOdds / Math.LN2
  const offset = scale.points - factor * Math.log(scale.odds)
  switch (predicts) {
    case 'points':
      return (margin) => margin
    case 'riskPoints':
      return (margin) => 0 - margin
    case 'logOdds':
      return (margin) => offset - factor * margin
    case 'probability':
      return (margin) => pointsOfPd(scale, Math.min(Math.max(margin, PROBABILITY_EDGE), 1 - PROBABILITY_EDGE))
  }
}

function pointsOfPd({ points, odds, pointsToDoubleOdds }: Scale, pd: number): number {
  return points + (pointsToDoubleOdds * Math.log((1 - pd) / pd / odds)) / Math.LN2
}

function attributesOf(
  { steps, places }: Program,
  ids: ReadonlyMap<string, number>,
  count: number
): (ExplainedAttributes | undefined)[] {
  const found: (ExplainedAttributes | undefined)[] = new Array(count).fill(undefined)
  for (const { source } of steps) {
    if (source.do !== 'card') continue
    const finds = firstTrues(source, (id) => placeOf(places, id))
    for (const [index, { id, attributes }] of source.characteristics.entries()) {
      const owner = ids.get(id)
      const find = finds[index]
      if (owner === undefined || find === undefined) continue
      found[owner] = { find, points: attributes.flatMap(({ points }) => (typeof points === 'number' ? [points] : [])) }
    }
  }
  return found
}

/** Works one row out, with what it is made of. */
export function predict(compiled: CompiledPredicted, inputs: Inputs, slots: Slots): Predicted {
  const { program, margin, attribution, pointsOf } = compiled
  const count = attribution.count
  const isDone = runProgram(program, inputs, slots)
  const value = isDone ? resultIn(margin, slots) : Number.NaN
  const prediction = isDone ? resultIn(program, slots) : Number.NaN
  if (Number.isNaN(value) || Number.isNaN(prediction)) {
    const none = { points: new Array<number>(count).fill(0), attributes: new Array<number>(count).fill(-1) }
    return { prediction: null, score: compiled.lowest, base: compiled.lowest, ...none }
  }
  const score = pointsOf(value)
  const { base, parts } = finite(sharesOf(attribution, margin, slots), value)
  const from = pointsOf(base)
  // Where score and result are not in proportion, the way from the one base to the one score is
  // shared in proportion.
  const scale = base === value ? slopeAt(pointsOf, value) : (score - from) / (value - base)
  return {
    prediction,
    score,
    base: from,
    points: Array.from(parts, (each) => each * scale + 0),
    attributes: compiled.attributes.map((each) => each?.find(slots) ?? -1)
  }
}

/** Shares that are too large to be told belong to the base. */
function finite(shares: Shares, value: number): Shares {
  const isSmall = Number.isFinite(shares.base) && shares.parts.every(Number.isFinite)
  return isSmall ? shares : { base: value, parts: new Float64Array(shares.parts.length) }
}

function slopeAt(of: (x: number) => number, x: number): number {
  const step = 1e-4
  return (of(x + step) - of(x - step)) / (2 * step)
}

/**
 * The least and the most points when some of the inputs of a row may hold anything; never beyond
 * the lowest and the highest score.
 */
export function pointsBounds(
  { margin, pointsOf, lowest, highest }: CompiledPredicted,
  slots: Slots,
  isFree: (input: number) => boolean
): Bounds {
  const ends = [...boundsOfResult(margin, slots, isFree)]
    .map(pointsOf)
    .map((each) => (Number.isNaN(each) ? highest : each))
  return [Math.max(Math.min(...ends), lowest), Math.min(Math.max(...ends), highest)]
}

/** Whether the value of an input is taken for what it is by every step that reads it. */
export function isAccepted({ steps }: Program, input: string, value: FeatureValue): boolean {
  return readsOf(steps, input).every(({ source }) => source.do !== 'read' || validity(source)(value))
}

function readsOf(steps: readonly CompiledStep[], input: string): CompiledStep[] {
  return steps.filter(({ source }) => source.do === 'read' && source.input === input)
}

/**
 * Scores of many rows in the order of the program's inputs, without what they are made of; not a
 * number where there is no result.
 */
export function scoresOfRows({ margin, pointsOf }: CompiledPredicted, rows: readonly Inputs[]): Float64Array {
  const results = resultsOfRows(margin, rows)
  for (let row = 0; row < results.length; row += 1) {
    const value = results[row] as number
    if (!Number.isNaN(value)) results[row] = pointsOf(value)
  }
  return results
}
