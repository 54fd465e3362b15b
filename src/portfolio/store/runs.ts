import { sql } from 'kysely'
import type { NewRow, Reader, Row, RowUpdate, Writer } from '../../database.ts'
import type { RescoringRunQuery } from '../schema.ts'

type Run = Row<'rescoringRuns'>
type Filter = Pick<Run, 'kind' | 'ratedBefore'>

/** Inserts a run; false while another one is queued or running. */
export async function insertRun(trx: Writer, run: NewRow<'rescoringRuns'>): Promise<boolean> {
  const inserted = await trx
    .insertInto('rescoringRuns')
    .values(run)
    .onConflict((conflict) => conflict.doNothing())
    .returning('runId')
    .executeTakeFirst()
  return inserted !== undefined
}

/** How many customers a run is about, as things stand. */
export async function countCustomers(db: Reader, { kind, ratedBefore }: Filter): Promise<number> {
  let select = db.selectFrom('creditAccounts').select((eb) => eb.fn.countAll<number>().as('count'))
  if (kind !== null)
    select = select
      .innerJoin('customers', 'customers.customerId', 'creditAccounts.customerId')
      .where('customers.kind', '=', kind)
  if (ratedBefore !== null)
    select = select.where((eb) => eb.or([eb('ratedAt', 'is', null), eb('ratedAt', '<', ratedBefore)]))
  return (await select.executeTakeFirstOrThrow()).count
}

export async function findRun(db: Reader, runId: string): Promise<Run | undefined> {
  return db.selectFrom('rescoringRuns').selectAll().where('runId', '=', runId).executeTakeFirst()
}

/** Locks a run: it advances in steps, and each of them takes this lock last. */
export async function lockRun(trx: Writer, runId: string): Promise<Run | undefined> {
  return trx.selectFrom('rescoringRuns').selectAll().where('runId', '=', runId).forUpdate().executeTakeFirst()
}

/** The one run that is queued or running. */
export async function findActiveRun(db: Reader): Promise<Run | undefined> {
  return db.selectFrom('rescoringRuns').selectAll().where('state', 'in', ['queued', 'running']).executeTakeFirst()
}

/** Runs, newest first, one more than the page holds. */
export async function listRuns(
  db: Reader,
  { state }: Pick<RescoringRunQuery, 'state'>,
  beforeId: string | undefined,
  limit: number
): Promise<Run[]> {
  let select = db
    .selectFrom('rescoringRuns')
    .selectAll()
    .orderBy('runId', 'desc')
    .limit(limit + 1)
  if (state !== undefined) select = select.where('state', '=', state)
  if (beforeId !== undefined) select = select.where('runId', '<', beforeId)
  return select.execute()
}

/** Takes a run from one state on; undefined when it is in another by now. */
export async function updateRun(
  db: Reader,
  runId: string,
  from: Run['state'],
  changes: RowUpdate<'rescoringRuns'>
): Promise<Run | undefined> {
  return db
    .updateTable('rescoringRuns')
    .set(changes)
    .where('runId', '=', runId)
    .where('state', '=', from)
    .returningAll()
    .executeTakeFirst()
}

/** What a step adds to the counts of a run, and where the run stands after it. */
export interface RunStep {
  readonly scored: number
  readonly changed: number
  readonly unrated: number
  readonly failures: readonly { readonly customerId: string; readonly reason: string }[]
  readonly cursor: string | null
  readonly pending: readonly string[]
}

const FAILURES_MAX = 100

/**
 * Advances a run from where it was read. False when it is no longer there: another instance is at
 * it, or it was cancelled; then nothing of the step may be kept.
 */
export async function advanceRun(
  trx: Writer,
  { runId, cursor, pending }: Pick<Run, 'runId' | 'cursor' | 'pending'>,
  step: RunStep
): Promise<boolean> {
  const { rows } = await sql`
    update rescoring_runs set
      scored = scored + ${step.scored}, changed = changed + ${step.changed}, unrated = unrated + ${step.unrated},
      failed = failed + ${step.failures.length}, cursor = ${step.cursor}, pending = ${step.pending}::text[],
      failures = case when jsonb_array_length(failures) < ${sql.lit(FAILURES_MAX)} then failures || ${JSON.stringify(step.failures)}::jsonb else failures end
    where run_id = ${runId} and state = 'running' and cursor is not distinct from ${cursor} and pending = ${pending}::text[]
    returning 1`.execute(trx)
  return rows.length === 1
}
