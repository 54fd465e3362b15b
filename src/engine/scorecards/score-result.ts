import type { FeatureValue, MissingReason } from '../features/feature.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Advice, Grade } from '../values/rating.ts'
import type { CharacteristicGroup } from './scoring-model.ts'

export const SCORE_STATUSES = ['rated', 'unrated'] as const
type ScoreStatus = (typeof SCORE_STATUSES)[number]

export const CONTRIBUTION_STATES = ['present', 'missing', 'stale'] as const
export type ContributionState = (typeof CONTRIBUTION_STATES)[number]

/** What one characteristic brought to the score. Results share those without a value. */
export interface Contribution {
  readonly id: string
  readonly group: CharacteristicGroup
  readonly feature: string
  /** The value seen; also a stale one. Null when missing. */
  readonly value: FeatureValue | null
  readonly state: ContributionState
  /** Why the value is missing; null when it is not. */
  readonly missing: MissingReason | null
  /** Date and source of the value; null when missing. */
  readonly asOf: BusinessDate | null
  readonly source: string | null
  /**
   * Index of the attribute that the value fell into; null when a rule gave the points: for missing,
   * stale or unseen values.
   */
  readonly attribute: number | null
  readonly points: number
  readonly pointsMax: number
  /** pointsMax - points */
  readonly pointsLost: number
  readonly weight: number
  readonly reason: ReasonCode
}

/** Whether the evidence allows a grade better than `bestGrade`. */
export interface CeilingResult {
  readonly id: string
  readonly bestGrade: Grade
  readonly met: boolean
  /** Whether it lowered the grade. */
  readonly applied: boolean
  readonly reason: ReasonCode
}

export const KNOCKOUT_STATES = ['clear', 'fired', 'not_evaluable'] as const
export type KnockoutState = (typeof KNOCKOUT_STATES)[number]

export interface KnockoutResult {
  readonly id: string
  readonly capGrade: Grade | null
  readonly advice: Advice
  readonly state: KnockoutState
  /**
   * Whether it lowered the grade, or what is advised. One that is not evaluable counts as fired,
   * unless the model says `clear`.
   */
  readonly applied: boolean
  readonly reason: ReasonCode
}

export interface NotchResult {
  id: string
  grades: number
  state: KnockoutState
  /**
   * Whether it moved the grade. One down that is not evaluable counts as fired, one up does not.
   */
  applied: boolean
  reason: ReasonCode
}

/** One reason of a scoring, for a person to read. */
export interface ScoreReason {
  code: ReasonCode
  direction: 'adverse' | 'favourable'
  /**
   * Points below the baseline, or above it, by the characteristics that share the code; 0 for one
   * that is not about points.
   */
  points: number
  /** Ids of those characteristics, or of the notch, ceiling or knock-out. */
  from: string[]
  /** The code of the model's own catalogue; left out where it has none. */
  modelCode?: string
}

/**
 * From what the known inputs alone prove, to what it would be if every missing or stale input came
 * in at its best.
 */
export interface ScoreRange {
  scoreMin: number
  scoreMax: number
  /** The worse grade. */
  gradeMin: Grade
  /** The better grade. */
  gradeMax: Grade
  /**
   * The missing or stale characteristic that could still add the most points; null when nothing is
   * missing.
   */
  worthMost: { id: string; feature: string; points: number } | null
}

/**
 * The outcome of one scoring with its whole working: basePoints and the points of all contributions
 * add up to the score.
 */
export interface ScoreResult {
  model: { id: string; version: number }
  asOf: BusinessDate
  status: ScoreStatus
  /** Null when unrated, as are the next five. */
  score: number | null
  /** Where the score lies between the lowest and the highest possible: 0 to 100, one decimal. */
  healthScore: number | null
  /**
   * Probability of default within a year, rounded to six decimals: never below the grade's band.
   */
  pd: number | null
  grade: Grade | null
  /** The grade that the score alone gives, before hysteresis, notches, ceilings and knock-outs. */
  gradeBeforeKnockouts: Grade | null
  /** The grade of the last rating, where the score has not left its band by enough to change it. */
  gradeKept: Grade | null
  advice: Advice
  /** Share 0..1 of the weight that is known and fresh. */
  coverage: number
  basePoints: number
  /**
   * Of a predictive model: what its producer answers, such as a probability; null where it has no
   * result. Left out for a card.
   */
  prediction?: number | null
  range: ScoreRange
  contributions: Contribution[]
  notches: NotchResult[]
  ceilings: CeilingResult[]
  knockouts: KnockoutResult[]
  /** At most four adverse, then at most two favourable, each by points. */
  reasons: ScoreReason[]
}
