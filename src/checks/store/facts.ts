import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'
import { type OutlookRead, outlookOf } from '../../accounts/store/outlooks.ts'
import { type AskedSituation, situationOf } from '../../accounts/store/situation.ts'
import { kindOf } from '../../customers/store.ts'
import type { Row, Situation } from '../../database.ts'
import type { CheckId, OrderId } from '../../ids.ts'
import { type Clock, heldInstant } from '../../platform/database/clock.ts'
import { columnsOf } from '../../platform/database/columns.ts'
import type { StoredAnswer } from '../../platform/http/command.ts'
import { type WaitingBlocks, waitingBlocksOf } from './blocks.ts'

/** The question of a check, and the Idempotency-Key that it came with. */
export interface Asked extends AskedSituation {
  readonly orderId: OrderId
  readonly callerId: string
  readonly key: string | null
  /** What the order asks for. The situation is that of an account in this currency. */
  readonly currency: string
  readonly amountMinor: number
  /** Whether it is the first of its customer: what is the same for all is read with that one. */
  readonly leads: boolean
  /** The answer addresses the customer, so it has to be known what that is in law. */
  readonly addresses: boolean
}

const ASKED = columnsOf<Omit<Asked, 'addresses'> & { readonly place: number }>({
  customerId: 'text',
  orderId: 'text',
  callerId: 'text',
  key: 'text',
  currency: 'text',
  amountMinor: 'bigint',
  itemMinimumMinor: 'bigint',
  minorPerMajor: 'bigint',
  leads: 'boolean',
  place: 'integer'
})

/** What is on file about a requested check, at the moment of reading. */
export interface AskedFacts {
  readonly account: Row<'creditAccounts'> | undefined
  /** What the customer is in law; null where no answer addresses a customer. */
  readonly kind: Row<'customers'>['kind'] | null
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
  /** The open items today; null where those kept beside the account still hold. */
  readonly situation: Situation | null
  /** What is expected to make room; null where there seems to be enough. */
  readonly outlook: OutlookRead | null
  /** Orders that are to be decided first; null where none are. */
  readonly waiting: WaitingBlocks | null
  /** Where a sweep is due: when the first reservation ends; null where none is left. */
  readonly nextExpiry: string | null
}

/** What a policy looks at beside the account. */
export interface Look {
  /** How the text of a situation begins that still holds on its day. */
  readonly situationBeginning: string
  readonly horizonDays: number
  /** Present where a decision may be made without the lock: then it needs the rest as well. */
  readonly ahead?: { readonly waitingMax: number; readonly datesMax: number }
}

type FactsRow = Row<'creditAccounts'> & {
  readonly accountId: string | null
  readonly kind: Row<'customers'>['kind'] | null
  readonly now: string
  readonly today: string
  readonly keyRequest: string | null
  readonly keyStatus: number
  readonly keyHeaders: string
  readonly keyBody: string
  readonly reservedBy: CheckId | null
  readonly blocked: string | null
  readonly recorded: string | null
  readonly situationToday: Situation | null
  readonly outlook: OutlookRead | null
  readonly waiting: WaitingBlocks | null
  readonly nextExpiry: string | null
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
  asked: readonly Asked[],
  look: Look
): Promise<AskedFacts[]> {
  const now = heldInstant(sql`moment.now`, sql`account.updated_at`)
  const kind = asked.some(({ addresses }) => addresses) ? kindOf('account.customerId') : sql`null`
  const { rows } = await sql<FactsRow>`
    with moment as materialized (select ${clock.now} as now)
    select account.*, account.customer_id as account_id, ${kind} as kind, present.now, present.today,
      key.request as key_request, key.status as key_status, key.headers as key_headers, key.body as key_body,
      reserved.check_id as reserved_by, blocked.check_id as blocked, recorded.item_id as recorded,
      ${situationToday(look)} as situation_today, ${ahead(clock, look)}
    from moment cross join ${ASKED.table(asked.map(({ addresses: _, ...each }, place) => ({ ...each, place })))} as asked
    left join lateral (select * from credit_accounts where credit_accounts.customer_id = asked.customer_id limit 1) as account on true
    cross join lateral (
      select ${now} as now, ${clock.dayOf(now)} as today) as present
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
    kind: row.kind,
    now: row.now,
    today: row.today,
    answered:
      row.keyRequest === null
        ? undefined
        : { request: row.keyRequest, status: row.keyStatus, headers: row.keyHeaders, body: row.keyBody },
    reservedBy: row.reservedBy,
    wasBlocked: row.blocked !== null,
    isRecorded: row.recorded !== null,
    situation: row.situationToday,
    outlook: row.outlook ?? null,
    waiting: row.waiting ?? null,
    nextExpiry: row.nextExpiry ?? null
  }))
}

function situationToday({ situationBeginning, horizonDays }: Look): RawBuilder<Situation | null> {
  const one = {
    customerId: sql`asked.customer_id`,
    itemMinimumMinor: sql`asked.item_minimum_minor`,
    minorPerMajor: sql`asked.minor_per_major`
  }
  const isKept = sql`account.situation_on = present.today and starts_with(account.situation, ${situationBeginning})`
  return sql`case when asked.leads and account.currency = asked.currency and not coalesce(${isKept}, false)
    then ${situationOf(one, { today: sql`present.today`, horizonDays })} end`
}

/**
 * What only some customers need. An order that asks for more than is left, or that comes behind
 * others that wait, will most likely not pass: then its answer looks ahead.
 */
function ahead(clock: Clock, { ahead: limits }: Look): RawBuilder<unknown> {
  if (limits === undefined) return sql`null as outlook, null as waiting, null as next_expiry`
  const moment = { now: sql<string>`present.now`, datesMax: limits.datesMax }
  const waiting = waitingBlocksOf(sql`asked.customer_id`, sql`present.now`, limits.waitingMax)
  return sql`
    case when asked.leads and account.limit_mode = 'limited' and (account.blocked_orders > 0 or asked.amount_minor > limit_minor
        - receivables_minor - captured_minor - reserved_minor - orders_minor - deliveries_minor - special_minor)
      then ${outlookOf(clock, sql`asked.customer_id`, moment)} end as outlook,
    case when asked.leads and account.reevaluation_due_at is not null then ${waiting} end as waiting,
    case when asked.leads and account.reservations_due_at <= present.now then (
      select min(expires_at) from reservations
      where reservations.customer_id = asked.customer_id and reservations.state = 'active') end as next_expiry`
}
