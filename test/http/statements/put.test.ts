import t from 'tap'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/statements/FY2025'
const statement = {
  periodEnd: '2025-12-31',
  months: 12,
  currency: 'CNY',
  unit: 10000,
  consolidated: false,
  audited: true,
  auditOpinion: 'unqualified',
  balanceSheet: {
    cashAndEquivalents: '1850',
    tradeReceivables: '4200',
    inventories: '3100',
    currentAssets: '9600',
    totalAssets: '15200',
    currentLiabilities: '5400',
    totalLiabilities: '6900',
    retainedEarnings: '4100',
    equity: '8300'
  },
  income: { revenue: '32500', costOfSales: '27300', ebit: '1980', interestExpense: '210', netIncome: '1320' },
  cashFlow: { netCashFromOperatingActivities: '1460' }
}
/** The same statement with other figures in the balance sheet. */
const withSheet = (balanceSheet: object) => ({
  ...statement,
  balanceSheet: { ...statement.balanceSheet, ...balanceSheet }
})

t.test('PUT /v1/customers/{customerId}/statements/{statementId}', async (t) => {
  const { send, refuses, footprint, unanswered } = await contractService(t)
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
  const ratioOf = (body: { ratios: { id: string; value: number | null }[] }, id: string) =>
    body.ratios.find((ratio) => ratio.id === id)

  await t.test('201: a set of accounts is recorded as it stands and answered with its ratios', async (t) => {
    const answer = await send('PUT', url, statement)
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, url)
    t.equal(answer.headers.etag, '"1"')
    const { ratios, derivedItems, referenceModels, ...shown } = answer.body
    const at = '2026-03-31T12:00:00.000Z'
    const ids = { customerId: 'C-1', statementId: 'FY2025' }
    const alone = { annualised: false, annualisationNote: null, priorStatementId: null, comparison: null }
    t.same(shown, { ...ids, ...statement, ...alone, version: 1, createdAt: at, updatedAt: at })
    t.match(ratioOf(answer.body, 'currentRatio'), {
      value: 1.777778,
      inputs: { currentAssets: 9600, currentLiabilities: 5400 },
      name: { en: /\S/, zh: /\S/ },
      group: 'liquidity',
      formula: 'currentAssets / currentLiabilities',
      source: /Certified Public Accountants/
    })
    t.match(ratioOf(answer.body, 'revenueGrowth'), { value: null, reason: 'missing_item' })
    t.ok(ratios.length >= 45)
    t.match(derivedItems[0], { id: 'nonCurrentAssets', value: 5600, formula: 'totalAssets - currentAssets' })
    t.match(referenceModels[0], { id: 'altmanZ', value: null, reason: 'missing_item' })
    t.same((await send('GET', url)).body, answer.body, 'reading it gives the same')
    const journal = await send('GET', '/v1/customers/C-1/journal')
    t.match(journal.body.items.at(-1), { type: 'statement.recorded', subject: 'FY2025' })
  })

  await t.test('200: what a statement implies is filled in, with its formula, or with what is missing', async (t) => {
    const { body } = await send('GET', url)
    const found = (id: string) => body.derivedItems.find((each: { id: string }) => each.id === id)
    t.match(found('grossProfit'), { value: 5200, formula: 'revenue - costOfSales', name: { zh: '毛利' } })
    t.match(found('workingCapital'), { value: 4200, formula: 'currentAssets - currentLiabilities' })
    t.match(found('tangibleNetWorth'), { value: 8300 })
    t.match(found('netDebt'), { value: null, missing: ['shortTermBorrowings', 'longTermBorrowings'] })
  })

  await t.test('200: the models of the literature are computed, each with its working and its paper', async (t) => {
    const { body } = await send('GET', url)
    const found = (id: string) => body.referenceModels.find((each: { id: string }) => each.id === id)
    // 6.56 × 4 200 / 15 200 + 3.26 × 4 100 / 15 200 + 6.72 × 1 980 / 15 200 + 1.05 × 8 300 / 6 900
    t.match(found('altmanZDoublePrime'), {
      value: 4.830386,
      zone: 'safe',
      probability: null,
      ratingEquivalent: null,
      source: { author: 'E. I. Altman, J. Hartzell and M. Peck', year: 1995 }
    })
    t.match(found('altmanEmergingMarket'), { value: 8.080386, ratingEquivalent: 'AA+', constant: 3.25 })
    // -4.336 - 4.513 × 1 320 / 15 200 + 5.679 × 6 900 / 15 200 + 0.004 × 9 600 / 5 400
    t.match(found('zmijewski'), { value: -2.14284, zone: 'safe', probability: 0.016063, inputs: { length: 3 } })
    t.match(found('piotroskiF'), { value: null, zone: null, reason: 'missing_item' })
    t.match(found('ohlsonO'), { value: null, missing: ['depreciationAndAmortisation', 'priorNetIncome'] })
  })

  await t.test('200: the same content again changes nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PUT', url, statement), { status: 200, headers: { etag: '"1"' } })
    t.equal(await footprint(), before)
  })

  await t.test('200: corrected figures take the place of the first, with the next version', async (t) => {
    const answer = await send('PUT', url, withSheet({ inventories: '3000' }), { 'if-match': '"1"' })
    t.match(answer, {
      status: 200,
      headers: { etag: '"2"' },
      body: { version: 2, balanceSheet: { inventories: '3000' } }
    })
  })

  await t.test('412: a change that rests on another version is refused', async (t) => {
    for (const ifMatch of ['"1"', '"3"', 'W/"2"']) {
      const headers = { 'if-match': ifMatch }
      await refuses(t, { method: 'PUT', url, body: statement, headers }, 'precondition-failed')
    }
    const absent = '/v1/customers/C-1/statements/FY2020'
    for (const ifMatch of ['"1"', '*']) {
      const headers = { 'if-match': ifMatch }
      await refuses(t, { method: 'PUT', url: absent, body: statement, headers }, 'precondition-failed')
    }
  })

  await t.test('201: growth is measured against the statement of the year before', async (t) => {
    const prior = { ...statement, periodEnd: '2024-12-31', income: { revenue: '25000' } }
    t.equal((await send('PUT', '/v1/customers/C-1/statements/FY2024', prior)).status, 201)
    const { body } = await send('GET', url)
    t.equal(body.priorStatementId, 'FY2024')
    t.equal(ratioOf(body, 'revenueGrowth')?.value, 0.3)
    const { items, ...against } = body.comparison
    t.same(against, { priorStatementId: 'FY2024', priorPeriodEnd: '2024-12-31', priorMonths: 12 })
    const compared = (id: string) => items.find((each: { id: string }) => each.id === id)
    t.match(compared('revenue'), { value: 32500, priorValue: 25000, change: 7500, relativeChange: 0.3 })
    t.match(compared('inventories'), { value: 3000, priorValue: 3100, change: -100, relativeChange: -0.032258 })
    t.match(compared('workingCapital'), { value: 4200, priorValue: 4200, change: 0, relativeChange: 0 })
    t.equal(compared('netIncome'), undefined, 'only what both have')
  })

  await t.test('201: a statement of half a year is annualised, and says so', async (t) => {
    const half = {
      ...withSheet({ retainedEarnings: '0' }),
      periodEnd: '2025-06-30',
      months: 6,
      unit: 1000,
      income: { revenue: '16000', ebit: '900' }
    }
    await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'Half' })
    const prior = { ...half, periodEnd: '2024-06-30', months: 12, unit: 1, income: { revenue: '16000000', ebit: '-5' } }
    t.match(await send('PUT', '/v1/customers/C-2/statements/H0', prior), {
      status: 201,
      body: { annualised: false, annualisationNote: null, comparison: null }
    })
    const { status, body } = await send('PUT', '/v1/customers/C-2/statements/H1', half)
    t.equal(status, 201)
    t.equal(body.annualised, true)
    t.match(body.annualisationNote, { en: /6 months.*12\/6/, zh: /6 个月/ })
    t.equal(ratioOf(body, 'assetTurnover')?.value, 2.105263, '2 × 16 000 / 15 200')
    const compared = (id: string) => body.comparison.items.find((each: { id: string }) => each.id === id)
    t.match(compared('revenue'), { value: 32000, priorValue: 16000, relativeChange: 1 })
    t.match(compared('ebit'), { priorValue: -0.005, relativeChange: null, reason: 'negative_base' })
    t.match(compared('retainedEarnings'), { relativeChange: null, reason: 'zero_denominator' })
    t.match(compared('totalAssets'), { value: 15200, priorValue: 15.2 })
  })

  await t.test('201: a set of accounts on the Chinese forms is recorded with every line', async (t) => {
    const lines = {
      income: {
        revenue: '100',
        costOfSales: '60',
        financeExpenses: '-1',
        creditImpairmentLosses: '2',
        operatingProfit: '39'
      },
      cashFlow: {
        cashReceivedFromCustomers: '110',
        operatingCashInflows: '115',
        operatingCashOutflows: '105',
        netCashFromOperatingActivities: '10'
      }
    }
    const sheet = {
      receivablesFinancing: '50',
      developmentExpenditure: '7',
      treasuryShares: '3',
      leaseLiabilities: '20'
    }
    const answer = await send('PUT', '/v1/customers/C-1/statements/CN', { ...withSheet(sheet), ...lines })
    t.match(answer, { status: 201, body: { balanceSheet: sheet, ...lines } })
    t.match(
      answer.body.derivedItems.find((each: { id: string }) => each.id === 'tangibleNetWorth'),
      { value: 8293 }
    )
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('PUT', '/v1/customers/C-1/statements/H1?dryRun=true', { ...statement, months: 6 })
    t.match(answer, { status: 200, body: { statementId: 'H1', version: 1 } })
    t.equal(await footprint(), before)
  })

  await t.test('201: figures with decimals may differ by what rounding explains', async (t) => {
    const rounded = withSheet({ totalAssets: '15200.4', totalLiabilities: '6900.2', equity: '8300.1' })
    t.equal((await send('PUT', '/v1/customers/C-1/statements/R-1', rounded)).status, 201)
  })

  const unbalanced: Record<string, { body: object; pointer: string; detail: RegExp }> = {
    'assets that are not liabilities and equity': {
      body: withSheet({ totalAssets: '15300' }),
      pointer: '/balanceSheet/totalAssets',
      detail: /资产总计.*15300.*15200.*difference is 100/
    },
    'parts of the assets that do not make the whole': {
      body: withSheet({ nonCurrentAssets: '5000' }),
      pointer: '/balanceSheet/totalAssets',
      detail: /14600.*difference is 600/s
    },
    'inventories above current assets': {
      body: withSheet({ inventories: '9700' }),
      pointer: '/balanceSheet/currentAssets',
      detail: /more than/
    },
    'a gross profit that is not revenue less cost': {
      body: { ...statement, income: { ...statement.income, grossProfit: '9999' } },
      pointer: '/income/grossProfit',
      detail: /5200/
    },
    'a profit that is not what is left after tax': {
      body: { ...statement, income: { ...statement.income, profitBeforeTax: '1770', incomeTax: '440' } },
      pointer: '/income/netIncome',
      detail: /profit before tax less income tax expense is 1330.*difference is -10/
    },
    'a cash flow that is not inflows less outflows': {
      body: {
        ...statement,
        cashFlow: { ...statement.cashFlow, operatingCashInflows: '9000', operatingCashOutflows: '7000' }
      },
      pointer: '/cashFlow/netCashFromOperatingActivities',
      detail: /is 2000/
    },
    'treasury shares with a minus': {
      body: withSheet({ treasuryShares: '-3' }),
      pointer: '/balanceSheet/treasuryShares',
      detail: /cannot be negative/
    },
    'negative inventories': {
      body: withSheet({ inventories: '-3100' }),
      pointer: '/balanceSheet/inventories',
      detail: /cannot be negative/
    },
    'no total': {
      body: { ...statement, balanceSheet: { totalLiabilities: '6900', equity: '8300' } },
      pointer: '/balanceSheet/totalAssets',
      detail: /missing/
    },
    'an opinion without an audit': {
      body: { ...statement, audited: false },
      pointer: '/auditOpinion',
      detail: /audited/
    }
  }
  for (const [name, { body, pointer, detail }] of Object.entries(unbalanced)) {
    await t.test(`422: ${name} is refused with what is wrong`, async (t) => {
      const request = { method: 'PUT', url: '/v1/customers/C-1/statements/X-1', body } as const
      const answer = await refuses(t, request, 'unbalanced-statement')
      const errors: { pointer: string; detail: string }[] = answer.body.errors
      t.match(errors.find((error) => error.pointer === pointer)?.detail, detail, JSON.stringify(errors))
    })
  }

  const refused: Record<string, { body: object; pointers: string[] }> = {
    'a period that ends in the future': { body: { ...statement, periodEnd: '2026-04-02' }, pointers: ['/periodEnd'] },
    'a day that does not exist': { body: { ...statement, periodEnd: '2025-02-29' }, pointers: ['/periodEnd'] },
    'nineteen months': { body: { ...statement, months: 19 }, pointers: ['/months'] },
    'a unit between the units': { body: { ...statement, unit: 100 }, pointers: ['/unit'] },
    'a currency that does not exist': { body: { ...statement, currency: 'RMB' }, pointers: ['/currency'] },
    'no balance sheet': { body: { ...statement, balanceSheet: undefined }, pointers: ['/balanceSheet'] },
    'a figure as a number': { body: withSheet({ inventories: 3100 }), pointers: ['/balanceSheet/inventories'] },
    'a figure with a separator': { body: withSheet({ inventories: '3,100' }), pointers: ['/balanceSheet/inventories'] },
    'a figure that is no number': { body: withSheet({ inventories: 'NaN' }), pointers: ['/balanceSheet/inventories'] },
    'a figure with an exponent': { body: withSheet({ inventories: '3e3' }), pointers: ['/balanceSheet/inventories'] },
    'a figure of 14 digits': {
      body: withSheet({ inventories: '1'.repeat(14) }),
      pointers: ['/balanceSheet/inventories']
    },
    'a figure of null': { body: withSheet({ inventories: null }), pointers: ['/balanceSheet/inventories'] },
    'an item that does not exist': { body: withSheet({ stock: '3100' }), pointers: ['/balanceSheet/stock'] },
    'an item of another part': { body: withSheet({ revenue: '3100' }), pointers: ['/balanceSheet/revenue'] },
    'an opinion that does not exist': { body: { ...statement, auditOpinion: 'clean' }, pointers: ['/auditOpinion'] },
    'ratios of one’s own': { body: { ...statement, ratios: [] }, pointers: ['/ratios'] }
  }
  for (const [name, { body, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, async (t) => {
      await refuses(t, { method: 'PUT', url, body }, 'validation-error', pointers)
    })
  }

  await t.test('400: an id that is not of the caller’s alphabet is refused', async (t) => {
    const request = { method: 'PUT', url: '/v1/customers/C-1/statements/FY%202025', body: statement } as const
    await refuses(t, request, 'validation-error', ['/params/statementId'])
  })

  await t.test('case 20: a statement of an unknown customer is refused', async (t) => {
    const request = { method: 'PUT', url: '/v1/customers/C-9/statements/FY2025', body: statement } as const
    await refuses(t, request, 'customer-not-found')
  })

  t.same(unanswered('putStatement'), [], 'every documented answer was given')
})
