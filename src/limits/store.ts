import { type RawBuilder, sql } from 'kysely'
import { kindOf } from '../customers/store.ts'
import type { NewRow, Reader, Row, RowUpdate, Write } from '../database.ts'
import type { CustomerId, LimitDecisionId } from '../ids.ts'

/** A decision with the kind of its customer. */
type OwnedDecision = Row<'limitDecisions'> & Pick<Row<'customers'>, 'kind'>

export function insertLimitDecision(row: NewRow<'limitDecisions'>): Write {
  return (db) => db.insertInto('limitDecisions').values(row)
}

export async function findLimitDecision(
  db: Reader,
  customerId: CustomerId,
  limitDecisionId: LimitDecisionId
): Promise<OwnedDecision | undefined> {
  return db
    .selectFrom('limitDecisions')
    .selectAll()
    .select(kindOf('limitDecisions.customerId').as('kind'))
    .where('customerId', '=', customerId)
    .where('limitDecisionId', '=', limitDecisionId)
    .executeTakeFirst()
}

/** Who decided the limit of an account, read where that is locked; null: nobody. */
export function limitDecidedByFact(): RawBuilder<string | null> {
  return sql`(select decided_by from limit_decisions
    where limit_decisions.customer_id = account.customer_id and limit_decisions.limit_decision_id = account.limit_decision_id)`
}

export function closeLimitDecision(
  { customerId, limitDecisionId }: Row<'limitDecisions'>,
  changes: RowUpdate<'limitDecisions'>
): Write {
  return (db) =>
    db
      .updateTable('limitDecisions')
      .set(changes)
      .where('customerId', '=', customerId)
      .where('limitDecisionId', '=', limitDecisionId)
}

/** Limit decisions of a customer, newest first, one more than the page holds. */
export async function listLimitDecisions(
  db: Reader,
  customerId: CustomerId,
  state: Row<'limitDecisions'>['state'] | undefined,
  beforeId: LimitDecisionId | undefined,
  limit: number
): Promise<OwnedDecision[]> {
  let select = db
    .selectFrom('limitDecisions')
    .selectAll()
    .select(kindOf('limitDecisions.customerId').as('kind'))
    .where('customerId', '=', customerId)
    .orderBy('limitDecisionId', 'desc')
    .limit(limit + 1)
  if (state !== undefined) select = select.where('state', '=', state)
  if (beforeId !== undefined) select = select.where('limitDecisionId', '<', beforeId)
  return select.execute()
}
