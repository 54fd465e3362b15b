import type { QueryCreator } from 'kysely'
import type { ChangeKind, Database, NewRow, Reader, Row, RowUpdate, Write, Writer } from '../database.ts'
import type { ChangeRequestId } from '../ids.ts'
import type { ChangeRequestQuery } from './schema.ts'

type Change = Row<'changeRequests'>

/** Writes a request, unless the same is asked for already. */
export function insertChange(row: NewRow<'changeRequests'>): Write {
  return (db) =>
    db
      .insertInto('changeRequests')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
}

export async function addChange(trx: Writer, row: NewRow<'changeRequests'>): Promise<void> {
  await trx.insertInto('changeRequests').values(row).execute()
}

/** The request of these bytes that waits; undefined when there is none. */
export async function findOpenChange(
  db: Reader,
  { kind, subject, digest }: Pick<Change, 'kind' | 'subject' | 'digest'>
): Promise<Change | undefined> {
  return db
    .selectFrom('changeRequests')
    .selectAll()
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('digest', '=', digest)
    .where('state', '=', 'open')
    .executeTakeFirst()
}

export async function findChange(db: Reader, changeRequestId: ChangeRequestId): Promise<Change | undefined> {
  return db.selectFrom('changeRequests').selectAll().where('changeRequestId', '=', changeRequestId).executeTakeFirst()
}

/** The same while it is locked. */
export async function lockChange(trx: Writer, changeRequestId: ChangeRequestId): Promise<Change | undefined> {
  return trx
    .selectFrom('changeRequests')
    .selectAll()
    .where('changeRequestId', '=', changeRequestId)
    .forUpdate()
    .executeTakeFirst()
}

/** Ends what waits of a kind about a subject. */
export function closingChanges(
  db: QueryCreator<Database>,
  { kind, subject }: { readonly kind: ChangeKind; readonly subject: string },
  how: ChangeEnd
) {
  return db
    .updateTable('changeRequests')
    .set((eb) => ({ ...how, version: eb('version', '+', 1) }))
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .where('state', '=', 'open')
}

/** How a request ends. */
export type ChangeEnd = Pick<RowUpdate<'changeRequests'>, 'state' | 'approvals' | 'closedAt'>

export async function closeChange(trx: Writer, { changeRequestId, version }: Change, how: ChangeEnd): Promise<void> {
  await trx
    .updateTable('changeRequests')
    .set({ ...how, version: version + 1 })
    .where('changeRequestId', '=', changeRequestId)
    .execute()
}

/** Requests that fit all filters, newest first, one more than the page holds. */
export async function listChanges(
  db: Reader,
  {
    state,
    kind,
    customerId,
    seesKeys
  }: Pick<ChangeRequestQuery, 'state' | 'kind' | 'customerId'> & { readonly seesKeys: boolean },
  before: ChangeRequestId | undefined,
  limit: number
): Promise<Change[]> {
  let select = db
    .selectFrom('changeRequests')
    .selectAll()
    .orderBy('changeRequestId', 'desc')
    .limit(limit + 1)
  if (state !== undefined) select = select.where('state', '=', state)
  if (!seesKeys) select = select.where('kind', '!=', 'key')
  if (kind !== undefined) select = select.where('kind', '=', kind)
  if (customerId !== undefined) select = select.where('customerId', '=', customerId)
  if (before !== undefined) select = select.where('changeRequestId', '<', before)
  return select.execute()
}
