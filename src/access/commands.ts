import { askForChange, withdrawChanges } from '../change-requests/postings.ts'
import type { Reader, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { KeyId } from '../ids.ts'
import { recordOrganisation } from '../organisation/postings.ts'
import { type Clock, readClock } from '../platform/database/clock.ts'
import { inTransaction } from '../platform/database/transaction.ts'
import { type Caller, newKey, type PresentedKey, presentedKey } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { type ActorText, formatActor, systemActor } from '../platform/values/actors.ts'
import { newId } from '../platform/values/ids.ts'
import { addSeconds } from '../platform/values/instants.ts'
import { fieldProblem, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import { canApprove } from './postings.ts'
import type { ApiKey, ApiKeyQuery, IssuedApiKey, NewApiKey, NewRotation } from './schema/keys.ts'
import {
  countKeys,
  endKey,
  insertKey,
  listKeys,
  lockAdminKeys,
  lockFirstKey,
  lockKey,
  revokeKey,
  type ShownKey
} from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** With this every key begins, so that one that leaked is recognised for what it is. */
export const KEY_PREFIX = 'cred'

/** What the list is in the order of. */
const KEY = listKey({ keyId: KeyField.madeId('key') })

const OPERATOR = systemActor('operator')

/** Whose key makes a key, and who is recorded to have done so. */
interface Maker {
  readonly madeBy: ActorText
  readonly actor: ActorText
}

/**
 * Makes a key at the word of whoever runs the service: it may approve at once. Throws
 * `validation-error` for an expiry that is not ahead.
 */
export async function createKey(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  wanted: NewApiKey
): Promise<{ value: IssuedApiKey }> {
  return inTransaction(db, (trx) => issueKey(clock, trx, wanted, { madeBy: OPERATOR, actor: OPERATOR }))
}

/**
 * Makes a key with another. Its text is in this answer and nowhere else. One that can approve waits
 * for its confirmation, and approves nothing before. Throws `validation-error` for an expiry that
 * is not ahead.
 */
export async function makeKey(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  caller: Caller,
  wanted: NewApiKey
): Promise<Answer & { value: IssuedApiKey }> {
  return issueKey(clock, trx, wanted, makerOf(caller))
}

/**
 * Puts a new key in the place of another, of the same name, scopes and person. The old one goes on
 * for a while, at most until its own end. A key that rotates itself keeps what was confirmed of it;
 * otherwise somebody else holds the new one, and it waits for a confirmation. Throws `not-found`,
 * `api-key-ended` and `validation-error`.
 */
export async function rotateKey(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  caller: Caller,
  keyId: KeyId,
  { overlapSeconds = 86_400, expiresAt }: NewRotation
): Promise<Answer & { value: IssuedApiKey }> {
  const { now } = await readClock(trx, clock)
  const before = await lockKey(trx, keyId)
  if (before === undefined) throw keyNotFound(keyId)
  const { name, scopes, personId, seatId, revokedAt } = before
  const ended = revokedAt ?? (before.expiresAt !== null && before.expiresAt <= now ? before.expiresAt : null)
  if (ended !== null) throw new Problem('api-key-ended', said(details.ended, { keyId }))
  const end = expiresAt ?? before.expiresAt ?? undefined
  const wanted = {
    name,
    scopes,
    ...(personId === null ? {} : { personId }),
    ...(end === undefined ? {} : { expiresAt: end })
  }
  const isItself = caller.keyId === keyId
  const confirmed = isItself ? { confirmedAt: before.confirmedAt, confirmedBy: before.confirmedBy } : undefined
  await endKey(trx, keyId, addSeconds(now, overlapSeconds))
  const rotation = { seatId, rotated: keyId, overlapSeconds, confirmed }
  return issueKey(clock, trx, wanted, makerOf(caller), { rotation })
}

/** Revokes a key. Throws `not-found`, and `api-key-in-use` for the last that can make others. */
export async function removeKey(
  { clock }: Pick<Deps, 'clock'>,
  trx: Writer,
  caller: Caller,
  keyId: KeyId
): Promise<Answer & { value: ApiKey }> {
  const admins = await lockAdminKeys(trx)
  if (admins.length === 1 && admins[0] === keyId) throw new Problem('api-key-in-use', details.lastAdmin)
  const before = await lockKey(trx, keyId)
  if (before === undefined) throw keyNotFound(keyId)
  if (before.revokedAt !== null) return { status: 200, value: shownKey(before) }
  const row = await revokeKey(trx, clock, keyId)
  if (row === undefined) throw keyNotFound(keyId)
  await withdrawChanges(trx, 'key', keyId, row.revokedAt)
  await recordOrganisation(trx, clock, caller.actor, [
    { type: 'key.revoked', subject: keyId, payload: { name: row.name, revokedAt: row.revokedAt } }
  ])
  return { status: 200, value: shownKey(row) }
}

/** Keys, revoked and expired ones too, the oldest first. Throws `invalid-cursor`. */
export async function pageOfKeys(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: ApiKeyQuery
): Promise<Page<ApiKey>> {
  const listing = { list: 'api-keys' }
  const rows = await listKeys(db, keyOfCursor(cursor, listing, KEY)?.keyId, limit)
  return pageOfRows(rows.map(shownKey), limit, listing, KEY.of)
}

/** Whether there is any key; revoked ones count. */
export async function hasKeys(db: Reader): Promise<boolean> {
  return (await countKeys(db)) > 0
}

/** A key that is on file nowhere yet. */
export interface DraftedKey extends PresentedKey {
  readonly text: string
}

export function draftKey(): DraftedKey {
  const keyId = newId('key')
  return { keyId, ...newKey(KEY_PREFIX, keyId.slice('key_'.length)) }
}

/** The key that a text is; undefined where it is none. */
export function readKey(text: string): DraftedKey | undefined {
  const key = presentedKey(`Bearer ${text}`, KEY_PREFIX)
  return key && { ...key, text }
}

/**
 * At the first start there is no key: puts this one on file, for everything. False later, also when
 * another instance was faster.
 */
export async function installFirstKey(db: Reader, clock: Clock, key: DraftedKey): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await lockFirstKey(trx)
    if (await hasKeys(trx)) return false
    const wanted: NewApiKey = { name: 'first admin key', scopes: ['admin'] }
    await issueKey(clock, trx, wanted, { madeBy: OPERATOR, actor: OPERATOR }, { key })
    return true
  })
}

