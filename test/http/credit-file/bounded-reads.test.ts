import { sql } from 'kysely'
import t from 'tap'
import type { Writer } from '../../../src/database.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { inTransaction } from '../../../src/platform/database/transaction.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { readBatch } from '../../../src/portfolio/store/batch.ts'
import { recheckCustomer } from '../../../src/rechecks/commands/at-risk.ts'
import { cny, givenLimit } from '../../given.ts'
import { TEST_DAY, type TestAnswer, testService } from '../../service.ts'

// Tens of thousands of rows are written, and each request is made many times.
t.setTimeout(240_000)

const DAYS = 500
/** Invoices a day of the customers that are compared. */
const FEW = 1
const MANY = 10
/**
 * Requests of each kind that go before, so that every statement is planned while there is little
 * to read.
 */
const WARM = 6
const WARM_DAYS = 50
/** Customers with a little history each. */
const OTHERS = 50
/** After so many days every invoice is paid. */
const OPEN_DAYS = 45

/**
 * Years of orders, so many a day: each was known to another system, checked, captured and invoiced.
 * All but the last days' invoices are paid, some of them late.
 */
async function fill(db: Writer, customerIds: readonly string[], aDay: number, days = DAYS): Promise<void> {
  // What is written here fits together, and may take its time.
  await sql`set local session_replication_role = replica`.execute(db)
  await sql`set local statement_timeout = 0`.execute(db)
  const day = sql`(${TEST_DAY}::date - ${days}::integer + n / ${aDay}::integer)`
  const paid = sql`(${day} + 20 + n % 25)`
  const minor = sql`100 + n % 7`
  const from = sql`from unnest(${customerIds}::text[]) as customer, generate_series(0, ${days * aDay} - 1) as n`
  await sql`insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, version, recorded_at, updated_at)
    select customer, 'H-' || n, ${minor}, case when ${paid} <= ${TEST_DAY}::date then 0 else ${minor} end, ${day}, ${day} + 30,
      n % 50 = 0, 1, ${day}, ${day} ${from}`.execute(db)
  await sql`insert into credits (customer_id, kind, credit_id, dated_on, amount_minor, unapplied_minor, request, recorded_at)
    select customer, case n % 10 when 0 then 'credit_note' else 'payment' end, 'H-' || n, ${paid}, ${minor}, 0, '', ${paid}
    ${from} where ${paid} <= ${TEST_DAY}::date`.execute(db)
  await sql`insert into allocations (customer_id, kind, credit_id, invoice_id, amount_minor, settled_on)
    select customer, case n % 10 when 0 then 'credit_note' else 'payment' end, 'H-' || n, 'H-' || n, ${minor}, ${paid}
    ${from} where ${paid} <= ${TEST_DAY}::date`.execute(db)
  await sql`insert into credit_checks (customer_id, check_id, order_id, outcome, amount_minor, decided_at, document)
    select customer, customer || '-' || n, 'H-' || n, 'approved', ${minor}, ${day}, '{}' ${from}`.execute(db)
  await sql`insert into reservations (customer_id, check_id, order_id, state, amount_minor, captured_minor, released_minor, expired_minor,
      expires_at, created_at, resolved_at, version)
    select customer, customer || '-' || n, 'H-' || n, 'captured', ${minor}, ${minor}, 0, 0, ${day}, ${day}, ${day}, 2 ${from}`.execute(
    db
  )
  await sql`insert into captures (customer_id, invoice_id, capture_id, check_id, amount_minor, captured_at, invoiced_at)
    select customer, 'H-' || n, customer || '-' || n, customer || '-' || n, ${minor}, ${day}, ${day} ${from}`.execute(
    db
  )
  await sql`insert into exposure_items (customer_id, source, item_id, category, state, amount_minor, open_minor, original_currency,
      original_minor, open_original_minor, disputed, statistical, source_version, version, recorded_at, updated_at)
    select customer, 'erp', 'H-' || n, 'order', 'closed', ${minor}, 0, 'CNY', ${minor}, 0, false, false, 1, 2, ${day}, ${day} ${from}`.execute(
    db
  )
  await sql`insert into exposure_conversions (customer_id, to_kind, to_source, to_id, from_kind, from_source, from_id, amount_minor,
      original_minor, converted_at)
    select customer, 'invoice', '', 'H-' || n, 'item', 'erp', 'H-' || n, ${minor}, ${minor}, ${day} ${from}`.execute(db)
  await sql`insert into blocked_orders (customer_id, order_id, check_id, state, automatic, amount_minor, request, asked_by, opened_at,
      first_check_id, valid_until, closed_at, closed_by, version)
    select customer, 'H-' || n, customer || '-' || n, 'approved', true, ${minor}, '{}', 'key', ${day},
      customer || '-' || n, ${day}, ${day}, 'key', 2 ${from}`.execute(db)
  await sql`insert into assessments (customer_id, assessment_id, as_of, made_at, model_id, model_version, status, document)
    select customer, 'asm_0000' || n, ${day}, ${day}, 'm', 1, 'unrated', '{}' ${from}`.execute(db)
  await sql`insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash)
    select customer_id, journal_seq + 1 + n, ${day}, 'invoice.recorded', 'key', 'H-' || n, '{}', repeat('0', 64), repeat('0', 64)
    from credit_accounts, generate_series(0, ${days * aDay} - 1) as n where customer_id = any(${customerIds}::text[])`.execute(
    db
  )
  await sql`update credit_accounts set journal_seq = journal_seq + ${days * aDay}, receivables_minor = receivables_minor + (
    select sum(open_minor) from invoices where invoices.customer_id = credit_accounts.customer_id and invoice_id like 'H-%')
    where customer_id = any(${customerIds}::text[])`.execute(db)
  await sql`select rebuild_ledger(customer) from unnest(${customerIds}::text[]) as customer`.execute(db)
}

