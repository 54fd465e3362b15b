import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { type AskedSituation, situationsOf } from '../../src/accounts/store/situation.ts'
import type { Database, Reader, Situation } from '../../src/database.ts'
import { addDays, addMonths, daysBetween, emptySituation } from '../../src/engine/index.ts'
import type { CustomerId } from '../../src/ids.ts'
import { connect } from '../../src/platform/database/postgres.ts'
import { GENESIS_HASH } from '../../src/platform/values/hash-chain.ts'
import { idOf } from '../../src/platform/values/ids.ts'
import { testDatabase } from '../database.ts'

const TODAY = '2026-03-31'
const AT = '2026-03-31T12:00:00.000Z'

interface Book {
  readonly invoices: {
    amount: number
    settled: number
    due: number
    disputed: boolean
    dunning: number
    /** By how many days it was put off; null: it never was. */
    eased: number | null
  }[]
  readonly credits: { amount: number; unapplied: number }[]
  readonly payments: { invoice: number; amount: number; on: number; kind: 'payment' | 'credit_note' | 'adjustment' }[]
  readonly items: { category: string; amount: number; ship: number | null; statistical: boolean; closed: boolean }[]
  readonly reservations: { amount: number; captured: number; ship: number | null; active: boolean }[]
  readonly securities: {
    amount: number
    share: number
    from: number
    until: number | null
    required: boolean
    withdrawn: boolean
  }[]
}

const amount = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 999_999_999_999 }))
const day = fc.integer({ min: -800, max: 120 })
const list = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 8 })
const books: fc.Arbitrary<Book> = fc.record({
  invoices: list(
    fc.record({
      amount,
      settled: fc.double({ min: 0, max: 1, noNaN: true }),
      due: day,
      disputed: fc.boolean(),
      dunning: fc.integer({ min: 0, max: 9 }),
      eased: fc.option(fc.integer({ min: 0, max: 200 }), { freq: 2 })
    })
  ),
  credits: list(fc.record({ amount, unapplied: fc.double({ min: 0, max: 1, noNaN: true }) })),
  payments: list(
    fc.record({
      invoice: fc.nat(7),
      amount,
      on: fc.oneof(day, fc.constantFrom(-365, -366, 0, 1)),
      kind: fc.constantFrom('payment', 'payment', 'credit_note', 'adjustment')
    })
  ),
  items: list(
    fc.record({
      category: fc.constantFrom('order', 'delivery', 'special'),
      amount,
      ship: fc.option(day),
      statistical: fc.boolean(),
      closed: fc.boolean()
    })
  ),
  reservations: list(
    fc.record({
      amount,
      captured: fc.double({ min: 0, max: 0.9, noNaN: true }),
      ship: fc.option(day),
      active: fc.boolean()
    })
  ),
  securities: list(
    fc.record({
      amount,
      share: fc.integer({ min: 1, max: 100 }).map((hundredths) => hundredths / 100),
      from: fc.integer({ min: -10, max: 10 }),
      until: fc.option(fc.integer({ min: 0, max: 10 })),
      required: fc.boolean(),
      withdrawn: fc.boolean()
    })
  )
})

const dayOf = (offset: number) => addDays(TODAY, offset)
const partOf = (whole: number, share: number) => Math.floor(whole * share)
const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0)

/** What the specification says, item by item and day by day. */
function expected(book: Book, asked: AskedSituation, horizonDays: number): Situation {
  const situation = figuresOf(book, asked, horizonDays)
  const eased = book.invoices.filter(isEased).filter((invoice) => openOf(invoice) > 0)
  if (eased.length === 0) return situation
  const invoices = book.invoices.map((invoice) =>
    isEased(invoice) ? { ...invoice, due: invoice.due - (invoice.eased ?? 0), disputed: false } : invoice
  )
  const { overdueMinor, oldestDueOn, overdueSeverity, dunningLevel } = figuresOf(
    { ...book, invoices },
    asked,
    horizonDays
  )
  const withoutEasing = { invoices: eased.length, overdueMinor, oldestDueOn, overdueSeverity, dunningLevel }
  return { ...situation, withoutEasing }
}

type BookInvoice = Book['invoices'][number]

const openOf = ({ amount, settled }: BookInvoice) => amount - partOf(amount, settled)
const isEased = ({ due, eased }: BookInvoice) => eased !== null && due - eased < 0

