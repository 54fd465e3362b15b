import { type RawBuilder, sql } from 'kysely'
import type { NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'
import type { RunId } from '../ids.ts'

type Run = Row<'runs'>

/** A row of a run before it has its place: a result, or why a subject was passed over. */
export interface NewRunRow {
  readonly subject: string
  readonly failed: boolean
  readonly content: object
}

/** A row as it is read. */
type RunRow = Pick<Row<'runRows'>, 'subject' | 'content'>

/** So many of a run's first rows are read with it. */
export interface RowsRead {
  readonly results: number
  readonly failures: number
}

/** A run with its first rows, in the order in which they came. */
export interface RunWithRows extends Run {
  readonly results: readonly RunRow[]
  readonly failures: readonly RunRow[]
}

/**
 * Inserts a run; false while another one of its kind is queued or running, or when the day has its
 * run.
 */
export async function insertRun(db: Reader, run: NewRow<'runs'>): Promise<boolean> {
  const inserted = await db
    .insertInto('runs')
    .values(run)
    .onConflict((conflict) => conflict.doNothing())
    .returning('runId')
    .executeTakeFirst()
  return inserted !== undefined
}

/** The one run of a kind that is queued or running. */
export async function findActiveRun(db: Reader, kind: string): Promise<Run | undefined> {
  return db
    .selectFrom('runs')
    .selectAll()
    .where('kind', '=', kind)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()
}

/** Locks a run: it advances in steps, and each of them takes this lock last. */
export async function lockRun(trx: Writer, kind: string, runId: RunId): Promise<Run | undefined> {
  return trx
    .selectFrom('runs')
    .selectAll()
    .where('runId', '=', runId)
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirst()
}

export async function findRun(
  db: Reader,
  kind: string,
  runId: RunId,
  read: RowsRead
): Promise<RunWithRows | undefined> {
  return withRows(db, read).where('runId', '=', runId).where('kind', '=', kind).executeTakeFirst()
}

/** Which runs of a kind are listed; undefined: all of them, from the newest on. */
interface RunsListed {
  readonly kind: string
  readonly state: Run['state'] | undefined
  readonly beforeId: RunId | undefined
}

/** Runs of a kind, newest first, one more than the page holds. */
export async function listRuns(
  db: Reader,
  { kind, state, beforeId }: RunsListed,
  limit: number,
  read: RowsRead
): Promise<RunWithRows[]> {
  let select = withRows(db, read)
    .where('kind', '=', kind)
    .orderBy('runId', 'desc')
    .limit(limit + 1)
  if (state !== undefined) select = select.where('state', '=', state)
  if (beforeId !== undefined) select = select.where('runId', '<', beforeId)
  return select.execute()
}

function withRows(db: Reader, { results, failures }: RowsRead) {
  return db
    .selectFrom('runs')
    .selectAll()
    .select([firstRows(false, results).as('results'), firstRows(true, failures).as('failures')])
}

function firstRows(failed: boolean, limit: number): RawBuilder<RunRow[]> {
  return sql`(select coalesce(json_agg(json_build_object('subject', subject, 'content', content) order by place), '[]')
    from (select * from run_rows where run_rows.run_id = runs.run_id and failed = ${sql.lit(failed)}
      order by place limit ${sql.lit(limit)}) as first)`
}

/** The day of a schedule, where it has no run yet; undefined when it has. */
export async function dayWithoutRun(db: Reader, kind: string, day: RawBuilder<string>): Promise<string | undefined> {
  const { rows } = await sql<{ day: string }>`
    select ${day} as day where not exists (select from runs where kind = ${kind} and scheduled_on >= ${day})`.execute(
    db
  )
  return rows[0]?.day
}

/**
 * Takes a run from one state to the next; undefined when it is no longer where it was read: it was
 * taken up, advanced or ended meanwhile.
 */
export async function updateRun(
  db: Reader,
  { runId, state, steps }: Pick<Run, 'runId' | 'state' | 'steps'>,
  changes: RowUpdate<'runs'>
): Promise<Run | undefined> {
  return db
    .updateTable('runs')
    .set(changes)
    .where('runId', '=', runId)
    .where('state', '=', state)
    .where('steps', '=', steps)
    .returningAll()
    .executeTakeFirst()
}

/** Where a run stands after a step, and the rows that the step adds. */
interface Advance {
  readonly counts: object
  readonly cursor: object
  readonly rows: readonly NewRunRow[]
}

/**
 * Advances a run from where it was read, and adds the rows of the step. Undefined when the run is
 * no longer there: another instance has advanced it, or it has ended. Then nothing of the step may
 * be kept.
 */
export async function advanceRun(
  trx: Writer,
  { runId, steps }: Pick<Run, 'runId' | 'steps'>,
  { counts, cursor, rows }: Advance
): Promise<Run | undefined> {
  const given = JSON.stringify(rows.map((row, index) => ({ ...row, number: index + 1 })))
  const { rows: advanced } = await sql<Run>`
    with advanced as (
      update runs set counts = ${JSON.stringify(counts)}::jsonb, cursor = ${JSON.stringify(cursor)}::jsonb,
        steps = steps + 1, row_count = row_count + ${rows.length}
      where run_id = ${runId} and state = 'running' and steps = ${steps}
      returning *),
    added as (
      insert into run_rows (run_id, failed, place, subject, content)
      select run_id, given.failed, row_count - ${rows.length} + given.number, given.subject, given.content
      from advanced, jsonb_to_recordset(${given}::jsonb) as given (number integer, failed boolean, subject text, content jsonb))
    select * from advanced`.execute(trx)
  return advanced[0]
}
