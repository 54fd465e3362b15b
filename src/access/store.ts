import { sql } from 'kysely'
import type { NewRow, Reader, Row, Writer } from '../database.ts'
import type { KeyId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import { textArray } from '../platform/database/text-array.ts'
import type { StoredKey } from '../platform/http/auth.ts'
import type { ActorText } from '../platform/values/actors.ts'

/** What may be shown of a key: everything but the hash of its secret. */
export type ShownKey = Omit<Row<'apiKeys'>, 'secretHash'>

const SHOWN = [
  'keyId',
  'personId',
  'name',
  'scopes',
  'createdAt',
  'madeBy',
  'seatId',
  'confirmedAt',
  'confirmedBy',
  'expiresAt',
  'revokedAt',
  'lastUsedAt'
] as const

export async function insertKey(trx: Writer, row: NewRow<'apiKeys'>): Promise<void> {
  await trx.insertInto('apiKeys').values(row).execute()
}

/** One instance at a time looks whether there is a key, and makes the first. */
export async function lockFirstKey(trx: Writer): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('first_key'))`.execute(trx)
}

export async function countKeys(db: Reader): Promise<number> {
  const { count } = await db
    .selectFrom('apiKeys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Keys after an id, the oldest first, one more than the page holds. */
export async function listKeys(db: Reader, after: KeyId | undefined, limit: number): Promise<ShownKey[]> {
  let select = db
    .selectFrom('apiKeys')
    .select(SHOWN)
    .orderBy('keyId')
    .limit(limit + 1)
  if (after !== undefined) select = select.where('keyId', '>', after)
  return select.execute()
}

/** A key that is neither revoked nor expired by the service's clock. */
export async function findLiveKey(db: Reader, clock: Clock, keyId: KeyId): Promise<StoredKey | undefined> {
  return db
    .selectFrom('apiKeys')
    .select(['keyId', 'personId', 'secretHash', 'scopes'])
    .select(sql<boolean>`coalesce(expires_at < ${clock.now} + interval '1 minute', false)`.as('endsSoon'))
    .where('keyId', '=', keyId)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', clock.now)]))
    .executeTakeFirst()
}

/** A key while it is locked, whatever has become of it; undefined when there is none. */
export async function lockKey(trx: Writer, keyId: KeyId): Promise<ShownKey | undefined> {
  return trx.selectFrom('apiKeys').select(SHOWN).where('keyId', '=', keyId).forUpdate().executeTakeFirst()
}

/**
 * Locks all live admin keys that do not expire, so that two revocations at once cannot remove the
 * last two.
 */
export async function lockAdminKeys(trx: Writer): Promise<KeyId[]> {
  const rows = await trx
    .selectFrom('apiKeys')
    .select('keyId')
    .where('revokedAt', 'is', null)
    .where('expiresAt', 'is', null)
    .where(sql<boolean>`'admin' = any(scopes)`)
    .orderBy('keyId')
    .forUpdate()
    .execute()
  return rows.map((row) => row.keyId)
}

/**
 * Revokes a key for good; answers it, or undefined when there is none. A key that is already
 * revoked keeps its moment.
 */
export async function revokeKey(trx: Writer, clock: Clock, keyId: KeyId): Promise<ShownKey | undefined> {
  return trx
    .updateTable('apiKeys')
    .set({ revokedAt: sql<string>`coalesce(revoked_at, ${clock.now})` })
    .where('keyId', '=', keyId)
    .returning(SHOWN)
    .executeTakeFirst()
}

/** Lets a key end at an instant, unless it ends before. */
export async function endKey(trx: Writer, keyId: KeyId, at: string): Promise<void> {
  await trx
    .updateTable('apiKeys')
    .set({ expiresAt: sql<string>`least(expires_at, ${at}::timestamptz)` })
    .where('keyId', '=', keyId)
    .execute()
}

/** Lets a key approve from now on. One that may already keeps its moment. */
export async function confirmKey(
  trx: Writer,
  keyId: KeyId,
  { by, at }: { readonly by: ActorText; readonly at: string }
): Promise<void> {
  await trx
    .updateTable('apiKeys')
    .set({ confirmedAt: at, confirmedBy: by })
    .where('keyId', '=', keyId)
    .where('confirmedAt', 'is', null)
    .execute()
}

/** Keys in force that have one of these scopes and are not confirmed, the oldest first. */
export async function listUnconfirmed(db: Reader, clock: Clock, scopes: readonly string[]): Promise<ShownKey[]> {
  return db
    .selectFrom('apiKeys')
    .select(SHOWN)
    .where('confirmedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', clock.now)]))
    .where(sql<boolean>`scopes && ${textArray(scopes)}::text[]`)
    .orderBy('keyId')
    .execute()
}

/** Keeps the minute in which keys were used; one that was used in it before is not written. */
export async function keepUse(db: Reader, clock: Clock, keyIds: readonly KeyId[]): Promise<void> {
  await sql`update api_keys set last_used_at = date_trunc('minute', ${clock.now})
    where key_id = any(${textArray(keyIds)}::text[])
      and (last_used_at is null or last_used_at < date_trunc('minute', ${clock.now}))`.execute(db)
}
