import type { Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { readClock } from '../../platform/database/clock.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/deciding.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import { newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import type { NewRescoringRun, RescoringRun, RescoringRunQuery } from '../schema.ts'
import { countCustomers, findActiveRun, findRun, insertRun, listRuns, lockRun, updateRun } from '../store/runs.ts'

/**
 * Asks for a run over the portfolio; whoever is free takes it up. Throws `rescoring-run-active`
 * while another is under way.
 */
export async function createRun(deps: Deps, trx: Writer, caller: Caller, wanted: NewRescoringRun): Promise<Answer> {
  const { now } = await readClock(trx, deps.clock)
  const filter = { kind: wanted.kind ?? null, ratedBefore: wanted.ratedBefore ?? null }
  const run = {
    runId: newId('run'),
    state: 'queued' as const,
    ...filter,
    requestedBy: caller.keyId,
    total: await countCustomers(trx, filter),
    scored: 0,
    changed: 0,
    unrated: 0,
    failed: 0,
    failures: '[]',
    pending: [],
    createdAt: now
  }
  if (!(await insertRun(trx, run))) {
    const active = await findActiveRun(trx)
    throw new Problem(
      'rescoring-run-active',
      active === undefined ? 'Another run has just been asked for.' : `The run ${active.runId} is ${active.state}.`
    )
  }
  const value = await readRun(trx, run.runId)
  return { status: 201, value, location: `/v1/rescoring-runs/${run.runId}` }
}

/**
 * Ends a run where it stands. Throws `not-found`, and `rescoring-run-finished` when it has ended
 * already.
 */
export async function cancelRun(deps: Deps, trx: Writer, runId: string): Promise<Answer> {
  const run = await lockRun(trx, runId)
  if (run === undefined) throw noRun(runId)
  if (run.finishedAt !== null) throw new Problem('rescoring-run-finished', `The run is ${run.state}.`)
  const { now } = await readClock(trx, deps.clock)
  await updateRun(trx, runId, run.state, { state: 'cancelled', finishedAt: now })
  return { status: 200, value: await readRun(trx, runId) }
}

/** One run. Throws `not-found`. */
export async function readRun(db: Reader, runId: string): Promise<RescoringRun> {
  const run = await findRun(db, runId)
  if (run === undefined) throw noRun(runId)
  return shown(run)
}

/** Runs, newest first. */
export async function pageOfRuns(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: RescoringRunQuery
): Promise<Page<RescoringRun>> {
  const listing = { list: 'rescoring-runs', ...filters }
  const rows = await listRuns(db, filters, keyOfCursor(cursor, listing), limit)
  return pageOfRows(rows.map(shown), limit, listing, (run) => run.runId)
}

function noRun(runId: string): Problem {
  return new Problem('not-found', `There is no run ${runId}.`)
}

function shown(row: Row<'rescoringRuns'>): RescoringRun {
  const { runId, state, kind, ratedBefore, total, scored, changed, unrated, failed } = row
  const { failures, failedReason, requestedBy, createdAt, startedAt, finishedAt } = row
  return {
    runId,
    state,
    filter: { kind, ratedBefore },
    counts: { total, scored, changed, unrated, failed },
    failures: failures as RescoringRun['failures'],
    failedReason,
    requestedBy,
    createdAt,
    startedAt,
    finishedAt
  }
}
