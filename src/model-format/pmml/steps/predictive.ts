import {
  FEATURES,
  type FeatureType,
  isReasonCode,
  lookedAt,
  type ModelInput,
  type Prediction,
  type PredictiveCharacteristic,
  type PredictiveModel,
  REASONS,
  type ReasonCode,
  type Step
} from '../../../engine/index.ts'
import { PREDICTOR_COUNTS_MAX } from '../../predictor-schema.ts'
import { bothOf, groupOfFeature, headOf, type ImportChoices, reasonlessOf } from '../cards/foreign.ts'
import { type Findings, fault, note, shown } from '../read/findings.ts'
import { importedRules } from '../read/imported-rules.ts'
import { idOf, uniqueNames } from '../read/names.ts'
import { originOf } from '../read/origin.ts'
import { type StepList, type StepRef, stepList, tooManySteps } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'
import { documentInputs } from './model-scope.ts'
import { isClassification, modelOf, outputsOf, type Reading, type Translation } from './models.ts'
import type { CardEntry } from './predictive-card.ts'
import { isTarget } from './targets.ts'
import type { Wanted } from './tree-model.ts'

/** What the importer says of the answer of a document. */
export interface AnswerChoices {
  /** The category that means default. */
  readonly bad?: string | undefined
  readonly predicts?: Prediction | undefined
  /** The output that is the answer, in place of the target. */
  readonly output?: string | undefined
}

/** What is known of a document before anything of it is worked out. */
export function translationOf(findings: Findings, root: XmlElement): Translation {
  return { root, list: stepList(findings, lookedAt), inputs: documentInputs(), cards: [], answers: new Map() }
}

/**
 * A model of a document, step by step. Undefined, with faults, where it does what cannot be done
 * here.
 */
export function* predictiveModelOf(
  translation: Translation,
  element: XmlElement,
  choices: ImportChoices,
  answers: AnswerChoices
): Reading<PredictiveModel | undefined> {
  const { list } = translation
  const { findings } = list
  const answer = yield* answerOf(translation, element, answers)
  if (answer === undefined || findings.faults.length > 0) return undefined
  const used = reachable(list, answer.ref.id)
  if (used.steps.length > PREDICTOR_COUNTS_MAX.steps) return tooManySteps(findings)
  const cards = translation.cards.filter(({ id }) => used.cards.has(id))
  const characteristics = [
    ...cards.map((entry) => cardCharacteristic(translation, entry)),
    ...explainedFields(translation, used.steps, new Set(cards.flatMap(({ steps }) => steps)))
  ].filter((each) => each !== undefined)
  if (element.name === 'RegressionModel' && !tellsApart(used.steps)) {
    const first = childrenOf(element, 'RegressionTable')[0]?.place ?? element.place
    return fault(
      findings,
      first,
      used.inputs.size === 0 ? 'The regression has no predictor.' : 'No predictor has a coefficient other than 0.'
    )
  }
  if (characteristics.length === 0)
    return fault(
      findings,
      element.place,
      `The ${element.name === 'Scorecard' ? 'card earns' : 'model gives'} everyone the same.`
    )
  note(
    findings,
    element.place,
    'A missing value counts as the document says: where it earns more than a poor one, withholding it pays.'
  )
  for (const [id, { attributes, place }] of translation.inputs.used)
    if (attributes.get('name') !== id)
      note(findings, place, `The field ${shown(attributes.get('name'))} is the input ${shown(id)} here.`)
  noteUnread(translation, element)
  noteSingle(translation, element)
  return {
    ...headOf(findings, element.place, choices, declared(translation, used.inputs)),
    kind: 'predictive',
    predictor: { steps: used.steps, result: answer.ref.id, predicts: answer.predicts },
    characteristics,
    ...reasonRule(list.step(answer.ref.id)?.do === 'card' ? cards : []),
    ...importedRules(characteristics[0]?.group),
    origin: originOf('pmml')
  }
}

function tellsApart(steps: readonly Step[]): boolean {
  return steps.some((step) => step.do === 'linear' && step.terms.some(({ coefficient }) => coefficient !== 0))
}

interface ModelAnswer {
  readonly ref: StepRef
  readonly predicts: Prediction
}

