import fc from 'fast-check'
import t from 'tap'
import { ratios } from '../../../src/engine/statements/ratios/ratios.ts'
import type { Figures, Statement } from '../../../src/engine/statements/statement.ts'
import {
  annualisationNote,
  type ComparedItem,
  comparedItems,
  type DerivedItem,
  derivedItems,
  STATEMENT_MEASURES
} from '../../../src/engine/statements/statement-analysis.ts'
import { type ItemId, STATEMENT_ITEMS } from '../../../src/engine/statements/statement-items.ts'

const accounts: Statement = {
  periodEnd: '2025-12-31',
  months: 12,
  currency: 'CNY',
  unit: 10000,
  consolidated: false,
  audited: false,
  balanceSheet: {
    cashAndEquivalents: '100',
    currentAssets: '600',
    intangibleAssets: '40.5',
    goodwill: '60',
    totalAssets: '1000',
    shortTermBorrowings: '80',
    currentLiabilities: '300',
    longTermBorrowings: '150',
    leaseLiabilities: '20',
    totalLiabilities: '600',
    equity: '400'
  },
  income: { revenue: '2000', costOfSales: '1500', operatingProfit: '150', depreciationAndAmortisation: '40' }
}
const changed = (balanceSheet: Figures, more: Partial<Statement> = {}): Statement => ({
  ...accounts,
  ...more,
  balanceSheet: { ...accounts.balanceSheet, ...balanceSheet }
})
const brief = ({ id, value, formula }: DerivedItem) => [id, value, formula]

t.test('what is filled in and what analysts read beside it comes with its formula', async (t) => {
  t.same(derivedItems(accounts).map(brief), [
    ['nonCurrentAssets', 400, 'totalAssets - currentAssets'],
    ['nonCurrentLiabilities', 300, 'totalLiabilities - currentLiabilities'],
    ['grossProfit', 500, 'revenue - costOfSales'],
    ['ebit', 150, 'operatingProfit'],
    ['ebitda', 190, 'ebit + depreciationAndAmortisation'],
    ['workingCapital', 300, 'currentAssets - currentLiabilities'],
    [
      'borrowings',
      250,
      'shortTermBorrowings + currentPortionOfLongTermDebt + longTermBorrowings + bondsPayable + leaseLiabilities'
    ],
    [
      'netDebt',
      150,
      'shortTermBorrowings + currentPortionOfLongTermDebt + longTermBorrowings + bondsPayable + leaseLiabilities - cashAndEquivalents'
    ],
    ['tangibleNetWorth', 299.5, 'equity - intangibleAssets - developmentExpenditure - goodwill']
  ])
  for (const { id, name } of derivedItems(accounts)) {
    t.match(name.en, /^[A-Z]/, id)
    t.match(name.zh, /\p{Script=Han}/u, id)
  }
})

t.test('a measure says what it lacks; more cash than debt is a negative net debt', async (t) => {
  const bare: Statement = { ...accounts, balanceSheet: { totalAssets: '10', totalLiabilities: '4', equity: '6' } }
  const found = new Map(derivedItems({ ...bare, income: {} }).map((each) => [each.id, each]))
  t.match(found.get('workingCapital'), { value: null, missing: ['currentAssets', 'currentLiabilities'] })
  t.match(found.get('netDebt'), {
    value: null,
    missing: ['shortTermBorrowings', 'longTermBorrowings', 'cashAndEquivalents']
  })
  t.equal(found.get('tangibleNetWorth')?.value, 6)
  t.equal(found.get('tangibleNetWorth')?.missing, undefined)
  t.equal(derivedItems(changed({ cashAndEquivalents: '260' })).find(({ id }) => id === 'netDebt')?.value, -10)
  const developed = derivedItems(changed({ developmentExpenditure: '9.5' }))
  t.equal(developed.find(({ id }) => id === 'tangibleNetWorth')?.value, 290)
})

const comparedOf = (id: string, now: Statement, before: Statement): Omit<ComparedItem, 'id' | 'name'> | undefined => {
  const found = comparedItems(now, before).find((each) => each.id === id)
  if (found === undefined) return undefined
  const { id: _id, name: _name, ...rest } = found
  return rest
}