/** What a key goes on from that takes the place of another. */
interface Rotation {
  readonly seatId: KeyId
  readonly rotated: KeyId
  readonly overlapSeconds: number
  readonly confirmed: Pick<ShownKey, 'confirmedAt' | 'confirmedBy'> | undefined
}

function makerOf({ keyId, actor }: Caller): Maker {
  return { madeBy: formatActor({ kind: 'key', id: keyId }), actor }
}

async function issueKey(
  clock: Clock,
  trx: Writer,
  wanted: NewApiKey,
  { madeBy, actor }: Maker,
  { rotation, key = draftKey() }: { readonly rotation?: Rotation; readonly key?: DraftedKey } = {}
): Promise<Answer & { value: IssuedApiKey }> {
  const { now } = await readClock(trx, clock)
  const { keyId, text, secretHash } = key
  const expiresAt = wanted.expiresAt === undefined ? null : addSeconds(wanted.expiresAt, 0)
  if (expiresAt !== null && expiresAt <= now)
    throw fieldProblem('/expiresAt', 'past', said(details.expired, { expiresAt, now }))
  const byOperator = madeBy === OPERATOR ? { confirmedAt: now, confirmedBy: OPERATOR } : undefined
  const row: ShownKey = {
    keyId,
    personId: wanted.personId ?? null,
    name: wanted.name,
    scopes: wanted.scopes,
    createdAt: now,
    madeBy,
    seatId: rotation?.seatId ?? keyId,
    confirmedAt: null,
    confirmedBy: null,
    ...(byOperator ?? rotation?.confirmed),
    expiresAt,
    revokedAt: null,
    lastUsedAt: null
  }
  await insertKey(trx, { ...row, secretHash })
  const { personId, name, scopes } = row
  const payload = { name, scopes, personId, madeBy, expiresAt }
  if (row.confirmedAt === null && canApprove(scopes))
    await askForChange(trx, { kind: 'key', subject: keyId, customerId: null, payload, madeBy, madeAt: now })
  await recordOrganisation(trx, clock, actor, [
    rotation === undefined
      ? { type: 'key.made', subject: keyId, payload: { ...payload, confirmed: row.confirmedAt !== null } }
      : {
          type: 'key.rotated',
          subject: keyId,
          payload: {
            ...payload,
            confirmed: row.confirmedAt !== null,
            rotated: rotation.rotated,
            overlapSeconds: rotation.overlapSeconds
          }
        }
  ])
  return { status: 201, value: { ...shownKey(row), key: text }, location: `/v1/api-keys/${keyId}` }
}

function keyNotFound(keyId: KeyId): Problem {
  return new Problem('not-found', said(details.noKey, { keyId }))
}

function shownKey({ seatId, ...row }: ShownKey): ApiKey {
  return { ...row, rotatedFrom: seatId === row.keyId ? null : seatId }
}
