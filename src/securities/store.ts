import type { NewRow, Reader, Row, Write } from '../database.ts'
import type { CustomerId, SecurityId } from '../ids.ts'
import type { SecurityQuery } from './schema.ts'

export async function findSecurity(
  db: Reader,
  customerId: CustomerId,
  securityId: SecurityId
): Promise<Row<'securities'> | undefined> {
  return db
    .selectFrom('securities')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('securityId', '=', securityId)
    .executeTakeFirst()
}

/** Securities of a customer beside one: not withdrawn, and not ended before a day. */
export async function otherSecurities(
  db: Reader,
  { customerId, securityId }: Pick<Row<'securities'>, 'customerId' | 'securityId'>,
  today: string
): Promise<Row<'securities'>[]> {
  return db
    .selectFrom('securities')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('securityId', '!=', securityId)
    .where('withdrawnAt', 'is', null)
    .where((eb) => eb.or([eb('validUntil', 'is', null), eb('validUntil', '>=', today)]))
    .execute()
}

/** Inserts or replaces a security. The caller holds the account's lock. */
export function saveSecurity(row: NewRow<'securities'>): Write {
  const { customerId: _customer, securityId: _security, recordedAt: _recorded, ...changes } = row
  return (db) =>
    db
      .insertInto('securities')
      .values(row)
      .onConflict((conflict) => conflict.columns(['customerId', 'securityId']).doUpdateSet(changes))
}

/** Securities that fit all filters, by id, one more than the page holds. */
export async function listSecurities(
  db: Reader,
  customerId: CustomerId,
  { kind, withdrawn }: SecurityQuery,
  afterId: SecurityId | undefined,
  limit: number
): Promise<Row<'securities'>[]> {
  let select = db
    .selectFrom('securities')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('securityId')
    .limit(limit + 1)
  if (kind !== undefined) select = select.where('kind', '=', kind)
  if (withdrawn !== undefined) select = select.where('withdrawnAt', withdrawn ? 'is not' : 'is', null)
  if (afterId !== undefined) select = select.where('securityId', '>', afterId)
  return select.execute()
}
