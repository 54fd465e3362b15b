import fc from 'fast-check'
import t from 'tap'
import type { AccountFacts, CheckFacts } from '../../../src/engine/checks/check-facts.ts'
import { FILE_CHANGES, type FileChange } from '../../../src/engine/checks/file-change.ts'
import { type CheckVerdict, checkOrder, OUTCOMES } from '../../../src/engine/checks/order-check.ts'
import { CHECK_STEPS, type CheckStep, STEP_RESULTS } from '../../../src/engine/checks/steps/check-step.ts'
import type { CheckPolicy } from '../../../src/engine/policy/check-policy.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { REASONS } from '../../../src/engine/reasons/reasons.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { GRADES } from '../../../src/engine/values/rating.ts'
import {
  ACCOUNT,
  anyFacts,
  anyMinor,
  anyPolicy,
  type Differences,
  factsOf,
  NOW,
  policyWith,
  RATED_AT,
  ratedOn,
  standard,
  TODAY
} from '../check-cases.ts'

const HELD_SINCE = '2026-03-01T08:00:00.000Z'

const stepOf = (verdict: CheckVerdict, code: CheckStep['code']) => verdict.steps.find((step) => step.code === code)

t.test('a sound order is approved, with its working', async (t) => {
  const plain = { result: 'pass', dataAsOf: NOW, reason: null, exemptedBy: null, exemptUntil: null }
  const rated = { ...plain, dataAsOf: RATED_AT }
  const aged = { ...plain, dataAsOf: TODAY }
  t.same(checkOrder(standard, factsOf()), {
    outcome: 'approved',
    steps: [
      { code: 'manual_hold', ...plain, observed: null, threshold: null, unit: 'none' },
      { code: 'rating_in_force', ...rated, observed: '2027-01-15', threshold: TODAY, unit: 'date' },
      { code: 'rating_floor', ...rated, observed: 'BBB', threshold: 'B', unit: 'grade' },
      { code: 'rating_advice', ...rated, observed: 'none', threshold: null, unit: 'none' },
      { code: 'file_changed', ...plain, observed: null, threshold: RATED_AT, unit: 'instant' },
      { code: 'limit_in_force', ...plain, observed: 'limited', threshold: '2026-12-31', unit: 'mode' },
      { code: 'headroom', ...plain, observed: '100.00', threshold: '400.00', unit: 'amount' },
      { code: 'headroom_horizon', ...plain, observed: '100.00', threshold: '400.00', unit: 'amount' },
      { code: 'largest_order', ...plain, observed: 0.1, threshold: 1, unit: 'share' },
      { code: 'oldest_overdue', ...aged, observed: 0, threshold: 30, unit: 'days' },
      { code: 'share_overdue', ...aged, observed: 0, threshold: 0.5, unit: 'share' },
      { code: 'overdue_severity', ...aged, observed: 0, threshold: 5_000_000, unit: 'amount_days' },
      { code: 'payment_index', ...aged, observed: 2, threshold: 30, unit: 'days' },
      { code: 'dunning_level', ...aged, observed: 0, threshold: 2, unit: 'level' },
      { code: 'terms', ...plain, observed: null, threshold: 60, unit: 'days' },
      { code: 'sources_fresh', ...plain, observed: null, threshold: 72, unit: 'hours' },
      { code: 'security', ...aged, observed: null, threshold: TODAY, unit: 'date' },
      { code: 'utilisation', ...plain, observed: 0.7, threshold: 0.9, unit: 'share' }
    ],
    reasons: [],
    exposureBefore: {
      receivables: { amount: '300.00', currency: 'CNY' },
      captured: { amount: '100.00', currency: 'CNY' },
      reserved: { amount: '100.00', currency: 'CNY' },
      orders: { amount: '50.00', currency: 'CNY' },
      deliveries: { amount: '30.00', currency: 'CNY' },
      special: { amount: '20.00', currency: 'CNY' },
      total: { amount: '600.00', currency: 'CNY' }
    },
    availableBefore: { amount: '400.00', currency: 'CNY' },
    availableAfter: { amount: '300.00', currency: 'CNY' },
    policy: { id: 'standard', version: 4 }
  })
})

/**
 * One row: what differs from the sound order, in the policy and in the facts, and the step that
 * comes of it.
 */
type Row = [title: string, Partial<CheckPolicy>, Differences, Partial<CheckStep> & Pick<CheckStep, 'code' | 'result'>]

