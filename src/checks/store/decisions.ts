import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import type { NewRow, Row } from '../../database.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { textArray } from '../../platform/database/text-array.ts'
import type { StoredAnswer } from '../../platform/http/deciding.ts'

/** The question that a check is, and the Idempotency-Key that it came with. */
export interface Asked {
  readonly customerId: string
  readonly orderId: string
  readonly callerId: string
  readonly key: string | null
}

/** What is on file about a check that is asked for, at the moment at which it is read. */
export interface AskedFacts {
  readonly account: Row<'creditAccounts'> | undefined
  readonly now: string
  readonly today: string
  /** The answer that the key has already. */
  readonly answered: StoredAnswer | undefined
  /** The check whose reservation the order has; null: it has none. */
  readonly reservedBy: string | null
  /** Whether the order was ever blocked: then more has to be looked up. */
  readonly wasBlocked: boolean
  /** Whether an item of the ledger counts for the order already. */
  readonly isRecorded: boolean
}

type FactsRow = Row<'creditAccounts'> & {
  readonly accountId: string | null
  readonly now: string
  readonly today: string
  readonly keyRequest: string | null
  readonly keyStatus: number
  readonly keyHeaders: string
  readonly keyBody: string
  readonly reservedBy: string | null
  readonly blocked: string | null
  readonly recorded: string | null
}

/**
 * Reads what stands for each of these checks, in their order, by one statement and without a lock: whoever decides on it writes on condition
 * that the account has not changed since. Each look-up is lateral and ends at its first row, so that it goes through an index
 * however many are asked. The clock is read once, so that all of them are of one day.
 */
export async function readFacts(
  db: QueryExecutorProvider,
  clock: Clock,
  asked: readonly Asked[]
): Promise<AskedFacts[]> {
  const { rows } = await sql<FactsRow>`
    with moment as materialized (select ${clock.now} as now)
    select account.*, account.customer_id as account_id,
      greatest(moment.now, account.updated_at) as now, ${clock.dayOf(sql`moment.now`)} as today,
      key.request as key_request, key.status as key_status, key.headers as key_headers, key.body as key_body,
      reserved.check_id as reserved_by, blocked.check_id as blocked, recorded.item_id as recorded
    from moment cross join unnest(${column(asked, (each) => each.customerId)}, ${column(asked, (each) => each.orderId)},
      ${column(asked, (each) => each.callerId)}, ${column(asked, (each) => each.key)})
      with ordinality as asked (customer_id, order_id, caller_id, idempotency_key, place)
    left join lateral (select * from credit_accounts where credit_accounts.customer_id = asked.customer_id limit 1) as account on true
    left join lateral (
      select request, status, headers, left(document, -1) || body as body
      from idempotency_keys left join credit_checks using (check_id)
      where idempotency_keys.caller_id = asked.caller_id and idempotency_keys.idempotency_key = asked.idempotency_key limit 1
    ) as key on true
    left join lateral (
      select check_id from reservations
      where reservations.customer_id = asked.customer_id and reservations.order_id = asked.order_id and state = 'active' limit 1
    ) as reserved on true
    left join lateral (
      select check_id from blocked_orders
      where blocked_orders.customer_id = asked.customer_id and blocked_orders.order_id = asked.order_id limit 1
    ) as blocked on true
    left join lateral (
      select item_id from exposure_items
      where account.orders_minor > 0 and exposure_items.customer_id = asked.customer_id and exposure_items.item_id = asked.order_id
        and category = 'order' and state = 'open' and not statistical limit 1
    ) as recorded on true
    order by asked.place`.execute(db)
  return rows.map((row) => ({
    account: row.accountId === null ? undefined : row,
    now: row.now,
    today: row.today,
    answered:
      row.keyRequest === null
        ? undefined
        : { request: row.keyRequest, status: row.keyStatus, headers: row.keyHeaders, body: row.keyBody },
    reservedBy: row.reservedBy,
    wasBlocked: row.blocked !== null,
    isRecorded: row.recorded !== null
  }))
}

/** One decision with everything that is written of it. */
export interface Decided {
  readonly check: Row<'creditChecks'>
  /** What it holds: the amount less what is prepaid, of an approval. */
  readonly heldMinor: number
  readonly shipOn: string | null
  /** Null: nothing is held. */
  readonly expiresAt: string | null
  readonly entry: NewRow<'journal'>
  /** What its Idempotency-Key is to be answered with, where `body` follows the check's document; absent: it came without one. */
  readonly answer: (StoredAnswer & { readonly callerId: string; readonly key: string }) | undefined
}

