import type { CreditFile } from '../features/credit-file.ts'
import type { FeatureContext, NewestStatement } from '../features/feature-context.ts'
import { behaviourIn, featureContext, newestOf } from '../features/features.ts'
import { firstIssuedOn } from '../ledger/ledger-sums.ts'
import { annualRevenue, tangibleNetWorth } from '../statements/ratios/ratios.ts'
import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { isKnown } from '../values/known.ts'
import { AMOUNT_MINOR_MAX, CURRENCY_EXPONENTS } from '../values/money.ts'
import type { Advice, Grade } from '../values/rating.ts'
import type { LimitFacts, LimitStatementFacts } from './limit.ts'

interface LimitRequest {
  asOf: BusinessDate
  /** The rating in force; null when there is none. */
  grade: Grade | null
  /** What the assessment behind it advises. */
  advice?: Advice
  /** In minor units of the file's currency, more than 0. */
  requestedMinor?: number
}

/**
 * Gathers the facts of a limit proposal from a credit file. Only facts dated and known on or before
 * `asOf` count.
 */
export function limitFacts(file: CreditFile, { asOf, ...request }: LimitRequest): LimitFacts {
  return limitFactsIn(featureContext(file, asOf), request)
}

/**
 * The same from a file whose features are known already. A ledger with impossible amounts gives no
 * amounts.
 */
export function limitFactsIn(
  context: FeatureContext,
  { grade, advice, requestedMinor }: Omit<LimitRequest, 'asOf'>
): LimitFacts {
  const { file, asOf } = context
  const behaviour = behaviourIn(context)
  return {
    asOf,
    currency: file.currency,
    grade,
    ...(advice === undefined ? {} : { advice }),
    statement: statementFacts(newestOf(context), asOf),
    trade: {
      purchasesMinor: behaviour?.invoicedMinor ?? 0,
      purchaseDays: purchaseDays(file, asOf),
      highestSettledBalanceMinor: behaviour?.highestSettledBalanceMinor ?? null
    },
    ...(requestedMinor === undefined ? {} : { requestedMinor })
  }
}

const YEAR_DAYS = 365

/**
 * Days since the first invoice, that day and `asOf` included, at most a year; 0 without an invoice.
 */
function purchaseDays({ invoices, sums }: CreditFile, asOf: BusinessDate): number {
  if (sums === undefined && invoices.length === 0) return 0
  const known = invoices.filter(({ issuedOn, knownOn }) => isKnown(issuedOn, knownOn, asOf))
  const first = sums === undefined ? (known.map(({ issuedOn }) => issuedOn).toSorted()[0] ?? null) : firstIssuedOn(sums)
  return first === null ? 0 : Math.min(daysBetween(first, asOf) + 1, YEAR_DAYS)
}

function statementFacts(newest: NewestStatement | null, asOf: BusinessDate): LimitStatementFacts | null {
  if (newest === null) return null
  const { statement, statementId, reliable, completed } = newest
  return {
    statementId,
    periodEnd: statement.periodEnd,
    ageDays: daysBetween(statement.periodEnd, asOf),
    reliable,
    currency: statement.currency,
    tangibleNetWorthMinor: toMinor(tangibleNetWorth(completed), statement.currency),
    annualRevenueMinor: toMinor(annualRevenue(completed), statement.currency)
  }
}

/**
 * Rounded to the minor unit and kept within the range of amounts: beyond it the maximum of every
 * policy binds anyway.
 */
function toMinor(value: number | null, currency: string): number | null {
  if (value === null || !Number.isFinite(value)) return null
  const minor = Math.round(value * 10 ** (CURRENCY_EXPONENTS.get(currency) ?? 2))
  return Math.min(Math.max(minor, -AMOUNT_MINOR_MAX), AMOUNT_MINOR_MAX)
}
