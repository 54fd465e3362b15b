import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** The running service: where it listens, and the key that it showed at its first start. */
export interface RunningService {
  readonly url: string
  readonly key: string
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts the service under a simulated clock on a folder, as a process of its own. `key` is for a folder that was started before:
 * a key is shown once. The data is thrown away, so it need not survive loss of power; it does survive `kill -9`.
 */
export async function startService(dataDir: string, key?: string): Promise<RunningService> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'src', 'main.ts')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      CREDENCE_DATA_DIR: dataDir,
      CREDENCE_CURRENCY: 'USD',
      CREDENCE_SIMULATION: 'true',
      CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true',
      CREDENCE_RATE_LIMIT: '10000000'
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    const url = /ready at (\S+)/.exec(said)?.[1]
    const shown = key ?? /(cred_\S+)\n/.exec(said)?.[1]
    if (url !== undefined && shown !== undefined && child.pid !== undefined) {
      return { url, key: shown, pid: child.pid, stop: () => stopped(child) }
    }
  }
  throw new Error('The service did not start.')
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
