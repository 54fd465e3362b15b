import { sql } from 'kysely'
import type { Reader, Row, Write, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import { Problem } from '../platform/values/problem.ts'
import type { CustomerProfile, CustomerQuery } from './schema.ts'

/** A customer row with its account's currency. */
export type CustomerRow = Row<'customers'> & { currency: string }

/** Throws `customer-not-found`. */
export async function requireCustomer(db: Reader, customerId: CustomerId): Promise<CustomerRow> {
  const row = await db
    .selectFrom('customers')
    .innerJoin('creditAccounts', 'creditAccounts.customerId', 'customers.customerId')
    .selectAll('customers')
    .select('creditAccounts.currency')
    .where('customers.customerId', '=', customerId)
    .executeTakeFirst()
  if (row === undefined) throw new Problem('customer-not-found', `There is no customer ${customerId}.`)
  return row
}

export async function customerExists(db: Reader, customerId: CustomerId): Promise<boolean> {
  const row = await db
    .selectFrom('customers')
    .select('customerId')
    .where('customerId', '=', customerId)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Inserts a customer unless the id is taken; a second insert of the same id waits for the first
 * one's commit.
 */
export async function insertCustomer(
  trx: Writer,
  customerId: CustomerId,
  profile: CustomerProfile,
  now: string
): Promise<boolean> {
  const inserted = await trx
    .insertInto('customers')
    .values({ customerId, ...columnsOf(profile), version: 1, createdAt: now, updatedAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('customerId')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Replaces a customer's profile. The caller holds the lock on the account. */
export function updateCustomer(customerId: CustomerId, profile: CustomerProfile, version: number, now: string): Write {
  return (db) =>
    db
      .updateTable('customers')
      .set({ ...columnsOf(profile), version, updatedAt: now })
      .where('customerId', '=', customerId)
}

/** Writes the identifiers by which the customer can be looked up, in place of those that it had. */
export async function replaceIdentifiers(trx: Writer, customerId: CustomerId, profile: CustomerProfile): Promise<void> {
  await trx.deleteFrom('customerIdentifiers').where('customerId', '=', customerId).execute()
  const identifiers = profile.identifiers ?? []
  if (identifiers.length === 0) return
  await trx
    .insertInto('customerIdentifiers')
    .values(identifiers.map(({ scheme, value }) => ({ customerId, scheme, value })))
    .execute()
}

/**
 * Lets one change of a parent at a time through until it commits: two that cross could each be
 * right and together make a circle. A customer that is only being created needs it not, because
 * nobody can name it as a parent yet.
 */
export async function lockParents(trx: Writer): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('customers.parent_customer_id'))`.execute(trx)
}

/** The parents of a customer, nearest first: as far as they are recorded, and at most 50. */
export async function ancestorsOf(db: Reader, customerId: CustomerId): Promise<CustomerId[]> {
  const { rows } = await sql<{ customerId: CustomerId }>`
    with recursive ancestors (customer_id, parent_customer_id, distance) as (
      select customer_id, parent_customer_id, 0 from customers where customer_id = ${customerId}
      union all
      select parents.customer_id, parents.parent_customer_id, distance + 1
      from ancestors join customers as parents on parents.customer_id = ancestors.parent_customer_id
      where distance < 50
    )
    select customer_id from ancestors order by distance`.execute(db)
  return rows.map((row) => row.customerId)
}

/** Customers that fit all filters, by id, one more than the page holds. */
export async function listCustomers(
  db: Reader,
  query: CustomerQuery,
  afterId: CustomerId | undefined,
  limit: number
): Promise<CustomerRow[]> {
  const { kind, country, industry, parentCustomerId, identifier, name, updatedSince } = query
  let select = db
    .selectFrom('customers')
    .innerJoin('creditAccounts', 'creditAccounts.customerId', 'customers.customerId')
    .selectAll('customers')
    .select('creditAccounts.currency')
    .orderBy('customers.customerId')
    .limit(limit + 1)
  if (afterId !== undefined) select = select.where('customers.customerId', '>', afterId)
  if (kind !== undefined) select = select.where('kind', '=', kind)
  if (country !== undefined) select = select.where('country', '=', country)
  if (industry !== undefined) select = select.where('industry', '=', industry)
  if (parentCustomerId !== undefined) select = select.where('parentCustomerId', '=', parentCustomerId)
  if (updatedSince !== undefined) select = select.where('customers.updatedAt', '>=', updatedSince)
  if (name !== undefined) {
    const pattern = `%${name.replace(/[\\%_]/g, '\\$&')}%`
    select = select.where((eb) =>
      eb.or([
        eb('name', 'ilike', pattern),
        eb(sql<string>`profile ->> 'localName'`, 'ilike', pattern),
        eb(sql<string>`profile ->> 'tradingName'`, 'ilike', pattern)
      ])
    )
  }
  if (identifier !== undefined) {
    const [scheme = '', ...value] = identifier.split(':')
    select = select.where('customers.customerId', 'in', (eb) =>
      eb
        .selectFrom('customerIdentifiers')
        .select('customerIdentifiers.customerId')
        .where('scheme', '=', scheme as 'uscc')
        .where('value', '=', value.join(':'))
    )
  }
  return select.execute()
}

function columnsOf(profile: CustomerProfile) {
  const { kind, name, country = null, industry = null, parentCustomerId = null } = profile
  return { kind, name, country, industry, parentCustomerId, profile: JSON.stringify(profile) }
}
