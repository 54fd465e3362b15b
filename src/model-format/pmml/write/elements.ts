import { type Link, rescaledBy, type Step } from '../../../engine/index.ts'
import { BAD, GOOD } from '../read/names.ts'
import { node, type XmlNode } from '../read/xml.ts'
import { apply, constant } from './expressions.ts'
import { type Fields, predicateOf } from './predicates.ts'
import type { StepGraph } from './step-graph.ts'
import { treeOf } from './trees.ts'
import { Unwritable } from './unwritable.ts'

/** A model that is being written; its parts stand in the order of the standard. */
export interface ModelPart {
  readonly name: string
  readonly attributes: XmlNode['attributes']
  /** What becomes of its answer. */
  readonly targets: XmlNode | undefined
  /** Fields that are made for it alone. */
  readonly derived: readonly XmlNode[]
  /** What stands behind its fields. */
  readonly content: readonly XmlNode[]
  /** The steps that it looks at as fields. */
  readonly fields: ReadonlySet<string>
}

/** Writes a part whole: with its MiningSchema. */
type Finish = (part: ModelPart) => XmlNode

/** What a card says of its characteristics beside its points. */
export type Reasons = (
  id: string
) => { readonly baseline: number; readonly code: string; readonly codeOf: (attribute: number) => string } | undefined

interface Writing {
  readonly graph: StepGraph
  readonly target: string
  readonly finish: Finish
}

/** The model that answers what a step gives. */
export function partOf(writing: Writing, id: string, reasons?: Reasons): ModelPart {
  const step = writing.graph.step(id)
  switch (step.do) {
    case 'linear':
      return regression(writing, step, 1, undefined)
    case 'link':
      return linked(writing, step)
    case 'trees':
      return trees(writing, step)
    case 'card':
      return card(writing, step, reasons)
    case 'rescale':
      return rescaled(writing, step)
    case 'combine':
      return combined(writing, step)
    default:
      return alone(writing, id, undefined)
  }
}

function fieldsOf(graph: StepGraph): Fields & { readonly used: Set<string> } {
  const used = new Set<string>()
  return {
    graph,
    used,
    use(id) {
      used.add(id)
      return graph.name(id)
    }
  }
}

const PLAIN = { targets: undefined, derived: [] } as const

// ---- regressions

type Linear = Extract<Step, { do: 'linear' }>

/** Which class a regression gives the probability of, where it tells two apart. */
export type Classes = 'bad' | 'good'

/** The sum of a step, or its negative, through a link. */
function regression(
  { graph }: Writing,
  { intercept, terms }: Linear,
  sign: 1 | -1,
  link: Link | undefined,
  classes?: Classes
): ModelPart {
  const fields = fieldsOf(graph)
  const derived: XmlNode[] = []
  const predictors = terms.map(({ of, coefficient, exponent = 1 }) =>
    predictorOf(fields, derived, of, sign * coefficient, exponent)
  )
  const ordered = PREDICTORS.flatMap((name) => predictors.filter((each) => each.name === name))
  return { ...regressionPart(sign * intercept + 0, ordered, link, classes), derived, fields: fields.used }
}

const PREDICTORS = ['NumericPredictor', 'CategoricalPredictor', 'PredictorTerm'] as const

function regressionPart(
  intercept: number,
  predictors: readonly XmlNode[],
  link: Link | undefined,
  classes: Classes | undefined
): Omit<ModelPart, 'fields'> {
  const first = { intercept, targetCategory: classes === undefined ? undefined : classes === 'bad' ? BAD : GOOD }
  const second = { intercept: 0, targetCategory: classes === 'bad' ? GOOD : BAD }
  return {
    ...PLAIN,
    name: 'RegressionModel',
    attributes: {
      functionName: classes === undefined ? 'regression' : 'classification',
      normalizationMethod: link ?? 'none'
    },
    content: [
      node('RegressionTable', first, predictors),
      ...(classes === undefined ? [] : [node('RegressionTable', second)])
    ]
  }
}

