import type { FastifyInstance } from 'fastify'
import {
  authenticate,
  type Caller,
  type FindKey,
  type IncludedScopes,
  type RouteScope,
  requireScope,
  type StoredKey
} from './auth.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender of the request; set before the handler of every route that is not public. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** The scope that the route needs. A route without one is refused at start. */
    scope?: RouteScope
    /** The most keys that a body may have, where that is more than usual. */
    keysMax?: number
  }
}

/** How long a key found before is trusted. A revocation takes effect within this time. */
const TRUSTED_MS = 5_000
const REMEMBERED_MAX = 10_000

interface ApiKeys {
  /** The prefix of every key. */
  readonly prefix: string
  readonly scopes: IncludedScopes
  readonly find: FindKey
}

/** Every route needs an API key with its scope, unless it is declared public. */
export async function useAuthentication(app: FastifyInstance, { prefix, scopes, find }: ApiKeys): Promise<void> {
  const findRecent = remembering(find)
  app.decorateRequest('caller')
  app.addHook('onRoute', ({ url, config, path }) => {
    if (path.startsWith('/v1') && config?.scope === undefined) throw new Error(`the route ${url} names no scope`)
  })
  app.addHook('onRequest', async (request) => {
    const scope = request.routeOptions.config.scope
    if (request.is404 || scope === undefined || scope === 'public') return
    request.caller = await authenticate(request.headers.authorization, prefix, findRecent)
    requireScope(request.caller, scope, scopes)
  })
}

/** Remembers keys for a few seconds, so that most requests need no look-up. */
function remembering(find: FindKey): FindKey {
  const known = new Map<string, { key: StoredKey; until: number }>()
  return async (keyId) => {
    const remembered = known.get(keyId)
    const now = performance.now()
    if (remembered !== undefined && remembered.until > now) return remembered.key
    known.delete(keyId)
    const key = await find(keyId)
    if (key === undefined) return undefined
    if (known.size >= REMEMBERED_MAX) known.clear()
    known.set(keyId, { key, until: now + TRUSTED_MS })
    return key
  }
}
