import { type Combination, LINKS, type Link, type Tree } from '../../../engine/index.ts'
import { conditionOf, type FieldScope, predicateElement } from '../read/conditions.ts'
import { expressionIn, expressionOf } from '../read/expressions.ts'
import { fault, note, shown } from '../read/findings.ts'
import { saysNo } from '../read/literals.ts'
import { isConstant, type StepRef, stepOf, type Term } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'
import { modelScope, type PmmlDocument } from './model-scope.ts'
import { type CardEntry, readCard } from './predictive-card.ts'
import { linearOf } from './predictive-regression.ts'
import { rescaled, targeted, targetOf } from './targets.ts'
import { treeFields, treeOf, type Wanted } from './tree-model.ts'

/** Elements that are models which can be worked out here. */
export const MODEL_ELEMENTS = ['Scorecard', 'RegressionModel', 'TreeModel', 'MiningModel'] as const

/**
 * The document, what the cards in it say of their characteristics, and what its inner models are
 * known to answer.
 */
export interface Translation extends PmmlDocument {
  readonly cards: CardEntry[]
  readonly answers: Map<XmlElement, { readonly wanted: Wanted; readonly ref: StepRef | undefined }[]>
}

const NUMBER: Wanted = { kind: 'number' }

export function isClassification({ attributes }: XmlElement): boolean {
  return attributes.get('functionName') === 'classification'
}

/** Pauses between the parts of a model, so that large ones are read in slices. */
export type Reading<Result> = Generator<void, Result, void>

/**
 * What a model answers, as a step. Undefined, with faults, for what it does that cannot be done
 * here.
 */
export function* modelOf(
  translation: Translation,
  element: XmlElement,
  wanted: Wanted,
  outer?: FieldScope
): Reading<StepRef | undefined> {
  const { list, answers } = translation
  const known = answers.get(element)?.find((each) => isSameWanted(each.wanted, wanted))
  if (known !== undefined) return known.ref
  if (saysNo(element.attributes.get('isScorable')))
    return fault(
      list.findings,
      element.place,
      'The document says that this model is not to be scored with (isScorable).'
    )
  const scope = modelScope(translation, element, outer)
  const raw = yield* rawOf(translation, element, wanted, scope)
  const ref = raw === undefined ? undefined : targeted(list, element, wanted, raw)
  answers.set(element, [...(answers.get(element) ?? []), { wanted, ref }])
  return ref
}

function isSameWanted(one: Wanted, other: Wanted): boolean {
  return one.kind === other.kind && (one.kind === 'number' || one.category === (other as typeof one).category)
}

