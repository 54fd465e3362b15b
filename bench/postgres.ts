import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresPrograms, startCluster } from '../test/fire/cluster.ts'

/** A PostgreSQL of the benchmark's own, with the durability that it has out of the box. */
export interface BenchPostgres {
  /** For the service and for PostgreSQL's own programs alike: through the same socket. */
  readonly url: string
  readonly version: string
  /** A place for files, which goes with it. */
  readonly folder: string
  /** Runs one of PostgreSQL's client programs against the database, and answers what it printed. */
  run(program: 'pgbench' | 'psql', args: readonly string[], input?: string): string
  /** Processor time that the server has used so far, in seconds. */
  cpuSeconds(): number
  stop(): Promise<void>
}

const TICKS_PER_SECOND = 100

/**
 * Processor time of a process and of those children of its that have ended, in seconds, with the id
 * of its parent.
 */
export function processTime(pid: number): { seconds: number; parent: number } {
  // The name of the program, in brackets, may hold blanks itself.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0)
  return { seconds: ticks / TICKS_PER_SECOND, parent: fields[1] ?? 0 }
}

/**
 * Starts a cluster in a temporary folder, reachable through a socket in it alone. Throws with a
 * sentence when there is no PostgreSQL.
 */
export async function startPostgres(): Promise<BenchPostgres> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('There is no PostgreSQL 15 or later here: install one.')
  const folder = mkdtempSync(join(tmpdir(), 'credence-bench-'))
  const cluster = await startCluster(programs, folder).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  const url = cluster.urlOf('postgres')
  const { port, searchParams } = new URL(url)
  const home = searchParams.get('host') ?? ''
  const environment = { ...process.env, PGHOST: home, PGPORT: port, PGUSER: 'postgres', PGDATABASE: 'postgres' }
  const run: BenchPostgres['run'] = (program, args, input = '') => {
    const done = spawnSync(join(programs, program), args, {
      env: environment,
      encoding: 'utf8',
      input,
      maxBuffer: 64 * 1_048_576
    })
    if (done.status !== 0) throw new Error(`${program} failed: ${done.error?.message ?? done.stderr}`)
    return done.stdout
  }
  return {
    url,
    version: run('psql', ['-Atc', 'show server_version']).trim(),
    folder,
    run,
    cpuSeconds: () => {
      const postmaster = Number(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
      const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
      const times = pids.flatMap((pid) => {
        try {
          const { seconds, parent } = processTime(Number(pid))
          return Number(pid) === postmaster || parent === postmaster ? [seconds] : []
        } catch {
          // It has ended since the folder was listed.
          return []
        }
      })
      return times.reduce((sum, each) => sum + each, 0)
    },
    stop: async () => {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
