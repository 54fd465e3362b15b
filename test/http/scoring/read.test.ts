import t from 'tap'
import { givenCustomer, givenRated } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('reading assessments and ratings', async (t) => {
  const service = await contractService(t)
  const { send, refuses, clockTo } = service
  const url = '/v1/customers/C-1/assessments'
  await givenRated(service, 'C-1')
  await clockTo('2026-04-01')
  await givenRated(service, 'C-2')
  await givenCustomer(service, 'C-3')
  await clockTo('2026-04-02')
  await send('POST', url, {})

  await t.test('200: assessments are listed newest first, in pages', async (t) => {
    const days = ({ items }: { items: { asOf: string }[] }) => items.map(({ asOf }) => asOf)
    t.same(days((await send('GET', url)).body), ['2026-04-02', '2026-03-31'])
    const first = (await send('GET', `${url}?limit=1`)).body
    const second = (await send('GET', `${url}?limit=1&cursor=${first.nextCursor}`)).body
    t.same([days(first), days(second), second.nextCursor], [['2026-04-02'], ['2026-03-31'], undefined])
    t.same((await send('GET', '/v1/customers/C-3/assessments')).body, { items: [] })
    await refuses(
      t,
      { method: 'GET', url: `/v1/customers/C-2/assessments?cursor=${first.nextCursor}` },
      'invalid-cursor'
    )
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    const { items } = (await send('GET', url)).body
    t.same((await send('GET', `${url}/${items[0].assessmentId}`)).body, items[0], 'one of this customer is')
    const elsewhere = `/v1/customers/C-2/assessments/${items[0].assessmentId}`
    await refuses(t, { method: 'GET', url: elsewhere }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url}/asm_00000000000000000000000000` }, 'not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/assessments' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/rating' }, 'customer-not-found')
  })

  await t.test('200: ratings are listed by customer; who was never assessed has none', async (t) => {
    const { status, body } = await send('GET', '/v1/ratings')
    t.equal(status, 200)
    t.match(body.items, [
      { customerId: 'C-1', state: 'in_force', grade: 'BBB', ratedAt: '2026-04-02T12:00:00.000Z' },
      { customerId: 'C-2', state: 'in_force', grade: 'BBB', ratedAt: '2026-04-01T12:00:00.000Z' }
    ])
    t.equal(body.items.length, 2)
    t.same((await send('GET', '/v1/customers/C-1/rating')).body, body.items[0])
  })

  await t.test('200: those that changed at or after an instant', async (t) => {
    const since = async (instant: string) =>
      (await send('GET', `/v1/ratings?updatedSince=${encodeURIComponent(instant)}`)).body.items.map(
        ({ customerId }: { customerId: string }) => customerId
      )
    t.same(await since('2026-03-31T12:00:00Z'), ['C-1', 'C-2'])
    t.same(await since('2026-04-01T12:00:00.000Z'), ['C-1', 'C-2'])
    t.same(await since('2026-04-01T12:00:00.001Z'), ['C-1'])
    t.same(await since('2026-04-02T20:00:00+08:00'), ['C-1'], 'in any offset')
    t.same(await since('2026-04-02T12:00:01Z'), [])
  })

  await t.test('200: ratings come in pages, and a cursor is for its filter', async (t) => {
    const first = (await send('GET', '/v1/ratings?limit=1')).body
    t.equal(first.items[0].customerId, 'C-1')
    const second = (await send('GET', `/v1/ratings?limit=1&cursor=${first.nextCursor}`)).body
    t.same([second.items[0].customerId, second.nextCursor], ['C-2', undefined])
    const filtered = `/v1/ratings?updatedSince=2026-04-01T00:00:00Z&cursor=${first.nextCursor}`
    await refuses(t, { method: 'GET', url: filtered }, 'invalid-cursor')
  })

  await t.test('400: what is no id and no parameter is refused', async (t) => {
    const get = (path: string) => ({ method: 'GET', url: path }) as const
    await refuses(t, get(`${url}/FY2025`), 'validation-error', ['/params/assessmentId'])
    await refuses(t, get(`${url}?limit=0`), 'validation-error', ['/query/limit'])
    await refuses(t, get('/v1/customers/_1/rating'), 'validation-error', ['/params/customerId'])
    await refuses(t, get('/v1/ratings?updatedSince=2026-04-01'), 'validation-error', ['/query/updatedSince'])
    await refuses(t, get('/v1/ratings?updatedSince=2026-04-01T00:00:00'), 'validation-error', ['/query/updatedSince'])
  })

  const reads = ['getAssessment', 'listAssessments', 'getRating', 'listRatings']
  t.same(service.unanswered(...reads), [], 'every documented answer was given')
})
