import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import {
  LIMIT_COMPONENTS,
  type LimitFacts,
  type LimitProposal,
  proposeLimit
} from '../../../src/engine/limits/limit.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { GRADES, type Grade } from '../../../src/engine/values/rating.ts'

const policy: Policy = JSON.parse(readFileSync(new URL('../../../policies/standard.json', import.meta.url), 'utf8'))

const statement = {
  statementId: 'fy2023',
  periodEnd: '2023-12-31',
  ageDays: 182,
  reliable: true,
  currency: 'CNY',
  tangibleNetWorthMinor: 10_000_000_00,
  annualRevenueMinor: 30_000_000_00
}
const facts: LimitFacts = {
  asOf: '2024-06-30',
  currency: 'CNY',
  grade: 'BBB',
  statement,
  trade: { purchasesMinor: 3_650_000_00, purchaseDays: 365, highestSettledBalanceMinor: 200_000_00 }
}
const component = (proposal: LimitProposal, id: string): LimitProposal['components'][number] | undefined =>
  proposal.components.find((each) => each.id === id)

t.test('the least of what can be carried, what is needed and what the policy gives binds and is named', async (t) => {
  const proposal = proposeLimit(policy, facts)
  t.match(proposal, {
    policy: { id: 'standard', version: 4 },
    status: 'proposed',
    mode: 'limited',
    amountMinor: 937_000_00,
    bindingConstraint: 'need',
    termsDays: 60,
    automatic: false,
    reasons: ['LIMIT_BOUND_BY_NEED', 'LIMIT_NEEDS_APPROVAL']
  })
  t.same(
    proposal.components.map((each) => each.id),
    LIMIT_COMPONENTS,
    'every component is listed'
  )
  t.equal(component(proposal, 'equity_cap')?.amountMinor, 1_000_000_00)
  t.equal(component(proposal, 'revenue_cap')?.amountMinor, 2_400_000_00)
  t.equal(component(proposal, 'need')?.amountMinor, 937_500_00, '3 650 000 × 1.25 × 75 / 365')
  t.match(component(proposal, 'experience_cap'), { amountMinor: 600_000_00, applied: false })
  t.match(component(proposal, 'request'), { amountMinor: null, gap: 'not_requested', applied: false })
  t.same(proposal.facts, facts, 'the proposal carries what it rests on')
})

t.test('an amount that is asked for takes the place of the need that past purchases show', async (t) => {
  const proposal = proposeLimit(policy, { ...facts, requestedMinor: 950_000_00 })
  t.match(proposal, { amountMinor: 950_000_00, bindingConstraint: 'request' })
  t.match(component(proposal, 'need'), { amountMinor: 937_500_00, applied: false })
})

t.test('a component without data is listed with its reason and never counts as zero', async (t) => {
  const table: [string, Partial<LimitFacts>, string, string][] = [
    ['no statement', { statement: null }, 'equity_cap', 'no_statement'],
    ['an old statement', { statement: { ...statement, ageDays: 549 } }, 'revenue_cap', 'statement_stale'],
    ['a disowned statement', { statement: { ...statement, reliable: false } }, 'equity_cap', 'statement_unreliable'],
    ['another currency', { statement: { ...statement, currency: 'USD' } }, 'equity_cap', 'currency_without_rate'],
    ['no net worth', { statement: { ...statement, tangibleNetWorthMinor: null } }, 'equity_cap', 'missing_item'],
    ['no purchases', { trade: { ...facts.trade, purchasesMinor: 0 } }, 'need', 'no_purchases'],
    [
      'nothing settled',
      { trade: { ...facts.trade, highestSettledBalanceMinor: null } },
      'experience_cap',
      'no_settled_invoice'
    ]
  ]
  for (const [name, change, id, gap] of table) {
    const proposal = proposeLimit(policy, { ...facts, ...change })
    t.match(component(proposal, id), { amountMinor: null, gap, applied: false }, name)
    t.equal(proposal.status, 'proposed', `${name}: the rest decides`)
  }
})

