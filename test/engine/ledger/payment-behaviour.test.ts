import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { type PaymentBehaviour, paymentBehaviour } from '../../../src/engine/ledger/payment-behaviour.ts'
import type { InvoiceFact, SettlementFact } from '../../../src/engine/ledger/settled-invoices.ts'
import { addDays, type BusinessDate, fromDayNumber, toDayNumber } from '../../../src/engine/values/dates.ts'
import { parseAmount } from '../../../src/engine/values/money.ts'

const AS_OF = '2026-06-30'

/** An invoice of 100.00 that is due on 31 January, unless the case says otherwise. */
function invoice(invoiceId: string, differences: Partial<InvoiceFact> = {}): InvoiceFact {
  return {
    invoiceId,
    issuedOn: '2026-01-01',
    dueOn: '2026-01-31',
    amountMinor: 100_00,
    disputed: false,
    ...differences
  }
}

function paid(invoiceId: string, settledOn: BusinessDate, amountMinor = 100_00): SettlementFact {
  return { invoiceId, settledOn, amountMinor, by: 'payment' }
}

function credited(invoiceId: string, settledOn: BusinessDate, amountMinor = 100_00): SettlementFact {
  return { ...paid(invoiceId, settledOn, amountMinor), by: 'credit_note' }
}

interface Case {
  title: string
  invoices: InvoiceFact[]
  settlements: SettlementFact[]
  expected: Partial<PaymentBehaviour>
}

