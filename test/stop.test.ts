import { Agent, request as httpRequest } from 'node:http'
import { sql } from 'kysely'
import t from 'tap'
import type { Deps } from '../src/deps.ts'
import { testService } from './service.ts'

t.test('a stop lets requests under way finish, sends new ones away, and leaves nothing half done', async (t) => {
  const { app, deps, authorization, send } = await testService(t)
  const key = await authorization('admin')
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const other = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => {
    agent.destroy()
    other.destroy()
  })
  const call = (by: Agent, method: string, path: string, body?: object) =>
    new Promise<{ status: number; body: { type?: string; reason?: string; hold?: object } }>((resolve, reject) => {
      const headers = { authorization: key, 'content-type': 'application/json' }
      const request = httpRequest({ port, host: '127.0.0.1', agent: by, method, path, headers }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
      })
      request.on('error', reject)
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })

  t.equal((await call(other, 'GET', '/livez')).status, 200, 'a second connection stands open')
  const held = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = deps.db.transaction().execute(async (trx) => {
    await sql`select 1 from credit_accounts where customer_id = 'C-1' for update`.execute(trx)
    locked.resolve()
    await held.promise
  })
  await locked.promise
  const underWay = call(agent, 'PUT', '/v1/customers/C-1/hold', { reason: 'Bill returned unpaid' })
  await new Promise((resolve) => setTimeout(resolve, 200))
  const closing = app.close()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const late = await call(other, 'GET', '/v1/customers/C-1')
  t.equal(late.status, 503, 'a new request is sent away')
  t.equal(late.body.type, '/problems/shutting-down')
  held.resolve()
  await holding
  const finished = await underWay
  t.equal(finished.status, 200, 'the request under way is answered')
  await closing
  const account = await deps.db
    .selectFrom('creditAccounts')
    .select(['holdReason', 'journalSeq'])
    .executeTakeFirstOrThrow()
  t.same(account, { holdReason: 'Bill returned unpaid', journalSeq: 2 }, 'and what it answered is there')
})

/**
 * The embedded database has one session: whoever looks at it waits for the one that is looked for.
 */
const skip = process.env.TEST_DATABASE_URL ? false : 'it takes a PostgreSQL in TEST_DATABASE_URL to see who waits'

t.test('a caller who has gone does not hold up the stop, and what was asked is done', { skip }, async (t) => {
  const { app, deps, authorization, send } = await testService(t)
  const key = await authorization('admin')
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
  await app.inject({ url: '/v1/customers/C-1', headers: { authorization: key } })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const held = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = deps.db.transaction().execute(async (trx) => {
    await sql`select 1 from credit_accounts where customer_id = 'C-1' for update`.execute(trx)
    locked.resolve()
    await held.promise
  })
  await locked.promise
  const headers = { authorization: key, 'content-type': 'application/json' }
  const request = httpRequest({
    host: url.hostname,
    port: url.port,
    method: 'PUT',
    path: '/v1/customers/C-1/hold',
    headers
  })
  const gone = new Promise((resolve) => request.once('error', () => undefined).once('close', resolve))
  request.end(JSON.stringify({ reason: 'Bill returned unpaid' }))
  while ((await waiting(deps.db)) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  request.destroy()
  await gone
  const closing = app.close()
  held.resolve()
  await holding
  await closing
  const account = await deps.db.selectFrom('creditAccounts').select('holdReason').executeTakeFirstOrThrow()
  t.equal(account.holdReason, 'Bill returned unpaid')
})

/** How many sessions of a database wait for a lock. */
async function waiting(db: Deps['db']): Promise<number> {
  const { rows } =
    await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      db
    )
  return rows.length
}
