import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('a batch that is decided in several parts takes no more than the limit, and answers in order', async (t) => {
  const service = await contractService(t)
  const { send } = service
  await givenLimit(service, 'C-1', '20000.00')
  const checks = Array.from({ length: 130 }, (_, index) => {
    return { customerId: 'C-1', orderId: `SO-${index}`, amount: cny('200.00'), reevaluate: false }
  })
  const { results } = (await send('POST', '/v1/credit-check-batches', { checks })).body
  t.same(
    results.map(({ check }: { check: { orderId: string } }) => check.orderId),
    checks.map(({ orderId }) => orderId)
  )
  const outcomes = results.map(({ check }: { check: { outcome: string } }) => check.outcome)
  t.equal(outcomes.filter((outcome: string) => outcome === 'approved').length, 100)
  t.equal(outcomes.lastIndexOf('approved'), 99, 'first come, first served, over all parts')
})
