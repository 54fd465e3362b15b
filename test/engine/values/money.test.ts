import fc from 'fast-check'
import t from 'tap'
import {
  AMOUNT_MINOR_MAX,
  CURRENCY_EXPONENTS,
  formatAmount,
  isCurrency,
  minorOf,
  moneyFault,
  parseAmount,
  shareOf,
  toMoney
} from '../../../src/engine/values/money.ts'

const anyCurrency = fc.constantFrom(...CURRENCY_EXPONENTS.keys())
const anyMinor = fc.integer({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX })

t.test('each currency has the decimals of ISO 4217', async (t) => {
  const table: [string, number][] = [
    ['CNY', 2],
    ['EUR', 2],
    ['USD', 2],
    ['HUF', 2],
    ['TWD', 2],
    ['XCG', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['VND', 0],
    ['CLP', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3]
  ]
  for (const [code, exponent] of table) t.equal(CURRENCY_EXPONENTS.get(code), exponent, code)
  for (const code of CURRENCY_EXPONENTS.keys()) t.match(code, /^[A-Z]{3}$/, code)
  for (const code of [
    'RMB',
    'cny',
    'CNH',
    'DEM',
    'HRK',
    'BGN',
    'ANG',
    'CUC',
    'SLL',
    'ZWL',
    'XXX',
    'XAU',
    '',
    'constructor'
  ])
    t.notOk(isCurrency(code), code)
})

t.test('an amount is a plain decimal text with no more decimals than its currency', async (t) => {
  const table: [string, string, number | undefined][] = [
    ['1250.00', 'CNY', 125_000],
    ['1250', 'CNY', 125_000],
    ['1250.5', 'CNY', 125_050],
    ['0.01', 'CNY', 1],
    ['-3.10', 'CNY', -310],
    ['0', 'CNY', 0],
    ['-0.00', 'CNY', 0],
    ['1250', 'JPY', 1250],
    ['1.234', 'KWD', 1234],
    ['9999999999999.99', 'CNY', AMOUNT_MINOR_MAX],
    ['-9999999999999.99', 'CNY', -AMOUNT_MINOR_MAX],
    ['999999999999999', 'JPY', AMOUNT_MINOR_MAX],
    ['10000000000000.00', 'CNY', undefined],
    ['-10000000000000.00', 'CNY', undefined],
    ['1000000000000000', 'JPY', undefined],
    ['9'.repeat(400), 'CNY', undefined],
    ['1.234', 'CNY', undefined],
    ['1.000', 'CNY', undefined],
    ['1.0', 'JPY', undefined],
    ['1.005', 'EUR', undefined],
    ['1.0001', 'KWD', undefined],
    ['-0', 'JPY', 0],
    ['1', 'RMB', undefined],
    ['', 'CNY', undefined],
    ['-', 'CNY', undefined],
    ['.5', 'CNY', undefined],
    ['5.', 'CNY', undefined],
    ['+5', 'CNY', undefined],
    ['05', 'CNY', undefined],
    ['1,250.00', 'CNY', undefined],
    ['1e5', 'CNY', undefined],
    ['1E5', 'JPY', undefined],
    ['0x10', 'CNY', undefined],
    [' 5', 'CNY', undefined],
    ['5\n', 'CNY', undefined],
    ['１００', 'CNY', undefined],
    ['一百', 'CNY', undefined],
    ['NaN', 'CNY', undefined],
    ['Infinity', 'CNY', undefined]
  ]
  for (const [amount, currency, minor] of table) {
    const shown = `${JSON.stringify(amount.slice(0, 20))} ${currency}`
    t.equal(parseAmount(amount, currency), minor, shown)
    t.equal(moneyFault(amount, currency) === undefined, minor !== undefined, `a fault of ${shown} is named`)
  }
})

t.test('a fault of an amount says how to mend it', async (t) => {
  t.equal(moneyFault('1.234', 'CNY'), 'has 3 decimals; CNY has 2')
  t.equal(moneyFault('1', 'RMB'), 'names RMB, which is not an ISO 4217 currency in use')
  t.match(moneyFault('1,250', 'CNY'), /plain decimal text of at most 9999999999999\.99/)
})

t.test('an amount is written with all decimals of its currency', async (t) => {
  const table: [number, string, string][] = [
    [125_000, 'CNY', '1250.00'],
    [-310, 'CNY', '-3.10'],
    [5, 'CNY', '0.05'],
    [-5, 'CNY', '-0.05'],
    [0, 'CNY', '0.00'],
    [-0, 'CNY', '0.00'],
    [1250, 'JPY', '1250'],
    [0, 'JPY', '0'],
    [7, 'KWD', '0.007'],
    [Number.MAX_SAFE_INTEGER, 'CNY', '90071992547409.91']
  ]
  for (const [minor, currency, text] of table) t.equal(formatAmount(minor, currency), text, text)
  for (const minor of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    t.throws(() => formatAmount(minor, 'CNY'), RangeError, String(minor))
  t.throws(() => formatAmount(1, 'RMB'), RangeError)
  t.throws(() => minorOf({ amount: '1.234', currency: 'CNY' }), RangeError)
})

t.test('a share of an amount is rounded down, on either side of zero', async (t) => {
  const table: [number, number, number, number][] = [
    [100, 1, 3, 33],
    [-100, 1, 3, -34],
    [100, -1, 3, -34],
    [-100, -1, 3, 33],
    [99, 1, 3, 33],
    [-99, 1, 3, -33],
    [0, 1, 3, 0],
    [AMOUNT_MINOR_MAX, 999_999, 1_000_000, 999_998_999_999_999],
    [AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX]
  ]
  for (const [minor, numerator, denominator, expected] of table)
    t.equal(shareOf(minor, numerator, denominator), expected, `${minor} × ${numerator} / ${denominator}`)
})

t.test('law: what is written reads back as the same amount in every currency', async () => {
  fc.assert(
    fc.property(anyMinor, anyCurrency, (minor, currency) => {
      const money = toMoney(minor, currency)
      return parseAmount(money.amount, currency) === minor && minorOf(money) === minor
    })
  )
})

t.test('law: parts of an amount never add up to more than it', async () => {
  const part = fc.record({
    minor: fc.integer({ min: 0, max: AMOUNT_MINOR_MAX }),
    ppm: fc.integer({ min: 0, max: 1_000_000 })
  })
  fc.assert(
    fc.property(part, ({ minor, ppm }) => {
      const sum = shareOf(minor, ppm, 1_000_000) + shareOf(minor, 1_000_000 - ppm, 1_000_000)
      return sum === minor || sum === minor - 1
    })
  )
})

t.test('law: any text is an amount or has a fault that is named, never an exception', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^-?\d{0,17}\.?\d{0,4}$/))
  fc.assert(
    fc.property(text, fc.oneof(anyCurrency, fc.string()), (amount, currency) => {
      const minor = parseAmount(amount, currency)
      const isFine = minor !== undefined && Number.isSafeInteger(minor) && Math.abs(minor) <= AMOUNT_MINOR_MAX
      return isFine === (moneyFault(amount, currency) === undefined)
    })
  )
})
