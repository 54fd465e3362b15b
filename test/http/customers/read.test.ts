import t from 'tap'
import { contractService } from '../contract.ts'

t.test('reading customers', async (t) => {
  const { send, refuses, unanswered, clockTo } = await contractService(t)
  const customers = {
    'A-1': {
      kind: 'company',
      name: 'Orient Steel',
      localName: '东方钢铁',
      country: 'CN',
      industry: '46',
      identifiers: [{ scheme: 'uscc', value: '91350100M000100Y43' }]
    },
    'A-2': {
      kind: 'company',
      name: 'Linz Metall',
      country: 'AT',
      industry: 'C',
      parentCustomerId: 'A-1',
      identifiers: [{ scheme: 'crm', value: 'a:b' }]
    },
    'B-1': { kind: 'sole_trader', name: 'Wang Wei', tradingName: 'Eastern Hardware', country: 'CN' },
    'B-2': { kind: 'individual', name: 'Orla Byrne', identifiers: [{ scheme: 'erp', value: '91350100M000100Y43' }] }
  }
  for (const [customerId, profile] of Object.entries(customers))
    await send('PUT', `/v1/customers/${customerId}`, profile)
  const idsOf = async (query: string) => {
    const answer = await send('GET', `/v1/customers${query}`)
    t.equal(answer.status, 200, query)
    return answer.body.items.map(({ customerId }: { customerId: string }) => customerId)
  }

  await t.test('200: a customer is answered with its version as ETag', async (t) => {
    const answer = await send('GET', '/v1/customers/A-2')
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, '"1"')
    t.match(answer.body, { ...customers['A-2'], customerId: 'A-2', version: 1 })
  })

  await t.test('case 20: an unknown customer is 404', async (t) => {
    const answer = await refuses(t, { method: 'GET', url: '/v1/customers/A-9' }, 'customer-not-found')
    t.match(answer.body.detail, /A-9/)
  })

  await t.test('400: what is no id is refused', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/_1' }, 'validation-error', ['/params/customerId'])
  })

  await t.test('200: the list holds all customers in the order of their ids', async (t) => {
    t.same(await idsOf(''), ['A-1', 'A-2', 'B-1', 'B-2'])
  })

  const filters: Record<string, string[]> = {
    '?kind=company': ['A-1', 'A-2'],
    '?country=CN': ['A-1', 'B-1'],
    '?industry=C': ['A-2'],
    '?parentCustomerId=A-1': ['A-2'],
    '?identifier=uscc:91350100M000100Y43': ['A-1'],
    '?identifier=crm:a:b': ['A-2'],
    '?identifier=erp:91350100M000100Y43': ['B-2'],
    '?identifier=vat:ATU12345678': [],
    '?name=orient': ['A-1'],
    '?name=EAST': ['B-1'],
    '?name=%E4%B8%9C%E6%96%B9': ['A-1'],
    '?name=or&kind=individual': ['B-2'],
    '?kind=company&country=DE': []
  }
  for (const [query, expected] of Object.entries(filters)) {
    await t.test(`200: ${query} finds ${expected.join(', ') || 'nobody'}`, async (t) =>
      t.same(await idsOf(query), expected)
    )
  }

  await t.test('200: updatedSince finds what has changed at or after an instant, in any offset', async (t) => {
    await clockTo('2026-04-02')
    await send('PATCH', '/v1/customers/B-1', { employees: 3 })
    t.same(await idsOf('?updatedSince=2026-04-01T00:00:00Z'), ['B-1'])
    t.same(await idsOf('?updatedSince=2026-04-02T12:00:00.000Z'), ['B-1'])
    t.same(await idsOf('?updatedSince=2026-04-02T12:00:00.001Z'), [])
    t.same(await idsOf('?updatedSince=2026-04-02T20:00:00%2B08:00'), ['B-1'])
  })

  const refused: Record<string, string> = {
    '?kind=firm': '/query/kind',
    '?country=cn': '/query/country',
    '?industry=1': '/query/industry',
    '?identifier=passport:7': '/query/identifier',
    '?identifier=uscc': '/query/identifier',
    '?name=': '/query/name',
    '?parentCustomerId=%20': '/query/parentCustomerId',
    '?updatedSince=2026-04-01': '/query/updatedSince',
    '?updatedSince=2026-02-30T00:00:00Z': '/query/updatedSince',
    '?updatedSince=0000-01-01T00:00:00Z': '/query/updatedSince',
    '?updatedSince=infinity': '/query/updatedSince',
    '?updatedSince=2026-04-01T00:00:00%2B20:00': '/query/updatedSince',
    '?updatedSince=2026-04-01T00:00:00': '/query/updatedSince',
    '?sort=name': '/query/sort'
  }
  for (const [query, pointer] of Object.entries(refused)) {
    await t.test(`400: ${query} is refused`, async (t) => {
      await refuses(t, { method: 'GET', url: `/v1/customers${query}` }, 'validation-error', [pointer])
    })
  }

  await t.test('400: a cursor that this list did not make is refused', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers?cursor=QS0x' }, 'invalid-cursor')
  })

  t.same(unanswered('getCustomer', 'listCustomers'), [], 'every documented answer was given')
})
