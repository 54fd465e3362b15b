import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import {
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres
} from '../../../src/platform/database/embedded-postgres.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const writer = new URL('./embedded-postgres-writer.ts', import.meta.url).pathname

/** Creating a database takes two seconds, copying one a tenth. */
const template = temporaryFolder(t)
await (await startEmbeddedPostgres({ dataDir: template, fsync: false })).stop()

function existingDatabase(t: Test): string {
  const dataDir = temporaryFolder(t)
  cpSync(template, dataDir, { recursive: true })
  return dataDir
}

async function started(t: Test, options: EmbeddedPostgresOptions) {
  const postgres = await startEmbeddedPostgres(options)
  const pool = new pg.Pool({ host: postgres.socketDirectory, user: 'postgres', database: 'postgres', max: 1 })
  t.teardown(async () => {
    await pool.end().catch(() => undefined)
    await postgres.stop()
  })
  return { postgres, pool }
}

t.test('a folder that does not exist becomes a database that only this user can reach', async (t) => {
  const dataDir = join(temporaryFolder(t), 'deep', 'data')
  const { postgres, pool } = await started(t, { dataDir })
  const { rows } = await pool.query('select 1 + 1 as two')
  t.same(rows, [{ two: 2 }])
  t.equal(statSync(postgres.socketDirectory).mode & 0o777, 0o700)
  t.equal(statSync(join(dataDir, 'postgres')).mode & 0o777, 0o700)
})

t.test('nothing that guards a commit is switched off', async (t) => {
  const { pool } = await started(t, { dataDir: existingDatabase(t) })
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']) {
    const { rows } = await pool.query(`show ${setting}`)
    t.equal(rows[0]?.[setting], 'on', setting)
  }
})

t.test('stopping keeps the data, gives the folder free and leaves nothing behind', async (t) => {
  const dataDir = existingDatabase(t)
  const first = await started(t, { dataDir })
  await first.pool.query('create table kept as select 42 as answer')
  await first.pool.end()
  await Promise.all([first.postgres.stop(), first.postgres.stop()])
  t.same(readdirSync(dataDir), ['postgres'], 'no lock')
  t.notOk(existsSync(first.postgres.socketDirectory), 'no socket')

  const second = await started(t, { dataDir })
  const { rows } = await second.pool.query('select answer from kept')
  t.same(rows, [{ answer: 42 }])
})

t.test('a folder in use is refused with a sentence that says so, and its holder goes on undisturbed', async (t) => {
  const dataDir = existingDatabase(t)
  const { pool } = await started(t, { dataDir })
  const other = spawn(process.execPath, [writer, dataDir], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  other.stderr.on('data', (chunk) => said.push(String(chunk)))
  const [code] = await once(other, 'exit')
  t.not(code, 0)
  t.match(said.join(''), `The data folder ${dataDir} is in use by process ${process.pid}: stop that process first`)
  t.same((await pool.query('select 1 as one')).rows, [{ one: 1 }])
})

t.test('a folder that cannot be made is refused with a sentence that names it', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const dataDir = join(folder, 'file', 'data')
  await t.rejects(startEmbeddedPostgres({ dataDir }), { message: `The data folder ${dataDir} cannot be created` })
})

t.test('a database that cannot be opened is refused with a sentence, and the folder is free again', async (t) => {
  const dataDir = existingDatabase(t)
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '9\n')
  await t.rejects(startEmbeddedPostgres({ dataDir }), {
    message: `The embedded database in ${dataDir} could not be opened`
  })
  t.same(readdirSync(dataDir), ['postgres'])
})

t.test('a creation that was killed half way is begun anew', async (t) => {
  const dataDir = temporaryFolder(t)
  mkdirSync(join(dataDir, 'postgres.new'))
  writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n')
  const { pool } = await started(t, { dataDir })
  t.same((await pool.query('select 1 as one')).rows, [{ one: 1 }])
  t.notOk(existsSync(join(dataDir, 'postgres.new')))
})

