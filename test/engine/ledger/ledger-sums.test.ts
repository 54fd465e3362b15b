import fc from 'fast-check'
import t from 'tap'
import { features } from '../../../src/engine/features/features.ts'
import { accountHistory } from '../../../src/engine/ledger/account-history.ts'
import type { DaySums, LedgerSums } from '../../../src/engine/ledger/ledger-sums.ts'
import { LedgerTotals, ledgerAsOf, type RecordedInvoice } from '../../../src/engine/ledger/ledger-totals.ts'
import { paymentBehaviourOf } from '../../../src/engine/ledger/payment-behaviour.ts'
import { daysLate, type SettlementFact } from '../../../src/engine/ledger/settled-invoices.ts'
import { limitFacts } from '../../../src/engine/limits/limit-facts.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { wholeHistory } from './whole-history.ts'

const TODAY = '2026-03-31'

/**
 * Days from today: most of the last two years, some at the edges of windows, today and tomorrow,
 * and long ago.
 */
const anyDay = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -800, max: 1 }) },
  { weight: 2, arbitrary: fc.constantFrom(1, 0, -1, -90, -91, -182, -364, -365, -366, -730, -731) },
  { weight: 1, arbitrary: fc.integer({ min: -4000, max: 1 }) }
)
const anyAmount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100_000_000_000_000 }))
const anyPart = fc.record({
  on: anyDay,
  share: fc.integer({ min: 1, max: 1200 }),
  isRest: fc.boolean(),
  by: fc.constantFrom('payment' as const, 'payment' as const, 'credit_note' as const)
})
const anyInvoice = fc.record({
  on: anyDay,
  terms: fc.oneof(fc.constantFrom(0, 30, 60), fc.integer({ min: 0, max: 200 })),
  amount: anyAmount,
  open: fc.integer({ min: 0, max: 1000 }),
  disputed: fc.boolean(),
  parts: fc.array(anyPart, { maxLength: 4 })
})
type AnyInvoice = typeof anyInvoice extends fc.Arbitrary<infer Value> ? Value : never

/** As it is recorded: parts may exceed the invoice, come before it, and add up to its last unit. */
function recordedOf(id: number, { on, terms, amount, open, disputed, parts }: AnyInvoice): RecordedInvoice {
  const invoiceId = `I-${id}`
  const issuedOn = addDays(TODAY, on)
  let rest = amount
  const settlements = parts.map((part): SettlementFact => {
    const partMinor = Math.ceil((amount / 1000) * part.share)
    const amountMinor = part.isRest && rest > 0 ? rest : partMinor
    rest -= amountMinor
    return { invoiceId, settledOn: addDays(TODAY, part.on), amountMinor, by: part.by }
  })
  const invoice = { invoiceId, issuedOn, dueOn: addDays(issuedOn, terms), amountMinor: amount, disputed }
  return { invoice, openMinor: Math.floor((amount / 1000) * open), settlements }
}

const anyStep = fc.record({ id: fc.nat(5), invoice: fc.option(anyInvoice, { freq: 8 }) })
const anySteps = fc.array(anyStep, { maxLength: 14 })

/**
 * The totals after invoices came, changed and went, one by one, and what is recorded in the end.
 */
function kept(steps: readonly { id: number; invoice: AnyInvoice | null }[]) {
  const totals = new LedgerTotals()
  const recorded = new Map<number, RecordedInvoice>()
  for (const { id, invoice } of steps) {
    const before = recorded.get(id)
    if (before !== undefined) totals.take(before)
    recorded.delete(id)
    if (invoice === null) continue
    const after = recordedOf(id, invoice)
    totals.put(after)
    recorded.set(id, after)
  }
  return { totals, recorded: [...recorded.values()] }
}

/** What is stored of the totals, as the readers get it. */
function daysOf(totals: LedgerTotals): DaySums[] {
  const late = Map.groupBy(totals.late(), ({ day }) => day)
  return totals.days().map(({ day, paidMinor, paidMinorDays, ...counted }) => {
    const mostDaysLate = Math.max(0, ...(late.get(day) ?? []).map((each) => each.daysLate))
    const numbers = Object.fromEntries(Object.entries(counted).map(([name, figure]) => [name, Number(figure)]))
    return { day, mostDaysLate, paidMinor, paidMinorDays, ...numbers } as unknown as DaySums
  })
}

