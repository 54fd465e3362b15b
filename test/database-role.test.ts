import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import type { RunId } from '../src/ids.ts'
import { idOf } from '../src/platform/values/ids.ts'
import { openService, type Service } from '../src/service.ts'
import { keyActor } from './actors.ts'
import { PROFILE, STATEMENT } from './given.ts'
import { temporaryFolder } from './temporary-folder.ts'

const server = process.env.TEST_DATABASE_URL || undefined
const skip = server === undefined ? 'logins need a PostgreSQL in TEST_DATABASE_URL' : false

const GUARDED = ['journal', 'credit_checks', 'assessments', 'policies', 'model_events', 'shadow_assessments']

/** Statements that the service has no use for, on a row that is there. */
const changesOf = (table: string) => [
  `update ${table} set ${CHANGED[table] ?? 'document'} = 'x'`,
  `delete from ${table}`,
  `truncate ${table} cascade`
]
const CHANGED: Readonly<Record<string, string>> = {
  journal: 'payload',
  model_events: 'actor',
  shadow_assessments: 'status'
}

/** No right to do so: a trigger would answer 23001. */
const NO_RIGHT = { code: '42501' }

async function refusesChanges(t: Test, { deps: { db } }: Service, tables = GUARDED) {
  for (const table of tables)
    for (const change of changesOf(table)) await t.rejects(sql.raw(change).execute(db), NO_RIGHT, change)
}

/**
 * A customer, a rating, a limit, an approved order, an invoice, a job: what the service does all
 * day.
 */
async function doesItsWork(t: Test, { deps, jobs, firstKey }: Service) {
  const options = {
    logger: false as const,
    rateLimitPerMinute: 1_000_000,
    trustedProxies: 0,
    simulation: false,
    eventLoopDelayMaxMs: 0
  }
  const app = await buildApp(deps, options)
  const authorization = `Bearer ${(await firstKey())?.text}`
  const send = async (method: 'PUT' | 'POST' | 'GET', url: string, body?: object) => {
    const response = await app.inject({ method, url: `/v1${url}`, headers: { authorization }, ...(body && { body }) })
    if (response.statusCode >= 300) t.fail(`${method} ${url}: ${response.body}`)
    return response.json()
  }
  const { today } = (await sql<{ today: string }>`select current_date::text as today`.execute(deps.db)).rows[0] ?? {
    today: ''
  }
  const amount = { amount: '100.00', currency: 'CNY' }
  await send('PUT', '/customers/C-1', { ...PROFILE, name: 'One' })
  const periodEnd = `${Number(today.slice(0, 4)) - 1}-12-31`
  await send('PUT', '/customers/C-1/statements/S', { ...STATEMENT, periodEnd })
  await send('POST', '/customers/C-1/assessments', {})
  await send('POST', '/customers/C-1/limit-decisions', { requested: { amount: '400000.00', currency: 'CNY' } })
  const { checkId, outcome } = await send('POST', '/credit-checks', { customerId: 'C-1', orderId: 'O-1', amount })
  t.equal(outcome, 'approved', 'and held')
  await send('PUT', '/customers/C-1/invoices/I-1', { amount, issuedOn: today, dueOn: today })
  t.match(await send('GET', `/credit-checks/${checkId}/replay`), { same: true })
  jobs.watch()
  const { runId } = await send('POST', '/rescoring-runs', {})
  let state = 'queued'
  for (let looks = 0; looks < 600 && state !== 'done'; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    state = (await send('GET', `/rescoring-runs/${runId}`)).state
  }
  t.equal(state, 'done', 'jobs run as well')
  t.match(await send('GET', '/audit/self-check'), { valid: true })
  await app.close()
}

