// What a customer costs as its history grows: the requests that look at the ledger, each after a
// new payment, for customers with up to a million invoices, over HTTP on a real PostgreSQL.
import { parseArgs } from 'node:util'
import { PROFILE, STATEMENT } from '../test/given.ts'
import { askUntilTaken, type Client, connectTo, type Request } from './http.ts'
import { type Filling, INVOICE_MINOR, ledgerStatements } from './ledger-statements.ts'
import { median, print } from './measure.ts'
import { startPostgres } from './postgres.ts'
import { type BenchService, startService } from './service.ts'

const { values: options } = parseArgs({
  options: {
    invoices: { type: 'string', default: '1000000' },
    entries: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '40' }
  }
})
const large = Number(options.invoices)
const rounds = Number(options.rounds)

/** Ten years of the large customer, and as many days of the others as the smallest has invoices. */
const FILLINGS: readonly Filling[] = [0, 1_000, 5_000, 20_000, large].map((invoices) => ({
  customerId: `C-${invoices}`,
  invoices,
  days: invoices === large ? 3_650 : 1_000,
  entries: invoices === large ? Number(options.entries) : Math.ceil(invoices / 5)
}))
/** Requests of each kind before anything is measured: so many does the service answer anew. */
const WARM = 10

const amount = `{"amount":"${(INVOICE_MINOR / 100).toFixed(2)}","currency":"CNY"}`
const today = new Date().toISOString().slice(0, 10)
let number = 0
const post = (path: string, body: string): Request => ({ method: 'POST', path, body })
const REQUESTS: Readonly<Record<string, (customerId: string) => Request>> = {
  check: (customerId) =>
    post('/v1/credit-checks', `{"customerId":"${customerId}","orderId":"O-${++number}","amount":${amount}}`),
  payment: (customerId) =>
    post(
      `/v1/customers/${customerId}/payments`,
      `{"paymentId":"P-${++number}","receivedOn":"${today}","amount":${amount}}`
    ),
  headroom: (customerId) => ({ method: 'GET', path: `/v1/customers/${customerId}/headroom` }),
  behaviour: (customerId) => ({ method: 'GET', path: `/v1/customers/${customerId}/payment-behaviour` }),
  assess: (customerId) => post(`/v1/customers/${customerId}/assessments`, '{}'),
  limit: (customerId) =>
    post(
      `/v1/customers/${customerId}/limit-decisions`,
      '{"requested":{"amount":"100000.00","currency":"CNY"},"refer":true}'
    )
}

const postgres = await startPostgres()
let service: BenchService | undefined
try {
  service = await startService(postgres)
  const before = await connectTo(service)
  for (const { customerId } of FILLINGS) {
    const customer = `/v1/customers/${customerId}`
    await askUntilTaken(before, { method: 'PUT', path: customer, body: JSON.stringify({ ...PROFILE, name: 'x' }) })
    await askUntilTaken(before, {
      method: 'PUT',
      path: `${customer}/statements/FY2025`,
      body: JSON.stringify(STATEMENT)
    })
    await askUntilTaken(before, post(`${customer}/assessments`, '{}'))
  }
  before.close()
  for (const filling of FILLINGS)
    postgres.run('psql', ['-qv', 'ON_ERROR_STOP=1'], ledgerStatements(filling).join(';\n'))
  postgres.run('psql', ['-q'], 'vacuum analyze; checkpoint;')
  console.log(
    `PostgreSQL ${postgres.version}; ${large.toLocaleString('en')} invoices over ten years with ${options.entries} entries of the journal, the`
  )
  console.log(
    `others over a thousand days. Milliseconds, medians of ${rounds} rounds in turns, a new payment before each request:`
  )
  // The service closes a connection on which nobody asked for as long as the filling took.
  const client = await connectTo(service)
  report(await measure(client))
  client.close()
} finally {
  await service?.stop()
  await postgres.stop()
}

/** Milliseconds of each kind of request, for each customer. */
type Times = ReadonlyMap<string, ReadonlyMap<string, number[]>>

async function measure(client: Client): Promise<Times> {
  const times = new Map(
    Object.keys(REQUESTS).map((name) => [name, new Map(FILLINGS.map(({ customerId }) => [customerId, [] as number[]]))])
  )
  for (let round = -WARM; round < rounds; round += 1)
    for (const [name, request] of Object.entries(REQUESTS))
      for (const { customerId } of FILLINGS) {
        await change(client, customerId)
        const start = performance.now()
        await askUntilTaken(client, request(customerId))
        if (round >= 0)
          times
            .get(name)
            ?.get(customerId)
            ?.push(performance.now() - start)
      }
  return times
}

/** An invoice and a payment: they change what is open, and what was paid. */
async function change(client: Client, customerId: string): Promise<void> {
  await askUntilTaken(client, {
    method: 'PUT',
    path: `/v1/customers/${customerId}/invoices/I-${++number}`,
    body: `{"amount":${amount},"issuedOn":"${today}","dueOn":"${today}"}`
  })
  const payment = REQUESTS.payment?.(customerId)
  if (payment !== undefined) await askUntilTaken(client, payment)
}

function report(times: Times): void {
  const cell = (text: string) => text.padStart(12)
  console.log(`${'invoices'.padEnd(12)}${FILLINGS.map(({ invoices }) => cell(invoices.toLocaleString('en'))).join('')}`)
  const medianOf = (name: string, invoices: number) => median(times.get(name)?.get(`C-${invoices}`) ?? [])
  for (const name of times.keys())
    console.log(
      `${name.padEnd(12)}${FILLINGS.map(({ invoices }) => cell(medianOf(name, invoices).toFixed(1))).join('')}`
    )
  for (const name of ['assess', 'check', 'limit']) print('METRIC', `large_${name}_ms`, medianOf(name, large), 'ms')
  print('RATIO', 'large_check', medianOf('check', large) / medianOf('check', 0))
}
