import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { testDatabase } from '../database.ts'
import { TEST_DAY } from '../service.ts'
import type { Answered, Asked } from './client.ts'
import { newCustomer } from './customers.ts'
import { expected, explain, type Observed } from './linearize.ts'

import { askedOf, nameCheck, newBooks, resultOf } from './operations.ts'
import { newAccount } from './reference/account.ts'
import type { Command } from './reference/commands.ts'
import { act } from './reference/model.ts'
import { audited } from './seeds.ts'
import { openStage, type Stage } from './stage.ts'

t.setTimeout(1_200_000)

const skip = process.env.TEST_DATABASE_URL ? false : 'two sessions at once need a PostgreSQL in TEST_DATABASE_URL'

const THOUSAND = 100_000
const LIMIT = 20 * THOUSAND
const HELD_SECONDS = 600
/** The reservation that everything is about. */
const HELD: Command = { do: 'check', check: 1, order: 'SO-1', amount: 5 * THOUSAND, seconds: HELD_SECONDS, keyed: true }

/** Each as the first and as the second: alone each of them would succeed. */
const OPERATIONS = {
  reserve: (turn: number): Command => reserve(turn, 10 * THOUSAND),
  capture: (turn: number): Command => ({ do: 'capture', check: 1, amount: 3 * THOUSAND, invoice: turn, final: false }),
  release: (): Command => ({ do: 'release', check: 1 }),
  adjustment: (turn: number): Command => ({ do: 'adjust', check: 1, amount: (turn === 1 ? 8 : 4) * THOUSAND }),
  // An expired reservation ends in the transaction of the next order, which finds room only without
  // it.
  expire: (turn: number): Command => reserve(turn, 18 * THOUSAND),
  'limit change': (turn: number): Command => ({ do: 'limit', amount: (turn === 1 ? 12 : 11) * THOUSAND })
}
type Name = keyof typeof OPERATIONS
const NAMES = Object.keys(OPERATIONS) as Name[]

function reserve(turn: number, amount: number): Command {
  return { do: 'check', check: 1 + turn, order: `SO-${1 + turn}`, amount, seconds: 3_600, keyed: true }
}

/** How the two meet. */
const MEETINGS = {
  'both wait for the account': 'the second comes after the first',
  'the first is at its commit': 'the second comes after the first',
  'the first fails at its commit': 'the second comes as if there were no first, which is repeated after it'
} as const
type Meeting = keyof typeof MEETINGS

/** A number for the advisory lock that a commit waits for while the test holds it. */
const GATE = 4_711

interface Scene {
  readonly stage: Stage
  readonly admin: pg.Client
}

t.test('every pair of operations on one account in a forced order', { skip }, async (t) => {
  const { poolConfig } = await testDatabase(t)
  const databaseUrl = poolConfig.connectionString ?? ''
  const stage = await openStage({ databaseUrl, inProcess: 2, processes: 0, from: `${TEST_DAY}T12:00:00.000Z` })
  const admin = new pg.Client({ connectionString: databaseUrl })
  t.teardown(async () => {
    await admin.end()
    await stage.close()
  })
  await admin.connect()
  await admin.query(`
    create function gate() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(${GATE}); return null; end $$;
    create constraint trigger gate after insert on journal deferrable initially deferred
      for each row execute function gate()`)
  for (const meeting of Object.keys(MEETINGS) as Meeting[]) {
    await t.test(`${meeting}: ${MEETINGS[meeting]}`, async (t) => {
      for (const first of NAMES) for (const second of NAMES) await pair(t, { stage, admin }, meeting, first, second)
    })
  }
  t.equal(await audited(stage), undefined)
})

/** How often a pair is tried whose waits took longer than the service waits. */
const TRIES_MAX = 5

async function pair(t: Test, scene: Scene, meeting: Meeting, first: Name, second: Name): Promise<void> {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const customerId = `${meeting} ${first} ${second} ${attempt}`.replace(/[^a-z0-9]+/g, '-')
    if (await meet(t, scene, customerId, meeting, first, second)) return
  }
  t.fail(`${first}, then ${second}: the machine is too slow to force an order`)
}

