import type { NewRow, Reader, Row, Writer } from '../database.ts'

export async function findPolicy(db: Reader, policyId: string, version: number): Promise<Row<'policies'> | undefined> {
  return db
    .selectFrom('policies')
    .selectAll()
    .where('policyId', '=', policyId)
    .where('version', '=', version)
    .executeTakeFirst()
}

/** Puts a version on file; false where that version is there already, whatever it says. */
export async function addPolicy(trx: Writer, row: NewRow<'policies'>): Promise<boolean> {
  const added = await trx
    .insertInto('policies')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('version')
    .executeTakeFirst()
  return added !== undefined
}

/** Versions by id and number, one more than the page holds. */
export async function listPolicies(
  db: Reader,
  after: { policyId: string; version: number } | undefined,
  limit: number
): Promise<Row<'policies'>[]> {
  let select = db
    .selectFrom('policies')
    .selectAll()
    .orderBy('policyId')
    .orderBy('version')
    .limit(limit + 1)
  if (after !== undefined)
    select = select.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('policyId', 'version'), '>', tuple(after.policyId, after.version))
    )
  return select.execute()
}
