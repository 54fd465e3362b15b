import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { compileModel, score } from '../../src/engine/scorecard.ts'
import type { ScoringModel } from '../../src/engine/scoring-model.ts'

const model: ScoringModel = JSON.parse(readFileSync(new URL('../../models/company.json', import.meta.url), 'utf8'))
const data = new URL('../../../shared/data/us-companies.csv.gz', import.meta.url)
const skip = existsSync(data) ? false : 'the data set of company statements is not here'

interface Row {
  company: string
  part: string
  year: number
  bankrupt: boolean
  values: Record<string, number>
}

function rows(): Row[] {
  const [header = '', ...lines] = gunzipSync(readFileSync(data)).toString('utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    const cell = (name: string): string => cells[names.indexOf(name)] ?? ''
    const figure = (name: string): number => Number(cell(name))
    const assets = figure('total_assets')
    return {
      company: cell('company'),
      part: cell('part'),
      year: figure('year'),
      bankrupt: cell('bankrupt') === '1',
      values: {
        'financial.equityRatio': (assets - figure('total_liabilities')) / assets,
        'financial.currentRatio': figure('current_assets') / figure('total_current_liabilities'),
        'financial.returnOnAssets': figure('net_income') / assets,
        'financial.retainedEarningsToAssets': figure('retained_earnings') / assets,
        'financial.netMargin': figure('net_income') / figure('total_revenue'),
        'behaviour.longestOverdueDays': 0,
        'behaviour.shareOverdue': 0
      }
    }
  })
}

/** Share of the pairs of a bankrupt and a healthy company in which the bankrupt one scores lower; a tie counts half. */
function areaUnderCurve(bad: number[], good: number[]): number {
  let wins = 0
  for (const b of bad) for (const g of good) wins += b < g ? 1 : b === g ? 0.5 : 0
  return wins / (bad.length * good.length)
}

t.test('the statement characteristics rank bankrupt companies below healthy ones', { skip }, async (t) => {
  const compiled = compileModel(model)
  const last = new Map<string, Row>()
  for (const row of rows()) {
    if (row.year >= (last.get(row.company)?.year ?? 0)) last.set(row.company, row)
  }
  for (const [part, expected] of [
    ['train', 0.764],
    ['validation', 0.821]
  ] as const) {
    const scored = [...last.values()]
      .filter((row) => row.part === part)
      .map(({ bankrupt, values }) => {
        const asOf = '2015-01-01'
        const features = Object.fromEntries(
          Object.entries(values).map(([id, value]) => [id, { value, asOf, source: 'test' }])
        )
        return { bankrupt, points: score(compiled, features, asOf).range.scoreMin }
      })
    const points = (bankrupt: boolean): number[] =>
      scored.filter((each) => each.bankrupt === bankrupt).map((each) => each.points)
    const area = areaUnderCurve(points(true), points(false))
    t.equal(Math.round(area * 1000) / 1000, expected, `${part}: the figure in models/README.md`)
  }
})
