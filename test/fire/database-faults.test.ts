import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { cny, givenLimit } from '../given.ts'
import { type Service, type TestAnswer, testService } from '../service.ts'

t.setTimeout(400_000)

const skip = process.env.TEST_DATABASE_URL
  ? false
  : 'it takes a PostgreSQL in TEST_DATABASE_URL to wait and to fail like one'

const CHECKS = '/v1/credit-checks'
/** A number for the advisory lock that a commit waits for while the test holds it. */
const GATE = 4_712

/**
 * What is asked in the middle of a fault, of the path where requests are decided together and of
 * the one where each is by itself.
 */
const WRITES = [
  {
    name: 'an order',
    url: CHECKS,
    body: (customerId: string) => ({ customerId, orderId: 'SO-1', amount: cny('1000.00') })
  },
  { name: 'a limit', url: '', body: () => ({ requested: cny('50000.00') }) }
] as const

/** Plays each write under a fault, on a customer of its own, and audits the ledger afterwards. */
async function each(
  t: Test,
  play: (t: Test, service: Service, customerId: string, write: () => Promise<TestAnswer>) => Promise<void>
): Promise<void> {
  const service = await testService(t)
  for (const [index, { name, url, body }] of WRITES.entries()) {
    const customerId = `C-${index}`
    await givenLimit(service, customerId, '100000.00')
    const path = url === '' ? `/v1/customers/${customerId}/limit-decisions` : url
    const write = () => service.attempt('POST', path, body(customerId), { 'idempotency-key': `key-${index}` })
    await t.test(name, (t) => play(t, service, customerId, write))
  }
  t.match((await service.send('GET', '/v1/audit/self-check')).body, { valid: true })
}

function isUnavailable(t: Test, { status, body, headers }: TestAnswer, slug: string): void {
  t.match({ status, type: body.type }, { status: 503, type: `/problems/${slug}` })
  t.match(headers['retry-after'], /^[1-9]\d*$/, 'it says when to ask again')
}

const ATTEMPTS = 3

/**
 * On a busy machine a request may be refused before anything is begun for it: then it is sent
 * again, as its caller would.
 */
async function untilBegun(write: () => Promise<TestAnswer>): Promise<TestAnswer> {
  for (let left = ATTEMPTS; ; left -= 1) {
    const answer = await write()
    if (left === 1 || answer.status !== 503 || answer.body.type === '/problems/outcome-unknown') return answer
  }
}

/**
 * The same request again, now that nothing is in the way: it is decided now, for nothing was
 * before.
 */
async function decidesAnew(t: Test, write: () => Promise<TestAnswer>): Promise<void> {
  const { status, headers } = await write()
  t.same([status, headers['idempotency-replayed']], [201, undefined], 'the key is unused')
}

t.test('case 54: a wait for the account of more than two seconds is given up, and the key is unused', { skip }, (t) =>
  each(t, async (t, { deps }, customerId, write) => {
    const holding = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holder = deps.db.transaction().execute(async (trx) => {
      await sql`select 1 from credit_accounts where customer_id = ${customerId} for update`.execute(trx)
      holding.resolve()
      await held.promise
    })
    await holding.promise
    const answer = await write()
    held.resolve()
    await holder
    isUnavailable(t, answer, 'contention')
    await decidesAnew(t, write)
  })
)

t.test(
  'of many that wait for one account none waits longer than its time, and none is decided twice',
  { skip },
  async (t) => {
    const service = await testService(t)
    const { deps, send, attempt } = service
    const customerId = 'C-1'
    await givenLimit(service, customerId, '100000.00')
    // Each would wait two seconds for the account: one after the other they would take longer than
    // a request may.
    const orders = Array.from({ length: 12 }, (_, index) => index)
    const write = (index: number) =>
      attempt(
        'POST',
        CHECKS,
        { customerId, orderId: `SO-${index}`, amount: cny('1000.00') },
        { 'idempotency-key': `${index}` }
      )
    const answers = await deps.db.transaction().execute(async (trx) => {
      await sql`select 1 from credit_accounts where customer_id = ${customerId} for update`.execute(trx)
      return Promise.all(orders.map(write))
    })
    for (const answer of answers) {
      const { type } = answer.body
      isUnavailable(t, answer, type === '/problems/contention' ? 'contention' : 'temporary-reduced-capacity')
    }
    for (const index of orders) await decidesAnew(t, () => write(index))
    const { body } = await send('GET', `${CHECKS}?customerId=${customerId}`)
    t.equal(body.items.length, orders.length)
    t.match((await send('GET', '/v1/audit/self-check')).body, { valid: true })
  }
)

t.test('case 55: a connection lost in COMMIT leaves the outcome unknown, and the same key tells it', { skip }, (t) =>
  each(t, async (t, { deps }, _customerId, write) => {
    await sql
      .raw(
        `create or replace function gate() returns trigger language plpgsql as
          $$ begin perform pg_advisory_xact_lock_shared(${GATE}); return null; end $$;
        create constraint trigger gate after insert on journal deferrable initially deferred
          for each row execute function gate()`
      )
      .execute(deps.db)
    const answer = await deps.db.connection().execute(async (gate) => {
      await sql`select pg_advisory_lock(${GATE}::bigint)`.execute(gate)
      let isAnswered = false
      const committing = untilBegun(write).finally(() => {
        isAnswered = true
      })
      while (!isAnswered) {
        const { rows } = await sql`select pg_terminate_backend(pid) from pg_locks
          where locktype = 'advisory' and objid = ${GATE} and not granted`.execute(gate)
        if (rows.length > 0) break
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const lost = await committing
      await sql`select pg_advisory_unlock(${GATE}::bigint)`.execute(gate)
      return lost
    })
    await sql`drop trigger gate on journal`.execute(deps.db)
    isUnavailable(t, answer, 'outcome-unknown')
    await decidesAnew(t, write)
  })
)

t.test('case 56: a disk that is full is told as such, and nothing is approved', { skip }, (t) =>
  each(t, async (t, { deps, send }, customerId, write) => {
    // The code is the one that the server gives when it cannot extend a file.
    await sql
      .raw(
        `create or replace function full_disk() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
        create trigger full_disk before insert on journal for each row execute function full_disk()`
      )
      .execute(deps.db)
    const before = (await send('GET', `/v1/customers/${customerId}/limit`)).text
    const answer = await write()
    t.equal((await send('GET', `/v1/customers/${customerId}/limit`)).text, before, 'nothing has moved')
    await sql`drop trigger full_disk on journal`.execute(deps.db)
    isUnavailable(t, answer, 'storage-exhausted')
    await decidesAnew(t, write)
  })
)