/** Answers false when one of the two gave up waiting, so that nothing was forced. */
async function meet(
  t: Test,
  { stage, admin }: Scene,
  customerId: string,
  meeting: Meeting,
  first: Name,
  second: Name
): Promise<boolean> {
  const books = newBooks(customerId, stage.now())
  await newCustomer(stage, customerId, LIMIT)
  const { account } = act(newAccount(LIMIT), HELD)
  const held = await stage.ask(askedOf(books, HELD, `${customerId}-held`))
  nameCheck(books, 1, String(held.body.checkId))

  const commands = [OPERATIONS[first](1), OPERATIONS[second](2)] as const
  const asked = commands.map((command, turn) => askedOf(books, command, `${customerId}-${turn}`)) as [Asked, Asked]
  const ticks = first === 'expire' || second === 'expire'
  const tick = async (name: Name, other: Name | undefined) => {
    if (name === 'expire' && other !== 'expire') await stage.tick(HELD_SECONDS)
  }
  const gate = await close(admin, customerId, meeting)
  await tick(first, undefined)
  const one = stage.send(0, asked[0])
  const firstWaits = await waiting(admin, 1, one)
  await tick(second, first)
  const two = stage.send(1, asked[1])
  const secondWaits = await waiting(admin, 2, two)
  await gate.open()
  const answers = [await one, await two] as const
  const failed = meeting === 'the first fails at its commit'
  const known = answers.map((answer) => (typeof answer === 'object' && answer.status !== 503 ? answer : undefined))
  if (!firstWaits || known[1] === undefined || (known[0] === undefined) !== failed) return false
  const told: [Answered, Answered] = [known[0] ?? (await stage.ask(asked[0])), known[1]]
  for (const [turn, command] of commands.entries())
    if (command.do === 'check') nameCheck(books, command.check, String(told[turn]?.body.checkId))

  const operations = commands.map(
    (command, turn): Observed => ({ command, result: resultOf(books, command, told[turn] as Answered) })
  )
  const [earlier, later] = failed ? [operations[1], operations[0]] : operations
  const clock: Observed[] = ticks ? [{ command: { do: 'tick', seconds: HELD_SECONDS }, result: '200' }] : []
  const all = [...clock, ...operations]
  const after = explain([account], all, (left, right) => left === earlier && right === later)
  const words = operations.map(({ result }) => result).join(' | ')
  t.ok(after.length > 0, `${first}, then ${second}: ${words}; the reference says ${expected(account, all).join(' | ')}`)
  t.ok(secondWaits || told[1].status >= 400, `${first}, then ${second}: the second waited`)
  const exposure: Command = { do: 'exposure' }
  const result = resultOf(books, exposure, await stage.ask(askedOf(books, exposure)))
  t.ok(explain(after, [{ command: exposure, result }]).length > 0, `${first}, then ${second}: ${result}`)
  return true
}

/**
 * Holds what the first has to wait for. Opening lets it on, or ends its session where it is to
 * fail.
 */
async function close(admin: pg.Client, customerId: string, meeting: Meeting): Promise<{ open: () => Promise<void> }> {
  if (meeting === 'both wait for the account') {
    await admin.query('begin')
    await admin.query('select 1 from credit_accounts where customer_id = $1 for update', [customerId])
    return { open: async () => void (await admin.query('commit')) }
  }
  await admin.query('select pg_advisory_lock($1)', [GATE])
  return {
    open: async () => {
      if (meeting === 'the first fails at its commit')
        await admin.query(`select pg_terminate_backend(pid) from pg_locks
          where locktype = 'advisory' and objid = ${GATE} and not granted`)
      await admin.query('select pg_advisory_unlock($1)', [GATE])
    }
  }
}

const WAITING_WITHIN_MS = 1_500

/**
 * Waits until so many sessions wait for a lock; false when the request is answered, or after a
 * while.
 */
async function waiting(admin: pg.Client, sessions: number, request: Promise<unknown>): Promise<boolean> {
  let answered = false
  void request.then(() => {
    answered = true
  })
  const until = performance.now() + WAITING_WITHIN_MS
  while (!answered && performance.now() < until) {
    const { rows } = await admin.query(`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    if (rows.length >= sessions) return true
    await sleep(3)
  }
  return false
}
