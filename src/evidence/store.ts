import type { NewRow, Reader, Row, RowUpdate, Write } from '../database.ts'
import type { CustomerId, EvidenceId } from '../ids.ts'
import type { EvidenceQuery } from './schema.ts'

export function insertEvidence(row: NewRow<'evidence'>): Write {
  return (db) => db.insertInto('evidence').values(row)
}

/** Marks an item as withdrawn. The caller holds the lock on the customer's account. */
export function setWithdrawal(
  { customerId, evidenceId }: Row<'evidence'>,
  withdrawal: Pick<RowUpdate<'evidence'>, 'withdrawalReason' | 'withdrawnBy' | 'withdrawnAt' | 'version'>
): Write {
  return (db) =>
    db.updateTable('evidence').set(withdrawal).where('customerId', '=', customerId).where('evidenceId', '=', evidenceId)
}

export async function findEvidence(
  db: Reader,
  customerId: CustomerId,
  evidenceId: EvidenceId
): Promise<Row<'evidence'> | undefined> {
  return db
    .selectFrom('evidence')
    .selectAll()
    .where('customerId', '=', customerId)
    .where('evidenceId', '=', evidenceId)
    .executeTakeFirst()
}

/**
 * Evidence of a customer that fits all filters, the last recorded first, one more than the page
 * holds.
 */
export async function listEvidence(
  db: Reader,
  customerId: CustomerId,
  { kind, withdrawn }: Pick<EvidenceQuery, 'kind' | 'withdrawn'>,
  beforeId: EvidenceId | undefined,
  limit: number
): Promise<Row<'evidence'>[]> {
  let select = db
    .selectFrom('evidence')
    .selectAll()
    .where('customerId', '=', customerId)
    .orderBy('evidenceId', 'desc')
    .limit(limit + 1)
  if (beforeId !== undefined) select = select.where('evidenceId', '<', beforeId)
  if (kind !== undefined) select = select.where('kind', '=', kind)
  if (withdrawn !== undefined) select = select.where('withdrawnAt', withdrawn ? 'is not' : 'is', null)
  return select.execute()
}
