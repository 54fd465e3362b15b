import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { readFacts } from '../../src/checks/store/decisions.ts'
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
  const asked = customerIds.map((customerId) => ({ customerId, orderId, callerId: 'key', key: null }))
  const facts = await readFacts(db, clock, asked)
  t.same(
    facts.map(({ account, now, today }) => [account?.customerId, now, today]),
    customerIds.map((customerId) => [customerId, '2027-01-02T00:00:00.000Z', '2027-01-02'])
  )
})
