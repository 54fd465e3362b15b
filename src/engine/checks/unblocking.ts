import { isLimitValid } from '../ledger/exposure.ts'
import { amountIn, type CheckPolicy } from '../policy/check-policy.ts'
import type { Policy } from '../policy/policy.ts'
import { addDays, type BusinessDate } from '../values/dates.ts'
import { AMOUNT_MINOR_MAX, type Money, toMoney } from '../values/money.ts'
import type { Grade } from '../values/rating.ts'
import { shareAbove, shareBelow } from '../values/shares.ts'
import { type CheckFacts, creditMinor } from './check-facts.ts'
import type { CheckVerdict } from './order-check.ts'
import { creditWithinHorizonMinor, horizonRoomMinor, staticRoomMinor } from './order-headroom.ts'
import { type CheckStep, type CheckStepCode, isObstacle } from './steps/check-step.ts'
import { sourceFindings } from './steps/standing-steps.ts'
import type { ConditionKind } from './words/advice-texts.ts'

/** A condition that, once true, satisfies one step. Fields of other kinds are null. */
export interface UnblockingCondition {
  readonly step: CheckStepCode
  readonly kind: ConditionKind
  /**
   * raise_limit: the limit that would do. lower_exposure, resolve_dispute, provide_security,
   * pay_overdue: by how much.
   */
  readonly amount: Money | null
  /** pay_overdue: all invoices that were due before this day. */
  readonly invoiceDueBefore: BusinessDate | null
  readonly termsDays: number | null
  readonly grade: Grade | null
}

/** A condition without its step; amounts in minor units. */
interface Found {
  readonly kind: ConditionKind
  readonly amountMinor?: number
  readonly invoiceDueBefore?: BusinessDate
  readonly termsDays?: number
  readonly grade?: Grade
}

/**
 * What would have to come true for an order that was not approved, step by step; empty for an
 * approval. Each condition alone satisfies its step on the present facts. The order passes once
 * every step that stops it is satisfied.
 */
export function unblockedBy(
  policy: Policy,
  facts: CheckFacts,
  { outcome, steps }: CheckVerdict
): UnblockingCondition[] {
  if (outcome === 'approved') return []
  const { currency } = facts.account
  return steps.filter(isObstacle).flatMap((step) =>
    CONDITIONS[step.code](policy.check, facts, step).map(
      ({ kind, amountMinor, invoiceDueBefore = null, termsDays = null, grade = null }): UnblockingCondition => ({
        step: step.code,
        kind,
        amount: amountMinor === undefined ? null : toMoney(amountMinor, currency),
        invoiceDueBefore,
        termsDays,
        grade
      })
    )
  )
}

type Conditions = (check: CheckPolicy, facts: CheckFacts, step: CheckStep) => Found[]