const overdue = (days: number): Differences => ({ situation: { oldestDueOn: addDays(TODAY, -days) } })
const share = (overdueMinor: number, openMinor: number): Differences => ({ situation: { overdueMinor, openMinor } })
const noLimit: Differences = {
  account: { limitMode: 'none', limitMinor: 0, limitDecisionId: null, limitValidUntil: null, termsDays: null }
}
const noCredit: Differences = { account: { limitMode: 'none', limitMinor: 0, termsDays: null } }
const cashOnly: Differences = { account: { limitMode: 'cash_only', limitMinor: 0, termsDays: null } }
const unlimited: Differences = { account: { limitMode: 'unlimited', limitMinor: 0 } }
const unrated: Differences = { account: { grade: null, ratingValidUntil: null, ratedAt: null } }
const CHANGED_AT = '2026-03-20T10:00:00.000Z'
const changed = (fileChange: FileChange, account: Partial<AccountFacts> = {}): Differences => ({
  account: { ...account, fileChange, fileChangedAt: CHANGED_AT }
})
const oldest = (referAfterDays: number, failAfterDays: number) => ({
  oldestOverdue: { referAfterDays, failAfterDays, minimumAmount: [] }
})
const noMinimum = { shareOverdue: { referFromShare: 0.5, failFromShare: 0.8, minimumAmount: [] } }
const minimum = {
  shareOverdue: { ...noMinimum.shareOverdue, minimumAmount: [{ amount: '200.00', currency: 'CNY' }] }
}

