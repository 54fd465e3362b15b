import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import { type AccountOf, accountWriter, unchangedAccounts } from '../../accounts/store/writer.ts'
import type { NewRow, Row } from '../../database.ts'
import type { CheckId, CustomerId, OrderId } from '../../ids.ts'
import { type Clock, heldInstant } from '../../platform/database/clock.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import type { StoredAnswer } from '../../platform/http/command.ts'

/** The question of a check, and the Idempotency-Key that it came with. */
export interface Asked {
  readonly customerId: CustomerId
  readonly orderId: OrderId
  readonly callerId: string
  readonly key: string | null
}

const ASKED = columnsOf<Asked & { readonly place: number }>({
  customerId: 'text',
  orderId: 'text',
  callerId: 'text',
  key: 'text',
  place: 'integer'
})

/** What is on file about a requested check, at the moment of reading. */
export interface AskedFacts {
  readonly account: Row<'creditAccounts'> | undefined
  readonly now: string
  readonly today: string
  /** The stored answer of the key. */
  readonly answered: StoredAnswer | undefined
  /** The check that holds a reservation for the order; null when none does. */
  readonly reservedBy: CheckId | null
  /** Whether the order was ever blocked. Then more facts must be read. */
  readonly wasBlocked: boolean
  /** Whether an item of the ledger already counts for the order. */
  readonly isRecorded: boolean
}

type FactsRow = Row<'creditAccounts'> & {
  readonly accountId: CustomerId | null
  readonly now: string
  readonly today: string
  readonly keyRequest: string | null
  readonly keyStatus: number
  readonly keyHeaders: string
  readonly keyBody: string
  readonly reservedBy: CheckId | null
  readonly blocked: string | null
  readonly recorded: string | null
}

/**
 * Reads the facts of each of these checks, in their order, with one statement and without a lock. A
 * decision on them must be written on condition that the account has not changed since. Each
 * look-up is lateral and ends at its first row, so it uses an index however many checks there are.
 * The clock is read once, so that all are of one day; only where it ran back is an account ahead.
 */