function figuresOf(book: Book, { itemMinimumMinor, minorPerMajor }: AskedSituation, horizonDays: number): Situation {
  const invoices = book.invoices
    .map((invoice) => ({ ...invoice, open: openOf(invoice) }))
    .filter(({ open }) => open > 0)
  const undisputed = invoices.filter(({ disputed }) => !disputed)
  const unappliedMinor = sumOf(book.credits.map((credit) => partOf(credit.amount, credit.unapplied)))
  let cash = unappliedMinor
  let overdueMinor = 0
  let severity = 0n
  for (const { open, due } of undisputed.filter(({ due }) => due < 0).toSorted((a, b) => a.due - b.due)) {
    const covered = Math.min(cash, open)
    cash -= covered
    overdueMinor += open - covered
    severity += BigInt(open - covered) * BigInt(-due)
  }
  const whole = severity / BigInt(minorPerMajor)
  const oldest = undisputed.filter(({ open }) => open >= itemMinimumMinor).map(({ due }) => due)
  const from = addMonths(TODAY, -12)
  const paid = paidOf(book).filter(({ kind, on }) => kind === 'payment' && on <= 0 && dayOf(on) > from)
  const paidMinor = paid.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const late = paid.reduce((sum, part) => {
    const due = dayOf(book.invoices[part.invoice]?.due ?? 0)
    return sum + BigInt(part.amount) * BigInt(Math.max(0, daysBetween(due, dayOf(part.on))))
  }, 0n)
  const beyond = (ship: number | null) => ship !== null && ship > horizonDays
  const securities = book.securities.map((security, index) => ({
    ...security,
    id: `S-${index}`,
    inForce: !security.withdrawn && security.from <= 0 && (security.until === null || securityEnd(security) >= 0)
  }))
  const inForce = securities.filter((security) => security.inForce)
  const ends = inForce.filter(({ until }) => until !== null).map(securityEnd)
  return {
    asOf: TODAY,
    openMinor: sumOf(invoices.map(({ open }) => open)),
    overdueMinor,
    disputedMinor: sumOf(invoices.filter(({ disputed }) => disputed).map(({ open }) => open)),
    unappliedMinor,
    oldestDueOn: oldest.length === 0 ? null : dayOf(Math.min(...oldest)),
    overdueSeverity: whole > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(whole),
    dunningLevel: Math.max(0, ...undisputed.map(({ dunning }) => dunning)),
    paymentDaysLate: paidMinor === 0n ? null : Number((20n * late + paidMinor) / (2n * paidMinor)) / 10,
    beyondHorizonMinor:
      sumOf(
        book.items
          .filter((item) => item.category === 'order' && !item.closed && !item.statistical && beyond(item.ship))
          .map((item) => item.amount)
      ) +
      sumOf(
        book.reservations
          .filter(({ active, ship }) => active && beyond(ship))
          .map((held) => held.amount - partOf(held.amount, held.captured))
      ),
    security: {
      coverMinor: sumOf(
        inForce.map((security) => Number((BigInt(security.amount) * BigInt(Math.round(security.share * 100))) / 100n))
      ),
      validUntil: ends.length === 0 ? null : dayOf(Math.min(...ends)),
      lapsed: securities.find(({ required, inForce }) => required && !inForce)?.id ?? null
    }
  }
}

/** A security ends on or after the day on which it begins. */
function securityEnd({ from, until }: Book['securities'][number]): number {
  return from + (until ?? 0)
}

/** The payments of which there is an invoice. */
function paidOf(book: Book): Book['payments'] {
  return book.payments.filter(({ invoice }) => invoice < book.invoices.length)
}

async function keep(db: Reader, customerId: CustomerId, book: Book): Promise<void> {
  await db
    .insertInto('customers')
    .values({ customerId, kind: 'company', name: 'x', profile: '{}', version: 1, createdAt: AT, updatedAt: AT })
    .execute()
  for (const [index, invoice] of book.invoices.entries()) {
    const { amount, due, disputed, dunning, eased } = invoice
    const dueOn = dayOf(due)
    const easedOn = isEased(invoice) ? dayOf(due - (eased ?? 0)) : null
    await sql`insert into invoices (customer_id, invoice_id, amount_minor, open_minor, issued_on, due_on, disputed, eased_due_on, dunning_level, version, recorded_at, updated_at)
      values (${customerId}, ${`I-${index}`}, ${amount}, ${openOf(invoice)}, ${dueOn}, ${dueOn}, ${disputed}, ${easedOn}, ${dunning}, 1, ${AT}, ${AT})`.execute(
      db
    )
  }
  const credits = [
    ...book.credits.map(({ amount, unapplied }, index) => ({
      id: `C-${index}`,
      kind: 'payment',
      amount,
      unapplied: partOf(amount, unapplied)
    })),
    ...paidOf(book).map(({ kind, amount }, index) => ({ id: `P-${index}`, kind, amount, unapplied: 0 }))
  ]
  for (const { id, kind, amount, unapplied } of credits)
    await sql`insert into credits (customer_id, kind, credit_id, dated_on, amount_minor, unapplied_minor, request, recorded_at)
      values (${customerId}, ${kind}, ${id}, ${TODAY}, ${amount}, ${unapplied}, '', ${AT})`.execute(db)
  for (const [index, { kind, amount, invoice, on }] of paidOf(book).entries())
    await sql`insert into allocations (customer_id, kind, credit_id, invoice_id, amount_minor, settled_on)
      values (${customerId}, ${kind}, ${`P-${index}`}, ${`I-${invoice}`}, ${amount}, ${dayOf(on)})`.execute(db)
  for (const [index, item] of book.items.entries()) {
    const open = item.closed ? 0 : item.amount
    await sql`insert into exposure_items (customer_id, source, item_id, category, state, amount_minor, open_minor, original_currency,
        original_minor, open_original_minor, ship_on, disputed, statistical, source_version, version, recorded_at, updated_at)
      values (${customerId}, 'erp', ${`E-${index}`}, ${item.category}, ${item.closed ? 'closed' : 'open'}, ${item.amount}, ${open}, 'CNY',
        ${item.amount}, ${open}, ${item.ship === null ? null : dayOf(item.ship)}, false, ${item.statistical}, 1, 1, ${AT}, ${AT})`.execute(
      db
    )
  }
  await keepReservations(db, customerId, book)
  await keepSecurities(db, customerId, book)
  await keepAccount(db, customerId)
}

