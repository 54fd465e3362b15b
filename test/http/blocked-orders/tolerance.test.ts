import t from 'tap'
import type { Scope } from '../../../src/platform/http/auth.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/credit-checks'

t.test('attack 6: a person lets an order grow by as much as the policy allows, and no more', async (t) => {
  const service = await contractService(t)
  const { send, refuses, deps } = service
  await givenLimit(service, 'C-1', '100000.00')
  const headers = { authorization: await service.authorization('release'), 'if-match': '"1"' }
  let orders = 0
  const blocked = async () => {
    orders += 1
    const order = { customerId: 'C-1', orderId: `SO-${orders}`, amount: cny('900000.00') }
    const { body } = await send('POST', url, order)
    t.equal(body.outcome, 'referred')
    return `${url}/${body.checkId}/decisions`
  }
  const release = (tolerance?: object) => ({
    decision: 'release',
    reasonCode: 'PROMISED',
    comment: 'Seen.',
    ...(tolerance === undefined ? {} : { tolerance })
  })
  /** Beyond what one person may allow: it waits, and the order with it. */
  const waits = async (tolerance: object) => {
    const path = await blocked()
    const asked = await send('POST', path, release(tolerance), headers)
    t.match(asked, { status: 202, body: { kind: 'release_tolerance', state: 'open', customerId: 'C-1' } })
    t.match((await send('GET', path.replace('/decisions', ''))).body, { block: { state: 'open' }, reservation: null })
    return asked.body
  }
  const passes = async (tolerance: object | undefined, last: string) => {
    const { body } = await send('POST', await blocked(), release(tolerance), headers)
    const grow = (amount: string) =>
      send('POST', `${url}/${body.checkId}/adjustments?dryRun=true`, { amount: cny(amount) })
    t.match((await grow(last)).body, { outcome: 'approved' })
    t.match((await grow((Number(last) + 0.01).toFixed(2))).body, { outcome: 'referred' })
  }

  await t.test('a tenth of the order where the policy says nothing', async () => {
    await waits({ amount: cny('9000000000000.00') })
    await waits({ amount: cny('90000.01') })
    await waits({ share: 0.11 })
    await waits({ share: 1 })
    await passes({ amount: cny('90000.00') }, '990000.00')
    await passes({ share: 0.1 }, '990000.00')
    await passes(undefined, '900000.00')
  })

  await t.test('as much as it says otherwise', async (t) => {
    t.teardown(() => delete deps.policy.check.releaseToleranceShareMax)
    deps.policy.check.releaseToleranceShareMax = 0.5
    await passes({ share: 0.5 }, '1350000.00')
    await waits({ amount: cny('450000.01') })
    deps.policy.check.releaseToleranceShareMax = 0
    await waits({ amount: cny('0.01') })
    await passes({ share: 0 }, '900000.00')
  })

  await t.test('what goes beyond is for two persons', async (t) => {
    const approver = async (...scopes: Scope[]) => ({ authorization: await service.authorization(...scopes) })
    const approval = (verdict: 'approve' | 'reject') => ({ verdict, comment: 'Agreed with the head of sales' })
    const at = ({ changeRequestId }: { changeRequestId: string }) => `/v1/change-requests/${changeRequestId}/approvals`
    const decide = async (asked: { changeRequestId: string }, verdict: 'approve' | 'reject', by: object) =>
      send('POST', at(asked), approval(verdict), { ...by, 'if-match': '"1"' })

    const asked = await waits({ share: 0.5 })
    t.match(asked, { payload: { decision: { tolerance: { share: 0.5 } } }, digest: /^[0-9a-f]{64}$/, version: 1 })
    const request = (by: object) =>
      ({ method: 'POST', url: at(asked), body: approval('approve'), headers: { ...by, 'if-match': '"1"' } }) as const
    await refuses(t, request({ authorization: headers.authorization }), 'insufficient-scope')
    await refuses(t, request(await approver('approve')), 'insufficient-scope')
    t.match((await send('GET', '/v1/change-requests?kind=release_tolerance&state=open')).body.items[0], asked)
    const second = await approver('approve', 'release')
    t.match(await decide(asked, 'approve', second), { status: 200, body: { state: 'applied', version: 2 } })
    const { body } = await send('GET', `${url}/${asked.subject}`)
    t.match(body.block, { state: 'released' })
    const [entry] = (await send('GET', '/v1/customers/C-1/journal?limit=200')).body.items.filter(
      ({ payload }: { payload: string }) => payload.includes(asked.changeRequestId)
    )
    t.match(entry, { type: 'order.released', subject: asked.subject })
    t.match(JSON.parse(entry.payload), { askedBy: asked.madeBy, release: { amountMaxMinor: 135_000_000 } })

    const refused = await waits({ share: 0.5 })
    t.match(await decide(refused, 'reject', second), { status: 200, body: { state: 'rejected' } })
    t.match((await send('GET', `${url}/${refused.subject}`)).body.block, { state: 'open' }, 'the order waits on')

    const overtaken = await waits({ share: 0.5 })
    await send('POST', `${url}/${overtaken.subject}/decisions`, release(), headers)
    t.match((await send('GET', `/v1/change-requests/${overtaken.changeRequestId}`)).body, { state: 'withdrawn' })
    const given = await waits({ share: 0.5 })
    const rejection = { decision: 'reject', reasonCode: 'NO', comment: 'No.' }
    await send('POST', `${url}/${given.subject}/decisions`, rejection, headers)
    t.match((await send('GET', `/v1/change-requests/${given.changeRequestId}`)).body, { state: 'withdrawn' })

    const own = await approver('approve', 'release')
    const path = await blocked()
    const { body: byThem } = await send('POST', path, release({ share: 0.5 }), { ...own, 'if-match': '"1"' })
    const again = { method: 'POST', url: at(byThem), body: approval('approve'), headers: { ...own, 'if-match': '"1"' } }
    await refuses(t, again as ReturnType<typeof request>, 'four-eyes')
    await send('PUT', '/v1/customers/C-1/hold', { reason: 'Bill returned' })
    const held = { ...again, headers: { ...second, 'if-match': '"1"' } }
    await refuses(t, held as ReturnType<typeof request>, 'manual-hold-in-force')
    await send('DELETE', '/v1/customers/C-1/hold')
    const audit = (await send('GET', '/v1/audit/self-check')).body
    t.equal(audit.valid, true, JSON.stringify(audit.findings))
  })
})
