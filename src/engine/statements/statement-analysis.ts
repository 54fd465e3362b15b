import { roundToMillionths } from '../values/rounding.ts'
import type { Text } from '../values/text.ts'
import { type CompletedStatement, completeStatement, type Statement } from './statement.ts'
import { ITEM_IDS, STATEMENT_ITEMS } from './statement-items.ts'
import {
  BORROWINGS,
  centsOf,
  missingIn,
  NET_DEBT,
  type RatioGap,
  TANGIBLE_NET_WORTH,
  type Term,
  WORKING_CAPITAL
} from './statement-term.ts'

interface Measure {
  readonly name: Text
  readonly of: Term
}

/** Figures that no form prints and every analyst reads, all of them balances. */
export const STATEMENT_MEASURES = {
  workingCapital: { name: { en: 'Working capital', zh: '营运资本' }, of: WORKING_CAPITAL },
  borrowings: { name: { en: 'Interest-bearing debt', zh: '有息负债' }, of: BORROWINGS },
  netDebt: { name: { en: 'Net debt', zh: '净负债' }, of: NET_DEBT },
  tangibleNetWorth: { name: { en: 'Tangible net worth', zh: '有形净值' }, of: TANGIBLE_NET_WORTH }
} as const satisfies Record<string, Measure>

type MeasureId = keyof typeof STATEMENT_MEASURES

const MEASURE_IDS = Object.keys(STATEMENT_MEASURES) as MeasureId[]

/** One figure that the statement does not give, and how it follows from those that it gives. */
export interface DerivedItem {
  /** Of a statement's item, or of a measure. */
  id: string
  name: Text
  /** In the unit of the statement; null where an item is missing. */
  value: number | null
  /** In the ids of items. */
  formula: string
  missing?: string[]
}

/**
 * The items that were filled in, in the order in which they were, and every measure, which without
 * a value says what it lacks.
 */
export function derivedItems(statement: Statement): DerivedItem[] {
  const completed = completeStatement(statement)
  const filled = completed.derivations.map(({ item, target, formula }): DerivedItem => {
    const { name } = STATEMENT_ITEMS[item]
    return { id: item, name, value: unitsOf(completed.cents[target] ?? Number.NaN), formula }
  })
  const measures = MEASURE_IDS.map((id): DerivedItem => {
    const { name, of } = STATEMENT_MEASURES[id]
    const missing = missingIn(of, completed)
    const common = { id, name, formula: of.formula }
    return missing.length > 0
      ? { ...common, value: null, missing }
      : { ...common, value: unitsOf(centsOf(of, completed)) }
  })
  return [...filled, ...measures]
}

/** One figure of two years, both in the unit of the later statement, flows for twelve months. */
export interface ComparedItem {
  /** Of a statement's item, or of a measure. */
  id: string
  name: Text
  value: number
  priorValue: number
  change: number
  /**
   * The change by the prior value: 0.25 is a rise by a quarter. Null where that is zero or
   * negative.
   */
  relativeChange: number | null
  /** Why there is no relative change. */
  reason?: Exclude<RatioGap, 'missing_item'>
}

/**
 * Every item and measure that both statements have, given or filled in, in the order of the
 * catalogue. The two may differ in unit and length: flows are taken for twelve months, and the
 * prior figures in the unit of the later statement. At most six decimals.
 */
export function comparedItems(statement: Statement, prior: Statement): ComparedItem[] {
  const now = completeStatement(statement)
  const before = completeStatement(prior)
  const scale = prior.unit / statement.unit
  const items = ITEM_IDS.flatMap((id, place) => {
    const { name, part } = STATEMENT_ITEMS[id]
    const isFlow = part !== 'balanceSheet'
    const value = yearly(now.cents[place] ?? Number.NaN, now, isFlow)
    return compared(id, name, value, yearly(before.cents[place] ?? Number.NaN, before, isFlow) * scale)
  })
  const measures = MEASURE_IDS.flatMap((id) => {
    const { name, of } = STATEMENT_MEASURES[id]
    return compared(id, name, centsOf(of, now), centsOf(of, before) * scale)
  })
  return [...items, ...measures]
}

/**
 * What a statement of other than twelve months means for what is computed from it; null for a
 * statement of a year.
 */
export function annualisationNote({ months }: Pick<Statement, 'months'>): Text | null {
  if (months === 12) return null
  const period = months === 1 ? '1 month' : `${months} months`
  return {
    en: `The statement covers ${period}. Ratios, models and comparisons take its income and cash flows times 12/${months}, as if the rest of the year were alike; seasonal business is not corrected for. Balances and the recorded figures stay as they are.`,
    zh: `本报表期间为 ${months} 个月。比率、参考模型和同比中的利润表与现金流量数据按 12/${months} 折算为全年，假定全年各月相同，未作季节性调整；资产负债表数据和已登记的数据保持不变。`
  }
}

function compared(id: string, name: Text, value: number, priorValue: number): ComparedItem[] {
  if (!Number.isFinite(value) || !Number.isFinite(priorValue)) return []
  const change = value - priorValue
  const common = { id, name, value: unitsOf(value), priorValue: unitsOf(priorValue), change: unitsOf(change) }
  if (priorValue > 0) return [{ ...common, relativeChange: roundToMillionths(change / priorValue) }]
  return [{ ...common, relativeChange: null, reason: priorValue === 0 ? 'zero_denominator' : 'negative_base' }]
}

function yearly(cents: number, { months }: CompletedStatement, isFlow: boolean): number {
  return isFlow ? (cents * 12) / months : cents
}

/** Whole hundredths are exact: rounding could only harm large ones. */
function unitsOf(cents: number): number {
  return Number.isInteger(cents) ? cents / 100 : roundToMillionths(cents / 100)
}
