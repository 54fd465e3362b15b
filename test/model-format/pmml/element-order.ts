import { readXml, type XmlElement } from '../../../src/model-format/pmml/read/xml.ts'

/*
 * What PMML 4.4 allows within each element that we write: its children in their order, those that
 * may repeat with a star, and its attributes. Written from the standard.
 */

interface Rule {
  /** Groups in order; of a group any number in any order, where it ends with a star. */
  readonly holds: readonly string[]
  readonly has: string
  readonly needs?: string
}

const EXPRESSION = 'Constant|FieldRef|NormContinuous|NormDiscrete|Discretize|MapValues|Apply'
const PREDICATE = 'SimplePredicate|CompoundPredicate|SimpleSetPredicate|True|False'
const MODEL = 'Scorecard|RegressionModel|TreeModel|MiningModel'
const AROUND = ['Extension*', 'MiningSchema', 'Output?', 'Targets?', 'LocalTransformations?']
const NAMED = 'modelName functionName'

const RULES: Readonly<Record<string, Rule>> = {
  PMML: { holds: ['Header', 'DataDictionary', 'TransformationDictionary?', MODEL], has: 'version', needs: 'version' },
  Header: { holds: ['Application?', 'Annotation*'], has: 'description modelVersion copyright' },
  Application: { holds: [], has: 'name version', needs: 'name' },
  Annotation: { holds: [], has: '' },
  Extension: { holds: [], has: 'extender name value' },
  DataDictionary: { holds: ['DataField*'], has: 'numberOfFields' },
  DataField: {
    holds: ['Extension*', 'Interval*', 'Value*'],
    has: 'name displayName optype dataType',
    needs: 'name optype dataType'
  },
  Value: { holds: [], has: 'value displayValue property', needs: 'value' },
  Interval: { holds: [], has: 'closure leftMargin rightMargin', needs: 'closure' },
  TransformationDictionary: { holds: ['DerivedField*'], has: '' },
  LocalTransformations: { holds: ['DerivedField*'], has: '' },
  DerivedField: { holds: [EXPRESSION], has: 'name displayName optype dataType', needs: 'name optype dataType' },
  MiningSchema: { holds: ['MiningField*'], has: '' },
  MiningField: {
    holds: [],
    has: 'name usageType optype outliers lowValue highValue missingValueReplacement missingValueTreatment invalidValueTreatment invalidValueReplacement',
    needs: 'name'
  },
  Output: { holds: ['OutputField*'], has: '' },
  OutputField: {
    holds: [`${EXPRESSION}?`],
    has: 'name optype dataType feature value rank',
    needs: 'name dataType'
  },
  Targets: { holds: ['Target*'], has: '' },
  Target: { holds: ['TargetValue*'], has: 'field optype castInteger min max rescaleConstant rescaleFactor' },
  TargetValue: { holds: [], has: 'value displayValue priorProbability defaultValue' },
  Scorecard: {
    holds: [...AROUND, 'Characteristics', 'ModelVerification?'],
    has: `${NAMED} initialScore useReasonCodes reasonCodeAlgorithm baselineScore baselineMethod`,
    needs: 'functionName'
  },
  Characteristics: { holds: ['Characteristic*'], has: '' },
  Characteristic: { holds: ['Attribute*'], has: 'name reasonCode baselineScore' },
  Attribute: { holds: [PREDICATE, 'ComplexPartialScore?'], has: 'reasonCode partialScore' },
  ComplexPartialScore: { holds: [EXPRESSION], has: '' },
  RegressionModel: {
    holds: [...AROUND, 'RegressionTable*', 'ModelVerification?'],
    has: `${NAMED} normalizationMethod targetFieldName`,
    needs: 'functionName'
  },
  RegressionTable: {
    holds: ['NumericPredictor*', 'CategoricalPredictor*', 'PredictorTerm*'],
    has: 'intercept targetCategory',
    needs: 'intercept'
  },
  NumericPredictor: { holds: [], has: 'name exponent coefficient', needs: 'name coefficient' },
  CategoricalPredictor: { holds: [], has: 'name value coefficient', needs: 'name value coefficient' },
  PredictorTerm: { holds: ['FieldRef*'], has: 'name coefficient', needs: 'coefficient' },
  TreeModel: {
    holds: [...AROUND, 'Node', 'ModelVerification?'],
    has: `${NAMED} missingValueStrategy noTrueChildStrategy splitCharacteristic`,
    needs: 'functionName'
  },
  Node: { holds: [PREDICATE, 'Node*'], has: 'id score recordCount defaultChild' },
  MiningModel: { holds: [...AROUND, 'Segmentation', 'ModelVerification?'], has: NAMED, needs: 'functionName' },
  Segmentation: {
    holds: ['Segment*'],
    has: 'multipleModelMethod missingPredictionTreatment',
    needs: 'multipleModelMethod'
  },
  Segment: { holds: [PREDICATE, MODEL], has: 'id weight' },
  SimplePredicate: { holds: [], has: 'field operator value', needs: 'field operator' },
  CompoundPredicate: { holds: [`${PREDICATE}*`], has: 'booleanOperator', needs: 'booleanOperator' },
  SimpleSetPredicate: { holds: ['Array'], has: 'field booleanOperator', needs: 'field booleanOperator' },
  Array: { holds: [], has: 'n type', needs: 'type' },
  True: { holds: [], has: '' },
  False: { holds: [], has: '' },
  Constant: { holds: [], has: 'dataType' },
  FieldRef: { holds: [], has: 'field mapMissingTo', needs: 'field' },
  NormContinuous: { holds: ['LinearNorm*'], has: 'field mapMissingTo outliers', needs: 'field' },
  LinearNorm: { holds: [], has: 'orig norm', needs: 'orig norm' },
  NormDiscrete: { holds: [], has: 'field value mapMissingTo', needs: 'field value' },
  Discretize: { holds: ['DiscretizeBin*'], has: 'field mapMissingTo defaultValue dataType', needs: 'field' },
  DiscretizeBin: { holds: ['Interval'], has: 'binValue', needs: 'binValue' },
  MapValues: {
    holds: ['FieldColumnPair*', 'InlineTable'],
    has: 'mapMissingTo defaultValue outputColumn dataType',
    needs: 'outputColumn'
  },
  FieldColumnPair: { holds: [], has: 'field column', needs: 'field column' },
  InlineTable: { holds: ['row*'], has: '' },
  Apply: {
    holds: [`${EXPRESSION}*`],
    has: 'function mapMissingTo defaultValue invalidValueTreatment',
    needs: 'function'
  },
  ModelVerification: { holds: ['VerificationFields', 'InlineTable'], has: 'recordCount fieldCount' },
  VerificationFields: { holds: ['VerificationField*'], has: '' },
  VerificationField: { holds: [], has: 'field column precision zeroThreshold', needs: 'field' }
}

