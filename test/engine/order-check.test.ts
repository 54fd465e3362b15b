import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { addDays } from '../../src/engine/dates.ts'
import { LIMIT_MODES } from '../../src/engine/limit.ts'
import {
  type AccountFacts,
  type AgeingFacts,
  CHECK_STEPS,
  type CheckFacts,
  type CheckStep,
  type CheckVerdict,
  checkOrder,
  type OrderFacts,
  OUTCOMES,
  STEP_RESULTS
} from '../../src/engine/order-check.ts'
import { CHECK_EFFECTS, type CheckPolicy, type Policy } from '../../src/engine/policy.ts'
import { GRADES } from '../../src/engine/rating.ts'
import { REASONS } from '../../src/engine/reasons.ts'

const standard: Policy = JSON.parse(readFileSync(new URL('../../policies/standard.json', import.meta.url), 'utf8'))

const TODAY = '2026-03-31'
const NOW = '2026-03-31T12:00:00.000Z'
const RATED_AT = '2026-01-15T09:00:00.000Z'
const HELD_SINCE = '2026-03-01T08:00:00.000Z'

/** A sound account: BBB, a limit of 1 000.00 of which 600.00 is in use, nothing overdue, terms of 60 days. */
const ACCOUNT: AccountFacts = {
  customerId: 'C-1',
  currency: 'CNY',
  limitMode: 'limited',
  limitMinor: 1000_00,
  limitValidUntil: '2026-12-31',
  limitDecisionId: 'lim_1',
  termsDays: 60,
  receivablesMinor: 300_00,
  capturedMinor: 200_00,
  reservedMinor: 100_00,
  holdReason: null,
  holdSince: null,
  grade: 'BBB',
  ratingValidUntil: '2027-01-15',
  ratedAt: RATED_AT
}
const AGEING: AgeingFacts = { openMinor: 300_00, overdueMinor: 0, oldestDueOn: '2026-04-10' }
const ORDER: OrderFacts = { orderId: 'SO-1', amountMinor: 100_00, termsDays: null }

interface Differences {
  account?: Partial<AccountFacts>
  ageing?: Partial<AgeingFacts>
  order?: Partial<OrderFacts>
}

const factsOf = ({ account, ageing, order }: Differences = {}): CheckFacts => ({
  account: { ...ACCOUNT, ...account },
  ageing: { ...AGEING, ...ageing },
  order: { ...ORDER, ...order },
  now: NOW,
  today: TODAY
})

const policyWith = (check: Partial<CheckPolicy>): Policy => ({ ...standard, check: { ...standard.check, ...check } })

const stepOf = (verdict: CheckVerdict, code: CheckStep['code']) => verdict.steps.find((step) => step.code === code)

t.test('a sound order is approved, with its working', async (t) => {
  t.same(checkOrder(standard, factsOf()), {
    outcome: 'approved',
    steps: [
      {
        code: 'manual_hold',
        result: 'pass',
        observed: null,
        threshold: null,
        unit: 'none',
        dataAsOf: NOW,
        reason: null
      },
      {
        code: 'rating_in_force',
        result: 'pass',
        observed: '2027-01-15',
        threshold: TODAY,
        unit: 'date',
        dataAsOf: RATED_AT,
        reason: null
      },
      {
        code: 'rating_floor',
        result: 'pass',
        observed: 'BBB',
        threshold: 'B',
        unit: 'grade',
        dataAsOf: RATED_AT,
        reason: null
      },
      {
        code: 'limit_in_force',
        result: 'pass',
        observed: 'limited',
        threshold: '2026-12-31',
        unit: 'mode',
        dataAsOf: NOW,
        reason: null
      },
      {
        code: 'headroom',
        result: 'pass',
        observed: '100.00',
        threshold: '400.00',
        unit: 'amount',
        dataAsOf: NOW,
        reason: null
      },
      {
        code: 'largest_order',
        result: 'pass',
        observed: 0.1,
        threshold: 1,
        unit: 'share',
        dataAsOf: NOW,
        reason: null
      },
      {
        code: 'oldest_overdue',
        result: 'pass',
        observed: 0,
        threshold: 30,
        unit: 'days',
        dataAsOf: TODAY,
        reason: null
      },
      {
        code: 'share_overdue',
        result: 'pass',
        observed: 0,
        threshold: 0.5,
        unit: 'share',
        dataAsOf: TODAY,
        reason: null
      },
      { code: 'terms', result: 'pass', observed: null, threshold: 60, unit: 'days', dataAsOf: NOW, reason: null },
      { code: 'utilisation', result: 'pass', observed: 0.7, threshold: 0.9, unit: 'share', dataAsOf: NOW, reason: null }
    ],
    reasons: [],
    exposureBefore: {
      receivables: { amount: '300.00', currency: 'CNY' },
      captured: { amount: '200.00', currency: 'CNY' },
      reserved: { amount: '100.00', currency: 'CNY' },
      total: { amount: '600.00', currency: 'CNY' }
    },
    availableBefore: { amount: '400.00', currency: 'CNY' },
    availableAfter: { amount: '300.00', currency: 'CNY' },
    policy: { id: 'standard', version: 1 }
  })
})

