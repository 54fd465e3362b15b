import fc from 'fast-check'
import t from 'tap'
import { earnedDiscount } from '../../../src/engine/index.ts'

const paid = (minor: number, settledOn = '2026-03-10') => ({ by: 'payment', settledOn, minor }) as const
const taken = (minor: number) => ({ by: 'discount', settledOn: '2026-03-10', minor }) as const
const noted = (minor: number) => ({ by: 'other', settledOn: '2026-03-10', minor }) as const
const TERMS = { share: 0.02, earnedUntil: '2026-03-10' }

t.test('what the money of an invoice has earned', async (t) => {
  for (const [says, settled, mostMinor] of [
    ['98 of 100', [paid(9_800)], 200],
    ['98.01 of 100.01: the fraction counts as a unit', [paid(9_801)], 201],
    ['a day late', [paid(9_800, '2026-03-11')], 0],
    ['a half in time', [paid(4_900), paid(4_900, '2026-03-11')], 100],
    ['in parts, some of it taken', [paid(4_900), taken(100), paid(4_900, '2026-03-01')], 100],
    ['a credit note earns nothing', [paid(4_900), noted(5_000)], 100],
    ['all of it taken, and a cent more', [paid(9_800), taken(201)], 0],
    ['nothing', [], 0]
  ] as const)
    t.equal(earnedDiscount(settled, TERMS).mostMinor, mostMinor, says)
  t.match(earnedDiscount([paid(1, '2026-03-02'), paid(1, '2026-03-09'), paid(1, '2026-03-11')], TERMS), {
    moneyMinor: 2,
    earnedOn: '2026-03-09'
  })
  t.equal(earnedDiscount([noted(9_800)], TERMS).earnedOn, undefined)
  t.equal(earnedDiscount([paid(9_800)], { ...TERMS, share: 1 }).mostMinor, 0, 'all of it is no share')
})

t.test('law: whoever pays what is left after the share has earned it, and a rounding more at most', async () => {
  const tenThousandths = fc.integer({ min: 1, max: 500 })
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 1_000_000_000_000 }),
      tenThousandths,
      fc.boolean(),
      (amount, parts, halfUp) => {
        const exact = amount * parts
        const discount = Math.floor(exact / 10_000) + (halfUp && exact % 10_000 >= 5_000 ? 1 : 0)
        const { mostMinor } = earnedDiscount([paid(amount - discount)], { ...TERMS, share: parts / 10_000 })
        return mostMinor >= discount && mostMinor <= discount + 2
      }
    )
  )
})