t.test(
  'a short history is taken for the rate at which it buys, but never for less than the shortest one',
  async (t) => {
    const need = (purchaseDays: number): number | null | undefined =>
      component(
        proposeLimit(policy, { ...facts, trade: { ...facts.trade, purchasesMinor: 365_000_00, purchaseDays } }),
        'need'
      )?.amountMinor
    t.equal(need(365), 93_750_00, '365 000 × 1.25 × 75 / 365')
    t.equal(need(100), 342_187_50, '365 000 × 1.25 × 75 / 100')
    t.equal(need(90), need(1), 'ninety days at least')
  }
)

t.test('the balances that were paid carry the limit only where no statement does', async (t) => {
  const proposal = proposeLimit(policy, { ...facts, statement: null })
  t.match(proposal, { amountMinor: 600_000_00, bindingConstraint: 'experience_cap' })
})

t.test('without statement and experience there is no limit, whatever is asked for', async (t) => {
  const bare = {
    ...facts,
    statement: null,
    trade: { purchasesMinor: 0, purchaseDays: 0, highestSettledBalanceMinor: null },
    requestedMinor: 1_00
  }
  t.match(proposeLimit(policy, bare), {
    status: 'none',
    mode: 'none',
    amountMinor: 0,
    bindingConstraint: null,
    automatic: false,
    reasons: ['LIMIT_BASIS_MISSING']
  })
})

t.test('a grade that gets no credit ends it, and says how', async (t) => {
  const table: [Grade | null, string, string, boolean][] = [
    ['CCC', 'none', 'RATING_BELOW_FLOOR', true],
    ['C', 'none', 'RATING_BELOW_FLOOR', true],
    ['D', 'cash_only', 'CUSTOMER_IN_DEFAULT', true],
    [null, 'none', 'RATING_MISSING', false]
  ]
  for (const [grade, mode, reason, automatic] of table) {
    const proposal = proposeLimit(policy, { ...facts, grade })
    t.match(proposal, { status: 'none', mode, amountMinor: 0, termsDays: 0, automatic, reasons: [reason] }, `${grade}`)
    t.notOk(proposal.components.some((each) => each.applied))
  }
})

t.test('negative net worth is a cap of zero', async (t) => {
  const proposal = proposeLimit(policy, { ...facts, statement: { ...statement, tangibleNetWorthMinor: -1 } })
  t.match(proposal, { status: 'none', amountMinor: 0, bindingConstraint: 'equity_cap' })
  t.same(proposal.reasons, ['LIMIT_BELOW_MINIMUM', 'NET_WORTH_NEGATIVE', 'LIMIT_BOUND_BY_EQUITY'])
})

t.test('the authority is exact: its own amount takes effect, one step more does not', async (t) => {
  t.equal(proposeLimit(policy, { ...facts, requestedMinor: 500_000_00 }).automatic, true)
  t.equal(proposeLimit(policy, { ...facts, requestedMinor: 501_000_00 }).automatic, false)
})

t.test('a currency that the policy does not list is neither bounded nor automatic', async (t) => {
  const swiss = { ...facts, currency: 'CHF', statement: { ...statement, currency: 'CHF' }, requestedMinor: 123_45 }
  const proposal = proposeLimit(policy, swiss)
  t.match(proposal, { status: 'proposed', amountMinor: 123_45, automatic: false })
  t.match(component(proposal, 'policy_maximum'), { amountMinor: null, gap: 'currency_not_in_policy' })
})

t.test('what the assessment advises is heeded: a refusal ends credit, a referral leaves it to a person', async (t) => {
  const declined = proposeLimit(policy, { ...facts, advice: 'decline', requestedMinor: 100_000_00 })
  t.match(declined, { status: 'none', mode: 'none', amountMinor: 0, automatic: true, termsDays: 0 })
  t.same(declined.reasons, ['RATING_ADVISES_DECLINE'])
  const referred = proposeLimit(policy, { ...facts, advice: 'refer', requestedMinor: 100_000_00 })
  t.match(referred, { status: 'proposed', amountMinor: 100_000_00, automatic: false })
  t.same(referred.reasons, ['LIMIT_BOUND_BY_REQUEST', 'RATING_ADVISES_REFERRAL', 'LIMIT_NEEDS_APPROVAL'])
  const free = proposeLimit(policy, { ...facts, advice: 'none', requestedMinor: 100_000_00 })
  t.same(free.reasons, ['LIMIT_BOUND_BY_REQUEST'])
})

