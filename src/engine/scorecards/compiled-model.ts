import { FEATURES } from '../features/feature-catalogue.ts'
import { type CompiledPredicted, compilePredicted, type ExplainedAttributes } from '../predictive/predicted.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import { attributePoints } from './attribute-points.ts'
import type {
  AnyCharacteristic,
  CardModel,
  Characteristic,
  CharacteristicGroup,
  Condition,
  Knockout,
  MissingRule,
  Notch,
  PredictiveCharacteristic,
  PredictiveModel,
  Requirement,
  ScoringModel,
  SubstituteRule,
  WoeCharacteristic
} from './scoring-model.ts'

/** A scoring model made ready for scoring. It never changes. */
export interface CompiledModel {
  readonly model: ScoringModel
  /** Those that are enabled, in the order of the model. */
  readonly characteristics: readonly CompiledCharacteristic[]
  /**
   * Every feature that the model looks at, once; what follows refers to them by their place here.
   */
  readonly features: readonly CompiledFeature[]
  readonly basePoints: number
  readonly weightTotal: number
  /** The lowest and highest score that is possible. */
  readonly scoreLowest: number
  readonly scoreHighest: number
  /**
   * Sums over the characteristics that no other's points depend on: of their fewest points, and of
   * the span to their most.
   */
  readonly independentMin: number
  readonly independentSpan: number
  readonly evidence: readonly (readonly CompiledRequirement[])[]
  readonly ceilings: readonly (readonly CompiledRequirement[])[]
  readonly knockouts: readonly (readonly CompiledCondition[])[]
  readonly notches: readonly (readonly CompiledCondition[])[]
  /**
   * Every reason that a characteristic can give; a characteristic refers to them by their place
   * here.
   */
  readonly reasons: readonly CompiledReason[]
  /** No points for any of them, to begin with. */
  readonly reasonPoints: readonly number[]
  /** Of a predictive model; undefined of a card. */
  readonly predictive: CompiledPredictive | undefined
}

export interface CompiledPredictive {
  readonly predicted: CompiledPredicted
  /**
   * The inputs of the predictor: the place of the feature, and from which age on it counts as
   * missing.
   */
  readonly inputs: readonly { readonly feature: number; readonly maxAgeDays: number }[]
}

export interface CompiledReason {
  readonly code: ReasonCode
  readonly direction: 'adverse' | 'favourable'
  /** The code of the model's own catalogue; undefined where it has none. */
  readonly own: string | undefined
}

/** The places of the reasons that a characteristic can give. */
export interface CompiledReasons {
  readonly strong: number
  readonly weak: number
  /**
   * By attribute, where the model gives another reason of its own there; empty where it does
   * nowhere.
   */
  readonly weakByAttribute: readonly number[]
  readonly stale: number
  /** Nothing is known, or what is known is not enough to work the value out. */
  readonly missing: number
  readonly incomplete: number
}

interface CompiledFeature {
  readonly id: string
  /** Whether plain objects have something by this name that is no feature. */
  readonly inherited: boolean
}

export interface CompiledCharacteristic {
  readonly source: AnyCharacteristic
  readonly feature: number
  /** Infinity where a value never grows stale. */
  readonly maxAgeDays: number
  /** Share of the scorecard in percent. */
  readonly weight: number
  /** By attribute. */
  readonly points: readonly number[]
  readonly pointsMin: number
  readonly pointsMax: number
  /** What speaks neither for nor against the customer, and where the reasons begin. */
  readonly pointsNeutral: number
  readonly pointsBaseline: number
  /**
   * From these points on it speaks for the customer, and by how much is counted from
   * `pointsGainFrom`.
   */
  readonly pointsStrong: number
  readonly pointsGainFrom: number
  readonly reasons: CompiledReasons
  /**
   * What a stale value earns, and a category in no attribute; undefined when that counts as
   * missing. Never more than `pointsMin`.
   */
  readonly pointsStale: number
  readonly pointsUnseen: number | undefined
  /**
   * What a missing value earns; undefined where it takes the share of points that the others
   * earned.
   */
  readonly pointsMissing: number | undefined
  /** What a missing value earns as far as anything is proved. */
  readonly pointsUnproved: number
  /** Whether there is no score when the value is missing, and when it is stale. */
  readonly missingUnrated: boolean
  readonly staleUnrated: boolean
  readonly numeric: boolean
  /**
   * Lower bounds of the numeric attributes from the second on, rising. Empty for the other types.
   */
  readonly bounds: readonly number[]
  /** Attribute index by value, for categories and booleans. */
  readonly indexByValue: ReadonlyMap<string | boolean, number>
}

