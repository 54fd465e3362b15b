import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { customersToSweep } from '../../src/reservations/store.ts'
import { givenCustomer } from '../given.ts'
import { testService } from '../service.ts'

t.test('what has expired is asked of one moment, so that an index answers it however many wait', async (t) => {
  const service = await testService(t)
  for (const customerId of ['C-1', 'C-2', 'C-3']) await givenCustomer(service, customerId)
  const { db } = service.deps
  await db.updateTable('creditAccounts').set({ reservationsDueAt: '2027-06-01T00:00:00.000Z' }).execute()
  await sql`create sequence moments`.execute(db)
  const now = sql<string>`('2027-01-01T00:00:00Z'::timestamptz + nextval('moments') * interval '1 day')`
  const clock = { now, today: sql<string>`current_date`, dayOf: (instant: RawBuilder<string>) => instant }
  t.same(await customersToSweep(db, clock, 10), [])
  const { rows } = await sql`select last_value as asked, is_called as was_asked from moments`.execute(db)
  t.same(rows, [{ asked: 1, wasAsked: true }], 'the clock was read once, not for every account')
})