t.test('the bounds of the policy are exact, in each currency’s own', async (t) => {
  const asked = (requestedMinor: number) => proposeLimit(policy, { ...facts, requestedMinor })
  t.match(asked(9_999_99), {
    status: 'none',
    amountMinor: 0,
    reasons: ['LIMIT_BELOW_MINIMUM', 'LIMIT_BOUND_BY_REQUEST']
  })
  t.match(asked(10_000_00), { status: 'proposed', amountMinor: 10_000_00 })
  t.match(asked(10_999_99), { amountMinor: 10_000_00 }, 'rounded down')
  const yen = { ...facts, currency: 'JPY', statement: { ...statement, currency: 'JPY' } }
  t.match(proposeLimit(policy, { ...yen, requestedMinor: 199_999 }), { status: 'none' })
  t.match(proposeLimit(policy, { ...yen, requestedMinor: 209_999 }), { amountMinor: 200_000, automatic: true })
  t.match(proposeLimit(policy, { ...yen, requestedMinor: 7_510_000 }), { amountMinor: 7_510_000, automatic: false })
  const dollars = { ...facts, currency: 'USD', statement: { ...statement, currency: 'USD' } }
  t.match(proposeLimit(policy, { ...dollars, requestedMinor: 50_000_00 }), { automatic: true })
  t.match(proposeLimit(policy, { ...dollars, requestedMinor: 50_010_00 }), { automatic: false })
})

t.test('statements carry a limit up to the day on which they are too old', async (t) => {
  const aged = (ageDays: number) =>
    component(proposeLimit(policy, { ...facts, statement: { ...statement, ageDays } }), 'equity_cap')
  t.match(aged(548), { gap: null, applied: true })
  t.match(aged(549), { gap: 'statement_stale', applied: false })
})

t.test('a grade above the floor for which the policy states nothing gets no credit', async (t) => {
  const { BBB: _none, ...byGrade } = policy.limit.byGrade
  const changed: Policy = { ...policy, limit: { ...policy.limit, byGrade } }
  t.match(proposeLimit(changed, facts), { status: 'none', reasons: ['RATING_BELOW_FLOOR'] })
  const { BBB: _days, ...daysByGrade } = policy.terms.daysByGrade
  t.match(proposeLimit({ ...policy, terms: { ...policy.terms, daysByGrade } }, facts), {
    status: 'proposed',
    termsDays: 0
  })
})

t.test('a cap of equity that is small is not taken for a negative one', async (t) => {
  const small = proposeLimit(policy, { ...facts, statement: { ...statement, tangibleNetWorthMinor: 1_00 } })
  t.same(small.reasons, ['LIMIT_BELOW_MINIMUM', 'LIMIT_BOUND_BY_EQUITY'])
})

t.test(
  'no amount takes effect by itself where the policy names none that may, or an amount that is none',
  async (t) => {
    const asked = { ...facts, requestedMinor: 100_000_00 }
    const authority = (automaticLimitMax: Policy['authority']['automaticLimitMax']) =>
      proposeLimit({ ...policy, authority: { ...policy.authority, automaticLimitMax } }, asked)
    t.match(authority([]), { status: 'proposed', automatic: false })
    t.match(authority([{ amount: '5000000.00', currency: 'USD' }]), { automatic: false })
    t.match(
      authority([
        { amount: '1.00', currency: 'USD' },
        { amount: '100000.00', currency: 'CNY' }
      ]),
      { automatic: true }
    )
    t.match(authority([{ amount: 'much', currency: 'CNY' }]), { automatic: false })
    const row = { currency: 'CNY', minimum: '10000.00', maximum: '50000000.00', roundTo: '1000.00' }
    for (const field of ['minimum', 'maximum', 'roundTo'] as const) {
      const amounts = [{ ...row, [field]: 'x' }]
      const proposal = proposeLimit({ ...policy, limit: { ...policy.limit, amounts } }, asked)
      t.match(component(proposal, 'policy_maximum'), { gap: 'currency_not_in_policy' }, field)
      t.match(proposal, { status: 'proposed', automatic: false }, field)
    }
    const zero = proposeLimit({ ...policy, limit: { ...policy.limit, amounts: [{ ...row, roundTo: '0.00' }] } }, asked)
    t.match(zero, { amountMinor: 100_000_00, automatic: false })
  }
)

