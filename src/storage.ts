import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Kysely, sql } from 'kysely'
import type { Config } from './config.ts'
import type { Database } from './database.ts'
import { keepFeedAhead } from './journal/store.ts'
import { type AppRole, restrictApplication } from './platform/database/database-role.ts'
import { startEmbeddedPostgres } from './platform/database/embedded-postgres.ts'
import { migrate, migrationNames, migrationsApplied } from './platform/database/migrate.ts'
import { type Connection, connect, PATIENT, REPORTING } from './platform/database/postgres.ts'
import { currentReports, type Reports, replicaReports } from './platform/database/reports.ts'

/** What a PostgreSQL server calls the service where it lists its connections. */
const applicationName = 'credence'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** A database server that can be connected to. */
interface Storage {
  readonly connection: Connection
  /** Where it is, in words for the operator; without a password. */
  readonly storage: string
  /** Ends what was started for it; whoever connected has closed before. */
  stop(): Promise<void>
}

/**
 * The server of DATABASE_URL, or an embedded one that is started here. `onFailure` hears when the
 * embedded one ends by a fault of its own.
 */
export async function openStorage(config: Config, onFailure?: (error: Error) => void): Promise<Storage> {
  if (config.DATABASE_READ_URL !== '' && config.DATABASE_URL === '')
    throw new Error('DATABASE_READ_URL names a replica of DATABASE_URL, which is empty.')
  if (config.DATABASE_READ_URL !== '' && config.DATABASE_READ_POOL_MAX === 0)
    throw new Error('DATABASE_READ_URL names a replica, and DATABASE_READ_POOL_MAX leaves it no connection.')
  if (config.DATABASE_URL !== '') {
    const replica = config.DATABASE_READ_URL && `, read also from ${describe('DATABASE_READ_URL', config)}`
    const storage = `${describe('DATABASE_URL', config)}${replica}`
    const connection = { applicationName, connectionString: config.DATABASE_URL, max: config.DATABASE_POOL_MAX }
    return { connection, storage, stop: async () => undefined }
  }
  const { socketDirectory, stop } = await startEmbeddedPostgres({
    dataDir: config.CREDENCE_DATA_DIR,
    fsync: !config.CREDENCE_ALLOW_UNSAFE_DURABILITY,
    ...(onFailure === undefined ? {} : { onFailure })
  })
  const connection = { applicationName, host: socketDirectory, user: 'postgres', database: 'postgres', max: 1 }
  return { connection, storage: `embedded database in ${config.CREDENCE_DATA_DIR}`, stop }
}

/**
 * Brings the database up to date under the login that owns it, and answers the role under which the
 * service works from then on. Throws an Error whose message is a sentence for the operator.
 */
export async function prepareStorage(connection: Connection, config: Config): Promise<AppRole> {
  const { db } = connect<Database>({ ...connection, max: 1, settings: PATIENT })
  try {
    if (config.DATABASE_URL !== '') {
      await requireServer(db, config)
      if (!isOneSession(connection, config)) await requireOwnSessions(connection)
    }
    await migrate(db, MIGRATIONS)
    await db.transaction().execute(keepFeedAhead)
    return await db.transaction().execute(restrictApplication)
  } finally {
    await db.destroy()
  }
}

/**
 * Where lists, audits and reports are read: over connections of their own, so that none of them
 * takes one from a decision. They go to DATABASE_READ_URL where that is set; the start does not
 * wait for that server, since no decision needs it. The embedded database has one session, which
 * serves them too.
 */
export function connectReports(
  db: Kysely<Database>,
  connection: Connection,
  role: string | undefined,
  { DATABASE_URL, DATABASE_READ_URL, DATABASE_READ_POOL_MAX: max }: Config
): { reports: Reports<Database>; close: () => Promise<void> } {
  const isShared = DATABASE_URL === '' || (DATABASE_READ_URL === '' && max === 0)
  if (isShared) return { reports: currentReports(db), close: async () => undefined }
  const connectionString = DATABASE_READ_URL || DATABASE_URL
  const { db: reader } = connect<Database>({ ...connection, ...REPORTING, connectionString, max, role })
  const reports = DATABASE_READ_URL === '' ? currentReports(reader) : replicaReports(reader)
  return { reports, close: () => reader.destroy() }
}

/**
 * Connects to a database beside the service, or while that is stopped: it is neither made nor
 * brought up to date, and only read unless `writes` says otherwise. Throws an Error for the
 * operator when there is none, or when its schema is not the one that this version knows.
 */
