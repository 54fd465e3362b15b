import type { FeatureValue } from '../../features/feature.ts'
import type { CompiledCondition, CompiledModel, CompiledRequirement } from '../compiled-model.ts'
import type { Contribution, KnockoutState } from '../score-result.ts'
import { type Sight, usableValue } from './sight.ts'

/** What requirements look at: as observed, or as it would be with every unknown at its best. */
export interface ScoredFile {
  readonly sight: Sight
  readonly contributions: readonly Contribution[]
  readonly optimistic: boolean
  /** The shares of points that were worked out already, by their place in the compiled model. */
  readonly shares: (number | undefined)[]
}

/** Whether a file meets every requirement of a list. */
export function allHold(
  compiled: CompiledModel,
  requirements: readonly CompiledRequirement[],
  file: ScoredFile
): boolean {
  for (const each of requirements) if (!holds(compiled, each, file)) return false
  return true
}

/** Whether a file has one of the bodies of evidence that suffice for a rating. */
export function anyHolds(compiled: CompiledModel, file: ScoredFile): boolean {
  for (const each of compiled.evidence) if (allHold(compiled, each, file)) return true
  return false
}

function holds(compiled: CompiledModel, each: CompiledRequirement, file: ScoredFile): boolean {
  if (each.kind === 'points') {
    file.shares[each.share] ??= pointsShareOf(compiled, each, file)
    return (file.shares[each.share] as number) >= each.atLeast
  }
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
  { contributions, optimistic }: ScoredFile
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

/**
 * Whether all conditions hold. One about a value that is not there makes the whole not evaluable,
 * unless another is known not to hold.
 */
export function stateOf(conditions: readonly CompiledCondition[], sight: Sight): KnockoutState {
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
