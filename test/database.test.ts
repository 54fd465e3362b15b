import { join } from 'node:path'
import t from 'tap'
import { migrate } from '../src/platform/database/migrate.ts'
import { connect } from '../src/platform/database/postgres.ts'
import { testDatabase } from './database.ts'

t.test('a test file gets a migrated database of its own', async (t) => {
  const [one, other] = await Promise.all([testDatabase(t), testDatabase(t)])
  // The server may end a session before its pool has: only our own pools take that for no fault.
  const [first, second] = [connect(one.poolConfig), connect(other.poolConfig)]
  t.teardown(() => Promise.all([first.db.destroy(), second.db.destroy()]))
  await first.pool.query('create table only_here (n integer)')
  const { rows } = await second.pool.query(
    "select to_regclass('only_here') as stranger, to_regclass('schema_migrations')::text as migrated"
  )
  t.same(rows, [{ stranger: null, migrated: 'schema_migrations' }])
})

t.test('case 59: a database that a newer version has migrated is refused by name, and is left as it is', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db, pool } = connect({ ...poolConfig, max: 1 })
  t.teardown(() => db.destroy())
  await pool.query("insert into schema_migrations (name, timestamp) values ('9999_of_a_newer_version', '')")
  const refused = /migrated by a newer version \(9999_of_a_newer_version\)/
  const count = async () => (await pool.query('select 1 from schema_migrations')).rows.length
  const before = await count()
  await t.rejects(migrate(db, join(import.meta.dirname, '..', 'migrations')), refused)
  t.equal(await count(), before)
})
