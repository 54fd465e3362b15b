import { type RawBuilder, sql } from 'kysely'
import type { NewRow, Reader, Row, RowUpdate, Writer } from '../../database.ts'

type Run = Row<'recheckRuns'>

/** Inserts a run; false while another one is queued or running, or when the day has its run. */
export async function insertRecheck(db: Reader, run: NewRow<'recheckRuns'>): Promise<boolean> {
  const inserted = await db
    .insertInto('recheckRuns')
    .values(run)
    .onConflict((conflict) => conflict.doNothing())
    .returning('runId')
    .executeTakeFirst()
  return inserted !== undefined
}

export async function findRecheck(db: Reader, runId: string): Promise<Run | undefined> {
  return db.selectFrom('recheckRuns').selectAll().where('runId', '=', runId).executeTakeFirst()
}

/** The one run that is queued or running. */
export async function findActiveRecheck(db: Reader): Promise<Run | undefined> {
  return db.selectFrom('recheckRuns').selectAll().where('state', 'in', ['queued', 'running']).executeTakeFirst()
}

/** Runs, newest first, one more than the page holds. */
export async function listRechecks(db: Reader, beforeId: string | undefined, limit: number): Promise<Run[]> {
  let select = db
    .selectFrom('recheckRuns')
    .selectAll()
    .orderBy('runId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('runId', '<', beforeId)
  return select.execute()
}

/** The day of a schedule, where it has no run yet; undefined when it has. */
export async function dayWithoutRecheck(db: Reader, day: RawBuilder<string>): Promise<string | undefined> {
  const { rows } = await sql<{ day: string }>`
    select ${day} as day where not exists (select from recheck_runs where scheduled_on >= ${day})`.execute(db)
  return rows[0]?.day
}

/** Takes a run from one state on; undefined when it is in another by now. */
export async function updateRecheck(
  db: Reader,
  runId: string,
  from: Run['state'],
  changes: RowUpdate<'recheckRuns'>
): Promise<Run | undefined> {
  return db
    .updateTable('recheckRuns')
    .set(changes)
    .where('runId', '=', runId)
    .where('state', '=', from)
    .returningAll()
    .executeTakeFirst()
}

/** What a step adds to a run, and where the run stands after it. */
export interface RecheckStep {
  readonly customers: number
  readonly orders: number
  readonly atRisk: number
  readonly approved: number
  readonly findings: readonly object[]
  /** Customers whose orders could not be looked at, with why. */
  readonly failures: readonly { readonly customerId: string; readonly reason: string }[]
  readonly cursor: string
  readonly checkCursor: string | null
}

const FINDINGS_MAX = 1_000
const FAILURES_MAX = 100

/**
 * Advances a run from where it was read; undefined when it is no longer there: another instance is
 * at it.
 */
export async function advanceRecheck(
  trx: Writer,
  { runId, cursor, checkCursor }: Run,
  step: RecheckStep
): Promise<Run | undefined> {
  return trx
    .updateTable('recheckRuns')
    .set({
      customers: sql<number>`customers + ${step.customers}`,
      orders: sql<number>`orders + ${step.orders}`,
      atRisk: sql<number>`at_risk + ${step.atRisk}`,
      approved: sql<number>`approved + ${step.approved}`,
      findings: sql<string>`case when jsonb_array_length(findings) < ${sql.lit(FINDINGS_MAX)}
        then findings || ${JSON.stringify(step.findings)}::jsonb else findings end`,
      failed: sql<number>`failed + ${step.failures.length}`,
      failures: sql<string>`case when jsonb_array_length(failures) < ${sql.lit(FAILURES_MAX)}
        then failures || ${JSON.stringify(step.failures)}::jsonb else failures end`,
      cursor: step.cursor,
      checkCursor: step.checkCursor
    })
    .where('runId', '=', runId)
    .where('state', '=', 'running')
    .where(sql<boolean>`cursor is not distinct from ${cursor} and check_cursor is not distinct from ${checkCursor}`)
    .returningAll()
    .executeTakeFirst()
}
