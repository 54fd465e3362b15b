import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { workAtReevaluations } from '../../../src/checks/commands/reevaluate.ts'
import type { Deps } from '../../../src/deps.ts'
import { EVIDENCE_KINDS, type EvidenceKind, FEATURES, isKnockout } from '../../../src/engine/index.ts'
import { loadModels } from '../../../src/service.ts'
import { cny, givenLimit, STATEMENT } from '../../given.ts'
import { workAtRechecks } from '../../runs/at-work.ts'
import { clientOf, type Service, testService } from '../../service.ts'
import { rescored } from '../portfolio/running.ts'

const never = new AbortController().signal
/** For scenes that look at customers of their own alone. */
const shared = testService(t)

/** Evidence of each kind that rules credit out where the kind can, and evidence that does not. */
const GRAVE: readonly (readonly [EvidenceKind, object])[] = [
  ['court_record', { dishonestDebtor: true }],
  ['insolvency_record', { state: 'petition' }],
  ['insolvency_record', { state: 'liquidation' }],
  ['loan_record', { classification: 'doubtful' }]
]
const ORDINARY: Readonly<Record<EvidenceKind, object>> = {
  agency_report: { score: 70 },
  bank_reference: { quality: 'good' },
  trade_reference: { experience: 'satisfactory' },
  court_record: { openCases: 1, dishonestDebtor: false },
  tax_record: { creditGrade: 'B' },
  insolvency_record: { state: 'none' },
  loan_record: { classification: 'normal' },
  site_visit: { operating: true },
  interview: { management: 4 },
  qualitative: { product: 4 }
}

interface Step {
  readonly code: string
  readonly result: string
  readonly reason: string | null
}

/** The service with what these scenes say of one customer. */
async function scenes(of: Promise<Service>) {
  const service = await of
  const { send } = service
  const path = (customerId: string) => `/v1/customers/${customerId}`
  return {
    service,
    send,
    path,
    check: async (customerId: string, orderId: string, amount = '100.00') => {
      const wanted = { customerId, orderId, amount: cny(amount) }
      return (await send('POST', '/v1/credit-checks', wanted)).body
    },
    record: async (customerId: string, kind: string, facts: object): Promise<string> => {
      const item = { kind, facts, observedOn: '2026-03-30', source: `register of ${kind}` }
      return (await send('POST', `${path(customerId)}/evidence`, item)).body.evidenceId
    },
    withdraw: (customerId: string, evidenceId: string) =>
      send('POST', `${path(customerId)}/evidence/${evidenceId}/withdrawals`, { reason: 'of another company' }),
    assess: (customerId: string) => send('POST', `${path(customerId)}/assessments`, {}),
    /** Who made the assessments of a customer, in their order. */
    assessors: async (customerId: string): Promise<string[]> => {
      const { items } = (await send('GET', `${path(customerId)}/journal?limit=200`)).body
      const made = items.filter(({ type }: { type: string }) => type === 'assessment.made')
      return made.map(({ actor }: { actor: string }) => (actor.startsWith('key_') ? 'key' : actor))
    },
    audited: async (t: Parameters<typeof testService>[0], ...checks: { checkId: string }[]) => {
      for (const { checkId } of checks) {
        const { body } = await send('GET', `/v1/credit-checks/${checkId}/replay`)
        t.match(body, { same: true, differences: [] }, `${checkId} comes out again`)
      }
      const { body } = await send('GET', '/v1/audit/self-check')
      t.equal(body.valid, true, JSON.stringify(body.findings))
    }
  }
}

const stepOf = ({ steps }: { steps: Step[] }, code: string) => steps.find((step) => step.code === code)
const codesOf = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code)