/** One row: what differs from the sound order, in the policy and in the facts, and the step that comes of it. */
type Row = [title: string, Partial<CheckPolicy>, Differences, Partial<CheckStep> & Pick<CheckStep, 'code' | 'result'>]

const overdue = (days: number): Differences => ({ ageing: { oldestDueOn: addDays(TODAY, -days) } })
const share = (overdueMinor: number, openMinor: number): Differences => ({ ageing: { overdueMinor, openMinor } })
const noLimit: Differences = {
  account: { limitMode: 'none', limitMinor: 0, limitDecisionId: null, limitValidUntil: null, termsDays: null }
}
const noCredit: Differences = { account: { limitMode: 'none', limitMinor: 0, termsDays: null } }
const cashOnly: Differences = { account: { limitMode: 'cash_only', limitMinor: 0, termsDays: null } }
const unlimited: Differences = { account: { limitMode: 'unlimited', limitMinor: 0 } }
const unrated: Differences = { account: { grade: null, ratingValidUntil: null, ratedAt: null } }
const noMinimum = { shareOverdue: { referFromShare: 0.5, failFromShare: 0.8, minimumAmount: [] } }
const minimum = {
  shareOverdue: { ...noMinimum.shareOverdue, minimumAmount: [{ amount: '200.00', currency: 'CNY' }] }
}

