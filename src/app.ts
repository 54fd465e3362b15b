import { readFile } from 'node:fs/promises'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance } from 'fastify'
import fastifyMetrics from 'fastify-metrics'
import helmet from 'helmet'
import { confirmAsked } from './access/commands/confirm.ts'
import { keyUse } from './access/commands/key-use.ts'
import { KEY_PREFIX } from './access/commands.ts'
import { accessRoutes } from './access/routes.ts'
import { SCOPES } from './access/schema/scopes.ts'
import { findLiveKey } from './access/store.ts'
import { liftAsked } from './accounts/commands/account.ts'
import { accountRoutes } from './accounts/routes.ts'
import type { ChangeKinds } from './approvals/commands.ts'
import { approvalRoutes } from './approvals/routes.ts'
import { decideWider } from './blocked-orders/commands/wider.ts'
import { blockedOrderRoutes } from './blocked-orders/routes.ts'
import { checkRoutes } from './checks/routes.ts'
import { creditFileRoutes } from './credit-file/routes.ts'
import { customerRoutes } from './customers/routes.ts'
import type { Deps } from './deps.ts'
import { isBusinessDate, isCurrency, moneyFault } from './engine/index.ts'
import { evidenceRoutes } from './evidence/routes.ts'
import type { KeyId, LimitDecisionId } from './ids.ts'
import { journalRoutes } from './journal/routes.ts'
import { approveLimit } from './limits/commands.ts'
import { limitRoutes } from './limits/routes.ts'
import { metricsRoutes } from './metrics/routes.ts'
import { modelRoutes } from './models/routes.ts'
import { organisationRoutes } from './organisation/routes.ts'
import { statementsSent, watchStatements } from './platform/database/postgres.ts'
import { useAuthentication } from './platform/http/authentication.ts'
import { etagOf, useReadValidators } from './platform/http/etag.ts'
import { SERVER_OPTIONS, useHttpManners } from './platform/http/http.ts'
import { pseudonyms } from './platform/http/log/pseudonyms.ts'
import { type AboutInLog, type LogOptions, loggerOptions } from './platform/http/log/request-log.ts'
import { useOpenApi } from './platform/http/openapi.ts'
import { operationRoutes, simulationRoutes } from './platform/http/operations.ts'
import { idOf } from './platform/values/ids.ts'
import { type TracesTo, useTraces } from './platform/work/traces.ts'
import { policyRoutes } from './policies/routes.ts'
import { portfolioRoutes } from './portfolio/routes.ts'
import { PROBLEMS } from './problems.ts'
import { PRODUCT } from './product.ts'
import { rateRoutes } from './rates/routes.ts'
import { receivableRoutes } from './receivables/routes.ts'
import { recheckRoutes } from './rechecks/routes.ts'
import { reconciliationRoutes } from './reconciliations/routes.ts'
import { scoringRoutes } from './scoring/routes.ts'
import { recordAsked } from './securities/commands.ts'
import { securityRoutes } from './securities/routes.ts'
import { statementRoutes } from './statements/routes.ts'

/** How the app is served; none of it changes what is decided. */
export interface AppOptions {
  readonly logger: false | LogOptions
  /** How the log names customers: by a pseudonym under a secret, unless their ids may be in it. */
  readonly customersInLog?: CustomersInLog
  /** Requests a minute of one API key, or of one address without a key. */
  readonly rateLimitPerMinute: number
  /** How many proxies before the service say whom they pass on; 0: none is believed. */
  readonly trustedProxies: number
  /**
   * Above this delay of the event loop, in milliseconds, requests are refused as too many; 0:
   * never.
   */
  readonly eventLoopDelayMaxMs: number
  /** Where traces go; left out: nowhere. */
  readonly traces?: Pick<TracesTo, 'endpoint' | 'share'> | undefined
  /** Offer the route that sets the simulated clock. */
  readonly simulation: boolean
}

/** Without a secret pseudonyms are those of this process alone. */
interface CustomersInLog {
  readonly plain: boolean
  readonly secret: string
}

/** What asks whether the service works is always answered. */
const PROBES = ['/livez', '/readyz']

/**
 * The whole service as one Fastify app, ready to listen or to be injected into: platform first,
 * then each room by name.
 */
