import pg from 'pg'
import { type Db, type Job, PgBoss } from 'pg-boss'
import { canonicalJson, sha256 } from '../values/canonical.ts'
import { loggedError } from '../values/logged-error.ts'

/** Background work; at most one instance at a time runs it with the same payload. */
interface Task<Payload extends object> {
  /** The name of its queue: lower-case letters and hyphens. */
  readonly name: string
  /**
   * Whether there is work, which makes a job without payload. It is asked every half minute, so it
   * must be cheap. Without it, jobs come only from `send` and the schedule.
   */
  isDue?(): Promise<boolean>
  /** When jobs are created automatically, in real time. */
  readonly schedule?: JobSchedule
  /** What happens to a job that throws. The default is 20 more attempts, up to 30 s apart. */
  readonly retries?: JobRetries
  /**
   * Works until nothing is left. It starts where the run before it stopped, and stops soon after
   * the signal. When it throws it is called again, here or on another instance.
   */
  work(signal: AbortSignal, payload: Partial<Payload>): Promise<void>
}

interface JobSchedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string
  readonly timeZone: string
}

interface JobRetries {
  /** How often a job is retried before it is given up. */
  readonly limit: number
  /** The first wait in seconds; each later one is about twice as long. */
  readonly delaySeconds: number
  readonly delaySecondsMax: number
}

/** A line of the log about a fault. */
interface FaultLog {
  error(fault: { readonly err: unknown }, message: string): void
}

/** The tasks of this instance. */
export interface Jobs {
  offer<Payload extends object>(task: Task<Payload>): void
  /** Requests a job with this payload; false while one with the same payload waits or runs. */
  send(name: string, payload: object): Promise<boolean>
  /** Starts each task that is due, here or on the instance that already runs it. */
  look(): Promise<void>
  /** Starts a look within a second, one for all who ask meanwhile; only after `watch`. */
  lookSoon(): void
  /**
   * Looks now, and every half minute from then on: work of an instance that dies is due for the
   * others.
   */
  watch(): void
  /** Where faults are reported from now on; before that they go to standard error. */
  logTo(log: FaultLog): void
  /** Stops the running work at the next opportunity. Another instance goes on with it. */
  close(): Promise<void>
}

/** The schema of pg-boss; a migration creates it. */
export const JOBS_SCHEMA = 'pgboss'
const LOOK_EVERY_MS = 30_000
const LOOK_SOON_MS = 1_000
/** The wait after the end of a job: about the time it takes to record that end. */
const LOOK_AGAIN_MS = 250
const STOP_WITHIN_MS = 10_000

/** An instance that is silent for so long counts as dead. This is checked every few seconds. */
const HEARTBEAT_SECONDS = 15
const MONITOR_SECONDS = 5

const QUEUE = {
  // Two requests make one job, and no two instances run it at once.
  policy: 'exclusive',
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: 82_800,
  deleteAfterSeconds: 86_400
} as const

const RETRIES: JobRetries = { limit: 20, delaySeconds: 1, delaySecondsMax: 30 }

/**
 * Delivers tasks through pg-boss, which keeps its tables in a schema of its own. It starts with the
 * first job, or at once when a task has a schedule; until then it costs one question every half
 * minute. A fault is logged and delays no other task.
 */
