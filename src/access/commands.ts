import type { Reader, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { KeyId } from '../ids.ts'
import { type Clock, readClock } from '../platform/database/clock.ts'
import { newKey } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { newId } from '../platform/values/ids.ts'
import { addSeconds } from '../platform/values/instants.ts'
import { fieldProblem, Problem } from '../platform/values/problem.ts'
import type { ApiKey, IssuedApiKey, NewApiKey } from './schema/keys.ts'
import { countKeys, insertKey, lockAdminKeys, revokeKey } from './store.ts'

/** With this every key begins, so that one that leaked is recognised for what it is. */
export const KEY_PREFIX = 'cred'

/**
 * Makes a key. Its text is in this answer and nowhere else. Throws `validation-error` for an expiry
 * that is not ahead.
 */
export async function createKey(
  { clock }: Pick<Deps, 'clock'>,
  trx: Reader,
  wanted: NewApiKey
): Promise<Answer & { value: IssuedApiKey }> {
  const { now } = await readClock(trx, clock)
  const keyId = newId('key')
  const { text, secretHash } = newKey(KEY_PREFIX, keyId.slice('key_'.length))
  const expiresAt = wanted.expiresAt === undefined ? null : addSeconds(wanted.expiresAt, 0)
  if (expiresAt !== null && expiresAt <= now)
    throw fieldProblem('/expiresAt', 'past', `The key would have expired at ${expiresAt}; it is ${now}.`)
  await insertKey(trx, {
    keyId,
    name: wanted.name,
    secretHash,
    scopes: wanted.scopes,
    createdAt: now,
    expiresAt
  })
  const value = {
    keyId,
    name: wanted.name,
    scopes: wanted.scopes,
    createdAt: now,
    expiresAt,
    revokedAt: null,
    key: text
  }
  return { status: 201, value, location: `/v1/api-keys/${keyId}` }
}

/** Revokes a key. Throws `not-found`, and `api-key-in-use` for the last that can make others. */
export async function removeKey(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  keyId: KeyId
): Promise<Answer & { value: ApiKey }> {
  const admins = await lockAdminKeys(trx)
  if (admins.length === 1 && admins[0] === keyId)
    throw new Problem('api-key-in-use', 'This is the only admin key that is in force.')
  const row = await revokeKey(trx, clock, keyId)
  if (row === undefined) throw new Problem('not-found', `There is no API key ${keyId}.`)
  return { status: 200, value: row }
}

/** At the first start there is no key: makes an admin key and answers its text. Undefined later. */
export async function firstKey(db: Reader, clock: Clock): Promise<string | undefined> {
  if ((await countKeys(db)) > 0) return undefined
  const { value } = await createKey({ clock }, db, { name: 'first admin key', scopes: ['admin'] })
  return value.key
}
