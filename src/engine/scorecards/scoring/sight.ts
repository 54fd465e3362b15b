import type { Feature, FeatureValue, MissingReason } from '../../features/feature.ts'
import { type BusinessDate, toDayNumber } from '../../values/dates.ts'

/** The features of a scoring, in the order of the compiled model, and its day. */
export interface Sight {
  readonly features: readonly (Feature | undefined)[]
  readonly today: number
  /** Most features share a few dates: the last one, and its day. */
  date: BusinessDate
  day: number
}

/** Why a feature cannot be used; null when it can. */
export function whyMissing(sight: Sight, feature: Feature | undefined): MissingReason | null {
  if (feature === undefined) return 'no_data'
  if ('missing' in feature) return feature.missing
  if (typeof feature.value === 'number' && !Number.isFinite(feature.value)) return 'invalid'
  return ageDays(sight, feature.asOf) >= 0 ? null : 'invalid'
}

/** Negative for a date after the day of the scoring; not a number for what is no date. */
export function ageDays(sight: Sight, date: BusinessDate): number {
  if (date !== sight.date) {
    sight.date = date
    sight.day = toDayNumber(date)
  }
  return sight.today - sight.day
}

/** The value of a feature that can be used and is no older than that; null otherwise. */
export function usableValue(sight: Sight, place: number, maxAgeDays: number): FeatureValue | null {
  const feature = sight.features[place]
  if (feature === undefined || 'missing' in feature || whyMissing(sight, feature) !== null) return null
  return ageDays(sight, feature.asOf) > maxAgeDays ? null : feature.value
}