/**
 * A requirement with the places of what it looks at. `share` is at least `atLeast`, or the value of
 * the feature is.
 */
export type CompiledRequirement =
  | { readonly kind: 'feature'; readonly feature: number; readonly maxAgeDays: number; readonly atLeast: number }
  | {
      readonly kind: 'coverage'
      readonly members: readonly number[]
      readonly weight: number
      readonly atLeast: number
    }
  | {
      readonly kind: 'points'
      readonly members: readonly number[]
      readonly pointsMin: number
      readonly span: number
      readonly atLeast: number
    }

export interface CompiledCondition {
  readonly feature: number
  readonly equals: string | boolean | undefined
  readonly atLeast: number
  readonly below: number
}

/**
 * Prepares a model that `modelFaults` has found fit. Done once per version; the result may be kept
 * and shared.
 */
export function compileModel(model: ScoringModel): CompiledModel {
  const reasons: CompiledReason[] = []
  const featureIds: string[] = []
  const place = (id: string): number => {
    const known = featureIds.indexOf(id)
    return known >= 0 ? known : featureIds.push(id) - 1
  }
  const parts = model.kind === 'predictive' ? predictiveParts(model, place, reasons) : cardParts(model, place, reasons)
  const { characteristics } = parts
  const maxAges = maxAgeByFeature(characteristics)
  const requirements = (requires: readonly Requirement[]) =>
    requires.map((each) => compileRequirement(each, characteristics, maxAges, place))
  const conditions = ({ when }: Knockout | Notch) => when.map((each) => compileCondition(each, place))
  return {
    model,
    ...parts,
    weightTotal: sum(characteristics.map((each) => each.weight)),
    evidence: model.evidence.map(({ requires }) => requirements(requires)),
    ceilings: model.ceilings.map(({ requires }) => requirements(requires)),
    knockouts: model.knockouts.map(conditions),
    notches: (model.notches ?? []).map(conditions),
    reasons,
    reasonPoints: reasons.map(() => 0),
    features: featureIds.map((id) => ({ id, inherited: id in {} }))
  }
}

/** What depends on how a model works out its score. */
type Parts = Pick<
  CompiledModel,
  | 'characteristics'
  | 'basePoints'
  | 'scoreLowest'
  | 'scoreHighest'
  | 'independentMin'
  | 'independentSpan'
  | 'predictive'
>

function cardParts(model: CardModel, place: (id: string) => number, reasons: CompiledReason[]): Parts {
  const enabled = enabledCharacteristics(model)
  const points = attributePoints(model).filter((_, index) => model.characteristics[index]?.enabled !== false)
  const spreads = points.map((each) => Math.max(...each) - Math.min(...each))
  const spreadTotal = sum(spreads)
  const characteristics = enabled.map((source, index) => {
    const weight = 'weight' in source ? source.weight : (100 * (spreads[index] ?? 0)) / spreadTotal
    return compileCharacteristic(model, source, points[index] ?? [], weight, place(source.feature), reasons)
  })
  const basePoints = model.kind === 'woe' ? 0 : model.basePoints
  const independent = characteristics.filter(({ source }) => source.missing.rule !== 'reweight')
  return {
    characteristics,
    basePoints,
    scoreLowest: basePoints + sum(characteristics.map((each) => Math.min(each.pointsMin, each.pointsUnproved))),
    scoreHighest: basePoints + sum(characteristics.map((each) => each.pointsMax)),
    independentMin: sum(independent.map((each) => each.pointsMin)),
    independentSpan: sum(independent.map((each) => each.pointsMax - each.pointsMin)),
    predictive: undefined
  }
}

