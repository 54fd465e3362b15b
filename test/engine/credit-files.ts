import fc from 'fast-check'
import type { CreditFile } from '../../src/engine/features/credit-file.ts'
import type { EvidenceFact } from '../../src/engine/features/evidence.ts'
import type { InvoiceFact, SettlementFact } from '../../src/engine/ledger/settled-invoices.ts'
import type { Statement } from '../../src/engine/statements/statement.ts'
import { addDays } from '../../src/engine/values/dates.ts'
import { AS_OF } from './arbitraries.ts'

const figure = fc.integer({ min: 0, max: 9_999_999 })

/** Figures of a statement that balance, in whole units: whatever they are, the sums hold. */
const anyStatement = fc
  .record({
    currentAssets: figure,
    nonCurrentAssets: figure,
    currentLiabilities: figure,
    nonCurrentLiabilities: figure,
    inventories: figure,
    cash: figure,
    receivables: figure,
    revenue: figure,
    costs: figure,
    interest: fc.oneof(fc.constant(0), fc.nat(99_999)),
    tax: fc.nat(99_999),
    profit: fc.integer({ min: -999_999, max: 999_999 }),
    retained: fc.integer({ min: -9_999_999, max: 9_999_999 }),
    cashFlow: fc.integer({ min: -999_999, max: 999_999 }),
    months: fc.constantFrom(6, 12, 12, 12, 15),
    audited: fc.boolean()
  })
  .map((given): Statement => {
    const assets = given.currentAssets + given.nonCurrentAssets
    const liabilities = given.currentLiabilities + given.nonCurrentLiabilities
    const within = (part: number, whole: number) => String(Math.floor((part / 10_000_000) * (whole / 3)))
    return {
      periodEnd: '2025-12-31',
      months: given.months,
      currency: 'CNY',
      unit: 1000,
      consolidated: false,
      audited: given.audited,
      balanceSheet: {
        cashAndEquivalents: within(given.cash, given.currentAssets),
        tradeReceivables: within(given.receivables, given.currentAssets),
        inventories: within(given.inventories, given.currentAssets),
        currentAssets: String(given.currentAssets),
        nonCurrentAssets: String(given.nonCurrentAssets),
        totalAssets: String(assets),
        currentLiabilities: String(given.currentLiabilities),
        nonCurrentLiabilities: String(given.nonCurrentLiabilities),
        totalLiabilities: String(liabilities),
        retainedEarnings: String(given.retained),
        equity: String(assets - liabilities)
      },
      income: {
        revenue: String(given.revenue),
        costOfSales: String(given.costs),
        interestExpense: String(given.interest),
        incomeTax: String(given.tax),
        netIncome: String(given.profit)
      },
      cashFlow: { netCashFromOperatingActivities: String(given.cashFlow) }
    }
  })

/** An invoice, and by what day after its due date it was settled, if it was. */
const anyInvoice = fc.record({
  daysAgo: fc.nat(800),
  terms: fc.constantFrom(0, 30, 60, 90),
  amountMinor: fc.integer({ min: 1, max: 1_000_000_00 }),
  daysLate: fc.option(fc.integer({ min: -20, max: 120 }), { freq: 4 }),
  disputed: fc.boolean()
})

const anyEvidence = fc.record({ daysAgo: fc.nat(600), openCases: fc.nat(4), judgementDebtor: fc.boolean() })

/** A company with up to two statements, up to eight invoices and court records. */
export const anyFile = fc
  .record({
    statements: fc.array(anyStatement, { maxLength: 2 }),
    invoices: fc.array(anyInvoice, { maxLength: 8 }),
    evidence: fc.array(anyEvidence, { maxLength: 2 }),
    years: fc.nat(40),
    employees: fc.option(fc.nat(9_000))
  })
  .map(({ statements, invoices, evidence, years, employees }): CreditFile => {
    const facts = invoices.map(({ daysAgo, terms, amountMinor, disputed }, index): InvoiceFact => {
      const issuedOn = addDays(AS_OF, -daysAgo)
      return { invoiceId: `I-${index}`, issuedOn, dueOn: addDays(issuedOn, terms), amountMinor, disputed }
    })
    const settlements = invoices.flatMap(({ daysLate, amountMinor }, index): SettlementFact[] => {
      const invoice = facts[index] as InvoiceFact
      if (daysLate === null) return []
      const settledOn = addDays(invoice.dueOn, daysLate)
      return settledOn < invoice.issuedOn
        ? []
        : [{ invoiceId: invoice.invoiceId, settledOn, amountMinor, by: 'payment' }]
    })
    return {
      profile: {
        kind: 'company',
        registeredOn: addDays('2025-01-01', -365 * years),
        ...(employees === null ? {} : { employees })
      },
      statements: statements.map((statement, index) => ({
        statementId: `FY${2025 - index}`,
        statement: { ...statement, periodEnd: `${2025 - index}-12-31` }
      })),
      invoices: facts,
      settlements,
      evidence: evidence.map(({ daysAgo, ...record }, index): EvidenceFact => {
        const source = `register ${index}`
        return {
          evidenceId: `evd_${index}`,
          kind: 'court_record',
          observedOn: addDays(AS_OF, -daysAgo),
          source,
          facts: record
        }
      }),
      currency: 'CNY'
    }
  })
