import t from 'tap'
import { givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1/invoices/INV-1'
const money = (amount: string, currency = 'CNY') => ({ amount, currency })
const invoice = { amount: money('96000.00'), issuedOn: '2026-01-15', dueOn: '2026-02-14', orderId: 'SO-1' }

t.test('invoices', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo, unanswered } = service
  for (const customerId of ['C-1', 'C-2'])
    await send('PUT', `/v1/customers/${customerId}`, { kind: 'company', name: 'x' })
  const exposure = async () => {
    const { body } = await send('GET', '/v1/customers/C-1/exposure')
    return {
      receivables: body.exposure.receivables.amount,
      captured: body.exposure.captured.amount,
      total: body.exposure.total.amount
    }
  }

  await t.test('201: an invoice is a fact: it is recorded although the customer has no limit', async (t) => {
    const answer = await send('PUT', url, invoice)
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, url)
    t.equal(answer.headers.etag, '"1"')
    const at = '2026-03-31T12:00:00.000Z'
    const stands = {
      customerId: 'C-1',
      invoiceId: 'INV-1',
      open: money('96000.00'),
      disputed: false,
      dunningLevel: 0,
      sourceVersion: null,
      version: 1
    }
    t.same(answer.body, {
      ...invoice,
      ...stands,
      original: null,
      openOriginal: null,
      recordedAt: at,
      updatedAt: at
    })
    t.same((await send('GET', url)).body, answer.body, 'reading it gives the same')
    t.equal((await send('GET', url)).headers.etag, '"1"')
    t.same(await exposure(), { receivables: '96000.00', captured: '0.00', total: '96000.00' })
    const journal = await send('GET', '/v1/customers/C-1/journal')
    t.match(journal.body.items.at(-1), { type: 'invoice.recorded', subject: 'INV-1' })
  })

  await t.test('200: the same content again changes nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PUT', url, invoice), { status: 200, headers: { etag: '"1"' } })
    t.match(await send('PUT', url, { ...invoice, disputed: false }), { status: 200, headers: { etag: '"1"' } })
    t.equal(await footprint(), before)
  })

  await t.test('200: a corrected invoice moves the exposure by the difference', async (t) => {
    const corrected = { ...invoice, amount: money('90000.00'), disputed: true }
    const answer = await send('PUT', url, corrected, { 'if-match': '"1"' })
    t.match(answer, { status: 200, headers: { etag: '"2"' }, body: { open: money('90000.00'), disputed: true } })
    t.equal((await exposure()).total, '90000.00')
    const { orderId: _order, ...withoutOrder } = corrected
    t.equal((await send('PUT', url, withoutOrder)).body.orderId, null)
  })

  await t.test('200: a dry run answers what would be and writes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('PUT', '/v1/customers/C-1/invoices/INV-9?dryRun=true', invoice)
    t.match(answer, { status: 200, body: { invoiceId: 'INV-9', version: 1 } })
    t.equal(await footprint(), before)
  })

  await t.test('412: a change that rests on another version is refused', async (t) => {
    for (const [at, ifMatch] of [
      [url, '"1"'],
      [url, '"9"'],
      [`${url}-new`, '"1"'],
      [`${url}-new`, '*']
    ]) {
      const request = { method: 'PUT', url: at ?? '', body: invoice, headers: { 'if-match': ifMatch ?? '' } } as const
      await refuses(t, request, 'precondition-failed')
    }
  })

  await t.test('409: an invoice is not corrected to less than what was settled on it', async (t) => {
    const settled = '/v1/customers/C-1/invoices/INV-2'
    await send('PUT', settled, { ...invoice, amount: money('500.00') })
    const allocations = [{ invoiceId: 'INV-2', amount: money('300.00') }]
    await send('POST', '/v1/customers/C-1/payments', {
      paymentId: 'P-1',
      receivedOn: '2026-02-01',
      amount: money('300.00'),
      allocations
    })
    const request = { method: 'PUT', url: settled, body: { ...invoice, amount: money('299.99') } } as const
    const answer = await refuses(t, request, 'invoice-below-settled')
    t.match(answer.body.detail, /300\.00 CNY/)
    t.match(await send('PUT', settled, { ...invoice, amount: money('300.00') }), {
      status: 200,
      body: { open: money('0.00') }
    })
  })

  await t.test('case 10: an invoice in a currency without a rate is refused', async (t) => {
    const request = { method: 'PUT', url, body: { ...invoice, amount: money('96000.00', 'USD') } } as const
    const answer = await refuses(t, request, 'rate-missing')
    t.match(answer.body.detail, /CNY/)
  })

  await t.test('case 20: an invoice of an unknown customer is refused', async (t) => {
    await refuses(t, { method: 'PUT', url: '/v1/customers/C-9/invoices/INV-1', body: invoice }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/invoices/INV-1' }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/invoices' }, 'customer-not-found')
  })

  const refused: Record<string, { change: object; pointers: string[] }> = {
    'no amount': { change: { amount: undefined }, pointers: ['/amount'] },
    'case 7: an amount of zero': { change: { amount: money('0.00') }, pointers: ['/amount/amount'] },
    'case 7: a negative amount': { change: { amount: money('-1.00') }, pointers: ['/amount/amount'] },
    'case 8: an amount as a number': {
      change: { amount: { amount: 96000, currency: 'CNY' } },
      pointers: ['/amount/amount']
    },
    'case 9: an amount with three decimals': { change: { amount: money('1.005') }, pointers: ['/amount/amount'] },
    'case 9: an amount of 14 digits': { change: { amount: money('10000000000000') }, pointers: ['/amount/amount'] },
    'case 10: a currency that does not exist': {
      change: { amount: money('1.00', 'XXX') },
      pointers: ['/amount/currency']
    },
    'a bare amount': { change: { amount: '96000.00' }, pointers: ['/amount'] },
    'case 14: a day that does not exist': { change: { dueOn: '2026-02-30' }, pointers: ['/dueOn'] },
    'case 14: the year 0000': { change: { issuedOn: '0000-01-01' }, pointers: ['/issuedOn'] },
    'case 14: an instant in place of a day': { change: { issuedOn: '2026-01-15T00:00:00Z' }, pointers: ['/issuedOn'] },
    'case 15: an issue in the future': {
      change: { issuedOn: '2026-04-02', dueOn: '2026-05-02' },
      pointers: ['/issuedOn']
    },
    'case 15: a due date before the issue': { change: { dueOn: '2026-01-14' }, pointers: ['/dueOn'] },
    'case 13: an order id with a space': { change: { orderId: 'SO 1' }, pointers: ['/orderId'] },
    'an open amount of one’s own': { change: { open: money('1.00') }, pointers: ['/open'] }
  }
  for (const [name, { change, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, async (t) => {
      await refuses(t, { method: 'PUT', url, body: { ...invoice, ...change } }, 'validation-error', pointers)
    })
  }

  await t.test('201: an invoice of tomorrow is taken: the caller may sit further east', async (t) => {
    const tomorrow = { ...invoice, amount: money('1.00'), issuedOn: '2026-04-01', dueOn: '2026-04-01' }
    t.equal((await send('PUT', '/v1/customers/C-1/invoices/INV-3', tomorrow)).status, 201)
  })

  await t.test(
    '200: the list holds the invoices of this customer, all, the open ones or the settled ones',
    async (t) => {
      await send('PUT', '/v1/customers/C-2/invoices/INV-1', invoice)
      const idsOf = async (query: string) => {
        const { body } = await send('GET', `/v1/customers/C-1/invoices${query}`)
        return body.items.map(({ invoiceId }: { invoiceId: string }) => invoiceId)
      }
      t.same(await idsOf(''), ['INV-1', 'INV-2', 'INV-3'])
      t.same(await idsOf('?open=true'), ['INV-1', 'INV-3'])
      t.same(await idsOf('?open=false'), ['INV-2'])
    }
  )

  await t.test('404: an invoice that is not recorded, or is another customer’s, is not found', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers/C-1/invoices/INV-7' }, 'not-found')
    await refuses(t, { method: 'GET', url: '/v1/customers/C-2/invoices/INV-2' }, 'not-found')
  })

  await t.test('400: what is no id, parameter or cursor is refused', async (t) => {
    const at = (path: string) => ({ method: 'GET', url: `/v1/customers/C-1/invoices${path}` }) as const
    await refuses(t, at('/_1'), 'validation-error', ['/params/invoiceId'])
    await refuses(t, at('?open=yes'), 'validation-error', ['/query/open'])
    await refuses(t, at('?overdue=true'), 'validation-error', ['/query/overdue'])
    await refuses(t, at('?cursor=QS0x'), 'invalid-cursor')
    await refuses(t, { method: 'PUT', url: `${url}?dryRun=1x`, body: invoice }, 'validation-error', ['/query/dryRun'])
  })

  await t.test('amounts of every exponent are answered as they were sent', async (t) => {
    const amounts = { JPY: '1234', KRW: '1', EUR: '0.01', KWD: '1.005', TND: '9999999999.999' }
    for (const [currency, amount] of Object.entries(amounts)) {
      await send('PUT', `/v1/customers/${currency}`, { kind: 'company', name: currency, currency })
      const answer = await send('PUT', `/v1/customers/${currency}/invoices/I-1`, {
        ...invoice,
        amount: { amount, currency }
      })
      t.same(answer.body.amount, { amount, currency })
    }
  })

  await t.test('the largest amounts that can be recorded do not break the account', async (t) => {
    await send('PUT', '/v1/customers/L-1', { kind: 'company', name: 'Largest' })
    const largest = { ...invoice, amount: money('9999999999999.99') }
    t.equal((await send('PUT', '/v1/customers/L-1/invoices/I-1', largest)).status, 201)
    const least = { ...invoice, amount: money('0.01') }
    await refuses(t, { method: 'PUT', url: '/v1/customers/L-1/invoices/I-2', body: least }, 'exposure-too-large')
    const { body } = await send('GET', '/v1/customers/L-1/exposure')
    t.equal(body.exposure.total.amount, '9999999999999.99')
  })

  await t.test('409: a late version is refused; without a version nothing can be told', async (t) => {
    const place = '/v1/customers/C-2/invoices/INV-V'
    t.match(await send('PUT', place, { ...invoice, sourceVersion: 4 }), { status: 201, body: { sourceVersion: 4 } })
    const late = { ...invoice, sourceVersion: 3 }
    const answer = await refuses(t, { method: 'PUT', url: place, body: late }, 'stale-version')
    t.equal(answer.body.sourceVersion, 4)
    t.match(await send('PUT', place, { ...invoice, disputed: true }), { status: 200, body: { sourceVersion: 4 } })
    t.match(await send('PUT', place, { ...invoice, disputed: true, sourceVersion: 5 }), {
      status: 200,
      body: { sourceVersion: 5, version: 3 }
    })
  })

  await t.test('409: what an invoice is said to be made from must be there, open and in its currency', async (t) => {
    await givenLimit(service, 'C-3', '10000.00')
    const customer = '/v1/customers/C-3'
    const item = (id: string) => `${customer}/exposure-items/${id}`
    const order = { category: 'order', amount: money('100.00'), sourceVersion: 1 }
    for (const id of ['SO-1', 'SO-2']) await send('PUT', item(id), order)
    await send('DELETE', `${item('SO-2')}?sourceVersion=2`)
    const check = async (orderId: string, amount: string): Promise<string> =>
      (await send('POST', '/v1/credit-checks', { customerId: 'C-3', orderId, amount: money(amount) })).body.checkId
    const part = (checkId: string, amount: string) => ({ checkId, amount: money(amount), final: true })
    const refused = (from: object, slug: Parameters<typeof refuses>[2], place = 'INV-F') => {
      const body = { ...invoice, convertedFrom: [from] }
      return refuses(t, { method: 'PUT', url: `${customer}/invoices/${place}`, body }, slug)
    }
    await refused({ itemId: 'SO-9', amount: money('1.00') }, 'conversion-origin-missing')
    await refused({ itemId: 'SO-1', amount: money('1.00', 'USD') }, 'currency-mismatch')
    await refused({ itemId: 'SO-1', amount: money('100.01') }, 'conversion-exceeds-open')
    await refused({ itemId: 'SO-2', amount: money('1.00') }, 'exposure-item-closed')
    await send('PUT', item('SO-3'), order)
    await check('SO-3', '100.00')
    await refused({ itemId: 'SO-3', amount: money('1.00') }, 'exposure-item-held')
    await refused(part(await check('R-0', '99999999.00'), '1.00'), 'reservation-absent')
    const captured = await check('R-1', '50.00')
    await refused(part(captured, '50.01'), 'capture-exceeds-reservation')
    const fresh = { amount: money('40.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    const made = { ...fresh, convertedFrom: [part(captured, '40.00')] }
    t.match(await send('PUT', `${customer}/invoices/INV-C`, made), { status: 201 })
    const byInvoice = await refused(part(captured, '1.00'), 'reservation-already-captured')
    const again = { amount: money('1.00'), invoiceId: 'INV-F', final: true }
    const captures = `/v1/credit-checks/${captured}/captures`
    const byCapture = await refuses(t, { method: 'POST', url: captures, body: again }, 'reservation-already-captured')
    t.equal(byInvoice.body.state, 'partially_captured')
    const told = ({ body: { title, detail, state } }: typeof byInvoice) => ({ title, detail, state })
    t.same(told(byInvoice), told(byCapture), 'whichever way it is taken from')
    await refused(part(captured, '39.00'), 'conversion-irreversible', 'INV-C')
    const released = await check('R-2', '50.00')
    const due = await check('R-3', '50.00')
    await send('POST', `/v1/credit-checks/${released}/releases`, {})
    await refused(part(released, '1.00'), 'reservation-already-released')
    await send('POST', `/v1/credit-checks/${due}/captures`, {
      amount: money('10.00'),
      invoiceId: 'INV-D',
      final: false
    })
    await refused(part(due, '1.00'), 'invoice-already-captured', 'INV-D')
    const parts = [part(await check('R-4', '50.00'), '20.00'), part(await check('R-5', '50.00'), '20.00')]
    const two = { ...fresh, convertedFrom: parts }
    t.match(await send('PUT', `${customer}/invoices/INV-T`, two), { status: 201 }, 'one invoice for two orders')
    await clockTo('2026-05-31')
    await refused(part(due, '1.00'), 'reservation-already-expired')
  })

  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
  t.same(unanswered('putInvoice', 'getInvoice', 'listInvoices'), [], 'every documented answer was given')
})
