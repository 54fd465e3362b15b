import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createKey } from '../../src/access/commands.ts'
import { buildApp } from '../../src/app.ts'
import { workAtExpiries } from '../../src/checks/commands/expire.ts'
import { workAtReevaluations } from '../../src/checks/commands/reevaluate.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { setSimulatedClock } from '../../src/platform/database/clock.ts'
import { openService } from '../../src/service.ts'
import { type Answered, type Asked, httpClient, type Loss, type Send } from './client.ts'
import type { Cluster } from './cluster.ts'
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'

/** What breaks below the service, so many milliseconds after the requests of a round were sent. */
export type Fault =
  /** Every session at work is ended by the server. */
  | { readonly kind: 'sessions'; readonly afterMs: number }
  /**
   * A connection to the database is cut after so many more messages, before the last one is
   * answered.
   */
  | { readonly kind: 'messages'; readonly messages: number }
  /** `kill -9` of an instance; it is started again. */
  | { readonly kind: 'instance'; readonly instance: number; readonly afterMs: number }
  /** `kill -9` of PostgreSQL; it is started again. */
  | { readonly kind: 'database'; readonly afterMs: number }

/**
 * Several instances of the service on one database of their own, and the means to break what is
 * below them.
 */
export interface Stage {
  readonly instances: number
  /** Sends a request to an instance, by any number. */
  send(instance: number, asked: Asked, loss?: Loss): Promise<Answered | 'unknown' | 'unsent'>
  /**
   * Sends until there is an answer, over whatever instance is there. For what no fault is meant to
   * hit.
   */
  ask(asked: Asked): Promise<Answered>
  /** Whether processes are among the instances: they do what is due by themselves. */
  readonly watched: boolean
  /** What the clock says, in milliseconds. */
  now(): number
  /** Moves the clock on. */
  tick(seconds: number): Promise<void>
  /** Has an instance do what is due in the background; false when it was interrupted. */
  reevaluate(instance: number): Promise<boolean>
  /** Breaks something, and answers when it is mended. */
  strike(fault: Fault): Promise<void>
  /** What was to be cut and has not come by yet is let through. */
  calm(): void
  close(): Promise<void>
}

interface StageOptions {
  /** Address of a database that is migrated or empty. */
  readonly databaseUrl: string
  /** Connections of an instance within this process at most: the embedded database takes one. */
  readonly poolMax?: number
  /**
   * Instances within this process; the last of several reaches its database through what can cut
   * its connections.
   */
  readonly inProcess: number
  /** Instances as processes of their own. */
  readonly processes: number
  /** The server, if it may be killed. */
  readonly cluster?: Cluster
  readonly from: string
}

const AGAIN_WITHIN_MS = 60_000
const POOL_MAX = 6
const OPENED_TRIES = 4