const CONDITIONS: Readonly<Record<CheckStepCode, Conditions>> = {
  manual_hold: () => [{ kind: 'lift_hold' }],
  rating_in_force: () => [{ kind: 'renew_rating' }],
  rating_floor: ({ gradeFloor }, { account }) =>
    account.grade === null ? [{ kind: 'renew_rating' }] : [{ kind: 'improve_rating', grade: gradeFloor }],
  rating_advice: (_check, { account }) =>
    account.grade === null ? [{ kind: 'renew_rating' }] : [{ kind: 'human_decision' }],
  file_changed: () => [{ kind: 'renew_rating' }],
  limit_in_force: () => [{ kind: 'decide_limit' }],
  headroom: (_check, facts) => roomConditions(facts, creditMinor(facts.order), staticRoomMinor(facts)),
  headroom_horizon: (check, facts) =>
    roomConditions(facts, creditWithinHorizonMinor(check, facts), horizonRoomMinor(facts)),
  largest_order: (check, { account, order }) =>
    account.limitMode === 'limited'
      ? [limitForOrder(check, order.heldMinor + creditMinor(order))]
      : [{ kind: 'decide_limit' }],
  oldest_overdue: ({ oldestOverdue }, { today }) => [
    { kind: 'pay_overdue', invoiceDueBefore: addDays(today, -oldestOverdue.referAfterDays) }
  ],
  share_overdue: (check, facts) => [{ kind: 'pay_overdue', amountMinor: overdueToPay(check, facts) }],
  overdue_severity: (_check, facts) => [everythingOverdue(facts)],
  payment_index: () => [{ kind: 'human_decision' }],
  dunning_level: (_check, facts) => [everythingOverdue(facts)],
  terms: (_check, { account }) =>
    account.termsDays === null ? [{ kind: 'decide_limit' }] : [{ kind: 'shorten_terms', termsDays: account.termsDays }],
  sources_fresh: ({ sources }, facts) => {
    const { snapshot, rate } = sourceFindings(sources, facts)
    if (rate === undefined) return [{ kind: 'reconcile' }]
    // With both of them stale neither is enough alone.
    return [{ kind: isObstacle(snapshot) ? 'human_decision' : 'record_rate' }]
  },
  security: () => [{ kind: 'renew_security' }],
  utilisation: () => []
}

/**
 * A limit in force can be raised, exposure lowered or covered. Without a limit one must be decided
 * first.
 */
function roomConditions({ account, situation, today }: CheckFacts, asked: number, room: number | null): Found[] {
  const stands = account.limitDecisionId !== null && account.limitMode === 'limited' && isLimitValid(account, today)
  if (!stands || room === null) return [{ kind: 'decide_limit' }]
  const missing = asked - room
  const contested = situation.disputedMinor
  const found: Found[] = [
    { kind: 'raise_limit', amountMinor: account.limitMinor + missing },
    { kind: 'lower_exposure', amountMinor: missing },
    { kind: 'provide_security', amountMinor: missing },
    ...(contested >= missing ? [{ kind: 'resolve_dispute', amountMinor: contested } as const] : [])
  ]
  const possible = found.filter(({ amountMinor = 0 }) => amountMinor <= AMOUNT_MINOR_MAX)
  return possible.length > 0 ? possible : [{ kind: 'human_decision' }]
}

/** What is past due and undisputed, after money received and not applied. */
function everythingOverdue({ situation, today }: CheckFacts): Found {
  const { overdueMinor } = situation
  return { kind: 'pay_overdue', ...(overdueMinor > 0 ? { amountMinor: overdueMinor } : {}), invoiceDueBefore: today }
}

/**
 * The least limit of which an order is at most the largest share. Where no limit could be that
 * large, a person must decide.
 */
function limitForOrder({ largestOrderShareOfLimit }: CheckPolicy, asked: number): Found {
  const isEnough = (limit: number) => (shareAbove(asked, limit) ?? Number.POSITIVE_INFINITY) <= largestOrderShareOfLimit
  if (!isEnough(AMOUNT_MINOR_MAX)) return { kind: 'human_decision' }
  return { kind: 'raise_limit', amountMinor: leastThat(asked, AMOUNT_MINOR_MAX, isEnough) }
}

/** The least payment of overdue invoices that makes their share or amount small enough. */
function overdueToPay({ shareOverdue }: CheckPolicy, { account, situation }: CheckFacts): number {
  const { referFromShare, minimumAmount } = shareOverdue
  const { overdueMinor, openMinor } = situation
  const minimum = amountIn(minimumAmount, account.currency)
  return leastThat(0, overdueMinor, (paid) => {
    const left = overdueMinor - paid
    return left === 0 || left < minimum || (shareBelow(left, openMinor - paid) ?? 0) < referFromShare
  })
}

/**
 * The least whole number from `from` to `to` of which something holds that holds of all greater
 * ones; `to` when of none.
 */
function leastThat(from: number, to: number, holds: (value: number) => boolean): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
