import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { creditFile } from '../../../src/credit-file/postings.ts'
import type { Reader } from '../../../src/database.ts'
import { addDays, features, inputsOf, limitFacts, paymentBehaviour, toMoney } from '../../../src/engine/index.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { readBatch } from '../../../src/portfolio/store/batch.ts'
import { cny, givenRated, STATEMENT } from '../../given.ts'
import { TEST_DAY, testService } from '../../service.ts'

/** Days from today; what lies more than a day ahead is refused, and changes nothing. */
const day = fc.oneof(fc.constantFrom(0, 0, 1, -1, -700, -728), fc.integer({ min: -900, max: 1 }))
const id = fc.nat(4)
const minor = fc.integer({ min: 1, max: 60_000 })
const currency = fc.constantFrom('CNY', 'CNY', 'USD', 'JPY')
const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('invoice' as const),
      id,
      minor,
      currency,
      on: day,
      terms: fc.nat(60),
      disputed: fc.boolean()
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('payments' as const, 'payments' as const, 'credit-notes' as const),
      minor,
      currency,
      on: day,
      to: fc.option(fc.uniqueArray(id, { maxLength: 2 }), { freq: 1 })
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('allocation' as const), credit: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('snapshot' as const),
      invoices: fc.uniqueArray(
        fc.record({ id, minor, currency, open: fc.nat(100), on: day, terms: fc.nat(60), disputed: fc.boolean() }),
        { maxLength: 3, selector: (each) => each.id }
      )
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: -2, max: 40 }) }) }
)
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never

/** The facts of a ledger, as whoever has nothing but the records would pass them to the engine. */
async function factsOf(db: Reader, customerId: string) {
  const invoices = await db
    .selectFrom('invoices')
    .selectAll()
    .where('customerId', '=', idOf<CustomerId>(customerId))
    .execute()
  const parts = await db
    .selectFrom('allocations')
    .selectAll()
    .where('customerId', '=', idOf<CustomerId>(customerId))
    .execute()
  const settlements = parts.map(({ kind, ...part }) => {
    return { ...part, by: kind === 'payment' ? ('payment' as const) : ('credit_note' as const) }
  })
  return { invoices, settlements }
}

