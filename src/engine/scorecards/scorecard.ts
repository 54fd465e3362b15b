import type { Feature, FeatureSet, FeatureValue, MissingReason } from '../features/feature.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import { type BusinessDate, toDayNumber } from '../values/dates.ts'
import {
  type Advice,
  compareGrades,
  GRADE_PLACES,
  GRADES,
  type Grade,
  gradeOfPd,
  MASTER_SCALE,
  PD_FLOOR,
  worseOf
} from '../values/rating.ts'
import { roundToMillionths } from '../values/rounding.ts'
import type { CompiledCharacteristic, CompiledCondition, CompiledModel, CompiledRequirement } from './compiled-model.ts'
import { reasonsOf } from './score-reasons.ts'
import type {
  CeilingResult,
  Contribution,
  ContributionState,
  KnockoutResult,
  KnockoutState,
  NotchResult,
  ScoreRange,
  ScoreReason,
  ScoreResult
} from './score-result.ts'
import type { Ceiling, Scaling, ScoringModel } from './scoring-model.ts'

/** What a scoring may look at beside the features. */
export interface ScoreOptions {
  /** The grade in force, for a model with hysteresis. */
  previousGrade?: Grade | null
}

/**
 * Scores one customer: the sum of points, the probability of default on the model's scale, and the grade after hysteresis, notches,
 * ceilings and knock-outs.
 *
 * Pure and total. A value that is not finite, of the wrong type or dated after `asOf` counts as missing, and so does a category in
 * no attribute unless the model has a rule for it.
 * Removing an input that could be withheld, or letting it grow stale, never raises the score or the grade: a missing value earns no
 * more than the worst value would, requirements are only ever fulfilled by evidence, and a knock-out that cannot be evaluated fires
 * or leaves the customer unrated. The grade and the PD agree: the PD is raised to the grade's band.
 */
export function score(
  compiled: CompiledModel,
  features: FeatureSet,
  asOf: BusinessDate,
  options: ScoreOptions = {}
): ScoreResult {
  const given: (Feature | undefined)[] = []
  for (const { id, inherited } of compiled.features) {
    given.push(inherited && !Object.hasOwn(features, id) ? undefined : features[id])
  }
  return scoreInOrder(compiled, given, asOf, options)
}

/** As `score`, with the features in the order of `compiled.features`: for whoever derives only those that the model looks at. */
export function scoreInOrder(
  compiled: CompiledModel,
  features: readonly (Feature | undefined)[],
  asOf: BusinessDate,
  { previousGrade = null }: ScoreOptions = {}
): ScoreResult {
  const { model } = compiled
  const today = toDayNumber(asOf)
  const sight: Sight = { features, today, date: asOf, day: today }
  const sums = contribute(compiled, sight)
  const { contributions } = sums
  const pd = pdOfModel(model, sums.score)
  const byScore = gradeOfPd(pd)
  const kept = keptGrade(model, sums.score, byScore, previousGrade)
  const knockouts = knockoutResults(compiled, sight)
  const file: Case = { sight, contributions, optimistic: false }
  const observed = gradeAfterAll(compiled, file, byScore, kept, knockouts)
  const unrated = whyUnrated(compiled, file, sums.coverage, knockouts)
  const rated = unrated.length === 0
  markApplied(model, knockouts, observed.beforeCaps)
  const advice = adviceOf(knockouts, rated)
  return {
    model: { id: model.id, version: model.version },
    asOf,
    status: rated ? 'rated' : 'unrated',
    score: rated ? sums.score : null,
    healthScore: rated ? healthScoreOf(compiled, sums.score) : null,
    pd: rated ? pdOfGrade(pd, observed) : null,
    grade: rated ? observed.grade : null,
    gradeBeforeKnockouts: rated ? byScore : null,
    gradeKept: rated ? kept : null,
    advice,
    coverage: Math.round(sums.coverage * 10_000) / 10_000,
    basePoints: compiled.basePoints,
    range: rangeOf(compiled, file, sums, knockouts, observed),
    contributions,
    notches: observed.notches,
    ceilings: observed.ceilings,
    knockouts,
    reasons: reasonsOf(compiled, contributions, observed.notches, observed.ceilings, knockouts, unrated)
  }
}

