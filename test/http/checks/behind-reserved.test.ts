import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

const url = '/v1/credit-checks'

interface Answered {
  readonly outcome: string
  readonly alternatives: readonly unknown[]
}

t.test('an order that is decided with others is told of the room that their reservations give back', async (t) => {
  const service = await testService(t)
  const ordersOf = (customerId: string) =>
    [
      { orderId: 'SO-1', amount: cny('4000.00'), reserveSeconds: 86_400 },
      { orderId: 'SO-2', amount: cny('10000.00') },
      { orderId: 'SO-3', amount: cny('1000.00'), reserveSeconds: 172_800 },
      { orderId: 'SO-4', amount: cny('10000.00') },
      { orderId: 'SO-5', amount: cny('1000.00'), idempotencyKey: `${customerId}-5` },
      { orderId: 'SO-5', amount: cny('1000.00'), idempotencyKey: `${customerId}-5` }
    ].map((order) => ({ customerId, ...order }))
  const told = (checks: readonly Answered[]) => checks.map(({ outcome, alternatives }) => ({ outcome, alternatives }))
  const given = async (customerId: string) => {
    await givenLimit(service, customerId, '10000.00')
    return ordersOf(customerId)
  }
  const inBatch = async (customerId: string, query: string) => {
    const { body } = await service.send('POST', `/v1/credit-check-batches${query}`, { checks: await given(customerId) })
    return told(body.results.map(({ check }: { readonly check: Answered }) => check))
  }
  const headersOf = (idempotencyKey: string | undefined) =>
    idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }

  const oneByOne: Answered[] = []
  for (const { idempotencyKey, ...order } of await given('C-1'))
    oneByOne.push((await service.send('POST', url, order, headersOf(idempotencyKey))).body)
  t.match(told(oneByOne), [
    { outcome: 'approved' },
    { outcome: 'referred', alternatives: [{ amount: cny('6000.00') }, { kind: 'later_date', date: '2026-04-02' }, {}] },
    { outcome: 'approved' },
    { outcome: 'referred', alternatives: [{ amount: cny('5000.00') }, { kind: 'later_date', date: '2026-04-03' }, {}] },
    { outcome: 'approved' },
    { outcome: 'approved' }
  ])
  t.same(await inBatch('C-2', ''), told(oneByOne), 'in a batch')
  t.same(await inBatch('C-3', '?dryRun=true'), told(oneByOne), 'in a batch that is tried')
  const group = await given('C-4')
  const sent = group.map(({ idempotencyKey, ...order }) => service.send('POST', url, order, headersOf(idempotencyKey)))
  t.same(told((await Promise.all(sent)).map(({ body }) => body)), told(oneByOne), 'at the same time')
  t.equal((await service.send('GET', '/v1/audit/self-check')).body.valid, true)
})
