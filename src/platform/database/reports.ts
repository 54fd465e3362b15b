import { type Kysely, sql } from 'kysely'

/**
 * Where lists, audits and reports are read. It may be a replica, which lags behind, so no decision
 * rests on what it shows. Nothing can be written there.
 */
export interface Reports<Schema> {
  readonly db: Kysely<Schema>
  /**
   * Everything that was committed until this instant is there; undefined at the server that
   * decides, where everything is there.
   */
  asOf(): Promise<string | undefined>
}

/** Reports from the server that decides: they show all that is committed. */
export function currentReports<Schema>(db: Kysely<Schema>): Reports<Schema> {
  return { db, asOf: async () => undefined }
}

/** Reports from a server that may be a replica. */
export function replicaReports<Schema>(db: Kysely<Schema>): Reports<Schema> {
  return { db, asOf: () => replayedUntil(db) }
}

/**
 * When the last transaction that a replica has replayed was committed; undefined at a server that
 * is not in recovery. A replica that has replayed none yet shows at least its last checkpoint.
 */
async function replayedUntil<Schema>(db: Kysely<Schema>): Promise<string | undefined> {
  const { rows } = await sql<{ asOf: string | null }>`select case when pg_is_in_recovery()
    then coalesce(pg_last_xact_replay_timestamp(), (pg_control_checkpoint()).checkpoint_time) end as as_of`.execute(db)
  return rows[0]?.asOf ?? undefined
}
