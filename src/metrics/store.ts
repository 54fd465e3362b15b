import { type QueryExecutorProvider, sql } from 'kysely'
import type { Clock } from '../platform/database/clock.ts'
import { JOBS_SCHEMA } from '../platform/work/jobs.ts'

/** How much there is of something, and since when the oldest of it waits; null: there is none. */
interface Waiting {
  readonly count: number
  readonly oldestSeconds: number | null
}

/** Jobs of a queue in a state. */
interface JobCount {
  readonly queue: string
  readonly state: string
  readonly count: number
}

/** How the house stands, read in one moment. */
export interface HouseState {
  readonly blockedOrders: Waiting
  /** By kind of change request. */
  readonly changeRequests: readonly (Waiting & { readonly kind: string })[]
  /** Reservations whose time was up within the last day. */
  readonly reservationsExpired: number
  readonly runs: readonly { readonly kind: string; readonly state: string; readonly count: number }[]
  readonly jobs: readonly JobCount[]
  /** Entries that are committed and that no reader of the feed gets yet. */
  readonly eventsAhead: Waiting
}

/** Days whose runs are counted. */
const RUNS_DAYS = 30

/**
 * Reads the state of the house: what is open or recent. Runs and jobs are few, and read as they
 * stand.
 */
export async function houseState(db: QueryExecutorProvider, { now }: Clock): Promise<HouseState> {
  const oldest = (column: string) =>
    sql`'count', count(*)::integer, 'oldestSeconds', round(extract(epoch from max(moment.now) - min(${sql.ref(column)})))::integer`
  const { rows } = await sql<Omit<HouseState, 'jobs'>>`
    with moment as materialized (select ${now} as now)
    select
      (select json_build_object(${oldest('opened_at')}) from blocked_orders cross join moment where state = 'open') as blocked_orders,
      (select coalesce(json_agg(waiting), '[]') from (
        select json_build_object('kind', kind, ${oldest('made_at')}) as waiting
        from change_requests cross join moment where state = 'open' group by kind order by kind) as by_kind) as change_requests,
      (select count(*)::integer from reservations cross join moment
        where state = 'expired' and resolved_at > moment.now - interval '1 day') as reservations_expired,
      (select coalesce(json_agg(counted), '[]') from (
        select json_build_object('kind', kind, 'state', state, 'count', count(*)::integer) as counted
        from runs cross join moment where created_at > moment.now - make_interval(days => ${RUNS_DAYS}) or state in ('queued', 'running')
        group by kind, state order by kind, state) as by_state) as runs,
      (select json_build_object(${oldest('at')}) from journal cross join moment
        where feed_position >= feed_horizon()) as events_ahead`.execute(db)
  const [state] = rows
  if (state === undefined) throw new Error('a select without a table answers one row')
  return { ...state, jobs: await jobCounts(db) }
}

/** The queue makes its tables with its first job. */
async function jobCounts(db: QueryExecutorProvider): Promise<JobCount[]> {
  const { rows: made } = await sql`select 1 where to_regclass(${`${JOBS_SCHEMA}.job`}) is not null`.execute(db)
  if (made.length === 0) return []
  const { rows } = await sql<JobCount>`
    select name as queue, state::text, count(*)::integer as count from ${sql.id(JOBS_SCHEMA, 'job')}
    group by name, state order by name, state`.execute(db)
  return rows
}
