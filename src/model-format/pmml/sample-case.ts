import {
  CASE_DATE,
  compileModel,
  type Feature,
  type FeatureValue,
  type ModelCase,
  type NumberRange,
  type PredictiveModel,
  type ScoringModel,
  type Step,
  score
} from '../../engine/index.ts'
import { ratedCase } from './read/imported-rules.ts'

/**
 * A predictive model with a case: what it comes to for one customer of whom everything is known.
 * Others have one already.
 */
export function withCase(model: ScoringModel): ScoringModel {
  if (model.kind !== 'predictive') return model
  return { ...model, cases: [caseOf(model)] }
}

function caseOf(model: PredictiveModel): ModelCase {
  const name = 'One customer of whom everything is known, as the document works it out'
  const values = sampleValues(model)
  const scored = scoreOf(model, values)
  if (scored === undefined || scored.score === null) return { name, features: values, expect: { status: 'unrated' } }
  return ratedCase(name, values, scored.score)
}

/** Undefined where the model cannot be compiled: what is wrong with it, its faults tell. */
function scoreOf(model: PredictiveModel, values: Readonly<Record<string, FeatureValue>>) {
  const features = Object.fromEntries(
    Object.entries(values).map(([id, value]): [string, Feature] => [id, { value, asOf: CASE_DATE, source: 'case' }])
  )
  try {
    return score(compileModel(model), features, CASE_DATE)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A value for each input: one that the document names, as far as it names one. */
function sampleValues({ predictor }: PredictiveModel): Record<string, FeatureValue> {
  const values: Record<string, FeatureValue> = {}
  for (const step of predictor.steps) {
    if (step.do !== 'read' || Object.hasOwn(values, step.input)) continue
    values[step.input] = sampleValue(step, predictor.steps)
  }
  return values
}

/** A number that a range holds. */
function numberIn({ from, to }: NumberRange): number {
  if (from !== undefined) return from
  return to === undefined || to > 1 ? 1 : to - 1
}

function sampleValue(read: Extract<Step, { do: 'read' }>, steps: readonly Step[]): FeatureValue {
  const [listed] = read.valid?.values ?? []
  if (listed !== undefined) return listed
  if (read.type === 'boolean') return true
  if (read.type === 'numeric') {
    const number = numberIn(read.valid?.ranges?.[0] ?? {})
    return read.whole === true ? Math.ceil(number) : number
  }
  for (const step of steps) {
    if (step.do === 'indicator' && step.of === read.id && typeof step.value === 'string') return step.value
    if (step.do !== 'apply' || step.to[0] !== read.id) continue
    const text = step.to.find((each) => typeof each === 'object')
    if (text !== undefined) return text.text
  }
  return 'any'
}
