import type { Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { readClock } from '../../platform/database/clock.ts'
import { inTransaction, storageProblem } from '../../platform/database/transaction.ts'
import { Problem } from '../../platform/values/problem.ts'
import { unhurried } from '../../platform/work/rest.ts'
import { advanceRecheck, findActiveRecheck, type RecheckStep, updateRecheck } from '../store/recheck-runs.ts'
import { nextOpenCustomer } from '../store/reserved-orders.ts'
import { recheckCustomer } from './at-risk.ts'
import { isRecheckScheduled, scheduleRecheck } from './recheck-runs.ts'

type RunRow = Row<'recheckRuns'>

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
 * signal. A customer whose orders cannot be rechecked is counted, and the run goes on. A fault of
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
        at = await unhurried(() => recheckNext(deps, from, signal), signal)
      }
      await endRun(deps, run.runId, { state: 'done' })
    } catch (error) {
      // The other instance goes on with it, and ends it.
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
 * Rechecks the next open orders of a run, all of one customer. Answers the run as it stands then;
 * undefined when nothing is left. Throws RunLost.
 */
async function recheckNext(deps: Deps, run: RunRow, signal: AbortSignal): Promise<RunRow | undefined> {
  const customerId = isWithin(run) ? run.cursor : await nextOpenCustomer(deps.db, run.cursor)
  if (customerId === undefined || customerId === null) return undefined
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await inTransaction(deps.db, async (trx) => {
        const { orders, approved, findings, checkCursor } = await recheckCustomer(
          trx,
          deps,
          customerId,
          run.checkCursor
        )
        const counts = { customers: isWithin(run) ? 0 : 1, orders, atRisk: findings.length, approved }
        return advance(trx, run, { ...counts, findings, failures: [], cursor: customerId, checkCursor })
      })
    } catch (error) {
      const slug = error instanceof Problem ? error.slug : storageProblem(error)?.slug
      if (error instanceof RunLost || isOfTheDatabase(slug)) throw error
      if (slug === 'contention' && attempt < ATTEMPTS) continue
      return recordFailure(deps, run, customerId, error)
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

/** Counts a customer whose orders cannot be rechecked, and takes the run on behind them. */
async function recordFailure(deps: Deps, run: RunRow, customerId: string, error: unknown): Promise<RunRow> {
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
