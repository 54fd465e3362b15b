import type { BusinessDate } from './dates.ts'
import type { FeatureValue } from './features.ts'
import type { Grade } from './rating.ts'
import type { ReasonCode } from './reasons.ts'
import type { Text } from './text.ts'

/** Kinds of customer that a scoring model is made for. */
export const SEGMENTS = ['company', 'sole_trader', 'individual'] as const
export type Segment = (typeof SEGMENTS)[number]

/** Where the evidence of a characteristic comes from. */
export const CHARACTERISTIC_GROUPS = ['statements', 'payment_behaviour', 'profile'] as const
export type CharacteristicGroup = (typeof CHARACTERISTIC_GROUPS)[number]

/**
 * What a missing or stale value earns: `worst` the fewest points of any attribute, `points` a stated number that is no
 * larger, `unrated` no score at all. Rules such as "neutral" or "spread the weight over the rest" do not exist: a customer
 * whose value is worse than neutral would score better by withholding it.
 */
export const MISSING_RULES = ['worst', 'points', 'unrated'] as const
export type MissingRule = { rule: 'worst' } | { rule: 'points'; points: number } | { rule: 'unrated' }

export const DIRECTIONS = ['increasing', 'decreasing'] as const
/** `increasing`: a larger value never earns fewer points. `decreasing`: a larger value never earns more. */
export type Direction = (typeof DIRECTIONS)[number]

/** One range of a numeric characteristic: `from` included, `to` excluded; without `from` or `to` it is open on that side. */
export interface NumericAttribute {
  from?: number
  to?: number
  points: number
}

/** One set of values of a category or boolean characteristic. A value in no attribute counts as missing. */
export interface ValueAttribute {
  values: (string | boolean)[]
  points: number
}

interface CharacteristicBase {
  id: string
  name: Text
  group: CharacteristicGroup
  /** An id of the feature catalogue. */
  feature: string
  /** Share of the whole scorecard in percent: what separates its best from its worst attribute. All weights add up to 100. */
  weight: number
  missing: MissingRule
  /** A value that is older than this on the day of the assessment counts as missing. Without it a value never grows stale. */
  maxAgeDays?: number
  /** The reason when points are lost here. */
  reason: ReasonCode
  /** The reason when the characteristic speaks for the customer. */
  strength: ReasonCode
}

export interface NumericCharacteristic extends CharacteristicBase {
  type: 'numeric'
  monotone?: Direction
  /** In rising order; they join without gap or overlap and cover every number. */
  attributes: NumericAttribute[]
}

export interface ValueCharacteristic extends CharacteristicBase {
  type: 'category' | 'boolean'
  attributes: ValueAttribute[]
}

export type Characteristic = NumericCharacteristic | ValueCharacteristic

/**
 * Something that must be proved by evidence. Every requirement is of the form "at least", and a missing value proves nothing,
 * so withholding evidence can never fulfil one.
 * `coverageAtLeast` is the share 0..1 of the group's weight whose values are known and fresh; `pointsShareAtLeast` the share 0..1
 * of the points between the group's worst and best that were earned.
 */
export type Requirement =
  | { group: CharacteristicGroup; coverageAtLeast: number }
  | { group: CharacteristicGroup; pointsShareAtLeast: number }
  | { feature: string; atLeast: number }

/** One sufficient body of evidence: when all its requirements hold, the customer can be rated. */
export interface EvidenceBasis {
  id: string
  name: Text
  requires: Requirement[]
}

/** A grade better than `bestGrade` is given only when all requirements hold. */
export interface Ceiling {
  id: string
  bestGrade: Grade
  requires: Requirement[]
  reason: ReasonCode
}

/** One condition of a knock-out; all the bounds that are given must hold: `atLeast` included, `below` excluded. */
export interface Condition {
  feature: string
  atLeast?: number
  below?: number
  equals?: string | boolean
}

/** A fact that limits the grade whatever the score. It fires when all its conditions hold. */
export interface Knockout {
  id: string
  name: Text
  when: Condition[]
  /** The best grade that is still possible. `D` states a default. */
  capGrade: Grade
  /** What happens when the feature of a condition is missing: the knock-out fires all the same, or there is no rating. */
  missing: 'fires' | 'unrated'
  reason: ReasonCode
}

/** At `points` the odds good:bad are `odds`; every `pointsToDoubleOdds` more points double them. */
export interface Scaling {
  points: number
  odds: number
  pointsToDoubleOdds: number
}

/** An example that travels with the model. A model whose examples do not come out as stated is not published. */
export interface ModelCase {
  name: string
  /** Values by feature id, all as of the day of the case; every other feature is missing. */
  features: Record<string, FeatureValue>
  expect: {
    status: 'rated' | 'unrated'
    grade?: Grade
    score?: number
    /** Codes that must be among the reasons. */
    reasons?: ReasonCode[]
  }
}

/**
 * A points-based scorecard as data. Its score is `basePoints` plus the points of each characteristic; points are whole numbers.
 * `modelFaults` says whether a document is fit to be published.
 */
export interface ScoringModel {
  id: string
  version: number
  name: Text
  description: Text
  segment: Segment
  scaling: Scaling
  basePoints: number
  /** Share 0..1 of all weight that must be known and fresh; below it the customer is unrated. */
  minimumCoverage: number
  characteristics: Characteristic[]
  /** At least one basis must be fulfilled, else the customer is unrated. */
  evidence: EvidenceBasis[]
  ceilings: Ceiling[]
  knockouts: Knockout[]
  cases: ModelCase[]
}

/** The day on which the examples of a model are scored. It has no influence: their values carry the same date. */
export const CASE_DATE: BusinessDate = '2000-01-01'
