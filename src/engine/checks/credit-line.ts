import type { OpenAmount } from '../ledger/exposure-item.ts'
import type { Situation } from '../ledger/situation.ts'
import type { Policy } from '../policy/policy.ts'
import type { BusinessDate } from '../values/dates.ts'
import { AMOUNT_MINOR_MAX } from '../values/money.ts'
import { isHealedByTime } from './alternatives.ts'
import {
  type AccountAbove,
  type AccountFacts,
  type CheckFacts,
  creditMinor,
  type OrderAmounts,
  type OrderFacts,
  type ReleaseFacts
} from './check-facts.ts'
import { type CheckVerdict, checkOrder } from './order-check.ts'
import { shipsBeyondHorizon } from './order-headroom.ts'
import type { Outlook } from './outlook.ts'

/**
 * What orders are decided on, all of one moment: the account of the customer with its open items,
 * and any number of accounts above it. Each decision gives the line for the next.
 */
export interface CreditLine {
  readonly account: AccountFacts
  readonly situation: Situation
  /** The accounts above, the nearest first. Left out: nothing stands above. */
  readonly above?: readonly AccountAbove[]
  readonly now: string
  readonly today: BusinessDate
}

/** An item of the ledger that counts for an order already, with what is open of it. */
interface RecordedItem extends OpenAmount {
  /** Its open amount at each account above, in the currency there, the nearest first. */
  readonly openAboveMinor?: readonly number[]
  readonly shipOn: BusinessDate | null
}

/** What is known of an order besides its request. */
export interface KnownOrder {
  /** The release that the order brings; null: none. */
  readonly release: ReleaseFacts | null
  /** The ledger items that already count for it. It is decided without them. */
  readonly items: readonly RecordedItem[]
  /** Whether it waits because an earlier check did not approve it. */
  readonly isBlocked: boolean
  /** What is expected to make room; null when it was not read. */
  readonly outlook: Outlook | null
  /** The order at each account above, converted by the caller, the nearest first. */
  readonly above?: readonly OrderAmounts[]
}

/** What an order takes at one level, in minor units of the account there. */
interface Taken {
  /** What its reservation takes; 0: it gets none. */
  readonly reservedMinor: number
  /** What the items counted for that the reservation replaces. */
  readonly coveredMinor: number
}

/** The effects of a decision. */
interface Effects extends Taken {
  /** The items that the reservation covers; they no longer count by themselves. */
  readonly coveredItems: readonly RecordedItem[]
  /** What the order takes at each account above, the nearest first. */
  readonly above: readonly Taken[]
  /**
   * `opens`: the order waits from now on; `stays`: it still waits, under this decision; `ends`: it
   * waits no more.
   */
  readonly block: 'none' | 'opens' | 'stays' | 'ends'
}

/** A decision about one order, with its effects. */
export interface LineDecision {
  /** The facts of the decision, as stored for replay. */
  readonly facts: CheckFacts
  readonly verdict: CheckVerdict
  /**
   * Null when an account would hold more than can be counted exactly. Then the decision must not
   * take effect.
   */
  readonly effects: Effects | null
  /** The line for the next order; the same object where nothing was taken. */
  readonly after: CreditLine
  /** Whether the order might pass on a later day, which an outlook would tell. */
  readonly wantsOutlook: boolean
}

/**
 * Decides one order on a line. Every level must let it pass.
 *
 * An approved order takes its credit from each level and replaces the items that already counted
 * for it. Any other order takes nothing and waits; a credit note and an increase of a reservation
 * never wait. The order is decided without its own items. The outlook is among the facts only when
 * it adds an offer.
 */
export function decideOrder(policy: Policy, line: CreditLine, order: OrderFacts, known: KnownOrder): LineDecision {
  // An order that asks for no credit reserves nothing, so it replaces nothing.
  const items = creditMinor(order) === 0 ? [] : known.items
  const rest = items.length === 0 ? line : withoutItems(policy, line, items)
  const bare = factsOn(rest, order, items, known)
  const verdict = checkOrder(policy, bare)
  const isApproved = verdict.outcome === 'approved'
  const looksAhead = !isApproved && isHealedByTime(verdict)
  const facts = looksAhead && known.outlook !== null ? { ...bare, outlook: known.outlook } : bare
  const decision = { facts, verdict, wantsOutlook: looksAhead && known.outlook === null }
  const block = blockEffect(order, isApproved, known.isBlocked)
  if (!isApproved || creditMinor(order) === 0) {
    return { ...decision, effects: { ...NOTHING_TAKEN, block }, after: line }
  }
  const [own, ...above] = takenAt(facts, items)
  const after = withReservation(policy, rest, order, [own, ...above])
  if (!isCountable(after)) return { ...decision, effects: null, after: line }
  return { ...decision, effects: { ...own, coveredItems: items, above, block }, after }
}

const NOTHING_TAKEN = { reservedMinor: 0, coveredMinor: 0, coveredItems: [], above: [] }

function blockEffect({ kind, heldMinor }: OrderFacts, isApproved: boolean, isBlocked: boolean): Effects['block'] {
  if (kind !== 'order' || heldMinor > 0) return 'none'
  if (isApproved) return isBlocked ? 'ends' : 'none'
  return isBlocked ? 'stays' : 'opens'
}

