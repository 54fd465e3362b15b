import { sql } from 'kysely'
import t from 'tap'
import { loadConfig } from '../src/config.ts'
import { openService } from '../src/service.ts'
import { testDatabase } from './database.ts'
import { givenCustomer } from './given.ts'
import { testService } from './service.ts'

const skip = process.env.TEST_DATABASE_URL ? false : 'the embedded database has one session for everything'

t.test('a report that takes its time takes no connection from a decision', { skip }, async (t) => {
  const { poolConfig } = await testDatabase(t)
  const url = poolConfig.connectionString ?? ''
  const { deps, close } = await openService(
    loadConfig({ DATABASE_URL: url, DATABASE_POOL_MAX: '1', DATABASE_READ_POOL_MAX: '1' })
  )
  t.teardown(close)
  const ended: string[] = []
  const report = sql`select pg_sleep(4)`.execute(deps.reports.db).then(() => ended.push('report'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await deps.db.transaction().execute(async (trx) => sql`select 1`.execute(trx))
  ended.push('decision')
  await report
  t.same(ended, ['decision', 'report'], 'also longer than a decision may wait for a statement')
})

t.test('nothing can be written where reports are read, and tables may be read whole', { skip }, async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { deps, close } = await openService(loadConfig({ DATABASE_URL: poolConfig.connectionString ?? '' }))
  t.teardown(close)
  await t.rejects(deps.reports.db.deleteFrom('apiKeys').execute(), { code: '25006' })
  const shown = (name: string) =>
    sql<{ value: string }>`select current_setting(${name}) as value`
      .execute(deps.reports.db)
      .then(({ rows }) => rows[0]?.value)
  t.equal(await shown('enable_seqscan'), 'on')
  t.equal(await shown('statement_timeout'), '12s')
  t.equal(
    await shown('role'),
    (await sql<{ role: string }>`select current_setting('role') as role`.execute(deps.db)).rows[0]?.role
  )
})

t.test('without a replica a list shows what its caller has just written, and says nothing of its age', async (t) => {
  const service = await testService(t)
  await givenCustomer(service, 'C-1')
  const { body, headers } = await service.send('GET', '/v1/customers')
  t.equal(body.items.length, 1)
  t.equal(headers['data-as-of'], undefined)
})

t.test('a replica without the database whose copy it is, is refused at the start', async (t) => {
  await t.rejects(
    openService(loadConfig({ DATABASE_READ_URL: 'postgres://db/credence' })),
    /names a replica of DATABASE_URL, which is empty/
  )
  await t.rejects(
    openService(loadConfig({ DATABASE_URL: 'postgres://db/credence', DATABASE_READ_URL: 'db' })),
    /DATABASE_READ_URL is not a URL/
  )
})
