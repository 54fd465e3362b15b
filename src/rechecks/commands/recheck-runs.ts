import type { Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { readClock, shiftedDay } from '../../platform/database/clock.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { RecheckRun, RecheckRunQuery } from '../schema.ts'
import {
  dayWithoutRecheck,
  findActiveRecheck,
  findRecheck,
  insertRecheck,
  listRechecks
} from '../store/recheck-runs.ts'

/**
 * Asks for a run over all open orders; whoever is free takes it up. Throws `recheck-run-active`
 * while another is under way.
 */
export async function createRecheck(deps: Deps, trx: Writer, caller: Caller): Promise<Answer> {
  const { now } = await readClock(trx, deps.clock)
  const run = newRun(caller.keyId, null, now)
  if (!(await insertRecheck(trx, run))) {
    const active = await findActiveRecheck(trx)
    throw new Problem(
      'recheck-run-active',
      active === undefined ? 'Another run has just been asked for.' : `The run ${active.runId} is ${active.state}.`
    )
  }
  return { status: 201, value: await readRecheck(trx, run.runId), location: `/v1/recheck-runs/${run.runId}` }
}

/** One run. Throws `not-found`. */
export async function readRecheck(db: Reader, runId: string): Promise<RecheckRun> {
  const run = await findRecheck(db, runId)
  if (run === undefined) throw new Problem('not-found', `There is no run ${runId}.`)
  return shown(run)
}

/** Runs, newest first. */
export async function pageOfRechecks(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: RecheckRunQuery
): Promise<Page<RecheckRun>> {
  const listing = { list: 'recheck-runs' }
  const rows = await listRechecks(db, keyOfCursor(cursor, listing), limit)
  return pageOfRows(rows.map(shown), limit, listing, (run) => run.runId)
}

/**
 * Whether the schedule asks for a run: its hour has come, and the day has none yet. Null: there is
 * no schedule.
 */
export async function isRecheckScheduled({ db, clock }: Deps, hour: number | null): Promise<boolean> {
  return hour !== null && (await dayWithoutRecheck(db, shiftedDay(clock, hour))) !== undefined
}

/**
 * Puts the run of the day in the queue, where the schedule asks for one; one that is under way
 * comes first.
 */
export async function scheduleRecheck({ db, clock }: Deps, hour: number | null): Promise<void> {
  const day = hour === null ? undefined : await dayWithoutRecheck(db, shiftedDay(clock, hour))
  if (day === undefined) return
  const { now } = await readClock(db, clock)
  await insertRecheck(db, newRun('schedule', day, now))
}

function newRun(requestedBy: string, scheduledOn: string | null, now: string) {
  return {
    runId: newId('run'),
    state: 'queued' as const,
    scheduledOn,
    requestedBy,
    customers: 0,
    orders: 0,
    atRisk: 0,
    approved: 0,
    failed: 0,
    findings: '[]',
    failures: '[]',
    createdAt: now
  }
}

function shown(row: Row<'recheckRuns'>): RecheckRun {
  const { runId, state, scheduledOn, customers, orders, atRisk, approved, failed, findings, failures } = row
  const { failedReason, requestedBy, createdAt, startedAt, finishedAt } = row
  return {
    runId,
    state,
    scheduledOn,
    counts: { customers, orders, atRisk, approved, failed },
    findings: findings as RecheckRun['findings'],
    failures: failures as RecheckRun['failures'],
    failedReason,
    requestedBy,
    createdAt,
    startedAt,
    finishedAt
  }
}
