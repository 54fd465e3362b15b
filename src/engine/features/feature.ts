import type { BusinessDate } from '../values/dates.ts'

/** What a model can take in: a number, a category or a yes or no. */
export type FeatureValue = number | string | boolean

/**
 * Why a feature has no value. `unreliable`: the auditor disowned the statement. `not_applicable`:
 * it is a matter of other kinds of customer, of other statements or of another currency. `invalid`:
 * the value given is not of the feature's type, or not a finite number, or dated after the
 * assessment.
 */
export const MISSING_REASONS = [
  'no_data',
  'zero_denominator',
  'missing_item',
  'negative_base',
  'not_applicable',
  'unreliable',
  'invalid'
] as const
export type MissingReason = (typeof MISSING_REASONS)[number]

/** One input of a model: its value with its date and source, or why it has none. */
export type Feature =
  | { readonly value: FeatureValue; readonly asOf: BusinessDate; readonly source: string }
  | { readonly missing: MissingReason }

/**
 * The features of one customer as of one day, by feature id. A feature that is not there is
 * missing.
 */
export type FeatureSet = Readonly<Record<string, Feature>>
