import { attributePoints } from './attribute-points.ts'
import { type BusinessDate, daysBetween } from './dates.ts'
import type { Feature, FeatureValue, MissingReason } from './features.ts'
import { compareGrades, type Grade, gradeOfPd, MASTER_SCALE, PD_FLOOR, worseOf } from './rating.ts'
import type { ReasonCode } from './reasons.ts'
import type {
  Characteristic,
  CharacteristicGroup,
  Condition,
  MissingRule,
  Requirement,
  Scaling,
  ScoringModel,
  SubstituteRule,
  WoeCharacteristic
} from './scoring-model.ts'

export const SCORE_STATUSES = ['rated', 'unrated'] as const
export type ScoreStatus = (typeof SCORE_STATUSES)[number]

export const CONTRIBUTION_STATES = ['present', 'missing', 'stale'] as const
export type ContributionState = (typeof CONTRIBUTION_STATES)[number]

/** What one characteristic brought to the score. */
export interface Contribution {
  id: string
  group: CharacteristicGroup
  feature: string
  /** The value seen; also a stale one. Null when missing. */
  value: FeatureValue | null
  state: ContributionState
  /** Why the value is missing; null when it is not. */
  missing: MissingReason | null
  /** Date and source of the value; null when missing. */
  asOf: BusinessDate | null
  source: string | null
  /** Index of the attribute that the value fell into; null when a rule gave the points: for missing, stale or unseen values. */
  attribute: number | null
  points: number
  pointsMax: number
  /** pointsMax - points */
  pointsLost: number
  weight: number
  reason: ReasonCode
}

/** Whether the evidence allows a grade better than `bestGrade`. */
export interface CeilingResult {
  id: string
  bestGrade: Grade
  met: boolean
  /** Whether it lowered the grade. */
  applied: boolean
  reason: ReasonCode
}

export const KNOCKOUT_STATES = ['clear', 'fired', 'not_evaluable'] as const
export type KnockoutState = (typeof KNOCKOUT_STATES)[number]

export interface KnockoutResult {
  id: string
  capGrade: Grade
  state: KnockoutState
  /** Whether it lowered the grade. One that is not evaluable counts as fired. */
  applied: boolean
  reason: ReasonCode
}

/** From what the known inputs alone prove, to what it would be if every missing or stale input came in at its best. */
export interface ScoreRange {
  scoreMin: number
  scoreMax: number
  /** The worse grade. */
  gradeMin: Grade
  /** The better grade. */
  gradeMax: Grade
}

export interface ScoreReason {
  code: ReasonCode
  direction: 'adverse' | 'favourable'
  /** Points lost, or earned above the worst, by the characteristics that share the code; 0 for one that is not about points. */
  points: number
  /** Ids of those characteristics, or of the ceiling or knock-out. */
  from: string[]
}

/** The outcome of one scoring with its whole working: basePoints and the points of all contributions add up to the score. */
export interface ScoreResult {
  model: { id: string; version: number }
  asOf: BusinessDate
  status: ScoreStatus
  /** Null when unrated, as are the next three. */
  score: number | null
  /** Probability of default within a year, rounded to six decimals: never below the grade's band. */
  pd: number | null
  grade: Grade | null
  /** The grade that the score alone gives, before ceilings and knock-outs. */
  gradeBeforeKnockouts: Grade | null
  /** Share 0..1 of the weight that is known and fresh. */
  coverage: number
  basePoints: number
  range: ScoreRange
  contributions: Contribution[]
  ceilings: CeilingResult[]
  knockouts: KnockoutResult[]
  /** At most four adverse, then at most two favourable, each by points. */
  reasons: ScoreReason[]
}

/** The features of one customer as of one day, by feature id. A feature that is not there is missing. */
export type FeatureSet = Readonly<Record<string, Feature>>

/** A scoring model made ready for scoring. It is plain data and never changes. */
export interface CompiledModel {
  readonly model: ScoringModel
  readonly characteristics: readonly CompiledCharacteristic[]
  readonly weightTotal: number
  /** The shortest age in days at which a characteristic lets a feature grow stale, by feature id. */
  readonly maxAgeByFeature: ReadonlyMap<string, number>
}