const CASES: Case[] = [
  {
    title: 'a customer without invoices has counts and sums of zero, and no figure that needs data',
    invoices: [],
    settlements: [],
    expected: {
      asOf: AS_OF,
      months: 12,
      settledCount: 0,
      lateCount: 0,
      shareLate: null,
      settledMinor: 0,
      weightedDaysLate: null,
      trendDays: null,
      invoicedMinor: 0,
      openMinor: 0,
      overdueMinor: 0,
      shareOverdue: null,
      longestOverdueDays: 0,
      oldestOpenDueOn: null,
      highestSettledBalanceMinor: null,
      dsoDays: null,
      dsoExhausted: false
    }
  },
  {
    title: 'an invoice paid on its due date is on time',
    invoices: [invoice('a')],
    settlements: [paid('a', '2026-01-31')],
    expected: {
      settledCount: 1,
      lateCount: 0,
      shareLate: 0,
      settledMinor: 100_00,
      weightedDaysLate: 0,
      openMinor: 0,
      shareOverdue: null,
      oldestOpenDueOn: null,
      dsoDays: 0
    }
  },
  {
    title: 'a day after the due date is late',
    invoices: [invoice('a'), invoice('b')],
    settlements: [paid('a', '2026-02-01'), paid('b', '2026-01-31')],
    expected: { settledCount: 2, lateCount: 1, shareLate: 0.5, weightedDaysLate: 0.5 }
  },
  {
    title: 'days late are weighted by amount, and an early payment does not make up for a late one',
    invoices: [invoice('a', { amountMinor: 300_00 }), invoice('b')],
    settlements: [paid('a', '2026-02-10', 300_00), paid('b', '2026-01-05')],
    expected: { weightedDaysLate: 7.5, shareLate: 0.5 }
  },
  {
    title: 'a part payment counts in the days late before the invoice counts as settled',
    invoices: [invoice('a')],
    settlements: [paid('a', '2026-02-03', 40_00)],
    expected: {
      settledCount: 0,
      shareLate: null,
      settledMinor: 0,
      weightedDaysLate: 3,
      openMinor: 60_00,
      overdueMinor: 60_00,
      shareOverdue: 1,
      highestSettledBalanceMinor: null
    }
  },
  {
    title: 'a credit note settles an invoice, but a late one says nothing about how the customer pays',
    invoices: [invoice('a')],
    settlements: [paid('a', '2026-01-20', 60_00), credited('a', '2026-05-01', 40_00)],
    expected: { settledCount: 1, lateCount: 0, shareLate: 0, weightedDaysLate: 0, highestSettledBalanceMinor: 60_00 }
  },
  {
    title: 'what was only credited leaves no days late and no experience of paying',
    invoices: [invoice('a')],
    settlements: [credited('a', '2026-05-01')],
    expected: { settledCount: 1, lateCount: 0, weightedDaysLate: null, highestSettledBalanceMinor: null }
  },
  {
    title: 'the window begins after the day that lies its months back, and ends on the day itself',
    invoices: [
      invoice('a', { issuedOn: '2025-06-30', dueOn: '2025-06-30' }),
      invoice('b', { issuedOn: '2025-07-01', dueOn: '2025-07-01' }),
      invoice('c', { issuedOn: AS_OF, dueOn: AS_OF })
    ],
    settlements: [paid('a', '2025-06-30'), paid('b', '2025-07-01'), paid('c', AS_OF)],
    expected: { settledCount: 2, settledMinor: 200_00, invoicedMinor: 200_00 }
  },
  {
    title: 'an invoice belongs to the window of its last settlement',
    invoices: [invoice('a', { issuedOn: '2025-05-01', dueOn: '2025-05-31' })],
    settlements: [paid('a', '2025-06-10', 50_00), paid('a', '2025-07-10', 50_00)],
    expected: { settledCount: 1, settledMinor: 100_00, weightedDaysLate: 40, invoicedMinor: 0 }
  },
  {
    title: 'a disputed invoice is open, but not overdue',
    invoices: [
      invoice('a', { disputed: true, dueOn: '2026-01-10' }),
      invoice('b', { dueOn: '2026-06-20' }),
      invoice('c', { dueOn: '2026-07-20', amountMinor: 200_00 })
    ],
    settlements: [],
    expected: {
      openMinor: 400_00,
      overdueMinor: 100_00,
      shareOverdue: 0.25,
      longestOverdueDays: 10,
      oldestOpenDueOn: '2026-06-20'
    }
  },
  {
    title: 'an invoice is not overdue on its due date',
    invoices: [invoice('a', { dueOn: AS_OF })],
    settlements: [],
    expected: { overdueMinor: 0, shareOverdue: 0, longestOverdueDays: 0, oldestOpenDueOn: AS_OF }
  },
  {
    title: 'settlements of unknown invoices are left out, and more than the invoice is cut to it',
    invoices: [invoice('a')],
    settlements: [paid('a', '2026-02-05', 80_00), paid('a', '2026-02-10', 500_00), paid('unknown', '2026-06-01')],
    expected: {
      settledCount: 1,
      settledMinor: 100_00,
      weightedDaysLate: 6,
      openMinor: 0,
      highestSettledBalanceMinor: 100_00
    }
  },
  {
    title: 'the trend compares the last 3 months with the 12 before them, whatever the window',
    invoices: [invoice('a', { dueOn: '2025-04-01' }), invoice('b', { dueOn: '2026-03-31' })],
    settlements: [paid('a', '2025-04-05'), paid('b', '2026-04-30')],
    expected: { trendDays: 26 }
  },
  {
    title: 'there is no trend when one of its two periods has no payment',
    invoices: [invoice('a', { dueOn: '2025-03-20' }), invoice('b', { dueOn: '2026-03-31' })],
    settlements: [paid('a', '2025-03-30'), paid('b', '2026-04-30')],
    expected: { trendDays: null }
  },
  {
    title: 'the highest settled balance adds up what was open at the end of one day, and leaves out what is still open',
    invoices: [
      invoice('a', { issuedOn: '2026-01-01' }),
      invoice('b', { issuedOn: '2026-01-10', amountMinor: 50_00 }),
      invoice('c', { issuedOn: '2026-01-20', amountMinor: 70_00 }),
      invoice('open', { issuedOn: '2026-01-02', amountMinor: 9_000_00 })
    ],
    settlements: [paid('a', '2026-01-20'), paid('b', '2026-01-25', 50_00), paid('c', '2026-01-30', 70_00)],
    expected: { highestSettledBalanceMinor: 150_00 }
  }
]

t.test('payment behaviour by case', async (t) => {
  for (const { title, invoices, settlements, expected } of CASES) {
    t.match(paymentBehaviour(invoices, settlements, AS_OF), expected, title)
  }
})