/** PD = 1 / (1 + odds), the odds good:bad doubling every `pointsToDoubleOdds` points; never below the floor; six decimals. */
export function pdOfScore(scaling: Scaling, points: number): number {
  const odds = scaling.odds * Math.exp(((points - scaling.points) / scaling.pointsToDoubleOdds) * Math.LN2)
  return Math.max(PD_FLOOR, Math.round(1_000_000 / (1 + odds)) / 1_000_000)
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

/** The features of a scoring, in the order of the compiled model, and its day. */
interface Sight {
  readonly features: readonly (Feature | undefined)[]
  readonly today: number
  /** Most features share a few dates: the last one, and its day. */
  date: BusinessDate
  day: number
}

/** Why a feature cannot be used; null when it can. */
function whyMissing(sight: Sight, feature: Feature | undefined): MissingReason | null {
  if (feature === undefined) return 'no_data'
  if ('missing' in feature) return feature.missing
  if (typeof feature.value === 'number' && !Number.isFinite(feature.value)) return 'invalid'
  return ageDays(sight, feature.asOf) >= 0 ? null : 'invalid'
}

/** Negative for a date after the day of the scoring; not a number for what is no date. */
function ageDays(sight: Sight, date: BusinessDate): number {
  if (date !== sight.date) {
    sight.date = date
    sight.day = toDayNumber(date)
  }
  return sight.today - sight.day
}

/** The value of a feature that can be used and is no older than that; null otherwise. */
function usableValue(sight: Sight, place: number, maxAgeDays: number): FeatureValue | null {
  const feature = sight.features[place]
  if (feature === undefined || 'missing' in feature || whyMissing(sight, feature) !== null) return null
  return ageDays(sight, feature.asOf) > maxAgeDays ? null : feature.value
}

/** What the contributions amount to. */
interface Sums {
  score: number
  /** What the known inputs alone prove, and what it would be with every unknown at its best. */
  scoreMin: number
  scoreMax: number
  coverage: number
}

interface Contributed extends Sums {
  contributions: Contribution[]
}

function contribute(compiled: CompiledModel, sight: Sight): Contributed {
  const { characteristics, basePoints } = compiled
  const contributions: Contribution[] = []
  let points = 0
  let unproved = 0
  let possible = 0
  let weight = 0
  let weightless = false
  for (const each of characteristics) {
    const contribution = contributionOf(each, sight)
    contributions.push(contribution)
    if (contribution.state === 'present') weight += each.weight
    else {
      possible += each.pointsMax - contribution.points
      if (contribution.state === 'missing') {
        unproved += contribution.points - each.pointsUnproved
        weightless ||= each.pointsMissing === undefined
      }
    }
    points += contribution.points
  }
  if (weightless) {
    const moved = reweight(compiled, contributions)
    points += moved
    unproved += moved
    possible -= moved
  }
  const score = basePoints + points
  const coverage = compiled.weightTotal > 0 ? weight / compiled.weightTotal : 0
  return { contributions, score, scoreMin: score - unproved, scoreMax: score + possible, coverage }
}

function contributionOf(each: CompiledCharacteristic, sight: Sight): Contribution {
  const feature = sight.features[each.feature]
  const missing = whyMissing(sight, feature)
  if (missing !== null || feature === undefined || 'missing' in feature) return nothing(each, missing ?? 'no_data')
  const { value, asOf, source } = feature
  const attribute = attributeOf(each, value)
  const stale = ageDays(sight, asOf) > each.maxAgeDays
  // A category in no attribute that has grown stale as well counts as missing, like one without a rule.
  if (attribute < 0 && (stale || each.pointsUnseen === undefined || typeof value !== 'string')) {
    return nothing(each, 'invalid')
  }
  const points = stale ? each.pointsStale : attribute < 0 ? each.pointsUnseen : each.points[attribute]
  return contribution(
    each,
    stale ? 'stale' : 'present',
    points ?? each.pointsMin,
    null,
    value,
    asOf,
    source,
    stale ? -1 : attribute
  )
}

function nothing(each: CompiledCharacteristic, missing: MissingReason): Contribution {
  return contribution(each, 'missing', each.pointsMissing ?? each.pointsMin, missing, null, null, null, -1)
}

/** One literal for all of them, so that the engine that runs this keeps one shape for them. */
function contribution(
  each: CompiledCharacteristic,
  state: ContributionState,
  points: number,
  missing: MissingReason | null,
  value: FeatureValue | null,
  asOf: BusinessDate | null,
  origin: string | null,
  attribute: number
): Contribution {
  const { source, pointsMax } = each
  return {
    id: source.id,
    group: source.group,
    feature: source.feature,
    value,
    state,
    missing,
    asOf,
    source: origin,
    attribute: attribute < 0 ? null : attribute,
    points,
    pointsMax,
    pointsLost: pointsMax - points,
    weight: each.weight,
    reason: source.reason
  }
}

/** Index of the attribute that holds a value; -1 when the value is of another type or in no attribute. */
function attributeOf(each: CompiledCharacteristic, value: FeatureValue): number {
  if (each.numeric) {
    if (typeof value !== 'number') return -1
    const { bounds } = each
    let index = 0
    while (index < bounds.length && value >= (bounds[index] as number)) index += 1
    return index
  }
  return typeof value === 'number' ? -1 : (each.indexByValue.get(value) ?? -1)
}

/**
 * Gives the missing characteristics with this rule the share of their points that all others earned together, and answers what that
 * added. Their own weight so goes to the others; one of these that is missing too counts with what its own rule gives it.
 */
function reweight({ characteristics, ...compiled }: CompiledModel, contributions: Contribution[]): number {
  let earned = -compiled.independentMin
  characteristics.forEach((each, index) => {
    if (each.source.missing.rule !== 'reweight') earned += contributions[index]?.points ?? 0
  })
  const share = compiled.independentSpan > 0 ? Math.min(Math.max(earned / compiled.independentSpan, 0), 1) : 0
  let added = 0
  characteristics.forEach((each, index) => {
    const contribution = contributions[index]
    if (contribution?.state !== 'missing' || each.pointsMissing !== undefined) return
    const more = Math.floor(share * (each.pointsMax - each.pointsMin))
    contribution.points = each.pointsMin + more
    contribution.pointsLost = each.pointsMax - contribution.points
    added += more
  })
  return added
}

/** What requirements are judged on: as observed, or as it would be with every unknown at its best. */
interface Case {
  readonly sight: Sight
  readonly contributions: readonly Contribution[]
  readonly optimistic: boolean
}

function holds(compiled: CompiledModel, each: CompiledRequirement, file: Case): boolean {
  if (each.kind === 'points') return pointsShareOf(compiled, each, file) >= each.atLeast
  if (each.kind === 'coverage') return file.optimistic || coverageOf(each, file.contributions) >= each.atLeast
  const value = usableValue(file.sight, each.feature, each.maxAgeDays)
  if (value === null) return file.optimistic
  return typeof value === 'number' && value >= each.atLeast
}

/** Share 0..1 of the weight of a group that is present; 0 for an empty group. */
function coverageOf(
  { members, weight }: CompiledRequirement & { kind: 'coverage' },
  all: readonly Contribution[]
): number {
  let present = 0
  for (const index of members) {
    const contribution = all[index]
    if (contribution?.state === 'present') present += contribution.weight
  }
  return weight > 0 ? present / weight : 0
}

/** Share of the points of a group between worst and best, at least 0; 0 for an empty group. */
function pointsShareOf(
  compiled: CompiledModel,
  { members, pointsMin, span }: CompiledRequirement & { kind: 'points' },
  { contributions, optimistic }: Case
): number {
  let points = -pointsMin
  for (const index of members) {
    const contribution = contributions[index]
    if (contribution === undefined) continue
    if (contribution.state === 'present') points += contribution.points
    else if (optimistic) points += contribution.pointsMax
    else points += contribution.state === 'stale' ? contribution.points : unprovedPoints(compiled, index)
  }
  return span > 0 ? Math.max(0, points / span) : 0
}

/** Neither neutral points nor those of a greater weight of the others prove anything. */
function unprovedPoints({ characteristics }: CompiledModel, index: number): number {
  return characteristics[index]?.pointsUnproved ?? 0
}

function allHold(compiled: CompiledModel, requirements: readonly CompiledRequirement[], file: Case): boolean {
  for (const each of requirements) if (!holds(compiled, each, file)) return false
  return true
}

function anyHolds(compiled: CompiledModel, file: Case): boolean {
  for (const each of compiled.evidence) if (allHold(compiled, each, file)) return true
  return false
}

/** A condition about a value that is not there makes the whole not evaluable, unless another condition is known not to hold. */
function stateOf(conditions: readonly CompiledCondition[], sight: Sight): KnockoutState {
  let open = false
  for (const each of conditions) {
    const answer = holdsFor(each, usableValue(sight, each.feature, Number.POSITIVE_INFINITY))
    if (answer === false) return 'clear'
    if (answer === undefined) open = true
  }
  return open ? 'not_evaluable' : 'fired'
}

function holdsFor({ equals, atLeast, below }: CompiledCondition, value: FeatureValue | null): boolean | undefined {
  if (equals !== undefined) return typeof value === typeof equals ? value === equals : undefined
  return typeof value === 'number' ? value >= atLeast && value < below : undefined
}

function knockoutResults({ model, knockouts }: CompiledModel, sight: Sight): KnockoutResult[] {
  return model.knockouts.map(({ id, capGrade = null, advice, reason }, index): KnockoutResult => {
    const state = stateOf(knockouts[index] ?? [], sight)
    return { id, capGrade, advice: advice ?? 'none', state, applied: false, reason }
  })
}

function markApplied(model: ScoringModel, knockouts: readonly KnockoutResult[], before: Grade): void {
  for (let index = 0; index < knockouts.length; index += 1) {
    const each = knockouts[index] as KnockoutResult
    const lowers = each.capGrade !== null && compareGrades(before, each.capGrade) < 0
    each.applied = (lowers || each.advice !== 'none') && fires(model, each, index, false)
  }
}

/** One that cannot be evaluated fires as well, but not at best, nor where the model lets it count as clear. */
function fires({ knockouts }: ScoringModel, { state }: KnockoutResult, index: number, optimistic: boolean): boolean {
  return state === 'fired' || (state === 'not_evaluable' && !optimistic && knockouts[index]?.missing !== 'clear')
}

/** An unrated customer is for a person to look at. */
function adviceOf(knockouts: readonly KnockoutResult[], rated: boolean): Advice {
  let advice: Advice = rated ? 'none' : 'refer'
  for (const each of knockouts) {
    if (!each.applied || each.advice === 'none') continue
    if (each.advice === 'decline') return 'decline'
    advice = 'refer'
  }
  return advice
}

/** The grade of the last rating, while the points of the hysteresis either way still lead to it. */
function keptGrade(model: ScoringModel, points: number, byScore: Grade, previousGrade: Grade | null): Grade | null {
  const buffer = model.hysteresis?.points
  if (buffer === undefined || previousGrade === null || previousGrade === 'D' || previousGrade === byScore) return null
  const better = gradeOfPd(pdOfModel(model, points + buffer))
  const worse = gradeOfPd(pdOfModel(model, points - buffer))
  const within = compareGrades(better, previousGrade) <= 0 && compareGrades(previousGrade, worse) <= 0
  return within ? previousGrade : null
}

interface FinalGrade {
  grade: Grade
  kept: Grade | null
  /** After hysteresis, and after notches as well. */
  beforeNotches: Grade
  beforeCaps: Grade
  notches: NotchResult[]
  ceilings: CeilingResult[]
}

/** The grade after notches, ceilings, then knock-outs. */
function gradeAfterAll(
  compiled: CompiledModel,
  file: Case,
  byScore: Grade,
  kept: Grade | null,
  knockouts: readonly KnockoutResult[]
): FinalGrade {
  const { model } = compiled
  const before = kept ?? byScore
  const notches = notchResults(compiled, file.sight, file.optimistic)
  const beforeCaps = notches.length === 0 ? before : notched(before, notches)
  let grade = beforeCaps
  const ceilings = model.ceilings.map(({ id, bestGrade, reason }, index) => {
    const met = allHold(compiled, compiled.ceilings[index] ?? [], file)
    if (!met) grade = worseOf(grade, bestGrade)
    return { id, bestGrade, met, applied: !met && compareGrades(beforeCaps, bestGrade) < 0, reason }
  })
  grade = afterKnockouts(model, knockouts, grade, file.optimistic)
  return { grade, kept, beforeNotches: before, beforeCaps, notches, ceilings }
}

/** The grade alone, where nothing is kept from the last rating: what `gradeAfterAll` comes to, without its working. */
function gradeAlone(compiled: CompiledModel, file: Case, byScore: Grade, knockouts: readonly KnockoutResult[]): Grade {
  const { model } = compiled
  let grade =
    compiled.notches.length === 0 ? byScore : notched(byScore, notchResults(compiled, file.sight, file.optimistic))
  for (let index = 0; index < model.ceilings.length; index += 1) {
    const { bestGrade } = model.ceilings[index] as Ceiling
    if (!allHold(compiled, compiled.ceilings[index] ?? [], file)) grade = worseOf(grade, bestGrade)
  }
  return afterKnockouts(model, knockouts, grade, file.optimistic)
}

function afterKnockouts(
  model: ScoringModel,
  knockouts: readonly KnockoutResult[],
  before: Grade,
  optimistic: boolean
): Grade {
  let grade = before
  for (let index = 0; index < knockouts.length; index += 1) {
    const each = knockouts[index] as KnockoutResult
    if (each.capGrade !== null && fires(model, each, index, optimistic)) grade = worseOf(grade, each.capGrade)
  }
  return grade
}

function notchResults({ model, notches }: CompiledModel, sight: Sight, optimistic: boolean): NotchResult[] {
  return (model.notches ?? []).map(({ id, grades, reason }, index) => {
    const state = stateOf(notches[index] ?? [], sight)
    const assumed = state === 'not_evaluable' && (optimistic ? grades > 0 : grades < 0)
    return { id, grades, state, applied: state === 'fired' || assumed, reason }
  })
}

/** No notch leads to default, nor out of it. */
function notched(before: Grade, notches: readonly NotchResult[]): Grade {
  if (before === 'D') return before
  const moved = notches.reduce((place, { applied, grades }) => (applied ? place - grades : place), GRADE_PLACES[before])
  return GRADES[Math.min(Math.max(moved, 0), GRADE_PLACES.C)] ?? before
}

/** The PD that agrees with the grade: raised to its band, or, after a notch up, lowered to the upper end of it. */
function pdOfGrade(pd: number, { grade, beforeNotches, beforeCaps }: FinalGrade): number {
  const { pdFrom } = MASTER_SCALE[grade]
  if (pd < pdFrom) return pdFrom
  if (compareGrades(beforeCaps, beforeNotches) >= 0) return pd
  return Math.min(pd, roundToMillionths(MASTER_SCALE[grade].pdTo - 0.000_001))
}

function healthScoreOf({ scoreLowest, scoreHighest }: CompiledModel, points: number): number {
  const share = scoreHighest > scoreLowest ? (points - scoreLowest) / (scoreHighest - scoreLowest) : 0
  return Math.round(Math.min(Math.max(share, 0), 1) * 1_000) / 10
}

/** What is known not to fire stays clear at best and at worst; what is not evaluable may still turn out clear. */
function rangeOf(
  compiled: CompiledModel,
  file: Case,
  { score: points, scoreMin, scoreMax }: Sums,
  knockouts: readonly KnockoutResult[],
  observed: FinalGrade
): ScoreRange {
  const { model } = compiled
  const gradeAt = (at: number, optimistic: boolean): Grade => {
    // Nothing but hysteresis stands between most scores and their grade: then the work is done.
    if (at === points && observed.kept === null && (!optimistic || !isLimited(model))) return observed.grade
    const other: Case = { sight: file.sight, contributions: file.contributions, optimistic }
    return gradeAlone(compiled, other, gradeOfPd(pdOfModel(model, at)), knockouts)
  }
  return {
    scoreMin,
    scoreMax,
    gradeMin: gradeAt(scoreMin, false),
    gradeMax: gradeAt(scoreMax, true),
    worthMost: scoreMax === points ? null : worthMost(file.contributions)
  }
}

/** Whether anything but the score has a say in the grade. */
function isLimited({ ceilings, knockouts, notches = [] }: ScoringModel): boolean {
  return ceilings.length > 0 || knockouts.length > 0 || notches.length > 0
}

function worthMost(contributions: readonly Contribution[]): ScoreRange['worthMost'] {
  let most: Contribution | undefined
  for (const each of contributions) {
    if (each.state !== 'present' && each.pointsLost > (most?.pointsLost ?? 0)) most = each
  }
  return most === undefined ? null : { id: most.id, feature: most.feature, points: most.pointsLost }
}

/** Every reason why there is no rating; empty when there is one. */
function whyUnrated(
  compiled: CompiledModel,
  file: Case,
  coverage: number,
  knockouts: readonly KnockoutResult[]
): ScoreReason[] {
  const { model } = compiled
  const reasons: ScoreReason[] = []
  const required: string[] = []
  for (let index = 0; index < compiled.characteristics.length; index += 1) {
    const { missingUnrated, staleUnrated, source } = compiled.characteristics[index] as CompiledCharacteristic
    if (!missingUnrated && !staleUnrated) continue
    const state = file.contributions[index]?.state
    if ((missingUnrated && state === 'missing') || (staleUnrated && state === 'stale')) required.push(source.id)
  }
  model.knockouts.forEach(({ id, missing }, index) => {
    if (missing === 'unrated' && knockouts[index]?.state === 'not_evaluable') required.push(id)
  })
  if (required.length > 0) reasons.push(adverse('REQUIRED_INPUT_MISSING', required))
  if (!anyHolds(compiled, file)) {
    const bases = model.evidence.map((each) => each.id)
    reasons.push(adverse('EVIDENCE_INSUFFICIENT', bases))
  }
  if (coverage < model.minimumCoverage) reasons.push(adverse('COVERAGE_TOO_LOW', []))
  return reasons
}

function adverse(code: ReasonCode, from: string[]): ScoreReason {
  return { code, direction: 'adverse', points: 0, from }
}
