import { sql } from 'kysely'
import t from 'tap'
import { fillPortfolio, INVOICES } from '../../bench/portfolio-data.ts'
import type { Database } from '../../src/database.ts'
import { connect } from '../../src/platform/database/postgres.ts'
import { testDatabase } from '../database.ts'

t.test('the portfolio that the benchmark scores fits the tables as they are now', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect<Database>(poolConfig)
  t.teardown(() => db.destroy())
  await fillPortfolio(db, 3)
  const count = (table: string) => sql`(select count(*)::int from ${sql.table(table)})`
  const { rows } = await sql`select ${count('customers')} as customers, ${count('invoices')} as invoices,
    (select count(*)::int from credit_accounts where orders_minor = 0) as accounts`.execute(db)
  t.match(rows, [{ customers: 3, accounts: 3, invoices: 3 * INVOICES }])
})