/** What is kept of all ledgers; sums of nothing are left out. */
async function keptOf(db: Reader): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select days::text as row from ledger_days as days where to_jsonb(days) - 'customer_id' - 'day' <> (
      select jsonb_object_agg(key, 0) from jsonb_object_keys(to_jsonb(days) - 'customer_id' - 'day') as key)
    union all
    select late::text from late_payments as late where payments <> 0 order by row`.execute(db)
  return rows.map(({ row }) => row)
}

t.test('behaviour, assessments and limit are those of the whole history, whatever happened', async (t) => {
  const service = await testService(t)
  const { send, attempt, clockTo, deps } = service
  for (const [base, rate] of [
    ['USD', 7.1371],
    ['JPY', 0.0471]
  ] as const)
    await send('PUT', `/v1/exchange-rates/${base}/CNY/2020-01-01`, { rate, source: 'Central bank' })
  let customers = 0
  let instant = Date.parse(`${TEST_DAY}T12:00:00.000Z`)
  let credits = 0
  const today = () => new Date(instant).toISOString().slice(0, 10)

  const happen = async (customerId: string, given: Event) => {
    const url = `/v1/customers/${customerId}`
    const datesOf = ({ on, terms }: { on: number; terms: number }) => {
      const issuedOn = addDays(today(), on)
      return { issuedOn, dueOn: addDays(issuedOn, terms) }
    }
    if (given.kind === 'invoice') {
      const { id: number, minor: amount, currency: inCurrency, disputed } = given
      return attempt('PUT', `${url}/invoices/I-${number}`, {
        amount: toMoney(amount, inCurrency),
        disputed,
        ...datesOf(given)
      })
    }
    if (given.kind === 'allocation')
      return attempt('POST', `${url}/payments/P-${credits - given.credit}/allocations`, {})
    if (given.kind === 'days') {
      instant += given.days * 86_400_000
      return clockTo(new Date(instant).toISOString())
    }
    if (given.kind === 'snapshot') {
      const invoices = given.invoices.map(
        ({ id: number, minor: amount, currency: inCurrency, open, disputed, ...dates }) => ({
          invoiceId: `I-${number}`,
          amount: toMoney(amount, inCurrency),
          open: toMoney(Math.floor((amount / 100) * open), inCurrency),
          disputed,
          ...datesOf(dates)
        })
      )
      const totals = ['CNY', 'USD', 'JPY'].map((each) => {
        const ofCurrency = given.invoices.filter((invoice) => invoice.currency === each)
        return toMoney(
          ofCurrency.reduce((sum, { minor: amount, open }) => sum + Math.floor((amount / 100) * open), 0),
          each
        )
      })
      const snapshotAt = new Date(instant).toISOString()
      const control = { count: invoices.length, totals }
      return attempt('POST', `${url}/reconciliations`, { snapshotAt, apply: true, control, invoices })
    }
    credits += 1
    const { kind, minor: amount, currency: inCurrency, on, to } = given
    const allocations = to?.map((number) => ({
      invoiceId: `I-${number}`,
      amount: toMoney(Math.ceil(amount / Math.max(2, to.length)), inCurrency)
    }))
    const named =
      kind === 'payments'
        ? { paymentId: `P-${credits}`, receivedOn: addDays(today(), on) }
        : { creditNoteId: `N-${credits}`, issuedOn: addDays(today(), on) }
    return send('POST', `${url}/${kind}`, { ...named, amount: toMoney(amount, inCurrency), allocations })
  }

  /** Today, or the day of the last change where the clock ran back since. */
  const dayOf = async (customerId: string) => {
    const { updatedAt } = await deps.db
      .selectFrom('creditAccounts')
      .select('updatedAt')
      .where('customerId', '=', idOf<CustomerId>(customerId))
      .executeTakeFirstOrThrow()
    const changedOn = updatedAt.slice(0, 10)
    return changedOn > today() ? changedOn : today()
  }

  const compare = async (customerId: string, openedOn: string) => {
    const url = `/v1/customers/${customerId}`
    const facts = await factsOf(deps.db, customerId)
    const day = await dayOf(customerId)
    for (const [asOf, months] of [
      [day, 12],
      [addDays(day, 1), 3],
      [addDays(day, -1), 24],
      [addDays(day, -90), 120]
    ] as const) {
      const { body } = await send('GET', `${url}/payment-behaviour?asOf=${asOf}&months=${months}`)
      const whole = paymentBehaviour(facts.invoices, facts.settlements, asOf, months)
      const { settledMinor, invoicedMinor, openMinor, overdueMinor, highestSettledBalanceMinor, ...figures } = whole
      const [settled, invoiced, open, overdue] = [settledMinor, invoicedMinor, openMinor, overdueMinor].map((each) =>
        toMoney(each, 'CNY')
      )
      t.same(body, { customerId, currency: 'CNY', ...figures, settled, invoiced, open, overdue }, `${asOf}, ${months}`)
    }
    const profile = { kind: 'company' as const, country: 'CN', industry: '46', registeredOn: '2009-05-18' }
    const statements = [{ statementId: 'FY2025', statement: STATEMENT, knownOn: openedOn }]
    const file = { profile, statements, evidence: [], currency: 'CNY', ...facts } as Parameters<typeof features>[0]
    const assessed = (await send('POST', `${url}/assessments`, {})).body
    const derived = features(file, day)
    const inputs = inputsOf(assessed.contributions, assessed.otherInputs)
    t.ok(Object.keys(inputs).some((name) => name.startsWith('behaviour.')))
    for (const [name, feature] of Object.entries(inputs)) t.same(feature, derived[name], `${name} of ${customerId}`)
    // A run over the portfolio reads the same.
    const [batched] = (await readBatch(deps.db, deps.clock, { customerIds: [idOf<CustomerId>(customerId)] })).files
    if (batched === undefined) throw new Error('the customer has a file')
    t.same(features(creditFile(batched, 'CNY', day), day), derived, `features in a batch of ${customerId}`)
    const { limitDecisionId } = (await send('POST', `${url}/limit-decisions`, { requested: cny('1000.00') })).body
    const { payload } = await deps.db
      .selectFrom('journal')
      .select('payload')
      .where('customerId', '=', idOf<CustomerId>(customerId))
      .where('subject', '=', limitDecisionId)
      .executeTakeFirstOrThrow()
    const asked = { asOf: day, grade: assessed.grade, requestedMinor: 1000_00 }
    t.same(JSON.parse(payload).facts.trade, limitFacts(file, asked).trade, `trade of ${customerId}`)
  }

  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 20 }), async (events) => {
      customers += 1
      const customerId = `C-${customers}`
      const openedOn = today()
      await givenRated(service, customerId)
      for (const [place, each] of events.entries()) {
        await happen(customerId, each)
        if (place % 7 === 6) await compare(customerId, openedOn)
      }
      await compare(customerId, openedOn)
    }),
    { numRuns: 25 }
  )
  const kept = await keptOf(deps.db)
  await sql`select rebuild_ledger(customer_id) from customers`.execute(deps.db)
  t.same(kept, await keptOf(deps.db), 'what was kept all along is what is made anew in one go')
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
})
