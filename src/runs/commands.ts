import type { Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { readClock, shiftedDay } from '../platform/database/clock.ts'
import { inTransaction, storageProblem } from '../platform/database/transaction.ts'
import { systemActor } from '../platform/values/actors.ts'
import { canonicalJson } from '../platform/values/canonical.ts'
import { Problem } from '../platform/values/problem.ts'
import { withDutyCycle } from '../platform/work/pace.ts'
import { failureReason, type RunKind, type RunPart, type RunStep, type RunWork } from './postings/kind.ts'
import { queuedRun } from './postings/life.ts'
import { advanceRun, dayWithoutRun, findActiveRun, insertRun, updateRun } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

type RunRow = Row<'runs'>
type Storage = Pick<Deps, 'db' | 'clock'>

/** So many parts are found ahead of the one that is worked at, where their places are known. */
const AHEAD = 2

/**
 * The run is no longer where this instance read it: another one has taken it on, or it has ended.
 * What is under way here is dropped.
 */
class RunLost extends Error {}

/** The job in which the runs of a kind are worked at; its queue has the name of the kind. */
export function runJob(storage: Storage, work: RunWork) {
  return {
    name: work.kind.name,
    isDue: () => isRunDue(storage, work),
    work: (signal: AbortSignal) => workAtRuns(storage, work, signal)
  }
}

/** Whether a run of a kind is queued or under way, or the schedule asks for one. */
export async function isRunDue(storage: Storage, work: RunWork): Promise<boolean> {
  return (await findActiveRun(storage.db, work.kind.name)) !== undefined || (await dayDue(storage, work)) !== undefined
}

/**
 * Works at the runs of a kind, each from where it stands, until none is left or until the signal.
 * A part whose work fails is passed over, and the run goes on. A fault of the database is thrown,
 * for another attempt; any other fault ends the run as `failed`.
 */
export async function workAtRuns(storage: Storage, work: RunWork, signal: AbortSignal): Promise<void> {
  await scheduleRun(storage, work)
  for (;;) {
    signal.throwIfAborted()
    const run = await takeRun(storage, work.kind.name)
    if (run === undefined) return
    try {
      await workThrough(storage, work, run, signal)
    } catch (error) {
      if (!(error instanceof RunLost)) throw error
      // The other instance goes on with it, and ends it.
      if ((await findActiveRun(storage.db, work.kind.name))?.runId === run.runId) return
    }
  }
}

/** The day for which the schedule asks for a run that is not there yet. */
async function dayDue({ db, clock }: Storage, { kind, scheduleHour }: RunWork): Promise<string | undefined> {
  return scheduleHour === null ? undefined : dayWithoutRun(db, kind.name, shiftedDay(clock, scheduleHour))
}

/** Puts the run of the day in the queue; one that is under way comes first. */
async function scheduleRun(storage: Storage, work: RunWork): Promise<void> {
  const scheduledOn = await dayDue(storage, work)
  if (scheduledOn === undefined) return
  const { now } = await readClock(storage.db, storage.clock)
  await insertRun(storage.db, queuedRun(work.kind, { requestedBy: systemActor('schedule'), scheduledOn }, now))
}

async function takeRun({ db, clock }: Storage, kind: string): Promise<RunRow | undefined> {
  const run = await findActiveRun(db, kind)
  if (run === undefined || run.state === 'running') return run
  const { now } = await readClock(db, clock)
  return updateRun(db, run, { state: 'running', startedAt: now })
}

/** Works at a run from where it stands until its end. Throws RunLost. */
async function workThrough(storage: Storage, work: RunWork, taken: RunRow, signal: AbortSignal): Promise<void> {
  const parts = partsOf(work, taken)
  let run = taken
  const takeOn = async (): Promise<RunRow | undefined> => {
    const part = await parts.next(run.cursor)
    await part?.prepared
    return part && workAtPart(storage.db, work.kind, run, part, signal)
  }
  try {
    for (;;) {
      signal.throwIfAborted()
      const advanced = await (work.rests ? withDutyCycle(takeOn, signal) : takeOn())
      if (advanced === undefined) break
      run = advanced
    }
    if ((await endRun(storage, run, { state: 'done' })) === undefined) throw new RunLost()
  } catch (error) {
    const isPassing = error instanceof RunLost || error instanceof Problem || storageProblem(error) !== undefined
    if (!signal.aborted && !isPassing) await endRun(storage, run, { state: 'failed', failedReason: details.broken.en })
    throw error
  } finally {
    // Nothing is under way any more when another run is taken up.
    await parts.close()
  }
}

type RunEnd = { readonly state: 'done' } | { readonly state: 'failed'; readonly failedReason: string }

/** Ends a run; undefined when it is no longer where it was read. */
async function endRun({ db, clock }: Storage, run: RunRow, end: RunEnd): Promise<RunRow | undefined> {
  const { now } = await readClock(db, clock)
  return updateRun(db, run, { ...end, finishedAt: now })
}

/**
 * Works at a part and takes the run on behind it, in one transaction. Answers the run as it stands
 * then. Throws RunLost.
 */
async function workAtPart(
  db: Storage['db'],
  kind: RunKind,
  run: RunRow,
  part: RunPart,
  signal: AbortSignal
): Promise<RunRow> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted()
    try {
      return await inTransaction(db, async (trx) => advance(trx, kind, run, await part.work(trx)))
    } catch (error) {
      const slug = error instanceof Problem ? error.slug : storageProblem(error)?.slug
      if (error instanceof RunLost || isOfTheDatabase(slug)) throw error
      if (slug === 'contention' && attempt < part.attemptsMax) continue
      const passed = await part.recordFailure(failureReason(error))
      return inTransaction(db, (trx) => advance(trx, kind, run, passed))
    }
  }
}

