import { createHash } from 'node:crypto'
import {
  CamelCasePlugin,
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult
} from 'kysely'
import pg from 'pg'

/** How a pool reaches its server: a connection string, or a folder with a unix socket. */
export interface Connection {
  readonly connectionString?: string
  readonly host?: string
  readonly user?: string
  readonly database?: string
  /** What the server calls the client where it lists its connections. */
  readonly applicationName?: string
  /** Connections kept open at most. The embedded database has one session, so one connection. */
  readonly max: number
  /** The role that every connection takes on; without it, the rights are those of the user. */
  readonly role?: string | undefined
  /** How long the server may be at a statement, in milliseconds; 3 seconds when left out. */
  readonly statementMsMax?: number
  /** Settings of the server that every connection takes on. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * For what is done before anybody waits: the work of a start may take its time, and waits for
 * another instance that is at it.
 */
export const PATIENT = { lock_timeout: '60s', statement_timeout: '0' } as const

/**
 * For lists, audits and reports: a statement may take nearly as long as a request may, and may read
 * a whole table where that is best. It is planned anew each time, for the tables as they are now.
 */
export const REPORTING = {
  statementMsMax: 12_000,
  settings: { enable_seqscan: 'on', plan_cache_mode: 'force_custom_plan', default_transaction_read_only: 'on' }
} as const satisfies Partial<Connection>

/** How long the server may be at a statement, in milliseconds, where nothing else is said. */
const STATEMENT_MS_MAX = 3_000

/**
 * How much longer the client waits for the answer. The server ends a statement itself, so one that
 * is silent for longer is not there any more: a host can vanish without closing its connections.
 */
const SILENCE_MS_MAX = 2_000

/**
 * An idle connection is probed after so long, so that what lies between does not forget it, and one
 * that is dead is noticed.
 */
const KEEP_ALIVE_MS = 10_000

const INT8 = 20
const DATE = 1082
const TIMESTAMPTZ = 1184

/**
 * Statements a connection remembers as prepared; texts beyond them are sent unnamed, so the
 * server's memory stays bounded.
 */
const PREPARED_STATEMENTS_MAX = 400

/** What begins or ends a transaction: it asks the database nothing. */
const TRANSACTION_CONTROL = /^(begin|start transaction|commit|rollback)\b/

const defaultTimestamp = pg.types.getTypeParser(TIMESTAMPTZ)

/**
 * int8 as a safe integer, dates as they are written, instants as RFC 3339 in UTC: no value changes
 * its meaning on the way in.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary')
    if (oid === INT8) return safeInteger
    if (oid === DATE) return (text: string) => text
    if (oid === TIMESTAMPTZ) return (text: string) => (defaultTimestamp(text) as Date).toISOString()
    return pg.types.getTypeParser(oid)
  }) as pg.CustomTypesConfig['getTypeParser']
}

/** Opens a pool and a query builder over it. Nothing connects before the first query. */
export function connect<Schema>({
  applicationName,
  role,
  statementMsMax = STATEMENT_MS_MAX,
  settings = {},
  ...connection
}: Connection): {
  db: Kysely<Schema>
  pool: pg.Pool
} {
  const taken = {
    ...(isServer(connection) ? { ...OF_EVERY_SESSION, statement_timeout: `${statementMsMax}ms` } : {}),
    ...settings,
    ...(role === undefined ? {} : { role })
  }
  const pool = new pg.Pool({
    ...connection,
    types,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 0,
    application_name: applicationName,
    query_timeout:
      isServer(connection) && settings.statement_timeout === undefined ? statementMsMax + SILENCE_MS_MAX : 0,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    // Awaited: a connection that cannot take on its role is not handed out.
    onConnect: ((client: pg.ClientBase) => takeOn(client, taken)) as (client: pg.ClientBase) => void
  })
  // An idle connection that breaks must not end the process; the next query reports what is wrong.
  pool.on('error', () => undefined)
  return { db: queryBuilder<Schema>(pool), pool }
}

/** What was sent through a query builder, and over which connections. */
interface Sent {
  statements: number
  /** Is told of each statement. */
  watcher?: StatementWatcher
  readonly pool: pg.Pool
}

const sentThrough = new WeakMap<object, Sent>()

/** A query builder over a pool. What is sent through it is counted by itself. */
export function queryBuilder<Schema>(pool: pg.Pool): Kysely<Schema> {
  const sent = { statements: 0, pool }
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withNamedStatements(pool, sent) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })]
  })
  sentThrough.set(db, sent)
  return db
}