t.test('attack 5: a dishonest debtor is not approved, and is not declined for ever', async (t) => {
  const { service, send, check, record, withdraw, assess, assessors, audited } = await scenes(shared)
  await givenLimit(service, 'D1', '100000.00')
  const before = await check('D1', 'SO-1')
  t.equal(before.outcome, 'approved')

  const evidenceId = await record('D1', 'court_record', { dishonestDebtor: true })
  const referred = await check('D1', 'SO-2')
  t.equal(referred.outcome, 'referred')
  t.match(stepOf(referred, 'file_changed'), { result: 'refer', reason: 'FILE_TO_BE_REVIEWED', unit: 'instant' })
  t.match(referred.unblockedBy, [{ step: 'file_changed', kind: 'renew_rating' }])
  t.same(await assessors('D1'), ['key'], 'a person has it assessed')

  await assess('D1')
  const declined = await check('D1', 'SO-3')
  t.equal(declined.outcome, 'declined')
  t.equal(stepOf(declined, 'file_changed')?.result, 'pass')

  await withdraw('D1', evidenceId)
  const again = await check('D1', 'SO-4')
  t.equal(again.outcome, 'referred', 'the rating speaks of what is no more')
  t.same(codesOf(again).toSorted(), [
    'FILE_TO_BE_REVIEWED',
    'NOTHING_PAID_YET',
    'RATING_ADVISES_DECLINE',
    'RATING_BELOW_FLOOR'
  ])
  await assess('D1')
  const passed = await check('D1', 'SO-5')
  t.equal(passed.outcome, 'approved')

  const url = `/v1/credit-checks/${referred.checkId}?reader=customer`
  const { text } = await send('GET', url)
  t.notMatch(text, /knockout|evidence|court|dishonest|佐证|司法|失信|否决/i, 'the customer reads of no evidence')
  await audited(t, before, referred, declined, again, passed)
})

t.test('attack 5: every kind of evidence, and its withdrawal, reaches the next check', async (t) => {
  const { service, check, record, withdraw, assessors, assess, audited } = await scenes(shared)
  t.same(Object.keys(ORDINARY), EVIDENCE_KINDS, 'each kind is here')
  for (const [index, [kind, facts]] of GRAVE.entries()) {
    const customerId = `G-${index}`
    await givenLimit(service, customerId, '100000.00')
    const evidenceId = await record(customerId, kind, facts)
    t.equal((await check(customerId, 'SO-1')).outcome, 'referred', `${kind} ${JSON.stringify(facts)}`)
    await withdraw(customerId, evidenceId)
    const after = await check(customerId, 'SO-2')
    t.match(after, { outcome: 'referred' }, 'withdrawn before anybody has assessed it')
    t.same(await assessors(customerId), ['key'])
    await assess(customerId)
    t.equal((await check(customerId, 'SO-3')).outcome, 'approved', 'assessed')
  }
  for (const [kind, facts] of Object.entries(ORDINARY)) {
    const customerId = `O-${kind}`
    await givenLimit(service, customerId, '100000.00')
    const evidenceId = await record(customerId, kind, facts)
    const decided = await check(customerId, 'SO-1')
    t.equal(stepOf(decided, 'file_changed')?.result, 'pass', kind)
    t.same(await assessors(customerId), ['key', 'file_change'], `${kind} is assessed at once`)
    await check(customerId, 'SO-2')
    await withdraw(customerId, evidenceId)
    t.equal((await check(customerId, 'SO-3')).outcome, 'approved', `${kind} withdrawn`)
    t.same(await assessors(customerId), ['key', 'file_change', 'file_change'], 'once for each change')
  }
  await audited(t)
})

t.test('attack 5: what the shipped models knock out on is for a person', async (t) => {
  for (const { model } of await loadModels('GENERIC'))
    for (const rule of model.knockouts ?? [])
      for (const condition of rule.when) {
        const { feature, equals } = condition as { feature: keyof typeof FEATURES; equals?: unknown }
        if (FEATURES[feature]?.source !== 'evidence' || equals === undefined) continue
        const stated = { dishonestDebtor: equals, state: equals, classification: equals }
        const kinds = ['court_record', 'insolvency_record', 'loan_record'] as const
        t.ok(
          kinds.some((kind) => isKnockout(kind, stated)),
          `${model.id} ${rule.id}`
        )
      }
})

