import type { Step, Tree } from '../../../engine/index.ts'
import { nextUp } from '../read/cells.ts'
import { conditionOf, type FieldScope, predicateElement } from '../read/conditions.ts'
import { fault, shown } from '../read/findings.ts'
import { isConstant, type StepList, type Term } from '../read/step-list.ts'
import { childrenOf, numberOf, type XmlElement } from '../read/xml.ts'

/**
 * What is wanted of a model: its number; the probability of a category; or 1 where the category is
 * its answer and 0 where not.
 */
export type Wanted =
  | { readonly kind: 'number' }
  | { readonly kind: 'probability'; readonly category: string }
  | { readonly kind: 'vote'; readonly category: string }

/** Several trees share their fields. */
interface TreeFields {
  readonly ids: string[]
  readonly place: (id: string) => number
}

export function treeFields(): TreeFields {
  const ids: string[] = []
  return {
    ids,
    place(id) {
      const known = ids.indexOf(id)
      return known >= 0 ? known : ids.push(id) - 1
    }
  }
}

/**
 * A question of an inner node: whether a field is less than a number, and whether the condition
 * holds then.
 */
interface Question {
  readonly field: string
  readonly below: number
  readonly isTrueBelow: boolean
}

interface Open {
  readonly list: StepList
  readonly model: XmlElement
  readonly scope: FieldScope
  readonly fields: TreeFields
  readonly wanted: Wanted
  readonly tree: Required<Tree>
  hasCases: boolean
}

/**
 * A TreeModel as a binary tree: a node with several children asks for one after the other. `worth`
 * is what becomes of what a leaf gives, and of nothing. Undefined, with faults, where it does what
 * no tree here can do.
 */
export function treeOf(
  list: StepList,
  model: XmlElement,
  scope: FieldScope,
  fields: TreeFields,
  wanted: Wanted,
  worth: (value: number | null) => number | null
): Tree | undefined {
  const { findings } = list
  const before = findings.faults.length
  const [root] = childrenOf(model, 'Node')
  if (root === undefined) return fault(findings, model.place, 'A tree has a <Node>.')
  const tree: Required<Tree> = { field: [], below: [], yes: [], no: [], missing: [], leaves: [], cases: [] }
  const open: Open = { list, model, scope, fields, wanted, tree, hasCases: true }
  const condition = conditionIn(open, root)
  if (condition === undefined) return undefined
  if (isConstant(condition)) {
    if (condition.constant === true) lower(open, root)
    else leaf(open, null, 0)
  } else chain(open, root, [{ node: root, condition }], undefined)
  if (findings.faults.length > before) return undefined
  const { cases, leaves, ...rest } = tree
  const made = { ...rest, leaves: leaves.map(worth) }
  return open.hasCases ? { ...made, cases } : made
}

function conditionIn({ list, scope }: Open, node: XmlElement): Term | undefined {
  const predicate = predicateElement(node)
  if (predicate === undefined) return fault(list.findings, node.place, 'A node has a predicate.')
  return conditionOf(list, predicate, scope)
}

/** Puts a node that holds into the tree, and answers its place. */
function lower(open: Open, node: XmlElement): number {
  const children = childrenOf(node, 'Node')
  assertNotEmbedded(open, node)
  if (children.length === 0) return leaf(open, worthOf(open, node), casesOf(open, node))
  const asked: { node: XmlElement; condition: Term }[] = []
  for (const child of children) {
    const condition = conditionIn(open, child)
    if (condition === undefined) return -1
    if (isConstant(condition) && condition.constant === false) continue
    asked.push({ node: child, condition })
    if (isConstant(condition)) break
  }
  return chain(open, node, asked, node)
}

function assertNotEmbedded({ list }: Open, node: XmlElement): void {
  const [embedded] = childrenOf(node, 'Regression', 'DecisionTree')
  if (embedded !== undefined)
    fault(list.findings, embedded.place, 'A model within a node is not read: make it a segment of a MiningModel.')
}

interface Asked {
  readonly node: XmlElement
  readonly condition: Term
}