/** Opens the instances. The clock stands at `from` and moves by `tick` alone. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { databaseUrl, cluster } = options
  const admin = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'fire' })
  admin.on('error', () => undefined)
  // A server that is not killed loses nothing that it has not written to disk yet.
  if (cluster === undefined)
    await admin.query(`do $$ begin
      execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
  const proxy = options.inProcess > 1 ? await proxyTo(databaseUrl) : undefined
  const local: Awaited<ReturnType<typeof localInstance>>[] = []
  const keys = { erp: '', person: '' }
  let now = Date.parse(options.from)
  for (let index = 0; index < options.inProcess; index += 1) {
    const last = index > 0 && index === options.inProcess - 1
    const service = await localInstance(
      last && proxy !== undefined ? through(databaseUrl, proxy) : databaseUrl,
      options.poolMax
    )
    local.push(service)
    if (index > 0) continue
    await service.setClock(options.from)
    Object.assign(keys, await service.keys())
  }
  const start = () => startServiceProcess(databaseUrl, true)
  const remote: ServiceProcess[] = await Promise.all(Array.from({ length: options.processes }, start))
  const client = httpClient(keys)
  const urlOf = (instance: number) => {
    const urls = [...local, ...remote].map(({ url }) => url)
    return urls[instance % urls.length] ?? ''
  }
  const strikes: { [Kind in Fault['kind']]: (fault: Extract<Fault, { kind: Kind }>) => Promise<void> } = {
    sessions: async ({ afterMs }) => {
      await sleep(afterMs)
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`)
    },
    messages: async ({ messages }) => proxy?.cutAfter(messages),
    instance: async ({ instance, afterMs }) => {
      const index = instance % remote.length
      await sleep(afterMs)
      await remote[index]?.kill()
      remote[index] = await start()
    },
    database: async ({ afterMs }) => {
      await sleep(afterMs)
      await cluster?.kill()
      await cluster?.start()
    }
  }
  return {
    instances: local.length + remote.length,
    send: (instance, asked, loss) => client.send(urlOf(instance), asked, loss),
    ask: (asked) => answered(client.send, urlOf, asked),
    watched: remote.length > 0,
    now: () => now,
    reevaluate: async (instance) => (await local[instance % local.length]?.reevaluate()) ?? false,
    tick: async (seconds) => {
      now += seconds * 1_000
      await setClock(admin, new Date(now).toISOString())
    },
    strike: (fault) => strikes[fault.kind](fault as never),
    calm: () => proxy?.cutAfter(Number.POSITIVE_INFINITY),
    close: async () => {
      client.close()
      await Promise.all(remote.map((instance) => instance.kill()))
      for (const instance of local) await instance.close()
      await proxy?.close()
      await admin.end()
    }
  }
}

/** Asks until an answer comes that tells what was asked. */
async function answered(send: Send, urlOf: (instance: number) => string, asked: Asked): Promise<Answered> {
  const until = performance.now() + AGAIN_WITHIN_MS
  for (let attempt = 0; ; attempt += 1) {
    const answer = await send(urlOf(attempt), asked)
    if (typeof answer === 'object' && isWhole(answer)) return answer
    if (performance.now() > until)
      throw new Error(`${asked.method} ${asked.path}: no answer but ${JSON.stringify(answer)}`)
    await sleep(Math.min(20 * attempt, 500))
  }
}

/** Whether an answer tells of everything that was asked: of a batch, of each of its orders. */
function isWhole({ status, body: { results } }: Answered): boolean {
  const parts = Array.isArray(results) ? (results as { status?: number }[]) : []
  return [status, ...parts.map((part) => part.status)].every((each) => each !== 503)
}

/** A start that a busy machine made too slow is tried again, as whatever watches a process does. */
async function opened(config: Config): ReturnType<typeof openService> {
  for (let left = OPENED_TRIES; left > 1; left -= 1) {
    try {
      return await openService(config)
    } catch {
      await sleep(1_000)
    }
  }
  return openService(config)
}

/** An instance within this process, opened as the process itself does it. */
async function localInstance(databaseUrl: string, poolMax = POOL_MAX) {
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: String(poolMax),
    // The embedded database has one session for both.
    ...(poolMax === 1 ? { DATABASE_READ_POOL_MAX: '0' } : {}),
    CREDENCE_SIMULATION: 'true',
    CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true'
  })
  const service = await opened(config)
  const app = await buildApp(service.deps, {
    logger: false,
    rateLimitPerMinute: 10_000_000,
    trustedProxies: 0,
    // What is asked of the service here is that it answers right, however busy the machine is.
    eventLoopDelayMaxMs: 0,
    simulation: true
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** The ERP's key, which may do anything, and that of a person who decides. */
    keys: async () => {
      const erp = (await service.firstKey())?.text
      const { value } = await createKey(service.deps, service.deps.db, { name: 'a person', scopes: ['release'] })
      return { erp, person: value.key }
    },
    reevaluate: async () => {
      const { signal } = new AbortController()
      try {
        await workAtExpiries(service.deps, signal)
        await workAtReevaluations(service.deps, signal)
        return true
      } catch {
        return false
      }
    },
    setClock: (now: string) => setSimulatedClock(service.deps.db, now),
    close: async () => {
      await app.close()
      await service.close()
    }
  }
}

async function setClock(admin: pg.Pool, now: string): Promise<void> {
  const until = performance.now() + AGAIN_WITHIN_MS
  for (;;) {
    try {
      await admin.query('update simulated_clock set now = $1', [now])
      return
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(50)
    }
  }
}

async function proxyTo(databaseUrl: string): Promise<CuttingProxy> {
  const { host, port } = new pg.Client({ connectionString: databaseUrl })
  return cuttingProxy(host, port)
}

function through(databaseUrl: string, { port }: CuttingProxy): string {
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${port}`
  url.search = ''
  return url.href
}
