import type { NewRow, Reader, Row, Write } from '../database.ts'
import type { CustomerId, StatementId } from '../ids.ts'

export async function findStatement(
  db: Reader,
  customerId: CustomerId,
  statementId: StatementId
): Promise<Row<'statements'> | undefined> {
  return db
    .selectFrom('statements')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('statementId', '=', statementId)
    .executeTakeFirst()
}

/** All statements of a customer, the newest period first; a file holds a handful. */
export async function statementsOf(db: Reader, customerId: CustomerId): Promise<Row<'statements'>[]> {
  return db
    .selectFrom('statements')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('periodEnd', 'desc')
    .orderBy('statementId')
    .limit(200)
    .execute()
}

export async function listStatements(
  db: Reader,
  customerId: CustomerId,
  afterId: StatementId | undefined,
  limit: number
): Promise<Row<'statements'>[]> {
  let select = db
    .selectFrom('statements')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('statementId')
    .limit(limit + 1)
  if (afterId !== undefined) select = select.where('statementId', '>', afterId)
  return select.execute()
}

/** Inserts or replaces a statement. The caller holds the lock on the customer's account. */
export function saveStatement(row: NewRow<'statements'>): Write {
  const { periodEnd, document, version, updatedAt } = row
  return (db) =>
    db
      .insertInto('statements')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['customerId', 'statementId']).doUpdateSet({ periodEnd, document, version, updatedAt })
      )
}
