import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('an order of which something was captured after the snapshot is not recorded beside that', async (t) => {
  const service = await contractService(t)
  const { send, attempt, clockTo } = service
  await givenLimit(service, 'C-1', '100000.00')
  const ledger = '/v1/customers/C-1'
  const record = (itemId: string, category: string, more: object = {}) =>
    send('PUT', `${ledger}/exposure-items/${itemId}`, { category, amount: cny('100.00'), sourceVersion: 1, ...more })
  const checked = async (orderId: string): Promise<string> =>
    (await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId, amount: cny('100.00') })).body.checkId
  const capture = (checkId: string, invoiceId: string, amount: string, final: boolean) =>
    send('POST', `/v1/credit-checks/${checkId}/captures`, { amount: cny(amount), invoiceId, final })
  const release = (checkId: string) => send('POST', `/v1/credit-checks/${checkId}/releases`, {})
  const total = async () => (await send('GET', `${ledger}/exposure`)).body.exposure.total
  const reconcile = async (snapshotAt: string, apply: boolean) => {
    const order = { category: 'order', sourceVersion: 2 }
    const items = ['RECORDED', 'CHECKED', 'DELIVERED', 'EARLIER', 'RELEASED'].map((itemId) => {
      return { ...order, itemId, open: cny(itemId === 'EARLIER' ? '40.00' : '100.00') }
    })
    const body = { snapshotAt, apply, control: { count: items.length, totals: [cny('440.00')] }, items }
    return (await send('POST', `${ledger}/reconciliations`, body)).body
  }

  await record('RECORDED', 'order')
  const recorded = await checked('RECORDED')
  const onlyChecked = await checked('CHECKED')
  const delivered = await checked('DELIVERED')
  const earlier = await checked('EARLIER')
  const released = await checked('RELEASED')
  await capture(earlier, 'I-3', '60.00', false)
  await clockTo('2026-03-31T12:10:00.000Z')
  await capture(recorded, 'I-1', '100.00', true)
  await capture(onlyChecked, 'I-2', '70.00', true)
  const part = { checkId: delivered, amount: cny('100.00'), final: true }
  t.equal((await record('DN-1', 'delivery', { convertedFrom: [part] })).status, 201)
  await release(earlier)
  await release(released)
  t.same(await total(), cny('330.00'))

  await t.test(
    'it is older, with the check; what was captured before, or only released, is not in the way',
    async (t) => {
      const { differences, counts, exposureAfter } = await reconcile('2026-03-31T12:05:00.000Z', true)
      t.same(
        differences.map(({ kind, id, checkId }: Record<string, unknown>) => [kind, id, checkId]),
        [
          ['older', 'RECORDED', recorded],
          ['older', 'CHECKED', onlyChecked],
          ['older', 'DELIVERED', delivered],
          ['missing', 'EARLIER', null],
          ['missing', 'RELEASED', null],
          ['older', 'DN-1', null]
        ]
      )
      t.match(counts, { older: 4, missing: 2, alsoHeld: 0, different: 0, extra: 0 })
      t.same([exposureAfter, await total()], [cny('470.00'), cny('470.00')], 'each order counts once')
      t.match((await send('GET', `${ledger}/exposure-items/RECORDED`)).body, { state: 'closed', sourceVersion: 1 })
      t.equal((await attempt('GET', `${ledger}/exposure-items/CHECKED`)).status, 404)
    }
  )

  await t.test('a snapshot that was taken after that says what is open', async (t) => {
    const { counts } = await reconcile('2026-03-31T12:10:00.000Z', false)
    t.match(counts, { different: 1, missing: 2, older: 0 })
  })
})
