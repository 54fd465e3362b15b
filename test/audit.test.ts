import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import type { Database } from '../src/database.ts'
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts'
import { connect } from '../src/platform/database/postgres.ts'
import { makeTemplateFolder } from './database.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** What the command prints, and how it ends. */
function audit(dataDir: string): Promise<{ code: number; said: string }> {
  const file = join(import.meta.dirname, '..', 'src', 'audit.ts')
  const env = { PATH: process.env.PATH, CREDENCE_DATA_DIR: dataDir, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' }
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr })
    })
  })
}

async function inDatabase(dataDir: string, statement: string) {
  const { socketDirectory, stop } = await startEmbeddedPostgres({ dataDir, fsync: false })
  const { db } = connect<Database>({ host: socketDirectory, user: 'postgres', database: 'postgres', max: 1 })
  try {
    return (await sql.raw<Record<string, unknown>>(statement).execute(db)).rows
  } finally {
    await db.destroy()
    await stop()
  }
}

async function migratedFolder(t: Test): Promise<string> {
  const dataDir = temporaryFolder(t)
  await makeTemplateFolder(dataDir)
  return dataDir
}

t.test('the audit prints a line for each invariant and ends with 0, or with 1 when one is broken', async (t) => {
  const dataDir = await migratedFolder(t)
  const sound = await audit(dataDir)
  t.equal(sound.code, 0, sound.said)
  t.match(
    sound.said,
    /^holds {2}I1 .*\n(.*\n)*- {6}I7 .*\n(.*\n)*The ledger is sound: 0 customers, 0 journal entries\.\n$/
  )
  t.equal(sound.said.trimEnd().split('\n').length, 23, 'twenty-two invariants, and the sum of it')

  await inDatabase(
    dataDir,
    `insert into customers (customer_id, kind, name, profile, version, created_at, updated_at)
      values ('C-1', 'company', 'Nobody opened an account for it', '{}', 1, now(), now())`
  )
  const broken = await audit(dataDir)
  t.equal(broken.code, 1)
  t.match(broken.said, /BROKEN I2 .* First: C-1: there is no credit account\n/)
  t.match(broken.said, /The ledger is BROKEN: 1 customers/)
})

t.test('the audit makes no database and changes none: what it does not know it leaves as it is', async (t) => {
  const nowhere = join(temporaryFolder(t), 'data')
  const none = await audit(nowhere)
  t.equal(none.code, 2)
  t.match(none.said, /There is no database in .*data: set CREDENCE_DATA_DIR or DATABASE_URL/)
  t.throws(() => readdirSync(nowhere), { code: 'ENOENT' })

  const dataDir = await migratedFolder(t)
  const last = '(select max(name) from schema_migrations)'
  const [{ name } = { name: '' }] = await inDatabase(
    dataDir,
    `delete from schema_migrations where name = ${last} returning name`
  )
  const behind = await audit(dataDir)
  t.equal(behind.code, 2)
  t.match(behind.said, new RegExp(`is not up to date: it lacks ${name}. Start the service once`))
  t.same(await inDatabase(dataDir, `select count(*)::integer as n from schema_migrations where name = '${name}'`), [
    { n: 0 }
  ])

  await inDatabase(
    dataDir,
    `insert into schema_migrations (name, timestamp) values ('${name}', ''), ('9999_later', '')`
  )
  const ahead = await audit(dataDir)
  t.equal(ahead.code, 2)
  t.match(ahead.said, /belongs to a newer version \(9999_later\): use that one/)
})
