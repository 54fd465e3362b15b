import type { Feature, FeatureSet } from '../features/feature.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import { type BusinessDate, toDayNumber } from '../values/dates.ts'
import { GRADE_PLACES, GRADES, type Grade, gradePlaceOfPd } from '../values/rating.ts'
import type { CompiledCharacteristic, CompiledModel } from './compiled-model.ts'
import { reasonsOf } from './score-reasons.ts'
import type { Contribution, KnockoutResult, ScoreRange, ScoreReason, ScoreResult } from './score-result.ts'
import { contribute, type Sums } from './scoring/contributions.ts'
import {
  adviceOf,
  type FinalGrade,
  gradeAfterAll,
  keptGrade,
  pdOfGrade,
  placeAtBest,
  placeAtWorst
} from './scoring/final-grade.ts'
import { pdOfModel } from './scoring/pd-of-score.ts'
import { predictedContributions } from './scoring/predicted-contributions.ts'
import { anyHolds, type ScoredFile } from './scoring/requirements.ts'
import type { Sight } from './scoring/sight.ts'

/** What a scoring may look at beside the features. */
export interface ScoreOptions {
  /** The grade in force, for a model with hysteresis. */
  previousGrade?: Grade | null
}

/**
 * Scores one customer: the sum of points, the probability of default on the model's scale, and the
 * grade after hysteresis, notches, ceilings and knock-outs.
 *
 * Pure and total. A value that is not finite, of the wrong type or dated after `asOf` counts as
 * missing, and so does a category in no attribute unless the model has a rule for it. Removing an
 * input that could be withheld, or letting it grow stale, never raises the score or the grade: a
 * missing value earns no more than the worst value would, requirements are only ever fulfilled by
 * evidence, and a knock-out that cannot be evaluated fires or leaves the customer unrated. A
 * predictive model does with a missing value what its document says. The grade and the PD agree:
 * the PD is raised to the grade's band.
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

/** As `score`, with the features in the order of `compiled.features`, and no others. */
export function scoreInOrder(
  compiled: CompiledModel,
  features: readonly (Feature | undefined)[],
  asOf: BusinessDate,
  { previousGrade = null }: ScoreOptions = {}
): ScoreResult {
  const { model } = compiled
  const today = toDayNumber(asOf)
  const sight: Sight = { features, today, date: asOf, day: today }
  const { predictive } = compiled
  const sums =
    predictive === undefined ? contribute(compiled, sight) : predictedContributions(compiled, predictive, sight)
  const { contributions } = sums
  const pd = pdOfModel(model, sums.score)
  const placeByScore = gradePlaceOfPd(pd)
  const byScore = gradeAt(placeByScore)
  const kept = keptGrade(model, sums.score, byScore, previousGrade)
  const file: ScoredFile = { sight, contributions, optimistic: false, shares: [] }
  const observed = gradeAfterAll(compiled, file, kept === null ? placeByScore : GRADE_PLACES[kept])
  const { notches, ceilings, knockouts } = observed
  const unrated = whyUnrated(compiled, file, sums, knockouts)
  const rated = unrated.length === 0
  const result: ScoreResult = {
    model: { id: model.id, version: model.version },
    asOf,
    status: rated ? 'rated' : 'unrated',
    score: rated ? sums.score : null,
    healthScore: rated ? healthScoreOf(compiled, sums.score) : null,
    pd: rated ? pdOfGrade(pd, observed) : null,
    grade: rated ? gradeAt(observed.place) : null,
    gradeBeforeKnockouts: rated ? byScore : null,
    gradeKept: rated ? kept : null,
    advice: adviceOf(knockouts, rated),
    coverage: Math.round(sums.coverage * 10_000) / 10_000,
    basePoints: sums.basePoints,
    range: rangeOf(compiled, file, sums, placeByScore, observed),
    contributions,
    notches,
    ceilings,
    knockouts,
    reasons: reasonsOf(compiled, contributions, notches, ceilings, knockouts, unrated)
  }
  return sums.prediction === undefined ? result : { ...result, prediction: sums.prediction }
}

function healthScoreOf({ scoreLowest, scoreHighest }: CompiledModel, points: number): number {
  const share = scoreHighest > scoreLowest ? (points - scoreLowest) / (scoreHighest - scoreLowest) : 0
  return Math.round(Math.min(Math.max(share, 0), 1) * 1_000) / 10
}

/**
 * What is known not to fire stays clear at best and at worst; what is not evaluable may still turn
 * out clear.
 */
function rangeOf(
  compiled: CompiledModel,
  file: ScoredFile,
  { score: points, scoreMin, scoreMax }: Sums,
  placeByScore: number,
  observed: FinalGrade
): ScoreRange {
  const placeOf = (at: number): number => (at === points ? placeByScore : gradePlaceOfPd(pdOfModel(compiled.model, at)))
  const best: ScoredFile = { sight: file.sight, contributions: file.contributions, optimistic: true, shares: [] }
  return {
    scoreMin,
    scoreMax,
    gradeMin: gradeAt(placeAtWorst(placeOf(scoreMin), observed)),
    gradeMax: gradeAt(placeAtBest(compiled, best, placeOf(scoreMax), observed)),
    worthMost: scoreMax === points ? null : worthMost(file.contributions)
  }
}

function gradeAt(place: number): Grade {
  return GRADES[place] ?? 'D'
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
  file: ScoredFile,
  { coverage, prediction }: Sums,
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
  if (prediction === null) {
    const absent = file.contributions.filter(({ state }) => state !== 'present').map(({ id }) => id)
    if (absent.length === 0) reasons.push(adverse('MODEL_WITHOUT_RESULT', []))
    required.push(...absent)
  }
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
