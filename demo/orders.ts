import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'

/**
 * One real invoice: ordered and issued on one day, due on another, settled on a third. Amounts are
 * decimal texts.
 */
export interface Order {
  readonly customerId: string
  readonly invoiceId: string
  readonly issuedOn: string
  readonly dueOn: string
  readonly settledOn: string
  readonly amount: string
  readonly disputed: boolean
}

const COLUMNS = [
  'customerID',
  'invoiceNumber',
  'InvoiceDate',
  'DueDate',
  'InvoiceAmount',
  'Disputed',
  'SettledDate'
] as const
type Line = Record<(typeof COLUMNS)[number], string>

/**
 * Reads the invoices of a file, in the order of their issue. Throws an Error whose message says
 * which line is wrong and why.
 */
export async function readOrders(file: string): Promise<Order[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`The file ${file} cannot be read.`)
  })
  const lines = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true }) as Line[]
  const missing = COLUMNS.filter((column) => !(column in (lines[0] ?? {})))
  if (missing.length > 0) throw new Error(`The file ${file} lacks the columns ${missing.join(', ')}.`)
  const orders = lines.map((line, index) => orderOf(line, `${file}, line ${index + 2}`))
  return orders.toSorted(
    (left, right) => compare(left.issuedOn, right.issuedOn) || compare(left.invoiceId, right.invoiceId)
  )
}

function orderOf(line: Line, where: string): Order {
  const day = (text: string) => {
    const [, month = '', date = '', year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? []
    if (year === undefined) throw new Error(`${where}: ${text} is not a date of the form M/D/YYYY.`)
    return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  }
  if (!/^\d+(\.\d{1,2})?$/.test(line.InvoiceAmount))
    throw new Error(`${where}: ${line.InvoiceAmount} is not an amount.`)
  const [whole, fraction = ''] = line.InvoiceAmount.split('.')
  return {
    customerId: line.customerID,
    invoiceId: line.invoiceNumber,
    issuedOn: day(line.InvoiceDate),
    dueOn: day(line.DueDate),
    settledOn: day(line.SettledDate),
    amount: `${whole}.${fraction.padEnd(2, '0')}`,
    disputed: line.Disputed === 'Yes'
  }
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