function factsOn(
  { account, situation, above, now, today }: CreditLine,
  order: OrderFacts,
  items: readonly RecordedItem[],
  { release, above: amounts = [] }: KnownOrder
): CheckFacts {
  const levels = above?.map((level, index) => {
    const asked = amounts[index]
    if (asked === undefined) throw new Error('an order comes to an amount at every level')
    return { ...level, order: items.length === 0 ? asked : { ...asked, recordedMinor: openAt(items, index + 1) } }
  })
  return {
    account,
    situation,
    order: items.length === 0 ? order : { ...order, recordedMinor: openAt(items, 0) },
    ...(levels === undefined ? {} : { above: levels }),
    release,
    outlook: null,
    now,
    today
  }
}

/** What an approved order takes at each level, the account first. */
function takenAt({ order, above = [] }: CheckFacts, items: readonly RecordedItem[]): [Taken, ...Taken[]] {
  return [
    { reservedMinor: creditMinor(order), coveredMinor: openAt(items, 0) },
    ...above.map((level, index) => ({
      reservedMinor: creditMinor({ ...order, ...level.order }),
      coveredMinor: openAt(items, index + 1)
    }))
  ]
}

/** The open amount of some items at a level, in the currency there; 0 is the account. */
function openAt(items: readonly RecordedItem[], level: number): number {
  return items.reduce(
    (sum, { openMinor, openAboveMinor }) => sum + (level === 0 ? openMinor : (openAboveMinor?.[level - 1] ?? 0)),
    0
  )
}

/** The change of the amounts of one level. */
interface Move {
  readonly ordersMinor: number
  readonly reservedMinor: number
  readonly beyondHorizonMinor: number
}

/** The line with its amounts moved, at level 0 of the account and at each above. */
function moved(line: CreditLine, moveAt: (level: number) => Move): CreditLine {
  const { account, situation, above } = line
  const own = moveAt(0)
  const after = {
    ...line,
    account: {
      ...account,
      reservedMinor: account.reservedMinor + own.reservedMinor,
      ordersMinor: account.ordersMinor + own.ordersMinor
    },
    situation: { ...situation, beyondHorizonMinor: situation.beyondHorizonMinor + own.beyondHorizonMinor }
  }
  if (above === undefined) return after
  const levels = above.map((level, index) => {
    const move = moveAt(index + 1)
    return {
      ...level,
      reservedMinor: level.reservedMinor + move.reservedMinor,
      ordersMinor: level.ordersMinor + move.ordersMinor,
      beyondHorizonMinor: level.beyondHorizonMinor + move.beyondHorizonMinor
    }
  })
  return { ...after, above: levels }
}

function withoutItems({ check }: Policy, line: CreditLine, items: readonly RecordedItem[]): CreditLine {
  const later = items.filter(({ shipOn }) => shipsBeyondHorizon(check, shipOn, line.today))
  return moved(line, (level) => ({
    ordersMinor: -openAt(items, level),
    reservedMinor: 0,
    beyondHorizonMinor: -openAt(later, level)
  }))
}

function withReservation(
  { check }: Policy,
  line: CreditLine,
  { shipOn }: OrderFacts,
  taken: readonly Taken[]
): CreditLine {
  const isLater = shipsBeyondHorizon(check, shipOn, line.today)
  return moved(line, (level) => {
    const reservedMinor = taken[level]?.reservedMinor ?? 0
    return { ordersMinor: 0, reservedMinor, beyondHorizonMinor: isLater ? reservedMinor : 0 }
  })
}

function isCountable({ account, above = [] }: CreditLine): boolean {
  return (
    account.reservedMinor <= AMOUNT_MINOR_MAX && above.every(({ reservedMinor }) => reservedMinor <= AMOUNT_MINOR_MAX)
  )
}

/** An order with a reservation of which something is open. */
export interface OpenReservation extends Pick<OrderFacts, 'orderId' | 'kind' | 'termsDays' | 'shipOn'> {
  /** In minor units of the account, more than 0. */
  readonly openMinor: number
  /** The same at each account above, in its currency, the nearest first. */
  readonly openAboveMinor?: readonly number[]
  /** What is captured of the reservation, in minor units of the account. */
  readonly capturedMinor: number
}

/** The line as it would be if the order had no reservation. */
export function withoutReserved(
  { check }: Policy,
  line: CreditLine,
  { openMinor, openAboveMinor = [], shipOn }: Pick<OpenReservation, 'openMinor' | 'openAboveMinor' | 'shipOn'>
): CreditLine {
  const open = [openMinor, ...openAboveMinor]
  const beyond = [line.situation, ...(line.above ?? [])].map(({ beyondHorizonMinor }) => beyondHorizonMinor)
  const isLater = shipsBeyondHorizon(check, shipOn, line.today)
  return moved(line, (level) => {
    const openThere = open[level] ?? 0
    const later = isLater ? Math.min(openThere, beyond[level] ?? 0) : 0
    return { ordersMinor: 0, reservedMinor: -openThere, beyondHorizonMinor: -later }
  })
}

/**
 * Whether an order with a reservation would pass today for what is still open, decided on the line
 * without that reservation.
 */
export function recheckReserved(
  policy: Policy,
  line: CreditLine,
  { openMinor, openAboveMinor = [], capturedMinor, ...reserved }: OpenReservation,
  release: ReleaseFacts | null
): CheckVerdict {
  const without = withoutReserved(policy, line, { openMinor, openAboveMinor, shipOn: reserved.shipOn })
  const whole = { prepaidMinor: 0, heldMinor: capturedMinor, original: null }
  const above = openAboveMinor.map((amountMinor) => ({ amountMinor, prepaidMinor: 0 }))
  const known = { release, items: [], isBlocked: false, outlook: null, above }
  return decideOrder(policy, without, { ...reserved, amountMinor: openMinor, ...whole }, known).verdict
}