const ROWS: Row[] = [
  ['no hold', {}, {}, { code: 'manual_hold', result: 'pass' }],
  [
    'a hold declines',
    {},
    { account: { holdReason: 'court order', holdSince: HELD_SINCE } },
    { code: 'manual_hold', result: 'fail', observed: 'court order', dataAsOf: HELD_SINCE, reason: 'MANUAL_HOLD' }
  ],
  [
    'a hold without words declines too',
    {},
    { account: { holdReason: '', holdSince: null } },
    { code: 'manual_hold', result: 'fail', observed: '', dataAsOf: NOW, reason: 'MANUAL_HOLD' }
  ],

  [
    'a rating on its last day',
    {},
    { account: { ratingValidUntil: TODAY } },
    { code: 'rating_in_force', result: 'pass', observed: TODAY, dataAsOf: RATED_AT }
  ],
  [
    'a rating that ended yesterday refers',
    {},
    { account: { ratingValidUntil: '2026-03-30' } },
    { code: 'rating_in_force', result: 'refer', threshold: TODAY, reason: 'RATING_EXPIRED' }
  ],
  [
    'or fails, as the policy says',
    { ratingExpired: 'fail' },
    { account: { ratingValidUntil: '2026-03-30' } },
    { code: 'rating_in_force', result: 'fail', reason: 'RATING_EXPIRED' }
  ],
  [
    'no rating refers',
    {},
    unrated,
    { code: 'rating_in_force', result: 'refer', observed: null, dataAsOf: NOW, reason: 'RATING_MISSING' }
  ],
  [
    'or fails',
    { ratingMissing: 'fail' },
    unrated,
    { code: 'rating_in_force', result: 'fail', observed: null, reason: 'RATING_MISSING' }
  ],

  ['a grade on the floor', {}, { account: { grade: 'B' } }, { code: 'rating_floor', result: 'pass', observed: 'B' }],
  [
    'a grade below the floor fails',
    {},
    { account: { grade: 'CCC' } },
    { code: 'rating_floor', result: 'fail', observed: 'CCC', threshold: 'B', reason: 'RATING_BELOW_FLOOR' }
  ],
  [
    'or refers',
    { gradeBelowFloor: 'refer' },
    { account: { grade: 'CCC' } },
    { code: 'rating_floor', result: 'refer', reason: 'RATING_BELOW_FLOOR' }
  ],
  [
    'another floor',
    { gradeFloor: 'A' },
    {},
    { code: 'rating_floor', result: 'fail', observed: 'BBB', threshold: 'A', reason: 'RATING_BELOW_FLOOR' }
  ],
  [
    'no grade to compare',
    {},
    unrated,
    { code: 'rating_floor', result: 'not_evaluable', observed: null, reason: 'RATING_MISSING' }
  ],

  ['a limit on its last day', {}, { account: { limitValidUntil: TODAY } }, { code: 'limit_in_force', result: 'pass' }],
  ['a limit without an end', {}, { account: { limitValidUntil: null } }, { code: 'limit_in_force', result: 'pass' }],
  ['an unlimited one', {}, unlimited, { code: 'limit_in_force', result: 'pass', observed: 'unlimited' }],
  [
    'a limit that ended yesterday refers',
    {},
    { account: { limitValidUntil: '2026-03-30' } },
    { code: 'limit_in_force', result: 'refer', threshold: '2026-03-30', reason: 'LIMIT_EXPIRED' }
  ],
  [
    'or fails',
    { limitExpired: 'fail' },
    { account: { limitValidUntil: '2026-03-30' } },
    { code: 'limit_in_force', result: 'fail', reason: 'LIMIT_EXPIRED' }
  ],
  ['no limit decided refers', {}, noLimit, { code: 'limit_in_force', result: 'refer', reason: 'LIMIT_MISSING' }],
  ['or fails', { limitMissing: 'fail' }, noLimit, { code: 'limit_in_force', result: 'fail', reason: 'LIMIT_MISSING' }],
  [
    'a decision for no credit fails',
    {},
    noCredit,
    { code: 'limit_in_force', result: 'fail', reason: 'NO_LIMIT_GRANTED' }
  ],
  ['cash only fails', {}, cashOnly, { code: 'limit_in_force', result: 'fail', reason: 'CASH_ONLY' }],

  [
    'an order that uses the limit to the last',
    {},
    { order: { amountMinor: 400_00 } },
    { code: 'headroom', result: 'pass', observed: '400.00', threshold: '400.00' }
  ],
  [
    'a minor unit more refers',
    {},
    { order: { amountMinor: 400_01 } },
    { code: 'headroom', result: 'refer', observed: '400.01', threshold: '400.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'or fails',
    { headroomExceeded: 'fail' },
    { order: { amountMinor: 400_01 } },
    { code: 'headroom', result: 'fail', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'an account over its limit',
    {},
    { account: { receivablesMinor: 900_00 } },
    { code: 'headroom', result: 'refer', threshold: '-200.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'an expired limit grants nothing',
    {},
    { account: { limitValidUntil: '2026-03-30' } },
    { code: 'headroom', result: 'refer', threshold: '-600.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'what was paid ahead makes room',
    {},
    { account: { receivablesMinor: -300_00 }, order: { amountMinor: 1000_00 } },
    { code: 'headroom', result: 'pass', threshold: '1000.00' }
  ],
  ['unlimited', {}, unlimited, { code: 'headroom', result: 'pass', threshold: null }],
  [
    'no limit decided',
    {},
    noLimit,
    { code: 'headroom', result: 'not_evaluable', observed: '100.00', threshold: null, reason: 'LIMIT_MISSING' }
  ],

  [
    'an order of the whole limit',
    {},
    { account: { receivablesMinor: -300_00 }, order: { amountMinor: 1000_00 } },
    { code: 'largest_order', result: 'pass', observed: 1, threshold: 1 }
  ],
  [
    'an order of just the share',
    { largestOrderShareOfLimit: 0.57 },
    { account: { limitMinor: 100_00 }, order: { amountMinor: 57_00 } },
    { code: 'largest_order', result: 'pass', observed: 0.57, threshold: 0.57 }
  ],
  [
    'a minor unit more refers',
    { largestOrderShareOfLimit: 0.57 },
    { account: { limitMinor: 100_00 }, order: { amountMinor: 57_01 } },
    { code: 'largest_order', result: 'refer', observed: 0.5701, reason: 'ORDER_TOO_LARGE' }
  ],
  [
    'and of the largest limit there is',
    { largestOrderShareOfLimit: 0.5 },
    { account: { limitMinor: 999_999_999_999_998 }, order: { amountMinor: 500_000_000_000_000 } },
    { code: 'largest_order', result: 'refer', observed: 0.500001, reason: 'ORDER_TOO_LARGE' }
  ],
  [
    'or fails',
    { largestOrderShareOfLimit: 0.5, largestOrderExceeded: 'fail' },
    { order: { amountMinor: 500_01 } },
    { code: 'largest_order', result: 'fail', observed: 0.50001, reason: 'ORDER_TOO_LARGE' }
  ],
  ['unlimited', {}, unlimited, { code: 'largest_order', result: 'pass', observed: null }],
  [
    'a limit of nothing',
    {},
    { account: { limitMinor: 0 } },
    { code: 'largest_order', result: 'refer', observed: null, reason: 'ORDER_TOO_LARGE' }
  ],
  [
    'no limit decided',
    {},
    noLimit,
    { code: 'largest_order', result: 'not_evaluable', observed: null, reason: 'LIMIT_MISSING' }
  ],
  [
    'a decision for no credit',
    {},
    noCredit,
    { code: 'largest_order', result: 'not_evaluable', reason: 'NO_LIMIT_GRANTED' }
  ],
  ['cash only', {}, cashOnly, { code: 'largest_order', result: 'not_evaluable', reason: 'CASH_ONLY' }],

  ['nothing open', {}, { ageing: { oldestDueOn: null } }, { code: 'oldest_overdue', result: 'pass', observed: 0 }],
  ['not due yet', {}, overdue(-10), { code: 'oldest_overdue', result: 'pass', observed: 0 }],
  ['due today', {}, overdue(0), { code: 'oldest_overdue', result: 'pass', observed: 0 }],
  ['30 days past due', {}, overdue(30), { code: 'oldest_overdue', result: 'pass', observed: 30, threshold: 30 }],
  [
    '31 days past due refer',
    {},
    overdue(31),
    { code: 'oldest_overdue', result: 'refer', observed: 31, threshold: 30, reason: 'OVERDUE_TOO_OLD' }
  ],
  ['90 days past due refer', {}, overdue(90), { code: 'oldest_overdue', result: 'refer', observed: 90, threshold: 30 }],
  [
    '91 days past due fail',
    {},
    overdue(91),
    { code: 'oldest_overdue', result: 'fail', observed: 91, threshold: 90, reason: 'OVERDUE_TOO_OLD' }
  ],
  [
    'a policy that never refers',
    { oldestOverdue: { referAfterDays: 0, failAfterDays: 0 } },
    overdue(1),
    { code: 'oldest_overdue', result: 'fail', observed: 1, threshold: 0, reason: 'OVERDUE_TOO_OLD' }
  ],

  ['nothing open', noMinimum, share(0, 0), { code: 'share_overdue', result: 'pass', observed: 0 }],
  ['just under half', noMinimum, share(149_99, 300_00), { code: 'share_overdue', result: 'pass', observed: 0.499966 }],
  [
    'under half by less than is shown',
    noMinimum,
    share(49_999_999_999_999, 100_000_000_000_000),
    { code: 'share_overdue', result: 'pass', observed: 0.499999 }
  ],
  [
    'half refers',
    noMinimum,
    share(150_00, 300_00),
    { code: 'share_overdue', result: 'refer', observed: 0.5, threshold: 0.5, reason: 'OVERDUE_BALANCE_HIGH' }
  ],
  [
    'just under four fifths refers',
    noMinimum,
    share(79_999_999_999_999, 100_000_000_000_000),
    { code: 'share_overdue', result: 'refer', observed: 0.799999, threshold: 0.5, reason: 'OVERDUE_BALANCE_HIGH' }
  ],
  [
    'four fifths fail',
    noMinimum,
    share(240_00, 300_00),
    { code: 'share_overdue', result: 'fail', observed: 0.8, threshold: 0.8, reason: 'OVERDUE_BALANCE_HIGH' }
  ],
  ['too little to count', minimum, share(199_99, 199_99), { code: 'share_overdue', result: 'pass', observed: 1 }],
  ['just enough to count', minimum, share(200_00, 200_00), { code: 'share_overdue', result: 'fail', observed: 1 }],
  [
    'a currency without a minimum',
    minimum,
    { account: { currency: 'CHF' }, ...share(1, 1) },
    { code: 'share_overdue', result: 'fail', observed: 1 }
  ],
  [
    'a policy that refers from nothing on, with nothing overdue',
    { shareOverdue: { referFromShare: 0, failFromShare: 0, minimumAmount: [] } },
    share(0, 300_00),
    { code: 'share_overdue', result: 'pass', observed: 0 }
  ],

  ['the terms of the limit', {}, { order: { termsDays: 60 } }, { code: 'terms', result: 'pass', observed: 60 }],
  [
    'a day more refers',
    {},
    { order: { termsDays: 61 } },
    { code: 'terms', result: 'refer', observed: 61, threshold: 60, reason: 'TERMS_TOO_LONG' }
  ],
  [
    'or fails',
    { termsExceeded: 'fail' },
    { order: { termsDays: 61 } },
    { code: 'terms', result: 'fail', reason: 'TERMS_TOO_LONG' }
  ],
  ['no terms asked for', {}, noLimit, { code: 'terms', result: 'pass', observed: null, threshold: null }],
  [
    'terms asked for, and none decided',
    {},
    { ...noLimit, order: { termsDays: 30 } },
    { code: 'terms', result: 'not_evaluable', observed: 30, threshold: null, reason: 'LIMIT_MISSING' }
  ],
  [
    'terms asked for where the decision grants none',
    {},
    { ...cashOnly, order: { termsDays: 30 } },
    { code: 'terms', result: 'not_evaluable', reason: 'CASH_ONLY' }
  ],

  [
    'just under the warning',
    {},
    { order: { amountMinor: 299_99 } },
    { code: 'utilisation', result: 'pass', observed: 0.89999 }
  ],
  [
    'at the warning',
    {},
    { order: { amountMinor: 300_00 } },
    { code: 'utilisation', result: 'warn', observed: 0.9, threshold: 0.9, reason: 'UTILISATION_HIGH' }
  ],
  ['unlimited', {}, unlimited, { code: 'utilisation', result: 'pass', observed: null }],
  ['no limit decided', {}, noLimit, { code: 'utilisation', result: 'pass', observed: null }],
  ['a limit of nothing', {}, { account: { limitMinor: 0 } }, { code: 'utilisation', result: 'pass', observed: null }]
]

t.test('each step gives each of its results where the policy says so', async (t) => {
  for (const [title, check, differences, expected] of ROWS) {
    const verdict = checkOrder(policyWith(check), factsOf(differences))
    const { code, result, reason = null, ...rest } = expected
    const name = `${code}: ${title} is ${result}`
    t.match(stepOf(verdict, code), { code, result, ...rest }, name)
    const known = expected.reason !== undefined || result === 'pass'
    if (known) t.equal(stepOf(verdict, code)?.reason, reason, `${name}, with its reason`)
    if (reason !== null) t.ok(verdict.reasons.includes(reason), `${name}: the decision says why`)
  }
})

t.test('the rows above show every result that a step can give', async (t) => {
  const shown = new Set(ROWS.map(([, , , { code, result }]) => `${code} ${result}`))
  const possible = {
    manual_hold: ['pass', 'fail'],
    rating_in_force: ['pass', 'refer', 'fail'],
    rating_floor: ['pass', 'not_evaluable', 'refer', 'fail'],
    limit_in_force: ['pass', 'refer', 'fail'],
    headroom: ['pass', 'not_evaluable', 'refer', 'fail'],
    largest_order: ['pass', 'not_evaluable', 'refer', 'fail'],
    oldest_overdue: ['pass', 'refer', 'fail'],
    share_overdue: ['pass', 'refer', 'fail'],
    terms: ['pass', 'not_evaluable', 'refer', 'fail'],
    utilisation: ['pass', 'warn']
  } satisfies Record<CheckStep['code'], string[]>
  for (const code of CHECK_STEPS) {
    for (const result of possible[code]) t.ok(shown.has(`${code} ${result}`), `${code} ${result}`)
  }
})

t.test('available credit falls by an approved order, and by no other', async (t) => {
  const table: [Differences, string, string | undefined, string | undefined][] = [
    [{}, 'approved', '400.00', '300.00'],
    [{ order: { amountMinor: 500_00 } }, 'referred', '400.00', '400.00'],
    [{ account: { holdReason: 'fraud' } }, 'declined', '400.00', '400.00'],
    [unlimited, 'approved', undefined, undefined]
  ]
  for (const [differences, outcome, before, after] of table) {
    const verdict = checkOrder(standard, factsOf(differences))
    t.equal(verdict.outcome, outcome)
    t.equal(verdict.availableBefore?.amount, before, `${outcome}: before`)
    t.equal(verdict.availableAfter?.amount, after, `${outcome}: after`)
  }
})

t.test('reasons are told once, the gravest first', async (t) => {
  const differences: Differences = {
    ...unrated,
    order: { amountMinor: 500_00 },
    ageing: { oldestDueOn: '2025-01-01' }
  }
  const verdict = checkOrder(standard, factsOf(differences))
  t.equal(verdict.outcome, 'declined')
  t.same(verdict.reasons, ['OVERDUE_TOO_OLD', 'RATING_MISSING', 'LIMIT_EXCEEDED', 'UTILISATION_HIGH'])
})

const anyMinor = fc.oneof(fc.integer({ min: 1, max: 2000_00 }), fc.integer({ min: 1, max: 900_000_000_000_000 }))
const anyDate = fc.integer({ min: -200, max: 200 }).map((days) => addDays(TODAY, days))
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 6 })

const anyAccount: fc.Arbitrary<AccountFacts> = fc.record({
  customerId: fc.constant('C-1'),
  currency: fc.constantFrom('CNY', 'JPY', 'KWD'),
  limitMode: fc.oneof({ weight: 5, arbitrary: fc.constant('limited' as const) }, fc.constantFrom(...LIMIT_MODES)),
  limitMinor: fc.oneof(anyMinor, fc.constant(0)),
  limitValidUntil: orNull(anyDate),
  limitDecisionId: fc.option(fc.constant('lim_1'), { freq: 10 }),
  termsDays: orNull(fc.nat({ max: 120 })),
  receivablesMinor: fc.oneof(anyMinor, fc.integer({ min: -2000_00, max: 0 })),
  capturedMinor: fc.nat({ max: 2000_00 }),
  reservedMinor: fc.nat({ max: 2000_00 }),
  holdReason: fc.constantFrom(null, null, null, 'held'),
  holdSince: fc.constant(null),
  grade: orNull(fc.constantFrom(...GRADES)),
  ratingValidUntil: orNull(anyDate),
  ratedAt: orNull(fc.constant(RATED_AT))
})
/** Half of the accounts are free of what declines every order, so that laws about approvals have approvals to look at. */
const likelyAccount = fc.oneof(
  anyAccount,
  fc
    .tuple(anyAccount, fc.integer({ min: 1000_00, max: 900_000_000_000_000 }))
    .map(([account, limitMinor]) => ({ ...ACCOUNT, currency: account.currency, limitMinor }))
)
const anyAgeing = fc
  .tuple(fc.nat({ max: 2000_00 }), fc.nat({ max: 100 }), orNull(anyDate))
  .map(([openMinor, percent, oldestDueOn]) => ({
    openMinor,
    overdueMinor: Math.floor((openMinor * percent) / 100),
    oldestDueOn
  }))
const anyOrder = fc.record({ orderId: fc.constant('SO-1'), amountMinor: anyMinor, termsDays: orNull(fc.nat(120)) })
const anyFacts: fc.Arbitrary<CheckFacts> = fc.record({
  account: likelyAccount,
  ageing: fc.oneof(fc.constant(AGEING), anyAgeing),
  order: anyOrder,
  now: fc.constant(NOW),
  today: fc.constant(TODAY)
})

const anyShare = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000)
const anyEffect = fc.constantFrom(...CHECK_EFFECTS)
const anyPolicy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant(standard),
  fc
    .record({
      gradeFloor: fc.constantFrom(...GRADES.slice(0, -1)),
      gradeBelowFloor: anyEffect,
      ratingMissing: anyEffect,
      ratingExpired: anyEffect,
      limitMissing: anyEffect,
      limitExpired: anyEffect,
      headroomExceeded: anyEffect,
      largestOrderShareOfLimit: anyShare.map((each) => each || 1),
      largestOrderExceeded: anyEffect,
      oldestOverdue: fc
        .tuple(fc.nat(60), fc.nat(60))
        .map(([refer, more]) => ({ referAfterDays: refer, failAfterDays: refer + more })),
      shareOverdue: fc.tuple(anyShare, anyShare).map(([left, right]) => ({
        referFromShare: Math.min(left, right),
        failFromShare: Math.max(left, right),
        minimumAmount: []
      })),
      termsExceeded: anyEffect,
      utilisationWarnShare: anyShare
    })
    .map(policyWith)
)

