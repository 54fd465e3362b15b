import fc from 'fast-check'
import t from 'tap'
import { addDays } from '../../src/engine/dates.ts'
import { type CreditFile, FEATURES, type FiledStatement, features, newestStatement } from '../../src/engine/features.ts'
import { limitFacts } from '../../src/engine/limit-facts.ts'
import type { Statement } from '../../src/engine/statement.ts'

const asOf = '2024-06-30'

const accounts: Statement = {
  periodEnd: '2023-12-31',
  months: 12,
  currency: 'CNY',
  unit: 1000,
  consolidated: true,
  audited: true,
  auditOpinion: 'unqualified',
  balanceSheet: {
    currentAssets: '600',
    totalAssets: '1000',
    currentLiabilities: '300',
    totalLiabilities: '550',
    intangibleAssets: '50',
    retainedEarnings: '200',
    equity: '450'
  },
  income: { revenue: '2000', ebit: '120', interestExpense: '20', netIncome: '80' },
  cashFlow: { netCashFromOperatingActivities: '110' }
}
const filed = (statementId: string, change: Partial<Statement> = {}): FiledStatement => ({
  statementId,
  statement: { ...accounts, ...change }
})

const invoice = (invoiceId: string, issuedOn: string, amountMinor: number) => ({
  invoiceId,
  kind: 'invoice' as const,
  issuedOn,
  dueOn: addDays(issuedOn, 30),
  amountMinor,
  disputed: false
})

const file: CreditFile = {
  currency: 'CNY',
  profile: {
    kind: 'company',
    country: 'CN',
    industry: '46',
    registeredOn: '2010-06-30',
    cooperationSince: '2021-06-30',
    employees: 120
  },
  statements: [
    filed('fy2023'),
    filed('fy2022', { periodEnd: '2022-12-31', income: { ...accounts.income, revenue: '1600' } })
  ],
  invoices: [
    invoice('a', '2024-01-01', 1000_00),
    invoice('b', '2024-02-01', 3000_00),
    invoice('c', '2024-05-01', 500_00)
  ],
  settlements: [
    { invoiceId: 'a', settledOn: '2024-01-31', amountMinor: 1000_00, by: 'payment' },
    { invoiceId: 'b', settledOn: '2024-03-12', amountMinor: 3000_00, by: 'payment' }
  ]
}

const seen = (given: CreditFile, id: string, on = asOf): unknown => {
  const feature = features(given, on)[id]
  return feature === undefined ? 'not a feature' : 'value' in feature ? feature.value : feature.missing
}

t.test('the catalogue and the derived features are the same set, of the declared types', async (t) => {
  const derived = features(file, asOf)
  t.same(Object.keys(derived).toSorted(), Object.keys(FEATURES).toSorted())
  for (const [id, feature] of Object.entries(derived)) {
    if (!('value' in feature)) continue
    const type = FEATURES[id]?.type
    t.equal(typeof feature.value, type === 'numeric' ? 'number' : type === 'category' ? 'string' : 'boolean', id)
  }
})

t.test('a company with accounts, receivables and profile', async (t) => {
  const table: [string, unknown][] = [
    ['financial.equityRatio', 0.45],
    ['financial.currentRatio', 2],
    ['financial.interestCoverage', 6],
    ['financial.returnOnAssets', 0.08],
    ['financial.operatingCashFlowToDebt', 0.2],
    ['financial.retainedEarningsToAssets', 0.2],
    ['financial.netMargin', 0.04],
    ['financial.revenueGrowth', 0.25],
    ['behaviour.settledCount', 2],
    ['behaviour.weightedDaysLate', 7.5],
    ['behaviour.shareLate', 0.5],
    ['behaviour.longestOverdueDays', 30],
    ['behaviour.shareOverdue', 1],
    ['profile.kind', 'company'],
    ['profile.country', 'CN'],
    ['profile.industrySection', 'G'],
    ['profile.ageYears', 14],
    ['profile.cooperationYears', 3],
    ['profile.employees', 120]
  ]
  for (const [id, value] of table) t.equal(seen(file, id), value, id)
  t.match(features(file, asOf)['financial.equityRatio'], { asOf: '2023-12-31', source: 'statement fy2023' })
  t.match(features(file, asOf)['behaviour.settledCount'], { asOf, source: 'receivables' })
})

t.test('a customer of whom nothing is known owes nothing, and everything else is missing', async (t) => {
  const empty: CreditFile = {
    currency: 'CNY',
    profile: { kind: 'company' },
    statements: [],
    invoices: [],
    settlements: []
  }
  const known = Object.entries(features(empty, asOf)).flatMap(([id, feature]) => ('value' in feature ? [id] : []))
  t.same(known.toSorted(), ['behaviour.longestOverdueDays', 'behaviour.shareOverdue', 'profile.kind'])
  t.equal(seen(empty, 'behaviour.shareOverdue'), 0)
  t.equal(seen(empty, 'behaviour.settledCount'), 'no_data')
})

t.test('nothing dated after the day is used', async (t) => {
  t.equal(seen(file, 'financial.equityRatio', '2023-12-30'), 0.45, 'the accounts of 2022')
  t.match(features(file, '2023-12-30')['financial.equityRatio'], { asOf: '2022-12-31' })
  t.equal(seen(file, 'financial.equityRatio', '2022-12-30'), 'no_data')
  t.equal(seen(file, 'behaviour.settledCount', '2024-01-30'), 0)
  t.equal(seen(file, 'behaviour.settledCount', '2023-12-31'), 'no_data')
  t.equal(seen(file, 'profile.ageYears', '2010-06-29'), 'invalid')
})

