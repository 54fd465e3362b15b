import {
  attributePoints,
  type CardModel,
  type CompiledCharacteristic,
  type CompiledModel,
  compileModel,
  FEATURES,
  type FeatureType,
  type PredictiveModel,
  type ReasonBaseline,
  type ScoringModel,
  type WoeModel
} from '../../../engine/index.ts'
import { canonicalJson } from '../../../platform/values/canonical.ts'
import type { PmmlForm } from '../../model-schema.ts'
import {
  BAD,
  EXTENDER,
  GOOD,
  MODEL_EXTENSION,
  PMML_NAMESPACE,
  PMML_VERSION,
  UNIT_EXTENSION,
  uniqueNames
} from '../read/names.ts'
import { node, writeXml, type XmlNode } from '../read/xml.ts'
import { verificationOf } from '../verification/rows.ts'
import { setPredicate, simple } from '../write/predicates.ts'
import { writePredictor } from '../write/predictive.ts'
import { type ReasonCodes, reasonCodes } from '../write/reason-codes.ts'
import { Unwritable } from '../write/unwritable.ts'
import { pdExpression } from './pd.ts'

/**
 * A model that `modelFaults` has found fit, as a PMML 4.4 document.
 *
 * `scorecard`: what any PMML engine adds up is the score of a customer all of whose values are
 * known or missing, to the last bit, unless a missing value shares the points of the others
 * (`reweight`), for which the document says the fewest points. A customer with a missing value that
 * allows no rating has no score. Reasons are ranked by the points below the baseline of the model.
 * `regression`, of a statistical scorecard: the regression of *bad* on the weights of evidence. Its
 * probability is the PD before the floor, as long as the model neither rounds points nor has a
 * calibration table.
 *
 * A predictive model is the regression, the trees, the card or the chain of these that it is.
 *
 * What PMML has no word for stands in one Extension, so that `fromPmml` gives back an equal model.
 * Throws `Unwritable` where the form does not fit the model, or PMML has none for it.
 */
export function toPmml(model: ScoringModel, options: WriteOptions = {}): string {
  return model.kind === 'predictive' ? predictiveDocument(model, options) : cardDocument(model, options)
}

interface WriteOptions {
  readonly as?: PmmlForm | undefined
  /** Left out: rows with what the model makes of them go with the document. */
  readonly withRows?: boolean
}

function predictiveDocument(model: PredictiveModel, { as, withRows = true }: WriteOptions): string {
  const { dictionary, transformations, model: written, answer, reason } = writePredictor(model, extensionOf(model))
  const forms = { scorecard: 'Scorecard', regression: 'RegressionModel' } as const
  if (as !== undefined && written.name !== forms[as])
    throw new Unwritable(`The model is a ${written.name} in PMML, and no ${forms[as]}: ask for it without "as".`)
  return writeXml(
    node('PMML', { xmlns: PMML_NAMESPACE, version: PMML_VERSION }, [
      header(model, as ?? 'scorecard'),
      dictionary,
      ...(transformations === undefined ? [] : [transformations]),
      withRows ? verified(written, verificationOf(model, { answer, isProbability: false, reason })) : written
    ])
  )
}

/** A model with its rows, which stand behind all else. */
function verified(form: XmlNode, rows: XmlNode | undefined): XmlNode {
  if (rows === undefined || typeof form.content === 'string') return form
  return { ...form, content: [...form.content, rows] }
}

function extensionOf(model: ScoringModel): XmlNode {
  const text = withoutOdd(canonicalJson(restOf(model)))
  return node('Extension', { extender: EXTENDER, name: MODEL_EXTENSION }, text)
}

