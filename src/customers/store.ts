import { type RawBuilder, sql } from 'kysely'
import { customerNotFound, openAccount } from '../accounts/store.ts'
import type { NewEntry, Reader, Row, Write, Writer } from '../database.ts'
import type { CustomerId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { columnsOf } from '../platform/database/columns.ts'
import type { ActorText } from '../platform/values/actors.ts'
import type { CustomerProfile, CustomerQuery } from './schema.ts'

/** Selects the kind of the customer that a column names. */
export function kindOf(customerId: string): RawBuilder<Row<'customers'>['kind']> {
  return sql`(select kind from customers where customers.customer_id = ${sql.ref(customerId)})`
}

/** The kinds of some customers. */
export async function kindsOf(
  db: Reader,
  customerIds: readonly CustomerId[]
): Promise<Map<CustomerId, Row<'customers'>['kind']>> {
  const rows = await db
    .selectFrom('customers')
    .select(['customerId', 'kind'])
    .where(sql<boolean>`customer_id = any(${[...new Set(customerIds)]})`)
    .execute()
  return new Map(rows.map(({ customerId, kind }) => [customerId, kind]))
}

/** A customer row with its account's currency. */
export type CustomerRow = Row<'customers'> & { currency: string }

const CUSTOMERS = columnsOf<Omit<Row<'customers'>, 'profile'> & { readonly profile: object | string }>({
  customerId: 'text',
  kind: 'text',
  name: 'text',
  country: 'text',
  industry: 'text',
  parentCustomerId: 'text',
  profile: 'text',
  version: 'integer',
  createdAt: 'timestamptz',
  updatedAt: 'timestamptz'
})

/** The customer of an account, read where that is locked. */
export function customerFact(): RawBuilder<Row<'customers'>> {
  return sql`(select ${CUSTOMERS.json} from customers where customers.customer_id = account.customer_id)`
}

/** The present moment, and whether there is such a customer. */
export async function readBeforePut(
  trx: Writer,
  clock: Clock,
  customerId: CustomerId
): Promise<{ readonly now: string; readonly today: string; readonly exists: boolean }> {
  const { rows } = await sql<{ now: string; today: string; exists: boolean }>`
    select ${clock.now} as now, ${clock.today} as today,
      exists (select from customers where customer_id = ${customerId}) as exists`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new Error('the database did not tell the time')
  return row
}

/** Throws `customer-not-found`. */
export async function requireCustomer(db: Reader, customerId: CustomerId): Promise<CustomerRow> {
  const row = await db
    .selectFrom('customers')
    .innerJoin('creditAccounts', 'creditAccounts.customerId', 'customers.customerId')
    .selectAll('customers')
    .select('creditAccounts.currency')
    .where('customers.customerId', '=', customerId)
    .executeTakeFirst()
  if (row === undefined) throw customerNotFound(customerId)
  return row
}

/**
 * Opens a customer with its account unless the id is taken: false. A second one of the same id
 * waits for the first one's commit.
 */
export async function openCustomer(
  trx: Writer,
  {
    profile,
    currency,
    ...customer
  }: { readonly customerId: CustomerId; readonly profile: CustomerProfile; readonly currency: string },
  now: string,
  entry: NewEntry & { readonly actor: ActorText }
): Promise<boolean> {
  const row = { ...customer, ...columnsOfProfile(profile), version: 1, createdAt: now, updatedAt: now }
  const identifiers = identifiersOf(customer.customerId, profile)
  return openAccount(trx, { ...customer, currency, now }, entry, {
    inserted: sql`insert into customers (${CUSTOMERS.names})
      select customer_id, kind, name, country, industry, parent_customer_id, profile::jsonb, version, created_at, updated_at
      from ${CUSTOMERS.row(row)} as customer on conflict do nothing returning customer_id`,
    besides:
      identifiers.length === 0
        ? sql``
        : sql`, identifiers as (insert into customer_identifiers (${IDENTIFIERS.names})
            select given.* from ${IDENTIFIERS.table(identifiers)} as given join opened using (customer_id))`
  })
}

/** Replaces a customer's profile. The caller holds the lock on the account. */
export function updateCustomer(customerId: CustomerId, profile: CustomerProfile, version: number, now: string): Write {
  return (db) =>
    db
      .updateTable('customers')
      .set({ ...columnsOfProfile(profile), version, updatedAt: now })
      .where('customerId', '=', customerId)
}

const IDENTIFIERS = columnsOf<Row<'customerIdentifiers'>>({ customerId: 'text', scheme: 'text', value: 'text' })

function identifiersOf(customerId: CustomerId, { identifiers = [] }: CustomerProfile): Row<'customerIdentifiers'>[] {
  return identifiers.map(({ scheme, value }) => ({ customerId, scheme, value }))
}

/** Writes the identifiers by which the customer can be looked up, in place of those that it had. */
export function replaceIdentifiers(customerId: CustomerId, profile: CustomerProfile): Write[] {
  const identifiers = identifiersOf(customerId, profile)
  const table = IDENTIFIERS.table(identifiers)
  return [
    () => sql`(delete from customer_identifiers where customer_id = ${customerId} and not exists (
      select from ${table} as given
      where given.scheme = customer_identifiers.scheme and given.value = customer_identifiers.value))`,
    () =>
      sql`(insert into customer_identifiers (${IDENTIFIERS.names}) select * from ${table} as given on conflict do nothing)`
  ]
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

function columnsOfProfile(profile: CustomerProfile) {
  const { kind, name, country = null, industry = null, parentCustomerId = null } = profile
  return { kind, name, country, industry, parentCustomerId, profile: JSON.stringify(profile) }
}
