import { isLimitValid } from '../../ledger/exposure.ts'
import type { CheckPolicy, SourcesRule } from '../../policy/check-policy.ts'
import { daysBetween } from '../../values/dates.ts'
import { hoursBetween, isLongerThan } from '../../values/instants.ts'
import { compareGrades } from '../../values/rating.ts'
import type { CheckFacts } from '../check-facts.ts'
import { isOutrun } from '../file-change.ts'
import { type CheckStepCode, STEP_RESULTS, type StepFinding } from './check-step.ts'
import { withoutLimit } from './exposure-steps.ts'

type Step = (check: CheckPolicy, facts: CheckFacts) => StepFinding

/** The steps that look at how the account stands: hold, rating, limit, terms, sources, security. */
export const STANDING_STEPS = {
  manual_hold: (_check, { account, now }) => {
    const held = account.holdReason !== null
    return {
      result: held ? 'fail' : 'pass',
      observed: account.holdReason,
      threshold: null,
      unit: 'none',
      dataAsOf: account.holdSince ?? now,
      reason: held ? 'MANUAL_HOLD' : null
    }
  },

  rating_in_force: (check, { account, today, now }) => {
    const { grade, ratingValidUntil, ratedAt } = account
    const step = { observed: ratingValidUntil, threshold: today, unit: 'date', dataAsOf: ratedAt ?? now } as const
    if (grade === null || ratingValidUntil === null)
      return { ...step, result: check.ratingMissing, reason: 'RATING_MISSING' }
    if (daysBetween(today, ratingValidUntil) < 0)
      return { ...step, result: check.ratingExpired, reason: 'RATING_EXPIRED' }
    return { ...step, result: 'pass', reason: null }
  },

  rating_floor: (check, { account, now }) => {
    const { grade, ratedAt } = account
    const step = { observed: grade, threshold: check.gradeFloor, unit: 'grade', dataAsOf: ratedAt ?? now } as const
    if (grade === null) return { ...step, result: 'not_evaluable', reason: 'RATING_MISSING' }
    const below = compareGrades(grade, check.gradeFloor) > 0
    const effect = isOutrun(check, account.fileChange) ? 'refer' : check.gradeBelowFloor
    return { ...step, result: below ? effect : 'pass', reason: below ? 'RATING_BELOW_FLOOR' : null }
  },

  rating_advice: (check, { account, now }) => {
    const { grade, ratingAdvice, ratedAt } = account
    const step = {
      observed: grade === null ? null : ratingAdvice,
      threshold: null,
      unit: 'none',
      dataAsOf: ratedAt ?? now
    } as const
    const declines = isOutrun(check, account.fileChange) ? 'refer' : 'fail'
    if (ratingAdvice === 'decline') return { ...step, result: declines, reason: 'RATING_ADVISES_DECLINE' }
    if (grade === null) return { ...step, result: 'not_evaluable', reason: 'RATING_MISSING' }
    const refers = ratingAdvice === 'refer'
    return { ...step, result: refers ? 'refer' : 'pass', reason: refers ? 'RATING_ADVISES_REFERRAL' : null }
  },

  file_changed: (_check, { account: { fileChange, fileChangedAt, ratedAt }, now }) => {
    const step = { threshold: ratedAt, unit: 'instant', dataAsOf: now } as const
    if (fileChange === undefined) return { ...step, observed: null, result: 'pass', reason: null }
    // A change that could be assessed at once has been; what is left is for a person.
    const reason = fileChange === 'other' ? 'FILE_NOT_ASSESSED' : 'FILE_TO_BE_REVIEWED'
    return { ...step, observed: fileChangedAt ?? null, result: 'refer', reason }
  },

  limit_in_force: (check, { account, today, now }) => {
    const step = {
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

  terms: (check, { account, order, now }) => {
    const step = { observed: order.termsDays, threshold: account.termsDays, unit: 'days', dataAsOf: now } as const
    if (order.termsDays === null) return { ...step, result: 'pass', reason: null }
    if (account.termsDays === null) return { ...step, result: 'not_evaluable', reason: withoutLimit(account) }
    const exceeded = order.termsDays > account.termsDays
    return { ...step, result: exceeded ? check.termsExceeded : 'pass', reason: exceeded ? 'TERMS_TOO_LONG' : null }
  },

  sources_fresh: ({ sources }, facts) => {
    const { snapshot, rate } = sourceFindings(sources, facts)
    if (rate === undefined) return snapshot
    // One answer for both: the graver one, and of two alike the one about all orders.
    return STEP_RESULTS.indexOf(rate.result) > STEP_RESULTS.indexOf(snapshot.result) ? rate : snapshot
  },

  security: (check, { situation: { security, asOf }, today }) => {
    if (security.lapsed === null) {
      const { validUntil } = security
      return { observed: validUntil, threshold: today, unit: 'date', dataAsOf: asOf, result: 'pass', reason: null }
    }
    return {
      observed: security.lapsed,
      threshold: null,
      unit: 'none',
      dataAsOf: asOf,
      result: check.securityLapsed,
      reason: 'SECURITY_LAPSED'
    }
  }
} satisfies Partial<Record<CheckStepCode, Step>>

/**
 * The state of each source that an order rests on. Without a rate the order needs none, it is
 * fresh, or the policy does not ask.
 */
export function sourceFindings(
  sources: SourcesRule,
  facts: CheckFacts
): { readonly snapshot: StepFinding; readonly rate: StepFinding | undefined } {
  return { snapshot: snapshotFinding(sources, facts), rate: rateFinding(sources, facts) }
}

function snapshotFinding(sources: SourcesRule, { account: { reconciledAt }, now }: CheckFacts): StepFinding {
  const step = { threshold: sources.maxAgeHours, unit: 'hours', dataAsOf: reconciledAt ?? now } as const
  // A customer without reconciliation sends every fact by itself, so there is no snapshot to grow
  // old.
  if (reconciledAt === null) return { ...step, observed: null, result: 'pass', reason: null }
  const stale = isLongerThan(reconciledAt, now, sources.maxAgeHours)
  return {
    ...step,
    observed: hoursBetween(reconciledAt, now),
    result: stale ? sources.stale : 'pass',
    reason: stale ? 'SOURCES_STALE' : null
  }
}

function rateFinding(
  { exchangeRate }: SourcesRule,
  { order: { original }, today }: CheckFacts
): StepFinding | undefined {
  if (exchangeRate === undefined || original === null) return undefined
  const { maxAgeDays, stale } = exchangeRate
  const observed = daysBetween(original.ratedOn, today)
  if (observed <= maxAgeDays) return undefined
  return {
    result: stale,
    observed,
    threshold: maxAgeDays,
    unit: 'days',
    dataAsOf: original.ratedOn,
    reason: 'EXCHANGE_RATE_STALE'
  }
}
