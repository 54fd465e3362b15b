import { basename } from 'node:path'
import { compareGrades } from '../src/engine/index.ts'
import { type Evaluation, type GradeRow, SUBJECT_ENTRIES, SUBJECTS, type Subject, zoneRows } from './evaluation.ts'
import type { Assessed } from './pipeline.ts'
import { PARTS, type Part } from './statements.ts'

/** What went through the engine, and what it had nothing to say about. */
export function pipelineReport(file: string, all: readonly Assessed[], companies: readonly Assessed[]): string {
  const bankrupt = companies.filter(({ row }) => row.bankrupt).length
  const faulty = all.filter(({ faults }) => faults.length > 0)
  const unrated = all.filter(({ score }) => score.status === 'unrated')
  const proposed = all.filter(({ limit }) => limit.status === 'proposed')
  const ratioCount = all.reduce((sum, each) => sum + each.ratioCount, 0)
  const lines = [
    [
      group(all.length),
      `statements of ${group(companies.length)} companies, ${group(bankrupt)} of them bankrupt after the last`
    ],
    [group(faulty.length), 'with an arithmetic fault', counted(faulty.flatMap(({ faults }) => faults.map(faultName)))],
    [group(ratioCount), 'ratios with a value'],
    [group(all.length - unrated.length), 'rated'],
    [group(unrated.length), 'unrated', counted(unrated.map(({ score }) => score.reasons[0]?.code ?? 'no reason'))],
    [group(proposed.length), 'with a limit'],
    [
      group(all.length - proposed.length),
      'without a limit',
      counted(all.flatMap(({ limit }) => (limit.status === 'proposed' ? [] : [limit.reasons[0] ?? 'no reason'])))
    ]
  ]
  const body = lines.map(
    ([count = '', what = '', why = '']) => `  ${count.padStart(9)}  ${what}${why === '' ? '' : `: ${why}`}`
  )
  return section(`Through the engine: ${basename(file)}`, [...body, '', referenceReport(all)].join('\n'))
}

/** How often each reference model had a value, and what it lacked otherwise. */
function referenceReport(all: readonly Assessed[]): string {
  const byId = Map.groupBy(
    all.flatMap(({ references }) => references),
    ({ id }) => id
  )
  const rows = [...byId.values()].map((results) => {
    const values = results.filter(({ value }) => value !== null)
    const gaps = results.flatMap(({ reason, missing }) => missing ?? (reason === undefined ? [] : [reason]))
    return [results[0]?.name.en ?? '', group(values.length), counted(gaps)]
  })
  return table(['reference model', 'with a value', 'why not (a statement may lack several)'], rows, [0, 2])
}

function faultName({ code, pointer }: Assessed['faults'][number]): string {
  return `${code} ${pointer.split('/').at(-1)}`
}

/** How well each model ranks the companies of each part. */
export function rankingReport(evaluations: readonly Evaluation[], companies: readonly Assessed[]): string {
  const parts = PARTS.map((part) => {
    const own = evaluations.filter((each) => each.part === part)
    const members = companies.filter(({ row }) => row.part === part)
    const bad = members.filter(({ row }) => row.bankrupt).length
    const rate = bad / members.length
    const title = `${part}: ${group(members.length)} companies, ${bad} bankrupt (${percent(rate)}); a constant at that rate has a Brier score of ${(rate * (1 - rate)).toFixed(4)}`
    const rows = own.map((each) => [
      SUBJECT_ENTRIES[each.subject].name,
      each.areaUnderCurve.toFixed(4),
      each.kolmogorovSmirnov.toFixed(4),
      each.gini.toFixed(4),
      each.brierOwn === null ? '-' : each.brierOwn.toFixed(4),
      each.brierCalibrated.toFixed(4)
    ])
    return `${title}\n\n${table(['model', 'AUC', 'KS', 'Gini', 'Brier, own PD', 'Brier, calibrated'], rows)}`
  })
  const notes = [
    ...PARTS.map((part) => comparison(evaluations, part)),
    '',
    'On each company’s last statement; bankrupt is 1. The card is ranked by its points for statements, rated or not. "Calibrated" is a',
    'logistic regression on the model’s value, fitted on train alone, with values held within the middle three fifths of those of',
    'train. Altman’s models state no PD of their own.'
  ]
  return section('How well each model ranks', [...parts, notes.join('\n')].join('\n\n'))
}

/** The card against the best of the published models. */
function comparison(evaluations: readonly Evaluation[], part: Part): string {
  const own = evaluations.filter((each) => each.part === part)
  const card = own.find(({ subject }) => subject === 'shipped')
  const [best] = own
    .filter(({ subject }) => subject !== 'shipped')
    .toSorted((left, right) => right.areaUnderCurve - left.areaUnderCurve)
  if (card === undefined || best === undefined) return ''
  const [area, other] = [card.areaUnderCurve, best.areaUnderCurve].map((value) => value.toFixed(4))
  const verdict = card.areaUnderCurve > best.areaUnderCurve ? 'beats' : 'does NOT beat'
  return `On ${part} the company card (AUC ${area}) ${verdict} the best published model, ${SUBJECT_ENTRIES[best.subject].name} (${other}).`
}

