import fc from 'fast-check'
import t from 'tap'
import {
  afterCapture,
  afterChange,
  afterConversion,
  coverMinor,
  isCoverShare,
  isInForce
} from '../../../src/engine/index.ts'

t.test('however an item is cut, its parts add up to the whole and nothing is left over', async (t) => {
  const whole = fc.record({
    original: fc.integer({ min: 1, max: 1_000_000_000 }),
    amount: fc.integer({ min: 0, max: 1_000_000_000 })
  })
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
  fc.assert(
    fc.property(whole, cuts, ({ original, amount }, shares) => {
      let item = { amountMinor: amount, openMinor: amount, originalMinor: original, openOriginalMinor: original }
      let movedMinor = 0
      for (const share of [...shares, 1]) {
        const after = afterConversion(item, Math.floor(item.openOriginalMinor * share))
        if (after === undefined) throw new Error('a part of what is open can be taken')
        t.ok(after.openMinor <= item.openMinor && after.openMinor >= 0)
        movedMinor += item.openMinor - after.openMinor
        item = after
      }
      t.equal(item.openOriginalMinor, 0)
      t.equal(item.openMinor, 0)
      t.equal(movedMinor, amount)
    }),
    { numRuns: 200 }
  )
})

t.test('no more is taken than is open, and no more given back than was taken', async (t) => {
  const item = { amountMinor: 700, openMinor: 350, originalMinor: 100, openOriginalMinor: 50 }
  t.equal(afterConversion(item, 51), undefined)
  t.equal(afterConversion(item, -51), undefined)
  t.match(afterConversion(item, -50), { openMinor: 700, openOriginalMinor: 100 })
  t.match(afterChange(item, { amountMinor: 350, originalMinor: 50 }), { openMinor: 0, openOriginalMinor: 0 })
  t.equal(afterChange(item, { amountMinor: 343, originalMinor: 49 }), undefined, 'what was converted stays converted')
  t.match(afterChange(undefined, { amountMinor: -7, originalMinor: -1 }), { openMinor: -7, openOriginalMinor: -1 })
})

t.test('a capture is taken off the items in their order, each in its own currency', async (t) => {
  const item = (amountMinor: number, originalMinor: number, originalCurrency: string) => {
    return { amountMinor, openMinor: amountMinor, originalMinor, openOriginalMinor: originalMinor, originalCurrency }
  }
  const items = [item(600, 600, 'CNY'), item(700, 100, 'USD'), item(300, 300, 'CNY')]
  const left = (amountMinor: number, originalMinor = amountMinor, originalCurrency = 'CNY') =>
    afterCapture(items, { amountMinor, originalMinor, originalCurrency }).map(({ openMinor }) => openMinor)
  t.same(left(0), [600, 700, 300])
  t.same(left(200), [400, 700, 300])
  t.same(left(950), [0, 350, 300])
  t.same(left(1_400), [0, 0, 200])
  t.same(left(9_999), [0, 0, 0], 'what goes beyond them was never in them')
  const [dollars] = afterCapture([item(700, 100, 'USD')], {
    amountMinor: 320,
    originalMinor: 40,
    originalCurrency: 'USD'
  })
  t.match(dollars, { openOriginalMinor: 60, openMinor: 420 }, 'whatever the rate of the capture')
})

t.test('a security covers its share, rounded down, on its days', async (t) => {
  t.equal(coverMinor({ amountMinor: 9_999, coverShare: 0.3333 }), 3_332)
  t.equal(coverMinor({ amountMinor: 100, coverShare: 0.29 }), 29)
  t.same([0.9, 1, 0.0001, 0.12345].map(isCoverShare), [true, true, true, false])
  const terms = { validFrom: '2026-01-01', validUntil: '2026-12-31', withdrawnAt: null }
  const days = ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01']
  t.same(
    days.map((day) => isInForce(terms, day)),
    [false, true, true, false]
  )
  t.equal(isInForce({ ...terms, validUntil: null }, '2099-01-01'), true)
  t.equal(isInForce({ ...terms, withdrawnAt: '2026-02-01T00:00:00.000Z' }, '2026-03-01'), false)
})