/** The account after its decisions, and the version on which they rest. */
export interface DecidedAccount {
  readonly customerId: string
  readonly versionBefore: number
  readonly reservedMinor: number
  readonly ordersMinor: number
  readonly reservationsDueAt: string | null
  readonly blockedOrders: number
  readonly journalSeq: number
  readonly journalHash: string
  readonly updatedAt: string
  readonly situation: string
  readonly situationOn: string
}

/** What is written together. */
interface DecidedTogether {
  readonly accounts: readonly DecidedAccount[]
  readonly decided: readonly Decided[]
  /** Orders that the decisions block, or no longer do; each order once. */
  readonly blocks: readonly Row<'blockedOrders'>[]
}

/**
 * Writes the decisions of several customers in one statement and answers whose were written: those whose account still has the version on
 * which they rest and is not locked by another transaction. Of the others nothing is written, and nobody waits for them.
 * Throws the database's error when a key was used meanwhile or the database fails; nothing at all is written then.
 */
export async function writeDecisions(
  db: QueryExecutorProvider,
  { accounts, decided, blocks }: DecidedTogether
): Promise<Set<string>> {
  const { rows } = await sql<{ customerId: string }>`
    with ready as materialized (
      select locked.customer_id from unnest(${column(accounts, (each) => each.customerId)}, ${column(accounts, (each) => each.versionBefore)})
        as expected (customer_id, version)
      join lateral (
        select customer_id from credit_accounts
        where credit_accounts.customer_id = expected.customer_id and credit_accounts.version = expected.version::bigint
        for no key update skip locked
      ) as locked on true
    ), decided as materialized (
      select * from unnest(
        ${column(decided, ({ check }) => check.customerId)}, ${column(decided, ({ check }) => check.checkId)},
        ${column(decided, ({ check }) => check.orderId)}, ${column(decided, ({ check }) => check.outcome)},
        ${column(decided, ({ check }) => check.amountMinor)}, ${column(decided, ({ check }) => check.decidedAt)},
        ${column(decided, ({ check }) => check.document)}, ${column(decided, ({ expiresAt }) => expiresAt)},
        ${column(decided, ({ heldMinor }) => heldMinor)}, ${column(decided, ({ shipOn }) => shipOn)},
        ${column(decided, ({ entry }) => entry.seq)}, ${column(decided, ({ entry }) => entry.type)},
        ${column(decided, ({ entry }) => entry.actor)}, ${column(decided, ({ entry }) => entry.payload)},
        ${column(decided, ({ entry }) => entry.previousHash)}, ${column(decided, ({ entry }) => entry.hash)},
        ${column(decided, ({ answer }) => answer?.callerId ?? null)}, ${column(decided, ({ answer }) => answer?.key ?? null)},
        ${column(decided, ({ answer }) => answer?.request ?? null)}, ${column(decided, ({ answer }) => answer?.status ?? null)},
        ${column(decided, ({ answer }) => answer?.headers ?? null)}, ${column(decided, ({ answer }) => answer?.body ?? null)}
      ) as each (customer_id, check_id, order_id, outcome, amount_minor, decided_at, document, expires_at, held_minor, ship_on, seq, type, actor, payload,
        previous_hash, hash, caller_id, idempotency_key, request, status, headers, body)
      join ready using (customer_id)
    ), keys as (
      insert into idempotency_keys (caller_id, idempotency_key, request, status, headers, body, created_at, check_id)
      select caller_id, idempotency_key, request, status::integer, headers, body, clock_timestamp(), check_id from decided
      where idempotency_key is not null
    ), checks as (
      insert into credit_checks (customer_id, check_id, order_id, outcome, amount_minor, decided_at, document)
      select customer_id, check_id, order_id, outcome, amount_minor::bigint, decided_at::timestamptz, document from decided
    ), holds as (
      insert into reservations (customer_id, check_id, order_id, state, amount_minor, captured_minor, released_minor, expired_minor,
        expires_at, created_at, version, ship_on)
      select customer_id, check_id, order_id, 'active', held_minor::bigint, 0, 0, 0, expires_at::timestamptz, decided_at::timestamptz, 1,
        ship_on::date
      from decided where expires_at is not null
    ), entries as (
      insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
      select customer_id, seq::bigint, decided_at::timestamptz, type, actor, check_id, payload, previous_hash, hash from decided
    )${blocks.length === 0 ? sql`` : sql`, blocks as (${saveBlocks(blocks)})`}
    update credit_accounts set
      reserved_minor = after.reserved_minor::bigint,
      orders_minor = after.orders_minor::bigint,
      blocked_orders = after.blocked_orders::integer,
      reservations_due_at = after.reservations_due_at::timestamptz,
      version = version + 1,
      journal_seq = after.journal_seq::bigint,
      journal_hash = after.journal_hash,
      updated_at = after.updated_at::timestamptz,
      situation = after.situation,
      situation_on = after.situation_on::date
    from unnest(
      ${column(accounts, (each) => each.customerId)}, ${column(accounts, (each) => each.reservedMinor)},
      ${column(accounts, (each) => each.reservationsDueAt)}, ${column(accounts, (each) => each.journalSeq)},
      ${column(accounts, (each) => each.journalHash)}, ${column(accounts, (each) => each.updatedAt)},
      ${column(accounts, (each) => each.situation)}, ${column(accounts, (each) => each.situationOn)},
      ${column(accounts, (each) => each.blockedOrders)}, ${column(accounts, (each) => each.ordersMinor)}
    ) as after (customer_id, reserved_minor, reservations_due_at, journal_seq, journal_hash, updated_at, situation, situation_on, blocked_orders,
      orders_minor)
    join ready using (customer_id)
    where credit_accounts.customer_id = after.customer_id
    returning credit_accounts.customer_id`.execute(db)
  return new Set(rows.map(({ customerId }) => customerId))
}