/** Of a predictive model the predictor says the points; its characteristics explain them. */
function predictiveParts(model: PredictiveModel, place: (id: string) => number, reasons: CompiledReason[]): Parts {
  const predicted = compilePredicted(model.predictor, model.characteristics, model.scaling)
  const ages = new Map(model.characteristics.map(({ feature, maxAgeDays }) => [feature, maxAgeDays]))
  const characteristics = model.characteristics.map((each, index) => {
    const attributes = predicted.attributes[index]
    const feature = place(each.feature)
    return explainingCharacteristic(model, each, feature, attributes, reasons)
  })
  return {
    characteristics,
    basePoints: 0,
    scoreLowest: predicted.lowest,
    scoreHighest: predicted.highest,
    independentMin: 0,
    independentSpan: 0,
    predictive: {
      predicted,
      inputs: predicted.program.inputs.map((id) => ({
        feature: place(id),
        maxAgeDays: ages.get(id) ?? Number.POSITIVE_INFINITY
      }))
    }
  }
}

/**
 * Against the average a characteristic of a predictive model has no baseline but 0; one of a card
 * has the most that it can earn.
 */
function explainingCharacteristic(
  model: PredictiveModel,
  source: PredictiveCharacteristic,
  feature: number,
  attributes: ExplainedAttributes | undefined,
  reasons: CompiledReason[]
): CompiledCharacteristic {
  const points = attributes?.points ?? []
  const pointsMin = points.length > 0 ? Math.min(...points) : -1
  const pointsMax = points.length > 0 ? Math.max(...points) : 1
  const best = points.length > 0 ? pointsMax : 0
  const sign = model.reasons?.ranking === 'above' ? -1 : 1
  const baseline = sign * (source.baseline ?? best)
  return {
    // The predictor does what attributes and rules do in a card.
    source: { ...source, attributes: [], missing: { rule: 'worst' }, weight: 0 } as unknown as Characteristic,
    feature,
    maxAgeDays: source.maxAgeDays ?? Number.POSITIVE_INFINITY,
    weight: source.weight ?? 100 / model.characteristics.length,
    points: [],
    pointsMin,
    pointsMax,
    pointsNeutral: 0,
    pointsBaseline: baseline,
    pointsStrong: baseline,
    pointsGainFrom: baseline,
    reasons: compileReasons(source, attributeCodes(model, source.id), reasons),
    pointsStale: 0,
    pointsUnseen: undefined,
    pointsMissing: 0,
    pointsUnproved: 0,
    missingUnrated: false,
    staleUnrated: false,
    numeric: source.type === 'numeric',
    bounds: [],
    indexByValue: new Map()
  }
}

/** The reason codes of the attributes of a card. */
function attributeCodes({ predictor }: PredictiveModel, id: string): (string | undefined)[] {
  for (const step of predictor.steps) {
    const found = step.do === 'card' ? step.characteristics.find((each) => each.id === id) : undefined
    if (found !== undefined) return found.attributes.map(({ reasonCode }) => reasonCode)
  }
  return []
}

/** The characteristics that are scored. */
export function enabledCharacteristics(model: CardModel): AnyCharacteristic[] {
  return model.characteristics.filter((each: AnyCharacteristic) => each.enabled !== false)
}

/**
 * Keeps the order of the rules whatever the model says: stale and unseen are never worth more than
 * the worst, nor missing more than they where it could be withheld.
 */