/** Observed against expected defaults, by grade. */
export function gradesReport(evaluations: readonly Evaluation[]): string {
  const blocks = SUBJECTS.map((subject) => {
    const [train, validation] = PARTS.map((part) => evaluationOf(evaluations, subject, part))
    if (train === undefined || validation === undefined) return ''
    const grades = [...new Set([...train.grades, ...validation.grades].map(({ grade }) => grade))].toSorted(
      compareGrades
    )
    const rows = grades.map((grade) => [
      grade,
      ...[train, validation].flatMap((each) => gradeCells(each.grades.find((row) => row.grade === grade)))
    ])
    const header = ['', ...PARTS.flatMap((part) => [part, 'bankrupt', 'expected', 'rate', 'expected'])]
    const { name, pdSource } = SUBJECT_ENTRIES[subject]
    const notes = [train, validation].map((each) => `  ${each.part}: ${risesReport(each)}`)
    return [`${name} (PD: ${pdSource})`, '', table(header, rows), ...notes].join('\n')
  })
  const note = [
    'Companies, bankrupt ones and their rate, by grade, each beside what the PDs expect. The data hold the last statement of each',
    'company between 1999 and 2014, so that bankrupt ones are far more frequent than in a year of real business: of PDs that were not',
    'calibrated on it, only the order can be judged here, not the level.'
  ].join('\n')
  return section('Bankrupt companies by grade: observed and expected', [note, ...blocks].join('\n\n'))
}

function gradeCells(row: GradeRow | undefined): string[] {
  if (row === undefined) return ['0', '', '', '', '']
  const { count, bad, expected } = row
  return [group(count), String(bad), expected.toFixed(1), percent(bad / count), percent(expected / count)]
}

/**
 * Whether the observed rate rises from each grade to the next that has companies, and where it does
 * not.
 */
function risesReport({ grades, withoutPd }: Evaluation): string {
  const falls = grades.flatMap((row, index) => {
    const better = grades[index - 1]
    if (better === undefined || row.bad / row.count > better.bad / better.count) return []
    return [`from ${better.grade} (${better.bad} of ${better.count}) to ${row.grade} (${row.bad} of ${row.count})`]
  })
  const rises =
    falls.length === 0 ? 'the observed rate rises from grade to grade' : `it does NOT rise ${falls.join(', ')}`
  return withoutPd === 0 ? rises : `${rises}; ${withoutPd} without a PD`
}

/** The zones that the papers give, and what became of the companies in them. */
export function zonesReport(companies: readonly Assessed[]): string {
  const models = [
    ['Altman Z', 'altmanZ'],
    ['Altman Z″', 'altmanZDoublePrime'],
    ['Zmijewski', 'zmijewski']
  ] as const
  const rows = models.flatMap(([name, id]) => {
    const [train = [], validation = []] = PARTS.map((part) => zoneRows(companies, id, part))
    return train.flatMap((row, index) => {
      const other = validation[index]
      if (other === undefined || row.count + other.count === 0) return []
      return [
        [
          name,
          row.zone,
          ...[row, other].flatMap(({ count, bad }) => [
            group(count),
            String(bad),
            count === 0 ? '' : percent(bad / count)
          ])
        ]
      ]
    })
  })
  const header = ['model', 'zone', ...PARTS.flatMap((part) => [part, 'bankrupt', 'rate'])]
  return section('Bankrupt companies by the zones of the papers', table(header, rows, [0, 1]))
}

/** One line per figure, for machines. */
export function metricLines(evaluations: readonly Evaluation[]): string {
  return evaluations
    .map(({ subject, part, areaUnderCurve }) => `METRIC auc_${subject}_${part} ${areaUnderCurve.toFixed(6)}\n`)
    .join('')
}

export function evaluationOf(evaluations: readonly Evaluation[], subject: Subject, part: Part): Evaluation | undefined {
  return evaluations.find((each) => each.subject === subject && each.part === part)
}

const SHOWN_NAMES = 4

/** `this 17, that 3`, the most frequent first. */
function counted(names: readonly string[]): string {
  const counts = [...Map.groupBy(names, (name) => name)]
    .toSorted(([, left], [, right]) => right.length - left.length)
    .map(([name, all]) => `${name} ${group(all.length)}`)
  const more = counts.length > SHOWN_NAMES ? [`${counts.length - SHOWN_NAMES} more`] : []
  return [...counts.slice(0, SHOWN_NAMES), ...more].join(', ')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/**
 * Columns as wide as their widest cell; those of text to the left, those of numbers to the right.
 */
function table(header: readonly string[], rows: readonly string[][], texts: readonly number[] = [0]): string {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) => {
      const cells = line.map((cell, column) =>
        texts.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
      )
      return `  ${cells.join('  ')}`.trimEnd()
    })
    .join('\n')
}

function section(title: string, body: string): string {
  return `${title}\n${'='.repeat(title.length)}\n\n${body}\n\n`
}

/** Thousands apart by commas. */
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