/** An order has one row: a block that opens takes the place of the one before. */
function saveBlocks(blocks: readonly Row<'blockedOrders'>[]): RawBuilder<unknown> {
  return sql`
      insert into blocked_orders (customer_id, order_id, check_id, state, automatic, amount_minor, request, asked_by, opened_at, first_check_id, valid_until, closed_at,
        closed_by, next_check_id, release_id, reason_code, comment, version)
      select customer_id, order_id, check_id, state, automatic::boolean, amount_minor::bigint, request, asked_by, opened_at::timestamptz, first_check_id, valid_until::timestamptz,
        closed_at::timestamptz, closed_by, next_check_id, release_id, reason_code, comment, version::integer
      from unnest(
        ${column(blocks, (each) => each.customerId)}, ${column(blocks, (each) => each.orderId)}, ${column(blocks, (each) => each.checkId)},
        ${column(blocks, (each) => each.state)}, ${column(blocks, (each) => String(each.automatic))},
        ${column(blocks, (each) => each.amountMinor)}, ${column(blocks, (each) => each.request)},
        ${column(blocks, (each) => each.askedBy)}, ${column(blocks, (each) => each.openedAt)}, ${column(blocks, (each) => each.firstCheckId)},
        ${column(blocks, (each) => each.validUntil)},
        ${column(blocks, (each) => each.closedAt)}, ${column(blocks, (each) => each.closedBy)}, ${column(blocks, (each) => each.nextCheckId)},
        ${column(blocks, (each) => each.releaseId)}, ${column(blocks, (each) => each.reasonCode)}, ${column(blocks, (each) => each.comment)}, ${column(blocks, (each) => each.version)}
      ) as block (customer_id, order_id, check_id, state, automatic, amount_minor, request, asked_by, opened_at, first_check_id, valid_until, closed_at, closed_by,
        next_check_id, release_id, reason_code, comment, version)
      join ready using (customer_id)
      on conflict (customer_id, order_id) do update set check_id = excluded.check_id, state = excluded.state,
        automatic = excluded.automatic, amount_minor = excluded.amount_minor, request = excluded.request, asked_by = excluded.asked_by, opened_at = excluded.opened_at, first_check_id = excluded.first_check_id,
        valid_until = excluded.valid_until, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
        next_check_id = excluded.next_check_id, release_id = excluded.release_id, reason_code = excluded.reason_code, comment = excluded.comment, version = excluded.version`
}

function column<Item>(items: readonly Item[], value: (item: Item) => string | number | null): RawBuilder<string[]> {
  return sql`${textArray(items.map(value))}::text[]`
}
