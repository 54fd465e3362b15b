import type { Feature, FeatureSet, FeatureValue, MissingReason } from '../features/feature.ts'
import { FEATURES } from '../features/feature-catalogue.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Grade } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import type { CompiledModel } from './compiled-model.ts'
import { featureSetOfRecord, resultOfRecord, type ScoreRecord } from './score-record.ts'
import type { Contribution, ScoreResult } from './score-result.ts'

/** One feature as it was when a customer was scored. */
interface ScoredInput {
  feature: string
  /** Null when missing, as are its date and source. */
  value: FeatureValue | null
  missing: MissingReason | null
  asOf: BusinessDate | null
  source: string | null
}

/** A scoring as it is stored, with all that it rests on. Its reasons are codes. */
export interface AssessmentDocument extends Omit<ScoreResult, 'contributions'> {
  previousGrade: Grade | null
  otherInputs: ScoredInput[]
  contributions: (Contribution & { name: Text })[]
}

/**
 * The whole document of a scoring: same model, same features, same bytes as JSON. One byte that
 * changes here is a new edition (see `editions/`).
 */
export function assessmentDocument(
  compiled: CompiledModel,
  features: FeatureSet,
  result: ScoreResult,
  previousGrade: Grade | null
): AssessmentDocument {
  const names = new Map(compiled.model.characteristics.map(({ id, name }) => [id, name]))
  return {
    ...result,
    previousGrade,
    otherInputs: otherInputs(compiled, features, result.contributions),
    contributions: result.contributions.map((each) => ({
      ...each,
      name: names.get(each.id) ?? { en: each.id, zh: each.id }
    }))
  }
}

/**
 * The document of a recorded assessment: its inputs are scored again by the same version of the
 * model. Null where that gives another outcome than the recorded one.
 */
export function assessmentOfRecord(compiled: CompiledModel, record: ScoreRecord): AssessmentDocument | null {
  const result = resultOfRecord(compiled, record)
  if (result === null) return null
  return assessmentDocument(compiled, featureSetOfRecord(compiled, record), result, record.previousGrade)
}

type Told = Pick<Contribution, 'feature' | 'value' | 'missing' | 'asOf' | 'source'>

/**
 * What a model looked at beside its contributions: features that only conditions and requirements
 * use, and values that fit no attribute. A scoring depends on these, the contributions, the model
 * and the grade in force, and on nothing else.
 */
export function otherInputs(
  compiled: CompiledModel,
  features: FeatureSet,
  contributions: readonly Contribution[]
): ScoredInput[] {
  const told = inputsOf(contributions, [])
  return compiled.features.flatMap(({ id, inherited }) => {
    const feature = inherited && !Object.hasOwn(features, id) ? undefined : features[id]
    const input = asInput(id, feature ?? NOTHING)
    const known = Object.hasOwn(told, id) ? asInput(id, told[id] ?? NOTHING) : undefined
    return known !== undefined && isSame(known, input) ? [] : [input]
  })
}

/** The features that a scoring saw, from its contributions and what they do not tell. */
export function inputsOf(contributions: readonly Told[], others: readonly ScoredInput[]): FeatureSet {
  const features: Record<string, Feature> = Object.create(null)
  for (const each of contributions) {
    const known = features[each.feature]
    if (known === undefined || 'missing' in known) features[each.feature] = asFeature(each)
  }
  for (const each of others) features[each.feature] = asFeature(each)
  return features
}

/**
 * The inputs that a model declares beside the catalogue, as far as a scoring saw no value for them.
 */
export function inputsWithoutValue(contributions: readonly Told[], others: readonly ScoredInput[]): string[] {
  return Object.entries(inputsOf(contributions, others)).flatMap(([id, feature]) =>
    'missing' in feature && feature.missing === 'no_data' && !Object.hasOwn(FEATURES, id) ? [id] : []
  )
}

const NOTHING: Feature = { missing: 'no_data' }

function asInput(feature: string, given: Feature): ScoredInput {
  const nothing = { feature, value: null, asOf: null, source: null }
  if ('missing' in given) return { ...nothing, missing: given.missing }
  const { value, asOf, source } = given
  // JSON has no word for what is not a number; it counts as invalid anyway.
  if (typeof value === 'number' && !Number.isFinite(value)) return { ...nothing, missing: 'invalid' }
  return { feature, value, missing: null, asOf, source }
}

function asFeature({ value, missing, asOf, source }: Told): Feature {
  if (value === null || asOf === null) return { missing: missing ?? 'no_data' }
  return { value, asOf, source: source ?? '' }
}

function isSame(a: ScoredInput, b: ScoredInput): boolean {
  return a.value === b.value && a.missing === b.missing && a.asOf === b.asOf && a.source === b.source
}
