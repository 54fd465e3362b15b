import t, { type Test } from 'tap'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { installPolicy } from '../../../src/policies/commands.ts'
import { loadPolicy } from '../../../src/service.ts'
import { cny, givenLimit, setLimit } from '../../given.ts'
import { workAtRechecks } from '../../runs/at-work.ts'
import { type ContractService, contractService } from '../contract.ts'

const url = '/v1/credit-checks'

const checks =
  ({ send }: ContractService, customerId: string) =>
  async (orderId: string, amount: string, more = {}) =>
    (await send('POST', url, { customerId, orderId, amount: cny(amount), ...more })).body

async function rechecked({ send, deps }: ContractService): Promise<object[]> {
  await send('POST', '/v1/recheck-runs', {})
  await workAtRechecks(deps, null, new AbortController().signal)
  const [run] = (await send('GET', '/v1/recheck-runs?limit=1')).body.items
  return run.findings
}

async function sound(t: Test, { send }: ContractService): Promise<void> {
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
}

t.test('where the horizon binds, orders that ship later leave room within it, and no more', async (t) => {
  const service = await contractService(t)
  const { send, clockTo, deps } = service
  const policy = await loadPolicy()
  const horizon = {
    ...policy,
    version: 99,
    check: { ...policy.check, headroomBasis: 'horizon', horizonDays: 60 }
  } as const
  await installPolicy(deps.db, deps.clock, horizon)
  Object.assign(deps, { policy: horizon })
  const check = checks(service, 'C-1')
  await givenLimit(service, 'C-1', '10000.00')
  const [last, later] = ['2026-05-30', '2026-05-31']

  t.match(await check('SO-1', '9000.00', { shipOn: later }), { outcome: 'approved', availableAfter: cny('1000.00') })
  t.match(await check('SO-2', '10000.01', { reevaluate: false }), {
    outcome: 'referred',
    reasons: [{ code: 'LIMIT_EXCEEDED_WITHIN_HORIZON' }]
  })
  const within = await check('SO-3', '10000.00', { shipOn: last })
  t.match(within, { outcome: 'approved', availableAfter: cny('-9000.00') }, 'all of the limit, within the horizon')
  t.match(
    await check('SO-4', '0.01', { shipOn: last, reevaluate: false }),
    { outcome: 'referred' },
    'its last day counts'
  )
  const beyond = await check('SO-5', '5000.00', { shipOn: later })
  t.match(beyond, { outcome: 'approved', policy: { version: 99 } }, 'what ships later takes nothing of it')
  t.match((await send('POST', `${url}/${beyond.checkId}/adjustments`, { increase: cny('100.00') })).body, {
    outcome: 'approved'
  })
  t.match((await send('POST', `${url}/${within.checkId}/adjustments`, { increase: cny('0.01') })).body, {
    outcome: 'referred'
  })
  t.match((await send('GET', `${url}/${beyond.checkId}/replay`)).body, { same: true })
  t.same(await rechecked(service), [])

  await send('POST', `${url}/${within.checkId}/releases`, {})
  await send('POST', `${url}/${beyond.checkId}/captures`, { amount: cny('4000.00'), invoiceId: 'I-1', final: true })
  t.match(
    await check('SO-6', '6000.01', { reevaluate: false }),
    { outcome: 'referred' },
    'what is delivered counts, whenever it was to ship'
  )
  const rest = await check('SO-7', '6000.00')
  t.match(rest, { outcome: 'approved' })

  await clockTo('2026-04-01')
  t.match(await check('SO-8', '0.01'), { outcome: 'referred' }, 'a day on, more is within the horizon')
  const atRisk = await rechecked(service)
  const reasons = ['LIMIT_EXCEEDED_WITHIN_HORIZON']
  t.match(atRisk, [
    { orderId: 'SO-1', reasons },
    { orderId: 'SO-7', reasons }
  ])
  t.equal(atRisk.length, 2)
  await sound(t, service)
})