t.test('embedded: the service has no right to change what was decided, and works', async (t) => {
  const settings = { CREDENCE_DATA_DIR: temporaryFolder(t), CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' }
  const service = await openService(loadConfig(settings))
  t.equal(service.guard, 'the service works as postgres_app, which has no right to change what was decided')
  await doesItsWork(t, service)
  await refusesChanges(t, service)
  await service.close()
  const again = await openService(loadConfig(settings))
  await refusesChanges(t, again, ['journal'])
  await again.close()
})

/** A login of this test's own with a database of its own, and the URL with which it connects. */
async function givenLogin(t: Test, rights: string, databases = 1): Promise<{ login: string; urls: string[] }> {
  const login = `credence_test_${randomBytes(4).toString('hex')}`
  const names = Array.from({ length: databases }, (_, index) => `${login}_${index}`)
  await asSuperuser([
    `create role ${login} login password 'x' ${rights}`,
    ...names.map((name) => `create database ${name} owner ${login}`)
  ])
  t.teardown(() =>
    asSuperuser([
      ...names.map((name) => `drop database if exists ${name} with (force)`),
      `drop role if exists ${login}_app`,
      `drop role ${login}`
    ])
  )
  const urlOf = (name: string) => {
    const url = new URL(server ?? '')
    url.username = login
    url.password = 'x'
    url.pathname = `/${name}`
    return url.href
  }
  return { login, urls: names.map(urlOf) }
}

async function asSuperuser(statements: readonly string[], inDatabase = server) {
  const url = new URL(server ?? '')
  url.pathname = new URL(inDatabase ?? '').pathname
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

function opened(url: string | undefined): Promise<Service> {
  return openService(loadConfig({ DATABASE_URL: url, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true' }))
}

for (const rights of ['superuser', 'createrole']) {
  t.test(
    `a login with the right ${rights}: the service works under a role without the right to change`,
    { skip },
    async (t) => {
      const { login, urls } = await givenLogin(t, rights)
      const service = await opened(urls[0])
      t.equal(service.guard, `the service works as ${login}_app, which has no right to change what was decided`)
      await doesItsWork(t, service)
      await refusesChanges(t, service)
      await service.close()
      const again = await opened(urls[0])
      await refusesChanges(t, again, ['journal'])
      await again.close()
    }
  )
}

t.test('a login that may create no role gives up the right itself', { skip }, async (t) => {
  const { login, urls } = await givenLogin(t, 'nocreaterole')
  const service = await opened(urls[0])
  t.equal(service.guard, `${login} may create no role, so it has given up the right to change what was decided`)
  await doesItsWork(t, service)
  await refusesChanges(t, service)
  const key = sql`update credit_checks set customer_id = 'C-2'`.execute(service.deps.db)
  await t.rejects(key, { code: '23001' }, 'the one right that the server itself needs is guarded by the trigger')
  await service.close()
  const again = await opened(urls[0])
  await refusesChanges(t, again, ['journal', 'credit_checks'])
  await again.close()
})

t.test('a role that somebody created for the login is taken on', { skip }, async (t) => {
  const { login, urls } = await givenLogin(t, 'nocreaterole')
  await asSuperuser([`create role ${login}_app nologin`, `grant ${login}_app to ${login}`])
  const service = await opened(urls[0])
  t.match(service.guard, `the service works as ${login}_app`)
  await doesItsWork(t, service)
  await refusesChanges(t, service)
  await service.close()
})

t.test('a login that may create roles later on leaves the queues to the role', { skip }, async (t) => {
  const { login, urls } = await givenLogin(t, 'nocreaterole')
  const first = await opened(urls[0])
  await doesItsWork(t, first)
  await first.close()
  await asSuperuser([`alter role ${login} createrole`])
  const service = await opened(urls[0])
  t.match(service.guard, `the service works as ${login}_app`)
  await refusesChanges(t, service)
  service.jobs.watch()
  const run = {
    runId: idOf<RunId>('run_later'),
    kind: 'rescoring',
    state: 'queued' as const,
    requestedBy: keyActor('test'),
    parameters: '{"kind":null,"ratedBefore":null}',
    counts: '{}',
    steps: 0,
    rowCount: 0,
    createdAt: '2026-01-01T00:00:00.000Z'
  }
  const { db } = service.deps
  await db.insertInto('runs').values(run).execute()
  await service.deps.jobs.look()
  let state = 'queued'
  for (let looks = 0; looks < 600 && state !== 'done'; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    state = (await db.selectFrom('runs').select('state').where('runId', '=', run.runId).executeTakeFirstOrThrow()).state
  }
  t.equal(state, 'done')
  await service.close()
})

t.test('a role of that name with rights of its own stops the start', { skip }, async (t) => {
  const { login, urls } = await givenLogin(t, 'createrole')
  await (await opened(urls[0])).close()
  await asSuperuser([`grant update (payload), delete on journal to ${login}_app`], urls[0])
  await t.rejects(opened(urls[0]), { message: /_app, under which .* may change journal. Revoke these rights/ })
  await asSuperuser([`revoke delete on journal from ${login}_app`], urls[0])
  await t.rejects(opened(urls[0]), { message: /may change journal/ }, 'one column is enough')
  await asSuperuser([`revoke update on journal from ${login}_app`], urls[0])
  await (await opened(urls[0])).close()
})

t.test('services on databases of one server may start all at once', { skip }, async (t) => {
  const { login, urls } = await givenLogin(t, 'createrole', 4)
  const services = await Promise.all([...urls, ...urls].map(opened))
  for (const service of services) {
    t.match(service.guard, `the service works as ${login}_app`)
    await refusesChanges(t, service, ['journal'])
    await service.close()
  }
})
