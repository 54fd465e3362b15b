import type { FeatureValue } from '../features/feature.ts'
import { type Built, functionOf, median, type StepValue } from './functions.ts'
import { INVERSE_LINKS } from './links.ts'
import type {
  ApplyStep,
  BinsStep,
  CardStep,
  CombineStep,
  CurveStep,
  IndicatorStep,
  LinearStep,
  MapStep,
  NumberRange,
  Operand,
  Prediction,
  Predictor,
  ReadStep,
  RescaleStep,
  Step,
  TreesStep
} from './steps.ts'
import { asComparable, type CompiledTrees, compileTrees, valueOfTrees } from './trees.ts'

/** The values of the steps of one row, by place. */
export type Slots = StepValue[]
/**
 * The values of the inputs of one row, in the order of `Program.inputs`; undefined where there is
 * none.
 */
export type Inputs = readonly (FeatureValue | undefined)[]

/**
 * What a step gives; null: the row has no result at all. Not a number: what it gives is not valid,
 * so that there is no result if anything that counts rests on it.
 */
type Run = (slots: Slots, inputs: Inputs) => StepValue | null

/** A predictor made ready. It never changes. */
export interface Program {
  readonly steps: readonly CompiledStep[]
  /** The inputs that it looks at, once. */
  readonly inputs: readonly string[]
  readonly places: ReadonlyMap<string, number>
  readonly result: number
  readonly predicts: Prediction
}

export interface CompiledStep {
  readonly source: Step
  readonly run: Run
  /** Places of the steps that it looks at. */
  readonly of: readonly number[]
  /** Places of the inputs that it depends on, through whatever other steps. */
  readonly inputs: ReadonlySet<number>
  /** Of a step of trees. */
  readonly trees: CompiledTrees | undefined
}

/** Prepares a predictor that `predictorFaults` has found fit. */
export function compileProgram({ steps, result, predicts }: Predictor): Program {
  const places = new Map(steps.map(({ id }, place) => [id, place]))
  const inputs = [...new Set(steps.flatMap((step) => (step.do === 'read' ? [step.input] : [])))]
  const compiled: CompiledStep[] = []
  for (const source of steps) {
    const of = lookedAt(source).map((id) => placeOf(places, id))
    const own = source.do === 'read' ? [inputs.indexOf(source.input)] : []
    const trees = source.do === 'trees' ? compileTrees(source) : undefined
    compiled.push({
      source,
      of,
      trees,
      run: runOf(source, places, inputs, trees),
      inputs: new Set([...own, ...of.flatMap((place) => [...(compiled[place]?.inputs ?? [])])])
    })
  }
  return { steps: compiled, inputs, places, result: placeOf(places, result), predicts }
}

/** The place of a step. Throws a RangeError where there is none. */
export function placeOf(places: ReadonlyMap<string, number>, id: string): number {
  const place = places.get(id)
  if (place === undefined) throw new RangeError(`There is no step ${id}.`)
  return place
}

/** Works a row out, step by step, into `slots`. False where it has no result. */
export function runProgram({ steps }: Program, inputs: Inputs, slots: Slots): boolean {
  for (let place = 0; place < steps.length; place += 1) {
    const value = (steps[place] as CompiledStep).run(slots, inputs)
    if (value === null) return false
    slots[place] = value
  }
  return true
}

/** The result of a row; not a number where there is none. */
export function resultIn({ result }: Program, slots: Slots): number {
  const value = slots[result]
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN
}

/** The ids of the steps that a step looks at. */
export function lookedAt(step: Step): string[] {
  switch (step.do) {
    case 'read':
      return []
    case 'apply':
      return step.to.filter((each) => typeof each === 'string')
    case 'map':
      return step.of
    case 'linear':
      return step.terms.map(({ of }) => of)
    case 'trees':
      return step.fields
    case 'combine':
      return step.of.flatMap(({ step: id, when }) => (when === undefined ? [id] : [id, when]))
    case 'card':
      return step.characteristics.flatMap(({ attributes }) =>
        attributes.flatMap(({ when, points }) => [
          ...(when === undefined ? [] : [when]),
          ...(typeof points === 'string' ? [points] : [])
        ])
      )
    default:
      return [step.of]
  }
}

