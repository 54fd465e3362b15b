import { type FeatureType, lookedAt, type PredictiveModel, type Step } from '../../../engine/index.ts'
import { uniqueNames } from '../read/names.ts'

/** The steps of a predictor by their ids, and what each is as a field of a document. */
export interface StepGraph {
  readonly steps: readonly Step[]
  readonly step: (id: string) => Step
  readonly typeOf: (id: string) => FeatureType
  /** Numbers in 32 bits. */
  readonly isSingle: (id: string) => boolean
  /** The name of the field that has its value. */
  readonly name: (id: string) => string
  /** A name that no field has. */
  readonly unique: (wanted: string) => string
  /** The inputs that a step rests on, and the models whose answers it looks at, in their order. */
  readonly roots: (id: string) => readonly string[]
}

const CONDITIONS =
  /^(isMissing|isNotMissing|equal|notEqual|lessThan|lessOrEqual|greaterThan|greaterOrEqual|isIn|isNotIn|and|or|xor|not)$/
const TEXTS = /^(uppercase|lowercase|substring|trimBlanks|concat)$/
/** Functions that give one of their operands. */
const PASSING: Readonly<Record<string, number>> = { same: 0, firstKnown: 0, if: 1 }

/**
 * Whether a step is worked out by a model of PMML, and is a field of others only as what that model
 * puts out.
 */
function isAnswer(step: Step, typeOf: StepGraph['typeOf']): boolean {
  if (step.do === 'combine') return step.how !== 'first' || typeOf(step.id) === 'numeric'
  return /^(linear|link|trees|card|rescale)$/.test(step.do)
}

export function stepGraph({ predictor: { steps, result } }: PredictiveModel): StepGraph {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const step = (id: string): Step => {
    const found = byId.get(id)
    if (found === undefined) throw new RangeError(`There is no step ${id}.`)
    return found
  }
  const types = new Map<string, FeatureType>()
  const typeOf = (id: string): FeatureType => types.get(id) ?? 'numeric'
  for (const each of steps) types.set(each.id, typeOfStep(each, typeOf))
  const used = new Set([result])
  for (const each of steps.toReversed()) if (used.has(each.id)) for (const id of lookedAt(each)) used.add(id)
  const inputs = steps.flatMap((each) => (each.do === 'read' ? [each.input] : []))
  const unique = uniqueNames(inputs)
  const names = new Map(steps.map((each) => [each.id, each.do === 'read' ? each.input : unique(each.id)]))
  const roots = new Map<string, readonly string[]>()
  for (const each of steps) {
    const isRoot = each.do === 'read' || isAnswer(each, typeOf)
    const found = new Set(isRoot ? [each.id] : lookedAt(each).flatMap((id) => roots.get(id) ?? []))
    roots.set(each.id, [...found])
  }
  return {
    steps: steps.filter(({ id }) => used.has(id)),
    step,
    typeOf,
    isSingle: (id) => {
      const found = step(id)
      return (found.do === 'read' || found.do === 'apply') && found.precision === 'single'
    },
    name: (id) => names.get(id) ?? id,
    unique,
    roots: (id) => roots.get(id) ?? []
  }
}

function typeOfStep(step: Step, typeOf: (id: string) => FeatureType): FeatureType {
  switch (step.do) {
    case 'read':
      return step.type
    case 'bins':
      return typeOfValue(step.bins[0]?.value ?? step.otherwise ?? step.missing)
    case 'map':
      return typeOfValue(step.rows[0]?.at(-1) ?? step.otherwise ?? step.missing)
    case 'combine':
      return typeOf(step.of[0]?.step ?? '')
    case 'apply': {
      if (CONDITIONS.test(step.function)) return 'boolean'
      if (TEXTS.test(step.function)) return 'category'
      const passed = step.to[PASSING[step.function] ?? -1]
      if (passed === undefined) return 'numeric'
      if (typeof passed === 'object') return 'category'
      return typeof passed === 'string' ? typeOf(passed) : typeOfValue(passed)
    }
    default:
      return 'numeric'
  }
}

function typeOfValue(value: unknown): FeatureType {
  return typeof value === 'string' ? 'category' : typeof value === 'boolean' ? 'boolean' : 'numeric'
}
