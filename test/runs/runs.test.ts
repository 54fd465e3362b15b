import t, { type Test } from 'tap'
import type { Database } from '../../src/database.ts'
import type { RunId } from '../../src/ids.ts'
import { setSimulatedClock, simulatedClock } from '../../src/platform/database/clock.ts'
import { connect } from '../../src/platform/database/postgres.ts'
import { inTransaction } from '../../src/platform/database/transaction.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { Problem } from '../../src/platform/values/problem.ts'
import { isRunDue, runJob, workAtRuns } from '../../src/runs/commands.ts'
import { failedRow, type RunKind, type RunPart, type RunWork } from '../../src/runs/postings/kind.ts'
import { cancelRun, pageOfRuns, readRun, startRun } from '../../src/runs/postings/life.ts'
import { keyActor } from '../actors.ts'
import { testDatabase } from '../database.ts'

interface Counts {
  readonly failed: number
  readonly counted: number
}
interface Cursor {
  readonly number: number
}
type Part = RunPart<Counts, Cursor>

const KIND: RunKind<Counts> = {
  name: 'counting',
  path: 'counting-runs',
  noCounts: { counted: 0, failed: 0 },
  problems: { active: 'recheck-run-active', ended: 'recheck-run-finished' },
  rowsShown: { results: 100, failures: 10 }
}

/** Counts from 1 to the number in its parameters, with a row for each. */
function counting(
  change: (number: number) => Partial<Part> = () => ({}),
  more: Partial<RunWork<Counts, { to: number }, Cursor>> = {}
): RunWork<Counts, { to: number }, Cursor> {
  return {
    kind: KIND,
    scheduleHour: null,
    rests: false,
    find: async (run, cursor) => {
      const number = (cursor?.number ?? 0) + 1
      return number > run.parameters.to ? undefined : { ...partOf(number), ...change(number) }
    },
    ...more
  }
}

function partOf(number: number): Part {
  const subject = String(number)
  return {
    attemptsMax: 2,
    work: async () => ({
      counts: { counted: 1 },
      rows: [{ subject, failed: false, content: { half: number / 2 } }],
      cursor: { number }
    }),
    recordFailure: (reason) => ({ counts: { counted: 1 }, rows: [failedRow({ subject, reason })], cursor: { number } })
  }
}

async function storageOf(t: Test) {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect<Database>(poolConfig)
  t.teardown(() => db.destroy())
  await setSimulatedClock(db, '2026-03-31T12:00:00.000Z')
  const storage = { db, clock: simulatedClock('UTC') }
  const start = (to: number) =>
    inTransaction(db, (trx) =>
      startRun(trx, storage.clock, KIND, { requestedBy: keyActor('key_1'), parameters: { to } })
    )
  return {
    ...storage,
    start,
    read: (runId: string) => readRun(db, KIND, idOf<RunId>(runId)),
    cancel: (runId: string) => inTransaction(db, (trx) => cancelRun(trx, storage.clock, KIND, idOf<RunId>(runId))),
    work: (work = counting(), signal = new AbortController().signal) => workAtRuns(storage, work, signal)
  }
}

const refusal = (call: Promise<unknown>) => call.catch((error: unknown) => error)
const subjects = (rows: readonly { readonly subject: string }[]) => rows.map(({ subject }) => subject)
const upTo = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_none, index) => String(from + index))

