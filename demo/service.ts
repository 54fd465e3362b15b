import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }

/** The running service: where it listens, and its admin key. */
export interface RunningService {
  readonly url: string
  readonly key: string
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts the service under a simulated clock on a folder, as a process of its own. Its key is
 * in `dataDir`.key. The data is thrown away, so it need not survive loss of power; it does survive
 * `kill -9`.
 */
export async function startService(dataDir: string): Promise<RunningService> {
  // As `npm start` does, with the same flags.
  const child = spawn('sh', ['-c', packageJson.scripts.start], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      PORT: '0',
      CREDENCE_DATA_DIR: dataDir,
      CREDENCE_ADMIN_KEY_FILE: keyFileOf(dataDir),
      CREDENCE_CURRENCY: 'USD',
      CREDENCE_SIMULATION: 'true',
      CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true',
      CREDENCE_RATE_LIMIT: '10000000'
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const hear = listenTo(child)
  const url = await hear(/ready at (\S+)/)
  const key = (await readFile(keyFileOf(dataDir), 'utf8')).trim()
  return { url, key, pid: child.pid ?? 0, stop: () => stopped(child) }
}

/** Where the key of the data in a folder is: beside it, since a copy of the folder is a backup. */
export function keyFileOf(dataDir: string): string {
  return `${dataDir}.key`
}

/**
 * Waits for words of a form in what the service says. Its output is read to the end, or it would
 * stop at a broken pipe.
 */
function listenTo(child: ChildProcess): (form: RegExp) => Promise<string> {
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    child.emit('said')
  })
  return (form) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const words = form.exec(said)?.[1]
        if (words !== undefined) resolve(words)
      }
      child.on('said', look)
      child.once('exit', () => reject(new Error('The service did not start.')))
      look()
    })
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
