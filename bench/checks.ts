// How many credit checks a second the service answers over HTTP, as a ratio to what hand-written
// SQL does in the same run: pgbench, one statement a transaction, writing the same rows with the
// same bytes at the same concurrency on the same database.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkStatement, historyStatements, sampleOf, seedStatements } from './check-statements.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { median, print } from './measure.ts'
import { type BenchPostgres, processTime, startPostgres } from './postgres.ts'
import { type BenchService, startService } from './service.ts'

const { values: options } = parseArgs({
  options: {
    customers: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    /** Journal rows that are there before the run, and open invoices: a hundredth of them. */
    history: { type: 'string', default: '0' }
  }
})
const customers = Number(options.customers)
const seconds = Number(options.seconds)
const rounds = Number(options.rounds)
const history = Number(options.history)

const CLIENTS = [8, 16, 32, 64]
const HOT_CLIENTS = 64
const WARM_SECONDS = 8
/** While the clients of pgbench connect, transactions wait for them. */
const CONNECTING_SECONDS = 1

const postgres = await startPostgres()
let service: BenchService | undefined
const loader = fork(join(import.meta.dirname, 'load.ts'))
try {
  service = await startService(postgres)
  for (const statement of seedStatements(customers)) postgres.run('psql', ['-qv', 'ON_ERROR_STOP=1'], statement)
  for (const statement of historyStatements(history, customers))
    postgres.run('psql', ['-qv', 'ON_ERROR_STOP=1'], statement)
  postgres.run('psql', ['-q'], 'vacuum analyze; checkpoint;')
  await measure(postgres, service)
} finally {
  loader.kill()
  await service?.stop()
  await postgres.stop()
}

async function measure(postgres: BenchPostgres, { port, authorization, pid }: BenchService) {
  const load = async (order: Partial<LoadOrder>) => {
    const result = await send(loader, { port, authorization, customers, seconds, clients: 16, pace: 0, ...order })
    const { answered, approved, failed } = result
    if (failed > 0 || approved !== answered)
      throw new Error(`${failed} of ${answered} failed, ${approved} were approved`)
    return result
  }
  // Its rows are what pgbench is to write.
  await load({ seconds: 2, clients: 64 })
  const script = join(postgres.folder, 'check.sql')
  writeFileSync(script, checkStatement(sampleOf(postgres), customers))
  console.log(
    `PostgreSQL ${postgres.version}, ${customers} customers, ${history} journal rows before the run; ${rounds} rounds of ${seconds} s, medians.`
  )
  console.log(
    'pgbench: one prepared statement a transaction that locks the account, compares it with the limit and writes check, reservation,'
  )
  console.log('journal entry, idempotency key and account; the bytes are those of a check that the service decided.')
  let top = 0
  let topByHand = 0
  for (const clients of CLIENTS) {
    const byHand: number[] = []
    const byService: number[] = []
    const cost = { hand: 0, handChecks: 0, server: 0, service: 0, checks: 0 }
    for (let round = 0; round < rounds; round += 1) {
      const start = postgres.cpuSeconds()
      const perSecond = pgbench(postgres, script, clients)
      const between = postgres.cpuSeconds()
      const serviceStart = processTime(pid).seconds
      byHand.push(perSecond)
      const { answered, seconds: took } = await load({ clients })
      cost.hand += between - start
      cost.handChecks += perSecond * seconds
      cost.server += postgres.cpuSeconds() - between
      cost.service += processTime(pid).seconds - serviceStart
      cost.checks += answered
      byService.push(answered / took)
    }
    const [hand, served] = [median(byHand), median(byService)]
    top = Math.max(top, served)
    topByHand = Math.max(topByHand, hand)
    console.log(`${String(clients).padStart(3)} clients: pgbench ${hand.toFixed(0)}/s, service ${served.toFixed(0)}/s`)
    const micros = (cpuSeconds: number, checks: number) => `${Math.round((cpuSeconds * 1e6) / checks)} µs`
    console.log(
      `    processor time of a check: by hand ${micros(cost.hand, cost.handChecks)}; service ${micros(cost.service, cost.checks)}, its PostgreSQL ${micros(cost.server, cost.checks)}`
    )
    print('RATIO', `pgbench_${clients}`, served / hand)
    print('METRIC', `checks_${clients}`, served, '1/s')
  }
  console.log('The best of the service over the best of pgbench, each at whichever number of clients suits it:')
  print('RATIO', 'pgbench_best', top / topByHand)
  const hot = await load({ clients: HOT_CLIENTS, customers: 1 })
  console.log(`${HOT_CLIENTS} clients on one customer, each decision on what the one before it left; one round:`)
  print('METRIC', 'hot_customer', hot.answered / hot.seconds, '1/s')
  const pace = top / 2
  // As between two checkpoints of a service that has run for long: there are files of the log to
  // use again, its code is warm, and its tables are so large that they do not ask for a vacuum
  // every minute.
  postgres.run('psql', ['-q'], 'vacuum analyze; checkpoint;')
  await load({ clients: 64, pace, seconds: WARM_SECONDS })
  const served: LoadResult[] = []
  const byHand: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    byHand.push(pacedPgbench(postgres, script, pace))
    served.push(await load({ clients: 64, pace }))
  }
  const ofRounds = (p99s: readonly number[]) => `p99 of each round: ${p99s.map((p99) => p99.toFixed(1)).join(', ')} ms`
  console.log(
    `At half of the top load, ${pace.toFixed(0)}/s evenly, from when a request is due to its whole answer; after a vacuum, a checkpoint and ${WARM_SECONDS} s at that pace,`
  )
  console.log('without the nightly run over all open orders; medians of the rounds:')
  print('METRIC', 'p50_ms', median(served.map(({ p50 }) => p50)), 'ms')
  print('METRIC', 'p99_ms', median(served.map(({ p99 }) => p99)), 'ms')
  console.log(`  ${ofRounds(served.map(({ p99 }) => p99))}`)
  console.log('pgbench in turns with it and at the same pace, but at random moments, which is harder than evenly:')
  print('METRIC', 'pgbench_p99_ms', median(byHand), 'ms')
  console.log(`  ${ofRounds(byHand)}`)
}

