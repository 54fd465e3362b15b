import { STEP_FUNCTIONS, type StepFunction } from '../../../engine/index.ts'
import { PREDICTOR_COUNTS_MAX } from '../../predictor-schema.ts'
import type { FieldScope } from './conditions.ts'
import { fault, note, shown } from './findings.ts'
import { attributeValue, declaredType, type FieldType, isInteger, literal, saysYes } from './literals.ts'
import { isConstant, operandOf, type StepList, type StepRef, stepOf, type Term } from './step-list.ts'
import { rangeOf } from './treatments.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from './xml.ts'

/** The expression of an element that holds one. */
export function expressionIn(element: XmlElement): XmlElement | undefined {
  return element.children.find(({ name }) => name !== 'Extension' && name !== 'Value')
}

const NUMERIC: FieldType = { type: 'numeric', isSingle: false }

/**
 * An expression as a step, or a constant. Undefined, with faults, for one that cannot be worked out
 * here.
 */
export function expressionOf(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  switch (element.name) {
    case 'Constant':
      return constantOf(list, element)
    case 'FieldRef':
      return reference(list, element, scope)
    case 'NormContinuous':
      return curve(list, element, scope, wanted)
    case 'NormDiscrete':
      return indicator(list, element, scope, wanted)
    case 'Discretize':
      return bins(list, element, scope, wanted)
    case 'MapValues':
      return table(list, element, scope, wanted)
    case 'Apply':
      return application(list, element, scope, wanted)
    default:
      return fault(
        list.findings,
        element.place,
        `<${element.name}> cannot be worked out here: import a model whose fields are inputs, or computed by functions, bins, tables or curves.`
      )
  }
}

/** A derived field, as the type that it declares. */
export function derivedField(list: StepList, element: XmlElement, scope: FieldScope): StepRef | undefined {
  const name = element.attributes.get('name') ?? ''
  const expression = expressionIn(element)
  const type = declaredType(element)
  if (expression === undefined || type === undefined)
    return fault(list.findings, element.place, `The field ${shown(name)} has no expression of a known type.`)
  const term = expressionOf(list, expression, scope, name)
  if (term === undefined) return undefined
  const ref = stepOf(list, term)
  if (isInteger(element) && !isWhole(list, ref))
    note(
      list.findings,
      element.place,
      `The field ${shown(name)} is declared as integer: where its expression gives another number, that number stands.`
    )
  return cast(list, ref, type, element.place, name)
}

/** Whether all that a step gives is whole, as far as that is plain to see. */
function isWhole(list: StepList, { id, type }: StepRef): boolean {
  const step = list.step(id)
  if (type !== 'numeric' || step === undefined) return true
  const all = (values: readonly unknown[]) => values.every((each) => each === undefined || Number.isInteger(each))
  switch (step.do) {
    case 'read':
      return step.whole === true && step.invalid !== 'keep'
    case 'bins':
      return all([...step.bins.map(({ value }) => value), step.missing, step.otherwise])
    case 'map':
      return all([...step.rows.map((row) => row.at(-1)), step.missing, step.otherwise])
    case 'indicator':
      return all([step.missing])
    case 'apply':
      return WHOLE.test(step.function) && all([step.missing, step.otherwise])
    default:
      return false
  }
}

const WHOLE = /^(floor|ceil|round|rint|threshold|stringLength)$/

function cast(
  list: StepList,
  ref: StepRef,
  { type, isSingle }: FieldType,
  place: string,
  name: string
): StepRef | undefined {
  if (ref.type === 'boolean' && type === 'numeric')
    return list.add({ do: 'apply', function: 'if', to: [ref.id, 1, 0] }, name, type)
  if (ref.type !== type)
    return fault(
      list.findings,
      place,
      `The field ${shown(name)} is declared as ${type}, and its expression is ${ref.type}.`
    )
  if (!isSingle || ref.isSingle) return ref
  return list.add({ do: 'apply', function: 'same', to: [ref.id], precision: 'single' }, name, type, true)
}

function constantOf({ findings }: StepList, element: XmlElement): Term | undefined {
  const { text, place } = element
  if (saysYes(element.attributes.get('missing')))
    return fault(findings, place, 'A constant that is missing cannot be worked out here: leave the operand out.')
  const declared = declaredType(element)
  const guessed: FieldType = numberOf(text) === undefined ? { type: 'category', isSingle: false } : NUMERIC
  const type = declared ?? guessed
  const constant = literal(findings, place, text, type)
  return constant === undefined ? undefined : { constant, type: type.type }
}

function reference(list: StepList, element: XmlElement, scope: FieldScope): Term | undefined {
  const name = element.attributes.get('field') ?? ''
  const field = scope(name, element.place)
  if (field === undefined) return undefined
  const missing = attributeValue(list.findings, element, 'mapMissingTo', field)
  if (missing === undefined) return undefined
  return missing === null
    ? field
    : list.add({ do: 'apply', function: 'same', to: [field.id], missing }, name, field.type, field.isSingle)
}