t.test('count-back uses up the open balance with the sales of month after month', async (t) => {
  const sale = (issuedOn: BusinessDate, amountMinor: number) =>
    invoice(issuedOn, { issuedOn, dueOn: AS_OF, amountMinor })
  const table: [string, BusinessDate, InvoiceFact[], SettlementFact[], number | null, boolean][] = [
    ['nothing was ever invoiced', AS_OF, [], [], null, false],
    ['nothing is open', AS_OF, [sale('2026-06-10', 100)], [paid('2026-06-10', '2026-06-11', 100)], 0, false],
    ['half of the month is open', AS_OF, [sale('2026-06-10', 100)], [paid('2026-06-10', AS_OF, 50)], 15, false],
    ['all of the month is open', AS_OF, [sale('2026-06-10', 100)], [], 30, false],
    ['the current month counts its days so far', '2026-06-12', [sale('2026-06-10', 100)], [], 12, false],
    [
      'the last month counts pro rata',
      AS_OF,
      [sale('2026-06-10', 100), sale('2026-05-10', 200)],
      [paid('2026-05-10', AS_OF, 100)],
      45.5,
      false
    ],
    ['months without sales count in full', AS_OF, [sale('2026-04-30', 100)], [], 91, false],
    ['the 24th month is the last', AS_OF, [sale('2024-07-01', 100)], [], 730, false],
    ['more is open than was invoiced in 24 months', AS_OF, [sale('2024-06-30', 100)], [], 730, true]
  ]
  for (const [title, asOf, invoices, settlements, dsoDays, dsoExhausted] of table) {
    const found = paymentBehaviour(invoices, settlements, asOf)
    t.same({ dsoDays: found.dsoDays, dsoExhausted: found.dsoExhausted }, { dsoDays, dsoExhausted }, title)
  }
})

const ledgerFile = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'accounts-receivable.csv')
const ledgerIsAbsent = existsSync(ledgerFile) ? false : 'accounts-receivable.csv is not beside the repository'

t.test('the figures of a real ledger are those published with it', { skip: ledgerIsAbsent }, async (t) => {
  const { invoices, settlements } = publishedLedger()
  const found = paymentBehaviour(invoices, settlements, '2014-06-30', 36)
  t.match(found, {
    settledCount: 2466,
    lateCount: 877,
    settledMinor: 14_770_318,
    invoicedMinor: 14_770_318,
    openMinor: 0,
    shareOverdue: null,
    dsoDays: 0
  })
  t.equal(found.shareLate?.toFixed(4), '0.3556')
  t.equal(found.weightedDaysLate?.toFixed(3), '3.571')
  t.equal(found.highestSettledBalanceMinor, highestDayEnd(invoices, settlements), 'as adding up every day finds it')
})

function publishedLedger(): { invoices: InvoiceFact[]; settlements: SettlementFact[] } {
  const rows: Record<string, string>[] = parse(readFileSync(ledgerFile), { columns: true })
  const cell = (row: Record<string, string>, column: string) => row[column] ?? ''
  const invoices = rows.map((row) => ({
    invoiceId: cell(row, 'invoiceNumber'),
    issuedOn: isoDate(cell(row, 'InvoiceDate')),
    dueOn: isoDate(cell(row, 'DueDate')),
    amountMinor: parseAmount(cell(row, 'InvoiceAmount'), 'USD') ?? Number.NaN,
    disputed: cell(row, 'Disputed') === 'Yes'
  }))
  const settlements = rows.map((row, index) =>
    paid(cell(row, 'invoiceNumber'), isoDate(cell(row, 'SettledDate')), invoices[index]?.amountMinor)
  )
  return { invoices, settlements }
}

