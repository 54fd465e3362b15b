import t from 'tap'
import { contractService } from '../contract.ts'

const profile = {
  kind: 'company',
  name: 'Orient Steel Trading Co., Ltd.',
  localName: '东方钢铁贸易有限公司',
  identifiers: [
    { scheme: 'uscc', value: '91350100M000100Y43' },
    { scheme: 'erp', value: '0001001' }
  ],
  registeredOn: '2009-05-18',
  registeredCapital: { amount: '20000000.00', currency: 'CNY' },
  industry: '46',
  country: 'CN',
  address: { street: '1 Harbour Road', city: 'Fuzhou', country: 'CN' },
  employees: 120,
  cooperationSince: '2016-03-01',
  contacts: [{ name: 'Li Na', email: 'li.na@orient.example', phone: '+86 591 8888 0000' }]
}

t.test('PUT /v1/customers/{customerId}', async (t) => {
  const { send, attempt, refuses, footprint, unanswered, clockTo, deps } = await contractService(t)
  const journalOf = async (customerId: string) => {
    const { body } = await send('GET', `/v1/customers/${customerId}/journal`)
    return body.items.map(({ type }: { type: string }) => type)
  }

  await t.test('201: a new customer is created with a credit account that grants nothing yet', async (t) => {
    const answer = await send('PUT', '/v1/customers/C-1001', profile)
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, '/v1/customers/C-1001')
    t.equal(answer.headers.etag, '"1"')
    const at = '2026-03-31T12:00:00.000Z'
    t.same(answer.body, { ...profile, customerId: 'C-1001', currency: 'CNY', version: 1, createdAt: at, updatedAt: at })
    t.same((await send('GET', '/v1/customers/C-1001')).body, answer.body, 'reading it gives the same')
    const account = await send('GET', '/v1/customers/C-1001/exposure')
    t.match(account.body, { exposure: { total: { amount: '0.00', currency: 'CNY' } }, available: { amount: '0.00' } })
    t.same(await journalOf('C-1001'), ['customer.opened'])
  })

  await t.test('200: the same profile again changes nothing', async (t) => {
    const before = await footprint()
    await clockTo('2026-04-01')
    const answer = await send('PUT', '/v1/customers/C-1001', profile)
    t.equal(answer.status, 200)
    t.match(answer.body, { version: 1, updatedAt: '2026-03-31T12:00:00.000Z' })
    t.equal(await footprint(), before)
  })

  await t.test('200: another profile takes its place whole, with the next version', async (t) => {
    const { contacts: _contacts, tradingName: _none, ...less } = { ...profile, tradingName: undefined }
    const answer = await send('PUT', '/v1/customers/C-1001', { ...less, employees: 135 })
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, '"2"')
    t.equal(answer.headers.location, undefined)
    t.match(answer.body, { employees: 135, version: 2, createdAt: '2026-03-31T12:00:00.000Z' })
    t.equal(answer.body.updatedAt, '2026-04-01T12:00:00.000Z')
    t.notOk('contacts' in answer.body, 'what is left out is gone')
    t.same(await journalOf('C-1001'), ['customer.opened', 'customer.changed'])
  })

  await t.test('200: a change that names the version it rests on is made', async (t) => {
    const headers = { 'if-match': '"2"' }
    const answer = await send('PUT', '/v1/customers/C-1001', { ...profile, employees: 140 }, headers)
    t.match(answer, { status: 200, body: { version: 3 } })
    const list = { 'if-match': '"1", "3"' }
    t.equal((await send('PUT', '/v1/customers/C-1001', { ...profile, employees: 141 }, list)).body.version, 4)
    const any = { 'if-match': '*' }
    t.equal((await send('PUT', '/v1/customers/C-1001', { ...profile, employees: 142 }, any)).body.version, 5)
  })

  for (const ifMatch of ['"4"', 'W/"5"', '5', '"5x"', 'x']) {
    await t.test(`412: a change that rests on ${ifMatch} while the version is "5" is refused`, async (t) => {
      const request = {
        method: 'PUT',
        url: '/v1/customers/C-1001',
        body: profile,
        headers: { 'if-match': ifMatch }
      } as const
      await refuses(t, request, 'precondition-failed')
    })
  }

  await t.test('412: a change of a customer that does not exist is refused, not made into a new one', async (t) => {
    for (const ifMatch of ['"1"', '*']) {
      const headers = { 'if-match': ifMatch }
      await refuses(t, { method: 'PUT', url: '/v1/customers/C-9', body: profile, headers }, 'precondition-failed')
    }
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    const made = await send('PUT', '/v1/customers/C-9?dryRun=true', profile)
    t.match(made, { status: 200, body: { customerId: 'C-9', version: 1 } })
    const changed = await send('PUT', '/v1/customers/C-1001?dryRun=true', { ...profile, name: 'Other' })
    t.match(changed, { status: 200, body: { name: 'Other', version: 6 } })
    t.equal(await footprint(), before)
    t.equal((await attempt('GET', '/v1/customers/C-9')).status, 404)
  })

  await t.test(
    '201: a customer may have a currency of its own, which can change while nothing has happened',
    async (t) => {
      const foreign = { kind: 'company', name: 'Nippon Kogyo', currency: 'JPY' }
      t.equal((await send('PUT', '/v1/customers/C-2', foreign)).body.currency, 'JPY')
      t.equal((await send('PUT', '/v1/customers/C-2', { ...foreign, currency: 'USD' })).body.currency, 'USD')
    }
  )

  await t.test('409: the currency of an account with a history does not change', async (t) => {
    const body = { ...profile, currency: 'EUR' }
    const answer = await refuses(t, { method: 'PUT', url: '/v1/customers/C-1001', body }, 'account-currency-fixed')
    t.match(answer.body.detail, /CNY/)
  })

  await t.test('201: a customer may belong to a parent that is recorded', async (t) => {
    await send('PUT', '/v1/customers/G-1', { kind: 'company', name: 'Group' })
    const child = { kind: 'company', name: 'Subsidiary', parentCustomerId: 'G-1' }
    t.equal((await send('PUT', '/v1/customers/G-2', child)).status, 201)
    const { body } = await send('GET', '/v1/customers?parentCustomerId=G-1')
    t.same(
      body.items.map(({ customerId }: { customerId: string }) => customerId),
      ['G-2']
    )
  })

  await t.test('400: a parent that is not recorded is refused', async (t) => {
    const body = { ...profile, parentCustomerId: 'G-9' }
    await refuses(t, { method: 'PUT', url: '/v1/customers/G-3', body }, 'validation-error', ['/parentCustomerId'])
    await refuses(t, { method: 'PUT', url: '/v1/customers/G-1', body }, 'validation-error', ['/parentCustomerId'])
  })

  await t.test('409: a customer is not its own parent, near or far', async (t) => {
    await send('PUT', '/v1/customers/G-3', { kind: 'company', name: 'Grandchild', parentCustomerId: 'G-2' })
    for (const parentCustomerId of ['G-1', 'G-2', 'G-3']) {
      const body = { kind: 'company', name: 'Group', parentCustomerId }
      await refuses(t, { method: 'PUT', url: '/v1/customers/G-1', body }, 'customer-cycle')
    }
    const self = { kind: 'company', name: 'Self', parentCustomerId: 'G-4' }
    await refuses(t, { method: 'PUT', url: '/v1/customers/G-4', body: self }, 'customer-cycle')
  })

  const refused: Record<string, { change: object; pointers: string[] }> = {
    'no kind and no name': { change: { kind: undefined, name: undefined }, pointers: ['/kind', '/name'] },
    'a kind that does not exist': { change: { kind: 'partnership' }, pointers: ['/kind'] },
    'a name of 301 characters': { change: { name: 'x'.repeat(301) }, pointers: ['/name'] },
    'a credit code whose check character is wrong': {
      change: { identifiers: [{ scheme: 'uscc', value: '91350100M000100Y44' }] },
      pointers: ['/identifiers/0/value']
    },
    'a credit code with a character of another alphabet': {
      change: {
        identifiers: [
          { scheme: 'crm', value: '7' },
          { scheme: 'uscc', value: '91350100М000100Y43' }
        ]
      },
      pointers: ['/identifiers/1/value']
    },
    'an LEI whose check digits are wrong': {
      change: { identifiers: [{ scheme: 'lei', value: '529900T8BM49AURSDO56' }] },
      pointers: ['/identifiers/0/value']
    },
    'a D-U-N-S number with hyphens': {
      change: { identifiers: [{ scheme: 'duns', value: '15-048-3782' }] },
      pointers: ['/identifiers/0/value']
    },
    'an identifier twice': {
      change: {
        identifiers: [
          { scheme: 'crm', value: '7' },
          { scheme: 'crm', value: '7' }
        ]
      },
      pointers: ['/identifiers']
    },
    'a scheme that does not exist': {
      change: { identifiers: [{ scheme: 'passport', value: '7' }] },
      pointers: ['/identifiers/0/scheme']
    },
    'a division that ISIC does not have': { change: { industry: '04' }, pointers: ['/industry'] },
    'a section in a lower letter': { change: { industry: 'c' }, pointers: ['/industry'] },
    'a country in words': { change: { country: 'China' }, pointers: ['/country'] },
    'a currency that does not exist': { change: { currency: 'XYZ' }, pointers: ['/currency'] },
    'a currency that was withdrawn': { change: { currency: 'DEM' }, pointers: ['/currency'] },
    'a registration tomorrow': { change: { registeredOn: '2026-04-02' }, pointers: ['/registeredOn'] },
    'a cooperation that begins next year': {
      change: { cooperationSince: '2027-01-01' },
      pointers: ['/cooperationSince']
    },
    'a negative number of employees': { change: { employees: -1 }, pointers: ['/employees'] },
    'half an employee': { change: { employees: 1.5 }, pointers: ['/employees'] },
    'a contact without a name': { change: { contacts: [{ role: 'CFO' }] }, pointers: ['/contacts/0/name'] },
    'an e-mail address without a host': {
      change: { contacts: [{ name: 'Li Na', email: 'li.na' }] },
      pointers: ['/contacts/0/email']
    },
    'fifty-one contacts': {
      change: { contacts: Array.from({ length: 51 }, () => ({ name: 'x' })) },
      pointers: ['/contacts']
    },
    'an extra field in an identifier': {
      change: { identifiers: [{ scheme: 'crm', value: '7', country: 'CN' }] },
      pointers: ['/identifiers/0/country']
    }
  }
  for (const [name, { change, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, async (t) => {
      const request = { method: 'PUT', url: '/v1/customers/C-1001', body: { ...profile, ...change } } as const
      await refuses(t, request, 'validation-error', pointers)
    })
  }

  for (const date of [
    '2026-02-30',
    '2025-02-29',
    '0000-01-01',
    '1899-12-31',
    '10000-01-01',
    '2026-1-5',
    '20260105',
    '05.01.2026',
    'infinity',
    '2026-01-05T00:00:00Z',
    '1767571200'
  ]) {
    await t.test(`case 14: ${date} is not a date`, async (t) => {
      const request = { method: 'PUT', url: '/v1/customers/C-1001', body: { ...profile, registeredOn: date } } as const
      await refuses(t, request, 'validation-error', ['/registeredOn'])
    })
  }

  const amounts = [
    '0',
    '0.00',
    '-1',
    '-0',
    'NaN',
    'Infinity',
    '1e5',
    '１００',
    '1,000',
    '1 000',
    '+1',
    '.5',
    '1.',
    '01',
    '0x10',
    '',
    ' 1',
    '12345678901234'
  ]
  for (const amount of amounts) {
    await t.test(`case 7: "${amount}" is not an amount`, async (t) => {
      const body = { ...profile, registeredCapital: { amount, currency: 'CNY' } }
      const pointers = ['/registeredCapital/amount']
      await refuses(t, { method: 'PUT', url: '/v1/customers/C-1001', body }, 'validation-error', pointers)
    })
  }

  for (const [amount, currency] of [
    ['1.5', 'JPY'],
    ['1.005', 'EUR'],
    ['1.001', 'CNY'],
    ['1.0005', 'BHD']
  ]) {
    await t.test(`case 9: ${amount} ${currency} has more decimals than the currency`, async (t) => {
      const body = { ...profile, registeredCapital: { amount, currency } }
      const pointers = ['/registeredCapital/amount']
      await refuses(t, { method: 'PUT', url: '/v1/customers/C-1001', body }, 'validation-error', pointers)
    })
  }

  await t.test('what was refused has left one customer of each id', async (t) => {
    const rows = await deps.db.selectFrom('customers').select('customerId').orderBy('customerId').execute()
    t.same(
      rows.map((row) => row.customerId),
      ['C-1001', 'C-2', 'G-1', 'G-2', 'G-3']
    )
  })

  await t.test('400: an id that is not of the caller’s alphabet is refused', async (t) => {
    await refuses(t, { method: 'PUT', url: '/v1/customers/a%2Fb', body: profile }, 'validation-error', [
      '/params/customerId'
    ])
  })

  t.same(unanswered('putCustomer'), [], 'every documented answer was given')
})
