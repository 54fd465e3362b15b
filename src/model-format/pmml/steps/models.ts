import { CASTS, type Cast, type Combination, LINKS, type Link } from '../../../engine/index.ts'
import { conditionOf, type FieldScope, predicateElement } from '../read/conditions.ts'
import { expressionIn, expressionOf } from '../read/expressions.ts'
import { fault, shown } from '../read/findings.ts'
import { isConstant, type StepRef, stepOf, type Term } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'
import { modelScope, type PmmlDocument } from './model-scope.ts'
import { type CardEntry, readCard } from './predictive-card.ts'
import { linearOf } from './predictive-regression.ts'
import { treeFields, treeOf, type Wanted } from './tree-model.ts'

/** Elements that are models which can be worked out here. */
export const MODEL_ELEMENTS = ['Scorecard', 'RegressionModel', 'TreeModel', 'MiningModel'] as const

/** The document, and what the cards in it say of their characteristics. */
export interface Translation extends PmmlDocument {
  readonly cards: CardEntry[]
}

const NUMBER: Wanted = { kind: 'number' }

export function isClassification({ attributes }: XmlElement): boolean {
  return attributes.get('functionName') === 'classification'
}

/**
 * What a model answers, as a step. Undefined, with faults, for what it does that cannot be done
 * here.
 */
export function modelOf(
  translation: Translation,
  element: XmlElement,
  wanted: Wanted,
  outer?: FieldScope
): StepRef | undefined {
  const { findings } = translation.list
  if (element.attributes.get('isScorable') === 'false')
    return fault(findings, element.place, 'The document says that this model is not to be scored with (isScorable).')
  const scope = modelScope(translation, element, outer)
  const raw = rawOf(translation, element, wanted, scope)
  return raw === undefined ? undefined : targeted(translation, element, wanted, raw)
}

function rawOf(translation: Translation, element: XmlElement, wanted: Wanted, scope: FieldScope): StepRef | undefined {
  switch (element.name) {
    case 'Scorecard':
      return readCard(translation.list, element, scope, translation.cards)
    case 'RegressionModel':
      return regression(translation, element, wanted, scope)
    case 'TreeModel':
      return ensemble(translation, element, [{ model: element, weight: 1 }], 'sum', wanted, scope)
    default:
      return mining(translation, element, wanted, scope)
  }
}

// ---- regressions

function regression(
  { list }: Translation,
  element: XmlElement,
  wanted: Wanted,
  scope: FieldScope
): StepRef | undefined {
  const { findings } = list
  const method = element.attributes.get('normalizationMethod') ?? 'none'
  const tables = childrenOf(element, 'RegressionTable')
  const name = element.attributes.get('modelName') ?? 'regression'
  const [first, second] = tables
  if (first === undefined) return fault(findings, element.place, 'A regression has a <RegressionTable>.')
  if (!isClassification(element)) {
    const sum = linearOf(list, [{ table: first, factor: 1 }], scope, name)
    return sum === undefined ? undefined : linked(list, sum, method === 'softmax' ? 'logit' : method, element)
  }
  if (second === undefined || tables.length > 2 || wanted.kind === 'number')
    return fault(
      findings,
      element.place,
      'A regression of two classes has two tables: more classes are no good and bad.'
    )
  const places = tables.findIndex(({ attributes }) => attributes.get('targetCategory') === wanted.category)
  if (places < 0) return fault(findings, element.place, `No table is of the category ${shown(wanted.category)}.`)
  // With softmax both tables count, the second of which is most often empty; otherwise the first
  // alone.
  const sum = linearOf(
    list,
    [{ table: first, factor: 1 }, ...(method === 'softmax' ? [{ table: second, factor: -1 as const }] : [])],
    scope,
    name
  )
  if (sum === undefined) return undefined
  if (method !== 'softmax' && second.children.some(({ name: child }) => child !== 'Extension'))
    return fault(findings, second.place, 'The second table is the reference: it has an intercept and nothing else.')
  const probability = ofCategory(list, sum, method === 'softmax' ? 'logit' : method, element, places === 0)
  if (probability === undefined || wanted.kind === 'probability') return probability
  return vote(list, probability, places === 0)
}

type List = Translation['list']

/**
 * The probability of the first category, or of the second; where the link is even, by the sum
 * turned round.
 */
function ofCategory(
  list: List,
  sum: StepRef,
  method: string,
  element: XmlElement,
  isFirst: boolean
): StepRef | undefined {
  if (isFirst) return linked(list, sum, method, element)
  if (method === 'logit') {
    const turned = list.add({ do: 'rescale', of: sum.id, factor: -1 }, `${sum.id} turned`, 'numeric')
    return linked(list, turned, method, element)
  }
  const first = linked(list, sum, method, element)
  return first === undefined ? undefined : opposite(list, first)
}