function* answerOf(
  translation: Translation,
  element: XmlElement,
  { bad, predicts, output }: AnswerChoices
): Reading<ModelAnswer | undefined> {
  const { findings } = translation.list
  if (output !== undefined) return outputAnswer(translation, element, output, predicts)
  if (isClassification(element)) {
    const category = badCategory(findings, translation.root, element, bad)
    if (category === undefined) return undefined
    const wanted: Wanted = { kind: 'probability', category }
    const ref = yield* modelOf(translation, element, wanted)
    return ref === undefined ? undefined : { ref, predicts: 'probability' }
  }
  const kind = predicts ?? (element.name === 'Scorecard' ? 'points' : undefined)
  if (kind === undefined)
    return fault(
      findings,
      element.place,
      'The document does not say what the number means that it predicts: say whether it is points, riskPoints (more is worse), probability (of default) or logOdds (of default).'
    )
  const ref = yield* modelOf(translation, element, { kind: 'number' })
  return ref === undefined ? undefined : { ref, predicts: kind }
}

function outputAnswer(
  translation: Translation,
  element: XmlElement,
  output: string,
  predicts: Prediction | undefined
): ModelAnswer | undefined {
  const { findings } = translation.list
  const put = outputsOf(translation, element, undefined).get(output)
  if (put === undefined) return fault(findings, element.place, `There is no output ${shown(output)}.`)
  if (predicts === undefined)
    return fault(
      findings,
      element.place,
      `Say what the output ${shown(output)} means: points, riskPoints, probability or logOdds.`
    )
  const ref = put()
  if (ref !== undefined && ref.type !== 'numeric')
    return fault(findings, element.place, `The output ${shown(output)} is no number.`)
  return ref === undefined ? undefined : { ref, predicts }
}

/** Words that name a failure or its opposite, and nothing else. */
const BAD_WORDS = /^(bad|default|defaulted)$/i
const GOOD_WORDS = /^(good|non-?default|no[- ]?default|not[- ]defaulted)$/i

/**
 * The category that means default: as the importer says, or as its name does. Nothing is guessed
 * from 1, yes or true.
 */
export function badCategory(
  findings: Findings,
  root: XmlElement,
  element: XmlElement,
  bad: string | undefined
): string | undefined {
  const names = categoriesOf(root, element)
  if (bad !== undefined) {
    if (names.length === 0 || names.includes(bad)) return bad
    return fault(
      findings,
      element.place,
      `Say which of ${names.map(shown).join(' and ')} is the bad one: there is no ${shown(bad)}.`
    )
  }
  const named = names.filter((name) => BAD_WORDS.test(name))
  const others = names.filter((name) => !GOOD_WORDS.test(name))
  const [category] = named.length > 0 ? named : others
  const isTold = named.length === 1 || (named.length === 0 && names.length === 2 && others.length === 1)
  if (!isTold || category === undefined)
    return fault(
      findings,
      element.place,
      `Say which of ${names.map(shown).join(' and ') || 'the categories'} is the bad one, that is: means default. The document does not.`
    )
  return category
}

/**
 * The categories of the target: those of its field, of the tables of a regression, or of the leaves
 * of trees.
 */
function categoriesOf(root: XmlElement, element: XmlElement): string[] {
  const found = new Set<string>()
  const schema = childOf(element, 'MiningSchema')
  const target = schema?.children.find(isTarget)
  const dictionary = childOf(root, 'DataDictionary')
  const field = dictionary?.children.find(
    ({ name, attributes }) => name === 'DataField' && attributes.get('name') === target?.attributes.get('name')
  )
  for (const value of field === undefined ? [] : childrenOf(field, 'Value'))
    found.add(value.attributes.get('value') ?? '')
  const visit = (each: XmlElement): void => {
    if (each.name === 'RegressionTable' && each.attributes.has('targetCategory'))
      found.add(each.attributes.get('targetCategory') ?? '')
    if (each.name === 'ScoreDistribution') found.add(each.attributes.get('value') ?? '')
    for (const child of each.children) visit(child)
  }
  if (found.size === 0) visit(element)
  return [...found]
}

/** The steps that the answer rests on, in their order, with the cards and inputs among them. */
export function reachable(list: StepList, result: string) {
  const wanted = new Set([result])
  for (const step of list.steps.toReversed()) if (wanted.has(step.id)) for (const id of lookedAt(step)) wanted.add(id)
  const steps = list.steps.filter(({ id }) => wanted.has(id))
  return {
    steps,
    cards: new Set(steps.flatMap((step) => (step.do === 'card' ? step.characteristics.map(({ id }) => id) : []))),
    inputs: new Set(steps.flatMap((step) => (step.do === 'read' ? [step.input] : [])))
  }
}

