import { type Findings, fault, shown } from '../pmml/read/findings.ts'

/** One row of a table, and the line that it stands in. */
export interface TableRow {
  readonly place: string
  readonly values: Readonly<Record<string, string>>
}

const ROWS_MAX = 20_000

/**
 * The rows of a CSV file whose first row names the columns. Undefined, with a fault, for what is
 * none.
 */
export function tableOf(findings: Findings, csv: string): TableRow[] | undefined {
  const records = recordsOf(csv.replace(/^\ufeff/, ''))
  if (records === undefined)
    return fault(
      findings,
      '',
      'The text is no CSV with commas between its cells: a quote stands within a cell, or is never closed.'
    )
  if (records.length > ROWS_MAX) return fault(findings, '', `The table has more than ${ROWS_MAX} rows.`)
  const [head, ...rows] = records
  return rows.map(({ line, cells }) => ({
    place: `line ${line}`,
    values: Object.fromEntries((head?.cells ?? []).map((name, index) => [name, cells[index] ?? '']))
  }))
}

interface CsvRecord {
  /** The line in which it begins. */
  readonly line: number
  readonly cells: string[]
}

/**
 * Cells parted by commas, in quotes where they hold one (RFC 4180); lines without anything are left
 * out.
 */
function recordsOf(csv: string): CsvRecord[] | undefined {
  const records: CsvRecord[] = []
  let line = 1
  let record: CsvRecord = { line, cells: [] }
  const cell = /\s*"((?:[^"]|"")*)"[^\S\n]*(,|\r?\n|$)|([^",\r\n]*)(,|\r?\n|$)/y
  while (cell.lastIndex < csv.length) {
    const found = cell.exec(csv)
    if (found === null) return undefined
    record.cells.push(found[1] === undefined ? (found[3] ?? '') : found[1].replaceAll('""', '"'))
    line += found[0].split('\n').length - 1
    if ((found[2] ?? found[4]) === ',' && cell.lastIndex < csv.length) continue
    if (record.cells.some((each) => each !== '')) records.push(record)
    record = { line, cells: [] }
  }
  return records
}

/**
 * The columns that are asked for, as the table spells them; undefined, with a fault, for each that
 * is not there.
 */
export function columnsOf(
  findings: Findings,
  rows: readonly TableRow[] | undefined,
  wanted: readonly string[]
): (string | undefined)[] {
  if (rows === undefined) return []
  const names = Object.keys(rows[0]?.values ?? {})
  return wanted.map((name) => {
    const found = names.find((each) => each.trim().toLowerCase() === name)
    return found ?? fault(findings, 'line 1', `There is no column ${shown(name)}.`)
  })
}
