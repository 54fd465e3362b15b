import { type Books, cents, daysLate, type Totals, totalsOf } from './books.ts'
import type { Order } from './orders.ts'
import type { Decided, Replayed } from './replay.ts'

const GRADES = ['AAA', 'AA', 'A', 'BBB', 'BB', 'B', 'CCC', 'CC', 'C', 'D', 'unrated']
const SHOWN_EXPOSURES = 10

/** The orders by month and outcome. */
export function monthsReport({ decided }: Replayed): string {
  const months = Map.groupBy(decided, ({ order }) => order.issuedOn.slice(0, 7))
  const rows = [...months]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([month, orders]) => [month, ...countsOf(orders)])
  return section(
    'Orders by month',
    table(['month', 'orders', 'approved', 'referred', 'declined'], [...rows, ['all', ...countsOf(decided)]])
  )
}

/** Why orders were not approved: how often each reason was given. */
export function reasonsReport({ decided }: Replayed): string {
  const counts = new Map<string, number>()
  for (const { outcome, reasons } of decided) {
    if (outcome === 'approved') continue
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const rows = [...counts]
    .toSorted(([, left], [, right]) => right - left)
    .map(([reason, count]) => [reason, String(count)])
  return rows.length === 0
    ? ''
    : section('Why not approved (an order can have several reasons)', table(['reason', 'orders'], rows))
}

export function exposureReport({ exposures }: Replayed): string {
  const rows = exposures
    .slice(0, SHOWN_EXPOSURES)
    .map(({ customerId, total, limit }) => [customerId, total.toFixed(2), limit.toFixed(2)])
  return section(
    'Largest exposure at the end of the last day with an order (USD)',
    table(['customer', 'exposure', 'limit'], rows)
  )
}

export function gradesReport({ grades }: Books): string {
  const rows = GRADES.filter((grade) => grades.has(grade)).map((grade) => [grade, String(grades.get(grade))])
  return section('Grades at the end', table(['grade', 'customers'], rows))
}

/** How late the orders were paid that the service approved, against those that it did not. */
export function latenessReport({ decided }: Replayed): string {
  const rows = (['approved', 'referred', 'declined'] as const).map((outcome) => {
    const orders = decided.filter((each) => each.outcome === outcome).map(({ order }) => order)
    return [outcome, ...latenessOf(orders)]
  })
  const columns = ['outcome', 'orders', 'amount', 'paid late', 'days late, by amount', 'more than 15 days late']
  return section('How late they were paid', table(columns, rows))
}

/** Whether the service's totals are those of the file; the second value says so. */
export function totalsReport(orders: readonly Order[], { totals }: Books): [string, boolean] {
  const file = totalsOf(orders)
  const agrees = sentence(file) === sentence(totals)
  return [
    section(
      'Totals',
      `service  ${sentence(totals)}\nfile     ${sentence(file)}\n${agrees ? 'They agree.' : 'THEY DIFFER.'}`
    ),
    agrees
  ]
}

/** Whether the books close; the second value says so. */
export function booksReport({ openMinor, activeReservations, audit }: Books): [string, boolean] {
  const closed = openMinor === 0 && activeReservations === 0 && audit.valid
  const findings = audit.findings.map(({ invariant, statement, checked, valid, firstBad }) => {
    return `${valid ? 'holds ' : 'BROKEN'} ${invariant.padEnd(4)}${statement} (${group(checked)} checked)${firstBad === null ? '' : ` First: ${firstBad}`}`
  })
  const lines = [
    `every receivable settled: ${openMinor === 0 ? 'yes' : `NO, ${(openMinor / 100).toFixed(2)} is open`}`,
    `no reservation left: ${activeReservations === 0 ? 'yes' : `NO, ${activeReservations} are active`}`,
    ...findings,
    closed ? `The books close: ${group(audit.entries)} journal entries verified.` : 'THE BOOKS DO NOT CLOSE.'
  ]
  return [section('Books', lines.join('\n')), closed]
}

export interface CompanyAssessment {
  readonly name: string
  readonly asOf: string
  readonly status: string
  readonly score: number | null
  readonly pd: number | null
  readonly grade: string | null
  readonly reasons: readonly { direction: string; text: { en: string } }[]
}

export function companiesReport(companies: readonly CompanyAssessment[]): string {
  const lines = companies.flatMap(({ name, asOf, score, pd, grade, reasons }) => [
    `${name}, as of ${asOf}: ${grade ?? 'unrated'}, ${score ?? 'no'} points, probability of default ${pd === null ? 'unknown' : `${(pd * 100).toFixed(2)} %`}`,
    ...reasons.map(({ direction, text }) => `  ${direction === 'adverse' ? '-' : '+'} ${text.en}`)
  ])
  return section('Two companies, from their published accounts', lines.join('\n'))
}

function sentence({ invoices, invoicedMinor, lateShare, weightedDaysLate }: Totals): string {
  const share = (lateShare * 100).toFixed(2)
  return `${group(invoices)} invoices, ${group(invoicedMinor / 100, 2)} invoiced, ${share} % paid late, ${weightedDaysLate.toFixed(3)} days late weighted by amount`
}

function countsOf(orders: readonly Decided[]): string[] {
  const count = (outcome: Decided['outcome']) => String(orders.filter((each) => each.outcome === outcome).length)
  return [String(orders.length), count('approved'), count('referred'), count('declined')]
}

function latenessOf(orders: readonly Order[]): string[] {
  if (orders.length === 0) return ['0', '0.00', '-', '-', '-']
  const { invoicedMinor, lateShare, weightedDaysLate } = totalsOf(orders)
  const veryLateMinor = orders
    .filter((order) => daysLate(order) > 15)
    .reduce((sum, order) => sum + cents(order.amount), 0)
  const veryLate = `${((veryLateMinor / invoicedMinor) * 100).toFixed(1)} % of the amount`
  return [
    group(orders.length),
    group(invoicedMinor / 100, 2),
    `${(lateShare * 100).toFixed(1)} %`,
    weightedDaysLate.toFixed(2),
    veryLate
  ]
}

/** A table in columns: the first flush left, the others flush right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

function section(title: string, body: string): string {
  return `\n${title}\n${'='.repeat(title.length)}\n${body}\n`
}

/** Thousands apart by commas. */
function group(value: number, decimals = 0): string {
  const [whole = '', fraction] = value.toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
