import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  type AccountFacts,
  type CheckFacts,
  ORDER_KINDS,
  type OrderFacts,
  type ReleaseFacts
} from '../../src/engine/checks/check-facts.ts'
import { FILE_CHANGES } from '../../src/engine/checks/file-change.ts'
import type { Outlook } from '../../src/engine/checks/outlook.ts'
import { CHECK_STEPS } from '../../src/engine/checks/steps/check-step.ts'
import { LIMIT_MODES } from '../../src/engine/ledger/exposure.ts'
import type { Situation } from '../../src/engine/ledger/situation.ts'
import {
  CHECK_EFFECTS,
  type CheckPolicy,
  HEADROOM_BASES,
  MISSING_EFFECTS
} from '../../src/engine/policy/check-policy.ts'
import type { Policy } from '../../src/engine/policy/policy.ts'
import { addDays, daysBetween } from '../../src/engine/values/dates.ts'
import type { OriginalMoney } from '../../src/engine/values/exchange-rate.ts'
import { ADVICES, GRADES } from '../../src/engine/values/rating.ts'

export const standard: Policy = JSON.parse(
  readFileSync(new URL('../../policies/standard.json', import.meta.url), 'utf8')
)

export const TODAY = '2026-03-31'
export const NOW = '2026-03-31T12:00:00.000Z'
export const RATED_AT = '2026-01-15T09:00:00.000Z'
const CHANGED_AT = '2026-03-20T10:00:00.000Z'

/**
 * A sound account: BBB, a limit of 1 000.00 of which 600.00 is in use, nothing overdue, terms of 60
 * days.
 */
export const ACCOUNT: AccountFacts = {
  customerId: 'C-1',
  currency: 'CNY',
  limitMode: 'limited',
  limitMinor: 1000_00,
  limitValidUntil: '2026-12-31',
  limitDecisionId: 'lim_1',
  termsDays: 60,
  receivablesMinor: 300_00,
  capturedMinor: 100_00,
  reservedMinor: 100_00,
  ordersMinor: 50_00,
  deliveriesMinor: 30_00,
  specialMinor: 20_00,
  reconciledAt: null,
  holdReason: null,
  holdSince: null,
  grade: 'BBB',
  ratingValidUntil: '2027-01-15',
  ratedAt: RATED_AT,
  ratingAdvice: 'none'
}
/** It pays two days late, by amount. */
export const SITUATION: Situation = {
  asOf: TODAY,
  openMinor: 300_00,
  overdueMinor: 0,
  disputedMinor: 0,
  unappliedMinor: 0,
  oldestDueOn: '2026-04-10',
  overdueSeverity: 0,
  dunningLevel: 0,
  paymentDaysLate: 2,
  beyondHorizonMinor: 0,
  security: { coverMinor: 0, validUntil: null, lapsed: null }
}
export const ORDER: OrderFacts = {
  orderId: 'SO-1',
  kind: 'order',
  amountMinor: 100_00,
  prepaidMinor: 0,
  heldMinor: 0,
  termsDays: null,
  shipOn: null,
  original: null
}
/** The order before its conversion, at the rate of a day. */
export const ratedOn = (day: string): OriginalMoney => {
  return { amount: '14.04', currency: 'USD', rate: 7.1234, ratedOn: day, basis: 'direct' }
}
/**
 * It exempts what the largest order and headroom say, for orders of up to 600.00, to the end of the
 * day.
 */
export const RELEASE: ReleaseFacts = {
  releaseId: 'rls_1',
  exempts: ['headroom', 'largest_order'],
  amountMaxMinor: 600_00,
  validUntil: '2026-03-31T23:59:59.999Z',
  by: 'key_1'
}

export interface Differences {
  account?: Partial<AccountFacts>
  situation?: Partial<Situation>
  order?: Partial<OrderFacts>
  release?: Partial<ReleaseFacts>
  outlook?: Outlook | null
}

export const factsOf = ({ account, situation, order, release, outlook = null }: Differences = {}): CheckFacts => ({
  account: { ...ACCOUNT, ...account },
  situation: { ...SITUATION, ...situation },
  order: { ...ORDER, ...order },
  release: release === undefined ? null : { ...RELEASE, ...release },
  outlook,
  now: NOW,
  today: TODAY
})

export const policyWith = (check: Partial<CheckPolicy>): Policy => ({
  ...standard,
  check: { ...standard.check, ...check }
})

/** A policy from before files that have changed were asked about. */
function withoutFileRule({ check: { fileChanged: _rule, ...check }, ...policy }: Policy): Policy {
  return { ...policy, check }
}

