import type { Tree } from './steps.ts'

/*
 * Path-dependent SHAP of trees (Lundberg et al., From local explanations to global understanding,
 * 2020). A leaf is reached by the product of one factor for each field on its way: 1 or 0 where the
 * field is known, the share of the cases where it is not. The Shapley value of a field in such a
 * product is an integral over t from 0 to 1 of the product of the other factors, each share +
 * (known - share) · t (Owen, Multilinear extensions of games, 1972). It is a polynomial:
 * Gauss-Legendre quadrature is exact.
 */

/** Every way to a leaf, as flat arrays. */
export interface CompiledShap {
  /** What the trees give on average over the cases, without their values being known. */
  readonly base: number
  readonly fields: number
  readonly nodes: readonly TreeNodes[]
  /** For each way: where its elements begin, what its leaf gives, and where its factors begin. */
  readonly elements: Int32Array
  readonly values: Float64Array
  readonly factors: Int32Array
  /** For each element: its field, its share, and where its edges begin. */
  readonly field: Int32Array
  readonly share: Float64Array
  readonly edges: Int32Array
  /** For each edge: the place in `truth` that says whether it is taken. */
  readonly edge: Int32Array
  /**
   * For each element and point, in each state: its factor, and what is to be had of the product of
   * all factors.
   */
  readonly factor: Float64Array
  readonly gain: Float64Array
  readonly quadratures: readonly Quadrature[]
}

/** The inner nodes of one tree, and where they stand among those of all trees. */
interface TreeNodes {
  readonly tree: Tree
  readonly first: number
}

/**
 * An edge of a node: to the one side, to the other, or, where that is neither of them, for a
 * missing value.
 */
const YES = 0
const NO = 1
const MISSING = 2
const EDGES = 3

/** Another way is taken, this way, or, of a missing value, both by the share of their cases. */
const ASIDE = 0
const TAKEN = 1
const BOTH = 2
const STATES = 3

interface Way {
  readonly value: number
  /** By field: the share of the cases, and the edges. */
  readonly elements: ReadonlyMap<number, { readonly share: number; readonly edges: readonly number[] }>
}

/**
 * Ways through trees in which missing values lead across to other branches; more would take too
 * long.
 */
export const WAYS_MAX = 400_000

/** Prepares trees. Throws a RangeError where there are too many ways through them. */
export function compileShap(trees: readonly Tree[], fields: number): CompiledShap {
  const nodes: TreeNodes[] = []
  const ways: Way[] = []
  let first = 0
  for (const tree of trees) {
    nodes.push({ tree, first })
    collectWays(tree, first, ways)
    first += tree.field.length
  }
  return flat(ways, nodes, fields)
}

function collectWays(tree: Tree, first: number, ways: Way[]): void {
  const covers = coversOf(tree)
  const go = (place: number, elements: Way['elements']): void => {
    if (place < 0) {
      const value = tree.leaves[-1 - place] ?? null
      if (value !== null) ways.push({ value, elements })
      if (ways.length > WAYS_MAX) throw new RangeError('There are too many ways through the trees.')
      return
    }
    const [yes, no, missing] = [tree.yes[place] as number, tree.no[place] as number, tree.missing[place] ?? null]
    const share = shareOfYes(covers, yes, no)
    const field = tree.field[place] as number
    const at = EDGES * (first + place)
    go(yes, withEdge(elements, field, share, at + YES))
    go(no, withEdge(elements, field, 1 - share, at + NO))
    const isAside = missing !== null && missing !== yes && missing !== no
    if (isAside) go(missing, withEdge(elements, field, 0, at + MISSING))
  }
  go(tree.field.length === 0 ? -1 : 0, new Map())
}

function withEdge(elements: Way['elements'], field: number, share: number, edge: number): Way['elements'] {
  const before = elements.get(field)
  const made = { share: share * (before?.share ?? 1), edges: [...(before?.edges ?? []), edge] }
  return new Map(elements).set(field, made)
}

/** The cases that come through each inner node and each leaf. */
function coversOf(tree: Tree): (place: number) => number {
  const { cases } = tree
  if (cases === undefined) return () => 1
  const inner: number[] = []
  const coverOf = (place: number): number => (place < 0 ? (cases[-1 - place] ?? 0) : (inner[place] ?? 0))
  for (let place = tree.field.length - 1; place >= 0; place -= 1)
    inner[place] = coverOf(tree.yes[place] as number) + coverOf(tree.no[place] as number)
  return coverOf
}

function shareOfYes(coverOf: (place: number) => number, yes: number, no: number): number {
  const total = coverOf(yes) + coverOf(no)
  return total > 0 ? coverOf(yes) / total : 0.5
}

function flat(ways: readonly Way[], nodes: readonly TreeNodes[], fields: number): CompiledShap {
  const elements = [0]
  const factors = [0]
  const field: number[] = []
  const share: number[] = []
  const edges = [0]
  const edge: number[] = []
  const factor: number[] = []
  const gain: number[] = []
  const quadratures = quadraturesUpTo(Math.max(0, ...ways.map((way) => way.elements.size)))
  let base = 0
  for (const way of ways) {
    let product = way.value
    const { points } = quadratures[way.elements.size] as Quadrature
    for (const [each, { share: part, edges: own }] of way.elements) {
      field.push(each)
      share.push(part)
      edge.push(...own)
      edges.push(edge.length)
      product *= part
      for (const t of points) {
        factor.push((1 - t) * part, part + (1 - part) * t, part)
        gain.push(-1 / (1 - t), (1 - part) / (part + (1 - part) * t), 0)
      }
    }
    base += product
    elements.push(field.length)
    factors.push(factor.length)
  }
  return {
    base,
    fields,
    nodes,
    elements: Int32Array.from(elements),
    values: Float64Array.from(ways.map(({ value }) => value)),
    factors: Int32Array.from(factors),
    field: Int32Array.from(field),
    share: Float64Array.from(share),
    edges: Int32Array.from(edges),
    edge: Int32Array.from(edge),
    factor: Float64Array.from(factor),
    gain: Float64Array.from(gain),
    quadratures
  }
}

