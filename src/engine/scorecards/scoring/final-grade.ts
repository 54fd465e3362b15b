import { type Advice, GRADE_PLACES, GRADES, type Grade, gradePlaceOfPd, MASTER_SCALE } from '../../values/rating.ts'
import { roundToMillionths } from '../../values/rounding.ts'
import type { CompiledModel } from '../compiled-model.ts'
import type { CeilingResult, KnockoutResult, KnockoutState, NotchResult } from '../score-result.ts'
import type { ScoringModel } from '../scoring-model.ts'
import { pdOfModel } from './pd-of-score.ts'
import { allHold, type ScoredFile, stateOf } from './requirements.ts'
import type { Sight } from './sight.ts'

/**
 * The grade with the steps that led to it, as places on the scale: 0 is the best grade. Places are
 * compared some fifty times for each scoring; by name that took a twentieth of its time.
 */
export interface FinalGrade {
  readonly place: number
  /** After hysteresis, and after notches as well. */
  readonly beforeNotches: number
  readonly beforeCaps: number
  /** The best grade that ceilings and knock-outs allow, and knock-outs that are known to fire. */
  readonly cap: number
  readonly capFired: number
  readonly notches: NotchResult[]
  readonly ceilings: CeilingResult[]
  readonly knockouts: KnockoutResult[]
}

/** The grade after notches, ceilings, then knock-outs; `before` is the place after hysteresis. */
export function gradeAfterAll(compiled: CompiledModel, file: ScoredFile, before: number): FinalGrade {
  const notches = notchResults(compiled, file.sight)
  const beforeCaps = notched(before, notches, false)
  const ceilings: CeilingResult[] = []
  const knockouts: KnockoutResult[] = []
  let cap = 0
  let capFired = 0
  for (const each of compiled.ceilings) {
    const met = allHold(compiled, each.requires, file)
    if (!met) cap = Math.max(cap, each.place)
    ceilings.push(met ? each.met : beforeCaps < each.place ? each.applied : each.unmet)
  }
  for (const each of compiled.knockouts) {
    const state = stateOf(each.when, file.sight)
    const fires = state === 'fired' || (state === 'not_evaluable' && !each.clearWhenMissing)
    if (fires) cap = Math.max(cap, each.place)
    if (state === 'fired') capFired = Math.max(capFired, each.place)
    const isApplied = fires && (each.advises || beforeCaps < each.place)
    knockouts.push(isApplied ? each.applied[state] : each.idle[state])
  }
  const place = Math.max(beforeCaps, cap)
  return { place, beforeNotches: before, beforeCaps, cap, capFired, notches, ceilings, knockouts }
}

/** The place with every unknown at its best; `before` is that of the score alone. */
export function placeAtBest(compiled: CompiledModel, file: ScoredFile, before: number, observed: FinalGrade): number {
  let place = Math.max(notched(before, observed.notches, true), observed.capFired)
  for (const each of compiled.ceilings) {
    if (place < each.place && !allHold(compiled, each.requires, file)) place = each.place
  }
  return place
}

/** The place with nothing but what is proved; `before` is that of the score alone. */
export function placeAtWorst(before: number, { notches, cap }: FinalGrade): number {
  return Math.max(notched(before, notches, false), cap)
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
  const better = gradePlaceOfPd(pdOfModel(model, points + buffer))
  const worse = gradePlaceOfPd(pdOfModel(model, points - buffer))
  const previous = GRADE_PLACES[previousGrade]
  return better <= previous && previous <= worse ? previousGrade : null
}

function notchResults({ model, notches }: CompiledModel, sight: Sight): NotchResult[] {
  return (model.notches ?? []).map(({ id, grades, reason }, index) => {
    const state = stateOf(notches[index] ?? [], sight)
    return { id, grades, state, applied: moves(state, grades, false), reason }
  })
}

/** One that is not evaluable counts against the customer, or at best for it. */
function moves(state: KnockoutState, grades: number, optimistic: boolean): boolean {
  return state === 'fired' || (state === 'not_evaluable' && (optimistic ? grades > 0 : grades < 0))
}

/** No notch leads to default, nor out of it. */
function notched(before: number, notches: readonly NotchResult[], optimistic: boolean): number {
  if (notches.length === 0 || before === GRADE_PLACES.D) return before
  let place = before
  for (const { state, grades } of notches) if (moves(state, grades, optimistic)) place -= grades
  return Math.min(Math.max(place, 0), GRADE_PLACES.C)
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
export function pdOfGrade(pd: number, { place, beforeNotches, beforeCaps }: FinalGrade): number {
  const { pdFrom, pdTo } = MASTER_SCALE[GRADES[place] ?? 'D']
  if (pd < pdFrom) return pdFrom
  if (beforeCaps >= beforeNotches) return pd
  return Math.min(pd, roundToMillionths(pdTo - 0.000_001))
}
