import t from 'tap'
import { compileProgram } from '../../../src/engine/predictive/program.ts'
import { resultsOfRows } from '../../../src/engine/predictive/rows.ts'
import type { Predictor, Tree } from '../../../src/engine/predictive/steps.ts'
import { shapOf } from '../../../src/engine/predictive/tree-shap.ts'
import { compileTrees, valueOfTrees } from '../../../src/engine/predictive/trees.ts'

/** Numbers from 0 to 1, the same at every run. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

type Missing = 'side' | 'aside' | 'both'

function randomTree(next: () => number, fields: number, depth: number, missing: Missing): Tree {
  const tree: Required<Tree> = { field: [], below: [], yes: [], no: [], missing: [], leaves: [], cases: [] }
  const leaf = (cases: number): number => {
    tree.cases.push(cases)
    return -tree.leaves.push(Math.round(next() * 100) / 10 - 5)
  }
  const grow = (left: number): number => {
    if (left === 0 || (left < depth && next() < 0.2)) return leaf(1 + Math.floor(next() * 40))
    const place = tree.field.push(Math.floor(next() * fields)) - 1
    tree.below.push(Math.round(next() * 10) / 10)
    for (const ways of [tree.yes, tree.no, tree.missing]) ways.push(0)
    tree.yes[place] = grow(left - 1)
    tree.no[place] = grow(left - 1)
    const side = (next() < 0.5 ? tree.yes[place] : tree.no[place]) ?? -1
    tree.missing[place] = missing === 'both' ? null : missing === 'aside' && next() < 0.5 ? leaf(0) : side
    return place
  }
  grow(depth)
  return tree
}

const covers = (tree: Tree, place: number): number =>
  place < 0 ? (tree.cases?.[-1 - place] ?? 1) : covers(tree, tree.yes[place] ?? -1) + covers(tree, tree.no[place] ?? -1)

/** What a tree gives when only the fields of a set are known: the definition, in so many words. */
function expected(tree: Tree, place: number, values: Float64Array, isKnown: (field: number) => boolean): number {
  if (place < 0) return tree.leaves[-1 - place] ?? Number.NaN
  const [yes, no, missing] = [tree.yes[place] ?? -1, tree.no[place] ?? -1, tree.missing[place] ?? null]
  const field = tree.field[place] ?? 0
  const value = values[field] ?? Number.NaN
  const go = (way: number) => expected(tree, way, values, isKnown)
  if (isKnown(field) && !Number.isNaN(value)) return go(value < (tree.below[place] ?? 0) ? yes : no)
  if (isKnown(field) && missing !== null) return go(missing)
  const share = covers(tree, yes) / (covers(tree, yes) + covers(tree, no))
  return share * go(yes) + (1 - share) * go(no)
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** Shapley values by their definition: over every set of other fields. */
function shapley(trees: readonly Tree[], fields: number, values: Float64Array): number[] {
  const worth = (set: number) =>
    trees.reduce((sum, tree) => sum + expected(tree, 0, values, (field) => ((set >> field) & 1) === 1), 0)
  return Array.from({ length: fields }, (_, field) => {
    let sum = 0
    for (let set = 0; set < 1 << fields; set += 1) {
      if ((set >> field) & 1) continue
      const size = Array.from({ length: fields }, (__, each) => (set >> each) & 1).reduce((all, each) => all + each, 0)
      const weight = (factorial(size) * factorial(fields - size - 1)) / factorial(fields)
      sum += weight * (worth(set | (1 << field)) - worth(set))
    }
    return sum
  })
}

t.test('models 10: what each field adds is its Shapley value, and all of them add up to 1e-12', async (t) => {
  const next = uniform(7)
  for (const missing of ['side', 'aside', 'both'] as const) {
    for (const [depth, fields, count] of [
      [3, 3, 4],
      [5, 4, 3],
      [8, 5, 1]
    ] as const) {
      const trees = Array.from({ length: count }, () => randomTree(next, fields, depth, missing))
      const names = Array.from({ length: fields }, (_, index) => `f${index}`)
      const compiled = compileTrees({ id: 'trees', do: 'trees', combine: 'sum', fields: names, trees })
      const shap = compiled.shap()
      for (let row = 0; row < 20; row += 1) {
        const values = Float64Array.from({ length: fields }, () => (next() < 0.2 ? Number.NaN : next()))
        const found = shapOf(shap, values)
        const wanted = shapley(trees, fields, values)
        const gap = Math.max(...wanted.map((each, index) => Math.abs(each - (found[index] ?? 0))))
        const total = found.reduce((sum, each) => sum + each, shap.base)
        const rest = Math.abs(total - valueOfTrees(compiled, values))
        if (gap > 1e-12 || rest > 1e-12) t.fail(`${missing}, depth ${depth}: ${gap} and ${rest} apart`)
      }
    }
  }
  t.pass('540 rows')
})

t.test('models 10: rows in batches come out as one by one', async (t) => {
  const next = uniform(11)
  for (const missing of ['side', 'aside', 'both'] as const) {
    const names = ['a', 'b', 'c', 'd']
    const trees = Array.from({ length: 30 }, () => randomTree(next, names.length, 5, missing))
    const predictor: Predictor = {
      steps: [
        ...names.map((name) => ({ id: name, do: 'read', input: name, type: 'numeric', invalid: 'keep' }) as const),
        { id: 'trees', do: 'trees', combine: 'average', fields: names, trees }
      ],
      result: 'trees',
      predicts: 'logOdds'
    }
    const program = compileProgram(predictor)
    const rows = Array.from({ length: 700 }, () => names.map(() => (next() < 0.2 ? undefined : next())))
    const results = resultsOfRows(program, rows)
    const compiled = compileTrees({ id: 'trees', do: 'trees', combine: 'average', fields: names, trees })
    t.equal(compiled.batch === undefined, missing !== 'side')
    rows.forEach((row, index) => {
      const wanted = valueOfTrees(
        compiled,
        Float64Array.from(row, (value) => value ?? Number.NaN)
      )
      const found = results[index] ?? Number.NaN
      if (Math.abs(found - wanted) > 1e-12) t.fail(`${found} for ${wanted}`)
    })
    // Rows go down abreast: a number of them that does not come out even changes none.
    for (const count of [1, 2, 3, 5, 255, 257, 258, 259])
      t.same(resultsOfRows(program, rows.slice(0, count)), results.slice(0, count), `${count} rows`)
  }
})