export const anyMinor = fc.oneof(fc.integer({ min: 1, max: 2000_00 }), fc.integer({ min: 1, max: 900_000_000_000_000 }))
const anyDate = fc.integer({ min: -200, max: 200 }).map((days) => addDays(TODAY, days))
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 6 })

const anyStanding: fc.Arbitrary<AccountFacts> = fc.record({
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
  ordersMinor: fc.nat({ max: 2000_00 }),
  deliveriesMinor: fc.nat({ max: 2000_00 }),
  specialMinor: fc.integer({ min: -500_00, max: 2000_00 }),
  reconciledAt: fc.constantFrom(null, null, '2026-03-30T12:00:00.000Z', '2026-03-01T12:00:00.000Z'),
  holdReason: fc.constantFrom(null, null, null, 'held'),
  holdSince: fc.constant(null),
  grade: orNull(fc.constantFrom(...GRADES)),
  ratingValidUntil: orNull(anyDate),
  ratedAt: orNull(fc.constant(RATED_AT)),
  ratingAdvice: fc.constantFrom(...ADVICES, 'none', 'none')
})
/** One in three has a file that is newer than its rating. */
const anyAccount = fc
  .tuple(anyStanding, fc.option(fc.constantFrom(...FILE_CHANGES), { freq: 4 }), fc.boolean())
  .map(([account, fileChange, isSpared]) =>
    fileChange === null || isSpared ? account : { ...account, fileChange, fileChangedAt: CHANGED_AT }
  )
/**
 * Half of the accounts are free of what declines every order, so that laws about approvals have
 * approvals to look at.
 */
const likelyAccount = fc.oneof(
  anyAccount,
  fc
    .tuple(anyAccount, fc.integer({ min: 1000_00, max: 900_000_000_000_000 }))
    .map(([account, limitMinor]) => ({ ...ACCOUNT, currency: account.currency, limitMinor }))
)
const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    openMinor: fc.nat({ max: 2000_00 }),
    percent: fc.nat({ max: 100 }),
    disputedMinor: fc.nat({ max: 100_00 }),
    unappliedMinor: fc.nat({ max: 100_00 }),
    oldestDueOn: orNull(anyDate),
    overdueSeverity: fc.oneof(fc.constant(0), fc.nat(100_000_000)),
    dunningLevel: fc.oneof(fc.constant(0), fc.nat(9)),
    paymentDaysLate: orNull(fc.nat(1200).map((tenths) => tenths / 10)),
    beyondHorizonMinor: fc.nat({ max: 3000_00 }),
    security: fc.record({
      coverMinor: fc.oneof(fc.constant(0), fc.nat({ max: 3000_00 })),
      validUntil: orNull(anyDate),
      lapsed: fc.constantFrom(null, null, null, 'Bank guarantee G-1')
    })
  })
  .map(({ percent, ...situation }) => ({
    ...situation,
    asOf: TODAY,
    overdueMinor: Math.floor((situation.openMinor * percent) / 100)
  }))
const anyOrder: fc.Arbitrary<OrderFacts> = fc
  .record({
    orderId: fc.constant('SO-1'),
    kind: fc.constantFrom(...ORDER_KINDS, 'order' as const, 'order' as const, 'order' as const),
    amountMinor: anyMinor,
    prepaidPercent: fc.constantFrom(0, 0, 0, 30, 100),
    heldMinor: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 1000_00 })),
    termsDays: orNull(fc.nat(120)),
    shipOn: orNull(anyDate),
    original: fc.constantFrom(null, ratedOn(TODAY), ratedOn('2026-03-01'))
  })
  .map(({ prepaidPercent, ...order }) => ({
    ...order,
    prepaidMinor: prepaidPercent === 100 ? order.amountMinor : Math.floor((order.amountMinor / 100) * prepaidPercent)
  }))
