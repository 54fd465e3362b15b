import fc from 'fast-check'
import t from 'tap'
import {
  AMOUNT_MINOR_MAX,
  type AppliedRate,
  convertMinor,
  convertMoney,
  proportionOf,
  rateText
} from '../../../src/engine/index.ts'

const rateOn = '2026-03-31'
const direct = (rate: string): AppliedRate => ({ rate, rateOn, basis: 'direct' })
const inverse = (rate: string): AppliedRate => ({ rate, rateOn, basis: 'inverse' })

t.test('an amount is converted exactly and rounded once, a half away from zero', async (t) => {
  t.equal(convertMinor(10_000, { from: 'USD', to: 'CNY' }, direct('7.1234')), 71_234)
  t.equal(convertMinor(1, { from: 'USD', to: 'CNY' }, direct('0.5')), 1, 'half a cent is a cent')
  t.equal(convertMinor(-1, { from: 'USD', to: 'CNY' }, direct('0.5')), -1)
  t.equal(convertMinor(1, { from: 'USD', to: 'CNY' }, direct('0.4999999999')), 0)
  t.equal(convertMinor(100, { from: 'USD', to: 'JPY' }, direct('149.5')), 150, 'from cents to whole yen')
  t.equal(convertMinor(1, { from: 'JPY', to: 'KWD' }, direct('0.0021')), 2, 'from yen to thousandths')
})

t.test('an inverse rate divides, without rounding in between', async (t) => {
  t.equal(convertMinor(71_234, { from: 'CNY', to: 'USD' }, inverse('7.1234')), 10_000)
  t.equal(convertMinor(10_000, { from: 'CNY', to: 'USD' }, inverse('3')), 3_333)
  t.equal(convertMinor(30_000_000, { from: 'CNY', to: 'USD' }, inverse('3')), 10_000_000)
})

t.test('what cannot be counted, or is no rate, converts to nothing', async (t) => {
  t.equal(convertMinor(AMOUNT_MINOR_MAX, { from: 'USD', to: 'CNY' }, direct('1')), AMOUNT_MINOR_MAX)
  t.equal(convertMinor(AMOUNT_MINOR_MAX, { from: 'USD', to: 'CNY' }, direct('1.000000000001')), undefined)
  for (const rate of ['0', '0.000', '-1', 'NaN', 'Infinity', '1e3', '', '1.', '.5', '١'])
    t.equal(convertMinor(100, { from: 'USD', to: 'CNY' }, direct(rate)), undefined, rate)
  t.equal(convertMinor(100, { from: 'USD', to: 'XXX' }, direct('1')), undefined, 'XXX is ISO 4217 for no currency')
  t.equal(convertMinor(100, { from: 'XXX', to: 'USD' }, direct('1')), undefined, 'XXX is ISO 4217 for no currency')
})

t.test('money states the rate and the day of it exactly when it was converted', async (t) => {
  const usd = { amount: '100.00', currency: 'USD' }
  t.same(convertMoney(usd, 'CNY', direct('7.1234')), {
    amountMinor: 71_234,
    originalMinor: 10_000,
    original: { ...usd, rate: 7.1234, ratedOn: rateOn, basis: 'direct' }
  })
  t.same(convertMoney(usd, 'USD', null), { amountMinor: 10_000, originalMinor: 10_000, original: null })
  t.equal(convertMoney(usd, 'CNY', null), undefined, 'another currency needs a rate')
  t.equal(convertMoney(usd, 'USD', direct('1')), undefined, 'the same currency needs none')
  t.equal(convertMoney({ amount: '1.001', currency: 'USD' }, 'USD', null), undefined)
})

t.test('there and back differs by no more than the rounding', async (t) => {
  const rate = fc.double({ min: 0.001, max: 1_000, noNaN: true }).map(rateText)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), rate, (minor, text) => {
      const there = convertMinor(minor, { from: 'USD', to: 'CNY' }, direct(text)) ?? Number.NaN
      const back = convertMinor(there, { from: 'CNY', to: 'USD' }, inverse(text)) ?? Number.NaN
      t.ok(Math.abs(back - minor) <= 0.5 / Number(text) + 0.5, `${minor} at ${text}`)
    }),
    { numRuns: 300 }
  )
})

t.test('the text of a rate is a plain decimal that reads as the same number', async (t) => {
  t.equal(rateText(1.5e-7), '0.00000015')
  t.equal(rateText(1e-9), '0.000000001')
  t.equal(rateText(1_000_000_000), '1000000000')
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (rate) => {
      const text = rateText(rate)
      t.equal(Number(text), rate)
      t.match(text, /^\d+(\.\d+)?$/)
    }),
    { numRuns: 300 }
  )
})

t.test('a proportion is exact at its ends and a half away from zero between them', async (t) => {
  t.equal(proportionOf(100, 1, 3), 33)
  t.equal(proportionOf(5, 1, 2), 3)
  t.equal(proportionOf(-5, 1, 2), -3)
  t.equal(proportionOf(7, 0, 9), 0)
  t.equal(proportionOf(AMOUNT_MINOR_MAX, 8, 8), AMOUNT_MINOR_MAX)
  t.equal(proportionOf(7, 0, 0), 0)
})
