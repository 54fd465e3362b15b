import { lockAccount } from '../../accounts/store.ts'
import type { Deps } from '../../deps.ts'
import type { CustomerId } from '../../ids.ts'
import { storageProblem } from '../../platform/database/transaction.ts'
import { failedRow, type RunPart, type RunStep, type RunTaken, type RunWork } from '../../runs/postings/kind.ts'
import type { NewRunRow } from '../../runs/store.ts'
import type { RescoringRun } from '../schema.ts'
import { type Batch, nextCustomer, readBatch, writeAssessments } from '../store/batch.ts'
import texts from '../texts.json' with { type: 'json' }
import { type AssessedBatch, assessBatch } from './assess-batch.ts'
import { RESCORING } from './runs.ts'

const { details } = texts

type Portfolio = Pick<Deps, 'db' | 'clock' | 'models' | 'policy'>
type Filter = RescoringRun['filter']
type Counts = RescoringRun['counts']
type Part = RunPart<Counts, RescoringCursor>
type Step = RunStep<Counts, RescoringCursor>

/** The progress of a run. */
interface RescoringCursor {
  /** All customers up to this one are done, except the pending ones. */
  readonly customerId: CustomerId
  /** Customers that a batch left, to be scored one by one under the lock of their account. */
  readonly pending: readonly CustomerId[]
  /** The size of the next batch. */
  readonly size: number
}

/**
 * The most customers of one batch, and the most rows of their files: a batch of large files has
 * fewer customers.
 */
const BATCH_CUSTOMERS = 500
const BATCH_FACTS = 20_000

/** As much text as a fact of a file has. */
const FACT_CHARACTERS = 100

/** Attempts for a customer whose account is locked for longer than the database waits. */
const ATTEMPTS = 3

/**
 * Scores the portfolio anew, in batches. While one batch is written, the next is scored and the one
 * after that is read. Reading takes no lock; the write finds out whether an account has changed
 * since.
 */
export function rescoringWork(deps: Portfolio): RunWork<Counts, Filter, RescoringCursor> {
  return {
    kind: RESCORING,
    scheduleHour: null,
    rests: false,
    find: async (run, cursor) => {
      const [customerId, ...pending] = cursor?.pending ?? []
      return cursor === null || customerId === undefined
        ? batchPart(deps, run, cursor)
        : customerPart(deps, run, customerId, { ...cursor, pending })
    }
  }
}

async function batchPart(
  deps: Portfolio,
  run: RunTaken<Filter>,
  cursor: RescoringCursor | null
): Promise<Part | undefined> {
  const read = await readNext(deps, run.parameters, cursor?.customerId ?? null, cursor?.size ?? BATCH_CUSTOMERS)
  if (read === undefined) return undefined
  const size = Math.floor((read.size * BATCH_FACTS) / Math.max(read.facts, 1))
  const endsAt = { customerId: read.last, pending: [], size: Math.min(Math.max(size, 1), BATCH_CUSTOMERS) }
  const assessed = assess(deps, run, read.batch)
  const stepWith = async (written: ReadonlySet<CustomerId>) => stepOf(read, await assessed, written, endsAt)
  return {
    endsAt,
    prepared: assessed,
    // The fault of a batch may be that of a single customer.
    attemptsMax: 1,
    work: async (trx) => stepWith(await writeAssessments(trx, run.requestedBy, (await assessed).changes)),
    recordFailure: () => stepWith(new Set())
  }
}

async function assess(deps: Portfolio, { runId, requestedBy }: RunTaken<Filter>, batch: Batch, db = deps.db) {
  const models = await deps.models.inForce(db)
  return assessBatch(batch, { models, policy: deps.policy, runId, actor: requestedBy })
}

/** The progress after a batch of which these customers were written; the others stay pending. */
function stepOf(
  { batch, failures }: NextRead,
  assessed: AssessedBatch,
  written: ReadonlySet<CustomerId>,
  endsAt: RescoringCursor
): Step {
  const pending = assessed.changes.flatMap(({ customerId }) => (written.has(customerId) ? [] : [customerId]))
  const later = new Set(pending)
  return {
    counts: {
      scored: batch.accounts.length - assessed.failures.length - pending.length,
      changed: written.size,
      unrated: [...assessed.unrated].filter((customerId) => !later.has(customerId)).length
    },
    rows: [...failures, ...assessed.failures],
    cursor: { ...endsAt, pending }
  }
}

function customerPart(deps: Portfolio, run: RunTaken<Filter>, customerId: CustomerId, cursor: RescoringCursor): Part {
  return {
    attemptsMax: ATTEMPTS,
    work: async (trx) => {
      await lockAccount(trx, deps.clock, customerId)
      const batch = await readBatch(trx, deps.clock, { customerIds: [customerId] })
      const { changes, unrated, failures } = await assess(deps, run, batch, trx)
      await writeAssessments(trx, run.requestedBy, changes)
      const scored = failures.length === 0 ? 1 : 0
      return { counts: { scored, changed: changes.length, unrated: unrated.size }, rows: failures, cursor }
    },
    recordFailure: (reason) => ({ counts: {}, rows: [failedRow({ subject: customerId, reason })], cursor })
  }
}

/** The next customers of a run with their files, or the one of them that cannot be read. */
interface NextRead {
  readonly batch: Batch
  readonly failures: readonly NewRunRow[]
  readonly last: CustomerId
  readonly size: number
  readonly facts: number
}

/**
 * Reads the customers after this one; undefined when there are none. Files too large to read
 * together are read in smaller batches.
 */
async function readNext(
  deps: Portfolio,
  filter: Filter,
  after: CustomerId | null,
  size: number
): Promise<NextRead | undefined> {
  try {
    const batch = await readBatch(deps.db, deps.clock, { ...filter, after, limit: size })
    const last = batch.accounts.at(-1)?.customerId
    return last === undefined
      ? undefined
      : { batch, failures: [], last, size: batch.accounts.length, facts: factsOf(batch) }
  } catch (error) {
    if (storageProblem(error)?.slug !== 'contention') throw error
    if (size > 1) return readNext(deps, filter, after, Math.ceil(size / 4))
    const customerId = await nextCustomer(deps.db, filter, after)
    if (customerId === undefined) return undefined
    const failures = [failedRow({ subject: customerId, reason: details.tooLarge })]
    return { batch: { accounts: [], files: [] }, failures, last: customerId, size: 1, facts: 0 }
  }
}

function factsOf({ accounts, files }: Batch): number {
  let facts = 0
  for (const { inputs } of accounts) facts += (inputs?.length ?? 0) / FACT_CHARACTERS
  for (const { statements, evidence, ledger } of files) {
    const rows = Object.values(ledger).reduce((sum, list) => sum + list.length, 0)
    facts += statements.length * 10 + evidence.length + rows
  }
  return facts
}