const secured = (coverMinor: number, validUntil: string | null = null) => ({
  security: { coverMinor, validUntil, lapsed: null }
})
const severity = (overdueSeverity: number): Differences => ({ situation: { overdueSeverity } })
const late = (paymentDaysLate: number | null): Differences => ({ situation: { paymentDaysLate } })
const dunned = (dunningLevel: number): Differences => ({ situation: { dunningLevel } })
const reconciled = (reconciledAt: string): Differences => ({ account: { reconciledAt } })
const rated = (day: string): Differences => ({ order: { original: ratedOn(day) } })
const lapsed: Differences = {
  situation: { security: { coverMinor: 0, validUntil: null, lapsed: 'Bank guarantee G-1' } }
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

  ['a rating that advises nothing', {}, {}, { code: 'rating_advice', result: 'pass', observed: 'none' }],
  [
    'a rating that asks for a person refers',
    {},
    { account: { ratingAdvice: 'refer' } },
    { code: 'rating_advice', result: 'refer', observed: 'refer', reason: 'RATING_ADVISES_REFERRAL' }
  ],
  [
    'a rating that advises against credit fails',
    {},
    { account: { ratingAdvice: 'decline' } },
    { code: 'rating_advice', result: 'fail', observed: 'decline', reason: 'RATING_ADVISES_DECLINE' }
  ],
  [
    'no rating',
    {},
    unrated,
    { code: 'rating_advice', result: 'not_evaluable', observed: null, reason: 'RATING_MISSING' }
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

  ['nothing open', {}, { situation: { oldestDueOn: null } }, { code: 'oldest_overdue', result: 'pass', observed: 0 }],
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
    oldest(0, 0),
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

  [
    'orders beyond the horizon make room within it',
    { headroomBasis: 'horizon' },
    { situation: { beyondHorizonMinor: 120_00 }, order: { amountMinor: 520_00 } },
    { code: 'headroom_horizon', result: 'pass', observed: '520.00', threshold: '520.00' }
  ],
  [
    'a minor unit more refers where the policy binds by it',
    { headroomBasis: 'horizon' },
    { situation: { beyondHorizonMinor: 120_00 }, order: { amountMinor: 520_01 } },
    {
      code: 'headroom_horizon',
      result: 'refer',
      observed: '520.01',
      threshold: '520.00',
      reason: 'LIMIT_EXCEEDED_WITHIN_HORIZON'
    }
  ],
  [
    'or fails',
    { headroomBasis: 'horizon', headroomExceeded: 'fail' },
    { order: { amountMinor: 400_01 } },
    { code: 'headroom_horizon', result: 'fail', reason: 'LIMIT_EXCEEDED_WITHIN_HORIZON' }
  ],
  [
    'and warns where it does not bind',
    { headroomExceeded: 'fail' },
    { order: { amountMinor: 400_01 } },
    { code: 'headroom_horizon', result: 'warn', observed: '400.01', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'no more is beyond the horizon than orders hold',
    { headroomBasis: 'horizon' },
    { situation: { beyondHorizonMinor: 900_00 } },
    { code: 'headroom_horizon', result: 'pass', threshold: '550.00' }
  ],
  [
    'an order that ships on the last day of the horizon counts',
    { headroomBasis: 'horizon', horizonDays: 60 },
    { order: { amountMinor: 400_01, shipOn: addDays(TODAY, 60) } },
    { code: 'headroom_horizon', result: 'refer', observed: '400.01', reason: 'LIMIT_EXCEEDED_WITHIN_HORIZON' }
  ],
  [
    'an order that ships a day later does not',
    { headroomBasis: 'horizon', horizonDays: 60 },
    { order: { amountMinor: 400_01, shipOn: addDays(TODAY, 61) } },
    { code: 'headroom_horizon', result: 'pass', observed: '0.00', threshold: '400.00' }
  ],
  ['unlimited', {}, unlimited, { code: 'headroom_horizon', result: 'pass', threshold: null }],
  [
    'no limit decided warns where it does not bind',
    {},
    noLimit,
    { code: 'headroom_horizon', result: 'warn', observed: '100.00', threshold: null, reason: 'LIMIT_MISSING' }
  ],
  [
    'no limit decided',
    { headroomBasis: 'horizon' },
    noLimit,
    { code: 'headroom_horizon', result: 'not_evaluable', threshold: null, reason: 'LIMIT_MISSING' }
  ],
  [
    'static headroom warns where the horizon binds',
    { headroomBasis: 'horizon', headroomExceeded: 'fail' },
    { order: { amountMinor: 400_01 } },
    { code: 'headroom', result: 'warn', observed: '400.01', threshold: '400.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'security makes room',
    {},
    { situation: secured(250_00), order: { amountMinor: 650_00 } },
    { code: 'headroom', result: 'pass', observed: '650.00', threshold: '650.00' }
  ],
  [
    'and no more than it covers',
    {},
    { situation: secured(250_00), order: { amountMinor: 650_01 } },
    { code: 'headroom', result: 'refer', threshold: '650.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'on its last day it still does',
    {},
    { situation: secured(250_00, TODAY), order: { amountMinor: 650_00 } },
    { code: 'headroom', result: 'pass', threshold: '650.00' }
  ],
  [
    'the day after it does not',
    {},
    { situation: secured(250_00, '2026-03-30'), order: { amountMinor: 650_00 } },
    { code: 'headroom', result: 'refer', threshold: '400.00', reason: 'LIMIT_EXCEEDED' }
  ],
  [
    'what is prepaid asks for no credit',
    {},
    { order: { amountMinor: 900_00, prepaidMinor: 500_00 } },
    { code: 'headroom', result: 'pass', observed: '400.00', threshold: '400.00' }
  ],
  [
    'and a minor unit less prepaid refers',
    {},
    { order: { amountMinor: 900_00, prepaidMinor: 499_99 } },
    { code: 'headroom', result: 'refer', observed: '400.01', reason: 'LIMIT_EXCEEDED' }
  ],

  ['just under severe', {}, severity(4_999_999), { code: 'overdue_severity', result: 'pass', observed: 4_999_999 }],
  [
    'severe refers',
    {},
    severity(5_000_000),
    { code: 'overdue_severity', result: 'refer', observed: 5_000_000, threshold: 5_000_000, reason: 'OVERDUE_SEVERE' }
  ],
  [
    'just under the gravest refers',
    {},
    severity(49_999_999),
    { code: 'overdue_severity', result: 'refer', threshold: 5_000_000, reason: 'OVERDUE_SEVERE' }
  ],
  [
    'the gravest fails',
    {},
    severity(50_000_000),
    { code: 'overdue_severity', result: 'fail', threshold: 50_000_000, reason: 'OVERDUE_SEVERE' }
  ],
  [
    'nothing overdue in a currency without a threshold',
    {},
    { account: { currency: 'CHF' } },
    { code: 'overdue_severity', result: 'pass', observed: 0, threshold: null }
  ],
  [
    'something overdue in a currency without a threshold',
    {},
    { account: { currency: 'CHF' }, ...severity(1) },
    {
      code: 'overdue_severity',
      result: 'not_evaluable',
      observed: 1,
      threshold: null,
      reason: 'CURRENCY_WITHOUT_THRESHOLD'
    }
  ],

  ['30 days late by amount', {}, late(30), { code: 'payment_index', result: 'pass', observed: 30, threshold: 30 }],
  [
    'a tenth of a day more refers',
    {},
    late(30.1),
    { code: 'payment_index', result: 'refer', observed: 30.1, threshold: 30, reason: 'PAYS_TOO_LATE' }
  ],
  ['90 days late refer', {}, late(90), { code: 'payment_index', result: 'refer', threshold: 30 }],
  [
    'a tenth of a day more fails',
    {},
    late(90.1),
    { code: 'payment_index', result: 'fail', threshold: 90, reason: 'PAYS_TOO_LATE' }
  ],
  [
    'nothing paid yet warns',
    {},
    late(null),
    { code: 'payment_index', result: 'warn', observed: null, threshold: 30, reason: 'NOTHING_PAID_YET' }
  ],
  [
    'or refers',
    { paymentIndex: { ...standard.check.paymentIndex, missing: 'refer' } },
    late(null),
    { code: 'payment_index', result: 'refer', observed: null, reason: 'NOTHING_PAID_YET' }
  ],

  ['level 1', {}, dunned(1), { code: 'dunning_level', result: 'pass', observed: 1, threshold: 2 }],
  ['level 2 refers', {}, dunned(2), { code: 'dunning_level', result: 'refer', threshold: 2, reason: 'DUNNED' }],
  ['level 3 refers', {}, dunned(3), { code: 'dunning_level', result: 'refer', observed: 3, reason: 'DUNNED' }],
  ['level 4 fails', {}, dunned(4), { code: 'dunning_level', result: 'fail', threshold: 4, reason: 'DUNNED' }],

  ['an ERP that never reconciled', {}, {}, { code: 'sources_fresh', result: 'pass', observed: null, threshold: 72 }],
  [
    'a snapshot of just the age',
    {},
    reconciled('2026-03-28T12:00:00.000Z'),
    { code: 'sources_fresh', result: 'pass', observed: 72, dataAsOf: '2026-03-28T12:00:00.000Z' }
  ],
  [
    'a millisecond older refers',
    {},
    reconciled('2026-03-28T11:59:59.999Z'),
    { code: 'sources_fresh', result: 'refer', observed: 72, threshold: 72, reason: 'SOURCES_STALE' }
  ],
  [
    'or fails',
    { sources: { maxAgeHours: 1, stale: 'fail' } },
    reconciled('2026-03-31T10:00:00.000Z'),
    { code: 'sources_fresh', result: 'fail', observed: 2, threshold: 1, reason: 'SOURCES_STALE' }
  ],

  ['a rate of just the age', {}, rated('2026-03-21'), { code: 'sources_fresh', result: 'pass', unit: 'hours' }],
  [
    'a day older refers',
    {},
    rated('2026-03-20'),
    {
      code: 'sources_fresh',
      result: 'refer',
      observed: 11,
      threshold: 10,
      unit: 'days',
      dataAsOf: '2026-03-20',
      reason: 'EXCHANGE_RATE_STALE'
    }
  ],
  [
    'or fails, which is graver than an old snapshot',
    { sources: { ...standard.check.sources, exchangeRate: { maxAgeDays: 0, stale: 'fail' } } },
    { ...rated('2026-03-30'), ...reconciled('2026-03-28T11:59:59.999Z') },
    { code: 'sources_fresh', result: 'fail', observed: 1, threshold: 0, reason: 'EXCHANGE_RATE_STALE' }
  ],
  [
    'both alike are told as the snapshot',
    {},
    { ...rated('2026-03-20'), ...reconciled('2026-03-28T11:59:59.999Z') },
    { code: 'sources_fresh', result: 'refer', unit: 'hours', reason: 'SOURCES_STALE' }
  ],
  [
    'a policy that does not ask takes a rate of any age',
    { sources: { maxAgeHours: 72, stale: 'refer' } },
    rated('2020-01-01'),
    { code: 'sources_fresh', result: 'pass' }
  ],

  [
    'security in force',
    {},
    { situation: secured(1, '2026-04-01') },
    { code: 'security', result: 'pass', observed: '2026-04-01', threshold: TODAY, unit: 'date' }
  ],
  [
    'a required security that lapsed refers',
    {},
    lapsed,
    { code: 'security', result: 'refer', observed: 'Bank guarantee G-1', threshold: null, reason: 'SECURITY_LAPSED' }
  ],
  ['or fails', { securityLapsed: 'fail' }, lapsed, { code: 'security', result: 'fail', reason: 'SECURITY_LAPSED' }],

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

  ['nothing came onto the file', {}, {}, { code: 'file_changed', result: 'pass', observed: null, dataAsOf: NOW }],
  [
    'attack 5: evidence that rules credit out',
    {},
    changed('knockout'),
    {
      code: 'file_changed',
      result: 'refer',
      observed: CHANGED_AT,
      threshold: RATED_AT,
      dataAsOf: NOW,
      reason: 'FILE_TO_BE_REVIEWED'
    }
  ],
  [
    'attack 5: its withdrawal',
    {},
    changed('knockout_withdrawn'),
    { code: 'file_changed', result: 'refer', reason: 'FILE_TO_BE_REVIEWED' }
  ],
  [
    'attack 5: anything else that was not assessed',
    {},
    changed('other'),
    { code: 'file_changed', result: 'refer', reason: 'FILE_NOT_ASSESSED' }
  ],
  [
    'attack 5: a grade of a file that speaks no longer',
    {},
    changed('knockout_withdrawn', { grade: 'CC' }),
    { code: 'rating_floor', result: 'refer', reason: 'RATING_BELOW_FLOOR' }
  ],
  [
    'attack 5: a grade to which something as bad was added',
    {},
    changed('knockout', { grade: 'CC' }),
    { code: 'rating_floor', result: 'fail', reason: 'RATING_BELOW_FLOOR' }
  ],
  [
    'attack 5: an advice of a file that speaks no longer',
    {},
    changed('knockout_withdrawn', { ratingAdvice: 'decline' }),
    { code: 'rating_advice', result: 'refer', reason: 'RATING_ADVISES_DECLINE' }
  ],
  [
    'attack 5: an advice to which something as bad was added',
    {},
    changed('knockout', { ratingAdvice: 'decline' }),
    { code: 'rating_advice', result: 'fail', reason: 'RATING_ADVISES_DECLINE' }
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
  [
    'what security covers is not in use',
    {},
    { situation: secured(400_00), order: { amountMinor: 400_00 } },
    { code: 'utilisation', result: 'pass', observed: 0.6 }
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
    rating_advice: ['pass', 'not_evaluable', 'refer', 'fail'],
    file_changed: ['pass', 'refer'],
    limit_in_force: ['pass', 'refer', 'fail'],
    headroom: ['pass', 'warn', 'not_evaluable', 'refer', 'fail'],
    headroom_horizon: ['pass', 'warn', 'not_evaluable', 'refer', 'fail'],
    largest_order: ['pass', 'not_evaluable', 'refer', 'fail'],
    oldest_overdue: ['pass', 'refer', 'fail'],
    share_overdue: ['pass', 'refer', 'fail'],
    overdue_severity: ['pass', 'not_evaluable', 'refer', 'fail'],
    payment_index: ['pass', 'warn', 'refer', 'fail'],
    dunning_level: ['pass', 'refer', 'fail'],
    terms: ['pass', 'not_evaluable', 'refer', 'fail'],
    sources_fresh: ['pass', 'refer', 'fail'],
    security: ['pass', 'refer', 'fail'],
    utilisation: ['pass', 'warn']
  } satisfies Record<CheckStep['code'], string[]>
  for (const code of CHECK_STEPS) {
    for (const result of possible[code]) t.ok(shown.has(`${code} ${result}`), `${code} ${result}`)
  }
})

t.test(
  'a credit note and an order that is prepaid in full are stopped by a manual hold and by nothing else',
  async (t) => {
    const worst: Differences = {
      ...unrated,
      account: {
        ...unrated.account,
        ...noLimit.account,
        ratingAdvice: 'decline',
        reconciledAt: '2020-01-01T00:00:00.000Z'
      },
      situation: {
        oldestDueOn: '2020-01-01',
        overdueMinor: 300_00,
        overdueSeverity: 1e12,
        dunningLevel: 9,
        paymentDaysLate: 400
      }
    }
    const orders = {
      credit_note: { kind: 'credit_note', amountMinor: 900_000_00, termsDays: 365 },
      prepaid: { amountMinor: 900_000_00, prepaidMinor: 900_000_00, termsDays: 365 }
    } as const
    for (const [by, order] of Object.entries(orders)) {
      const verdict = checkOrder(standard, factsOf({ ...worst, order }))
      t.equal(verdict.outcome, 'approved', by)
      t.same(verdict.reasons, [], `${by}: nothing speaks against it`)
      t.equal(verdict.availableAfter?.amount, verdict.availableBefore?.amount, `${by}: nothing is used of the limit`)
      for (const step of verdict.steps) {
        const exempt = { result: 'exempt', exemptedBy: by, exemptUntil: null }
        t.match(
          step,
          step.code === 'manual_hold' ? { result: 'pass', exemptedBy: null } : exempt,
          `${by}: ${step.code}`
        )
      }
      const held = checkOrder(
        standard,
        factsOf({ ...worst, account: { ...worst.account, holdReason: 'fraud' }, order })
      )
      t.equal(held.outcome, 'declined', `${by}, held`)
      t.same(held.reasons, ['MANUAL_HOLD'])
    }
  }
)

t.test('an order that lacks a minor unit of being prepaid is checked like any other', async (t) => {
  const { outcome, steps } = checkOrder(standard, factsOf({ ...unrated, order: { prepaidMinor: 99_99 } }))
  t.equal(outcome, 'referred')
  t.notOk(steps.some(({ result }) => result === 'exempt'))
})

t.test('a release exempts the steps that it names, up to its amount and to its last instant', async (t) => {
  const over: Differences = { order: { amountMinor: 600_00 }, release: {} }
  const table: [string, Differences, string][] = [
    ['up to its amount and on its last instant', { ...over, release: { validUntil: NOW } }, 'approved'],
    ['a millisecond later', { ...over, release: { validUntil: '2026-03-31T11:59:59.999Z' } }, 'referred'],
    ['a minor unit more', { ...over, order: { amountMinor: 600_01 } }, 'referred'],
    ['another step', { ...over, order: { amountMinor: 600_00, termsDays: 61 } }, 'referred'],
    ['none of the steps that stop the order', { ...over, release: { exempts: ['terms'] } }, 'referred'],
    ['a manual hold', { ...over, account: { holdReason: 'fraud' }, release: { exempts: [...CHECK_STEPS] } }, 'declined']
  ]
  for (const [title, differences, outcome] of table)
    t.equal(checkOrder(standard, factsOf(differences)).outcome, outcome, title)

  const verdict = checkOrder(standard, factsOf(over))
  t.match(stepOf(verdict, 'headroom'), {
    result: 'exempt',
    observed: '600.00',
    threshold: '400.00',
    reason: 'LIMIT_EXCEEDED',
    exemptedBy: 'rls_1',
    exemptUntil: '2026-03-31T23:59:59.999Z'
  })
  t.match(stepOf(verdict, 'largest_order'), { result: 'pass', exemptedBy: null }, 'what passes needs no exemption')
  t.same(verdict.reasons, ['LIMIT_EXCEEDED', 'UTILISATION_HIGH'], 'only what is not exempt gives reasons')
  t.equal(verdict.availableAfter?.amount, '-200.00', 'the account is over its limit by what was released')
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

/** The steps that a policy asks for: what is newer than the rating only where it has a rule. */
const askedOf = ({ check }: Policy) =>
  CHECK_STEPS.filter((code) => code !== 'file_changed' || check.fileChanged !== undefined)

t.test('attack 5: a policy without a rule for changed files decides to the byte as it did', async (t) => {
  const { fileChanged: _rule, ...check } = standard.check
  const before = { ...standard, check }
  for (const fileChange of FILE_CHANGES) {
    const verdict = checkOrder(before, factsOf(changed(fileChange)))
    t.same(verdict, checkOrder(before, factsOf()), fileChange)
    t.equal(verdict.outcome, 'approved')
    t.notOk(verdict.steps.some(({ code }) => code === 'file_changed'))
    const declined = checkOrder(before, factsOf(changed(fileChange, { grade: 'CC' })))
    t.equal(declined.outcome, 'declined', `a grade below the floor, ${fileChange}`)
  }
})

t.test('reasons are told once, the gravest first', async (t) => {
  const differences: Differences = {
    ...unrated,
    order: { amountMinor: 500_00 },
    situation: { oldestDueOn: '2025-01-01' }
  }
  const verdict = checkOrder(standard, factsOf(differences))
  t.equal(verdict.outcome, 'declined')
  t.same(verdict.reasons, ['OVERDUE_TOO_OLD', 'RATING_MISSING', 'LIMIT_EXCEEDED', 'UTILISATION_HIGH'])
})

const rank = (verdict: CheckVerdict) => OUTCOMES.indexOf(verdict.outcome)

t.test(
  'law: every step is answered, in order, and a step that does not pass has a reason of the catalogue',
  async () => {
    fc.assert(
      fc.property(anyPolicy, anyFacts, (policy, facts) => {
        const { steps, reasons } = checkOrder(policy, facts)
        const told = steps.flatMap(({ reason, result }) => (reason === null || result === 'exempt' ? [] : [reason]))
        return (
          steps.map(({ code }) => code).join() === askedOf(policy).join() &&
          steps.every(({ result, reason }) => result === 'exempt' || (result === 'pass') === (reason === null)) &&
          steps.every(({ result, exemptedBy }) => (result === 'exempt') === (exemptedBy !== null)) &&
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
    exempt: 'approved',
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
      const limitMinor = receivablesMinor + ACCOUNT.capturedMinor + reservedMinor + 100_00 + amountMinor
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
      const amountMinor = Math.min(other, facts.order.amountMinor)
      const prepaidMinor = Math.min(facts.order.prepaidMinor, amountMinor)
      const smaller = { ...facts, order: { ...facts.order, amountMinor, prepaidMinor } }
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
      const { account, situation, order } = facts
      const grade = account.grade && (GRADES[Math.min(GRADES.indexOf(account.grade) + steps, 9)] ?? 'D')
      const worse: CheckFacts[] = [
        { ...facts, account: { ...account, receivablesMinor: account.receivablesMinor + minor } },
        { ...facts, account: { ...account, reservedMinor: account.reservedMinor + minor } },
        { ...facts, account: { ...account, grade } },
        {
          ...facts,
          situation: { ...situation, overdueMinor: Math.min(situation.overdueMinor + minor, situation.openMinor) }
        },
        {
          ...facts,
          situation: { ...situation, oldestDueOn: situation.oldestDueOn && addDays(situation.oldestDueOn, -days) }
        },
        { ...facts, account: { ...account, specialMinor: account.specialMinor + minor } },
        { ...facts, situation: { ...situation, overdueSeverity: situation.overdueSeverity + minor } },
        { ...facts, situation: { ...situation, dunningLevel: Math.min(9, situation.dunningLevel + steps) } },
        {
          ...facts,
          situation: { ...situation, paymentDaysLate: situation.paymentDaysLate && situation.paymentDaysLate + days }
        },
        {
          ...facts,
          situation: { ...situation, beyondHorizonMinor: Math.max(0, situation.beyondHorizonMinor - minor) }
        },
        { ...facts, situation: { ...situation, security: { ...situation.security, lapsed: 'Guarantee' } } },
        {
          ...facts,
          situation: {
            ...situation,
            security: { ...situation.security, coverMinor: Math.max(0, situation.security.coverMinor - minor) }
          }
        },
        { ...facts, order: { ...order, prepaidMinor: Math.max(0, order.prepaidMinor - minor) } },
        { ...facts, order: { ...order, termsDays: order.termsDays && order.termsDays + days } }
      ]
      const before = rank(checkOrder(policy, facts))
      return worse.every((each) => rank(checkOrder(policy, each)) >= before)
    }),
    { numRuns: 500 }
  )
})

t.test(
  'law: a release changes nothing but the steps that it names, and only what would have stopped the order',
  async () => {
    fc.assert(
      fc.property(anyPolicy, anyFacts, (policy, facts) => {
        const { exempts = [] } = facts.release ?? {}
        const without = checkOrder(policy, { ...facts, release: null }).steps
        return checkOrder(policy, facts).steps.every((step, index) => {
          const before = without[index]
          if (before === undefined || step.exemptedBy !== facts.release?.releaseId)
            return JSON.stringify(step) === JSON.stringify(before)
          const { observed, threshold } = step
          const stopped = ['not_evaluable', 'refer', 'fail'].includes(before.result)
          const shown = observed === before.observed && threshold === before.threshold
          return step.code !== 'manual_hold' && exempts.includes(step.code) && stopped && shown
        })
      }),
      { numRuns: 500 }
    )
  }
)

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
      const order = { ...facts.order, kind: 'order' as const, prepaidMinor: 0 }
      const poorer = { ...facts, order, release: null, account: { ...facts.account, ...without } }
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