t.test('an order is rechecked as it was asked about, and as a whole', async (t) => {
  const service = await contractService(t)
  const { send } = service
  await givenLimit(service, 'C-1', '20000.00')
  const { checkId } = await checks(service, 'C-1')('SO-1', '20000.00')
  const capture = { amount: cny('12000.00'), invoiceId: 'I-1', final: false }
  await send('POST', `${url}/${checkId}/captures`, capture)
  const invoice = { amount: cny('12000.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' }
  await send('PUT', '/v1/customers/C-1/invoices/I-1', invoice)
  await send('POST', '/v1/customers/C-1/payments', {
    paymentId: 'P-1',
    receivedOn: '2026-03-31',
    amount: cny('12000.00')
  })
  t.same(await rechecked(service), [])
  await setLimit(service, 'C-1', '19000.00')
  t.match(
    await rechecked(service),
    [{ orderId: 'SO-1', reasons: ['ORDER_TOO_LARGE'] }],
    'what was captured and paid is part of the order, and no part of the exposure'
  )
  await setLimit(service, 'C-1', '20000.00')
  t.same(await rechecked(service), [], 'an order of exactly the limit')

  await givenLimit(service, 'C-2', '10000.00')
  await checks(service, 'C-2')('SO-2', '100.00', { termsDays: 60 })
  t.same(await rechecked(service), [])
  await service.deps.db
    .updateTable('creditAccounts')
    .set({ termsDays: 59 })
    .where('customerId', '=', idOf<CustomerId>('C-2'))
    .execute()
  t.match(await rechecked(service), [{ orderId: 'SO-2', reasons: [/TERMS/] }], 'the terms that it asked for')
})

t.test('limit and rating hold on their last day, a security on its own, and not a moment longer', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  await givenLimit(service, 'C-1', '10000.00')
  const check = checks(service, 'C-1')
  const security = {
    ...{ kind: 'guarantee', provider: 'Bank', amount: cny('500.00'), coverShare: 1, required: false },
    ...{ validFrom: '2026-03-31', validUntil: '2026-04-30' }
  }
  await send('PUT', '/v1/customers/C-1/securities/G-1', security)
  await check('SO-1', '10000.00', { reserveSeconds: 3_600 })
  await clockTo('2026-04-30T23:59:59.999Z')
  await check('SO-2', '9000.00', { reserveSeconds: 60 })
  t.match(await check('SO-3', '1500.01', { reevaluate: false }), { outcome: 'referred' })
  t.match(await check('SO-4', '1500.00', { reserveSeconds: 60 }), { outcome: 'approved', availableAfter: cny('0.00') })
  await clockTo('2026-05-01T00:00:00.000Z')
  t.match(await check('SO-5', '0.01', { reevaluate: false }), { outcome: 'referred', availableBefore: cny('-500.00') })

  await clockTo('2027-03-31T23:59:59.999Z')
  t.match(await check('SO-6', '10000.00', { reserveSeconds: 3_600 }), { outcome: 'approved' }, 'the last moment')
  await clockTo('2027-04-01T00:00:00.000Z')
  const after = await check('SO-7', '0.01')
  t.equal(after.outcome, 'referred')
  const codes = after.reasons.map(({ code }: { code: string }) => code)
  t.ok(codes.includes('LIMIT_EXPIRED') && codes.includes('RATING_EXPIRED'), codes.join())
  t.match(await rechecked(service), [{ orderId: 'SO-6' }], 'and what was held on it is at risk')
  await sound(t, service)
})

t.test('a clock that runs back makes no entry older than the one before it, whichever way it is written', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  await givenLimit(service, 'C-1', '10000.00')
  const check = checks(service, 'C-1')
  const latest = '2026-03-31T12:30:00.000Z'
  await clockTo(latest)
  await check('SO-1', '1000.00')
  await clockTo('2026-03-31T12:10:00.000Z')
  const alone = await check('SO-2', '1000.00', { reserveSeconds: 60 })
  t.match(alone, { decidedAt: latest, reservation: { expiresAt: '2026-03-31T12:31:00.000Z' } }, 'without a lock')
  const adjusted = await send('POST', `${url}/${alone.checkId}/adjustments`, { increase: cny('1.00') })
  t.match(adjusted.body, { outcome: 'approved', adjustedAt: latest }, 'under the lock')
  await send('PUT', '/v1/customers/C-1/hold', { reason: 'Bill returned unpaid' })
  await send('DELETE', '/v1/customers/C-1/hold')
  const { items } = (await send('GET', '/v1/customers/C-1/journal?limit=200')).body
  const instants = items.map(({ at }: { at: string }) => at)
  t.same(instants, instants.toSorted())
  t.equal(instants.at(-1), latest)
  t.match((await send('GET', `${url}/${alone.checkId}/replay`)).body, { same: true })
  await sound(t, service)
  await clockTo('2026-03-31T12:31:00.000Z')
  await check('SO-3', '1.00')
  t.match((await send('GET', `${url}/${alone.checkId}`)).body.reservation, { state: 'expired' })
  await sound(t, service)
})