/** Asks for one child after the other. `parent` is what holds, undefined above the root. */
function chain(open: Open, place: XmlElement, asked: readonly Asked[], parent: XmlElement | undefined): number {
  const { tree, list } = open
  const conditional = asked.filter(({ condition }) => !isConstant(condition))
  const last = asked.find(({ condition }) => isConstant(condition))
  const otherwise = () => (last === undefined ? leaf(open, lastValue(open, parent), 0) : lower(open, last.node))
  const [only, second] = asked
  // Of two children one of which holds exactly where the other does not, one question is enough.
  const isPair = asked.length === 2 && second !== undefined && conditional.length === 2 && opposes(open, only, second)
  const questions = isPair ? conditional.slice(0, 1) : conditional
  if (questions.length === 0) return otherwise()
  const nodes = questions.map(({ condition }) => {
    const question = questionOf(list, condition)
    const at = tree.field.push(open.fields.place(question.field)) - 1
    tree.below.push(question.below)
    tree.yes.push(-1)
    tree.no.push(-1)
    tree.missing.push(-1)
    return { at, question }
  })
  const ways = questions.map(({ node }) => lower(open, node))
  const rest = isPair && second !== undefined ? lower(open, second.node) : otherwise()
  const strategy = missingWay(open, place, parent, asked, [...ways, rest], isPair || last !== undefined)
  nodes.forEach(({ at, question }, index) => {
    const [yes, no] = [ways[index] as number, nodes[index + 1]?.at ?? rest]
    tree.yes[at] = question.isTrueBelow ? yes : no
    tree.no[at] = question.isTrueBelow ? no : yes
    // Where the second child was not asked for, it is as open as the first.
    tree.missing[at] = strategy !== 'false' ? strategy : isPair ? leaf(open, lastValue(open, parent), 0) : no
  })
  return nodes[0]?.at ?? rest
}

/** Where a missing value leads at a node; `false`: as if the condition did not hold. */
function missingWay(
  open: Open,
  place: XmlElement,
  parent: XmlElement | undefined,
  asked: readonly Asked[],
  ways: readonly number[],
  isWhole: boolean
): number | null | 'false' {
  const { list, model } = open
  const strategy = model.attributes.get('missingValueStrategy') ?? 'none'
  // Above the root there is neither a last prediction nor another child.
  if (parent === undefined) return 'false'
  switch (strategy) {
    case 'none':
      return 'false'
    case 'nullPrediction':
      return leaf(open, null, 0)
    case 'lastPrediction':
      return leaf(open, worthOf(open, parent), 0)
    case 'defaultChild': {
      const id = parent.attributes.get('defaultChild')
      const index = asked.findIndex(({ node }) => id !== undefined && node.attributes.get('id') === id)
      if (index >= 0) return ways[index] ?? null
      fault(
        list.findings,
        place.place,
        'With defaultChild every node with children names one of them, which can be reached.'
      )
      return null
    }
    case 'weightedConfidence':
    case 'aggregateNodes':
      if (open.wanted.kind !== 'vote' && isWhole && ways.length === 2 && hasCases(asked)) return null
      fault(
        list.findings,
        place.place,
        `${strategy} is worked out for two children that exclude each other and say their recordCount, and not for votes.`
      )
      return null
    default:
      fault(list.findings, model.place, `There is no missingValueStrategy ${shown(strategy)}.`)
      return null
  }
}

/** Whether children say how many cases they had, as many as their own children together. */
function hasCases(asked: readonly Asked[]): boolean {
  return asked.every(({ node }) => {
    const own = numberOf(node.attributes.get('recordCount'))
    const below = leafCases(node)
    return own !== undefined && Math.abs(own - below) <= 1e-9 * Math.max(1, own)
  })
}

function leafCases(node: XmlElement): number {
  const children = childrenOf(node, 'Node')
  if (children.length === 0) return numberOf(node.attributes.get('recordCount')) ?? Number.NaN
  return children.reduce((sum, child) => sum + leafCases(child), 0)
}

/** A condition as a question. What is no comparison with a number counts as 1 where it holds. */
function questionOf(list: StepList, condition: Term): Question {
  if (isConstant(condition)) return { field: '', below: 0, isTrueBelow: false }
  const step = list.step(condition.id)
  return comparisonOf(step) ?? { field: condition.id, below: 0.5, isTrueBelow: false }
}