const rank = (verdict: CheckVerdict) => OUTCOMES.indexOf(verdict.outcome)

t.test(
  'law: every step is answered, in order, and a step that does not pass has a reason of the catalogue',
  async () => {
    fc.assert(
      fc.property(anyPolicy, anyFacts, (policy, facts) => {
        const { steps, reasons } = checkOrder(policy, facts)
        const told = steps.flatMap(({ reason }) => (reason === null ? [] : [reason]))
        return (
          steps.map(({ code }) => code).join() === CHECK_STEPS.join() &&
          steps.every(({ result, reason }) => (result === 'pass') === (reason === null)) &&
          reasons.every((reason) => Object.hasOwn(REASONS, reason)) &&
          [...new Set(told)].toSorted().join() === reasons.toSorted().join()
        )
      })
    )
  }
)

t.test('law: the worst step decides the outcome', async () => {
  const outcomeOf = {
    pass: 'approved',
    warn: 'approved',
    not_evaluable: 'referred',
    refer: 'referred',
    fail: 'declined'
  }
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const { outcome, steps } = checkOrder(policy, facts)
      const worst = Math.max(...steps.map(({ result }) => STEP_RESULTS.indexOf(result)))
      return outcome === outcomeOf[STEP_RESULTS[worst] ?? 'fail']
    })
  )
})

