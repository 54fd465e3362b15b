import type { ReasonCode } from '../reasons/reasons.ts'
import { compareGrades, type Grade } from '../values/rating.ts'
import { ranksGains } from './compile/compile-reasons.ts'
import type { CompiledCharacteristic, CompiledModel, CompiledReason, CompiledReasons } from './compiled-model.ts'
import type {
  CeilingResult,
  Contribution,
  KnockoutResult,
  KnockoutState,
  NotchResult,
  ScoreReason
} from './score-result.ts'
import { ADVERSE_REASONS_MAX, FAVOURABLE_REASONS_MAX } from './scoring-model.ts'

/**
 * The reasons in the order of their weight: why there is no rating, what lowered the grade, then
 * the largest losses of points; then what speaks for the customer. Characteristics with the same
 * code count together; equal ones stand in the order of the model.
 *
 * Against the best, a loss is what is lacking to the best attribute, and one that earned three
 * quarters of its points is a strength and not held against the customer for the few it lacks;
 * strengths are measured from the worst. Against any other baseline both are measured from it.
 */
export function reasonsOf(
  compiled: CompiledModel,
  contributions: readonly Contribution[],
  notches: readonly NotchResult[],
  ceilings: readonly CeilingResult[],
  knockouts: readonly KnockoutResult[],
  unrated: readonly ScoreReason[]
): ScoreReason[] {
  const { adverseMax = ADVERSE_REASONS_MAX, favourableMax = FAVOURABLE_REASONS_MAX } = compiled.model.reasons ?? {}
  const points = compiled.reasonPoints.slice()
  const given: number[] = []
  const { ranking } = compiled.model.reasons ?? {}
  const places =
    ranking === undefined
      ? placesOf(compiled, contributions, points, given)
      : rankedPlaces(compiled, contributions, points, given, ranksGains(compiled.model) ? -1 : 1)
  const limited = notches.length + ceilings.length + knockouts.length > 0
  const lowered = limited ? lowering(notches, ceilings, knockouts, unrated.length > 0) : []
  const reasons = [...unrated, ...lowered].slice(0, adverseMax)
  take(reasons, compiled, contributions, { places, points, given }, 'adverse', adverseMax - reasons.length)
  take(reasons, compiled, contributions, { places, points, given }, 'favourable', favourableMax)
  return notches.length === 0 ? reasons : withRaised(reasons, notches, favourableMax)
}

/**
 * Which reason each characteristic gives, -1 for none; its points are added to those of the reason,
 * and `given` gets every reason once.
 */
function placesOf(
  { characteristics }: CompiledModel,
  contributions: readonly Contribution[],
  points: number[],
  given: number[]
): number[] {
  const places: number[] = []
  for (let index = 0; index < characteristics.length; index += 1) {
    const each = characteristics[index] as CompiledCharacteristic
    const contribution = contributions[index] as Contribution
    const strong = contribution.points >= each.pointsStrong && contribution.points > each.pointsGainFrom
    const amount = strong ? contribution.points - each.pointsGainFrom : each.pointsBaseline - contribution.points
    if (!(amount > 0) || each.pointsMax === each.pointsMin) {
      places.push(-1)
      continue
    }
    const place = strong ? each.reasons.strong : weaknessOf(each.reasons, contribution)
    places.push(place)
    if (points[place] === 0) given.push(place)
    points[place] = (points[place] as number) + amount
  }
  return places
}

/** The adverse reason of a value: that of its attribute, where attributes have their own. */
function weakOf({ weak, weakByAttribute }: CompiledReasons, attribute: number | null): number {
  // Most have none: to look beyond the end of a list costs more than all the rest of this.
  if (attribute === null || attribute >= weakByAttribute.length) return weak
  return weakByAttribute[attribute] ?? weak
}

/** Why points were lost: the characteristic's own reason, or what is missing or too old. */
function weaknessOf(reasons: CompiledReasons, { state, missing, attribute }: Contribution): number {
  if (state === 'present') return weakOf(reasons, attribute)
  if (state === 'stale') return reasons.stale
  return missing === 'no_data' || missing === 'unreliable' ? reasons.missing : reasons.incomplete
}

/**
 * As `placesOf`, where the model ranks reasons of its own. Of all characteristics that share a code
 * the points below the baseline add up, or with `sign` -1 those above it; points on the other side
 * take away from them.
 */
