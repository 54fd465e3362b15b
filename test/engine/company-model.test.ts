import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { type CreditFile, features } from '../../src/engine/features.ts'
import { compileModel, score } from '../../src/engine/scorecard.ts'
import type { ScoringModel } from '../../src/engine/scoring-model.ts'
import type { Statement } from '../../src/engine/statement.ts'

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

/** Published figures in million USD, with nothing else known of the company. */
const published = (
  periodEnd: string,
  balanceSheet: Statement['balanceSheet'],
  income: NonNullable<Statement['income']>,
  netCashFromOperatingActivities: string
): CreditFile => ({
  currency: 'USD',
  profile: { kind: 'company' },
  invoices: [],
  settlements: [],
  statements: [
    {
      statementId: 'annual',
      statement: {
        periodEnd,
        months: 12,
        currency: 'USD',
        unit: 1_000_000,
        consolidated: true,
        audited: true,
        balanceSheet,
        income,
        cashFlow: { netCashFromOperatingActivities }
      }
    }
  ]
})

const enron = published(
  '2000-12-31',
  {
    cashAndEquivalents: '1374',
    currentAssets: '30381',
    totalAssets: '65503',
    currentLiabilities: '28406',
    totalLiabilities: '54033',
    retainedEarnings: '3226',
    equity: '11470'
  },
  { revenue: '100789', ebit: '2482', interestExpense: '838', netIncome: '979' },
  '4779'
)
const apple = published(
  '2023-09-30',
  {
    cashAndEquivalents: '29965',
    currentAssets: '143566',
    totalAssets: '352583',
    currentLiabilities: '145308',
    totalLiabilities: '290437',
    retainedEarnings: '-214',
    equity: '62146'
  },
  { revenue: '383285', ebit: '114301', interestExpense: '3933', netIncome: '96995' },
  '110543'
)

t.test('the published accounts of Enron and Apple come out as models/README.md says', async (t) => {
  const compiled = compileModel(model)
  t.match(score(compiled, features(enron, '2001-03-31'), '2001-03-31'), { status: 'rated', score: 334, grade: 'B' })
  t.match(score(compiled, features(apple, '2023-12-31'), '2023-12-31'), { status: 'rated', score: 457, grade: 'A' })
  t.match(score(compiled, features(enron, '2002-07-03'), '2002-07-03'), { status: 'unrated' }, 'after eighteen months')
})

t.test(
  'the model’s cases of these two companies rest on the figures that the engine computes from their accounts',
  async (t) => {
    for (const [name, file, asOf] of [
      ['Enron', enron, '2001-03-31'],
      ['Apple', apple, '2023-12-31']
    ] as const) {
      const computed = features(file, asOf)
      const found = model.cases.find((each) => each.name.includes(name))
      for (const [id, value] of Object.entries(found?.features ?? {})) {
        if (id.startsWith('financial.')) t.match(computed[id], { value }, `${id} of ${name}`)
      }
      t.ok(found, `there is a case of ${name}`)
    }
  }
)
