import type { StepFunction } from '../../../engine/index.ts'
import { fault, shown } from './findings.ts'
import { literal } from './literals.ts'
import { arrayValues, PREDICATES } from './predicates.ts'
import { operandOf, type StepList, type StepRef, type Term } from './step-list.ts'
import { childOf, type XmlElement } from './xml.ts'

/**
 * Looks a field up by name. Undefined, with a fault at `place`, for one that is unknown or of no
 * use here.
 */
export type FieldScope = (name: string, place: string) => StepRef | undefined

/** The predicate of an attribute, a node or a segment. */
export function predicateElement(parent: XmlElement): XmlElement | undefined {
  return parent.children.find(({ name }) => (PREDICATES as readonly string[]).includes(name))
}

const COMPARISONS: readonly StepFunction[] = [
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual'
]
const COMPOUNDS: Readonly<Record<string, StepFunction>> = { and: 'and', or: 'or', xor: 'xor', surrogate: 'firstKnown' }

/**
 * A predicate as a condition: a step, or true or false. Undefined, with faults, where it says
 * nothing that can be read.
 */
export function conditionOf(list: StepList, element: XmlElement, scope: FieldScope): Term | undefined {
  switch (element.name) {
    case 'True':
      return { constant: true, type: 'boolean' }
    case 'False':
      return { constant: false, type: 'boolean' }
    case 'SimplePredicate':
      return simple(list, element, scope)
    case 'SimpleSetPredicate':
      return membership(list, element, scope)
    case 'CompoundPredicate':
      return compound(list, element, scope)
    default:
      return fault(list.findings, element.place, `<${element.name}> is no predicate.`)
  }
}

function simple(list: StepList, { attributes, place }: XmlElement, scope: FieldScope): Term | undefined {
  const { findings } = list
  const name = attributes.get('field') ?? ''
  const field = scope(name, place)
  if (field === undefined) return undefined
  const operator = attributes.get('operator') ?? ''
  if (operator === 'isMissing' || operator === 'isNotMissing')
    return list.add({ do: 'apply', function: operator, to: [field.id] }, `${name} ${operator}`, 'boolean')
  const comparison = COMPARISONS.find((each) => each === operator)
  if (comparison === undefined) return fault(findings, place, `There is no operator ${shown(operator)}.`)
  if (field.type !== 'numeric' && !/^(equal|notEqual)$/.test(operator))
    return fault(findings, place, `"${operator}" orders what has no order here: list the values instead.`)
  const bound = literal(findings, place, attributes.get('value'), field)
  if (bound === undefined) return undefined
  const to = [field.id, operandOf({ constant: bound, type: field.type })]
  return list.add({ do: 'apply', function: comparison, to }, `${name} ${operator} ${bound}`, 'boolean')
}

function membership(list: StepList, element: XmlElement, scope: FieldScope): Term | undefined {
  const { findings } = list
  const { attributes, place } = element
  const name = attributes.get('field') ?? ''
  const field = scope(name, place)
  if (field === undefined) return undefined
  const operator = attributes.get('booleanOperator') ?? ''
  if (operator !== 'isIn' && operator !== 'isNotIn')
    return fault(findings, place, `There is no operator ${shown(operator)}.`)
  const array = childOf(element, 'Array')
  if (array === undefined) return fault(findings, place, 'A set has an <Array> of its values.')
  const texts = arrayValues(findings, array)
  if (texts === undefined) return undefined
  const members = texts.map((text) => literal(findings, array.place, text, field))
  if (members.includes(undefined)) return undefined
  const to = members.map((each) => operandOf({ constant: each as string, type: field.type }))
  return list.add({ do: 'apply', function: operator, to: [field.id, ...to] }, `${name} ${operator}`, 'boolean')
}

function compound(list: StepList, { attributes, children, place }: XmlElement, scope: FieldScope): Term | undefined {
  const parts = children.filter(({ name }) => name !== 'Extension').map((each) => conditionOf(list, each, scope))
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) return undefined
  if (known.length === 0) return fault(list.findings, place, 'A compound of no predicates.')
  const operator = attributes.get('booleanOperator') ?? ''
  const name = Object.hasOwn(COMPOUNDS, operator) ? COMPOUNDS[operator] : undefined
  if (name === undefined) return fault(list.findings, place, `There is no operator ${shown(operator)}.`)
  return list.add({ do: 'apply', function: name, to: known.map(operandOf) }, operator, 'boolean')
}
