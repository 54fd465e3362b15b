import type { FeatureType } from '../../../engine/index.ts'
import { type Findings, fault, shown } from './findings.ts'
import { isInteger } from './literals.ts'
import { type Raw, rawOf, type Turns } from './predicates.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from './xml.ts'

/** A field that a model looks at: one of the DataDictionary, or what is derived from one. */
export interface PmmlField {
  /** Of the field of the DataDictionary, and of its values. */
  readonly source: PmmlSource
  /** Of the values that the model sees. */
  readonly type: FeatureType
  /** What the model sees of a value of the source. */
  readonly see: (raw: Raw) => Raw
  /** The values of the source at which what is seen may change. */
  readonly turns: Turns
  /** Whether the model sees the values of the source as they are. */
  readonly isPlain: boolean
  /** How many comparisons it takes to see one value. */
  readonly size: number
}

export interface PmmlSource {
  readonly name: string
  readonly type: FeatureType
  /** Any number that is not whole is refused. */
  readonly isWhole: boolean
  /** What the document calls it. */
  readonly displayName: string
  /** The values that the document lists. */
  readonly words: readonly string[]
}

/**
 * Looks a field up by name. Undefined, with a fault at `place`, for one that is unknown or of no
 * use here.
 */
export type FieldLookup = (name: string, place: string) => PmmlField | undefined

/** The fields of one model of a document. */
export function fieldsOf(findings: Findings, root: XmlElement, model: XmlElement): FieldLookup {
  const data = new Map(named(childOf(root, 'DataDictionary'), 'DataField'))
  const mining = new Map(named(childOf(model, 'MiningSchema'), 'MiningField'))
  const derived = new Map([
    ...named(childOf(root, 'TransformationDictionary'), 'DerivedField'),
    ...named(childOf(model, 'LocalTransformations'), 'DerivedField')
  ])
  const known = new Map<string, PmmlField | undefined>()
  const open = new Set<string>()
  const look = (name: string, place: string): PmmlField | undefined => {
    if (known.has(name)) return known.get(name)
    if (open.has(name)) return fault(findings, place, `The field ${shown(name)} refers to itself.`)
    open.add(name)
    const field = found(name, place)
    known.set(name, field)
    return field
  }
  const found = (name: string, place: string): PmmlField | undefined => {
    const derivedField = derived.get(name)
    if (derivedField !== undefined) return derivedFieldOf(findings, derivedField, look)
    const dataField = data.get(name)
    if (dataField === undefined) return fault(findings, place, `There is no field ${shown(name)}.`)
    return dataFieldOf(findings, dataField, mining.get(name))
  }
  return look
}

function named(parent: XmlElement | undefined, name: string): [string, XmlElement][] {
  const elements = parent === undefined ? [] : childrenOf(parent, name)
  return elements.map((element) => [element.attributes.get('name') ?? '', element])
}

const NUMBER_TYPES = ['integer', 'float', 'double']

/**
 * What is not continuous is a category, even where it is written as a number; an order of numbers
 * is that of the numbers.
 */
function typeOf({ attributes }: XmlElement): FeatureType | undefined {
  const dataType = attributes.get('dataType') ?? ''
  if (dataType === 'boolean') return 'boolean'
  if (!NUMBER_TYPES.includes(dataType)) return dataType === 'string' ? 'category' : undefined
  return attributes.get('optype') === 'categorical' ? 'category' : 'numeric'
}

function dataFieldOf(findings: Findings, element: XmlElement, mining: XmlElement | undefined): PmmlField | undefined {
  const { attributes, place } = element
  const name = attributes.get('name') ?? ''
  const type = typeOf(element)
  if (type === undefined)
    return fault(findings, place, `A field of type ${shown(attributes.get('dataType'))} is no input here.`)
  const turns: Turns = { numbers: new Set(), words: new Set() }
  const values = childrenOf(element, 'Value').map((value) => ({
    raw: rawOf(value.attributes.get('value'), type),
    isMissing: value.attributes.get('property') === 'missing'
  }))
  const missing = new Set(values.filter(({ isMissing }) => isMissing).map(({ raw }) => raw))
  for (const raw of missing) {
    if (typeof raw === 'number') turns.numbers.add(raw)
    else if (raw !== undefined) turns.words.add(raw)
  }
  const treat = treatmentOf(findings, mining, type, turns)
  if (treat === undefined) return undefined
  const words = values.flatMap(({ raw, isMissing }) => (typeof raw === 'string' && !isMissing ? [raw] : []))
  return {
    source: { name, type, isWhole: isWhole(element, mining), displayName: attributes.get('displayName') ?? '', words },
    type,
    see: (raw) => treat(missing.has(raw) ? undefined : raw),
    turns,
    isPlain: true,
    size: 1
  }
}

