import fc from 'fast-check'
import t from 'tap'
import type { CheckFacts } from '../../../src/engine/checks/check-facts.ts'
import { checkOrder } from '../../../src/engine/checks/order-check.ts'
import { isObstacle } from '../../../src/engine/checks/steps/check-step.ts'
import { type UnblockingCondition, unblockedBy } from '../../../src/engine/checks/unblocking.ts'
import { CONDITION_KINDS } from '../../../src/engine/checks/words/advice-texts.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { minorOf } from '../../../src/engine/values/money.ts'
import {
  anyFacts,
  anyPolicy,
  anyTightFacts,
  type Differences,
  factsOf,
  NOW,
  policyWith,
  ratedOn,
  standard,
  TODAY
} from '../check-cases.ts'

const told = (differences: Differences, policy = standard) => {
  const facts = factsOf(differences)
  return unblockedBy(policy, facts, checkOrder(policy, facts)).map(
    ({ step, kind, amount, invoiceDueBefore, termsDays, grade }) =>
      [step, kind, amount?.amount ?? invoiceDueBefore ?? termsDays ?? grade] as const
  )
}

t.test('an approval waits for nothing', async (t) => {
  t.same(told({}), [])
})

t.test('each step tells what would let it pass', async (t) => {
  const table: [string, Differences, ReturnType<typeof told>][] = [
    ['a hold', { account: { holdReason: 'fraud' } }, [['manual_hold', 'lift_hold', null]]],
    [
      'no rating',
      { account: { grade: null } },
      [
        ['rating_in_force', 'renew_rating', null],
        ['rating_floor', 'renew_rating', null],
        ['rating_advice', 'renew_rating', null]
      ]
    ],
    ['a rating below the floor', { account: { grade: 'CC' } }, [['rating_floor', 'improve_rating', 'B']]],
    [
      'a rating that asks for a person',
      { account: { ratingAdvice: 'refer' } },
      [['rating_advice', 'human_decision', null]]
    ],
    [
      'attack 5: a file that is newer than its rating',
      { account: { fileChange: 'other', fileChangedAt: NOW } },
      [['file_changed', 'renew_rating', null]]
    ],
    [
      'an order above the limit',
      { order: { amountMinor: 600_00 } },
      [
        ['headroom', 'raise_limit', '1200.00'],
        ['headroom', 'lower_exposure', '200.00'],
        ['headroom', 'provide_security', '200.00']
      ]
    ],
    [
      'with disputes that would make room',
      { order: { amountMinor: 600_00 }, situation: { disputedMinor: 250_00 } },
      [
        ['headroom', 'raise_limit', '1200.00'],
        ['headroom', 'lower_exposure', '200.00'],
        ['headroom', 'provide_security', '200.00'],
        ['headroom', 'resolve_dispute', '250.00']
      ]
    ],
    [
      'a limit that has expired',
      { account: { limitValidUntil: '2026-03-30' } },
      [
        ['limit_in_force', 'decide_limit', null],
        ['headroom', 'decide_limit', null]
      ]
    ],
    [
      'cash only, with terms asked for',
      { account: { limitMode: 'cash_only', limitMinor: 0, termsDays: null }, order: { termsDays: 30 } },
      [
        ['limit_in_force', 'decide_limit', null],
        ['headroom', 'decide_limit', null],
        ['largest_order', 'decide_limit', null],
        ['terms', 'decide_limit', null]
      ]
    ],
    ['an old debt', { situation: { oldestDueOn: '2026-01-15' } }, [['oldest_overdue', 'pay_overdue', '2026-03-01']]],
    [
      'a severe one',
      { situation: { overdueSeverity: 6_000_000, overdueMinor: 120_00 } },
      [['overdue_severity', 'pay_overdue', '120.00']]
    ],
    ['late payments', { situation: { paymentDaysLate: 31 } }, [['payment_index', 'human_decision', null]]],
    ['a reminder', { situation: { dunningLevel: 2 } }, [['dunning_level', 'pay_overdue', TODAY]]],
    ['long terms', { order: { termsDays: 90 } }, [['terms', 'shorten_terms', 60]]],
    [
      'an old snapshot',
      { account: { reconciledAt: '2026-03-01T00:00:00.000Z' } },
      [['sources_fresh', 'reconcile', null]]
    ],
    ['an old rate', { order: { original: ratedOn('2026-03-01') } }, [['sources_fresh', 'record_rate', null]]],
    [
      'a security that lapsed',
      { situation: { security: { coverMinor: 0, validUntil: null, lapsed: 'G-1' } } },
      [['security', 'renew_security', null]]
    ]
  ]
  for (const [title, differences, expected] of table) t.same(told(differences), expected, title)
})

