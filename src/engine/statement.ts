import { type BusinessDate, daysBetween } from './dates.ts'
import {
  type BalanceSheetItem,
  type CashFlowItem,
  type Figures,
  hundredthsOf,
  ITEM_IDS,
  type IncomeItem,
  type ItemId,
  STATEMENT_ITEMS,
  type StatementPart,
  type Sum,
  type SummandText,
  sumOf,
  writtenFigure
} from './statement-items.ts'

/** What one in the figures of a statement stands for; 10 000 is 万元. */
export const STATEMENT_UNITS = [1, 1000, 10000, 1000000] as const
export type StatementUnit = (typeof STATEMENT_UNITS)[number]

export const AUDIT_OPINIONS = [
  'unqualified',
  'unqualified_with_emphasis',
  'qualified',
  'adverse',
  'disclaimer'
] as const
export type AuditOpinion = (typeof AUDIT_OPINIONS)[number]

/** One set of accounts for one period. */
export interface Statement {
  periodEnd: BusinessDate
  /** Length of the period, 1..18. */
  months: number
  currency: string
  unit: StatementUnit
  consolidated: boolean
  audited: boolean
  auditOpinion?: AuditOpinion
  balanceSheet: Figures<BalanceSheetItem>
  income?: Figures<IncomeItem>
  cashFlow?: Figures<CashFlowItem>
}

/** One fault of a statement. `pointer` is a JSON pointer into it, `detail` a sentence that states the difference. */
export interface StatementFault {
  readonly pointer: string
  readonly code:
    | 'does_not_balance'
    | 'does_not_add_up'
    | 'exceeds_whole'
    | 'negative'
    | 'required'
    | 'opinion_without_audit'
  readonly detail: string
}

@@SUBTOTALS@@
/**
 * Every arithmetic fault of a statement, missing totals and the balance first, whatever the order of its fields. Sums may differ by the rounding of their
 * figures: half of their smallest printed step for each figure, so a sum of two whole figures by 1. Exact: figures are compared in
 * hundredths. Total: a text that is no figure counts as absent.
 */
export function statementFaults(statement: Statement): StatementFault[] {
  const sheet = statement.balanceSheet
  return [
    ...requiredFaults(sheet),
    ...balanceFaults(sheet),
    ...Object.entries(WHOLES).flatMap(([id, whole]) => wholeFaults(sheet, id as BalanceSheetItem, whole)),
    ...grossProfitFaults(statement.income ?? {}),
    ...signFaults(statement),
    ...opinionFaults(statement)
  ]
}

const PRIOR_DAYS_MIN = 330
const PRIOR_DAYS_MAX = 400
const YEAR_DAYS = 365

/** The statement to compare with: in the same currency and scope, and ended about a year earlier; the closest to a year, then the smaller id. */
export function priorOf<Filed extends { statementId: string; statement: Statement }>(
  statement: Statement,
  others: readonly Filed[]
): Filed | undefined {
  const deviation = (other: Filed) => Math.abs(daysBetween(other.statement.periodEnd, statement.periodEnd) - YEAR_DAYS)
  return others
    .filter(({ statement: other }) => {
      const days = daysBetween(other.periodEnd, statement.periodEnd)
      const comparable = other.currency === statement.currency && other.consolidated === statement.consolidated
      return comparable && days >= PRIOR_DAYS_MIN && days <= PRIOR_DAYS_MAX
    })
    .toSorted((left, right) => deviation(left) - deviation(right) || (left.statementId < right.statementId ? -1 : 1))[0]
}

