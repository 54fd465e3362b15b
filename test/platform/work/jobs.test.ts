import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import t from 'tap'
import { connect } from '../../../src/platform/database/postgres.ts'
import { openJobs } from '../../../src/platform/work/jobs.ts'
import { testDatabase } from '../../database.ts'

/** Longer than whoever has ended a job waits before it looks for the next one. */
const NOTED_AFTER_MS = 600

t.test('what becomes due while the end of a job is being noted is done soon after', async (t) => {
  const { poolConfig } = await testDatabase(t)
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
  const { poolConfig } = await testDatabase(t)
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
