import { compileProgram, lookedAt } from '../predictive/program.ts'
import {
  type ApplyStep,
  COMBINATIONS,
  type CurveStep,
  LINKS,
  PREDICTIONS,
  type Predictor,
  type ReadStep,
  STEP_FUNCTIONS,
  type Step,
  type Tree,
  type TreesStep
} from '../predictive/steps.ts'
import { WAYS_MAX } from '../predictive/tree-shap.ts'
import { depthOfTree, waysThrough } from '../predictive/trees.ts'
import { isFiniteNumber, isWhole } from '../values/faults.ts'
import type { ModelFault } from './model-fault.ts'

type Expect = (condition: boolean, pointer: string, detail: string) => void

/**
 * Everything that makes a predictor unfit to be worked out. Steps look at steps before them only,
 * so that there is no circle; trees lead downwards only, so that every way ends.
 */
export function predictorFaults({ steps, result, predicts }: Predictor, at: string): ModelFault[] {
  const faults: ModelFault[] = []
  const expect: Expect = (condition, pointer, detail) => {
    if (!condition) faults.push({ pointer, code: 'invalid', detail })
  }
  const known = new Set<string>()
  const read = new Set<string>()
  steps.forEach((step, index) => {
    const place = `${at}/steps/${index}`
    expect(!known.has(step.id), `${place}/id`, `The id "${step.id}" is used twice.`)
    for (const id of lookedAt(step)) expect(known.has(id), place, `There is no step "${id}" before this one.`)
    known.add(step.id)
    if (step.do === 'read') {
      expect(!read.has(step.input), `${place}/input`, `The input "${step.input}" is read twice.`)
      read.add(step.input)
    }
    stepFaults(step, place, expect)
  })
  expect(known.has(result), `${at}/result`, `There is no step "${result}".`)
  expect(PREDICTIONS.includes(predicts), `${at}/predicts`, `It is one of ${PREDICTIONS.join(', ')}.`)
  if (faults.length > 0) return faults
  try {
    compileProgram({ steps, result, predicts })
  } catch (error) {
    expect(false, `${at}/steps`, error instanceof RangeError ? error.message : 'The steps cannot be worked out.')
  }
  return faults
}

function stepFaults(step: Step, at: string, expect: Expect): void {
  switch (step.do) {
    case 'read':
      readFaults(step, at, expect)
      break
    case 'apply':
      applyFaults(step, at, expect)
      break
    case 'bins':
      for (const [index, bin] of step.bins.entries()) rangeFault(bin, `${at}/bins/${index}`, expect)
      break
    case 'map':
      for (const [index, row] of step.rows.entries()) {
        const detail = `A row has ${step.of.length} values and the one that it gives.`
        expect(row.length === step.of.length + 1, `${at}/rows/${index}`, detail)
      }
      break
    case 'curve':
      curveFaults(step, at, expect)
      break
    case 'linear':
      expect(isFiniteNumber(step.intercept), `${at}/intercept`, 'The intercept is a number.')
      for (const [index, { coefficient }] of step.terms.entries())
        expect(isFiniteNumber(coefficient), `${at}/terms/${index}/coefficient`, 'A coefficient is a number.')
      break
    case 'link':
      expect(LINKS.includes(step.link), `${at}/link`, `A link is one of ${LINKS.join(', ')}.`)
      break
    case 'trees':
      treesFaults(step, at, expect)
      break
    case 'combine':
      expect(COMBINATIONS.includes(step.how), `${at}/how`, `It is one of ${COMBINATIONS.join(', ')}.`)
      break
    case 'card':
      for (const [index, { attributes }] of step.characteristics.entries())
        expect(attributes.length > 0, `${at}/characteristics/${index}`, 'A characteristic has at least one attribute.')
      break
    case 'rescale': {
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = step
      expect(min <= max, at, 'The least is no more than the most.')
      break
    }
    case 'indicator':
      break
  }
}

function applyFaults(step: ApplyStep, at: string, expect: Expect): void {
  const { operands, least, most } = operandsOf(step)
  expect(STEP_FUNCTIONS.includes(step.function), `${at}/function`, `There is no function "${step.function}".`)
  expect(
    operands >= least && operands <= most,
    `${at}/to`,
    `${step.function} takes ${least === most ? least : `${least} or more`} operands.`
  )
}

const ONE = [
  'same',
  'log10',
  'ln',
  'sqrt',
  'abs',
  'exp',
  'floor',
  'ceil',
  'round',
  'expm1',
  'ln1p',
  'rint',
  'sin',
  'cos'
]
const ALSO_ONE = [
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'erf',
  'stdNormalCDF',
  'isMissing',
  'isNotMissing'
]
const TEXTS = ['not', 'uppercase', 'lowercase', 'trimBlanks', 'stringLength']
const TWO = ['+', '-', '*', '/', 'pow', 'threshold', 'modulo', 'hypot', 'equal', 'notEqual']
const ORDERS = ['lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual']
const COUNTS: ReadonlyMap<string, number> = new Map([
  ...[...ONE, ...ALSO_ONE, ...TEXTS].map((name) => [name, 1] as const),
  ...[...TWO, ...ORDERS].map((name) => [name, 2] as const),
  ['substring', 3] as const
])

