import type { StepValue } from './functions.ts'
import type { Tree, TreesStep } from './steps.ts'
import { type CompiledShap, compileShap } from './tree-shap.ts'

/** Trees made ready. Numbers stand in typed arrays; what is missing is not a number. */
export interface CompiledTrees {
  readonly trees: readonly Tree[]
  readonly isAverage: boolean
  readonly fields: number
  /** Undefined where a missing value can lead elsewhere than to one of the two sides. */
  readonly batch: CompiledBatch | undefined
  /** What their shares are worked out with, made when it is first asked for. */
  readonly shap: () => CompiledShap
}

/** Prepares the trees of a step. */
export function compileTrees({ trees, combine, fields }: TreesStep): CompiledTrees {
  const isAverage = combine === 'average'
  let shap: CompiledShap | undefined
  return {
    trees,
    isAverage,
    fields: fields.length,
    batch: compileBatch(trees),
    shap: () => {
      shap ??= compileShap(trees, fields.length)
      return shap
    }
  }
}

/** A value as trees compare it: a condition counts as 1 or 0; not a number where it is missing. */
export function asComparable(value: StepValue): number {
  return typeof value === 'number' ? value : value === true ? 1 : value === false ? 0 : Number.NaN
}

/** What the trees give together; not a number where one of them gives nothing. */
export function valueOfTrees({ trees, isAverage }: CompiledTrees, values: Float64Array): number {
  let sum = 0
  for (const tree of trees) sum += valueFrom(tree, rootOf(tree), values)
  return isAverage ? sum / trees.length : sum
}

/** Where a tree begins: at its first inner node, or at its only leaf. */
function rootOf({ field }: Tree): number {
  return field.length === 0 ? -1 : 0
}

function valueFrom(tree: Tree, start: number, values: Float64Array): number {
  let place = start
  while (place >= 0) {
    const value = values[tree.field[place] as number] as number
    if (value < (tree.below[place] as number)) place = tree.yes[place] as number
    else if (!Number.isNaN(value)) place = tree.no[place] as number
    else {
      const missing = tree.missing[place] as number | null
      if (missing === null) return mixed(tree, place, values)
      place = missing
    }
  }
  return tree.leaves[-1 - place] ?? Number.NaN
}

/** Both sides, each by the share of its cases. */
function mixed(tree: Tree, place: number, values: Float64Array): number {
  const [yes, no] = [tree.yes[place] as number, tree.no[place] as number]
  const share = casesBelow(tree, yes) / (casesBelow(tree, yes) + casesBelow(tree, no))
  return share * valueFrom(tree, yes, values) + (1 - share) * valueFrom(tree, no, values)
}

/**
 * How many cases come through a place, by those of its leaves; each way is as likely as the other
 * where nothing is known.
 */
function casesBelow(tree: Tree, place: number): number {
  if (tree.cases === undefined) return 1
  if (place < 0) return tree.cases[-1 - place] ?? 0
  return casesBelow(tree, tree.yes[place] as number) + casesBelow(tree, tree.no[place] as number)
}

/** The least and the most that trees can give when the fields that are free may hold anything. */
export function boundsOfTrees(
  { trees, isAverage }: CompiledTrees,
  values: Float64Array,
  isFree: Uint8Array
): readonly [number, number] {
  let least = 0
  let most = 0
  for (const tree of trees) {
    least -= mostFrom(tree, rootOf(tree), values, isFree, -1)
    most += mostFrom(tree, rootOf(tree), values, isFree, 1)
  }
  return isAverage ? [least / trees.length, most / trees.length] : [least, most]
}

/** The most that can be reached from a place, or with `sign` -1 the negative of the least. */
function mostFrom(tree: Tree, start: number, values: Float64Array, isFree: Uint8Array, sign: 1 | -1): number {
  let place = start
  while (place >= 0) {
    const field = tree.field[place] as number
    const value = values[field] as number
    if (isFree[field] === 1 || (Number.isNaN(value) && tree.missing[place] === null)) {
      const yes = mostFrom(tree, tree.yes[place] as number, values, isFree, sign)
      const no = mostFrom(tree, tree.no[place] as number, values, isFree, sign)
      const aside = asideOf(tree, place)
      return Math.max(yes, no, aside === undefined ? yes : mostFrom(tree, aside, values, isFree, sign))
    }
    place = wayOf(tree, place, value)
  }
  const value = tree.leaves[-1 - place] ?? null
  return value === null ? Number.NEGATIVE_INFINITY : sign * value
}

