import { readFileSync } from 'node:fs'
import t from 'tap'
import { type PolicyDocument, policyFaults } from '../../../src/engine/governance/policy-review.ts'

const shipped: PolicyDocument = JSON.parse(
  readFileSync(new URL('../../../policies/standard.json', import.meta.url), 'utf8')
)

t.test('the shipped policy has no fault: its own cases come out as stated', async (t) => {
  t.same(policyFaults(shipped), [])
  t.ok(shipped.cases.length >= 10)
})

t.test('each fault is found and pointed at', async (t) => {
  const table: [string, (policy: PolicyDocument) => void][] = [
    [
      '/version',
      (p) => {
        p.version = 0
      }
    ],
    [
      '/rating/validityMonths',
      (p) => {
        p.rating.validityMonths = 13
      }
    ],
    [
      '/limit/statementMaxAgeDays',
      (p) => {
        p.limit.statementMaxAgeDays = 1.5
      }
    ],
    [
      '/limit/need/growthFactor',
      (p) => {
        p.limit.need.growthFactor = 0.9
      }
    ],
    [
      '/limit/need/historyDaysMin',
      (p) => {
        p.limit.need.historyDaysMin = 0
      }
    ],
    [
      '/limit/need/allowanceDays',
      (p) => {
        p.limit.need.allowanceDays = -1
      }
    ],
    [
      '/limit/gradeFloor',
      (p) => {
        p.limit.gradeFloor = 'D'
      }
    ],
    [
      '/limit/byGrade/A',
      (p) => {
        delete p.limit.byGrade.A
      }
    ],
    [
      '/limit/byGrade/CCC',
      (p) => {
        p.limit.byGrade.CCC = { equityShare: 0, revenueShare: 0, experienceMultiple: 0 }
      }
    ],
    [
      '/limit/byGrade/BB/equityShare',
      (p) => {
        if (p.limit.byGrade.BB !== undefined) p.limit.byGrade.BB.equityShare = 0.5
      }
    ],
    [
      '/limit/byGrade/AAA/revenueShare',
      (p) => {
        if (p.limit.byGrade.AAA !== undefined) p.limit.byGrade.AAA.revenueShare = 1.1
      }
    ],
    [
      '/limit/amounts/0/currency',
      (p) => {
        if (p.limit.amounts[0] !== undefined) p.limit.amounts[0].currency = 'XYZ'
      }
    ],
    [
      '/limit/amounts/1/currency',
      (p) => {
        if (p.limit.amounts[1] !== undefined) p.limit.amounts[1].currency = 'CNY'
      }
    ],
    [
      '/limit/amounts/0/roundTo',
      (p) => {
        if (p.limit.amounts[0] !== undefined) p.limit.amounts[0].roundTo = '0.00'
      }
    ],
    [
      '/limit/amounts/0/maximum',
      (p) => {
        if (p.limit.amounts[0] !== undefined) p.limit.amounts[0].maximum = '1.00'
      }
    ],
    [
      '/terms/daysByGrade/BB',
      (p) => {
        p.terms.daysByGrade.BB = 120
      }
    ],
    [
      '/terms/daysByGrade/B',
      (p) => {
        delete p.terms.daysByGrade.BB
      }
    ],
    [
      '/authority/automaticLimitMax/0',
      (p) => {
        p.authority.automaticLimitMax = [{ amount: '1.234', currency: 'CNY' }]
      }
    ],
    [
      '/check/gradeFloor',
      (p) => {
        p.check.gradeFloor = 'D'
      }
    ],
    [
      '/check/largestOrderShareOfLimit',
      (p) => {
        p.check.largestOrderShareOfLimit = 0
      }
    ],
    [
      '/check/utilisationWarnShare',
      (p) => {
        p.check.utilisationWarnShare = 1.2
      }
    ],
    [
      '/check/reservationTtlHours',
      (p) => {
        p.check.reservationTtlHours = 0
      }
    ],
    [
      '/check/blockedOrderDays',
      (p) => {
        p.check.blockedOrderDays = 0
      }
    ],
    [
      '/check/releaseDays',
      (p) => {
        p.check.releaseDays = 366
      }
    ],
    [
      '/check/oldestOverdue/failAfterDays',
      (p) => {
        p.check.oldestOverdue.failAfterDays = 10
      }
    ],
    [
      '/check/shareOverdue/failFromShare',
      (p) => {
        p.check.shareOverdue.failFromShare = 0.1
      }
    ],
    [
      '/check/headroomBasis',
      (p) => {
        p.check.headroomBasis = 'dynamic' as never
      }
    ],
    [
      '/check/horizonDays',
      (p) => {
        p.check.horizonDays = -1
      }
    ],
    [
      '/check/horizonDays',
      (p) => {
        p.check.horizonDays = 731
      }
    ],
    [
      '/check/horizonDays',
      (p) => {
        p.check.horizonDays = 1.5
      }
    ],
    [
      '/check/largestOrderShareOfLimit',
      (p) => {
        p.check.largestOrderShareOfLimit = 1.01
      }
    ],
    [
      '/check/reservationTtlHours',
      (p) => {
        p.check.reservationTtlHours = 8761
      }
    ],
    [
      '/check/utilisationWarnShare',
      (p) => {
        p.check.utilisationWarnShare = -0.1
      }
    ],
    [
      '/check/oldestOverdue/referAfterDays',
      (p) => {
        p.check.oldestOverdue.referAfterDays = 0.5
      }
    ],
    [
      '/check/oldestOverdue/minimumAmount/0',
      (p) => {
        p.check.oldestOverdue.minimumAmount = [{ amount: '-1.00', currency: 'CNY' }]
      }
    ],
    [
      '/check/oldestOverdue/minimumAmount/1/currency',
      (p) => {
        p.check.oldestOverdue.minimumAmount = [
          { amount: '1.00', currency: 'CNY' },
          { amount: '2.00', currency: 'CNY' }
        ]
      }
    ],
    [
      '/check/shareOverdue/referFromShare',
      (p) => {
        p.check.shareOverdue.referFromShare = 1.1
      }
    ],
    [
      '/check/shareOverdue/minimumAmount/0',
      (p) => {
        p.check.shareOverdue.minimumAmount = [{ amount: '1.5', currency: 'JPY' }]
      }
    ],
    [
      '/check/overdueSeverity/0/currency',
      (p) => {
        p.check.overdueSeverity = [{ currency: 'XYZ', referFrom: 1, failFrom: 1 }]
      }
    ],
    [
      '/check/overdueSeverity/1/currency',
      (p) => {
        p.check.overdueSeverity = [
          { currency: 'CNY', referFrom: 1, failFrom: 1 },
          { currency: 'CNY', referFrom: 1, failFrom: 1 }
        ]
      }
    ],
    [
      '/check/overdueSeverity/0/referFrom',
      (p) => {
        p.check.overdueSeverity = [{ currency: 'CNY', referFrom: 0, failFrom: 1 }]
      }
    ],
    [
      '/check/overdueSeverity/0/failFrom',
      (p) => {
        p.check.overdueSeverity = [{ currency: 'CNY', referFrom: 10, failFrom: 9 }]
      }
    ],
    [
      '/check/paymentIndex/referAfterDays',
      (p) => {
        p.check.paymentIndex.referAfterDays = -1
      }
    ],
    [
      '/check/paymentIndex/failAfterDays',
      (p) => {
        p.check.paymentIndex.failAfterDays = 29
      }
    ],
    [
      '/check/paymentIndex/missing',
      (p) => {
        p.check.paymentIndex.missing = 'pass' as never
      }
    ],
    [
      '/check/dunningLevel/referFrom',
      (p) => {
        p.check.dunningLevel.referFrom = 0
      }
    ],
    [
      '/check/dunningLevel/referFrom',
      (p) => {
        p.check.dunningLevel.referFrom = 11
      }
    ],
    [
      '/check/dunningLevel/failFrom',
      (p) => {
        p.check.dunningLevel.failFrom = 1
      }
    ],
    [
      '/check/dunningLevel/failFrom',
      (p) => {
        p.check.dunningLevel.failFrom = 11
      }
    ],
    [
      '/check/sources/maxAgeHours',
      (p) => {
        p.check.sources.maxAgeHours = 0
      }
    ],
    [
      '/check/sources/maxAgeHours',
      (p) => {
        p.check.sources.maxAgeHours = 8761
      }
    ],
    [
      '/check/sources/exchangeRate/maxAgeDays',
      (p) => {
        p.check.sources.exchangeRate = { maxAgeDays: 366, stale: 'refer' }
      }
    ],
    [
      '/check/sources/exchangeRate/stale',
      (p) => {
        p.check.sources.exchangeRate = { maxAgeDays: 10, stale: 'warn' as never }
      }
    ],
    [
      '/check/sources/stale',
      (p) => {
        p.check.sources.stale = 'warn' as never
      }
    ],
    [
      '/check/gradeBelowFloor',
      (p) => {
        p.check.gradeBelowFloor = 'pass' as never
      }
    ],
    [
      '/check/ratingMissing',
      (p) => {
        p.check.ratingMissing = 'pass' as never
      }
    ],
    [
      '/check/ratingExpired',
      (p) => {
        p.check.ratingExpired = 'pass' as never
      }
    ],
    [
      '/check/limitMissing',
      (p) => {
        p.check.limitMissing = 'pass' as never
      }
    ],
    [
      '/check/limitExpired',
      (p) => {
        p.check.limitExpired = 'pass' as never
      }
    ],
    [
      '/check/headroomExceeded',
      (p) => {
        p.check.headroomExceeded = 'pass' as never
      }
    ],
    [
      '/check/largestOrderExceeded',
      (p) => {
        p.check.largestOrderExceeded = 'pass' as never
      }
    ],
    [
      '/check/termsExceeded',
      (p) => {
        p.check.termsExceeded = 'pass' as never
      }
    ],
    [
      '/check/fileChanged/knockout',
      (p) => {
        p.check.fileChanged = { knockout: 'fail' as never, other: 'refer' }
      }
    ],
    [
      '/check/fileChanged/other',
      (p) => {
        p.check.fileChanged = { knockout: 'refer', other: 'pass' as never }
      }
    ],
    [
      '/check/securityLapsed',
      (p) => {
        p.check.securityLapsed = 'pass' as never
      }
    ],
    [
      '/check/releaseToleranceShareMax',
      (p) => {
        p.check.releaseToleranceShareMax = 1.1
      }
    ],
    [
      '/rates/moveShareMax',
      (p) => {
        p.rates = { moveShareMax: -0.1, inverseShareMax: 0.02 }
      }
    ],
    [
      '/rates/inverseShareMax',
      (p) => {
        p.rates = { moveShareMax: 0.2, inverseShareMax: Number.NaN }
      }
    ],
    [
      '/terms/discountShareMax',
      (p) => {
        p.terms.discountShareMax = 1
      }
    ],
    [
      '/terms/discountShareMax',
      (p) => {
        p.terms.discountShareMax = -0.01
      }
    ],
    [
      '/rates/settlesShareMax',
      (p) => {
        p.rates = { moveShareMax: 0.2, inverseShareMax: 0.02, settlesShareMax: 1.01 }
      }
    ],
    [
      '/cases',
      (p) => {
        p.cases = []
      }
    ],
    [
      '/cases/0/expect/amount',
      (p) => {
        if (p.cases[0] !== undefined) p.cases[0].expect.amount = '1.00'
      }
    ],
    [
      '/cases/0/facts',
      (p) => {
        if (p.cases[0] !== undefined) p.cases[0].facts.purchases = 'many'
      }
    ]
  ]
  for (const [pointer, spoil] of table) {
    const policy = structuredClone(shipped)
    spoil(policy)
    const faults = policyFaults(policy)
    t.ok(
      faults.some((each) => each.pointer === pointer),
      `${pointer}: ${JSON.stringify(faults.slice(0, 3))}`
    )
    for (const { detail } of faults) t.match(detail, /^.+\.$/)
  }
})