/** The account and the sums that follow from the documents. */
async function keepAccount(db: Reader, customerId: string): Promise<void> {
  await sql`insert into credit_accounts (customer_id, currency, limit_mode, limit_minor, receivables_minor, captured_minor,
      reserved_minor, version, journal_seq, journal_hash, updated_at)
    select ${customerId}, 'CNY', 'none', 0, (select coalesce(sum(open_minor), 0) from invoices where customer_id = ${customerId})
      - (select coalesce(sum(unapplied_minor), 0) from credits where customer_id = ${customerId}), 0, 0, 1, 0, ${GENESIS_HASH}, ${AT}`.execute(
    db
  )
  await sql`select rebuild_ledger(${customerId})`.execute(db)
}

async function keepReservations(db: Reader, customerId: string, { reservations }: Book): Promise<void> {
  for (const [index, held] of reservations.entries()) {
    const id = `chk_${customerId}_${index}`
    const captured = partOf(held.amount, held.captured)
    const released = held.active ? 0 : held.amount - captured
    await sql`insert into credit_checks (customer_id, check_id, order_id, outcome, amount_minor, decided_at, document)
      values (${customerId}, ${id}, ${id}, 'approved', ${held.amount}, ${AT}, '')`.execute(db)
    await sql`insert into reservations (customer_id, check_id, order_id, state, amount_minor, captured_minor, released_minor, expired_minor,
        expires_at, ship_on, created_at, resolved_at, version)
      values (${customerId}, ${id}, ${id}, ${held.active ? 'active' : 'released'}, ${held.amount}, ${captured}, ${released}, 0, ${AT},
        ${held.ship === null ? null : dayOf(held.ship)}, ${AT}, ${held.active ? null : AT}, 1)`.execute(db)
  }
}

async function keepSecurities(db: Reader, customerId: string, { securities }: Book): Promise<void> {
  for (const [index, security] of securities.entries()) {
    const until = security.until === null ? null : dayOf(securityEnd(security))
    const [reason, by, at] = security.withdrawn ? ['x', 'key_1', AT] : [null, null, null]
    await sql`insert into securities (customer_id, security_id, kind, provider, amount_minor, cover_share, valid_from, valid_until, required,
        recorded_at, updated_at, withdrawal_reason, withdrawn_by, withdrawn_at, version)
      values (${customerId}, ${`S-${index}`}, 'insurance', 'x', ${security.amount}, ${security.share}, ${dayOf(security.from)}, ${until},
        ${security.required}, ${AT}, ${AT}, ${reason}, ${by}, ${at}, 1)`.execute(db)
  }
}

t.test('the situation of several customers is what their books say, item by item', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect<Database>(poolConfig)
  t.teardown(() => db.destroy())
  let number = 0
  const rules = fc.record({
    itemMinimumMinor: fc.constantFrom(0, 1, 300, 1_000_000),
    minorPerMajor: fc.constantFrom(1, 100, 1_000),
    horizonDays: fc.constantFrom(0, 30, 90)
  })
  await fc.assert(
    fc.asyncProperty(fc.array(books, { minLength: 1, maxLength: 3 }), rules, async (given, rule) => {
      const asked = given.map((book) => {
        number += 1
        return { customerId: idOf<CustomerId>(`C-${number}`), book, ...rule }
      })
      for (const { customerId, book } of asked) await keep(db, customerId, book)
      const found = await situationsOf(db, asked, { today: TODAY, horizonDays: rule.horizonDays })
      for (const each of asked)
        t.same(found.get(each.customerId), expected(each.book, each, rule.horizonDays), each.customerId)
      t.equal(found.size, asked.length)
    }),
    { numRuns: 40 }
  )
})

t.test('a customer of whom nothing is open has an empty situation', async (t) => {
  const { poolConfig } = await testDatabase(t)
  const { db } = connect<Database>(poolConfig)
  t.teardown(() => db.destroy())
  const asked = [{ customerId: idOf<CustomerId>('C-0'), itemMinimumMinor: 0, minorPerMajor: 100 }]
  const found = await situationsOf(db, asked, { today: TODAY, horizonDays: 30 })
  t.same([...found], [['C-0', emptySituation(TODAY)]])
  t.equal((await situationsOf(db, [], { today: TODAY, horizonDays: 30 })).size, 0)
})
