import fc from 'fast-check'
import t from 'tap'
import {
  afterTaking,
  convertMinor,
  convertPart,
  largestSettlement,
  partWorth,
  restated,
  withinOpen
} from '../../../src/engine/index.ts'

const minor = fc.integer({ min: 1, max: 1_000_000_000_000 })
const amounts = fc.record({ openMinor: minor, openOriginalMinor: minor })

t.test('law: however a document is cut, its parts add up to the whole, and the last leaves nothing', async () => {
  fc.assert(
    fc.property(amounts, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (whole, cuts) => {
      let left = whole
      for (const cut of cuts) {
        const after = afterTaking(left, Math.floor(left.openOriginalMinor * cut))
        if (after === undefined || after.openMinor > left.openMinor || after.openMinor < 0) return false
        left = after
      }
      const end = afterTaking(left, left.openOriginalMinor)
      return end?.openMinor === 0 && end.openOriginalMinor === 0
    })
  )
})

t.test('law: a settlement takes no more than there is on either side, and all of one side', async () => {
  fc.assert(
    fc.property(amounts, amounts, fc.boolean(), (credit, invoice, isSame) => {
      const { usedMinor, settledMinor } = largestSettlement(credit, invoice, isSame)
      const [left, open] = [afterTaking(credit, usedMinor), afterTaking(invoice, settledMinor)]
      if (left === undefined || open === undefined) return false
      return left.openOriginalMinor === 0 || open.openOriginalMinor === 0
    })
  )
})

t.test('law: converted parts add up to what their sum is converted to', async () => {
  const rate = { rate: '7.1234', basis: 'direct', rateOn: '2026-01-01' } as const
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 }), (parts) => {
      let earlierMinor = 0
      let sum = 0
      for (const partMinor of parts) {
        sum += convertPart({ partMinor, earlierMinor }, { from: 'USD', to: 'CNY' }, rate) ?? Number.NaN
        earlierMinor += partMinor
      }
      return sum === convertMinor(earlierMinor, { from: 'USD', to: 'CNY' }, rate)
    })
  )
})

t.test('more than there is cannot be taken', async (t) => {
  t.equal(afterTaking({ openMinor: 700, openOriginalMinor: 100 }, 101), undefined)
  t.equal(partWorth(701, { openMinor: 700, openOriginalMinor: 100 }), 100)
})

t.test('one minor unit beyond what is open is rounding, two are not', async (t) => {
  t.same([withinOpen(100, 100), withinOpen(101, 100), withinOpen(102, 100), withinOpen(7, 100)], [100, 100, 102, 7])
})

t.test('an invoice that is stated anew', async (t) => {
  // 10.01 units at 0.5 are 501 minor units; 3.33 of them were settled for 167.
  const before = { amountMinor: 501, openMinor: 334, originalMinor: 1001, openOriginalMinor: 668 }
  for (const [name, money, open, expected] of [
    ['the same leaves everything', { amountMinor: 501, originalMinor: 1001 }, 668, [501, 334]],
    ['a larger one leaves what was settled', { amountMinor: 600, originalMinor: 1200 }, 867, [600, 433]],
    ['one of what was settled is what that came to', { amountMinor: 167, originalMinor: 333 }, 0, [167, 0]],
    ['a larger settled part takes its share', { amountMinor: 501, originalMinor: 1001 }, 500, [501, 250]],
    ['all of it is settled', { amountMinor: 501, originalMinor: 1001 }, 0, [501, 0]],
    ['a smaller settled part gives its share back', { amountMinor: 501, originalMinor: 1001 }, 1001, [501, 501]]
  ] as const) {
    const { amountMinor, openMinor } = restated(before, money, open)
    t.same([amountMinor, openMinor], expected, name)
  }
  t.match(restated(undefined, { amountMinor: 501, originalMinor: 1001 }, 1001), { amountMinor: 501, openMinor: 501 })
})
