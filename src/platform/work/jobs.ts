import pg from 'pg'
import { type Db, PgBoss } from 'pg-boss'

/** Work that outlives a request, and that one instance of the service at a time is at. */
interface Task {
  /** Its queue: small letters and hyphens. */
  readonly name: string
  /** Whether there is anything to do. It is asked every half minute, so it must be cheap. */
  isDue(): Promise<boolean>
  /**
   * Works until nothing is left. It begins where whoever was at it last has stopped, and stops soon
   * after the signal. When it throws it is called again, here or at another instance.
   */
  work(signal: AbortSignal): Promise<void>
}

/** The tasks of this instance. */
export interface Jobs {
  offer(task: Task): void
  /**
   * Has an instance begin with each task that is due: this one, or the one that is at it already.
   */
  look(): Promise<void>
  /** Has it looked within a second, once for all who ask meanwhile; only while it is watched. */
  lookSoon(): void
  /**
   * Looks now, and every half minute from now on: what an instance leaves that dies is due for the
   * others.
   */
  watch(): void
  /** Stops what is under way at the next opportunity; another instance goes on with it. */
  close(): Promise<void>
}

/** Where pg-boss keeps its tables; a migration makes it. */
export const JOBS_SCHEMA = 'pgboss'
const LOOK_EVERY_MS = 30_000
const LOOK_SOON_MS = 1_000
/** After the end of a job: about as long as it takes to note that it has ended. */
const LOOK_AGAIN_MS = 250
const STOP_WITHIN_MS = 10_000

/**
 * An instance that is not heard from for so long is taken for dead; it is looked for every few
 * seconds.
 */
const HEARTBEAT_SECONDS = 15
const MONITOR_SECONDS = 5

const QUEUE = {
  // Whoever asks twice gets one job, and no two instances are at it at once.
  policy: 'exclusive',
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: 82_800,
  retryLimit: 20,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  deleteAfterSeconds: 86_400
} as const

/**
 * Delivers tasks through pg-boss, which keeps its tables in a schema of its own. It is started when
 * the first task is due: until then it costs nothing but a question every half minute. Faults
 * become warnings of the process: the next look tries again.
 */
export function openJobs(pool: pg.Pool): Jobs {
  const tasks: Task[] = []
  const stopping = new AbortController()
  let started: Promise<PgBoss> | undefined
  let looking: Promise<void> | undefined
  let isAskedAgain = false
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined

  const lookAtAll = async () => {
    for (const task of tasks) {
      if (stopping.signal.aborted || !(await task.isDue())) continue
      started ??= startBoss(pool, tasks, stopping.signal, () => lookWithin(LOOK_AGAIN_MS))
      const boss = await started.catch((error: unknown) => {
        started = undefined
        throw error
      })
      // Somebody is at it, who may be past what became due only now: it is asked until it is given,
      // or is due no more.
      if ((await boss.send(task.name, {})) === null) lookWithin(LOOK_SOON_MS)
    }
  }
  const lookWithin = (ms: number) => {
    if (stopping.signal.aborted) return
    soon ??= setTimeout(() => {
      soon = undefined
      void look()
    }, ms).unref()
  }
  const look = () => {
    isAskedAgain = true
    looking ??= lookUntilAskedNoMore()
    return looking
  }
  // Whoever asks while a look is under way may be asking for what it has passed by.
  const lookUntilAskedNoMore = async () => {
    while (isAskedAgain) {
      isAskedAgain = false
      await lookAtAll().catch(warn)
    }
    looking = undefined
  }
  return {
    offer: (task) => tasks.push(task),
    look,
    lookSoon: () => {
      if (timer !== undefined) lookWithin(LOOK_SOON_MS)
    },
    watch: () => {
      timer ??= setInterval(look, LOOK_EVERY_MS).unref()
      void look()
    },
    close: async () => {
      clearInterval(timer)
      clearTimeout(soon)
      stopping.abort()
      await looking
      const boss = await started?.catch(() => undefined)
      await boss?.stop({ graceful: true, timeout: STOP_WITHIN_MS })
    }
  }
}

async function startBoss(
  pool: pg.Pool,
  tasks: readonly Task[],
  stopping: AbortSignal,
  onEnd: () => void
): Promise<PgBoss> {
  const boss = new PgBoss({
    db: databaseOf(pool),
    schema: JOBS_SCHEMA,
    createSchema: false,
    schedule: false,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS
  })
  boss.on('error', warn)
  await boss.start()
  for (const task of tasks) {
    await boss.createQueue(task.name, QUEUE)
    await boss.work(task.name, { pollingIntervalSeconds: 1 }, async ([job]) => {
      if (job === undefined) return
      try {
        await task.work(AbortSignal.any([job.signal, stopping]))
        // A job that fails is taken up at once by another instance; one that is done would wait for
        // the next look.
        stopping.throwIfAborted()
      } catch (error) {
        if (!stopping.aborted) warn(error)
        throw error
      } finally {
        // What became due while this job was at its end was not given a job of its own.
        onEnd()
      }
    })
  }
  return boss
}

/**
 * Its statements over our pool: with the types that it expects, and without leaving a connection in
 * a broken transaction.
 */
function databaseOf(pool: pg.Pool): Db {
  return {
    executeSql: async (text, values) => {
      const client = await pool.connect()
      let fault: unknown
      try {
        return await client.query({ text, ...(values?.length ? { values } : {}), types: pg.types })
      } catch (error) {
        fault = error
        await client.query('rollback').catch(() => undefined)
        throw error
      } finally {
        client.release(fault !== undefined)
      }
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'BackgroundWork')
}
