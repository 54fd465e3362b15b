import {
  type CardModel,
  compileModel,
  type FeatureValue,
  type ModelFault,
  modelFaults,
  type ScoringModel,
  score
} from '../../../src/engine/index.ts'
import { fromPmml, type PmmlImport } from '../../../src/model-format/pmml/import.ts'
import type { PmmlNote } from '../../../src/model-format/pmml/read/findings.ts'
import { featuresFrom } from '../random-models.ts'

/*
 * Documents as other tools write them. What is given is put into the middle of an otherwise
 * complete document.
 */

const FIELDS = `
  <DataField name="years" displayName="Years in business" optype="continuous" dataType="double"/>
  <DataField name="rooms" optype="ordinal" dataType="integer"/>
  <DataField name="branch" optype="categorical" dataType="string"/>
  <DataField name="member" optype="categorical" dataType="boolean"/>`
const MINED = ['years', 'rooms', 'branch', 'member'].map((name) => `<MiningField name="${name}"/>`).join('')

interface Parts {
  readonly version?: string
  readonly fields?: string
  readonly mined?: string
  /** Attributes of the model element. */
  readonly attributes?: string
  /** Derived fields. */
  readonly derived?: string
}

/** A Scorecard of the characteristics. */
export function cardOf(characteristics: string, parts: Parts = {}): string {
  const { attributes = 'useReasonCodes="false"' } = parts
  const inner = `<Characteristics>${characteristics}</Characteristics>`
  return documentOf(
    `<Scorecard modelName="Sample card" functionName="regression" ${attributes}>`,
    inner,
    '</Scorecard>',
    parts
  )
}

/** A RegressionModel of the tables. */
export function regressionOf(tables: string, parts: Parts = {}): string {
  const { attributes = 'functionName="classification" normalizationMethod="logit"' } = parts
  return documentOf(`<RegressionModel modelName="Sample" ${attributes}>`, tables, '</RegressionModel>', parts)
}

function documentOf(start: string, inner: string, end: string, parts: Parts): string {
  const { version = '4.2', fields = FIELDS, mined = MINED, derived = '' } = parts
  return `<?xml version="1.0"?>
<PMML xmlns="http://www.dmg.org/PMML-${version.replace('.', '_')}" version="${version}">
<Header copyright="nobody" description="A sample of another tool"/>
<DataDictionary numberOfFields="4">${fields}</DataDictionary>
${start}<MiningSchema>${mined}</MiningSchema>
<Output><OutputField name="result" feature="predictedValue" dataType="double" optype="continuous"/></Output>
<LocalTransformations>${derived}</LocalTransformations>
${inner}${end}
</PMML>`
}

/** A characteristic on one field; attributes are pairs of points and a predicate. */
export function characteristic(
  name: string,
  attributes: readonly (readonly [number | string, string])[],
  more = ''
): string {
  const inner = attributes.map(([points, predicate]) => `<Attribute partialScore="${points}">${predicate}</Attribute>`)
  return `<Characteristic name="${name}" ${more}>${inner.join('')}</Characteristic>`
}

export const is = (field: string, operator: string, value?: string | number): string =>
  `<SimplePredicate field="${field}" operator="${operator}"${value === undefined ? '' : ` value="${value}"`}/>`
export const join = (operator: string, ...predicates: readonly string[]): string =>
  `<CompoundPredicate booleanOperator="${operator}">${predicates.join('')}</CompoundPredicate>`
export const among = (field: string, operator: string, array: string, n = 1): string =>
  `<SimpleSetPredicate field="${field}" booleanOperator="${operator}"><Array n="${n}" type="string">${array}</Array></SimpleSetPredicate>`

/** The model of a document that can be read. It can be published unless it says otherwise. */
export function modelFrom(xml: string, choices: PmmlImport = {}): { model: ScoringModel; notes: readonly PmmlNote[] } {
  const result = fromPmml(xml, choices)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  const faults = modelFaults(result.model)
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return result
}

export function faultsFrom(xml: string, choices: PmmlImport = {}): readonly ModelFault[] {
  const result = fromPmml(xml, choices)
  return 'faults' in result ? result.faults : []
}

/** The model as a scorecard of ours. */
export function cardIn(model: ScoringModel): CardModel {
  if (model.kind === 'predictive') throw new Error('a predictive model is no card of ours')
  return model
}

/** The score of values; null where there is none. */
export function scoreOf(
  model: ScoringModel,
  values: Readonly<Record<string, FeatureValue | undefined>>
): number | null {
  return score(compileModel(model), featuresFrom(values, '2026-03-31'), '2026-03-31').score
}
