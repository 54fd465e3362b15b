import type { CheckPolicy } from '../policy/check-policy.ts'
import type { Policy } from '../policy/policy.ts'
import type { BusinessDate } from '../values/dates.ts'
import { AMOUNT_MINOR_MAX, type Money, toMoney } from '../values/money.ts'
import { type CheckFacts, creditMinor, type OrderFacts } from './check-facts.ts'
import { eventDates, factsOn } from './later-facts.ts'
import { type CheckVerdict, checkOrder } from './order-check.ts'
import { boundMinor, coverInForceMinor, horizonRoomMinor, staticRoomMinor } from './order-headroom.ts'
import { type CheckStepCode, isObstacle } from './steps/check-step.ts'
import type { AlternativeKind } from './words/advice-texts.ts'

/** One part of a split order: what is asked for on one day. */
interface AlternativePart {
  readonly amount: Money
  readonly date: BusinessDate
}

/** An offer that would be approved instead. Fields of other kinds are null. */
export interface Alternative {
  readonly kind: AlternativeKind
  /**
   * smaller_amount: the largest order. prepayment: the least that is to be prepaid in all.
   * security: the least cover in addition to what is in force; null when only the one that lapsed
   * is missing.
   */
  readonly amount: Money | null
  /** later_date: the first day. */
  readonly date: BusinessDate | null
  /** split: what passes now, and the rest on its day. */
  readonly parts: AlternativePart[] | null
  /** The payment terms that go with it; null: those that were asked for. */
  readonly termsDays: number | null
}

/** The steps that time alone may satisfy: money comes in and reservations expire. */
const HEALED_BY_TIME: readonly CheckStepCode[] = [
  'headroom',
  'headroom_horizon',
  'oldest_overdue',
  'share_overdue',
  'overdue_severity'
]

/**
 * Whether a later day could bring an approval, so that `alternatives` needs the outlook. An order
 * whose terms are too long is tried with the granted terms.
 */
export function isHealedByTime({ steps }: Pick<CheckVerdict, 'steps'>): boolean {
  const obstacles = steps.filter((step) => isObstacle(step) && step.code !== 'terms')
  return obstacles.length > 0 && obstacles.every(({ code }) => HEALED_BY_TIME.includes(code))
}

/**
 * What would be approved instead of an order that was not; empty for an approval. Each offer is
 * exact and has been decided by `checkOrder`: a minor unit more, or less prepaid or secured, would
 * not pass. The days of `later_date` and `split` rest on `facts.outlook`; without an outlook they
 * are not offered.
 */
export function alternatives(policy: Policy, facts: CheckFacts, verdict: CheckVerdict): Alternative[] {
  if (verdict.outcome === 'approved') return []
  const granted = withGrantedTerms(facts, verdict)
  const termsDo = granted !== facts && approves(policy, granted)
  // Where shorter terms alone are not enough, the other offers include them.
  const base = termsDo ? facts : granted
  const terms = base === facts ? null : base.order.termsDays
  const offer = (kind: AlternativeKind, made: Partial<Alternative>): Alternative => {
    return { kind, amount: null, date: null, parts: null, termsDays: terms, ...made }
  }
  const money = (minor: number) => toMoney(minor, facts.account.currency)
  const smaller = smallerAmount(policy, base)
  const date = laterDate(policy, base)
  const rest = smaller === undefined ? undefined : restLater(policy, base, smaller)
  const prepaid = prepayment(policy, base)
  const secured = securityNeeded(policy, base)
  const found: Alternative[] = []
  if (smaller !== undefined) found.push(offer('smaller_amount', { amount: money(smaller) }))
  if (date !== undefined) found.push(offer('later_date', { date }))
  if (smaller !== undefined && rest !== undefined) {
    const parts = [
      { amount: money(smaller), date: facts.today },
      { amount: money(rest.amountMinor), date: rest.date }
    ]
    found.push(offer('split', { parts }))
  }
  if (prepaid !== undefined) {
    // Full payment before delivery needs no terms.
    const inFull = prepaid === facts.order.amountMinor
    found.push(offer('prepayment', { amount: money(prepaid), ...(inFull ? { termsDays: null } : {}) }))
  }
  if (termsDo) found.push(offer('shorter_terms', { termsDays: granted.order.termsDays }))
  if (secured !== undefined) found.push(offer('security', { amount: secured === 0 ? null : money(secured) }))
  return found
}

function approves(policy: Policy, facts: CheckFacts): boolean {
  return checkOrder(policy, facts).outcome === 'approved'
}

/**
 * The same order with the terms that were granted, where it asks for longer ones; otherwise the
 * same facts.
 */
