import { lockAccount } from '../../accounts/store.ts'
import type { Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { readClock } from '../../platform/database/clock.ts'
import { inTransaction, storageProblem } from '../../platform/database/transaction.ts'
import { Problem } from '../../platform/values/problem.ts'
import { type Batch, nextCustomer, readBatch, writeAssessments } from '../store/batch.ts'
import { advanceRun, findActiveRun, findRun, type RunStep, updateRun } from '../store/runs.ts'
import { type AssessedBatch, assessBatch, type Failure, failureOf } from './assess-batch.ts'

type RunRow = Row<'rescoringRuns'>
type Portfolio = Pick<Deps, 'db' | 'clock' | 'models' | 'policy'>

/**
 * Customers of one batch at most, and of what else their files hold: a batch of large files is of
 * fewer customers.
 */
const BATCH_CUSTOMERS = 500
const BATCH_FACTS = 20_000

/** How often a customer is tried whose account others hold for longer than the database waits. */
const ATTEMPTS = 3

/**
 * The run is at another place than this instance left it, or it was cancelled: whatever is under
 * way here is dropped.
 */
class RunLost extends Error {}

/** Whether a run is queued or under way. */
export async function isRunDue(db: Reader): Promise<boolean> {
  return (await findActiveRun(db)) !== undefined
}

/**
 * Works at the run that is queued or under way, from where it stands, until it is done or
 * cancelled, or until the signal. A fault of the database is thrown, for another attempt; any other
 * fault ends the run as `failed`.
 */
export async function workAtRuns(deps: Portfolio, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const run = await takeRun(deps)
    if (run === undefined) return
    try {
      await workThrough(deps, run, signal)
      await endRun(deps, run.runId, { state: 'done' })
    } catch (error) {
      if (error instanceof RunLost) {
        const now = await findRun(deps.db, run.runId)
        if (now?.state === 'running') return
      } else {
        if (signal.aborted || error instanceof Problem || storageProblem(error) !== undefined) throw error
        await endRun(deps, run.runId, { state: 'failed', failedReason: 'The service failed. Its log says why.' })
        throw error
      }
    }
  }
}

async function takeRun({ db, clock }: Portfolio): Promise<RunRow | undefined> {
  const run = await findActiveRun(db)
  if (run === undefined || run.state === 'running') return run
  const { now } = await readClock(db, clock)
  return updateRun(db, run.runId, 'queued', { state: 'running', startedAt: now })
}

async function endRun(
  { db, clock }: Portfolio,
  runId: string,
  end: { state: 'done' } | { state: 'failed'; failedReason: string }
): Promise<void> {
  const { now } = await readClock(db, clock)
  await updateRun(db, runId, 'running', { ...end, finishedAt: now })
}

/**
 * Goes through the customers in batches. While one is written, the next is scored and the one after
 * that is read: the database and this process work at the same time. Reading locks nothing; whether
 * an account has changed since is found out when it is written.
 */
async function workThrough(deps: Portfolio, taken: RunRow, signal: AbortSignal): Promise<void> {
  let reading = readNext(deps, taken, taken.cursor, BATCH_CUSTOMERS)
  let writing = Promise.resolve(taken)
  try {
    for (;;) {
      const read = await reading
      if (read === undefined) break
      const size = Math.floor((read.size * BATCH_FACTS) / Math.max(read.facts, 1))
      reading = heeded(readNext(deps, taken, read.last, Math.min(Math.max(size, 1), BATCH_CUSTOMERS)))
      const models = await deps.models.inForce(deps.db)
      const assessing = { models, policy: deps.policy, runId: taken.runId, actor: taken.requestedBy }
      const assessed = await assessBatch(read.batch, assessing)
      const run = await seeToPending(deps, await writing, signal)
      signal.throwIfAborted()
      writing = heeded(storeBatch(deps, run, read, assessed))
    }
    await seeToPending(deps, await writing, signal)
  } finally {
    // Nothing is under way any more when another run is taken up.
    await Promise.allSettled([reading, writing])
  }
}

/** A promise that is awaited later: until then a fault in it is nobody's. */
function heeded<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  return promise
}

/** The next customers of a run with their files, or the one among them that cannot be read. */
interface NextRead {
  readonly batch: Batch
  readonly failures: readonly Failure[]
  readonly last: string
  readonly size: number
  readonly facts: number
}

/**
 * Reads on behind a customer; undefined when nobody is left. Files that are too large to be read
 * together are read in smaller batches.
 */
