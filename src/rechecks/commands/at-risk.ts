import { type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import { accountFacts, type Decision } from '../../checks/postings/decision.ts'
import { type LockedLine, loadLine, type Rules } from '../../checks/postings/facts.ts'
import { retryWaiting } from '../../checks/postings/queue.ts'
import { liveReleases } from '../../checks/store/blocks.ts'
import type { NewEntry, Writer } from '../../database.ts'
import {
  type CheckFacts,
  checkOrder,
  creditWithinHorizonMinor,
  minorOf,
  openMinor,
  type Policy,
  type ReleaseFacts
} from '../../engine/index.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import type { RecheckRun } from '../schema.ts'
import { markAtRisk, type ReservedOrder, reservedOrders } from '../store/reserved-orders.ts'

/** What is found of an order, without whose it is. */
type Finding = Omit<RecheckRun['findings'][number], 'customerId'>

/** Orders of one customer that are rechecked in one transaction. */
const ORDERS_MAX = 500

/** What became of some orders of one customer. */
interface Rechecked {
  readonly orders: number
  /** Orders that waited and are approved now. */
  readonly approved: number
  readonly findings: readonly Finding[]
  /** The check after which the next orders follow; null: the customer is done. */
  readonly checkCursor: string | null
}

/**
 * Rechecks the next open orders of one customer under its lock. Those that wait are decided again,
 * unless that was done with earlier orders of the customer (`afterCheckId`). Those that have a
 * reservation are asked whether they would pass today; what has changed is put on record.
 */
export async function recheckCustomer(
  trx: Writer,
  rules: Rules,
  customerId: string,
  afterCheckId: string | null
): Promise<Rechecked> {
  const locked = await sweep(trx, await lockAccount(trx, rules.clock, customerId))
  const approved = afterCheckId === null ? await retryWaiting(trx, rules, locked) : 0
  const orders = await reservedOrders(trx, customerId, afterCheckId, ORDERS_MAX)
  const findings = await findAtRisk(trx, rules, locked, orders)
  const last = orders.length < ORDERS_MAX ? undefined : orders.at(-1)
  return { orders: orders.length, approved, findings, checkCursor: last?.reservation.checkId ?? null }
}

/** Who finds that an order would not pass any more. */
const RECHECK = 'recheck'

/**
 * Which of these orders would not be approved any more. What has become so since the last look, or
 * is so no longer, gets an entry.
 */
async function findAtRisk(
  trx: Writer,
  rules: Rules,
  locked: LockedAccount,
  orders: readonly ReservedOrder[]
): Promise<Finding[]> {
  if (orders.length === 0) return []
  const line = await loadLine(trx, rules, locked)
  const { now } = line
  const { customerId } = line.account
  const orderIds = orders.map(({ reservation }) => reservation.orderId)
  const checkIds = orders.map(({ reservation }) => reservation.checkId)
  const releases = await liveReleases(trx, customerId, orderIds, now, checkIds)
  const entries: NewEntry[] = []
  const findings: Finding[] = []
  const marked: string[] = []
  const unmarked: string[] = []
  for (const order of orders) {
    const { orderId, checkId, atRiskSince } = order.reservation
    const facts = factsOf(rules.policy, order, line, releases.get(orderId))
    const { outcome, reasons } = checkOrder(rules.policy, facts)
    if (outcome === 'approved') {
      if (atRiskSince === null) continue
      unmarked.push(checkId)
      entries.push({ type: 'order.at_risk_ended', subject: checkId, payload: { orderId, since: atRiskSince } })
      continue
    }
    findings.push({ orderId, checkId, outcome, reasons: [...reasons], since: atRiskSince ?? now })
    if (atRiskSince !== null) continue
    marked.push(checkId)
    entries.push({ type: 'order.at_risk', subject: checkId, payload: { orderId, outcome, reasons } })
  }
  if (entries.length > 0) {
    await saveAccount(trx, line, RECHECK, entries, {
      writes: [markAtRisk(customerId, marked, now), markAtRisk(customerId, unmarked, null)],
      keepsSituation: true
    })
  }
  return findings
}

/**
 * The order as if it were asked about today, for what is still open of it, on the account without
 * it.
 */
function factsOf(
  { check }: Policy,
  { reservation, document }: ReservedOrder,
  { account, situation, now, today }: LockedLine,
  given: ReleaseFacts | undefined
): CheckFacts {
  const { kind, prepaid, termsDays, shipOn } = JSON.parse(document) as Decision
  const { orderId, capturedMinor } = reservation
  const open = openMinor(reservation)
  const order = {
    orderId,
    kind,
    amountMinor: open,
    prepaidMinor: 0,
    heldMinor: capturedMinor,
    termsDays,
    shipOn,
    original: null
  }
  // A release is for the order as a whole; what is prepaid of it is not held.
  const release = given === undefined ? null : { ...given, amountMaxMinor: given.amountMaxMinor - minorOf(prepaid) }
  const without = accountFacts({ ...account, reservedMinor: account.reservedMinor - open })
  const facts = { account: without, situation, order, release, outlook: null, now, today }
  const later = open - creditWithinHorizonMinor(check, facts)
  const beyondHorizonMinor = Math.max(0, situation.beyondHorizonMinor - later)
  return { ...facts, situation: { ...situation, beyondHorizonMinor } }
}