function cardDocument(model: CardModel, { as = 'scorecard', withRows = true }: WriteOptions): string {
  const compiled = compileModel(model)
  if (as === 'regression' && model.kind !== 'woe')
    throw new Unwritable('A points-based model is no regression: ask for it as a scorecard.')
  const rest = extensionOf(model)
  const name = uniqueNames(compiled.features.map(({ id }) => id))
  const isRegression = as === 'regression' && model.kind === 'woe'
  const target = isRegression ? name('outcome') : undefined
  const names = { score: name('score'), pd: name('pd'), reason: name('reason') }
  const form = isRegression
    ? regression(compiled, model, rest, name, { target: target ?? '', pd: names.pd })
    : scorecard(compiled, rest, names)
  const outputs = isRegression
    ? { answer: names.pd, isProbability: true }
    : { answer: names.score, isProbability: false, reason: `${names.reason}1` }
  return writeXml(
    node('PMML', { xmlns: PMML_NAMESPACE, version: PMML_VERSION }, [
      header(model, as),
      node('DataDictionary', {}, [
        ...sourcesOf(compiled).map((source) => dataField(model, source)),
        ...(target === undefined ? [] : [targetField(target)])
      ]),
      withRows ? verified(form, verificationOf(model, outputs)) : form
    ])
  )
}

/**
 * What is not said in PMML's own words. Where a points-based card speaks, `fromPmml` listens to the
 * card. A statistical model is here whole: a Scorecard of PMML does not say what its points were
 * worked out from.
 */
function restOf(model: ScoringModel): object {
  if (model.kind === 'woe' || model.kind === 'predictive') return model
  const { basePoints: _basePoints, ...rest } = model
  const characteristics = model.characteristics.map((each) => {
    if (each.enabled === false) return each
    const { attributes, ...others } = each
    // Codes of attributes are in the card among those that we give to strengths.
    const codes = attributes.map(({ reasonCode }) => (reasonCode === undefined ? {} : { reasonCode }))
    return codes.some((code) => 'reasonCode' in code) ? { ...others, attributes: codes } : others
  })
  return { ...rest, characteristics }
}

/** JSON can spell what XML cannot carry. */
function withoutOdd(json: string): string {
  return json.replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
}

function header(model: ScoringModel, as: PmmlForm): XmlNode {
  const limits =
    'PMML does not say when a value is stale, which evidence a rating needs, nor ceilings, knock-outs, notches and grades: these are in the Extension.'
  const rounding =
    model.kind === 'woe' && model.rounding === 'whole' ? ' The points of the scorecard are rounded; this is not.' : ''
  return node('Header', { description: model.description.en, modelVersion: String(model.version) }, [
    node('Application', { name: 'Credence' }),
    node('Annotation', {}, as === 'regression' ? limits + rounding : limits)
  ])
}

interface Source {
  readonly id: string
  readonly type: FeatureType
}

/** Every feature that is scored, once. */
function sourcesOf({ characteristics }: CompiledModel): Source[] {
  const types = new Map(characteristics.map(({ source }) => [source.feature, source.type]))
  return [...types].map(([id, type]) => ({ id, type }))
}

const DATA_TYPES: Readonly<Record<FeatureType, string>> = { numeric: 'double', category: 'string', boolean: 'boolean' }

/** A number that is not finite is no value. */
const FINITE = node('Interval', {
  closure: 'closedClosed',
  leftMargin: -Number.MAX_VALUE,
  rightMargin: Number.MAX_VALUE
})

function dataField(model: ScoringModel, { id, type }: Source): XmlNode {
  const own = model.inputs?.find((input) => input.id === id)
  const known = Object.hasOwn(FEATURES, id) ? FEATURES[id] : undefined
  const unit = known?.unit ?? ''
  return node(
    'DataField',
    {
      name: id,
      displayName: own?.description.en ?? known?.description.en,
      optype: type === 'numeric' ? 'continuous' : 'categorical',
      dataType: own?.whole === true ? 'integer' : DATA_TYPES[type]
    },
    [
      ...(unit === '' ? [] : [node('Extension', { extender: EXTENDER, name: UNIT_EXTENSION, value: unit })]),
      ...(type === 'numeric' ? [FINITE] : [])
    ]
  )
}

function targetField(name: string): XmlNode {
  return node('DataField', { name, optype: 'categorical', dataType: 'string' }, [
    node('Value', { value: BAD }),
    node('Value', { value: GOOD })
  ])
}

