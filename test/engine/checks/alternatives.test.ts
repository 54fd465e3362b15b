import fc from 'fast-check'
import t from 'tap'
import { type Alternative, alternatives, isHealedByTime } from '../../../src/engine/checks/alternatives.ts'
import type { CheckFacts, OrderFacts } from '../../../src/engine/checks/check-facts.ts'
import { factsOn } from '../../../src/engine/checks/later-facts.ts'
import { checkOrder } from '../../../src/engine/checks/order-check.ts'
import type { Outlook } from '../../../src/engine/checks/outlook.ts'
import { ALTERNATIVE_KINDS } from '../../../src/engine/checks/words/advice-texts.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { minorOf } from '../../../src/engine/values/money.ts'
import {
  anyFacts,
  anyPolicy,
  anyTightFacts,
  type Differences,
  factsOf,
  policyWith,
  standard,
  TODAY
} from '../check-cases.ts'

const told = (differences: Differences, policy = standard): Alternative[] => {
  const facts = factsOf(differences)
  return alternatives(policy, facts, checkOrder(policy, facts))
}
/** Kind and what belongs to it, without the text. */
const shown = (list: Alternative[]) =>
  list.map(({ kind, amount, date, parts, termsDays }) => [
    kind,
    amount?.amount ?? date ?? parts?.map((part) => `${part.amount.amount} on ${part.date}`).join(', ') ?? null,
    termsDays
  ])

/**
 * All that is owed falls due in ten days; the customer pays two days late. Then a reservation of
 * 100.00 expires.
 */
const OUTLOOK: Outlook = {
  due: [{ dueOn: '2026-04-10', openMinor: 300_00, largestMinor: 300_00 }],
  expiring: [{ freeOn: '2026-04-20', amountMinor: 100_00 }],
  completeUntil: null
}

t.test('an order that is approved has no alternative', async (t) => {
  t.same(told({}), [])
})

t.test('an order above the limit: less, later, in parts, prepaid or secured', async (t) => {
  t.same(shown(told({ order: { amountMinor: 600_00 } })), [
    ['smaller_amount', '400.00', null],
    ['prepayment', '200.00', null],
    ['security', '200.00', null]
  ])
  t.same(shown(told({ order: { amountMinor: 600_00 }, outlook: OUTLOOK })), [
    ['smaller_amount', '400.00', null],
    ['later_date', '2026-04-12', null],
    ['split', '400.00 on 2026-03-31, 200.00 on 2026-04-12', null],
    ['prepayment', '200.00', null],
    ['security', '200.00', null]
  ])
})

t.test('the first day that is enough is told, and none when nothing that is expected is enough', async (t) => {
  const dates = (amountMinor: number, outlook = OUTLOOK) =>
    told({ order: { amountMinor }, outlook }).find(({ kind }) => kind === 'later_date')?.date
  t.equal(dates(700_00), '2026-04-12', 'what the invoices bring')
  t.equal(dates(700_01), '2026-04-20', 'and what expires')
  t.equal(dates(800_00), '2026-04-20')
  t.equal(dates(800_01), undefined)
  t.equal(dates(700_01, { ...OUTLOOK, completeUntil: '2026-04-19' }), undefined, 'no day beyond what is known')
  const late = [{ dueOn: '2026-03-29', openMinor: 300_00, largestMinor: 300_00 }]
  t.equal(
    dates(500_00, { ...OUTLOOK, due: late, expiring: [] }),
    undefined,
    'money that should have come is not expected'
  )
})

t.test(
  'a customer that has paid nothing yet is expected to take what the policy allows an ordinary payment',
  async (t) => {
    const list = told({ order: { amountMinor: 600_00 }, situation: { paymentDaysLate: null }, outlook: OUTLOOK })
    t.equal(list.find(({ kind }) => kind === 'later_date')?.date, '2026-04-25', 'fifteen days late')
  }
)

t.test('an order for longer terms than granted passes with those that were', async (t) => {
  t.same(shown(told({ order: { termsDays: 61 } })), [
    ['prepayment', '100.00', null],
    ['shorter_terms', null, 60]
  ])
  t.same(
    shown(told({ order: { termsDays: 90, amountMinor: 500_00 } })),
    [
      ['smaller_amount', '400.00', 60],
      ['prepayment', '100.00', 60],
      ['security', '100.00', 60]
    ],
    'and where more is in the way, both go together'
  )
})

t.test('a rating that is missing leaves nothing but payment in full', async (t) => {
  t.same(shown(told({ account: { grade: null } })), [['prepayment', '100.00', null]])
})

