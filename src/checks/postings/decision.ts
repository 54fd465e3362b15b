import type { LockedAccount } from '../../accounts/store.ts'
import type { Row } from '../../database.ts'
import {
  alternatives,
  type CheckFacts,
  checkOrder,
  type Policy,
  REASONS,
  toMoney,
  unblockedBy
} from '../../engine/index.ts'
import { sha256 } from '../../platform/values/canonical.ts'
import type { CreditCheck } from '../schema.ts'

/**
 * What is stored of a decision: the answer without the reservation and the block, which go on
 * changing.
 */
export type Decision = Omit<CreditCheck, 'reservation' | 'block'>

/** Which decision it is, and in whose place it stands. */
interface DecisionIds {
  readonly checkId: string
  /**
   * The check that blocked the order and that a re-evaluation or a person's release took up; null:
   * the order was asked about.
   */
  readonly previousCheckId: string | null
}

/** What is decided on these facts. A replay runs through here as well. */
export function decisionOf({ checkId, previousCheckId }: DecisionIds, policy: Policy, facts: CheckFacts): Decision {
  const { account, order, now } = facts
  const verdict = checkOrder(policy, facts)
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
    reasons: reasons.map((code) => ({ code, text: REASONS[code].text.sales })),
    ...working,
    steps: [...working.steps],
    alternatives: alternatives(policy, facts, verdict),
    unblockedBy: unblockedBy(policy, facts, verdict),
    releaseId: facts.release?.releaseId ?? null,
    previousCheckId,
    decidedAt: now
  }
}

/** With its names in the order of the answer: facts from the journal have another. */
function shownOriginal(original: CheckFacts['order']['original']): Decision['original'] {
  if (original === null) return null
  const { amount, currency, rate, ratedOn, basis } = original
  return { amount, currency, rate, ratedOn, basis }
}

/**
 * What the journal says of a decision: what came of it, and the digest of the very text that is on
 * file and was answered. The rest follows from the facts beside it.
 */
export function digestOf({ checkId, outcome, reasons, policy }: Decision, document: string) {
  return { checkId, outcome, reasons: reasons.map(({ code }) => code), policy, documentSha256: sha256(document) }
}

export function checkRow(decision: Decision, amountMinor: number): Row<'creditChecks'> {
  const { customerId, checkId, orderId, outcome, decidedAt } = decision
  return { customerId, checkId, orderId, outcome, amountMinor, decidedAt, document: JSON.stringify(decision) }
}

/** What the decision reads of the account, and no more: exactly this is stored for replay. */
export function accountFacts(account: LockedAccount['account']): CheckFacts['account'] {
  const { customerId, currency, limitMode, limitMinor, limitValidUntil, limitDecisionId, termsDays } = account
  const { receivablesMinor, capturedMinor, reservedMinor, ordersMinor, deliveriesMinor, specialMinor } = account
  const { reconciledAt, holdReason, holdSince, grade } = account
  const { ratingValidUntil, ratedAt, ratingAdvice } = account
  return {
    customerId,
    currency,
    limitMode,
    limitMinor,
    limitValidUntil,
    limitDecisionId,
    termsDays,
    receivablesMinor,
    capturedMinor,
    reservedMinor,
    ordersMinor,
    deliveriesMinor,
    specialMinor,
    reconciledAt,
    holdReason,
    holdSince,
    grade,
    ratingValidUntil,
    ratedAt,
    ratingAdvice
  }
}
