import fc from 'fast-check'
import t from 'tap'
import { completeItems, type Figures, priorOf, type Statement } from '../../../src/engine/statements/statement.ts'
import { type StatementFault, statementFaults } from '../../../src/engine/statements/statement-faults.ts'
import { decimalsOf, hundredths } from '../../../src/engine/statements/statement-figure.ts'
import { type ItemId, STATEMENT_ITEMS, STATEMENT_PARTS } from '../../../src/engine/statements/statement-items.ts'
import { BALANCE_SHEET_SUMS, CASH_FLOW_SUMS, INCOME_SUMS } from '../../../src/engine/statements/statement-sums.ts'

/** Accounts that balance: 1 000 = 600 + 400. */
const SOUND: Figures = { totalAssets: '1000', totalLiabilities: '600', equity: '400' }

/** A statement with these figures beside the sound totals. */
function statement(balanceSheet: Figures = {}, differences: Partial<Statement> = {}): Statement {
  return {
    periodEnd: '2025-12-31',
    months: 12,
    currency: 'CNY',
    unit: 10000,
    consolidated: false,
    audited: false,
    balanceSheet: { ...SOUND, ...balanceSheet },
    ...differences
  }
}

/**
 * Published by the companies, in millions of US dollars. Enron's liabilities include minority
 * interests and preferred securities.
 */
const ENRON = statement(
  {
    cashAndEquivalents: '1374',
    tradeReceivables: '10396',
    inventories: '953',
    currentAssets: '30381',
    totalAssets: '65503',
    currentLiabilities: '28406',
    totalLiabilities: '54033',
    retainedEarnings: '3226',
    equity: '11470'
  },
  {
    periodEnd: '2000-12-31',
    currency: 'USD',
    unit: 1000000,
    consolidated: true,
    audited: true,
    auditOpinion: 'unqualified',
    income: { revenue: '100789', ebit: '2482', interestExpense: '838', netIncome: '979' },
    cashFlow: { netCashFromOperatingActivities: '4779' }
  }
)

const APPLE = statement(
  {
    cashAndEquivalents: '29965',
    tradeReceivables: '29508',
    inventories: '6331',
    currentAssets: '143566',
    totalAssets: '352583',
    currentLiabilities: '145308',
    totalLiabilities: '290437',
    retainedEarnings: '-214',
    equity: '62146'
  },
  {
    periodEnd: '2023-09-30',
    currency: 'USD',
    unit: 1000000,
    consolidated: true,
    audited: true,
    auditOpinion: 'unqualified',
    income: { revenue: '383285', ebit: '114301', interestExpense: '3933', netIncome: '96995' },
    cashFlow: { netCashFromOperatingActivities: '110543' }
  }
)

t.test('published accounts have no fault', async (t) => {
  t.same(statementFaults(ENRON), [])
  t.same(statementFaults(APPLE), [])
})

t.test('totals that follow from published figures are filled in, and named as derived', async (t) => {
  const enron = completeItems(ENRON)
  t.equal(enron.values.nonCurrentAssets, 35_122, '65 503 - 30 381')
  t.equal(enron.values.nonCurrentLiabilities, 25_627, '54 033 - 28 406')
  t.same(enron.derived, ['nonCurrentAssets', 'nonCurrentLiabilities'])
  const apple = completeItems(APPLE)
  t.equal(apple.values.nonCurrentAssets, 209_017, '352 583 - 143 566')
  t.equal(apple.values.nonCurrentLiabilities, 145_129, '290 437 - 145 308')
  t.equal(apple.values.retainedEarnings, -214)
})