const anyRelease: fc.Arbitrary<ReleaseFacts> = fc.record({
  releaseId: fc.constant('rls_1'),
  exempts: fc.subarray([...CHECK_STEPS]),
  amountMaxMinor: anyMinor,
  validUntil: fc.constantFrom('2026-03-31T11:59:59.999Z', NOW, '2026-04-30T12:00:00.000Z'),
  by: fc.constant('key_1')
})
/** Lots of a few days around today: some should have been paid already, some are due soon. */
const anyOutlook: fc.Arbitrary<Outlook> = fc.record({
  due: fc
    .uniqueArray(
      fc.record({ day: fc.integer({ min: -90, max: 90 }), openMinor: fc.integer({ min: 1, max: 900_00 }) }),
      {
        selector: ({ day }) => day,
        maxLength: 6
      }
    )
    .map((lots) =>
      lots
        .toSorted((left, right) => left.day - right.day)
        .map(({ day, openMinor }) => ({
          dueOn: addDays(TODAY, day),
          openMinor,
          largestMinor: Math.ceil(openMinor / 2)
        }))
    ),
  expiring: fc
    .uniqueArray(
      fc.record({ day: fc.integer({ min: 1, max: 60 }), amountMinor: fc.integer({ min: 1, max: 900_00 }) }),
      {
        selector: ({ day }) => day,
        maxLength: 3
      }
    )
    .map((lots) =>
      lots
        .toSorted((left, right) => left.day - right.day)
        .map(({ day, amountMinor }) => ({ freeOn: addDays(TODAY, day), amountMinor }))
    ),
  completeUntil: fc.constantFrom(null, null, addDays(TODAY, 45))
})
export const anyFacts: fc.Arbitrary<CheckFacts> = fc.record({
  account: likelyAccount,
  situation: fc.oneof(fc.constant(SITUATION), anySituation),
  order: anyOrder,
  release: fc.option(anyRelease, { freq: 2 }),
  outlook: fc.option(anyOutlook, { freq: 2 }),
  now: fc.constant(NOW),
  today: fc.constant(TODAY)
})

/**
 * A sound account near its limit, and what is expected to make room: the situation says of the same
 * invoices what the outlook says.
 */
export const anyTightFacts: fc.Arbitrary<CheckFacts> = fc
  .record({
    facts: anyFacts,
    amountMinor: fc.integer({ min: 1, max: 1500_00 }),
    prepaidMinor: fc.constantFrom(0, 0, 150_00),
    termsDays: fc.constantFrom(null, 30, 60, 61),
    outlook: anyOutlook
  })
  .map(({ facts, amountMinor, prepaidMinor, termsDays, outlook }) => ({
    ...facts,
    account: ACCOUNT,
    situation: { ...SITUATION, ...agedBy(outlook) },
    order: { ...ORDER, amountMinor, prepaidMinor: Math.min(prepaidMinor, amountMinor), termsDays },
    outlook
  }))

function agedBy({ due }: Outlook): Partial<Situation> {
  const overdue = due.filter(({ dueOn }) => dueOn < TODAY)
  const sum = (lots: Outlook['due'], weight: (dueOn: string) => number) =>
    lots.reduce((total, { dueOn, openMinor }) => total + openMinor * weight(dueOn), 0)
  return {
    openMinor: sum(due, () => 1),
    overdueMinor: sum(overdue, () => 1),
    oldestDueOn: due[0]?.dueOn ?? null,
    overdueSeverity: Math.floor(sum(overdue, (dueOn) => daysBetween(dueOn, TODAY)) / 100)
  }
}

const anyShare = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000)
const anyEffect = fc.constantFrom(...CHECK_EFFECTS)
export const anyPolicy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant(standard),
  fc
    .record({
      gradeFloor: fc.constantFrom(...GRADES.slice(0, -1)),
      gradeBelowFloor: anyEffect,
      ratingMissing: anyEffect,
      ratingExpired: anyEffect,
      limitMissing: anyEffect,
      limitExpired: anyEffect,
      headroomBasis: fc.constantFrom(...HEADROOM_BASES),
      horizonDays: fc.nat(180),
      headroomExceeded: anyEffect,
      largestOrderShareOfLimit: anyShare.map((each) => each || 1),
      largestOrderExceeded: anyEffect,
      oldestOverdue: fc
        .tuple(fc.nat(60), fc.nat(60))
        .map(([refer, more]) => ({ referAfterDays: refer, failAfterDays: refer + more, minimumAmount: [] })),
      shareOverdue: fc.tuple(anyShare, anyShare).map(([left, right]) => ({
        referFromShare: Math.min(left, right),
        failFromShare: Math.max(left, right),
        minimumAmount: []
      })),
      overdueSeverity: fc.constantFrom([], standard.check.overdueSeverity),
      paymentIndex: fc.record({
        referAfterDays: fc.nat(60),
        failAfterDays: fc.integer({ min: 60, max: 120 }),
        missing: fc.constantFrom(...MISSING_EFFECTS)
      }),
      dunningLevel: fc.record({ referFrom: fc.integer({ min: 1, max: 5 }), failFrom: fc.integer({ min: 5, max: 10 }) }),
      termsExceeded: anyEffect,
      sources: fc.record(
        {
          maxAgeHours: fc.integer({ min: 1, max: 8760 }),
          stale: anyEffect,
          exchangeRate: fc.record({ maxAgeDays: fc.nat(365), stale: anyEffect })
        },
        { requiredKeys: ['maxAgeHours', 'stale'] }
      ),
      securityLapsed: anyEffect,
      utilisationWarnShare: anyShare
    })
    .map(policyWith),
  fc.constant(withoutFileRule(standard))
)
