import fc from 'fast-check'
import t from 'tap'
import type { CreditFile, FiledStatement } from '../../../src/engine/features/credit-file.ts'
import type { EvidenceFact } from '../../../src/engine/features/evidence.ts'
import type { Feature } from '../../../src/engine/features/feature.ts'
import { FEATURE_IDS, FEATURES } from '../../../src/engine/features/feature-catalogue.ts'
import { featureContext, featureOf, features, newestStatement } from '../../../src/engine/features/features.ts'
import { limitFacts } from '../../../src/engine/limits/limit-facts.ts'
import type { Statement } from '../../../src/engine/statements/statement.ts'
import { addDays } from '../../../src/engine/values/dates.ts'

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
    ['profile.employees', 120],
    ['statement.audited', true],
    ['statement.auditOpinion', 'unqualified'],
    ['statement.consolidated', true],
    ['account.monthsSinceFirstInvoice', 5.95],
    ['account.invoices12Months', 3],
    ['account.longestDaysLate24Months', 30],
    ['account.disputedShare', 0],
    ['account.creditNoteShare', 0],
    ['account.partialPaymentShare', 0],
    ['account.purchaseTrend', 'no_data'],
    ['person.monthlyIncome', 'not_applicable'],
    ['record.openCourtCases', 'no_data']
  ]
  for (const [id, value] of table) t.equal(seen(file, id), value, id)
  t.match(features(file, asOf)['financial.equityRatio'], { asOf: '2023-12-31', source: 'statement fy2023' })
  t.match(features(file, asOf)['behaviour.settledCount'], { asOf, source: 'receivables' })
  t.match(features(file, asOf)['account.invoices12Months'], { asOf, source: 'receivables' })
  t.match(features(file, asOf)['statement.audited'], { asOf: '2023-12-31', source: 'statement fy2023' })
})

t.test('one feature alone is what all together give, in any order; an unknown id has no data', async (t) => {
  const all = features(file, asOf)
  const context = featureContext(file, asOf)
  for (const id of FEATURE_IDS.toReversed()) {
    t.same(featureOf(context, id), all[id], id)
    t.same(featureOf(featureContext(file, asOf), id), all[id], `${id} alone`)
  }
  for (const id of ['financial.luck', 'toString', '__proto__', ''])
    t.same(featureOf(context, id), { missing: 'no_data' }, id)
})

t.test('models row 4: what a call gave stands beside the catalogue, from its day on', async (t) => {
  const values = { years: 9, branch: null, 'profile.country': 'XX', broken: Number.NaN }
  const file: CreditFile = {
    profile: { kind: 'company' },
    statements: [],
    invoices: [],
    settlements: [],
    currency: 'CNY',
    inputs: { givenOn: '2026-03-31', values }
  }
  const derived = features(file, '2026-04-01')
  t.same(derived.years, { value: 9, asOf: '2026-03-31', source: 'call' })
  t.same(derived.branch, { missing: 'no_data' })
  t.same(derived['profile.country'], { missing: 'no_data' }, 'a name of the catalogue is the catalogue’s')
  const context = featureContext(file, '2026-04-01')
  for (const id of Object.keys(derived)) t.same(featureOf(context, id), derived[id], id)
  t.same(features(file, '2026-03-30').years, { missing: 'no_data' }, 'nothing is known before it is given')
  t.same(featureOf(context, 'constructor'), { missing: 'no_data' })
})

t.test('the catalogue says who could withhold each feature, and which categories there are', async (t) => {
  const held: [prefix: string, holders: string[]][] = [
    ['financial.', ['customer']],
    ['statement.', ['customer']],
    ['behaviour.', ['seller']],
    ['account.', ['seller']],
    ['qualitative.', ['seller']],
    ['person.', ['customer']],
    ['profile.', ['customer', 'seller']],
    ['record.', ['customer', 'third_party']],
    ['standing.', ['customer', 'third_party']]
  ]
  for (const [id, { heldBy, type, unit, values = [] }] of Object.entries(FEATURES)) {
    const holders = held.find(([prefix]) => id.startsWith(prefix))?.[1] ?? []
    t.ok(holders.includes(heldBy), `${id} is held by ${heldBy}`)
    t.equal(unit === '', type !== 'numeric', `${id} has a unit when it is a number`)
    t.ok(values.length === 0 || type === 'category', id)
    t.equal(new Set(values).size, values.length, id)
  }
})

