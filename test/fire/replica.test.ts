import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createKey } from '../../src/access/commands.ts'
import { buildApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openService } from '../../src/service.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { postgresPrograms, startCluster } from './cluster.ts'

t.setTimeout(300_000)

const programs = postgresPrograms()
const skip =
  process.env.TEST_DATABASE_URL && programs !== undefined ? false : 'a replica takes a PostgreSQL that can be started'

t.test(
  'lists come from a replica and say as of when; what was just written is read where it was written',
  { skip },
  async (t) => {
    const primary = await startCluster(programs ?? '', temporaryFolder(t))
    t.teardown(() => primary.stop())
    const replica = await primary.replica(temporaryFolder(t))
    t.teardown(() => replica.stop())
    const lag = new pg.Client({ connectionString: replica.urlOf('postgres') })
    await lag.connect()
    const send = await servedFrom(t, primary.urlOf('postgres'), replica.urlOf('postgres'))

    const first = await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
    t.equal(first.statusCode, 201)
    while ((await send('GET', '/v1/customers/C-1/journal')).statusCode === 404) await sleep(20)
    await lag.query('select pg_wal_replay_pause()')
    const before = new Date().toISOString()
    await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'Harbour Foods' })

    const list = await send('GET', '/v1/customers')
    t.same(
      list.json().items.map((each: { customerId: string }) => each.customerId),
      ['C-1'],
      'the replica is behind'
    )
    const asOf = String(list.headers['data-as-of'])
    t.match(asOf, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    t.ok(asOf < before, 'and says since when')
    const one = await send('GET', '/v1/customers/C-2')
    t.equal(one.statusCode, 200)
    t.equal(one.headers['data-as-of'], undefined)
    t.equal(
      (await send('GET', '/v1/customers/C-2/exposure')).headers['data-as-of'],
      undefined,
      'today: where it is decided'
    )
    const past = await send('GET', '/v1/customers/C-1/exposure?asOf=2026-01-01')
    t.equal(past.headers['data-as-of'], asOf, 'a day that is past: from the replica')

    await lag.query('select pg_wal_replay_resume()')
    await lag.end()
    while ((await send('GET', '/v1/customers')).json().items.length < 2) await sleep(20)
    t.match(
      (await send('GET', '/v1/audit/self-check')).json(),
      { valid: true, customers: 2 },
      'the auditor reads there too'
    )

    await replica.stop()
    t.equal((await send('GET', '/v1/customers')).statusCode, 503, 'without it there are no lists')
    t.equal((await send('PUT', '/v1/customers/C-3', { kind: 'company', name: 'Delta Paper' })).statusCode, 201)
  }
)

/** The service on these two servers. */
async function servedFrom(t: Test, database: string, replica: string) {
  const service = await openService(loadConfig({ DATABASE_URL: database, DATABASE_READ_URL: replica }))
  t.teardown(() => service.close())
  const app = await buildApp(service.deps, {
    logger: false,
    rateLimitPerMinute: 1_000_000,
    trustedProxies: 0,
    eventLoopDelayMaxMs: 0,
    simulation: false
  })
  t.teardown(() => app.close())
  const { value } = await createKey(service.deps, service.deps.db, { name: 'test', scopes: ['admin'] })
  return (method: 'GET' | 'PUT', url: string, payload?: object) =>
    app.inject({ method, url, headers: { authorization: `Bearer ${value.key}` }, ...(payload && { payload }) })
}
