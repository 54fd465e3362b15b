import fc from 'fast-check'
import t from 'tap'
import {
  afterTaking,
  believedSettlement,
  convertMinor,
  convertPart,
  isBelieved,
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

t.test('law: of what is stated, neither side counts for more than the other is worth and the share', async () => {
  const stated = fc.record({ usedMinor: minor, settledMinor: minor })
  // Amounts of an hundredth to a hundred times what they are stated as.
  const price = fc.integer({ min: 1, max: 10_000 })
  fc.assert(
    fc.property(stated, price, price, fc.constantFrom(0, 0.01, 0.05, 0.29, 1), (asked, usedAt, settledAt, share) => {
      const valued = (value: number, at: number) => Math.round((value * at) / 100)
      const worthOf = ({ usedMinor, settledMinor }: typeof asked) => {
        return { usedMinor: valued(usedMinor, usedAt), settledMinor: valued(settledMinor, settledAt) }
      }
      const counts = believedSettlement(asked, worthOf(asked), share)
      const isWhole = counts.usedMinor === asked.usedMinor && counts.settledMinor === asked.settledMinor
      const atMost = counts.usedMinor <= asked.usedMinor && counts.settledMinor <= asked.settledMinor
      const isOneCut = counts.usedMinor === asked.usedMinor || counts.settledMinor === asked.settledMinor
      if (isBelieved(worthOf(asked), share)) return isWhole
      const { usedMinor: used, settledMinor: settled } = worthOf(counts)
      const [less, more] = [Math.min(used, settled), Math.max(used, settled)]
      // One unit of the side that is cut may be worth more than the share of the other one.
      const unit = Math.ceil(Math.max(usedAt, settledAt) / 100)
      return !isWhole && atMost && isOneCut && more <= less + Math.round(less * share) + 1 + unit
    })
  )
})

t.test('what is stated of two currencies', async (t) => {
  const asked = { usedMinor: 100_000, settledMinor: 735_001 }
  const worthIs = (settledMinor: number) => believedSettlement(asked, { usedMinor: 700_000, settledMinor }, 0.05)
  t.same(worthIs(735_001), asked, '7,000.00 at a twentieth more, and a unit for rounding')
  t.same(worthIs(735_002), { ...asked, settledMinor: 735_000 })
  t.same(worthIs(666_666), asked)
  t.same(worthIs(600_000), { usedMinor: 90_000, settledMinor: 735_001 }, '6,300.01 of 7,000.00 count')
  t.same(worthIs(0), { usedMinor: 1, settledMinor: 735_001 }, 'something is settled, whatever it is worth')
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