function withGrantedTerms(facts: CheckFacts, { steps }: CheckVerdict): CheckFacts {
  const { account, order } = facts
  const stopped = steps.some((step) => step.code === 'terms' && isObstacle(step))
  if (!stopped || account.termsDays === null) return facts
  return { ...facts, order: { ...order, termsDays: account.termsDays } }
}

/** An order of another amount. The prepaid part stays, up to that amount. */
function ofAmount(order: OrderFacts, amountMinor: number): OrderFacts {
  return { ...order, amountMinor, prepaidMinor: Math.min(order.prepaidMinor, amountMinor) }
}

/**
 * The amounts of credit at which some step turns from pass to not: the room either way of counting,
 * the largest single order, none at all. Approval falls as credit rises, so the most that passes is
 * one of these.
 */
function turningPoints({ check }: Policy, facts: CheckFacts): number[] {
  const { account, order } = facts
  const points = [0, staticRoomMinor(facts), horizonRoomMinor(facts)]
  if (account.limitMode === 'limited') points.push(largestOrderMinor(check, account.limitMinor) - order.heldMinor)
  return points.flatMap((point) => (point === null || point < 0 ? [] : [point]))
}

/**
 * The largest order that the share of the limit allows, by the millionths in which the share is
 * shown.
 */
function largestOrderMinor({ largestOrderShareOfLimit: share }: CheckPolicy, limitMinor: number): number {
  let millionths = Math.round(share * 1_000_000)
  if (millionths / 1_000_000 > share) millionths -= 1
  return Number((BigInt(limitMinor) * BigInt(millionths)) / 1_000_000n)
}

/** The largest order below this one that passes now. */
function smallerAmount(policy: Policy, facts: CheckFacts): number | undefined {
  const { order, release } = facts
  const amounts = turningPoints(policy, facts).map((point) => order.prepaidMinor + point)
  if (release !== null) amounts.push(release.amountMaxMinor - order.heldMinor)
  const smaller = amounts.filter((amount) => amount > 0 && amount < order.amountMinor)
  const passes = (amount: number) => approves(policy, { ...facts, order: ofAmount(order, amount) })
  return smaller.toSorted((left, right) => right - left).find(passes)
}

/** The least prepayment of this order, in all. */
function prepayment(policy: Policy, facts: CheckFacts): number | undefined {
  const { order } = facts
  const prepaid = turningPoints(policy, facts).map((point) => order.amountMinor - point)
  const more = prepaid.filter((amount) => amount > order.prepaidMinor)
  const passes = (prepaidMinor: number) => approves(policy, { ...facts, order: { ...order, prepaidMinor } })
  return more.toSorted((left, right) => left - right).find(passes)
}

/** The least additional cover; 0 when only a required security is missing. */
function securityNeeded(policy: Policy, facts: CheckFacts): number | undefined {
  const { check } = policy
  const { askedMinor, roomMinor } = boundMinor(check, facts)
  const missing = roomMinor === null ? 0 : Math.max(0, askedMinor - roomMinor)
  // Where a release exempts the headroom, a required security may be all that is missing although
  // there is no room.
  const amounts = facts.situation.security.lapsed === null ? [missing] : [0, missing]
  return amounts.find((moreMinor) => {
    const coverMinor = coverInForceMinor(facts) + moreMinor
    const security = { coverMinor, validUntil: null, lapsed: null }
    const changes = moreMinor > 0 || facts.situation.security.lapsed !== null
    return (
      changes &&
      moreMinor <= AMOUNT_MINOR_MAX &&
      approves(policy, { ...facts, situation: { ...facts.situation, security } })
    )
  })
}

/** The first day on which the order is expected to pass. */
function laterDate(policy: Policy, facts: CheckFacts): BusinessDate | undefined {
  const { outlook } = facts
  if (outlook === null) return undefined
  return eventDates(policy, facts, outlook).find((date) => approves(policy, factsOn(policy, facts, outlook, date)))
}

/**
 * The rest of an order after a first part, with the first day on which it is expected to pass
 * beside that part.
 */
function restLater(
  policy: Policy,
  facts: CheckFacts,
  firstMinor: number
): { amountMinor: number; date: BusinessDate } | undefined {
  const { account, order } = facts
  const first = ofAmount(order, firstMinor)
  const rest = {
    ...order,
    amountMinor: order.amountMinor - firstMinor,
    prepaidMinor: order.prepaidMinor - first.prepaidMinor
  }
  const held = { ...account, reservedMinor: account.reservedMinor + creditMinor(first) }
  const date = laterDate(policy, { ...facts, account: held, order: rest })
  return date === undefined ? undefined : { amountMinor: rest.amountMinor, date }
}
