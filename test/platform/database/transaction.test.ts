import { type Kysely, sql, type Transaction } from 'kysely'
import t from 'tap'
import { connect, statementsSent } from '../../../src/platform/database/postgres.ts'
import { inTransaction, storageProblem } from '../../../src/platform/database/transaction.ts'
import { Problem } from '../../../src/platform/values/problem.ts'
import { testDatabase } from '../../database.ts'

interface Schema {
  notes: { text: string }
}

const { poolConfig, kind } = await testDatabase(t)
const { db } = connect<Schema>(poolConfig)
t.teardown(() => db.destroy())
await sql`create table notes (text text not null)`.execute(db)
// Fails at the commit, with the error whose code is written in the note.
await sql`
  create function fail_at_commit() returns trigger language plpgsql as $$
  begin
    if new.text like 'commit %' then
      raise exception 'told to' using errcode = substr(new.text, 8);
    end if;
    return null;
  end $$`.execute(db)
await sql`
  create constraint trigger fail_at_commit after insert on notes
  deferrable initially deferred for each row execute function fail_at_commit()`.execute(db)

const write = (trx: Kysely<Schema>, text: string) => trx.insertInto('notes').values({ text }).execute()

/** The notes since the last time it was asked. */
async function notes(): Promise<string[]> {
  const rows = await db.deleteFrom('notes').returning('text').execute()
  return rows.map(({ text }) => text)
}

/** Makes the database itself fail with a code. */
const fail = (trx: Transaction<Schema>, code: string) =>
  sql.raw(`do $$ begin raise exception 'told to' using errcode = '${code}'; end $$`).execute(trx)

/** What a call is rejected with. */
async function rejection(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new Error('the call succeeded')
}

const slugOf = (error: unknown) => (error instanceof Problem ? error.slug : undefined)

t.test('statements are counted, the begin and end of a transaction are not', async (t) => {
  const before = statementsSent(db)
  await inTransaction(db, (trx) => write(trx, 'counted'))
  await inTransaction(db, (trx) => write(trx, 'taken back'), { dryRun: true })
  t.equal(statementsSent(db) - before, 2)
  t.same(await notes(), ['counted'])
  t.equal(statementsSent(db) - before, 3)
})

t.test('what is done in a transaction stays, and its result is the answer', async (t) => {
  const answer = await inTransaction(db, async (trx) => {
    await write(trx, 'one')
    await write(trx, 'two')
    return 42
  })
  t.equal(answer, 42)
  t.same(await notes(), ['one', 'two'])
})

t.test('nothing stays when the work fails, and its error is passed on as it is', async (t) => {
  const errors = [
    new Problem('not-found', { en: 'Nothing is there.', zh: '没有内容。' }),
    new TypeError('a fault of the program')
  ]
  for (const expected of errors) {
    const error = await rejection(
      inTransaction(db, async (trx) => {
        await write(trx, 'half')
        throw expected
      })
    )
    t.equal(error, expected)
  }
  const broken = await rejection(inTransaction(db, (trx) => fail(trx, '23514')))
  t.match(broken, { code: '23514' }, 'a violated constraint is a fault of the service')
  t.same(await notes(), [])
})

t.test('a dry run answers like the real one, and leaves nothing', async (t) => {
  const work = async (trx: Transaction<Schema>) => {
    await write(trx, 'dry')
    return trx.selectFrom('notes').selectAll().execute()
  }
  t.same(await inTransaction(db, work, { dryRun: true }), [{ text: 'dry' }])
  t.same(await notes(), [])
  t.equal(await inTransaction(db, async () => undefined, { dryRun: true }), undefined)
  const error = await rejection(
    inTransaction(
      db,
      async () => Promise.reject(new Problem('not-found', { en: 'Nothing is there.', zh: '没有内容。' })),
      { dryRun: true }
    )
  )
  t.equal(slugOf(error), 'not-found')
})

t.test('a conflict with another transaction is tried again, and only the last try stays', async (t) => {
  for (const code of ['40001', '40P01']) {
    let attempts = 0
    const answer = await inTransaction(db, async (trx) => {
      attempts += 1
      await write(trx, `try ${attempts}`)
      if (attempts < 4) await fail(trx, code)
      return attempts
    })
    t.equal(answer, 4, code)
    t.same(await notes(), ['try 4'], code)
  }
})

t.test('a conflict at the commit is tried again too', async (t) => {
  let attempts = 0
  await inTransaction(db, async (trx) => {
    attempts += 1
    await write(trx, attempts < 3 ? 'commit 40001' : 'good')
  })
  t.equal(attempts, 3)
  t.same(await notes(), ['good'])
})

