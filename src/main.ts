import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { loadConfig } from './config.ts'
import { openService } from './service.ts'

const STOP_WITHIN_MS = 20_000

try {
  const config = loadConfig()
  const service = await openService(config)
  const app = await buildApp(service.deps, {
    logger: { level: config.CREDENCE_LOG_LEVEL },
    rateLimitPerMinute: config.CREDENCE_RATE_LIMIT,
    trustProxy: config.CREDENCE_TRUST_PROXY,
    simulation: config.CREDENCE_SIMULATION
  })
  closeWithGrace({ delay: STOP_WITHIN_MS, logger: app.log }, async ({ err }) => {
    if (err !== undefined) app.log.fatal({ err }, 'stopping after a fault')
    await app.close()
    await service.close()
  })
  const url = await app.listen({ host: config.HOST, port: config.PORT })
  // Only now: a key that was made before a failed start would be lost.
  const key = await service.firstKey()
  process.stdout.write(`Credence is ready at ${url} (documentation: ${url}/docs; data: ${service.storage})\n`)
  if (config.CREDENCE_SIMULATION)
    process.stdout.write('SIMULATION: the clock is set by PUT /simulation/clock. Not for real business.\n')
  if (key !== undefined) process.stdout.write(`Admin API key, shown this once: ${key}\n`)
} catch (error) {
  process.stderr.write(`Credence cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