function opposite(list: List, probability: StepRef): StepRef {
  return list.add({ do: 'rescale', of: probability.id, factor: -1, constant: 1 }, `1 - ${probability.id}`, 'numeric')
}

function linked(list: List, sum: StepRef, method: string, element: XmlElement): StepRef | undefined {
  if (method === 'none') return sum
  const link = LINKS.find((each): each is Link => each === method)
  if (link === undefined)
    return fault(list.findings, element.place, `${shown(method)} is no normalizationMethod that is worked out here.`)
  return list.add({ do: 'link', link, of: sum.id }, `${method} of ${sum.id}`, 'numeric')
}

/** 1 where a probability says that its category is the answer; of two even ones the first is. */
function vote(list: List, probability: StepRef, isFirst: boolean): StepRef {
  const condition = list.add(
    { do: 'apply', function: isFirst ? 'greaterOrEqual' : 'greaterThan', to: [probability.id, 0.5] },
    `vote of ${probability.id}`,
    'boolean'
  )
  return list.add({ do: 'apply', function: 'if', to: [condition.id, 1, 0] }, `vote ${probability.id}`, 'numeric')
}

// ---- trees and several models

interface Voice {
  readonly model: XmlElement
  readonly weight: number
}

/** Trees that always count, summed up or averaged in one step. */
function ensemble(
  translation: Translation,
  place: XmlElement,
  voices: readonly Voice[],
  how: 'sum' | 'average',
  wanted: Wanted,
  outer: FieldScope
): StepRef | undefined {
  const { list } = translation
  const fields = treeFields()
  const trees = voices.map(({ model, weight }) => {
    if (model.attributes.get('isScorable') === 'false')
      return fault(
        list.findings,
        model.place,
        'The document says that this tree is not to be scored with (isScorable).'
      )
    const scope = model === place ? outer : modelScope(translation, model, outer)
    const target = model === place ? undefined : targetOf(translation, model, wanted)
    if (target === null) return undefined
    const worth = (value: number | null) => {
      const found = target === undefined ? value : rescaled(target, value)
      return found === null ? null : found * weight + 0
    }
    return treeOf(list, model, scope, fields, wanted, worth)
  })
  const known = trees.filter((each) => each !== undefined)
  if (known.length < trees.length) return undefined
  const name = place.attributes.get('modelName') ?? 'trees'
  return list.add({ do: 'trees', combine: how, fields: fields.ids, trees: known }, name, 'numeric')
}

const COMBINED: Readonly<Record<string, Combination>> = {
  sum: 'sum',
  weightedSum: 'sum',
  average: 'average',
  weightedAverage: 'average',
  majorityVote: 'average',
  weightedMajorityVote: 'average',
  max: 'max',
  median: 'median',
  selectFirst: 'first',
  selectAll: 'only'
}

function mining(translation: Translation, element: XmlElement, wanted: Wanted, scope: FieldScope): StepRef | undefined {
  const { findings } = translation.list
  const segmentation = childOf(element, 'Segmentation')
  if (segmentation === undefined)
    return fault(findings, element.place, 'A <MiningModel> without <Segmentation> is a composition, which is not read.')
  const method = segmentation.attributes.get('multipleModelMethod') ?? ''
  const segments = childrenOf(segmentation, 'Segment').flatMap((segment) => {
    const model = segment.children.find(({ name }) => (MODEL_ELEMENTS as readonly string[]).includes(name))
    const weight = numberOf(segment.attributes.get('weight') ?? '1')
    if (model === undefined || weight === undefined) {
      fault(findings, segment.place, 'A segment has a weight, which is a number, and a model that can be read here.')
      return []
    }
    return [{ segment, model, weight: method.startsWith('weighted') ? weight : 1 }]
  })
  if (segments.length === 0) return fault(findings, segmentation.place, 'There is no segment.')
  if (method === 'modelChain') return chain(translation, element, segments, wanted, scope)
  const how = Object.hasOwn(COMBINED, method) ? COMBINED[method] : undefined
  if (how === undefined || (wanted.kind !== 'number' && (how === 'max' || how === 'median' || how === 'sum')))
    return fault(
      findings,
      segmentation.place,
      `${shown(method)} is no way to make one ${wanted.kind === 'number' ? 'number' : 'probability'} of several models here.`
    )
  const asked: Wanted =
    wanted.kind !== 'number' && /majorityvote/i.test(method) ? { kind: 'vote', category: wanted.category } : wanted
  const combined = combine(translation, element, segmentation, segments, how, asked, scope)
  if (combined === undefined || wanted.kind !== 'vote') return combined
  return how === 'average' ? vote(translation.list, combined, false) : combined
}