/** How many operands a function has, and how many it takes. */
function operandsOf({ function: name, to }: { function: string; to: readonly unknown[] }) {
  const exact = COUNTS.get(name)
  if (exact !== undefined) return { operands: to.length, least: exact, most: exact }
  return { operands: to.length, least: name === 'if' ? 2 : 1, most: name === 'if' ? 3 : Number.POSITIVE_INFINITY }
}

function readFaults(
  { invalid: treatment, replacement, limits, valid, whole, type, precision }: ReadStep,
  at: string,
  expect: Expect
): void {
  expect(
    whole === undefined || (type === 'numeric' && precision === undefined),
    `${at}/whole`,
    'Only numbers are whole, and those in 32 bits are not asked to be.'
  )
  expect(
    (treatment === 'replace') === (replacement !== undefined),
    `${at}/replacement`,
    'A replacement goes with "replace", and with nothing else.'
  )
  expect(
    limits === undefined || limits.low <= limits.high,
    `${at}/limits`,
    'The low limit is no more than the high one.'
  )
  for (const [index, range] of (valid?.ranges ?? []).entries()) rangeFault(range, `${at}/valid/ranges/${index}`, expect)
}

function rangeFault({ from, to }: { from?: number; to?: number }, at: string, expect: Expect): void {
  expect(!(from !== undefined && to !== undefined && from >= to), at, 'A range ends after it begins.')
}

function curveFaults({ points }: CurveStep, at: string, expect: Expect): void {
  expect(points.length >= 2, `${at}/points`, 'A curve has at least two points.')
  points.slice(1).forEach(([x], index) => {
    expect(x > (points[index]?.[0] ?? x), `${at}/points/${index + 1}`, 'The points stand in rising order.')
  })
}

/** Trees of boosting are hardly ever deeper than some dozens of nodes. */
export const TREE_DEPTH_MAX = 1_000

function treesFaults({ trees, fields }: TreesStep, at: string, expect: Expect): void {
  expect(trees.length > 0, `${at}/trees`, 'There is at least one tree.')
  let ways = 0
  for (const [index, tree] of trees.entries()) {
    const place = `${at}/trees/${index}`
    if (!treeFaults(tree, fields.length, place, expect)) continue
    ways += waysThrough(tree)
    expect(
      depthOfTree(tree) <= TREE_DEPTH_MAX,
      place,
      `A tree deeper than ${TREE_DEPTH_MAX} nodes cannot be explained.`
    )
  }
  expect(ways <= WAYS_MAX, `${at}/trees`, `There are more than ${WAYS_MAX} ways through the trees, which are too many.`)
}

/** Whether a tree is one: every node leads downwards, and only one way leads to it. */
function treeFaults(tree: Tree, fields: number, at: string, report: Expect): boolean {
  let isTree = true
  const expect: Expect = (condition, pointer, detail) => {
    isTree &&= condition
    report(condition, pointer, detail)
  }
  const { field, below, yes, no, missing, leaves, cases } = tree
  const inner = field.length
  const isEven = [below, yes, no, missing].every(({ length }) => length === inner)
  expect(isEven, at, 'field, below, yes, no and missing have one entry for each inner node.')
  expect(leaves.length > 0, `${at}/leaves`, 'A tree has at least one leaf.')
  expect(cases === undefined || cases.length === leaves.length, `${at}/cases`, 'There is one entry for each leaf.')
  expect(cases === undefined || cases.every((each) => each >= 0), `${at}/cases`, 'Cases are 0 or more.')
  const leads = (way: number, place: number) =>
    way < 0 ? isWhole(-1 - way, 0, leaves.length - 1) : isWhole(way, place + 1, inner - 1)
  const reached = new Set<number>()
  for (let place = 0; place < inner && isEven; place += 1) {
    expect(isWhole(field[place] ?? -1, 0, fields - 1), `${at}/field/${place}`, 'It is the place of one of the fields.')
    const ways = [yes[place], no[place], missing[place] ?? yes[place]]
    const isDown = ways.every((way) => way !== undefined && leads(way, place))
    expect(isDown, at, `Node ${place} leads to a node after it, or to a leaf.`)
    for (const way of [yes[place] ?? -1, no[place] ?? -1]) {
      expect(way < 0 || !reached.has(way), at, `Two sides lead to node ${way}: in a tree it is one.`)
      reached.add(way)
    }
  }
  return isTree
}
