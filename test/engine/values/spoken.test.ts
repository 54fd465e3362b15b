import t from 'tap'
import {
  spokenAmount,
  spokenDate,
  spokenFigure,
  spokenFinding,
  spokenNumber,
  spokenShare
} from '../../../src/engine/values/spoken.ts'

t.test('an amount is written in groups of three, with its currency', async (t) => {
  t.same(spokenAmount(123_456_700, 'CNY'), { en: 'CNY 1,234,567.00', zh: '1,234,567.00 元（CNY）' })
  t.same(spokenAmount(-99_950, 'USD'), { en: 'USD -999.50', zh: '-999.50 美元（USD）' })
  t.same(spokenAmount(1_000_000, 'JPY'), { en: 'JPY 1,000,000', zh: '1,000,000 日元（JPY）' })
  t.same(spokenAmount(1_234_567, 'KWD'), { en: 'KWD 1,234.567', zh: '1,234.567（KWD）' }, 'three decimals')
  t.throws(() => spokenAmount(1, 'XYZ'), { message: '1 XYZ is not an amount' })
})

t.test('a share is a percentage, without what floating point adds', async (t) => {
  t.equal(spokenShare(0.25), '25%')
  t.equal(spokenShare(0.07), '7%')
  t.equal(spokenShare(0.125), '12.5%')
  t.equal(spokenShare(12), '1,200%')
})

t.test('a number has at most six digits of meaning', async (t) => {
  t.equal(spokenNumber(0.123456789), '0.123457')
  t.equal(spokenNumber(1234567), '1,234,570')
  t.equal(spokenNumber(-1234.5), '-1,234.5')
  t.equal(spokenNumber(0.0001), '0.0001')
})

t.test('a figure is said in its unit', async (t) => {
  t.same(spokenFigure(1, 'days'), { en: '1 day', zh: '1 天' })
  t.same(spokenFigure(30, 'days'), { en: '30 days', zh: '30 天' })
  t.same(spokenFigure(2, 'months'), { en: '2 months', zh: '2 个月' })
  t.same(spokenFigure(1.5, 'times'), { en: '1.5 times', zh: '1.5 倍' })
  t.same(spokenFigure(0.3, 'ratio'), { en: '30%', zh: '30%' })
  t.same(spokenFigure(30, 'percent'), { en: '30%', zh: '30%' })
  t.same(spokenFigure(12_000, 'amount'), { en: '12,000', zh: '12,000' })
  t.same(spokenFigure(4, 'toString'), { en: '4', zh: '4' }, 'a unit that nobody knows')
})

t.test('a day is written out', async (t) => {
  t.same(spokenDate('2026-03-01'), { en: '1 March 2026', zh: '2026年3月1日' })
})

t.test('a figure that was found is rounded, a bound is not', async (t) => {
  t.equal(spokenFinding(83.3333, 'days').zh, '83.3 天')
  t.equal(spokenFinding(0.123456, 'ratio').en, '12.3%')
  t.equal(spokenFinding(0.123456, 'times').en, '0.12 times')
  t.equal(spokenFinding(1234567, 'amount').en, '1,234,570')
  t.equal(spokenFigure(83.3333, 'days').zh, '83.3333 天')
})
