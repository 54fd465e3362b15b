import { creditMinor, formatAmount, minorOf, type OrderFacts, openMinor, rateOf } from '../../engine/index.ts'
import { type SentAnswer, sentAnswer } from '../../platform/http/command.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { NewCreditCheck } from '../schema.ts'
import { answerOf, checkOf } from './answer.ts'
import type { Decision } from './decision.ts'
import type { AskedCheck, KnownCustomerFacts, ReservedOrder } from './facts.ts'
import { orderOf } from './order.ts'

/**
 * The check that made the reservation of the order, for a caller who asks the same again: its
 * present state, on the same terms. Throws `order-already-reserved` when the caller asks for
 * something else, or insists on a new decision with a new Idempotency-Key.
 */
export function reservedAnswer(
  { reservation, document }: ReservedOrder,
  { wanted, keyed }: AskedCheck,
  order: OrderFacts,
  facts: KnownCustomerFacts
): SentAnswer {
  const check = checkOf({ check: { document }, reservation }, facts.now)
  const asked = atItsRate(document, wanted, facts) ?? order
  const same =
    reservation.amountMinor === creditMinor(asked) &&
    minorOf(check.prepaid) === asked.prepaidMinor &&
    check.termsDays === asked.termsDays &&
    check.shipOn === asked.shipOn
  if (keyed === undefined && same) return sentAnswer(answerOf(200, check))
  const { currency } = check.amount
  const { orderId, expiresAt, checkId } = reservation
  const open = formatAmount(openMinor(reservation), currency)
  const detail = `Order ${orderId} holds ${open} ${currency} until ${expiresAt} by check ${checkId}.`
  throw new Problem('order-already-reserved', detail, { members: { checkId } })
}

/** The order at the rate of its reservation: a new rate does not make it another order. */
function atItsRate(
  document: string,
  wanted: NewCreditCheck,
  { account, today }: KnownCustomerFacts
): OrderFacts | undefined {
  const { original } = JSON.parse(document) as Decision
  if (original?.currency !== wanted.amount.currency) return undefined
  return orderOf(wanted, account.currency, new Map([[original.currency, rateOf(original)]]), today)
}
