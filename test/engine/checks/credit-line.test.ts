import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import type { AccountAbove, CheckFacts, OrderFacts } from '../../../src/engine/checks/check-facts.ts'
import {
  type CreditLine,
  decideOrder,
  type KnownOrder,
  type LineDecision,
  recheckReserved
} from '../../../src/engine/checks/credit-line.ts'
import { checkOrder } from '../../../src/engine/checks/order-check.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'
import { addDays } from '../../../src/engine/values/dates.ts'
import { AMOUNT_MINOR_MAX } from '../../../src/engine/values/money.ts'
import {
  ACCOUNT,
  anyFacts,
  anyPolicy,
  factsOf,
  ORDER,
  policyWith,
  RELEASE,
  SITUATION,
  standard,
  TODAY
} from '../check-cases.ts'
import { anyAsked, anyLine, decideAll, GROUP, LINE, limitedLevels, roomLeft, UNKNOWN } from './credit-lines.ts'

const anySequence = fc.array(anyAsked, { minLength: 1, maxLength: 6 })

t.test('no order takes more than the limit of any level', async (t) => {
  let approvals = 0
  fc.assert(
    fc.property(anyPolicy, anyLine, anySequence, (policy, line, asked) => {
      for (const { effects, after } of decideAll(policy, line, asked)) {
        if (effects === null || effects.reservedMinor === 0) continue
        approvals += 1
        for (const level of limitedLevels(after)) if (roomLeft(policy.check, level) < 0) return false
      }
      return true
    }),
    { numRuns: 5_000 }
  )
  t.ok(approvals > 500, `${approvals} approvals took something`)
})

t.test('of equal orders those pass that come first', async () => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anyAsked, ({ id, version, ...policy }, line, { order, known }) => {
      const bare = { ...known, items: [] }
      const equal = ['SO-1', 'SO-2', 'SO-3', 'SO-4'].map((orderId) => ({ order: { ...order, orderId }, known: bare }))
      const outcomes = decideAll({ id, version, ...policy }, line, equal).map(
        ({ verdict }) => verdict.outcome === 'approved'
      )
      return outcomes.every((isApproved, place) => isApproved || !outcomes.slice(place).includes(true))
    }),
    { numRuns: 2_000 }
  )
})

t.test('what is refused changes nothing for those that come after', async () => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anySequence, (policy, line, asked) => {
      const all = decideAll(policy, line, asked)
      const isApproved = ({ verdict }: LineDecision) => verdict.outcome === 'approved'
      let before = line
      for (const decision of all) {
        if (!isApproved(decision) && decision.after !== before) return false
        before = decision.after
      }
      const alone = decideAll(
        policy,
        line,
        asked.filter((_asked, place) => isApproved(all[place] as LineDecision))
      )
      return JSON.stringify(alone) === JSON.stringify(all.filter(isApproved))
    }),
    { numRuns: 2_000 }
  )
})

t.test('parts add up to the whole: many orders together take what each takes by itself', async () => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anySequence, fc.nat(5), (policy, line, asked, cut) => {
      const all = decideAll(policy, line, asked)
      const [first, rest] = [asked.slice(0, cut), asked.slice(cut)]
      const between = decideAll(policy, line, first).at(-1)?.after ?? line
      // As if it had been written and read again.
      const again = decideAll(policy, JSON.parse(JSON.stringify(between)), rest)
      if (JSON.stringify(again) !== JSON.stringify(all.slice(cut))) return false
      const taken = (level: number, of: 'reservedMinor' | 'coveredMinor') =>
        all.reduce((sum, { effects }) => sum + ((level === 0 ? effects : effects?.above[level - 1])?.[of] ?? 0), 0)
      const last = all.at(-1)?.after ?? line
      const levelsOf = ({ account, above = [] }: CreditLine) => [account, ...above]
      return levelsOf(last).every(({ reservedMinor, ordersMinor }, level) => {
        const before = levelsOf(line)[level]
        return (
          reservedMinor === (before?.reservedMinor ?? 0) + taken(level, 'reservedMinor') &&
          ordersMinor === (before?.ordersMinor ?? 0) - taken(level, 'coveredMinor')
        )
      })
    }),
    { numRuns: 2_000 }
  )
})

