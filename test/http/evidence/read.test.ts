import t from 'tap'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/evidence'

t.test('reading evidence', async (t) => {
  const { send, refuses, unanswered } = await contractService(t)
  for (const customerId of ['C-1', 'C-2', 'C-3'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: `Customer ${customerId}` })
  const record = async (list: string, kind: string, facts: object): Promise<string> =>
    (await send('POST', list, { kind, observedOn: '2026-03-30', source: 'x', facts })).body.evidenceId
  const court = await record(url, 'court_record', { openCases: 1 })
  const tax = await record(url, 'tax_record', { arrears: false })
  const visit = await record(url, 'site_visit', { operating: true })
  const elsewhere = await record(url.replace('C-1', 'C-2'), 'court_record', { openCases: 9 })
  await send('POST', `${url}/${tax}/withdrawals`, { reason: 'mistyped' })
  const idsOf = async (query: string): Promise<string[]> =>
    (await send('GET', `${url}${query}`)).body.items.map(({ evidenceId }: { evidenceId: string }) => evidenceId)

  await t.test('200: one item with its version', async (t) => {
    t.match(await send('GET', `${url}/${court}`), { status: 200, headers: { etag: '"1"' }, body: { withdrawal: null } })
    t.match(await send('GET', `${url}/${tax}`), { status: 200, headers: { etag: '"2"' }, body: { version: 2 } })
  })

  await t.test('200: a customer’s own, the last recorded first, by kind and by whether they count', async (t) => {
    t.same(await idsOf(''), [visit, tax, court])
    t.same(await idsOf('?kind=court_record'), [court])
    t.same(await idsOf('?withdrawn=true'), [tax])
    t.same(await idsOf('?withdrawn=false'), [visit, court])
    t.same(await idsOf('?withdrawn=true&kind=site_visit'), [])
    t.same((await send('GET', url.replace('C-1', 'C-3'))).body, { items: [] })
  })

  await t.test('200: in pages; a cursor belongs to its customer and its filters', async (t) => {
    const first = (await send('GET', `${url}?limit=2`)).body
    const second = (await send('GET', `${url}?limit=2&cursor=${first.nextCursor}`)).body
    t.same(second.items, [(await send('GET', `${url}/${court}`)).body])
    t.equal(second.nextCursor, undefined)
    for (const other of [`${url}?kind=tax_record&`, `${url.replace('C-1', 'C-2')}?`])
      await refuses(t, { method: 'GET', url: `${other}cursor=${first.nextCursor}` }, 'invalid-cursor')
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    await refuses(t, { method: 'GET', url: `${url}/${elsewhere}` }, 'not-found')
    await refuses(t, { method: 'GET', url: `/v1/customers/C-9/evidence/${court}` }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/evidence' }, 'customer-not-found')
  })

  await t.test('400: what is no id, no kind or no filter', async (t) => {
    await refuses(t, { method: 'GET', url: `${url}/E-1` }, 'validation-error', ['/params/evidenceId'])
    await refuses(t, { method: 'GET', url: `${url}?kind=gossip` }, 'validation-error', ['/query/kind'])
    await refuses(t, { method: 'GET', url: `${url}?withdrawn=perhaps` }, 'validation-error', ['/query/withdrawn'])
    await refuses(t, { method: 'GET', url: `${url}?source=x` }, 'validation-error', ['/query/source'])
  })

  t.same(unanswered('getEvidence', 'listEvidence'), [], 'every documented answer was given')
})