t.test('each figure stands beside that of the year before, in one unit and for twelve months', async (t) => {
  const before = changed(
    { totalAssets: '8000', goodwill: '0', equity: '-2000', cashAndEquivalents: '1000.05' },
    { unit: 1000, months: 18, income: { revenue: '24000', operatingProfit: '-300' } }
  )
  const table: [string, Omit<ComparedItem, 'id' | 'name'> | undefined][] = [
    ['totalAssets', { value: 1000, priorValue: 800, change: 200, relativeChange: 0.25 }],
    ['cashAndEquivalents', { value: 100, priorValue: 100.005, change: -0.005, relativeChange: -0.00005 }],
    ['goodwill', { value: 60, priorValue: 0, change: 60, relativeChange: null, reason: 'zero_denominator' }],
    ['equity', { value: 400, priorValue: -200, change: 600, relativeChange: null, reason: 'negative_base' }],
    // 24 000 × 12 / 18 thousand are 1 600 of ten thousand.
    ['revenue', { value: 2000, priorValue: 1600, change: 400, relativeChange: 0.25 }],
    ['operatingProfit', { value: 150, priorValue: -20, change: 170, relativeChange: null, reason: 'negative_base' }],
    ['costOfSales', undefined],
    ['grossProfit', undefined],
    ['ebit', { value: 150, priorValue: -20, change: 170, relativeChange: null, reason: 'negative_base' }],
    // 600 - 300 in both statements, of which one is in thousands.
    ['workingCapital', { value: 300, priorValue: 30, change: 270, relativeChange: 9 }]
  ]
  for (const [id, expected] of table) t.same(comparedOf(id, accounts, before), expected, id)
  const half = { ...accounts, months: 6 }
  t.match(comparedOf('revenue', half, accounts), { value: 4000, priorValue: 2000, relativeChange: 1 })
  t.match(comparedOf('totalAssets', half, accounts), { value: 1000, relativeChange: 0 })
})

t.test('a statement of other than twelve months says that its flows were annualised', async (t) => {
  t.equal(annualisationNote({ months: 12 }), null)
  t.match(annualisationNote({ months: 6 }), { en: /covers 6 months.*12\/6/, zh: /6 个月.*12\/6/ })
  t.match(annualisationNote({ months: 1 }), { en: /covers 1 month\..*12\/1,/ })
  t.match(annualisationNote({ months: 18 }), { en: /12\/18/ })
})

const figure = fc
  .tuple(fc.boolean(), fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 9_999_999_999_999 })), fc.nat({ max: 99 }))
  .map(([negative, whole, part]) => `${negative ? '-' : ''}${whole}.${String(part).padStart(2, '0')}`)
const anyStatement: fc.Arbitrary<Statement> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...(Object.keys(STATEMENT_ITEMS) as ItemId[])), figure, { maxKeys: 60 }),
    fc.integer({ min: 1, max: 18 }),
    fc.constantFrom(1, 1000, 10000, 1000000)
  )
  .map(([figures, months, unit]) => {
    const within = (part: string): Figures =>
      Object.fromEntries(Object.entries(figures).filter(([id]) => STATEMENT_ITEMS[id as ItemId].part === part))
    const parts = { balanceSheet: within('balanceSheet'), income: within('income'), cashFlow: within('cashFlow') }
    return { ...accounts, ...parts, months, unit } as Statement
  })

t.test(
  'law: whatever the figures, what is derived and compared is finite, and only what both have is compared',
  async () => {
    const isPlain = (value: number | null) => value === null || (Number.isFinite(value) && !Object.is(value, -0))
    fc.assert(
      fc.property(anyStatement, anyStatement, (now, before) => {
        const known = (statement: Statement): Set<string> =>
          new Set([
            ...Object.keys({ ...statement.balanceSheet, ...statement.income, ...statement.cashFlow }),
            ...derivedItems(statement).flatMap(({ id, value }) => (value === null ? [] : [id]))
          ])
        const earlier = known(before)
        const both = new Set([...known(now)].filter((id) => earlier.has(id)))
        const compared = comparedItems(now, before)
        return (
          derivedItems(now).every(
            ({ value, missing }) => isPlain(value) && (value === null) === (missing !== undefined)
          ) &&
          compared.every(
            ({ value, priorValue, change, relativeChange, reason }) =>
              [value, priorValue, change, relativeChange].every(isPlain) &&
              (relativeChange === null) === (reason !== undefined)
          ) &&
          compared.length === both.size &&
          compared.every(({ id }) => both.has(id))
        )
      })
    )
  }
)

t.test('law: a growth is the relative change of its item', async () => {
  const growths = { revenueGrowth: 'revenue', totalAssetsGrowth: 'totalAssets', equityGrowth: 'equity' } as const
  const small = fc.integer({ min: 1, max: 1_000_000 }).map(String)
  const statement = fc.tuple(small, small, small, fc.integer({ min: 1, max: 18 })).map(
    ([revenue, totalAssets, equity, months]): Statement => ({
      ...accounts,
      months,
      balanceSheet: { totalAssets, equity },
      income: { revenue }
    })
  )
  fc.assert(
    fc.property(statement, statement, (now, before) => {
      const compared = comparedItems(now, before)
      return ratios(now, before).every(({ id, value }) => {
        const item = Object.entries(growths).find(([growth]) => growth === id)?.[1]
        const change = compared.find((each) => each.id === item)?.relativeChange
        return (
          item === undefined ||
          Math.abs((change ?? Number.NaN) - (value ?? Number.NaN)) <= 0.000_001_1 * Math.max(1, value ?? 1)
        )
      })
    })
  )
})

t.test('no measure has the id or the name of an item', async (t) => {
  const names = new Set(Object.values(STATEMENT_ITEMS).map(({ name }) => name.en))
  for (const [id, { name }] of Object.entries(STATEMENT_MEASURES)) {
    t.notOk(Object.hasOwn(STATEMENT_ITEMS, id), id)
    t.notOk(names.has(name.en as never), name.en)
  }
})
