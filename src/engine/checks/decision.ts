import type { Policy } from '../policy/policy.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { OriginalMoney } from '../values/exchange-rate.ts'
import { type Money, toMoney } from '../values/money.ts'
import { type Alternative, alternatives } from './alternatives.ts'
import type { CheckFacts, OrderFacts } from './check-facts.ts'
import { type CheckVerdict, checkOrder } from './order-check.ts'
import type { CheckStep } from './steps/check-step.ts'
import { type UnblockingCondition, unblockedBy } from './unblocking.ts'

/** The ids of a decision and of the one that it replaces. */
export interface DecisionIds {
  readonly checkId: string
  /**
   * The check that blocked the order and that a re-evaluation or a person's release took up; null:
   * the order was asked about.
   */
  readonly previousCheckId: string | null
}

/** The stored decision about one order: codes and values. `wordedCheck` puts them into words. */
export interface CheckDecision extends DecisionIds, Omit<CheckVerdict, 'reasons' | 'steps'> {
  readonly customerId: string
  readonly orderId: string
  readonly kind: OrderFacts['kind']
  readonly amount: Money
  readonly prepaid: Money
  readonly original: OriginalMoney | null
  readonly termsDays: number | null
  readonly shipOn: BusinessDate | null
  readonly reasons: { readonly code: ReasonCode }[]
  readonly steps: CheckStep[]
  readonly alternatives: Alternative[]
  readonly unblockedBy: UnblockingCondition[]
  readonly releaseId: string | null
  readonly decidedAt: string
}

/**
 * The whole document of a decision about an order: same policy, same facts, same bytes as JSON. One
 * changed byte is a new edition (see `editions/`). The verdict is the
 * one on these facts; it is worked out when absent.
 */
export function decisionOf(
  { checkId, previousCheckId }: DecisionIds,
  policy: Policy,
  facts: CheckFacts,
  verdict = checkOrder(policy, facts)
): CheckDecision {
  const { account, order, now } = facts
  const { outcome, reasons, ...working } = verdict
  return {
    checkId,
    customerId: account.customerId,
    orderId: order.orderId,
    kind: order.kind,
    amount: toMoney(order.amountMinor, account.currency),
    prepaid: toMoney(order.prepaidMinor, account.currency),
    original: shownOriginal(order.original),
    termsDays: order.termsDays,
    shipOn: order.shipOn,
    outcome,
    reasons: reasons.map((code) => ({ code })),
    ...working,
    steps: [...working.steps],
    alternatives: alternatives(policy, facts, verdict),
    unblockedBy: unblockedBy(policy, facts, verdict),
    releaseId: facts.release?.releaseId ?? null,
    previousCheckId,
    decidedAt: now
  }
}

/** With its fields in the order of the answer; facts from the journal have another order. */
function shownOriginal(original: OriginalMoney | null): OriginalMoney | null {
  if (original === null) return null
  const { amount, currency, rate, ratedOn, basis } = original
  return { amount, currency, rate, ratedOn, basis }
}
