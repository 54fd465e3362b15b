import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })
const zero = cny('0.00')

t.test('money in other currencies than the account’s', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo } = service
  const rate = (base: string, day: string, value: number, seen?: string) =>
    send(
      'PUT',
      `/v1/exchange-rates/${base}/CNY/${day}`,
      { rate: value, source: 'Central bank' },
      seen === undefined ? {} : { 'if-match': seen }
    )
  await rate('USD', '2026-01-10', 7)
  await rate('USD', '2026-02-10', 7.2)
  await rate('USD', '2026-03-31', 7.1)
  const invoiceOf = (amount: object, more: object = {}) => ({
    amount,
    issuedOn: '2026-01-15',
    dueOn: '2026-02-14',
    ...more
  })
  const at = (customerId: string, path: string) => `/v1/customers/${customerId}/${path}`
  const invoice = (customerId: string, id: string, amount: object, more: object = {}) =>
    send('PUT', at(customerId, `invoices/${id}`), invoiceOf(amount, more))
  const payment = (paymentId: string, amount: object, more: object = {}) => ({
    paymentId,
    receivedOn: '2026-02-12',
    amount,
    ...more
  })
  const pay = (customerId: string, id: string, amount: object, more: object = {}) =>
    send('POST', at(customerId, 'payments'), payment(id, amount, more))
  const read = async (customerId: string, path: string) => (await send('GET', at(customerId, path))).body
  const exposure = async (customerId: string) => (await read(customerId, 'exposure')).exposure
  const lastEntry = async (customerId: string) => {
    const { type, payload } = (await read(customerId, 'journal?limit=200')).items.at(-1)
    return { type, ...JSON.parse(payload) }
  }
  const at7 = { rate: 7, ratedOn: '2026-01-10', basis: 'direct' }
  const at72 = { rate: 7.2, ratedOn: '2026-02-10', basis: 'direct' }

  t.afterEach(async () => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })

  await t.test('201: an invoice counts as what it came to on its day of issue', async (t) => {
    await givenLimit(service, 'C-1', '100000.00')
    const { status, body } = await invoice('C-1', 'I-1', usd('1000.00'))
    t.equal(status, 201)
    const converted = { amount: cny('7000.00'), open: cny('7000.00'), original: { ...usd('1000.00'), ...at7 } }
    t.match(body, { ...converted, openOriginal: usd('1000.00') })
    t.same(await read('C-1', 'invoices/I-1'), body)
    t.same((await read('C-1', 'invoices')).items, [body])
    t.match(await exposure('C-1'), { receivables: cny('7000.00') })
    t.match(await lastEntry('C-1'), {
      type: 'invoice.recorded',
      amountMinor: 700_000,
      original: converted.original,
      moves: { receivablesMinor: 700_000 }
    })
    t.equal((await invoice('C-1', 'I-2', cny('10.00'))).body.original, null)
  })

  await t.test('200: the same on a later day and after another rate is the same', async (t) => {
    await send('PUT', '/v1/customers/C-8', { kind: 'company', name: 'x' })
    await rate('GBP', '2026-01-10', 9)
    const pounds = { amount: '1000.00', currency: 'GBP' }
    await invoice('C-8', 'I-1', pounds)
    await rate('GBP', '2026-01-12', 10)
    const before = await footprint()
    t.equal((await invoice('C-8', 'I-1', pounds)).status, 200)
    t.equal((await invoice('C-8', 'I-1', { ...pounds, amount: '1000' })).status, 200)
    t.equal(await footprint(), before)
  })

  await t.test('409: without a rate nothing is written', async (t) => {
    const put = (body: object) => ({ method: 'PUT', url: at('C-1', 'invoices/I-9'), body }) as const
    await refuses(t, put(invoiceOf({ amount: '1.00', currency: 'EUR' })), 'rate-missing')
    await refuses(t, put(invoiceOf(usd('1.00'), { issuedOn: '2026-01-09' })), 'rate-missing')
    const body = payment('P-9', usd('1.00'), { receivedOn: '2026-01-09' })
    await refuses(t, { method: 'POST', url: at('C-1', 'payments'), body }, 'rate-missing')
    await rate('VND', '2026-01-10', 0.0003)
    await refuses(t, put(invoiceOf({ amount: '1', currency: 'VND' })), 'validation-error', ['/amount/amount'])
  })

  await t.test(
    '201: a payment in the currency of an invoice settles it unit for unit, whatever the rates',
    async (t) => {
      const { body } = await pay('C-1', 'P-1', usd('1000.00'))
      t.match(body, { amount: cny('7200.00'), unapplied: zero, original: { ...usd('1000.00'), ...at72 } })
      t.match(body.unappliedOriginal, usd('0.00'))
      const part = { invoiceId: 'I-1', amount: cny('7000.00'), settled: usd('1000.00'), used: usd('1000.00') }
      t.match(body.allocations, [part])
      t.same(await read('C-1', 'payments/P-1'), body)
      t.match(await read('C-1', 'invoices/I-1'), { open: zero, openOriginal: usd('0.00') })
      t.match(await exposure('C-1'), { receivables: cny('10.00') })
      t.match(await lastEntry('C-1'), { original: body.original, moves: { receivablesMinor: -700_000 } })
      const before = await footprint()
      t.equal((await pay('C-1', 'P-1', usd('1000.00'))).status, 200)
      t.equal(await footprint(), before)
      t.match(await read('C-1', 'payment-behaviour'), { settledCount: 1, open: cny('10.00') })
    }
  )

  await t.test('however an invoice is cut, its parts leave nothing', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    await invoice('C-2', 'I-1', usd('1000.01'))
    for (const [index, amount] of ['333.33', '333.33', '0.01', '333.34'].entries())
      await pay('C-2', `P-${index}`, usd(amount))
    t.match(await read('C-2', 'invoices/I-1'), { open: zero, openOriginal: usd('0.00') })
    t.match(await exposure('C-2'), { total: zero })
    t.match(await read('C-2', 'payment-behaviour'), { settledCount: 1, open: zero })
    await send('POST', at('C-2', 'credit-notes'), {
      creditNoteId: 'N-1',
      issuedOn: '2026-03-01',
      amount: usd('10.00'),
      allocations: []
    })
    t.match(await read('C-2', 'credit-notes/N-1'), { unapplied: cny('72.00'), unappliedOriginal: usd('10.00') })
    t.match(await exposure('C-2'), { receivables: cny('-72.00') })
  })

  await t.test('however an order is cut into invoices, its parts leave nothing of it reserved', async (t) => {
    await givenLimit(service, 'C-20', '100000.00')
    const order = { customerId: 'C-20', orderId: 'SO-1', amount: usd('133.36') }
    const { body: check } = await send('POST', '/v1/credit-checks', order)
    const part = { checkId: check.checkId, amount: usd('33.34'), final: false }
    const billed = (id: string) => invoice('C-20', id, usd('33.34'), { convertedFrom: [part] })
    await billed('I-1')
    const captured = { amount: usd('33.34'), invoiceId: 'I-2', final: false }
    await send('POST', `/v1/credit-checks/${check.checkId}/captures`, captured)
    await billed('I-3')
    await billed('I-4')
    const { body: after } = await send('GET', `/v1/credit-checks/${check.checkId}`)
    t.match(after.reservation, { state: 'captured', open: zero, released: zero })
    const before = await footprint()
    t.equal((await billed('I-4')).status, 200)
    t.equal(await footprint(), before)
  })

  await t.test(
    '201: money in another currency settles what has the same amount, or what the caller says',
    async (t) => {
      await givenLimit(service, 'C-3', '100000.00')
      await invoice('C-3', 'I-1', usd('1000.00'))
      await invoice('C-3', 'I-2', usd('1000.00'))
      const to = (invoiceId: string, amount: object, settles?: object) => ({
        allocations: [{ invoiceId, amount, settles }]
      })
      const post = (body: object) => ({ method: 'POST', url: at('C-3', 'payments'), body }) as const
      const much = payment('P-1', cny('7100.00'), to('I-1', cny('7100.00')))
      await refuses(t, post(much), 'allocation-exceeds-invoice')
      const wrong = payment('P-1', cny('7100.00'), to('I-1', cny('7100.00'), cny('7000.00')))
      await refuses(t, post(wrong), 'currency-not-supported')
      const over = payment('P-1', cny('7100.00'), to('I-1', cny('7100.00'), usd('1000.01')))
      await refuses(t, post(over), 'allocation-exceeds-invoice')
      const { body } = await pay('C-3', 'P-1', cny('7100.00'), to('I-1', cny('7100.00'), usd('1000.00')))
      t.match(body, {
        original: null,
        unapplied: zero,
        allocations: [{ amount: cny('7000.00'), used: cny('7100.00') }]
      })
      t.match(await exposure('C-3'), { receivables: cny('7000.00') })
      await pay('C-3', 'P-2', cny('3500.00'), to('I-2', cny('3500.00')))
      t.match(await read('C-3', 'invoices/I-2'), { open: cny('3500.00'), openOriginal: usd('500.00') })
    }
  )

  await t.test('without a list the invoices in the currency of the money come first', async (t) => {
    await givenLimit(service, 'C-4', '100000.00')
    await invoice('C-4', 'I-1', cny('3600.00'), { dueOn: '2026-02-01' })
    await invoice('C-4', 'I-2', usd('100.00'))
    const { body } = await pay('C-4', 'P-1', usd('1000.00'))
    t.match(body.allocations, [
      { invoiceId: 'I-2', amount: cny('700.00'), used: usd('100.00'), settled: usd('100.00') },
      { invoiceId: 'I-1', amount: cny('3600.00'), used: usd('500.00'), settled: cny('3600.00') }
    ])
    t.match(body, { unapplied: cny('2880.00'), unappliedOriginal: usd('400.00') })
    t.match(await exposure('C-4'), { receivables: cny('-2880.00') })
    await invoice('C-4', 'I-3', usd('200.00'))
    await send('POST', at('C-4', 'payments/P-1/allocations'), {})
    t.match(await lastEntry('C-4'), { type: 'credit.allocated', moves: { receivablesMinor: 4_000 } })
    const now = await exposure('C-4')
    t.match(now, { receivables: cny('-1440.00') })
    const then = (await read('C-4', 'exposure?asOf=2026-03-31')).categories
    t.match(then, (await read('C-4', 'exposure')).categories)
  })

  await t.test('what is left of a payment and is less than any unit of an invoice stays unapplied', async (t) => {
    await givenLimit(service, 'C-F', '100000.00')
    await invoice('C-F', 'I-1', cny('1000.00'))
    await invoice('C-F', 'I-2', usd('100.00'))
    const { status, body } = await pay('C-F', 'P-1', cny('1000.03'))
    t.equal(status, 201, JSON.stringify(body))
    t.match(body, { unapplied: cny('0.03'), allocations: [{ invoiceId: 'I-1' }] })
    const allocations = [{ invoiceId: 'I-2', amount: cny('0.03') }]
    const request = { method: 'POST', url: at('C-F', 'payments/P-1/allocations'), body: { allocations } } as const
    await refuses(t, request, 'validation-error', ['/allocations/0/amount'])
  })

  await t.test('a payment that came to nothing in the account’s currency is no reason to decide nothing', async (t) => {
    await givenLimit(service, 'C-G', '100000.00')
    await rate('VND', '2026-01-10', 0.0003)
    const vnd = (amount: string) => ({ amount, currency: 'VND' })
    await invoice('C-G', 'I-1', vnd('1000000'))
    const allocations = [{ invoiceId: 'I-1', amount: cny('0.01'), settles: vnd('10') }]
    const { body } = await pay('C-G', 'P-1', cny('5.00'), { allocations })
    t.match(body, { allocations: [{ amount: zero, settled: vnd('10') }] })
    const asked = { customerId: 'C-G', orderId: 'SO-1', amount: cny('1.00') }
    t.match(await send('POST', '/v1/credit-checks', asked), { status: 201 })
  })

  await t.test('200: an order that is held in its currency is the same on a day with another rate', async (t) => {
    await givenLimit(service, 'C-H', '100000.00')
    const asked = { customerId: 'C-H', orderId: 'SO-1', amount: usd('100.00'), prepaid: usd('10.00') }
    const first = await send('POST', '/v1/credit-checks', asked)
    t.match(first, { status: 201, body: { outcome: 'approved' } })
    await rate('USD', '2026-03-31', 7.15, '"1"')
    t.match(await send('POST', '/v1/credit-checks', asked), { status: 200, body: { checkId: first.body.checkId } })
    await rate('USD', '2026-03-31', 7.1, '"2"')
  })

  await t.test('200: a corrected invoice keeps its rate, and what is settled of it', async (t) => {
    await givenLimit(service, 'C-5', '100000.00')
    await invoice('C-5', 'I-1', usd('1000.00'))
    const corrected = await invoice('C-5', 'I-1', usd('900.00'))
    t.match(corrected.body, { amount: cny('6300.00'), original: at7 })
    const later = { issuedOn: '2026-02-15', dueOn: '2026-03-14' }
    t.match((await invoice('C-5', 'I-1', usd('900.00'), later)).body, { amount: cny('6480.00'), original: at72 })
    t.match((await invoice('C-5', 'I-1', cny('900.00'))).body, { amount: cny('900.00'), original: null })
    await invoice('C-5', 'I-1', usd('900.00'))
    await pay('C-5', 'P-1', usd('300.00'))
    const put = (body: object) => ({ method: 'PUT', url: at('C-5', 'invoices/I-1'), body }) as const
    const below = await refuses(t, put(invoiceOf(usd('299.99'))), 'invoice-below-settled')
    t.match(below.body.detail, /300\.00 USD/)
    await refuses(t, put(invoiceOf(cny('9000.00'))), 'invoice-below-settled')
    const moved = (await invoice('C-5', 'I-1', usd('400.00'), later)).body
    t.match(moved, { original: at7, open: cny('700.00'), openOriginal: usd('100.00') })
    t.match((await invoice('C-5', 'I-1', usd('300.00'))).body, { open: zero, openOriginal: usd('0.00') })
    t.match(await exposure('C-5'), { total: zero })
  })

  await t.test(
    '201: a capture in the currency of the order takes its share of the reservation, on whatever day',
    async (t) => {
      await givenLimit(service, 'C-6', '500000.00')
      const check = async (orderId: string, amount: object) =>
        (await send('POST', '/v1/credit-checks', { customerId: 'C-6', orderId, amount })).body.checkId
      const [whole, parts, other, mine] = [
        await check('SO-1', usd('1000.00')),
        await check('SO-2', usd('1000.01')),
        await check('SO-3', cny('1000.00')),
        await check('SO-4', usd('100.00'))
      ]
      await clockTo('2026-04-01')
      await rate('USD', '2026-04-01', 7.3)
      await rate('EUR', '2026-04-01', 8)
      const capture = (checkId: string, invoiceId: string, amount: object, final = false) =>
        send('POST', `/v1/credit-checks/${checkId}/captures`, { amount, invoiceId, final })
      t.match((await capture(whole, 'I-1', usd('1000.00'))).body.reservation, {
        state: 'captured',
        captured: cny('7100.00')
      })
      const { original } = await lastEntry('C-6')
      t.match(original, { ...usd('1000.00'), rate: 7.1, ratedOn: '2026-03-31' })
      await send('GET', `/v1/credit-checks/${whole}`)
      for (const [index, amount] of ['333.33', '333.33', '0.01', '333.34'].entries())
        t.equal((await capture(parts, `I-2${index}`, usd(amount))).status, 201)
      t.match((await read('C-6', 'exposure')).exposure, { reserved: cny('1710.00'), captured: cny('14200.07') })
      const url = `/v1/credit-checks/${other}/captures`
      const euro = { amount: { amount: '100.00', currency: 'EUR' }, invoiceId: 'I-3', final: true }
      await refuses(
        t,
        { method: 'POST', url, body: { ...euro, amount: { amount: '1', currency: 'JPY' } } },
        'rate-missing'
      )
      const above = { ...euro, amount: { amount: '125.01', currency: 'EUR' } }
      await refuses(t, { method: 'POST', url, body: above }, 'capture-exceeds-reservation')
      t.match((await send('POST', url, euro)).body.reservation, { captured: cny('800.00'), released: cny('200.00') })
      const day = { issuedOn: '2026-04-01', dueOn: '2026-05-01' }
      t.match((await invoice('C-6', 'I-1', usd('1000.00'), day)).body, { amount: cny('7300.00') })
      t.match(await exposure('C-6'), { receivables: cny('7300.00'), captured: cny('7900.07') })
      const convertedFrom = [{ checkId: mine, amount: usd('100.00'), final: true }]
      t.match(await invoice('C-6', 'I-4', usd('100.00'), { ...day, convertedFrom }), { status: 201 })
      t.match(await exposure('C-6'), { receivables: cny('8030.00'), reserved: zero })
      await clockTo('2026-04-02')
      await rate('USD', '2026-04-02', 7.5)
      const before = await footprint()
      t.equal((await invoice('C-6', 'I-4', usd('100.00'), { ...day, convertedFrom })).status, 200)
      t.equal(await footprint(), before)
      const euros = [{ checkId: mine, amount: { amount: '1.00', currency: 'EUR' }, final: true }]
      const put = {
        method: 'PUT',
        url: at('C-6', 'invoices/I-4'),
        body: invoiceOf(usd('100.00'), { convertedFrom: euros })
      } as const
      await refuses(t, put, 'currency-mismatch')
    }
  )

  await t.test('a snapshot is compared in the currency of each document', async (t) => {
    await givenLimit(service, 'C-7', '500000.00')
    await invoice('C-7', 'I-1', usd('1000.00'))
    await invoice('C-7', 'I-2', usd('500.00'))
    await pay('C-7', 'P-1', usd('100.01'), { allocations: [{ invoiceId: 'I-1', amount: usd('100.01') }] })
    await pay('C-7', 'P-2', usd('50.00'), { allocations: [] })
    const stated = (invoiceId: string, amount: object, open: object) => ({
      ...{ invoiceId, amount, open },
      ...{ issuedOn: '2026-01-15', dueOn: '2026-02-14' }
    })
    const note = {
      kind: 'payment',
      creditId: 'P-2',
      amount: usd('50.00'),
      unapplied: usd('50.00'),
      datedOn: '2026-02-12'
    }
    const snapshot = async (day: number, total: object, invoices: object[], credits: object[]) => {
      await clockTo(`2026-04-0${day}`)
      const body = {
        snapshotAt: `2026-04-0${day}T11:00:00.000Z`,
        apply: true,
        control: { count: invoices.length + credits.length, totals: [total] },
        invoices,
        credits
      }
      return (await send('POST', at('C-7', 'reconciliations'), body)).body
    }
    const [one, two] = [stated('I-1', usd('1000.00'), usd('899.99')), stated('I-2', usd('500.00'), usd('500.00'))]
    t.match(await snapshot(3, usd('1349.99'), [one, two], [note]), { differences: [] })
    const less = await snapshot(4, usd('749.99'), [stated('I-1', usd('1000.00'), usd('749.99'))], [])
    t.match(less.differences, [
      { kind: 'different', id: 'I-1', recorded: usd('899.99'), stated: usd('749.99') },
      { kind: 'extra', id: 'I-2', recorded: usd('500.00') },
      { kind: 'extra', id: 'P-2', recorded: usd('50.00') }
    ])
    t.match(await exposure('C-7'), { receivables: cny('5249.93') })
    t.match(await read('C-7', 'invoices/I-1'), { open: cny('5249.93'), openOriginal: usd('749.99'), original: at7 })
    const more = await snapshot(
      5,
      usd('1429.00'),
      [
        stated('I-1', usd('1000.00'), usd('950.00')),
        { ...stated('I-3', usd('479.00'), usd('479.00')), issuedOn: '2026-02-10' }
      ],
      []
    )
    t.match(more, { counts: { different: 1, missing: 1 } })
    t.match(await exposure('C-7'), { receivables: cny('10098.80') })
    t.same(
      (
        await snapshot(
          6,
          usd('1429.00'),
          [
            stated('I-1', usd('1000.00'), usd('950.00')),
            { ...stated('I-3', usd('479.00'), usd('479.00')), issuedOn: '2026-02-10' }
          ],
          []
        )
      ).differences,
      []
    )
    const turned = await snapshot(7, cny('6000.00'), [stated('I-1', cny('7000.00'), cny('6000.00'))], [])
    t.match(turned.differences[0], { kind: 'different', recorded: usd('950.00'), stated: cny('6000.00') })
    t.match(await read('C-7', 'invoices/I-1'), { open: cny('6000.00'), original: null, openOriginal: null })
    t.match(await exposure('C-7'), { receivables: cny('6000.00') })
  })
})
