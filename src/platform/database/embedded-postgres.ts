import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { EmbeddedPostgresMessage, EmbeddedPostgresTask } from './embedded-postgres-worker.ts'
import { lockFolder } from './folder-lock.ts'

/** Operating systems accept 103 to 107 bytes for the path of a unix socket. */
const SOCKET_PATH_BYTES_MAX = 103

interface EmbeddedPostgres {
  /**
   * The folder with the socket `.s.PGSQL.5432`: the `host` of a pool with user and database
   * `postgres`, and one connection at most.
   */
  readonly socketDirectory: string
  /**
   * Writes everything out, closes the database and gives the folder free. Calling it again changes
   * nothing.
   */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string
  /**
   * Whether a commit waits until the disk has it (the default). Without, a commit survives the
   * death of the process but not that of the machine: for data that is thrown away.
   */
  readonly fsync?: boolean
  /** Hears of the one thing that stop did not cause: the database ended by a fault of its own. */
  readonly onFailure?: (error: Error) => void
}

/**
 * Starts a PostgreSQL of this process's own, with its data in a folder that it alone may use.
 *
 * The database runs in a worker thread, so that its work does not hold up the event loop, and
 * listens on a unix socket that only this user can reach. It has ONE session: connections share it,
 * and each new one finds it clean. Acknowledged commits survive `kill -9` and, with fsync, loss of
 * power. Throws an Error whose message is a sentence for the operator when the folder is in use or
 * cannot be used.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  await prepareFolder(dataDir)
  const socketDirectory = await freshSocketDirectory()
  const removeSocket = () => rm(socketDirectory, { recursive: true, force: true })
  const lock = await lockFolder(dataDir, [socketDirectory]).catch(async (error: unknown) => {
    await removeSocket()
    throw error
  })
  const giveFree = async () => {
    await removeSocket()
    await lock.release()
  }
  try {
    const worker = await startWorker({ dataDir, socketDirectory, fsync: options.fsync ?? true })
    let stopping: Promise<void> | undefined
    let ended = false
    worker
      .on('error', (error) => options.onFailure?.(error))
      .on('exit', () => {
        ended = true
      })
    const stop = () => {
      stopping ??= (ended ? Promise.resolve() : stopWorker(worker)).finally(giveFree)
      return stopping
    }
    return { socketDirectory, stop }
  } catch (error) {
    await giveFree()
    throw new Error(`The embedded database in ${dataDir} could not be opened: ${messageOf(error)}`, { cause: error })
  }
}

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`The data folder ${dataDir} cannot be created: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * Temporary folders are often deep, on macOS and in build machines; then `/tmp` has room for the
 * short name that a socket needs.
 */
async function freshSocketDirectory(): Promise<string> {
  const prefix = 'postgres-'
  const longest = join(tmpdir(), `${prefix}XXXXXX`, '.s.PGSQL.5432')
  const parent = Buffer.byteLength(longest) <= SOCKET_PATH_BYTES_MAX ? tmpdir() : '/tmp'
  const directory = await mkdtemp(join(parent, prefix))
  await chmod(directory, 0o700)
  return directory
}

async function startWorker(task: EmbeddedPostgresTask): Promise<Worker> {
  const worker = new Worker(new URL('./embedded-postgres-worker.ts', import.meta.url), { workerData: task })
  await answer(worker, 'ready')
  return worker
}

async function stopWorker(worker: Worker): Promise<void> {
  const stopped = answer(worker, 'stopped')
  worker.postMessage('stop')
  await stopped
  await worker.terminate()
}

/** Waits for the worker's word; its death is an answer too. */
function answer(worker: Worker, expected: EmbeddedPostgresMessage['kind']): Promise<void> {
  return new Promise((done, fail) => {
    const onMessage = (message: EmbeddedPostgresMessage) => {
      if (message.kind === expected) settle(done)
      else if (message.kind === 'failed') settle(() => fail(new Error(message.reason)))
    }
    const onError = (error: Error) => settle(() => fail(error))
    const onExit = () => settle(expected === 'stopped' ? done : () => fail(new Error('its thread ended')))
    const settle = (conclude: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      conclude()
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
