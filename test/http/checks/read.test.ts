import t from 'tap'
import { cny, givenCustomer, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading credit checks', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  await givenLimit(service, 'C-1', '100000.00')
  await givenLimit(service, 'C-2', '100000.00')
  await givenCustomer(service, 'C-3')
  const ids: Record<string, string> = {}
  for (const [customerId, orderId, amount] of [
    ['C-1', 'SO-1', '10.00'],
    ['C-1', 'SO-2', '20.00'],
    ['C-1', 'SO-3', '30.00'],
    ['C-1', 'SO-4', '200000.00'],
    ['C-2', 'SO-1', '10.00'],
    ['C-3', 'SO-1', '10.00']
  ] as const) {
    const { body } = await send('POST', '/v1/credit-checks', { customerId, orderId, amount: cny(amount) })
    ids[`${customerId} ${orderId}`] = body.checkId
  }
  await send('PUT', '/v1/customers/C-2/hold', { reason: 'x' })
  const { body } = await send('POST', '/v1/credit-checks', { customerId: 'C-2', orderId: 'SO-2', amount: cny('1.00') })
  ids['C-2 SO-2'] = body.checkId
  const path = (name: string) => `/v1/credit-checks/${ids[name]}`
  await send('POST', `${path('C-1 SO-1')}/releases`, {})
  await send('POST', `${path('C-1 SO-2')}/captures`, { amount: cny('5.00'), invoiceId: 'I-1', final: true })
  const named = async (query: string) => {
    const answer = await send('GET', `/v1/credit-checks${query}`)
    const nameOf = ({ customerId, orderId }: Record<string, string>) => `${customerId} ${orderId}`
    return { names: answer.body.items.map(nameOf), next: answer.body.nextCursor as string | undefined }
  }

  await t.test('200: the decision as it was, the reservation as it stands', async (t) => {
    t.match((await send('GET', path('C-1 SO-2'))).body, {
      outcome: 'approved',
      availableBefore: cny('99990.00'),
      reservation: { state: 'partially_captured', captured: cny('5.00'), released: cny('15.00') }
    })
    t.match((await send('GET', path('C-1 SO-4'))).body, { outcome: 'referred', reservation: null })
  })

  await t.test('404: a check that does not exist, 400: what is no check’s id', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/credit-checks/chk_00000000000000000000000000' }, 'not-found')
    await refuses(t, { method: 'GET', url: '/v1/credit-checks/SO-1' }, 'validation-error')
  })

  await t.test('200: the list has all checks, the newest first, and filters join', async (t) => {
    t.same((await named('')).names, [
      'C-2 SO-2',
      'C-3 SO-1',
      'C-2 SO-1',
      'C-1 SO-4',
      'C-1 SO-3',
      'C-1 SO-2',
      'C-1 SO-1'
    ])
    t.same((await named('?customerId=C-1')).names, ['C-1 SO-4', 'C-1 SO-3', 'C-1 SO-2', 'C-1 SO-1'])
    t.same((await named('?orderId=SO-1')).names, ['C-3 SO-1', 'C-2 SO-1', 'C-1 SO-1'])
    t.same((await named('?orderId=SO-1&customerId=C-2')).names, ['C-2 SO-1'])
    t.same((await named('?outcome=declined')).names, ['C-2 SO-2'])
    t.same((await named('?outcome=referred')).names, ['C-3 SO-1', 'C-1 SO-4'])
    t.same((await named('?reservation=active')).names, ['C-2 SO-1', 'C-1 SO-3'])
    t.same((await named('?reservation=released')).names, ['C-1 SO-1'])
    t.same((await named('?reservation=partially_captured&customerId=C-1')).names, ['C-1 SO-2'])
    t.same((await named('?reservation=captured')).names, [])
    t.same((await named('?customerId=C-9')).names, [])
  })

  await t.test('200: pages join to the whole list', async (t) => {
    const first = await named('?customerId=C-1&limit=3')
    t.same(first.names, ['C-1 SO-4', 'C-1 SO-3', 'C-1 SO-2'])
    const second = await named(`?customerId=C-1&limit=3&cursor=${first.next}`)
    t.same(second, { names: ['C-1 SO-1'], next: undefined })
  })

  await t.test('case 48: a cursor of another list, or an edited one, is refused', async (t) => {
    const { next } = await named('?customerId=C-1&limit=3')
    for (const query of [`customerId=C-2&cursor=${next}`, `cursor=${next}`, `customerId=C-1&cursor=${next}x`])
      await refuses(t, { method: 'GET', url: `/v1/credit-checks?${query}` }, 'invalid-cursor')
    for (const query of ['outcome=maybe', 'reservation=held', 'limit=-1', 'limit=0', 'amount=1'])
      await refuses(t, { method: 'GET', url: `/v1/credit-checks?${query}` }, 'validation-error')
  })

  t.same(service.unanswered('getCreditCheck', 'listCreditChecks'), [], 'every documented answer was given')
})
