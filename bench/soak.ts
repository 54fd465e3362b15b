// Whether the service is as fast after ten minutes as after one: orders that are checked, captured,
// invoiced and paid, with a look at the customer after every twentieth, over HTTP on a real
// PostgreSQL. Each customer's history grows with them.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { givenCustomers } from './given-customers.ts'
import { type Answer, type Client, connectTo, type Request } from './http.ts'
import { print } from './measure.ts'
import { startPostgres } from './postgres.ts'
import { type BenchService, memoryMb, startService } from './service.ts'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    customers: { type: 'string', default: '200' },
    clients: { type: 'string', default: '24' }
  }
})
const minutes = Number(options.minutes)
const customers = Number(options.customers)
const clients = Number(options.clients)

const MINUTE_MS = 60_000
/** How often the memory is looked at. */
const WATCH_MS = 500
/** One order in so many is followed by a look at its customer. */
const LOOK_EVERY = 20
const AMOUNT = '{"amount":"100.00","currency":"CNY"}'

const postgres = await startPostgres()
let service: BenchService | undefined
try {
  service = await startService(postgres)
  const { port, authorization } = service
  const connect = () => connectTo({ port, authorization })
  await givenCustomers(await connect(), postgres, customers)
  const connected = await Promise.all(Array.from({ length: clients }, connect))
  console.log(
    `PostgreSQL ${postgres.version}, ${customers} customers, ${clients} clients, ${minutes} minutes; requests in each minute:`
  )
  report(await soak(connected, service.pid))
  for (const { close } of connected) close()
} finally {
  await service?.stop()
  await postgres.stop()
}

/** What a soak came to. */
interface Soaked {
  /** Requests of each whole minute. */
  readonly minutes: readonly number[]
  readonly failed: number
  /** Of each minute the least memory of the service's process: garbage comes and goes. */
  readonly leastMb: readonly number[]
}

async function soak(connected: readonly Client[], pid: number): Promise<Soaked> {
  const counts = Array.from({ length: minutes }, () => 0)
  const leastMb: number[] = []
  let failed = 0
  const start = performance.now()
  const end = start + minutes * MINUTE_MS
  const minuteNow = () => Math.min(minutes - 1, Math.floor((performance.now() - start) / MINUTE_MS))
  const watch = setInterval(() => {
    leastMb[minuteNow()] = Math.min(leastMb[minuteNow()] ?? Number.POSITIVE_INFINITY, memoryMb(pid, 'VmRSS'))
  }, WATCH_MS)
  const count = ({ status, body }: Answer): Answer => {
    counts[minuteNow()] = (counts[minuteNow()] ?? 0) + 1
    if (status >= 300) failed += 1
    return { status, body }
  }
  await Promise.all(
    connected.map(async ({ ask }, index) => {
      const counted = async (request: Request) => count(await ask(request))
      for (let order = index; performance.now() < end; order += 1) await oneOrder(counted, order % LOOK_EVERY === 0)
    })
  )
  clearInterval(watch)
  return { minutes: counts, failed, leastMb }
}

/** An order from its check to its payment. */
async function oneOrder(ask: (request: Request) => Promise<Answer>, withLook: boolean): Promise<void> {
  const customerId = `C-${1 + Math.floor(Math.random() * customers)}`
  const customer = `/v1/customers/${customerId}`
  const id = randomUUID()
  const today = new Date().toISOString().slice(0, 10)
  const check = `{"customerId":"${customerId}","orderId":"SO-${id}","amount":${AMOUNT}}`
  const { body } = await ask({ method: 'POST', path: '/v1/credit-checks', body: check, key: id })
  const checkId = /"checkId":"([^"]+)"/.exec(body)?.[1]
  await ask({
    method: 'POST',
    path: `/v1/credit-checks/${checkId}/captures`,
    body: `{"amount":${AMOUNT},"invoiceId":"I-${id}","final":true}`
  })
  await ask({
    method: 'PUT',
    path: `${customer}/invoices/I-${id}`,
    body: `{"amount":${AMOUNT},"issuedOn":"${today}","dueOn":"${today}"}`
  })
  await ask({
    method: 'POST',
    path: `${customer}/payments`,
    body: `{"paymentId":"P-${id}","receivedOn":"${today}","amount":${AMOUNT}}`
  })
  if (!withLook) return
  await ask({ method: 'GET', path: `${customer}/payment-behaviour` })
  await ask({ method: 'POST', path: `${customer}/assessments`, body: '{}' })
  await ask({ method: 'GET', path: `${customer}/exposure` })
}

function report({ minutes: counts, failed, leastMb }: Soaked): void {
  for (const [minute, count] of counts.entries())
    console.log(`${String(count).padStart(10)} requests, ${leastMb[minute]?.toFixed(0)} MB at least`)
  // The first minute warms up all that takes part.
  const lastOverSecond = (of: readonly number[], compare: (last: number, second: number) => number) =>
    compare(of.at(-1) ?? Number.NaN, of[1] ?? Number.NaN)
  print(
    'RATIO',
    'soak_last_first',
    lastOverSecond(counts, (last, second) => last / second)
  )
  print(
    'METRIC',
    'soak_rss_growth_mb',
    lastOverSecond(leastMb, (last, second) => last - second),
    'MB'
  )
  print('METRIC', 'soak_failed', failed)
}