t.test('law: an order that equals what is available has headroom, and one minor unit more has none', async () => {
  fc.assert(
    fc.property(anyMinor, fc.nat({ max: 2000_00 }), anyMinor, (receivablesMinor, reservedMinor, amountMinor) => {
      const limitMinor = receivablesMinor + ACCOUNT.capturedMinor + reservedMinor + amountMinor
      const account = { ...ACCOUNT, receivablesMinor, reservedMinor, limitMinor }
      const resultOf = (minor: number) =>
        stepOf(checkOrder(standard, factsOf({ account, order: { amountMinor: minor } })), 'headroom')?.result
      return resultOf(amountMinor) === 'pass' && resultOf(amountMinor + 1) === 'refer'
    })
  )
})

t.test('law: where an order is approved, a smaller one is too', async () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, anyMinor, (policy, facts, other) => {
      const smaller = { ...facts, order: { ...facts.order, amountMinor: Math.min(other, facts.order.amountMinor) } }
      return rank(checkOrder(policy, smaller)) <= rank(checkOrder(policy, facts))
    }),
    { numRuns: 500 }
  )
})

t.test('law: a higher limit never gives a worse outcome', async () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, anyMinor, (policy, facts, more) => {
      const limitMinor = facts.account.limitMinor + more
      const raised = { ...facts, account: { ...facts.account, limitMinor } }
      return rank(checkOrder(policy, raised)) <= rank(checkOrder(policy, facts))
    }),
    { numRuns: 500 }
  )
})