function predictorOf(fields: Fields, derived: XmlNode[], id: string, coefficient: number, exponent: number): XmlNode {
  const { graph } = fields
  const step = graph.step(id)
  if (graph.typeOf(id) === 'category')
    throw new Unwritable(`A regression multiplies the category ${id}, which has no form in PMML.`)
  const isCategory = step.do === 'indicator' && graph.typeOf(step.of) !== 'numeric'
  if (isCategory && exponent === 1 && step.missing === 0)
    return node('CategoricalPredictor', { name: fields.use(step.of), value: step.value, coefficient })
  const factors = exponent === 1 ? factorsOf(graph, id) : [id]
  if (factors.length > 1)
    return node(
      'PredictorTerm',
      { coefficient },
      factors.map((factor) => node('FieldRef', { field: fields.use(factor) }))
    )
  const isPlain = graph.typeOf(id) === 'numeric' && Number.isInteger(exponent)
  if (isPlain)
    return node('NumericPredictor', {
      name: fields.use(id),
      exponent: exponent === 1 ? undefined : exponent,
      coefficient
    })
  const name = graph.unique(`${graph.name(id)} as a number`)
  derived.push(
    node('DerivedField', { name, optype: 'continuous', dataType: 'double' }, [powerOf(fields, id, exponent)])
  )
  return node('NumericPredictor', { name, coefficient })
}

function powerOf(fields: Fields, id: string, exponent: number): XmlNode {
  const field = node('FieldRef', { field: fields.use(id) })
  const number = fields.graph.typeOf(id) === 'boolean' ? apply('if', [field, constant(1), constant(0)]) : field
  return exponent === 1 ? number : apply('pow', [number, constant(exponent)])
}

/** The fields that a step multiplies; itself where it does not. */
function factorsOf(graph: StepGraph, id: string): string[] {
  const step = graph.step(id)
  if (step.do !== 'apply' || step.function !== '*') return [id]
  const { to, missing, otherwise, invalid, precision } = step
  const isPlain = [missing, otherwise, invalid, precision].every((each) => each === undefined)
  const factors = to.flatMap((each) =>
    typeof each === 'string' && graph.typeOf(each) === 'numeric' ? factorsOf(graph, each) : [undefined]
  )
  const known = factors.filter((each) => each !== undefined)
  return isPlain && known.length === factors.length ? known : [id]
}

/** A regression whose only predictor is the field of a step. */
function alone({ graph }: Writing, id: string, link: Link | undefined, classes?: Classes): ModelPart {
  const fields = fieldsOf(graph)
  const derived: XmlNode[] = []
  const predictor = predictorOf(fields, derived, id, 1, 1)
  return { ...regressionPart(0, [predictor], link, classes), derived, fields: fields.used }
}

/** A link of a sum, of the negative of one, or of whatever another step gives. */
export function linked(writing: Writing, { link, of }: Extract<Step, { do: 'link' }>, classes?: Classes): ModelPart {
  const { graph } = writing
  const inner = graph.step(of)
  if (inner.do === 'linear') return regression(writing, inner, 1, link, classes)
  const turned = inner.do === 'rescale' && isNegative(inner) ? graph.step(inner.of) : undefined
  if (turned?.do === 'linear') return regression(writing, turned, -1, link, classes)
  return alone(writing, of, link, classes)
}

type Rescale = Extract<Step, { do: 'rescale' }>

function isNegative({ min, max, factor, constant: added, cast, otherwise }: Rescale): boolean {
  return factor === -1 && [min, max, added, cast, otherwise].every((each) => each === undefined)
}

// ---- trees, cards and several models

function trees(writing: Writing, step: Extract<Step, { do: 'trees' }>): ModelPart {
  const fields = fieldsOf(writing.graph)
  const parts = step.trees.map((tree): ModelPart => {
    const own = fieldsOf(writing.graph)
    const { attributes, root } = treeOf(own, step, tree)
    for (const id of own.used) fields.used.add(id)
    return { ...PLAIN, name: 'TreeModel', attributes, content: [root], fields: own.used }
  })
  const [only, second] = parts
  if (only !== undefined && second === undefined) return only
  return {
    ...PLAIN,
    name: 'MiningModel',
    attributes: { functionName: 'regression' },
    content: [
      segmentation(
        step.combine,
        'returnMissing',
        parts.map((part, index) => segment(index, node('True'), writing.finish(part)))
      )
    ],
    fields: fields.used
  }
}

