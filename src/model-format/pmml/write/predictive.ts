import {
  compileModel,
  FEATURES,
  lookedAt,
  type Prediction,
  type PredictiveModel,
  type Step
} from '../../../engine/index.ts'
import { pdExpression } from '../cards/pd.ts'
import { BAD, EXTENDER, GOOD, UNIT_EXTENSION } from '../read/names.ts'
import { node, type XmlNode } from '../read/xml.ts'
import { type Classes, linked, type ModelPart, partOf, type Reasons, segment } from './elements.ts'
import { apply, constant, DATA_TYPES, derivedField, interval, isDerived } from './expressions.ts'
import type { Fields } from './predicates.ts'
import { reasonCodes } from './reason-codes.ts'
import { type StepGraph, stepGraph } from './step-graph.ts'
import { Unwritable } from './unwritable.ts'

/** What a document of a predictive model holds beside its header. */
interface WrittenPredictor {
  readonly dictionary: XmlNode
  readonly transformations: XmlNode | undefined
  readonly model: XmlNode
  /** The field or output that has the answer of the model. */
  readonly answer: string
  /** The output of the heaviest reason; undefined where there are none. */
  readonly reason: string | undefined
}

/** So many models may stand in one document. */
const PARTS_MAX = 20_000

/**
 * A predictive model in PMML's own words: a regression, trees, a card, or several of them, each of
 * which looks at what those before it put out. Throws `Unwritable` where there are none.
 */
export function writePredictor(model: PredictiveModel, extension: XmlNode): WrittenPredictor {
  const first = [extension]
  const graph = stepGraph(model)
  const target = graph.unique('outcome')
  let parts = 0
  const finish = (part: ModelPart): XmlNode => {
    parts += 1
    if (parts > PARTS_MAX)
      throw new Unwritable(`The model is more than ${PARTS_MAX} models in PMML, which is too many.`)
    const mined = minedBy(graph, part.fields).map((name) =>
      node('MiningField', { name, invalidValueTreatment: 'asIs' })
    )
    return modelOf(part, [...mined, ...targetOf(part, target)], { derived: part.derived })
  }
  const writing = { graph, target, finish }
  const { part, classes } = resultPart(model, writing)
  const passed = passedTo(writing, part)
  const outputs = outputsOf(model, graph, classes)
  const treated = graph.steps.flatMap((step) => (step.do === 'read' ? [miningField(step)] : []))
  const mined = [...treated, node('MiningField', { name: target, usageType: 'target' })]
  const global = graph.steps.filter(({ id }) => isDerived(graph, id) && !isLocal(graph, id))
  const names = { modelName: model.id, ...part.attributes }
  const whole =
    passed.length === 0
      ? modelOf({ ...part, attributes: names }, mined, { first, output: outputs.fields, derived: part.derived })
      : modelOf(chainOf(writing, passed, part, names), mined, { first, output: outputs.fields, derived: [] })
  return {
    dictionary: node('DataDictionary', {}, [
      ...graph.steps.flatMap((step) => (step.do === 'read' ? [dataField(model, step)] : [])),
      targetField(target, classes)
    ]),
    transformations:
      global.length === 0
        ? undefined
        : node(
            'TransformationDictionary',
            {},
            global.map(({ id }) => derivedField(anyField(graph), id))
          ),
    model: whole,
    answer: outputs.answer,
    reason: outputs.reason
  }
}

function anyField(graph: StepGraph): Fields {
  return { graph, use: (id) => graph.name(id) }
}

interface Around {
  readonly first?: readonly XmlNode[]
  readonly output?: readonly XmlNode[]
  readonly derived: readonly XmlNode[]
}

/** A model with all that stands around its content, in the order of the standard. */
function modelOf(
  { name, attributes, targets, content }: Omit<ModelPart, 'derived' | 'fields'>,
  mined: readonly XmlNode[],
  { first = [], output = [], derived }: Around
): XmlNode {
  return node(name, attributes, [
    ...first,
    node('MiningSchema', {}, mined),
    ...(output.length === 0 ? [] : [node('Output', {}, output)]),
    ...(targets === undefined ? [] : [targets]),
    ...(derived.length === 0 ? [] : [node('LocalTransformations', {}, derived)]),
    ...content
  ])
}

function targetOf({ targets, attributes }: ModelPart, target: string): XmlNode[] {
  const isNamed = targets !== undefined || attributes.functionName === 'classification'
  return isNamed ? [node('MiningField', { name: target, usageType: 'target' })] : []
}

type Writing = Parameters<typeof partOf>[0]

/** The model that gives the result, and which class it tells the probability of. */
function resultPart(
  model: PredictiveModel,
  writing: Writing
): { readonly part: ModelPart; readonly classes: Classes | undefined } {
  const { result, predicts } = model.predictor
  const step = writing.graph.step(result)
  const classes = predicts === 'probability' ? classOf(writing.graph, step) : undefined
  if (classes !== undefined) return { part: linked(writing, classes.link, classes.of), classes: classes.of }
  const isCard = step.do === 'card' && (predicts === 'points' || predicts === 'riskPoints')
  const { reasons, attributes } = isCard ? reasonsOf(model) : { reasons: undefined, attributes: {} }
  const part = partOf(writing, result, reasons)
  return { part: { ...part, attributes: { ...part.attributes, ...attributes } }, classes: undefined }
}