t.test(`no request reads more of a customer with ${MANY} times the history`, async (t) => {
  const service = await testService(t)
  const { send, deps } = service
  let number = 0
  const of = (customerId: string) => `/v1/customers/${customerId}`
  const sound = (answer: TestAnswer): TestAnswer => {
    t.ok(answer.status < 300, answer.text)
    return answer
  }
  const invoice = async (customerId: string) =>
    send('PUT', `${of(customerId)}/invoices/I-${++number}`, {
      amount: cny('10.00'),
      issuedOn: TEST_DAY,
      dueOn: '2026-04-30'
    })
  const payment = async (customerId: string, amount = '0.50', more: object = {}) =>
    send('POST', `${of(customerId)}/payments`, {
      paymentId: `P-${++number}`,
      receivedOn: TEST_DAY,
      amount: cny(amount),
      ...more
    })
  const order = (customerId: string) => ({ customerId, orderId: `O-${++number}`, amount: cny('1.00') })
  const check = async (customerId: string) => send('POST', '/v1/credit-checks', order(customerId))
  const assess = async (customerId: string) => send('POST', `${of(customerId)}/assessments`, {})
  const item = async (customerId: string, itemId: string, sourceVersion: number) =>
    send('PUT', `${of(customerId)}/exposure-items/${itemId}`, {
      category: 'order',
      amount: cny('1.00'),
      shipOn: '2026-04-15',
      sourceVersion
    })
  const ofReservation = (path: string, body: object) => ({
    given: async (customerId: string) => sound(await check(customerId)).body.checkId,
    ask: async (_customerId: string, checkId: string) => send('POST', `/v1/credit-checks/${checkId}/${path}`, body)
  })
  const ask = (path: string) => ({
    ask: async (customerId: string) =>
      send('GET', path.startsWith('?') ? `/v1/${path.slice(1)}${customerId}` : `${of(customerId)}${path}`)
  })
  const reconcile = (stated: object, count: number) => ({
    ask: async (customerId: string) =>
      send('POST', `${of(customerId)}/reconciliations`, {
        snapshotAt: `${TEST_DAY}T12:00:00.000Z`,
        apply: false,
        control: { count, totals: count === 0 ? [] : [cny('credits' in stated ? '-1.00' : '1.00')] },
        ...stated
      })
  })
  /** A request, and what must be there before it and costs nothing here. */
  interface Asked {
    readonly given?: (customerId: string) => Promise<string>
    readonly ask: (customerId: string, given: string) => Promise<unknown>
    /** Whether it looks at all open documents: there are as many as some days have invoices. */
    readonly readsOpen?: true
  }
  const requests: Record<string, Asked> = {
    customer: ask(''),
    invoice: { ask: invoice },
    'invoice changed': {
      ask: async (customerId) =>
        send('PUT', `${of(customerId)}/invoices/H-3`, {
          amount: cny('2.00'),
          issuedOn: '2025-12-01',
          dueOn: '2026-01-15'
        })
    },
    'invoice read': ask('/invoices/H-5'),
    'open invoices': { ...ask('/invoices?open=true&limit=5'), readsOpen: true },
    payment: { ask: async (customerId) => payment(customerId) },
    'payment of several invoices': { ask: async (customerId) => payment(customerId, '6.00') },
    payments: ask('/payments?limit=5'),
    'credit note': {
      ask: async (customerId) =>
        send('POST', `${of(customerId)}/credit-notes`, {
          creditNoteId: `N-${++number}`,
          issuedOn: TEST_DAY,
          amount: cny('0.50')
        })
    },
    allocation: {
      given: async (customerId) => sound(await payment(customerId, '0.40', { allocations: [] })).body.paymentId,
      ask: async (customerId, paymentId) => send('POST', `${of(customerId)}/payments/${paymentId}/allocations`, {})
    },
    check: { ask: check },
    'check of an order that is known': {
      given: async (customerId) => {
        const itemId = `O-${++number}`
        sound(await item(customerId, itemId, 1))
        return itemId
      },
      ask: async (customerId, orderId) =>
        send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny('1.00') })
    },
    'checks together': {
      ask: async (customerId) =>
        send('POST', '/v1/credit-check-batches', { checks: [order(customerId), order(customerId)] })
    },
    'check read': {
      given: async (customerId) => sound(await check(customerId)).body.checkId,
      ask: async (_customerId, checkId) => send('GET', `/v1/credit-checks/${checkId}`)
    },
    replay: {
      given: async (customerId) => sound(await check(customerId)).body.checkId,
      ask: async (_customerId, checkId) => send('GET', `/v1/credit-checks/${checkId}/replay`)
    },
    checks: ask('?credit-checks?limit=5&customerId='),
    capture: ofReservation('captures', { amount: cny('0.40'), invoiceId: 'C-INV', final: false }),
    release: ofReservation('releases', { reason: 'cancelled' }),
    adjustment: ofReservation('adjustments', { amount: cny('1.20') }),
    'item of another system': { ask: async (customerId) => item(customerId, `E-${++number}`, 1) },
    'item ended': {
      given: async (customerId) => {
        const itemId = `E-${++number}`
        sound(await item(customerId, itemId, 1))
        return itemId
      },
      ask: async (customerId, itemId) => send('DELETE', `${of(customerId)}/exposure-items/${itemId}?sourceVersion=2`)
    },
    hold: { ask: async (customerId) => send('PUT', `${of(customerId)}/hold`, { reason: 'Petition' }) },
    'end of a hold': { ask: async (customerId) => send('DELETE', `${of(customerId)}/hold`) },
    headroom: ask('/headroom'),
    exposure: ask('/exposure'),
    behaviour: ask('/payment-behaviour'),
    assessment: { ask: assess },
    assessments: ask('/assessments?limit=1'),
    rating: ask('/rating'),
    counterfactuals: {
      given: async (customerId) => sound(await assess(customerId)).body.assessmentId,
      ask: async (customerId, assessmentId) =>
        send('GET', `${of(customerId)}/assessments/${assessmentId}/counterfactuals`)
    },
    'limit decision': {
      ask: async (customerId) => send('POST', `${of(customerId)}/limit-decisions`, { requested: cny('100000.00') })
    },
    limit: ask('/limit'),
    journal: ask('/journal?limit=5'),
    'blocked orders': ask('?blocked-orders?limit=5&customerId='),
    'reconciliation of invoices': { ...reconcile({ invoices: [] }, 0), readsOpen: true },
    'reconciliation of an invoice that is settled': {
      ...reconcile(
        {
          invoices: [
            { invoiceId: 'H-7', amount: cny('1.00'), open: cny('1.00'), issuedOn: '2025-12-01', dueOn: '2026-01-15' }
          ]
        },
        1
      ),
      readsOpen: true
    },
    'reconciliation of credits': {
      ...reconcile(
        {
          credits: [
            { kind: 'payment', creditId: 'H-7', amount: cny('1.00'), unapplied: cny('1.00'), datedOn: '2025-12-01' }
          ]
        },
        1
      ),
      readsOpen: true
    },
    'reconciliation of items': {
      ...reconcile({ items: [{ itemId: 'H-7', category: 'order', open: cny('1.00'), sourceVersion: 3 }] }, 1),
      readsOpen: true
    },
    'assessment of a run': {
      ask: async (customerId) => readBatch(deps.db, deps.clock, { customerIds: [idOf<CustomerId>(customerId)] })
    },
    recheck: {
      ask: async (customerId) =>
        inTransaction(deps.db, (trx) =>
          recheckCustomer(
            trx,
            deps,
            { customerId: idOf<CustomerId>(customerId), afterCheckId: null },
            { row: null, isLast: true }
          )
        )
    }
  }
  /** Rows and index entries that the server has read for these sessions so far. */
  const rowsRead = async (): Promise<number> => {
    for (const db of [deps.db, deps.reports.db]) await sql`select pg_stat_force_next_flush()`.execute(db)
    const { rows } = await sql<{ read: number }>`
      select ((select sum(seq_tup_read) from pg_stat_user_tables) + (select sum(idx_tup_read) from pg_stat_user_indexes))::bigint as read`.execute(
      deps.db
    )
    return rows[0]?.read ?? Number.NaN
  }
  const asked = async ({ given, ask }: Asked, customerId: string): Promise<number> => {
    const prepared = (await given?.(customerId)) ?? ''
    const before = await rowsRead()
    const answer = await ask(customerId, prepared)
    if (answer !== null && typeof answer === 'object' && 'status' in answer) sound(answer as TestAnswer)
    return (await rowsRead()) - before
  }
  // What is known of the tables changes where the test says so.
  await sql`do $$ declare name text; begin
    for name in select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
    loop execute format('alter table %s set (autovacuum_enabled = false)', name); end loop;
  end $$`.execute(deps.db)
  for (const customerId of ['C-0', 'C-FEW', 'C-MANY']) await givenLimit(service, customerId, '500000.00')
  await deps.db.transaction().execute((trx) => fill(trx, ['C-0'], 1, WARM_DAYS))
  for (let round = 0; round < WARM; round += 1)
    for (const request of Object.values(requests)) await asked(request, 'C-0')
  await deps.db.transaction().execute((trx) => fill(trx, ['C-FEW'], FEW))
  await deps.db.transaction().execute((trx) => fill(trx, ['C-MANY'], MANY))
  const compare = async (planned: string) => {
    for (const [name, request] of Object.entries(requests)) {
      const costs: number[] = []
      for (const customerId of ['C-FEW', 'C-MANY']) {
        sound(await payment(customerId))
        costs.push(await asked(request, customerId))
      }
      const [few = Number.NaN, many = Number.NaN] = costs
      const open = request.readsOpen ? 2 * OPEN_DAYS * MANY : 0
      const read = `${few} rows with ${DAYS * FEW} orders, ${many} with ${DAYS * MANY}`
      t.ok(many <= few * 1.5 + 100 + open, `${name}, ${planned}: ${read}`)
    }
  }
  await compare('planned while nothing was known of the tables')
  const others = Array.from({ length: OTHERS }, (_, place) => `X-${place}`)
  await deps.db.transaction().execute(async (trx) => {
    await fill(trx, others, 1, WARM_DAYS)
    await sql`analyze`.execute(trx)
  })
  await compare('planned for many small customers')
})