export async function openOnServer(
  config: Config,
  { writes = false } = {}
): Promise<{ db: Kysely<Database>; close: () => Promise<void> }> {
  if (config.DATABASE_URL === '' && !existsSync(join(config.CREDENCE_DATA_DIR, 'postgres')))
    throw new Error(`There is no database in ${config.CREDENCE_DATA_DIR}: set CREDENCE_DATA_DIR or DATABASE_URL.`)
  const { connection, storage, stop } = await openStorage(config)
  const settings = { ...PATIENT, default_transaction_read_only: writes ? 'off' : 'on' }
  const { db } = connect<Database>({ ...connection, max: 1, settings })
  const close = async () => {
    await db.destroy()
    await stop()
  }
  try {
    if (config.DATABASE_URL !== '') await requireReachable(db, config)
    await requireKnownSchema(db, storage)
    return { db, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function requireKnownSchema(db: Kysely<Database>, storage: string): Promise<void> {
  const [applied, known] = [await migrationsApplied(db), await migrationNames(MIGRATIONS)]
  const missing = known.filter((name) => !applied.includes(name))
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Error(`${storage} belongs to a newer version (${unknown.join(', ')}): use that one.`)
  if (missing.length > 0)
    throw new Error(
      `${storage} is not up to date: it lacks ${missing.join(', ')}. Start the service once, which brings it up to date, or use the version that it belongs to.`
    )
}

/**
 * Durability that a server must have before it may hold decisions: what is off can lose an
 * acknowledged one.
 */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const
const POSTGRES_VERSION_MIN = 150_000

async function requireReachable(db: Kysely<Database>, config: Config): Promise<void> {
  await sql`select 1`.execute(db).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${describe('DATABASE_URL', config)} cannot be used: ${why}.`, { cause })
  })
}

async function requireServer(db: Kysely<Database>, config: Config): Promise<void> {
  await requireReachable(db, config)
  const { rows } = await sql<Record<string, string>>`select current_setting('server_version_num') as version,
    current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit`.execute(
    db
  )
  const settings = rows[0] ?? {}
  if (Number(settings.version) < POSTGRES_VERSION_MIN) throw new Error('Credence needs PostgreSQL 15 or later.')
  if (config.CREDENCE_ALLOW_UNSAFE_DURABILITY) return
  const camel = (name: string) => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
  const off = DURABILITY.filter((name) => settings[camel(name)] === 'off')
  if (off.length > 0) {
    throw new Error(
      `The server has ${off.join(', ')} off: a decision that was acknowledged could be lost in a crash. Turn ${off.length > 1 ? 'them' : 'it'} on, ` +
        'or set CREDENCE_ALLOW_UNSAFE_DURABILITY=true if this data may be lost.'
    )
  }
}

/** With a single connection there are no two that could be lent one session. */
function isOneSession({ max }: Connection, { DATABASE_READ_URL, DATABASE_READ_POOL_MAX }: Config): boolean {
  return max === 1 && DATABASE_READ_URL === '' && DATABASE_READ_POOL_MAX === 0
}

/** How often it is tried whether two connections share a session: others may use the pooler too. */
const SESSION_TRIES = 5

/**
 * Connections keep settings, a role and prepared statements in their session. A pooler that lends
 * one session to several connections would let each work with those of another.
 */
async function requireOwnSessions(connection: Connection): Promise<void> {
  const [first, second] = [1, 2].map(() => connect<Database>({ ...connection, max: 1 }).db)
  const sessionOf = async (db: Kysely<Database> | undefined) =>
    db && (await sql<{ session: number }>`select pg_backend_pid() as session`.execute(db)).rows[0]?.session
  try {
    for (let tries = 0; tries < SESSION_TRIES; tries += 1) {
      if ((await sessionOf(first)) !== (await sessionOf(second))) continue
      throw new Error(
        'DATABASE_URL leads to a pooler that lends one session to several connections. Let it pool by session (in PgBouncer pool_mode=session), or name the server itself.'
      )
    }
  } finally {
    await Promise.all([first?.destroy(), second?.destroy()])
  }
}

/** Where a database is, without its password. Throws when its URL cannot be read. */
function describe(setting: 'DATABASE_URL' | 'DATABASE_READ_URL', { [setting]: url }: Config): string {
  if (!URL.canParse(url))
    throw new Error(`${setting} is not a URL: it must read like postgres://user:password@host:5432/database.`)
  const { hostname, port, pathname } = new URL(url)
  return `PostgreSQL at ${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}