t.test('a run', async (t) => {
  const storage = await storageOf(t)
  const { db, start, read, cancel, work } = storage

  await t.test('waits, works and ends, with its rows in the order in which they came', async (t) => {
    t.equal(await isRunDue(storage, counting()), false)
    const runId = await start(5)
    t.match(await read(runId), { state: 'queued', counts: { counted: 0, failed: 0 }, results: [], startedAt: null })
    t.equal(await runJob(storage, counting()).isDue(), true)
    await work()
    const run = await read(runId)
    t.match(run, { state: 'done', counts: { counted: 5, failed: 0 }, failures: [], failedReason: null })
    t.same(subjects(run.results), upTo(5))
    t.same(run.results[2]?.content, { half: 1.5 })
    t.equal(run.finishedAt, '2026-03-31T12:00:00.000Z')
    t.equal(await isRunDue(storage, counting()), false)
  })

  await t.test('is the only one of its kind until it has ended', async (t) => {
    const runId = await start(1)
    t.match(await refusal(start(1)), { slug: 'recheck-run-active', message: `The run ${runId} is queued.` })
    await work()
    t.match(await refusal(cancel(runId)), { slug: 'recheck-run-finished' })
    t.match(await refusal(read('run_none')), { slug: 'not-found' })
    t.match(await refusal(cancel('run_none')), { slug: 'not-found' })
  })

  await t.test('shows its rows while it works', async (t) => {
    const runId = await start(4)
    const seen: string[][] = []
    await work(
      counting(
        () => {
          return {}
        },
        {
          find: async (run, cursor) => {
            seen.push(subjects((await read(runId)).results))
            return counting().find(run, cursor)
          }
        }
      )
    )
    t.same(seen, [[], upTo(1), upTo(2), upTo(3), upTo(4)])
  })

  await t.test('goes on where it stood after an instance that was killed in the middle of a step', async (t) => {
    const runId = await start(6)
    const reached = Promise.withResolvers<void>()
    const never = new Promise<never>(() => undefined)
    // What hangs before its transaction is opened is what a process leaves that is gone.
    void work(
      counting((number) => {
        if (number !== 4) return {}
        reached.resolve()
        return { prepared: never }
      })
    )
    await reached.promise
    t.match(await read(runId), { state: 'running', counts: { counted: 3 } })
    const begun: number[] = []
    await work(
      counting((number) => {
        begun.push(number)
        return {}
      })
    )
    t.same(begun, [4, 5, 6])
    const run = await read(runId)
    t.match(run, { state: 'done', counts: { counted: 6 } })
    t.same(subjects(run.results), upTo(6))
  })

  await t.test('is shared by two instances, which do nothing twice', async (t) => {
    const runId = await start(8)
    const worked: number[] = []
    const first = Promise.withResolvers<void>()
    const both = Promise.withResolvers<void>()
    const instance = () =>
      work(
        counting((number) => ({
          // Both stand at the first part before either of them does it.
          prepared: number > 1 ? Promise.resolve() : both.promise,
          work: async (trx) => {
            worked.push(number)
            return partOf(number).work(trx)
          }
        }))
      )
    const one = instance()
    setTimeout(first.resolve, 100)
    await first.promise
    const other = instance()
    setTimeout(both.resolve, 100)
    await Promise.all([one, other])
    const run = await read(runId)
    t.match(run, { state: 'done', counts: { counted: 8, failed: 0 } })
    t.same(subjects(run.results), upTo(8), 'each row is there once')
    t.equal(worked.filter((number) => number === 1).length, 2, 'both began with the first part')
    t.equal(run.steps, 8, 'what the slower one did of it was not kept')
  })

  await t.test('can be cancelled while it works: what it wrote stays, and the next one is taken up', async (t) => {
    const runId = await start(9)
    const reached = Promise.withResolvers<void>()
    const cancelled = Promise.withResolvers<void>()
    const working = work(
      counting((number) => {
        if (number !== 6) return {}
        reached.resolve()
        return { prepared: cancelled.promise }
      })
    )
    await reached.promise
    await cancel(runId)
    const following = await start(2)
    cancelled.resolve()
    await working
    const run = await read(runId)
    t.match(run, { state: 'cancelled', counts: { counted: 5 }, finishedAt: '2026-03-31T12:00:00.000Z' })
    t.same(subjects(run.results), upTo(5))
    t.match(await read(following), { state: 'done', counts: { counted: 2 } })
  })

  await t.test('passes over what fails, and says why', async (t) => {
    const runId = await start(4)
    const fail = (error: unknown) => ({ work: async () => Promise.reject(error) })
    let attempts = 0
    await work(
      counting((number) => {
        if (number === 2) return fail(new Error(`it cannot be${'!'.repeat(400)}`))
        if (number !== 3) return {}
        return {
          work: async () => {
            attempts += 1
            throw new Problem('contention', {
              en: 'Another request holds this account.',
              zh: '另一请求正在处理该账户。'
            })
          }
        }
      })
    )
    const run = await read(runId)
    t.match(run, { state: 'done', counts: { counted: 4, failed: 2 }, failedReason: null })
    t.same(subjects(run.results), ['1', '4'])
    t.match(run.failures, [
      { subject: '2', content: { reason: /^it cannot be!{288}$/, zh: /^处理该客户时发生意外错误：it cannot be!+$/ } },
      {
        subject: '3',
        content: { reason: 'Another request holds this account.', zh: /\p{Script=Han}/u }
      }
    ])
    t.equal(attempts, 2, 'who is held is tried again')
  })

  await t.test(
    'waits for another attempt where the database cannot be reached, and fails where it cannot go on',
    async (t) => {
      const runId = await start(3)
      const lost = new Problem('temporary-reduced-capacity', {
        en: 'The database cannot be reached.',
        zh: '无法连接数据库。'
      })
      const unreachable = counting((number) => (number === 2 ? { work: async () => Promise.reject(lost) } : {}))
      await t.rejects(work(unreachable), lost)
      t.match(await read(runId), { state: 'running', counts: { counted: 1, failed: 0 } })
      const broken = counting(undefined, { find: async () => Promise.reject(new TypeError('a fault of the service')) })
      await t.rejects(work(broken), { message: 'a fault of the service' })
      t.match(await read(runId), { state: 'failed', failedReason: 'The service failed. Its log says why.' })
    }
  )

  await t.test('stops soon after the signal, while it rests as well', async (t) => {
    const runId = await start(3)
    const stopping = new AbortController()
    const reason = new Error('the instance stops')
    const slow = counting(
      (number) => ({
        work: async (trx) => {
          if (number === 2) stopping.abort(reason)
          return partOf(number).work(trx)
        }
      }),
      { rests: true }
    )
    await t.rejects(work(slow, stopping.signal), reason)
    t.match(await read(runId), { state: 'running' })
    await work()
    t.match(await read(runId), { state: 'done', counts: { counted: 3 } })
  })

  await t.test('finds what comes next while it works, where it knows the place', async (t) => {
    const runId = await start(5)
    const events: string[] = []
    const ahead = counting((number) => ({
      endsAt: { number },
      work: async (trx) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        events.push(`worked at ${number}`)
        return partOf(number).work(trx)
      }
    }))
    await work({
      ...ahead,
      find: async (run, cursor) => {
        events.push(`found behind ${cursor?.number ?? 0}`)
        return ahead.find(run, cursor)
      }
    })
    t.same(subjects((await read(runId)).results), upTo(5))
    t.same(
      events.filter((event) => event.startsWith('found')),
      [0, 1, 2, 3, 4, 5].map((number) => `found behind ${number}`),
      'each part once'
    )
    t.ok(events.indexOf('found behind 2') < events.indexOf('worked at 1'), 'two are found ahead')
    t.ok(events.indexOf('found behind 3') > events.indexOf('worked at 1'), 'and no more')
  })

  await t.test('is asked for by the schedule, once a day from its hour on', async (t) => {
    const nightly = counting(undefined, {
      scheduleHour: 3,
      find: async () => undefined
    })
    const days = async () =>
      (await pageOfRuns(db, KIND, { limit: 100 }, (run) => run)).items.flatMap(({ scheduledOn }) => scheduledOn ?? [])
    await work(nightly)
    t.equal(await isRunDue(storage, nightly), false)
    await setSimulatedClock(db, '2026-04-01T02:59:59.999Z')
    t.equal(await isRunDue(storage, nightly), false)
    await setSimulatedClock(db, '2026-04-01T03:00:00.000Z')
    t.equal(await isRunDue(storage, nightly), true)
    await work(nightly)
    t.same(await days(), ['2026-04-01', '2026-03-31'])
  })

  await t.test('is listed with those of its kind, newest first, by state', async (t) => {
    const listed = async (query: object) => pageOfRuns(db, KIND, query, (run) => run)
    const all = (await listed({ limit: 100 })).items
    t.ok(all.length > 8)
    const first = await listed({ limit: 2 })
    const second = await listed({ limit: 2, cursor: first.nextCursor })
    t.same([...first.items, ...second.items], all.slice(0, 4))
    t.same(
      (await listed({ state: 'cancelled' })).items,
      all.filter(({ state }) => state === 'cancelled')
    )
    t.same((await pageOfRuns(db, { ...KIND, name: 'another' }, {}, (run) => run)).items, [])
  })
})
