import { type FeatureValue, MISSING_REASONS, type MissingReason } from '../../features/feature.ts'
import type { BusinessDate } from '../../values/dates.ts'
import type { Absent, CompiledCharacteristic, CompiledModel } from '../compiled-model.ts'
import type { Contribution, ContributionState } from '../score-result.ts'
import { ageDays, type Sight, whyMissing } from './sight.ts'

/** What the contributions add up to. */
export interface Sums {
  score: number
  /** What the known inputs alone prove, and what it would be with every unknown at its best. */
  scoreMin: number
  scoreMax: number
  coverage: number
  basePoints: number
  /** What a predictive model answers; null where it has no result. Left out for a card. */
  prediction?: number | null
}

export interface Contributed extends Sums {
  contributions: Contribution[]
}

/** What each characteristic brings, and what all of them add up to. */
export function contribute(compiled: CompiledModel, sight: Sight): Contributed {
  const { characteristics, basePoints } = compiled
  const contributions = compiled.unknown.slice()
  let points = 0
  let unproved = 0
  let possible = 0
  let weight = 0
  let weightless = false
  for (let index = 0; index < characteristics.length; index += 1) {
    const each = characteristics[index] as CompiledCharacteristic
    const contribution = contributionOf(each, compiled.absent[index] as Absent, sight)
    contributions[index] = contribution
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
  return { contributions, score, scoreMin: score - unproved, scoreMax: score + possible, coverage, basePoints }
}

function contributionOf(each: CompiledCharacteristic, absent: Absent, sight: Sight): Contribution {
  const feature = sight.features[each.feature]
  const missing = whyMissing(sight, feature)
  if (missing !== null || feature === undefined || 'missing' in feature) return absent[missing ?? 'no_data']
  const { value, asOf, source } = feature
  const attribute = attributeOf(each, value)
  const stale = ageDays(sight, asOf) > each.maxAgeDays
  // A stale category in no attribute counts as missing, like one without a rule.
  if (attribute < 0 && (stale || each.pointsUnseen === undefined || typeof value !== 'string')) {
    return absent.invalid
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

/**
 * What a characteristic brings without a value, by the reason. Made once for each model: a new
 * customer has few values, and to make these anew took a tenth of a scoring.
 */
export function absentContributions(each: CompiledCharacteristic): Absent {
  const points = each.pointsMissing ?? each.pointsMin
  const made = MISSING_REASONS.map((reason) => [
    reason,
    contribution(each, 'missing', points, reason, null, null, null, -1)
  ])
  return Object.fromEntries(made) as Absent
}

/** The one literal that makes them: all have one shape, which keeps the loop fast. */
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

/** Index of the attribute that holds a value; -1 for another type, or where none holds it. */
function attributeOf(each: CompiledCharacteristic, value: FeatureValue): number {
  if (each.numeric) {
    if (typeof value !== 'number' || (each.whole && !Number.isInteger(value))) return -1
    const { bounds } = each
    let index = 0
    while (index < bounds.length && value >= (bounds[index] as number)) index += 1
    return index
  }
  return typeof value === 'number' ? -1 : (each.indexByValue.get(value) ?? -1)
}

/**
 * Gives the missing characteristics with this rule the share of their points that all others earned
 * together, and answers what that added. Their own weight so goes to the others; one of these that
 * is missing too counts with what its own rule gives it.
 */
function reweight(compiled: CompiledModel, contributions: Contribution[]): number {
  const { characteristics } = compiled
  let earned = -compiled.independentMin
  characteristics.forEach((each, index) => {
    if (each.source.missing.rule !== 'reweight') earned += contributions[index]?.points ?? 0
  })
  const share = compiled.independentSpan > 0 ? Math.min(Math.max(earned / compiled.independentSpan, 0), 1) : 0
  let added = 0
  characteristics.forEach((each, index) => {
    const missing = contributions[index]
    if (missing?.state !== 'missing' || each.pointsMissing !== undefined) return
    const more = Math.floor(share * (each.pointsMax - each.pointsMin))
    const points = each.pointsMin + more
    contributions[index] = { ...missing, points, pointsLost: each.pointsMax - points }
    added += more
  })
  return added
}
