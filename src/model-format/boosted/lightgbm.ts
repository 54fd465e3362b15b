import type { PredictiveModel, Tree } from '../../engine/index.ts'
import type { ImportChoices } from '../pmml/cards/foreign.ts'
import { nextUp } from '../pmml/read/cells.ts'
import { type Findings, fault, shown } from '../pmml/read/findings.ts'
import type { StepBody } from '../pmml/read/step-list.ts'
import { numberOf } from '../pmml/read/xml.ts'
import {
  assertShallow,
  type BoostedChoices,
  type BoostedField,
  BrokenTree,
  boostedInputs,
  boostedModelOf,
  codeBins,
  type TreeMaker,
  treeMaker
} from './boosted-model.ts'

/** A part of the text: what it says by name, and the line that it begins in. */
interface Section {
  readonly line: number
  readonly values: ReadonlyMap<string, string>
  /** Whether anything ends it; otherwise its last line may be half of one. */
  readonly isEnded: boolean
}

/**
 * The model of a text that LightGBM saved (`save_model`). Numbers are compared in 64 bits, and each
 * node says itself what becomes of missing values and zeros. Undefined, with faults, for a ranking,
 * several classes, or trees with linear leaves.
 */
export function* lightgbmModelOf(
  findings: Findings,
  text: string,
  choices: ImportChoices,
  answers: BoostedChoices
): Generator<void, PredictiveModel | undefined, void> {
  const lines = text.split(/\r?\n/)
  if (lines[0]?.trim() !== 'tree')
    return fault(findings, 'line 1', 'A model that LightGBM saved as text begins with "tree".')
  const head = sectionFrom(lines, 0)
  const objective = head.values.get('objective') ?? ''
  const [kind = '', ...settings] = objective.split(' ')
  const isLogistic = LOGISTIC.includes(kind)
  if (!isLogistic && !NUMBERS.includes(kind))
    return fault(
      findings,
      'line 1',
      `The objective ${shown(objective)} predicts no good and bad, or not on a scale that is read here: ${[...LOGISTIC, ...NUMBERS.slice(1)].join(', ')} are read.`
    )
  if (settings.includes('sqrt'))
    return fault(
      findings,
      'line 1',
      'The trees predict a square root, which LightGBM squares afterwards and this importer does not: train with reg_sqrt=false.'
    )
  if ((head.values.get('num_class') ?? '1') !== '1' || (head.values.get('num_tree_per_iteration') ?? '1') !== '1')
    return fault(findings, 'line 1', 'The model has several classes, of which no one is good and the other bad.')
  const fields = fieldsOf(findings, head, lines)
  if (fields === undefined) return undefined
  const inputs = boostedInputs()
  const trees: Tree[] = []
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('Tree=')) continue
    yield
    const tree = treeOf(findings, sectionFrom(lines, index), fields, inputs)
    if (tree === undefined) return undefined
    trees.push(tree)
  }
  if (trees.length === 0) return fault(findings, 'line 1', 'The text holds no tree.')
  const announced = wordsOf(head, 'tree_sizes').length
  if (announced > 0 && announced !== trees.length)
    return fault(findings, 'line 1', `The text says that it holds ${announced} trees, and holds ${trees.length}.`)
  return boostedModelOf(
    findings,
    {
      format: 'lightgbm',
      trees,
      isAverage: lines.includes('average_output'),
      base: 0,
      factor: numberOf(/sigmoid:(\S+)/.exec(objective)?.[1]) ?? 1,
      isLogistic
    },
    inputs,
    choices,
    answers
  )
}

/** Objectives whose trees add up to log-odds, and those whose trees add up to the number itself. */
const LOGISTIC: readonly string[] = ['binary', 'cross_entropy', 'xentropy']
const NUMBERS: readonly string[] = ['', 'regression', 'regression_l1', 'huber', 'fair', 'mape', 'quantile', 'custom']

function sectionFrom(lines: readonly string[], start: number): Section {
  const values = new Map<string, string>()
  let index = start + (lines[start] === 'tree' ? 1 : 0)
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (line.trim() === '' || (index > start && line.startsWith('Tree='))) break
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  return { line: start + 1, values, isEnded: index < lines.length }
}

function wordsOf({ values }: Section, name: string): string[] {
  return (values.get(name) ?? '').split(' ').filter((word) => word !== '')
}

type Category = string | number | boolean

/** A field, and the values of its categories by their numbers. */
interface Column extends BoostedField {
  readonly categories: readonly Category[] | undefined
}

/**
 * The columns with the categories that pandas knew of them: of the columns that are categories, in
 * their order. Undefined, with a fault, where they do not fit: of a column that is constant or
 * ordered the text does not say that it is a category.
 */