/** What of a document PMML 4.4 does not allow, by its place. */
export function schemaFaults(xml: string): string[] {
  const root = readXml(xml)
  return 'fault' in root ? [root.fault] : faultsIn(root)
}

function faultsIn(element: XmlElement): string[] {
  const { name, place, attributes, children } = element
  const rule = RULES[name]
  if (rule === undefined) return [`${place}: there is no such element`]
  const known = rule.has.split(' ')
  const faults: string[] = []
  for (const key of attributes.keys())
    if (!known.includes(key) && !key.startsWith('xmlns')) faults.push(`${place}: it has no ${key}`)
  for (const key of rule.needs?.split(' ') ?? []) if (!attributes.has(key)) faults.push(`${place}: it needs ${key}`)
  let at = 0
  for (const group of rule.holds) {
    const names = group.replace(/[*?]$/, '').split('|')
    const first = at
    const isMany = group.endsWith('*')
    while (at < children.length && names.includes(children[at]?.name ?? '') && (isMany || at === first)) at += 1
    if (at === first && !/[*?]$/.test(group)) faults.push(`${place}: it lacks ${group} before ${children[at]?.name}`)
  }
  if (at < children.length) faults.push(`${place}: ${children[at]?.name} does not stand here`)
  // A row of a table holds cells of whatever names.
  const inner = name === 'InlineTable' ? [] : children.flatMap(faultsIn)
  return [...faults, ...inner].slice(0, 20)
}
