import { type LockedAccount, lockAccount, saveAccount } from '../../accounts/store.ts'
import { accountFacts, type Decision } from '../../checks/postings/decision.ts'
import { type CustomerStanding, standingsOf } from '../../checks/postings/facts.ts'
import { reevaluate } from '../../checks/postings/queue.ts'
import { liveReleases } from '../../checks/store/blocks.ts'
import type { NewEntry, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  type CheckFacts,
  checkOrder,
  creditWithinHorizonMinor,
  minorOf,
  openMinor,
  type Policy,
  type ReleaseFacts
} from '../../engine/index.ts'
import { readClock } from '../../platform/database/clock.ts'
import { inTransaction, storageProblem } from '../../platform/database/transaction.ts'
import { Problem } from '../../platform/values/problem.ts'
import { unhurried } from '../../platform/work/rest.ts'
import { sweep } from '../../reservations/postings/sweep.ts'
import type { RecheckRun } from '../schema.ts'
import {
  advanceRecheck,
  findActiveRecheck,
  type HeldOrder,
  heldOrders,
  markAtRisk,
  nextOpenCustomer,
  type RecheckStep,
  updateRecheck
} from '../store.ts'
import { isRecheckScheduled, scheduleRecheck } from './recheck-runs.ts'

type RunRow = Row<'recheckRuns'>
type Finding = RecheckRun['findings'][number]

/** Orders of one customer that are looked at in one transaction. */
const ORDERS_MAX = 500

/** How often a customer is tried whose account others hold for longer than the database waits. */
const ATTEMPTS = 3

/**
 * Another instance has taken the run on from where this one read it: what was under way here is
 * dropped.
 */
class RunLost extends Error {}

/** Whether a run is queued or under way, or the schedule asks for one. */
export async function isRecheckDue(deps: Deps, hour: number | null): Promise<boolean> {
  return (await findActiveRecheck(deps.db)) !== undefined || isRecheckScheduled(deps, hour)
}

/**
 * Works at the run that is queued or under way, from where it stands, until it is done or until the
 * signal. A customer whose orders cannot be looked at is counted, and the run goes on. A fault of
 * the database is thrown, for another attempt; any other fault ends the run as `failed`.
 */
export async function workAtRechecks(deps: Deps, hour: number | null, signal: AbortSignal): Promise<void> {
  await scheduleRecheck(deps, hour)
  for (;;) {
    signal.throwIfAborted()
    const run = await takeRun(deps)
    if (run === undefined) return
    try {
      let at: RunRow | undefined = run
      while (at !== undefined) {
        const from: RunRow = at
        at = await unhurried(() => lookAtNext(deps, from, signal), signal)
      }
      await endRun(deps, run.runId, { state: 'done' })
    } catch (error) {
      // Whoever is at it goes on, and ends it.
      if (error instanceof RunLost) return
      if (signal.aborted || error instanceof Problem || storageProblem(error) !== undefined) throw error
      await endRun(deps, run.runId, { state: 'failed', failedReason: 'The service failed. Its log says why.' })
      throw error
    }
  }
}

async function takeRun({ db, clock }: Deps): Promise<RunRow | undefined> {
  const run = await findActiveRecheck(db)
  if (run === undefined || run.state === 'running') return run
  const { now } = await readClock(db, clock)
  return updateRecheck(db, run.runId, 'queued', { state: 'running', startedAt: now })
}

async function endRun(
  { db, clock }: Deps,
  runId: string,
  end: { state: 'done' } | { state: 'failed'; failedReason: string }
): Promise<void> {
  const { now } = await readClock(db, clock)
  await updateRecheck(db, runId, 'running', { ...end, finishedAt: now })
}

/**
 * Looks at the next open orders of a run, all of one customer. Answers the run as it stands then;
 * undefined when nothing is left. Throws RunLost.
 */
async function lookAtNext(deps: Deps, run: RunRow, signal: AbortSignal): Promise<RunRow | undefined> {
  const customerId = isWithin(run) ? run.cursor : await nextOpenCustomer(deps.db, run.cursor)
  if (customerId === undefined || customerId === null) return undefined
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await inTransaction(deps.db, (trx) => lookAt(deps, trx, run, customerId))
    } catch (error) {
      const slug = error instanceof Problem ? error.slug : storageProblem(error)?.slug
      if (error instanceof RunLost || isOfTheDatabase(slug)) throw error
      if (slug === 'contention' && attempt < ATTEMPTS) continue
      return passOver(deps, run, customerId, error)
    }
  }
}

/** Whether a run stands within the orders of a customer, and not behind them. */
function isWithin({ cursor, checkCursor }: RunRow): boolean {
  return cursor !== null && checkCursor !== null
}

/** Whether a fault is that of the database: no customer would fare better. */
function isOfTheDatabase(slug: Problem['slug'] | undefined): boolean {
  return slug === 'temporary-reduced-capacity' || slug === 'outcome-unknown' || slug === 'storage-exhausted'
}

