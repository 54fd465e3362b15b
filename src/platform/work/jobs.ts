import pg from 'pg'
import { type Db, type Job, PgBoss } from 'pg-boss'
import { canonicalJson, sha256 } from '../values/canonical.ts'

/** Background work; at most one instance at a time runs it with the same payload. */
interface Task<Payload extends object> {
  /** Its queue: small letters and hyphens. */
  readonly name: string
  /**
   * Whether there is anything to do, which makes a job without payload. It is asked every half
   * minute, so it must be cheap. Without it, jobs come from `send` and the schedule alone.
   */
  isDue?(): Promise<boolean>
  /** When jobs are made by themselves, in real time. */
  readonly schedule?: JobSchedule
  /** What becomes of a job that throws; otherwise it is tried 20 times, up to 30 s apart. */
  readonly retries?: JobRetries
  /**
   * Works until nothing is left. It begins where the one before it stopped, and stops soon after
   * the signal. When it throws it is called again, here or at another instance.
   */
  work(signal: AbortSignal, payload: Partial<Payload>): Promise<void>
}

interface JobSchedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string
  readonly timeZone: string
}

interface JobRetries {
  /** How often a job is tried again, before it is given up. */
  readonly limit: number
  /** The first wait in seconds; each one after it is about twice as long. */
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
  /** Asks for a job with this payload; false while one with the same payload waits or runs. */
  send(name: string, payload: object): Promise<boolean>
  /**
   * Has an instance begin with each task that is due: this one, or the one that runs it already.
   */
  look(): Promise<void>
  /** Has it looked within a second, once for all who ask meanwhile; only while it is watched. */
  lookSoon(): void
  /**
   * Looks now, and every half minute from now on: what an instance leaves that dies is due for the
   * others.
   */
  watch(): void
  /** Where faults are told from now on; before that they go to standard error. */
  logTo(log: FaultLog): void
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
  deleteAfterSeconds: 86_400
} as const

const RETRIES: JobRetries = { limit: 20, delaySeconds: 1, delaySecondsMax: 30 }

/**
 * Delivers tasks through pg-boss, which keeps its tables in a schema of its own. It is started when
 * the first job is there, or at once where a task has a schedule: until then it costs nothing but a
 * question every half minute. A fault is logged, and keeps no other task waiting.
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
  // The queue takes one job for each key; without payload there is no key.
  const send = async (name: string, payload: object) => {
    const singletonKey = Object.keys(payload).length === 0 ? {} : { singletonKey: sha256(canonicalJson(payload)) }
    return (await (await boss()).send(name, payload, singletonKey)) !== null
  }
  const pollTask = async (task: Task<object>) => {
    if (stopping.signal.aborted) return
    if (task.schedule !== undefined) await boss()
    if (!(await task.isDue?.())) return
    // Somebody runs it, who may be past what became due only now: it is asked until it is given, or
    // is due no more.
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
  // Someone who asks while a look is under way may be asking for what it has passed by.
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
  error: ({ err }, message) => void process.stderr.write(`${message} ${err instanceof Error ? err.stack : err}\n`)
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
        // A job that fails is taken up at once by another instance; one that is done would wait for
        // the next look.
        stopping.throwIfAborted()
      } catch (error) {
        if (!stopping.aborted) fail(error, `The job ${task.name} failed, and is tried again.`)
        throw error
      } finally {
        // What became due while this job was at its end was not given a job of its own.
        onEnd()
      }
    })
  }
  return boss
}

/** Makes the queue of a task, or brings it up to date where an earlier version made it. */
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