t.test('each fault is pointed at, with its difference in a sentence', async (t) => {
  const table: [Statement, Omit<StatementFault, 'zh'>][] = [
    [
      statement({ equity: '390' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'does_not_balance',
        detail:
          'totalAssets (资产总计) is 1000, but totalLiabilities (负债合计) and equity (所有者权益（或股东权益）合计) add up to 990: the difference is 10.'
      }
    ],
    [
      statement({ currentAssets: '300', nonCurrentAssets: '720.5' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'does_not_add_up',
        detail:
          'totalAssets (资产总计) is 1000, but currentAssets (流动资产合计) and nonCurrentAssets (非流动资产合计) add up to 1020.5: the difference is -20.5.'
      }
    ],
    [
      statement({ currentLiabilities: '100', nonCurrentLiabilities: '200' }),
      {
        pointer: '/balanceSheet/totalLiabilities',
        code: 'does_not_add_up',
        detail:
          'totalLiabilities (负债合计) is 600, but currentLiabilities (流动负债合计) and nonCurrentLiabilities (非流动负债合计) add up to 300: the difference is 300.'
      }
    ],
    [
      statement({ currentAssets: '300', cashAndEquivalents: '200', inventories: '150' }),
      {
        pointer: '/balanceSheet/currentAssets',
        code: 'exceeds_whole',
        detail:
          'cashAndEquivalents (货币资金) and inventories (存货) come to 350, more than currentAssets (流动资产合计), 300: the difference is 50.'
      }
    ],
    [
      statement({ nonCurrentAssets: '300', goodwill: '301', intangibleAssets: '9.25' }),
      {
        pointer: '/balanceSheet/nonCurrentAssets',
        code: 'exceeds_whole',
        detail:
          'intangibleAssets (无形资产) and goodwill (商誉) come to 310.25, more than nonCurrentAssets (非流动资产合计), 300: the difference is 10.25.'
      }
    ],
    [
      statement({ currentLiabilities: '100', tradePayables: '150' }),
      {
        pointer: '/balanceSheet/currentLiabilities',
        code: 'exceeds_whole',
        detail:
          'tradePayables (应付账款) comes to 150, more than currentLiabilities (流动负债合计), 100: the difference is 50.'
      }
    ],
    [
      statement({ nonCurrentLiabilities: '100', longTermBorrowings: '90', bondsPayable: '20' }),
      {
        pointer: '/balanceSheet/nonCurrentLiabilities',
        code: 'exceeds_whole',
        detail:
          'longTermBorrowings (长期借款) and bondsPayable (应付债券) come to 110, more than nonCurrentLiabilities (非流动负债合计), 100: the difference is 10.'
      }
    ],
    [
      statement({ currentAssets: '1100' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'exceeds_whole',
        detail:
          'currentAssets (流动资产合计) comes to 1100, more than totalAssets (资产总计), 1000: the difference is 100.'
      }
    ],
    [
      statement({ nonCurrentAssets: '1100' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'exceeds_whole',
        detail:
          'nonCurrentAssets (非流动资产合计) comes to 1100, more than totalAssets (资产总计), 1000: the difference is 100.'
      }
    ],
    [
      statement({ cashAndEquivalents: '800', propertyPlantAndEquipment: '300' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'exceeds_whole',
        detail:
          'cashAndEquivalents (货币资金) and propertyPlantAndEquipment (固定资产) come to 1100, more than totalAssets (资产总计), 1000: the difference is 100.'
      }
    ],
    [
      statement({ nonCurrentAssets: '900', cashAndEquivalents: '200' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'exceeds_whole',
        detail:
          'cashAndEquivalents (货币资金) and nonCurrentAssets (非流动资产合计) come to 1100, more than totalAssets (资产总计), 1000: the difference is 100.'
      }
    ],
    [
      statement({ currentLiabilities: '700' }),
      {
        pointer: '/balanceSheet/totalLiabilities',
        code: 'exceeds_whole',
        detail:
          'currentLiabilities (流动负债合计) comes to 700, more than totalLiabilities (负债合计), 600: the difference is 100.'
      }
    ],
    [
      statement({ tradePayables: '300', longTermBorrowings: '400' }),
      {
        pointer: '/balanceSheet/totalLiabilities',
        code: 'exceeds_whole',
        detail:
          'tradePayables (应付账款) and longTermBorrowings (长期借款) come to 700, more than totalLiabilities (负债合计), 600: the difference is 100.'
      }
    ],
    [
      statement({}, { income: { revenue: '500', costOfSales: '300', grossProfit: '220' } }),
      {
        pointer: '/income/grossProfit',
        code: 'does_not_add_up',
        detail: 'grossProfit (毛利) is 220, but revenue less cost of sales is 200: the difference is 20.'
      }
    ],
    [
      statement({ inventories: '-5' }),
      {
        pointer: '/balanceSheet/inventories',
        code: 'negative',
        detail: 'inventories (存货) is -5: it cannot be negative. Costs and payments are given as positive figures.'
      }
    ],
    [
      statement({}, { cashFlow: { capitalExpenditure: '-0.01' } }),
      {
        pointer: '/cashFlow/capitalExpenditure',
        code: 'negative',
        detail:
          'capitalExpenditure (购建固定资产、无形资产和其他长期资产支付的现金) is -0.01: it cannot be negative. Costs and payments are given as positive figures.'
      }
    ],
    [
      { ...statement(), balanceSheet: { totalAssets: '1000', totalLiabilities: '600' } },
      {
        pointer: '/balanceSheet/equity',
        code: 'required',
        detail: 'equity (所有者权益（或股东权益）合计) is missing: without it the balance cannot be checked.'
      }
    ],
    [
      statement({}, { auditOpinion: 'qualified' }),
      {
        pointer: '/auditOpinion',
        code: 'opinion_without_audit',
        detail:
          'An auditor’s opinion is given, but the statement is not marked as audited: set audited to true, or leave the opinion out.'
      }
    ]
  ]
  for (const [faulty, fault] of table) {
    const [{ zh = '', ...found } = {}, ...others] = statementFaults(faulty)
    t.same([found, ...others], [fault], fault.detail)
    t.match(zh, /^\p{Script=Han}.*。$/u, fault.detail)
    t.same(
      zh.match(/[\d,]+(\.\d+)?/g)?.map((figure) => figure.replaceAll(',', '')),
      fault.detail.match(/\d+(\.\d+)?/g) ?? undefined,
      zh
    )
  }
})

/** An income statement on the Chinese form with every line, in 万元: the figures add up. */
const CHINESE_INCOME: Figures = {
  revenue: '10000',
  costOfSales: '7000',
  grossProfit: '3000',
  taxesAndSurcharges: '60',
  sellingExpenses: '700',
  administrativeExpenses: '500',
  researchAndDevelopmentExpenses: '300',
  financeExpenses: '-20',
  interestExpense: '35',
  interestIncome: '58',
  otherIncome: '40',
  investmentIncome: '-15',
  netHedgingGains: '0',
  fairValueGains: '5',
  creditImpairmentLosses: '80',
  assetImpairmentLosses: '-10',
  disposalGains: '3',
  // 10 000 + 40 - 15 + 0 + 5 + 3 - 7 000 - 60 - 700 - 500 - 300 + 20 - 80 + 10
  operatingProfit: '1423',
  nonOperatingIncome: '12',
  nonOperatingExpenses: '35',
  profitBeforeTax: '1400',
  incomeTax: '350',
  netIncome: '1050',
  profitFromContinuingOperations: '1100',
  profitFromDiscontinuedOperations: '-50',
  profitAttributableToOwners: '1000',
  profitAttributableToNonControllingInterests: '50',
  otherComprehensiveIncomeOfPeriod: '-30',
  totalComprehensiveIncome: '1020'
}

/** A cash flow statement with every line. */
const CHINESE_CASH_FLOW: Figures = {
  cashReceivedFromCustomers: '11000',
  taxRefundsReceived: '20',
  otherOperatingCashReceived: '80',
  operatingCashInflows: '11100',
  cashPaidToSuppliers: '7600',
  cashPaidToEmployees: '1200',
  taxesPaid: '600',
  otherOperatingCashPaid: '500',
  operatingCashOutflows: '9900',
  netCashFromOperatingActivities: '1200',
  cashFromDisposalOfInvestments: '100',
  cashFromInvestmentIncome: '10',
  cashFromDisposalOfAssets: '40',
  cashFromDisposalOfSubsidiaries: '0',
  otherInvestingCashReceived: '0',
  investingCashInflows: '150',
  capitalExpenditure: '900',
  cashPaidForInvestments: '50',
  cashPaidForSubsidiaries: '0',
  otherInvestingCashPaid: '0',
  investingCashOutflows: '950',
  netCashFromInvestingActivities: '-800',
  cashFromCapitalContributions: '0',
  cashFromBorrowings: '600',
  otherFinancingCashReceived: '0',
  financingCashInflows: '600',
  repaymentOfBorrowings: '500',
  dividendsPaid: '240',
  otherFinancingCashPaid: '10',
  financingCashOutflows: '750',
  netCashFromFinancingActivities: '-150',
  exchangeRateEffect: '-5',
  netIncreaseInCash: '245',
  openingCash: '1000',
  closingCash: '1245'
}

t.test('the whole Chinese forms add up; one figure that is wrong is found in each of its sums', async (t) => {
  const full = (income: Figures = {}, cashFlow: Figures = {}) =>
    statement({}, { income: { ...CHINESE_INCOME, ...income }, cashFlow: { ...CHINESE_CASH_FLOW, ...cashFlow } })
  t.same(statementFaults(full()), [])
  const table: [Statement, [pointer: string, difference: string][]][] = [
    [
      full({ operatingProfit: '1431' }),
      [
        ['operatingProfit', '8'],
        ['profitBeforeTax', '-8']
      ]
    ],
    [full({ nonOperatingExpenses: '47' }), [['profitBeforeTax', '12']]],
    [full({ creditImpairmentLosses: '-80' }), [['operatingProfit', '-160']]],
    [full({ financeExpenses: '20' }), [['operatingProfit', '40']]],
    [full({ incomeTax: '355' }), [['netIncome', '5']]],
    [full({ profitFromContinuingOperations: '1090' }), [['netIncome', '10']]],
    [full({ profitAttributableToNonControllingInterests: '-50' }), [['netIncome', '100']]],
    [full({ totalComprehensiveIncome: '1080' }), [['totalComprehensiveIncome', '60']]],
    [
      full({ revenue: '10008', grossProfit: '3000' }),
      [
        ['grossProfit', '-8'],
        ['operatingProfit', '-8']
      ]
    ],
    [full({}, { taxesPaid: '610' }), [['operatingCashOutflows', '-10']]],
    [
      full({}, { operatingCashInflows: '11000' }),
      [
        ['operatingCashInflows', '-100'],
        ['netCashFromOperatingActivities', '100']
      ]
    ],
    [
      full({}, { investingCashInflows: '150.5' }),
      [
        ['investingCashInflows', '0.5'],
        ['netCashFromInvestingActivities', '-0.5']
      ]
    ],
    [
      full({}, { netCashFromFinancingActivities: '150' }),
      [
        ['netCashFromFinancingActivities', '300'],
        ['netIncreaseInCash', '-300']
      ]
    ],
    [full({}, { exchangeRateEffect: '5' }), [['netIncreaseInCash', '-10']]],
    [full({}, { closingCash: '1240' }), [['closingCash', '-5']]]
  ]
  for (const [faulty, expected] of table) {
    const found = statementFaults(faulty).map(({ pointer, code, detail }) => {
      t.equal(code, 'does_not_add_up', detail)
      return [pointer.split('/')[2], /difference is (-?[\d.]+)\.$/.exec(detail)?.[1]]
    })
    t.same(found, expected, JSON.stringify(expected))
  }
})

t.test(
  'a chain of the income statement that lacks a part is not checked, and says in words what it checks',
  async (t) => {
    const without = Object.fromEntries(Object.entries(CHINESE_INCOME).filter(([id]) => id !== 'netHedgingGains'))
    t.same(
      statementFaults(
        statement({}, { income: { ...without, operatingProfit: '1', profitBeforeTax: '-22', netIncome: '-372' } })
      ).map(({ pointer }) => pointer),
      ['/income/netIncome', '/income/netIncome', '/income/totalComprehensiveIncome'],
      'the result of other sums is'
    )
    const income = { profitBeforeTax: '100', incomeTax: '-25', netIncome: '75' }
    t.same(statementFaults(statement({}, { income })), [
      {
        zh: '净利润（netIncome）为 75，而利润总额减所得税费用为 125，差额为 -50。',
        pointer: '/income/netIncome',
        code: 'does_not_add_up',
        detail: 'netIncome (净利润) is 75, but profit before tax less income tax expense is 125: the difference is -50.'
      }
    ])
  }
)

t.test('the result of discontinued operations may stand within the profit before tax or after it', async (t) => {
  const faults = (netIncome: string) =>
    statementFaults(
      statement(
        {},
        { income: { profitBeforeTax: '100', incomeTax: '25', profitFromDiscontinuedOperations: '-40', netIncome } }
      )
    ).length
  t.equal(faults('75'), 0, 'within, as on the Chinese form')
  t.equal(faults('35'), 0, 'after, as under IFRS')
  t.equal(faults('50'), 1)
})

t.test('equity is the sum of its lines, of which treasury shares are deducted', async (t) => {
  const lines: Figures = {
    shareCapital: '200',
    otherEquityInstruments: '0',
    capitalReserve: '90',
    treasuryShares: '20',
    otherComprehensiveIncome: '-10',
    specialReserve: '5',
    surplusReserve: '35',
    retainedEarnings: '100'
  }
  const group = { consolidated: true }
  const owners = { equityAttributableToOwners: '400' }
  const table: [string, Statement, string[]][] = [
    ['a company alone', statement(lines), []],
    ['without the deduction', statement({ ...lines, treasuryShares: '0' }), ['equity']],
    ['a line is absent', statement({ ...lines, capitalReserve: '500', specialReserve: 'x' }), []],
    ['a group: minorities may make the difference', statement({ ...lines, surplusReserve: '5' }, group), []],
    ['a group’s owners', statement({ ...lines, ...owners }, group), []],
    [
      'a group’s owners, by another sum',
      statement({ ...lines, equityAttributableToOwners: '380' }, group),
      ['equityAttributableToOwners']
    ],
    ['owners and minorities', statement({ ...owners, nonControllingInterests: '5' }, group), ['equity']],
    [
      'minorities in deficit',
      statement({ equityAttributableToOwners: '430', nonControllingInterests: '-30' }, group),
      []
    ]
  ]
  for (const [title, given, expected] of table)
    t.same(
      statementFaults(given).map(({ pointer, code }) => `${pointer.split('/')[2]} ${code}`),
      expected.map((id) => `${id} does_not_add_up`),
      title
    )
})

t.test(
  'a whole of which every line is given is checked to the last step, and stands in where its total is absent',
  async (t) => {
    const lines = BALANCE_SHEET_SUMS.find(({ whole }) => whole === 'currentAssets')?.plus ?? []
    const zeros: Figures = Object.fromEntries(lines.map((id) => [id, '0']))
    const codes = (figures: Figures) => statementFaults(statement(figures)).map(({ code }) => code)
    const given = { ...zeros, cashAndEquivalents: '100', inventories: '200' }
    t.same(codes({ ...given, currentAssets: '300' }), [])
    t.same(codes({ ...given, currentAssets: '308' }), ['does_not_add_up'], '14 figures may differ by 7')
    t.same(codes({ ...given, currentAssets: '307' }), [])
    t.same(codes({ ...given, currentAssets: '400', contractAssets: 'x' }), [], 'one line is absent: it may be the rest')
    t.same(codes({ ...given, nonCurrentAssets: '700' }), [], 'no total of current assets: its lines make up for it')
    t.same(codes({ ...given, nonCurrentAssets: '750' }), ['does_not_add_up'])
  }
)

t.test('a part of a cash flow cannot exceed its subtotal', async (t) => {
  const faults = statementFaults(
    statement({}, { cashFlow: { operatingCashInflows: '100', taxRefundsReceived: '101.01' } })
  )
  t.match(faults, [{ pointer: '/cashFlow/operatingCashInflows', code: 'exceeds_whole' }])
})

t.test('all faults are told at once, the balance first', async (t) => {
  const faulty = statement({ equity: '1', inventories: '-5', currentAssets: '5000' }, { auditOpinion: 'adverse' })
  t.same(
    statementFaults(faulty).map(({ code }) => code),
    ['does_not_balance', 'exceeds_whole', 'negative', 'opinion_without_audit']
  )
})

t.test('a sum may differ by half of the finest step for each of its figures, and by no more', async (t) => {
  const table: [string, Figures, boolean][] = [
    ['whole figures, by 1', { totalAssets: '1001' }, true],
    ['whole figures, by -1', { totalAssets: '999' }, true],
    ['whole figures, by 2', { totalAssets: '1002' }, false],
    ['tenths, by 0.1', { totalAssets: '1000.1' }, true],
    ['tenths, by 0.2', { totalAssets: '1000.2' }, false],
    ['hundredths, by 0.01', { totalAssets: '1000.01' }, true],
    ['hundredths, by 0.02', { totalAssets: '1000.02' }, false],
    ['one figure in hundredths makes the step fine', { totalAssets: '1001', equity: '400.00' }, false],
    [
      '13 digits, by 0.01',
      { totalAssets: '9999999999999.99', totalLiabilities: '9999999999999.98', equity: '0' },
      true
    ],
    [
      '13 digits, by 0.02',
      { totalAssets: '9999999999999.99', totalLiabilities: '9999999999999.97', equity: '0' },
      false
    ],
    ['equity may be negative', { totalAssets: '1000', totalLiabilities: '1500', equity: '-500' }, true],
    // Three figures of a bound: 1.5 steps.
    ['parts above their whole by 1', { currentAssets: '300', inventories: '100', cashAndEquivalents: '201' }, true],
    ['parts above their whole by 2', { currentAssets: '300', inventories: '100', cashAndEquivalents: '202' }, false],
    ['parts below their whole', { currentAssets: '300', inventories: '1', cashAndEquivalents: '2' }, true]
  ]
  for (const [title, figures, passes] of table) t.equal(statementFaults(statement(figures)).length === 0, passes, title)
})

t.test('a total that is not given is known by the two parts that make it up, and by nothing less', async (t) => {
  const faultsOf = (balanceSheet: Figures) => statementFaults({ ...statement(), balanceSheet })
  const parts = {
    currentAssets: '300',
    nonCurrentAssets: '700',
    currentLiabilities: '200',
    nonCurrentLiabilities: '400'
  }
  t.same(faultsOf({ ...parts, equity: '400' }), [])
  t.same(faultsOf({ ...parts, equity: '390' }), [
    {
      pointer: '/balanceSheet/totalAssets',
      code: 'does_not_balance',
      detail:
        'currentAssets (流动资产合计) and nonCurrentAssets (非流动资产合计) add up to 1000, but currentLiabilities (流动负债合计), nonCurrentLiabilities (非流动负债合计) and equity (所有者权益（或股东权益）合计) add up to 990: the difference is 10.',
      zh: '流动资产合计（currentAssets）和非流动资产合计（nonCurrentAssets）之和为 1,000，而流动负债合计（currentLiabilities）、非流动负债合计（nonCurrentLiabilities）和所有者权益（或股东权益）合计（equity）之和为 990，差额为 10。'
    }
  ])
  const required: [Figures, string[]][] = [
    [{}, ['totalAssets', 'totalLiabilities', 'equity']],
    [{ totalAssets: '1000', totalLiabilities: '600' }, ['equity']],
    [{ totalAssets: '1000', equity: '400' }, ['totalLiabilities']],
    [{ totalLiabilities: '600', equity: '400', currentAssets: '300' }, ['totalAssets']],
    [{ ...parts, shareCapital: '100', retainedEarnings: '300' }, ['equity']]
  ]
  for (const [figures, ids] of required) {
    const faults = faultsOf(figures).map(({ code, pointer }) => [code, pointer])
    t.same(
      faults,
      ids.map((id) => ['required', `/balanceSheet/${id}`])
    )
  }
})

t.test('an audit may keep its opinion to itself', async (t) => {
  t.same(statementFaults(statement({}, { audited: true })), [])
})

t.test('figures that others imply are filled in exactly, and those that are given stay', async (t) => {
  const income = (figures: Figures): Partial<Record<ItemId, number>> =>
    completeItems(statement({}, { income: figures })).values
  const balance = (figures: Figures) => completeItems({ ...statement(), balanceSheet: figures }).values
  const table: [ItemId, number | undefined, Partial<Record<ItemId, number>>][] = [
    ['totalAssets', 0.3, balance({ totalLiabilities: '0.1', equity: '0.2' })],
    ['equity', 0.1, balance({ totalAssets: '0.3', totalLiabilities: '0.2' })],
    ['totalLiabilities', 0.3, balance({ currentLiabilities: '0.1', nonCurrentLiabilities: '0.2' })],
    ['equity', 700, balance({ totalAssets: '1000', currentLiabilities: '100', nonCurrentLiabilities: '200' })],
    ['currentAssets', 400, balance({ totalAssets: '1000', nonCurrentAssets: '600' })],
    ['grossProfit', 0.1, income({ revenue: '0.3', costOfSales: '0.2' })],
    ['grossProfit', 9, income({ revenue: '10', costOfSales: '2', grossProfit: '9' })],
    ['ebit', 120, income({ netIncome: '75', incomeTax: '25', interestExpense: '20' })],
    ['ebit', 90, income({ ebitda: '100', depreciationAndAmortisation: '10' })],
    ['ebit', 80, income({ operatingProfit: '80' })],
    ['ebitda', 95, income({ operatingProfit: '80', depreciationAndAmortisation: '15' })],
    ['ebit', 70, income({ operatingProfit: '80', ebit: '70' })],
    ['ebit', undefined, income({ netIncome: '75' })],
    ['costOfSales', 0.2, income({ revenue: '0.3', grossProfit: '0.1' })],
    ['netIncome', 75, income({ profitBeforeTax: '100', incomeTax: '25' })],
    ['netIncome', 125, income({ profitBeforeTax: '100', incomeTax: '-25' })],
    ['netIncome', 60, income({ profitFromContinuingOperations: '75', profitFromDiscontinuedOperations: '-15' })],
    [
      'netIncome',
      undefined,
      income({ profitBeforeTax: '100', incomeTax: '25', profitFromDiscontinuedOperations: '-15' })
    ],
    ['netIncome', 70, income({ profitAttributableToOwners: '75', profitAttributableToNonControllingInterests: '-5' })],
    ['profitAttributableToOwners', 75, income({ netIncome: '70', profitAttributableToNonControllingInterests: '-5' })],
    ['profitBeforeTax', 90, income({ operatingProfit: '95', nonOperatingIncome: '3', nonOperatingExpenses: '8' })],
    ['operatingProfit', 95, income({ profitBeforeTax: '90', nonOperatingIncome: '3', nonOperatingExpenses: '8' })],
    ['operatingProfit', 1423, income({ ...CHINESE_INCOME, operatingProfit: '', profitBeforeTax: '' })],
    ['operatingExpenses', 1480, income(CHINESE_INCOME)],
    ['ebit', 1435, income(CHINESE_INCOME)],
    ['equityAttributableToOwners', 360, balance({ equity: '400', nonControllingInterests: '40' })],
    ['equity', 400, balance({ equityAttributableToOwners: '360', nonControllingInterests: '40' })]
  ]
  for (const [id, expected, values] of table) t.equal(values[id], expected, `${id} is ${expected}`)
})

t.test('every sum of the forms fills in its whole, where all of its parts are known', async (t) => {
  const sums = [...BALANCE_SHEET_SUMS, ...INCOME_SUMS, ...CASH_FLOW_SUMS].filter((sum) => sum.companyAlone !== true)
  for (const { whole, plus, minus } of sums) {
    const figures: Partial<Record<ItemId, string>> = Object.fromEntries([
      ...plus.map((id) => [id, '100']),
      ...minus.map((id) => [id, '7'])
    ])
    const { part } = STATEMENT_ITEMS[whole]
    const given: Statement = { ...statement(), balanceSheet: {}, [part]: figures }
    t.equal(completeItems(given).values[whole], plus.length * 100 - minus.length * 7, whole)
  }
})

t.test('a figure is read exactly, and any other text is none', async (t) => {
  const table: [string | undefined, number | undefined, number][] = [
    ['1374', 137_400, 0],
    ['0.1', 10, 1],
    ['-0.01', -1, 2],
    ['9999999999999.99', 999_999_999_999_999, 2],
    ['-9999999999999.99', -999_999_999_999_999, 2],
    ['007', 700, 0],
    ['-0', 0, 0],
    [undefined, undefined, 0]
  ]
  for (const [figure, cents, decimals] of table) {
    t.equal(hundredths(figure), cents, `${figure}`)
    t.equal(decimalsOf(figure), decimals, `${figure}`)
  }
  const odd = [
    '',
    '-',
    '.5',
    '5.',
    '1.234',
    '1e3',
    '1,000',
    ' 1',
    '1 ',
    '+1',
    '--1',
    '1.2.3',
    'NaN',
    'Infinity',
    '１２',
    '12345678901234'
  ]
  for (const figure of odd) t.equal(hundredths(figure), undefined, figure)
})

t.test('the statement to compare with ended about a year before, in the same currency and scope', async (t) => {
  const filed = (statementId: string, differences: Partial<Statement>) => ({
    statementId,
    statement: statement({}, differences)
  })
  const current = statement()
  const table: [string, ReturnType<typeof filed>[], string | undefined][] = [
    ['none', [], undefined],
    ['a year before', [filed('a', { periodEnd: '2024-12-31' })], 'a'],
    ['330 days before', [filed('a', { periodEnd: '2025-02-04' })], 'a'],
    ['329 days before', [filed('a', { periodEnd: '2025-02-05' })], undefined],
    ['400 days before', [filed('a', { periodEnd: '2024-11-26' })], 'a'],
    ['401 days before', [filed('a', { periodEnd: '2024-11-25' })], undefined],
    ['another currency', [filed('a', { periodEnd: '2024-12-31', currency: 'USD' })], undefined],
    ['another scope', [filed('a', { periodEnd: '2024-12-31', consolidated: true })], undefined],
    ['the closest to a year', [filed('a', { periodEnd: '2024-12-01' }), filed('b', { periodEnd: '2025-01-01' })], 'b'],
    ['then the smaller id', [filed('b', { periodEnd: '2024-12-31' }), filed('a', { periodEnd: '2024-12-31' })], 'a'],
    ['in any order', [filed('a', { periodEnd: '2024-12-31' }), filed('b', { periodEnd: '2024-12-31' })], 'a']
  ]
  for (const [title, others, expected] of table) t.equal(priorOf(current, others)?.statementId, expected, title)
})

t.test('every item has its names, its part and what its sign says, and no name is used twice', async (t) => {
  const items = Object.values(STATEMENT_ITEMS)
  t.equal(new Set(items.map(({ name }) => name.en)).size, items.length)
  t.equal(new Set(items.map(({ part, name }) => `${part} ${name.zh}`)).size, items.length)
  for (const [id, { part, name, sign, convention }] of Object.entries(STATEMENT_ITEMS)) {
    t.equal(sign === 'any', /negative/i.test(convention.en) && /负数/.test(convention.zh), id)
    t.ok(STATEMENT_PARTS.includes(part), id)
    t.match(name.en, /^[A-Z]/, id)
    t.match(name.zh, /\p{Script=Han}/u, id)
  }
})

const anyFigure = fc
  .tuple(fc.boolean(), fc.nat({ max: 9_999_999_999_999 }), fc.nat({ max: 99 }), fc.nat({ max: 2 }))
  .map(([negative, whole, part, decimals]) => {
    const fraction = decimals === 0 ? '' : `.${String(part).padStart(2, '0').slice(0, decimals)}`
    return `${negative ? '-' : ''}${whole}${fraction}`
  })
const itemsOf = (part: string) =>
  Object.entries(STATEMENT_ITEMS)
    .filter(([, item]) => item.part === part)
    .map(([id]) => id)
const anyFigures = (part: string): fc.Arbitrary<Figures> =>
  fc.dictionary(fc.constantFrom(...itemsOf(part)), anyFigure, { maxKeys: 30 })
const anyStatement = fc
  .tuple(anyFigures('balanceSheet'), anyFigures('income'), anyFigures('cashFlow'))
  .map(([balanceSheet, income, cashFlow]) => ({ ...statement(), balanceSheet, income, cashFlow }))

t.test('law: any statement gets an answer, and each fault points into it with a sentence', async () => {
  fc.assert(
    fc.property(anyStatement, (each) =>
      statementFaults(each).every(
        ({ pointer, detail }) =>
          /^\/(balanceSheet|income|cashFlow)\/[a-zA-Z]+$/.test(pointer) &&
          detail.endsWith('.') &&
          !/NaN|e\+/.test(detail)
      )
    )
  )
})

t.test('law: accounts that balance exactly have no fault of balance, and by 1.01 more they have', async () => {
  const minor = fc.integer({ min: 0, max: 400_000_000_000_000 })
  const figure = (hundredths: number) =>
    `${hundredths < 0 ? '-' : ''}${Math.floor(Math.abs(hundredths) / 100)}.${String(Math.abs(hundredths) % 100).padStart(2, '0')}`
  fc.assert(
    fc.property(minor, minor, (liabilities, equity) => {
      const codes = (assets: number) =>
        statementFaults(
          statement({ totalAssets: figure(assets), totalLiabilities: figure(liabilities), equity: figure(equity) })
        ).map(({ code }) => code)
      const isTold = codes(liabilities + equity + 101).includes('does_not_balance')
      return codes(liabilities + equity).length === 0 && isTold
    })
  )
})

t.test('law: the order of the fields has no influence on faults or on derived items', async () => {
  const turned = (figures: Figures): Figures => Object.fromEntries(Object.entries(figures).toReversed())
  fc.assert(
    fc.property(anyStatement, (each) => {
      const { balanceSheet, income, cashFlow } = each
      const other = { ...each, balanceSheet: turned(balanceSheet), income: turned(income), cashFlow: turned(cashFlow) }
      const seen = (given: Statement) => JSON.stringify([statementFaults(given), completeItems(given)])
      return seen(each) === seen(other)
    })
  )
})
