import t, { type Test } from 'tap'
import { cny, givenLimit, STATEMENT } from '../../given.ts'
import { type ContractService, contractService } from '../contract.ts'
import { rescored } from '../portfolio/running.ts'

/** The last day of the limit and of the rating that every customer here is given. */
const LAST = '2027-03-31'
const DAY_AFTER = '2027-04-01'

const AFTER_MIDNIGHT = '2027-04-01T00:10:00.000Z'
const BEFORE_MIDNIGHT = '2027-03-31T23:50:00.000Z'

/** Decisions about orders in the order of the chain: when, and as of which day. */
async function decisionsOf({ send }: ContractService, customerId: string) {
  const { items } = (await send('GET', `/v1/customers/${customerId}/journal?limit=200`)).body
  return (items as { at: string; payload: string }[]).flatMap(({ at, payload }) => {
    const { facts } = JSON.parse(payload) as { facts?: { today: string; now?: string } }
    return facts?.now === undefined ? [] : [{ at, now: facts.now, today: facts.today }]
  })
}

/** Each decision is of the day of its own moment, and none of a day before an earlier decision. */
async function daysNeverRunBack(t: Test, service: ContractService, customerId: string): Promise<void> {
  const decisions = await decisionsOf(service, customerId)
  for (const { at, now, today } of decisions) t.same([now, today], [at, at.slice(0, 10)])
  const days = decisions.map(({ today }) => today)
  t.same(days, days.toSorted())
  t.equal(days.at(-1), DAY_AFTER)
  const { body } = await service.send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
}

const check = ({ send }: ContractService, customerId: string, orderId: string, more = {}) =>
  send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny('100.00'), ...more })

const codesOf = ({ body }: { body: { reasons: { code: string }[] } }) => body.reasons.map(({ code }) => code)

t.test('where the clock runs back over midnight, what has begun to be another day stays that day', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  for (const customerId of ['C-1', 'C-2', 'C-3', 'C-4']) await givenLimit(service, customerId, '10000.00')
  const invoice = { amount: cny('50.00'), issuedOn: '2027-03-01', dueOn: LAST }
  await clockTo('2027-03-31T23:40:00.000Z')
  const guarantee = { kind: 'insurance', provider: 'Bank', amount: cny('10.00'), coverShare: 1 }
  for (const customerId of ['C-1', 'C-2']) {
    await send('PUT', `/v1/customers/${customerId}/invoices/I-1`, invoice)
    const security = { ...guarantee, validFrom: '2027-03-01', validUntil: LAST }
    await send('PUT', `/v1/customers/${customerId}/securities/G-1`, security)
  }
  const approved = await check(service, 'C-1', 'SO-1')
  t.match(approved.body, { outcome: 'approved' }, 'the last day')
  await clockTo(AFTER_MIDNIGHT)
  t.ok(codesOf(await check(service, 'C-1', 'SO-2', { reevaluate: false })).includes('LIMIT_EXPIRED'))
  await clockTo(BEFORE_MIDNIGHT)

  await t.test('without a lock', async (t) => {
    const again = await check(service, 'C-1', 'SO-3', { reevaluate: false })
    t.ok(codesOf(again).includes('LIMIT_EXPIRED'), codesOf(again).join())
    t.equal(again.body.decidedAt, AFTER_MIDNIGHT)
    await daysNeverRunBack(t, service, 'C-1')
  })

  await t.test('together with a customer whose clock has not run back: each by its own day', async (t) => {
    const order = (customerId: string) => ({ customerId, orderId: 'SO-4', amount: cny('100.00'), reevaluate: false })
    for (const customerIds of [
      ['C-1', 'C-2'],
      ['C-2', 'C-1']
    ]) {
      const { body } = await send('POST', '/v1/credit-check-batches?dryRun=true', { checks: customerIds.map(order) })
      const found = Object.fromEntries(
        (body.results as { check: { customerId: string } }[]).map(({ check }) => [check.customerId, check])
      )
      t.match(found['C-1'], { outcome: 'referred', decidedAt: AFTER_MIDNIGHT })
      t.match(found['C-2'], { outcome: 'approved', decidedAt: BEFORE_MIDNIGHT })
    }
    await check(service, 'C-1', 'SO-5', { reevaluate: false })
    const { items } = (await send('GET', '/v1/customers/C-1/journal?limit=200')).body
    const { facts } = JSON.parse(items.at(-1).payload)
    t.match(facts.situation, { asOf: DAY_AFTER, overdueMinor: 5_000 }, 'what is overdue is so by that day')
  })

  await t.test('under the lock', async (t) => {
    const more = await send('POST', `/v1/credit-checks/${approved.body.checkId}/adjustments`, { increase: cny('1.00') })
    t.match(more.body, { outcome: 'referred', adjustedAt: AFTER_MIDNIGHT })
    const asked = await check(service, 'C-1', 'SO-6')
    t.equal(asked.body.outcome, 'referred')
    t.equal((await check(service, 'C-1', 'SO-6')).body.outcome, 'referred', 'an order that waits')
    await daysNeverRunBack(t, service, 'C-1')
  })

  await t.test('what is read says what a decision would', async (t) => {
    t.match((await send('GET', '/v1/customers/C-1/limit')).body, { inForce: false })
    t.match((await send('GET', '/v1/customers/C-2/limit')).body, { inForce: true })
    t.match((await send('GET', '/v1/customers/C-1/rating')).body, { state: 'expired' })
    const ratings: { state: string }[] = (await send('GET', '/v1/ratings?limit=2')).body.items
    t.same(
      ratings.map(({ state }) => state),
      ['expired', 'in_force']
    )
    for (const [customerId, inForce] of [
      ['C-1', false],
      ['C-2', true]
    ] as const) {
      const url = `/v1/customers/${customerId}/securities`
      t.match((await send('GET', url)).body, { items: [{ inForce }] })
      t.match((await send('GET', `${url}/G-1`)).body, { inForce })
    }
  })

  await t.test('assessments, alone and in a run', async (t) => {
    await clockTo(AFTER_MIDNIGHT)
    const statement = { ...STATEMENT, periodEnd: '2026-12-31' }
    for (const customerId of ['C-3', 'C-4'])
      await send('PUT', `/v1/customers/${customerId}/statements/FY2026`, statement)
    await clockTo(BEFORE_MIDNIGHT)
    t.match((await send('POST', '/v1/customers/C-3/assessments', {})).body, {
      asOf: DAY_AFTER,
      madeAt: AFTER_MIDNIGHT
    })
    t.match((await send('GET', '/v1/customers/C-3/rating')).body, { state: 'in_force', validUntil: '2028-04-01' })
    await rescored(service)
    const newest = async (customerId: string) =>
      (await send('GET', `/v1/customers/${customerId}/assessments?limit=1`)).body.items[0]
    t.match(await newest('C-4'), { asOf: DAY_AFTER, madeAt: AFTER_MIDNIGHT })
    t.match(await newest('C-2'), { asOf: LAST, madeAt: BEFORE_MIDNIGHT })
  })
})
