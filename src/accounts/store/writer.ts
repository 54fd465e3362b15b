import { type RawBuilder, sql } from 'kysely'
import type { EntryType, Row } from '../../database.ts'
import { assignments, type ColumnTypes } from '../../platform/database/columns.ts'

/** The columns of an account that a write may set, with their types. */
const SETTABLE = {
  currency: 'text',
  limitMode: 'text',
  limitMinor: 'bigint',
  limitValidUntil: 'date',
  limitDecisionId: 'text',
  termsDays: 'integer',
  receivablesMinor: 'bigint',
  capturedMinor: 'bigint',
  reservedMinor: 'bigint',
  ordersMinor: 'bigint',
  deliveriesMinor: 'bigint',
  specialMinor: 'bigint',
  situation: 'text',
  situationOn: 'date',
  reconciledAt: 'timestamptz',
  holdReason: 'text',
  holdBy: 'text',
  holdSince: 'timestamptz',
  holdSetters: 'text',
  grade: 'text',
  ratingAssessmentId: 'text',
  ratingValidUntil: 'date',
  ratedAt: 'timestamptz',
  ratingAdvice: 'text',
  fileChange: 'text',
  fileChangedAt: 'timestamptz',
  reservationsDueAt: 'timestamptz',
  blockedOrders: 'integer'
} as const satisfies Partial<ColumnTypes<Row<'creditAccounts'>>>
export type Settable = keyof typeof SETTABLE

/** All columns that a write may set. */
export const SETTABLE_COLUMNS = Object.keys(SETTABLE) as Settable[]

/**
 * What every write says of an account: the version that it rests on, and the new end of its chain.
 */
const HEAD = {
  customerId: 'text',
  versionBefore: 'bigint',
  journalSeq: 'bigint',
  journalHash: 'text',
  updatedAt: 'timestamptz'
} as const

type AccountHead = Pick<Row<'creditAccounts'>, 'customerId' | 'journalSeq' | 'journalHash' | 'updatedAt'> & {
  readonly versionBefore: number
}

/** Since when waiting orders are to be decided again, and after which of them. */
const MARK = { reevaluationDueAt: 'timestamptz', reevaluationPlace: 'text' } as const
type Mark = keyof typeof MARK

/** An account after a write that sets these columns. */
type AccountAfter<Name extends Settable | Mark> = AccountHead & Pick<Row<'creditAccounts'>, Name>

/** The writer of accounts that sets these columns. */
interface AccountWriter<Name extends Settable | Mark> {
  readonly types: ColumnTypes<AccountAfter<Name>>
  /**
   * Updates the accounts listed in `after` that still have the version that it rests on. An account
   * with waiting orders is marked to have them decided again when entries of these types may let
   * one pass; where `after` says itself how the account is marked, none are named.
   */
  update(after: RawBuilder<unknown>, entryTypes?: readonly EntryType[]): RawBuilder<unknown>
}

/** An account as a writer takes it. */
export type AccountOf<Of> = Of extends AccountWriter<infer Name> ? AccountAfter<Name> : never

/**
 * Every decision writes an account through here: single ones (`saveAccount`), grouped checks and
 * runs over the portfolio. `test/accounts/writer.test.ts` shows that they agree. Only opening, the
 * end of a walk along the blocked orders and the next sweep are written beside it.
 */
export function accountWriter<Name extends Settable | Mark>(names: readonly Name[]): AccountWriter<Name> {
  const settable = Object.fromEntries(names.map((name) => [name, { ...SETTABLE, ...MARK }[name]]))
  const set = assignments(['journalSeq', 'journalHash', 'updatedAt', ...names], 'after')
  const blocked = names.some((name) => name === 'blockedOrders') ? 'after' : 'credit_accounts'
  const plain = `version = after.version_before + 1, ${set}`
  const raising = `${plain}, reevaluation_due_at = case when ${blocked}.blocked_orders > 0 then after.updated_at
    else credit_accounts.reevaluation_due_at end`
  const texts = { plain: sql.raw(plain), raising: sql.raw(raising) }
  return {
    types: { ...HEAD, ...settable } as ColumnTypes<AccountAfter<Name>>,
    update: (
      after,
      entryTypes = []
    ) => sql`update credit_accounts set ${entryTypes.some(mayRaiseHeadroom) ? texts.raising : texts.plain}
      from ${after} as after
      where credit_accounts.customer_id = after.customer_id and credit_accounts.version = after.version_before`
  }
}

/**
 * The accounts in a table that still have their version and that no other transaction has locked.
 * They are locked then; none is waited for.
 */
export function unchangedAccounts(after: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select after.* from ${after} as after join lateral (
    select from credit_accounts
    where credit_accounts.customer_id = after.customer_id and credit_accounts.version = after.version_before
    for no key update skip locked) as locked on true`
}

/**
 * Entries that only take from the account or speak against new credit: no order passes because of
 * them. The end of a wait is not among them, because that order held up later ones.
 */
const NEVER_RAISES: ReadonlySet<EntryType> = new Set([
  'customer.opened',
  'hold.set',
  'statement.recorded',
  'evidence.recorded',
  'evidence.withdrawn',
  'security.withdrawn',
  'limit.proposed',
  'limit.rejected',
  'check.decided',
  'adjustment.refused',
  'order.at_risk',
  'order.at_risk_ended'
])

/** Whether a blocked order may pass after an entry, so that it must be decided again. */
function mayRaiseHeadroom(type: EntryType): boolean {
  return !NEVER_RAISES.has(type)
}
