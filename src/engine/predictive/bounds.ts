import { INVERSE_LINKS } from './links.ts'
import { type Program, placeOf, rescaledBy, type Slots } from './program.ts'
import type { CardStep, CombineStep, LinearStep, NumberRange, ReadStep, Step } from './steps.ts'
import { asComparable, boundsOfTrees, type CompiledTrees } from './trees.ts'

/** The least and the most that a step can give. */
export type Bounds = readonly [number, number]

const ANYTHING: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const NOTHING: Bounds = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

/**
 * Bounds of the result of a row when the inputs of which `isFree` says so may hold anything;
 * infinite where nothing is known. They are safe, not tight: steps are looked at one by one.
 */
export function boundsOfResult(
  { steps, places, result }: Program,
  slots: Slots,
  isFree: (input: number) => boolean
): Bounds {
  const bounds: Bounds[] = []
  const free = steps.map(({ inputs }) => [...inputs].some(isFree))
  const at = (id: string) => placeOf(places, id)
  for (const [place, { source, trees }] of steps.entries()) {
    const value = asComparable(slots[place])
    if (!free[place]) bounds.push(Number.isNaN(value) ? NOTHING : [value, value])
    else bounds.push(boundsOfStep(source, trees, { slots, bounds, free, at }))
  }
  return bounds[result] ?? ANYTHING
}

interface Known {
  readonly slots: Slots
  readonly bounds: readonly Bounds[]
  readonly free: readonly boolean[]
  readonly at: (id: string) => number
}

function boundsOfStep(step: Step, trees: CompiledTrees | undefined, known: Known): Bounds {
  const { at, bounds, slots, free } = known
  const of = (id: string): Bounds => bounds[at(id)] ?? ANYTHING
  switch (step.do) {
    case 'read':
      return readBounds(step)
    case 'bins':
      return spanOf([...step.bins.map(({ value }) => value), step.missing, step.otherwise])
    case 'map':
      return spanOf([...step.rows.map((row) => row.at(-1)), step.missing, step.otherwise])
    case 'indicator':
      return spanOf([0, 1, step.missing])
    case 'curve':
      return step.beyond === 'limit' ? spanOf([...step.points.map(([, y]) => y), step.missing]) : ANYTHING
    case 'linear':
      return linearBounds(step, of)
    case 'link':
      return ordered(of(step.of).map(INVERSE_LINKS[step.link]))
    case 'trees': {
      const values = Float64Array.from(step.fields, (field) => asComparable(slots[at(field)]))
      const isFree = Uint8Array.from(step.fields, (field) => (free[at(field)] === true ? 1 : 0))
      return trees === undefined ? ANYTHING : boundsOfTrees(trees, values, isFree)
    }
    case 'combine':
      return combineBounds(step, known)
    case 'card':
      return cardBounds(step, known)
    case 'rescale': {
      const { otherwise } = step
      const ends = [...of(step.of), ...(otherwise === undefined ? [] : [otherwise])]
      return ordered(ends.map((each) => rescaledBy(step, each)))
    }
    default:
      return ANYTHING
  }
}

function ordered(bounds: readonly number[]): Bounds {
  return bounds.some(Number.isNaN) ? ANYTHING : [Math.min(...bounds), Math.max(...bounds)]
}

/** What stands for a missing or an invalid value may lie beyond the limits and the ranges. */
function readBounds({ limits, valid, notValid, invalid, replacement, missing }: ReadStep): Bounds {
  const keepsAny = invalid === 'keep' && (valid !== undefined || notValid !== undefined)
  const usual: Bounds = limits?.beyond === 'limit' ? [limits.low, limits.high] : rangesOf(valid?.ranges)
  if (keepsAny) return ANYTHING
  return spanOf([...usual, missing, ...(valid?.values ?? []), ...(invalid === 'replace' ? [replacement] : [])])
}

function rangesOf(ranges: readonly NumberRange[] | undefined): Bounds {
  if (ranges === undefined) return ANYTHING
  return [
    Math.min(...ranges.map(({ from = Number.NEGATIVE_INFINITY }) => from)),
    Math.max(...ranges.map(({ to = Number.POSITIVE_INFINITY }) => to))
  ]
}

function spanOf(values: readonly unknown[]): Bounds {
  const numbers = values.filter((each) => typeof each === 'number')
  return numbers.length === 0 ? ANYTHING : [Math.min(...numbers), Math.max(...numbers)]
}

function linearBounds({ intercept, terms }: LinearStep, of: (id: string) => Bounds): Bounds {
  let least = intercept
  let most = intercept
  for (const { of: id, coefficient, exponent = 1 } of terms) {
    const [from, to] = of(id)
    const ends = exponent === 1 ? [coefficient * from, coefficient * to] : ANYTHING
    if (coefficient === 0) continue
    least += Math.min(...ends)
    most += Math.max(...ends)
  }
  return Number.isNaN(least) || Number.isNaN(most) ? ANYTHING : [least, most]
}

function combineBounds({ how, of }: CombineStep, { bounds, slots, free, at }: Known): Bounds {
  const parts = of.flatMap(({ step, weight = 1, when }) => {
    const isOpen = when !== undefined && free[at(when)] === true
    if (when !== undefined && !isOpen && slots[at(when)] !== true) return []
    return [{ weight, isOpen, bounds: bounds[at(step)] ?? ANYTHING }]
  })
  const all = spanOf(parts.flatMap((part) => part.bounds))
  if (how !== 'sum') return all
  let least = 0
  let most = 0
  for (const { weight, isOpen, bounds: own } of parts) {
    const ends = [weight * own[0], weight * own[1], ...(isOpen ? [0] : [])]
    least += Math.min(...ends)
    most += Math.max(...ends)
  }
  return Number.isNaN(least) || Number.isNaN(most) ? ANYTHING : [least, most]
}

function cardBounds({ initial, characteristics }: CardStep, known: Known): Bounds {
  let least = initial
  let most = initial
  for (const { attributes } of characteristics) {
    const ends = possibleAttributes(attributes, known).flatMap(({ points }) =>
      typeof points === 'number' ? [points] : (known.bounds[known.at(points)] ?? ANYTHING)
    )
    least += Math.min(...ends)
    most += Math.max(...ends)
  }
  return Number.isNaN(least) || Number.isNaN(most) ? ANYTHING : [least, most]
}

type Attribute = CardStep['characteristics'][number]['attributes'][number]

/** Those that may be the first whose condition holds. */
function possibleAttributes(attributes: readonly Attribute[], { slots, free, at }: Known): Attribute[] {
  const isOpen = ({ when }: Attribute) => when !== undefined && free[at(when)] === true
  const isTrue = ({ when }: Attribute) => when === undefined || slots[at(when)] === true
  const last = attributes.findIndex((each) => !isOpen(each) && isTrue(each))
  return attributes.filter((each, index) => (isOpen(each) && (last < 0 || index < last)) || index === last)
}