function numericField(list: StepList, element: XmlElement, scope: FieldScope, what: string): StepRef | undefined {
  const field = scope(element.attributes.get('field') ?? '', element.place)
  if (field === undefined) return undefined
  return field.type === 'numeric' ? field : fault(list.findings, element.place, what)
}

function curve(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  const field = numericField(list, element, scope, 'Only numbers are put on a curve.')
  const points = childrenOf(element, 'LinearNorm').map(({ attributes }): [number, number] => [
    numberOf(attributes.get('orig')) ?? Number.NaN,
    numberOf(attributes.get('norm')) ?? Number.NaN
  ])
  const missing = attributeValue(list.findings, element, 'mapMissingTo', NUMERIC)
  if (points.length < 2 || points.flat().some(Number.isNaN))
    return fault(list.findings, element.place, 'A curve has two or more points of two numbers each.')
  if (points.some(([x], index) => index > 0 && x <= (points[index - 1]?.[0] ?? x)))
    return fault(list.findings, element.place, 'The points of a curve stand in rising order.')
  if (field === undefined || missing === undefined) return undefined
  const outliers = element.attributes.get('outliers')
  const beyond = outliers === 'asMissingValues' ? 'missing' : outliers === 'asExtremeValues' ? 'limit' : 'extend'
  const optional = missing === null ? {} : { missing }
  return list.add(
    { do: 'curve', of: field.id, points, ...(beyond === 'extend' ? {} : { beyond }), ...optional },
    wanted,
    'numeric'
  )
}

function indicator(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  const { attributes, place } = element
  const field = scope(attributes.get('field') ?? '', place)
  if (field === undefined) return undefined
  if (!attributes.has('value')) return fault(list.findings, place, 'A value of the field is needed.')
  const value = literal(list.findings, place, attributes.get('value'), field)
  const missing = attributeValue(list.findings, element, 'mapMissingTo', NUMERIC)
  if (value === undefined || missing === undefined) return undefined
  const optional = typeof missing === 'number' ? { missing } : {}
  return list.add({ do: 'indicator', of: field.id, value, ...optional }, wanted, 'numeric')
}

/** What an expression gives where the value is missing, and where it has no entry. */
function fallbacks(list: StepList, element: XmlElement, type: FieldType) {
  const missing = attributeValue(list.findings, element, 'mapMissingTo', type)
  const otherwise = attributeValue(list.findings, element, 'defaultValue', type)
  if (missing === undefined || otherwise === undefined) return undefined
  return { ...(missing === null ? {} : { missing }), ...(otherwise === null ? {} : { otherwise }) }
}

/** The type of what bins and tables give: as declared, else numbers where all are numbers. */
function outcomeType(element: XmlElement, texts: readonly (string | undefined)[]): FieldType {
  const isNumeric = texts.every((text) => numberOf(text) !== undefined)
  return declaredType(element) ?? { type: isNumeric ? 'numeric' : 'category', isSingle: false }
}

function bins(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  const { findings } = list
  const field = numericField(list, element, scope, 'Only numbers are made into bins.')
  if (field === undefined) return undefined
  const elements = childrenOf(element, 'DiscretizeBin')
  const { bins: binsMax } = PREDICTOR_COUNTS_MAX
  if (elements.length > binsMax)
    return fault(findings, element.place, `More than ${binsMax} bins are too many: join some of them.`)
  const type = outcomeType(
    element,
    elements.map(({ attributes }) => attributes.get('binValue'))
  )
  const found = elements.map((bin) => {
    const interval = childOf(bin, 'Interval')
    if (interval === undefined || !bin.attributes.has('binValue'))
      return fault(findings, bin.place, `A bin has an interval, and a binValue of the type ${type.type}.`)
    const value = literal(findings, bin.place, bin.attributes.get('binValue'), type)
    const range = rangeOf(list, interval)
    return value === undefined || range === undefined ? undefined : { ...range, value }
  })
  const known = found.filter((each) => each !== undefined)
  const rest = fallbacks(list, element, type)
  if (known.length < found.length || rest === undefined) return undefined
  return list.add({ do: 'bins', of: field.id, bins: known, ...rest }, wanted, type.type, type.isSingle)
}

