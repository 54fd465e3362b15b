import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { connect, PATIENT } from '../../src/platform/database/postgres.ts'
import { inTransaction } from '../../src/platform/database/transaction.ts'
import { Problem } from '../../src/platform/values/problem.ts'
import { testDatabase } from '../database.ts'
import { cuttingProxy } from './cutting-proxy.ts'

t.setTimeout(400_000)

const skip = process.env.TEST_DATABASE_URL ? false : 'only a PostgreSQL in TEST_DATABASE_URL can vanish'

interface Schema {
  notes: { text: string }
}

const slugOf = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof Problem ? error.slug : error)
  )

t.test('a database that vanishes without a word', { skip }, async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { host, port } = new pg.Client({ connectionString: poolConfig.connectionString ?? '' })
  const proxy = await cuttingProxy(host, port)
  const url = new URL(poolConfig.connectionString ?? '')
  url.host = `127.0.0.1:${proxy.port}`
  url.search = ''
  const connection = { connectionString: url.href, max: 1 }
  const { db } = connect<Schema>(connection)
  t.teardown(async () => {
    await db.destroy()
    await proxy.close()
  })
  await sql`create table notes (text text not null)`.execute(db)
  const write = (trx: Kysely<Schema>, text: string) => trx.insertInto('notes').values({ text }).execute()
  const notes = async () => (await db.deleteFrom('notes').returning('text').execute()).map(({ text }) => text)

  await t.test('leaves nobody hanging, and has written nothing before the commit', async (t) => {
    const call = inTransaction(db, async (trx) => {
      await write(trx, 'one')
      proxy.vanishAfter(0)
      await write(trx, 'two')
    })
    t.equal(await slugOf(call), 'temporary-reduced-capacity')
    t.equal(await slugOf(inTransaction(db, (trx) => write(trx, 'three'))), 'temporary-reduced-capacity')
    proxy.reappear()
    t.same(await notes(), [], 'and the silent connection is not used again')
  })

  await t.test('leaves the outcome unknown when it vanishes during the commit', async (t) => {
    const call = inTransaction(db, async (trx) => {
      await write(trx, 'one')
      proxy.vanishAfter(1)
    })
    t.equal(await slugOf(call), 'outcome-unknown')
    proxy.reappear()
    t.same(await notes(), ['one'])
  })

  await t.test('is told from one that takes its time where that is allowed', async (t) => {
    const patient = connect<Schema>({ ...connection, settings: PATIENT })
    t.teardown(() => patient.db.destroy())
    await sql`select pg_sleep(5.5)`.execute(patient.db)
    t.equal(await slugOf(inTransaction(db, (trx) => sql`select pg_sleep(5.5)`.execute(trx))), 'contention')
    t.same(await notes(), [], 'and its connection is still good')
  })
})
