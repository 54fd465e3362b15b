import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

const url = '/v1/credit-checks'

type TestService = Awaited<ReturnType<typeof testService>>

/** Asks about orders of one customer, one request after another or all in one. */
const ways = {
  alone: async ({ send }: TestService, orders: readonly object[]) => {
    const outcomes: string[] = []
    for (const order of orders) outcomes.push((await send('POST', url, order)).body.outcome)
    return outcomes
  },
  together: async ({ send }: TestService, orders: readonly object[]) =>
    (await send('POST', '/v1/credit-check-batches', { checks: orders })).body.results.map(
      ({ check }: { check: { outcome: string } }) => check.outcome
    )
} as const

/** Sets up a customer, and says of which orders somebody asks now. */
type Scene = (service: TestService, customerId: string) => Promise<readonly object[]>

const item = (amount: string) => ({ category: 'order', amount: cny(amount), shipOn: '2026-04-15' })

const ownItem: Scene = async ({ send }, customerId) => {
  await send('PUT', `/v1/customers/${customerId}/exposure-items/SO-2`, { ...item('4000.00'), sourceVersion: 1 })
  return [
    { customerId, orderId: 'SO-1', amount: cny('7000.00') },
    { customerId, orderId: 'SO-2', amount: cny('1000.00') },
    { customerId, orderId: 'SO-3', amount: cny('6000.00') }
  ]
}

const gaveUpItsPlace: Scene = async ({ send }, customerId) => {
  const record = (amount: string, sourceVersion: number) =>
    send('PUT', `/v1/customers/${customerId}/exposure-items/SO-9`, { ...item(amount), sourceVersion })
  await record('4000.00', 1)
  await send('POST', url, { customerId, orderId: 'SO-0', amount: cny('9000.00') })
  await send('POST', url, { customerId, orderId: 'SO-1', amount: cny('7000.00') })
  await record('2000.00', 2)
  return [
    { customerId, orderId: 'SO-0', amount: cny('9000.00'), reevaluate: false },
    { customerId, orderId: 'SO-3', amount: cny('5000.00') }
  ]
}

t.test('a check that makes room lets those that wait pass before the next check, asked together or not', async (t) => {
  const service = await testService(t)
  const scenes = { ownItem, gaveUpItsPlace }
  const expected = { ownItem: ['referred', 'approved', 'referred'], gaveUpItsPlace: ['referred', 'referred'] }
  for (const [name, scene] of Object.entries(scenes))
    for (const [way, ask] of Object.entries(ways)) {
      const customerId = `C-${name}-${way}`
      await givenLimit(service, customerId, '10000.00')
      const orders = await scene(service, customerId)
      t.same(await ask(service, orders), expected[name as keyof typeof expected], `${name}, ${way}`)
      const { state } = (await service.send('GET', `/v1/blocked-orders?customerId=${customerId}`)).body.items.find(
        ({ orderId }: { orderId: string }) => orderId === 'SO-1'
      ) ?? { state: 'passed' }
      t.not(state, 'open', `${name}, ${way}: the one that waited has passed`)
    }
  t.equal((await service.send('GET', '/v1/audit/self-check')).body.valid, true)
})
