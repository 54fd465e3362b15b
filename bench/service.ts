import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import packageJson from '../package.json' with { type: 'json' }
import type { BenchPostgres } from './postgres.ts'

const root = join(import.meta.dirname, '..')

/** The service as a process of its own, with an admin key. */
export interface BenchService {
  readonly port: number
  readonly authorization: string
  readonly pid: number
  stop(): Promise<void>
}

/** Starts the service on a database, and answers when it is ready. */
export async function startService({ url }: BenchPostgres, environment: NodeJS.ProcessEnv = {}): Promise<BenchService> {
  const folder = mkdtempSync(join(tmpdir(), 'credence-bench-'))
  const keyFile = join(folder, 'admin-key')
  // As `npm start` does, with the same flags.
  const child = spawn('sh', ['-c', packageJson.scripts.start], {
    cwd: root,
    // Without the run over all open orders that the night has otherwise.
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      DATABASE_URL: url,
      PORT: '0',
      CREDENCE_ADMIN_KEY_FILE: keyFile,
      CREDENCE_RATE_LIMIT: '10000000',
      CREDENCE_RECHECK_HOUR: '-1',
      ...environment
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    const authorization = `Bearer ${readFileSync(keyFile, 'utf8').trim()}`
    rmSync(folder, { recursive: true })
    return { port: Number(port), authorization, pid: child.pid ?? 0, stop: () => stop(child) }
  }
  throw new Error('the service ended before it was ready')
}

/** Memory of a process that is in use, or was at its peak, in megabytes. */
export function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kilobytes) / 1_024
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