/** 1/31/2013 as 2013-01-31. */
function isoDate(text: string): BusinessDate {
  const [month = '', day = '', year = ''] = text.split('/')
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/**
 * The highest balance of invoices that were all paid, found the long way: by adding up every single
 * day.
 */
function highestDayEnd(invoices: InvoiceFact[], settlements: SettlementFact[]): number {
  const days = [...invoices.map(({ issuedOn }) => issuedOn), ...settlements.map(({ settledOn }) => settledOn)]
  const minorUpTo = (facts: { on: BusinessDate; amountMinor: number }[], day: BusinessDate) =>
    facts.reduce((sum, { on, amountMinor }) => (on <= day ? sum + amountMinor : sum), 0)
  const issued = invoices.map(({ issuedOn, amountMinor }) => ({ on: issuedOn, amountMinor }))
  const settled = settlements.map(({ settledOn, amountMinor }) => ({ on: settledOn, amountMinor }))
  return Math.max(...[...new Set(days)].map((day) => minorUpTo(issued, day) - minorUpTo(settled, day)))
}

interface Ledger {
  invoices: InvoiceFact[]
  settlements: SettlementFact[]
}

const asOfDay = toDayNumber(AS_OF)
const dayBack = (back: number): BusinessDate => fromDayNumber(asOfDay - back)

/**
 * An invoice of the last three years with up to three settlements, which together may exceed it.
 * Amounts go up to the largest there are.
 */
const anyAccount = fc.record({
  back: fc.integer({ min: 0, max: 1095 }),
  termsDays: fc.integer({ min: 0, max: 120 }),
  amountMinor: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000_000_000_000 })),
  disputed: fc.boolean(),
  parts: fc.array(
    fc.record({
      back: fc.integer({ min: 0, max: 1095 }),
      share: fc.integer({ min: 1, max: 1000 }),
      by: fc.constantFrom('payment' as const, 'payment' as const, 'credit_note' as const)
    }),
    { maxLength: 3 }
  )
})

const anyLedger: fc.Arbitrary<Ledger> = fc.array(anyAccount, { maxLength: 12 }).map((accounts) => ({
  invoices: accounts.map(({ back, termsDays, amountMinor, disputed }, index) => ({
    invoiceId: String(index),
    issuedOn: dayBack(back),
    dueOn: addDays(dayBack(back), termsDays),
    amountMinor,
    disputed
  })),
  settlements: accounts.flatMap(({ back, amountMinor, parts }, index) =>
    parts.map((part) => ({
      invoiceId: String(index),
      settledOn: dayBack(Math.min(back, part.back)),
      amountMinor: Math.max(1, Math.floor((amountMinor / 1000) * part.share)),
      by: part.by
    }))
  )
}))

const shuffled = <Item>(items: Item[]) =>
  fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })

t.test('law: the order of the facts has no influence', async () => {
  const ledgerAndOrder = anyLedger.chain(({ invoices, settlements }) =>
    fc.tuple(fc.constant({ invoices, settlements }), shuffled(invoices), shuffled(settlements))
  )
  fc.assert(
    fc.property(ledgerAndOrder, ([ledger, invoices, settlements]) => {
      const found = JSON.stringify(paymentBehaviour(ledger.invoices, ledger.settlements, AS_OF))
      return found === JSON.stringify(paymentBehaviour(invoices, settlements, AS_OF))
    })
  )
})

t.test('law: what is dated after the day changes nothing', async (t) => {
  fc.assert(
    fc.property(anyLedger, fc.integer({ min: 1, max: 400 }), ({ invoices, settlements }, days) => {
      const asOf = addDays(AS_OF, -days)
      const known = {
        invoices: invoices.filter(({ issuedOn }) => issuedOn <= asOf),
        settlements: settlements.filter(({ settledOn }) => settledOn <= asOf)
      }
      t.same(
        paymentBehaviour(invoices, settlements, asOf),
        paymentBehaviour(known.invoices, known.settlements, asOf),
        `as of ${asOf}`
      )
    })
  )
})

t.test('law: figures are within their bounds and agree with each other', async () => {
  fc.assert(
    fc.property(anyLedger, ({ invoices, settlements }) => {
      const found = paymentBehaviour(invoices, settlements, AS_OF)
      const shares = [found.shareLate ?? 0, found.shareOverdue ?? 0]
      return (
        shares.every((share) => share >= 0 && share <= 1) &&
        found.lateCount <= found.settledCount &&
        (found.shareLate === null) === (found.settledCount === 0) &&
        found.overdueMinor <= found.openMinor &&
        (found.shareOverdue === null) === (found.openMinor === 0) &&
        found.longestOverdueDays > 0 === found.overdueMinor > 0 &&
        (found.dsoDays === null) === (invoices.length === 0) &&
        (found.highestSettledBalanceMinor ?? 1) > -1
      )
    })
  )
})