/** Where a missing value leads that goes to neither of the two sides. */
function asideOf({ yes, no, missing }: Tree, place: number): number | undefined {
  const way = missing[place] ?? yes[place]
  return way === yes[place] || way === no[place] ? undefined : way
}

/**
 * How many ways lead through a tree, with those that a missing value takes aside. Every node leads
 * to nodes after it.
 */
export function waysThrough(tree: Tree): number {
  const ways: number[] = []
  const from = (place: number): number => (place < 0 ? 1 : (ways[place] ?? 1))
  for (let place = tree.field.length - 1; place >= 0; place -= 1) {
    const aside = asideOf(tree, place)
    const both = from(tree.yes[place] as number) + from(tree.no[place] as number)
    ways[place] = both + (aside === undefined ? 0 : from(aside))
  }
  return from(rootOf(tree))
}

/** How many nodes the longest way through a tree meets. Every node leads to nodes after it. */
export function depthOfTree(tree: Tree): number {
  const depths: number[] = []
  const from = (place: number): number => (place < 0 ? 0 : (depths[place] ?? 0))
  for (let place = tree.field.length - 1; place >= 0; place -= 1) {
    const ways = [tree.yes[place] as number, tree.no[place] as number, asideOf(tree, place) ?? -1]
    depths[place] = 1 + Math.max(...ways.map(from))
  }
  return from(rootOf(tree))
}

function wayOf(tree: Tree, place: number, value: number): number {
  if (Number.isNaN(value)) return tree.missing[place] as number
  return (value < (tree.below[place] as number) ? tree.yes[place] : tree.no[place]) as number
}

/**
 * Trees for many rows at once. Each is filled up to a complete tree of its depth, so that a way
 * down is arithmetic without a branch. Each field has two columns: in one what is missing is less
 * than everything, in the other more than everything.
 */
interface CompiledBatch {
  readonly depths: Int32Array
  /** Where the inner nodes and the leaves of each tree begin. */
  readonly inner: Int32Array
  readonly outer: Int32Array
  /** Where the column that a node looks at begins. */
  readonly column: Int32Array
  readonly below: Float64Array
  readonly leaves: Float64Array
}

/** Deeper trees would take too much room when they are filled up. */
const BATCH_DEPTH_MAX = 10

function compileBatch(trees: readonly Tree[]): CompiledBatch | undefined {
  const depths = trees.map((tree) => depthFrom(tree, rootOf(tree)))
  const fits = trees.every(
    ({ missing, yes, no, leaves }) =>
      missing.every((way, place) => way === yes[place] || way === no[place]) && !leaves.includes(null)
  )
  if (!fits || depths.some((depth) => depth > BATCH_DEPTH_MAX)) return undefined
  const inner = placesOf(depths.map((depth) => 2 ** depth - 1))
  const outer = placesOf(depths.map((depth) => 2 ** depth))
  const column = new Int32Array(inner.at(-1) ?? 0)
  const below = new Float64Array(inner.at(-1) ?? 0).fill(Number.POSITIVE_INFINITY)
  const leaves = new Float64Array(outer.at(-1) ?? 0)
  trees.forEach((tree, index) => {
    const depth = depths[index] as number
    const fill = (place: number, at: number, level: number): void => {
      if (level === depth) {
        leaves[(outer[index] as number) + at - (2 ** depth - 1)] = tree.leaves[-1 - place] ?? 0
        return
      }
      if (place < 0) {
        // Nothing is asked any more: both ways lead to the same leaf.
        fill(place, 2 * at + 1, level + 1)
        fill(place, 2 * at + 2, level + 1)
        return
      }
      const node = (inner[index] as number) + at
      const goesYes = tree.missing[place] === tree.yes[place]
      column[node] = BATCH_ROWS * (2 * (tree.field[place] as number) + (goesYes ? 0 : 1))
      below[node] = tree.below[place] as number
      fill(tree.yes[place] as number, 2 * at + 1, level + 1)
      fill(tree.no[place] as number, 2 * at + 2, level + 1)
    }
    fill(rootOf(tree), 0, 0)
  })
  return { depths: Int32Array.from(depths), inner, outer, column, below, leaves }
}