/** The order and the line before its own items were left out of them. */
function beforeDecision({ account, situation, order, release, outlook, now, today }: CheckFacts) {
  const { recordedMinor, ...bare } = order
  const items =
    recordedMinor === undefined
      ? []
      : [{ source: 'erp', itemId: order.orderId, openMinor: recordedMinor, shipOn: null }]
  const whole = { ...account, ordersMinor: account.ordersMinor + (recordedMinor ?? 0) }
  return {
    line: { account: whole, situation, now, today },
    order: bare,
    known: { release, items, isBlocked: false, outlook }
  }
}

function isDecidedAlike(policy: Policy, facts: CheckFacts): boolean {
  const { line, order, known } = beforeDecision(facts)
  const { verdict } = decideOrder(policy, line, order, known)
  return JSON.stringify(verdict) === JSON.stringify(checkOrder(policy, facts))
}

t.test('on one account the verdict is that of the order check', async (t) => {
  fc.assert(fc.property(anyPolicy, anyFacts, isDecidedAlike), { numRuns: 3_000 })

  const golden = readFileSync(join(import.meta.dirname, '../golden/checks.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
  const base: Policy = JSON.parse(readFileSync(join(import.meta.dirname, '../golden/policy.json'), 'utf8'))
  for (const line of golden) {
    const { check, facts } = JSON.parse(line)
    t.ok(isDecidedAlike({ ...base, check: { ...base.check, ...check } }, facts), facts.order.orderId)
  }

  const fixtures = join(import.meta.dirname, '../../fixtures')
  const facts = globSync('*.sql.gz', { cwd: fixtures }).flatMap((file) =>
    recordedFacts(gunzipSync(readFileSync(join(fixtures, file))).toString())
  )
  t.ok(facts.length > 700, `${facts.length} recorded decisions`)
  t.same(
    facts.filter((each) => !isDecidedAlike(standard, each)).map(({ order }) => order.orderId),
    []
  )
})

/** The facts of every decision in a dump, as they stand in the payloads of its journal. */
function recordedFacts(dump: string): CheckFacts[] {
  const payloads = dump.matchAll(/'check\.decided', '[^']*', '[^']*', '((?:[^']|'')*)'/g)
  return [...payloads].map(([, payload = '']) => JSON.parse(payload.replaceAll("''", "'")).facts)
}

t.test('a level without a limit, or with an unlimited one, changes nothing', async () => {
  fc.assert(
    fc.property(
      anyPolicy,
      anyLine,
      anyAsked,
      fc.boolean(),
      (policy, { above, ...line }, { order, known }, isUnlimited) => {
        const open: AccountAbove = isUnlimited
          ? { ...GROUP, limitMode: 'unlimited' }
          : { ...GROUP, limitMinor: 0, limitDecisionId: null }
        const alone = decideOrder(policy, line, order, known)
        const below = decideOrder(policy, { ...line, above: [open] }, order, known)
        const { levels, bindingLevel, ...verdict } = below.verdict
        return JSON.stringify(verdict) === JSON.stringify(alone.verdict) && bindingLevel !== 1
      }
    ),
    { numRuns: 2_000 }
  )
})

