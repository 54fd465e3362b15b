// Started as a process of its own by embedded-postgres.test.ts, which kills it: writes rows for
// ever and says each number once it is acknowledged.
import pg from 'pg'
import { startEmbeddedPostgres } from '../../../src/platform/database/embedded-postgres.ts'

const [dataDir = ''] = process.argv.slice(2)
const { socketDirectory } = await startEmbeddedPostgres({ dataDir })
const pool = new pg.Pool({ host: socketDirectory, user: 'postgres', database: 'postgres', max: 1 })
await pool.query('create table if not exists acknowledged (number integer primary key, filler text not null)')
const { rows } = await pool.query<{ first: number }>('select coalesce(max(number), 0) + 1 as first from acknowledged')
console.log(`socket ${socketDirectory}`)
for (let number = rows[0]?.first ?? 1; ; number++) {
  const client = await pool.connect()
  await client.query('begin')
  await client.query('insert into acknowledged values ($1, $2)', [number, 'x'.repeat(500)])
  await client.query('commit')
  client.release()
  console.log(`row ${number}`)
}