/** The invoices of which something is dated after a day, and every third of the others. */
function aheadOf(recorded: readonly RecordedInvoice[], asOf: string): RecordedInvoice[] {
  return recorded.filter(
    ({ invoice, settlements }, index) =>
      index % 3 === 0 || invoice.issuedOn > asOf || settlements.some(({ settledOn }) => settledOn > asOf)
  )
}

function figuresOf(sums: LedgerSums, asOf: string, months: number) {
  const file = { profile: { kind: 'company' as const }, statements: [], invoices: [], settlements: [], currency: 'CNY' }
  return {
    behaviour: paymentBehaviourOf(sums, asOf, months),
    history: accountHistory(sums, asOf),
    purchaseDays: limitFacts({ ...file, sums }, { asOf, grade: null }).trade.purchaseDays
  }
}

const text = (value: unknown) => JSON.stringify(value, null, 1)
const anyMonths = fc.constantFrom(1, 3, 12, 36, 120)
const anyAsOf = fc.constantFrom(0, 0, 1, -1, -30, -400).map((days) => addDays(TODAY, days))

t.test('the sums of a ledger tell what its whole history tells', async (t) => {
  fc.assert(
    fc.property(fc.array(anyInvoice, { maxLength: 10 }), anyMonths, anyAsOf, (list, months, asOf) => {
      const recorded = list.map((each, index) => recordedOf(index, each))
      const invoices = recorded.map(({ invoice }) => invoice)
      const settlements = recorded.flatMap((each) => each.settlements)
      const found = figuresOf(ledgerAsOf({ invoices, settlements }, asOf), asOf, months)
      t.equal(text(found), text(wholeHistory(invoices, settlements, asOf, months)))
    }),
    { numRuns: 1_000 }
  )
})

t.test('sums that are kept while invoices come, change and go tell the same, on any day', async (t) => {
  fc.assert(
    fc.property(anySteps, anyMonths, anyAsOf, (steps, months, asOf) => {
      const { totals, recorded } = kept(steps)
      const invoices = recorded.map(({ invoice }) => invoice)
      const settlements = recorded.flatMap((each) => each.settlements)
      const sums = ledgerAsOf({ days: daysOf(totals), ahead: aheadOf(recorded, asOf) }, asOf)
      t.equal(text(figuresOf(sums, asOf, months)), text(wholeHistory(invoices, settlements, asOf, months)))
      const facts = { profile: { kind: 'company' as const }, statements: [], currency: 'CNY' }
      t.equal(
        text(features({ ...facts, invoices: [], settlements: [], sums }, asOf)),
        text(features({ ...facts, invoices, settlements }, asOf)),
        'features'
      )
    }),
    { numRuns: 1_000 }
  )
})

t.test('totals do not depend on the way that led to them, and say what the record says', async (t) => {
  const shown = (totals: LedgerTotals) =>
    JSON.stringify([totals.days(), totals.late()], (_name, value) =>
      typeof value === 'bigint' ? String(value) : value
    )
  fc.assert(
    fc.property(anySteps, (steps) => {
      const { totals, recorded } = kept(steps)
      const anew = new LedgerTotals()
      for (const each of recorded.toReversed()) anew.put(each)
      t.equal(shown(totals), shown(anew))
      const sum = (list: readonly bigint[]) => list.reduce((total, each) => total + each, 0n)
      const days = totals.days()
      t.equal(sum(days.map((each) => each.openMinor)), sum(recorded.map((each) => BigInt(each.openMinor))))
      const received = recorded.flatMap(({ invoice, settlements }) =>
        settlements.filter(({ by }) => by === 'payment').map((each) => ({ invoice, ...each }))
      )
      const minorDays = received.map(
        ({ invoice, settledOn, amountMinor }) => BigInt(amountMinor) * BigInt(daysLate(invoice, settledOn))
      )
      t.equal(sum(days.map((each) => each.receivedMinorDays)), sum(minorDays))
      for (const each of recorded) totals.take(each)
      t.same([totals.days(), totals.late()], [[], []], 'nothing is left of a ledger that is taken out again')
    }),
    { numRuns: 300 }
  )
})
