import type { FeatureValue } from '../features/feature.ts'
import { FEATURES, type FeatureEntry, type FeatureInfluence } from '../features/feature-catalogue.ts'
import type { CompiledCondition, CompiledModel } from '../scorecards/compiled-model.ts'
import type { ModelInput, ScoringModel } from '../scorecards/scoring-model.ts'

/**
 * Values of one feature that a model cannot tell apart: between two neighbouring bounds that the
 * model names anywhere, or a set of categories.
 */
export interface Cell {
  /**
   * Of a number: from here, included, to `below`, excluded. Infinite where it is open, and for
   * other types.
   */
  readonly from: number
  readonly below: number
  /** Of a category or a yes or no; empty for a number. */
  readonly values: readonly (string | boolean)[]
  /** What its characteristics earn together. */
  readonly points: number
  /** What it does in the model, one place for each that looks at the feature: larger is better. */
  readonly effect: readonly number[]
  /** Whether a condition that speaks against the customer holds. */
  readonly isAdverse: boolean
}

/** Everything in a model that looks at one feature. */
interface FeatureUse {
  /** Places of the characteristics. */
  readonly characteristics: readonly number[]
  /** What requirements ask of it. */
  readonly atLeast: readonly number[]
  /** Conditions that speak against the customer, and those that speak for it. */
  readonly against: readonly CompiledCondition[]
  readonly inFavour: readonly CompiledCondition[]
  /** The shortest age in days at which it is stale for something. */
  readonly maxAgeDays: number
}

/** Everything in a model that looks at the feature of this place. */
export function useOf(compiled: CompiledModel, place: number): FeatureUse {
  const own = compiled.characteristics.flatMap((each, index) => (each.feature === place ? [index] : []))
  const ceilings = compiled.ceilings.map(({ requires }) => requires)
  const requirements = [...compiled.evidence, ...ceilings].flat().flatMap((each) => {
    return each.kind === 'feature' && each.feature === place ? [each] : []
  })
  const notches = compiled.model.notches ?? []
  const on = (conditions: readonly CompiledCondition[]) => conditions.filter(({ feature }) => feature === place)
  const noted = (sign: 1 | -1) =>
    compiled.notches.filter((_, index) => Math.sign(notches[index]?.grades ?? 0) === sign).flatMap(on)
  const ages = [
    ...own.map((index) => compiled.characteristics[index]?.maxAgeDays ?? Number.POSITIVE_INFINITY),
    ...requirements.map((each) => each.maxAgeDays)
  ]
  return {
    characteristics: own,
    atLeast: requirements.map((each) => each.atLeast),
    against: [...compiled.knockouts.flatMap(({ when }) => on(when)), ...noted(-1)],
    inFavour: noted(1),
    maxAgeDays: Math.min(...ages, Number.POSITIVE_INFINITY)
  }
}

/**
 * Every cell of a feature: of a number in rising order. Of a category, values that the model or the
 * catalogue names and that every characteristic has an attribute for; none is made up.
 */
export function cellsOf(compiled: CompiledModel, place: number): Cell[] {
  const use = useOf(compiled, place)
  return isNumber(compiled, use) ? numericCells(compiled, use) : valueCells(compiled, use, place)
}

/** Whether one cell is at least as good as another in everything that the model looks at. */
export function isNoWorse(cell: Cell, than: Cell): boolean {
  return cell.effect.every((each, index) => each >= (than.effect[index] ?? each))
}

/** Whether a cell holds a value. */
export function holdsValue({ from, below, values }: Cell, value: FeatureValue): boolean {
  return typeof value === 'number' ? values.length === 0 && value >= from && value < below : values.includes(value)
}

/** The catalogue's row of a feature, or the model's own of an input that it declares. */
export function describedFeature(
  model: ScoringModel,
  id: string
): (Pick<FeatureEntry, 'description'> & Partial<FeatureEntry> & Pick<ModelInput, 'whole'>) | undefined {
  return Object.hasOwn(FEATURES, id) ? FEATURES[id] : model.inputs?.find((each) => each.id === id)
}

