import type { FastifyInstance } from 'fastify'
import {
  type Caller,
  callerOf,
  type FindKey,
  type IncludedScopes,
  isHolder,
  type PresentedKey,
  presentedKey,
  type RouteScope,
  requireScope,
  type StoredKey
} from './auth.ts'
import { networkOf, Quota } from './quota.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender of the request; set before the handler of every route that is not public. */
    caller: Caller
    /** The key that the request shows, whether it is one or not; undefined when it shows none. */
    presented: PresentedKey | undefined
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
/** How long an id that is none is taken for none. */
const UNKNOWN_MS = 5_000
const REMEMBERED_MAX = 10_000

interface ApiKeys {
  /** The prefix of every key. */
  readonly prefix: string
  readonly scopes: IncludedScopes
  readonly find: FindKey
  /** Hears of each request that a key has sent. */
  readonly used: (keyId: StoredKey['keyId']) => void
  /** Requests a minute of one key, or of one address without a key. */
  readonly perMinute: number
  /** Paths that are always answered. */
  readonly uncounted: readonly string[]
}

/**
 * Every route needs an API key with its scope, unless it is declared public. A request counts for
 * its key once the key is proved, and until then for its address: so nobody escapes the quota with
 * keys that are made up, or uses up that of somebody else.
 */
export async function useAuthentication(
  app: FastifyInstance,
  { prefix, scopes, find, used, perMinute, uncounted }: ApiKeys
): Promise<void> {
  const keys = new RememberedKeys(find)
  const quota = new Quota(perMinute)
  app.decorateRequest('caller')
  app.decorateRequest('presented')
  app.addHook('onRoute', ({ url, config, path }) => {
    if (path.startsWith('/v1') && config?.scope === undefined) throw new Error(`the route ${url} names no scope`)
  })
  // Before a key is looked up, and for paths that do not exist as well.
  app.addHook('onRequest', (request, reply, done) => {
    request.presented = presentedKey(request.headers.authorization, prefix)
    if (!uncounted.includes(request.routeOptions.url ?? ''))
      quota.take(keys.provedId(request.presented) ?? networkOf(request.ip), reply)
    done()
  })
  app.addHook('onRequest', async (request, reply) => {
    const scope = request.routeOptions.config.scope
    if (request.is404 || scope === undefined || scope === 'public') return
    const { presented } = request
    const wasProved = keys.provedId(presented) !== undefined
    request.caller = await callerOf(request.headers.authorization, prefix, presented, (keyId) => keys.find(keyId))
    if (!wasProved) {
      quota.giveBack(networkOf(request.ip))
      quota.take(request.caller.keyId, reply)
    }
    used(request.caller.keyId)
    requireScope(request.caller, scope, scopes)
  })
}

interface Remembered {
  /** Undefined: there is no such key. */
  readonly key: StoredKey | undefined
  readonly until: number
}

/** Remembers keys for a few seconds, so that most requests need no look-up. */
class RememberedKeys {
  readonly #find: FindKey
  readonly #known = new Map<string, Remembered>()

  constructor(find: FindKey) {
    this.#find = find
  }

  /** The id of a key that was proved with this secret before, even if that must be done again. */
  provedId(presented: PresentedKey | undefined): string | undefined {
    if (presented === undefined) return undefined
    const key = this.#known.get(presented.keyId)?.key
    return key !== undefined && isHolder(presented, key) ? key.keyId : undefined
  }

  async find(keyId: StoredKey['keyId']): Promise<StoredKey | undefined> {
    const remembered = this.#known.get(keyId)
    const now = performance.now()
    if (remembered !== undefined && remembered.until > now) return remembered.key
    const key = await this.#find(keyId)
    if (this.#known.size >= REMEMBERED_MAX) this.#forget()
    // One that soon expires is looked up each time, to end at its moment.
    const trustedMs = key === undefined ? UNKNOWN_MS : key.endsSoon ? 0 : TRUSTED_MS
    this.#known.set(keyId, { key, until: now + trustedMs })
    return key
  }

  /** Forgets ids that are none before keys: whoever makes ids up must not push the keys out. */
  #forget(): void {
    for (const [keyId, { key }] of this.#known) if (key === undefined) this.#known.delete(keyId)
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear()
  }
}
