import type { BindingConstraint, LimitMode, LimitStatus } from './limit.ts'
import type { Money } from './money.ts'
import type { Grade } from './rating.ts'
import type { Text } from './text.ts'

/** What an order-check step does when it is not passed: `refer` the order to a person, or `fail` it (the order is declined). */
export const CHECK_EFFECTS = ['refer', 'fail'] as const
export type CheckEffect = (typeof CHECK_EFFECTS)[number]

/**
 * The rules by which ratings turn into limits, terms and order decisions: a versioned document, readable by a credit officer.
 * `policyFaults` says whether a document is fit to be published.
 */
export interface Policy {
  id: string
  version: number
  name: Text
  description: Text
  rating: RatingPolicy
  limit: LimitPolicy
  terms: TermsPolicy
  authority: AuthorityPolicy
  check: CheckPolicy
  cases: PolicyCase[]
}

export interface RatingPolicy {
  /** Months from the assessment after which a rating expires, 1..12. */
  validityMonths: number
}

/** How much a grade may carry. */
export interface GradeCapacity {
  /** Share 0..1 of tangible net worth. */
  equityShare: number
  /** Share 0..1 of a year's revenue. */
  revenueShare: number
  /** Times the highest balance that the customer has owed and paid; used where no statement gives a cap. */
  experienceMultiple: number
}

export interface LimitPolicy {
  /** The worst grade that gets a limit. `D` never does. */
  gradeFloor: Grade
  /** One row for every grade from `AAA` to the floor; a worse grade never carries more than a better one. */
  byGrade: Partial<Record<Grade, GradeCapacity>>
  /** A statement whose period ended more days ago than this gives no cap. */
  statementMaxAgeDays: number
  need: NeedPolicy
  /**
   * Bounds by currency. A limit in a currency that is not listed has no maximum, no minimum and no rounding, and never takes
   * effect automatically.
   */
  amounts: LimitAmounts[]
}

/** need = purchases of 12 months × growthFactor × (termsDays of the grade + allowanceDays) / 365 */
export interface NeedPolicy {
  /** At least 1: room for growth and season. */
  growthFactor: number
  /**
   * Days that an ordinary payment may take beyond the terms, the same for everyone: a customer's own lateness would earn
   * the later payer the larger limit.
   */
  allowanceDays: number
}

/** All three in the currency beside them, as decimal strings. */
export interface LimitAmounts {
  currency: string
  /** A limit that comes out lower is not given at all. */
  minimum: string
  maximum: string
  /** Limits are rounded down to a multiple of this. */
  roundTo: string
}

export interface TermsPolicy {
  /** Days from invoice to due date; a grade without a row gets none, that is payment before delivery. */
  daysByGrade: Partial<Record<Grade, number>>
}

export interface AuthorityPolicy {
  /** The largest limit that takes effect without a person's approval, by currency. A currency that is not listed always needs approval. */
  automaticLimitMax: Money[]
}

/** The rules of the order check. Every step is evaluated, whatever the others say. */
export interface CheckPolicy {
  /** The worst grade that may buy on account without question. */
  gradeFloor: Grade
  /** What a rating in force that is worse than the floor does. */
  gradeBelowFloor: CheckEffect
  /** What a customer without any rating does. */
  ratingMissing: CheckEffect
  /** What a rating that is past its validity does. */
  ratingExpired: CheckEffect
  /** What a customer for whom no limit was ever decided does. A limit of mode `none` or `cash_only` is a decision, not a missing one. */
  limitMissing: CheckEffect
  /** What a limit that is past its validity does. */
  limitExpired: CheckEffect
  /** What an order that the available credit does not cover does. */
  headroomExceeded: CheckEffect
  /** The largest single order as a share of the limit, more than 0; 1 is the whole limit. */
  largestOrderShareOfLimit: number
  /** What an order above that share does. */
  largestOrderExceeded: CheckEffect
  oldestOverdue: OldestOverdueRule
  shareOverdue: ShareOverdueRule
  /** What payment terms longer than the limit's do. */
  termsExceeded: CheckEffect
  /** Share 0..1 of the limit in use after this order from which the answer carries a warning; it changes no outcome. */
  utilisationWarnShare: number
  /** How long an approved order holds its reservation when the caller states no time, in hours, 1..8760. */
  reservationTtlHours: number
}

/** By the age of the oldest overdue invoice that is not disputed, in days past its due date. */
export interface OldestOverdueRule {
  /** More days than this refer the order. */
  referAfterDays: number
  /** More days than this fail it; never fewer than `referAfterDays`. */
  failAfterDays: number
}

/** By the share of the open balance that is past due. */
export interface ShareOverdueRule {
  /** A share 0..1 of this or more refers the order. */
  referFromShare: number
  /** A share of this or more fails it; never less than `referFromShare`. */
  failFromShare: number
  /** An overdue balance below this never counts, by currency. A currency that is not listed has no such minimum. */
  minimumAmount: Money[]
}

/** An example that travels with the policy. A policy whose examples do not come out as stated is not published. */
export interface PolicyCase {
  name: string
  /** The facts in words of the trade; amounts are decimal strings in `currency` unless the statement names its own. */
  facts: {
    currency: string
    /** Left out: no rating. */
    grade?: Grade
    statement?: { currency?: string; ageDays?: number; tangibleNetWorth?: string; annualRevenue?: string }
    /** Purchases of the last 12 months. */
    purchases?: string
    highestSettledBalance?: string
    requested?: string
  }
  expect: {
    status: LimitStatus
    mode: LimitMode
    /** In the currency of the facts. */
    amount: string
    bindingConstraint?: BindingConstraint
    termsDays?: number
    automatic?: boolean
  }
}

/** One fault of a policy document. `pointer` is a JSON pointer into it. */
export interface PolicyFault {
  pointer: string
  detail: string
}
