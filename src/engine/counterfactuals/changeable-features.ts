import type { Feature, FeatureValue } from '../features/feature.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { Contribution, ContributionState } from '../scorecards/score-result.ts'
import { type BusinessDate, toDayNumber } from '../values/dates.ts'
import { type Cell, cellsOf, describedFeature, holdsValue, influenceOf, isNoWorse, useOf } from './feature-cells.ts'

/**
 * One feature that the customer can influence, with the cells that might be better for it than what
 * is there now.
 */
export interface Changeable {
  /** Place of the feature in the compiled model. */
  readonly place: number
  readonly id: string
  readonly state: ContributionState
  /** What is there now, also when it is stale; null when it is missing. */
  readonly value: FeatureValue | null
  readonly asOf: BusinessDate | null
  readonly cells: readonly Cell[]
  /** From the smallest change to the largest. */
  readonly options: readonly Option[]
  /**
   * The options that no cell outdoes, the smallest change of those that do the same; most often
   * one.
   */
  readonly best: readonly [Option, ...Option[]]
  /**
   * Whether the first of `best` is no worse than any cell, or than what is there now, in anything
   * that the model looks at.
   */
  readonly isSupreme: boolean
}

/** One way to change a feature. */
export interface Option {
  readonly cell: Cell
  /** The value in the cell that is nearest to the present one. */
  readonly value: FeatureValue
  /**
   * How many cells the change moves on. A missing value, and a category, moves one for each cell
   * that the new one outdoes.
   */
  readonly steps: number
  /** Size of the change relative to both values, 0 to 1; 1 where there is nothing to compare. */
  readonly size: number
  /** Points that its characteristics then earn more than now. */
  readonly gain: number
}

/**
 * The features of a customer that it can influence and that could be better, in the order of the
 * model. One that does not apply to the customer is none.
 */
export function changeableFeatures(
  compiled: CompiledModel,
  features: readonly (Feature | undefined)[],
  asOf: BusinessDate,
  contributions: readonly Contribution[]
): Changeable[] {
  // What a predictive model makes of other values is not known without working each of them out.
  const read = new Set(compiled.predictive?.inputs.map(({ feature }) => feature))
  return compiled.features.flatMap(({ id }, place) => {
    if (read.has(place)) return []
    const feature = features[place]
    if (influenceOf(compiled.model, id) !== 'customer') return []
    if (feature !== undefined && 'missing' in feature && feature.missing === 'not_applicable') return []
    const cells = cellsOf(compiled, place)
    const { characteristics, maxAgeDays } = useOf(compiled, place)
    const found = presentOf(feature, asOf, maxAgeDays, cells)
    const points = characteristics.reduce((total, index) => total + (contributions[index]?.points ?? 0), 0)
    const { unit = '', whole } = describedFeature(compiled.model, id) ?? {}
    const digits = whole === true || WHOLE_UNITS.includes(unit) ? 1 : FINE
    const fresh = found.state === 'present' ? cells.find((each) => holdsAny(each, found.value)) : undefined
    const options = cells
      .filter((cell) => fresh === undefined || !isNoWorse(fresh, cell))
      .map((cell) => optionOf(cell, cells, found.value, points, digits))
      .filter(({ cell, value }) => holdsValue(cell, value))
      .toSorted((a, b) => a.steps - b.steps || a.size - b.size || b.gain - a.gain)
    const [first, ...others] = bestOf(options, cells)
    if (first === undefined) return []
    // A knock-out may count as clear while nothing is known.
    const isNoLoss = fresh !== undefined || !first.cell.isAdverse
    const isSupreme = isNoLoss && cells.every((cell) => isNoWorse(first.cell, cell))
    return [{ place, id, ...found, cells, options, best: [first, ...others], isSupreme }]
  })
}

/** Units in which a target is a whole number, and how fine the others are. */
const WHOLE_UNITS = ['days', 'months', 'count', 'mark', 'index']
const FINE = 10_000

function bestOf(options: readonly Option[], cells: readonly Cell[]): Option[] {
  const best: Option[] = []
  for (const each of options) {
    const isOutdone = cells.some((other) => isNoWorse(other, each.cell) && !isNoWorse(each.cell, other))
    if (!isOutdone && !best.some(({ cell }) => isNoWorse(cell, each.cell))) best.push(each)
  }
  return best
}

type Present = Pick<Changeable, 'state' | 'value' | 'asOf'>

const MISSING: Present = { state: 'missing', value: null, asOf: null }

/** What the model sees of a feature: a value that it cannot use is missing. */
function presentOf(
  feature: Feature | undefined,
  asOf: BusinessDate,
  maxAgeDays: number,
  cells: readonly Cell[]
): Present {
  if (feature === undefined || 'missing' in feature) return MISSING
  const { value } = feature
  const ageDays = toDayNumber(asOf) - toDayNumber(feature.asOf)
  const isNumeric = cells.some(({ values }) => values.length === 0)
  if (!(ageDays >= 0) || isNumeric !== (typeof value === 'number')) return MISSING
  if (typeof value === 'number' && !Number.isFinite(value)) return MISSING
  return { state: ageDays > maxAgeDays ? 'stale' : 'present', value, asOf: feature.asOf }
}

function holdsAny(cell: Cell, value: FeatureValue | null): boolean {
  return value !== null && holdsValue(cell, value)
}

function optionOf(
  cell: Cell,
  cells: readonly Cell[],
  present: FeatureValue | null,
  points: number,
  digits: number
): Option {
  const gain = cell.points - points
  const at = present === null ? -1 : cells.findIndex((each) => holdsValue(each, present))
  if (typeof present === 'number') {
    const value = nearestIn(cell, present, digits)
    const size = value === present ? 0 : Math.abs(value - present) / (Math.abs(value) + Math.abs(present))
    // Of numbers near the largest there is no sum.
    return { cell, value, steps: Math.abs(cells.indexOf(cell) - at), size: Number.isFinite(size) ? size : 1, gain }
  }
  const value = cell.values[0] ?? nearestIn(cell, null, digits)
  const before = cells[at]
  const steps = Math.abs(outdone(cell, cells) - (before === undefined ? 0 : outdone(before, cells)))
  return { cell, value, steps, size: before === cell ? 0 : 1, gain }
}

/** How many cells are worse. */
function outdone(cell: Cell, cells: readonly Cell[]): number {
  return cells.filter((other) => isNoWorse(cell, other) && !isNoWorse(other, cell)).length
}

/**
 * The number in a range that is nearest to the present one, at the precision that its unit has,
 * where the range is wide enough.
 */
function nearestIn({ from, below }: Cell, present: number | null, digits: number): number {
  if (present !== null && present >= from && present < below) return present
  if (present === null ? from > Number.NEGATIVE_INFINITY : present < from) {
    const rounded = digits === 1 ? Math.ceil(from) : from
    return rounded < below ? rounded : from
  }
  if (below === Number.POSITIVE_INFINITY) return 0
  const rounded = (Math.ceil(below * digits) - 1) / digits
  if (rounded < below && rounded >= from) return rounded
  if (from > Number.NEGATIVE_INFINITY) return Math.max(from, Math.min(from / 2 + below / 2, below))
  return Math.max(below - Math.max(1, Math.abs(below)), -Number.MAX_VALUE)
}
