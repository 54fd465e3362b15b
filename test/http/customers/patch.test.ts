import t from 'tap'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1001'
const profile = {
  kind: 'company',
  name: 'Orient Steel',
  tradingName: 'Orient',
  employees: 120,
  address: { street: '1 Harbour Road', city: 'Fuzhou', country: 'CN' },
  identifiers: [{ scheme: 'crm', value: '7' }]
}

t.test('PATCH /v1/customers/{customerId}', async (t) => {
  const { send, refuses, footprint, unanswered } = await contractService(t)
  await send('PUT', url, profile)

  await t.test('200: the fields that are sent change, the others stay', async (t) => {
    const answer = await send('PATCH', url, { employees: 135, industry: '46' })
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, '"2"')
    t.match(answer.body, { ...profile, employees: 135, industry: '46', version: 2 })
    t.same((await send('GET', url)).body, answer.body, 'reading it gives the same')
    const journal = await send('GET', `${url}/journal`)
    t.equal(journal.body.items.at(-1).type, 'customer.changed')
  })

  await t.test('200: null removes a field', async (t) => {
    const answer = await send('PATCH', url, { tradingName: null, industry: null })
    t.equal(answer.status, 200)
    t.notOk('tradingName' in answer.body || 'industry' in answer.body)
  })

  await t.test('200: a field within a field changes or goes by itself', async (t) => {
    const changed = await send('PATCH', url, { address: { city: 'Xiamen' } })
    t.same(changed.body.address, { street: '1 Harbour Road', city: 'Xiamen', country: 'CN' })
    const removed = await send('PATCH', url, { address: { street: null } })
    t.same(removed.body.address, { city: 'Xiamen', country: 'CN' })
  })

  await t.test('200: a list is replaced as a whole, and the look-up by identifier with it', async (t) => {
    await send('PATCH', url, { identifiers: [{ scheme: 'erp', value: '0008' }] })
    const found = async (identifier: string) =>
      (await send('GET', `/v1/customers?identifier=${identifier}`)).body.items.length
    t.equal(await found('crm:7'), 0)
    t.equal(await found('erp:0008'), 1)
  })

  await t.test('200: a patch that says what is known already changes nothing', async (t) => {
    const before = await footprint()
    t.equal((await send('PATCH', url, { employees: 135, tradingName: null })).status, 200)
    t.equal(await footprint(), before)
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PATCH', `${url}?dryRun=true`, { name: 'Other' }), { status: 200, body: { name: 'Other' } })
    t.equal(await footprint(), before)
  })

  await t.test('200 and 412: If-Match names the version that the change rests on', async (t) => {
    const { version } = (await send('GET', url)).body
    const patch = (employees: number, ifMatch: string) =>
      ({ method: 'PATCH', url, body: { employees }, headers: { 'if-match': ifMatch } }) as const
    await refuses(t, patch(1, `"${version - 1}"`), 'precondition-failed')
    const made = await send('PATCH', url, { employees: 150 }, { 'if-match': `"${version}"` })
    t.equal(made.body.version, version + 1)
    await refuses(t, patch(151, `"${version}"`), 'precondition-failed')
  })

  await t.test('case 20: a customer that does not exist cannot be changed', async (t) => {
    await refuses(t, { method: 'PATCH', url: '/v1/customers/C-9', body: { employees: 1 } }, 'customer-not-found')
    const headers = { 'if-match': '"1"' }
    await refuses(
      t,
      { method: 'PATCH', url: '/v1/customers/C-9', body: { employees: 1 }, headers },
      'customer-not-found'
    )
  })

  await t.test('409: the currency of an account with a history does not change', async (t) => {
    await refuses(t, { method: 'PATCH', url, body: { currency: 'USD' } }, 'account-currency-fixed')
    t.equal((await send('PATCH', url, { currency: 'CNY' })).status, 200, 'saying what it is does no harm')
  })

  await t.test('409: a customer is not its own parent, near or far', async (t) => {
    await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'Subsidiary', parentCustomerId: 'C-1001' })
    await refuses(t, { method: 'PATCH', url, body: { parentCustomerId: 'C-2' } }, 'customer-cycle')
    await refuses(t, { method: 'PATCH', url, body: { parentCustomerId: 'C-1001' } }, 'customer-cycle')
  })

  const refused: Record<string, { body: object; pointers: string[] }> = {
    'a patch that says nothing': { body: {}, pointers: [''] },
    'a field that does not exist': { body: { tradeName: 'x' }, pointers: ['/tradeName'] },
    'no name': { body: { name: null }, pointers: ['/name'] },
    'no kind': { body: { kind: null }, pointers: ['/kind'] },
    'a field that only the service sets': { body: { version: 1 }, pointers: ['/version'] },
    'a parent that is not recorded': { body: { parentCustomerId: 'C-9' }, pointers: ['/parentCustomerId'] },
    'a text for a number': { body: { employees: '135' }, pointers: ['/employees'] },
    'a wrong check character': {
      body: { identifiers: [{ scheme: 'uscc', value: '91350100M000100Y44' }] },
      pointers: ['/identifiers/0/value']
    },
    'a registration in the future': { body: { registeredOn: '2026-05-01' }, pointers: ['/registeredOn'] },
    'an extra field in the address': { body: { address: { town: 'Linz' } }, pointers: ['/address/town'] }
  }
  for (const [name, { body, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, async (t) => {
      await refuses(t, { method: 'PATCH', url, body }, 'validation-error', pointers)
    })
  }

  await t.test('400: each fault of a patched field is named once', async (t) => {
    const { body } = await refuses(t, { method: 'PATCH', url, body: { employees: '135' } }, 'validation-error')
    t.equal(body.errors.length, 1)
    t.equal(body.errors[0].detail, 'The field /employees must be a whole number or null, not "135".')
  })

  t.same(unanswered('patchCustomer'), [], 'every documented answer was given')
})
