import t, { type Test } from 'tap'
import { contractService } from '../contract.ts'

const money = (amount: string, currency = 'CNY') => ({ amount, currency })
const invoiceOf = (amount: string, dueOn: string) => ({ amount: money(amount), issuedOn: '2026-01-01', dueOn })

/** What a payment and a credit note do alike, each under its own names. */
const KINDS = [
  {
    name: 'payments',
    id: 'paymentId',
    day: 'receivedOn',
    entry: 'payment.recorded',
    operations: ['recordPayment', 'allocatePayment', 'getPayment', 'listPayments']
  },
  {
    name: 'credit-notes',
    id: 'creditNoteId',
    day: 'issuedOn',
    entry: 'credit_note.recorded',
    operations: ['recordCreditNote', 'allocateCreditNote', 'getCreditNote', 'listCreditNotes']
  }
] as const

for (const kind of KINDS) {
  t.test(kind.name, (t) => answersOf(t, kind))
}

async function answersOf(t: Test, { name, id, day, entry, operations }: (typeof KINDS)[number]) {
  const { send, inject, refuses, footprint, unanswered, authorization } = await contractService(t)
  const url = `/v1/customers/C-1/${name}`
  for (const customerId of ['C-1', 'C-2'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: 'x' })
  const invoices = {
    'I-1': invoiceOf('100.00', '2026-03-01'),
    'I-2': invoiceOf('50.00', '2026-02-01'),
    'I-3': invoiceOf('70.00', '2026-04-01')
  }
  for (const [invoiceId, invoice] of Object.entries(invoices))
    await send('PUT', `/v1/customers/C-1/invoices/${invoiceId}`, invoice)
  const creditOf = (creditId: string, amount: string, more: object = {}) => ({
    [id]: creditId,
    [day]: '2026-02-12',
    amount: money(amount),
    ...more
  })
  const part = (invoiceId: string, amount: string) => ({ invoiceId, amount: money(amount) })
  const openOf = async () => {
    const { body } = await send('GET', '/v1/customers/C-1/invoices')
    return Object.fromEntries(
      body.items.map(({ invoiceId, open }: { invoiceId: string; open: { amount: string } }) => [invoiceId, open.amount])
    )
  }
  const receivables = async () => (await send('GET', '/v1/customers/C-1/exposure')).body.exposure.receivables.amount

  await t.test('201: without allocations the oldest due invoices are settled first', async (t) => {
    const answer = await send('POST', url, creditOf('X-1', '80.00'))
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `${url}/X-1`)
    t.same(answer.body, {
      [id]: 'X-1',
      [day]: '2026-02-12',
      customerId: 'C-1',
      amount: money('80.00'),
      unapplied: money('0.00'),
      original: null,
      unappliedOriginal: null,
      allocations: [
        { ...part('I-2', '50.00'), settled: null, used: null, settledOn: '2026-02-12' },
        { ...part('I-1', '30.00'), settled: null, used: null, settledOn: '2026-02-12' }
      ],
      recordedAt: '2026-03-31T12:00:00.000Z'
    })
    t.same(await openOf(), { 'I-1': '70.00', 'I-2': '0.00', 'I-3': '70.00' })
    t.equal(await receivables(), '140.00')
    const journal = await send('GET', '/v1/customers/C-1/journal')
    t.match(journal.body.items.at(-1), { type: entry, subject: 'X-1' })
  })

  await t.test('200: the same number with the same content is not recorded twice', async (t) => {
    const before = await footprint()
    const answer = await send('POST', url, creditOf('X-1', '80.00'))
    t.equal(answer.status, 200)
    t.match(answer.body, { [id]: 'X-1', unapplied: money('0.00') })
    t.equal(await footprint(), before)
  })

  await t.test('409: the same number with other content is refused', async (t) => {
    for (const body of [
      creditOf('X-1', '80.01'),
      creditOf('X-1', '80.00', { allocations: [] }),
      creditOf('X-1', '80.00', { [day]: '2026-02-13' })
    ])
      await refuses(t, { method: 'POST', url, body }, 'already-recorded')
  })

  await t.test(
    '201: allocations settle the invoices that they name, and the rest lowers the exposure all the same',
    async (t) => {
      const answer = await send('POST', url, creditOf('X-2', '60.00', { allocations: [part('I-3', '20.00')] }))
      t.match(answer, { status: 201, body: { unapplied: money('40.00'), allocations: [part('I-3', '20.00')] } })
      t.same(await openOf(), { 'I-1': '70.00', 'I-2': '0.00', 'I-3': '50.00' })
      t.equal(await receivables(), '80.00')
    }
  )

  await t.test('200: what is unapplied can be applied later, without moving the exposure', async (t) => {
    const answer = await send('POST', `${url}/X-2/allocations`, { allocations: [part('I-1', '15.00')] })
    t.match(answer, { status: 200, body: { unapplied: money('25.00') } })
    t.equal(answer.body.allocations.length, 2)
    t.same(await openOf(), { 'I-1': '55.00', 'I-2': '0.00', 'I-3': '50.00' })
    t.equal(await receivables(), '80.00')
    t.same((await send('GET', `${url}/X-2`)).body, answer.body, 'reading it gives the same')
    const rest = await send('POST', `${url}/X-2/allocations`, {})
    t.match(rest.body, { unapplied: money('0.00') }, 'the rest goes to the oldest')
    t.same(await openOf(), { 'I-1': '30.00', 'I-2': '0.00', 'I-3': '50.00' })
    const before = await footprint()
    t.equal((await send('POST', `${url}/X-2/allocations`, {})).status, 200)
    t.equal(await footprint(), before, 'when nothing is left to apply, nothing is written')
  })

  await t.test('201: money ahead of any invoice settles it on its day of issue', async (t) => {
    const early = { ...creditOf('E-1', '10.00'), [day]: '2025-12-01' }
    await send('POST', `/v1/customers/C-2/${name}`, early)
    t.equal((await send('GET', '/v1/customers/C-2/exposure')).body.exposure.receivables.amount, '-10.00', 'paid ahead')
    await send('PUT', '/v1/customers/C-2/invoices/I-1', invoiceOf('10.00', '2026-02-01'))
    const answer = await send('POST', `/v1/customers/C-2/${name}/E-1/allocations`, {})
    t.match(answer.body.allocations, [{ invoiceId: 'I-1', settledOn: '2026-01-01' }])
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    const headers = { 'idempotency-key': 'dry' }
    const answer = await send('POST', `${url}?dryRun=true`, creditOf('X-9', '5.00'), headers)
    t.match(answer, { status: 200, body: { [id]: 'X-9', allocations: [part('I-1', '5.00')] } })
    t.equal(await footprint(), before, 'not even the Idempotency-Key is used up')
  })

  await t.test('409: what does not fit the open invoices is refused', async (t) => {
    const record = (allocations: object[], amount = '500.00') =>
      ({ method: 'POST', url, body: creditOf('X-3', amount, { allocations }) }) as const
    const answer = await refuses(t, record([part('I-1', '30.01')]), 'allocation-exceeds-invoice')
    t.match(answer.body.detail, /30\.00 CNY is open/)
    await refuses(t, record([part('I-2', '0.01')]), 'allocation-exceeds-invoice')
    await refuses(t, record([part('I-1', '30.00'), part('I-3', '0.01')], '30.00'), 'allocation-exceeds-credit')
    await refuses(t, record([part('I-9', '1.00')]), 'invoice-not-found')
    await refuses(t, record([{ invoiceId: 'I-1', amount: money('1.00', 'USD') }]), 'currency-not-supported')
    await refuses(
      t,
      { method: 'POST', url, body: { ...creditOf('X-3', '1.00'), amount: money('1.00', 'USD') } },
      'rate-missing'
    )
  })

  await t.test('409: what does not fit the unapplied rest is refused', async (t) => {
    await send('POST', url, creditOf('X-4', '10.00', { allocations: [] }))
    const allocate = (...allocations: object[]) =>
      ({ method: 'POST', url: `${url}/X-4/allocations`, body: { allocations } }) as const
    await refuses(t, allocate(part('I-1', '10.01')), 'allocation-exceeds-credit')
    await refuses(t, allocate(part('I-2', '0.01')), 'allocation-exceeds-invoice')
    await refuses(t, allocate(part('I-9', '1.00')), 'invoice-not-found')
    await refuses(t, allocate({ invoiceId: 'I-1', amount: money('1.00', 'USD') }), 'currency-not-supported')
    await refuses(t, allocate(part('I-1', '1.00'), part('I-1', '2.00')), 'validation-error', [
      '/allocations/1/invoiceId'
    ])
  })

  await t.test('case 20: neither an unknown customer nor an unknown number is found', async (t) => {
    const elsewhere = `/v1/customers/C-9/${name}`
    await refuses(t, { method: 'POST', url: elsewhere, body: creditOf('X-1', '1.00') }, 'customer-not-found')
    await refuses(t, { method: 'POST', url: `${elsewhere}/X-1/allocations`, body: {} }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: `${elsewhere}/X-1` }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: elsewhere }, 'customer-not-found')
    await refuses(t, { method: 'POST', url: `${url}/X-9/allocations`, body: {} }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url}/X-9` }, 'not-found')
    await refuses(t, { method: 'GET', url: `/v1/customers/C-2/${name}/X-1` }, 'not-found')
    const other = name === 'payments' ? 'credit-notes' : 'payments'
    await refuses(t, { method: 'GET', url: `/v1/customers/C-1/${other}/X-1` }, 'not-found')
  })

  const refused: Record<string, { change: object; pointers: string[] }> = {
    'no number': { change: { [id]: undefined }, pointers: [`/${id}`] },
    'case 13: a number with a slash': { change: { [id]: 'A/1' }, pointers: [`/${id}`] },
    'case 7: an amount of zero': { change: { amount: money('0') }, pointers: ['/amount/amount'] },
    'case 8: an amount as a number': {
      change: { amount: { amount: 1, currency: 'CNY' } },
      pointers: ['/amount/amount']
    },
    'case 9: three decimals': { change: { amount: money('1.001') }, pointers: ['/amount/amount'] },
    'case 14: a day that does not exist': { change: { [day]: '2026-02-30' }, pointers: [`/${day}`] },
    'case 15: a day in the future': { change: { [day]: '2026-04-02' }, pointers: [`/${day}`] },
    'an allocation of nothing': {
      change: { allocations: [part('I-1', '0.00')] },
      pointers: ['/allocations/0/amount/amount']
    },
    'an allocation with too many decimals': {
      change: { allocations: [part('I-1', '1.001')] },
      pointers: ['/allocations/0/amount/amount']
    },
    'an allocation without an invoice': {
      change: { allocations: [{ amount: money('1.00') }] },
      pointers: ['/allocations/0/invoiceId']
    },
    'an invoice twice': {
      change: { allocations: [part('I-1', '1.00'), part('I-1', '1.00')] },
      pointers: ['/allocations/1/invoiceId']
    },
    '501 allocations': {
      change: { allocations: Array.from({ length: 501 }, () => part('I-1', '1.00')) },
      pointers: ['/allocations']
    },
    'a mistyped field': { change: { alocations: [] }, pointers: ['/alocations'] }
  }
  for (const [what, { change, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${what} is refused`, async (t) => {
      await refuses(
        t,
        { method: 'POST', url, body: { ...creditOf('X-8', '1.00'), ...change } },
        'validation-error',
        pointers
      )
    })
  }

  await t.test('400: what is no id, parameter or cursor is refused', async (t) => {
    await refuses(t, { method: 'POST', url: `${url}/_1/allocations`, body: {} }, 'validation-error', [`/params/${id}`])
    await refuses(t, { method: 'GET', url: `${url}/_1` }, 'validation-error', [`/params/${id}`])
    await refuses(t, { method: 'GET', url: `${url}?open=true` }, 'validation-error', ['/query/open'])
    await refuses(t, { method: 'GET', url: `${url}?cursor=QS0x` }, 'invalid-cursor')
  })

  await t.test('200: the list holds what was recorded for this customer, with its allocations', async (t) => {
    const { body } = await send('GET', url)
    t.same(
      body.items.map((item: Record<string, string>) => item[id]),
      ['X-1', 'X-2', 'X-4']
    )
    t.same(body.items[0], (await send('GET', `${url}/X-1`)).body)
  })

  await t.test('case 30: the same key with the same body gets the first answer, byte for byte', async (t) => {
    const keyed = (body: object) => send('POST', url, body, { 'idempotency-key': 'pay-30' })
    const first = await keyed(creditOf('X-5', '1.00'))
    t.equal(first.status, 201)
    t.notOk('idempotency-replayed' in first.headers)
    await send('POST', url, creditOf('X-6', '1.00'))
    const before = await footprint()
    const again = await keyed(creditOf('X-5', '1.00'))
    t.equal(again.status, 201)
    t.equal(again.text, first.text)
    t.equal(again.headers.location, first.headers.location)
    t.equal(again.headers['idempotency-replayed'], 'true')
    t.equal(
      (await send('POST', url, creditOf('X-5', '1.00'), { 'idempotency-key': '"pay-30"' })).text,
      first.text,
      'also when it is quoted'
    )
    t.equal(await footprint(), before)
  })

  await t.test('case 31: the same key with another body or path is refused with where they differ', async (t) => {
    const headers = { 'idempotency-key': 'pay-30' }
    const other = await refuses(
      t,
      { method: 'POST', url, body: creditOf('X-5', '2.00'), headers },
      'idempotency-key-reused'
    )
    t.same(other.body.differing, ['/body/amount/amount'])
    const path = { method: 'POST', url: `${url}/X-4/allocations`, body: {}, headers } as const
    const elsewhere = await refuses(t, path, 'idempotency-key-reused')
    t.ok(elsewhere.body.differing.includes('/url'))
  })

  await t.test('the same key of another caller is another key', async (t) => {
    const headers = { 'idempotency-key': 'pay-30', authorization: await authorization('write') }
    const answer = await send('POST', url, creditOf('X-7', '1.00'), headers)
    t.match(answer, { status: 201, body: { [id]: 'X-7' } })
  })

  await t.test('a request that is refused does not use its key up', async (t) => {
    const headers = { 'idempotency-key': 'after-refusal' }
    await refuses(t, { method: 'POST', url, body: creditOf('X-8', '0'), headers }, 'validation-error')
    await refuses(
      t,
      { method: 'POST', url, body: creditOf('X-8', '1.00', { allocations: [part('I-9', '1.00')] }), headers },
      'invoice-not-found'
    )
    t.equal((await send('POST', url, creditOf('X-8', '1.00'), headers)).status, 201)
  })

  await t.test('case 29: a key that is empty, too long, not ASCII or sent twice is refused', async (t) => {
    for (const path of [url, `${url}/X-4/allocations`]) {
      const body = path === url ? creditOf('X-10', '1.00') : {}
      for (const key of ['', '""', ' ', 'a b', 'x'.repeat(256), 'ключ', 'a\tb', 'é'])
        await refuses(
          t,
          { method: 'POST', url: path, body, headers: { 'idempotency-key': key } },
          'idempotency-key-invalid'
        )
      const headers = {
        authorization: await authorization('write'),
        'content-type': 'application/json',
        'idempotency-key': ['a', 'b']
      }
      const twice = await inject({ method: 'POST', url: path, headers, payload: JSON.stringify(body) })
      t.equal(twice.body.type, '/problems/idempotency-key-invalid')
    }
    t.equal((await send('POST', url, creditOf('X-11', '1.00'), { 'idempotency-key': 'x'.repeat(255) })).status, 201)
  })

  await t.test('case 32: 20 requests at once with one key have one effect', async (t) => {
    const body = creditOf('X-12', '1.00')
    const before = Number(await receivables())
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send('POST', url, body, { 'idempotency-key': 'at-once' }))
    )
    t.same([...new Set(answers.map(({ status, text }) => `${status} ${text}`))].length, 1)
    t.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1)
    t.equal(Math.round(Number(await receivables()) * 100), Math.round(before * 100) - 100)
  })

  await t.test('409: an account is not paid ahead beyond what can be counted exactly', async (t) => {
    await send('POST', `/v1/customers/C-2/${name}`, creditOf('L-1', '9999999999999.99'))
    const request = { method: 'POST', url: `/v1/customers/C-2/${name}`, body: creditOf('L-2', '0.01') } as const
    await refuses(t, request, 'exposure-too-large')
  })

  await t.test('409: no more is unapplied than can be counted exactly, whatever is owed beside it', async (t) => {
    const customer = '/v1/customers/C-3'
    await send('PUT', customer, { kind: 'company', name: 'x' })
    const most = '9999999999999.99'
    const invoice = (number: number) => send('PUT', `${customer}/invoices/I-${number}`, invoiceOf(most, '2026-02-01'))
    t.equal((await invoice(1)).status, 201)
    const credit = (number: number, amount: string) => ({
      method: 'POST' as const,
      url: `${customer}/${name}`,
      body: creditOf(`X-${number}`, amount, { allocations: [] })
    })
    const first = credit(1, most)
    t.equal((await send(first.method, first.url, first.body)).status, 201)
    t.equal((await invoice(2)).status, 201)
    await refuses(t, credit(2, '0.01'), 'exposure-too-large')
    await refuses(
      t,
      { method: 'PUT', url: `${customer}/invoices/I-3`, body: invoiceOf('0.01', '2026-02-01') },
      'exposure-too-large'
    )
    const exposure = await send('GET', `${customer}/exposure`)
    t.equal(exposure.status, 200)
    const invoices = exposure.body.itemised.categories.find(
      ({ category }: { category: string }) => category === 'invoice'
    )
    t.same(invoices.counted, money('19999999999999.98'))
    const order = { customerId: 'C-3', orderId: 'SO-1', amount: money('1.00') }
    t.equal((await send('POST', '/v1/credit-checks', order)).status, 201)
    t.equal((await send('POST', `${customer}/${name}/X-1/allocations`, {})).status, 200)
    const rest = credit(2, most)
    t.equal((await send(rest.method, rest.url, rest.body)).status, 201, 'what is applied makes room')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })

  t.same(unanswered(...operations), [], 'every documented answer was given')
}