interface CompiledCharacteristic {
  readonly source: Characteristic | WoeCharacteristic
  /** Share of the scorecard in percent. */
  readonly weight: number
  /** By attribute. */
  readonly points: readonly number[]
  readonly pointsMin: number
  readonly pointsMax: number
  /** What a stale value earns, and a category in no attribute; undefined when that counts as missing. Never more than `pointsMin`. */
  readonly pointsStale: number
  readonly pointsUnseen: number | undefined
  /** What a missing value earns: never more than any other. */
  readonly pointsMissing: number
  /** Whether there is no score when the value is missing, and when it is stale. */
  readonly missingUnrated: boolean
  readonly staleUnrated: boolean
  /** Lower bounds of the numeric attributes, rising; the first is -Infinity. Empty for the other types. */
  readonly bounds: readonly number[]
  /** Attribute index by value, for categories and booleans. */
  readonly indexByValue: ReadonlyMap<string | boolean, number>
}

/** Prepares a model that `modelFaults` has found fit. Done once per version; the result may be kept and shared. */
export function compileModel(model: ScoringModel): CompiledModel {
  const points = attributePoints(model)
  const spreads = points.map((each) => Math.max(...each) - Math.min(...each))
  const spreadTotal = sum(spreads)
  const characteristics = model.characteristics.map((source, index) => {
    const weight = 'weight' in source ? source.weight : (100 * (spreads[index] ?? 0)) / spreadTotal
    return compileCharacteristic(source, points[index] ?? [], weight)
  })
  const maxAgeByFeature = new Map<string, number>()
  for (const { feature, maxAgeDays } of model.characteristics) {
    if (maxAgeDays === undefined) continue
    maxAgeByFeature.set(feature, Math.min(maxAgeDays, maxAgeByFeature.get(feature) ?? maxAgeDays))
  }
  return { model, characteristics, weightTotal: sum(characteristics.map((each) => each.weight)), maxAgeByFeature }
}

/** Keeps the order of the rules whatever the model says: missing is never worth more than stale or unseen, nor those than the worst. */
function compileCharacteristic(
  source: Characteristic | WoeCharacteristic,
  points: readonly number[],
  weight: number
): CompiledCharacteristic {
  const pointsMin = Math.min(...points)
  const { missing } = source
  const stale = resolved(source.stale, missing)
  const unseen = source.type === 'category' && source.unseen?.rule !== 'missing' ? source.unseen : undefined
  const pointsStale = pointsOfRule(stale, pointsMin)
  const pointsUnseen = unseen === undefined ? undefined : pointsOfRule(unseen, pointsMin)
  return {
    source,
    weight,
    points,
    pointsMin,
    pointsMax: Math.max(...points),
    pointsStale,
    pointsUnseen: unseen?.rule === 'unrated' ? undefined : pointsUnseen,
    pointsMissing: Math.min(pointsOfRule(missing, pointsMin), pointsStale, pointsUnseen ?? pointsStale),
    missingUnrated: [missing, stale, unseen].some((each) => each?.rule === 'unrated'),
    staleUnrated: stale.rule === 'unrated',
    bounds: source.type === 'numeric' ? source.attributes.map((each) => each.from ?? Number.NEGATIVE_INFINITY) : [],
    indexByValue: new Map(
      source.type === 'numeric'
        ? []
        : source.attributes.flatMap((each, index) => each.values.map((value) => [value, index] as const))
    )
  }
}

function resolved(rule: SubstituteRule | undefined, missing: MissingRule): MissingRule {
  return rule === undefined || rule.rule === 'missing' ? missing : rule
}

function pointsOfRule(rule: SubstituteRule, pointsMin: number): number {
  return rule.rule === 'points' ? Math.min(rule.points, pointsMin) : pointsMin
}

