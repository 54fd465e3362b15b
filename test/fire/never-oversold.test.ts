import t from 'tap'
import { testDatabase } from '../database.ts'
import { TEST_DAY } from '../service.ts'
import type { Answered } from './client.ts'
import { newCustomer } from './customers.ts'
import { audited } from './seeds.ts'
import { openStage, type Stage } from './stage.ts'

const RUNS = 100
const CLIENTS = 64
const ORDER = '10000.00'
const ORDER_MINOR = 1_000_000
/**
 * As many orders as a limit of half a million grants, less some: every run has more orders than
 * fit.
 */
const FIT_MAX = 48

t.setTimeout(1_200_000)

const skip = process.env.TEST_DATABASE_URL ? false : 'clients at once need a PostgreSQL in TEST_DATABASE_URL'

t.test(
  `case 35: ${CLIENTS} clients on one customer, ${RUNS} times: as many orders are approved as fit`,
  { skip },
  async (t) => {
    const { poolConfig } = await testDatabase(t)
    const databaseUrl = poolConfig.connectionString ?? ''
    const stage = await openStage({ databaseUrl, inProcess: 2, processes: 0, from: `${TEST_DAY}T12:00:00.000Z` })
    t.teardown(() => stage.close())
    for (let run = 1; run <= RUNS; run += 1) {
      const fit = ((run * 7) % FIT_MAX) + 1
      const customerId = `E-${run}`
      await newCustomer(stage, customerId, fit * ORDER_MINOR)
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) => ordered(stage, customerId, client))
      )
      const approved = answers.filter(({ body }) => body.outcome === 'approved').length
      const referred = answers.filter(({ body }) => body.outcome === 'referred').length
      t.same({ approved, referred }, { approved: fit, referred: CLIENTS - fit }, `run ${run}`)
      const { body } = await stage.ask({ method: 'GET', path: `/v1/customers/${customerId}/limit` })
      t.match(body, { available: { amount: '0.00' } })
    }
    t.equal(await audited(stage), undefined)
  }
)

/** One client's order. Where the database was too busy, the same request is sent again. */
async function ordered(stage: Stage, customerId: string, client: number): Promise<Answered> {
  const body = { customerId, orderId: `SO-${client}`, amount: { amount: ORDER, currency: 'CNY' } }
  const asked = { method: 'POST', path: '/v1/credit-checks', key: `${customerId}-${client}`, body } as const
  const answer = await stage.send(client, asked)
  return typeof answer === 'object' && answer.status !== 503 ? answer : stage.ask(asked)
}
