import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import progress from 'cli-progress'
import { readBooks } from './books.ts'
import { Erp } from './erp.ts'
import { type Order, readOrders } from './orders.ts'
import { type Replayed, replay } from './replay.ts'
import {
  booksReport,
  type CompanyAssessment,
  companiesReport,
  exposureReport,
  gradesReport,
  latenessReport,
  monthsReport,
  reasonsReport,
  totalsReport
} from './report.ts'
import { keyFileOf, type RunningService, startService } from './service.ts'

const EXAMPLES = join(import.meta.dirname, '..', 'examples')
/** Published accounts, and the day on which a seller would have looked at them. */
const COMPANIES = [
  { file: 'enron-2000.json', asOf: '2001-03-31' },
  { file: 'apple-2023.json', asOf: '2023-12-31' }
]
const USAGE = `npm run demo -- [--orders FILE.csv] [--data FOLDER] [--acknowledged FILE]

  --orders FILE        invoices to replay (default: examples/orders.csv)
  --data FOLDER        keep the database in this new folder, and its API key in FOLDER.key (default: a temporary one)
  --acknowledged FILE  add every write that the service has answered to this file
`

process.exitCode = await main()

/**
 * 0: the books close and the totals agree; 1: they do not, or something failed; 2: the command line
 * is wrong.
 */
async function main(): Promise<number> {
  const options = {
    orders: { type: 'string' },
    data: { type: 'string' },
    acknowledged: { type: 'string' },
    help: { type: 'boolean' }
  } as const
  let given: { orders?: string; data?: string; acknowledged?: string; help?: boolean }
  let orders: Order[]
  try {
    given = parseArgs({ options, strict: true, allowPositionals: false }).values
    if (given.help === true) {
      process.stdout.write(USAGE)
      return 0
    }
    orders = await readOrders(given.orders ?? join(EXAMPLES, 'orders.csv'))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return 2
  }
  const folder = given.data ?? (await mkdtemp(join(tmpdir(), 'credence-demo-')))
  let service: RunningService | undefined
  const cleanUp = async () => {
    await service?.stop()
    if (given.data !== undefined) return
    for (const path of [folder, keyFileOf(folder)]) await rm(path, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)))
  }
  // Whoever reads our output may stop reading, as `head` does: nothing may be left behind then
  // either.
  process.stdout.once('error', () => void cleanUp().finally(() => process.exit(1)))
  try {
    service = await startService(folder)
    return await play(service, orders, given.acknowledged)
  } catch (error) {
    process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  } finally {
    await cleanUp()
  }
}

async function play(
  service: RunningService,
  orders: readonly Order[],
  acknowledged: string | undefined
): Promise<number> {
  process.stdout.write(
    `The service runs at ${service.url} (process ${service.pid}); replaying ${orders.length} orders day by day.\n`
  )
  const erp = new Erp(service.url, service.key, acknowledged)
  const started = performance.now()
  const statementsBefore = await erp.statements()
  const replayed = await withProgress(orders.length, (progressed) => replay(erp, orders, progressed))
  const books = await readBooks(erp, replayed.customerIds)
  const seconds = (performance.now() - started) / 1_000
  const companies = await assessCompanies(erp)
  const statements = (await erp.statements()) - statementsBefore
  const [totals, agree] = totalsReport(orders, books)
  const [closing, closed] = booksReport(books)
  print(replayed, `${erp.requests} requests over ${replayed.days} days of business in ${seconds.toFixed(1)} s.\n`)
  process.stdout.write(`METRIC statements_per_request ${(statements / erp.requests).toFixed(3)}\n`)
  process.stdout.write(gradesReport(books) + latenessReport(replayed) + totals + closing + companiesReport(companies))
  return agree && closed ? 0 : 1
}

function print(replayed: Replayed, summary: string): void {
  process.stdout.write(summary + monthsReport(replayed) + reasonsReport(replayed) + exposureReport(replayed))
}

/** A bar on a terminal; nothing where nobody watches. */
async function withProgress<Result>(
  total: number,
  work: (progressed: (done: number) => void) => Promise<Result>
): Promise<Result> {
  if (!process.stdout.isTTY) return work(() => undefined)
  const bar = new progress.SingleBar(
    { format: '{bar} {percentage} % | {value} of {total} orders | {duration_formatted}' },
    progress.Presets.shades_classic
  )
  bar.start(total, 0)
  try {
    return await work((done) => bar.update(done))
  } finally {
    bar.stop()
  }
}

async function assessCompanies(erp: Erp): Promise<CompanyAssessment[]> {
  const assessed: CompanyAssessment[] = []
  for (const { file, asOf } of COMPANIES) {
    const { customer, statements } = JSON.parse(await readFile(join(EXAMPLES, file), 'utf8'))
    const { kind, country, industry, registeredOn, employees } = customer
    const profile = { kind, country, industry, registeredOn, employees }
    const answer = await erp.post<Omit<CompanyAssessment, 'name' | 'asOf'>>('/v1/assessments/simulate', {
      asOf,
      currency: 'USD',
      profile,
      statements
    })
    assessed.push({ ...answer, name: customer.name, asOf })
  }
  return assessed
}
