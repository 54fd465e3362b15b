import type { PredictiveModel, Tree } from '../../engine/index.ts'
import type { ImportChoices } from '../pmml/cards/foreign.ts'
import { type Findings, fault, note, shown } from '../pmml/read/findings.ts'
import {
  assertShallow,
  type BoostedChoices,
  type BoostedField,
  BrokenTree,
  boostedInputs,
  boostedModelOf,
  codeBins,
  treeMaker
} from './boosted-model.ts'

/** What a dump of XGBoost leaves out, and its importer has to say. */
interface XgboostChoices extends BoostedChoices {
  /** Such as `binary:logistic`. */
  readonly objective?: string | undefined
  /** The base score of the model; of a logistic objective a probability. */
  readonly baseScore?: number | undefined
}

/** A node as any of the three forms of a model has it. */
type Node =
  | { readonly leaf: number; readonly cases: number | undefined }
  | {
      readonly field: string
      /** Less than this goes to `yes`; or one of these categories goes to `no`. */
      readonly below: number | readonly number[]
      readonly yes: number
      readonly no: number
      readonly missing: number
    }

interface Booster {
  readonly trees: readonly ReadonlyMap<number, Node>[]
  readonly objective: string | undefined
  readonly baseScore: number | undefined
  readonly weights: readonly number[] | undefined
  /** Of a training that was stopped early: how many trees it had at its best. */
  readonly best?: Best | undefined
}

interface Best {
  readonly round: number
  readonly trees: number
  /** Whether the estimator of scikit-learn saved it, which predicts with the best rounds alone. */
  readonly isEstimator: boolean
}

/**
 * The model of what XGBoost saved: the JSON of `save_model`, or a dump as JSON or text. Thresholds
 * are numbers of 32 bits, and so is what they are compared with. Undefined, with faults, for
 * several classes, rankings and linear boosters.
 */
export function* xgboostModelOf(
  findings: Findings,
  text: string,
  choices: ImportChoices,
  answers: XgboostChoices
): Generator<void, PredictiveModel | undefined, void> {
  const booster = /^\s*[{[]/.test(text) ? fromJson(findings, text) : fromText(findings, text)
  yield
  if (booster === undefined) return undefined
  const objective = booster.objective ?? answers.objective
  const baseScore = booster.baseScore ?? answers.baseScore
  if (objective === undefined || baseScore === undefined)
    return fault(findings, '', 'A dump says neither objective nor base score: give both, or the JSON of save_model.')
  const isLogistic = /^(binary|reg):(logistic|logitraw)$/.test(objective)
  if (!isLogistic && !/^reg:(squarederror|linear|pseudohubererror|absoluteerror)$/.test(objective))
    return fault(
      findings,
      '',
      `The objective ${shown(objective)} predicts no good and bad, or not on a scale that is read here: binary:logistic, binary:logitraw, reg:logistic, reg:squarederror, reg:pseudohubererror and reg:absoluteerror are read.`
    )
  if (isLogistic && !(baseScore > 0 && baseScore < 1))
    return fault(findings, '', 'The base score of a logistic objective is a probability, above 0 and below 1.')
  if (objective.endsWith('logitraw'))
    note(
      findings,
      '',
      'With logitraw XGBoost predicts the margin, the logarithm of the odds of the label 1: here it predicts the probability that this margin means, 1 / (1 + exp(-margin)), for which the PD is taken.'
    )
  const inputs = boostedInputs()
  const trees: Tree[] = []
  for (const [index, nodes] of counted(findings, booster).entries()) {
    yield
    const tree = treeOf(findings, nodes, inputs, `/trees/${index}`, booster.weights?.[index] ?? 1)
    if (tree === undefined) return undefined
    trees.push(tree)
  }
  if (trees.length === 0) return fault(findings, '', 'The model has no tree.')
  const base = isLogistic ? Math.log(baseScore / (1 - baseScore)) : baseScore
  return boostedModelOf(
    findings,
    { format: 'xgboost', trees, isAverage: false, base, factor: 1, isLogistic },
    inputs,
    choices,
    answers
  )
}

/** The trees that whoever saved the model predicts with. */
function counted(findings: Findings, { trees, best }: Booster): Booster['trees'] {
  if (best === undefined || best.trees >= trees.length) return trees
  const [counting, others] = [`the first ${best.trees}`, `all ${trees.length}`]
  const rounds = `best_iteration ${best.round}`
  note(
    findings,
    '/learner/attributes',
    best.isEstimator
      ? `Training stopped early (${rounds}): ${counting} trees count, as when the estimator of scikit-learn that saved the model predicts; Booster.predict counts ${others}.`
      : `Training stopped early (${rounds}): ${others} trees count, as with Booster.predict; estimators of scikit-learn count ${counting}. To have that, save the booster cut to its best rounds.`
  )
  return best.isEstimator ? trees.slice(0, best.trees) : trees
}

type Inputs = ReturnType<typeof boostedInputs>

function treeOf(
  findings: Findings,
  nodes: ReadonlyMap<number, Node>,
  inputs: Inputs,
  place: string,
  weight: number
): Tree | undefined {
  const { tree, inner, leaf } = treeMaker()
  let hasCases = true
  let visits = 0
  const put = (id: number, depth: number): number => {
    const node = nodes.get(id)
    visits += 1
    if (node === undefined || visits > nodes.size)
      throw new BrokenTree('The tree is cut off, leads in circles, or shares nodes.')
    assertShallow(depth)
    const number = 'leaf' in node ? node.leaf : typeof node.below === 'number' ? node.below : 0
    if (!Number.isFinite(Math.fround(number)))
      fault(findings, place, `Node ${id} has no number of 32 bits as its leaf or bound.`)
    if ('leaf' in node) {
      hasCases &&= node.cases !== undefined
      return leaf(Math.fround(node.leaf) * weight, node.cases ?? 0)
    }
    const field = { name: node.field, type: 'numeric', isSingle: true } as const
    const [step, below] =
      typeof node.below === 'number'
        ? [inputs.read(field), Math.fround(node.below)]
        : [isIn(findings, inputs, field, node.below), 0.5]
    const at = inner(inputs.place(step), below)
    tree.yes[at] = put(node.yes, depth + 1)
    tree.no[at] = put(node.no, depth + 1)
    tree.missing[at] = (node.missing === node.yes ? tree.yes[at] : tree.no[at]) ?? -1
    return at
  }
  const before = findings.faults.length
  try {
    put(0, 0)
    if (findings.faults.length > before) return undefined
  } catch (error) {
    if (!(error instanceof BrokenTree)) throw error
    return fault(findings, place, error.message)
  }
  const { cases, ...rest } = tree
  return hasCases ? { ...rest, cases } : rest
}

/** Categories are known by their codes, whatever they were called in training. */
function isIn(findings: Findings, inputs: Inputs, field: BoostedField, codes: readonly number[]): string {
  const step = inputs.derive(codeBins(inputs.read(field), codes, false), `${field.name} in ${codes.join(' ')}`, field)
  const detail = `The field ${shown(field.name)} is a category, which the model knows by its code: give that number.`
  if (!findings.notes.some((each) => each.detail === detail)) note(findings, '', detail)
  return step
}

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined),
    value
  )
}