export function openJobs(pool: pg.Pool): Jobs {
  const tasks: Task<object>[] = []
  const stopping = new AbortController()
  let log: FaultLog = STANDARD_ERROR
  let started: Promise<PgBoss> | undefined
  let looking: Promise<void> | undefined
  let isAskedAgain = false
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined

  const fail = (err: unknown, message: string) => log.error({ err }, message)
  const boss = () => {
    const onEnd = () => lookWithin(LOOK_AGAIN_MS)
    started ??= startBoss(pool, tasks, { stopping: stopping.signal, fail, onEnd })
    return started.catch((error: unknown) => {
      started = undefined
      throw error
    })
  }
  // The queue takes one job for each key. A job without payload has no key.
  const send = async (name: string, payload: object) => {
    const singletonKey = Object.keys(payload).length === 0 ? {} : { singletonKey: sha256(canonicalJson(payload)) }
    return (await (await boss()).send(name, payload, singletonKey)) !== null
  }
  const pollTask = async (task: Task<object>) => {
    if (stopping.signal.aborted) return
    if (task.schedule !== undefined) await boss()
    if (!(await task.isDue?.())) return
    // The running job may already be past what became due just now, so the task is asked again
    // until the job is accepted or nothing is due.
    if (!(await send(task.name, {}))) lookWithin(LOOK_SOON_MS)
  }
  const pollTasks = async () => {
    for (const task of tasks)
      await pollTask(task).catch((error: unknown) => fail(error, `The task ${task.name} could not be looked at.`))
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
  // A request during a look may be about something that the look has already passed.
  const lookUntilAskedNoMore = async () => {
    while (isAskedAgain) {
      isAskedAgain = false
      await pollTasks()
    }
    looking = undefined
  }
  return {
    offer: (task) => tasks.push(task as Task<object>),
    send,
    look,
    lookSoon: () => {
      if (timer !== undefined) lookWithin(LOOK_SOON_MS)
    },
    watch: () => {
      timer ??= setInterval(look, LOOK_EVERY_MS).unref()
      void look()
    },
    logTo: (appLog) => {
      log = appLog
    },
    close: async () => {
      clearInterval(timer)
      clearTimeout(soon)
      stopping.abort()
      await looking
      const running = await started?.catch(() => undefined)
      await running?.stop({ graceful: true, timeout: STOP_WITHIN_MS })
    }
  }
}

/** For an instance without an app. */
const STANDARD_ERROR: FaultLog = {
  error: ({ err }, message) => void process.stderr.write(`${message} ${JSON.stringify(loggedError(err))}\n`)
}

interface Running {
  readonly stopping: AbortSignal
  readonly fail: (error: unknown, message: string) => void
  readonly onEnd: () => void
}

async function startBoss(pool: pg.Pool, tasks: readonly Task<object>[], running: Running): Promise<PgBoss> {
  const { stopping, fail, onEnd } = running
  const boss = new PgBoss({
    db: databaseOf(pool),
    schema: JOBS_SCHEMA,
    createSchema: false,
    schedule: tasks.some(({ schedule }) => schedule !== undefined),
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS
  })
  boss.on('error', (error) => fail(error, 'The queue of background work failed.'))
  await boss.start()
  for (const task of tasks) {
    await offerQueue(boss, task)
    await boss.work(task.name, { pollingIntervalSeconds: 1 }, async ([job]: Job<object>[]) => {
      if (job === undefined) return
      try {
        await task.work(AbortSignal.any([job.signal, stopping]), job.data)
        // Another instance picks up a failed job at once. A finished one would wait for the next
        // look.
        stopping.throwIfAborted()
      } catch (error) {
        if (!stopping.aborted) fail(error, `The job ${task.name} failed, and is tried again.`)
        throw error
      } finally {
        // What became due at the very end of this job got no job of its own.
        onEnd()
      }
    })
  }
  return boss
}

/** Creates the queue of a task, or updates one that an earlier version created. */
async function offerQueue(boss: PgBoss, { name, schedule, retries = RETRIES }: Task<object>): Promise<void> {
  const again = {
    retryLimit: retries.limit,
    retryDelay: retries.delaySeconds,
    retryBackoff: true,
    retryDelayMax: retries.delaySecondsMax
  }
  await boss.createQueue(name, { ...QUEUE, ...again })
  await boss.updateQueue(name, again)
  if (schedule === undefined) await boss.unschedule(name)
  else await boss.schedule(name, schedule.cron, {}, { tz: schedule.timeZone, missed: 'once' })
}

/**
 * Runs the statements of pg-boss over our pool: with the types that it expects, and without leaving
 * a connection in a broken transaction.
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
