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
  const {
    adverseMax = ADVERSE_REASONS_MAX,
    favourableMax = FAVOURABLE_REASONS_MAX,
    ranking
  } = compiled.model.reasons ?? {}
  const tally: Tally = {
    places: compiled.noPlaces.slice(),
    points: compiled.reasonPoints.slice(),
    adverse: [],
    favourable: []
  }
  if (ranking === undefined) tallyPoints(compiled, contributions, tally)
  else tallyRanked(compiled, contributions, tally, ranksGains(compiled.model) ? -1 : 1)
  const lowered = lowering(notches, ceilings, knockouts, unrated.length > 0)
  const before = unrated.length === 0 ? lowered : [...unrated, ...lowered]
  const reasons = before.slice(0, adverseMax)
  const adverse = largestOf(tally.adverse, tally.points, adverseMax - reasons.length)
  for (const place of adverse) reasons.push(made(compiled, contributions, tally, place))
  for (const place of largestOf(tally.favourable, tally.points, favourableMax))
    reasons.push(made(compiled, contributions, tally, place))
  return notches.length === 0 ? reasons : withRaised(reasons, notches, favourableMax)
}

/** What the characteristics say, while it is gathered. */
interface Tally {
  /** Which reason each characteristic gives; -1 for none. */
  readonly places: number[]
  /** Of each reason. */
  readonly points: number[]
  /** Every reason that was given, once. */
  readonly adverse: number[]
  readonly favourable: number[]
}

function tallyPoints(
  { characteristics }: CompiledModel,
  contributions: readonly Contribution[],
  { places, points, adverse, favourable }: Tally
): void {
  for (let index = 0; index < characteristics.length; index += 1) {
    const each = characteristics[index] as CompiledCharacteristic
    const contribution = contributions[index] as Contribution
    const strong = contribution.points >= each.pointsStrong && contribution.points > each.pointsGainFrom
    const amount = strong ? contribution.points - each.pointsGainFrom : each.pointsBaseline - contribution.points
    if (!(amount > 0) || each.pointsMax === each.pointsMin) continue
    const place = strong ? each.reasons.strong : weaknessOf(each.reasons, contribution)
    const known = points[place] as number
    places[index] = place
    points[place] = known + amount
    if (known === 0) (strong ? favourable : adverse).push(place)
  }
}

/** The adverse reason of a value: its attribute's own where it has one. */
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
 * As `tallyPoints`, where the model ranks reasons of its own. Of all characteristics that share a
 * code the points below the baseline add up, or with `sign` -1 those above it; points on the other
 * side take away from them.
 */
function tallyRanked(
  { characteristics }: CompiledModel,
  contributions: readonly Contribution[],
  { places, points, adverse }: Tally,
  sign: 1 | -1
): void {
  characteristics.forEach(({ pointsBaseline, reasons }, index) => {
    const contribution = contributions[index] as Contribution
    const place = weakOf(reasons, contribution.attribute)
    const amount = pointsBaseline - sign * contribution.points
    if (!adverse.includes(place)) adverse.push(place)
    points[place] = (points[place] as number) + amount
    if (amount > 0) places[index] = place
  })
}

/** Those with points, the largest first; of equal ones the earlier in the model. */
function largestOf(given: readonly number[], points: readonly number[], max: number): number[] {
  const largest: number[] = []
  for (const place of given) if ((points[place] as number) > 0) insert(largest, place, points, max)
  return largest
}

function made(
  { reasons, reasonGivers }: CompiledModel,
  contributions: readonly Contribution[],
  { places, points }: Tally,
  place: number
): ScoreReason {
  const { code, direction, own } = reasons[place] as CompiledReason
  const from: string[] = []
  for (const giver of reasonGivers[place] as readonly number[]) {
    if (places[giver] === place) from.push((contributions[giver] as Contribution).id)
  }
  const reason: ScoreReason = { code, direction, points: points[place] as number, from }
  return own === undefined ? reason : { ...reason, modelCode: own }
}

/** Puts a reason in its place among the largest. At most `max` are kept. */
function insert(largest: number[], place: number, points: readonly number[], max: number): void {
  let at = largest.length
  while (at > 0 && weighsMore(points, place, largest[at - 1] as number)) at -= 1
  if (at >= max) return
  if (largest.length < max) largest.push(place)
  for (let index = largest.length - 1; index > at; index -= 1) largest[index] = largest[index - 1] as number
  largest[at] = place
}

/** Where two reasons weigh the same, the earlier one in the model comes first. */
function weighsMore(points: readonly number[], place: number, other: number): boolean {
  const difference = (points[place] as number) - (points[other] as number)
  return difference > 0 || (difference === 0 && place < other)
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