function declared({ inputs }: Translation, used: ReadonlySet<string>): ModelInput[] {
  return [...inputs.used].flatMap(([id, data]): ModelInput[] => {
    if (!used.has(id) || Object.hasOwn(FEATURES, id)) return []
    const name = data.attributes.get('displayName') || data.attributes.get('name') || id
    return [{ id, type: typeOfData(data), from: 'call', description: bothOf(name, 2_000) }]
  })
}

function typeOfData({ attributes }: XmlElement): FeatureType {
  const dataType = attributes.get('dataType')
  return dataType === 'boolean' ? 'boolean' : dataType === 'string' ? 'category' : 'numeric'
}

interface Named {
  readonly id: string
  readonly name: string
  readonly inputs: readonly string[]
}

function characteristicOf(
  { inputs }: Translation,
  { id, name, inputs: own }: Named
): PredictiveCharacteristic | undefined {
  const [feature, ...features] = own
  const data = inputs.used.get(feature ?? '')
  if (feature === undefined || data === undefined) return undefined
  const type = typeOfData(data)
  return {
    id,
    name: bothOf(name, 200),
    group: groupOfFeature(feature, type),
    feature,
    type,
    ...(features.length > 0 ? { features } : {}),
    reason: 'CHARACTERISTIC_WEAK',
    strength: 'CHARACTERISTIC_STRONG',
    reasonCode: id
  }
}

function cardCharacteristic(translation: Translation, entry: CardEntry): PredictiveCharacteristic | undefined {
  const { list } = translation
  const inputs = [...new Set(entry.steps.flatMap((id) => list.inputs(id)))]
  const made = characteristicOf(translation, { id: entry.id, name: entry.name || entry.id, inputs })
  const { reasonCode, baseline } = entry
  if (made === undefined) {
    if (baseline !== undefined) note(list.findings, entry.place, reasonlessOf(entry.name))
    return undefined
  }
  const optional = baseline === undefined ? {} : { baseline }
  if (reasonCode === undefined) return { ...made, ...optional }
  const known = catalogued(reasonCode)
  const { reasonCode: _own, ...rest } = made
  return known === undefined
    ? { ...made, ...optional, reasonCode: reasonCode.slice(0, 64) }
    : { ...rest, ...optional, reason: known }
}

/** A code of our catalogue that speaks against a customer. */
function catalogued(code: string): ReasonCode | undefined {
  return isReasonCode(code) && REASONS[code].kind === 'adverse' ? code : undefined
}

/**
 * The steps that regressions and trees look at, by the inputs that they rest on: each set of inputs
 * is a characteristic. What a regression or trees put out is not looked at itself, but explained by
 * what it rests on.
 */
function explainedFields(
  translation: Translation,
  steps: readonly Step[],
  ofCards: ReadonlySet<string>
): (PredictiveCharacteristic | undefined)[] {
  const { list } = translation
  const answers = new Set(
    steps.filter(({ do: what }) => /^(linear|link|trees|combine|card|rescale)$/.test(what)).map(({ id }) => id)
  )
  const isComputed = (id: string): boolean => {
    const step = list.step(id)
    return answers.has(id) || (step !== undefined && lookedAt(step).some(isComputed))
  }
  const fields = new Set(
    steps.flatMap((step) => {
      if (step.do === 'linear') return step.terms.map(({ of }) => of)
      return step.do === 'trees' ? step.fields : []
    })
  )
  const groups = new Map<string, string[]>()
  for (const id of fields) {
    if (isComputed(id) || ofCards.has(id)) continue
    const key = JSON.stringify([...list.inputs(id)].sort())
    groups.set(key, [...(groups.get(key) ?? []), id])
  }
  const unique = uniqueNames(translation.cards.map(({ id }) => id))
  const means = meansOf(translation)
  return [...groups].map(([key, ids]) => {
    const inputs: readonly string[] = JSON.parse(key)
    const name = inputs.map((input) => nameOfInput(translation, input)).join(' × ')
    const made = characteristicOf(translation, { id: unique(idOf(inputs.join('.'), 'input', 64)), name, inputs })
    if (made === undefined) return undefined
    const explained = ids.map((step) => {
      const mean = means.get(step)
      return mean === undefined ? { step } : { step, mean }
    })
    return { ...made, fields: explained }
  })
}