/** Whether a fault is that of the database: no other part would fare better. */
function isOfTheDatabase(slug: Problem['slug'] | undefined): boolean {
  return slug === 'temporary-reduced-capacity' || slug === 'outcome-unknown' || slug === 'storage-exhausted'
}

async function advance(trx: Writer, kind: RunKind, run: RunRow, { cursor, rows, ...step }: RunStep): Promise<RunRow> {
  const added: Record<string, number> = { ...step.counts, failed: rows.filter(({ failed }) => failed).length }
  // In the order of the kind, which is that of the answer.
  const counts = Object.keys(kind.noCounts).map((name) => [name, (run.counts[name] ?? 0) + (added[name] ?? 0)])
  const advanced = await advanceRun(trx, run, { counts: Object.fromEntries(counts), cursor, rows })
  if (advanced === undefined) throw new RunLost()
  return advanced
}

/**
 * Finds the parts of a run, and those behind them before the run stands there: so the database
 * reads while this process reckons, and the other way round.
 */
function partsOf(work: RunWork, run: RunRow) {
  const found = new Map<string, Promise<RunPart | undefined>>()
  let isClosed = false
  const find = (cursor: object | null, ahead: number): Promise<RunPart | undefined> => {
    const place = canonicalJson(cursor)
    const finding = found.get(place) ?? work.find(run, cursor)
    found.set(place, finding)
    const lookAhead = (part: RunPart | undefined) => {
      ignoreUntilAwaited(part?.prepared)
      if (part?.endsAt !== undefined && ahead > 0 && !isClosed) void find(part.endsAt, ahead - 1)
    }
    ignoreUntilAwaited(finding.then(lookAhead))
    return finding
  }
  return {
    /** The part at which a run stands; undefined: nothing is left. */
    next: (cursor: object | null) => {
      const part = find(cursor, AHEAD)
      found.delete(canonicalJson(cursor))
      return part
    },
    /** Waits for what is being found, and finds nothing more. */
    close: async () => {
      isClosed = true
      await Promise.allSettled(found.values())
    }
  }
}

/** Prevents an unhandled rejection of a promise that is awaited later. */
function ignoreUntilAwaited(promise: Promise<unknown> | undefined): void {
  promise?.catch(() => undefined)
}
