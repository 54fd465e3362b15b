import type { Feature, FeatureSet, FeatureValue, MissingReason } from '../features/feature.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Grade } from '../values/rating.ts'
import type { CompiledModel } from './compiled-model.ts'
import type { Contribution, ScoreResult } from './score-result.ts'
import { scoreInOrder } from './scorecard.ts'

/** What a scoring came to, without its working. */
type ScoreOutcome = Pick<
  ScoreResult,
  | 'status'
  | 'score'
  | 'healthScore'
  | 'pd'
  | 'grade'
  | 'gradeBeforeKnockouts'
  | 'gradeKept'
  | 'advice'
  | 'coverage'
  | 'basePoints'
  | 'range'
>

/** A value with the place of its date and source in `origins`, or why there is none. */
type RecordedInput = readonly [value: FeatureValue, origin: number] | MissingReason

/**
 * A scoring in the least that lets it be done again: with the model's version, this is everything
 * that it depended on, and what it came to. A tenth of the whole result in size; whole portfolios
 * are kept like this.
 */
export interface ScoreRecord {
  readonly model: { readonly id: string; readonly version: number }
  readonly asOf: BusinessDate
  readonly previousGrade: Grade | null
  readonly outcome: ScoreOutcome
  /** Dates and sources, which many inputs share. */
  readonly origins: readonly (readonly [asOf: BusinessDate, source: string])[]
  /** In the order of the compiled model's features. */
  readonly inputs: readonly RecordedInput[]
  /** The edition of the rules that scored; left out: the first. */
  readonly edition?: number
}

/** The record of a scoring of these features, which are in the order of the compiled model's. */
export function scoreRecord(
  features: readonly Feature[],
  result: ScoreResult,
  previousGrade: Grade | null
): ScoreRecord {
  const origins: [BusinessDate, string][] = []
  const inputs: RecordedInput[] = []
  for (const feature of features) inputs.push(recordedInput(feature, origins))
  return { model: result.model, asOf: result.asOf, previousGrade, outcome: outcomeOf(result), origins, inputs }
}

/** The features of a record, in the order of the compiled model's. */
export function featuresOfRecord({ inputs, origins }: Pick<ScoreRecord, 'inputs' | 'origins'>): Feature[] {
  return inputs.map((input) => {
    if (typeof input === 'string') return { missing: input }
    const [value, place] = input
    const [asOf, source] = origins[place] ?? ['', '']
    return { value, asOf, source }
  })
}

/** The same by feature id. */
export function featureSetOfRecord(
  compiled: CompiledModel,
  record: Pick<ScoreRecord, 'inputs' | 'origins'>
): FeatureSet {
  const features = featuresOfRecord(record)
  const set: Record<string, Feature> = Object.create(null)
  for (const [index, { id }] of compiled.features.entries()) set[id] = features[index] ?? { missing: 'no_data' }
  return set
}

/**
 * The whole result of a record, from scoring its inputs again by the same version of the model.
 * Null where that does not come to the recorded outcome: then the working cannot be shown. Never
 * throws.
 */
export function resultOfRecord(compiled: CompiledModel, record: ScoreRecord): ScoreResult | null {
  const { asOf, previousGrade, outcome, inputs } = record
  if (inputs.length !== compiled.features.length) return null
  const result = scoreInOrder(compiled, featuresOfRecord(record), asOf, { previousGrade })
  return isSame(outcomeOf(result), outcome) ? result : null
}

/**
 * One text that is the same for two results exactly when nothing about the customer's standing
 * differs: model, status, score, PD, grade and advice, the attribute of each characteristic, and
 * the state of each notch, ceiling and knock-out. Values that move within their attribute do not
 * count.
 */
export function outcomeText({ model, status, score, pd, grade, advice, ...working }: ScoreResult): string {
  let text = `${model.id}@${model.version} ${status} ${score} ${pd} ${grade} ${advice} `
  for (const each of working.contributions) text += attributeText(each)
  for (const { applied } of working.notches) text += applied ? ' +' : ' -'
  for (const { met } of working.ceilings) text += met ? ' +' : ' -'
  for (const { state } of working.knockouts) text += ` ${state}`
  return text
}

function attributeText({ state, attribute, points }: Contribution): string {
  if (state === 'present') return `${attribute ?? 'u'},`
  // Stale and missing values can earn points by the rules of the model, which are not those of an
  // attribute.
  return state === 'stale' ? `s${points},` : `m${points},`
}

function recordedInput(feature: Feature, origins: [BusinessDate, string][]): RecordedInput {
  if ('missing' in feature) return feature.missing
  const { value, asOf, source } = feature
  // JSON has no word for what is not a number; it counts as invalid anyway.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'invalid'
  for (let place = 0; place < origins.length; place += 1) {
    if (origins[place]?.[0] === asOf && origins[place]?.[1] === source) return [value, place]
  }
  return [value, origins.push([asOf, source]) - 1]
}

function outcomeOf(result: ScoreResult): ScoreOutcome {
  const { status, score, healthScore, pd, grade, gradeBeforeKnockouts, gradeKept } = result
  const { advice, coverage, basePoints, range } = result
  return {
    status,
    score,
    healthScore,
    pd,
    grade,
    gradeBeforeKnockouts,
    gradeKept,
    advice,
    coverage,
    basePoints,
    range
  }
}

function isSame(left: ScoreOutcome, right: ScoreOutcome): boolean {
  const { range: leftRange, ...leftRest } = left
  const { range: rightRange, ...rightRest } = right
  return (
    sameFields(leftRest, rightRest) &&
    sameFields({ ...leftRange, worthMost: null }, { ...rightRange, worthMost: null }) &&
    sameFields(leftRange.worthMost ?? {}, rightRange.worthMost ?? {})
  )
}

function sameFields(left: object, right: object): boolean {
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => left[name as never] === right[name as never])
}
