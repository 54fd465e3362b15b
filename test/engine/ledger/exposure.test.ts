import fc from 'fast-check'
import t from 'tap'
import {
  availableMinor,
  countedMinor,
  exposureOf,
  isLimitValid,
  LIMIT_MODES,
  type LimitInForce,
  totalExposureMinor
} from '../../../src/engine/ledger/exposure.ts'
import { parseAmount } from '../../../src/engine/values/money.ts'

const TODAY = '2026-03-31'

const LIMIT: LimitInForce = { limitMode: 'limited', limitMinor: 1000_00, limitValidUntil: '2026-12-31' }
const EXPOSURE = {
  receivablesMinor: 300_00,
  capturedMinor: 100_00,
  reservedMinor: 100_00,
  ordersMinor: 50_00,
  deliveriesMinor: 30_00,
  specialMinor: 20_00
}

t.test('exposure is answered with its six categories and their sum', async (t) => {
  t.same(exposureOf(EXPOSURE, 'CNY'), {
    receivables: { amount: '300.00', currency: 'CNY' },
    captured: { amount: '100.00', currency: 'CNY' },
    reserved: { amount: '100.00', currency: 'CNY' },
    orders: { amount: '50.00', currency: 'CNY' },
    deliveries: { amount: '30.00', currency: 'CNY' },
    special: { amount: '20.00', currency: 'CNY' },
    total: { amount: '600.00', currency: 'CNY' }
  })
})

t.test('a limit is valid through its last day, and without an end for ever', async (t) => {
  const table: [string | null, boolean][] = [
    ['2026-03-30', false],
    ['2026-03-31', true],
    ['2026-04-01', true],
    [null, true]
  ]
  for (const [limitValidUntil, valid] of table)
    t.equal(isLimitValid({ ...LIMIT, limitValidUntil }, TODAY), valid, String(limitValidUntil))
})

t.test('available credit is the limit less the exposure', async (t) => {
  const table: [string, Partial<LimitInForce>, Partial<typeof EXPOSURE>, number | null][] = [
    ['limited', {}, {}, 400_00],
    ['used to the last', {}, { receivablesMinor: 700_00 }, 0],
    ['over the limit', {}, { receivablesMinor: 701_00 }, -1_00],
    ['paid ahead', {}, { receivablesMinor: -500_00 }, 1200_00],
    ['no limit granted', { limitMode: 'none' }, {}, -600_00],
    ['cash only', { limitMode: 'cash_only' }, {}, -600_00],
    ['unlimited', { limitMode: 'unlimited', limitMinor: 0 }, {}, null],
    ['on the last day', { limitValidUntil: TODAY }, {}, 400_00],
    ['a limit that expired grants nothing', { limitValidUntil: '2026-03-30' }, {}, -600_00],
    ['unlimited, expired', { limitMode: 'unlimited', limitValidUntil: '2026-03-30' }, {}, -600_00]
  ]
  for (const [title, limit, exposure, expected] of table) {
    t.equal(availableMinor({ ...LIMIT, ...limit }, { ...EXPOSURE, ...exposure }, TODAY), expected, title)
  }
})

const minor = fc.integer({ min: 0, max: 500_000_000_000_000 })
const anyExposure = fc.record({
  receivablesMinor: fc.integer({ min: -500_000_000_000_000, max: 500_000_000_000_000 }),
  capturedMinor: minor,
  reservedMinor: minor,
  ordersMinor: minor,
  deliveriesMinor: minor,
  specialMinor: fc.integer({ min: -500_000_000_000_000, max: 500_000_000_000_000 })
})
const anyLimit = fc.record({
  limitMode: fc.constantFrom(...LIMIT_MODES),
  limitMinor: minor,
  limitValidUntil: fc.constantFrom('2026-03-30', TODAY, '2026-04-01', null)
})

t.test('law: the parts add up to the total', async () => {
  fc.assert(
    fc.property(anyExposure, fc.constantFrom('CNY', 'JPY', 'KWD'), (exposure, currency) => {
      const { total, ...categories } = exposureOf(exposure, currency)
      const sum = Object.values(categories).reduce(
        (before, { amount }) => before + (parseAmount(amount, currency) ?? Number.NaN),
        0
      )
      return sum === totalExposureMinor(exposure) && total.amount === exposureOf(exposure, currency).total.amount
    })
  )
})

t.test('law: what is available falls by just what the exposure grows', async () => {
  fc.assert(
    fc.property(anyLimit, anyExposure, minor, (limit, exposure, more) => {
      const before = availableMinor(limit, exposure, TODAY)
      const after = availableMinor(limit, { ...exposure, reservedMinor: exposure.reservedMinor + more }, TODAY)
      return before === null ? after === null : after === before - more
    })
  )
})

t.test('law: a limit that is past its last day never grants anything', async () => {
  fc.assert(
    fc.property(anyLimit, anyExposure, (limit, exposure) => {
      const expired = { ...limit, limitValidUntil: '2026-03-30' }
      return availableMinor(expired, exposure, TODAY) === -totalExposureMinor(exposure) + 0
    })
  )
})

t.test('what security covers does not count, and no debt becomes a credit by it', async (t) => {
  const table: [number, number, number][] = [
    [600_00, 0, 600_00],
    [600_00, 250_00, 350_00],
    [600_00, 600_00, 0],
    [600_00, 900_00, 0],
    [0, 900_00, 0],
    [-100_00, 900_00, -100_00]
  ]
  for (const [total, cover, counted] of table) t.equal(countedMinor(total, cover), counted, `${total} less ${cover}`)
})

t.test(
  'law: the exposure that comes to what is available counts for exactly the limit, and a minor unit more exceeds it',
  async () => {
    const few = fc.integer({ min: 0, max: 2000_00 })
    fc.assert(
      fc.property(few, few, few, (limitMinor, receivablesMinor, coverMinor) => {
        const exposure = { ...EXPOSURE, receivablesMinor }
        const available = availableMinor({ ...LIMIT, limitMinor }, exposure, TODAY, coverMinor) ?? 0
        const counted = (more: number) => countedMinor(totalExposureMinor(exposure) + more, coverMinor)
        return counted(available) <= limitMinor && counted(available + 1) > limitMinor
      })
    )
  }
)