function rankedPlaces(
  { characteristics }: CompiledModel,
  contributions: readonly Contribution[],
  points: number[],
  given: number[],
  sign: 1 | -1
): number[] {
  return characteristics.map(({ pointsBaseline, reasons }, index) => {
    const contribution = contributions[index] as Contribution
    const place = weakOf(reasons, contribution.attribute)
    const amount = pointsBaseline - sign * contribution.points
    if (!given.includes(place)) given.push(place)
    points[place] = (points[place] as number) + amount
    return amount > 0 ? place : -1
  })
}

interface Tally {
  /** Of each characteristic, and of what it gives. */
  readonly places: readonly number[]
  readonly points: number[]
  readonly given: readonly number[]
}

/**
 * Whether the first of two reasons weighs more, or as much and stands before the other in the
 * model.
 */
function isBefore(place: number, points: number, other: number, otherPoints: number): boolean {
  return points > otherPoints || (points === otherPoints && place < other)
}

/** Moves the largest by points to the reasons, largest first; of equal ones the earlier. */
function take(
  reasons: ScoreReason[],
  compiled: CompiledModel,
  contributions: readonly Contribution[],
  { places, points, given }: Tally,
  direction: ScoreReason['direction'],
  max: number
): void {
  for (let taken = 0; taken < max; taken += 1) {
    let best = -1
    for (const place of given) {
      const amount = points[place] as number
      if (amount <= 0 || (best >= 0 && isBefore(best, points[best] as number, place, amount))) continue
      if ((compiled.reasons[place] as CompiledReason).direction === direction) best = place
    }
    if (best < 0) return
    const from: string[] = []
    for (let index = 0; index < places.length; index += 1) {
      if (places[index] === best) from.push((contributions[index] as Contribution).id)
    }
    const { code, own } = compiled.reasons[best] as CompiledReason
    const made: ScoreReason = { code, direction, points: points[best] as number, from }
    reasons.push(own === undefined ? made : { ...made, modelCode: own })
    points[best] = 0
  }
}

/** Adds what raised the grade, as far as there is room for it. */
function withRaised(reasons: ScoreReason[], notches: readonly NotchResult[], favourableMax: number): ScoreReason[] {
  const raised = notches.filter(({ applied, grades }) => applied && grades > 0)
  if (raised.length === 0) return reasons
  const room = Math.max(0, favourableMax - reasons.filter(({ direction }) => direction === 'favourable').length)
  return [...reasons, ...merged(raised.map(({ reason: code, id }) => reason(code, 'favourable', 0, id))).slice(0, room)]
}

/**
 * What lowered the grade or what is advised, the gravest first. What could not be evaluated is
 * named as missing.
 */
function lowering(
  notches: readonly NotchResult[],
  ceilings: readonly CeilingResult[],
  knockouts: readonly KnockoutResult[],
  unrated: boolean
): ScoreReason[] {
  const found: { cap: Grade; reason: ScoreReason }[] = []
  const assumed: string[] = []
  const note = (applied: boolean, state: KnockoutState, cap: Grade, code: ReasonCode, id: string) => {
    if (applied && state === 'not_evaluable') assumed.push(id)
    else if (applied) found.push({ cap, reason: reason(code, 'adverse', 0, id) })
  }
  for (const { applied, state, capGrade, advice, reason: code, id } of knockouts)
    note(applied, state, capGrade ?? (advice === 'decline' ? 'D' : 'AAA'), code, id)
  for (const { applied, bestGrade, reason: code, id } of ceilings) note(applied, 'fired', bestGrade, code, id)
  for (const { applied, state, grades, reason: code, id } of notches)
    note(applied && grades < 0, state, 'AAA', code, id)
  if (found.length === 0 && assumed.length === 0) return []
  const graded = merged(found.toSorted((a, b) => compareGrades(b.cap, a.cap)).map((each) => each.reason))
  if (unrated || assumed.length === 0) return graded
  return [{ code: 'REQUIRED_INPUT_MISSING', direction: 'adverse', points: 0, from: assumed }, ...graded]
}

function reason(code: ReasonCode, direction: ScoreReason['direction'], points: number, id: string): ScoreReason {
  return { code, direction, points, from: [id] }
}

/** One reason per code, in the order of first appearance. */
function merged(reasons: readonly ScoreReason[]): ScoreReason[] {
  const byCode = new Map<ReasonCode, ScoreReason>()
  for (const each of reasons) {
    const known = byCode.get(each.code)
    byCode.set(each.code, known === undefined ? each : { ...known, from: [...known.from, ...each.from] })
  }
  return [...byCode.values()]
}
