import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { CheckFacts } from '../../src/engine/checks/check-facts.ts'
import { checkOrder } from '../../src/engine/checks/order-check.ts'
import type { CreditFile } from '../../src/engine/features/credit-file.ts'
import type { Feature } from '../../src/engine/features/feature.ts'
import { FEATURES } from '../../src/engine/features/feature-catalogue.ts'
import { features } from '../../src/engine/features/features.ts'
import { emptySituation } from '../../src/engine/ledger/situation.ts'
import { proposeLimit } from '../../src/engine/limits/limit.ts'
import { limitFacts } from '../../src/engine/limits/limit-facts.ts'
import type { Policy } from '../../src/engine/policy/policy.ts'
import { compileModel } from '../../src/engine/scorecards/compile/compile-model.ts'
import { scoreFile } from '../../src/engine/scorecards/file-score.ts'
import { addDays } from '../../src/engine/values/dates.ts'
import { GRADES } from '../../src/engine/values/rating.ts'
import { AS_OF, CASES, SHIPPED } from './arbitraries.ts'
import { anyFile } from './credit-files.ts'

// Relations between credit files, limits and orders that must hold whatever they are. The numbers
// are those of the test plan.

const policy: Policy = JSON.parse(readFileSync(new URL('../../policies/standard.json', import.meta.url), 'utf8'))
const models = SHIPPED.filter(({ segment }) => segment === 'company' || segment === 'thin_file').map(compileModel)

/** Values alone: where they come from may be named otherwise. */
const valuesOf = (file: CreditFile, asOf = AS_OF, but: (id: string) => boolean = () => false): string =>
  JSON.stringify(
    Object.entries(features(file, asOf)).map(([id, each]: [string, Feature]) =>
      but(id) ? [id] : [id, 'value' in each ? each.value : each.missing]
    )
  )

const limitOf = (file: CreditFile, grade: (typeof GRADES)[number] | null, requestedMinor?: number) =>
  proposeLimit(
    policy,
    limitFacts(file, { asOf: AS_OF, grade, ...(requestedMinor === undefined ? {} : { requestedMinor }) })
  )

const anyGrade = fc.nat(GRADES.length - 1)

t.test('M1 a worse grade, lower equity and later payment never raise the limit', async () => {
  fc.assert(
    fc.property(anyFile, anyGrade, anyGrade, fc.nat(5_000_000), (file, one, other, less) => {
      const [better, worse] = [GRADES[Math.min(one, other)], GRADES[Math.max(one, other)]]
      const poorer: CreditFile = {
        ...file,
        statements: file.statements.map((each) => {
          const { equity = '0', totalLiabilities = '0', currentLiabilities = '0' } = each.statement.balanceSheet
          const balanceSheet = {
            ...each.statement.balanceSheet,
            equity: String(Number(equity) - less),
            totalLiabilities: String(Number(totalLiabilities) + less),
            currentLiabilities: String(Number(currentLiabilities) + less)
          }
          return { ...each, statement: { ...each.statement, balanceSheet } }
        })
      }
      const before = limitOf(file, better ?? null, 50_000_000_00)
      return limitOf(poorer, worse ?? null, 50_000_000_00).amountMinor <= before.amountMinor
    }),
    CASES
  )
})

const anyMinor = fc.integer({ min: 0, max: 2_000_000_00 })
const anyOrder = fc
  .record({
    amountMinor: fc.integer({ min: 1, max: 2_000_000_00 }),
    termsDays: fc.option(fc.nat(120)),
    limitMinor: anyMinor,
    limitMode: fc.constantFrom('limited', 'limited', 'limited', 'unlimited', 'none', 'cash_only'),
    receivablesMinor: anyMinor,
    reservedMinor: fc.nat(50_000_00),
    overdueMinor: fc.oneof(fc.constant(0), anyMinor),
    overdueDays: fc.nat(60),
    grade: fc.option(fc.nat(6), { freq: 9 }),
    held: fc.nat(9)
  })
  .map(
    ({ amountMinor, termsDays, limitMode, overdueMinor, overdueDays, grade, held, ...amounts }): CheckFacts => ({
      account: {
        customerId: 'C-1',
        currency: 'CNY',
        limitMode: limitMode as CheckFacts['account']['limitMode'],
        limitMinor: limitMode === 'limited' ? amounts.limitMinor : 0,
        limitValidUntil: '2027-01-01',
        limitDecisionId: 'lim_1',
        termsDays: 60,
        receivablesMinor: amounts.receivablesMinor,
        capturedMinor: 0,
        reservedMinor: amounts.reservedMinor,
        ordersMinor: 0,
        deliveriesMinor: 0,
        specialMinor: 0,
        reconciledAt: null,
        holdReason: held === 0 ? 'held' : null,
        holdSince: null,
        grade: grade === null ? null : (GRADES[grade] ?? null),
        ratingValidUntil: grade === null ? null : '2027-01-01',
        ratingAdvice: 'none',
        ratedAt: null
      },
      situation: {
        ...emptySituation(AS_OF),
        openMinor: Math.max(amounts.receivablesMinor, overdueMinor),
        overdueMinor,
        oldestDueOn: overdueMinor > 0 ? addDays(AS_OF, -overdueDays) : null
      },
      order: {
        orderId: 'SO-1',
        kind: 'order',
        amountMinor,
        prepaidMinor: 0,
        heldMinor: 0,
        termsDays,
        shipOn: null,
        original: null
      },
      release: null,
      outlook: null,
      now: `${AS_OF}T12:00:00.000Z`,
      today: AS_OF
    })
  )