/** Whether a field has whole numbers, and refuses what is not valid. */
export function isWhole(data: XmlElement, mining: XmlElement | undefined): boolean {
  if (!isInteger(data) || mining === undefined) return false
  return (mining.attributes.get('invalidValueTreatment') ?? 'returnInvalid') === 'returnInvalid'
}

/** What the MiningSchema does to a value before the model sees it. */
function treatmentOf(
  findings: Findings,
  mining: XmlElement | undefined,
  type: FeatureType,
  { numbers }: Turns
): ((raw: Raw) => Raw) | undefined {
  if (mining === undefined) return (raw) => raw
  const { attributes, place } = mining
  const given = attributes.get('missingValueReplacement')
  const replacement = rawOf(given, type)
  if (given !== undefined && replacement === undefined)
    return fault(findings, place, `${shown(given)} is no value of a ${type} field.`)
  const outliers = attributes.get('outliers') ?? 'asIs'
  if (outliers === 'asIs' || type !== 'numeric') return (raw) => raw ?? replacement
  const low = numberOf(attributes.get('lowValue'))
  const high = numberOf(attributes.get('highValue'))
  if (low === undefined || high === undefined || low > high)
    return fault(findings, place, 'Where outliers are treated, lowValue and highValue say what they are.')
  numbers.add(low).add(high)
  const isMissing = outliers === 'asMissingValues'
  return (raw) => {
    if (typeof raw !== 'number') return replacement
    if (raw >= low && raw <= high) return raw
    return isMissing ? replacement : Math.min(Math.max(raw, low), high)
  }
}

function derivedFieldOf(findings: Findings, element: XmlElement, look: FieldLookup): PmmlField | undefined {
  const { attributes, children, place } = element
  const expression = children.find(({ name }) => name !== 'Extension' && name !== 'Value')
  const type = typeOf(element)
  if (expression === undefined || type === undefined)
    return fault(findings, place, `The field ${shown(attributes.get('name'))} has no expression of a known type.`)
  switch (expression.name) {
    case 'FieldRef':
      return look(expression.attributes.get('field') ?? '', expression.place)
    case 'Discretize':
      return mapped(findings, expression, expression.attributes.get('field'), type, look, discretized)
    case 'NormDiscrete':
      return mapped(findings, expression, expression.attributes.get('field'), type, look, indicated)
    case 'MapValues':
      return mappedFrom(findings, expression, type, look)
    default:
      return fault(
        findings,
        expression.place,
        `The field ${shown(attributes.get('name'))} is computed by <${expression.name}>: import a model whose fields are inputs, or bins of one.`
      )
  }
}

/**
 * What an expression makes of each value of a field; undefined where it leaves the value without
 * one.
 */
type Mapping = (findings: Findings, expression: XmlElement, from: PmmlField, to: FeatureType) => Lookup | undefined
interface Lookup {
  readonly of: (seen: number | string) => Raw
  readonly numbers: readonly number[]
  readonly words: readonly string[]
  readonly size: number
}

function mapped(
  findings: Findings,
  expression: XmlElement,
  name: string | undefined,
  type: FeatureType,
  look: FieldLookup,
  mapping: Mapping
): PmmlField | undefined {
  const from = look(name ?? '', expression.place)
  if (from === undefined) return undefined
  const lookup = mapping(findings, expression, from, type)
  if (lookup === undefined) return undefined
  const { attributes } = expression
  const missing = rawOf(attributes.get('mapMissingTo'), type)
  const other = rawOf(attributes.get('defaultValue'), type)
  const own = from.isPlain ? lookup : { numbers: [], words: [] }
  return {
    source: from.source,
    type,
    see: (raw) => {
      const seen = from.see(raw)
      return seen === undefined ? missing : (lookup.of(seen) ?? other)
    },
    turns: {
      numbers: new Set([...from.turns.numbers, ...own.numbers]),
      words: new Set([...own.words, ...from.turns.words])
    },
    isPlain: false,
    size: from.size + lookup.size
  }
}

