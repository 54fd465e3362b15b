import { sql } from 'kysely'
import t from 'tap'
import { lockAccount, saveAccount } from '../../src/accounts/store.ts'
import type { Writer } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import type { CustomerId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { keyActor } from '../actors.ts'
import { givenCustomer } from '../given.ts'
import { type Service, testService } from '../service.ts'
import { atOnce, skip } from './racing.ts'

/** Writes one entry into a customer's journal; commits when `finish` is called. */
async function open({ db, clock }: Pick<Deps, 'db' | 'clock'>, customerId: string) {
  let finish: () => void = () => undefined
  const go = new Promise<void>((done) => {
    finish = done
  })
  const written = Promise.withResolvers<void>()
  const ended = db.transaction().execute(async (trx) => {
    await write(trx, clock, customerId)
    written.resolve()
    await go
  })
  await written.promise
  return {
    finish: async () => {
      finish()
      await ended
    }
  }
}

async function write(trx: Writer, clock: Deps['clock'], customerId: string) {
  const entry = { type: 'customer.changed', subject: customerId, payload: {} } as const
  await saveAccount(trx, await lockAccount(trx, clock, idOf<CustomerId>(customerId)), keyActor('test'), [entry])
}

/** Reads on from where it has got, as a follower does. */
function follower({ send }: Pick<Service, 'send'>) {
  let after = ''
  return async (): Promise<string[]> => {
    const ids: string[] = []
    for (;;) {
      const { body } = await send('GET', `/v1/events?limit=3${after}`)
      ids.push(...body.items.map(({ eventId }: { eventId: string }) => eventId))
      after = `&after=${body.nextCursor}`
      if (!body.more) return ids
    }
  }
}

/**
 * Transactions of other databases of the server count as well, and the feed waits for them: looks
 * until nothing more is expected.
 */
async function until(read: () => Promise<string[]>, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let looks = 0; looks < 200 && ids.length < count; looks += 1) {
    ids.push(...(await read()))
    if (ids.length < count) await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return ids
}

t.test('a slow transaction that commits after a faster later one is never skipped', { skip }, async (t) => {
  const service = await testService(t)
  for (const customerId of ['A', 'B', 'C']) await givenCustomer(service, customerId)
  const read = follower(service)
  t.equal((await until(read, 6)).length, 6)

  const slow = await open(service.deps, 'A')
  await service.deps.db.transaction().execute((trx) => write(trx, service.deps.clock, 'B'))
  t.same(await read(), [], 'the later one waits for the earlier one, which may still be read before it')
  const slower = await open(service.deps, 'C')
  await slow.finish()
  await slower.finish()
  const ids = await until(read, 3)
  t.same(ids.toSorted(), ['A:3', 'B:3', 'C:3'], 'each once')
})

t.test(
  'events of a customer come in the order of its chain, whichever transaction began first',
  { skip },
  async (t) => {
    const service = await testService(t)
    const { db, clock } = service.deps
    await givenCustomer(service, 'A')
    const read = follower(service)
    await until(read, 2)
    const begun = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    // It has its transaction id before the other one has begun, and writes after that has ended.
    const early = db.transaction().execute(async (trx) => {
      await sql`select pg_current_xact_id()`.execute(trx)
      begun.resolve()
      await go.promise
      await write(trx, clock, 'A')
    })
    await begun.promise
    await db.transaction().execute((trx) => write(trx, clock, 'A'))
    t.same(await read(), [], 'the early one is still under way')
    go.resolve()
    await early
    t.same(await until(read, 2), ['A:3', 'A:4'])
  }
)

t.test('a follower of many writers sees every entry once, and each chain in order', { skip }, async (t) => {
  const service = await testService(t)
  const customerIds = ['A', 'B', 'C', 'D']
  for (const customerId of customerIds) await givenCustomer(service, customerId)
  const read = follower(service)
  const seen: string[] = []
  let writing = true
  const following = (async () => {
    while (writing) seen.push(...(await read()))
  })()
  await atOnce(120, (index) =>
    service.send(
      'PUT',
      `/v1/customers/${customerIds[index % 4]}/hold`,
      { reason: `reason ${index}` },
      { 'idempotency-key': `key-${index}` }
    )
  )
  writing = false
  await following
  const { rows } = { rows: await service.deps.db.selectFrom('journal').select(['customerId', 'seq']).execute() }
  seen.push(...(await until(read, rows.length - seen.length)))
  t.same(seen.toSorted(), rows.map(({ customerId, seq }) => `${customerId}:${seq}`).toSorted(), 'each once')
  for (const customerId of customerIds) {
    const seqs = seen.filter((id) => id.startsWith(`${customerId}:`)).map((id) => Number(id.split(':')[1]))
    t.same(
      seqs,
      seqs.toSorted((left, right) => left - right),
      `${customerId} in order`
    )
  }
})
