import t from 'tap'
import { cny, givenCustomer, givenLimit, setLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading limits', async (t) => {
  const service = await contractService(t)
  const { send, refuses } = service
  await givenLimit(service, 'C-1', '50000.00')
  const proposed = await send('POST', '/v1/customers/C-1/limit-decisions', { requested: cny('900000.00') })
  const last = await setLimit(service, 'C-1', '60000.00')
  const url = '/v1/customers/C-1/limit-decisions'

  await t.test('200: the limit in force, with what is available of it', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('45000.00') }
    await send('POST', '/v1/credit-checks', order)
    t.match(await send('GET', '/v1/customers/C-1/limit'), {
      status: 200,
      body: {
        mode: 'limited',
        amount: cny('60000.00'),
        inForce: true,
        limitDecisionId: last,
        available: cny('15000.00')
      }
    })
    await send('PUT', '/v1/customers/C-1/securities/G-1', {
      kind: 'guarantee',
      provider: 'Bank',
      amount: cny('5000.00'),
      coverShare: 0.5,
      validFrom: '2026-03-31'
    })
    const { body } = await send('GET', '/v1/customers/C-1/limit')
    t.same(body.available, cny('17500.00'), 'what is secured adds to it, as in a check')
    t.same((await send('GET', '/v1/customers/C-1/exposure')).body.available, body.available)
    await send('POST', '/v1/customers/C-1/securities/G-1/withdrawals', { reason: 'Returned', stillRequired: false })
  })

  await t.test('200: a customer for whom none was decided has none', async (t) => {
    await givenCustomer(service, 'C-2')
    t.same((await send('GET', '/v1/customers/C-2/limit')).body, {
      customerId: 'C-2',
      mode: 'none',
      amount: cny('0.00'),
      termsDays: null,
      validUntil: null,
      inForce: false,
      limitDecisionId: null,
      available: cny('0.00')
    })
    t.same((await send('GET', '/v1/customers/C-2/limit-decisions')).body, { items: [] })
  })

  await t.test('200: decisions are listed newest first, by state and by pages', async (t) => {
    const listed = async (query: string) => (await send('GET', `${url}${query}`)).body
    const amounts = ({ items }: { items: { requested: { amount: string } }[] }) =>
      items.map(({ requested }) => requested.amount)
    t.same(amounts(await listed('')), ['60000.00', '900000.00', '50000.00'])
    t.same(amounts(await listed('?state=proposed')), ['900000.00'])
    t.same(amounts(await listed('?state=applied')), ['60000.00', '50000.00'])
    t.same(amounts(await listed('?state=rejected')), [])
    const first = await listed('?limit=2')
    const second = await listed(`?limit=2&cursor=${first.nextCursor}`)
    t.same([...amounts(first), ...amounts(second)], ['60000.00', '900000.00', '50000.00'])
    t.equal(second.nextCursor, undefined)
    await refuses(t, { method: 'GET', url: `${url}?state=applied&cursor=${first.nextCursor}` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${url}?state=open` }, 'validation-error')
  })

  await t.test('200: a decision carries its version as ETag', async (t) => {
    const answer = await send('GET', `${url}/${proposed.body.limitDecisionId}`)
    t.match(answer, { status: 200, headers: { etag: '"1"' } })
    t.same(answer.body, proposed.body)
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/limit' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/limit-decisions' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: `${url}/lim_00000000000000000000000000` }, 'not-found')
    await refuses(t, { method: 'GET', url: `/v1/customers/C-2/limit-decisions/${last}` }, 'not-found')
  })

  await t.test('400: what is no id and no parameter is refused', async (t) => {
    const get = (url: string) => ({ method: 'GET', url }) as const
    await refuses(t, get('/v1/customers/_1/limit'), 'validation-error', ['/params/customerId'])
    await refuses(t, get('/v1/customers/C-1/limit?currency=USD'), 'validation-error', ['/query/currency'])
    await refuses(t, get(`${url}/SO-1`), 'validation-error', ['/params/limitDecisionId'])
    await refuses(t, get('/v1/policies?id=standard'), 'validation-error', ['/query/id'])
  })

  await t.test('200: on the day after its validity the limit is no longer in force', async (t) => {
    await service.clockTo('2027-03-31')
    t.match((await send('GET', '/v1/customers/C-1/limit')).body, { inForce: true, available: cny('60000.00') })
    await service.clockTo('2027-04-01')
    t.match((await send('GET', '/v1/customers/C-1/limit')).body, {
      mode: 'limited',
      amount: cny('60000.00'),
      validUntil: '2027-03-31',
      inForce: false,
      available: cny('0.00')
    })
  })

  const reads = ['getLimit', 'getLimitDecision', 'listLimitDecisions']
  t.same(service.unanswered(...reads), [], 'every documented answer was given')
})