interface Segment extends Voice {
  readonly segment: XmlElement
}

function combine(
  translation: Translation,
  element: XmlElement,
  segmentation: XmlElement,
  segments: readonly Segment[],
  how: Combination,
  wanted: Wanted,
  scope: FieldScope
): StepRef | undefined {
  const { list } = translation
  const conditions = segments.map(({ segment }) => conditionIn(translation, segment, scope))
  if (conditions.includes(undefined)) return undefined
  const always = conditions.every((each) => each !== undefined && isConstant(each) && each.constant === true)
  const treatment = segmentation.attributes.get('missingPredictionTreatment') ?? 'continue'
  const isSum = how === 'sum' || how === 'average'
  if (isSum && always && treatment !== 'skipSegment' && segments.every(({ model }) => model.name === 'TreeModel')) {
    const total = segments.reduce((sum, { weight }) => sum + weight, 0)
    const isEven = segments.every(({ weight }) => weight === 1)
    const scale = how === 'average' && !isEven ? 1 / total : 1
    const voices = segments.map(({ model, weight }) => ({ model, weight: weight * scale }))
    return ensemble(translation, element, voices, isEven ? how : 'sum', wanted, scope)
  }
  const parts = segments.map(({ model, weight }, index) => {
    const ref = modelOf(translation, model, wanted, scope)
    return ref === undefined ? undefined : part(ref, weight, conditions[index])
  })
  const known = parts.filter((each) => each !== undefined)
  if (known.length < parts.length) return undefined
  const chosen = known.filter((each) => each !== null)
  if (chosen.length === 0) return fault(list.findings, segmentation.place, 'No segment can ever be chosen.')
  const missing = treatment === 'skipSegment' ? { missing: 'skip' as const } : {}
  const name = element.attributes.get('modelName') ?? how
  return list.add({ do: 'combine', how, of: chosen, ...missing }, name, 'numeric')
}

/** One part of a combination; null where its condition never holds. */
function part(ref: StepRef, weight: number, condition: Term | undefined) {
  if (condition !== undefined && isConstant(condition) && condition.constant === false) return null
  const when = condition === undefined || isConstant(condition) ? {} : { when: condition.id }
  return { step: ref.id, ...(weight === 1 ? {} : { weight }), ...when }
}

function conditionIn({ list }: Translation, segment: XmlElement, scope: FieldScope): Term | undefined {
  const predicate = predicateElement(segment)
  if (predicate === undefined) return fault(list.findings, segment.place, 'A segment has a predicate.')
  return conditionOf(list, predicate, scope)
}

/** Each model sees what those before it put out; the last one whose condition holds answers. */
function chain(
  translation: Translation,
  element: XmlElement,
  segments: readonly Segment[],
  wanted: Wanted,
  outer: FieldScope
): StepRef | undefined {
  const { list } = translation
  const passed = new Map<string, () => StepRef | undefined>()
  const scope: FieldScope = (name, place) => (passed.has(name) ? passed.get(name)?.() : outer(name, place))
  const answers: { model: XmlElement; condition: Term }[] = []
  for (const { segment, model } of segments) {
    const condition = conditionIn(translation, segment, scope)
    if (condition === undefined) return undefined
    answers.push({ model, condition })
    for (const [name, put] of outputsOf(translation, model, scope)) {
      passed.set(name, () => {
        const ref = put()
        const gate = ref === undefined ? undefined : part(ref, 1, condition)
        if (ref === undefined || gate === undefined || gate === null || gate.when === undefined) return ref
        return list.add({ do: 'combine', how: 'first', of: [gate] }, `${name} of its segment`, ref.type)
      })
    }
  }
  // A model that is sure to run hides those before it.
  const parts: { step: string; when?: string }[] = []
  for (const { model, condition } of answers.toReversed()) {
    const ref = modelOf(translation, model, wanted, scope)
    if (ref === undefined) return undefined
    const one = part(ref, 1, condition)
    if (one === null) continue
    if (one.when === undefined && parts.length === 0) return ref
    parts.push(one)
    if (one.when === undefined) break
  }
  return list.add({ do: 'combine', how: 'first', of: parts }, element.attributes.get('modelName') ?? 'chain', 'numeric')
}

/**
 * What a model puts out beside its answer, by name; each is worked out when it is first asked for.
 */
