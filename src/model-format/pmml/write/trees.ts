import type { Step, Tree } from '../../../engine/index.ts'
import { node, type XmlNode } from '../read/xml.ts'
import { belowOrNot, type Fields, predicateOf, simple } from './predicates.ts'
import { Unwritable } from './unwritable.ts'

/** So many nodes a tree may have; a way that several of them share is written for each. */
const NODES_MAX = 50_000
/** Deeper trees are read by few. */
const DEPTH_MAX = 80

interface Writing {
  readonly fields: Fields
  readonly names: readonly string[]
  readonly tree: Tree
  readonly strategy: 'defaultChild' | 'aggregateNodes' | 'none'
  nodes: number
}

/** A tree of a step, without its MiningSchema: the attributes of its TreeModel, and its root. */
export function treeOf(
  fields: Fields,
  { fields: names }: Extract<Step, { do: 'trees' }>,
  tree: Tree
): { readonly attributes: XmlNode['attributes']; readonly root: XmlNode } {
  const strategy = strategyOf(tree)
  const writing: Writing = { fields, names, tree, strategy, nodes: 0 }
  const isNothing = tree.field.length === 0 && tree.leaves[0] === null
  const root = isNothing
    ? node('Node', { score: 0 }, [node('False')])
    : nodeOf(writing, rootOf(tree), node('True'), 0, 1)
  return {
    attributes: {
      functionName: 'regression',
      missingValueStrategy: strategy,
      noTrueChildStrategy: 'returnNullPrediction',
      splitCharacteristic: 'multiSplit'
    },
    root
  }
}

function rootOf({ field }: Tree): number {
  return field.length === 0 ? -1 : 0
}

/**
 * Where a missing value goes one of the two ways, the node names that child. Where it goes both, it
 * goes by the cases of each. Otherwise conditions say themselves what becomes of it.
 */
function strategyOf({ missing, yes, no, leaves }: Tree): Writing['strategy'] {
  if (missing.includes(null)) {
    if (leaves.includes(null))
      throw new Unwritable(
        'A tree in which a missing value goes both ways, and leaves give nothing, has no form in PMML.'
      )
    return 'aggregateNodes'
  }
  const isPlain = missing.every((way, place) => way === yes[place] || way === no[place])
  return isPlain && !leaves.includes(null) ? 'defaultChild' : 'none'
}

/** A node, with all below it. `share` is that of the cases that reach it where none are counted. */
function nodeOf(writing: Writing, place: number, predicate: XmlNode, depth: number, share: number): XmlNode {
  const { tree, strategy } = writing
  writing.nodes += 1
  if (writing.nodes > NODES_MAX || depth > DEPTH_MAX)
    throw new Unwritable(`A tree of more than ${NODES_MAX} nodes, or deeper than ${DEPTH_MAX}, is not written as PMML.`)
  const id = strategy === 'defaultChild' ? writing.nodes : undefined
  const recordCount = casesOf(tree, place, strategy === 'aggregateNodes' ? share : undefined)
  if (place < 0) return node('Node', { id, score: tree.leaves[-1 - place] ?? undefined, recordCount }, [predicate])
  const [yes, no] = [tree.yes[place] as number, tree.no[place] as number]
  const ways = waysOf(writing, place).filter(({ to }) => to >= 0 || tree.leaves[-1 - to] !== null)
  const children = ways.map(({ to, when }) => nodeOf(writing, to, when, depth + 1, share / 2))
  const missing = tree.missing[place] as number | null
  const fallback = missing === yes ? 0 : missing === no ? 1 : undefined
  const defaultChild =
    strategy === 'defaultChild' && fallback !== undefined ? children[fallback]?.attributes.id : undefined
  return node('Node', { id, recordCount, defaultChild }, [predicate, ...children])
}

/**
 * How many cases come through a place. Where none are counted each way is as likely as the other,
 * as far as that is asked for.
 */
function casesOf(tree: Tree, place: number, share: number | undefined): number | undefined {
  if (tree.cases === undefined) return share === undefined ? undefined : share * 2 ** DEPTH_MAX
  if (place < 0) return tree.cases[-1 - place] ?? 0
  return (casesOf(tree, tree.yes[place] as number, share) ?? 0) + (casesOf(tree, tree.no[place] as number, share) ?? 0)
}

interface Way {
  readonly to: number
  readonly when: XmlNode
}

/** The children of a node, by what has to hold for each. */
function waysOf({ fields, names, tree, strategy }: Writing, place: number): Way[] {
  const id = names[tree.field[place] as number] as string
  const below = tree.below[place] as number
  const [yes, no, missing] = [tree.yes[place] as number, tree.no[place] as number, tree.missing[place] as number | null]
  const asked = questionOf(fields, id, below)
  if (strategy === 'defaultChild' || missing === null)
    return [
      { to: yes, when: asked(true) },
      { to: no, when: asked(false) }
    ]
  const isMissing = () => simple(fields.use(id), 'isMissing')
  const known = (isBelow: boolean) => joined('and', [simple(fields.use(id), 'isNotMissing'), asked(isBelow)])
  const orMissing = (isBelow: boolean) => joined('or', [isMissing(), asked(isBelow)])
  const ways = [
    { to: yes, when: missing === yes ? orMissing(true) : known(true) },
    { to: no, when: missing === no && missing !== yes ? orMissing(false) : known(false) }
  ]
  return missing === yes || missing === no ? ways : [{ to: missing, when: isMissing() }, ...ways]
}

function joined(booleanOperator: 'and' | 'or', parts: readonly XmlNode[]): XmlNode {
  return node('CompoundPredicate', { booleanOperator }, parts)
}

/** Whether a step is less than a number; a condition counts as 1 where it holds, else as 0. */
function questionOf(fields: Fields, id: string, below: number): (isBelow: boolean) => XmlNode {
  if (fields.graph.typeOf(id) === 'category')
    throw new Unwritable(`A tree compares the category ${id} with a number, which has no form in PMML.`)
  if (fields.graph.typeOf(id) !== 'boolean') return (isBelow) => belowOrNot(fields, id, below, isBelow)
  if (below > 1 || below <= 0) {
    // Every value that is known is less, or none is.
    const isAlways = below > 1
    return (isBelow) =>
      node(
        'SimpleSetPredicate',
        { field: fields.use(id), booleanOperator: isBelow === isAlways ? 'isIn' : 'isNotIn' },
        [node('Array', { type: 'string', n: 2 }, 'true false')]
      )
  }
  return (isBelow) => predicateOf(fields, id, !isBelow)
}