/** Transactions a second. */
function pgbench(postgres: BenchPostgres, script: string, clients: number): number {
  const printed = runPgbench(postgres, ['-c', String(clients), '-f', script])
  const tps = /tps = ([\d.]+) \(without initial/.exec(printed)?.[1]
  if (tps === undefined) throw new Error(`pgbench: ${printed}`)
  return Number(tps)
}

/**
 * The 99th percentile of how long transactions of 64 clients take from when they are due, in
 * milliseconds.
 */
function pacedPgbench(postgres: BenchPostgres, script: string, pace: number): number {
  const { folder } = postgres
  runPgbench(postgres, [
    '-c',
    '64',
    '-R',
    pace.toFixed(0),
    '-f',
    script,
    '--log',
    `--log-prefix=${join(folder, 'paced')}`
  ])
  const logs = readdirSync(folder).filter((name) => name.startsWith('paced.'))
  const rows = logs.flatMap((name) => readFileSync(join(folder, name), 'latin1').trim().split('\n'))
  for (const name of logs) rmSync(join(folder, name))
  // Client, number, microseconds from when it was due, script, and when it ended: seconds and
  // microseconds.
  const transactions = rows.map((row) => {
    const [, , micros = 0, , second = 0, microsecond = 0] = row.split(' ').map(Number)
    return { ms: micros / 1_000, ended: second + microsecond / 1e6 }
  })
  const first = transactions.reduce((least, { ended }) => Math.min(least, ended), Number.POSITIVE_INFINITY)
  const counted = transactions.filter(({ ended }) => ended > first + CONNECTING_SECONDS).map(({ ms }) => ms)
  counted.sort((left, right) => left - right)
  const p99 = counted[Math.floor(counted.length * 0.99)]
  if (p99 === undefined) throw new Error('pgbench: the rounds are too short to measure')
  return p99
}

/** Runs the script for one round, and answers what is printed of it. */
function runPgbench({ run }: BenchPostgres, options: readonly string[]): string {
  const printed = run('pgbench', ['-n', '-M', 'prepared', '-j', '2', '-T', String(seconds), ...options])
  if (!/failed transactions: 0 /.test(printed)) throw new Error(`pgbench: ${printed}`)
  return printed
}

async function send(loader: ChildProcess, order: LoadOrder): Promise<LoadResult> {
  loader.send(order)
  const [result] = await once(loader, 'message')
  return result as LoadResult
}
