// What the job that scores a portfolio anew does in a second, on a real PostgreSQL, against COPY of
// the same rows out and in.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database, Reader } from '../src/database.ts'
import type { Deps } from '../src/deps.ts'
import type { KeyId } from '../src/ids.ts'
import { installShipped, modelRegistry } from '../src/models/commands.ts'
import { setSimulatedClock, simulatedClock } from '../src/platform/database/clock.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { connect } from '../src/platform/database/postgres.ts'
import { currentReports } from '../src/platform/database/reports.ts'
import { inTransaction } from '../src/platform/database/transaction.ts'
import { systemActor } from '../src/platform/values/actors.ts'
import { idOf } from '../src/platform/values/ids.ts'
import { Tally } from '../src/platform/work/tally.ts'
import { rescoringWork } from '../src/portfolio/commands/rescore.ts'
import { createRun, pageOfRuns } from '../src/portfolio/commands/runs.ts'
import { workAtRuns } from '../src/runs/commands.ts'
import { loadModels, loadPolicy } from '../src/service.ts'
import { median, print } from './measure.ts'
import { fillPortfolio, INVOICES, PORTFOLIO_TABLES } from './portfolio-data.ts'
import { startPostgres } from './postgres.ts'

const CUSTOMERS = 20_000

const DAY = '2026-03-31'

/** The first round warms up all that takes part. */
const ROUNDS = 5

const POOL = 4

/** What a run writes: the new rows of two tables, and each account as it stands after it. */
const WRITTEN = {
  assessments: "made_at = 'NOW'",
  journal: "at = 'NOW'",
  credit_accounts: "updated_at = 'NOW'"
} as const

const postgres = await startPostgres()
try {
  await bench()
} finally {
  await postgres.stop()
}

async function bench(): Promise<void> {
  const { db, pool } = connect<Database>({ connectionString: postgres.url, max: POOL })
  try {
    await migrate(db, fileURLToPath(new URL('../migrations', import.meta.url)))
    const deps = await depsOn(db)
    await fillPortfolio(db, CUSTOMERS)
    await pool.query('vacuum analyze')
    await copyTables(pool)
    const jobs: number[] = []
    const copies: number[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      const now = `${DAY}T${10 + round}:00:00.000Z`
      await setSimulatedClock(db, now)
      // Every rating is about to run out, so that the run writes all of them anew.
      await pool.query('update credit_accounts set rating_valid_until = $1::date + 30 where grade is not null', [DAY])
      await pool.query('vacuum analyze credit_accounts')
      const seconds = await secondsOf(() => rescore(deps, CUSTOMERS))
      const copied = await copySeconds(pool, now)
      if (round === 0) continue
      jobs.push(CUSTOMERS / seconds)
      copies.push(CUSTOMERS / copied)
    }
    const unchanged = CUSTOMERS / (await secondsOf(() => rescore(deps, 0)))
    for (const [index, job] of jobs.entries())
      console.log(`round ${index + 1}: ${Math.round(job)}/s, COPY ${Math.round(copies[index] ?? 0)}/s`)
    report(median(jobs), median(copies), unchanged)
  } finally {
    await db.destroy()
  }
}

async function depsOn(db: Reader): Promise<Deps> {
  const clock = simulatedClock('UTC')
  await setSimulatedClock(db, `${DAY}T00:00:00.000Z`)
  await installShipped(db, clock, await loadModels('GENERIC'))
  const jobs = { look: async () => undefined, lookSoon: () => undefined }
  const policy = await loadPolicy()
  const reports = currentReports(db)
  return {
    db,
    reports,
    clock,
    models: modelRegistry(),
    policy,
    currency: 'CNY',
    jurisdiction: 'GENERIC',
    onePerson: false,
    jobs,
    tally: new Tally()
  }
}

/** Asks for a run and works at it until it is done, as an instance of the service does. */
async function rescore(deps: Deps, changed: number): Promise<void> {
  const caller = { keyId: idOf<KeyId>('key_bench'), actor: systemActor('operator'), scopes: ['admin' as const] }
  await inTransaction(deps.db, (trx) => createRun(deps, trx, caller, {}))
  await workAtRuns(deps, rescoringWork(deps), new AbortController().signal)
  const { items } = await pageOfRuns(deps.db, { limit: 1 })
  const [run] = items
  const { counts, state } = run ?? {}
  if (state !== 'done' || counts?.scored !== CUSTOMERS || counts.changed !== changed || counts.failed !== 0)
    throw new Error(`The run is not what was asked for: ${JSON.stringify(run)}`)
}

type Pool = ReturnType<typeof connect>['pool']

/** Tables like those that a run writes, with their checks and indexes. */
async function copyTables(pool: Pool): Promise<void> {
  for (const table of Object.keys(WRITTEN))
    await pool.query(`create table copied_${table} (like ${table} including all)`)
}

/**
 * How long COPY takes to bring all that a run reads out of the database, and all that it writes in,
 * through psql in one transaction.
 */
async function copySeconds(pool: Pool, now: string): Promise<number> {
  const file = (name: string) => join(postgres.folder, name)
  for (const [table, condition] of Object.entries(WRITTEN)) {
    const rows = `(select * from ${table} where ${condition.replace('NOW', now)})`
    psql([`\\copy ${rows} to '${file(`${table}.in`)}'`])
    await pool.query(`truncate copied_${table}`)
  }
  const out = PORTFOLIO_TABLES.map((table) => `\\copy ${table} to '${file(table)}'`)
  const back = Object.keys(WRITTEN).map((table) => `\\copy copied_${table} from '${file(`${table}.in`)}'`)
  const seconds = await secondsOf(async () => psql([...out, ...back]))
  const { rows } = await pool.query<{ count: string }>('select count(*) from copied_assessments')
  if (Number(rows[0]?.count) !== CUSTOMERS) throw new Error(`COPY brought ${rows[0]?.count} assessments in.`)
  return seconds
}

/** Runs commands of psql in one transaction. */
function psql(commands: readonly string[]): void {
  const options = ['--no-psqlrc', '--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1']
  postgres.run('psql', [...options, ...commands.flatMap((command) => ['--command', command])])
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

function report(job: number, copy: number, unchanged: number): void {
  const figure = (value: number) => `${Math.round(value).toLocaleString('en')}/s`.padStart(12)
  console.log(`A portfolio of ${CUSTOMERS.toLocaleString('en')} companies, each with a set of accounts and ${INVOICES} invoices, most of them paid, scored anew by the
shipped models. PostgreSQL ${postgres.version}, started for this bench with its settings as they come, on the same machine with ${availableParallelism()} processors.
Customers a second, median of ${ROUNDS} rounds after one to warm up; the job and COPY in turns:
${figure(job)}  the job: read, score, assessment, rating and journal written and committed
${figure(copy)}  COPY by psql: the same tables out, the same new rows in, in one transaction
${figure(unchanged)}  the job where nothing has changed: it writes nothing but how far it is`)
  print('METRIC', 'portfolio', job, '1/s')
  print('METRIC', 'portfolio_unchanged', unchanged, '1/s')
  print('RATIO', 'copy', job / copy)
}