/**
 * Scores one customer: the sum of points, the probability of default on the model's scale, and the grade after ceilings and knock-outs.
 *
 * Pure and total. A value that is not finite, of the wrong type or dated after `asOf` counts as missing, and so does a category in
 * no attribute unless the model has a rule for it.
 * Removing an input, or letting it grow stale, never raises the score or the grade: a missing value earns no more than the worst
 * value would, requirements are only ever fulfilled by evidence, and a knock-out that cannot be evaluated fires or leaves the
 * customer unrated. The grade after knock-outs and the PD agree: the PD is raised to the grade's band.
 */
export function score(compiled: CompiledModel, features: FeatureSet, asOf: BusinessDate): ScoreResult {
  const { model } = compiled
  const contributions = compiled.characteristics.map((each) => contributionOf(each, features, asOf))
  const observed = stateOf(compiled, contributions, features, asOf, (each) => each.points)
  const bestCase = stateOf(compiled, contributions, features, asOf, (each) => bestPointsOf(each))
  const before = gradeOfPd(observed.pd)
  const knockouts = model.knockouts.map((each) => {
    const state = knockoutState(each.when, features, asOf)
    const applied = state !== 'clear' && compareGrades(before, each.capGrade) < 0
    return { id: each.id, capGrade: each.capGrade, state, applied, reason: each.reason }
  })
  const final = gradeAfterAll(compiled, observed, knockouts)
  const unratedReasons = whyUnrated(compiled, contributions, observed, knockouts)
  const rated = unratedReasons.length === 0
  const range = rangeOf(compiled, observed, bestCase, knockouts)
  return {
    model: { id: model.id, version: model.version },
    asOf,
    status: rated ? 'rated' : 'unrated',
    score: rated ? observed.score : null,
    pd: rated ? Math.max(observed.pd, MASTER_SCALE[final.grade].pdFrom) : null,
    grade: rated ? final.grade : null,
    gradeBeforeKnockouts: rated ? before : null,
    coverage: rounded(observed.coverage, 4),
    basePoints: basePointsOf(model),
    range,
    contributions,
    ceilings: final.ceilings,
    knockouts,
    reasons: reasonsOf(compiled, contributions, final.ceilings, knockouts, unratedReasons)
  }
}

/** PD = 1 / (1 + odds), the odds good:bad doubling every `pointsToDoubleOdds` points; never below the floor; six decimals. */
export function pdOfScore(scaling: Scaling, points: number): number {
  const odds = scaling.odds * Math.exp(((points - scaling.points) / scaling.pointsToDoubleOdds) * Math.LN2)
  return Math.max(PD_FLOOR, rounded(1 / (1 + odds), 6))
}

/** The score that corresponds to a PD: the inverse of `pdOfScore` above the floor. The PD lies between 0 and 1, both excluded. */
export function scoreOfPd(scaling: Scaling, pd: number): number {
  return scaling.points + (scaling.pointsToDoubleOdds * Math.log((1 - pd) / pd / scaling.odds)) / Math.LN2
}

/**
 * The PD of a score: that of its band where the model has a calibration table, else that of its scaling. Never below the floor, and
 * never higher for a higher score.
 */
export function pdOfModel(model: ScoringModel, points: number): number {
  const { calibration } = model
  if (calibration === undefined) return pdOfScore(model.scaling, points)
  const band = calibration.findLast(({ from }) => from === undefined || points >= from)
  return Math.max(PD_FLOOR, band?.pd ?? 1)
}

/** A statistical scorecard has its constant in the points of its characteristics. */
function basePointsOf(model: ScoringModel): number {
  return model.kind === 'woe' ? 0 : model.basePoints
}

type Seen =
  | { state: 'present' | 'stale'; value: FeatureValue; asOf: BusinessDate; source: string }
  | { state: 'missing'; missing: MissingReason }

/** A feature as the model may see it. */
function see(features: FeatureSet, id: string, asOf: BusinessDate, maxAgeDays?: number): Seen {
  const feature = Object.hasOwn(features, id) ? features[id] : undefined
  if (feature === undefined) return { state: 'missing', missing: 'no_data' }
  if ('missing' in feature) return { state: 'missing', missing: feature.missing }
  const ageDays = daysBetween(feature.asOf, asOf)
  const { value } = feature
  if (!(ageDays >= 0) || (typeof value === 'number' && !Number.isFinite(value))) {
    return { state: 'missing', missing: 'invalid' }
  }
  const stale = maxAgeDays !== undefined && ageDays > maxAgeDays
  return { state: stale ? 'stale' : 'present', value, asOf: feature.asOf, source: feature.source }
}

