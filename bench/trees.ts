import { type CompiledModel, compileModel, type Feature, type PredictiveModel, type Tree } from '../src/engine/index.ts'
import { uniform } from './card.ts'

/** As many trees, and as deep, as a boosted model of a usual size has. */
const TREES = 300
const DEPTH = 5
const INPUTS = 40

export const TREES_DATE = '2025-12-31'
const NAMES = Array.from({ length: INPUTS }, (_, index) => `input-${index}`)

/** Trees of full depth over inputs from 0 to 1, the same at every run. */
function treesModel(): PredictiveModel {
  const next = uniform(7)
  const grow = (tree: Required<Tree>, depth: number): number => {
    if (depth === 0) {
      tree.cases.push(1 + Math.floor(100 * next()))
      return -tree.leaves.push((next() - 0.5) / 20)
    }
    const place = tree.field.push(Math.floor(INPUTS * next())) - 1
    tree.below.push(next())
    for (const ways of [tree.yes, tree.no, tree.missing]) ways.push(-1)
    tree.yes[place] = grow(tree, depth - 1)
    tree.no[place] = grow(tree, depth - 1)
    tree.missing[place] = (next() < 0.5 ? tree.yes[place] : tree.no[place]) ?? -1
    return place
  }
  const trees = Array.from({ length: TREES }, () => {
    const tree: Required<Tree> = { field: [], below: [], yes: [], no: [], missing: [], leaves: [], cases: [] }
    grow(tree, DEPTH)
    return tree
  })
  return {
    id: 'trees',
    version: 1,
    name: { en: 'Trees', zh: '树' },
    description: { en: 'Boosted trees.', zh: '提升树。' },
    segment: 'company',
    inputs: NAMES.map((id) => ({ id, type: 'numeric', from: 'call', description: { en: id, zh: id } })),
    scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
    minimumCoverage: 0,
    evidence: [
      {
        id: 'any',
        name: { en: 'Any', zh: '任意' },
        requires: [{ group: 'profile', coverageAtLeast: 0 }]
      }
    ],
    ceilings: [],
    knockouts: [],
    cases: [],
    kind: 'predictive',
    predictor: {
      steps: [
        ...NAMES.map((id) => ({ id, do: 'read', input: id, type: 'numeric', invalid: 'keep' }) as const),
        { id: 'trees', do: 'trees', combine: 'sum', fields: NAMES, trees },
        { id: 'probability', do: 'link', link: 'logit', of: 'trees' }
      ],
      result: 'probability',
      predicts: 'probability'
    },
    characteristics: NAMES.map((id) => ({
      id,
      name: { en: id, zh: id },
      group: 'profile',
      feature: id,
      type: 'numeric',
      fields: [{ step: id }],
      reason: 'CHARACTERISTIC_WEAK',
      strength: 'CHARACTERISTIC_STRONG',
      reasonCode: id
    }))
  }
}

export function compiledTrees(): CompiledModel {
  return compileModel(treesModel())
}

/** Rows of inputs, one in twenty missing. */
export function treeRows(count: number): (number | undefined)[][] {
  const next = uniform(9)
  return Array.from({ length: count }, () => NAMES.map(() => (next() < 0.05 ? undefined : next())))
}

export function treeFeatures(row: readonly (number | undefined)[]): (Feature | undefined)[] {
  return row.map((value) => (value === undefined ? undefined : { value, asOf: TREES_DATE, source: 'bench' }))
}
