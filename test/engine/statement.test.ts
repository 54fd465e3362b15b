import fc from 'fast-check'
import t from 'tap'
import {
  completeItems,
  type Figures,
  type ItemId,
  priorOf,
  STATEMENT_ITEMS,
  STATEMENT_PARTS,
  type Statement,
  type StatementFault,
  statementFaults
} from '../../src/engine/statement.ts'

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

/** Published by the companies, in millions of US dollars. Enron's liabilities include minority interests and preferred securities. */
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
  const table: [Statement, StatementFault][] = [
    [
      statement({ equity: '390' }),
      {
        pointer: '/balanceSheet/totalAssets',
        code: 'does_not_balance',
        detail:
          'totalAssets (资产总计) is 1000, but totalLiabilities (负债合计) and equity (所有者权益合计) add up to 990: the difference is 10.'
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
          'capitalExpenditure (购建固定资产等支付的现金) is -0.01: it cannot be negative. Costs and payments are given as positive figures.'
      }
    ],
    [
      { ...statement(), balanceSheet: { totalAssets: '1000', totalLiabilities: '600' } },
      {
        pointer: '/balanceSheet/equity',
        code: 'required',
        detail: 'equity (所有者权益合计) is missing: without it the balance cannot be checked.'
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
  for (const [faulty, fault] of table) t.same(statementFaults(faulty), [fault], fault.detail)
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
        'currentAssets (流动资产合计) and nonCurrentAssets (非流动资产合计) add up to 1000, but currentLiabilities (流动负债合计), nonCurrentLiabilities (非流动负债合计) and equity (所有者权益合计) add up to 990: the difference is 10.'
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
    ['ebit', undefined, income({ netIncome: '75' })]
  ]
  for (const [id, expected, values] of table) t.equal(values[id], expected, `${id} is ${expected}`)
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
    ['then the smaller id', [filed('b', { periodEnd: '2024-12-31' }), filed('a', { periodEnd: '2024-12-31' })], 'a']
  ]
  for (const [title, others, expected] of table) t.equal(priorOf(current, others)?.statementId, expected, title)
})

t.test('every item has its names, and an id of its part', async (t) => {
  for (const [id, { part, name }] of Object.entries(STATEMENT_ITEMS)) {
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