function miningSchema(compiled: CompiledModel, target?: string): XmlNode {
  const fields = sourcesOf(compiled).map(({ id }) =>
    node('MiningField', { name: id, usageType: 'active', invalidValueTreatment: 'asMissing' })
  )
  const outcome = target === undefined ? [] : [node('MiningField', { name: target, usageType: 'target' })]
  return node('MiningSchema', {}, [...fields, ...outcome])
}

const BASELINE_METHODS: Readonly<Record<ReasonBaseline, string>> = { best: 'max', neutral: 'neutral', stated: 'other' }

function scorecard(
  compiled: CompiledModel,
  rest: XmlNode,
  names: Readonly<Record<'score' | 'pd' | 'reason', string>>
): XmlNode {
  const { model } = compiled
  const codes = reasonCodes(compiled)
  const ranks = Array.from({ length: ranksOf(compiled) }, (_, index) => index + 1)
  const output = [
    node('OutputField', { name: names.score, optype: 'continuous', dataType: 'double', feature: 'predictedValue' }),
    node('OutputField', { name: names.pd, optype: 'continuous', dataType: 'double', feature: 'transformedValue' }, [
      pdExpression(model, names.score)
    ]),
    ...ranks.map((rank) =>
      node('OutputField', {
        name: `${names.reason}${rank}`,
        optype: 'categorical',
        dataType: 'string',
        feature: 'reasonCode',
        rank
      })
    )
  ]
  return node(
    'Scorecard',
    {
      modelName: model.id,
      functionName: 'regression',
      initialScore: compiled.basePoints,
      useReasonCodes: true,
      reasonCodeAlgorithm: codes.algorithm,
      baselineMethod: BASELINE_METHODS[model.reasons?.baseline ?? 'best']
    },
    [
      rest,
      miningSchema(compiled),
      node('Output', {}, output),
      node(
        'Characteristics',
        {},
        compiled.characteristics.map((each) => characteristic(codes, each))
      )
    ]
  )
}

/**
 * So many codes are put out that the strengths among them keep no adverse one from its place.
 */
function ranksOf({ model, characteristics }: CompiledModel): number {
  const most = model.reasons?.adverseMax ?? 4
  const mayHold = characteristics.filter(
    (each) =>
      model.reasons?.ranking === undefined &&
      each.points.some((points) => points >= each.pointsStrong && points < each.pointsBaseline)
  )
  return most + mayHold.length
}

/**
 * The points of every way to have a value or none. One that allows no rating has no attribute: the
 * card then has no score.
 */
function characteristic(codes: ReasonCodes, each: CompiledCharacteristic): XmlNode {
  const { source } = each
  const weak = codes.weak(each)
  const attribute = (points: number, predicate: XmlNode, reasonCode?: string) =>
    node('Attribute', { partialScore: points, reasonCode: reasonCode === weak ? undefined : reasonCode }, [predicate])
  const missing = each.missingUnrated ? undefined : (each.pointsMissing ?? each.pointsMin)
  const unseen = source.type === 'category' ? (each.pointsUnseen ?? missing) : undefined
  const counted = each.pointsUnseen === undefined ? codes.incomplete(each) : undefined
  return node('Characteristic', { name: source.id, reasonCode: weak, baselineScore: codes.baseline(each) }, [
    ...(missing === undefined ? [] : [attribute(missing, simple(source.feature, 'isMissing'), codes.missing(each))]),
    ...source.attributes.map((held, index) => {
      const points = each.points[index] ?? each.pointsMin
      return attribute(points, predicateOf(source.feature, held), codes.ofAttribute(each, index, points))
    }),
    ...(unseen === undefined ? [] : [attribute(unseen, simple(source.feature, 'isNotMissing'), counted)])
  ])
}

type Held = { readonly from?: number; readonly to?: number } | { readonly values: readonly (string | boolean)[] }

