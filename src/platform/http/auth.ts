import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Problem } from '../values/problem.ts'

export const SCOPES = ['admin', 'write', 'release', 'check', 'read'] as const
export type Scope = (typeof SCOPES)[number]

/** What a scope includes besides itself. */
const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  admin: ['write', 'release', 'check', 'read'],
  write: ['read'],
  release: ['read'],
  check: ['read'],
  read: []
}

/** Who sent the request. */
export interface Caller {
  readonly keyId: string
  readonly scopes: readonly Scope[]
}

/** An API key as it is kept: the secret itself is known to its holder alone. */
export interface StoredKey {
  readonly keyId: string
  readonly secretHash: string
  readonly scopes: readonly Scope[]
}

const KEY_FORMAT = /^cred_([0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/

/** A new key: its text is shown once, its hash is kept. 256 random bits need no slow hash. */
export function newKey(ulid: string): { text: string; secretHash: string } {
  const secret = randomBytes(32).toString('base64url')
  return { text: `cred_${ulid}_${secret}`, secretHash: hashOf(secret) }
}

/**
 * The caller behind an Authorization header; throws `unauthenticated`. `find` answers a key that is
 * neither revoked nor expired.
 */
export async function authenticate(
  header: string | undefined,
  find: (keyId: string) => Promise<StoredKey | undefined>
): Promise<Caller> {
  if (header === undefined) throw unauthenticated('The header Authorization is missing.')
  const bearer = /^Bearer +(\S+)$/i.exec(header)?.[1]
  if (bearer === undefined) throw unauthenticated('The header Authorization must read "Bearer <API key>".')
  const [, ulid, secret] = KEY_FORMAT.exec(bearer) ?? []
  if (ulid === undefined || secret === undefined)
    throw unauthenticated('The API key is not of the form cred_<id>_<secret>.')
  const stored = await find(`key_${ulid}`)
  if (stored === undefined || !sameHash(hashOf(secret), stored.secretHash)) {
    throw unauthenticated('The API key is unknown, revoked or expired.')
  }
  return { keyId: stored.keyId, scopes: stored.scopes }
}

/**
 * Throws `insufficient-scope` unless the caller has the scope, by itself or through one that
 * includes it.
 */
export function requireScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.some((held) => held === scope || INCLUDED[held].includes(scope))) return
  throw new Problem(
    'insufficient-scope',
    `This needs an API key with the scope ${scope}; this key has ${caller.scopes.join(', ')}.`
  )
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameHash(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

function unauthenticated(detail: string): Problem {
  return new Problem('unauthenticated', detail)
}
