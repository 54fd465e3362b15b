import { sql } from 'kysely'
import type { NewRow, Reader, Row, Writer } from '../database.ts'
import type { KeyId } from '../ids.ts'
import type { Clock } from '../platform/database/clock.ts'
import type { StoredKey } from '../platform/http/auth.ts'

export async function insertKey(db: Reader, row: NewRow<'apiKeys'>): Promise<void> {
  await db.insertInto('apiKeys').values(row).execute()
}

export async function countKeys(db: Reader): Promise<number> {
  const { count } = await db
    .selectFrom('apiKeys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** What may be shown of a key: everything but the hash of its secret. */
const SHOWN = ['keyId', 'name', 'scopes', 'createdAt', 'expiresAt', 'revokedAt'] as const

export async function listKeys(db: Reader): Promise<Omit<Row<'apiKeys'>, 'secretHash'>[]> {
  return db.selectFrom('apiKeys').select(SHOWN).orderBy('keyId').limit(1_000).execute()
}

/** A key that is neither revoked nor expired by the service's clock. */
export async function findLiveKey(db: Reader, clock: Clock, keyId: KeyId): Promise<StoredKey | undefined> {
  return db
    .selectFrom('apiKeys')
    .select(['keyId', 'secretHash', 'scopes'])
    .select(sql<boolean>`coalesce(expires_at < ${clock.now} + interval '1 minute', false)`.as('endsSoon'))
    .where('keyId', '=', keyId)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', clock.now)]))
    .executeTakeFirst()
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
export async function revokeKey(
  trx: Writer,
  clock: Clock,
  keyId: KeyId
): Promise<Omit<Row<'apiKeys'>, 'secretHash'> | undefined> {
  return trx
    .updateTable('apiKeys')
    .set({ revokedAt: sql<string>`coalesce(revoked_at, ${clock.now})` })
    .where('keyId', '=', keyId)
    .returning(SHOWN)
    .executeTakeFirst()
}