function compileCharacteristic(
  model: CardModel,
  source: AnyCharacteristic,
  points: readonly number[],
  weight: number,
  feature: number,
  reasons: CompiledReason[]
): CompiledCharacteristic {
  const pointsMin = Math.min(...points)
  const pointsMax = Math.max(...points)
  const pointsNeutral = neutralPoints(model, source, pointsMin, pointsMax)
  const { missing } = source
  const stale = substitute(source.stale, missing)
  const unseen = source.type === 'category' && source.unseen?.rule !== 'missing' ? source.unseen : undefined
  const pointsStale = pointsOfRule(stale, pointsMin)
  const pointsUnseen = unseen === undefined ? undefined : pointsOfRule(unseen, pointsMin)
  const pointsUnproved = Math.min(pointsOfRule(missing, pointsMin), pointsStale, pointsUnseen ?? pointsStale)
  return {
    source,
    feature,
    maxAgeDays: source.maxAgeDays ?? Number.POSITIVE_INFINITY,
    weight,
    points,
    pointsMin,
    pointsMax,
    pointsNeutral,
    ...baselineOf(model, source, pointsMin, pointsNeutral, pointsMax),
    reasons: compileReasons(
      source,
      source.attributes.map((each) => ('reasonCode' in each ? each.reasonCode : undefined)),
      reasons
    ),
    pointsStale,
    pointsUnseen: unseen?.rule === 'unrated' ? undefined : pointsUnseen,
    pointsUnproved,
    pointsMissing:
      missing.rule === 'reweight' ? undefined : missing.rule === 'neutral' ? pointsNeutral : pointsUnproved,
    missingUnrated: [missing, stale, unseen].some((each) => each?.rule === 'unrated'),
    staleUnrated: stale.rule === 'unrated',
    numeric: source.type === 'numeric',
    bounds:
      source.type === 'numeric' ? source.attributes.slice(1).map((each) => each.from ?? Number.NEGATIVE_INFINITY) : [],
    indexByValue: new Map(
      source.type === 'numeric'
        ? []
        : source.attributes.flatMap((each, index) => each.values.map((value) => [value, index] as const))
    )
  }
}

/**
 * Points that speak neither for nor against the customer: in a statistical scorecard those of a
 * weight of evidence of 0, as close as its attributes come, otherwise the middle between worst and
 * best, rounded down.
 */
function neutralPoints(model: CardModel, source: AnyCharacteristic, pointsMin: number, pointsMax: number): number {
  if (model.kind !== 'woe') return Math.floor((pointsMin + pointsMax) / 2)
  const neutral = { ...source, attributes: [{ values: [], woe: 0 }] } as WoeCharacteristic
  const others = new Array<WoeCharacteristic>(enabledCharacteristics(model).length - 1).fill(neutral)
  const points = attributePoints({ ...model, characteristics: [neutral, ...others] })[0]?.[0] ?? pointsMin
  return Math.min(Math.max(points, pointsMin), pointsMax)
}

/**
 * Against the best, a characteristic speaks for the customer from this share of its points between
 * worst and best.
 */
const STRENGTH_SHARE = 0.75

type Baseline = Pick<CompiledCharacteristic, 'pointsBaseline' | 'pointsStrong' | 'pointsGainFrom'>

/**
 * Against the best, strengths are measured from the worst. Against any other baseline both sides
 * are measured from it.
 */
function baselineOf(
  model: CardModel,
  source: AnyCharacteristic,
  pointsMin: number,
  pointsNeutral: number,
  pointsMax: number
): Baseline {
  const { baseline = 'best' } = model.reasons ?? {}
  if (baseline === 'best') {
    const pointsStrong = pointsMin + STRENGTH_SHARE * (pointsMax - pointsMin)
    return { pointsBaseline: pointsMax, pointsStrong, pointsGainFrom: pointsMin }
  }
  const stated = baseline === 'neutral' ? pointsNeutral : (source.baseline ?? pointsMax)
  const from = model.reasons?.ranking === 'above' ? 0 - stated : stated
  return { pointsBaseline: from, pointsStrong: from, pointsGainFrom: from }
}

type Explained = Pick<
  Characteristic | WoeCharacteristic | PredictiveCharacteristic,
  'group' | 'feature' | 'reason' | 'strength' | 'reasonCode'
>

const MISSING_CODES: Readonly<Record<CharacteristicGroup, ReasonCode>> = {
  statements: 'STATEMENTS_MISSING',
  payment_behaviour: 'PAYMENT_HISTORY_MISSING',
  records: 'RECORDS_MISSING',
  standing: 'STANDING_UNKNOWN',
  qualitative: 'ASSESSMENT_BY_PERSON_MISSING',
  profile: 'PROFILE_INCOMPLETE',
  person: 'PROFILE_INCOMPLETE'
}