function depthFrom(tree: Tree, place: number): number {
  if (place < 0) return 0
  return 1 + Math.max(depthFrom(tree, tree.yes[place] as number), depthFrom(tree, tree.no[place] as number))
}

/**
 * Where each of several parts begins when they stand one behind the other, and where the last ends.
 */
function placesOf(sizes: readonly number[]): Int32Array {
  const places = new Int32Array(sizes.length + 1)
  sizes.forEach((size, index) => {
    places[index + 1] = (places[index] as number) + size
  })
  return places
}

/**
 * How many rows are worked at together, a multiple of ABREAST: what belongs to them stays in the
 * fast memory of the processor.
 */
export const BATCH_ROWS = 256

/** Room for the work on one batch, made once and used again. */
export interface BatchRoom {
  readonly columns: Float64Array
  readonly sums: Float64Array
}

/** Makes room for trees that look at so many fields. */
export function batchRoom(fields: number): BatchRoom {
  return {
    columns: new Float64Array(2 * fields * BATCH_ROWS),
    sums: new Float64Array(BATCH_ROWS)
  }
}

/** Puts the value of a field of one row of a batch into its two columns. */
export function fillColumns({ columns }: BatchRoom, field: number, row: number, value: number): void {
  const isMissing = Number.isNaN(value)
  columns[2 * field * BATCH_ROWS + row] = isMissing ? Number.NEGATIVE_INFINITY : value
  columns[(2 * field + 1) * BATCH_ROWS + row] = isMissing ? Number.POSITIVE_INFINITY : value
}

/** So many rows go down a tree side by side: none waits for what another one reads. */
const ABREAST = 4

/** What the trees give for the first rows of a batch, in `room.sums`; the rest means nothing. */
export function sumBatch(batch: CompiledBatch, isAverage: boolean, room: BatchRoom, rows: number): void {
  const { sums } = room
  const trees = batch.depths.length
  sums.fill(0)
  for (let tree = 0; tree < trees; tree += 1) addTree(room, batch, tree, rows)
  if (isAverage) for (let row = 0; row < rows; row += 1) sums[row] = (sums[row] as number) / trees
}

/** Adds what one tree gives. A comparison taken as a number costs no branch. */
function addTree(
  { columns, sums }: BatchRoom,
  { depths, inner, outer, column, below, leaves }: CompiledBatch,
  tree: number,
  rows: number
): void {
  const depth = depths[tree] as number
  const root = inner[tree] as number
  // Below node n of a tree that begins at 0 stand the nodes 2n + 1 and 2n + 2.
  const next = 1 - root
  const first = (outer[tree] as number) - (2 ** depth - 1) - root
  for (let row = 0; row < rows; row += ABREAST) {
    let a = root
    let b = root
    let c = root
    let d = root
    for (let level = 0; level < depth; level += 1) {
      a = 2 * a + next + Number((columns[(column[a] as number) + row] as number) >= (below[a] as number))
      b = 2 * b + next + Number((columns[(column[b] as number) + row + 1] as number) >= (below[b] as number))
      c = 2 * c + next + Number((columns[(column[c] as number) + row + 2] as number) >= (below[c] as number))
      d = 2 * d + next + Number((columns[(column[d] as number) + row + 3] as number) >= (below[d] as number))
    }
    sums[row] = (sums[row] as number) + (leaves[first + a] as number)
    sums[row + 1] = (sums[row + 1] as number) + (leaves[first + b] as number)
    sums[row + 2] = (sums[row + 2] as number) + (leaves[first + c] as number)
    sums[row + 3] = (sums[row + 3] as number) + (leaves[first + d] as number)
  }
}