function runOf(
  step: Step,
  places: ReadonlyMap<string, number>,
  inputs: readonly string[],
  trees: CompiledTrees | undefined
): Run {
  const at = (id: string) => placeOf(places, id)
  switch (step.do) {
    case 'read':
      return readRun(step, inputs.indexOf(step.input))
    case 'apply':
      return applyRun(step, at)
    case 'bins':
      return binsRun(step, at(step.of))
    case 'map':
      return mapRun(step, step.of.map(at))
    case 'curve':
      return curveRun(step, at(step.of))
    case 'indicator':
      return indicatorRun(step, at(step.of))
    case 'linear':
      return linearRun(step, at)
    case 'link':
      return linkRun(INVERSE_LINKS[step.link], at(step.of))
    case 'trees':
      return treesRun(step, trees ?? compileTrees(step), at)
    case 'combine':
      return combineRun(step, at)
    case 'card':
      return cardRun(step, at)
    case 'rescale':
      return rescaleRun(step, at(step.of))
  }
}

/** Whether a range holds a number. */
function rangeHolds(
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: NumberRange,
  value: number
): boolean {
  return value >= from && value < to
}

function readRun(step: ReadStep, input: number): Run {
  const { precision, none = [], invalid, replacement, limits, missing } = step
  const nothings = new Set(none)
  const isValid = validity(step)
  const ofInvalid: Readonly<Record<ReadStep['invalid'], (value: FeatureValue) => StepValue | null>> = {
    refuse: () => null,
    missing: () => missing,
    keep: (value) => (isOfType(step, value) ? value : undefined),
    replace: () => replacement
  }
  const isPlain =
    precision === undefined && none.length === 0 && step.valid === undefined && step.notValid === undefined
  const wanted = TYPES[step.type]
  // Most inputs are taken as they are, by the hundred for each row.
  if (isPlain && limits === undefined && missing === undefined && invalid === 'keep')
    return (_, inputs) => {
      const given = inputs[input]
      return typeof given === wanted ? given : undefined
    }
  return (_, inputs) => {
    const given = inputs[input]
    if (given === undefined) return missing
    const value = precision === 'single' && typeof given === 'number' ? Math.fround(given) : given
    if (nothings.has(value)) return missing
    if (!isValid(value)) return ofInvalid[invalid](value)
    if (limits === undefined || typeof value !== 'number' || (value >= limits.low && value <= limits.high)) return value
    return limits.beyond === 'missing' ? missing : Math.min(Math.max(value, limits.low), limits.high)
  }
}

const TYPES = { numeric: 'number', category: 'string', boolean: 'boolean' } as const

function isOfType({ type }: ReadStep, value: FeatureValue): boolean {
  return typeof value === TYPES[type]
}

/** Whether a step of an input takes a value for what it is, neither missing nor invalid. */
export function validity(step: ReadStep): (value: FeatureValue) => boolean {
  const { valid, notValid = [], type, whole } = step
  const wanted = TYPES[type]
  const isOne = whole === true ? Number.isInteger : (value: FeatureValue) => typeof value === wanted
  if (valid === undefined && notValid.length === 0) return isOne
  const ranges = valid?.ranges
  const values = valid?.values === undefined ? undefined : new Set(valid.values)
  return (value) => {
    if (!isOne(value) || notValid.includes(value)) return false
    const isListed = values?.has(value) === true
    if (ranges !== undefined && typeof value === 'number')
      return isListed || ranges.some((range) => rangeHolds(range, value))
    return isListed || values === undefined
  }
}