function segmentation(
  multipleModelMethod: string,
  missingPredictionTreatment: string | undefined,
  segments: readonly XmlNode[]
): XmlNode {
  return node('Segmentation', { multipleModelMethod, missingPredictionTreatment }, segments)
}

export function segment(index: number, predicate: XmlNode, model: XmlNode, weight?: number): XmlNode {
  return node('Segment', { id: index + 1, weight }, [predicate, model])
}

const METHODS = {
  sum: 'sum',
  average: 'average',
  max: 'max',
  median: 'median',
  first: 'selectFirst',
  only: 'selectAll'
} as const

function combined(writing: Writing, { how, of, missing }: Extract<Step, { do: 'combine' }>): ModelPart {
  const fields = fieldsOf(writing.graph)
  const isWeighted = of.some(({ weight = 1 }) => weight !== 1) && (how === 'sum' || how === 'average')
  const method = isWeighted ? (how === 'sum' ? 'weightedSum' : 'weightedAverage') : METHODS[how]
  const segments = of.map(({ step, weight = 1, when }, index) => {
    const part = partOf(writing, step)
    for (const id of part.fields) fields.used.add(id)
    const predicate = when === undefined ? node('True') : predicateOf(fields, when)
    return segment(index, predicate, writing.finish(part), isWeighted ? weight : undefined)
  })
  const treatment = missing === 'skip' ? 'skipSegment' : /^select/.test(method) ? undefined : 'returnMissing'
  return {
    ...PLAIN,
    name: 'MiningModel',
    attributes: { functionName: 'regression' },
    content: [segmentation(method, treatment, segments)],
    fields: fields.used
  }
}

function card(
  writing: Writing,
  { initial, characteristics }: Extract<Step, { do: 'card' }>,
  reasons?: Reasons
): ModelPart {
  const fields = fieldsOf(writing.graph)
  const found = characteristics.map(({ id, attributes }) => {
    const reason = reasons?.(id)
    const made = attributes.map(({ when, points }, index) => {
      const predicate = when === undefined ? node('True') : predicateOf(fields, when)
      const code = reason?.codeOf(index)
      const own = code === reason?.code ? undefined : code
      if (typeof points === 'number') return node('Attribute', { partialScore: points, reasonCode: own }, [predicate])
      const score = node('ComplexPartialScore', {}, [node('FieldRef', { field: fields.use(points) })])
      return node('Attribute', { reasonCode: own }, [predicate, score])
    })
    return node('Characteristic', { name: id, reasonCode: reason?.code, baselineScore: reason?.baseline }, made)
  })
  return {
    ...PLAIN,
    name: 'Scorecard',
    attributes: { functionName: 'regression', initialScore: initial, useReasonCodes: reasons !== undefined },
    content: [node('Characteristics', {}, found)],
    fields: fields.used
  }
}

/**
 * What a step gives, within limits and on another scale. What stands for a missing result has a
 * model of its own: not every reader leaves it as it is where there is a scale.
 */
function rescaled(writing: Writing, step: Rescale): ModelPart {
  const { of, min, max, factor, constant: added, cast, otherwise } = step
  const change = { castInteger: cast, min, max, rescaleConstant: added, rescaleFactor: factor }
  const inner = partOf(writing, of)
  const isChanged = Object.values(change).some((each) => each !== undefined)
  const part = isChanged || otherwise === undefined ? targeted(writing, inner, change) : inner
  if (otherwise === undefined) return part
  return targeted(writing, part, {}, [node('TargetValue', { defaultValue: rescaledBy(step, otherwise) })])
}

function targeted(
  writing: Writing,
  inner: ModelPart,
  change: XmlNode['attributes'],
  values: readonly XmlNode[] = []
): ModelPart {
  const part = inner.targets === undefined ? inner : wrapped(writing, inner)
  return { ...part, targets: node('Targets', {}, [node('Target', { field: writing.target, ...change }, values)]) }
}

/** A model within another that does nothing but hold it. */
function wrapped({ finish }: Writing, part: ModelPart): ModelPart {
  return {
    ...PLAIN,
    name: 'MiningModel',
    attributes: { functionName: 'regression' },
    content: [segmentation('selectFirst', undefined, [segment(0, node('True'), finish(part))])],
    fields: part.fields
  }
}
