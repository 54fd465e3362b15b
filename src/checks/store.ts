import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely'
import { kindOf } from '../customers/store.ts'
import type { Database, Reader, Row } from '../database.ts'
import type { CheckId, CustomerId } from '../ids.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { CreditCheckQuery } from './schema.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** A check with the kind of its customer. */
type OwnedCheck = Row<'creditChecks'> & Pick<Row<'customers'>, 'kind'>

/** A check with the state of its reservation, if it made one. */
export interface CheckRow {
  readonly check: OwnedCheck
  readonly reservation: Row<'reservations'> | undefined
  /** The state of its order when it was not approved; a later check of the order takes it over. */
  readonly block: Row<'blockedOrders'> | undefined
}

/**
 * The customer of a check; undefined when there is no such check. A check never changes its
 * customer, so this needs no lock.
 */
export async function customerOfCheck(db: Reader, checkId: CheckId): Promise<CustomerId | undefined> {
  const row = await db.selectFrom('creditChecks').select('customerId').where('checkId', '=', checkId).executeTakeFirst()
  return row?.customerId
}

/** Selects the same, to lock the account in one statement. */
export function ownerOfCheck(checkId: CheckId): RawBuilder<CustomerId> {
  return sql`(select customer_id from credit_checks where check_id = ${checkId})`
}

export async function findCheck(db: Reader, customerId: CustomerId, checkId: CheckId): Promise<CheckRow | undefined> {
  const [check] = await withOutcomes(
    db,
    await db
      .selectFrom('creditChecks')
      .selectAll()
      .select(kindOf('creditChecks.customerId').as('kind'))
      .where('customerId', '=', customerId)
      .where('checkId', '=', checkId)
      .execute()
  )
  return check
}

export function checkNotFound(checkId: CheckId): Problem {
  return new Problem('not-found', said(details.noCheck, { checkId }))
}

/**
 * Checks that fit all filters, newest first, one more than the page holds. A reservation whose time
 * is up counts as expired, even if no decision has swept it yet.
 */
export async function listChecks(
  db: Reader,
  now: string,
  query: CreditCheckQuery,
  beforeId: CheckId | undefined,
  limit: number
): Promise<CheckRow[]> {
  const { customerId, orderId, outcome, reservation, since } = query
  if (reservation === 'expired') return listExpired(db, now, query, beforeId, limit)
  let select = db
    .selectFrom('creditChecks')
    .selectAll('creditChecks')
    .select(kindOf('creditChecks.customerId').as('kind'))
    .orderBy('creditChecks.checkId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('creditChecks.checkId', '<', beforeId)
  if (customerId !== undefined) select = select.where('creditChecks.customerId', '=', customerId)
  if (orderId !== undefined) select = select.where('creditChecks.orderId', '=', orderId)
  if (outcome !== undefined) select = select.where('outcome', '=', outcome)
  if (reservation !== undefined || since !== undefined) {
    select = select.where((eb) =>
      eb.exists(
        eb
          .selectFrom('reservations')
          .select(sql`1`.as('one'))
          .whereRef('reservations.customerId', '=', 'creditChecks.customerId')
          .whereRef('reservations.checkId', '=', 'creditChecks.checkId')
          .where((row) => inState(row, reservation, now))
          .where((row) => endedSince(row, { since, now }))
      )
    )
  }
  return withOutcomes(db, await select.execute())
}

/**
 * The checks with an expired reservation. Swept ones are found by an index of their own, due ones
 * by the accounts that wait for the sweep. Reservations that ended for another reason are not read.
 */
async function listExpired(
  db: Reader,
  now: string,
  { customerId, orderId, outcome, since }: CreditCheckQuery,
  beforeId: CheckId | undefined,
  limit: number
): Promise<CheckRow[]> {
  // Only an approval makes a reservation.
  if (outcome !== undefined && outcome !== 'approved') return []
  const wanted = sql.join(
    [
      sql`true`,
      ...(customerId === undefined ? [] : [sql`reservations.customer_id = ${customerId}`]),
      ...(orderId === undefined ? [] : [sql`reservations.order_id = ${orderId}`]),
      ...(beforeId === undefined ? [] : [sql`reservations.check_id < ${beforeId}`])
    ],
    sql` and `
  )
  const from = since === undefined ? sql`'-infinity'` : sql`${since}`
  const { rows } = await sql<OwnedCheck>`
    select credit_checks.*, ${kindOf('creditChecks.customerId')} as kind from (
      (select customer_id, check_id from reservations
        where state = 'expired' and resolved_at >= ${from}::timestamptz and ${wanted} order by check_id desc limit ${limit + 1})
      union all
      (select customer_id, check_id from credit_accounts join reservations using (customer_id)
        where reservations_due_at <= ${now} and state = 'active' and expires_at <= ${now} and expires_at >= ${from}::timestamptz and ${wanted}
        order by check_id desc limit ${limit + 1})
    ) as expired join credit_checks using (customer_id, check_id) order by check_id desc limit ${limit + 1}`.execute(db)
  return withOutcomes(db, rows)
}

type OfReservation = ExpressionBuilder<Database, 'reservations'>

function inState(row: OfReservation, state: CreditCheckQuery['reservation'], now: string) {
  if (state === undefined) return sql<boolean>`true`
  const stored = row('reservations.state', '=', state)
  return state === 'active' ? row.and([stored, row('reservations.expiresAt', '>', now)]) : stored
}

function endedSince(row: OfReservation, { since, now }: { readonly since: string | undefined; readonly now: string }) {
  if (since === undefined) return sql<boolean>`true`
  const ended = row('reservations.resolvedAt', '>=', since)
  return row.or([ended, row.and([isDue(row, now), row('reservations.expiresAt', '>=', since)])])
}

function isDue(row: OfReservation, now: string) {
  return row.and([row('reservations.state', '=', 'active'), row('reservations.expiresAt', '<=', now)])
}

/** The checks with what became of them: the reservation of an approval, the block of any other. */
async function withOutcomes(db: Reader, checks: readonly OwnedCheck[]): Promise<CheckRow[]> {
  const approved = checks.filter(({ outcome }) => outcome === 'approved')
  const others = checks.filter(({ outcome }) => outcome !== 'approved')
  const reservations = approved.length === 0 ? [] : await reservationsOf(db, approved)
  const blocks = others.length === 0 ? [] : await blocksOf(db, others)
  const byCheck = <Each extends { checkId: CheckId }>(rows: readonly Each[]) =>
    new Map(rows.map((row) => [row.checkId, row]))
  const [held, blocked] = [byCheck(reservations), byCheck(blocks)]
  return checks.map((check) => ({
    check,
    reservation: held.get(check.checkId),
    block: blocked.get(check.checkId)
  }))
}

async function reservationsOf(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<Row<'reservations'>[]> {
  return db
    .selectFrom('reservations')
    .selectAll()
    .where(sql<boolean>`customer_id = any(${customersOf(checks)})`)
    .where(sql<boolean>`check_id = any(${checks.map(({ checkId }) => checkId)})`)
    .execute()
}

async function blocksOf(db: Reader, checks: readonly Row<'creditChecks'>[]): Promise<Row<'blockedOrders'>[]> {
  return db
    .selectFrom('blockedOrders')
    .selectAll()
    .where(sql<boolean>`customer_id = any(${customersOf(checks)})`)
    .where(sql<boolean>`order_id = any(${[...new Set(checks.map(({ orderId }) => orderId))]})`)
    .execute()
}

function customersOf(checks: readonly Row<'creditChecks'>[]): string[] {
  return [...new Set(checks.map(({ customerId }) => customerId))]
}