function nameOfInput({ inputs }: Translation, input: string): string {
  const data = inputs.used.get(input)
  return data?.attributes.get('displayName') || data?.attributes.get('name') || input
}

/** What the document tells of the averages of its fields, by the step that reads them. */
function meansOf({ root, list, inputs }: Translation): ReadonlyMap<string, number> {
  const byName = new Map<string, number>()
  const visit = (element: XmlElement): void => {
    if (element.name === 'UnivariateStats') {
      const mean = numberOf(childOf(element, 'NumericInfo')?.attributes.get('mean'))
      if (mean !== undefined) byName.set(element.attributes.get('field') ?? '', mean)
    }
    if (element.name === 'MiningField' && element.attributes.get('missingValueTreatment') === 'asMean') {
      const mean = numberOf(element.attributes.get('missingValueReplacement'))
      const name = element.attributes.get('name') ?? ''
      if (mean !== undefined && !byName.has(name)) byName.set(name, mean)
    }
    for (const child of element.children) visit(child)
  }
  visit(root)
  const means = new Map<string, number>()
  for (const step of list.steps) {
    const data = step.do === 'read' ? inputs.used.get(step.input) : undefined
    const mean = byName.get(data?.attributes.get('name') ?? '')
    if (step.do === 'read' && step.type === 'numeric' && mean !== undefined) means.set(step.id, mean)
  }
  return means
}

/** Cards that give codes of their own rank them as they say, as long as all agree. */
function reasonRule(cards: readonly CardEntry[]): Pick<PredictiveModel, 'reasons'> {
  const stated = cards.filter(({ usesReasons, baseline }) => usesReasons && baseline !== undefined)
  const [first] = stated
  if (first === undefined || stated.length < cards.length) return {}
  if (cards.some(({ ranking }) => ranking !== first.ranking)) return {}
  return { reasons: { baseline: 'stated', ranking: first.ranking } }
}

/**
 * A field that nothing rests on is not asked for, so that a value of it that is not valid is not
 * refused either.
 */
function noteUnread({ list, root, inputs }: Translation, element: XmlElement): void {
  const schema = childOf(element, 'MiningSchema')
  const dictionary = childOf(root, 'DataDictionary')
  const read = new Set([...inputs.used.values()].map(({ attributes }) => attributes.get('name')))
  const known = new Set(dictionary?.children.map(({ attributes }) => attributes.get('name')))
  for (const field of schema === undefined ? [] : childrenOf(schema, 'MiningField')) {
    const name = field.attributes.get('name')
    if ((field.attributes.get('usageType') ?? 'active') !== 'active' || read.has(name) || !known.has(name)) continue
    note(list.findings, field.place, `Nothing rests on the field ${shown(name)}: it is not asked for.`)
  }
}

/** What is predicted in 32 bits elsewhere may differ in its seventh digit. */
function noteSingle({ list, root }: Translation, element: XmlElement): void {
  const { findings } = list
  if (isInSingle(element))
    note(findings, element.place, 'x-mathContext is float: sums are worked out in 64 bits here, which is more exact.')
  const [target] = childOf(element, 'MiningSchema')?.children.filter(isTarget) ?? []
  const field = childOf(root, 'DataDictionary')?.children.find(
    ({ attributes }) => target !== undefined && attributes.get('name') === target.attributes.get('name')
  )
  if (field?.attributes.get('dataType') === 'float')
    note(findings, field.place, 'The target is declared as float: what is predicted is not cut to 32 bits here.')
}

/** Whether a model, or one within it, is meant to be worked out in 32 bits. */
function isInSingle({ attributes, children }: XmlElement): boolean {
  return attributes.get('x-mathContext') === 'float' || children.some(isInSingle)
}

/**
 * Outputs that are worked out from the answer are not what is served, unless one of them is asked
 * for.
 */
export function noteUnserved(findings: Findings, element: XmlElement, { output }: AnswerChoices): void {
  const parent = childOf(element, 'Output')
  for (const field of parent === undefined ? [] : childrenOf(parent, 'OutputField')) {
    const feature = field.attributes.get('feature') ?? 'predictedValue'
    const name = field.attributes.get('name') ?? ''
    if (name === output || /^(predictedValue|probability|reasonCode)$/.test(feature)) continue
    note(
      findings,
      field.place,
      `The output ${shown(name)} (${feature}) is not served: what is served is ${output === undefined ? 'the answer of the model itself' : `the output ${shown(output)}`}.`
    )
  }
}
