import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { readFacts } from '../../src/checks/store/facts.ts'
import type { CustomerId, OrderId } from '../../src/ids.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { givenCustomer } from '../given.ts'
import { testService } from '../service.ts'

t.test('what stands for a group is of one day, even when midnight passes while it is read', async (t) => {
  const service = await testService(t)
  const customerIds = ['C-1', 'C-2', 'C-3'].map((id) => idOf<CustomerId>(id))
  const orderId = idOf<OrderId>('SO-1')
  for (const customerId of customerIds) await givenCustomer(service, customerId)
  const { db } = service.deps
  await sql`create sequence days`.execute(db)
  const now = sql<string>`('2027-01-01T00:00:00Z'::timestamptz + nextval('days') * interval '1 day')`
  const dayOf = (instant: RawBuilder<string>) => sql<string>`(${instant} at time zone 'UTC')::date`
  const clock = { now, today: dayOf(now), dayOf }
  const order = { orderId, currency: 'CNY', amountMinor: 1, itemMinimumMinor: 0, minorPerMajor: 100 }
  const asked = customerIds.map((customerId) => ({
    customerId,
    ...order,
    callerId: 'key',
    key: null,
    leads: true,
    addresses: false
  }))
  const look = { situationBeginning: '', horizonDays: 0, ahead: { waitingMax: 1, datesMax: 1 } }
  const facts = await readFacts(db, clock, asked, look)
  t.same(
    facts.map(({ account, now, today, situation }) => [account?.customerId, now, today, situation?.asOf]),
    customerIds.map((customerId) => [customerId, '2027-01-02T00:00:00.000Z', '2027-01-02', '2027-01-02'])
  )
})