t.test('the newest statement counts; of one date the audited, then the consolidated, then the longest', async (t) => {
  const pick = (...list: FiledStatement[]): string | undefined => newestStatement(list, asOf)?.statementId
  t.equal(pick(filed('old', { periodEnd: '2022-12-31' }), filed('new')), 'new')
  t.equal(pick(filed('draft', { audited: false }), filed('final')), 'final')
  t.equal(pick(filed('alone', { consolidated: false }), filed('group')), 'group')
  t.equal(pick(filed('quarter', { months: 3 }), filed('year')), 'year')
  t.equal(pick(filed('b'), filed('a')), 'a')
  t.equal(pick(), undefined)
})

t.test('a statement that the auditor disowned is no evidence, and no older one takes its place', async (t) => {
  for (const auditOpinion of ['adverse', 'disclaimer'] as const) {
    const disowned = {
      ...file,
      statements: [filed('fy2023', { auditOpinion }), filed('fy2022', { periodEnd: '2022-12-31' })]
    }
    t.equal(seen(disowned, 'financial.equityRatio'), 'unreliable')
    t.equal(limitFacts(disowned, { asOf, grade: 'A' }).statement?.reliable, false)
  }
})

t.test('growth needs comparable accounts of about a year before', async (t) => {
  const growth = (change: Partial<Statement>): unknown =>
    seen(
      { ...file, statements: [filed('now'), filed('before', { periodEnd: '2022-12-31', ...change })] },
      'financial.revenueGrowth'
    )
  t.equal(growth({}), 0)
  t.equal(growth({ periodEnd: '2023-01-15' }), 0)
  t.equal(typeof growth({ periodEnd: '2022-09-30' }), 'string')
  t.equal(typeof growth({ currency: 'USD' }), 'string')
  t.equal(typeof growth({ consolidated: false }), 'string')
})

t.test('who owes no interest covers it; who lost money does not', async (t) => {
  const cover = (income: Statement['income']): unknown =>
    seen(
      { ...file, statements: [filed('s', { income: { ...accounts.income, ...income } })] },
      'financial.interestCoverage'
    )
  t.equal(cover({ interestExpense: '0' }), 1000)
  t.equal(cover({ interestExpense: '0', ebit: '-5' }), -1000)
  const { interestExpense: _none, ...rest } = accounts.income ?? {}
  t.equal(seen({ ...file, statements: [filed('s', { income: rest })] }, 'financial.interestCoverage'), 'missing_item')
})

t.test(
  'limit facts: tangible net worth and a year of revenue in minor units, purchases and the highest balance paid',
  async (t) => {
    t.match(limitFacts(file, { asOf, grade: 'BBB', requestedMinor: 5 }), {
      asOf,
      currency: 'CNY',
      grade: 'BBB',
      statement: {
        statementId: 'fy2023',
        ageDays: 182,
        reliable: true,
        tangibleNetWorthMinor: 400_000_00,
        annualRevenueMinor: 2_000_000_00
      },
      trade: { purchasesMinor: 4500_00, purchaseDays: 182, highestSettledBalanceMinor: 3000_00 },
      requestedMinor: 5
    })
    const half = { ...file, statements: [filed('h1', { months: 6 })] }
    t.equal(limitFacts(half, { asOf, grade: null }).statement?.annualRevenueMinor, 4_000_000_00)
    t.match(limitFacts({ ...file, statements: [], invoices: [], settlements: [] }, { asOf, grade: null }), {
      statement: null,
      trade: { purchasesMinor: 0, purchaseDays: 0, highestSettledBalanceMinor: null }
    })
  }
)

t.test('law: the order of statements, invoices and settlements has no influence', async () => {
  const shuffled = <T>(list: T[]) => fc.shuffledSubarray(list, { minLength: list.length })
  const expected = JSON.stringify(features(file, asOf))
  fc.assert(
    fc.property(
      shuffled(file.statements),
      shuffled(file.invoices),
      shuffled(file.settlements),
      (statements, invoices, settlements) => {
        return JSON.stringify(features({ ...file, statements, invoices, settlements }, asOf)) === expected
      }
    )
  )
})

t.test('law: shifting every date by the same number of days changes no payment or profile value', async () => {
  fc.assert(
    fc.property(fc.integer({ min: -3000, max: 3000 }), (days) => {
      const moved: CreditFile = {
        ...file,
        statements: [],
        profile: {
          ...file.profile,
          registeredOn: addDays('2010-06-30', days),
          cooperationSince: addDays('2021-06-30', days)
        },
        invoices: file.invoices.map((each) => ({
          ...each,
          issuedOn: addDays(each.issuedOn, days),
          dueOn: addDays(each.dueOn, days)
        })),
        settlements: file.settlements.map((each) => ({ ...each, settledOn: addDays(each.settledOn, days) }))
      }
      const before = features(file, asOf)
      const after = features(moved, addDays(asOf, days))
      return [
        'behaviour.weightedDaysLate',
        'behaviour.longestOverdueDays',
        'behaviour.shareOverdue',
        'profile.ageYears'
      ].every((id) => {
        const [a, b] = [before[id], after[id]]
        return a !== undefined && b !== undefined && 'value' in a && 'value' in b && a.value === b.value
      })
    }),
    { numRuns: 200 }
  )
})
