import { type BusinessDate, daysBetween } from './dates.ts'
import { availableMinor, type Exposure, exposureOf, isLimitValid, totalExposureMinor } from './exposure.ts'
import type { LimitMode } from './limit.ts'
import { formatAmount, type Money, parseAmount, toMoney } from './money.ts'
import type { Policy } from './policy.ts'
import { compareGrades, type Grade } from './rating.ts'
import type { ReasonCode } from './reasons.ts'

export const OUTCOMES = ['approved', 'referred', 'declined'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The steps of an order check, in the order in which they are answered. All of them are evaluated, always. */
export const CHECK_STEPS = [
  'manual_hold',
  'rating_in_force',
  'rating_floor',
  'limit_in_force',
  'headroom',
  'largest_order',
  'oldest_overdue',
  'share_overdue',
  'terms',
  'utilisation'
] as const
export type CheckStepCode = (typeof CHECK_STEPS)[number]

/** From best to worst. `not_evaluable` weighs as much as `refer`: a step that lacks its data never passes silently. */
export const STEP_RESULTS = ['pass', 'warn', 'not_evaluable', 'refer', 'fail'] as const
export type StepResult = (typeof STEP_RESULTS)[number]

export const STEP_UNITS = ['amount', 'days', 'share', 'grade', 'mode', 'date', 'none'] as const
export type StepUnit = (typeof STEP_UNITS)[number]

/** One step with its working: what was observed against what was required, and how old the data is. */
export interface CheckStep {
  readonly code: CheckStepCode
  readonly result: StepResult
  readonly observed: string | number | null
  readonly threshold: string | number | null
  readonly unit: StepUnit
  /** The instant or business date as of which the observation holds. */
  readonly dataAsOf: string
  readonly reason: ReasonCode | null
}

/** The account as one decision reads it under its lock. */
export interface AccountFacts {
  readonly customerId: string
  readonly currency: string
  readonly limitMode: LimitMode
  readonly limitMinor: number
  readonly limitValidUntil: BusinessDate | null
  /** Null: no limit was ever decided. */
  readonly limitDecisionId: string | null
  readonly termsDays: number | null
  readonly receivablesMinor: number
  readonly capturedMinor: number
  readonly reservedMinor: number
  readonly holdReason: string | null
  readonly holdSince: string | null
  readonly grade: Grade | null
  readonly ratingValidUntil: BusinessDate | null
  readonly ratedAt: string | null
}

/** The open invoices as of the day of the check; disputed ones are told apart. */
export interface AgeingFacts {
  readonly openMinor: number
  /** Past due and not disputed. */
  readonly overdueMinor: number
  /** Due date of the oldest open invoice that is not disputed. */
  readonly oldestDueOn: BusinessDate | null
}

/** The order in the account's currency. */
export interface OrderFacts {
  readonly orderId: string
  readonly amountMinor: number
  /** Payment terms that the order asks for; null: those of the limit. */
  readonly termsDays: number | null
}

/** Everything that one decision rests on. Stored with it, so that it can be replayed. */
export interface CheckFacts {
  readonly account: AccountFacts
  readonly ageing: AgeingFacts
  readonly order: OrderFacts
  readonly now: string
  readonly today: BusinessDate
}

/** The decision about one order. */
export interface CheckVerdict {
  readonly outcome: Outcome
  readonly steps: readonly CheckStep[]
  /** Why it is not a plain approval: the gravest first. */
  readonly reasons: readonly ReasonCode[]
  readonly exposureBefore: Exposure
  /** Null: unlimited. */
  readonly availableBefore: Money | null
  readonly availableAfter: Money | null
  readonly policy: { readonly id: string; readonly version: number }
}

/**
 * Decides one order for one account at one moment.
 *
 * Pure and total: stored decisions are replayed through this function and must give the same bytes, so behaviour changes only with a new
 * policy version. A decline is a result, not an error. Exposure that equals the limit passes.
 */
export function checkOrder(policy: Policy, facts: CheckFacts): CheckVerdict {
  const { account, order, today } = facts
  const steps = CHECK_STEPS.map((code) => STEPS[code](policy, facts))
  const outcome = outcomeOf(steps)
  const before = availableMinor(account, account, today)
  const after = before === null ? null : before - (outcome === 'approved' ? order.amountMinor : 0)
  const money = (minor: number | null) => (minor === null ? null : toMoney(minor, account.currency))
  return {
    outcome,
    steps,
    reasons: reasonsOf(steps),
    exposureBefore: exposureOf(account, account.currency),
    availableBefore: money(before),
    availableAfter: money(after),
    policy: { id: policy.id, version: policy.version }
  }
}

/** The worst step decides: any failure declines, anything to look at refers, a warning changes nothing. */
function outcomeOf(steps: readonly CheckStep[]): Outcome {
  if (steps.some(({ result }) => result === 'fail')) return 'declined'
  return steps.some(({ result }) => result === 'refer' || result === 'not_evaluable') ? 'referred' : 'approved'
}

function reasonsOf(steps: readonly CheckStep[]): ReasonCode[] {
  const gravity = (step: CheckStep) => -STEP_RESULTS.indexOf(step.result)
  const told = steps.filter(({ reason }) => reason !== null).toSorted((left, right) => gravity(left) - gravity(right))
  return [...new Set(told.flatMap(({ reason }) => (reason === null ? [] : [reason])))]
}

type Step = (policy: Policy, facts: CheckFacts) => CheckStep

const STEPS: Readonly<Record<CheckStepCode, Step>> = {
  manual_hold: (_policy, { account, now }) => {
    const held = account.holdReason !== null
    return {
      code: 'manual_hold',
      result: held ? 'fail' : 'pass',
      observed: account.holdReason,
      threshold: null,
      unit: 'none',
      dataAsOf: account.holdSince ?? now,
      reason: held ? 'MANUAL_HOLD' : null
    }
  },

  rating_in_force: ({ check }, { account, today, now }) => {
    const { grade, ratingValidUntil, ratedAt } = account
    const step = {
      code: 'rating_in_force',
      observed: ratingValidUntil,
      threshold: today,
      unit: 'date',
      dataAsOf: ratedAt ?? now
    } as const
    if (grade === null || ratingValidUntil === null)
      return { ...step, result: check.ratingMissing, reason: 'RATING_MISSING' }
    if (daysBetween(today, ratingValidUntil) < 0)
      return { ...step, result: check.ratingExpired, reason: 'RATING_EXPIRED' }
    return { ...step, result: 'pass', reason: null }
  },

  rating_floor: ({ check }, { account, now }) => {
    const { grade, ratedAt } = account
    const step = {
      code: 'rating_floor',
      observed: grade,
      threshold: check.gradeFloor,
      unit: 'grade',
      dataAsOf: ratedAt ?? now
    } as const
    if (grade === null) return { ...step, result: 'not_evaluable', reason: 'RATING_MISSING' }
    const below = compareGrades(grade, check.gradeFloor) > 0
    return { ...step, result: below ? check.gradeBelowFloor : 'pass', reason: below ? 'RATING_BELOW_FLOOR' : null }
  },

  limit_in_force: ({ check }, { account, today, now }) => {
    const step = {
      code: 'limit_in_force',
      observed: account.limitMode,
      threshold: account.limitValidUntil,
      unit: 'mode',
      dataAsOf: now
    } as const
    if (account.limitDecisionId === null) return { ...step, result: check.limitMissing, reason: 'LIMIT_MISSING' }
    if (account.limitMode === 'cash_only') return { ...step, result: 'fail', reason: 'CASH_ONLY' }
    if (account.limitMode === 'none') return { ...step, result: 'fail', reason: 'NO_LIMIT_GRANTED' }
    if (!isLimitValid(account, today)) return { ...step, result: check.limitExpired, reason: 'LIMIT_EXPIRED' }
    return { ...step, result: 'pass', reason: null }
  },

  headroom: ({ check }, { account, order, today, now }) => {
    const available = availableMinor(account, account, today)
    const step = {
      code: 'headroom',
      observed: formatAmount(order.amountMinor, account.currency),
      unit: 'amount',
      dataAsOf: now
    } as const
    if (account.limitDecisionId === null)
      return { ...step, threshold: null, result: 'not_evaluable', reason: 'LIMIT_MISSING' }
    if (available === null) return { ...step, threshold: null, result: 'pass', reason: null }
    const exceeded = order.amountMinor > available
    const threshold = formatAmount(available, account.currency)
    return {
      ...step,
      threshold,
      result: exceeded ? check.headroomExceeded : 'pass',
      reason: exceeded ? 'LIMIT_EXCEEDED' : null
    }
  },

  largest_order: ({ check }, { account, order, now }) => {
    const step = {
      code: 'largest_order',
      threshold: check.largestOrderShareOfLimit,
      unit: 'share',
      dataAsOf: now
    } as const
    if (account.limitMode === 'unlimited') return { ...step, observed: null, result: 'pass', reason: null }
    if (account.limitMode !== 'limited')
      return { ...step, observed: null, result: 'not_evaluable', reason: withoutLimit(account) }
    const observed = shareAbove(order.amountMinor, account.limitMinor)
    const exceeded = observed === null || observed > check.largestOrderShareOfLimit
    return {
      ...step,
      observed,
      result: exceeded ? check.largestOrderExceeded : 'pass',
      reason: exceeded ? 'ORDER_TOO_LARGE' : null
    }
  },

  oldest_overdue: ({ check }, { ageing, today }) => {
    const days = ageing.oldestDueOn === null ? 0 : Math.max(0, daysBetween(ageing.oldestDueOn, today))
    const { referAfterDays, failAfterDays } = check.oldestOverdue
    const result = days > failAfterDays ? 'fail' : days > referAfterDays ? 'refer' : 'pass'
    const threshold = result === 'fail' ? failAfterDays : referAfterDays
    return {
      code: 'oldest_overdue',
      result,
      observed: days,
      threshold,
      unit: 'days',
      dataAsOf: today,
      reason: result === 'pass' ? null : 'OVERDUE_TOO_OLD'
    }
  },

  share_overdue: ({ check }, { account, ageing, today }) => {
    const { referFromShare, failFromShare, minimumAmount } = check.shareOverdue
    const share = shareBelow(ageing.overdueMinor, ageing.openMinor) ?? 0
    const counts = ageing.overdueMinor > 0 && ageing.overdueMinor >= amountIn(minimumAmount, account.currency)
    const result = !counts || share < referFromShare ? 'pass' : share >= failFromShare ? 'fail' : 'refer'
    const threshold = result === 'fail' ? failFromShare : referFromShare
    return {
      code: 'share_overdue',
      result,
      observed: share,
      threshold,
      unit: 'share',
      dataAsOf: today,
      reason: result === 'pass' ? null : 'OVERDUE_BALANCE_HIGH'
    }
  },

  terms: ({ check }, { account, order, now }) => {
    const step = {
      code: 'terms',
      observed: order.termsDays,
      threshold: account.termsDays,
      unit: 'days',
      dataAsOf: now
    } as const
    if (order.termsDays === null) return { ...step, result: 'pass', reason: null }
    if (account.termsDays === null) return { ...step, result: 'not_evaluable', reason: withoutLimit(account) }
    const exceeded = order.termsDays > account.termsDays
    return { ...step, result: exceeded ? check.termsExceeded : 'pass', reason: exceeded ? 'TERMS_TOO_LONG' : null }
  },

  utilisation: ({ check }, { account, order, now }) => {
    const step = { code: 'utilisation', threshold: check.utilisationWarnShare, unit: 'share', dataAsOf: now } as const
    const inUseMinor = totalExposureMinor(account) + order.amountMinor
    const used = account.limitMode === 'limited' ? shareBelow(inUseMinor, account.limitMinor) : null
    if (used === null) return { ...step, observed: null, result: 'pass', reason: null }
    const high = used >= check.utilisationWarnShare
    return { ...step, observed: used, result: high ? 'warn' : 'pass', reason: high ? 'UTILISATION_HIGH' : null }
  }
}

/** Why there is no limit to compare with. */
function withoutLimit({ limitDecisionId, limitMode }: AccountFacts): ReasonCode {
  if (limitDecisionId === null) return 'LIMIT_MISSING'
  if (limitMode === 'cash_only') return 'CASH_ONLY'
  return limitMode === 'none' ? 'NO_LIMIT_GRANTED' : 'LIMIT_MISSING'
}

const MILLION = 1_000_000n

/**
 * A share in whole millionths, the fraction of one cut off; null of nothing. What is shown reaches a threshold of six decimals exactly
 * when the amounts do.
 */
function shareBelow(partMinor: number, wholeMinor: number): number | null {
  return wholeMinor > 0 ? Number((BigInt(partMinor) * MILLION) / BigInt(wholeMinor)) / 1_000_000 : null
}

/** The same with the fraction counted as one, of a part of 0 or more: what is shown exceeds a threshold exactly when the amounts do. */
function shareAbove(partMinor: number, wholeMinor: number): number | null {
  if (wholeMinor <= 0) return null
  const whole = BigInt(wholeMinor)
  return Number((BigInt(partMinor) * MILLION + whole - 1n) / whole) / 1_000_000
}

/** The amount that a list of amounts states for a currency, in minor units; 0 when it states none. */
function amountIn(amounts: readonly Money[], currency: string): number {
  const stated = amounts.find((money) => money.currency === currency)
  return stated === undefined ? 0 : (parseAmount(stated.amount, currency) ?? 0)
}
