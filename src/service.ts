import { readdir, readFile, writeFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import type pg from 'pg'
import { unconfirmedKeys } from './access/commands/confirm.ts'
import { type DraftedKey, draftKey, hasKeys, installFirstKey, readKey } from './access/commands.ts'
import { isExpiryDue, workAtExpiries } from './checks/commands/expire.ts'
import { isReevaluationDue, workAtReevaluations } from './checks/commands/reevaluate.ts'
import { type Config, secretIn } from './config.ts'
import type { Database } from './database.ts'
import type { Deps } from './deps.ts'
import {
  type CompiledModel,
  compileModel,
  isCurrency,
  type Jurisdiction,
  modelFaults,
  type PolicyDocument,
  policyFaults,
  type ScoringModel
} from './engine/index.ts'
import { modelsToReimport } from './models/commands/reimport.ts'
import { installShipped, modelRegistry } from './models/commands.ts'
import { recordStart } from './organisation/commands.ts'
import {
  type Clock,
  databaseClock,
  setSimulatedClock,
  simulatedClock,
  simulatedNow
} from './platform/database/clock.ts'
import { connect, queryBuilder } from './platform/database/postgres.ts'
import { type Jobs, openJobs } from './platform/work/jobs.ts'
import { Tally } from './platform/work/tally.ts'
import { installPolicy } from './policies/commands.ts'
import { rescoringWork } from './portfolio/commands/rescore.ts'
import { recheckWork } from './rechecks/commands/work.ts'
import { runJob } from './runs/commands.ts'
import { connectReports, openStorage, prepareStorage } from './storage.ts'

const MODELS = new URL('../models/', import.meta.url)
const POLICY = new URL('../policies/standard.json', import.meta.url)

/** The first admin key, and the file that it is in; without one it is to be shown, this once. */
interface FirstKey {
  readonly text: string
  readonly file: string | undefined
}

/** Everything that the app is built on, and how to close it. */
export interface Service {
  readonly deps: Deps
  /** What is done in the background; nothing of it before it is watched. */
  readonly jobs: Pick<Jobs, 'watch' | 'logTo'>
  /** Where the data lies, in words for the operator; without a password. */
  readonly storage: string
  /** How the service is kept from changing what was decided, in words for the operator. */
  readonly guard: string
  /** Models that an earlier importer made, in words for the operator. */
  readonly toReimport: readonly string[]
  /** Keys that can approve and wait for their confirmation, in words for the operator. */
  readonly unconfirmed: readonly string[]
  /** Makes the admin key where there is no key at all; undefined where there is one. */
  firstKey(): Promise<FirstKey | undefined>
  close(): Promise<void>
}

/**
 * Opens the database, brings it up to date, puts the shipped models on file and loads the policy.
 * Throws an Error whose message is a sentence for the operator; `onFailure` hears when the embedded
 * database ends by a fault of its own later on.
 */
export async function openService(config: Config, onFailure?: (error: Error) => void): Promise<Service> {
  if (!isCurrency(config.CREDENCE_CURRENCY))
    throw new Error(`CREDENCE_CURRENCY ${config.CREDENCE_CURRENCY} is not an ISO 4217 currency in use.`)
  const { CREDENCE_CURRENCY: currency, CREDENCE_JURISDICTION: jurisdiction, CREDENCE_ONE_PERSON: onePerson } = config
  const models = await loadModels(jurisdiction)
  const policy = await loadPolicy()
  const { connection, storage, stop } = await openStorage(config, onFailure)
  try {
    const { role, words } = await prepareStorage(connection, config)
    const { db, pool } = connect<Database>({ ...connection, role })
    const { reports, close: closeReports } = connectReports(db, connection, role, config)
    try {
      const clock = await chooseClock(db, config)
      if (!(await hasKeys(db))) keyIn(config)
      await recordStart(db, clock, { currency, jurisdiction, onePerson, timeZone: config.CREDENCE_TIME_ZONE })
      await installShipped(db, clock, models)
      await installPolicy(db, clock, policy)
      const toReimport = await modelsToReimport(db)
      const unconfirmed = (await unconfirmedKeys(db, clock)).map(({ keyId, name }) => `${keyId} (${name})`)
      const { deps, jobs } = withJobs(
        pool,
        { db, reports, clock, models: modelRegistry(), policy, currency, jurisdiction, onePerson },
        { recheckHour: config.CREDENCE_RECHECK_HOUR < 0 ? null : config.CREDENCE_RECHECK_HOUR }
      )
      const close = async () => {
        await jobs.close()
        await closeReports()
        await db.destroy()
        await stop()
      }
      const firstKey = () => makeFirstKey(db, clock, config)
      return { deps, jobs, storage, guard: words, toReimport, unconfirmed, firstKey, close }
    } catch (error) {
      await closeReports()
      await db.destroy()
      throw error
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Everything that is done in the background, over the connections of this pool. */
export function withJobs(
  pool: pg.Pool,
  parts: Omit<Deps, 'jobs' | 'tally'>,
  { recheckHour = null }: { recheckHour?: number | null } = {}
): { deps: Deps; jobs: Jobs } {
  const jobs = openJobs(pool)
  const deps = { ...parts, jobs, tally: new Tally() }
  // What they send is not counted among the statements of requests.
  const background = { ...deps, db: queryBuilder<Database>(pool) }
  jobs.offer(runJob(background, rescoringWork(background)))
  jobs.offer({
    name: 'expiry',
    isDue: () => isExpiryDue(background),
    work: (signal) => workAtExpiries(background, signal)
  })
  jobs.offer({
    name: 'reevaluation',
    isDue: () => isReevaluationDue(background),
    work: (signal) => workAtReevaluations(background, signal)
  })
  jobs.offer(runJob(background, recheckWork(background, recheckHour)))
  return { deps, jobs }
}

/**
 * The key goes into its file before it is on file in the database: where the one fails the other is
 * not done, and the next start takes the key that it finds.
 */
async function makeFirstKey(db: Kysely<Database>, clock: Clock, config: Config): Promise<FirstKey | undefined> {
  if (await hasKeys(db)) return undefined
  const { CREDENCE_ADMIN_KEY_FILE: file } = config
  const found = keyIn(config)
  const key = found ?? draftKey()
  if (found === undefined && file !== '') await writeKey(file, key.text)
  return (await installFirstKey(db, clock, key)) ? { text: key.text, file: file || undefined } : undefined
}

/** The key that CREDENCE_ADMIN_KEY_FILE holds; undefined where nothing is there yet. */
function keyIn({ CREDENCE_ADMIN_KEY_FILE: file }: Config): DraftedKey | undefined {
  const text = file === '' ? undefined : secretIn(file, 'CREDENCE_ADMIN_KEY_FILE')
  const key = text === undefined ? undefined : readKey(text)
  if (text === undefined || key !== undefined) return key
  throw new Error(
    `CREDENCE_ADMIN_KEY_FILE names ${file}, which holds no API key: that is cred_, 26 of the characters 0-9 a-z without i l o u, _, and 43 of base64url.`
  )
}

/** Readable by this user alone; never in place of what another instance was faster to write. */
async function writeKey(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`, { flag: 'wx', mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'another instance is just making it' : cause.code
    throw new Error(`CREDENCE_ADMIN_KEY_FILE names ${file}, which cannot be written: ${why}.`, { cause })
  })
}

/**
 * A database that was filled under a simulated clock is not for real business, and the other way
 * round.
 */
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
export async function loadModels(jurisdiction: Jurisdiction): Promise<CompiledModel[]> {
  const files = (await readdir(MODELS)).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => {
      const model = JSON.parse(await readFile(new URL(file, MODELS), 'utf8')) as ScoringModel
      assertSound(`models/${file}`, modelFaults(model, { jurisdiction }))
      return compileModel(model)
    })
  )
}

/** The shipped policy, checked. */
export async function loadPolicy(): Promise<PolicyDocument> {
  const policy = JSON.parse(await readFile(POLICY, 'utf8')) as PolicyDocument
  assertSound('policies/standard.json', policyFaults(policy))
  return policy
}

function assertSound(file: string, faults: readonly { pointer: string; detail: string }[]): void {
  if (faults.length === 0) return
  throw new Error(
    `${file} is not fit for use: ${faults.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ')}`
  )
}
