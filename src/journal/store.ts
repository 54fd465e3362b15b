import { sql } from 'kysely'
import type { Reader, Row, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'

/** An entry as it is hashed and answered. */
export type Entry = Omit<Row<'journal'>, 'feedPosition'>

const ENTRY = [
  'customerId',
  'seq',
  'at',
  'type',
  'actor',
  'subject',
  'payload',
  'previousHash',
  'hash'
] as const satisfies (keyof Entry)[]

/** A customer's entries after a sequence number, oldest first. */
export async function listEntries(
  db: Reader,
  customerId: CustomerId,
  { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number }
): Promise<Entry[]> {
  return db
    .selectFrom('journal')
    .select(ENTRY)
    .where('customerId', '=', customerId)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(limit)
    .execute()
}

/**
 * The entry of a type about one subject, written at an instant. Time never runs back along a chain,
 * so its place is found by halving: a long history costs no more than a few steps. Throws an Error
 * when there is none: what is decided has its entry.
 */
export async function entryAbout(
  db: Reader,
  customerId: CustomerId,
  { type, subject, at }: Pick<Entry, 'type' | 'subject' | 'at'>
): Promise<Entry> {
  const { rows } = await sql<Entry>`
    with recursive halves (low, high) as (
      select 1::bigint, journal_seq from credit_accounts where customer_id = ${customerId}
      union all
      select case when middle.at < ${at} then middle.seq + 1 else low end, case when middle.at < ${at} then high else middle.seq end
      from halves, lateral (select seq, at from journal where customer_id = ${customerId} and seq = (low + high) / 2) as middle
      where low < high
    )
    select ${sql.join(ENTRY.map((column) => sql.ref(column)))} from journal
    where customer_id = ${customerId} and seq >= (select max(low) from halves) and type = ${type} and subject = ${subject}
    order by seq limit 1`.execute(db)
  const [entry] = rows
  if (entry === undefined) throw new Error(`a journal lacks its entry ${type}`)
  return entry
}

/** A place in the feed of events: after this entry; no customer: before those of its position. */
export interface FeedPlace {
  readonly feedPosition: number
  readonly customerId: CustomerId | ''
  readonly seq: number
}

interface FeedQuery {
  readonly after: FeedPlace
  readonly customerId?: CustomerId | undefined
  readonly type?: string | undefined
  /** Entries that are answered at most. */
  readonly limit: number
  /** Entries that are looked at for those, at most. */
  readonly lookedAt: number
}

interface FeedPart {
  readonly entries: readonly Row<'journal'>[]
  /** The last entry that was looked at; undefined when there was none. */
  readonly reached: FeedPlace | undefined
  /** How many were looked at. */
  readonly lookedAt: number
}

/**
 * Entries in the order of the feed: those of transactions that have ended, and none before which
 * another may still appear. All in one statement, so that what was looked at and what was found are
 * of one moment.
 */
export async function readFeed(db: Reader, { after, customerId, type, limit, lookedAt }: FeedQuery): Promise<FeedPart> {
  const place = sql`feed_position, customer_id, seq`
  const looked =
    customerId === undefined
      ? sql`(${place}) > (${after.feedPosition}::bigint, ${after.customerId}, ${after.seq}::bigint)`
      : // Positions never run back along a chain, so its own order is that of the feed.
        sql`customer_id = ${customerId} and seq > ${after.seq}`
  const order = customerId === undefined ? place : sql`seq`
  const found = type === undefined ? sql`` : sql`where type = ${type}`
  type Reached = { reachedPosition: number; reachedCustomerId: CustomerId; reachedSeq: number; reachedCount: number }
  const { rows } = await sql<Reached & (Row<'journal'> | { seq: null })>`
    with looked as materialized (
      select ${place}, type from journal where ${looked} and feed_position < feed_horizon() order by ${order} limit ${lookedAt}
    ), reached as (
      select feed_position as reached_position, customer_id as reached_customer_id, seq as reached_seq,
        (select count(*)::integer from looked) as reached_count
      from looked order by feed_position desc, customer_id desc, seq desc limit 1
    ), found as (
      select ${place} from looked ${found} order by ${place} limit ${limit}
    )
    select journal.*, reached.* from reached left join (found join journal using (customer_id, seq)) on true
    order by found.feed_position, found.customer_id, found.seq`.execute(db)
  const [first] = rows
  if (first === undefined) return { entries: [], reached: undefined, lookedAt: 0 }
  const { reachedPosition: feedPosition, reachedCustomerId, reachedSeq: seq, reachedCount } = first
  return {
    entries: rows.flatMap(entryOf),
    reached: { feedPosition, customerId: reachedCustomerId, seq },
    lookedAt: reachedCount
  }
}

/** The entry that a row of the feed holds, if any, without what the row says besides. */
function entryOf(row: Row<'journal'> | { seq: null }): Row<'journal'>[] {
  if (row.seq === null) return []
  const { customerId, seq, at, type, actor, subject, payload, previousHash, hash, feedPosition } = row
  return [{ customerId, seq, at, type, actor, subject, payload, previousHash, hash, feedPosition }]
}

/**
 * Moves the base of the feed's positions when the journal is ahead of what the server gives, as it
 * is after a dump was restored into another cluster: so the order never runs back. Answers by how
 * much. Needs the rights of the tables' owner, and nobody who writes meanwhile.
 */
export async function keepFeedAhead(trx: Writer): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtext('journal_feed'))`.execute(trx)
  // Every entry that this snapshot shows was written by a transaction below its xmax: equality
  // already means another cluster.
  const { rows } = await sql<{ base: number; behind: number }>`
    select feed_base() as base,
      coalesce(max(feed_position), 0) - (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + feed_base()) as behind
    from journal`.execute(trx)
  const [{ base, behind } = { base: 0, behind: -1 }] = rows
  if (behind < 0) return 0
  await sql`create or replace function feed_base() returns bigint language sql immutable
    return ${sql.lit(base + behind + 1)}::bigint`.execute(trx)
  return behind + 1
}