t.test('attack 5: statements and the profile are assessed before the order is decided', async (t) => {
  const { service, send, path, check, assessors, audited } = await scenes(shared)
  await givenLimit(service, 'B3', '100000.00')
  const rating = async () => (await send('GET', `${path('B3')}/rating`)).body

  const { headers } = await send('GET', path('B3'))
  await send('PATCH', path('B3'), { employees: 12 }, { 'if-match': String(headers.etag) })
  t.match(await rating(), { grade: 'BBB', fileChangedAt: '2026-03-31T12:00:00.000Z' })
  t.equal((await check('B3', 'SO-1')).outcome, 'approved')
  t.same(await assessors('B3'), ['key', 'file_change'])
  t.match(await rating(), { grade: 'BBB', fileChangedAt: null })

  const { balanceSheet, income } = STATEMENT
  const ruined = {
    ...STATEMENT,
    balanceSheet: { ...balanceSheet, totalLiabilities: '17200', equity: '-2000', retainedEarnings: '-6000' },
    income: { ...income, ebit: '-3000', netIncome: '-3300' },
    cashFlow: { netCashFromOperatingActivities: '-900' }
  }
  const { headers: filed } = await send('GET', `${path('B3')}/statements/FY2025`)
  await send('PUT', `${path('B3')}/statements/FY2025`, ruined, { 'if-match': String(filed.etag) })
  const decided = await check('B3', 'SO-2')
  t.equal(decided.outcome, 'declined', 'on the rating of the new accounts')
  t.equal(stepOf(decided, 'rating_floor')?.reason, 'RATING_BELOW_FLOOR')
  t.same(await assessors('B3'), ['key', 'file_change', 'file_change'])

  await send('PUT', `${path('B3')}/invoices/I-1`, {
    amount: cny('10.00'),
    issuedOn: '2026-03-01',
    dueOn: '2026-04-30'
  })
  await send('POST', `${path('B3')}/payments`, { paymentId: 'P-1', receivedOn: '2026-03-31', amount: cny('10.00') })
  await check('B3', 'SO-3')
  t.equal((await assessors('B3')).length, 3, 'receivables are looked at by each check as they are')
  await audited(t, decided)
})

t.test('attack 5: a file that cannot be assessed refers the order, and says why', async (t) => {
  const { service, path, send, check, record, assessors, audited } = await scenes(testService(t))
  const { deps } = service
  await givenLimit(service, 'C-1', '100000.00')
  await record('C-1', 'tax_record', { creditGrade: 'B' })
  const { inForce } = deps.models
  deps.models.inForce = async () => ({ active: [], shadows: [] })
  const referred = await check('C-1', 'SO-1')
  t.match(stepOf(referred, 'file_changed'), { result: 'refer', reason: 'FILE_NOT_ASSESSED' }, 'no model')
  t.equal(referred.outcome, 'referred')
  deps.models.inForce = async () => {
    throw new TypeError('a model that cannot be worked out')
  }
  t.same(codesOf(await check('C-1', 'SO-2')), ['FILE_NOT_ASSESSED', 'NOTHING_PAID_YET'], 'a model that fails')
  deps.models.inForce = inForce
  t.same(await assessors('C-1'), ['key'])
  t.equal((await check('C-1', 'SO-3')).outcome, 'approved', 'with its model it is assessed')

  await service.clockTo('2028-01-10')
  await send('POST', `${path('C-1')}/assessments`, {})
  await send('PATCH', path('C-1'), { name: 'Another name' })
  const unrated = await check('C-1', 'SO-4')
  t.equal(stepOf(unrated, 'file_changed')?.result, 'pass')
  t.ok(codesOf(unrated).includes('RATING_MISSING'), 'too little data: the assessment says so')
  t.equal(unrated.outcome, 'referred')
  await audited(t, referred)
})

