import { sql } from 'kysely'
import t from 'tap'
import type { Writer } from '../../../src/database.ts'
import { cny, givenLimit } from '../../given.ts'
import { TEST_DAY, testService } from '../../service.ts'

const DAYS = 1_000
/**
 * Requests of each kind that go before, so that every statement is planned while there is little
 * to read.
 */
const WARM = 8

/** A ledger of so many invoices a day, all but the last days' paid, some of them late. */
async function fill(db: Writer, customerId: string, invoicesADay: number): Promise<void> {
  // What is written here fits together, and may take its time.
  await sql`set local session_replication_role = replica`.execute(db)
  await sql`set local statement_timeout = 0`.execute(db)
  const invoices = DAYS * invoicesADay
  const day = sql`(${TEST_DAY}::date - ${DAYS}::integer + n / ${invoicesADay}::integer)`
  const paid = sql`(${day} + 20 + n % 25)`
  await sql`insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, version, recorded_at, updated_at)
    select ${customerId}, 'H-' || n, 100 + n % 7, case when ${paid} <= ${TEST_DAY}::date then 0 else 100 + n % 7 end, ${day}, ${day} + 30,
      n % 50 = 0, 1, now(), now() from generate_series(0, ${invoices} - 1) as n`.execute(db)
  await sql`insert into credits (customer_id, kind, credit_id, dated_on, amount_minor, unapplied_minor, request, recorded_at)
    select ${customerId}, 'payment', 'H-' || n, ${paid}, 100 + n % 7, 0, '', now()
    from generate_series(0, ${invoices} - 1) as n where ${paid} <= ${TEST_DAY}::date`.execute(db)
  await sql`insert into allocations (customer_id, kind, credit_id, invoice_id, amount_minor, settled_on)
    select ${customerId}, 'payment', 'H-' || n, 'H-' || n, 100 + n % 7, ${paid}
    from generate_series(0, ${invoices} - 1) as n where ${paid} <= ${TEST_DAY}::date`.execute(db)
  await sql`update credit_accounts set receivables_minor = receivables_minor + (
    select sum(open_minor) from invoices where customer_id = ${customerId} and invoice_id like 'H-%')
    where customer_id = ${customerId}`.execute(db)
  await sql`select rebuild_ledger(${customerId})`.execute(db)
}

t.test('no request reads more of a customer with a hundred times the invoices', async (t) => {
  const service = await testService(t)
  const { send, deps } = service
  let number = 0
  const requests: Record<string, (customerId: string) => Promise<{ status: number; text: string }>> = {
    invoice: (customerId) =>
      send('PUT', `/v1/customers/${customerId}/invoices/I-${++number}`, {
        amount: cny('10.00'),
        issuedOn: TEST_DAY,
        dueOn: '2026-04-30'
      }),
    payment: (customerId) =>
      send('POST', `/v1/customers/${customerId}/payments`, {
        paymentId: `P-${++number}`,
        receivedOn: TEST_DAY,
        amount: cny('0.50')
      }),
    check: (customerId) =>
      send('POST', '/v1/credit-checks', { customerId, orderId: `O-${++number}`, amount: cny('1.00') }),
    headroom: (customerId) => send('GET', `/v1/customers/${customerId}/headroom`),
    behaviour: (customerId) => send('GET', `/v1/customers/${customerId}/payment-behaviour`),
    assessment: (customerId) => send('POST', `/v1/customers/${customerId}/assessments`, {}),
    limit: (customerId) => send('POST', `/v1/customers/${customerId}/limit-decisions`, { requested: cny('100000.00') }),
    exposure: (customerId) => send('GET', `/v1/customers/${customerId}/exposure`),
    'open invoices': (customerId) => send('GET', `/v1/customers/${customerId}/invoices?open=true&limit=5`)
  }
  /** Rows and index entries that the server has read for this session so far. */
  const rowsRead = async (): Promise<number> => {
    await sql`select pg_stat_force_next_flush()`.execute(deps.db)
    const { rows } = await sql<{ read: number }>`
      select ((select sum(seq_tup_read) from pg_stat_user_tables) + (select sum(idx_tup_read) from pg_stat_user_indexes))::bigint as read`.execute(
      deps.db
    )
    return rows[0]?.read ?? Number.NaN
  }
  for (const customerId of ['C-0', 'C-1', 'C-100']) await givenLimit(service, customerId, '500000.00')
  for (let round = 0; round < WARM; round += 1)
    for (const [name, request] of Object.entries(requests)) t.ok((await request('C-0')).status < 300, name)
  await deps.db.transaction().execute((trx) => fill(trx, 'C-1', 1))
  await deps.db.transaction().execute((trx) => fill(trx, 'C-100', 100))
  for (const [name, request] of Object.entries(requests)) {
    const costs: number[] = []
    for (const customerId of ['C-1', 'C-100']) {
      t.equal((await requests.payment?.(customerId))?.status, 201)
      const before = await rowsRead()
      const { status, text } = await request(customerId)
      t.ok(status < 300, text)
      costs.push((await rowsRead()) - before)
    }
    const [few = Number.NaN, many = Number.NaN] = costs
    t.ok(many <= few * 1.5 + 100, `${name}: ${few} rows with ${DAYS} invoices, ${many} with ${DAYS * 100}`)
  }
})
