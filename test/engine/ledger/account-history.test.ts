import fc from 'fast-check'
import t from 'tap'
import { type AccountHistory, accountHistory } from '../../../src/engine/ledger/account-history.ts'
import { ledgerSums } from '../../../src/engine/ledger/ledger-sums.ts'
import { type InvoiceFact, type SettlementFact, settledInvoices } from '../../../src/engine/ledger/settled-invoices.ts'
import { addDays } from '../../../src/engine/values/dates.ts'

const asOf = '2024-06-30'

const invoice = (invoiceId: string, daysAgo: number, amountMinor = 100, disputed = false): InvoiceFact => ({
  invoiceId,
  issuedOn: addDays(asOf, -daysAgo),
  dueOn: addDays(asOf, 30 - daysAgo),
  amountMinor,
  disputed
})
const settled = (
  invoiceId: string,
  daysAgo: number,
  amountMinor = 100,
  by: SettlementFact['by'] = 'payment'
): SettlementFact => ({ invoiceId, settledOn: addDays(asOf, -daysAgo), amountMinor, by })

const history = (invoices: InvoiceFact[], settlements: SettlementFact[] = [], on = asOf): AccountHistory =>
  accountHistory(ledgerSums(settledInvoices(invoices, settlements, on)), on)

t.test('an account without an invoice has no history', async (t) => {
  for (const [name, value] of Object.entries(history([]))) t.equal(value, null, name)
})

t.test('months are counted from the first invoice', async (t) => {
  t.equal(history([invoice('a', 0)]).monthsSinceFirstInvoice, 0)
  t.equal(history([invoice('b', 10), invoice('a', 365)]).monthsSinceFirstInvoice, 11.99)
  t.equal(history([invoice('a', 1461)]).monthsSinceFirstInvoice, 48)
})

t.test('the year counts 365 days back, the first of them left out', async (t) => {
  const invoices = [invoice('a', 365), invoice('b', 364), invoice('c', 0)]
  t.equal(history(invoices).invoices12Months, 2)
  t.equal(history([invoice('a', 365)]).invoices12Months, 0, 'a customer that stopped buying')
})

t.test('the longest delay is that of a payment of two years or of what is open', async (t) => {
  const longest = (invoices: InvoiceFact[], settlements: SettlementFact[] = []) =>
    history(invoices, settlements).longestDaysLate24Months
  t.equal(longest([invoice('a', 10)]), null, 'nothing paid, nothing due')
  t.equal(longest([invoice('a', 100)]), 70, 'open since its due date')
  t.equal(longest([invoice('a', 30)]), null, 'due today is not late')
  t.equal(longest([invoice('a', 31)]), 1)
  t.equal(longest([invoice('a', 100, 100, true)]), null, 'disputed is not overdue')
  t.equal(longest([invoice('a', 100)], [settled('a', 80)]), 0, 'paid early')
  t.equal(longest([invoice('a', 100)], [settled('a', 50)]), 20)
  t.equal(longest([invoice('a', 100)], [settled('a', 50, 40), settled('a', 10, 60)]), 60, 'the last part')
  t.equal(longest([invoice('a', 100)], [settled('a', 50, 100, 'credit_note')]), null, 'a credit note is no payment')
  t.equal(longest([invoice('a', 900)], [settled('a', 730)]), null, 'two years and no more')
  t.equal(longest([invoice('a', 900)], [settled('a', 729)]), 141)
})

t.test('shares of the amount invoiced within the year', async (t) => {
  const invoices = [invoice('a', 100, 300), invoice('b', 50, 100, true), invoice('old', 400, 1000, true)]
  t.equal(history(invoices).disputedShare, 0.25)
  t.equal(history([invoice('old', 400)]).disputedShare, null)
  const notes = [settled('a', 20, 60, 'credit_note'), settled('old', 10, 500, 'credit_note'), settled('b', 5, 100)]
  t.equal(history(invoices, notes).creditNoteShare, 0.15)
  t.equal(history(invoices, [settled('a', 20, 999, 'credit_note')]).creditNoteShare, 0.75, 'at most the invoice')
})