t.test('attack 5: what is recorded while a file is scored is not passed over', async (t) => {
  const { service, check, record, assessors, audited } = await scenes(shared)
  const { deps } = service
  await givenLimit(service, 'F4', '100000.00')
  await record('F4', 'tax_record', { creditGrade: 'B' })
  const { inForce } = deps.models
  let isScored = false
  deps.models.inForce = async (db, listed) => {
    if (!isScored) {
      isScored = true
      await record('F4', 'court_record', { dishonestDebtor: true })
    }
    return inForce(db, listed)
  }
  const decided = await check('F4', 'SO-1')
  deps.models.inForce = inForce
  t.ok(isScored, 'the lock is free while the file is scored')
  t.match(decided, { outcome: 'referred', reservation: null })
  t.equal(stepOf(decided, 'file_changed')?.reason, 'FILE_TO_BE_REVIEWED')
  t.same(await assessors('F4'), ['key'], 'what was scored was out of date already')
  await audited(t, decided)
})

t.test('attack 5: an account that never rests is referred, not waited for', async (t) => {
  const { service, path, send, check, record, assessors } = await scenes(shared)
  const { deps } = service
  await givenLimit(service, 'N5', '100000.00')
  await record('N5', 'tax_record', { creditGrade: 'B' })
  const { inForce } = deps.models
  let scored = 0
  deps.models.inForce = async (db, listed) => {
    scored += 1
    await send('PUT', `${path('N5')}/invoices/I-${scored}`, {
      amount: cny('1.00'),
      issuedOn: '2026-03-01',
      dueOn: '2026-04-30'
    })
    return inForce(db, listed)
  }
  const decided = await check('N5', 'SO-1')
  deps.models.inForce = inForce
  t.ok(scored > 1, 'it is tried again')
  t.equal(stepOf(decided, 'file_changed')?.reason, 'FILE_NOT_ASSESSED')
  t.same(await assessors('N5'), ['key'])
  t.equal((await check('N5', 'SO-2')).outcome, 'approved')
})

t.test('attack 5: two instances assess a file once', async (t) => {
  const { service, check, record, assessors, audited } = await scenes(shared)
  const second = await secondInstance(service)
  t.teardown(() => second.close())
  for (let round = 1; round <= 4; round += 1) {
    const customerId = `I6-${round}`
    await givenLimit(service, customerId, '100000.00')
    await record(customerId, 'tax_record', { creditGrade: 'B' })
    const order = (orderId: string) => ({ customerId, orderId, amount: cny('10.00') })
    const answers = await Promise.all([
      check(customerId, 'SO-1', '10.00'),
      ...['SO-2', 'SO-3', 'SO-4'].map(async (id) => (await second.send('POST', '/v1/credit-checks', order(id))).body)
    ])
    t.same(new Set(answers.map(({ outcome }) => outcome)), new Set(['approved']))
    t.same(await assessors(customerId), ['key', 'file_change'])
  }
  await audited(t)
})

async function secondInstance({ deps, authorization }: Service) {
  const app = await buildApp(deps as Deps, {
    logger: false,
    rateLimitPerMinute: 1_000_000,
    trustedProxies: 0,
    eventLoopDelayMaxMs: 0,
    simulation: true
  })
  return { ...clientOf(app, await authorization('admin')), close: () => app.close() }
}