export async function readFacts(
  db: QueryExecutorProvider,
  clock: Clock,
  asked: readonly Asked[]
): Promise<AskedFacts[]> {
  const now = heldInstant(sql`moment.now`, sql`account.updated_at`)
  const { rows } = await sql<FactsRow>`
    with moment as materialized (select ${clock.now} as now)
    select account.*, account.customer_id as account_id,
      ${now} as now, ${clock.dayOf(now)} as today,
      key.request as key_request, key.status as key_status, key.headers as key_headers, key.body as key_body,
      reserved.check_id as reserved_by, blocked.check_id as blocked, recorded.item_id as recorded
    from moment cross join ${ASKED.table(asked.map((each, place) => ({ ...each, place })))} as asked
    left join lateral (select * from credit_accounts where credit_accounts.customer_id = asked.customer_id limit 1) as account on true
    left join lateral (
      select request, status, headers, case when body like ',%' then left(document, -1) || body else body end as body
      from idempotency_keys left join credit_checks using (check_id)
      where idempotency_keys.caller_id = asked.caller_id and idempotency_keys.idempotency_key = asked.key limit 1
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
  /** What its reservation takes; 0 when it makes none. */
  readonly reservedMinor: number
  readonly shipOn: string | null
  /** When the reservation ends; null when there is none. */
  readonly expiresAt: string | null
  readonly entry: NewRow<'journal'>
  /**
   * The answer for its Idempotency-Key; absent without one. A `body` that begins with a comma
   * follows the document of the check, any other is whole.
   */
  readonly answer: (StoredAnswer & { readonly callerId: string; readonly key: string }) | undefined
}

const WRITER = accountWriter([
  'reservedMinor',
  'ordersMinor',
  'reservationsDueAt',
  'blockedOrders',
  'situation',
  'situationOn'
])
const ACCOUNTS = columnsOf(WRITER.types)

/** The account after its decisions, and the version that they rest on. */
export type DecidedAccount = AccountOf<typeof WRITER>

/** What is written together. */
interface DecidedTogether {
  readonly accounts: readonly DecidedAccount[]
  readonly decided: readonly Decided[]
  /** Orders that the decisions block or unblock; each order once. */
  readonly blocks: readonly Row<'blockedOrders'>[]
}

/**
 * Writes the decisions of several customers in one statement and returns for which: those whose
 * account still has the expected version and is not locked by another transaction. For the others
 * nothing is written, and none is waited for. Throws the error of the database when a key was used
 * in the meantime or the database fails; then nothing at all is written.
 */
export async function writeDecisions(
  db: QueryExecutorProvider,
  { accounts, decided, blocks }: DecidedTogether
): Promise<Set<CustomerId>> {
  const entryTypes = decided.map(({ entry }) => entry.type)
  const { rows } = await sql<{ customerId: CustomerId }>`
    with ready as materialized (${unchangedAccounts(ACCOUNTS.table(accounts))}),
    decided as materialized (
      select each.* from ${DECIDED.table(decided.map(decidedRow))} as each join ready using (customer_id)
    ), keys as (
      insert into idempotency_keys (caller_id, idempotency_key, request, status, headers, body, created_at, check_id)
      select caller_id, idempotency_key, request, status, headers, body, clock_timestamp(), check_id from decided
      where idempotency_key is not null
    ), checks as (
      insert into credit_checks (${CHECKS.names}) select ${CHECKS.names} from decided
    ), reserved as (
      insert into reservations (customer_id, check_id, order_id, state, amount_minor, captured_minor, released_minor, expired_minor,
        expires_at, created_at, version, ship_on)
      select customer_id, check_id, order_id, 'active', reserved_minor, 0, 0, 0, expires_at, decided_at, 1, ship_on
      from decided where expires_at is not null
    ), entries as (
      insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
      select customer_id, seq, decided_at, type, actor, check_id, payload, previous_hash, hash from decided
    )${blocks.length === 0 ? sql`` : sql`, blocks as (${saveBlocks(blocks)})`}
    ${WRITER.update(sql`ready`, entryTypes)}
    returning credit_accounts.customer_id`.execute(db)
  return new Set(rows.map(({ customerId }) => customerId))
}

const CHECK = {
  customerId: 'text',
  checkId: 'text',
  orderId: 'text',
  outcome: 'text',
  amountMinor: 'bigint',
  decidedAt: 'timestamptz',
  document: 'text'
} as const
const CHECKS = columnsOf<Row<'creditChecks'>>(CHECK)

const DECIDED = columnsOf<ReturnType<typeof decidedRow>>({
  ...CHECK,
  reservedMinor: 'bigint',
  shipOn: 'date',
  expiresAt: 'timestamptz',
  seq: 'bigint',
  type: 'text',
  actor: 'text',
  payload: 'text',
  previousHash: 'text',
  hash: 'text',
  callerId: 'text',
  idempotencyKey: 'text',
  request: 'text',
  status: 'integer',
  headers: 'text',
  body: 'text'
})

function decidedRow({ check, reservedMinor, shipOn, expiresAt, entry, answer }: Decided) {
  const { seq, type, actor, payload, previousHash, hash } = entry
  return {
    ...check,
    reservedMinor,
    shipOn,
    expiresAt,
    ...{ seq, type, actor, payload, previousHash, hash },
    callerId: answer?.callerId ?? null,
    idempotencyKey: answer?.key ?? null,
    request: answer?.request ?? null,
    status: answer?.status ?? null,
    headers: answer?.headers ?? null,
    body: answer?.body ?? null
  }
}

const BLOCKS = columnsOf<Row<'blockedOrders'>>({
  customerId: 'text',
  orderId: 'text',
  checkId: 'text',
  state: 'text',
  automatic: 'boolean',
  amountMinor: 'bigint',
  request: 'text',
  askedBy: 'text',
  openedAt: 'timestamptz',
  firstCheckId: 'text',
  validUntil: 'timestamptz',
  closedAt: 'timestamptz',
  closedBy: 'text',
  nextCheckId: 'text',
  releaseId: 'text',
  reasonCode: 'text',
  comment: 'text',
  version: 'integer'
})
const upsertBlocks = BLOCKS.upsertInto('blocked_orders', { key: ['customerId', 'orderId'] })

/** An order has one row: a block that opens replaces the one before. */
function saveBlocks(blocks: readonly Row<'blockedOrders'>[]): RawBuilder<unknown> {
  return upsertBlocks(sql`(select block.* from ${BLOCKS.table(blocks)} as block join ready using (customer_id))`)
}