t.test('the least payment brings the overdue share down, by share or by amount', async (t) => {
  const share = { referFromShare: 0.5, failFromShare: 0.8, minimumAmount: [] }
  const situation = { openMinor: 300_00, overdueMinor: 200_00 }
  // 99.99 of 199.98 left would still be half: the amount paid leaves both sums.
  t.same(told({ situation }, policyWith({ shareOverdue: share })), [['share_overdue', 'pay_overdue', '100.01']])
  const minimumAmount = [{ amount: '150.00', currency: 'CNY' }]
  const small = policyWith({ shareOverdue: { ...share, minimumAmount } })
  t.same(told({ situation }, small), [['share_overdue', 'pay_overdue', '50.01']])
})

t.test('the limit that an order needs to be a small enough share of it', async (t) => {
  const policy = policyWith({ largestOrderShareOfLimit: 0.3 })
  t.same(told({ order: { amountMinor: 390_00 } }, policy), [['largest_order', 'raise_limit', '1300.00']])
  const more = { amountMinor: 90_00, heldMinor: 300_00 }
  t.same(told({ order: more }, policy), [['largest_order', 'raise_limit', '1300.00']], 'what the order holds counts')
})

/**
 * The facts once a condition has come true; undefined for what only a person or another assessment
 * can say.
 */
function fulfilled(facts: CheckFacts, condition: UnblockingCondition): CheckFacts | undefined {
  const { account, situation, order } = facts
  const minor = condition.amount === null ? 0 : minorOf(condition.amount)
  const { coverMinor, validUntil } = situation.security
  const covers = validUntil === null || validUntil >= facts.today ? coverMinor : 0
  switch (condition.kind) {
    case 'lift_hold':
      return { ...facts, account: { ...account, holdReason: null } }
    case 'raise_limit':
      return { ...facts, account: { ...account, limitMinor: minor } }
    case 'lower_exposure':
    case 'resolve_dispute':
      return { ...facts, account: { ...account, receivablesMinor: account.receivablesMinor - minor } }
    case 'provide_security':
      return {
        ...facts,
        situation: { ...situation, security: { coverMinor: covers + minor, validUntil: null, lapsed: null } }
      }
    case 'renew_security':
      return { ...facts, situation: { ...situation, security: { ...situation.security, lapsed: null } } }
    case 'renew_rating': {
      const { fileChange: _change, fileChangedAt: _at, ...assessed } = account
      return {
        ...facts,
        account: { ...assessed, grade: 'AAA', ratingValidUntil: addDays(TODAY, 1), ratingAdvice: 'none' }
      }
    }
    case 'improve_rating':
      return { ...facts, account: { ...account, grade: condition.grade } }
    case 'shorten_terms':
      return { ...facts, order: { ...order, termsDays: condition.termsDays } }
    case 'record_rate':
      return { ...facts, order: { ...order, original: ratedOn(TODAY) } }
    case 'reconcile':
      return { ...facts, account: { ...account, reconciledAt: facts.now } }
    case 'pay_overdue': {
      const openMinor = situation.openMinor - minor
      const overdueMinor = situation.overdueMinor - minor
      const all = condition.invoiceDueBefore === TODAY
      return {
        ...facts,
        situation: {
          ...situation,
          openMinor,
          overdueMinor,
          oldestDueOn: condition.invoiceDueBefore ?? situation.oldestDueOn,
          ...(all ? { overdueSeverity: 0, dunningLevel: 0 } : {})
        }
      }
    }
    default:
      return undefined
  }
}

t.test('law: a condition that has come true takes its step out of the way', async (t) => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(anyPolicy, fc.oneof(anyFacts, anyTightFacts), (policy, facts) => {
      const verdict = checkOrder(policy, facts)
      const conditions = unblockedBy(policy, facts, verdict)
      const stopped = verdict.steps.filter(isObstacle).map(({ code }) => code)
      const named = new Set(conditions.map(({ step }) => step))
      if (verdict.outcome === 'approved') return conditions.length === 0
      return (
        stopped.every((code) => named.has(code)) &&
        conditions.every((condition) => {
          const then = fulfilled(facts, condition)
          if (then === undefined) return true
          seen.add(condition.kind)
          const step = checkOrder(policy, then).steps.find(({ code }) => code === condition.step)
          return step !== undefined && !isObstacle(step)
        })
      )
    }),
    { numRuns: 3_000 }
  )
  const rare: readonly string[] = ['human_decision', 'decide_limit', 'resolve_dispute']
  for (const kind of CONDITION_KINDS) t.ok(seen.has(kind) || rare.includes(kind), `${kind} was looked at`)
})
