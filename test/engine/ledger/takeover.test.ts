import fc from 'fast-check'
import t from 'tap'
import { type Measure, measureOf, partOf, Room } from '../../../src/engine/index.ts'

const of = (currency: string, originalMinor: number, amountMinor = originalMinor): Measure => ({
  currency,
  amountMinor,
  originalMinor
})

t.test('attack 3: a document takes over as many units as it has, and no more', async (t) => {
  const room = new Room(of('CNY', 500))
  t.same(room.take(of('CNY', 40_000_000)), of('CNY', 500))
  t.same(room.take(of('CNY', 1)), of('CNY', 0))
  t.equal(room.leftMinor, 0)
})

t.test('a part in the currency of the document takes a unit for a unit, whatever the rates', async (t) => {
  const room = new Room(of('USD', 100_000, 690_000))
  t.same(room.take(of('USD', 100_000, 700_000)), of('USD', 100_000, 700_000), 'the whole order is the whole invoice')
  t.equal(room.leftMinor, 0)
})

t.test('any other part takes what it comes to', async (t) => {
  const room = new Room(of('USD', 5_000, 36_000))
  t.same(room.take(of('EUR', 10_000, 80_000)), of('EUR', 4_500, 36_000))
  const mixed = new Room(of('USD', 5_000, 36_000))
  mixed.fill(of('USD', 2_500, 17_000))
  t.same(mixed.take(of('CNY', 100_000)), of('CNY', 18_000))
  t.equal(mixed.leftMinor, 0)
  const first = new Room(of('USD', 5_000, 36_000))
  t.same(first.take(of('CNY', 9_000)), of('CNY', 9_000))
  t.equal(first.leftMinor, 3_750, 'three quarters are left for parts in its own currency')
  t.same(first.take(of('USD', 5_000, 35_000)), of('USD', 3_750, 26_250))
})

t.test('a document of nothing, or below zero, takes nothing over', async (t) => {
  for (const document of [of('CNY', 0), of('CNY', -500), of('USD', 0, 0)]) {
    const room = new Room(document)
    t.same(room.take(of('CNY', 10)).amountMinor, 0)
    t.equal(room.leftMinor, 0)
  }
})

t.test('amounts are measured in the currency of their document', async (t) => {
  t.same(measureOf({ amountMinor: 700, originalCurrency: 'USD', originalMinor: 100 }, 'CNY'), of('USD', 100, 700))
  t.same(measureOf({ amountMinor: 700, originalCurrency: null, originalMinor: null }, 'CNY'), of('CNY', 700))
  t.same(partOf(of('USD', 100, 700), 350), of('USD', 50, 350))
})

t.test('whatever is taken, in whatever order, comes to no more than the document', async () => {
  const minor = fc.integer({ min: 1, max: 10_000_000 })
  const measure = fc.record({
    currency: fc.constantFrom('CNY', 'USD', 'JPY'),
    amountMinor: minor,
    originalMinor: minor
  })
  const counted = measure.map((each) => (each.currency === 'CNY' ? { ...each, originalMinor: each.amountMinor } : each))
  fc.assert(
    fc.property(counted, fc.array(counted, { maxLength: 8 }), (document, parts) => {
      const room = new Room(document)
      let [own, value, others] = [0, 0, 0]
      for (const part of parts) {
        const taken = room.take(part)
        const isOwn = part.currency === document.currency
        if (taken.amountMinor > part.amountMinor || taken.originalMinor > part.originalMinor) return false
        if (isOwn) own += taken.originalMinor
        else value += taken.amountMinor
        others += isOwn ? 0 : 1
      }
      const ownValue = value === 0 ? 0 : (document.amountMinor * own) / document.originalMinor
      return value === 0 ? own <= document.originalMinor : ownValue + value <= document.amountMinor + others
    })
  )
})