function contributionOf(each: CompiledCharacteristic, features: FeatureSet, asOf: BusinessDate): Contribution {
  const { source } = each
  const seen = see(features, source.feature, asOf, source.maxAgeDays)
  const use = useOf(each, seen)
  const known = seen.state !== 'missing' && use.state !== 'missing' ? seen : undefined
  return {
    id: source.id,
    group: source.group,
    feature: source.feature,
    value: known?.value ?? null,
    state: use.state,
    missing: known !== undefined ? null : seen.state === 'missing' ? seen.missing : 'invalid',
    asOf: known?.asOf ?? null,
    source: known?.source ?? null,
    attribute: use.attribute,
    points: use.points,
    pointsMax: each.pointsMax,
    pointsLost: each.pointsMax - use.points,
    weight: each.weight,
    reason: source.reason
  }
}

/** What a characteristic makes of a value. A category in no attribute that has grown stale counts as missing. */
function useOf(each: CompiledCharacteristic, seen: Seen): Pick<Contribution, 'state' | 'attribute' | 'points'> {
  const missing = { state: 'missing', attribute: null, points: each.pointsMissing } as const
  if (seen.state === 'missing') return missing
  const attribute = attributeOf(each, seen.value)
  if (attribute !== undefined) {
    if (seen.state === 'stale') return { state: 'stale', attribute: null, points: each.pointsStale }
    return { state: 'present', attribute, points: each.points[attribute] ?? each.pointsMissing }
  }
  const unseen = seen.state === 'present' && typeof seen.value === 'string' ? each.pointsUnseen : undefined
  return unseen === undefined ? missing : { state: 'present', attribute: null, points: unseen }
}

/** Index of the attribute that holds a value; undefined when the value is of another type or in no attribute. */
function attributeOf(each: CompiledCharacteristic, value: FeatureValue): number | undefined {
  if (each.source.type !== 'numeric') {
    return typeof value === 'number' ? undefined : each.indexByValue.get(value)
  }
  if (typeof value !== 'number') return undefined
  let index = 0
  while (index + 1 < each.bounds.length && value >= (each.bounds[index + 1] ?? Number.POSITIVE_INFINITY)) index += 1
  return index
}

function bestPointsOf(contribution: Contribution): number {
  return contribution.state === 'present' ? contribution.points : contribution.pointsMax
}

/** What a set of points amounts to: as observed, or as it would be with every unknown at its best. */
interface State {
  score: number
  pd: number
  coverage: number
  holds: (requirement: Requirement) => boolean
}

function stateOf(
  compiled: CompiledModel,
  contributions: readonly Contribution[],
  features: FeatureSet,
  asOf: BusinessDate,
  pointsOf: (contribution: Contribution) => number
): State {
  const { model } = compiled
  const total = basePointsOf(model) + sum(contributions.map(pointsOf))
  const optimistic = pointsOf === bestPointsOf
  return {
    score: total,
    pd: pdOfModel(model, total),
    coverage: coverageOf(contributions, compiled.weightTotal),
    holds: (requirement) => {
      if ('feature' in requirement) {
        const seen = see(features, requirement.feature, asOf, compiled.maxAgeByFeature.get(requirement.feature))
        if (seen.state !== 'present') return optimistic
        return typeof seen.value === 'number' && seen.value >= requirement.atLeast
      }
      const members = compiled.characteristics.filter((each) => each.source.group === requirement.group)
      const own = contributions.filter((each) => each.group === requirement.group)
      if ('coverageAtLeast' in requirement) {
        return optimistic || coverageOf(own, sum(own.map((each) => each.weight))) >= requirement.coverageAtLeast
      }
      return pointsShare(members, own.map(pointsOf)) >= requirement.pointsShareAtLeast
    }
  }
}