function fieldsOf(findings: Findings, head: Section, lines: readonly string[]): Column[] | undefined {
  const names = wordsOf(head, 'feature_names')
  const infos = wordsOf(head, 'feature_infos')
  const codes = infos.map((info) => (/^-?\d+(:-?\d+)*$/.test(info) ? info : undefined))
  const line = lines.findIndex((each) => each.startsWith('pandas_categorical:'))
  const listed = categoriesIn(lines[line]?.slice('pandas_categorical:'.length))
  const known = codes.filter((each) => each !== undefined)
  const isEven = known.length === listed.length && known.every((each, index) => isWithin(each, listed[index] ?? []))
  if (listed.length > 0 && !isEven)
    return fault(
      findings,
      `line ${line + 1}`,
      'The text lists categories of columns, but does not tell to which they belong: train without constant columns of categories, without ordered ones, and without any that are numbers already.'
    )
  let next = 0
  return names.map((name, index) => {
    const own = codes[index] === undefined ? undefined : listed[next]
    if (codes[index] !== undefined) next += 1
    return { name, type: typeOf(own), isSingle: false, categories: own }
  })
}

/** Whether codes, as the text has them, are all of these categories. */
function isWithin(codes: string, categories: readonly Category[]): boolean {
  return codes.split(':').every((code) => Number(code) < categories.length)
}

function typeOf(categories: readonly Category[] | undefined): BoostedField['type'] {
  if (categories?.some((each) => typeof each === 'string') === true) return 'category'
  return categories?.some((each) => typeof each === 'boolean') === true ? 'boolean' : 'numeric'
}

function categoriesIn(text: string | undefined): readonly (readonly Category[])[] {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return Array.isArray(value) ? value.map((each) => (Array.isArray(each) ? each : [])) : []
  } catch {
    return []
  }
}

/**
 * What a node says of its decision: whether it is about categories, which way is the default, and
 * what is missing.
 */
const CATEGORICAL = 1
const DEFAULT_LEFT = 2
const MISSING_ZERO = 1
const MISSING_NAN = 2

/** Up to here a number counts as zero. */
const ZERO = Math.fround(1e-35)

type Inputs = ReturnType<typeof boostedInputs>