t.test('what a statement says of its audit', async (t) => {
  const opinion = (change: Partial<Statement>): unknown =>
    seen({ ...file, statements: [filed('s', change)] }, 'statement.auditOpinion')
  t.equal(opinion({ auditOpinion: 'adverse' }), 'adverse', 'even when its figures are not used')
  t.equal(opinion({ audited: false }), 'not_applicable')
  const { auditOpinion: _none, ...silent } = accounts
  t.equal(
    seen({ ...file, statements: [{ statementId: 's', statement: silent }] }, 'statement.auditOpinion'),
    'missing_item'
  )
  t.equal(seen({ ...file, statements: [] }, 'statement.audited'), 'no_data')
})

t.test('a person is known by what they say of themselves; a company is none', async (t) => {
  const person = {
    monthlyIncome: { amount: '12500.50', currency: 'CNY' },
    occupation: 'worker',
    employedSince: '2020-06-30',
    education: 'bachelor',
    residence: 'rented',
    residentSince: '2022-06-30',
    dependants: 2,
    bornOn: '1984-06-30'
  } as const
  const table: [string, unknown][] = [
    ['person.monthlyIncome', 12500.5],
    ['person.occupation', 'worker'],
    ['person.employmentYears', 4],
    ['person.education', 'bachelor'],
    ['person.residence', 'rented'],
    ['person.residenceYears', 2],
    ['person.dependants', 2],
    ['person.ageYears', 40],
    ['person.sex', 'no_data']
  ]
  const known = (kind: 'company' | 'sole_trader' | 'individual', given?: object): CreditFile => ({
    ...file,
    profile: { kind, ...(given === undefined ? {} : { person: given }) }
  })
  for (const [id, value] of table) {
    t.equal(seen(known('individual', person), id), value, id)
    t.equal(seen(known('sole_trader', person), id), value, id)
    t.equal(seen(known('company', person), id), 'not_applicable', id)
    t.equal(seen(known('individual'), id), 'no_data', id)
    t.equal(seen(known('individual', {}), id), 'no_data', id)
  }
  t.equal(seen(known('individual', { employedSince: '2024-07-01' }), 'person.employmentYears'), 'invalid')
  t.equal(seen({ ...known('individual', person), currency: 'USD' }, 'person.monthlyIncome'), 'not_applicable')
  t.equal(seen(known('individual', { dependants: 'two' }), 'person.dependants'), 'invalid')
})