t.test('every bound itself is within what is allowed', async (t) => {
  const policy = structuredClone(shipped)
  const { check } = policy
  Object.assign(check, {
    horizonDays: 730,
    largestOrderShareOfLimit: 1,
    reservationTtlHours: 8760,
    utilisationWarnShare: 0,
    releaseToleranceShareMax: 1
  })
  policy.rates = { moveShareMax: 0, inverseShareMax: 1 }
  Object.assign(check.oldestOverdue, { referAfterDays: 0, failAfterDays: 0, minimumAmount: [] })
  Object.assign(check.shareOverdue, { referFromShare: 1, failFromShare: 1, minimumAmount: [] })
  Object.assign(check.paymentIndex, { referAfterDays: 0, failAfterDays: 0, missing: 'fail' })
  Object.assign(check.dunningLevel, { referFrom: 10, failFrom: 10 })
  check.overdueSeverity = [{ currency: 'CNY', referFrom: 1, failFrom: 1 }]
  check.sources.maxAgeHours = 8760
  t.same(policyFaults(policy), [])
  Object.assign(check, { horizonDays: 0, headroomBasis: 'horizon', reservationTtlHours: 1, utilisationWarnShare: 1 })
  Object.assign(check.dunningLevel, { referFrom: 1, failFrom: 1 })
  check.overdueSeverity = []
  check.sources.maxAgeHours = 1
  t.same(policyFaults(policy), [])
})
