import { type QueryExecutorProvider, sql } from 'kysely'

/**
 * Waits until the feed of events shows everything: transactions of other databases of the server
 * hold it up as well.
 */
export async function settledFeed(db: QueryExecutorProvider): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from journal where feed_position >= feed_horizon() limit 1`.execute(db)
    if (rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
