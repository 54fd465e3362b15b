import fc from 'fast-check'
import t from 'tap'
import {
  openMinor,
  type ReservationAmounts,
  type ReservationState,
  type ReservationStep,
  resolveStep
} from '../../../src/engine/ledger/reservation.ts'

const HELD: ReservationAmounts = { amountMinor: 100, capturedMinor: 0, releasedMinor: 0, expiredMinor: 0 }

const capture = (amountMinor: number, final = false): ReservationStep => ({ kind: 'capture', amountMinor, final })
const release: ReservationStep = { kind: 'release' }
const expire: ReservationStep = { kind: 'expire' }
const adjust = (amountMinor: number): ReservationStep => ({ kind: 'adjust', amountMinor })

interface Outcome {
  captured: number
  released: number
  expired: number
  state: ReservationState
}

t.test('each step of a reservation, from its beginning and after a part was captured', async (t) => {
  const partly = { ...HELD, capturedMinor: 30 }
  const table: [string, ReservationAmounts, ReservationStep, Outcome | undefined][] = [
    ['all captured', HELD, capture(100), { captured: 100, released: 0, expired: 0, state: 'captured' }],
    [
      'all captured, and final',
      HELD,
      capture(100, true),
      { captured: 100, released: 0, expired: 0, state: 'captured' }
    ],
    ['a part captured', HELD, capture(30), { captured: 30, released: 0, expired: 0, state: 'active' }],
    [
      'a final part gives the rest back',
      HELD,
      capture(30, true),
      { captured: 30, released: 70, expired: 0, state: 'partially_captured' }
    ],
    ['more than is open', HELD, capture(101), undefined],
    ['nothing captured', HELD, capture(0), undefined],
    ['nothing captured, and final', HELD, capture(0, true), undefined],
    ['less than nothing captured', HELD, capture(-1), undefined],
    ['released', HELD, release, { captured: 0, released: 100, expired: 0, state: 'released' }],
    ['expired', HELD, expire, { captured: 0, released: 0, expired: 100, state: 'expired' }],
    ['the rest captured', partly, capture(70), { captured: 100, released: 0, expired: 0, state: 'captured' }],
    ['more than the rest', partly, capture(71), undefined],
    ['the rest released', partly, release, { captured: 30, released: 70, expired: 0, state: 'partially_captured' }],
    ['the rest expired', partly, expire, { captured: 30, released: 0, expired: 70, state: 'expired' }],
    ['adjusted to more', HELD, adjust(150), { captured: 0, released: 0, expired: 0, state: 'active' }],
    ['adjusted to less', partly, adjust(31), { captured: 30, released: 0, expired: 0, state: 'active' }],
    ['adjusted to what is captured', partly, adjust(30), { captured: 30, released: 0, expired: 0, state: 'captured' }],
    ['adjusted to less than is captured', partly, adjust(29), undefined],
    ['adjusted to nothing', HELD, adjust(0), undefined]
  ]
  for (const [title, before, step, expected] of table) {
    const after = resolveStep(before, step)
    const found = after && {
      captured: after.capturedMinor,
      released: after.releasedMinor,
      expired: after.expiredMinor,
      state: after.state
    }
    t.same(found, expected, title)
  }
})

t.test('nothing happens to a reservation that is resolved', async (t) => {
  const resolved: ReservationAmounts[] = [
    { ...HELD, capturedMinor: 100 },
    { ...HELD, releasedMinor: 100 },
    { ...HELD, expiredMinor: 100 },
    { ...HELD, capturedMinor: 30, releasedMinor: 70 }
  ]
  for (const before of resolved) {
    for (const step of [capture(1), capture(1, true), release, expire])
      t.equal(resolveStep(before, step), undefined, `${step.kind} of ${JSON.stringify(before)}`)
  }
})

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.integer({ min: -5, max: 60 }), fc.boolean()).map(([n, last]) => capture(n, last))
  },
  { weight: 1, arbitrary: fc.constantFrom(release, expire) }
)
const amounts = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 999_999_999_999_999 }))

t.test(
  'law: the amount is always what was captured, released, expired and is open, none of them below zero',
  async () => {
    fc.assert(
      fc.property(amounts, fc.array(anyStep, { maxLength: 12 }), (amountMinor, steps) => {
        let state: ReservationAmounts = { ...HELD, amountMinor }
        return steps.every((step) => {
          const after = resolveStep(state, step)
          if (after === undefined) return true
          const { capturedMinor, releasedMinor, expiredMinor } = after
          const parts = [capturedMinor, releasedMinor, expiredMinor, openMinor(after)]
          const onlyGrew =
            capturedMinor >= state.capturedMinor &&
            releasedMinor >= state.releasedMinor &&
            expiredMinor >= state.expiredMinor
          state = after
          return (
            after.amountMinor === amountMinor &&
            onlyGrew &&
            parts.every((part) => part >= 0) &&
            parts.reduce((sum, part) => sum + part, 0) === amountMinor
          )
        })
      })
    )
  }
)

t.test('law: a reservation is resolved once, and active exactly as long as something is open', async () => {
  fc.assert(
    fc.property(amounts, fc.array(anyStep, { maxLength: 12 }), (amountMinor, steps) => {
      let before: ReservationAmounts = { ...HELD, amountMinor }
      let resolutions = 0
      for (const step of steps) {
        const after = resolveStep(before, step)
        if (after === undefined) continue
        if ((after.state === 'active') !== openMinor(after) > 0) return false
        if (after.state !== 'active') resolutions += 1
        before = after
      }
      return resolutions <= 1
    })
  )
})
