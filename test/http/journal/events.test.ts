import { sql } from 'kysely'
import t from 'tap'
import { keepFeedAhead } from '../../../src/journal/store.ts'
import { cursorOf } from '../../../src/platform/http/page.ts'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { settledFeed } from '../../settled-feed.ts'
import { contractService } from '../contract.ts'

type Event = { eventId: string; customerId: string; seq: number; type: string }

t.test('following the events', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  const { db } = service.deps
  const url = '/v1/events'
  /** Everything after a cursor, part by part. */
  const followed = async (query = '', after?: string) => {
    await settledFeed(db)
    const events: Event[] = []
    let cursor = after
    for (;;) {
      const { body } = await send('GET', `${url}?limit=7${query}${cursor === undefined ? '' : `&after=${cursor}`}`)
      events.push(...body.items)
      cursor = body.nextCursor
      if (!body.more) return { events, cursor }
    }
  }
  const idsOf = (events: readonly Event[]) => events.map(({ eventId }) => eventId)

  await t.test('200: nothing has happened yet, and the cursor is good for what will', async (t) => {
    const { status, body } = await send('GET', url)
    t.equal(status, 200)
    t.match(body, { items: [], more: false })
    await givenLimit(service, 'C-1', '100000.00')
    const { events } = await followed('', body.nextCursor)
    t.same(idsOf(events), ['C-1:1', 'C-1:2', 'C-1:3', 'C-1:4'])
  })

  await t.test('200: each entry of each journal is one event, with all that the journal says', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    for (const customerId of ['C-1', 'C-2', 'C-1'])
      await send('PUT', `/v1/customers/${customerId}/hold`, { reason: 'one entry each' })
    for (let order = 1; order <= 12; order += 1)
      await send('POST', '/v1/credit-checks', {
        customerId: `C-${(order % 2) + 1}`,
        orderId: `SO-${order}`,
        amount: cny('1.00')
      })
    const { events } = await followed()
    t.equal(new Set(idsOf(events)).size, events.length, 'none twice')
    for (const customerId of ['C-1', 'C-2']) {
      const { body } = await send('GET', `/v1/customers/${customerId}/journal?limit=200`)
      const own = events.filter((event) => event.customerId === customerId)
      t.same(
        own.map(({ eventId, ...entry }) => entry),
        body.items,
        'the journal, in its order'
      )
    }
  })

  await t.test('200: a follower gets only what is new, as long as it keeps its cursor', async (t) => {
    const { cursor } = await followed()
    t.same((await followed('', cursor)).events, [])
    await givenCustomer(service, 'C-3')
    const { events, cursor: later } = await followed('', cursor)
    t.same(idsOf(events), ['C-3:1', 'C-3:2'])
    t.same((await followed('', later)).events, [])
    t.same((await followed('', cursor)).events, events, 'the earlier cursor still gives the same')
  })

  await t.test('200: by type and by customer', async (t) => {
    const all = (await followed()).events
    const of = (fits: (event: Event) => boolean) => all.filter(fits)
    t.same(
      (await followed('&type=check.decided')).events,
      of(({ type }) => type === 'check.decided')
    )
    t.same(
      (await followed('&customerId=C-2')).events,
      of(({ customerId }) => customerId === 'C-2')
    )
    const both = await followed('&customerId=C-2&type=hold.set')
    t.same(idsOf(both.events), ['C-2:5'])
    t.same((await followed('&customerId=C-2&type=hold.set', both.cursor)).events, [])
    t.match((await send('GET', `${url}?customerId=C-9`)).body, { items: [], more: false })
    await refuses(t, { method: 'GET', url: `${url}?type=never.heard_of` }, 'validation-error', ['/query/type'])
  })

  await t.test('positions go on rising in a cluster whose transaction ids are behind the journal', async (t) => {
    t.equal(await db.transaction().execute(keepFeedAhead), 0, 'as long as it is the same cluster, nothing is moved')
    const before = await followed()
    const aheadBy = 5_000_000
    await sql`alter table journal disable trigger all`.execute(db)
    await sql`update journal set feed_position = feed_position + ${aheadBy} where feed_position > 0`.execute(db)
    await sql`alter table journal enable trigger all`.execute(db)
    t.ok((await db.transaction().execute(keepFeedAhead)) > aheadBy - 10_000)
    t.equal(await db.transaction().execute(keepFeedAhead), 0, 'once')
    await givenCustomer(service, 'C-0')
    const { events } = await followed()
    t.same(idsOf(events), [...idsOf(before.events), 'C-0:1', 'C-0:2'], 'what is written now comes last')
  })

  await t.test('what cannot be read is refused', async (t) => {
    const { cursor } = await followed()
    await refuses(t, { method: 'GET', url: `${url}?after=${cursor}&type=hold.set` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${url}?after=x` }, 'invalid-cursor')
    const madeUp = cursorOf('0 1', { list: 'events', type: undefined, customerId: undefined })
    await refuses(t, { method: 'GET', url: `${url}?after=${madeUp}` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${url}?limit=201` }, 'validation-error', ['/query/limit'])
    await refuses(t, { method: 'GET', url: `${url}?type=Check` }, 'validation-error', ['/query/type'])
  })

  t.same(service.unanswered('listEvents'), [], 'every documented answer was given')
})
