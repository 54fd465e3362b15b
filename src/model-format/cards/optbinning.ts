import type { ScoringModel } from '../../engine/index.ts'
import type { PmmlImport } from '../pmml/import.ts'
import { nextUp } from '../pmml/read/cells.ts'
import { type Findings, fault, note, shown } from '../pmml/read/findings.ts'
import { numberOf } from '../pmml/read/xml.ts'
import { boundOf, type CardBin, cardModelOf, openRange } from './card-document.ts'
import { columnsOf, tableOf } from './table.ts'

/**
 * The model of a card of optbinning: `scorecard.table()` as a CSV file, with the columns Variable,
 * Bin and Points. Its bounds stand there as they are printed, so they are as exact as they were
 * printed.
 */
export function optbinningModelOf(findings: Findings, csv: string, choices: PmmlImport): ScoringModel | undefined {
  const rows = tableOf(findings, csv)
  const [variable, bin, points] = columnsOf(findings, rows, ['variable', 'bin', 'points'])
  if (rows === undefined || variable === undefined || bin === undefined || points === undefined) return undefined
  const found = rows.flatMap(({ place, values }): Entry[] => {
    const [name, text, worth] = [values[variable] ?? '', (values[bin] ?? '').trim(), numberOf(values[points])]
    if (worth !== undefined) return [{ place, name, text, points: worth }]
    fault(findings, place, `${shown(values[points])} is no number of points.`)
    return []
  })
  const isIntercept = ({ name }: Entry) => /^intercept$/i.test(name)
  const isSpecial = ({ text }: Entry) => /^special/i.test(text)
  const variables = new Map<string, CardBin[]>()
  for (const entry of found) {
    if (isIntercept(entry) || isSpecial(entry)) continue
    const made = binOf(findings, entry.place, entry.text, entry.points)
    if (made !== undefined) variables.set(entry.name, [...(variables.get(entry.name) ?? []), made])
  }
  if (!found.some(isIntercept) && isFromZero(found))
    fault(
      findings,
      '',
      'The least points of each variable are 0, as those of an intercept-based scorecard are, whose intercept its table leaves out: add a row with the variable Intercept and the points of scorecard.intercept_, which are 0 where intercept_based is false.'
    )
  if (findings.faults.length > 0) return undefined
  note(
    findings,
    '',
    'The bounds are those of the table, which prints them rounded: print it with all digits (show_digits) to have them exact.'
  )
  if (found.some((entry) => isSpecial(entry) && entry.points !== 0))
    note(
      findings,
      '',
      'The table gives points to special values, but does not say which these are: they count as any other value.'
    )
  const basePoints = found.filter(isIntercept).reduce((sum, entry) => sum + entry.points, 0)
  const list = [...variables].map(([name, bins]) => ({ name, bins }))
  return cardModelOf(
    findings,
    { format: 'optbinning', name: choices.id ?? 'optbinning', basePoints, variables: list },
    choices
  )
}

/** Whether the points of each variable begin at 0; those of missing values are among them. */
function isFromZero(entries: readonly Entry[]): boolean {
  const least = new Map<string, number>()
  for (const { name, points } of entries) least.set(name, Math.min(points, least.get(name) ?? points))
  return least.size > 0 && [...least.values()].every((points) => points === 0)
}

interface Entry {
  readonly place: string
  readonly name: string
  readonly text: string
  readonly points: number
}

const RANGE = /^([[(])\s*([^,\s]+)\s*,\s*([^,\s]+?)\s*([\])])$/

function binOf(findings: Findings, place: string, text: string, points: number): CardBin | undefined {
  if (/^missing$/i.test(text)) return { kind: 'missing', points }
  const range = RANGE.exec(text)
  const [from, to] = [boundOf(range?.[2] ?? ''), boundOf(range?.[3] ?? '')]
  if (range !== null && from !== undefined && to !== undefined) {
    const lower = range[1] === '(' && Number.isFinite(from) ? nextUp(from) : from
    const upper = range[4] === ']' && Number.isFinite(to) ? nextUp(to) : to
    return { kind: 'numbers', ...openRange(lower, upper), points }
  }
  if (isAbbreviated(text))
    return fault(
      findings,
      place,
      'The list of categories is abbreviated ("..."): print it whole, with numpy.set_printoptions(threshold=sys.maxsize).'
    )
  const values = categoriesIn(text)
  return values.length > 0
    ? { kind: 'categories', values, points }
    : fault(findings, place, `${shown(text)} is no bin: a range, a list of categories, Special or Missing.`)
}

const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g

/** Of a long list NumPy prints the beginning and the end alone. */
function isAbbreviated(text: string): boolean {
  return text.startsWith('[') && /(^|\s)\.\.\.(\s|$)/.test(text.replace(QUOTED, ' '))
}

/**
 * `['a', 'b']` or `['a' 'b']`, as Python prints lists and arrays; or the one category that the text
 * is.
 */
function categoriesIn(text: string): string[] {
  const inner = /^\[([\s\S]*)\]$/.exec(text)?.[1]
  if (inner === undefined) return text === '' ? [] : [text]
  const quoted = [...inner.matchAll(QUOTED)].map(([, one, two]) => (one ?? two ?? '').replace(/\\(.)/g, '$1'))
  const plain = inner.includes(',') ? inner.split(',') : inner.split(/\s+/)
  return quoted.length > 0 ? quoted : plain.map((each) => each.trim()).filter((each) => each !== '')
}
