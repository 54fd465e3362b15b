import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { createKey } from '../../src/access/commands.ts'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openService } from '../../src/service.ts'
import { testDatabase } from '../database.ts'
import { cny, givenLimit } from '../given.ts'
import { clientOf } from '../service.ts'
import { startServiceProcess } from './service-process.ts'

// An instance that is not heard from is taken for dead after some twenty seconds.
t.setTimeout(300_000)

const skip = process.env.TEST_DATABASE_URL ? false : 'instances share a PostgreSQL in TEST_DATABASE_URL'

const CUSTOMERS = 20
/** In the order of ids: so many customers come before the one who is held. */
const BEFORE = 8

const idOf = (number: number) => `C-${String(number).padStart(3, '0')}`

t.test('a run whose instance is killed is taken on by another one, and nothing is done twice', { skip }, async (t) => {
  const { poolConfig } = await testDatabase(t)
  const url = poolConfig.connectionString ?? ''
  const service = await openService(
    loadConfig({ DATABASE_URL: url, CREDENCE_SIMULATION: 'true', CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' })
  )
  const { deps } = service
  const app = await buildApp(deps, {
    logger: false,
    rateLimitPerMinute: 1_000_000,
    trustedProxies: 0,
    eventLoopDelayMaxMs: 0,
    simulation: true
  })
  t.teardown(async () => {
    await app.close()
    await service.close()
  })
  const { value } = await createKey(deps, deps.db, { name: 'test', scopes: ['admin'] })
  const { send } = clientOf(app, `Bearer ${value.key}`)
  await send('PUT', '/simulation/clock', { now: '2026-03-31T12:00:00.000Z' })
  for (let number = 1; number <= CUSTOMERS; number += 1) {
    const customerId = idOf(number)
    await givenLimit({ send }, customerId, '10000.00')
    await send('POST', '/v1/credit-checks', { customerId, orderId: 'SO-1', amount: cny('1000.00') })
    await send('PUT', `/v1/customers/${customerId}/hold`, { reason: 'Petition for insolvency' })
  }
  const { body: asked } = await send('POST', '/v1/recheck-runs', {})
  const read = async () => (await send('GET', `/v1/recheck-runs/${asked.runId}`)).body
  const until = async (isReached: (run: Awaited<ReturnType<typeof read>>) => boolean) => {
    const end = performance.now() + 120_000
    for (;;) {
      const run = await read()
      if (isReached(run)) return run
      if (performance.now() > end) throw new Error(`the run is not there: ${JSON.stringify(run)}`)
      await sleep(50)
    }
  }

  // The instance that is at it stands within a step when it is killed.
  const killed = await startServiceProcess(url, true)
  await deps.db.transaction().execute(async (trx) => {
    await sql`select from credit_accounts where customer_id = ${idOf(BEFORE + 1)} for update`.execute(trx)
    await until(({ counts }) => counts.customers === BEFORE)
    await killed.kill()
  })
  const stood = await read()
  t.match(stood, { state: 'running', counts: { customers: BEFORE, orders: BEFORE, atRisk: BEFORE } })
  t.equal(stood.findings.length, BEFORE, 'what it found by then can be read')

  const other = await startServiceProcess(url, true)
  t.teardown(() => other.kill())
  const run = await until(({ finishedAt }) => finishedAt !== null)
  t.match(run, { state: 'done', counts: { customers: CUSTOMERS, orders: CUSTOMERS, atRisk: CUSTOMERS, failed: 0 } })
  t.same(
    run.findings.map(({ customerId }: { customerId: string }) => customerId),
    Array.from({ length: CUSTOMERS }, (_none, index) => idOf(index + 1))
  )
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from journal where type = 'order.at_risk'`.execute(deps.db)
  t.same(rows, [{ count: CUSTOMERS }], 'each order was reported once')
  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
})