function predicateOf(field: string, held: Held): XmlNode {
  if (!('values' in held)) {
    const { from, to } = held
    const bounds = [
      ...(from === undefined ? [] : [simple(field, 'greaterOrEqual', from)]),
      ...(to === undefined ? [] : [simple(field, 'lessThan', to)])
    ]
    const [first = simple(field, 'isNotMissing'), second] = bounds
    return second === undefined ? first : node('CompoundPredicate', { booleanOperator: 'and' }, bounds)
  }
  return setPredicate(field, 'isIn', held.values)
}

function regression(
  compiled: CompiledModel,
  model: WoeModel,
  rest: XmlNode,
  name: (wanted: string) => string,
  { target, pd }: { readonly target: string; readonly pd: string }
): XmlNode {
  const fields = compiled.characteristics.map((each) => ({ each, name: name(`woe.${each.source.id}`) }))
  const predictors = fields.map((field) =>
    node('NumericPredictor', {
      name: field.name,
      coefficient: 'coefficient' in field.each.source ? field.each.source.coefficient : 0
    })
  )
  return node(
    'RegressionModel',
    { modelName: model.id, functionName: 'classification', normalizationMethod: 'logit', targetFieldName: target },
    [
      rest,
      miningSchema(compiled, target),
      node('Output', {}, [
        node('OutputField', {
          name: pd,
          optype: 'continuous',
          dataType: 'double',
          feature: 'probability',
          value: BAD
        })
      ]),
      node(
        'LocalTransformations',
        {},
        fields.map((field) =>
          node('DerivedField', { name: field.name, optype: 'continuous', dataType: 'double' }, [
            evidenceOf(model, field.each)
          ])
        )
      ),
      node('RegressionTable', { intercept: model.intercept, targetCategory: BAD }, predictors),
      node('RegressionTable', { intercept: 0, targetCategory: GOOD })
    ]
  )
}

/** The weight of evidence of every way to have a value or none. */
function evidenceOf(model: WoeModel, each: CompiledCharacteristic): XmlNode {
  const { source } = each
  const field = source.feature
  const mapMissingTo = each.missingUnrated ? undefined : woeOf(model, each, each.pointsMissing ?? each.pointsMin)
  if (source.type === 'numeric') {
    const bins = source.attributes.map((held) =>
      node('DiscretizeBin', { binValue: 'woe' in held ? held.woe : 0 }, [interval(held)])
    )
    return node('Discretize', { field, dataType: 'double', mapMissingTo }, bins)
  }
  const defaultValue = each.pointsUnseen === undefined ? mapMissingTo : woeOf(model, each, each.pointsUnseen)
  const rows = source.attributes.flatMap((held) =>
    held.values.map((value) =>
      node('row', {}, [node('value', {}, String(value)), node('woe', {}, String('woe' in held ? held.woe : 0))])
    )
  )
  return node('MapValues', { outputColumn: 'woe', dataType: 'double', mapMissingTo, defaultValue }, [
    node('FieldColumnPair', { field, column: 'value' }),
    node('InlineTable', {}, rows)
  ])
}

function interval({ from, to }: { readonly from?: number; readonly to?: number }): XmlNode {
  const closure = from === undefined ? 'openOpen' : 'closedOpen'
  return node('Interval', { closure, leftMargin: from, rightMargin: to })
}

/**
 * The weight of evidence that earns so many points: that of an attribute, or what `attributePoints`
 * makes them of.
 */
function woeOf(model: WoeModel, each: CompiledCharacteristic, points: number): number {
  const held = each.source.attributes.find((_, index) => each.points[index] === points)
  if (held !== undefined && 'woe' in held) return held.woe
  const at = (woe: number): number => {
    const probe = { ...each.source, attributes: [{ values: [], woe }] }
    const others = model.characteristics.map((other) => (other.id === each.source.id ? probe : other))
    const exact = { ...model, rounding: 'none', characteristics: others } as WoeModel
    return attributePoints(exact)[model.characteristics.findIndex(({ id }) => id === each.source.id)]?.[0] ?? 0
  }
  const none = at(0)
  return (points - none) / (at(1) - none)
}
