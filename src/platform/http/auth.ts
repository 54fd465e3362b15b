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
  /** It expires within a minute. */
  readonly endsSoon: boolean
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

/** A key as a request shows it: it has the right form, and nothing else is known of it. */
export interface PresentedKey {
  readonly keyId: KeyId
  readonly secretHash: string
}

/** The key that an Authorization header shows; undefined when it shows none of the right form. */
export function presentedKey(header: string | undefined, keyPrefix: string): PresentedKey | undefined {
  const [, prefix, ulid, secret] = KEY_FORMAT.exec(bearerIn(header) ?? '') ?? []
  if (prefix !== keyPrefix || secret === undefined) return undefined
  return { keyId: idOf<KeyId>(`key_${ulid}`), secretHash: hashOf(secret) }
}

/** Whether the secret that was shown is that of the stored key. */
export function isHolder(presented: PresentedKey, stored: StoredKey): boolean {
  return sameHash(presented.secretHash, stored.secretHash)
}

/** Returns the caller named by an Authorization header; throws `unauthenticated`. */
export async function callerOf(
  header: string | undefined,
  keyPrefix: string,
  presented: PresentedKey | undefined,
  find: FindKey
): Promise<Caller> {
  if (header === undefined) throw unauthenticated('The header Authorization is missing.')
  if (bearerIn(header) === undefined) throw unauthenticated('The header Authorization must read "Bearer <API key>".')
  if (presented === undefined) throw unauthenticated(`The API key is not of the form ${keyPrefix}_<id>_<secret>.`)
  const stored = await find(presented.keyId)
  if (stored === undefined || !isHolder(presented, stored))
    throw unauthenticated('The API key is unknown, revoked or expired.')
  return { keyId: stored.keyId, scopes: stored.scopes }
}

function bearerIn(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
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
