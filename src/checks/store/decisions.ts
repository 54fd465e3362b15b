import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import { ENTRIES } from '../../accounts/store/entries.ts'
import { type AccountOf, accountWriter, unchangedAccounts } from '../../accounts/store/writer.ts'
import type { NewRow, Row } from '../../database.ts'
import type { CustomerId } from '../../ids.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import type { StoredAnswer } from '../../platform/http/command.ts'
import { BLOCKS } from './blocks.ts'

/** One decision with everything that is written of it. */
export interface Decided {
  readonly check: Row<'creditChecks'>
  /** The first reason of the outcome; null where nothing is to be said. */
  readonly reason: string | null
  readonly currency: string
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
  'reevaluationDueAt',
  'reevaluationPlace',
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
  /** Entries beside those of the decisions. */
  readonly entries: readonly NewRow<'journal'>[]
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
  { accounts, decided, entries, blocks }: DecidedTogether
): Promise<Set<CustomerId>> {
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
    )${entries.length === 0 ? sql`` : sql`, beside as (${saveEntries(entries)})`}
    ${blocks.length === 0 ? sql`` : sql`, blocks as (${saveBlocks(blocks)})`}
    ${WRITER.update(sql`ready`)}
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

const upsertBlocks = BLOCKS.upsertInto('blocked_orders', { key: ['customerId', 'orderId'] })

/** An order has one row: a block that opens replaces the one before. */
function saveBlocks(blocks: readonly Row<'blockedOrders'>[]): RawBuilder<unknown> {
  return upsertBlocks(sql`(select block.* from ${BLOCKS.table(blocks)} as block join ready using (customer_id))`)
}

function saveEntries(entries: readonly NewRow<'journal'>[]): RawBuilder<unknown> {
  return sql`insert into journal (${ENTRIES.names}) select entry.* from ${ENTRIES.table(entries)} as entry join ready using (customer_id)`
}