t.test('law: a payment that comes later, within the window, never lowers the weighted days late', async () => {
  // One payment an invoice: what arrives later is then the same money.
  const paidOnce = fc.array(
    fc.record({
      dueBack: fc.integer({ min: 0, max: 500 }),
      paidBack: fc.integer({ min: 0, max: 300 }),
      laterDays: fc.integer({ min: 0, max: 300 }),
      amountMinor: fc.integer({ min: 1, max: 1_000_000_000 })
    }),
    { minLength: 1, maxLength: 12 }
  )
  fc.assert(
    fc.property(paidOnce, (payments) => {
      const invoices = payments.map(({ dueBack, amountMinor }, index) =>
        invoice(String(index), { issuedOn: dayBack(600), dueOn: dayBack(dueBack), amountMinor })
      )
      const measured = (backOf: (payment: (typeof payments)[number]) => number) => {
        const settlements = payments.map((payment, index) =>
          paid(String(index), dayBack(backOf(payment)), payment.amountMinor)
        )
        return paymentBehaviour(invoices, settlements, AS_OF).weightedDaysLate ?? Number.NaN
      }
      const later = measured(({ paidBack, laterDays }) => Math.max(0, paidBack - laterDays))
      return later >= measured(({ paidBack }) => paidBack)
    })
  )
})

t.test('law: moving all dates and the day by the same number of days changes only dates', async (t) => {
  // After whole cycles of leap years the months have the same lengths; other moves keep the figures
  // that know no months.
  const cycleDays = 4 * 365 + 1
  const moved = (ledger: Ledger, days: number): Ledger => ({
    invoices: ledger.invoices.map((each) => ({
      ...each,
      issuedOn: addDays(each.issuedOn, days),
      dueOn: addDays(each.dueOn, days)
    })),
    settlements: ledger.settlements.map((each) => ({ ...each, settledOn: addDays(each.settledOn, days) }))
  })
  fc.assert(
    fc.property(anyLedger, fc.integer({ min: -3, max: 10 }), (ledger, cycles) => {
      const days = cycles * cycleDays
      const there = moved(ledger, days)
      const { asOf, oldestOpenDueOn, ...figures } = paymentBehaviour(
        there.invoices,
        there.settlements,
        addDays(AS_OF, days)
      )
      const back = (date: BusinessDate | null) => (date === null ? null : addDays(date, -days))
      const found = { ...figures, asOf: back(asOf), oldestOpenDueOn: back(oldestOpenDueOn) }
      t.same(found, paymentBehaviour(ledger.invoices, ledger.settlements, AS_OF), `${cycles} cycles`)
    })
  )
  fc.assert(
    fc.property(anyLedger, fc.integer({ min: -5000, max: 5000 }), (ledger, days) => {
      const there = moved(ledger, days)
      const timeless = (found: PaymentBehaviour) => [
        found.openMinor,
        found.overdueMinor,
        found.shareOverdue,
        found.longestOverdueDays,
        found.highestSettledBalanceMinor
      ]
      t.same(
        timeless(paymentBehaviour(there.invoices, there.settlements, addDays(AS_OF, days))),
        timeless(paymentBehaviour(ledger.invoices, ledger.settlements, AS_OF)),
        `${days} days`
      )
    })
  )
})

t.test('a hundred thousand invoices take a moment', async (t) => {
  const invoices = Array.from({ length: 100_000 }, (_, index) =>
    invoice(String(index), { issuedOn: dayBack(index % 1000), dueOn: dayBack((index % 1000) - 30) })
  )
  const settlements = invoices.map(({ invoiceId, dueOn }) => paid(invoiceId, dueOn))
  t.equal(paymentBehaviour(invoices, settlements, AS_OF, 36).settledCount, 97_000)
})