t.test('a ledger with what cannot be gives no figure at all, and nothing throws', async (t) => {
  const ids = [
    'behaviour.weightedDaysLate',
    'behaviour.longestOverdueDays',
    'behaviour.shareOverdue',
    'account.invoices12Months'
  ]
  const [first] = file.invoices
  if (first === undefined) throw new Error('the file has no invoice')
  const odd: object[] = [
    ...[Number.NaN, Number.POSITIVE_INFINITY, 1e308, 0.5, -1].map((amountMinor) => ({ amountMinor })),
    ...['', 'yesterday', '0000-00-00'].flatMap((date) => [{ issuedOn: date }, { dueOn: date }])
  ]
  for (const change of odd) {
    const invoices = [...file.invoices, { ...first, ...change, invoiceId: 'odd' }]
    for (const id of ids) t.equal(seen({ ...file, invoices }, id), 'invalid', `${id} ${JSON.stringify(change)}`)
    t.equal(seen({ ...file, invoices }, 'financial.equityRatio'), 0.45, 'the statements stand by themselves')
  }
  for (const change of [{ amountMinor: Number.NaN }, { settledOn: 'soon' }]) {
    const settlements = file.settlements.map((each) => ({ ...each, ...change }))
    for (const id of ids) t.equal(seen({ ...file, settlements }, id), 'invalid', `${id} ${JSON.stringify(change)}`)
  }
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

t.test('nothing is used before the seller learnt of it', async (t) => {
  const later = { knownOn: '2024-04-15' }
  const learnt: CreditFile = {
    ...file,
    statements: file.statements.map((each) => (each.statementId === 'fy2023' ? { ...each, ...later } : each)),
    invoices: file.invoices.map((each) => (each.invoiceId === 'b' ? { ...each, ...later } : each)),
    settlements: file.settlements.map((each) => (each.invoiceId === 'a' ? { ...each, ...later } : each))
  }
  const table: [id: string, before: unknown, after: unknown][] = [
    ['statement.audited', true, true],
    ['financial.revenueGrowth', 'missing_item', 0.25],
    ['account.invoices12Months', 1, 2],
    ['behaviour.settledCount', 0, 2],
    ['behaviour.longestOverdueDays', 74, 0]
  ]
  for (const [id, before, after] of table) {
    t.equal(seen(learnt, id, '2024-04-14'), before, `${id} the day before`)
    t.equal(seen(learnt, id, '2024-04-15'), after, `${id} on the day`)
  }
  t.match(features(learnt, '2024-04-14')['statement.audited'], { source: 'statement fy2022' })
  const facts = (on: string) => limitFacts(learnt, { asOf: on, grade: null })
  t.match(facts('2024-04-14'), { statement: { statementId: 'fy2022' }, trade: { purchasesMinor: 1000_00 } })
  t.match(facts('2024-04-15'), { statement: { statementId: 'fy2023' }, trade: { purchasesMinor: 4000_00 } })
  const onlyLate = { ...learnt, invoices: learnt.invoices.filter(({ invoiceId }) => invoiceId === 'b') }
  t.equal(limitFacts(onlyLate, { asOf: '2024-04-14', grade: null }).trade.purchaseDays, 0)
})

t.test('the newest statement counts; of one date the audited, then the consolidated, then the longest', async (t) => {
  const pick = (...list: FiledStatement[]): string | undefined => newestStatement(list, asOf)?.statementId
  t.equal(pick(filed('old', { periodEnd: '2022-12-31' }), filed('new')), 'new')
  t.equal(pick(filed('draft', { audited: false }), filed('final')), 'final')
  t.equal(pick(filed('alone', { consolidated: false }), filed('group')), 'group')
  t.equal(pick(filed('quarter', { months: 3 }), filed('year')), 'year')
  t.equal(pick(filed('b'), filed('a')), 'a')
  t.equal(pick(filed('a'), filed('b')), 'a', 'in any order')
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

t.test(
  'the accounts of the year before count once they are known, and where their auditor let them stand',
  async (t) => {
    const growth = (prior: FiledStatement): unknown =>
      seen({ ...file, statements: [filed('now'), prior] }, 'financial.revenueGrowth')
    const before = filed('before', { periodEnd: '2022-12-31' })
    t.equal(growth({ ...before, knownOn: asOf }), 0)
    t.equal(growth({ ...before, knownOn: addDays(asOf, 1) }), 'missing_item')
    t.equal(growth(filed('before', { periodEnd: '2022-12-31', auditOpinion: 'adverse' })), 'missing_item')
  }
)

t.test('the days of sales that are open, and what began today', async (t) => {
  // 500 is open: the 30 days of June sold nothing, and of the 31 days of May 500 of 500 is needed.
  t.equal(seen(file, 'behaviour.dsoDays'), 61)
  const born = { ...file, profile: { ...file.profile, registeredOn: asOf } }
  t.equal(seen(born, 'profile.ageYears'), 0)
  t.equal(seen({ ...born, profile: { ...born.profile, registeredOn: addDays(asOf, -1) } }, 'profile.ageYears'), 0)
  t.equal(
    seen({ ...born, profile: { ...born.profile, registeredOn: addDays(asOf, 1) } }, 'profile.ageYears'),
    'invalid'
  )
})

t.test('a fact of the first and of the last day that dates have counts', async (t) => {
  const of = (issuedOn: string, on: string) =>
    seen(
      {
        ...file,
        invoices: [{ ...invoice('x', '2000-01-01', 100_00), issuedOn, dueOn: '2199-12-31' }],
        settlements: []
      },
      'behaviour.settledCount',
      on
    )
  t.equal(of('1900-01-01', '2024-06-30'), 0)
  t.equal(of('2199-12-31', '2199-12-31'), 0)
  t.equal(of('2199-12-31', '2199-12-30'), 'no_data', 'not yet')
})

t.test(
  'purchases are of the days since the first invoice, that day and today included, and of a year at most',
  async (t) => {
    const days = (issuedOn: string) =>
      limitFacts({ ...file, invoices: [invoice('x', issuedOn, 100_00)], settlements: [] }, { asOf, grade: null }).trade
        .purchaseDays
    t.same(
      [days(asOf), days(addDays(asOf, -1)), days(addDays(asOf, -363)), days(addDays(asOf, -364))],
      [1, 2, 364, 365]
    )
    t.same([days(addDays(asOf, -365)), days('2001-01-01')], [365, 365])
  }
)

t.test('what an assessment advises goes with the facts of a limit', async (t) => {
  t.equal(limitFacts(file, { asOf, grade: 'A', advice: 'refer' }).advice, 'refer')
  t.notOk('advice' in limitFacts(file, { asOf, grade: 'A' }))
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

t.test('who owes nothing is not one whose means are unknown', async (t) => {
  const free: Statement = {
    ...accounts,
    balanceSheet: {
      cashAndEquivalents: '300',
      shortTermInvestments: '0',
      billsReceivable: '0',
      tradeReceivables: '100',
      inventories: '100',
      currentAssets: '500',
      nonCurrentAssets: '500',
      totalAssets: '1000',
      shortTermBorrowings: '0',
      currentPortionOfLongTermDebt: '0',
      longTermBorrowings: '0',
      bondsPayable: '0',
      leaseLiabilities: '0',
      currentLiabilities: '0',
      nonCurrentLiabilities: '0',
      totalLiabilities: '0',
      equity: '1000'
    },
    income: {
      revenue: '900',
      ebitda: '90',
      ebit: '60',
      depreciationAndAmortisation: '30',
      interestExpense: '0',
      incomeTax: '10',
      netIncome: '50'
    },
    cashFlow: { netCashFromOperatingActivities: '-70', capitalExpenditure: '20' }
  }
  const owing: Record<string, number> = {
    currentRatio: 1000,
    quickRatio: 1000,
    acidTestRatio: 1000,
    cashRatio: 1000,
    interestCoverage: 1000,
    ebitdaInterestCoverage: 1000,
    operatingCashFlowInterestCoverage: -1000,
    fundsFromOperationsToDebt: 1000,
    earningsToCurrentMaturities: 1000,
    operatingCashFlowToDebt: -1000,
    operatingCashFlowToCurrentLiabilities: -1000,
    operatingCashFlowToBorrowings: -1000,
    freeCashFlowToBorrowings: -1000
  }
  const given = { ...file, statements: [{ statementId: 's', statement: free }] }
  for (const [id, value] of Object.entries(owing)) t.equal(seen(given, `financial.${id}`), value, id)
  t.equal(seen(given, 'financial.inventoryTurnover'), 'missing_item', 'nothing else is made up')
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
        settlements: file.settlements.map((each) => ({ ...each, settledOn: addDays(each.settledOn, days) })),
        evidence: [{ ...court, observedOn: addDays(court.observedOn, days) }]
      }
      const before = features({ ...file, evidence: [court] }, asOf)
      const after = features(moved, addDays(asOf, days))
      return [
        'behaviour.weightedDaysLate',
        'behaviour.longestOverdueDays',
        'behaviour.shareOverdue',
        'profile.ageYears',
        'account.monthsSinceFirstInvoice',
        'account.invoices12Months',
        'account.longestDaysLate24Months',
        'record.openCourtCases',
        'record.judgementDebtor'
      ].every((id) => {
        const [a, b] = [before[id], after[id]]
        return a !== undefined && b !== undefined && 'value' in a && 'value' in b && a.value === b.value
      })
    }),
    { numRuns: 200 }
  )
})

const court: EvidenceFact = {
  evidenceId: 'evd',
  kind: 'court_record',
  observedOn: '2024-05-01',
  source: 'register',
  facts: { openCases: 1, judgementDebtor: false }
}

/** A day after `asOf` or one before it, and the two together so that at least one lies after. */
const later = fc.integer({ min: 1, max: 800 }).map((days) => addDays(asOf, days))
const earlier = fc.integer({ min: 0, max: 800 }).map((days) => addDays(asOf, -days))
const unknownYet = fc.oneof(
  fc.record({ date: later, knownOn: fc.constant(undefined) }),
  fc.record({ date: later, knownOn: later }),
  fc.record({ date: later, knownOn: earlier }),
  fc.record({ date: earlier, knownOn: later })
)
const known = (knownOn: string | undefined) => (knownOn === undefined ? {} : { knownOn })

/**
 * A fact of each kind that is dated, or that the seller learnt of, after `asOf`; it joins the file
 * at any place.
 */
const withUnknown = fc
  .record({
    when: unknownYet,
    what: fc.integer({ min: 0, max: 4 }),
    amountMinor: fc.integer({ min: 0, max: 1e9 }),
    front: fc.boolean()
  })
  .map(({ when: { date, knownOn }, what, amountMinor, front }) => (given: CreditFile): CreditFile => {
    const joined = <Fact>(list: readonly Fact[], fact: Fact): Fact[] => (front ? [fact, ...list] : [...list, fact])
    const { statements, invoices, settlements, evidence = [] } = given
    if (what === 0)
      return { ...given, statements: joined(statements, { ...filed('x', { periodEnd: date }), ...known(knownOn) }) }
    if (what === 1)
      return { ...given, invoices: joined(invoices, { ...invoice('x', date, amountMinor), ...known(knownOn) }) }
    const invoiceId = what === 2 ? 'c' : 'x'
    if (what < 4)
      return {
        ...given,
        settlements: joined(settlements, { invoiceId, settledOn: date, amountMinor, by: 'payment', ...known(knownOn) })
      }
    const item: EvidenceFact = {
      ...court,
      evidenceId: 'x',
      observedOn: date,
      facts: { openCases: 9 },
      ...known(knownOn)
    }
    return { ...given, evidence: joined(evidence, item) }
  })

t.test('law: no fact that is dated or known later than the day changes any feature of the day', async () => {
  const given: CreditFile = { ...file, evidence: [court] }
  const expected = JSON.stringify(features(given, asOf))
  fc.assert(
    fc.property(fc.array(withUnknown, { minLength: 1, maxLength: 4 }), (changes) => {
      const grown = changes.reduce((sum, change) => change(sum), given)
      return JSON.stringify(features(grown, asOf)) === expected
    }),
    { numRuns: 1000 }
  )
})

t.test('law: scaling all money by one factor leaves every feature that is no amount, nor its logarithm', async () => {
  const figures = (part: object | undefined, factor: number) =>
    Object.fromEntries(Object.entries(part ?? {}).map(([id, text]) => [id, String(Number(text) * factor)]))
  const ofNoAmount = (given: CreditFile): [string, Feature][] =>
    Object.entries(features(given, asOf)).filter(([id]) => !['amount', 'log'].includes(FEATURES[id]?.unit ?? ''))
  const expected = JSON.stringify(ofNoAmount(file))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (factor) => {
      const { balanceSheet, income, cashFlow } = accounts
      const part = (of: Statement): Statement =>
        ({
          ...of,
          balanceSheet: figures(balanceSheet, factor),
          income: figures(of.income ?? income, factor),
          cashFlow: figures(cashFlow, factor)
        }) as Statement
      const rich: CreditFile = {
        ...file,
        statements: file.statements.map((each) => ({ ...each, statement: part(each.statement) })),
        invoices: file.invoices.map((each) => ({ ...each, amountMinor: each.amountMinor * factor })),
        settlements: file.settlements.map((each) => ({ ...each, amountMinor: each.amountMinor * factor }))
      }
      return JSON.stringify(ofNoAmount(rich)) === expected
    })
  )
})
