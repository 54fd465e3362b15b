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
    rateLimitPerMinute: config.CREDENCE_RATE_LIMIT,
    eventLoopDelayMaxMs: EVENT_LOOP_DELAY_MAX_MS,
    trustedProxies: trustedProxies(config),
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
  const key = await service.firstKey()
  process.stdout.write(`Credence is ready at ${url} (documentation: ${url}/docs; data: ${service.storage})\n`)
  process.stdout.write(`Rights: ${service.guard}.\n`)
  if (service.toReimport.length > 0) {
    const models = service.toReimport.join(', ')
    process.stdout.write(`An earlier importer made these models; import their documents again: ${models}\n`)
  }
  if (config.CREDENCE_SIMULATION) {
    process.stdout.write('SIMULATION: the clock is set by PUT /simulation/clock. Not for real business.\n')
  }
  if (key !== undefined) process.stdout.write(`Admin API key, shown this once: ${key}\n`)
}

/** Without its database the service can do nothing: whoever watches the process starts it again. */
function failed(error: Error): void {
  process.stderr.write(`The embedded database failed: ${error.message}\n`)
  process.exit(1)
}