t.test('law: more owed, more overdue, older, worse rated or longer never gives a better outcome', async () => {
  const anyMore = fc.record({ minor: anyMinor, days: fc.nat(200), steps: fc.nat(9) })
  fc.assert(
    fc.property(anyPolicy, anyFacts, anyMore, (policy, facts, { minor, days, steps }) => {
      const { account, ageing, order } = facts
      const grade = account.grade && (GRADES[Math.min(GRADES.indexOf(account.grade) + steps, 9)] ?? 'D')
      const worse: CheckFacts[] = [
        { ...facts, account: { ...account, receivablesMinor: account.receivablesMinor + minor } },
        { ...facts, account: { ...account, reservedMinor: account.reservedMinor + minor } },
        { ...facts, account: { ...account, grade } },
        { ...facts, ageing: { ...ageing, overdueMinor: Math.min(ageing.overdueMinor + minor, ageing.openMinor) } },
        { ...facts, ageing: { ...ageing, oldestDueOn: ageing.oldestDueOn && addDays(ageing.oldestDueOn, -days) } },
        { ...facts, order: { ...order, termsDays: order.termsDays && order.termsDays + days } }
      ]
      const before = rank(checkOrder(policy, facts))
      return worse.every((each) => rank(checkOrder(policy, each)) >= before)
    }),
    { numRuns: 500 }
  )
})

