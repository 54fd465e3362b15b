import fc from 'fast-check'
import type { AccountAbove, OrderAmounts, OrderFacts } from '../../../src/engine/checks/check-facts.ts'
import {
  type CreditLine,
  decideOrder,
  type KnownOrder,
  type LineDecision
} from '../../../src/engine/checks/credit-line.ts'
import type { CheckPolicy } from '../../../src/engine/policy/check-policy.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { ACCOUNT, anyFacts, NOW, SITUATION, TODAY } from '../check-cases.ts'

/** Nothing is due, released, recorded or expected. */
export const UNKNOWN: KnownOrder = { release: null, items: [], isBlocked: false, outlook: null }

/** 400.00 are available: a limit of 1 000.00, of which 600.00 is in use. */
export const LINE: CreditLine = { account: ACCOUNT, situation: SITUATION, now: NOW, today: TODAY }

/** A group in euro: 300.00 are available. */
export const GROUP: AccountAbove = {
  currency: 'EUR',
  limitMode: 'limited',
  limitMinor: 1000_00,
  limitValidUntil: null,
  limitDecisionId: 'lim_group',
  receivablesMinor: 700_00,
  capturedMinor: 0,
  reservedMinor: 0,
  ordersMinor: 0,
  deliveriesMinor: 0,
  specialMinor: 0,
  holdReason: null,
  holdSince: null,
  coverMinor: 0,
  beyondHorizonMinor: 0
}

interface Asked {
  readonly order: OrderFacts
  readonly known: KnownOrder
}

/** Decides orders one after the other, each on what the one before left. */
export function decideAll(policy: Policy, line: CreditLine, asked: readonly Asked[]): LineDecision[] {
  let at = line
  return asked.map(({ order, known }) => {
    const decision = decideOrder(policy, at, order, known)
    at = decision.after
    return decision
  })
}

export const LEVELS_MAX = 3

const anyAbove: fc.Arbitrary<AccountAbove> = fc.record({
  currency: fc.constantFrom('CNY', 'EUR', 'JPY'),
  limitMode: fc.constantFrom('limited', 'limited', 'limited', 'unlimited', 'none'),
  limitMinor: fc.integer({ min: 0, max: 20_000_00 }),
  limitValidUntil: fc.constantFrom(null, null, TODAY, addDays(TODAY, -1)),
  limitDecisionId: fc.option(fc.constant('lim_above'), { freq: 5 }),
  receivablesMinor: fc.integer({ min: -1000_00, max: 5000_00 }),
  capturedMinor: fc.nat({ max: 500_00 }),
  reservedMinor: fc.nat({ max: 2000_00 }),
  // No less than what the items of some orders count for there.
  ordersMinor: fc.integer({ min: 9000_00, max: 10_000_00 }),
  deliveriesMinor: fc.nat({ max: 500_00 }),
  specialMinor: fc.integer({ min: -10_000_00, max: -8_000_00 }),
  holdReason: fc.constantFrom(null, null, null, null, 'held'),
  holdSince: fc.constant(null),
  coverMinor: fc.constantFrom(0, 0, 1000_00),
  beyondHorizonMinor: fc.constant(9000_00)
})

/** A sound account with room for some orders, in which 9 000.00 of items count already. */
export const soundLine: fc.Arbitrary<CreditLine> = fc.integer({ min: 3000_00, max: 9000_00 }).map((limitMinor) => {
  return { ...LINE, account: { ...ACCOUNT, limitMinor, ordersMinor: 9000_00, receivablesMinor: 300_00 - 9000_00 } }
})

export const anyLine: fc.Arbitrary<CreditLine> = fc
  .tuple(fc.oneof(anyFacts, soundLine), fc.array(anyAbove, { maxLength: LEVELS_MAX }))
  .map(([{ account, situation, now, today }, above]) => {
    const larger = { ...account, ordersMinor: Math.max(9000_00, account.ordersMinor) }
    const line = { account: larger, situation: { ...situation, beyondHorizonMinor: 9000_00 }, now, today }
    return above.length === 0 ? line : { ...line, above }
  })

const anyAmounts: fc.Arbitrary<OrderAmounts> = fc
  .tuple(fc.integer({ min: 1, max: 3000_00 }), fc.constantFrom(0, 0, 0.3, 1))
  .map(([amountMinor, share]) => ({ amountMinor, prepaidMinor: Math.floor(amountMinor * share) }))

/** An order as a whole, of any size, with at most two items that count for it already. */
export const anyAsked: fc.Arbitrary<Asked> = fc
  .record({
    facts: anyFacts,
    amounts: anyAmounts,
    above: fc.array(anyAmounts, { minLength: LEVELS_MAX, maxLength: LEVELS_MAX }),
    items: fc.array(
      fc.record({
        source: fc.constant('erp'),
        itemId: fc.constant('SO-1'),
        openMinor: fc.nat({ max: 500_00 }),
        openAboveMinor: fc.array(fc.nat({ max: 500_00 }), { minLength: LEVELS_MAX, maxLength: LEVELS_MAX }),
        shipOn: fc.constantFrom(null, TODAY, addDays(TODAY, 900))
      }),
      { maxLength: 2 }
    ),
    shipOn: fc.constantFrom(null, null, TODAY, addDays(TODAY, 900)),
    isBlocked: fc.boolean()
  })
  .map(({ facts, amounts, above, items, shipOn, isBlocked }) => ({
    order: { ...facts.order, ...amounts, heldMinor: 0, shipOn },
    known: { release: null, items, isBlocked, outlook: facts.outlook, above }
  }))

interface Level {
  readonly limitMode: string
  readonly limitMinor: number
  readonly limitValidUntil: string | null
  readonly reservedMinor: number
  readonly ordersMinor: number
  readonly exposureMinor: number
  readonly coverMinor: number
  readonly beyondHorizonMinor: number
}

/** Every level that has a limit, reckoned here from its own figures. */
export function limitedLevels({ account, situation, above = [], today }: CreditLine): Level[] {
  const { security, beyondHorizonMinor } = situation
  const coverMinor = security.validUntil !== null && security.validUntil < today ? 0 : security.coverMinor
  const levels = [{ ...account, coverMinor, beyondHorizonMinor }, ...above]
  return levels
    .filter(({ limitDecisionId, limitMode }) => limitDecisionId !== null && limitMode !== 'unlimited')
    .map((level) => {
      const { receivablesMinor, capturedMinor, reservedMinor, ordersMinor, deliveriesMinor, specialMinor } = level
      const held = capturedMinor + reservedMinor + ordersMinor + deliveriesMinor
      return { ...level, exposureMinor: receivablesMinor + held + specialMinor }
    })
}

/**
 * What is left of a limit by the way of counting that the policy binds by; below 0 it is exceeded.
 */
export function roomLeft(check: CheckPolicy, level: Level): number {
  const isInForce = level.limitMode === 'limited' && (level.limitValidUntil === null || level.limitValidUntil >= TODAY)
  const room = (isInForce ? level.limitMinor : 0) + level.coverMinor - level.exposureMinor
  const beyond = Math.min(level.beyondHorizonMinor, level.reservedMinor + level.ordersMinor)
  return check.headroomBasis === 'horizon' ? room + beyond : room
}
