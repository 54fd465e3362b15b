import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('releasing a reservation', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  await givenLimit(service, 'C-1', '100000.00')
  let orders = 0
  const held = async (amount: string) => {
    orders += 1
    const order = { customerId: 'C-1', orderId: `SO-${orders}`, amount: cny(amount) }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.equal(body.outcome, 'approved')
    return `/v1/credit-checks/${body.checkId}/releases`
  }
  const available = async () => (await send('GET', '/v1/customers/C-1/exposure')).body.available.amount

  await t.test('201: all that is held comes free', async (t) => {
    const url = await held('100000.00')
    t.equal(await available(), '0.00')
    const answer = await send('POST', url, { reason: 'Order cancelled' })
    t.equal(answer.status, 201)
    t.equal(answer.headers.etag, '"2"')
    t.equal(answer.headers.location, url.replace('/releases', ''))
    t.match(answer.body.reservation, {
      state: 'released',
      amount: cny('100000.00'),
      released: cny('100000.00'),
      captured: cny('0.00'),
      open: cny('0.00'),
      resolvedAt: '2026-03-31T12:00:00.000Z'
    })
    t.same((await send('GET', url.replace('/releases', ''))).body, answer.body, 'reading it gives the same')
    t.equal(await available(), '100000.00')
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(items.at(-1), { type: 'reservation.released', subject: answer.body.checkId })
    t.match(JSON.parse(items.at(-1).payload), { reason: 'Order cancelled', moves: { reservedMinor: -10_000_000 } })
  })

  await t.test('201: the order may be held again', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('50.00') }
    const again = await send('POST', '/v1/credit-checks', order)
    t.match(again, { status: 201, body: { outcome: 'approved' } })
    await send('POST', `/v1/credit-checks/${again.body.checkId}/releases`, {})
  })

  await t.test('201: after a partial capture only the rest comes free', async (t) => {
    const url = await held('100.00')
    const capture = { amount: cny('30.00'), invoiceId: 'I-1', final: false }
    await send('POST', url.replace('/releases', '/captures'), capture)
    const { body } = await send('POST', url, {})
    t.match(body.reservation, { state: 'partially_captured', captured: cny('30.00'), released: cny('70.00') })
    t.equal(await available(), '99970.00')
  })

  await t.test('case 37: what is resolved cannot be released', async (t) => {
    const released = await held('10.00')
    await send('POST', released, {})
    const captured = await held('10.00')
    const capture = { amount: cny('10.00'), invoiceId: 'I-2', final: true }
    await send('POST', captured.replace('/releases', '/captures'), capture)
    const again = await refuses(t, { method: 'POST', url: released, body: {} }, 'reservation-already-released')
    t.equal(again.body.state, 'released')
    await refuses(t, { method: 'POST', url: captured, body: {} }, 'reservation-already-captured')
    const partly = await held('10.00')
    await send('POST', partly.replace('/releases', '/captures'), {
      amount: cny('4.00'),
      invoiceId: 'I-3',
      final: false
    })
    await send('POST', partly, {})
    const twice = await refuses(t, { method: 'POST', url: partly, body: {} }, 'reservation-already-released')
    t.equal(twice.body.state, 'partially_captured', 'attack 12: of one that was captured in part as well')
    const order = { customerId: 'C-1', orderId: 'SO-short', amount: cny('1.00'), reserveSeconds: 60 }
    const { body } = await send('POST', '/v1/credit-checks', order)
    await service.clockTo('2026-03-31T12:01:00.000Z')
    const expired = `/v1/credit-checks/${body.checkId}/releases`
    await refuses(t, { method: 'POST', url: expired, body: {} }, 'reservation-already-expired')
  })

  await t.test('a check that was not approved holds nothing to release', async (t) => {
    const order = { customerId: 'C-1', orderId: 'SO-large', amount: cny('500000.00') }
    const { body } = await send('POST', '/v1/credit-checks', order)
    await refuses(
      t,
      { method: 'POST', url: `/v1/credit-checks/${body.checkId}/releases`, body: {} },
      'reservation-absent'
    )
  })

  await t.test('404: a check that does not exist', async (t) => {
    const url = '/v1/credit-checks/chk_00000000000000000000000000/releases'
    await refuses(t, { method: 'POST', url, body: {} }, 'not-found')
  })

  const open = await held('10.00')
  await t.test('400: a reason that is none, or a field that does not exist', async (t) => {
    await refuses(t, { method: 'POST', url: open, body: { reason: '' } }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'POST', url: open, body: { reason: null } }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'POST', url: open, body: { why: 'x' } }, 'validation-error', ['/why'])
  })

  await t.test('200: a dry run releases nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${open}?dryRun=true`, {})
    t.match(answer, { status: 200, body: { reservation: { state: 'released' } } })
    t.equal(await footprint(), before)
  })

  await t.test('case 30: the same key releases once and gives the same bytes', async (t) => {
    const headers = { 'idempotency-key': 'release' }
    const first = await send('POST', open, { reason: 'x' }, headers)
    t.equal(first.status, 201)
    const before = await footprint()
    const again = await send('POST', open, { reason: 'x' }, headers)
    t.match(again, { status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
    t.equal(await footprint(), before)
    const answer = await refuses(t, { method: 'POST', url: open, body: {}, headers }, 'idempotency-key-reused')
    t.same(answer.body.differing, ['/body/reason'])
    const invalid = { 'idempotency-key': 'x'.repeat(256) }
    await refuses(t, { method: 'POST', url: open, body: {}, headers: invalid }, 'idempotency-key-invalid')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
  t.same(service.unanswered('releaseReservation'), [], 'every documented answer was given')
})