t.test('law: a hold always declines', async () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const held = { ...facts, account: { ...facts.account, holdReason: 'held' } }
      return checkOrder(policy, held).outcome === 'declined'
    })
  )
})

t.test('law: nothing is approved without a rating and a limit in force', async () => {
  const taken: Partial<AccountFacts>[] = [
    { grade: null },
    { ratingValidUntil: null },
    { ratingValidUntil: '2026-03-30' },
    { limitDecisionId: null },
    { limitMode: 'none' },
    { limitMode: 'cash_only' },
    { limitValidUntil: '2026-03-30' }
  ]
  fc.assert(
    fc.property(anyPolicy, anyFacts, fc.constantFrom(...taken), (policy, facts, without) => {
      const poorer = { ...facts, account: { ...facts.account, ...without } }
      return checkOrder(policy, poorer).outcome !== 'approved'
    })
  )
})

t.test('law: the same facts give the same bytes, and every figure has a JSON form', async () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const verdict = checkOrder(policy, facts)
      const again = checkOrder(structuredClone(policy), structuredClone(facts))
      const figures = verdict.steps.flatMap(({ observed, threshold }) => [observed, threshold])
      return (
        JSON.stringify(verdict) === JSON.stringify(again) &&
        figures.every((figure) => typeof figure !== 'number' || Number.isFinite(figure))
      )
    })
  )
})
