import pg from 'pg'
import t from 'tap'
import { testDatabase } from './database.ts'

t.test('a test file gets a migrated database of its own', async (t) => {
  const [one, other] = await Promise.all([testDatabase(t), testDatabase(t)])
  const first = new pg.Pool(one.poolConfig)
  const second = new pg.Pool(other.poolConfig)
  t.teardown(() => Promise.all([first.end(), second.end()]))
  await first.query('create table only_here (n integer)')
  const { rows } = await second.query(
    "select to_regclass('only_here') as stranger, to_regclass('schema_migrations')::text as migrated"
  )
  t.same(rows, [{ stranger: null, migrated: 'schema_migrations' }])
})