/** A probability by a link, of bad or of its opposite. */
function classOf(graph: StepGraph, step: Step) {
  if (step.do === 'link' && step.link !== 'exp') return { of: 'bad' as const, link: step }
  const inner = step.do === 'rescale' ? graph.step(step.of) : undefined
  if (step.do !== 'rescale' || inner?.do !== 'link' || inner.link === 'exp') return undefined
  const { min, max, factor, constant: added, cast, otherwise } = step
  const isOpposite = factor === -1 && added === 1 && [min, max, cast, otherwise].every((each) => each === undefined)
  return isOpposite ? { of: 'good' as const, link: inner } : undefined
}

function reasonsOf(model: PredictiveModel): { reasons: Reasons; attributes: XmlNode['attributes'] } {
  const compiled = compileModel(model)
  const codes = reasonCodes(compiled)
  const card = model.predictor.steps.find(({ id }) => id === model.predictor.result)
  return {
    reasons: (id) => {
      const each = compiled.characteristics.find(({ source }) => source.id === id)
      if (each === undefined) return undefined
      const attributes =
        card?.do === 'card' ? (card.characteristics.find((own) => own.id === id)?.attributes ?? []) : []
      return {
        baseline: codes.baseline(each),
        code: codes.weak(each),
        codeOf: (index) => {
          const points = attributes[index]?.points
          return codes.ofAttribute(each, index, typeof points === 'number' ? points : Number.NaN)
        }
      }
    },
    attributes: { reasonCodeAlgorithm: codes.algorithm, baselineMethod: 'other' }
  }
}

// ---- chains

/** Whether a derived field rests on what a model puts out. */
function isLocal(graph: StepGraph, id: string): boolean {
  return graph.roots(id).some((root) => graph.step(root).do !== 'read')
}

/** The steps whose models stand before one, since it looks at what they put out, in their order. */
function passedTo(writing: Writing, part: ModelPart): readonly string[] {
  const { graph } = writing
  const found = new Set<string>()
  const waiting = [...part.fields]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const root of graph.roots(id)) {
      if (graph.step(root).do === 'read' || found.has(root)) continue
      found.add(root)
      waiting.push(...partOf(writing, root).fields)
    }
  }
  return graph.steps.filter(({ id }) => found.has(id)).map(({ id }) => id)
}

function chainOf(
  writing: Writing,
  passed: readonly string[],
  part: ModelPart,
  attributes: XmlNode['attributes']
): Omit<ModelPart, 'derived' | 'fields'> {
  const { graph, target } = writing
  const link = (own: ModelPart, index: number, output: readonly XmlNode[]) => {
    const derived = localsOf(graph, own.fields).map((id) => derivedField(anyField(graph), id))
    const mined = minedBy(graph, own.fields)
      .filter((name) => !derived.some((field) => field.attributes.name === name))
      .map((name) => node('MiningField', { name, invalidValueTreatment: 'asIs' }))
    const model = modelOf(own, [...mined, ...targetOf(own, target)], { output, derived: [...derived, ...own.derived] })
    return segment(index, node('True'), model)
  }
  const before = passed.map((id, index) =>
    link(partOf(writing, id), index, [
      node('OutputField', { name: graph.name(id), optype: 'continuous', dataType: 'double', feature: 'predictedValue' })
    ])
  )
  return {
    name: 'MiningModel',
    attributes: { modelName: attributes.modelName, functionName: attributes.functionName },
    targets: undefined,
    content: [
      node('Segmentation', { multipleModelMethod: 'modelChain' }, [
        ...before,
        link({ ...part, attributes: { ...attributes, modelName: undefined } }, passed.length, [])
      ])
    ]
  }
}

/** Derived fields that rest on what models put out, in their order. */
function localsOf(graph: StepGraph, fields: ReadonlySet<string>): string[] {
  const found = new Set<string>()
  const waiting = [...fields]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id) || !isDerived(graph, id) || !isLocal(graph, id)) continue
    found.add(id)
    waiting.push(...lookedAt(graph.step(id)))
  }
  return graph.steps.filter(({ id }) => found.has(id)).map(({ id }) => id)
}

/** The names of the fields that a model is given: inputs, and what models around it derive. */
function minedBy(graph: StepGraph, fields: ReadonlySet<string>): string[] {
  const names = new Set<string>()
  for (const id of fields) {
    for (const root of graph.roots(id)) names.add(graph.name(root))
    if (isDerived(graph, id) && isLocal(graph, id)) names.add(graph.name(id))
  }
  return [...names]
}

// ---- fields

type Read = Extract<Step, { do: 'read' }>

const TREATMENTS: Readonly<Record<Read['invalid'], string>> = {
  refuse: 'returnInvalid',
  missing: 'asMissing',
  keep: 'asIs',
  replace: 'asValue'
}

