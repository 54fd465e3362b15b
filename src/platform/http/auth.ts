import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type ActorText, actorOfKey } from '../values/actors.ts'
import { type Id, idOf } from '../values/ids.ts'
import { Problem } from '../values/problem.ts'
import { listed, oneOf, said } from '../values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/**
 * What a route requires: nothing when it is public, or a scope of the caller's key. The room that
 * issues keys adds its scopes with `declare module`.
 */
export interface RouteScopes {
  public: unknown
}
export type Scope = Exclude<keyof RouteScopes, 'public'>
/** One of several scopes is enough where they are listed, the narrowest first. */
export type RouteScope = keyof RouteScopes | readonly Scope[]

/** The id of an API key. */
type KeyId = Id<'key'>

/** The id of a person that a key may name. */
type PersonId = Id<'per'>

/** Who sent the request. */
export interface Caller {
  readonly keyId: KeyId
  /** Who is recorded to have done what it asks for: the person that the key names, or the key. */
  readonly actor: ActorText
  readonly scopes: readonly Scope[]
}

/** A stored API key, without its secret: only the holder knows that. */
export interface StoredKey {
  readonly keyId: KeyId
  readonly personId: PersonId | null
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
  if (header === undefined) throw new Problem('unauthenticated', details.keyMissing)
  if (bearerIn(header) === undefined) throw new Problem('unauthenticated', details.keyUnreadable)
  if (presented === undefined) throw new Problem('unauthenticated', said(details.keyForm, { keyPrefix }))
  const stored = await find(presented.keyId)
  if (stored === undefined || !isHolder(presented, stored)) throw new Problem('unauthenticated', details.keyUnknown)
  return { keyId: stored.keyId, actor: actorOfKey(stored), scopes: stored.scopes }
}

function bearerIn(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

/** The scopes that each scope includes besides itself. */
export type IncludedScopes = Readonly<Record<Scope, { readonly includes: readonly Scope[] }>>

/** Whether a caller has one of these scopes, directly or by inclusion. */
export function hasScope(caller: Caller, wanted: readonly Scope[], scopes: IncludedScopes): boolean {
  return caller.scopes.some((held) => wanted.some((scope) => held === scope || scopes[held].includes.includes(scope)))
}

/**
 * Throws `insufficient-scope` unless the caller has the scope, or one of several, directly or by
 * inclusion. The problem names the first of them, which is the narrowest.
 */
export function requireScope(caller: Caller, scope: Scope | readonly Scope[], scopes: IncludedScopes): void {
  const wanted = scopesIn(scope)
  if (hasScope(caller, wanted, scopes)) return
  const detail = said(details.scope, { scope: oneOf(wanted), held: listed(caller.scopes) })
  throw new Problem('insufficient-scope', detail, { members: { scope: wanted[0] } })
}

/** The scopes of which one is needed, the narrowest first. */
export function scopesIn(scope: Scope | readonly Scope[]): readonly Scope[] {
  return typeof scope === 'string' ? [scope] : scope
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameHash(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