function* rawOf(
  translation: Translation,
  element: XmlElement,
  wanted: Wanted,
  scope: FieldScope
): Reading<StepRef | undefined> {
  switch (element.name) {
    case 'Scorecard':
      return readCard(translation.list, element, scope, translation.cards)
    case 'RegressionModel':
      return regression(translation, element, wanted, scope)
    case 'TreeModel':
      return yield* ensemble(translation, element, [{ model: element, weight: 1 }], 'sum', wanted, scope)
    default:
      return yield* mining(translation, element, wanted, scope)
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
function* ensemble(
  translation: Translation,
  place: XmlElement,
  voices: readonly Voice[],
  how: 'sum' | 'average',
  wanted: Wanted,
  outer: FieldScope
): Reading<StepRef | undefined> {
  const { list } = translation
  const fields = treeFields()
  const known: Tree[] = []
  for (const { model, weight } of voices) {
    yield
    if (saysNo(model.attributes.get('isScorable'))) {
      fault(list.findings, model.place, 'The document says that this tree is not to be scored with (isScorable).')
      continue
    }
    const scope = model === place ? outer : modelScope(translation, model, outer)
    const target = model === place ? undefined : targetOf(list, model, wanted)
    if (target === null) continue
    const worth = (value: number | null) => {
      const found = target === undefined ? value : rescaled(target, value)
      return found === null ? null : found * weight + 0
    }
    const tree = treeOf(list, model, scope, fields, wanted, worth)
    if (tree !== undefined) known.push(tree)
  }
  if (known.length < voices.length) return undefined
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

function* mining(
  translation: Translation,
  element: XmlElement,
  wanted: Wanted,
  scope: FieldScope
): Reading<StepRef | undefined> {
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
  if (numberOf(segmentation.attributes.get('missingThreshold') ?? '1') !== 1)
    return fault(
      findings,
      segmentation.place,
      'A missingThreshold other than 1 is not worked out here: without it, segments without a result are skipped, or there is none.'
    )
  if (method === 'modelChain') return yield* chain(translation, element, segments, wanted, scope)
  const how = Object.hasOwn(COMBINED, method) ? COMBINED[method] : undefined
  const isVote = /majorityvote/i.test(method)
  const isUnfit = wanted.kind === 'number' ? isVote : how === 'max' || how === 'median' || how === 'sum'
  if (how === undefined || isUnfit)
    return fault(
      findings,
      segmentation.place,
      `${shown(method)} is no way to make one ${wanted.kind === 'number' ? 'number' : 'probability'} of several models here.`
    )
  const asked: Wanted = wanted.kind !== 'number' && isVote ? { kind: 'vote', category: wanted.category } : wanted
  const combined = yield* combine(translation, element, segmentation, segments, how, asked, scope)
  if (combined === undefined || wanted.kind !== 'vote') return combined
  return how === 'average' ? vote(translation.list, combined, false) : combined
}

interface Segment extends Voice {
  readonly segment: XmlElement
}

function* combine(
  translation: Translation,
  element: XmlElement,
  segmentation: XmlElement,
  segments: readonly Segment[],
  how: Combination,
  wanted: Wanted,
  scope: FieldScope
): Reading<StepRef | undefined> {
  const { list } = translation
  const conditions = segments.map(({ segment }) => conditionIn(translation, segment, scope))
  if (conditions.includes(undefined)) return undefined
  const always = conditions.every((each) => each !== undefined && isConstant(each) && each.constant === true)
  const treatment = segmentation.attributes.get('missingPredictionTreatment') ?? 'continue'
  if (!/^(continue|skipSegment|returnMissing)$/.test(treatment))
    return fault(list.findings, segmentation.place, `There is no missingPredictionTreatment ${shown(treatment)}.`)
  const isSum = how === 'sum' || how === 'average'
  if (isSum && always && treatment !== 'skipSegment' && segments.every(({ model }) => model.name === 'TreeModel')) {
    const total = segments.reduce((sum, { weight }) => sum + weight, 0)
    const isEven = segments.every(({ weight }) => weight === 1)
    const scale = how === 'average' && !isEven ? 1 / total : 1
    const voices = segments.map(({ model, weight }) => ({ model, weight: weight * scale }))
    return yield* ensemble(translation, element, voices, isEven ? how : 'sum', wanted, scope)
  }
  const known: ReturnType<typeof part>[] = []
  for (const [index, { model, weight }] of segments.entries()) {
    yield
    const ref = yield* modelOf(translation, model, wanted, scope)
    if (ref !== undefined) known.push(part(ref, weight, conditions[index]))
  }
  if (known.length < segments.length) return undefined
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
function* chain(
  translation: Translation,
  element: XmlElement,
  segments: readonly Segment[],
  wanted: Wanted,
  outer: FieldScope
): Reading<StepRef | undefined> {
  const { list } = translation
  const passed = new Map<string, () => StepRef | undefined>()
  const scope: FieldScope = (name, place) => (passed.has(name) ? passed.get(name)?.() : outer(name, place))
  const answers: { model: XmlElement; condition: Term }[] = []
  for (const { segment, model } of segments) {
    const condition = conditionIn(translation, segment, scope)
    if (condition === undefined) return undefined
    answers.push({ model, condition })
    yield* foresee(translation, segments, model, scope)
    for (const [name, put] of outputsOf(translation, model, scope)) {
      passed.set(name, () => {
        const ref = put()
        const gate = ref === undefined ? undefined : part(ref, 1, condition)
        if (ref === undefined || gate === undefined || gate === null || gate.when === undefined) return ref
        return list.add({ do: 'combine', how: 'first', of: [gate] }, `${name} of its segment`, ref.type, ref.isSingle)
      })
    }
  }
  // A model that is sure to run hides those before it.
  const parts: { step: string; when?: string }[] = []
  for (const { model, condition } of answers.toReversed()) {
    const ref = yield* modelOf(translation, model, wanted, scope)
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
 * Works out what a model of a chain answers where one behind it asks for it: asked for by name,
 * deep in an expression, it would be worked out without a pause.
 */
function* foresee(
  translation: Translation,
  segments: readonly Segment[],
  model: XmlElement,
  scope: FieldScope
): Reading<void> {
  const output = childOf(model, 'Output')
  const names = (output === undefined ? [] : childrenOf(output, 'OutputField'))
    .filter(({ attributes }) => (attributes.get('feature') ?? 'predictedValue') === 'predictedValue')
    .map(({ attributes }) => attributes.get('name') ?? '')
  const behind = segments.slice(segments.findIndex((each) => each.model === model) + 1)
  const isAsked = behind.some((each) => minedBy(each.model).some((name) => names.includes(name)))
  if (isAsked && !isClassification(model)) yield* modelOf(translation, model, NUMBER, scope)
}

function minedBy(model: XmlElement): string[] {
  const schema = childOf(model, 'MiningSchema')
  return (schema === undefined ? [] : childrenOf(schema, 'MiningField')).map(
    ({ attributes }) => attributes.get('name') ?? ''
  )
}

/** Works out at once what pauses. */
function atOnce<Result>(reading: Reading<Result>): Result {
  for (let step = reading.next(); ; step = reading.next()) if (step.done) return step.value
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
  if (attributes.get('dataType') === 'float')
    note(list.findings, place, `The output ${shown(name)} is declared as float: it is not cut to 32 bits here.`)
  if (feature === 'predictedValue' && !isClassification(model))
    return atOnce(modelOf(translation, model, NUMBER, outer))
  if (feature === 'probability' && attributes.has('value'))
    return atOnce(modelOf(translation, model, { kind: 'probability', category: attributes.get('value') ?? '' }, outer))
  const expression = expressionIn(field)
  if (feature !== 'transformedValue' || expression === undefined)
    return fault(list.findings, place, `The output ${shown(name)} is ${feature}, which cannot be worked with here.`)
  const term = expressionOf(list, expression, scope, name)
  return term === undefined ? undefined : stepOf(list, term)
}
