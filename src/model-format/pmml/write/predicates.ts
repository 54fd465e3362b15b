import type { Operand, Step } from '../../../engine/index.ts'
import { node, type XmlNode } from '../read/xml.ts'
import { singleAtLeast, singleAtMost } from './single.ts'
import type { StepGraph } from './step-graph.ts'

/** What is written of a step that a predicate or an expression names. */
export interface Fields {
  readonly graph: StepGraph
  /** Names the field of a step, and remembers that it is looked at. */
  readonly use: (id: string) => string
}

const NEGATED: Readonly<Record<string, string>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterOrEqual',
  greaterOrEqual: 'lessThan',
  greaterThan: 'lessOrEqual',
  lessOrEqual: 'greaterThan',
  isIn: 'isNotIn',
  isNotIn: 'isIn',
  isMissing: 'isNotMissing',
  isNotMissing: 'isMissing',
  and: 'or',
  or: 'and'
}
const COMPOUNDS: Readonly<Record<string, string>> = { and: 'and', or: 'or', xor: 'xor', firstKnown: 'surrogate' }

export function simple(field: string, operator: string, value?: string | number | boolean): XmlNode {
  return node('SimplePredicate', { field, operator, value })
}

/** Whether a condition holds, or does not, as a predicate. What leaves it open leaves that open. */
export function predicateOf(fields: Fields, id: string, truth = true): XmlNode {
  const step = fields.graph.step(id)
  const plain = step.do === 'apply' && isPlain(step) ? plainPredicate(fields, step, truth) : undefined
  return plain ?? simple(fields.use(id), 'equal', truth)
}

type Apply = Extract<Step, { do: 'apply' }>

function isPlain({ missing, otherwise, invalid }: Apply): boolean {
  return missing === undefined && otherwise === undefined && invalid === undefined
}

function plainPredicate(fields: Fields, { function: name, to }: Apply, truth: boolean): XmlNode | undefined {
  const operator = truth ? name : NEGATED[name]
  if (operator === undefined) return undefined
  const [first, second] = to
  if (Object.hasOwn(COMPOUNDS, name)) return compound(fields, COMPOUNDS[operator] ?? operator, to, truth)
  if (typeof first !== 'string' || NEGATED[name] === undefined) return undefined
  if (/^is(Not)?Missing$/.test(operator)) return simple(fields.use(first), operator)
  const others = to.slice(1).map(literalOf)
  if (others.some((each) => each === undefined)) return undefined
  const values = others.filter((each) => each !== undefined)
  if (/^is(Not)?In$/.test(operator)) return membership(fields, first, operator, values)
  const bound = second === undefined ? undefined : literalOf(second)
  return bound === undefined || values.length > 1 ? undefined : comparison(fields, first, operator, bound)
}

function compound(
  fields: Fields,
  booleanOperator: string,
  parts: readonly Operand[],
  truth: boolean
): XmlNode | undefined {
  // Of the others, the opposite is no compound of opposites.
  if (!truth && booleanOperator !== 'and' && booleanOperator !== 'or') return undefined
  const predicates = parts.map((part) => {
    if (typeof part === 'boolean') return node(part === truth ? 'True' : 'False')
    return typeof part === 'string' ? predicateOf(fields, part, truth) : undefined
  })
  const known = predicates.filter((each) => each !== undefined)
  if (known.length < predicates.length) return undefined
  const [only, second] = known
  return second === undefined ? only : node('CompoundPredicate', { booleanOperator }, known)
}

function literalOf(operand: Operand): string | number | boolean | undefined {
  if (typeof operand === 'object') return operand.text
  return typeof operand === 'string' ? undefined : operand
}

/** A field compared with a value; undefined where 32 bits cannot hold what is compared with. */
function comparison(
  fields: Fields,
  id: string,
  operator: string,
  value: string | number | boolean
): XmlNode | undefined {
  if (typeof value !== 'number' || !fields.graph.isSingle(id)) return simple(fields.use(id), operator, value)
  switch (operator) {
    case 'lessThan':
    case 'greaterOrEqual':
      return belowOrNot(fields, id, value, operator === 'lessThan')
    case 'lessOrEqual':
    case 'greaterThan': {
      const bound = singleAtMost(value)
      return Number.isFinite(bound) ? simple(fields.use(id), operator, bound) : undefined
    }
    default:
      return Math.fround(value) === value ? simple(fields.use(id), operator, value) : undefined
  }
}

/** Whether a field is less than a number, or is not, for another reader too. */
export function belowOrNot(fields: Fields, id: string, below: number, isBelow: boolean): XmlNode {
  const field = fields.use(id)
  if (!fields.graph.isSingle(id)) return simple(field, isBelow ? 'lessThan' : 'greaterOrEqual', below)
  const bound = singleAtLeast(below)
  if (Number.isFinite(bound)) return simple(field, isBelow ? 'lessThan' : 'greaterOrEqual', bound)
  return simple(field, isBelow ? 'lessOrEqual' : 'greaterThan', singleAtMost(Number.MAX_VALUE))
}

function membership(
  fields: Fields,
  id: string,
  operator: string,
  values: readonly (string | number | boolean)[]
): XmlNode | undefined {
  const isNumeric = fields.graph.typeOf(id) === 'numeric'
  const isExact = values.every((value) => typeof value !== 'number' || Math.fround(value) === value)
  if (isNumeric && fields.graph.isSingle(id) && !isExact) return undefined
  return setPredicate(fields.use(id), operator, values, isNumeric ? 'real' : 'string')
}

/**
 * A set of values. In a set a value is put in quotes, and how those inside it are to be read is not
 * the same everywhere: such values are compared one by one.
 */
export function setPredicate(
  field: string,
  operator: string,
  values: readonly (string | number | boolean)[],
  type: 'real' | 'string' = 'string'
): XmlNode {
  const isIn = operator === 'isIn'
  const isPlain =
    values.length > 0 && values.every((value) => typeof value !== 'boolean' && !/["\\]/.test(String(value)))
  if (isPlain) {
    const text = values.map((value) => (type === 'real' ? String(value) : `"${value}"`)).join(' ')
    return node('SimpleSetPredicate', { field, booleanOperator: operator }, [
      node('Array', { type, n: values.length }, text)
    ])
  }
  const each = values.map((value) => simple(field, isIn ? 'equal' : 'notEqual', value))
  const [only = simple(field, isIn ? 'isMissing' : 'isNotMissing'), second] = each
  return second === undefined ? only : node('CompoundPredicate', { booleanOperator: isIn ? 'or' : 'and' }, each)
}