/** Share 0..1 of the weight that is present; 0 for an empty group. */
function coverageOf(contributions: readonly Contribution[], weightTotal: number): number {
  const weight = sum(contributions.filter((each) => each.state === 'present').map((each) => each.weight))
  return weightTotal > 0 ? weight / weightTotal : 0
}

/** Share of the points between worst and best, at least 0; 0 for an empty group. */
function pointsShare(members: readonly CompiledCharacteristic[], points: readonly number[]): number {
  const worst = sum(members.map((each) => each.pointsMin))
  const best = sum(members.map((each) => each.pointsMax))
  return best > worst ? Math.max(0, (sum(points) - worst) / (best - worst)) : 0
}

/** A condition about a value that is not there makes the knock-out not evaluable, unless another condition is known not to hold. */
function knockoutState(when: readonly Condition[], features: FeatureSet, asOf: BusinessDate): KnockoutState {
  const answers = when.map((condition) => holdsFor(condition, see(features, condition.feature, asOf)))
  if (answers.includes(false)) return 'clear'
  return answers.includes(undefined) ? 'not_evaluable' : 'fired'
}

function holdsFor(condition: Condition, seen: Seen): boolean | undefined {
  if (seen.state === 'missing') return undefined
  const { value } = seen
  if (condition.equals !== undefined) {
    return typeof value === typeof condition.equals ? value === condition.equals : undefined
  }
  if (typeof value !== 'number') return undefined
  const reaches = condition.atLeast === undefined || value >= condition.atLeast
  return reaches && (condition.below === undefined || value < condition.below)
}

interface FinalGrade {
  grade: Grade
  ceilings: CeilingResult[]
}

/** The grade after ceilings, then knock-outs. A knock-out that cannot be evaluated limits the grade as if it had fired. */
function gradeAfterAll(compiled: CompiledModel, state: State, knockouts: readonly KnockoutResult[]): FinalGrade {
  const before = gradeOfPd(state.pd)
  const ceilings = compiled.model.ceilings.map((each) => {
    const met = each.requires.every(state.holds)
    const applied = !met && compareGrades(before, each.bestGrade) < 0
    return { id: each.id, bestGrade: each.bestGrade, met, applied, reason: each.reason }
  })
  const caps = [
    ...ceilings.filter((each) => !each.met).map((each) => each.bestGrade),
    ...knockouts.filter((each) => each.state !== 'clear').map((each) => each.capGrade)
  ]
  return { grade: caps.reduce(worseOf, before), ceilings }
}

/** What is known not to fire stays clear at best and at worst; what is not evaluable may still turn out clear. */
function rangeOf(compiled: CompiledModel, worst: State, best: State, knockouts: readonly KnockoutResult[]): ScoreRange {
  const atBest = knockouts.filter((each) => each.state === 'fired')
  return {
    scoreMin: worst.score,
    scoreMax: best.score,
    gradeMin: gradeAfterAll(compiled, worst, knockouts).grade,
    gradeMax: gradeAfterAll(compiled, best, atBest).grade
  }
}

/** Every reason why there is no rating; empty when there is one. */
function whyUnrated(
  compiled: CompiledModel,
  contributions: readonly Contribution[],
  state: State,
  knockouts: readonly KnockoutResult[]
): ScoreReason[] {
  const { model } = compiled
  const reasons: ScoreReason[] = []
  const required = compiled.characteristics.flatMap(({ source, missingUnrated, staleUnrated }, index) => {
    const state = contributions[index]?.state
    return (missingUnrated && state === 'missing') || (staleUnrated && state === 'stale') ? [source.id] : []
  })
  const open = model.knockouts.flatMap((each, index) =>
    each.missing === 'unrated' && knockouts[index]?.state === 'not_evaluable' ? [each.id] : []
  )
  if (required.length + open.length > 0) reasons.push(adverse('REQUIRED_INPUT_MISSING', 0, [...required, ...open]))
  if (!model.evidence.some((basis) => basis.requires.every(state.holds))) {
    reasons.push(
      adverse(
        'EVIDENCE_INSUFFICIENT',
        0,
        model.evidence.map((each) => each.id)
      )
    )
  }
  if (state.coverage < model.minimumCoverage) reasons.push(adverse('COVERAGE_TOO_LOW', 0, []))
  return reasons
}

