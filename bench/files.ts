import type { CreditFile, Statement } from '../src/engine/index.ts'
import { uniform } from './card.ts'

export const FILES_DATE = '2026-03-31'

/**
 * Credit files of companies with one set of annual accounts each, sound and unsound ones; the same
 * at every run.
 */
export function creditFiles(count: number): CreditFile[] {
  const next = uniform(7)
  return Array.from({ length: count }, (_, index) => ({
    profile: {
      kind: 'company',
      registeredOn: '2009-05-01',
      cooperationSince: '2019-01-01',
      employees: 20 + (index % 400)
    },
    statements: [{ statementId: 'FY2025', statement: statementOf(next) }],
    invoices: [],
    settlements: [],
    currency: 'CNY'
  }))
}

function statementOf(next: () => number): Statement {
  const total = Math.round(500 + next() * 20_000)
  const currentAssets = Math.round(total * (0.2 + next() * 0.6))
  const currentLiabilities = Math.round(total * (0.1 + next() * 0.6))
  const nonCurrentLiabilities = Math.round(total * next() * 0.3)
  const revenue = Math.round(total * (0.3 + next() * 2))
  const costOfSales = Math.round(revenue * (0.6 + next() * 0.35))
  const share = (of: number, least: number, most: number) => String(Math.round(of * (least + next() * (most - least))))
  return {
    periodEnd: '2025-12-31',
    months: 12,
    currency: 'CNY',
    unit: 10_000,
    consolidated: false,
    audited: true,
    auditOpinion: 'unqualified',
    balanceSheet: {
      cashAndEquivalents: share(currentAssets, 0.02, 0.4),
      tradeReceivables: share(currentAssets, 0.1, 0.3),
      inventories: share(currentAssets, 0.05, 0.3),
      currentAssets: String(currentAssets),
      nonCurrentAssets: String(total - currentAssets),
      totalAssets: String(total),
      shortTermBorrowings: share(currentLiabilities, 0, 0.4),
      tradePayables: share(currentLiabilities, 0.1, 0.5),
      currentLiabilities: String(currentLiabilities),
      longTermBorrowings: share(nonCurrentLiabilities, 0, 0.9),
      nonCurrentLiabilities: String(nonCurrentLiabilities),
      totalLiabilities: String(currentLiabilities + nonCurrentLiabilities),
      retainedEarnings: share(total, -0.3, 0.4),
      equity: String(total - currentLiabilities - nonCurrentLiabilities)
    },
    income: {
      revenue: String(revenue),
      costOfSales: String(costOfSales),
      depreciationAndAmortisation: share(total, 0.01, 0.06),
      interestExpense: share(total, 0, 0.03),
      profitBeforeTax: share(revenue, -0.1, 0.15),
      incomeTax: share(revenue, 0, 0.03),
      netIncome: share(revenue, -0.12, 0.12)
    },
    cashFlow: { netCashFromOperatingActivities: share(revenue, -0.1, 0.2) }
  }
}