export function outputsOf(
  translation: Translation,
  model: XmlElement,
  outer: FieldScope | undefined
): ReadonlyMap<string, () => StepRef | undefined> {
  const outputs = new Map<string, () => StepRef | undefined>()
  const output = childOf(model, 'Output')
  const inner = modelScope(translation, model, outer)
  const scope: FieldScope = (name, place) => (outputs.has(name) ? outputs.get(name)?.() : inner(name, place))
  for (const field of output === undefined ? [] : childrenOf(output, 'OutputField')) {
    outputs.set(field.attributes.get('name') ?? '', () => outputOf(translation, model, field, scope, outer))
  }
  return outputs
}

function outputOf(
  translation: Translation,
  model: XmlElement,
  field: XmlElement,
  scope: FieldScope,
  outer: FieldScope | undefined
): StepRef | undefined {
  const { list } = translation
  const { attributes, place } = field
  const feature = attributes.get('feature') ?? 'predictedValue'
  const name = attributes.get('name') ?? ''
  if (feature === 'predictedValue' && !isClassification(model)) return modelOf(translation, model, NUMBER, outer)
  if (feature === 'probability' && attributes.has('value'))
    return modelOf(translation, model, { kind: 'probability', category: attributes.get('value') ?? '' }, outer)
  const expression = expressionIn(field)
  if (feature !== 'transformedValue' || expression === undefined)
    return fault(list.findings, place, `The output ${shown(name)} is ${feature}, which cannot be worked with here.`)
  const term = expressionOf(list, expression, scope, name)
  return term === undefined ? undefined : stepOf(list, term)
}

// ---- targets

interface Target {
  readonly min?: number
  readonly max?: number
  readonly factor?: number
  readonly constant?: number
  readonly cast?: Cast
  readonly otherwise?: number
}

function rescaled(
  { min, max, factor = 1, constant = 0, cast, otherwise }: Target,
  value: number | null
): number | null {
  const given = value ?? otherwise
  if (given === undefined) return null
  const limited = Math.min(Math.max(given, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY)
  const made = limited * factor + constant
  return cast === undefined
    ? made
    : cast === 'round'
      ? Math.round(made)
      : cast === 'floor'
        ? Math.floor(made)
        : Math.ceil(made)
}

/**
 * What Targets do to an answer; undefined where there is nothing to do, null, with a fault, where
 * they do what is not done here.
 */
function targetOf({ list }: Translation, model: XmlElement, wanted: Wanted): Target | undefined | null {
  const targets = childOf(model, 'Targets')
  const [target, second] = targets === undefined ? [] : childrenOf(targets, 'Target')
  if (target === undefined) return undefined
  const refuse = (detail: string) => fault(list.findings, target.place, detail) ?? null
  if (second !== undefined) return refuse('There is more than one <Target>: which is meant?')
  const values = childrenOf(target, 'TargetValue')
  if (wanted.kind !== 'number') {
    const priors = values.filter(({ attributes }) => attributes.has('priorProbability'))
    const prior = priors.find(({ attributes }) => attributes.get('value') === wanted.category)
    if (priors.length === 0) return undefined
    if (wanted.kind === 'vote') return refuse('What stands for a missing prediction has no vote.')
    return { otherwise: numberOf(prior?.attributes.get('priorProbability')) ?? 0 }
  }
  const number = (name: string) => {
    const text = target.attributes.get(name)
    if (text !== undefined && numberOf(text) === undefined) refuse(`${name} is a number.`)
    return numberOf(text)
  }
  const castName = target.attributes.get('castInteger')
  const cast = CASTS.find((each) => each === castName)
  if (castName !== undefined && cast === undefined) return refuse(`There is no castInteger ${shown(castName)}.`)
  const [min, max, factor, constant] = ['min', 'max', 'rescaleFactor', 'rescaleConstant'].map(number)
  const otherwise = numberOf(values[0]?.attributes.get('defaultValue'))
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(factor === undefined || factor === 1 ? {} : { factor }),
    ...(constant === undefined || constant === 0 ? {} : { constant }),
    ...(cast === undefined ? {} : { cast }),
    ...(otherwise === undefined ? {} : { otherwise })
  }
}

function targeted(translation: Translation, model: XmlElement, wanted: Wanted, raw: StepRef): StepRef | undefined {
  const target = targetOf(translation, model, wanted)
  if (target === null) return undefined
  if (target === undefined || Object.keys(target).length === 0) return raw
  return translation.list.add({ do: 'rescale', of: raw.id, ...target }, `${raw.id} on target`, 'numeric')
}