function applyRun(
  { function: name, to, missing, otherwise, invalid, precision }: ApplyStep,
  at: (id: string) => number
): Run {
  const call: Built = functionOf(name, missing)
  const operands = to.map((each) => operandOf(each, at))
  const isChoice = name === 'if'
  return (slots) => {
    const values = operands.map((operand) => operand(slots))
    // Of a choice only what is chosen has to be valid.
    if (values.some(isNotValid) && (!isChoice || isNotValid(values[0]))) return Number.NaN
    const value = call(values)
    if (value === undefined) return otherwise
    if (typeof value !== 'number') return value
    if (!Number.isFinite(value)) return invalid === 'missing' && !isChoice ? otherwise : Number.NaN
    return precision === 'single' ? Math.fround(value) : value
  }
}

/** Whether a step gave what is not valid. */
export function isNotValid(value: StepValue): boolean {
  return typeof value === 'number' && Number.isNaN(value)
}

function operandOf(operand: Operand, at: (id: string) => number): (slots: Slots) => StepValue {
  if (typeof operand === 'object') return () => operand.text
  if (typeof operand !== 'string') return () => operand
  const place = at(operand)
  return (slots) => slots[place]
}

function binsRun({ bins, missing, otherwise }: BinsStep, of: number): Run {
  return (slots) => {
    const value = slots[of]
    if (value === undefined) return missing
    if (isNotValid(value)) return value
    const found = typeof value === 'number' ? bins.find((bin) => rangeHolds(bin, value)) : undefined
    return found === undefined ? otherwise : found.value
  }
}

function mapRun({ rows, missing, otherwise }: MapStep, of: readonly number[]): Run {
  const keyOf = (values: readonly StepValue[]): string => JSON.stringify(values)
  const results = new Map<string, FeatureValue>()
  for (const row of rows) {
    const key = keyOf(row.slice(0, -1))
    const result = row.at(-1)
    if (result !== undefined && !results.has(key)) results.set(key, result)
  }
  return (slots) => {
    const values = of.map((place) => slots[place])
    if (values.some(isNotValid)) return Number.NaN
    return values.includes(undefined) ? missing : (results.get(keyOf(values)) ?? otherwise)
  }
}

function curveRun({ points, beyond = 'extend', missing }: CurveStep, of: number): Run {
  const first = points[0] as [number, number]
  const last = points.at(-1) as [number, number]
  return (slots) => {
    const x = slots[of]
    if (typeof x !== 'number') return missing
    if (Number.isNaN(x)) return x
    if (beyond !== 'extend' && (x < first[0] || x > last[0])) {
      if (beyond === 'missing') return missing
      return x < first[0] ? first[1] : last[1]
    }
    let right = 1
    while (right < points.length - 1 && x > (points[right] as [number, number])[0]) right += 1
    const [fromX, fromY] = points[right - 1] as [number, number]
    const [toX, toY] = points[right] as [number, number]
    return fromY + ((x - fromX) / (toX - fromX)) * (toY - fromY)
  }
}

function indicatorRun({ value, missing }: IndicatorStep, of: number): Run {
  return (slots) => {
    const found = slots[of]
    if (found === undefined) return missing
    if (isNotValid(found)) return found
    return found === value ? 1 : 0
  }
}

function linearRun({ intercept, terms }: LinearStep, at: (id: string) => number): Run {
  const places = terms.map(({ of }) => at(of))
  return (slots) => {
    let sum = intercept
    let isMissing = false
    for (let index = 0; index < terms.length; index += 1) {
      const value = slots[places[index] as number]
      if (value === undefined) {
        isMissing = true
        continue
      }
      const { coefficient, exponent = 1 } = terms[index] as LinearStep['terms'][number]
      const number = asComparable(value)
      sum += coefficient * (exponent === 1 ? number : number ** exponent)
    }
    // What is not valid counts before what is missing.
    if (!Number.isFinite(sum)) return Number.NaN
    return isMissing ? undefined : sum
  }
}

function linkRun(inverse: (sum: number) => number, of: number): Run {
  return (slots) => {
    const value = slots[of]
    return typeof value === 'number' ? inverse(value) : undefined
  }
}

