import t from 'tap'
import { workAtReevaluations } from '../../../src/checks/commands/reevaluate.ts'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

t.test('an order behind others that pass with it is told when their room comes back', async (t) => {
  const service = await testService(t)
  const url = '/v1/credit-checks'
  const scene = async (customerId: string, between: () => Promise<void>) => {
    await givenLimit(service, customerId, '10000.00')
    const order = async (orderId: string, amount: string, reserveSeconds = 864_000) =>
      (await service.send('POST', url, { customerId, orderId, amount: cny(amount), reserveSeconds })).body
    const { checkId } = await order('SO-1', '10000.00')
    await order('SO-2', '4000.00', 86_400)
    await service.send('POST', `${url}/${checkId}/releases`, {})
    await between()
    return order('SO-3', '10000.00')
  }
  const decidedBefore = await scene('C-1', () => workAtReevaluations(service.deps, new AbortController().signal))
  const decidedAlong = await scene('C-2', async () => undefined)
  t.match(decidedAlong.alternatives, [
    { kind: 'smaller_amount', amount: cny('6000.00') },
    { kind: 'later_date', date: '2026-04-02' },
    { kind: 'split' }
  ])
  t.same(decidedAlong.alternatives, decidedBefore.alternatives)
  t.equal((await service.send('GET', '/v1/audit/self-check')).body.valid, true)
})
