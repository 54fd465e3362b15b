import type { NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'

export async function insertLimitDecision(trx: Writer, row: NewRow<'limitDecisions'>): Promise<void> {
  await trx.insertInto('limitDecisions').values(row).execute()
}

export async function findLimitDecision(
  db: Reader,
  customerId: string,
  limitDecisionId: string
): Promise<Row<'limitDecisions'> | undefined> {
  return db
    .selectFrom('limitDecisions')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('limitDecisionId', '=', limitDecisionId)
    .executeTakeFirst()
}

export async function closeLimitDecision(
  trx: Writer,
  { customerId, limitDecisionId }: Row<'limitDecisions'>,
  changes: RowUpdate<'limitDecisions'>
): Promise<void> {
  await trx
    .updateTable('limitDecisions')
    .set(changes)
    .where('customerId', '=', customerId)
    .where('limitDecisionId', '=', limitDecisionId)
    .execute()
}

/** Limit decisions of a customer, newest first, one more than the page holds. */
export async function listLimitDecisions(
  db: Reader,
  customerId: string,
  state: Row<'limitDecisions'>['state'] | undefined,
  beforeId: string | undefined,
  limit: number
): Promise<Row<'limitDecisions'>[]> {
  let select = db
    .selectFrom('limitDecisions')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('limitDecisionId', 'desc')
    .limit(limit + 1)
  if (state !== undefined) select = select.where('state', '=', state)
  if (beforeId !== undefined) select = select.where('limitDecisionId', '<', beforeId)
  return select.execute()
}