async function readNext(
  deps: Portfolio,
  run: RunRow,
  after: string | null,
  size: number
): Promise<NextRead | undefined> {
  const { kind, ratedBefore } = run
  try {
    const batch = await readBatch(deps.db, deps.clock, { kind, ratedBefore, after, limit: size })
    const last = batch.accounts.at(-1)?.customerId
    return last === undefined
      ? undefined
      : { batch, failures: [], last, size: batch.accounts.length, facts: factsOf(batch) }
  } catch (error) {
    if (storageProblem(error)?.slug !== 'contention') throw error
    if (size > 1) return readNext(deps, run, after, Math.ceil(size / 4))
    const customerId = await nextCustomer(deps.db, run, after)
    if (customerId === undefined) return undefined
    const failures = [failureOf({ customerId }, 'The credit file is too large to be read in time.')]
    return { batch: { now: '', today: '', accounts: [], files: [] }, failures, last: customerId, size: 1, facts: 0 }
  }
}

function factsOf({ files }: Batch): number {
  let facts = 0
  for (const { statements, evidence, invoices, settlements } of files)
    facts += statements.length * 10 + evidence.length + invoices.length + settlements.length
  return facts
}

/** Writes what a batch came to and advances the run, together. */
async function storeBatch(
  { db }: Portfolio,
  run: RunRow,
  { batch, last, failures }: NextRead,
  assessed: AssessedBatch
): Promise<RunRow> {
  const failed = [...failures, ...assessed.failures]
  const readCount = batch.accounts.length - assessed.failures.length
  const stepWith = (written: ReadonlySet<string>): RunStep => {
    const pending = assessed.changes.flatMap(({ customerId }) => (written.has(customerId) ? [] : [customerId]))
    const later = new Set(pending)
    const unrated = [...assessed.unrated].filter((customerId) => !later.has(customerId)).length
    const scored = readCount - pending.length
    return { scored, changed: written.size, unrated, failures: failed, cursor: last, pending }
  }
  try {
    return await inTransaction(db, async (trx) =>
      advance(trx, run, stepWith(await writeAssessments(trx, run.requestedBy, assessed.changes)))
    )
  } catch (error) {
    if (!isOfTheBatch(error)) throw error
    return inTransaction(db, (trx) => advance(trx, run, stepWith(new Set())))
  }
}

/** Whether a fault can be that of a single customer: then each is seen to by itself. */
function isOfTheBatch(error: unknown): boolean {
  if (error instanceof Problem) return error.slug === 'contention'
  // Of the classes of SQL errors: data exception, integrity constraint violation.
  return /^2[23]/.test(String((error as { code?: unknown }).code))
}

async function advance(trx: Writer, run: RunRow, step: RunStep): Promise<RunRow> {
  if (!(await advanceRun(trx, run, step))) throw new RunLost('the run is elsewhere')
  return { ...run, cursor: step.cursor, pending: [...step.pending] }
}

/** Sees to the customers that a batch left, one by one, each under the lock of its account. */
async function seeToPending(deps: Portfolio, run: RunRow, signal: AbortSignal): Promise<RunRow> {
  let now = run
  for (const customerId of run.pending) {
    signal.throwIfAborted()
    now = await seeTo(deps, now, customerId)
  }
  return now
}

async function seeTo(deps: Portfolio, run: RunRow, customerId: string): Promise<RunRow> {
  const place = { cursor: run.cursor, pending: run.pending.filter((each) => each !== customerId) }
  const nothing = { scored: 0, changed: 0, unrated: 0, failures: [], ...place }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(deps.db, async (trx) => {
        await lockAccount(trx, deps.clock, customerId)
        const batch = await readBatch(trx, deps.clock, { customerIds: [customerId] })
        const models = await deps.models.inForce(trx)
        const assessing = { models, policy: deps.policy, runId: run.runId, actor: run.requestedBy }
        const { changes, unrated, failures } = await assessBatch(batch, assessing)
        await writeAssessments(trx, run.requestedBy, changes)
        const scored = failures.length === 0 ? 1 : 0
        return advance(trx, run, { ...nothing, scored, changed: changes.length, unrated: unrated.size, failures })
      })
    } catch (error) {
      if (!isOfTheBatch(error)) throw error
      if (attempt < ATTEMPTS) continue
      const failures = [failureOf({ customerId }, error instanceof Error ? error.message : String(error))]
      return inTransaction(deps.db, (trx) => advance(trx, run, { ...nothing, failures }))
    }
  }
}
