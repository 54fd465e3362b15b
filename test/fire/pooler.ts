import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { temporaryFolder } from '../temporary-folder.ts'
import { serverUser } from './cluster.ts'
import { killed, spawnGuarded } from './guarded-process.ts'

const READY_WITHIN_MS = 20_000

/** PgBouncer as it is installed; undefined where it is not. */
export function poolerProgram(): string | undefined {
  return ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find((path) => existsSync(path))
}

/**
 * Starts a PgBouncer before a database, as it comes but for its mode, and answers the address that
 * leads through it. It is reached through a socket in a folder of its own.
 */
export async function startPooler(
  t: Test,
  { program, databaseUrl, mode }: { program: string; databaseUrl: string; mode: 'session' | 'transaction' }
): Promise<string> {
  const target = new URL(databaseUrl)
  const database = target.pathname.slice(1)
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o711)
  const home = join(folder, 'pooler')
  mkdirSync(home)
  const { uid, gid } = serverUser()
  if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid)
  const host = target.searchParams.get('host') ?? target.hostname
  const port = target.searchParams.get('port') ?? (target.port || '5432')
  const settings = join(home, 'pooler.ini')
  const log = join(home, 'pooler.log')
  writeFileSync(
    settings,
    `[databases]
${database} = host=${host} port=${port} dbname=${database} user=${target.username}
[pgbouncer]
pool_mode = ${mode}
auth_type = any
listen_addr =
listen_port = 6432
unix_socket_dir = ${home}
logfile = ${log}
`
  )
  const child = spawnGuarded(program, ['--quiet', settings], { cwd: home, stdio: 'ignore', ...serverUser() })
  t.teardown(() => killed(child))
  const url = `postgresql://${target.username}@localhost/${database}?host=${encodeURIComponent(home)}&port=6432`
  const until = performance.now() + READY_WITHIN_MS
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return url
    } catch (error) {
      if (child.exitCode === null && performance.now() < until) await sleep(50)
      else throw new Error(`PgBouncer: ${existsSync(log) ? readFileSync(log, 'utf8') : ''}`, { cause: error })
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