function numbers(value: unknown): number[] {
  return Array.isArray(value)
    ? value.map((each) => (typeof each === 'boolean' ? Number(each) : typeof each === 'number' ? each : Number.NaN))
    : []
}

function fromJson(findings: Findings, text: string): Booster | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fault(
      findings,
      '',
      'The text is no JSON. The binary form (UBJSON) is not read: save the model with the ending .json.'
    )
  }
  if (Array.isArray(value))
    return { trees: value.map(dumped), objective: undefined, baseScore: undefined, weights: undefined }
  const booster = at(value, 'learner', 'gradient_booster')
  const isDart = at(booster, 'name') === 'dart'
  const model = isDart ? at(booster, 'gbtree', 'model') : at(booster, 'model')
  const trees = at(model, 'trees')
  if (!Array.isArray(trees))
    return fault(
      findings,
      '/learner/gradient_booster',
      `A booster of trees is read, not ${shown(String(at(booster, 'name') ?? ''))}.`
    )
  const parameters = at(value, 'learner', 'learner_model_param')
  if (Number(at(parameters, 'num_class') ?? 0) > 1)
    return fault(
      findings,
      '/learner/learner_model_param/num_class',
      'The model has several classes, of which no one is good and the other bad.'
    )
  if (Number(at(parameters, 'num_target') ?? 1) > 1)
    return fault(
      findings,
      '/learner/learner_model_param/num_target',
      'The model predicts several numbers at once, and one is served here: train a model for the one that is wanted.'
    )
  const weights = isDart ? numbers(at(booster, 'weight_drop')) : undefined
  if (weights !== undefined && weights.length !== trees.length)
    return fault(
      findings,
      '/learner/gradient_booster/weight_drop',
      `DART gives each tree a weight: of ${trees.length} trees ${weights.length} have one.`
    )
  const names = at(value, 'learner', 'feature_names')
  const nameOf = (index: number) => (Array.isArray(names) ? String(names[index] ?? `f${index}`) : `f${index}`)
  const baseScore = Number(/[-+\d.eE]+/.exec(String(at(parameters, 'base_score') ?? ''))?.[0])
  const objective = at(value, 'learner', 'objective', 'name')
  return {
    trees: trees.map((tree) => saved(tree, nameOf)),
    objective: typeof objective === 'string' ? objective : undefined,
    baseScore: Number.isFinite(baseScore) ? baseScore : undefined,
    weights,
    best: bestOf(at(value, 'learner', 'attributes'), model)
  }
}

