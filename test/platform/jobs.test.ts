import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import t from 'tap'
import { openJobs } from '../../src/platform/jobs.ts'
import { connect } from '../../src/platform/postgres.ts'
import { testDatabase } from '../database.ts'

/** Longer than whoever has ended a job waits before it looks for the next one. */
const NOTED_AFTER_MS = 600

t.test('what becomes due while the end of a job is being noted is done soon after', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db, pool } = connect(poolConfig)
  let due = true
  let done = 0
  const jobs = openJobs(slowToNoteAnEnd(pool))
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
    }
  })

  await jobs.look()
  const until = performance.now() + 20_000
  while (done < 2 && performance.now() < until) await sleep(50)
  t.equal(done, 2)
})

/** A pool over which it takes longer than usual until a job is known to have ended. */
function slowToNoteAnEnd(pool: pg.Pool): pg.Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'connect') return Reflect.get(target, name, target)
      return async () => {
        const client = await target.connect()
        const query = client.query.bind(client)
        const slow = async (config: pg.QueryConfig) => {
          if (/state\s*=\s*'completed'/.test(config.text)) await sleep(NOTED_AFTER_MS)
          return query(config)
        }
        return Object.assign(Object.create(client), { query: slow, release: client.release.bind(client) })
      }
    }
  })
}
