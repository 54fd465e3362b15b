import type { BusinessDate } from './dates.ts'
import type { FeatureValue, MissingReason } from './features.ts'
import type { Grade } from './rating.ts'
import type { ReasonCode } from './reasons.ts'
import type { CharacteristicGroup } from './scoring-model.ts'

export const SCORE_STATUSES = ['rated', 'unrated'] as const
export type ScoreStatus = (typeof SCORE_STATUSES)[number]

export const CONTRIBUTION_STATES = ['present', 'missing', 'stale'] as const
export type ContributionState = (typeof CONTRIBUTION_STATES)[number]

/** What one characteristic brought to the score. */
export interface Contribution {
  id: string
  group: CharacteristicGroup
  feature: string
  /** The value seen; also a stale one. Null when missing. */
  value: FeatureValue | null
  state: ContributionState
  /** Why the value is missing; null when it is not. */
  missing: MissingReason | null
  /** Date and source of the value; null when missing. */
  asOf: BusinessDate | null
  source: string | null
  /** Index of the attribute that the value fell into; null when the missing rule gave the points. */
  attribute: number | null
  points: number
  pointsMax: number
  /** pointsMax - points */
  pointsLost: number
  weight: number
  reason: ReasonCode
}

/** Whether the evidence allows a grade better than `bestGrade`. */
export interface CeilingResult {
  id: string
  bestGrade: Grade
  met: boolean
  /** Whether it lowered the grade. */
  applied: boolean
  reason: ReasonCode
}

export const KNOCKOUT_STATES = ['clear', 'fired', 'not_evaluable'] as const
export type KnockoutState = (typeof KNOCKOUT_STATES)[number]

export interface KnockoutResult {
  id: string
  capGrade: Grade
  state: KnockoutState
  reason: ReasonCode
}

/** What the score and the grade would be if every missing or stale input came in at its worst, and at its best. */
export interface ScoreRange {
  scoreMin: number
  scoreMax: number
  /** The worse grade. */
  gradeMin: Grade
  /** The better grade. */
  gradeMax: Grade
}

export interface ScoreReason {
  code: ReasonCode
  direction: 'adverse' | 'favourable'
  /** Points lost, or earned above the worst, by the characteristics that share the code; 0 for one that is not about points. */
  points: number
  /** Ids of those characteristics, or of the ceiling or knock-out. */
  from: string[]
}

/** The outcome of one scoring with its whole working: basePoints and the points of all contributions add up to the score. */
export interface ScoreResult {
  model: { id: string; version: number }
  asOf: BusinessDate
  status: ScoreStatus
  /** Null when unrated, as are the next three. */
  score: number | null
  /** Probability of default within a year, rounded to six decimals: never below the grade's band. */
  pd: number | null
  grade: Grade | null
  /** The grade that the score alone gives, before ceilings and knock-outs. */
  gradeBeforeKnockouts: Grade | null
  /** Share 0..1 of the weight that is known and fresh. */
  coverage: number
  basePoints: number
  range: ScoreRange
  contributions: Contribution[]
  ceilings: CeilingResult[]
  knockouts: KnockoutResult[]
  /** At most four adverse, then at most two favourable, each by points. */
  reasons: ScoreReason[]
}