export async function buildApp(deps: Deps, options: AppOptions): Promise<FastifyInstance> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const app = Fastify({
    ...SERVER_OPTIONS,
    logger: (options.logger && loggerOptions(options.logger)) as boolean,
    // Each proxy adds its caller at the end; what a caller wrote before that proves nothing.
    trustProxy: (_address: string, hop: number) => hop < options.trustedProxies
  })

  await useHttpManners(app, {
    realm: PRODUCT.name.toLowerCase(),
    problems: PROBLEMS,
    formats: { isCurrency, isBusinessDate, moneyFault },
    aboutInLog: customerInLog(options.customersInLog)
  })
  if (options.traces !== undefined) {
    const addSpan = await useTraces(app, { ...options.traces, name: PRODUCT.name, version })
    for (const db of [deps.db, deps.reports.db]) watchStatements(db, addSpan)
  }
  // Made once: Fastify's plugin for it makes all of it anew for every request.
  const secure = helmet({ contentSecurityPolicy: false })
  app.addHook('onRequest', (request, reply, done) => secure(request.raw, reply.raw, () => done()))
  await app.register(underPressure, { maxEventLoopDelay: options.eventLoopDelayMaxMs, retryAfter: 1 })
  await app.register(fastifyMetrics.default, {
    endpoint: null,
    // The registry is the process's: a second app in it takes over.
    clearRegisterOnInit: true,
    routeMetrics: { enabled: { histogram: true, summary: false }, groupStatusCodes: true }
  })
  new app.metrics.client.Counter({
    name: 'database_request_statements_total',
    help: 'Statements that requests have sent to the database; work in the background is not counted',
    collect() {
      this.reset()
      this.inc(statementsSent(deps.db))
    }
  })
  await useAuthentication(app, {
    prefix: KEY_PREFIX,
    scopes: SCOPES,
    find: (keyId) => findLiveKey(deps.db, deps.clock, keyId),
    used: keepingUse(app, deps),
    perMinute: options.rateLimitPerMinute,
    uncounted: PROBES
  })
  useReadValidators(app)
  app.addHook('onResponse', (_request, reply, done) => {
    if (reply.hasHeader('idempotency-replayed')) deps.tally.add('credence_idempotent_replays_total')
    done()
  })
  // A change may make something due in the background. Checks are too many to ask after each of
  // them, and what they leave can wait.
  app.addHook('onResponse', ({ method, routeOptions }, { statusCode }, done) => {
    if (method !== 'GET' && statusCode < 300 && routeOptions.url !== '/v1/credit-checks') deps.jobs.lookSoon()
    done()
  })
  await useOpenApi(app, { ...PRODUCT, version, keyPrefix: KEY_PREFIX })

  await app.register(operationRoutes(deps.db, { ...PRODUCT, version }))
  if (options.simulation) await app.register(simulationRoutes(deps.db, 'admin'))
  await app.register(
    async (v1) => {
      await v1.register(customerRoutes(deps))
      await v1.register(statementRoutes(deps))
      await v1.register(evidenceRoutes(deps))
      await v1.register(receivableRoutes(deps))
      await v1.register(creditFileRoutes(deps))
      await v1.register(securityRoutes(deps))
      await v1.register(rateRoutes(deps))
      await v1.register(reconciliationRoutes(deps))
      await v1.register(scoringRoutes(deps))
      await v1.register(modelRoutes(deps))
      await v1.register(portfolioRoutes(deps))
      await v1.register(policyRoutes(deps))
      await v1.register(limitRoutes(deps))
      await v1.register(accountRoutes(deps))
      await v1.register(checkRoutes(deps))
      await v1.register(blockedOrderRoutes(deps))
      await v1.register(recheckRoutes(deps))
      await v1.register(journalRoutes(deps))
      await v1.register(organisationRoutes(deps))
      await v1.register(accessRoutes(deps))
      await v1.register(metricsRoutes(deps))
      await v1.register(approvalRoutes(deps, changeKinds(deps)))
    },
    { prefix: '/v1' }
  )
  await app.ready()
  return app
}

/** An id in the path is not checked yet: it may be anything of any length. */
const LOGGED_ID_MAX = 64

/** The customer that a request names in its path, or in its body where it is about one. */
function customerInLog({ plain, secret }: CustomersInLog = { plain: false, secret: '' }): AboutInLog {
  const shown = plain ? (customerId: string) => customerId.slice(0, LOGGED_ID_MAX) : pseudonyms(secret)
  return ({ params, body }) => {
    const { customerId = (body as Named | null | undefined)?.customerId } = (params ?? {}) as Named
    return typeof customerId === 'string' ? { customer: shown(customerId) } : {}
  }
}

interface Named {
  readonly customerId?: unknown
}

/** How often the use of keys is written down. */
const USE_KEPT_MS = 60_000

/** Notes which keys are used, and writes it down once a minute beside all requests. */
function keepingUse(app: FastifyInstance, deps: Deps): (keyId: KeyId) => void {
  const use = keyUse(deps)
  const keep = () => use.keep().catch((error: unknown) => app.log.warn({ err: error }, 'the use of keys was not kept'))
  let timer: NodeJS.Timeout | undefined
  app.addHook('onListen', async () => {
    timer = setInterval(keep, USE_KEPT_MS).unref()
  })
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await keep()
  })
  return use.note
}

/** What an approval of each kind of change request does. */
function changeKinds(deps: Deps): ChangeKinds {
  return {
    limit: {
      decide: async (trx, { customerId, subject }, { caller, wanted }) => {
        if (customerId === null) throw new Error('a limit is that of a customer')
        // A proposal that waits has never changed.
        const path = { customerId, limitDecisionId: idOf<LimitDecisionId>(subject) }
        await approveLimit(deps, trx, caller, path, etagOf(1), wanted)
      }
    },
    hold_lift: { apply: (trx, change, approval) => liftAsked(deps, trx, change, approval) },
    collateral: { apply: (trx, change, approval) => recordAsked(deps, trx, change, approval) },
    release_tolerance: {
      decide: (trx, change, { caller, wanted, requires }) => {
        requires('release')
        return decideWider(deps, trx, change, { caller, wanted })
      }
    },
    key: {
      needs: 'keys',
      apply: (trx, { subject }, approval) => confirmAsked(deps, trx, idOf<KeyId>(subject), approval)
    }
  }
}