function table(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  const { findings } = list
  const pairs = childrenOf(element, 'FieldColumnPair').map(({ attributes, place }) => ({
    column: attributes.get('column') ?? '',
    field: scope(attributes.get('field') ?? '', place)
  }))
  const fields = pairs.flatMap(({ field }) => field ?? [])
  if (pairs.length === 0) return fault(findings, element.place, 'Values are mapped from a column of a field.')
  if (fields.length < pairs.length) return undefined
  const inline = childOf(element, 'InlineTable')
  if (inline === undefined)
    return fault(findings, element.place, 'Values are mapped by an <InlineTable>: a table kept elsewhere is not here.')
  const output = element.attributes.get('outputColumn') ?? ''
  const rows = childrenOf(inline, 'row')
  const type = outcomeType(
    element,
    rows.map((row) => childOf(row, output)?.text)
  )
  const found = rows.map((row) => {
    const cells = [...pairs.map(({ column }) => childOf(row, column)?.text), childOf(row, output)?.text]
    if (cells.includes(undefined)) {
      const names = [...pairs.map(({ column }) => column), output].map(shown).join(' and ')
      return fault(findings, row.place, `A row has the columns ${names}.`)
    }
    const values = cells.map((text, index) => literal(findings, row.place, text, fields[index] ?? type))
    return values.every((each) => each !== undefined) ? values : undefined
  })
  const known = found.filter((each) => each !== undefined)
  const rest = fallbacks(list, element, type)
  if (known.length < found.length || rest === undefined) return undefined
  return list.add({ do: 'map', of: fields.map(({ id }) => id), rows: known, ...rest }, wanted, type.type, type.isSingle)
}

const SYNONYMS: Readonly<Record<string, StepFunction>> = {
  isValid: 'isNotMissing',
  isNotValid: 'isMissing',
  xor: 'xor'
}
/** Names that are steps of our own, and no functions of PMML. */
const OURS: readonly string[] = ['same', 'firstKnown', 'xor']
const CONDITIONS =
  /^(isMissing|isNotMissing|equal|notEqual|lessThan|lessOrEqual|greaterThan|greaterOrEqual|isIn|isNotIn|and|or|not)$/
const TEXTS = /^(uppercase|lowercase|substring|trimBlanks|concat)$/

function application(list: StepList, element: XmlElement, scope: FieldScope, wanted: string): Term | undefined {
  const { findings } = list
  const { attributes, place } = element
  const written = attributes.get('function') ?? ''
  const name = Object.hasOwn(SYNONYMS, written) ? SYNONYMS[written] : STEP_FUNCTIONS.find((each) => each === written)
  if (name === undefined || OURS.includes(written)) return fault(findings, place, refusedFunction(written))
  if (written === 'isValid' || written === 'isNotValid')
    note(findings, place, `${written} is taken for ${name}: a value that is not valid has been treated before.`)
  const found = element.children
    .filter(({ name: child }) => child !== 'Extension')
    .map((child, index) => expressionOf(list, child, scope, `${wanted} ${index + 1}`))
  const operands = found.filter((each) => each !== undefined)
  if (found.length === 0) return fault(findings, place, `${written} has no operands.`)
  if (operands.length < found.length) return undefined
  const type = resultType(name, operands)
  if (type === undefined) return fault(findings, place, `${written} cannot be applied to operands of these types.`)
  const rest = fallbacks(list, element, { type, isSingle: false })
  if (rest === undefined) return undefined
  const invalid = invalidResult(list, element)
  if (invalid === undefined) return undefined
  return list.add({ do: 'apply', function: name, to: operands.map(operandOf), ...rest, ...invalid }, wanted, type)
}

/** What becomes of a result that is not valid: there is none at all, or it is missing. */
function invalidResult({ findings }: StepList, { attributes, place }: XmlElement) {
  const treatment = attributes.get('invalidValueTreatment') ?? 'returnInvalid'
  if (treatment === 'asMissing') return { invalid: 'missing' as const }
  if (treatment === 'asIs')
    note(
      findings,
      place,
      'asIs does not say what a result that is not valid goes on as, such as that of a division by 0: here there is no result then, as with returnInvalid.'
    )
  else if (treatment !== 'returnInvalid')
    return fault(findings, place, `A function has no treatment ${shown(treatment)} of results that are not valid.`)
  return {}
}

function refusedFunction(name: string): string {
  if (/^(matches|replace)$/.test(name))
    return `${name} takes a pattern, which is not worked out here: list the values instead.`
  if (/^(format|date)/.test(name)) return `${name} is about dates and formats, which are no inputs here.`
  return `The function ${shown(name)} is not worked out here: write out what it does.`
}

function resultType(name: StepFunction, operands: readonly Term[]): Term['type'] | undefined {
  if (CONDITIONS.test(name)) return 'boolean'
  if (TEXTS.test(name)) return 'category'
  if (name === 'stringLength') return 'numeric'
  if (name === 'if') {
    const [, first, second = first] = operands
    return first?.type === second?.type ? first?.type : undefined
  }
  return operands.every((each) => each.type === 'numeric' || (isConstant(each) && typeof each.constant === 'number'))
    ? 'numeric'
    : undefined
}
