import { type BusinessDate, daysBetween } from './dates.ts'
import { type CreditFile, isReliable, newestStatement } from './features.ts'
import type { LimitFacts, LimitStatementFacts } from './limit.ts'
import { AMOUNT_MINOR_MAX, CURRENCY_EXPONENTS } from './money.ts'
import { paymentBehaviour } from './payment-behaviour.ts'
import type { Grade } from './rating.ts'
import { annualRevenue, tangibleNetWorth } from './ratios.ts'

export interface LimitRequest {
  asOf: BusinessDate
  /** The rating in force; null when there is none. */
  grade: Grade | null
  /** In minor units of the file's currency, more than 0. */
  requestedMinor?: number
}

/** Gathers from a credit file what a limit proposal looks at. Only facts dated on or before `asOf` count. */
export function limitFacts(file: CreditFile, { asOf, grade, requestedMinor }: LimitRequest): LimitFacts {
  const behaviour = paymentBehaviour(file.invoices, file.settlements, asOf)
  return {
    asOf,
    currency: file.currency,
    grade,
    statement: statementFacts(file, asOf),
    trade: {
      purchasesMinor: behaviour.invoicedMinor,
      purchaseDays: purchaseDays(file, asOf),
      highestSettledBalanceMinor: behaviour.highestSettledBalanceMinor
    },
    ...(requestedMinor === undefined ? {} : { requestedMinor })
  }
}

const YEAR_DAYS = 365

/** Days since the first invoice, that day and `asOf` included, at most a year; 0 without an invoice. */
function purchaseDays({ invoices }: CreditFile, asOf: BusinessDate): number {
  const ages = invoices.map(({ issuedOn }) => daysBetween(issuedOn, asOf)).filter((days) => days >= 0)
  return ages.reduce((longest, days) => Math.max(longest, Math.min(days + 1, YEAR_DAYS)), 0)
}

function statementFacts(file: CreditFile, asOf: BusinessDate): LimitStatementFacts | null {
  const newest = newestStatement(file.statements, asOf)
  if (newest === undefined) return null
  const { statement, statementId } = newest
  return {
    statementId,
    periodEnd: statement.periodEnd,
    ageDays: daysBetween(statement.periodEnd, asOf),
    reliable: isReliable(statement),
    currency: statement.currency,
    tangibleNetWorthMinor: toMinor(tangibleNetWorth(statement), statement.currency),
    annualRevenueMinor: toMinor(annualRevenue(statement), statement.currency)
  }
}

/** Rounded to the minor unit and kept within the range of amounts: beyond it every policy's maximum binds anyway. */
function toMinor(value: number | null, currency: string): number | null {
  if (value === null || !Number.isFinite(value)) return null
  const minor = Math.round(value * 10 ** (CURRENCY_EXPONENTS.get(currency) ?? 2))
  return Math.min(Math.max(minor, -AMOUNT_MINOR_MAX), AMOUNT_MINOR_MAX)
}