t.test('a manual hold leaves nothing at all', async (t) => {
  t.same(told({ account: { holdReason: 'fraud' }, outlook: OUTLOOK }), [])
})

t.test('a required security that lapsed is named without an amount where room is not the matter', async (t) => {
  const lapsed = { security: { coverMinor: 0, validUntil: null, lapsed: 'G-1' } }
  t.same(shown(told({ situation: lapsed })), [
    ['prepayment', '100.00', null],
    ['security', null, null]
  ])
  t.same(shown(told({ situation: lapsed, order: { amountMinor: 500_00 } })), [
    ['prepayment', '500.00', null],
    ['security', '100.00', null]
  ])
})

t.test('what is prepaid already stays, and part of an order that is prepaid in full passes by itself', async (t) => {
  t.same(shown(told({ order: { amountMinor: 600_00, prepaidMinor: 150_00 } })).slice(0, 2), [
    ['smaller_amount', '550.00', null],
    ['prepayment', '200.00', null]
  ])
  t.same(shown(told({ account: { grade: null }, order: { amountMinor: 600_00, prepaidMinor: 150_00 } })), [
    ['smaller_amount', '150.00', null],
    ['prepayment', '600.00', null]
  ])
})

t.test('the largest single order bounds what is offered', async (t) => {
  const policy = policyWith({ largestOrderShareOfLimit: 0.333333 })
  t.same(shown(told({ order: { amountMinor: 390_00 } }, policy)), [
    ['smaller_amount', '333.33', null],
    ['prepayment', '56.67', null]
  ])
})

t.test('only what time can heal is worth an outlook', async (t) => {
  const heals = (differences: Differences) => isHealedByTime(checkOrder(standard, factsOf(differences)))
  t.ok(heals({ order: { amountMinor: 600_00 } }))
  t.ok(heals({ order: { amountMinor: 600_00, termsDays: 90 } }), 'terms can be shortened beside it')
  t.ok(heals({ situation: { oldestDueOn: '2026-02-01' } }))
  t.notOk(heals({}), 'an approval needs none')
  t.notOk(heals({ order: { termsDays: 90 } }))
  t.notOk(heals({ account: { grade: null }, order: { amountMinor: 600_00 } }))
})

/** The facts of the order that an alternative describes; of a split, of its first part. */
function applied(facts: CheckFacts, { kind, amount, parts, termsDays }: Alternative): CheckFacts {
  const minor = amount === null ? 0 : minorOf(amount)
  const ofAmount = (amountMinor: number): Partial<OrderFacts> => ({
    amountMinor,
    prepaidMinor: Math.min(facts.order.prepaidMinor, amountMinor)
  })
  const terms = termsDays === null ? {} : { termsDays }
  const changes: Partial<OrderFacts> =
    kind === 'smaller_amount'
      ? ofAmount(minor)
      : kind === 'prepayment'
        ? { prepaidMinor: minor }
        : kind === 'split' && parts?.[0] !== undefined
          ? ofAmount(minorOf(parts[0].amount))
          : {}
  const order = { ...facts.order, ...terms, ...changes }
  const { security } = facts.situation
  const covers = security.validUntil === null || security.validUntil >= facts.today ? security.coverMinor : 0
  const situation =
    kind === 'security'
      ? { ...facts.situation, security: { coverMinor: covers + minor, validUntil: null, lapsed: null } }
      : facts.situation
  return { ...facts, order, situation }
}

/**
 * Half of the orders come to about what is available, with an outlook: time and less can help them.
 */
const anyCase = fc.oneof(anyFacts, anyTightFacts)

const outcomeOf = (policy: Policy, facts: CheckFacts) => checkOrder(policy, facts).outcome

/** The rest of a split beside its first part, on its day. */
function rest(policy: Policy, facts: CheckFacts, first: CheckFacts, date: string): CheckFacts {
  const { amountMinor, prepaidMinor } = first.order
  const order = {
    ...first.order,
    amountMinor: facts.order.amountMinor - amountMinor,
    prepaidMinor: facts.order.prepaidMinor - prepaidMinor
  }
  const account = { ...facts.account, reservedMinor: facts.account.reservedMinor + amountMinor - prepaidMinor }
  return factsOn(policy, { ...facts, account, order }, facts.outlook as Outlook, date)
}