/**
 * What changes a feature: nothing that the customer could be asked for, where neither catalogue nor
 * model says so.
 */
export function influenceOf(model: ScoringModel, id: string): FeatureInfluence {
  return describedFeature(model, id)?.influence ?? 'none'
}

function isNumber(
  { characteristics }: CompiledModel,
  { characteristics: own, atLeast, against, inFavour }: FeatureUse
) {
  if (own.length > 0) return own.every((index) => characteristics[index]?.numeric)
  return atLeast.length > 0 || [...against, ...inFavour].every(({ equals }) => equals === undefined)
}

function numericCells(compiled: CompiledModel, use: FeatureUse): Cell[] {
  const conditions = [...use.against, ...use.inFavour]
  const named = [
    ...use.characteristics.flatMap((index) => compiled.characteristics[index]?.bounds ?? []),
    ...use.atLeast,
    ...conditions.flatMap(({ atLeast, below }) => [atLeast, below])
  ]
  const bounds = [...new Set(named.filter(Number.isFinite))].toSorted((a, b) => a - b)
  return [Number.NEGATIVE_INFINITY, ...bounds].map((from, index) => {
    const below = bounds[index] ?? Number.POSITIVE_INFINITY
    return { from, below, values: [], ...worthOf(compiled, use, Math.max(from, -Number.MAX_VALUE)) }
  })
}

function valueCells(compiled: CompiledModel, use: FeatureUse, place: number): Cell[] {
  const { model, features } = compiled
  const entry = describedFeature(model, features[place]?.id ?? '')
  const own = use.characteristics.flatMap((index) => compiled.characteristics[index] ?? [])
  const named = [
    ...(entry?.values ?? []),
    ...own.flatMap(({ indexByValue }) => [...indexByValue.keys()]),
    ...[...use.against, ...use.inFavour].flatMap(({ equals }) => (equals === undefined ? [] : [equals]))
  ]
  if (entry?.type === 'boolean' || named.some((each) => typeof each === 'boolean')) named.push(true, false)
  const cells: Cell[] = []
  for (const value of new Set(named)) {
    if (!own.every(({ indexByValue }) => indexByValue.has(value))) continue
    const worth = worthOf(compiled, use, value)
    const same = cells.findIndex(({ effect }) => effect.every((each, index) => each === worth.effect[index]))
    const known = cells[same]
    if (known === undefined) cells.push({ ...OPEN, values: [value], ...worth })
    else cells[same] = { ...known, values: [...known.values, value] }
  }
  return cells
}

const OPEN = { from: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY }

/**
 * A condition about something of another type is never known, which counts against the customer.
 */
function worthOf(
  compiled: CompiledModel,
  use: FeatureUse,
  value: FeatureValue
): Pick<Cell, 'points' | 'effect' | 'isAdverse'> {
  const points = use.characteristics.map((index) => {
    const each = compiled.characteristics[index]
    return each?.points[attributeAt(each, value)] ?? 0
  })
  const against = use.against.map((each) => meets(each, value) !== false)
  const effect = [
    ...points,
    ...use.atLeast.map((bound) => Number(typeof value === 'number' && value >= bound)),
    ...against.map((holds) => -Number(holds)),
    ...use.inFavour.map((each) => Number(meets(each, value) === true))
  ]
  return { points: points.reduce((total, each) => total + each, 0), effect, isAdverse: against.includes(true) }
}

function attributeAt({ bounds, indexByValue }: CompiledModel['characteristics'][number], value: FeatureValue): number {
  return typeof value === 'number' ? bounds.filter((bound) => value >= bound).length : (indexByValue.get(value) ?? -1)
}

function meets({ equals, atLeast, below }: CompiledCondition, value: FeatureValue): boolean | undefined {
  if (typeof value === 'number') return equals === undefined ? value >= atLeast && value < below : undefined
  return typeof equals === typeof value ? equals === value : undefined
}