/** Each round adds as many trees as its forest has; newer versions say where each begins. */
function bestOf(attributes: unknown, model: unknown): Best | undefined {
  const text = at(attributes, 'best_iteration')
  const round = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(round) || round < 0) return undefined
  const begins = numbers(at(model, 'iteration_indptr'))
  const forest = Number(at(model, 'gbtree_model_param', 'num_parallel_tree') ?? 1)
  const trees = begins[round + 1] ?? (round + 1) * (forest >= 1 ? forest : 1)
  return { round, trees, isEstimator: typeof at(attributes, 'scikit_learn') === 'string' }
}

/** A tree of `save_model`, in columns. */
function saved(tree: unknown, nameOf: (index: number) => string): ReadonlyMap<number, Node> {
  const [left, right] = [numbers(at(tree, 'left_children')), numbers(at(tree, 'right_children'))]
  const [fields, conditions] = [numbers(at(tree, 'split_indices')), numbers(at(tree, 'split_conditions'))]
  const [defaults, hessians] = [numbers(at(tree, 'default_left')), numbers(at(tree, 'sum_hessian'))]
  const types = numbers(at(tree, 'split_type'))
  const categories = numbers(at(tree, 'categories'))
  const [owners, starts, sizes] = ['categories_nodes', 'categories_segments', 'categories_sizes'].map((name) =>
    numbers(at(tree, name))
  )
  const setOf = (node: number): number[] => {
    const place = owners?.indexOf(node) ?? -1
    const start = starts?.[place] ?? 0
    return categories.slice(start, start + (sizes?.[place] ?? 0))
  }
  return new Map(
    left.map((yes, node): [number, Node] => {
      if (yes < 0) return [node, { leaf: conditions[node] ?? Number.NaN, cases: hessians[node] }]
      const no = right[node] ?? -1
      return [
        node,
        {
          field: nameOf(fields[node] ?? -1),
          below: types[node] === 1 ? setOf(node) : (conditions[node] ?? Number.NaN),
          yes,
          no,
          missing: defaults[node] === 1 ? yes : no
        }
      ]
    })
  )
}

/** A tree of a dump as JSON, nested. */
function dumped(root: unknown): ReadonlyMap<number, Node> {
  const nodes = new Map<number, Node>()
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const node = waiting.pop()
    const id = Number(at(node, 'nodeid'))
    const children = at(node, 'children')
    if (!Array.isArray(children)) {
      const cover = at(node, 'cover')
      nodes.set(id, { leaf: Number(at(node, 'leaf')), cases: typeof cover === 'number' ? cover : undefined })
      continue
    }
    const condition = at(node, 'split_condition')
    const [yes, no] = [Number(at(node, 'yes')), Number(at(node, 'no'))]
    const missing = Number(at(node, 'missing') ?? no)
    nodes.set(id, {
      field: String(at(node, 'split')),
      // An indicator has no bound: who has it goes to "yes".
      below: Array.isArray(condition) ? numbers(condition) : typeof condition === 'number' ? condition : 1,
      ...(condition === undefined
        ? { yes: no, no: yes }
        : Array.isArray(condition)
          ? { yes: no, no: yes }
          : { yes, no }),
      missing
    })
    waiting.push(...children)
  }
  return nodes
}

const SPLIT = /^\s*(\d+):\[(.+?)(?:<([-+\d.eE]+)|:\{([\d, ]*)\})?\] yes=(\d+),no=(\d+)(?:,missing=(\d+))?/
const LEAF = /^\s*(\d+):leaf=([-+\d.eE]+|nan)(?:,cover=([-+\d.eE]+))?/

/** A dump as text: one line for each node, indented. */
function fromText(findings: Findings, text: string): Booster | undefined {
  const trees: Map<number, Node>[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    if (/^booster\[\d+\]:?$/.test(line.trim())) {
      trees.push(new Map())
      continue
    }
    const nodes = trees.at(-1)
    const leaf = LEAF.exec(line)
    const split = SPLIT.exec(line)
    if (nodes === undefined || (leaf === null && split === null))
      return fault(findings, `line ${index + 1}`, `${shown(line.trim())} is no line of a dump of XGBoost.`)
    if (leaf !== null)
      nodes.set(Number(leaf[1]), { leaf: Number(leaf[2]), cases: leaf[3] === undefined ? undefined : Number(leaf[3]) })
    else if (split !== null) nodes.set(Number(split[1]), splitOf(split))
  }
  return { trees, objective: undefined, baseScore: undefined, weights: undefined }
}

function splitOf([, , field = '', bound, set, yes = '', no = '', missing = no]: RegExpExecArray): Node {
  const [ways, back] = [
    { yes: Number(yes), no: Number(no) },
    { yes: Number(no), no: Number(yes) }
  ]
  const rest = { field, missing: Number(missing) }
  if (bound !== undefined) return { ...rest, below: Number(bound), ...ways }
  // Of a set, and of an indicator, who is in it goes to "yes".
  const members = set === undefined ? 1 : set.split(',').map(Number)
  return { ...rest, below: members, ...back }
}
