import type { ReasonCode } from '../../reasons/reasons.ts'

/**
 * The steps of an order check, in the order of the answer. All of them are always evaluated, but
 * `file_changed` only where the policy has its rule.
 */
export const CHECK_STEPS = [
  'manual_hold',
  'rating_in_force',
  'rating_floor',
  'rating_advice',
  'file_changed',
  'limit_in_force',
  'headroom',
  'headroom_horizon',
  'largest_order',
  'oldest_overdue',
  'share_overdue',
  'overdue_severity',
  'payment_index',
  'dunning_level',
  'terms',
  'sources_fresh',
  'security',
  'utilisation'
] as const
export type CheckStepCode = (typeof CHECK_STEPS)[number]

/**
 * From best to worst. `exempt`: it does not count; `exemptedBy` says why. `not_evaluable` weighs as
 * much as `refer`: a step without data never passes silently.
 */
export const STEP_RESULTS = ['pass', 'exempt', 'warn', 'not_evaluable', 'refer', 'fail'] as const
type StepResult = (typeof STEP_RESULTS)[number]

/** `amount_days`: major units of the account's currency times days. `level`: of dunning. */
export const STEP_UNITS = [
  'amount',
  'amount_days',
  'days',
  'hours',
  'share',
  'grade',
  'level',
  'mode',
  'date',
  'instant',
  'none'
] as const
export type StepUnit = (typeof STEP_UNITS)[number]

/**
 * What a step would have found without the disputes and later due dates of invoices that were
 * overdue already.
 */
interface WithoutEasing extends Pick<StepFinding, 'result' | 'observed'> {
  /** How many such invoices are open, 1..1,000. */
  readonly invoices: number
}

/** The finding of a step, before anything exempts it. */
export interface StepFinding {
  readonly result: StepResult
  readonly observed: string | number | null
  readonly threshold: string | number | null
  readonly unit: StepUnit
  /** The instant or business date as of which the observation holds. */
  readonly dataAsOf: string
  /** Why it does not pass; for an exempt step, why it would not have passed. */
  readonly reason: ReasonCode | null
  /** Left out: the result would be the same. */
  readonly withoutEasing?: WithoutEasing
}

/**
 * One step with its working: what was observed against what was required, how old the data is, and
 * who exempted it until when.
 */
export interface CheckStep extends StepFinding {
  readonly code: CheckStepCode
  /**
   * The id of the release that exempts the step, `prepaid` or `credit_note`; null when nothing
   * does.
   */
  readonly exemptedBy: string | null
  /** The instant until which the release holds; null when none exempts the step. */
  readonly exemptUntil: string | null
}

/** Whether a step stands in the way of an approval. */
export function isObstacle({ result }: Pick<CheckStep, 'result'>): boolean {
  return result === 'not_evaluable' || result === 'refer' || result === 'fail'
}