const ADVERSE_REASONS_MAX = 4
const FAVOURABLE_REASONS_MAX = 2
/** From this share of its points between worst and best a characteristic speaks for the customer. */
const STRENGTH_SHARE = 0.75

/**
 * The reasons in the order of their weight: why there is no rating, knock-outs and ceilings that lowered the grade, then the
 * largest losses of points. Characteristics with the same code count together; equal losses stand in the order of the model. One that
 * speaks for the customer is not held against it for the few points it lacks.
 */
function reasonsOf(
  compiled: CompiledModel,
  contributions: readonly Contribution[],
  ceilings: readonly CeilingResult[],
  knockouts: readonly KnockoutResult[],
  unratedReasons: readonly ScoreReason[]
): ScoreReason[] {
  const lowering = [...knockouts, ...ceilings]
    .filter((each) => each.applied && !('state' in each && each.state === 'not_evaluable'))
    .map((each) => ({
      cap: 'capGrade' in each ? each.capGrade : each.bestGrade,
      reason: adverse(each.reason, 0, [each.id])
    }))
    .toSorted((a, b) => compareGrades(b.cap, a.cap))
    .map((each) => each.reason)
  const assumed = knockouts.filter((each) => each.applied && each.state === 'not_evaluable')
  const unknown =
    unratedReasons.length === 0 && assumed.length > 0
      ? [
          adverse(
            'REQUIRED_INPUT_MISSING',
            0,
            assumed.map((each) => each.id)
          )
        ]
      : []
  const losses: ScoreReason[] = []
  const gains: ScoreReason[] = []
  compiled.characteristics.forEach(({ source, pointsMin, pointsMax }, index) => {
    const contribution = contributions[index]
    if (contribution === undefined || pointsMax === pointsMin) return
    const gained = contribution.points - pointsMin
    if (gained >= STRENGTH_SHARE * (pointsMax - pointsMin)) {
      gains.push({ code: source.strength, direction: 'favourable', points: gained, from: [source.id] })
    } else {
      losses.push(adverse(lossCode(contribution), contribution.pointsLost, [source.id]))
    }
  })
  return [
    ...merged([...unratedReasons, ...unknown, ...lowering])
      .concat(byPoints(merged(losses)))
      .slice(0, ADVERSE_REASONS_MAX),
    ...byPoints(merged(gains)).slice(0, FAVOURABLE_REASONS_MAX)
  ]
}

const MISSING_CODES: Readonly<Record<CharacteristicGroup, ReasonCode>> = {
  statements: 'STATEMENTS_MISSING',
  payment_behaviour: 'PAYMENT_HISTORY_MISSING',
  profile: 'PROFILE_INCOMPLETE'
}

/** Why points were lost: the characteristic's own reason, or what is missing or too old. */
function lossCode(contribution: Contribution): ReasonCode {
  const { state, group, missing } = contribution
  if (state === 'present') return contribution.reason
  if (state === 'stale') return group === 'statements' ? 'STATEMENTS_STALE' : 'INPUT_STALE'
  const incomplete = missing !== 'no_data' && missing !== 'unreliable'
  return group === 'statements' && incomplete ? 'STATEMENT_ITEMS_MISSING' : MISSING_CODES[group]
}

function adverse(code: ReasonCode, points: number, from: string[]): ScoreReason {
  return { code, direction: 'adverse', points, from }
}

/** One reason per code, in the order of first appearance, with the points added up. */
function merged(reasons: readonly ScoreReason[]): ScoreReason[] {
  const byCode = new Map<ReasonCode, ScoreReason>()
  for (const reason of reasons) {
    const known = byCode.get(reason.code)
    byCode.set(
      reason.code,
      known === undefined
        ? reason
        : { ...known, points: known.points + reason.points, from: [...known.from, ...reason.from] }
    )
  }
  return [...byCode.values()]
}

/** Largest first; the sort is stable, so equal ones keep the order of the model. */
function byPoints(reasons: readonly ScoreReason[]): ScoreReason[] {
  return reasons.toSorted((a, b) => b.points - a.points)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}
