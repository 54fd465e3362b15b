import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import t, { type Test } from 'tap'
import { connect } from '../../../src/platform/database/postgres.ts'
import { openJobs } from '../../../src/platform/work/jobs.ts'
import { testDatabase } from '../../database.ts'

/** Longer than whoever has ended a job waits before it looks for the next one. */
const NOTED_AFTER_MS = 600

// The tests share a database: each has queues of its own.
const { poolConfig } = await testDatabase(t)

t.test('what becomes due while the end of a job is being noted is done soon after', async (t) => {
  const { db, pool } = connect(poolConfig)
  let due = true
  let done = 0
  let justEnded = false
  const isFirstAfter = () => {
    const first = justEnded
    justEnded = false
    return first
  }
  const jobs = openJobs(lateAfter(isFirstAfter, pool))
  t.teardown(async () => {
    await jobs.close()
    await db.destroy()
  })
  jobs.offer({
    name: 'become-due-again',
    isDue: async () => due,
    work: async () => {
      done += 1
      // The second time for whoever asks after the work, and before its end is known.
      due = done < 2
      justEnded = true
    }
  })

  await jobs.look()
  const until = performance.now() + 20_000
  while (done < 2 && performance.now() < until) await sleep(50)
  t.equal(done, 2)
})

t.test('what becomes due while a look is under way is found by whoever asks then', async (t) => {
  const { db, pool } = connect(poolConfig)
  const jobs = openJobs(pool)
  t.teardown(async () => {
    await jobs.close()
    await db.destroy()
  })
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  let due = false
  jobs.offer({
    name: 'become-due-meanwhile',
    isDue: async () => {
      const answer = due
      asked.resolve()
      await answered.promise
      return answer
    },
    work: async () => {
      due = false
      done.resolve()
    }
  })

  const first = jobs.look()
  await asked.promise
  due = true
  const second = jobs.look()
  answered.resolve()
  await Promise.all([first, second])
  t.equal(await Promise.race([done.promise.then(() => 'done'), sleep(20_000, 'never begun', { ref: false })]), 'done')
})

/** An instance's jobs, and what they log. */
function loggedJobs(t: Test) {
  const { db, pool } = connect(poolConfig)
  const jobs = openJobs(pool)
  const logged: { readonly message: string; readonly err: unknown }[] = []
  jobs.logTo({ error: ({ err }, message) => logged.push({ message, err }) })
  t.teardown(async () => {
    await jobs.close()
    await db.destroy()
  })
  return { jobs, logged, pool }
}

/** Waits until something is so, or for as long as a test waits. */
async function until(isSo: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isSo()) && performance.now() < end) await sleep(50)
}

t.test('a task of which it is not known whether it is due stops none behind it, and the fault is logged', async (t) => {
  const { jobs, logged } = loggedJobs(t)
  const fault = new Error('a table is missing')
  let done = 0
  const work = async () => {
    done += 1
  }
  jobs.offer({ name: 'unknown', isDue: async () => Promise.reject(fault), work })
  jobs.offer({ name: 'due-behind-it', isDue: async () => done === 0, work })
  await jobs.look()
  await until(() => done > 0)
  t.equal(done, 1)
  t.match(logged[0], { message: 'The task unknown could not be looked at.', err: fault })
})

t.test('a job that fails is logged, tried again as its task says, and then given up', async (t) => {
  const { jobs, logged, pool } = loggedJobs(t)
  let attempts = 0
  jobs.offer({
    name: 'failing',
    retries: { limit: 1, delaySeconds: 1, delaySecondsMax: 1 },
    work: async () => {
      attempts += 1
      throw new Error(`attempt ${attempts}`)
    }
  })
  t.equal(await jobs.send('failing', {}), true)
  const isGivenUp = async () => {
    const { rows } = await pool.query("select from pgboss.job where name = 'failing' and state = 'failed'")
    return rows.length === 1
  }
  await until(isGivenUp)
  t.equal(await isGivenUp(), true)
  t.equal(attempts, 2)
  t.match(logged, [
    { message: 'The job failing failed, and is tried again.', err: { message: 'attempt 1' } },
    { message: 'The job failing failed, and is tried again.', err: { message: 'attempt 2' } }
  ])
})

t.test('a job is given its payload, and there is one at a time for each', async (t) => {
  const { jobs } = loggedJobs(t)
  const given: unknown[] = []
  const goOn = Promise.withResolvers<void>()
  jobs.offer<{ importId: string }>({
    name: 'import',
    work: async (_signal, payload) => {
      given.push(payload)
      await goOn.promise
    }
  })
  t.equal(await jobs.send('import', { importId: 'imp_1' }), true)
  t.equal(await jobs.send('import', { importId: 'imp_1' }), false, 'it waits')
  t.equal(await jobs.send('import', { importId: 'imp_2' }), true)
  await until(() => given.length > 0)
  t.equal(await jobs.send('import', { importId: 'imp_1' }), false, 'it runs')
  goOn.resolve()
  await until(() => given.length === 2)
  t.same(given, [{ importId: 'imp_1' }, { importId: 'imp_2' }])
})

t.test('a schedule makes jobs by itself', async (t) => {
  let done = 0
  const task = {
    name: 'each-minute',
    schedule: { cron: '* * * * *', timeZone: 'Asia/Shanghai' },
    work: async () => {
      done += 1
    }
  }
  const first = loggedJobs(t)
  first.jobs.offer(task)
  await first.jobs.look()
  await first.jobs.close()
  // Instances look at the schedules by turns, each half minute: the next turn has come.
  await first.pool.query("update pgboss.version set cron_on = cron_on - interval '30 seconds'")
  await first.pool.end()
  const next = loggedJobs(t)
  next.jobs.offer(task)
  next.jobs.watch()
  await until(() => done > 0)
  t.ok(done > 0)
  t.same([...first.logged, ...next.logged], [])
})

/**
 * A pool that gives whoever comes first after the end of the work, to note it, a connection later
 * than everybody else.
 */
function lateAfter(isEnded: () => boolean, pool: pg.Pool): pg.Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'connect') return Reflect.get(target, name, target)
      return async () => {
        if (isEnded()) await sleep(NOTED_AFTER_MS)
        return target.connect()
      }
    }
  })
}
