import fc from 'fast-check'
import t from 'tap'
import { retryInOrder, type WaitingOrder } from '../../../src/engine/checks/order-queue.ts'
import { AMOUNT_MINOR_MAX } from '../../../src/engine/values/money.ts'
import { anyPolicy, ORDER, policyWith, RELEASE } from '../check-cases.ts'
import {
  anyAsked,
  anyLine,
  decideAll,
  LEVELS_MAX,
  limitedLevels,
  roomLeft,
  soundLine,
  UNKNOWN
} from './credit-lines.ts'

const anyQueue: fc.Arbitrary<WaitingOrder[]> = fc
  .array(anyAsked, { maxLength: 6 })
  .map((asked) => asked.map(({ order, known }) => ({ order: { ...order, kind: 'order' }, known })))
/** On a sound line nothing but headroom stops these. */
const soundQueue = anyQueue.map((queue) =>
  queue.map(({ order, known }) => ({
    order: { ...order, termsDays: null, original: null },
    known: { ...known, items: [] }
  }))
)
const lenient = policyWith({ largestOrderShareOfLimit: 1, headroomBasis: 'static' })

t.test('orders that wait pass in their order, until one lacks nothing but headroom', async (t) => {
  let heldUp = 0
  fc.assert(
    fc.property(soundLine, soundQueue, (line, queue) => {
      const { approved, heldUpBy } = retryInOrder(lenient, line, queue)
      let [room = 0] = limitedLevels(line).map((level) => roomLeft(lenient.check, level))
      const until = queue.findIndex(({ order }) => {
        const credit = order.amountMinor - order.prepaidMinor
        if (credit > room) return true
        room -= credit
        return false
      })
      heldUp += Number(until >= 0)
      const passing = until < 0 ? queue : queue.slice(0, until)
      return (
        heldUpBy === (queue[until] ?? null) &&
        approved.length === passing.length &&
        approved.every(({ waiting }, place) => waiting === passing[place])
      )
    }),
    { numRuns: 3_000 }
  )
  t.ok(heldUp > 300, `${heldUp} queues were held up`)
})

t.test('what passes from the queue is what would pass one after the other', async () => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anyQueue, (policy, line, queue) => {
      const { approved, after } = retryInOrder(policy, line, queue)
      const alone = decideAll(
        policy,
        line,
        approved.map(({ waiting }) => waiting)
      )
      const together = approved.map(({ decision }) => decision)
      return JSON.stringify(alone) === JSON.stringify(together) && after === (together.at(-1)?.after ?? line)
    }),
    { numRuns: 2_000 }
  )
})

t.test('one that lacks only headroom holds up those behind it, and takes nothing', async () => {
  fc.assert(
    fc.property(soundLine, soundQueue, fc.nat(5), (line, queue, place) => {
      const tooLarge = { order: { ...ORDER, amountMinor: 8_999_999_99 }, known: UNKNOWN }
      const policy = policyWith({ headroomBasis: 'static', largestOrderExceeded: 'refer', largestOrderShareOfLimit: 1 })
      const before = queue.slice(0, place)
      const release = { ...RELEASE, exempts: ['largest_order'] as const, amountMaxMinor: AMOUNT_MINOR_MAX }
      const waits = { ...tooLarge, known: { ...UNKNOWN, release } }
      const retrial = retryInOrder(policy, line, [...before, waits, ...queue.slice(place)])
      const alone = retryInOrder(policy, line, before)
      return (
        JSON.stringify(retrial.approved) === JSON.stringify(alone.approved) &&
        retrial.heldUpBy === (alone.heldUpBy ?? waits)
      )
    }),
    { numRuns: 2_000 }
  )
})

t.test('one that something else stops holds up nobody', async () => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anyQueue, fc.nat(5), (policy, line, queue, place) => {
      const strict = { ...policy, check: { ...policy.check, termsExceeded: 'refer' as const } }
      const terms = { ...line, account: { ...line.account, termsDays: 30 } }
      const stopped = { order: { ...ORDER, termsDays: 31 }, known: { ...UNKNOWN, above: GROUP_AMOUNTS } }
      const retrial = retryInOrder(strict, terms, queue.toSpliced(place, 0, stopped))
      return JSON.stringify(retrial) === JSON.stringify(retryInOrder(strict, terms, queue))
    }),
    { numRuns: 2_000 }
  )
})

const GROUP_AMOUNTS = Array.from({ length: LEVELS_MAX }, () => ({ amountMinor: 1, prepaidMinor: 0 }))
