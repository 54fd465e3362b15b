import type { FeatureValue, MissingReason } from '../../features/feature.ts'
import { isAccepted, type Predicted, pointsBounds, predict } from '../../predictive/predicted.ts'
import type { Slots } from '../../predictive/program.ts'
import type { BusinessDate } from '../../values/dates.ts'
import type { CompiledCharacteristic, CompiledModel, CompiledPredictive } from '../compiled-model.ts'
import type { Contribution, ContributionState } from '../score-result.ts'
import type { Contributed } from './contributions.ts'
import { ageDays, type Sight, whyMissing } from './sight.ts'

/** A feature as a scoring sees it. */
interface Seen {
  readonly state: ContributionState
  readonly missing: MissingReason | null
  readonly value: FeatureValue | null
  readonly asOf: BusinessDate | null
  readonly source: string | null
}

/** What each characteristic of a predictive model brings, and what all of them add up to. */
export function predictedContributions(
  compiled: CompiledModel,
  { predicted, inputs }: CompiledPredictive,
  sight: Sight
): Contributed {
  const { program } = predicted
  const seen = inputs.map(({ feature, maxAgeDays }, place) => accepted(program, place, see(sight, feature, maxAgeDays)))
  const slots: Slots = []
  const row = seen.map(({ state, value }) => (state === 'present' ? (value ?? undefined) : undefined))
  const found = predict(predicted, row, slots)
  const isUnknown = seen.map(({ state, missing }) => state !== 'present' || missing === 'invalid')
  const hasUnknown = isUnknown.includes(true)
  const [scoreMin, scoreMax] = hasUnknown
    ? pointsBounds(predicted, slots, (input) => isUnknown[input] === true)
    : [found.score, found.score]
  const contributions = compiled.characteristics.map((each, index) => {
    const own = see(sight, each.feature, each.maxAgeDays)
    const places = predicted.inputs[index] ?? []
    const unknown = places.filter((place) => isUnknown[place] === true)
    const gain = () => pointsBounds(predicted, slots, (input) => unknown.includes(input))[1] - found.score
    const isRead = places.find((place) => program.inputs[place] === each.source.feature)
    const told = isRead === undefined ? own : (seen[isRead] ?? own)
    return contribution(each, told, found, index, unknown.length === 0 ? 0 : Math.max(gain(), 0))
  })
  const weight = compiled.characteristics.reduce(
    (sum, each, index) => (contributions[index]?.state === 'present' ? sum + each.weight : sum),
    0
  )
  return {
    contributions,
    score: found.score,
    prediction: found.prediction,
    basePoints: found.base,
    scoreMin: Math.min(scoreMin, found.score),
    scoreMax: Math.max(scoreMax, found.score),
    coverage: compiled.weightTotal > 0 ? weight / compiled.weightTotal : 0
  }
}

/** A stale value counts as missing for the model. */
function see(sight: Sight, place: number, maxAgeDays: number): Seen {
  const feature = sight.features[place]
  const missing = whyMissing(sight, feature)
  if (missing !== null || feature === undefined || 'missing' in feature)
    return { state: 'missing', missing: missing ?? 'no_data', value: null, asOf: null, source: null }
  const { value, asOf, source } = feature
  const state = ageDays(sight, asOf) > maxAgeDays ? 'stale' : 'present'
  return { state, missing: null, value, asOf, source }
}

/**
 * A value that the model does not take for what it is is missing as invalid; it is given to the
 * model all the same.
 */
function accepted(program: Parameters<typeof isAccepted>[0], place: number, seen: Seen): Seen {
  if (seen.state !== 'present' || seen.value === null) return seen
  return isAccepted(program, program.inputs[place] ?? '', seen.value) ? seen : { ...seen, missing: 'invalid' }
}

/**
 * Against the average, what a characteristic could earn is what it does, or nothing where it takes
 * points away.
 */
function contribution(
  { source, weight, pointsMax: best }: CompiledCharacteristic,
  { state, missing, value, asOf, source: origin }: Seen,
  { points, attributes }: Predicted,
  index: number,
  gain: number
): Contribution {
  const earned = points[index] ?? 0
  const attribute = attributes[index] ?? -1
  const most = attribute >= 0 ? Math.max(best, earned) : Math.max(earned, 0)
  const pointsMax = Math.max(most, earned + gain)
  const isInvalid = state === 'present' && missing === 'invalid'
  return {
    id: source.id,
    group: source.group,
    feature: source.feature,
    value: isInvalid ? null : value,
    state: isInvalid ? 'missing' : state,
    missing: missing,
    asOf: isInvalid ? null : asOf,
    source: isInvalid ? null : origin,
    attribute: attribute < 0 ? null : attribute,
    points: earned,
    pointsMax,
    pointsLost: pointsMax - earned,
    weight,
    reason: source.reason
  }
}
