import t from 'tap'
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
  const refused = async (tolerance: object, pointer: string) => {
    const path = await blocked()
    for (const query of ['', '?dryRun=true']) {
      const request = { method: 'POST', url: path + query, body: release(tolerance), headers } as const
      const { body } = await refuses(t, request, 'validation-error', [pointer])
      t.match(body.errors, [{ code: 'above_policy', detail: /^The order may grow by .* CNY at most, by the policy/ }])
    }
  }
  const passes = async (tolerance: object | undefined, last: string) => {
    const { body } = await send('POST', await blocked(), release(tolerance), headers)
    const grow = (amount: string) =>
      send('POST', `${url}/${body.checkId}/adjustments?dryRun=true`, { amount: cny(amount) })
    t.match((await grow(last)).body, { outcome: 'approved' })
    t.match((await grow((Number(last) + 0.01).toFixed(2))).body, { outcome: 'referred' })
  }

  await t.test('a tenth of the order where the policy says nothing', async () => {
    await refused({ amount: cny('9000000000000.00') }, '/tolerance/amount')
    await refused({ amount: cny('90000.01') }, '/tolerance/amount')
    await refused({ share: 0.11 }, '/tolerance/share')
    await refused({ share: 1 }, '/tolerance/share')
    await passes({ amount: cny('90000.00') }, '990000.00')
    await passes({ share: 0.1 }, '990000.00')
    await passes(undefined, '900000.00')
  })

  await t.test('as much as it says otherwise', async (t) => {
    t.teardown(() => delete deps.policy.check.releaseToleranceShareMax)
    deps.policy.check.releaseToleranceShareMax = 0.5
    await passes({ share: 0.5 }, '1350000.00')
    await refused({ amount: cny('450000.01') }, '/tolerance/amount')
    deps.policy.check.releaseToleranceShareMax = 0
    await refused({ amount: cny('0.01') }, '/tolerance/amount')
    await passes({ share: 0 }, '900000.00')
  })
})