t.test('attack 5: a dry run says what would be, and writes nothing', async (t) => {
  const { service, send, path, check, record, assessors, audited } = await scenes(shared)
  await givenLimit(service, 'D7', '100000.00')
  await record('D7', 'court_record', { openCases: 1 })
  const footprint = async () => (await send('GET', `${path('D7')}/journal?limit=200`)).text
  const before = await footprint()
  const wanted = { customerId: 'D7', orderId: 'SO-1', amount: cny('100.00') }
  const tried = (await send('POST', '/v1/credit-checks?dryRun=true', wanted)).body
  const { results } = (await send('POST', '/v1/credit-check-batches?dryRun=true', { checks: [wanted, wanted] })).body
  t.equal(await footprint(), before)
  t.same(await assessors('D7'), ['key'])
  const decided = await check('D7', 'SO-1')
  t.same(await assessors('D7'), ['key', 'file_change'])
  const told = (each: { outcome: string; steps: Step[] }) => [each.outcome, each.steps.map(({ result }) => result)]
  t.same(told(tried), told(decided))
  t.same(told(results[0].check), told(decided))

  await record('D7', 'court_record', { dishonestDebtor: true })
  const { body } = await send('POST', '/v1/credit-checks?dryRun=true', { ...wanted, orderId: 'SO-2' })
  t.equal(body.outcome, 'referred')
  t.equal((await check('D7', 'SO-2')).outcome, 'referred')
  await audited(t, decided)
})

t.test('attack 5: the orders of a batch are each decided on a file that was assessed', async (t) => {
  const { service, send, record, assessors, audited } = await scenes(shared)
  for (const customerId of ['B-A', 'B-B', 'B-C']) await givenLimit(service, customerId, '100000.00')
  await record('B-A', 'tax_record', { creditGrade: 'B' })
  await record('B-B', 'loan_record', { classification: 'loss' })
  const orders = ['B-A', 'B-B', 'B-C', 'B-A', 'B-B', 'B-C'].map((customerId, index) => ({
    customerId,
    orderId: `SO-${index}`,
    amount: cny('10.00')
  }))
  const { results } = (await send('POST', '/v1/credit-check-batches', { checks: orders })).body
  t.same(
    results.map(({ check }: { check: { outcome: string } }) => check.outcome),
    ['approved', 'referred', 'approved', 'approved', 'referred', 'approved']
  )
  t.same(await assessors('B-A'), ['key', 'file_change'])
  t.same(await assessors('B-B'), ['key'])
  t.same(await assessors('B-C'), ['key'])
  await audited(t, ...results.map(({ check }: { check: { checkId: string } }) => check))
})

t.test('attack 5: orders that wait and that are open are looked at on the file as it is', async (t) => {
  const { service, send, path, check, record, assessors, audited } = await scenes(testService(t))
  const { deps } = service
  await givenLimit(service, 'C-1', '10000.00')
  await send('PUT', `${path('C-1')}/invoices/I-1`, {
    amount: cny('9900.00'),
    issuedOn: '2026-03-01',
    dueOn: '2026-04-30'
  })
  const waiting = await check('C-1', 'SO-1', '500.00')
  t.equal(waiting.outcome, 'referred')
  await record('C-1', 'tax_record', { creditGrade: 'B' })
  const pay = (paymentId: string, amount: string) =>
    send('POST', `${path('C-1')}/payments`, { paymentId, receivedOn: '2026-03-31', amount: cny(amount) })
  await pay('P-1', '9900.00')
  await workAtReevaluations(deps, never)
  t.same(await assessors('C-1'), ['key', 'file_change'])
  t.equal((await send('GET', `/v1/credit-checks/${waiting.checkId}`)).body.block.state, 'approved')

  await record('C-1', 'site_visit', { operating: true })
  await send('POST', '/v1/recheck-runs', {})
  await workAtRechecks(deps, null, never)
  t.match((await send('GET', '/v1/recheck-runs')).body.items[0].counts, { orders: 1, atRisk: 0, failed: 0 })
  t.equal((await assessors('C-1')).length, 3, 'the run over open orders has it assessed')

  await record('C-1', 'insolvency_record', { state: 'petition' })
  await send('POST', '/v1/recheck-runs', {})
  await workAtRechecks(deps, null, never)
  const [run] = (await send('GET', '/v1/recheck-runs')).body.items
  t.match(run, { counts: { atRisk: 1 }, findings: [{ orderId: 'SO-1', reasons: ['FILE_TO_BE_REVIEWED'] }] })
  await audited(t)
})

