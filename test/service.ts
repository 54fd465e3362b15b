import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Kysely } from 'kysely'
import type { Test } from 'tap'
import { createKey } from '../src/access/commands.ts'
import { type AppOptions, buildApp } from '../src/app.ts'
import type { Database } from '../src/database.ts'
import type { Deps } from '../src/deps.ts'
import { installShipped, modelRegistry } from '../src/models/commands.ts'
import { recordStart } from '../src/organisation/commands.ts'
import { setSimulatedClock, simulatedClock } from '../src/platform/database/clock.ts'
import { restrictApplication } from '../src/platform/database/database-role.ts'
import { type Connection, connect, REPORTING } from '../src/platform/database/postgres.ts'
import type { Reports } from '../src/platform/database/reports.ts'
import type { Scope } from '../src/platform/http/auth.ts'
import { installPolicy } from '../src/policies/commands.ts'
import { loadModels, loadPolicy, withJobs } from '../src/service.ts'
import { testDatabase } from './database.ts'

/** The day on which every test begins; it stands still until a test moves it. */
export const TEST_DAY = '2026-03-31'

/** An answer with its parsed body. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: any
  readonly text: string
}

export type Send = (
  method: NonNullable<InjectOptions['method']>,
  url: string,
  body?: unknown,
  headers?: Record<string, string>
) => Promise<TestAnswer>

/** Sends requests with a key of all scopes; `headers` may name another key, or none. */
export interface Client {
  /** Throws where the request is refused, so that no scene is prepared in vain. */
  readonly send: Send
  /** Answers a refusal as well: for a test that looks at the status. */
  readonly attempt: Send
}

export interface Service extends Client {
  readonly app: FastifyInstance
  readonly deps: Deps
  readonly kind: 'embedded' | 'postgres'
  /** A new API key with these scopes, as an Authorization header. */
  authorization(...scopes: Scope[]): Promise<string>
  /** Moves the clock to an instant, or to noon of a day. */
  clockTo(instantOrDay: string): Promise<void>
}

interface TestServiceOptions {
  readonly rateLimitPerMinute?: number
  readonly trustedProxies?: number
  /**
   * With the rights that the service has when it is started; otherwise as the owner of the tables,
   * so that a test can tamper with them.
   */
  readonly asApplication?: boolean
  /** One person has to do: CREDENCE_ONE_PERSON. */
  readonly onePerson?: boolean
  /** Lists and reports say that they are read from a replica which is as of this instant. */
  readonly dataAsOf?: string
  /** Where its log goes; it has none otherwise. */
  readonly logger?: AppOptions['logger']
  readonly customersInLog?: AppOptions['customersInLog']
}

/** The whole service on a database of this test file's own, under a simulated clock. */
export async function testService(t: Test, options: TestServiceOptions = {}): Promise<Service> {
  const { poolConfig, kind } = await testDatabase(t)
  const role = options.asApplication === true ? await applicationRole(poolConfig) : undefined
  const { db, pool } = connect<Database>({ ...poolConfig, role })
  const clock = simulatedClock('UTC')
  const policy = await loadPolicy()
  const { reports, close } = testReports(kind, db, { ...poolConfig, role }, options.dataAsOf)
  const { deps, jobs } = withJobs(pool, {
    db,
    reports,
    clock,
    models: modelRegistry(),
    policy,
    currency: 'CNY',
    jurisdiction: 'GENERIC',
    onePerson: options.onePerson ?? false
  })
  await setSimulatedClock(db, `${TEST_DAY}T12:00:00.000Z`)
  await recordStart(db, clock, { currency: 'CNY', jurisdiction: 'GENERIC', onePerson: deps.onePerson, timeZone: 'UTC' })
  await installShipped(db, clock, await loadModels(deps.jurisdiction))
  await installPolicy(db, clock, policy)
  const app = await buildApp(deps, {
    logger: options.logger ?? false,
    ...(options.customersInLog === undefined ? {} : { customersInLog: options.customersInLog }),
    rateLimitPerMinute: options.rateLimitPerMinute ?? 1_000_000,
    trustedProxies: options.trustedProxies ?? 0,
    // A machine that is busy with other tests is no reason to refuse.
    eventLoopDelayMaxMs: 0,
    simulation: true
  })
  t.teardown(async () => {
    await app.close()
    await jobs.close()
    await close()
    await db.destroy()
  })
  const authorization = async (...scopes: Scope[]) => {
    const { value } = await createKey({ clock }, db, { name: `test ${scopes.join(' ')}`, scopes })
    return `Bearer ${value.key}`
  }
  const admin = await authorization('admin')
  return {
    app,
    deps,
    kind,
    authorization,
    ...clientOf(app, admin),
    clockTo: (instantOrDay) =>
      setSimulatedClock(db, instantOrDay.length === 10 ? `${instantOrDay}T12:00:00.000Z` : instantOrDay)
  }
}

/** As the service has them: on PostgreSQL over connections of their own. */
function testReports(
  kind: Service['kind'],
  db: Kysely<Database>,
  connection: Connection,
  dataAsOf: string | undefined
): { reports: Reports<Database>; close: () => Promise<void> } {
  const asOf = async () => dataAsOf
  if (kind === 'embedded') return { reports: { db, asOf }, close: async () => undefined }
  const { db: reader } = connect<Database>({ ...connection, ...REPORTING, max: 4 })
  return { reports: { db: reader, asOf }, close: () => reader.destroy() }
}

/** Sends requests to an app with this Authorization header, unless they bring their own. */
export function clientOf(app: FastifyInstance, authorization: string): Client {
  const attempt: Send = async (method, url, body, headers = {}) => {
    const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
    const contentType = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await app.inject({
      method,
      url,
      headers: { authorization, ...contentType, ...headers },
      ...payload
    })
    const json = /[/+]json/.test(String(response.headers['content-type']))
    return {
      status: response.statusCode,
      headers: response.headers,
      body: json ? response.json() : undefined,
      text: response.body
    }
  }
  return { attempt, send: throwing(attempt) }
}

const MESSAGE_MAX = 2_000

/** The same, but a refusal is an error that says what was refused. */
export function throwing(attempt: Send): Send {
  return async (method, url, body, headers) => {
    const answer = await attempt(method, url, body, headers)
    if (answer.status < 400) return answer
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    throw new Error(`${answer.status} to ${method} ${url} ${sent ?? ''}: ${answer.text}`.slice(0, MESSAGE_MAX))
  }
}

async function applicationRole(poolConfig: Connection): Promise<string | undefined> {
  const { db } = connect<Database>({ ...poolConfig, max: 1 })
  try {
    return (await db.transaction().execute(restrictApplication)).role
  } finally {
    await db.destroy()
  }
}