/** The lists of one tree. */
interface Lists {
  readonly leaves: readonly number[]
  readonly counts: readonly number[]
  readonly features: readonly number[]
  readonly thresholds: readonly number[]
  readonly decisions: readonly number[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  readonly bounds: readonly number[]
  readonly bits: readonly number[]
}

function listsOf(section: Section): Lists {
  const list = (name: string) => wordsOf(section, name).map((each) => numberOf(each) ?? Number.NaN)
  return {
    leaves: list('leaf_value'),
    counts: list('leaf_count'),
    features: list('split_feature'),
    thresholds: list('threshold'),
    decisions: list('decision_type'),
    left: list('left_child'),
    right: list('right_child'),
    bounds: list('cat_boundaries'),
    bits: list('cat_threshold')
  }
}

/** Whether the lists fit each other. */
function isWhole({ leaves, features, thresholds, decisions, left, right, bounds, bits }: Lists): boolean {
  const isRising = bounds.every((bound, index) => bound >= (bounds[index - 1] ?? 0) && bound <= bits.length)
  const isEven = [thresholds, decisions, left, right].every(({ length }) => length === features.length)
  const isPlaced = [...features, ...left, ...right].every(Number.isInteger)
  const areNumbers = ![...leaves, ...thresholds, ...decisions, ...bits].some(Number.isNaN)
  return leaves.length > 0 && areNumbers && isEven && isPlaced && isRising
}

/** So many numbers of 32 categories the sets of one tree may take. */
const CATEGORY_WORDS_MAX = 10_000

function treeOf(findings: Findings, section: Section, columns: readonly Column[], inputs: Inputs): Tree | undefined {
  const place = `line ${section.line}`
  if ((section.values.get('is_linear') ?? '0') !== '0')
    return fault(
      findings,
      place,
      'The leaves of this tree are linear models, which are not read: train with linear_tree=false.'
    )
  const lists = listsOf(section)
  if (!section.isEnded || !isWhole(lists))
    return fault(findings, place, 'The tree is cut off, or its lists do not fit each other.')
  if (lists.bits.length > CATEGORY_WORDS_MAX)
    return fault(findings, place, 'The sets of categories of this tree are too large: join some of the categories.')
  const maker = treeMaker()
  try {
    putNode({ maker, lists, columns, inputs, sets: new Map() }, lists.features.length === 0 ? -1 : 0, 0)
  } catch (error) {
    if (!(error instanceof BrokenTree)) throw error
    return fault(findings, place, error.message)
  }
  const { cases, ...rest } = maker.tree
  return lists.counts.length === lists.leaves.length ? { ...rest, cases } : rest
}

interface Making {
  readonly maker: TreeMaker
  readonly lists: Lists
  readonly columns: readonly Column[]
  readonly inputs: Inputs
  /** The steps of sets of categories, by column and place of the set. */
  readonly sets: Map<string, string>
}

function putNode(making: Making, node: number, depth: number): number {
  const { maker, lists, columns, inputs } = making
  if (node < 0) {
    const value = lists.leaves[-1 - node]
    if (value === undefined) throw new BrokenTree('The tree leads to a leaf that it does not hold.')
    return maker.leaf(value, lists.counts[-1 - node] ?? 0)
  }
  const column = columns[lists.features[node] ?? -1]
  // Each node is reached once: more of them lead in circles, or share what is below.
  if (column === undefined || maker.tree.field.length >= lists.features.length)
    throw new BrokenTree('The tree leads in circles, or to columns that the model does not name.')
  assertShallow(depth + 1)
  const isCategory = ((lists.decisions[node] ?? 0) & CATEGORICAL) !== 0
  const { field, below, leftIsBelow, missingLeft } = isCategory
    ? categoryQuestion(making, column, node)
    : numberQuestion(inputs, column, lists, node)
  const at = maker.inner(inputs.place(field), below)
  const left = putNode(making, lists.left[node] ?? -1, depth + 1)
  const right = putNode(making, lists.right[node] ?? -1, depth + 1)
  maker.tree.yes[at] = leftIsBelow ? left : right
  maker.tree.no[at] = leftIsBelow ? right : left
  maker.tree.missing[at] = missingLeft ? left : right
  return at
}

/** Which field a node asks for, and which side is below. */
interface Question {
  readonly field: string
  readonly below: number
  readonly leftIsBelow: boolean
  readonly missingLeft: boolean
}

/** Categories of the set go to the left, all others to the right, and so does what is missing. */
function categoryQuestion({ inputs, lists, sets }: Making, column: Column, node: number): Question {
  const place = lists.thresholds[node] ?? 0
  const key = `${place} ${column.name}`
  const [from, to] = lists.bounds.slice(place, place + 2)
  if (from === undefined || to === undefined)
    throw new BrokenTree('The tree asks for a set of categories that it does not hold.')
  const field = sets.get(key) ?? isIn(inputs, column, codesIn(lists.bits.slice(from, to)))
  sets.set(key, field)
  return { field, below: 0.5, leftIsBelow: false, missingLeft: false }
}

/** Up to the threshold to the left. Where nothing is said of missing values, one counts as 0. */
function numberQuestion(inputs: Inputs, column: Column, { thresholds, decisions }: Lists, node: number): Question {
  const threshold = thresholds[node] ?? 0
  const decision = decisions[node] ?? 0
  const missingType = (decision >> 2) & 3
  const isTold = missingType === MISSING_NAN || missingType === MISSING_ZERO
  return {
    field: missingType === MISSING_ZERO ? withoutZero(inputs, column) : inputs.read(column),
    below: nextUp(threshold),
    leftIsBelow: true,
    missingLeft: isTold ? (decision & DEFAULT_LEFT) !== 0 : threshold >= 0
  }
}

/** The places of the bits that are set, 32 in a number. */
function codesIn(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => bit).flatMap((bit) => (((word >>> bit) & 1) === 1 ? [32 * index + bit] : []))
  )
}

function isIn(inputs: Inputs, column: Column, codes: readonly number[]): string {
  const of = inputs.read(column)
  const wanted = `${column.name} in ${codes.join(' ')}`
  const { categories } = column
  if (categories === undefined) return inputs.derive(codeBins(of, codes, true), wanted, column)
  const known = codes.flatMap((code) => categories[code] ?? [])
  const members = known.map((each) => (typeof each === 'string' ? { text: each } : each))
  return inputs.derive({ do: 'apply', function: 'isIn', to: [of, ...members] }, wanted, column)
}

/** The field, missing where it is zero. */
function withoutZero(inputs: Inputs, column: Column): string {
  const { name } = column
  const of = inputs.read(column)
  const size = inputs.derive({ do: 'apply', function: 'abs', to: [of] }, `${name} size`, column)
  const isMore: StepBody = { do: 'apply', function: 'greaterThan', to: [size, ZERO] }
  const notZero = inputs.derive(isMore, `${name} not zero`, column)
  return inputs.derive({ do: 'apply', function: 'if', to: [notZero, of] }, `${name} without zero`, column)
}