/**
 * What each field adds to the base, for one row: together, what the trees give of it. What is
 * missing is not a number.
 */
export function shapOf(compiled: CompiledShap, values: Float64Array): Float64Array {
  const found = new Float64Array(compiled.fields)
  const taken = takenEdges(compiled, values)
  const { elements, quadratures } = compiled
  const states = new Uint8Array(quadratures.length)
  const products = new Float64Array(quadratures.at(-1)?.points.length ?? 0)
  for (let way = 0; way < compiled.values.length; way += 1) {
    const count = (elements[way + 1] as number) - (elements[way] as number)
    if (findStates(compiled, taken, elements[way] as number, count, states))
      addWay(compiled, way, states, products, found)
  }
  return found
}

/** Adds what the fields of one way add. */
function addWay(
  { elements, factors, values, field, factor, gain, quadratures }: CompiledShap,
  way: number,
  states: Uint8Array,
  products: Float64Array,
  found: Float64Array
): void {
  const start = elements[way] as number
  const count = (elements[way + 1] as number) - start
  const { weights } = quadratures[count] as Quadrature
  const points = weights.length
  const value = values[way] as number
  let at = factors[way] as number
  for (let point = 0; point < points; point += 1) products[point] = value * (weights[point] as number)
  for (let each = 0; each < count; each += 1, at += STATES * points) {
    const state = states[each] as number
    for (let point = 0; point < points; point += 1)
      products[point] = (products[point] as number) * (factor[at + STATES * point + state] as number)
  }
  at = factors[way] as number
  for (let each = 0; each < count; each += 1, at += STATES * points) {
    const state = states[each] as number
    let sum = 0
    for (let point = 0; point < points; point += 1)
      sum += (products[point] as number) * (gain[at + STATES * point + state] as number)
    const place = field[start + each] as number
    found[place] = (found[place] as number) + sum
  }
}

/**
 * Finds the states of the elements of a way; false where none of its cases took one that is not:
 * then the leaf counts for nothing.
 */
function findStates(
  { share, edges, edge }: CompiledShap,
  taken: Uint8Array,
  start: number,
  count: number,
  states: Uint8Array
): boolean {
  for (let each = 0; each < count; each += 1) {
    let all = TAKEN | BOTH
    for (let at = edges[start + each] as number; at < (edges[start + each + 1] as number); at += 1)
      all &= taken[edge[at] as number] as number
    states[each] = all
    if (all === ASIDE && share[start + each] === 0) return false
  }
  return true
}

/** The state of every edge, for one row. */
function takenEdges({ nodes }: CompiledShap, values: Float64Array): Uint8Array {
  const last = nodes.at(-1)
  const taken = new Uint8Array(last === undefined ? 0 : EDGES * (last.first + last.tree.field.length))
  for (const { tree, first } of nodes) {
    for (let place = 0; place < tree.field.length; place += 1)
      takeEdges(tree, place, values, taken, EDGES * (first + place))
  }
  return taken
}

function takeEdges(tree: Tree, place: number, values: Float64Array, taken: Uint8Array, at: number): void {
  const value = values[tree.field[place] as number] as number
  if (!Number.isNaN(value)) {
    taken[at + (value < (tree.below[place] as number) ? YES : NO)] = TAKEN
    return
  }
  const missing = tree.missing[place] as number | null
  if (missing === null) taken.fill(BOTH, at, at + MISSING)
  else taken[at + (missing === tree.yes[place] ? YES : missing === tree.no[place] ? NO : MISSING)] = TAKEN
}

/** Points and weights of the Gauss-Legendre quadrature over 0 to 1. */
interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

/**
 * For each number of factors up to one: the quadrature that is exact for the product of all but one
 * of them.
 */
function quadraturesUpTo(factors: number): Quadrature[] {
  return Array.from({ length: factors + 1 }, (_, count) => quadrature(Math.max(1, Math.ceil(count / 2))))
}

/** The zeros of the Legendre polynomial of a degree, by Newton's method, and their weights. */
function quadrature(degree: number): Quadrature {
  const points = new Float64Array(degree)
  const weights = new Float64Array(degree)
  for (let index = 0; index < degree; index += 1) {
    let x = Math.cos((Math.PI * (index + 0.75)) / (degree + 0.5))
    let slope = 1
    for (let round = 0; round < 20; round += 1) {
      const [value, derivative] = legendre(degree, x)
      slope = derivative
      x -= value / derivative
    }
    points[index] = (1 - x) / 2
    weights[index] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

/** A Legendre polynomial and its derivative. */
function legendre(degree: number, x: number): readonly [number, number] {
  let before = 1
  let value = x
  for (let each = 2; each <= degree; each += 1) {
    const next = ((2 * each - 1) * x * value - (each - 1) * before) / each
    before = value
    value = next
  }
  return [value, (degree * (x * value - before)) / (x * x - 1)]
}
