import { type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import { type AssessedAhead, withAssessedFile } from '../../checks/postings/changed-file.ts'
import type { Decision } from '../../checks/postings/decision.ts'
import { loadLine, type Rules, releaseOfReserved } from '../../checks/postings/facts.ts'
import { retryWaiting } from '../../checks/postings/queue.ts'
import { liveReleases } from '../../checks/store/blocks.ts'
import type { NewEntry, Writer } from '../../database.ts'
import { type OpenReservation, openMinor, type ReleaseFacts, recheckReserved } from '../../engine/index.ts'
import type { CheckId, CustomerId } from '../../ids.ts'
import { systemActor } from '../../platform/values/actors.ts'
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
  readonly checkCursor: CheckId | null
}

/**
 * Rechecks the next open orders of one customer under its lock, on what was assessed `ahead`. Those
 * that wait are decided again, unless that was done with earlier orders of the customer
 * (`afterCheckId`). Those that have a reservation are asked whether they would pass today; what has
 * changed is put on record.
 */
export async function recheckCustomer(
  trx: Writer,
  rules: Rules,
  { customerId, afterCheckId }: { readonly customerId: CustomerId; readonly afterCheckId: CheckId | null },
  ahead: AssessedAhead
): Promise<Rechecked> {
  const locked = await sweep(
    trx,
    await withAssessedFile(trx, rules, await lockAccount(trx, rules.clock, customerId), ahead)
  )
  const approved = afterCheckId === null ? await retryWaiting(trx, rules, locked) : 0
  const orders = await reservedOrders(trx, customerId, afterCheckId, ORDERS_MAX)
  const findings = await findAtRisk(trx, rules, locked, orders)
  const last = orders.length < ORDERS_MAX ? undefined : orders.at(-1)
  return { orders: orders.length, approved, findings, checkCursor: last?.reservation.checkId ?? null }
}

/** Who finds that an order would not pass any more. */
const RECHECK = systemActor('recheck')

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
  const { line, ...current } = await loadLine(trx, rules, locked)
  const { now } = current
  const { customerId } = current.account
  const orderIds = orders.map(({ reservation }) => reservation.orderId)
  const checkIds = orders.map(({ reservation }) => reservation.checkId)
  const releases = await liveReleases(trx, customerId, orderIds, now, checkIds)
  const entries: NewEntry[] = []
  const findings: Finding[] = []
  const marked: CheckId[] = []
  const unmarked: CheckId[] = []
  for (const order of orders) {
    const { orderId, checkId, atRiskSince } = order.reservation
    const { outcome, reasons } = recheckReserved(rules.policy, line, ...recheckOf(order, releases.get(orderId)))
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
    await saveAccount(trx, current, RECHECK, entries, {
      writes: [markAtRisk(customerId, marked, now), markAtRisk(customerId, unmarked, null)],
      keepsSituation: true
    })
  }
  return findings
}

/** An order as the engine is asked about it again, with the release that it still has. */
function recheckOf(
  { reservation, document }: ReservedOrder,
  given: ReleaseFacts | undefined
): [OpenReservation, ReleaseFacts | null] {
  const { kind, prepaid, termsDays, shipOn } = JSON.parse(document) as Decision
  const { orderId, capturedMinor } = reservation
  const open = { orderId, kind, openMinor: openMinor(reservation), capturedMinor, termsDays, shipOn }
  return [open, releaseOfReserved(given, prepaid)]
}
