import { type QueryCreator, type RawBuilder, sql } from 'kysely'
import type { Database, Moves, NewEntry, Reader, Row, Situation, Write, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import { type Clock, heldInstant } from '../platform/database/clock.ts'
import { columnsOf } from '../platform/database/columns.ts'
import { type ActorText, systemActor } from '../platform/values/actors.ts'
import { GENESIS_HASH, HashChain } from '../platform/values/hash-chain.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import { ENTRIES } from './store/entries.ts'
import { type CurrentAccount, type FactColumns, type FactsRow, factColumns, type WithFacts } from './store/facts.ts'
import { accountWriter, SETTABLE_COLUMNS, type Settable } from './store/writer.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** The account while its lock is held; the time is that after the wait for the lock. */
export type LockedAccount = CurrentAccount

/** The actor that ends what is over by time. */
export const CLOCK = systemActor('clock')

/** The chain of the entries of a customer; the account holds its head. */
export function customerChain(customerId: CustomerId): HashChain<{ customerId: CustomerId }> {
  return new HashChain({ customerId })
}

/** What a decision may set besides the amounts, which follow from the journal entries alone. */
export type AccountChanges = Partial<
  Pick<Row<'creditAccounts'>, Exclude<Settable, keyof Moves | 'situation' | 'situationOn'>>
>

/** A new account: no limit, no rating, nothing owed. */
const NEW_ACCOUNT = {
  limitMode: 'none',
  limitMinor: 0,
  receivablesMinor: 0,
  capturedMinor: 0,
  reservedMinor: 0,
  ordersMinor: 0,
  deliveriesMinor: 0,
  specialMinor: 0,
  ratingAdvice: 'none',
  blockedOrders: 0,
  // The version before its first entry is 1.
  version: 2
} as const

type OpenedAccount = Pick<
  Row<'creditAccounts'>,
  keyof typeof NEW_ACCOUNT | 'customerId' | 'currency' | 'journalSeq' | 'journalHash' | 'updatedAt'
>

const OPENED = columnsOf<OpenedAccount>({
  customerId: 'text',
  currency: 'text',
  limitMode: 'text',
  limitMinor: 'bigint',
  receivablesMinor: 'bigint',
  capturedMinor: 'bigint',
  reservedMinor: 'bigint',
  ordersMinor: 'bigint',
  deliveriesMinor: 'bigint',
  specialMinor: 'bigint',
  ratingAdvice: 'text',
  blockedOrders: 'integer',
  version: 'bigint',
  journalSeq: 'bigint',
  journalHash: 'text',
  updatedAt: 'timestamptz'
})

/**
 * Opens the account of a new customer with its first entry, in the statement that inserts the
 * customer. `inserted` is what that insert returns as a table `opened`, and `besides` writes more
 * on condition of it. False, and nothing written: it inserted nothing.
 */
export async function openAccount(
  trx: Writer,
  { customerId, currency, now }: { customerId: CustomerId; currency: string; now: string },
  { actor, ...entry }: NewEntry & { readonly actor: ActorText },
  { inserted, besides }: { readonly inserted: RawBuilder<unknown>; readonly besides: RawBuilder<unknown> }
): Promise<boolean> {
  const link = { ...entry, payload: { ...entry.payload, moves: {} } }
  const [first] = customerChain(customerId).join({ journalSeq: 0, journalHash: GENESIS_HASH }, [link], {
    at: now,
    actor
  })
  if (first === undefined) throw new Error('a chain takes what is joined to it')
  const account = {
    ...NEW_ACCOUNT,
    customerId,
    currency,
    journalSeq: first.seq,
    journalHash: first.hash,
    updatedAt: now
  }
  const { rows } = await sql`
    with opened as (${inserted}),
    account as (
      insert into credit_accounts (${OPENED.names})
      select account.* from ${OPENED.row(account)} as account join opened using (customer_id)
    )${besides}
    insert into journal (${ENTRIES.names})
    select entry.* from ${ENTRIES.row(first)} as entry join opened using (customer_id) returning customer_id`.execute(
    trx
  )
  return rows.length > 0
}

/**
 * Locks the account row and returns it with the database time after the wait, so that an expiry is
 * judged by the moment of the lock. NO KEY UPDATE, because plain FOR UPDATE would block inserts
 * that reference the customer. The lock has a CTE of its own: in one select the clock could be read
 * before the wait. Neither the instant nor its day ever runs back within one account.
 * Throws `customer-not-found`, and `currency-not-supported` when the account is in another currency
 * than the one named.
 */
export async function lockAccount(
  trx: Writer,
  clock: Clock,
  customerId: CustomerId,
  currency?: string
): Promise<LockedAccount> {
  const row = await trx
    .with('locked', (db) =>
      db.selectFrom('creditAccounts').selectAll().where('customerId', '=', customerId).forNoKeyUpdate()
    )
    .with(
      (held) => held('held').materialized(),
      (db) => db.selectFrom('locked').selectAll().select(heldInstant(clock.now, sql`locked.updated_at`).as('now'))
    )
    .selectFrom('held')
    .selectAll()
    .select(clock.dayOf(sql`held.now`).as('today'))
    .executeTakeFirst()
  if (row === undefined) throw customerNotFound(customerId)
  const { now, today, ...account } = row
  if (currency !== undefined && currency !== account.currency) throw currencyNotSupported(account)
  return { account, now, today }
}

/** `lockAccount` with what a decision rests on, in one statement: see `lockOwnerWithFacts`. */
export async function lockWithFacts<Facts extends object>(
  trx: Writer,
  clock: Clock,
  customerId: CustomerId,
  facts: FactColumns<Facts>,
  currency?: string
): Promise<WithFacts<Facts>> {
  const locked = await lockOwnerWithFacts(trx, clock, sql`${customerId}`, facts)
  if (locked === undefined) throw customerNotFound(customerId)
  if (currency !== undefined && currency !== locked.account.currency) throw currencyNotSupported(locked.account)
  return locked
}

/**
 * Locks the account of the customer that an expression names, and reads facts in the same
 * statement. It sees all but the account as that was before the wait for the lock: where the
 * account has changed in the meantime, everything is read once more. So it is for what never
 * changes without the version of the account, and for what may be as it was when the request began
 * to wait, such as the models in force. Undefined where there is no such account.
 */
export async function lockOwnerWithFacts<Facts extends object>(
  trx: Writer,
  clock: Clock,
  customerId: RawBuilder<string>,
  facts: FactColumns<Facts>
): Promise<WithFacts<Facts> | undefined> {
  const { columns, split } = factColumns(facts)
  const statement = sql<FactsRow & { readonly isCurrent: boolean }>`
    with locked as (select * from credit_accounts where customer_id = ${customerId} for no key update),
    account as materialized (select *, ${heldInstant(clock.now, sql`updated_at`)} as read_at from locked)
    select account.*, read_at as now, ${clock.dayOf(sql`read_at`)} as today,
      version = (select version from credit_accounts where credit_accounts.customer_id = account.customer_id) as is_current
      ${columns}
    from account`
  let [row] = (await statement.execute(trx)).rows
  if (row?.isCurrent === false) [row] = (await statement.execute(trx)).rows
  if (row === undefined) return undefined
  const { isCurrent: _current, ...rest } = row
  return split(rest)
}

/**
 * The account as it stands, without a lock: for reads, never for a decision. Throws
 * `customer-not-found`.
 */
export async function requireAccount(db: Reader, customerId: CustomerId): Promise<Row<'creditAccounts'>> {
  const account = await db
    .selectFrom('creditAccounts')
    .selectAll()
    .where('customerId', '=', customerId)
    .executeTakeFirst()
  if (account === undefined) throw customerNotFound(customerId)
  return account
}

/**
 * The account as it stands now, for reads. A reservation whose time is up no longer counts, and its
 * items count again, even if no decision has swept it. Throws `customer-not-found`.
 */
export async function readCurrentAccount(db: Reader, clock: Clock, customerId: CustomerId): Promise<CurrentAccount> {
  return readWithFacts(db, clock, customerId, {})
}

/** The same with what is shown beside it, in one statement: so all of it is of one moment. */
export async function readWithFacts<Facts extends object>(
  db: Reader,
  clock: Clock,
  customerId: CustomerId,
  facts: FactColumns<Facts>
): Promise<WithFacts<Facts>> {
  const { columns, split } = factColumns(facts)
  const { rows } = await sql<FactsRow & { readonly dueMinor: number; readonly freeMinor: number }>`
    with account as materialized (
      select *, ${heldInstant(clock.now, sql`updated_at`)} as read_at from credit_accounts where customer_id = ${customerId})
    select account.*, read_at as now, ${clock.dayOf(sql`read_at`)} as today,
      (select coalesce(sum(amount_minor - captured_minor), 0)::bigint from reservations
        where reservations.customer_id = account.customer_id and state = 'active' and expires_at <= read_at) as due_minor,
      (select coalesce(sum(open_minor), 0)::bigint from exposure_items
        where exposure_items.customer_id = account.customer_id and state = 'held' and held_until <= read_at) as free_minor
      ${columns}
    from account`.execute(db)
  const [row] = rows
  if (row === undefined) throw customerNotFound(customerId)
  const { dueMinor, freeMinor, ...rest } = row
  const reservedMinor = row.reservedMinor - dueMinor
  const ordersMinor = row.ordersMinor + freeMinor
  return split({ ...rest, reservedMinor, ordersMinor })
}

function currencyNotSupported({
  customerId,
  currency
}: Pick<Row<'creditAccounts'>, 'customerId' | 'currency'>): Problem {
  return new Problem('currency-not-supported', said(details.currency, { customerId, currency }))
}

export function customerNotFound(customerId: CustomerId): Problem {
  return new Problem('customer-not-found', said(details.noCustomer, { customerId }))
}

/** The largest amount of an account, so that sums of amounts stay exact. */
const ACCOUNT_MINOR_MAX = 999_999_999_999_999

/** Returns the amount; throws `exposure-too-large` when it is beyond that. */
export function countable(amountMinor: number): number {
  if (Math.abs(amountMinor) > ACCOUNT_MINOR_MAX) throw exposureTooLarge()
  return amountMinor
}

export function exposureTooLarge(): Problem {
  return new Problem('exposure-too-large', details.tooLarge)
}

/**
 * Writes a decision in one statement: its writes, the entries that join the chain of the customer,
 * and the account, whose amounts move by what the entries say. So they cannot differ, and cost one
 * round trip. The stored situation is dropped unless the writes leave it true. When headroom may
 * have risen, the blocked orders are marked to be decided again. Throws `exposure-too-large`.
 */
export async function saveAccount(
  trx: Writer,
  { account, now }: LockedAccount,
  actor: ActorText,
  entries: readonly NewEntry[],
  {
    changes = {},
    writes = [],
    keepsSituation = false
  }: { changes?: AccountChanges; writes?: readonly Write[]; keepsSituation?: boolean } = {}
): Promise<Row<'creditAccounts'>> {
  const links = entries.map(({ payload, moves = {}, ...entry }) => ({ ...entry, payload: { ...payload, moves } }))
  const rows = customerChain(account.customerId).join(account, links, { at: now, actor })
  const head = rows.at(-1)
  if (head === undefined) throw new Error('a change of the account needs a journal entry')
  const after = {
    ...account,
    ...changes,
    ...movedAmounts(account, entries),
    ...(keepsSituation ? {} : { situation: null, situationOn: null }),
    versionBefore: account.version,
    journalSeq: head.seq,
    journalHash: head.hash,
    updatedAt: now
  }
  const types = entries.map(({ type }) => type)
  const update = WRITER.update(AFTER.row(after), types)
  const append: Write = (db) => db.insertInto('journal').values(rows)
  const saved = await together(trx, [...writes, append])
    .with('saved', () => sql<Row<'creditAccounts'>>`(${update} returning credit_accounts.*)`)
    .selectFrom('saved')
    .selectAll()
    .executeTakeFirst()
  if (saved === undefined) throw new Error('a locked account cannot have changed')
  return saved
}

const WRITER = accountWriter(SETTABLE_COLUMNS)
const AFTER = columnsOf(WRITER.types)

/** Names the policy of a situation: another policy has other minimums. */
type PolicyVersion = { readonly id: string; readonly version: number }

/**
 * The situation kept beside the account; absent when it is of another day or policy, or was made
 * invalid.
 */
export function keptSituation(
  { situation, situationOn }: Pick<Row<'creditAccounts'>, 'situation' | 'situationOn'>,
  today: string,
  policy: PolicyVersion
): Situation | undefined {
  if (situationOn !== today || situation?.startsWith(situationBeginning(policy)) !== true) return undefined
  return (JSON.parse(situation) as { situation: Situation }).situation
}

export function situationText(situation: Situation, policy: PolicyVersion): string {
  return `${situationBeginning(policy)}${JSON.stringify(situation)}}`
}

/** How the text of every situation of a policy begins, and of no other. */
export function situationBeginning({ id, version }: PolicyVersion): string {
  return `{"policy":${JSON.stringify({ id, version })},"situation":`
}

function movedAmounts(account: Row<'creditAccounts'>, entries: readonly NewEntry[]): Required<Moves> {
  const moved = (amount: keyof Moves) =>
    countable(entries.reduce((sum, entry) => sum + (entry.moves?.[amount] ?? 0), account[amount]))
  return {
    receivablesMinor: moved('receivablesMinor'),
    capturedMinor: moved('capturedMinor'),
    reservedMinor: moved('reservedMinor'),
    ordersMinor: moved('ordersMinor'),
    deliveriesMinor: moved('deliveriesMinor'),
    specialMinor: moved('specialMinor')
  }
}

/**
 * Joins writes to the statement that follows, as its common table expressions. No two of them may
 * change the same row. Kysely types the result as a schema with one more table for each; nobody
 * reads from these.
 */
function together(trx: Writer, writes: readonly Write[]): QueryCreator<Database> {
  let creator: QueryCreator<Database> = trx
  for (const [index, write] of writes.entries()) {
    creator = creator.with(`write_${index}`, write as never) as unknown as QueryCreator<Database>
  }
  return creator
}
