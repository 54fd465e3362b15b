import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Id, idOf } from '../values/ids.ts'
import { Problem } from '../values/problem.ts'

/**
 * What a route requires: nothing when it is public, or a scope of the caller's key. The room that
 * issues keys adds its scopes with `declare module`.
 */
export interface RouteScopes {
  public: unknown
}
export type RouteScope = keyof RouteScopes
export type Scope = Exclude<RouteScope, 'public'>

/** The id of an API key. */
type KeyId = Id<'key'>

/** Who sent the request. */
export interface Caller {
  readonly keyId: KeyId
  readonly scopes: readonly Scope[]
}

/** A stored API key, without its secret: only the holder knows that. */
export interface StoredKey {
  readonly keyId: KeyId
  readonly secretHash: string
  readonly scopes: readonly Scope[]
}

/** A key that is neither revoked nor expired; undefined when there is none. */
export type FindKey = (keyId: KeyId) => Promise<StoredKey | undefined>

/** The prefix of the product, an id, a secret. */
const KEY_FORMAT = /^([a-z]+)_([0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/

/**
 * A new key. Its text begins with the prefix and is shown once; its hash is stored. 256 random bits
 * need no slow hash.
 */
export function newKey(prefix: string, ulid: string): { text: string; secretHash: string } {
  const secret = randomBytes(32).toString('base64url')
  return { text: `${prefix}_${ulid}_${secret}`, secretHash: hashOf(secret) }
}

/** Returns the caller named by an Authorization header; throws `unauthenticated`. */
export async function authenticate(header: string | undefined, keyPrefix: string, find: FindKey): Promise<Caller> {
  if (header === undefined) throw unauthenticated('The header Authorization is missing.')
  const bearer = /^Bearer +(\S+)$/i.exec(header)?.[1]
  if (bearer === undefined) throw unauthenticated('The header Authorization must read "Bearer <API key>".')
  const [, prefix, ulid, secret] = KEY_FORMAT.exec(bearer) ?? []
  if (prefix !== keyPrefix || secret === undefined)
    throw unauthenticated(`The API key is not of the form ${keyPrefix}_<id>_<secret>.`)
  const stored = await find(idOf<KeyId>(`key_${ulid}`))
  if (stored === undefined || !sameHash(hashOf(secret), stored.secretHash)) {
    throw unauthenticated('The API key is unknown, revoked or expired.')
  }
  return { keyId: stored.keyId, scopes: stored.scopes }
}

/** The scopes that each scope includes besides itself. */
export type IncludedScopes = Readonly<Record<Scope, { readonly includes: readonly Scope[] }>>

/** Throws `insufficient-scope` unless the caller has the scope, directly or by inclusion. */
export function requireScope(caller: Caller, scope: Scope, scopes: IncludedScopes): void {
  if (caller.scopes.some((held) => held === scope || scopes[held].includes.includes(scope))) return
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
