import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { DERIVATIONS, type Derivation } from './statement-derivations.ts'
import { hundredths } from './statement-figure.ts'
import {
  type BalanceSheetItem,
  type CashFlowItem,
  type IncomeItem,
  ITEM_IDS,
  type ItemId,
  STATEMENT_ITEMS,
  STATEMENT_PARTS,
  type StatementPart
} from './statement-items.ts'

/** What one in the figures of a statement stands for; 10 000 is 万元. */
export const STATEMENT_UNITS = [1, 1000, 10000, 1000000] as const
type StatementUnit = (typeof STATEMENT_UNITS)[number]

export const AUDIT_OPINIONS = [
  'unqualified',
  'unqualified_with_emphasis',
  'qualified',
  'adverse',
  'disclaimer'
] as const
type AuditOpinion = (typeof AUDIT_OPINIONS)[number]

/**
 * Figures by item, as decimal texts in the statement's unit: at most 13 digits before the point and
 * 2 after it.
 */
export type Figures<Id extends ItemId = ItemId> = Partial<Record<Id, string>>

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

/** The figures of a statement with those that follow from others filled in. */
export interface CompletedStatement {
  /**
   * By the place of the item in ITEM_IDS, in hundredths of the unit; NaN where it is neither given
   * nor follows from others.
   */
  readonly cents: readonly number[]
  /** What was filled in, in the order in which it was. */
  readonly derivations: readonly Derivation[]
  readonly months: number
  readonly unit: StatementUnit
}

/** The place of an item in ITEM_IDS, by the part in which it belongs. */
const PLACES: Readonly<Record<StatementPart, ReadonlyMap<string, number>>> = {
  balanceSheet: placesOf('balanceSheet'),
  income: placesOf('income'),
  cashFlow: placesOf('cashFlow')
}

const NOTHING: readonly number[] = ITEM_IDS.map(() => Number.NaN)

/**
 * Fills in what follows from the figures of a statement, by the first rule of DERIVATIONS whose
 * items are known. An absent figure is never taken as zero. Total: a text that is no figure, or
 * stands in a part where it does not belong, counts as absent.
 */
export function completeStatement(statement: Statement): CompletedStatement {
  const cents = NOTHING.slice()
  for (const part of STATEMENT_PARTS) {
    const figures: Readonly<Record<string, string>> = statement[part] ?? {}
    const places = PLACES[part]
    for (const id in figures) {
      const place = places.get(id)
      if (place !== undefined) cents[place] = hundredths(figures[id]) ?? Number.NaN
    }
  }
  return { cents, derivations: fillIn(cents), months: statement.months, unit: statement.unit }
}

/**
 * The figures of a statement as numbers in its unit, with those that follow from others filled in;
 * `derived` names these.
 */
export function completeItems(statement: Statement): { values: Partial<Record<ItemId, number>>; derived: ItemId[] } {
  const { cents, derivations } = completeStatement(statement)
  const values: Partial<Record<ItemId, number>> = {}
  for (const [place, id] of ITEM_IDS.entries()) {
    const value = cents[place] ?? Number.NaN
    if (!Number.isNaN(value)) values[id] = value / 100
  }
  return { values, derived: derivations.map(({ item }) => item) }
}

function placesOf(part: StatementPart): ReadonlyMap<string, number> {
  return new Map(
    [...ITEM_IDS.entries()].flatMap(([place, id]) => (STATEMENT_ITEMS[id].part === part ? [[id, place]] : []))
  )
}

/**
 * For each derivation the first one that may need what it fills in; the next one if none before
 * does.
 */
const NEXT_TO_TRY: readonly number[] = DERIVATIONS.map(({ target }, index) => {
  const user = DERIVATIONS.findIndex(({ plus, minus }) => plus.includes(target) || minus.includes(target))
  return user === -1 ? index + 1 : Math.min(user, index + 1)
})

/**
 * Applies the first rule that applies, over and over, and answers the rules that did. What cannot
 * apply yet is not tried again.
 */
function fillIn(cents: number[]): Derivation[] {
  const applied: Derivation[] = []
  let index = 0
  while (index < DERIVATIONS.length) {
    const derivation = mayApply(index, cents) ? DERIVATIONS[index] : undefined
    const value = derivation === undefined ? Number.NaN : derivedCents(derivation, cents)
    if (derivation === undefined || Number.isNaN(value)) {
      index += 1
      continue
    }
    cents[derivation.target] = value
    applied.push(derivation)
    index = NEXT_TO_TRY[index] ?? DERIVATIONS.length
  }
  return applied
}

/** What each rule fills in, and the first item that it needs. */
const TARGETS: readonly number[] = DERIVATIONS.map(({ target }) => target)
const FIRST_NEEDED: readonly number[] = DERIVATIONS.map(({ plus }) => plus[0] as number)

/** Two looks rule most rules out, and spare a look at what else they need. */
function mayApply(index: number, cents: readonly number[]): boolean {
  return Number.isNaN(cents[TARGETS[index] as number]) && !Number.isNaN(cents[FIRST_NEEDED[index] as number])
}

/** NaN where an item is not known, and where there is nothing to fill in. */
function derivedCents({ target, plus, minus, unless }: Derivation, cents: number[]): number {
  if (!Number.isNaN(cents[target]) || (unless !== undefined && !Number.isNaN(cents[unless]))) return Number.NaN
  let sum = 0
  for (const place of plus) {
    sum += cents[place] ?? Number.NaN
    if (Number.isNaN(sum)) return sum
  }
  for (const place of minus) sum -= cents[place] ?? Number.NaN
  return sum
}

const PRIOR_DAYS_MIN = 330
const PRIOR_DAYS_MAX = 400
const YEAR_DAYS = 365

/**
 * The statement to compare with: in the same currency and scope, and ended about a year earlier;
 * the closest to a year, then the smaller id.
 */
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