t.test('every acknowledged row survives kill -9 in the middle of writing, and nothing needs repair', async (t) => {
  const dataDir = existingDatabase(t)
  for (const rowsAtLeast of [1, 200, 500]) {
    const { acknowledged, socketDirectory } = await killedWhileWriting(t, dataDir, rowsAtLeast)
    const { postgres, pool } = await started(t, { dataDir })
    t.notOk(existsSync(socketDirectory), 'the dead process left no socket folder')
    const { rows } = await pool.query<{ highest: number; rows: number }>(
      'select max(number) as highest, count(*)::integer as rows from acknowledged'
    )
    t.ok(
      (rows[0]?.highest ?? 0) >= acknowledged,
      `row ${acknowledged} was acknowledged, ${rows[0]?.highest} is the highest`
    )
    t.equal(rows[0]?.rows, rows[0]?.highest, 'no gap')
    await pool.end()
    await postgres.stop()
  }
})

async function killedWhileWriting(t: Test, dataDir: string, rowsAtLeast: number) {
  const child: ChildProcess = spawn(process.execPath, [writer, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  let acknowledged = 0
  let socketDirectory = ''
  let seen = 0
  if (child.stdout === null) throw new Error('the writer has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('socket ')) socketDirectory = line.slice('socket '.length)
    else acknowledged = Number(line.slice('row '.length))
    // Killed at once, yet what it said before it died is read to the end.
    if (++seen === rowsAtLeast + 1) child.kill('SIGKILL')
  }
  await exited
  return { acknowledged, socketDirectory }
}

t.test('each connection finds the one session as if it were its own', async (t) => {
  const { postgres, pool } = await started(t, { dataDir: existingDatabase(t), fsync: false })
  const client = await pool.connect()
  await client.query({ name: 'same-name', text: 'select 1 as one' })
  await client.query("set timezone = 'Asia/Shanghai'")
  await client.query('begin')
  await client.query('create table never_committed (n integer)')
  client.release(new Error('the connection breaks within its transaction'))

  const fresh = new pg.Client({ host: postgres.socketDirectory, user: 'postgres', database: 'postgres' })
  await fresh.connect()
  t.teardown(() => fresh.end())
  t.same(
    (await fresh.query({ name: 'same-name', text: 'select 1 as one' })).rows,
    [{ one: 1 }],
    'a known name is no conflict'
  )
  t.same((await fresh.query('show timezone')).rows, [{ TimeZone: 'UTC' }])
  t.same((await fresh.query("select to_regclass('never_committed') as found")).rows, [{ found: null }])
})

t.test('a statement that is refused leaves the connection usable', async (t) => {
  const { pool } = await started(t, { dataDir: existingDatabase(t), fsync: false })
  for (let round = 0; round < 3; round++) {
    await t.rejects(pool.query('select $1::integer / 0', [1]), { code: '22012' })
    await t.rejects(pool.query({ name: `broken-${round}`, text: 'select no_such_column' }), { code: '42703' })
    t.same((await pool.query({ name: 'fine', text: 'select $1::integer as n', values: [round] })).rows, [{ n: round }])
  }
})

t.test(
  'the log of changes is checkpointed as it grows, and tables get statistics, without a server that would do it',
  async (t) => {
    const { pool } = await started(t, { dataDir: existingDatabase(t), fsync: false })
    const checkpoint = async () =>
      (await pool.query('select checkpoint_lsn::text as at from pg_control_checkpoint()')).rows[0]?.at
    await pool.query('create table growing (n integer, filler text)')
    // A role that may do neither itself: what the clients took on is taken on again afterwards.
    await pool.query('create role little')
    await pool.query('grant select, insert on growing to little')
    await pool.query('set role little')
    const before = await checkpoint()
    for (let round = 0; round < 25 && (await checkpoint()) === before; round++) {
      await pool.query("insert into growing select n, repeat('x', 200) from generate_series(1, 5000) n")
      await delay(200)
    }
    t.not(await checkpoint(), before)
    const { rows } = await pool.query("select reltuples > 0 as known from pg_class where relname = 'growing'")
    t.same(rows, [{ known: true }])
    t.same((await pool.query('select current_user as name')).rows, [{ name: 'little' }])
  }
)
