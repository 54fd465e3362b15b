import t from 'tap'
import { roundToHundredths, roundToMillionths } from '../../../src/engine/values/rounding.ts'
import { shareNearest } from '../../../src/engine/values/shares.ts'

t.test('numbers are rounded to the nearest decimal, a half up', async (t) => {
  t.equal(roundToHundredths(1.375), 1.38)
  t.equal(roundToHundredths(-1.375), -1.37)
  t.equal(roundToMillionths(2 / 3), 0.666667)
  t.equal(roundToMillionths(0.1 + 0.2), 0.3)
  t.ok(Number.isNaN(roundToMillionths(Number.NaN)))
})

t.test('what rounds to nothing is 0 and not -0', async (t) => {
  for (const round of [roundToHundredths, roundToMillionths])
    for (const value of [0, -0, -1e-9, 1e-9]) t.ok(Object.is(round(value), 0), `${value}`)
})

t.test('a share of nothing is unknown', async (t) => {
  t.equal(shareNearest(0, 0), null)
  t.equal(shareNearest(1, 3), 0.333333)
  t.equal(shareNearest(-1, 3), -0.333333)
})
