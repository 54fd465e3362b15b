import { exposureTooLarge } from '../../accounts/store.ts'
import {
  type Audience,
  creditMinor,
  decideOrder,
  decisionOf,
  type LineDecision,
  minorOf,
  namedChanges,
  type OrderFacts,
  openMinor,
  proportionOf,
  rateOf,
  statedMoney,
  toMoney,
  withoutReserved
} from '../../engine/index.ts'
import { type SentAnswer, sentAnswer } from '../../platform/http/command.ts'
import { newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { audienceOf } from '../../wording/postings.ts'
import type { CreditCheck, NewCreditCheck } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }
import { answeredCheck, answerOf, checkOf } from './answer.ts'
import { decisionAbout } from './decision.ts'
import type { AskedCheck, KnownCustomerFacts, ReservedOrder } from './facts.ts'
import { orderOf } from './order.ts'
import { type Draft, outlookIn, wantsNewOutlook } from './rows.ts'

const { details } = texts

/**
 * The check that made the reservation of the order, for a caller who asks the same again: its
 * present state, on the same terms, and what would come out otherwise today. A trial gets what
 * would be decided today; undefined, where the draft must be written first. Throws
 * `order-already-reserved` when the caller asks for something else, or insists on a new decision
 * with a new Idempotency-Key.
 */
export function reservedAnswer(
  draft: Draft,
  reserved: ReservedOrder,
  { wanted, keyed, isTrial = false, reader }: AskedCheck,
  order: OrderFacts
): SentAnswer | undefined {
  const { facts } = draft
  const { reservation, document } = reserved
  const audience = audienceOf(reader, facts.kind)
  const check = checkOf({ check: { document }, reservation }, facts.now, audience)
  const asked = atItsRate(check, wanted, facts) ?? order
  const same =
    reservation.amountMinor === creditMinor(asked) &&
    minorOf(check.prepaid) === asked.prepaidMinor &&
    check.termsDays === asked.termsDays &&
    check.shipOn === asked.shipOn
  if (keyed === undefined && same) {
    const today = decideToday(draft, reserved, order)
    if (isTrial && wantsNewOutlook(draft, today)) return undefined
    const answer = isTrial
      ? triedCheck(draft, wanted, today, { check, audience })
      : { ...check, changedSince: changes(check, today, audience) }
    return sentAnswer(answerOf(200, answer, reader))
  }
  const { currency } = check.amount
  const { orderId, expiresAt, checkId } = reservation
  const open = statedMoney(toMoney(openMinor(reservation), currency))
  const detail = said(details.holds, { orderId, open, expiresAt, checkId })
  throw new Problem('order-already-reserved', detail, { members: { checkId } })
}

/** The order at the rate of its reservation: a new rate does not make it another order. */
function atItsRate(
  { original }: CreditCheck,
  wanted: NewCreditCheck,
  { account, today }: KnownCustomerFacts
): OrderFacts | undefined {
  if (original?.currency !== wanted.amount.currency) return undefined
  return orderOf(wanted, account.currency, new Map([[original.currency, rateOf(original)]]), today)
}

/** Decides what is still open of the order, without its own reservation. */
function decideToday(draft: Draft, { reservation }: ReservedOrder, order: OrderFacts): LineDecision {
  const { policy, line, facts } = draft
  const { orderId, shipOn, amountMinor, capturedMinor } = reservation
  const open = openMinor(reservation)
  const rest = proportionOf(creditMinor(order), open, amountMinor)
  const without = withoutReserved(policy, line, { openMinor: open, shipOn })
  const asked = { ...order, amountMinor: order.prepaidMinor + rest, heldMinor: capturedMinor }
  const release = facts.extra.blocked.get(orderId)?.release ?? null
  return decideOrder(policy, without, asked, { release, items: [], isBlocked: false, outlook: outlookIn(draft) })
}

/** The decision of today as an answer, of which nothing is kept. */
function triedCheck(
  draft: Draft,
  wanted: NewCreditCheck,
  today: LineDecision,
  { check, audience }: { readonly check: CreditCheck; readonly audience: Audience | undefined }
): CreditCheck {
  if (today.effects === null) throw exposureTooLarge()
  draft.wantsOutlook ||= today.wantsOutlook
  const ids = { checkId: newId('chk'), previousCheckId: null }
  const decision = decisionAbout(wanted, ids, decisionOf(ids, draft.policy, today.facts, today.verdict))
  const reservation = decision.outcome === 'approved' ? check.reservation : null
  return answeredCheck(decision, { reservation, block: null }, audience)
}

/** The steps of a check that would come out otherwise today; a named reader gets their names. */
function changes(
  { steps }: CreditCheck,
  { verdict }: LineDecision,
  audience: Audience | undefined
): NonNullable<CreditCheck['changedSince']> {
  const before = new Map(steps.map(({ code, result }) => [code, result]))
  const changed = verdict.steps.flatMap(({ code, result }) => {
    // A step that the policy of then did not ask for stopped nothing.
    const was = before.get(code) ?? 'pass'
    return was === result ? [] : [{ code, before: was, today: result }]
  })
  const since = { outcome: verdict.outcome, steps: changed }
  return audience === undefined ? since : namedChanges(since, audience)
}