const amount = fc.integer({ min: 0, max: 10_000_000_000_00 })
const anyFacts: fc.Arbitrary<LimitFacts> = fc
  .record({
    grade: fc.option(fc.constantFrom(...GRADES), { freq: 9 }),
    currency: fc.constantFrom('CNY', 'USD', 'CHF'),
    statement: fc.option(
      fc.record({
        statementId: fc.constant('s'),
        periodEnd: fc.constant('2023-12-31'),
        ageDays: fc.constantFrom(10, 548, 549),
        reliable: fc.boolean(),
        currency: fc.constantFrom('CNY', 'USD'),
        tangibleNetWorthMinor: fc.option(fc.integer({ min: -1_000_000_00, max: 10_000_000_000_00 })),
        annualRevenueMinor: fc.option(amount)
      })
    ),
    trade: fc.record({
      purchasesMinor: amount,
      purchaseDays: fc.integer({ min: 0, max: 365 }),
      highestSettledBalanceMinor: fc.option(amount)
    }),
    requestedMinor: fc.option(fc.integer({ min: 1, max: 1_000_000_000_00 }))
  })
  .map(({ requestedMinor, ...rest }) => ({
    ...rest,
    asOf: '2024-06-30',
    ...(requestedMinor === null ? {} : { requestedMinor })
  }))

t.test(
  'law: the limit never exceeds the request or any component that was applied, and is a round amount',
  async () => {
    fc.assert(
      fc.property(anyFacts, (each) => {
        const { amountMinor, components, status, currency } = proposeLimit(policy, each)
        const step = currency === 'CNY' ? 1_000_00 : currency === 'USD' ? 10_00 : 1
        return (
          Number.isSafeInteger(amountMinor) &&
          amountMinor >= 0 &&
          (status === 'proposed') === amountMinor > 0 &&
          amountMinor % step === 0 &&
          amountMinor <= (each.requestedMinor ?? Number.POSITIVE_INFINITY) &&
          components.every((one) => !one.applied || (one.amountMinor !== null && amountMinor <= one.amountMinor)) &&
          components.every((one) => (one.amountMinor === null) === (one.gap !== null))
        )
      }),
      { numRuns: 2000 }
    )
  }
)

t.test('law: a worse grade never gets a larger limit or longer terms', async () => {
  const pair = fc.tuple(fc.nat(GRADES.length - 1), fc.nat(GRADES.length - 1))
  fc.assert(
    fc.property(anyFacts, pair, (each, [i, j]) => {
      const better = proposeLimit(policy, { ...each, grade: GRADES[Math.min(i, j)] ?? null })
      const worse = proposeLimit(policy, { ...each, grade: GRADES[Math.max(i, j)] ?? null })
      return worse.amountMinor <= better.amountMinor && worse.termsDays <= better.termsDays
    }),
    { numRuns: 2000 }
  )
})

t.test('law: more net worth, revenue, experience or purchases never lower the limit', async () => {
  fc.assert(
    fc.property(anyFacts, amount, (each, more) => {
      const more1 = {
        ...each,
        trade: { ...each.trade, purchasesMinor: each.trade.purchasesMinor + (each.trade.purchasesMinor > 0 ? more : 0) }
      }
      const { highestSettledBalanceMinor } = each.trade
      const more2 =
        highestSettledBalanceMinor === null
          ? each
          : { ...each, trade: { ...each.trade, highestSettledBalanceMinor: highestSettledBalanceMinor + more } }
      const worth = each.statement?.tangibleNetWorthMinor ?? null
      const more3 =
        each.statement === null || worth === null
          ? each
          : { ...each, statement: { ...each.statement, tangibleNetWorthMinor: worth + more } }
      const before = proposeLimit(policy, each).amountMinor
      return [more1, more2, more3].every((one) => proposeLimit(policy, one).amountMinor >= before)
    }),
    { numRuns: 1000 }
  )
})

t.test('law: the facts that a proposal carries give the same proposal again, byte for byte', async () => {
  fc.assert(
    fc.property(anyFacts, (each) => {
      const first = proposeLimit(policy, each)
      return (
        JSON.stringify(proposeLimit(structuredClone(policy), structuredClone(first.facts))) === JSON.stringify(first)
      )
    }),
    { numRuns: 300 }
  )
})