t.test('attack 5: more for a reservation is decided on the file as it is', async (t) => {
  const { service, send, check, record, assessors, audited } = await scenes(shared)
  await givenLimit(service, 'A9', '10000.00')
  const { checkId } = await check('A9', 'SO-1', '100.00')
  const url = `/v1/credit-checks/${checkId}/adjustments`
  await record('A9', 'tax_record', { creditGrade: 'B' })
  t.match((await send('POST', `${url}?dryRun=true`, { amount: cny('200.00') })).body, { outcome: 'approved' })
  t.same(await assessors('A9'), ['key'], 'a dry run writes nothing')
  t.match((await send('POST', url, { amount: cny('200.00') })).body, { outcome: 'approved' })
  t.same(await assessors('A9'), ['key', 'file_change'])
  await record('A9', 'court_record', { dishonestDebtor: true })
  const { body } = await send('POST', url, { amount: cny('300.00') })
  t.match(body, { outcome: 'referred', decision: { reasons: [{ code: 'FILE_TO_BE_REVIEWED' }] } })
  const asked = await send('POST', '/v1/credit-checks', { customerId: 'A9', orderId: 'SO-1', amount: cny('200.00') })
  t.match(asked.body.changedSince, { outcome: 'referred', steps: [{ code: 'file_changed', today: 'refer' }] })
  await audited(t)
})

t.test('attack 5: a run over the portfolio reads the file, also where nothing comes of it', async (t) => {
  const { service, check, record, assessors, audited } = await scenes(testService(t))
  await givenLimit(service, 'C-1', '10000.00')
  await givenLimit(service, 'C-2', '10000.00')
  await record('C-1', 'court_record', { dishonestDebtor: true })
  await record('C-2', 'site_visit', { operating: true })
  const run = await rescored(service)
  t.match(run, { state: 'done', counts: { scored: 2, failed: 0 } })
  t.equal((await assessors('C-1')).length, 2)
  t.equal((await assessors('C-2')).length, 2, 'the rating is confirmed for the file as it is')
  t.equal((await check('C-1', 'SO-1')).outcome, 'declined')
  t.equal((await check('C-2', 'SO-1')).outcome, 'approved')
  t.equal((await assessors('C-2')).length, 2, 'nothing is left to assess')
  await audited(t)
})

t.test('attack 5: a policy may have everything assessed, everything referred, or nothing asked', async (t) => {
  const { service, check, record, assess, assessors, audited } = await scenes(testService(t))
  const { deps } = service
  const { fileChanged, ...unasked } = deps.policy.check
  t.same(fileChanged, { knockout: 'refer', other: 'assess' }, 'as shipped')
  await givenLimit(service, 'C-1', '10000.00')
  deps.policy.check = { ...unasked, fileChanged: { knockout: 'assess', other: 'refer' } }
  await record('C-1', 'tax_record', { creditGrade: 'B' })
  t.same(codesOf(await check('C-1', 'SO-1')), ['FILE_NOT_ASSESSED', 'NOTHING_PAID_YET'])
  await record('C-1', 'court_record', { dishonestDebtor: true })
  t.equal((await check('C-1', 'SO-2')).outcome, 'declined', 'assessed: the model knocks it out')
  t.same(await assessors('C-1'), ['key', 'file_change'])

  deps.policy.check = unasked
  await givenLimit(service, 'C-2', '10000.00')
  await record('C-2', 'court_record', { dishonestDebtor: true })
  const silent = await check('C-2', 'SO-1')
  t.equal(silent.outcome, 'approved', 'as before there was such a rule')
  t.equal(stepOf(silent, 'file_changed'), undefined)
  await assess('C-2')
  t.equal((await check('C-2', 'SO-2')).outcome, 'declined')
  t.teardown(() => Object.assign(deps.policy.check, { fileChanged }))
  t.ok(audited, 'the policy on file is another one here: decisions are not replayed')
})
