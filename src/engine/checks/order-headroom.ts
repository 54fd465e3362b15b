import { availableMinor } from '../ledger/exposure.ts'
import type { CheckPolicy } from '../policy/check-policy.ts'
import { addDays, type BusinessDate } from '../values/dates.ts'
import { type CheckFacts, creditMinor } from './check-facts.ts'

/** What security covers on the day of the check, in minor units; nothing after its last day. */
export function coverInForceMinor({ situation: { security }, today }: CheckFacts): number {
  return security.validUntil !== null && security.validUntil < today ? 0 : security.coverMinor
}

/**
 * The room under the limit when the whole exposure counts, in minor units; null without bound,
 * negative when the account is over its limit.
 */
export function staticRoomMinor(facts: CheckFacts): number | null {
  return availableMinor(facts.account, facts.account, facts.today, coverInForceMinor(facts))
}

/**
 * The room under the limit when orders that ship after the horizon do not count yet, in minor
 * units. At most those orders are added.
 */
export function horizonRoomMinor(facts: CheckFacts): number | null {
  const { account, situation } = facts
  const room = staticRoomMinor(facts)
  const beyond = Math.min(situation.beyondHorizonMinor, account.reservedMinor + account.ordersMinor)
  return room === null ? null : room + beyond
}

/**
 * What the order asks and the room for it, by the way of counting that the policy binds by, in
 * minor units. Room is null without bound.
 */
export function boundMinor(
  check: CheckPolicy,
  facts: CheckFacts
): { readonly askedMinor: number; readonly roomMinor: number | null } {
  return check.headroomBasis === 'horizon'
    ? { askedMinor: creditWithinHorizonMinor(check, facts), roomMinor: horizonRoomMinor(facts) }
    : { askedMinor: creditMinor(facts.order), roomMinor: staticRoomMinor(facts) }
}

/**
 * Whether goods that leave on this day leave after the horizon; without a day they are within any.
 */
export function shipsBeyondHorizon(
  { horizonDays }: Pick<CheckPolicy, 'horizonDays'>,
  shipOn: BusinessDate | null,
  today: BusinessDate
): boolean {
  return shipOn !== null && shipOn > addDays(today, horizonDays)
}

/**
 * What the order itself asks for within the horizon, in minor units: nothing when it ships later.
 */
export function creditWithinHorizonMinor(check: CheckPolicy, { order, today }: CheckFacts): number {
  return shipsBeyondHorizon(check, order.shipOn, today) ? 0 : creditMinor(order)
}
