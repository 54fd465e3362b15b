import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { type Config, loadConfig, trustedProxies } from './config.ts'
import { openService, type Service } from './service.ts'

const STOP_WITHIN_MS = 20_000
/**
 * Beyond it an instance sends its callers elsewhere. A slow machine stands still for seconds at a
 * start, and where the database is embedded.
 */
const EVENT_LOOP_DELAY_MAX_MS = 5_000

try {
  const config = loadConfig()
  const service = await openService(config, failed)
  await serve(config, service).catch(async (error: unknown) => {
    await service.close()
    throw error
  })
} catch (error) {
  process.stderr.write(`Credence cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function serve(config: Config, service: Service): Promise<void> {
  const app = await buildApp(service.deps, {
    logger: { level: config.CREDENCE_LOG_LEVEL },
    customersInLog: { plain: config.CREDENCE_LOG_CUSTOMERS === 'plain', secret: config.CREDENCE_LOG_SECRET },
    rateLimitPerMinute: config.CREDENCE_RATE_LIMIT,
    eventLoopDelayMaxMs: EVENT_LOOP_DELAY_MAX_MS,
    trustedProxies: trustedProxies(config),
    traces: config.OTEL_EXPORTER_OTLP_ENDPOINT === '' ? undefined : tracesOf(config),
    simulation: config.CREDENCE_SIMULATION
  })
  const url = await app.listen({ host: config.HOST, port: config.PORT })
  service.jobs.logTo(app.log)
  service.jobs.watch()
  closeWithGrace({ delay: STOP_WITHIN_MS, logger: app.log }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'stopping after a fault')
    await app.close()
    await service.close()
  })
  // Only now: a key that was made before a failed start would be lost.
  const key = await service.firstKey().catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  process.stdout.write(announced(config, service, url).join(''))
  if (key === undefined) return
  // Standard output is collected with the log. Who may read that must not read the key.
  if (key.file === undefined) process.stderr.write(`Admin API key, shown this once: ${key.text}\n`)
  else process.stdout.write(`The first admin API key is the one in ${key.file}.\n`)
}

function tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, CREDENCE_TRACE_SHARE: share }: Config) {
  return { endpoint, share }
}

/** What is said once the service is ready, each a line. */
function announced(config: Config, service: Service, url: string): string[] {
  const models = service.toReimport.join(', ')
  const isToConfirm = service.unconfirmed.length > 0 && !config.CREDENCE_ONE_PERSON
  const keys = service.unconfirmed.slice(0, 20).join(', ')
  const more = service.unconfirmed.length > 20 ? ` and ${service.unconfirmed.length - 20} more` : ''
  const lines = [
    [true, `Credence is ready at ${url} (documentation: ${url}/docs; data: ${service.storage})`],
    [true, `Rights: ${service.guard}.`],
    [models !== '', `An earlier importer made these models; import their documents again: ${models}`],
    [
      isToConfirm,
      `These keys approve nothing until they are confirmed: ${keys}${more}. On this machine: npm run keys -- confirm <key id>, or confirm all`
    ],
    [
      config.CREDENCE_ONE_PERSON,
      'ONE PERSON: what was proposed with one key may be approved with another that it made. Such approvals say so.'
    ],
    [config.CREDENCE_SIMULATION, 'SIMULATION: the clock is set by PUT /simulation/clock. Not for real business.']
  ] as const
  return lines.flatMap(([isSaid, line]) => (isSaid ? [`${line}\n`] : []))
}

/** Without its database the service can do nothing: whoever watches the process starts it again. */
function failed(error: Error): void {
  process.stderr.write(`The embedded database failed: ${error.message}\n`)
  process.exit(1)
}
