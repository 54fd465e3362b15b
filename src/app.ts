import { readFile } from 'node:fs/promises'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import fastifyMetrics from 'fastify-metrics'
import helmet from 'helmet'
import { KEY_PREFIX } from './access/commands.ts'
import { accessRoutes } from './access/routes.ts'
import { SCOPES } from './access/schema/scopes.ts'
import { findLiveKey } from './access/store.ts'
import { accountRoutes } from './accounts/routes.ts'
import { blockedOrderRoutes } from './blocked-orders/routes.ts'
import { checkRoutes } from './checks/routes.ts'
import { creditFileRoutes } from './credit-file/routes.ts'
import { customerRoutes } from './customers/routes.ts'
import type { Deps } from './deps.ts'
import { isBusinessDate, isCurrency, moneyFault } from './engine/index.ts'
import { evidenceRoutes } from './evidence/routes.ts'
import { journalRoutes } from './journal/routes.ts'
import { limitRoutes } from './limits/routes.ts'
import { modelRoutes } from './models/routes.ts'
import { statementsSent } from './platform/database/postgres.ts'
import { useAuthentication } from './platform/http/authentication.ts'
import { useReadValidators } from './platform/http/etag.ts'
import { SERVER_OPTIONS, useHttpManners } from './platform/http/http.ts'
import { useOpenApi } from './platform/http/openapi.ts'
import { operationRoutes, simulationRoutes } from './platform/http/operations.ts'
import { policyRoutes } from './policies/routes.ts'
import { portfolioRoutes } from './portfolio/routes.ts'
import { PROBLEMS } from './problems.ts'
import { PRODUCT } from './product.ts'
import { rateRoutes } from './rates/routes.ts'
import { receivableRoutes } from './receivables/routes.ts'
import { recheckRoutes } from './rechecks/routes.ts'
import { reconciliationRoutes } from './reconciliations/routes.ts'
import { scoringRoutes } from './scoring/routes.ts'
import { securityRoutes } from './securities/routes.ts'
import { statementRoutes } from './statements/routes.ts'

/** How the app is served; none of it changes what is decided. */
interface AppOptions {
  readonly logger: FastifyBaseLogger | boolean | { readonly level: string }
  /** Requests a minute of one API key, or of one address without a key. */
  readonly rateLimitPerMinute: number
  /** How many proxies before the service say whom they pass on; 0: none is believed. */
  readonly trustedProxies: number
  /**
   * Above this delay of the event loop, in milliseconds, requests are refused as too many; 0:
   * never.
   */
  readonly eventLoopDelayMaxMs: number
  /** Offer the route that sets the simulated clock. */
  readonly simulation: boolean
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
    logger: options.logger as boolean,
    // Each proxy adds its caller at the end; what a caller wrote before that proves nothing.
    trustProxy: (_address: string, hop: number) => hop < options.trustedProxies
  })

  await useHttpManners(app, {
    realm: PRODUCT.name.toLowerCase(),
    problems: PROBLEMS,
    formats: { isCurrency, isBusinessDate, moneyFault }
  })
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
    perMinute: options.rateLimitPerMinute,
    uncounted: PROBES
  })
  useReadValidators(app)
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
      await v1.register(accessRoutes(deps))
    },
    { prefix: '/v1' }
  )
  await app.ready()
  return app
}