t.test('the order has to pass every level, and the verdict says which one binds', async (t) => {
  const policy = policyWith({ headroomBasis: 'static', largestOrderShareOfLimit: 1 })
  const decideAt = (
    levels: AccountAbove[],
    amounts: number[],
    order: Partial<OrderFacts> = {},
    known: Partial<KnownOrder> = {}
  ) =>
    decideOrder(
      policy,
      { ...LINE, above: levels },
      { ...ORDER, amountMinor: 350_00, ...order },
      { ...UNKNOWN, above: amounts.map((amountMinor) => ({ amountMinor, prepaidMinor: 0 })), ...known }
    )

  t.test('a group that has just enough room lets it pass, and takes its own amount of it', async (t) => {
    const { verdict, effects, after } = decideAt([GROUP], [300_00])
    t.equal(verdict.outcome, 'approved')
    t.equal(verdict.bindingLevel, 1)
    t.same(verdict.levels?.[0]?.availableBefore, { amount: '300.00', currency: 'EUR' })
    t.same(verdict.levels?.[0]?.availableAfter, { amount: '0.00', currency: 'EUR' })
    t.same(effects, {
      reservedMinor: 350_00,
      coveredMinor: 0,
      coveredItems: [],
      above: [{ reservedMinor: 300_00, coveredMinor: 0 }],
      block: 'none'
    })
    t.equal(after.account.reservedMinor, ACCOUNT.reservedMinor + 350_00)
    t.equal(after.above?.[0]?.reservedMinor, 300_00)
  })

  t.test('a minor unit more at the group stops it, and nothing is taken anywhere', async (t) => {
    const { verdict, after } = decideAt([GROUP], [300_01])
    t.equal(verdict.outcome, 'referred')
    t.same(verdict.reasons, ['LIMIT_EXCEEDED', 'UTILISATION_HIGH'])
    t.equal(
      verdict.steps.find(({ code }) => code === 'headroom')?.result,
      'pass',
      'the account alone would let it pass'
    )
    t.equal(verdict.levels?.[0]?.steps.find(({ code }) => code === 'headroom')?.result, 'refer')
    t.same(after.above, [GROUP])
  })

  t.test('the account binds where its own room is the least', async (t) => {
    t.equal(decideAt([GROUP], [100_00]).verdict.bindingLevel, 0)
    t.equal(decideAt([{ ...GROUP, limitMode: 'unlimited' }, GROUP], [300_00, 300_00]).verdict.bindingLevel, 2)
  })

  t.test('a hold of the group stops every order, also one that asks for no credit', async (t) => {
    const held = { ...GROUP, holdReason: 'Insolvency of the parent', limitDecisionId: null }
    t.equal(decideAt([held], [1]).verdict.outcome, 'declined')
    t.equal(decideAt([held], [1], { kind: 'credit_note' }).verdict.outcome, 'declined')
  })

  t.test('what a release exempts is exempt on every level', async (t) => {
    const release = { ...RELEASE, exempts: ['headroom'] as const }
    t.equal(decideAt([GROUP], [300_01], {}, { release }).verdict.outcome, 'approved')
  })

  t.test('an order does without an amount at no level', async (t) => {
    t.throws(() => decideAt([GROUP], []), /an amount at every level/)
  })
})

t.test('an order that counts as items already is decided without them, on every level, and covers them', async (t) => {
  const policy = policyWith({ headroomBasis: 'static', horizonDays: 30 })
  const items = [
    { source: 'erp', itemId: 'SO-1', openMinor: 30_00, openAboveMinor: [20_00], shipOn: addDays(TODAY, 31) },
    { source: 'wms', itemId: 'SO-1', openMinor: 10_00, openAboveMinor: [5_00], shipOn: null }
  ]
  const group = { ...GROUP, ordersMinor: 25_00, beyondHorizonMinor: 20_00 }
  const line = { ...LINE, situation: { ...SITUATION, beyondHorizonMinor: 30_00 }, above: [group] }
  const known = { ...UNKNOWN, items, above: [{ amountMinor: 60_00, prepaidMinor: 0 }] }
  const { facts, effects, after } = decideOrder(policy, line, ORDER, known)
  t.equal(facts.order.recordedMinor, 40_00)
  t.equal(facts.account.ordersMinor, ACCOUNT.ordersMinor - 40_00)
  t.equal(facts.situation.beyondHorizonMinor, 0)
  t.equal(facts.above?.[0]?.order.recordedMinor, 25_00)
  t.same(effects?.coveredItems, items)
  t.same([effects?.coveredMinor, effects?.above[0]?.coveredMinor], [40_00, 25_00])
  t.same([after.account.ordersMinor, after.account.reservedMinor], [10_00, 200_00])
  t.same([after.situation.beyondHorizonMinor, after.above?.[0]?.beyondHorizonMinor], [0, 0])
  t.same([after.above?.[0]?.ordersMinor, after.above?.[0]?.reservedMinor], [0, 60_00])

  const later = decideOrder(policy, line, { ...ORDER, shipOn: addDays(TODAY, 31) }, known).after
  t.same([later.situation.beyondHorizonMinor, later.above?.[0]?.beyondHorizonMinor], [100_00, 60_00])
  const prepaid = decideOrder(policy, line, { ...ORDER, prepaidMinor: 100_00 }, known)
  t.same(prepaid.effects?.coveredItems, [], 'one that asks for no credit covers nothing')
  t.equal(prepaid.facts.account, line.account)
})

