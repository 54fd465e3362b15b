import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { createKey } from '../../src/access/commands.ts'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openService } from '../../src/service.ts'
import { testDatabase } from '../database.ts'
import { cny, givenLimit } from '../given.ts'
import { clientOf } from '../service.ts'
import { poolerProgram, startPooler } from './pooler.ts'

t.setTimeout(300_000)

const program = poolerProgram()
const skip = !process.env.TEST_DATABASE_URL
  ? 'a pooler stands before a PostgreSQL'
  : program === undefined
    ? 'PgBouncer is not installed'
    : false

const CUSTOMERS = ['C-1', 'C-2', 'C-3']
const ORDERS = 30

t.test('a pooler that lends one session to several connections is refused at the start', { skip }, async (t) => {
  const url = await pooled(t, 'transaction')
  await t.rejects(openService(loadConfig({ DATABASE_URL: url })), /Let it pool by session/)
})

t.test('through a pooler by session the service has its settings, and nothing is oversold', { skip }, async (t) => {
  const url = await pooled(t, 'session')
  for (const round of [1, 2]) {
    const service = await openService(loadConfig({ DATABASE_URL: url, DATABASE_POOL_MAX: '6' }))
    const app = await buildApp(service.deps, {
      logger: false,
      rateLimitPerMinute: 1_000_000,
      trustedProxies: 0,
      eventLoopDelayMaxMs: 0,
      simulation: false
    })
    const { db, reports } = service.deps
    const settings = sql<Record<string, string>>`select current_setting('statement_timeout') as statement_timeout,
      current_setting('lock_timeout') as lock_timeout, current_setting('enable_seqscan') as enable_seqscan,
      current_setting('default_transaction_read_only') as read_only, current_user as role`
    const [ofDecisions] = (await settings.execute(db)).rows
    t.match(ofDecisions, { statementTimeout: '3s', lockTimeout: '2s', enableSeqscan: 'off', readOnly: 'off' })
    t.match(ofDecisions?.role, /_app$/)
    t.match((await settings.execute(reports.db)).rows[0], { statementTimeout: '12s', readOnly: 'on' })

    const { value } = await createKey(service.deps, db, { name: `round ${round}`, scopes: ['admin'] })
    const client = clientOf(app, `Bearer ${value.key}`)
    if (round === 1) for (const customerId of CUSTOMERS) await givenLimit(client, customerId, '10000.00')
    const today = new Date().toISOString().slice(0, 10)
    const loads = CUSTOMERS.flatMap((customerId) =>
      Array.from({ length: ORDERS }, async (_none, index) => {
        const orderId = `SO-${round}-${index}`
        const { body } = await client.send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny('600.00') })
        const payment = { paymentId: `P-${round}-${index}`, receivedOn: today, amount: cny('10.00') }
        if (index % 5 === 0) await client.send('POST', `/v1/customers/${customerId}/payments`, payment)
        return body.outcome as string
      })
    )
    const outcomes = await Promise.all(loads)
    t.ok(outcomes.includes('approved') || round === 2)
    for (const customerId of CUSTOMERS) {
      const { body } = await client.send('GET', `/v1/customers/${customerId}/exposure`)
      t.equal(body.overLimit, false, JSON.stringify(body.exposure))
    }
    const audit = (await client.send('GET', '/v1/audit/self-check')).body
    t.equal(audit.valid, true, JSON.stringify(audit.findings))
    await app.close()
    await service.close()
  }
})

async function pooled(t: Test, mode: 'session' | 'transaction'): Promise<string> {
  const { poolConfig } = await testDatabase(t)
  return startPooler(t, { program: program ?? '', databaseUrl: poolConfig.connectionString ?? '', mode })
}
