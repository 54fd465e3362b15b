import type { FeatureType, FeatureValue, NumberRange, Operand, Step } from '../../../engine/index.ts'
import { node, type XmlNode } from '../read/xml.ts'
import type { Fields } from './predicates.ts'
import { singleAtLeast } from './single.ts'
import type { StepGraph } from './step-graph.ts'
import { Unwritable } from './unwritable.ts'

export const DATA_TYPES: Readonly<Record<FeatureType, string>> = {
  numeric: 'double',
  category: 'string',
  boolean: 'boolean'
}

/** A field that is derived from others. */
export function derivedField(fields: Fields, id: string): XmlNode {
  const { graph } = fields
  const type = graph.typeOf(id)
  const attributes = {
    name: graph.name(id),
    optype: type === 'numeric' ? 'continuous' : 'categorical',
    dataType: graph.isSingle(id) ? 'float' : DATA_TYPES[type]
  }
  return node('DerivedField', attributes, [expressionOf(fields, graph.step(id))])
}

function expressionOf(fields: Fields, step: Step): XmlNode {
  switch (step.do) {
    case 'apply':
      return applyOf(fields, step)
    case 'bins':
      return node(
        'Discretize',
        { ...fallbacks(step), field: fields.use(step.of), dataType: dataTypeOf(fields, step.id) },
        step.bins.map(({ value, ...range }) =>
          node('DiscretizeBin', { binValue: value }, [interval(range, fields.graph.isSingle(step.of))])
        )
      )
    case 'map':
      return mapOf(fields, step)
    case 'curve': {
      const { of, points, beyond, missing } = step
      const outliers = beyond === 'missing' ? 'asMissingValues' : beyond === 'limit' ? 'asExtremeValues' : undefined
      return node(
        'NormContinuous',
        { field: fields.use(of), mapMissingTo: missing, outliers },
        points.map(([orig, norm]) => node('LinearNorm', { orig, norm }))
      )
    }
    case 'indicator':
      return node('NormDiscrete', { field: fields.use(step.of), value: step.value, mapMissingTo: step.missing })
    case 'combine':
      return choiceOf(fields, step.of)
    default:
      throw new Unwritable(`The step ${step.id} is worked out by a model and is no expression.`)
  }
}

function dataTypeOf({ graph }: Fields, id: string): string {
  return DATA_TYPES[graph.typeOf(id)]
}

function fallbacks({ missing, otherwise }: { missing?: FeatureValue; otherwise?: FeatureValue }) {
  return { mapMissingTo: missing, defaultValue: otherwise }
}

/** The numbers from a bound, included, to another, excluded. */
export function interval({ from, to }: NumberRange, isSingle = false): XmlNode {
  const bound = (value: number | undefined) => (value === undefined || !isSingle ? value : singleAtLeast(value))
  const [leftMargin, rightMargin] = [bound(from), bound(to)].map((each) =>
    each === undefined || Number.isFinite(each) ? each : undefined
  )
  return node('Interval', { closure: leftMargin === undefined ? 'openOpen' : 'closedOpen', leftMargin, rightMargin })
}

type Apply = Extract<Step, { do: 'apply' }>

function applyOf(fields: Fields, step: Apply): XmlNode {
  const { function: name, to, missing, otherwise, invalid } = step
  const [first] = to
  const more = {
    ...fallbacks(step),
    invalidValueTreatment: invalid === 'missing' ? 'asMissing' : undefined
  }
  switch (name) {
    case 'same':
      if (typeof first !== 'string') return constant(first ?? 0)
      return node('FieldRef', { field: fields.use(first), mapMissingTo: missing ?? otherwise })
    case 'xor': {
      const [one, ...others] = to.map((each) => operand(fields, each))
      const joined = others.reduce((all, each) => apply('notEqual', [all, each]), one ?? constant(false))
      return withFallbacks(joined, more)
    }
    case 'if':
      return node(
        'Apply',
        // What stands for a missing condition stands for a missing choice too.
        { function: name, ...more, defaultValue: missing ?? otherwise },
        to.map((each) => operand(fields, each))
      )
    case 'firstKnown': {
      if (missing !== undefined) throw new Unwritable(`The step ${step.id} has no form in PMML: see its "missing".`)
      const known = to.map((each) => operand(fields, each))
      const last = known.at(-1) ?? constant(false)
      const chosen = known
        .slice(0, -1)
        .reduceRight((others, each) => apply('if', [apply('isNotMissing', [each]), each, others]), last)
      return withFallbacks(chosen, more)
    }
    default:
      return node(
        'Apply',
        { function: name, ...more },
        to.map((each) => operand(fields, each))
      )
  }
}

function withFallbacks(expression: XmlNode, attributes: XmlNode['attributes']): XmlNode {
  return { ...expression, attributes: { ...expression.attributes, ...attributes } }
}

export function apply(name: string, operands: readonly XmlNode[]): XmlNode {
  return node('Apply', { function: name }, operands)
}

export function constant(value: Operand): XmlNode {
  if (typeof value === 'object') return node('Constant', { dataType: 'string' }, value.text)
  return node('Constant', { dataType: typeof value === 'boolean' ? 'boolean' : 'double' }, String(value))
}

function operand(fields: Fields, given: Operand): XmlNode {
  return typeof given === 'string' ? node('FieldRef', { field: fields.use(given) }) : constant(given)
}

function mapOf(fields: Fields, step: Extract<Step, { do: 'map' }>): XmlNode {
  const columns = step.of.map((_, index) => `from${index + 1}`)
  const names = [...columns, 'to']
  const rows = step.rows.map((row) =>
    node(
      'row',
      {},
      row.map((value, index) => node(names[index] ?? 'to', {}, String(value)))
    )
  )
  return node('MapValues', { ...fallbacks(step), outputColumn: 'to', dataType: dataTypeOf(fields, step.id) }, [
    ...step.of.map((id, index) => node('FieldColumnPair', { field: fields.use(id), column: columns[index] })),
    node('InlineTable', {}, rows)
  ])
}

/** The first of several fields whose condition holds; one that is open does not. */
function choiceOf(fields: Fields, parts: Extract<Step, { do: 'combine' }>['of']): XmlNode {
  const [part, ...others] = parts
  if (part === undefined) throw new Unwritable('A choice between nothing has no form in PMML.')
  const value = node('FieldRef', { field: fields.use(part.step) })
  if (part.when === undefined) return value
  const when = node('FieldRef', { field: fields.use(part.when) })
  const holds = apply('and', [apply('isNotMissing', [when]), when])
  return apply('if', others.length === 0 ? [holds, value] : [holds, value, choiceOf(fields, others)])
}

/** Steps that are not fields of the data, and are derived in place. */
export function isDerived(graph: StepGraph, id: string): boolean {
  const step = graph.step(id)
  return step.do !== 'read' && !graph.roots(id).includes(id)
}
