import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import type { TestAnswer } from '../../service.ts'
import { contractService } from '../contract.ts'

const captureOf = (amount: string, invoiceId: string, final = true) => ({ amount: cny(amount), invoiceId, final })

t.test('capturing a reservation', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  await givenLimit(service, 'C-1', '500000.00')
  let orders = 0
  const held = async (amount: string, customerId = 'C-1') => {
    orders += 1
    const order = { customerId, orderId: `SO-${orders}`, amount: cny(amount) }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.equal(body.outcome, 'approved', `${order.orderId}: ${JSON.stringify(body.reasons)}`)
    return `/v1/credit-checks/${body.checkId}/captures`
  }
  const exposure = async (customerId = 'C-1') => {
    const { receivables, captured, reserved, total } = (await send('GET', `/v1/customers/${customerId}/exposure`)).body
      .exposure
    return [receivables, captured, reserved, total].map(({ amount }) => amount)
  }
  const invoiceOf = (amount: string) => ({ amount: cny(amount), issuedOn: '2026-03-31', dueOn: '2026-04-30' })

  await t.test('201: a capture of all moves the amount from reserved to captured', async (t) => {
    const url = await held('100.00')
    const answer = await send('POST', url, captureOf('100.00', 'I-1'))
    t.equal(answer.status, 201)
    t.equal(answer.headers.etag, '"2"')
    t.equal(answer.headers.location, url.replace('/captures', ''))
    t.same(answer.body.reservation, {
      state: 'captured',
      amount: cny('100.00'),
      captured: cny('100.00'),
      released: cny('0.00'),
      expired: cny('0.00'),
      open: cny('0.00'),
      expiresAt: '2026-04-07T12:00:00.000Z',
      resolvedAt: '2026-03-31T12:00:00.000Z',
      version: 2
    })
    const { captures, ...read } = (await send('GET', url.replace('/captures', ''))).body
    t.same(read, answer.body, 'reading it gives the same')
    t.match(captures, [{ invoiceId: 'I-1', state: 'waiting', counts: cny('100.00') }])
    t.same(await exposure(), ['0.00', '100.00', '0.00', '100.00'])
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(items.at(-1), { type: 'reservation.captured', subject: answer.body.checkId })
    t.match(JSON.parse(items.at(-1).payload), {
      invoiceId: 'I-1',
      amountMinor: 10_000,
      final: true,
      alreadyInvoiced: false,
      moves: { reservedMinor: -10_000, capturedMinor: 10_000 }
    })
  })

  await t.test('case 41: the captured invoice that comes as an invoice is moved, not added', async (t) => {
    t.equal((await send('PUT', '/v1/customers/C-1/invoices/I-1', invoiceOf('100.00'))).status, 201)
    t.same(await exposure(), ['100.00', '0.00', '0.00', '100.00'])
    const before = await footprint()
    t.equal((await send('PUT', '/v1/customers/C-1/invoices/I-1', invoiceOf('100.00'))).status, 200)
    t.equal(await footprint(), before, 'and once only')
  })

  await t.test('case 41: an invoice over another amount than was captured counts with its own', async (t) => {
    await send('POST', await held('100.00'), captureOf('100.00', 'I-2'))
    t.same(await exposure(), ['100.00', '100.00', '0.00', '200.00'])
    await send('PUT', '/v1/customers/C-1/invoices/I-2', invoiceOf('104.50'))
    t.same(await exposure(), ['204.50', '0.00', '0.00', '204.50'])
  })

  await t.test('201: an invoice that was recorded before its capture is not counted twice', async (t) => {
    const url = await held('50.00')
    await send('PUT', '/v1/customers/C-1/invoices/I-3', invoiceOf('50.00'))
    t.same(await exposure(), ['254.50', '0.00', '50.00', '304.50'], 'until the capture says that they are the same')
    t.match(await send('POST', url, captureOf('50.00', 'I-3')), { status: 201 })
    t.same(await exposure(), ['254.50', '0.00', '0.00', '254.50'])
  })

  await t.test('attack 3: a recorded invoice takes over no more than it has left', async (t) => {
    const url = await held('400.00')
    await send('PUT', '/v1/customers/C-1/invoices/I-19', invoiceOf('5.00'))
    const [owed, captured, reserved] = await exposure()
    const over = { method: 'POST', url, body: captureOf('400.00', 'I-19') } as const
    t.equal((await refuses(t, over, 'capture-exceeds-invoice')).body.left, '5.00')
    t.same((await exposure()).slice(0, 3), [owed, captured, reserved], 'nothing is captured')
    t.match(await send('POST', url, captureOf('3.00', 'I-19', false)), { status: 201 })
    const rest = await held('10.00')
    const more = { method: 'POST', url: rest, body: captureOf('2.01', 'I-19') } as const
    t.equal((await refuses(t, more, 'capture-exceeds-invoice')).body.left, '2.00')
    t.match(await send('POST', rest, captureOf('2.00', 'I-19')), { status: 201 })
    await send('POST', url.replace('/captures', '/releases'), {})
    const payment = { paymentId: 'P-19', receivedOn: '2026-03-31', amount: cny('5.00') }
    await send('POST', '/v1/customers/C-1/payments', {
      ...payment,
      allocations: [{ invoiceId: 'I-19', amount: cny('5.00') }]
    })
  })

  await t.test('201: partial captures keep the rest reserved until the final one gives it back', async (t) => {
    const url = await held('100.00')
    const amountsOf = ({ body: { reservation } }: TestAnswer) => [
      reservation.state,
      reservation.captured.amount,
      reservation.released.amount,
      reservation.open.amount,
      reservation.version
    ]
    t.same(amountsOf(await send('POST', url, captureOf('30.00', 'I-4', false))), [
      'active',
      '30.00',
      '0.00',
      '70.00',
      2
    ])
    t.same(await exposure(), ['254.50', '30.00', '70.00', '354.50'])
    t.same(amountsOf(await send('POST', url, captureOf('40.00', 'I-5', false))), [
      'active',
      '70.00',
      '0.00',
      '30.00',
      3
    ])
    const last = amountsOf(await send('POST', url, captureOf('10.00', 'I-6', true)))
    t.same(last, ['partially_captured', '80.00', '20.00', '0.00', 4])
    t.same(await exposure(), ['254.50', '80.00', '0.00', '334.50'])
  })

  await t.test('201: a capture of all that is open resolves it, whether or not it is called final', async (t) => {
    const url = await held('100.00')
    await send('POST', url, captureOf('30.00', 'I-7', false))
    const { body } = await send('POST', url, captureOf('70.00', 'I-8', false))
    t.match(body.reservation, { state: 'captured', captured: cny('100.00'), released: cny('0.00') })
  })

  await t.test('case 36: more than is open is refused', async (t) => {
    const url = await held('100.00')
    await refuses(t, { method: 'POST', url, body: captureOf('100.01', 'I-9') }, 'capture-exceeds-reservation')
    await send('POST', url, captureOf('60.00', 'I-9', false))
    const answer = await refuses(
      t,
      { method: 'POST', url, body: captureOf('40.01', 'I-10', true) },
      'capture-exceeds-reservation'
    )
    t.equal(answer.body.open, '40.00')
    t.match(await send('POST', url, captureOf('40.00', 'I-10')), { status: 201 })
  })

  await t.test('case 37: what is captured or released takes no further capture', async (t) => {
    const captured = await held('10.00')
    await send('POST', captured, captureOf('10.00', 'I-11'))
    const partly = await held('10.00')
    await send('POST', partly, captureOf('4.00', 'I-12'))
    const released = await held('10.00')
    await send('POST', released.replace('/captures', '/releases'), {})
    const body = captureOf('1.00', 'I-13', false)
    t.match((await refuses(t, { method: 'POST', url: captured, body }, 'reservation-already-captured')).body, {
      state: 'captured'
    })
    t.match((await refuses(t, { method: 'POST', url: partly, body }, 'reservation-already-captured')).body, {
      state: 'partially_captured'
    })
    t.match((await refuses(t, { method: 'POST', url: released, body }, 'reservation-already-released')).body, {
      state: 'released'
    })
  })

  await t.test('case 37: nor does what has expired', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-short', amount: cny('1.00'), reserveSeconds: 60 }
    const { body } = await send('POST', '/v1/credit-checks', order)
    await service.clockTo('2026-03-31T12:01:00.000Z')
    const url = `/v1/credit-checks/${body.checkId}/captures`
    await refuses(t, { method: 'POST', url, body: captureOf('1.00', 'I-14') }, 'reservation-already-expired')
  })

  await t.test('case 39: a currency without a rate is refused', async (t) => {
    const body = { ...captureOf('1.00', 'I-15'), amount: { amount: '1.00', currency: 'USD' } }
    await refuses(t, { method: 'POST', url: await held('10.00'), body }, 'rate-missing')
  })

  await t.test('case 40: an invoice captures a reservation once, and those of other orders beside it', async (t) => {
    const first = await held('10.00')
    const other = await held('10.00')
    await send('POST', first, captureOf('5.00', 'I-16', false))
    const again = { method: 'POST', url: first, body: captureOf('5.00', 'I-16', false) } as const
    t.equal((await refuses(t, again, 'invoice-already-captured')).body.checkId, first.split('/')[3])
    t.equal((await send('POST', other, captureOf('4.00', 'I-16'))).status, 201)
    const [owed, captured, , total] = await exposure()
    await send('PUT', '/v1/customers/C-1/invoices/I-16', invoiceOf('9.00'))
    const after = await exposure()
    t.equal(after[3], total, 'when the invoice arrives all that it captured moves')
    t.same([after[0] - owed, after[1] - captured], [9, -9])
    await givenLimit(service, 'C-2', '10000.00')
    const elsewhere = await send('POST', await held('5.00', 'C-2'), captureOf('5.00', 'I-16'))
    t.equal(elsewhere.status, 201, 'another customer’s invoice may have the same number')
  })

  await t.test('a check that was not approved holds nothing to capture', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-large', amount: cny('500000.00') }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.equal(body.outcome, 'referred')
    const url = `/v1/credit-checks/${body.checkId}/captures`
    const answer = await refuses(t, { method: 'POST', url, body: captureOf('1.00', 'I-17') }, 'reservation-absent')
    t.match(answer.body.detail, /was referred/)
  })

  await t.test('404: a check that does not exist', async (t) => {
    const url = '/v1/credit-checks/chk_00000000000000000000000000/captures'
    await refuses(t, { method: 'POST', url, body: captureOf('1.00', 'I-17') }, 'not-found')
    const odd = '/v1/credit-checks/C-1/captures'
    await refuses(t, { method: 'POST', url: odd, body: captureOf('1.00', 'I-17') }, 'validation-error')
  })

  const refused: Record<string, { change: object; pointer: string }> = {
    'case 7: an amount of zero': { change: { amount: cny('0.00') }, pointer: '/amount/amount' },
    'case 9: three decimals': { change: { amount: cny('0.001') }, pointer: '/amount/amount' },
    'no invoice': { change: { invoiceId: undefined }, pointer: '/invoiceId' },
    'whether it is final is not said': { change: { final: undefined }, pointer: '/final' },
    'final as a text': { change: { final: 'true' }, pointer: '/final' },
    'case 3: a field that does not exist': { change: { finally: true }, pointer: '/finally' }
  }
  const open = await held('10.00')
  for (const [name, { change, pointer }] of Object.entries(refused)) {
    await t.test(`400: ${name}`, async (t) => {
      const body = { ...captureOf('1.00', 'I-18'), ...change }
      await refuses(t, { method: 'POST', url: open, body }, 'validation-error', [pointer])
    })
  }

  await t.test('200: a dry run captures nothing and uses no key up', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${open}?dryRun=true`, captureOf('10.00', 'I-18'), { 'idempotency-key': 'dry' })
    t.match(answer, { status: 200, body: { reservation: { state: 'captured' } } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key captures once and gives the same bytes', async (t) => {
    const headers = { 'idempotency-key': 'capture' }
    const first = await send('POST', open, captureOf('2.00', 'I-18', false), headers)
    const before = await footprint()
    const again = await send('POST', open, captureOf('2.00', 'I-18', false), headers)
    t.match(again, { status: 201, text: first.text, headers: { 'idempotency-replayed': 'true', etag: '"2"' } })
    t.equal(await footprint(), before)
    const request = { method: 'POST', url: open, body: captureOf('3.00', 'I-18', true), headers } as const
    const answer = await refuses(t, request, 'idempotency-key-reused')
    t.same(answer.body.differing, ['/body/amount/amount', '/body/final'])
    await refuses(t, { ...request, headers: { 'idempotency-key': '' } }, 'idempotency-key-invalid')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
  t.same(service.unanswered('captureReservation'), [], 'every documented answer was given')
})
