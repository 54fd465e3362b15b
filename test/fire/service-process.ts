import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { killed, spawnGuarded } from './guarded-process.ts'

/**
 * A running instance of the service: a process of its own, which shares its database with others.
 */
export interface ServiceProcess {
  readonly url: string
  /** `kill -9`. */
  kill(): Promise<void>
}

const READY_WITHIN_MS = 90_000

/**
 * Starts the service as an operator does, under the simulated clock when that is asked for, and
 * answers when it is ready.
 */
export async function startServiceProcess(databaseUrl: string, simulation: boolean): Promise<ServiceProcess> {
  const child = spawnGuarded(process.execPath, [join(import.meta.dirname, '..', '..', 'src', 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      // What it has compiled itself is lost with each `kill -9`.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      // The reference knows no runs over all open orders.
      CREDENCE_RECHECK_HOUR: '-1',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: '8',
      CREDENCE_SIMULATION: String(simulation),
      CREDENCE_RATE_LIMIT: '10000000',
      CREDENCE_LOG_LEVEL: 'silent'
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  try {
    return { url: await readyUrl(child), kill: () => killed(child) }
  } catch (error) {
    await killed(child)
    throw error
  }
}

/**
 * Waits until the service says where it listens. What it says is read to the end, or it would stop
 * at a full pipe.
 */
function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`the service is not ready: ${said}`)), READY_WITHIN_MS)
    const hear = (chunk: string) => {
      said = `${said}${chunk}`.slice(-10_000)
      const url = /ready at (\S+)/.exec(said)?.[1]
      if (url === undefined) return
      clearTimeout(late)
      resolve(url)
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      reject(new Error(`the service ended (${code ?? signal}): ${said}`))
    })
  })
}
