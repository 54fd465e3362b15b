import type { FeatureType } from '../../../engine/index.ts'
import { type Findings, fault, shown } from './findings.ts'
import { childOf, numberOf, type XmlElement } from './xml.ts'

/**
 * A value as PMML compares it: a number, the text of a category, `true`, `false`, or undefined when
 * missing.
 */
export type Raw = number | string | undefined

/** A condition on one value: true, false, or undefined where a missing value leaves it open. */
export interface Predicate {
  readonly holds: (value: Raw) => boolean | undefined
  /** How many comparisons it makes. */
  readonly size: number
}

/** The values at which a condition may change: numbers, or categories in document order. */
export interface Turns {
  readonly numbers: Set<number>
  readonly words: Set<string>
}

/** Names of the elements that are predicates. */
export const PREDICATES = ['SimplePredicate', 'CompoundPredicate', 'SimpleSetPredicate', 'True', 'False'] as const

/** The fields that a predicate looks at. */
export function fieldsIn(predicate: XmlElement): Set<string> {
  const own = predicate.attributes.get('field')
  const fields = new Set(own === undefined ? [] : [own])
  for (const child of predicate.children) for (const field of fieldsIn(child)) fields.add(field)
  return fields
}

/**
 * A predicate on a field of a type, by the truth tables of PMML. The values that it compares with
 * are added to `turns`.
 */
export function predicateOf(
  findings: Findings,
  element: XmlElement,
  type: FeatureType,
  turns: Turns
): Predicate | undefined {
  switch (element.name) {
    case 'True':
      return { holds: () => true, size: 1 }
    case 'False':
      return { holds: () => false, size: 1 }
    case 'SimplePredicate':
      return simplePredicate(findings, element, type, turns)
    case 'SimpleSetPredicate':
      return setPredicate(findings, element, type, turns)
    case 'CompoundPredicate':
      return compoundPredicate(findings, element, type, turns)
    default:
      return fault(findings, element.place, `<${element.name}> is no predicate.`)
  }
}

type Comparison = (value: number | string, bound: number | string) => boolean
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equal: (value, bound) => value === bound,
  notEqual: (value, bound) => value !== bound,
  lessThan: (value, bound) => value < bound,
  lessOrEqual: (value, bound) => value <= bound,
  greaterThan: (value, bound) => value > bound,
  greaterOrEqual: (value, bound) => value >= bound
}

function simplePredicate(
  findings: Findings,
  { attributes, place }: XmlElement,
  type: FeatureType,
  turns: Turns
): Predicate | undefined {
  const operator = attributes.get('operator') ?? ''
  if (operator === 'isMissing') return { holds: (value) => value === undefined, size: 1 }
  if (operator === 'isNotMissing') return { holds: (value) => value !== undefined, size: 1 }
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined
  if (compare === undefined) return fault(findings, place, `There is no operator ${shown(operator)}.`)
  if (type !== 'numeric' && !/^(equal|notEqual)$/.test(operator))
    return fault(findings, place, `"${operator}" orders what has no order here: list the values instead.`)
  const bound = rawOf(attributes.get('value'), type)
  if (bound === undefined) return fault(findings, place, notOfType(attributes.get('value'), type))
  addTurn(turns, bound)
  return { holds: (value) => (value === undefined ? undefined : compare(value, bound)), size: 1 }
}

function setPredicate(findings: Findings, element: XmlElement, type: FeatureType, turns: Turns): Predicate | undefined {
  const { attributes, place } = element
  const operator = attributes.get('booleanOperator')
  if (operator !== 'isIn' && operator !== 'isNotIn')
    return fault(findings, place, `There is no operator ${shown(operator)}.`)
  const array = childOf(element, 'Array')
  if (array === undefined) return fault(findings, place, 'A set has an <Array> of its values.')
  const texts = arrayValues(findings, array)
  if (texts === undefined) return undefined
  const members = new Set<number | string>()
  for (const text of texts) {
    const member = rawOf(text, type)
    if (member === undefined) return fault(findings, array.place, notOfType(text, type))
    members.add(member)
    addTurn(turns, member)
  }
  const isIn = operator === 'isIn'
  return { holds: (value) => (value === undefined ? undefined : members.has(value) === isIn), size: 1 }
}

function compoundPredicate(
  findings: Findings,
  { attributes, children, place }: XmlElement,
  type: FeatureType,
  turns: Turns
): Predicate | undefined {
  const parts = children
    .filter(({ name }) => name !== 'Extension')
    .map((child) => predicateOf(findings, child, type, turns))
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) return undefined
  if (known.length === 0) return fault(findings, place, 'A compound of no predicates.')
  const size = known.reduce((sum, part) => sum + part.size, 0)
  const operator = attributes.get('booleanOperator')
  switch (operator) {
    case 'and':
      return { holds: (value) => firstOr(known, value, false), size }
    case 'or':
      return { holds: (value) => firstOr(known, value, true), size }
    case 'xor':
      return { holds: (value) => exclusive(known, value), size }
    case 'surrogate':
      return { holds: (value) => surrogate(known, value), size }
    default:
      return fault(findings, place, `There is no operator ${shown(operator)}.`)
  }
}

/** `decisive` as soon as one part is; else the opposite, unless one is open. */
function firstOr(parts: readonly Predicate[], value: Raw, decisive: boolean): boolean | undefined {
  let isOpen = false
  for (const { holds } of parts) {
    const truth = holds(value)
    if (truth === decisive) return decisive
    isOpen ||= truth === undefined
  }
  return isOpen ? undefined : !decisive
}

function exclusive(parts: readonly Predicate[], value: Raw): boolean | undefined {
  let isOdd = false
  for (const { holds } of parts) {
    const truth = holds(value)
    if (truth === undefined) return undefined
    isOdd = isOdd !== truth
  }
  return isOdd
}

/** The first part that is not open. */
function surrogate(parts: readonly Predicate[], value: Raw): boolean | undefined {
  for (const { holds } of parts) {
    const truth = holds(value)
    if (truth !== undefined) return truth
  }
  return undefined
}

function addTurn({ numbers, words }: Turns, value: number | string): void {
  if (typeof value === 'number') numbers.add(value)
  else words.add(value)
}

/** A value of the document as one of a type; undefined when it is none. */
export function rawOf(text: string | undefined, type: FeatureType): Raw {
  if (text === undefined || type === 'category') return text
  if (type === 'numeric') return numberOf(text)
  const word = text.trim().toLowerCase()
  if (word === 'true' || word === '1') return 'true'
  return word === 'false' || word === '0' ? 'false' : undefined
}

function notOfType(text: string | undefined, type: FeatureType): string {
  return `${shown(text)} is no value of a ${type} field.`
}

/** The values of an array. Undefined, with a fault, where they are not as many as it says. */
export function arrayValues(findings: Findings, { attributes, text, place }: XmlElement): string[] | undefined {
  const values = valuesOf(text)
  const count = attributes.get('n')
  if (count === undefined || Number(count) === values.length) return values
  return fault(findings, place, `The array says that it holds ${shown(count)} values, and holds ${values.length}.`)
}

/**
 * The values of an array, separated by spaces. A value with a space stands in quotes; a quote in
 * quotes follows a backslash.
 */
function valuesOf(text: string): string[] {
  const found = text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|([^\s"]+)/g)
  return Array.from(found, ([, quoted, plain]) => plain ?? (quoted ?? '').replaceAll('\\"', '"'))
}