function treesRun({ fields }: TreesStep, trees: CompiledTrees, at: (id: string) => number): Run {
  const places = fields.map(at)
  const values = new Float64Array(places.length)
  return (slots) => {
    for (let index = 0; index < places.length; index += 1) {
      const given = slots[places[index] as number]
      if (isNotValid(given)) return Number.NaN
      values[index] = asComparable(given)
    }
    const value = valueOfTrees(trees, values)
    return Number.isNaN(value) ? undefined : value
  }
}

function combineRun({ how, of, missing }: CombineStep, at: (id: string) => number): Run {
  const parts = of.map(({ step, weight = 1, when }) => ({
    place: at(step),
    weight,
    when: when === undefined ? undefined : at(when)
  }))
  return (slots) => {
    if (parts.some(({ when }) => when !== undefined && isNotValid(slots[when]))) return Number.NaN
    const chosen = parts.filter(({ when }) => when === undefined || slots[when] === true)
    if (how === 'first') {
      const [first] = chosen
      return first === undefined ? undefined : slots[first.place]
    }
    const known = missing === 'skip' ? chosen.filter(({ place }) => slots[place] !== undefined) : chosen
    if (known.length === 0 || known.some(({ place }) => typeof slots[place] !== 'number')) return undefined
    const values = known.map(({ place }) => slots[place] as number)
    switch (how) {
      case 'max':
        return Math.max(...values)
      case 'median':
        return median(values)
      case 'only':
        return values.length === 1 ? values[0] : undefined
      default: {
        const sum = known.reduce((total, { weight }, index) => total + weight * (values[index] as number), 0)
        return how === 'sum' ? sum : sum / known.reduce((total, { weight }) => total + weight, 0)
      }
    }
  }
}

/**
 * The first attribute of a characteristic whose condition holds; -1 where none does, or one before
 * it is not valid.
 */
export type FirstTrue = (slots: Slots) => number

/** For each characteristic of a card, what finds its attribute. */
export function firstTrues({ characteristics }: CardStep, at: (id: string) => number): FirstTrue[] {
  return characteristics.map(({ attributes }) => {
    const whens = attributes.map(({ when }) => (when === undefined ? undefined : at(when)))
    return (slots) => {
      const first = whens.findIndex((when) => when === undefined || slots[when] === true || isNotValid(slots[when]))
      const when = whens[first]
      return when !== undefined && isNotValid(slots[when]) ? -1 : first
    }
  })
}

function cardRun(step: CardStep, at: (id: string) => number): Run {
  const firsts = firstTrues(step, at)
  const points = step.characteristics.map(({ attributes }) =>
    attributes.map(({ points: given }) => (typeof given === 'number' ? given : at(given)))
  )
  return (slots) => {
    let score = step.initial
    for (let index = 0; index < firsts.length; index += 1) {
      const attribute = (firsts[index] as FirstTrue)(slots)
      const worth = step.characteristics[index]?.attributes[attribute]?.points
      // A characteristic without a true attribute leaves the whole card without a result.
      if (worth === undefined) return null
      const earned = typeof worth === 'number' ? worth : slots[points[index]?.[attribute] as number]
      if (typeof earned !== 'number') return undefined
      score += earned
    }
    return score
  }
}

function rescaleRun(step: RescaleStep, of: number): Run {
  return (slots) => {
    const value = slots[of] ?? step.otherwise
    return typeof value === 'number' ? rescaledBy(step, value) : undefined
  }
}

/** What a step makes of a result. */
export function rescaledBy(
  { min, max, factor = 1, constant = 0, cast }: Pick<RescaleStep, 'min' | 'max' | 'factor' | 'constant' | 'cast'>,
  value: number
): number {
  const limited = Math.min(Math.max(value, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY)
  const rescaled = limited * factor + constant
  if (cast === undefined) return rescaled
  return cast === 'round' ? Math.round(rescaled) : cast === 'floor' ? Math.floor(rescaled) : Math.ceil(rescaled)
}