/** Counts a customer whose orders cannot be looked at, and takes the run on behind them. */
async function passOver(deps: Deps, run: RunRow, customerId: string, error: unknown): Promise<RunRow> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, 300).toWellFormed()
  const nothing = { orders: 0, atRisk: 0, approved: 0, findings: [] }
  const step = { ...nothing, customers: isWithin(run) ? 0 : 1, failures: [{ customerId, reason }], checkCursor: null }
  return inTransaction(deps.db, (trx) => advance(trx, run, { ...step, cursor: customerId }))
}

async function advance(trx: Writer, run: RunRow, step: RecheckStep): Promise<RunRow> {
  const advanced = await advanceRecheck(trx, run, step)
  if (advanced === undefined) throw new RunLost()
  return advanced
}

/**
 * Looks at the next open orders of one customer, under its lock: those that wait are decided again,
 * and those that hold something are put to the question whether they would pass today. Answers the
 * run as it stands then. Throws RunLost.
 */
async function lookAt(deps: Deps, trx: Writer, run: RunRow, customerId: string): Promise<RunRow> {
  const goesOn = isWithin(run)
  const locked = await sweep(trx, await lockAccount(trx, deps.clock, customerId))
  const approved = goesOn ? 0 : await reevaluate(deps, trx, locked)
  const held = await heldOrders(trx, customerId, run.checkCursor, ORDERS_MAX)
  const findings = await judge(deps, trx, locked, held)
  const last = held.length < ORDERS_MAX ? undefined : held.at(-1)
  return advance(trx, run, {
    customers: goesOn ? 0 : 1,
    orders: held.length,
    atRisk: findings.length,
    approved,
    findings,
    failures: [],
    cursor: customerId,
    checkCursor: last?.reservation.checkId ?? null
  })
}

/**
 * Which of these orders would not be approved any more. What has become so since the last look, or
 * is so no longer, is put on record.
 */
async function judge(deps: Deps, trx: Writer, locked: LockedAccount, held: readonly HeldOrder[]): Promise<Finding[]> {
  const { customerId } = locked.account
  const [first] = held
  if (first === undefined) return []
  const { amount } = JSON.parse(first.document) as Decision
  const wanted = { customerId, orderId: first.reservation.orderId, amount }
  const asked = [{ callerId: '', wanted, keyed: undefined }]
  const [stands] = await standingsOf(trx, deps, [{ customerId, asked }], locked)
  const [standing] = stands?.standing ?? []
  if (stands === undefined || standing?.account === undefined) throw new Error('an account that is locked is there')
  const { account, now } = standing
  const orderIds = held.map(({ reservation }) => reservation.orderId)
  const checkIds = held.map(({ reservation }) => reservation.checkId)
  const releases = await liveReleases(trx, customerId, orderIds, now, checkIds)
  const entries: NewEntry[] = []
  const findings: Finding[] = []
  const marked: string[] = []
  const unmarked: string[] = []
  for (const order of held) {
    const { orderId, checkId, atRiskSince } = order.reservation
    const facts = factsOf(deps.policy, order, stands, releases.get(orderId))
    const { outcome, reasons } = checkOrder(deps.policy, facts)
    if (outcome === 'approved') {
      if (atRiskSince === null) continue
      unmarked.push(checkId)
      entries.push({ type: 'order.at_risk_ended', subject: checkId, payload: { orderId, since: atRiskSince } })
      continue
    }
    findings.push({ customerId, orderId, checkId, outcome, reasons: [...reasons], since: atRiskSince ?? now })
    if (atRiskSince !== null) continue
    marked.push(checkId)
    entries.push({ type: 'order.at_risk', subject: checkId, payload: { orderId, outcome, reasons } })
  }
  if (entries.length > 0) {
    await saveAccount(trx, { account, now, today: standing.today }, RECHECK, entries, {
      writes: [markAtRisk(customerId, marked, now), markAtRisk(customerId, unmarked, null)],
      keepsSituation: true
    })
  }
  return findings
}

/** Who finds that an order would not pass any more. */
const RECHECK = 'recheck'

/**
 * The order as if it were asked about today, for what is still open of it, on the account without
 * it.
 */
function factsOf(
  { check }: Policy,
  { reservation, document }: HeldOrder,
  { standing: [standing], situation }: CustomerStanding,
  given: ReleaseFacts | undefined
): CheckFacts {
  if (standing?.account === undefined) throw new Error('an account that is locked is there')
  const { kind, prepaid, termsDays, shipOn } = JSON.parse(document) as Decision
  const { now, today } = standing
  const { orderId, capturedMinor } = reservation
  const open = openMinor(reservation)
  const account = accountFacts({ ...standing.account, reservedMinor: standing.account.reservedMinor - open })
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
  const facts = { account, situation, order, release, outlook: null, now, today }
  const later = open - creditWithinHorizonMinor(check, facts)
  const beyondHorizonMinor = Math.max(0, situation.beyondHorizonMinor - later)
  return { ...facts, situation: { ...situation, beyondHorizonMinor } }
}
