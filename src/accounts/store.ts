import { type QueryCreator, type RawBuilder, sql } from 'kysely'
import type { Database, Moves, NewEntry, NewRow, Reader, Row, Situation, Write, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import { type Clock, heldInstant } from '../platform/database/clock.ts'
import { columnsOf } from '../platform/database/columns.ts'
import { GENESIS_HASH, HashChain } from '../platform/values/hash-chain.ts'
import { Problem } from '../platform/values/problem.ts'
import { accountWriter, SETTABLE_COLUMNS, type Settable } from './store/writer.ts'

/** An account row with the database time at which it was read. */
interface CurrentAccount {
  readonly account: Row<'creditAccounts'>
  readonly now: string
  readonly today: string
}

/** The account while its lock is held; the time is that after the wait for the lock. */
export type LockedAccount = CurrentAccount

/** The actor that ends what is over by time. */
export const CLOCK = 'clock'

/** The chain of the entries of a customer; the account holds its head. */
export function customerChain(customerId: CustomerId): HashChain<{ customerId: CustomerId }> {
  return new HashChain({ customerId })
}

/** What a decision may set besides the amounts, which follow from the journal entries alone. */
export type AccountChanges = Partial<
  Pick<Row<'creditAccounts'>, Exclude<Settable, keyof Moves | 'situation' | 'situationOn'>>
>

/** Opens the account of a new customer: no limit, no rating, nothing owed. */
export async function openAccount(
  trx: Writer,
  customerId: CustomerId,
  currency: string,
  now: string
): Promise<Row<'creditAccounts'>> {
  const row: NewRow<'creditAccounts'> = {
    customerId,
    currency,
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
    version: 1,
    journalSeq: 0,
    journalHash: GENESIS_HASH,
    updatedAt: now
  }
  return trx.insertInto('creditAccounts').values(row).returningAll().executeTakeFirstOrThrow()
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

/**
 * What is read beside an account, by name. Each sees its row as `account`, with the moment at which
 * it was read, `account.read_at`.
 */
type FactColumns<Facts> = { readonly [Name in keyof Facts & string]: RawBuilder<Facts[Name]> }

/** A locked account with what was read in the same statement. */
type LockedFacts<Facts> = LockedAccount & { readonly facts: Facts }

/** `lockAccount` with what a decision rests on, in one statement: see `lockOwnerWithFacts`. */
export async function lockWithFacts<Facts extends object>(
  trx: Writer,
  clock: Clock,
  customerId: CustomerId,
  facts: FactColumns<Facts>,
  currency?: string
): Promise<LockedFacts<Facts>> {
  const locked = await lockOwnerWithFacts(trx, clock, sql`${customerId}`, facts)
  if (locked === undefined) throw customerNotFound(customerId)
  if (currency !== undefined && currency !== locked.account.currency) throw currencyNotSupported(locked.account)
  return locked
}

/**
 * Locks the account of the customer that an expression names, and reads facts in the same
 * statement. It sees all but the account as that was before the wait for the lock: where the
 * account has changed in the meantime, everything is read once more. So it is only for what never
 * changes without the version of the account. Undefined where there is no such account.
 */
export async function lockOwnerWithFacts<Facts extends object>(
  trx: Writer,
  clock: Clock,
  customerId: RawBuilder<string>,
  facts: FactColumns<Facts>
): Promise<LockedFacts<Facts> | undefined> {
  const names = Object.keys(facts) as (keyof Facts & string)[]
  const columns = names.map((name) => sql`${facts[name]} as ${sql.ref(name)}`)
  const statement = sql<Record<string, unknown> & { readonly isCurrent: boolean }>`
    with locked as (select * from credit_accounts where customer_id = ${customerId} for no key update),
    account as materialized (select *, ${heldInstant(clock.now, sql`updated_at`)} as read_at from locked)
    select account.*, read_at as now, ${clock.dayOf(sql`read_at`)} as today,
      version = (select version from credit_accounts where credit_accounts.customer_id = account.customer_id) as is_current,
      ${sql.join(columns)}
    from account`
  let [row] = (await statement.execute(trx)).rows
  if (row?.isCurrent === false) [row] = (await statement.execute(trx)).rows
  if (row === undefined) return undefined
  const { now, today, isCurrent: _current, readAt: _readAt, ...rest } = row
  const found: Record<string, unknown> = {}
  for (const name of names) {
    found[name] = rest[name]
    delete rest[name]
  }
  return { account: rest, now, today, facts: found } as unknown as LockedFacts<Facts>
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
  const now = heldInstant(sql`moment.now`, sql`credit_accounts.updated_at`)
  const row = await db
    .with(
      (moment) => moment('moment').materialized(),
      (from) => from.selectNoFrom(clock.now.as('now'))
    )
    .selectFrom(['creditAccounts', 'moment'])
    .selectAll('creditAccounts')
    .select((eb) => [
      now.as('now'),
      clock.dayOf(now).as('today'),
      eb
        .selectFrom('reservations')
        .select(sql<number>`coalesce(sum(amount_minor - captured_minor), 0)::bigint`.as('due'))
        .whereRef('reservations.customerId', '=', 'creditAccounts.customerId')
        .where('state', '=', 'active')
        .where('expiresAt', '<=', now)
        .as('dueMinor'),
      eb
        .selectFrom('exposureItems')
        .select(sql<number>`coalesce(sum(open_minor), 0)::bigint`.as('free'))
        .whereRef('exposureItems.customerId', '=', 'creditAccounts.customerId')
        .where('state', '=', 'held')
        .where('heldUntil', '<=', now)
        .as('freeMinor')
    ])
    .where('customerId', '=', customerId)
    .executeTakeFirst()
  if (row === undefined) throw customerNotFound(customerId)
  const { now: at, today, dueMinor, freeMinor, ...account } = row
  const reservedMinor = account.reservedMinor - (dueMinor ?? 0)
  const ordersMinor = account.ordersMinor + (freeMinor ?? 0)
  return { account: { ...account, reservedMinor, ordersMinor }, now: at, today }
}

function currencyNotSupported({
  customerId,
  currency
}: Pick<Row<'creditAccounts'>, 'customerId' | 'currency'>): Problem {
  return new Problem('currency-not-supported', `The account of ${customerId} is kept in ${currency}.`)
}

export function customerNotFound(customerId: CustomerId): Problem {
  return new Problem('customer-not-found', `There is no customer ${customerId}.`)
}

/** The largest amount of an account, so that sums of amounts stay exact. */
const ACCOUNT_MINOR_MAX = 999_999_999_999_999

/** Returns the amount; throws `exposure-too-large` when it is beyond that. */
export function countable(amountMinor: number): number {
  if (Math.abs(amountMinor) > ACCOUNT_MINOR_MAX) throw exposureTooLarge()
  return amountMinor
}

export function exposureTooLarge(): Problem {
  return new Problem('exposure-too-large', 'With this amount the account would go beyond what can be counted exactly.')
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
  actor: string,
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
  { id, version }: PolicyVersion
): Situation | undefined {
  if (situation === null || situationOn !== today) return undefined
  const kept = JSON.parse(situation) as { policy: PolicyVersion; situation: Situation }
  return kept.policy.id === id && kept.policy.version === version ? kept.situation : undefined
}

export function situationText(situation: Situation, { id, version }: PolicyVersion): string {
  return JSON.stringify({ policy: { id, version }, situation })
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