/**
 * The reasons in the order of the model: of those that weigh the same, the earlier is named first.
 */
function compileReasons(
  { group, feature, reason, strength, reasonCode }: Explained,
  attributeCodes: readonly (string | undefined)[],
  reasons: CompiledReason[]
): CompiledReasons {
  const place = (code: ReasonCode, direction: CompiledReason['direction'], own = reasonCode): number => {
    const known = reasons.findIndex((each) => each.code === code && each.direction === direction && each.own === own)
    return known >= 0 ? known : reasons.push({ code, direction, own }) - 1
  }
  const isDifferent = attributeCodes.some((each) => each !== undefined)
  const statements = group === 'statements'
  const stated = Object.hasOwn(FEATURES, feature) && FEATURES[feature]?.source === 'profile'
  const missing = stated ? 'PROFILE_INCOMPLETE' : MISSING_CODES[group]
  return {
    weak: place(reason, 'adverse'),
    strong: place(strength, 'favourable'),
    weakByAttribute: isDifferent ? attributeCodes.map((each) => place(reason, 'adverse', each ?? reasonCode)) : [],
    stale: place(statements ? 'STATEMENTS_STALE' : 'INPUT_STALE', 'adverse'),
    missing: place(missing, 'adverse'),
    incomplete: place(statements ? 'STATEMENT_ITEMS_MISSING' : missing, 'adverse')
  }
}

/**
 * A rule that could reward is never passed on: what grows stale, or is made up, counts as the worst
 * instead.
 */
function substitute(rule: SubstituteRule | undefined, missing: MissingRule): MissingRule {
  if (rule !== undefined && rule.rule !== 'missing') return rule
  return missing.rule === 'neutral' || missing.rule === 'reweight' ? { rule: 'worst' } : missing
}

function pointsOfRule(rule: SubstituteRule | MissingRule, pointsMin: number): number {
  return rule.rule === 'points' ? Math.min(rule.points, pointsMin) : pointsMin
}

/** The shortest age in days at which a characteristic lets a feature grow stale. */
function maxAgeByFeature(characteristics: readonly CompiledCharacteristic[]): Map<string, number> {
  const ages = new Map<string, number>()
  for (const { source } of characteristics) {
    const { feature, maxAgeDays } = source
    if (maxAgeDays !== undefined) ages.set(feature, Math.min(maxAgeDays, ages.get(feature) ?? maxAgeDays))
  }
  return ages
}

function compileRequirement(
  requirement: Requirement,
  characteristics: readonly CompiledCharacteristic[],
  maxAges: ReadonlyMap<string, number>,
  place: (id: string) => number
): CompiledRequirement {
  if ('feature' in requirement) {
    const { feature, atLeast } = requirement
    return {
      kind: 'feature',
      feature: place(feature),
      maxAgeDays: maxAges.get(feature) ?? Number.POSITIVE_INFINITY,
      atLeast
    }
  }
  const members = membersOf(characteristics, requirement.group)
  const own = members.map(({ each }) => each)
  const places = members.map(({ index }) => index)
  if ('coverageAtLeast' in requirement) {
    const weight = sum(own.map((each) => each.weight))
    return { kind: 'coverage', members: places, weight, atLeast: requirement.coverageAtLeast }
  }
  const pointsMin = sum(own.map((each) => each.pointsMin))
  const span = sum(own.map((each) => each.pointsMax)) - pointsMin
  return { kind: 'points', members: places, pointsMin, span, atLeast: requirement.pointsShareAtLeast }
}

function membersOf(
  characteristics: readonly CompiledCharacteristic[],
  group: CharacteristicGroup
): { each: CompiledCharacteristic; index: number }[] {
  return characteristics.map((each, index) => ({ each, index })).filter(({ each }) => each.source.group === group)
}

function compileCondition(condition: Condition, place: (id: string) => number): CompiledCondition {
  return {
    feature: place(condition.feature),
    equals: condition.equals,
    atLeast: condition.atLeast ?? Number.NEGATIVE_INFINITY,
    below: condition.below ?? Number.POSITIVE_INFINITY
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
