import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Kysely, sql } from 'kysely'
import { firstKey } from './access/commands.ts'
import type { Config } from './config.ts'
import type { Database } from './database.ts'
import type { Deps } from './deps.ts'
import {
  type CompiledModel,
  compileModel,
  isCurrency,
  modelFaults,
  type Policy,
  policyFaults,
  type ScoringModel
} from './engine/index.ts'
import { type Clock, databaseClock, setSimulatedClock, simulatedClock, simulatedNow } from './platform/clock.ts'
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts'
import { migrate } from './platform/migrate.ts'
import { connect } from './platform/postgres.ts'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))
const MODELS = new URL('../models/', import.meta.url)
const POLICY = new URL('../policies/standard.json', import.meta.url)

/** Everything that the app is built on, and how to close it. */
export interface Service {
  readonly deps: Deps
  /** Where the data lies, in words for the operator; without a password. */
  readonly storage: string
  /** Makes the admin key where there is no key at all, and answers its text: the only time that it can be shown. */
  firstKey(): Promise<string | undefined>
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date and loads models and policy. Throws an Error whose message is a sentence for the operator;
 * `onFailure` hears when the embedded database ends by a fault of its own later on.
 */
export async function openService(config: Config, onFailure?: (error: Error) => void): Promise<Service> {
  if (!isCurrency(config.CREDENCE_CURRENCY))
    throw new Error(`CREDENCE_CURRENCY ${config.CREDENCE_CURRENCY} is not an ISO 4217 currency in use.`)
  const models = await loadModels()
  const policy = await loadPolicy()
  const { db, storage, close } = await openDatabase(config, onFailure)
  try {
    if (config.DATABASE_URL !== '') await requireServer(db, config)
    await migrate(db, MIGRATIONS)
    const clock = await chooseClock(db, config)
    const deps = { db, clock, models, policy, currency: config.CREDENCE_CURRENCY }
    return { deps, storage, firstKey: () => firstKey(db, clock), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openDatabase(
  config: Config,
  onFailure?: (error: Error) => void
): Promise<{ db: Kysely<Database>; storage: string; close: () => Promise<void> }> {
  if (config.DATABASE_URL !== '') {
    const { db } = connect<Database>({ connectionString: config.DATABASE_URL, max: config.DATABASE_POOL_MAX })
    return { db, storage: describe(config.DATABASE_URL), close: () => db.destroy() }
  }
  const embedded = await startEmbeddedPostgres({
    dataDir: config.CREDENCE_DATA_DIR,
    fsync: !config.CREDENCE_ALLOW_UNSAFE_DURABILITY,
    ...(onFailure === undefined ? {} : { onFailure })
  })
  const { db } = connect<Database>({ host: embedded.socketDirectory, user: 'postgres', database: 'postgres', max: 1 })
  const close = async () => {
    await db.destroy()
    await embedded.stop()
  }
  return { db, storage: `embedded database in ${config.CREDENCE_DATA_DIR}`, close }
}

/** Durability that a server must have before it may hold decisions: what is off can lose an acknowledged one. */
const DURABILITY = ['fsync', 'full_page_writes', 'synchronous_commit'] as const
const POSTGRES_VERSION_MIN = 150_000

async function requireServer(db: Kysely<Database>, config: Config): Promise<void> {
  await sql`select 1`.execute(db).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${describe(config.DATABASE_URL)} cannot be used: ${why}.`, { cause })
  })
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

/** A database that was filled under a simulated clock is not for real business, and the other way round. */
async function chooseClock(db: Kysely<Database>, config: Config): Promise<Clock> {
  const simulated = await simulatedNow(db)
  if (config.CREDENCE_SIMULATION) {
    const { rows: keys } = await sql`select 1 from api_keys limit 1`.execute(db)
    if (simulated === undefined && keys.length > 0) {
      throw new Error(
        'This database holds real business: a simulated clock would make it unusable. Use another database, or leave CREDENCE_SIMULATION out.'
      )
    }
    if (simulated === undefined) await setSimulatedClock(db, '2000-01-01T00:00:00.000Z')
    return simulatedClock(config.CREDENCE_TIME_ZONE)
  }
  if (simulated !== undefined) {
    throw new Error(
      `This database was filled under a simulated clock, which stands at ${simulated}. Use another database, or start with CREDENCE_SIMULATION=true.`
    )
  }
  const known = await sql`select 1 from pg_timezone_names where name = ${config.CREDENCE_TIME_ZONE}`.execute(db)
  if (known.rows.length === 0)
    throw new Error(`CREDENCE_TIME_ZONE ${config.CREDENCE_TIME_ZONE} is not a time zone that the database knows.`)
  return databaseClock(config.CREDENCE_TIME_ZONE)
}

/** The shipped scoring models, checked and compiled. */
export async function loadModels(): Promise<CompiledModel[]> {
  const files = (await readdir(MODELS)).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => {
      const model = JSON.parse(await readFile(new URL(file, MODELS), 'utf8')) as ScoringModel
      refuseFaults(`models/${file}`, modelFaults(model))
      return compileModel(model)
    })
  )
}

/** The shipped policy, checked. */
export async function loadPolicy(): Promise<Policy> {
  const policy = JSON.parse(await readFile(POLICY, 'utf8')) as Policy
  refuseFaults('policies/standard.json', policyFaults(policy))
  return policy
}

function refuseFaults(file: string, faults: readonly { pointer: string; detail: string }[]): void {
  if (faults.length === 0) return
  throw new Error(
    `${file} is not fit for use: ${faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ')}`
  )
}

/** Where a database is, without its password. Throws when the URL cannot be read. */
function describe(url: string): string {
  if (!URL.canParse(url))
    throw new Error('DATABASE_URL is not a URL: it must read like postgres://user:password@host:5432/database.')
  const { hostname, port, pathname } = new URL(url)
  return `PostgreSQL at ${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}