t.test('paid in parts is paid on more than one day', async (t) => {
  const share = (...settlements: SettlementFact[]) =>
    history([invoice('a', 100), invoice('b', 100)], settlements).partialPaymentShare
  t.equal(share(), null)
  t.equal(share(settled('a', 50)), 0)
  t.equal(share(settled('a', 50, 40)), null, 'not settled yet')
  t.equal(share(settled('a', 50, 40), settled('a', 40, 60)), 1)
  t.equal(share(settled('a', 50, 40), settled('a', 50, 60)), 0, 'twice on one day')
  t.equal(share(settled('a', 50, 40), settled('a', 40, 60), settled('b', 50)), 0.5)
  t.equal(share(settled('a', 50, 40, 'credit_note'), settled('a', 40, 60)), 0, 'a credit note is no part')
  t.equal(share(settled('a', 40, 100, 'credit_note')), null, 'never paid')
  const old = history([invoice('a', 500)], [settled('a', 400, 40), settled('a', 365, 60)])
  t.equal(old.partialPaymentShare, null, 'settled more than a year ago')
})

t.test('the trend compares two halves of 182 days, when the ledger reaches back over both', async (t) => {
  const trend = (...invoices: InvoiceFact[]) => history(invoices).purchaseTrend
  const first = invoice('first', 363, 100)
  t.equal(trend(first, invoice('a', 0, 150)), 0.5)
  t.equal(trend(first, invoice('a', 181, 50)), -0.5)
  t.equal(trend(first, invoice('a', 182, 50)), -1, 'the day between belongs to the earlier half')
  t.equal(trend(invoice('late', 362, 100), invoice('a', 0, 150)), null, 'the ledger begins within the earlier half')
  t.equal(trend(invoice('early', 900), invoice('a', 0)), null, 'nothing bought in the earlier half')
  t.equal(trend(first, invoice('early', 900, 7000)), -1, 'what came before is left out')
})

const facts = fc.array(
  fc.record({
    daysAgo: fc.integer({ min: -50, max: 900 }),
    amountMinor: fc.integer({ min: 1, max: 1_000_000 }),
    disputed: fc.boolean(),
    paidAfter: fc.option(fc.integer({ min: 0, max: 120 })),
    by: fc.constantFrom('payment' as const, 'credit_note' as const)
  }),
  { maxLength: 8 }
)
type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never

const ledger = (list: Facts, days: number, factor: number): AccountHistory => {
  const moved = (daysAgo: number) => daysAgo - days
  return history(
    list.map(({ daysAgo, amountMinor, disputed }, index) =>
      invoice(String(index), moved(daysAgo), amountMinor * factor, disputed)
    ),
    list.flatMap(({ daysAgo, paidAfter, amountMinor, by }, index) =>
      paidAfter === null ? [] : [settled(String(index), moved(daysAgo - paidAfter), amountMinor * factor, by)]
    ),
    addDays(asOf, days)
  )
}

t.test('law: shifting every date or scaling every amount changes nothing', async () => {
  fc.assert(
    fc.property(
      facts,
      fc.integer({ min: -3000, max: 3000 }),
      fc.integer({ min: 1, max: 1000 }),
      (list, days, factor) => JSON.stringify(ledger(list, days, factor)) === JSON.stringify(ledger(list, 0, 1))
    )
  )
})

t.test('law: the order of the invoices has no influence, and every share lies between 0 and 1', async () => {
  fc.assert(
    fc.property(facts, (list) => {
      const found = ledger(list, 0, 1)
      const shares = [found.disputedShare, found.creditNoteShare, found.partialPaymentShare]
      return (
        JSON.stringify(ledger(list.toReversed(), 0, 1)) === JSON.stringify(found) &&
        shares.every((share) => share === null || (share >= 0 && share <= 1))
      )
    })
  )
})