function miningField({ input, invalid, replacement, limits, missing }: Read): XmlNode {
  const isRefused = missing === null
  return node('MiningField', {
    name: input,
    outliers: limits === undefined ? undefined : limits.beyond === 'missing' ? 'asMissingValues' : 'asExtremeValues',
    lowValue: limits?.low,
    highValue: limits?.high,
    missingValueReplacement: isRefused ? undefined : missing,
    missingValueTreatment: isRefused ? 'returnInvalid' : undefined,
    invalidValueTreatment: TREATMENTS[invalid],
    invalidValueReplacement: invalid === 'replace' ? replacement : undefined
  })
}

function dataField(model: PredictiveModel, step: Read): XmlNode {
  const { input, type, precision, whole, none = [], valid, notValid = [] } = step
  const own = model.inputs?.find(({ id }) => id === input)
  const known = Object.hasOwn(FEATURES, input) ? FEATURES[input] : undefined
  const unit = known?.unit ?? ''
  const values = (list: readonly unknown[], property?: string) =>
    list.map((value) => node('Value', { value: String(value), property }))
  return node(
    'DataField',
    {
      name: input,
      displayName: own?.description.en ?? known?.description.en,
      optype: type === 'numeric' ? 'continuous' : 'categorical',
      dataType: whole === true ? 'integer' : precision === 'single' ? 'float' : DATA_TYPES[type]
    },
    [
      ...(unit === '' ? [] : [node('Extension', { extender: EXTENDER, name: UNIT_EXTENSION, value: unit })]),
      ...(valid?.ranges ?? []).map((range) => interval(range, precision === 'single')),
      ...values(valid?.values ?? []),
      ...values(notValid, 'invalid'),
      ...values(none, 'missing')
    ]
  )
}

function targetField(name: string, classes: Classes | undefined): XmlNode {
  if (classes === undefined) return node('DataField', { name, optype: 'continuous', dataType: 'double' })
  return node('DataField', { name, optype: 'categorical', dataType: 'string' }, [
    node('Value', { value: BAD }),
    node('Value', { value: GOOD })
  ])
}

// ---- outputs

/** What the model puts out: its answer, the score that it means, its PD, reasons of a card. */
function outputsOf(
  model: PredictiveModel,
  graph: StepGraph,
  classes: Classes | undefined
): { readonly answer: string; readonly reason: string | undefined; readonly fields: readonly XmlNode[] } {
  const { predicts, result, steps } = model.predictor
  const answer = graph.unique(predicts === 'points' ? 'score' : predicts)
  const score = predicts === 'points' ? answer : graph.unique('score')
  const number = { optype: 'continuous', dataType: 'double' }
  const field =
    classes === undefined
      ? node('OutputField', { name: answer, ...number, feature: 'predictedValue' })
      : node('OutputField', { name: answer, ...number, feature: 'probability', value: BAD })
  const isCard = steps.some(({ id, do: what }) => id === result && what === 'card')
  const ranks = isCard && predicts !== 'probability' && predicts !== 'logOdds' ? (model.reasons?.adverseMax ?? 4) : 0
  const reason = graph.unique('reason')
  return {
    answer,
    reason: ranks > 0 ? `${reason}1` : undefined,
    fields: [
      field,
      ...(score === answer
        ? []
        : [
            node('OutputField', { name: score, ...number, feature: 'transformedValue' }, [
              scoreExpression(model, predicts, answer)
            ])
          ]),
      node('OutputField', { name: graph.unique('pd'), ...number, feature: 'transformedValue' }, [
        pdExpression(model, score)
      ]),
      ...Array.from({ length: ranks }, (_, index) =>
        node('OutputField', {
          name: `${reason}${index + 1}`,
          optype: 'categorical',
          dataType: 'string',
          feature: 'reasonCode',
          rank: index + 1
        })
      )
    ]
  }
}

/** Probabilities nearer to 0 or 1 than this make no more points. */
const EDGE = 1e-6

/** The score that an answer means. */
function scoreExpression({ scaling }: PredictiveModel, predicts: Prediction, answer: string): XmlNode {
  const field = node('FieldRef', { field: answer })
  const factor = scaling.pointsToDoubleOdds / Math.LN2
  const offset = scaling.points - factor * Math.log(scaling.odds)
  switch (predicts) {
    case 'points':
      return field
    case 'riskPoints':
      return apply('-', [constant(0), field])
    case 'logOdds':
      return apply('-', [constant(offset), apply('*', [constant(factor), field])])
    case 'probability': {
      const known = apply('min', [apply('max', [field, constant(EDGE)]), constant(1 - EDGE)])
      const odds = apply('/', [known, apply('-', [constant(1), known])])
      const points = apply('-', [constant(offset), apply('*', [constant(factor), apply('ln', [odds])])])
      // Of functions that pass over what is missing, a missing answer would be a probability.
      return apply('if', [apply('isNotMissing', [field]), points])
    }
  }
}
