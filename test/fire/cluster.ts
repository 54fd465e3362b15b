import { type ChildProcess, execFileSync } from 'node:child_process'
import { chmodSync, chownSync, closeSync, existsSync, globSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { killed, spawnGuarded } from './guarded-process.ts'

/**
 * A PostgreSQL of this test's own, as durable as it comes: nothing of its configuration is changed
 * but where it listens.
 */
export interface Cluster {
  /** The address of one of its databases. */
  urlOf(database: string): string
  /** Starts it, and answers when it takes connections. */
  start(): Promise<void>
  /**
   * `kill -9` of the postmaster and of all its children at once: what is not on disk by now is
   * lost.
   */
  kill(): Promise<void>
  stop(): Promise<void>
  /** A replica of it in another folder, which follows it from now on. */
  replica(folder: string): Promise<Cluster>
}

const VERSION_MIN = 15
const READY_WITHIN_MS = 60_000

/**
 * The folder of the newest PostgreSQL's server programs; undefined where there is none of version
 * 15 or later.
 */
export function postgresPrograms(): string | undefined {
  const folders = [...globSync('/usr/lib/postgresql/*/bin'), ...globSync('/usr/pgsql-*/bin')]
  const known = folders.filter((folder) => existsSync(join(folder, 'initdb')) && versionOf(folder) >= VERSION_MIN)
  return known.toSorted((left, right) => versionOf(right) - versionOf(left))[0]
}

function versionOf(folder: string): number {
  return Number(/(\d+)/.exec(execFileSync(join(folder, 'initdb'), ['--version'], { encoding: 'utf8' }))?.[1] ?? 0)
}

/**
 * Makes a cluster in a folder and starts it. It is reached through a socket in that folder; nothing
 * listens on the network. The folders above must let its user through: PostgreSQL refuses to run as
 * root, so then it runs as the user postgres.
 */
export async function startCluster(programs: string, folder: string): Promise<Cluster> {
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8']
  return startFilled(programs, folder, (home, data) => {
    execFileSync(join(programs, 'initdb'), ['--pgdata', data, ...options], {
      cwd: home,
      stdio: 'ignore',
      ...serverUser()
    })
  })
}

/** Starts a cluster in a folder that is filled first. */
async function startFilled(
  programs: string,
  folder: string,
  fill: (home: string, data: string) => void
): Promise<Cluster> {
  const user = serverUser()
  const home = join(folder, 'postgres')
  const data = join(home, 'data')
  chmodSync(folder, 0o711)
  mkdirSync(home, { mode: 0o700 })
  if (user.uid !== undefined && user.gid !== undefined) chownSync(home, user.uid, user.gid)
  fill(home, data)

  // The port is only part of the socket's name.
  const port = 5432
  const urlOf = (database: string) =>
    `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(home)}&port=${port}`
  let postmaster: ChildProcess | undefined
  const start = async () => {
    const log = openSync(join(folder, 'postgres.log'), 'a')
    const listening = ['-c', 'listen_addresses=', '-k', home, '-p', String(port)]
    const child = spawnGuarded(join(programs, 'postgres'), ['-D', data, ...listening], {
      cwd: home,
      stdio: ['ignore', log, log],
      ...user
    })
    closeSync(log)
    postmaster = child
    await ready(urlOf('postgres'), () => {
      if (child.exitCode === null && child.signalCode === null) return
      throw new Error(`PostgreSQL ended: ${readFileSync(join(folder, 'postgres.log'), 'utf8').slice(-2_000)}`)
    })
  }
  await start()
  return {
    urlOf,
    start,
    kill: async () => {
      if (postmaster?.pid === undefined) return
      // Stopped first, so that it neither starts a child nor mourns one while they are killed.
      process.kill(postmaster.pid, 'SIGSTOP')
      const children = childrenOf(postmaster.pid)
      for (const pid of children) killIfThere(pid)
      await killed(postmaster)
      while (children.some(isThere)) await sleep(5)
    },
    stop: async () => {
      if (postmaster !== undefined) await killed(postmaster, 'SIGQUIT')
    },
    replica: (other) =>
      startFilled(programs, other, (cwd, pgdata) => {
        const source = ['--host', home, '--port', String(port), '--username', 'postgres']
        const copying = [...source, '--pgdata', pgdata, '--write-recovery-conf', '--checkpoint=fast']
        execFileSync(join(programs, 'pg_basebackup'), copying, { cwd, stdio: 'ignore', ...user })
      })
  }
}

/** Whose process PostgreSQL is to be: our own user's unless that is root. */
export function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Waits until a server takes connections. `alive` throws once there is nothing to wait for. */
async function ready(url: string, alive: () => void): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  for (;;) {
    alive()
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('select 1')
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(20)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

function isThere(pid: number): boolean {
  // A process that has ended and that nobody has waited for yet holds nothing any more.
  const stat = existsSync(`/proc/${pid}/stat`) ? readStat(pid) : ''
  return stat !== '' && !/^\d+ \(.*\) [ZX]/.test(stat)
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
