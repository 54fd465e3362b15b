import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import type { BalanceSheetItem, Figures, IncomeItem, Statement } from '../src/engine/index.ts'

export const PARTS = ['train', 'validation'] as const
export type Part = (typeof PARTS)[number]

/**
 * One row: the accounts of one company for one year, and whether it went bankrupt after its last.
 */
export interface Row {
  readonly part: Part
  readonly company: string
  readonly year: number
  readonly bankrupt: boolean
  readonly statement: Statement
}

const BALANCE_SHEET: Readonly<Record<string, BalanceSheetItem>> = {
  total_receivables: 'tradeReceivables',
  inventory: 'inventories',
  current_assets: 'currentAssets',
  total_assets: 'totalAssets',
  total_current_liabilities: 'currentLiabilities',
  total_long_term_debt: 'longTermBorrowings',
  total_liabilities: 'totalLiabilities',
  retained_earnings: 'retainedEarnings',
  market_value: 'marketValueOfEquity'
}
const INCOME: Readonly<Record<string, IncomeItem>> = {
  total_revenue: 'revenue',
  cost_of_goods_sold: 'costOfSales',
  gross_profit: 'grossProfit',
  depreciation_and_amortization: 'depreciationAndAmortisation',
  ebit: 'ebit',
  ebitda: 'ebitda',
  net_income: 'netIncome'
}
/** In the data this includes the cost of sales, which our item does not. */
const ALL_OPERATING_EXPENSES = 'total_operating_expenses'
const COLUMNS = [
  'part',
  'company',
  'year',
  'bankrupt',
  ...Object.keys(BALANCE_SHEET),
  ...Object.keys(INCOME),
  ALL_OPERATING_EXPENSES
]

type Line = Readonly<Record<string, string>>

/**
 * Reads the statements of a gzipped CSV file one by one, as they stand in it. Throws an Error whose
 * message says which line is wrong and why.
 */
export async function* readStatements(file: string): AsyncGenerator<Row> {
  const lines = parse({ columns: true, bom: true, skip_empty_lines: true, trim: true })
  // A failure of any stage ends the reading of the last one; the callback is only there to be told
  // of it.
  pipeline(createReadStream(file), createGunzip(), lines, () => undefined)
  let number = 1
  for await (const line of lines as AsyncIterable<Line>) {
    number += 1
    yield rowOf(line, `line ${number}`)
  }
}

function rowOf(line: Line, where: string): Row {
  const missing = COLUMNS.filter((column) => line[column] === undefined)
  if (missing.length > 0) throw new Error(`${where} lacks the columns ${missing.join(', ')}.`)
  const part = PARTS.find((each) => each === line.part)
  const year = Number(line.year)
  if (part === undefined) throw new Error(`${where}: ${line.part} is neither train nor validation.`)
  if (!Number.isInteger(year)) throw new Error(`${where}: ${line.year} is not a year.`)
  if (line.bankrupt !== '0' && line.bankrupt !== '1') throw new Error(`${where}: bankrupt is neither 0 nor 1.`)
  return {
    part,
    year,
    company: line.company ?? '',
    bankrupt: line.bankrupt === '1',
    statement: statementOf(line, where)
  }
}

const THOUSAND = 1000
const HUNDREDTHS = 100

/**
 * The figures, given in millions with three decimals and more, in thousands. The data have no
 * equity: it is total assets less total liabilities. The end of the fiscal year is not known
 * either: it is taken as the end of the calendar year.
 */
function statementOf(line: Line, where: string): Statement {
  const hundredthsOf = (column: string): number => {
    const value = Math.round(Number(line[column]) * THOUSAND * HUNDREDTHS)
    if (line[column] === '' || !Number.isSafeInteger(value)) throw new Error(`${where}: ${column} is not a number.`)
    return value
  }
  const balanceSheet = figuresOf(BALANCE_SHEET, hundredthsOf)
  const income = figuresOf(INCOME, hundredthsOf)
  balanceSheet.equity = written(hundredthsOf('total_assets') - hundredthsOf('total_liabilities'))
  income.operatingExpenses = written(hundredthsOf(ALL_OPERATING_EXPENSES) - hundredthsOf('cost_of_goods_sold'))
  return {
    periodEnd: `${line.year}-12-31`,
    months: 12,
    currency: 'USD',
    unit: THOUSAND,
    consolidated: true,
    audited: true,
    balanceSheet,
    income
  }
}

function figuresOf<Id extends string>(columns: Readonly<Record<string, Id>>, of: (column: string) => number) {
  return Object.fromEntries(Object.entries(columns).map(([column, id]) => [id, written(of(column))])) as Figures & {
    [Each in Id]?: string
  }
}

/** Hundredths as a decimal text. */
function written(hundredths: number): string {
  return String(hundredths / HUNDREDTHS)
}
