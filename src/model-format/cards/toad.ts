import type { ScoringModel } from '../../engine/index.ts'
import type { PmmlImport } from '../pmml/import.ts'
import { nextUp } from '../pmml/read/cells.ts'
import { type Findings, fault, note, shown } from '../pmml/read/findings.ts'
import { numberOf } from '../pmml/read/xml.ts'
import { boundOf, type CardBin, cardModelOf, openRange } from './card-document.ts'

/**
 * The model of what `ScoreCard.export()` of toad gives: an object with an object of bins and points
 * for each variable, such as `{"income": {"[-inf ~ 3)": 100.5, "[3 ~ inf)": 34, "nan": 12}}`.
 */
export function toadModelOf(findings: Findings, json: string, choices: PmmlImport): ScoringModel | undefined {
  const card = parsed(json)
  if (card === undefined)
    return fault(findings, '', 'The text is no JSON of an object with bins and points for each variable.')
  const variables = Object.entries(card).map(([name, bins]) => ({
    name,
    bins: completed(binsOf(findings, name, bins))
  }))
  if (findings.faults.length > 0) return undefined
  note(
    findings,
    '',
    'As with toad, a missing number without a bin of its own counts as -1, and a category in no group earns the least of its variable.'
  )
  return cardModelOf(findings, { format: 'toad', name: choices.id ?? 'toad', basePoints: 0, variables }, choices)
}

type Bins = Readonly<Record<string, unknown>>

function parsed(json: string): Readonly<Record<string, Bins>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const isCard = isObject(value) && Object.values(value).every(isObject)
    return isCard ? (value as Readonly<Record<string, Bins>>) : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function binsOf(findings: Findings, variable: string, bins: Bins): CardBin[] {
  return Object.entries(bins).flatMap(([text, worth]) => {
    const place = `/${pointed(variable)}/${pointed(text)}`
    const points = typeof worth === 'string' ? numberOf(worth) : worth
    if (typeof points !== 'number' || !Number.isFinite(points)) {
      fault(findings, place, `${shown(String(worth))} is no number of points.`)
      return []
    }
    return binOf(findings, place, text, points) ?? []
  })
}

/** What toad takes a missing number for, where no bin is there for it. */
const MISSING_NUMBER = -1

/** The bins with what toad does where none of them holds a value. */
function completed(bins: readonly CardBin[]): CardBin[] {
  if (bins.some(({ kind }) => kind === 'numbers')) {
    if (bins.some(({ kind }) => kind === 'missing' || kind === 'rest')) return [...bins]
    return bins.map((bin) => (holdsNumber(bin, MISSING_NUMBER) ? { ...bin, orMissing: true } : bin))
  }
  if (bins.length === 0 || bins.some(({ kind }) => kind === 'rest')) return [...bins]
  return [...bins, { kind: 'rest', points: Math.min(...bins.map(({ points }) => points)) }]
}

function holdsNumber(bin: CardBin, value: number): boolean {
  if (bin.kind !== 'numbers') return false
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = bin
  return value >= from && value < to
}

function pointed(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

const RANGE = /^([[(])\s*(\S+)\s*~\s*(\S+?)\s*([\])])$/

function binOf(findings: Findings, place: string, text: string, points: number): CardBin | undefined {
  if (text === 'nan') return { kind: 'missing', points }
  if (text === 'else') return { kind: 'rest', points }
  const range = RANGE.exec(text)
  if (range === null) {
    const values = text.split(',').map((each) => each.trim())
    // A missing category is the word "nan", which may stand in a group.
    return { kind: 'categories', values, points, ...(values.includes('nan') ? { orMissing: true } : {}) }
  }
  const [from, to] = [boundOf(range[2] ?? ''), boundOf(range[3] ?? '')]
  if (from === undefined || to === undefined)
    return fault(findings, place, `${shown(text)} is no range: its bounds are no numbers.`)
  const lower = range[1] === '(' && Number.isFinite(from) ? nextUp(from) : from
  const upper = range[4] === ']' && Number.isFinite(to) ? nextUp(to) : to
  return { kind: 'numbers', ...openRange(lower, upper), points }
}
