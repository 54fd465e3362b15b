import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Policy, policyFaults } from '../../src/engine/policy.ts'

const shipped: Policy = JSON.parse(readFileSync(new URL('../../policies/standard.json', import.meta.url), 'utf8'))

t.test('the shipped policy has no fault: its own cases come out as stated', async (t) => {
  t.same(policyFaults(shipped), [])
  t.ok(shipped.cases.length >= 10)
})

t.test('each fault is found and pointed at', async (t) => {
  const table: [string, (policy: Policy) => void][] = [
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
