import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { messages, PGlite, protocol } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { type SharedSession, serveSession, type WireRequest } from './embedded-postgres-server.ts'

/** What the thread is started with. */
export interface EmbeddedPostgresTask {
  readonly dataDir: string
  readonly socketDirectory: string
  readonly fsync: boolean
}

/** What the thread says. */
export type EmbeddedPostgresMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * A pool of one replaces its connection before the old one is quite gone, and an operator may look
 * in beside it.
 */
const CONNECTIONS_MAX = 10

/**
 * How often growth is looked at, and how much of it calls for housekeeping: little at first, while
 * tables are small and statistics age fast.
 */
const HOUSEKEEPING_CHECK_MS = 2_000
const GROWTH_BYTES_MIN = 4 * 1_048_576
const GROWTH_BYTES_MAX = 64 * 1_048_576

/**
 * The packaged parameters turn fsync off, and PostgreSQL's usual fdatasync is a call that does
 * nothing in WebAssembly.
 */
const DURABLE_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync'
]

/**
 * One PostgreSQL session for all who connect, which each finds as if it were its own.
 *
 * It also does what the server processes of an ordinary PostgreSQL do in the background, between
 * two statements of its clients: checkpoints, without which the log of changes would grow and a
 * restart would take ever longer, and vacuum with statistics.
 */
class EmbeddedSession extends PGlite implements SharedSession {
  #checkedAt = 0
  #housekeptAtByte = 0
  #growthBytes = GROWTH_BYTES_MIN

  async clean(): Promise<void> {
    if (this.isInTransaction()) await this.rollback()
    await this.#run('discard all')
  }

  async rollback(): Promise<void> {
    await this.#run('rollback')
  }

  async answer({ bytes, named }: WireRequest): Promise<Buffer> {
    for (const name of named) await this.#forget(name)
    const parts: Buffer[] = []
    await this.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(Buffer.from(part)) })
    return Buffer.concat(parts)
  }

  /**
   * A statement's name may be left from an earlier connection; closing one that is not there is no
   * error.
   */
  async #forget(name: string): Promise<void> {
    if (name === '') return
    const close = protocol.serialize.close({ type: 'S', name })
    await this.execProtocolRawStream(close, { onRawData: () => undefined })
  }

  async rest(): Promise<void> {
    const now = performance.now()
    if (now - this.#checkedAt < HOUSEKEEPING_CHECK_MS) return
    this.#checkedAt = now
    const [byte] = await this.#run(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')`)
    const writtenBytes = Number(byte)
    if (this.#housekeptAtByte === 0) this.#housekeptAtByte = writtenBytes
    if (writtenBytes - this.#housekeptAtByte < this.#growthBytes) return
    // The clients may have taken on a role that is not allowed to.
    const [role] = await this.#run(`select quote_ident(current_setting('role'))`)
    await this.#run('set role none')
    await this.#run('vacuum (analyze)')
    await this.#run('checkpoint')
    await this.#run(`set role ${role}`)
    this.#housekeptAtByte = writtenBytes
    this.#growthBytes = Math.min(this.#growthBytes * 2, GROWTH_BYTES_MAX)
  }

  /**
   * Runs a statement of our own between those of the clients; answers the first column of its rows.
   */
  async #run(statement: string): Promise<(string | null)[]> {
    const rows: (string | null)[] = []
    const parser = new protocol.Parser()
    const onRawData = (bytes: Uint8Array) =>
      parser.parse(bytes, (answer) => {
        if (answer instanceof messages.DataRowMessage) rows.push(answer.fields[0] ?? null)
      })
    await this.execProtocolRawStream(protocol.serialize.query(statement), { onRawData })
    return rows
  }
}

/**
 * The data folder as PostgreSQL's disk. The packaged one lacks fsync, so that PostgreSQL would ask
 * for it in vain.
 */
class DurableFolder extends NodeFS {
  override async init(...[session, settings]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(session, settings)
    const addFsync: (module: unknown) => void = (module) => {
      const { FS } = module as { FS: { filesystems: { NODEFS: { stream_ops: { fsync?: typeof fsyncOf } } } } }
      FS.filesystems.NODEFS.stream_ops.fsync = fsyncOf
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } }
  }
}

function fsyncOf(stream: { nfd: number }): number {
  fsyncSync(stream.nfd)
  return 0
}

async function openSession(folder: string, fsync: boolean): Promise<EmbeddedSession> {
  const startParams = fsync ? DURABLE_PARAMETERS : PGlite.defaultStartParams
  const session = new EmbeddedSession({ fs: new DurableFolder(folder), startParams, relaxedDurability: false })
  await session.waitReady
  return session
}

/**
 * Makes the database aside and moves it into place when it is whole, so that a kill at the very
 * first start leaves nothing half made.
 */
async function createDatabase(folder: string): Promise<void> {
  const aside = `${folder}.new`
  rmSync(aside, { recursive: true, force: true })
  // The files inside are made readable for all; this folder keeps all others out.
  mkdirSync(aside, { mode: 0o700 })
  const session = await openSession(aside, false)
  await session.close()
  syncTree(aside)
  renameSync(aside, folder)
  syncPath(join(folder, '..'))
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else syncPath(path)
  }
  syncPath(folder)
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

async function serve({ dataDir, socketDirectory, fsync }: EmbeddedPostgresTask): Promise<() => Promise<void>> {
  const folder = join(dataDir, 'postgres')
  if (!existsSync(join(folder, 'PG_VERSION'))) await createDatabase(folder)
  const session = await openSession(folder, fsync)
  const close = await serveSession(session, {
    path: join(socketDirectory, '.s.PGSQL.5432'),
    connectionsMax: CONNECTIONS_MAX,
    // Nobody would be answered after this. Refused statements do not come here: they are answers.
    onFault: (error) => {
      setImmediate(() => {
        throw error
      })
    }
  })
  return async () => {
    await close()
    await session.exec('set role none')
    await session.exec('checkpoint')
    await session.close()
  }
}

function say(message: EmbeddedPostgresMessage): void {
  parentPort?.postMessage(message)
}

try {
  const stop = await serve(workerData as EmbeddedPostgresTask)
  parentPort?.once('message', () => {
    stop().then(
      () => say({ kind: 'stopped' }),
      (error: unknown) => say({ kind: 'failed', reason: String(error) })
    )
  })
  say({ kind: 'ready' })
} catch (error) {
  say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
}