const discretized: Mapping = (findings, expression, from, type) => {
  if (from.type !== 'numeric') return fault(findings, expression.place, 'Only numbers are made into bins.')
  const bins: { holds: (value: number) => boolean; raw: Raw }[] = []
  const numbers: number[] = []
  for (const bin of childrenOf(expression, 'DiscretizeBin')) {
    const raw = rawOf(bin.attributes.get('binValue'), type)
    const interval = childOf(bin, 'Interval')
    if (raw === undefined || interval === undefined)
      return fault(findings, bin.place, `A bin has an interval, and a binValue of the type ${type}.`)
    const holds = intervalOf(findings, interval, numbers)
    if (holds === undefined) return undefined
    bins.push({ holds, raw })
  }
  return {
    of: (seen) => bins.find(({ holds }) => typeof seen === 'number' && holds(seen))?.raw,
    numbers,
    words: [],
    size: bins.length
  }
}

/** Whether an interval holds a number; its bounds are added to `numbers`. */
function intervalOf(
  findings: Findings,
  { attributes, place }: XmlElement,
  numbers: number[]
): ((value: number) => boolean) | undefined {
  const bound = (name: string, open: number): number | undefined =>
    attributes.has(name) ? numberOf(attributes.get(name)) : open
  const from = bound('leftMargin', Number.NEGATIVE_INFINITY)
  const to = bound('rightMargin', Number.POSITIVE_INFINITY)
  const closure = /^(open|closed)(Open|Closed)$/.exec(attributes.get('closure') ?? '')
  if (from === undefined || to === undefined || closure === null)
    return fault(findings, place, 'An interval has a closure, and numbers as its margins.')
  numbers.push(...[from, to].filter(Number.isFinite))
  const includesFrom = closure[1] === 'closed' || from === Number.NEGATIVE_INFINITY
  const includesTo = closure[2] === 'Closed'
  return (value) => (includesFrom ? value >= from : value > from) && (includesTo ? value <= to : value < to)
}

const indicated: Mapping = (findings, { attributes, place }, from) => {
  const value = rawOf(attributes.get('value'), from.type)
  if (value === undefined) return fault(findings, place, 'A value of the field is needed.')
  return { of: (seen) => (seen === value ? 1 : 0), ...turnsOf([value]) }
}

function turnsOf(values: readonly (number | string)[]): Omit<Lookup, 'of'> {
  return {
    numbers: values.filter((value) => typeof value === 'number'),
    words: values.filter((value) => typeof value === 'string'),
    size: 1
  }
}

function mappedFrom(
  findings: Findings,
  expression: XmlElement,
  type: FeatureType,
  look: FieldLookup
): PmmlField | undefined {
  const pairs = childrenOf(expression, 'FieldColumnPair')
  const [pair] = pairs
  const column = pair?.attributes.get('column')
  if (pair === undefined || pairs.length > 1 || column === undefined)
    return fault(findings, expression.place, 'Values are mapped from one column of one field.')
  return mapped(findings, expression, pair.attributes.get('field'), type, look, (_, __, from) => {
    const table = childOf(expression, 'InlineTable')
    const output = expression.attributes.get('outputColumn') ?? ''
    const byValue = new Map<number | string, Raw>()
    for (const row of table === undefined ? [] : childrenOf(table, 'row')) {
      const value = rawOf(childOf(row, column)?.text, from.type)
      const raw = rawOf(childOf(row, output)?.text, type)
      if (value === undefined || raw === undefined)
        return fault(findings, row.place, `A row has the columns ${shown(column)} and ${shown(output)}.`)
      if (!byValue.has(value)) byValue.set(value, raw)
    }
    return { of: (seen) => byValue.get(seen), ...turnsOf([...byValue.keys()]) }
  })
}