t.test('a conflict that does not end is contention after four tries', async (t) => {
  let attempts = 0
  const error = await rejection(
    inTransaction(db, async (trx) => {
      attempts += 1
      await fail(trx, '40P01')
    })
  )
  t.equal(attempts, 4)
  t.equal(slugOf(error), 'contention')
  t.match(error, { cause: { code: '40P01' } }, 'the cause is kept')
})

t.test('other errors are not tried again', async (t) => {
  const table: [string, string | undefined][] = [
    ['55P03', 'contention'],
    ['57014', 'contention'],
    ['53100', 'storage-exhausted'],
    ['25006', 'temporary-reduced-capacity'],
    ['22003', undefined]
  ]
  for (const [code, slug] of table) {
    let attempts = 0
    const error = await rejection(
      inTransaction(db, async (trx) => {
        attempts += 1
        await fail(trx, code)
      })
    )
    t.equal(attempts, 1, code)
    t.equal(slugOf(error), slug, code)
  }
})

t.test('a connection that is lost before the commit did nothing, at the commit it may have', async (t) => {
  const before = await rejection(
    inTransaction(db, async (trx) => {
      await write(trx, 'half')
      await fail(trx, '57P01')
    })
  )
  t.equal(slugOf(before), 'temporary-reduced-capacity')
  const during = await rejection(inTransaction(db, (trx) => write(trx, 'commit 57P01')))
  t.equal(slugOf(during), 'outcome-unknown')
  const after = await rejection(inTransaction(db, (trx) => write(trx, 'commit 23514')))
  t.match(after, { code: '23514' }, 'a constraint that is checked at the commit is no lost connection')
  t.same(await notes(), [])
})

t.test('a try that worked says nothing about the next one that did not', async (t) => {
  let attempts = 0
  const error = await rejection(
    inTransaction(db, async (trx) => {
      attempts += 1
      if (attempts === 1) await write(trx, 'commit 40001')
      else await fail(trx, '57P01')
    })
  )
  t.equal(slugOf(error), 'temporary-reduced-capacity', 'the second never came to its commit')
})

const isEmbedded = kind === 'embedded' ? 'the embedded database has one session, which nothing can end' : false

t.test('a session that the server ends is no reason to stop', { skip: isEmbedded }, async (t) => {
  const error = await rejection(
    inTransaction(db, (trx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx))
  )
  t.equal(slugOf(error), 'temporary-reduced-capacity')
  await inTransaction(db, (trx) => write(trx, 'next'))
  t.same(await notes(), ['next'])
})

t.test('a database that is not there is told as such', async (t) => {
  const { db: nowhere } = connect<Schema>({ host: '/nowhere', user: 'postgres', database: 'postgres', max: 1 })
  t.teardown(() => nowhere.destroy())
  t.equal(slugOf(await rejection(inTransaction(nowhere, async () => 1))), 'temporary-reduced-capacity')
})

t.test('what an error of the database means to the caller', async (t) => {
  const coded = (code: unknown, message = 'x') => Object.assign(new Error(message), { code })
  const lost = 'Connection terminated unexpectedly'
  const table: [unknown, string | undefined, string | undefined][] = [
    [coded('40001'), 'contention', 'contention'],
    [coded('40P01'), 'contention', 'contention'],
    [coded('55P03'), 'contention', 'contention'],
    [coded('57014'), 'contention', 'contention'],
    [coded('53100'), 'storage-exhausted', 'storage-exhausted'],
    [coded('58030'), 'storage-exhausted', 'storage-exhausted'],
    [coded('25006'), 'temporary-reduced-capacity', 'temporary-reduced-capacity'],
    [coded('08006'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('57P01'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('57P03'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('53300'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('ECONNREFUSED'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('ECONNRESET'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('EPIPE'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('ETIMEDOUT'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('EHOSTUNREACH'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('ENOTFOUND'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('EAI_AGAIN'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('ENOENT'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [new Error(lost), 'temporary-reduced-capacity', 'outcome-unknown'],
    [new Error('timeout exceeded when trying to connect'), 'temporary-reduced-capacity', 'outcome-unknown'],
    [coded('23505', lost), undefined, undefined],
    [coded('XX000'), undefined, undefined],
    [coded('EACCES'), undefined, undefined],
    [coded(40001), undefined, undefined],
    [new Error('a fault of the program'), undefined, undefined],
    ['40001', undefined, undefined],
    [undefined, undefined, undefined]
  ]
  for (const [error, working, committing] of table) {
    const title = error instanceof Error ? String((error as { code?: unknown }).code ?? error.message) : String(error)
    t.equal(storageProblem(error)?.slug, working, title)
    t.equal(storageProblem(error, true)?.slug, committing, `${title}, at the commit`)
    const problem = storageProblem(error)
    if (problem !== undefined) t.equal(problem.cause, error, `${title} is kept as the cause`)
  }
})