t.test('law: every alternative passes when it is applied', async (t) => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(anyPolicy, anyCase, (policy, facts) => {
      const list = alternatives(policy, facts, checkOrder(policy, facts))
      return list.every((each) => {
        seen.set(each.kind, (seen.get(each.kind) ?? 0) + 1)
        const now = applied(facts, each)
        if (each.kind === 'later_date')
          return outcomeOf(policy, factsOn(policy, now, facts.outlook as Outlook, each.date ?? '')) === 'approved'
        if (each.kind !== 'split') return outcomeOf(policy, now) === 'approved'
        const [first, second] = each.parts ?? []
        if (first === undefined || second === undefined) return false
        const whole = minorOf(first.amount) + minorOf(second.amount) === facts.order.amountMinor
        const later = rest(policy, facts, now, second.date)
        return whole && outcomeOf(policy, now) === 'approved' && outcomeOf(policy, later) === 'approved'
      })
    }),
    { numRuns: 3_000 }
  )
  for (const kind of ALTERNATIVE_KINDS) t.ok((seen.get(kind) ?? 0) > 0, `${kind} was looked at`)
})

t.test(
  'law: a minor unit more, or one less prepaid or secured, does not pass, and there is always an offer where one exists',
  async () => {
    fc.assert(
      fc.property(anyPolicy, anyCase, (policy, facts) => {
        const verdict = checkOrder(policy, facts)
        const list = alternatives(policy, facts, verdict)
        if (verdict.outcome === 'approved') return list.length === 0
        const [smaller, prepaid, secured] = (['smaller_amount', 'prepayment', 'security'] as const).map((kind) =>
          list.find((each) => each.kind === kind)
        )
        const passes = (order: Partial<OrderFacts>, coverLess = 0) => {
          const base = secured !== undefined && coverLess > 0 ? applied(facts, secured) : facts
          const { security } = base.situation
          const situation = {
            ...base.situation,
            security: { ...security, coverMinor: security.coverMinor - coverLess }
          }
          return outcomeOf(policy, { ...base, situation, order: { ...base.order, ...order } }) === 'approved'
        }
        const ofAmount = (amountMinor: number, termsDays: number | null) => ({
          amountMinor,
          prepaidMinor: Math.min(facts.order.prepaidMinor, amountMinor),
          termsDays: termsDays ?? facts.order.termsDays
        })
        const { amountMinor, prepaidMinor, termsDays } = facts.order
        const most = smaller?.amount ? minorOf(smaller.amount) : 0
        const least = prepaid?.amount ? minorOf(prepaid.amount) : amountMinor + 1
        const exactAmount = most + 1 >= amountMinor || !passes(ofAmount(most + 1, smaller?.termsDays ?? null))
        const exactPrepaid =
          least - 1 <= prepaidMinor || !passes({ prepaidMinor: least - 1, termsDays: prepaid?.termsDays ?? termsDays })
        const exactCover = secured?.amount ? !passes({ termsDays: secured.termsDays ?? termsDays }, 1) : true
        return exactAmount && exactPrepaid && exactCover
      }),
      { numRuns: 3_000 }
    )
  }
)

t.test('law: the same facts give the same alternatives, and an outlook changes no decision', async () => {
  fc.assert(
    fc.property(anyPolicy, anyCase, (policy, facts) => {
      const verdict = checkOrder(policy, facts)
      const again = structuredClone(facts)
      const blind = checkOrder(policy, { ...facts, outlook: null })
      return (
        JSON.stringify(alternatives(policy, facts, verdict)) ===
          JSON.stringify(alternatives(structuredClone(policy), again, checkOrder(policy, again))) &&
        JSON.stringify(verdict) === JSON.stringify(blind)
      )
    })
  )
})

t.test('law: no day before the one that is told would do', async () => {
  fc.assert(
    fc.property(anyPolicy, anyTightFacts, fc.integer({ min: 1, max: 120 }), (given, facts, days) => {
      // The situation of these facts knows no invoice that is too small to count.
      const oldestOverdue = { ...given.check.oldestOverdue, minimumAmount: [] }
      const policy = { ...given, check: { ...given.check, oldestOverdue } }
      const list = alternatives(policy, facts, checkOrder(policy, facts))
      const later = list.find(({ kind }) => kind === 'later_date')
      if (later?.date == null || facts.outlook === null) return true
      const date = addDays(TODAY, days)
      if (date >= later.date) return true
      return outcomeOf(policy, factsOn(policy, applied(facts, later), facts.outlook, date)) !== 'approved'
    }),
    { numRuns: 2_000 }
  )
})
