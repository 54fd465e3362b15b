import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('adjusting a reservation', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo } = service
  await givenLimit(service, 'C-1', '100000.00')
  let orders = 0
  const held = async (amount: string, more: object = {}) => {
    orders += 1
    const order = { customerId: 'C-1', orderId: `SO-${orders}`, amount: cny(amount), ...more }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.equal(body.outcome, 'approved')
    return `/v1/credit-checks/${body.checkId}`
  }
  const adjust = (check: string, body: object, headers = {}) => send('POST', `${check}/adjustments`, body, headers)
  const available = async () => (await send('GET', '/v1/customers/C-1/exposure')).body.available.amount
  const first = await held('40000.00')

  await t.test('201: less comes free at once', async (t) => {
    const answer = await adjust(first, { amount: cny('30000.00'), reason: 'One line fell away' })
    t.match(answer, { status: 201, headers: { etag: '"2"', location: first } })
    t.match(answer.body, {
      adjustmentId: /^adj_/,
      outcome: 'approved',
      change: cny('-10000.00'),
      reason: 'One line fell away',
      decision: null,
      adjustedAt: '2026-03-31T12:00:00.000Z',
      reservation: { state: 'active', amount: cny('30000.00'), open: cny('30000.00'), version: 2 }
    })
    t.equal(await available(), '70000.00')
    t.match((await adjust(first, { decrease: cny('5000.00') })).body.reservation.amount, cny('25000.00'))
    t.equal(await available(), '75000.00')
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.equal(items.at(-1).type, 'reservation.adjusted')
    t.match(JSON.parse(items.at(-1).payload), { changeMinor: -500_000, moves: { reservedMinor: -500_000 } })
  })

  await t.test('201: more is decided like an order of the difference, up to the limit exactly', async (t) => {
    const answer = await adjust(first, { increase: cny('75000.00') })
    t.equal(answer.status, 201)
    t.match(answer.body, {
      outcome: 'approved',
      change: cny('75000.00'),
      decision: { outcome: 'approved', amount: cny('75000.00'), availableBefore: cny('75000.00') },
      reservation: { amount: cny('100000.00'), open: cny('100000.00') }
    })
    t.equal(await available(), '0.00')
  })

  await t.test('201: an increase that does not pass leaves everything as it was and says why', async (t) => {
    const before = (await send('GET', first)).body.reservation
    const answer = await adjust(first, { amount: cny('100000.01') })
    t.equal(answer.status, 201)
    t.match(answer.body, { outcome: 'referred', change: cny('0.01'), reservation: before })
    t.match(answer.body.decision.reasons, [{ code: 'LIMIT_EXCEEDED' }, { code: 'ORDER_TOO_LARGE' }])
    t.equal(await available(), '0.00')
    t.same((await send('GET', first)).body.reservation, before)
    t.match((await send('GET', '/v1/customers/C-1/journal')).body.items.at(-1), { type: 'adjustment.refused' })
    t.same((await send('GET', '/v1/blocked-orders')).body.items, [], 'the order holds what it held: it is not blocked')
    await adjust(first, { amount: cny('20000.00') })
  })

  await t.test('201: the whole order counts against the largest order, not the difference', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    const order = { customerId: 'C-2', orderId: 'SO-1', amount: cny('60000.00'), prepaid: cny('10000.00') }
    const { body } = await send('POST', '/v1/credit-checks', order)
    const { decision } = (await adjust(`/v1/credit-checks/${body.checkId}`, { increase: cny('50000.01') })).body
    t.match(
      decision.steps.find(({ code }: { code: string }) => code === 'largest_order'),
      { result: 'refer' }
    )
  })

  await t.test('201: down to what is captured ends the reservation', async (t) => {
    const part = await held('10000.00')
    await send('POST', `${part}/captures`, { amount: cny('4000.00'), invoiceId: 'I-2', final: false })
    t.match((await adjust(part, { amount: cny('4000.00') })).body.reservation, {
      state: 'captured',
      amount: cny('4000.00'),
      open: cny('0.00'),
      resolvedAt: '2026-03-31T12:00:00.000Z'
    })
  })

  await t.test('200: what it holds already changes nothing', async (t) => {
    const before = await footprint()
    t.match(await adjust(first, { amount: cny('20000.00') }), { status: 200, body: { change: cny('0.00') } })
    t.equal(await footprint(), before)
  })

  await t.test('200: the order at its new amount is the same order', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('20000.00') }
    t.match(await send('POST', '/v1/credit-checks', order), { status: 200, body: { orderId: 'SO-1' } })
    await refuses(
      t,
      { method: 'POST', url: '/v1/credit-checks', body: { ...order, amount: cny('40000.00') } },
      'order-already-reserved'
    )
  })

  await t.test('an expired hold of another order is never the reason for a refusal', async (t) => {
    await held('76000.00', { reserveSeconds: 60 })
    t.equal(await available(), '0.00')
    t.match((await adjust(first, { amount: cny('96000.00') })).body, { outcome: 'referred' })
    await clockTo('2026-03-31T12:01:00.000Z')
    t.match((await adjust(first, { amount: cny('96000.00') })).body, { outcome: 'approved' })
    await adjust(first, { amount: cny('20000.00') })
  })

  await t.test('409: not below what is captured', async (t) => {
    const check = await held('1000.00')
    await send('POST', `${check}/captures`, { amount: cny('600.00'), invoiceId: 'I-3', final: false })
    const request = { method: 'POST', url: `${check}/adjustments` } as const
    const answer = await refuses(t, { ...request, body: { amount: cny('599.99') } }, 'adjustment-below-captured')
    t.equal(answer.body.captured, '600.00')
    await refuses(t, { ...request, body: { decrease: cny('1000.00') } }, 'adjustment-below-captured')
    await refuses(t, { ...request, body: { amount: { amount: '1.00', currency: 'USD' } } }, 'currency-mismatch')
  })

  await t.test('case 37: what is resolved cannot be adjusted', async (t) => {
    const request = (check: string) =>
      ({ method: 'POST', url: `${check}/adjustments`, body: { amount: cny('1.00') } }) as const
    const released = await held('10.00')
    await send('POST', `${released}/releases`, {})
    await refuses(t, request(released), 'reservation-already-released')
    const captured = await held('10.00')
    await send('POST', `${captured}/captures`, { amount: cny('10.00'), invoiceId: 'I-4', final: true })
    await refuses(t, request(captured), 'reservation-already-captured')
    const short = await held('10.00', { reserveSeconds: 60 })
    await clockTo('2026-03-31T12:02:00.000Z')
    await refuses(t, request(short), 'reservation-already-expired')
    const order = { customerId: 'C-1', orderId: 'SO-large', amount: cny('500000.00') }
    const { body } = await send('POST', '/v1/credit-checks', order)
    await refuses(t, request(`/v1/credit-checks/${body.checkId}`), 'reservation-absent')
    await refuses(t, request('/v1/credit-checks/chk_00000000000000000000000000'), 'not-found')
  })

  await t.test('400: exactly one amount', async (t) => {
    const request = { method: 'POST', url: `${first}/adjustments` } as const
    await refuses(t, { ...request, body: {} }, 'validation-error', [''])
    await refuses(t, { ...request, body: { amount: cny('1.00'), increase: cny('1.00') } }, 'validation-error', [''])
    await refuses(t, { ...request, body: { amount: cny('0.00') } }, 'validation-error', ['/amount/amount'])
    await refuses(t, { ...request, body: { change: cny('1.00') } }, 'validation-error', ['/change'])
  })

  await t.test('200: a dry run changes nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${first}/adjustments?dryRun=true`, { increase: cny('1.00') })
    t.match(answer, { status: 200, body: { outcome: 'approved', reservation: { amount: cny('20001.00') } } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key adjusts once', async (t) => {
    const headers = { 'idempotency-key': 'adjust' }
    const once = await adjust(first, { increase: cny('1.00') }, headers)
    t.match(once, { status: 201, body: { reservation: { amount: cny('20001.00') } } })
    const again = await adjust(first, { increase: cny('1.00') }, headers)
    t.match(again, { text: once.text, headers: { 'idempotency-replayed': 'true' } })
    const request = { method: 'POST', url: `${first}/adjustments`, body: { increase: cny('2.00') } } as const
    await refuses(t, { ...request, headers }, 'idempotency-key-reused')
    await refuses(t, { ...request, headers: { 'idempotency-key': 'x'.repeat(256) } }, 'idempotency-key-invalid')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
  t.same(service.unanswered('adjustReservation'), [], 'every documented answer was given')
})
