import type { Reader, Row, Writer } from '../../database.ts'
import type { CustomerId, RunId } from '../../ids.ts'
import { type Clock, readClock } from '../../platform/database/clock.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../../platform/http/page.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { idOf, newId } from '../../platform/values/ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import { type Said, said } from '../../platform/values/said.ts'
import { findActiveRun, findRun, insertRun, listRuns, lockRun, type RunWithRows, updateRun } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }
import type { RunCounts, RunKind } from './kind.ts'

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ runId: KeyField.madeId('run') })

/** Who or what asks for a run, and for what. */
interface Wanted<Counts extends RunCounts> {
  readonly requestedBy: ActorText
  /** The day that the schedule asks for; absent: a caller asks. */
  readonly scheduledOn?: string
  readonly parameters?: object
  readonly counts?: Partial<Counts>
}

/** The row of a run that waits for its turn. */
export function queuedRun<Counts extends RunCounts>(
  kind: RunKind<Counts>,
  { requestedBy, scheduledOn, parameters = {}, counts = {} }: Wanted<Counts>,
  now: string
) {
  return {
    runId: newId('run'),
    kind: kind.name,
    state: 'queued' as const,
    scheduledOn: scheduledOn ?? null,
    requestedBy,
    parameters: JSON.stringify(parameters),
    counts: JSON.stringify({ ...kind.noCounts, ...counts }),
    steps: 0,
    rowCount: 0,
    createdAt: now
  }
}

/**
 * Asks for a run and answers its id; an instance that is free takes it up. Throws the kind's
 * problem while another one is under way.
 */
export async function startRun<Counts extends RunCounts>(
  trx: Writer,
  clock: Clock,
  kind: RunKind<Counts>,
  wanted: Wanted<Counts>
): Promise<RunId> {
  const { now } = await readClock(trx, clock)
  const run = queuedRun(kind, wanted, now)
  if (await insertRun(trx, run)) return run.runId
  const active = await findActiveRun(trx, kind.name)
  throw new Problem(
    kind.problems.active,
    active === undefined
      ? details.another
      : said(details.active, { runId: active.runId, state: texts.states[active.state] })
  )
}

/**
 * Ends a run where it stands. Throws `not-found`, and the kind's problem when it has ended already.
 */
export async function cancelRun(trx: Writer, clock: Clock, kind: RunKind, runId: RunId): Promise<void> {
  const run = await lockRun(trx, kind.name, runId)
  if (run === undefined) throw noRun(runId)
  if (run.finishedAt !== null)
    throw new Problem(kind.problems.ended, said(details.ended, { state: texts.states[run.state] }))
  const { now } = await readClock(trx, clock)
  await updateRun(trx, run, { state: 'cancelled', finishedAt: now })
}

/** A run with its first rows. Throws `not-found`. */
export async function readRun(db: Reader, kind: RunKind, runId: RunId): Promise<RunWithRows> {
  const run = await findRun(db, kind.name, runId, kind.rowsShown)
  if (run === undefined) throw noRun(runId)
  return run
}

/** Which page of the runs is read. */
interface RunQuery {
  readonly state?: Row<'runs'>['state']
  readonly cursor?: string
  readonly limit?: number
}

/** Runs of a kind, newest first, as they are shown. */
export async function pageOfRuns<Shown extends { readonly runId: RunId }>(
  db: Reader,
  kind: RunKind,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: RunQuery,
  shown: (run: RunWithRows) => Shown
): Promise<Page<Shown>> {
  const listing = { list: kind.path, ...filters }
  const listed = { kind: kind.name, state: filters.state, beforeId: keyOfCursor(cursor, listing, KEY)?.runId }
  const rows = await listRuns(db, listed, limit, kind.rowsShown)
  return pageOfRows(rows.map(shown), limit, listing, KEY.of)
}

/** What every run shows of its course, whatever its kind. */
export function courseOf({ failedReason, requestedBy, createdAt, startedAt, finishedAt }: Row<'runs'>) {
  const told = failedReason === null ? {} : { failedReasonText: { en: failedReason, zh: details.broken.zh } }
  return { failedReason, ...told, requestedBy, createdAt, startedAt, finishedAt }
}

/** The customers that a run passed over, with why. */
export function failuresOf(failures: RunWithRows['failures']): ShownFailure[] {
  return failures.map(({ subject, content }) => {
    const { reason, zh } = content as Failure
    const failure = { customerId: idOf<CustomerId>(subject), reason }
    return zh === undefined ? failure : { ...failure, reasonText: { en: reason, zh } }
  })
}

interface ShownFailure {
  readonly customerId: CustomerId
  readonly reason: string
  readonly reasonText?: Said
}

interface Failure {
  readonly reason: string
  /** Not there in what was recorded in English alone. */
  readonly zh?: string
}

function noRun(runId: RunId): Problem {
  return new Problem('not-found', said(details.noRun, { runId }))
}