t.test('an order that is not approved waits; one that passes waits no more', async (t) => {
  const blockOf = (order: Partial<OrderFacts>, isBlocked: boolean) =>
    decideOrder(standard, LINE, { ...ORDER, ...order }, { ...UNKNOWN, isBlocked }).effects?.block
  t.equal(blockOf({}, false), 'none')
  t.equal(blockOf({}, true), 'ends')
  t.equal(blockOf({ amountMinor: 900_00 }, false), 'opens')
  t.equal(blockOf({ amountMinor: 900_00 }, true), 'stays')
  t.equal(blockOf({ amountMinor: 900_00, heldMinor: 1 }, false), 'none', 'an increase never waits')
  const held = { ...LINE, account: { ...ACCOUNT, holdReason: 'held' } }
  const note = decideOrder(standard, held, { ...ORDER, kind: 'credit_note' }, UNKNOWN)
  t.same([note.verdict.outcome, note.effects?.block], ['declined', 'none'], 'nor does a credit note')
})

t.test('the outlook is looked at only where a later day may help', async (t) => {
  const outlook = { due: [], expiring: [], completeUntil: null }
  const large = { ...ORDER, amountMinor: 450_00 }
  const policy = policyWith({ largestOrderShareOfLimit: 1 })
  const wanting = decideOrder(policy, LINE, large, UNKNOWN)
  t.same([wanting.wantsOutlook, wanting.facts.outlook], [true, null])
  const looking = decideOrder(policy, LINE, large, { ...UNKNOWN, outlook })
  t.same([looking.wantsOutlook, looking.facts.outlook], [false, outlook])
  t.same(looking.verdict, wanting.verdict, 'it has no influence on what is decided')
  const passing = decideOrder(policy, LINE, ORDER, { ...UNKNOWN, outlook })
  t.same([passing.wantsOutlook, passing.facts.outlook], [false, null])
  const held = decideOrder(policy, { ...LINE, account: { ...ACCOUNT, holdReason: 'held' } }, large, UNKNOWN)
  t.equal(held.wantsOutlook, false, 'no day lifts a hold')
})

t.test('what cannot be counted exactly is not carried out, at no level', async (t) => {
  const unlimited = { ...ACCOUNT, limitMode: 'unlimited' as const, reservedMinor: AMOUNT_MINOR_MAX - 100_00 }
  const line = { ...LINE, account: unlimited }
  t.equal(decideOrder(standard, line, ORDER, UNKNOWN).effects?.reservedMinor, 100_00)
  const { verdict, effects, after } = decideOrder(standard, line, { ...ORDER, amountMinor: 100_01 }, UNKNOWN)
  t.same([verdict.outcome, effects, after === line], ['approved', null, true])
  const above = [{ ...GROUP, limitMode: 'unlimited' as const, reservedMinor: AMOUNT_MINOR_MAX }]
  const known = { ...UNKNOWN, above: [{ amountMinor: 1, prepaidMinor: 0 }] }
  t.equal(decideOrder(standard, { ...LINE, above }, ORDER, known).effects, null)
})

t.test('an order that was approved comes to the same verdict again on the line that it left', async (t) => {
  fc.assert(
    fc.property(anyPolicy, anyLine, anyAsked, (policy, line, { order, known }) => {
      const { verdict, effects, after } = decideOrder(policy, line, order, known)
      if (effects === null || effects.reservedMinor === 0) return true
      const { orderId, kind, termsDays, shipOn } = order
      const open = {
        openMinor: effects.reservedMinor,
        openAboveMinor: effects.above.map(({ reservedMinor }) => reservedMinor)
      }
      const again = recheckReserved(
        policy,
        after,
        { orderId, kind, termsDays, shipOn, ...open, capturedMinor: 0 },
        null
      )
      return JSON.stringify(again) === JSON.stringify(verdict)
    }),
    { numRuns: 5_000 }
  )
  const { orderId, kind, termsDays, shipOn } = ORDER
  const rest = { orderId, kind, termsDays, shipOn, openMinor: 100_00 }
  const outcomeOf = (capturedMinor: number) => recheckReserved(standard, LINE, { ...rest, capturedMinor }, null).outcome
  const largest = standard.check.largestOrderShareOfLimit * ACCOUNT.limitMinor
  t.same(
    [largest - 100_00, largest - 100_00 + 1].map(outcomeOf),
    ['approved', 'referred'],
    'the largest order counts what is captured of it'
  )
})

t.test('decisions as they are stored have no trace of levels where there are none', async (t) => {
  const { facts, verdict } = decideOrder(standard, LINE, ORDER, UNKNOWN)
  t.strictSame(facts, factsOf())
  t.strictSame(Object.keys(verdict), Object.keys(checkOrder(standard, factsOf())))
  t.notOk('levels' in verdict || 'bindingLevel' in verdict || 'above' in facts)
})
