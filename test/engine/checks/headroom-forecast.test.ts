import fc from 'fast-check'
import t from 'tap'
import { type ForecastFacts, headroomForecast } from '../../../src/engine/checks/headroom-forecast.ts'
import { staticRoomMinor } from '../../../src/engine/checks/order-headroom.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { anyTightFacts, factsOf, standard, TODAY } from '../check-cases.ts'

const NO_ITEMS = { due: [], completeUntil: null }
const NOTHING = { due: [], expiring: [], completeUntil: null }
const factsWith = (changes: Partial<ForecastFacts> = {}): ForecastFacts => {
  const { account, situation, today } = factsOf()
  return { account, situation, outlook: NOTHING, items: NO_ITEMS, today, ...changes }
}
const lot = (dueOn: string, openMinor: number) => ({ dueOn, openMinor, largestMinor: openMinor })

t.test('room grows when invoices are paid, as late as this customer pays, and when reservations expire', async (t) => {
  const outlook = {
    due: [lot('2026-03-29', 50_00), lot('2026-03-30', 100_00), lot('2026-04-10', 150_00)],
    expiring: [{ freeOn: '2026-04-12', amountMinor: 100_00 }],
    completeUntil: null
  }
  const forecast = headroomForecast(standard, factsWith({ outlook }), '2026-06-30')
  t.match(forecast, { from: TODAY, until: '2026-06-30', daysLate: 2, daysLateBy: 'own_payments' })
  t.same(forecast.points, [
    { date: TODAY, availableMinor: 400_00, changes: [] },
    { date: '2026-04-01', availableMinor: 500_00, changes: [{ cause: 'invoices_paid', amountMinor: 100_00 }] },
    {
      date: '2026-04-12',
      availableMinor: 750_00,
      changes: [
        { cause: 'invoices_paid', amountMinor: 150_00 },
        { cause: 'reservations_expired', amountMinor: 100_00 }
      ]
    }
  ])
  t.same(forecast.notExpected, { lateMinor: 50_00, disputedMinor: 0, undatedMinor: 200_00 })
})

t.test('money received and not applied settles the oldest first: nothing is expected twice', async (t) => {
  const { situation } = factsWith()
  const outlook = { ...NOTHING, due: [lot('2026-04-01', 100_00), lot('2026-04-10', 150_00)] }
  const { points } = headroomForecast(
    standard,
    factsWith({ outlook, situation: { ...situation, unappliedMinor: 120_00 } }),
    '2026-06-30'
  )
  t.same(
    points.slice(1).map(({ date, changes }) => [date, changes[0]?.amountMinor]),
    [['2026-04-12', 130_00]]
  )
})

t.test('items with a due date are expected like invoices, and no longer count as undated', async (t) => {
  const { account } = factsWith()
  const due = [
    { dueOn: '2026-03-29', openMinor: 20_00 },
    { dueOn: '2026-04-10', openMinor: 70_00 }
  ]
  const facts = factsWith({ account: { ...account, ordersMinor: 100_00 }, items: { due, completeUntil: '2026-05-31' } })
  const { points, notExpected, until } = headroomForecast(standard, facts, '2026-06-30')
  t.same(points.slice(1), [
    { date: '2026-04-12', availableMinor: 420_00, changes: [{ cause: 'items_paid', amountMinor: 70_00 }] }
  ])
  t.same(notExpected, { lateMinor: 20_00, disputedMinor: 0, undatedMinor: 160_00 })
  t.equal(until, '2026-05-31')
})

t.test('room falls when the limit or a security ends', async (t) => {
  const { account, situation } = factsWith()
  const security = { coverMinor: 200_00, validUntil: '2026-04-30', lapsed: null }
  const facts = factsWith({
    account: { ...account, limitValidUntil: '2026-05-31' },
    situation: { ...situation, security }
  })
  t.same(headroomForecast(standard, facts, '2026-06-30').points.slice(1), [
    { date: '2026-05-01', availableMinor: 400_00, changes: [{ cause: 'security_ended', amountMinor: -200_00 }] },
    { date: '2026-06-01', availableMinor: -600_00, changes: [{ cause: 'limit_ended', amountMinor: -1000_00 }] }
  ])
  const unlimited = { ...account, limitMode: 'unlimited' as const, limitMinor: 0, limitValidUntil: '2026-05-31' }
  t.same(headroomForecast(standard, factsWith({ account: unlimited }), '2026-06-30').points, [
    { date: TODAY, availableMinor: null, changes: [] },
    { date: '2026-06-01', availableMinor: -600_00, changes: [{ cause: 'limit_ended', amountMinor: null }] }
  ])
})

t.test('a customer that has not paid anything is expected to take what the policy allows', async (t) => {
  const { situation } = factsWith()
  const facts = factsWith({
    situation: { ...situation, paymentDaysLate: null },
    outlook: { ...NOTHING, due: [lot('2026-04-10', 150_00)] }
  })
  const forecast = headroomForecast(standard, facts, '2026-06-30')
  t.match(forecast, { daysLate: 15, daysLateBy: 'policy', points: [{ date: TODAY }, { date: '2026-04-25' }] })
})

t.test('it ends on the day that is asked for, where the outlook does, and after 400 days', async (t) => {
  const outlook = { ...NOTHING, due: [lot('2026-04-10', 150_00)], completeUntil: '2026-04-20' }
  t.equal(headroomForecast(standard, factsWith({ outlook }), '2026-06-30').until, '2026-04-20')
  t.equal(headroomForecast(standard, factsWith({ outlook }), '2026-04-11').points.length, 1)
  t.equal(headroomForecast(standard, factsWith(), '2199-12-31').until, addDays(TODAY, 400))
})

t.test('law: points are in order, start with what is available now, and differ by exactly their changes', async () => {
  fc.assert(
    fc.property(anyTightFacts, (facts) => {
      const outlook = facts.outlook ?? NOTHING
      const { points } = headroomForecast(standard, { ...facts, outlook, items: NO_ITEMS }, addDays(TODAY, 300))
      return points.every(({ date, availableMinor, changes }, index) => {
        const before = points[index - 1]
        if (before === undefined) return date === TODAY && availableMinor === staticRoomMinor(facts)
        const moved = changes.reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0)
        return date > before.date && changes.length > 0 && availableMinor === (before.availableMinor ?? 0) + moved
      })
    })
  )
})
