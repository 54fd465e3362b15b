import {
  type Advice,
  compareGrades,
  GRADE_PLACES,
  GRADES,
  type Grade,
  gradeOfPd,
  MASTER_SCALE,
  worseOf
} from '../../values/rating.ts'
import { roundToMillionths } from '../../values/rounding.ts'
import type { CompiledModel } from '../compiled-model.ts'
import type { CeilingResult, KnockoutResult, NotchResult } from '../score-result.ts'
import type { Ceiling, ScoringModel } from '../scoring-model.ts'
import { pdOfModel } from './pd-of-score.ts'
import { allHold, type ScoredFile, stateOf } from './requirements.ts'
import type { Sight } from './sight.ts'

/** The grade with the steps that led to it. */
export interface FinalGrade {
  grade: Grade
  kept: Grade | null
  /** After hysteresis, and after notches as well. */
  beforeNotches: Grade
  beforeCaps: Grade
  notches: NotchResult[]
  ceilings: CeilingResult[]
}

/** The grade after notches, ceilings, then knock-outs. */
export function gradeAfterAll(
  compiled: CompiledModel,
  file: ScoredFile,
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

/** The same without its working, where nothing is kept from the last rating. */
export function gradeAlone(
  compiled: CompiledModel,
  file: ScoredFile,
  byScore: Grade,
  knockouts: readonly KnockoutResult[]
): Grade {
  const { model } = compiled
  let grade =
    compiled.notches.length === 0 ? byScore : notched(byScore, notchResults(compiled, file.sight, file.optimistic))
  for (let index = 0; index < model.ceilings.length; index += 1) {
    const { bestGrade } = model.ceilings[index] as Ceiling
    if (!allHold(compiled, compiled.ceilings[index] ?? [], file)) grade = worseOf(grade, bestGrade)
  }
  return afterKnockouts(model, knockouts, grade, file.optimistic)
}

/** The grade of the last rating, while the points of the hysteresis either way still lead to it. */
export function keptGrade(
  model: ScoringModel,
  points: number,
  byScore: Grade,
  previousGrade: Grade | null
): Grade | null {
  const buffer = model.hysteresis?.points
  if (buffer === undefined || previousGrade === null || previousGrade === 'D' || previousGrade === byScore) return null
  const better = gradeOfPd(pdOfModel(model, points + buffer))
  const worse = gradeOfPd(pdOfModel(model, points - buffer))
  const within = compareGrades(better, previousGrade) <= 0 && compareGrades(previousGrade, worse) <= 0
  return within ? previousGrade : null
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

/** Which knock-outs fire. Whether they change anything is marked later, by `markApplied`. */
export function knockoutResults({ model, knockouts }: CompiledModel, sight: Sight): KnockoutResult[] {
  return model.knockouts.map(({ id, capGrade = null, advice, reason }, index): KnockoutResult => {
    const state = stateOf(knockouts[index] ?? [], sight)
    return { id, capGrade, advice: advice ?? 'none', state, applied: false, reason }
  })
}

/** Marks the knock-outs that lower the grade that stood before them, or change what is advised. */
export function markApplied(model: ScoringModel, knockouts: readonly KnockoutResult[], before: Grade): void {
  for (let index = 0; index < knockouts.length; index += 1) {
    const each = knockouts[index] as KnockoutResult
    const lowers = each.capGrade !== null && compareGrades(before, each.capGrade) < 0
    each.applied = (lowers || each.advice !== 'none') && fires(model, each, index, false)
  }
}

/** One that is not evaluable fires too, but not at best, nor where the model counts it as clear. */
function fires({ knockouts }: ScoringModel, { state }: KnockoutResult, index: number, optimistic: boolean): boolean {
  return state === 'fired' || (state === 'not_evaluable' && !optimistic && knockouts[index]?.missing !== 'clear')
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

/** The gravest advice of the knock-outs. An unrated customer is for a person to look at. */
export function adviceOf(knockouts: readonly KnockoutResult[], rated: boolean): Advice {
  let advice: Advice = rated ? 'none' : 'refer'
  for (const each of knockouts) {
    if (!each.applied || each.advice === 'none') continue
    if (each.advice === 'decline') return 'decline'
    advice = 'refer'
  }
  return advice
}

/**
 * The PD that agrees with the grade: raised to its band, or, after a notch up, lowered to the upper
 * end of it.
 */
export function pdOfGrade(pd: number, { grade, beforeNotches, beforeCaps }: FinalGrade): number {
  const { pdFrom } = MASTER_SCALE[grade]
  if (pd < pdFrom) return pdFrom
  if (compareGrades(beforeCaps, beforeNotches) >= 0) return pd
  return Math.min(pd, roundToMillionths(MASTER_SCALE[grade].pdTo - 0.000_001))
}