function comparisonOf(step: Step | undefined): Question | undefined {
  if (step?.do !== 'apply') return undefined
  const [field, bound] = step.to
  if (typeof field !== 'string' || typeof bound !== 'number') return undefined
  switch (step.function) {
    case 'lessThan':
      return { field, below: bound, isTrueBelow: true }
    case 'lessOrEqual':
      return { field, below: nextUp(bound), isTrueBelow: true }
    case 'greaterThan':
      return { field, below: nextUp(bound), isTrueBelow: false }
    case 'greaterOrEqual':
      return { field, below: bound, isTrueBelow: false }
    default:
      return undefined
  }
}

const OPPOSITES: Readonly<Record<string, string>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  isIn: 'isNotIn',
  isNotIn: 'isIn'
}

/** Whether of two conditions exactly one holds, whatever the value. */
function opposes({ list }: Open, first: Asked | undefined, second: Asked): boolean {
  if (first === undefined || isConstant(first.condition) || isConstant(second.condition)) return false
  const [one, other] = [list.step(first.condition.id), list.step(second.condition.id)]
  const [a, b] = [comparisonOf(one), comparisonOf(other)]
  if (a !== undefined && b !== undefined)
    return a.field === b.field && a.below === b.below && a.isTrueBelow !== b.isTrueBelow
  if (one?.do !== 'apply' || other?.do !== 'apply') return false
  return OPPOSITES[one.function] === other.function && JSON.stringify(one.to) === JSON.stringify(other.to)
}

function leaf({ tree }: Open, value: number | null, cases: number): number {
  tree.cases.push(cases)
  return -tree.leaves.push(value)
}

/** The value of a node when none of its children holds. */
function lastValue(open: Open, parent: XmlElement | undefined): number | null {
  const strategy = open.model.attributes.get('noTrueChildStrategy') ?? 'returnNullPrediction'
  if (strategy === 'returnNullPrediction' || parent === undefined) return null
  if (strategy !== 'returnLastPrediction')
    fault(open.list.findings, open.model.place, `There is no noTrueChildStrategy ${shown(strategy)}.`)
  return parent.attributes.has('score') ? worthOf(open, parent) : null
}

function casesOf(open: Open, node: XmlElement): number {
  const listed = childrenOf(node, 'ScoreDistribution').map(({ attributes }) => numberOf(attributes.get('recordCount')))
  const sum = listed.reduce<number>((total, each) => total + (each ?? Number.NaN), listed.length > 0 ? 0 : Number.NaN)
  const count = numberOf(node.attributes.get('recordCount')) ?? sum
  if (!(count >= 0)) open.hasCases = false
  return count >= 0 ? count : 0
}

/** What a node gives of what is wanted. */
function worthOf({ list, wanted }: Open, node: XmlElement): number | null {
  const { findings } = list
  const score = node.attributes.get('score')
  if (wanted.kind === 'number') {
    const value = numberOf(score)
    if (value === undefined) fault(findings, node.place, 'A node that answers has a score, which is a number.')
    return value ?? null
  }
  if (wanted.kind === 'vote') {
    if (score === undefined) fault(findings, node.place, 'A node that votes has a score.')
    return score === wanted.category ? 1 : 0
  }
  const listed = childrenOf(node, 'ScoreDistribution')
  if (listed.length === 0) {
    if (score === undefined) fault(findings, node.place, 'A node that answers has a score, or a <ScoreDistribution>.')
    return score === wanted.category ? 1 : 0
  }
  const parts = listed.map(({ attributes }) => ({
    isWanted: attributes.get('value') === wanted.category,
    part: numberOf(attributes.get('probability') ?? attributes.get('recordCount'))
  }))
  const total = parts.reduce((sum, { part }) => sum + (part ?? Number.NaN), 0)
  if (!(total > 0)) {
    fault(findings, node.place, 'The parts of a <ScoreDistribution> are numbers, and not all of them 0.')
    return null
  }
  return parts.reduce((sum, { isWanted, part }) => (isWanted ? sum + (part ?? 0) : sum), 0) / total
}
