import { GRADE_PLACES } from '../../values/rating.ts'
import { attributePoints } from '../attribute-points.ts'
import type {
  CompiledCeiling,
  CompiledCharacteristic,
  CompiledCondition,
  CompiledKnockout,
  CompiledModel,
  CompiledParts,
  CompiledReason,
  CompiledRequirement
} from '../compiled-model.ts'
import type { CeilingResult, KnockoutResult, KnockoutState } from '../score-result.ts'
import { absentContributions } from '../scoring/contributions.ts'
import {
  type AnyCharacteristic,
  type CardModel,
  type Ceiling,
  CHARACTERISTIC_GROUPS,
  type CharacteristicGroup,
  type Condition,
  type Knockout,
  type MissingRule,
  type Notch,
  type Requirement,
  type ScoringModel,
  type SubstituteRule,
  type WoeCharacteristic
} from '../scoring-model.ts'
import { compileReasons } from './compile-reasons.ts'
import { predictiveParts } from './predictive-parts.ts'

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
    ceilings: model.ceilings.map((each) => compileCeiling(each, requirements(each.requires))),
    knockouts: model.knockouts.map((each) => compileKnockout(each, conditions(each))),
    notches: (model.notches ?? []).map(conditions),
    reasons,
    reasonGivers: reasons.map((_, reason) => giversOf(characteristics, reason)),
    reasonPoints: reasons.map(() => 0),
    noPlaces: characteristics.map(() => -1),
    features: featureIds.map((id) => ({ id, inherited: id in {} }))
  }
}

function compileCeiling({ id, bestGrade, reason }: Ceiling, requires: readonly CompiledRequirement[]): CompiledCeiling {
  const result = (met: boolean, applied: boolean): CeilingResult => ({ id, bestGrade, met, applied, reason })
  return {
    requires,
    place: GRADE_PLACES[bestGrade],
    met: result(true, false),
    applied: result(false, true),
    unmet: result(false, false)
  }
}

function compileKnockout(
  { id, capGrade, advice, missing, reason }: Knockout,
  when: readonly CompiledCondition[]
): CompiledKnockout {
  const results = (applied: boolean) => {
    const result = (state: KnockoutState): KnockoutResult => ({
      id,
      capGrade: capGrade ?? null,
      advice: advice ?? 'none',
      state,
      applied,
      reason
    })
    return { clear: result('clear'), fired: result('fired'), not_evaluable: result('not_evaluable') }
  }
  return {
    when,
    place: capGrade === undefined ? 0 : GRADE_PLACES[capGrade],
    advises: advice !== undefined,
    clearWhenMissing: missing === 'clear',
    applied: results(true),
    idle: results(false)
  }
}

function giversOf(characteristics: readonly CompiledCharacteristic[], reason: number): number[] {
  return characteristics.flatMap(({ reasons }, index) => {
    const { strong, weak, weakByAttribute, stale, missing, incomplete } = reasons
    return [strong, weak, ...weakByAttribute, stale, missing, incomplete].includes(reason) ? [index] : []
  })
}

function cardParts(model: CardModel, place: (id: string) => number, reasons: CompiledReason[]): CompiledParts {
  const enabled = enabledCharacteristics(model)
  const points = attributePoints(model).filter((_, index) => model.characteristics[index]?.enabled !== false)
  const spreads = points.map((each) => Math.max(...each) - Math.min(...each))
  const spreadTotal = sum(spreads)
  const characteristics = enabled.map((source, index) => {
    const weight = 'weight' in source ? source.weight : (100 * (spreads[index] ?? 0)) / spreadTotal
    return compileCharacteristic(model, source, points[index] ?? [], weight, place(source.feature), reasons)
  })
  const basePoints = model.kind === 'woe' ? 0 : model.basePoints
  const absent = characteristics.map(absentContributions)
  const independent = characteristics.filter(({ source }) => source.missing.rule !== 'reweight')
  return {
    characteristics,
    basePoints,
    scoreLowest: basePoints + sum(characteristics.map((each) => Math.min(each.pointsMin, each.pointsUnproved))),
    scoreHighest: basePoints + sum(characteristics.map((each) => each.pointsMax)),
    independentMin: sum(independent.map((each) => each.pointsMin)),
    independentSpan: sum(independent.map((each) => each.pointsMax - each.pointsMin)),
    absent,
    unknown: absent.map((each) => each.no_data),
    predictive: undefined
  }
}

/** The characteristics that are scored. */
export function enabledCharacteristics(model: CardModel): AnyCharacteristic[] {
  return model.characteristics.filter((each: AnyCharacteristic) => each.enabled !== false)
}

/**
 * Keeps the rules in order, whatever the model says. A stale or unseen value never earns more than
 * the worst one. A missing value that could be withheld never earns more than those.
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
    whole: model.inputs?.some(({ id, whole }) => id === source.feature && whole === true) === true,
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
 * Points that speak neither for nor against the customer. In a statistical scorecard they are those
 * nearest to a weight of evidence of 0. In any other they are the middle between worst and best,
 * rounded down.
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

/** A rule that could reward a gap is not used: a stale or invented value counts as the worst. */
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
  const share = CHARACTERISTIC_GROUPS.indexOf(requirement.group)
  return { kind: 'points', share, members: places, pointsMin, span, atLeast: requirement.pointsShareAtLeast }
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