t.test('M2 what is approved is approved for less as well', async () => {
  fc.assert(
    fc.property(anyOrder, fc.double({ min: 0, max: 1, noNaN: true }), (facts, share) => {
      const amountMinor = Math.max(1, Math.floor(facts.order.amountMinor * share))
      const less = { ...facts, order: { ...facts.order, amountMinor } }
      return checkOrder(policy, facts).outcome !== 'approved' || checkOrder(policy, less).outcome === 'approved'
    }),
    CASES
  )
})

t.test('M3 a higher limit never makes an answer worse', async () => {
  const order = ['approved', 'referred', 'declined']
  fc.assert(
    fc.property(anyOrder, anyMinor, (facts, more) => {
      if (facts.account.limitMode !== 'limited') return true
      const raised = { ...facts, account: { ...facts.account, limitMinor: facts.account.limitMinor + more } }
      return order.indexOf(checkOrder(policy, raised).outcome) <= order.indexOf(checkOrder(policy, facts).outcome)
    }),
    CASES
  )
})

t.test('M4 the order of facts and of fields is of no importance', async () => {
  const reversed = <Value extends object>(value: Value): Value =>
    Object.fromEntries(Object.entries(value).toReversed()) as Value
  fc.assert(
    fc.property(anyFile, (file) => {
      const turned: CreditFile = reversed({
        ...file,
        statements: file.statements.toReversed().map((each) => ({
          ...each,
          statement: { ...each.statement, balanceSheet: reversed(each.statement.balanceSheet) }
        })),
        invoices: file.invoices.toReversed().map(reversed),
        settlements: file.settlements.toReversed().map(reversed),
        evidence: (file.evidence ?? []).toReversed().map(reversed)
      })
      return JSON.stringify(features(turned, AS_OF)) === JSON.stringify(features(file, AS_OF))
    }),
    CASES
  )
})

t.test('M5 all money times ten leaves every feature that is no amount', async () => {
  const isAmount = (id: string) => ['amount', 'log'].includes(FEATURES[id]?.unit ?? '')
  const times = <Figures extends object>(figures: Figures): Figures =>
    Object.fromEntries(Object.entries(figures).map(([id, text]) => [id, text === '0' ? text : `${text}0`])) as Figures
  fc.assert(
    fc.property(anyFile, (file) => {
      const larger: CreditFile = {
        ...file,
        statements: file.statements.map(({ statement, ...each }) => ({
          ...each,
          statement: {
            ...statement,
            balanceSheet: times(statement.balanceSheet),
            income: times(statement.income ?? {}),
            cashFlow: times(statement.cashFlow ?? {})
          }
        })),
        invoices: file.invoices.map((each) => ({ ...each, amountMinor: each.amountMinor * 10 })),
        settlements: file.settlements.map((each) => ({ ...each, amountMinor: each.amountMinor * 10 }))
      }
      return valuesOf(larger, AS_OF, isAmount) === valuesOf(file, AS_OF, isAmount)
    }),
    CASES
  )
})

/** After 28 years the calendar is the same again, months and leap days as well. */
const CALENDAR_DAYS = 10_227

t.test('M7 all dates moved alike change nothing', async () => {
  const later = (date: string) => addDays(date, CALENDAR_DAYS)
  fc.assert(
    fc.property(anyFile, (file) => {
      const { registeredOn = AS_OF } = file.profile
      const moved: CreditFile = {
        ...file,
        profile: { ...file.profile, registeredOn: later(registeredOn) },
        statements: file.statements.map((each) => ({
          ...each,
          statement: { ...each.statement, periodEnd: later(each.statement.periodEnd) }
        })),
        invoices: file.invoices.map((each) => ({ ...each, issuedOn: later(each.issuedOn), dueOn: later(each.dueOn) })),
        settlements: file.settlements.map((each) => ({ ...each, settledOn: later(each.settledOn) })),
        evidence: (file.evidence ?? []).map((each) => ({ ...each, observedOn: later(each.observedOn) }))
      }
      return valuesOf(moved, later(AS_OF)) === valuesOf(file)
    }),
    CASES
  )
})

t.test('M12 names, numbers and what nobody may be judged by change nothing', async () => {
  fc.assert(
    fc.property(anyFile, fc.string({ maxLength: 5 }), (file, name) => {
      const renamed = (id: string) => `${name}${id}`
      const other = {
        ...file,
        profile: { ...file.profile, name, sex: 'female', religion: name, nationality: name },
        statements: file.statements.map((each) => ({ ...each, statementId: renamed(each.statementId) })),
        invoices: file.invoices.map((each) => ({ ...each, invoiceId: renamed(each.invoiceId) })),
        settlements: file.settlements.map((each) => ({ ...each, invoiceId: renamed(each.invoiceId) })),
        evidence: (file.evidence ?? []).map((each) => ({ ...each, evidenceId: renamed(each.evidenceId) }))
      } as CreditFile
      return models.every((model) => {
        const [before, after] = [scoreFile(model, file, AS_OF), scoreFile(model, other, AS_OF)]
        return (
          before.score === after.score &&
          before.grade === after.grade &&
          before.pd === after.pd &&
          before.advice === after.advice
        )
      })
    }),
    CASES
  )
})