/** Statements sent through a query builder so far; the begin and end of a transaction are none. */
export function statementsSent(db: object): number {
  return sentThrough.get(db)?.statements ?? 0
}

/** Is told of a statement when it is answered or refused: its first word, and when it was sent. */
type StatementWatcher = (verb: string, sentAt: Date) => void

/** Tells of every statement that is sent through a query builder from now on. */
export function watchStatements(db: object, watcher: StatementWatcher): void {
  const sent = sentThrough.get(db)
  if (sent !== undefined) sent.watcher = watcher
}

/** Connections of the pool of a query builder: those at work, those free, and who waits for one. */
export function poolState(db: object): { busy: number; idle: number; waiting: number } {
  const { totalCount = 0, idleCount = 0, waitingCount = 0 } = sentThrough.get(db)?.pool ?? {}
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
}

/**
 * What every session of a server takes on. A plan is kept for as long as nothing has analysed its
 * tables: one that was made while they were empty would read them whole.
 */
const OF_EVERY_SESSION = { enable_seqscan: 'off', jit: 'off', lock_timeout: '2s' } as const

/**
 * Gives a session its settings in one statement. A pooler refuses a connection that brings them
 * along, or drops them unsaid.
 */
async function takeOn(client: pg.ClientBase, settings: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(settings)
  if (pairs.length === 0) return
  const calls = pairs.map((_pair, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`)
  await client.query(`select ${calls.join(', ')}`, pairs.flat())
}

/**
 * Whether a connection reaches a server of its own. Behind the socket of a folder is the embedded
 * one: it cannot go without the system closing the socket, and its one session waits for nobody.
 */
function isServer({ host }: Pick<Connection, 'host'>): boolean {
  return host?.startsWith('/') !== true
}

/**
 * Sends every parameterised statement under a name of its own, so that the server parses and plans
 * a text once per connection. Measured: twice the point queries per second on PostgreSQL and on the
 * embedded database alike.
 */
function withNamedStatements(pool: pg.Pool, sent: Sent): PostgresPool {
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  return {
    connect: async () => {
      const client = await pool.connect()
      const known = clients.get(client)
      if (known !== undefined) return known
      const named = namedClient(client, sent)
      clients.set(client, named)
      // The pool listens to idle clients only: a session that ends at work must not end the process
      // either; its query says what happened.
      client.on('error', () => undefined)
      return named
    },
    end: () => pool.end(),
    options: pool.options
  }
}

function namedClient(client: pg.PoolClient, sent: Sent): PostgresPoolClient {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known !== undefined || names.size >= PREPARED_STATEMENTS_MAX) return known
    const name = createHash('sha1').update(text).digest('hex').slice(0, 24)
    names.set(text, name)
    return name
  }
  function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  function query<Row>(statement: string | PostgresCursor<Row>, values: readonly unknown[] = []): unknown {
    if (typeof statement !== 'string') throw new TypeError('cursors are not used here: read page by page')
    if (values.length > 0 || !TRANSACTION_CONTROL.test(statement)) sent.statements += 1
    const name = values.length === 0 ? undefined : nameOf(statement)
    const config = { text: statement, values: [...values], ...(name === undefined ? {} : { name }) }
    const { watcher } = sent
    const sentAt = watcher && new Date()
    return client
      .query(config)
      .catch((error: unknown) => {
        if (isSilence(error)) void client.end()
        throw error
      })
      .finally(() => sentAt && watcher?.(verbOf(statement), sentAt))
  }
  return { query, release: (destroy?: boolean) => client.release(destroy) }
}

/** The first word of a statement, which holds no value. */
function verbOf(statement: string): string {
  return /^\W*(\w+)/.exec(statement)?.[1]?.toLowerCase() ?? ''
}

/**
 * Whether the driver gave up waiting for an answer. Its connection must not be used again: it would
 * wait behind the same silence, and the answer, if it ever came, would be taken for that of another
 * statement.
 */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`integer ${text} from the database is not a safe integer`)
  return value
}
