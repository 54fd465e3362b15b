import t from 'tap'
import { cny, givenLimit } from '../given.ts'
import { TEST_DAY } from '../service.ts'
import { atOnce, countKinds, race, skip } from './racing.ts'

const captureOf = (amount: string, invoiceId: string, final: boolean) => ({ amount: cny(amount), invoiceId, final })
const RESOLVED = /^(201|409 reservation-already-(captured|released|expired))$/

t.test('case 38: of final captures and releases at once one wins', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00') }
    const { body } = await service.send('POST', '/v1/credit-checks', order)
    const url = `/v1/credit-checks/${body.checkId}`
    const answers = await atOnce(20, (index) =>
      index % 2 === 0
        ? service.attempt('POST', `${url}/captures`, captureOf('600.00', `I-${index}`, true))
        : service.attempt('POST', `${url}/releases`, {})
    )
    const kinds = countKinds(answers)
    t.equal(kinds['201'], 1, JSON.stringify(kinds))
    for (const kind of Object.keys(kinds)) t.match(kind, RESOLVED)
    const winner = answers.find(({ status }) => status === 201)
    const { reservation } = (await service.send('GET', url)).body
    t.same(reservation, winner?.body.reservation)
    const { exposure } = (await service.send('GET', `/v1/customers/${customerId}/exposure`)).body
    const captured = reservation.state === 'partially_captured' ? '600.00' : '0.00'
    t.match(exposure, { captured: cny(captured), reserved: cny('0.00') })
  })
)

t.test('case 38: capture, release and expiry at once: one wins, and no later answer says otherwise', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await service.clockTo(TEST_DAY)
    await givenLimit(service, customerId, '10000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00'), reserveSeconds: 60 }
    const { body } = await service.send('POST', '/v1/credit-checks', order)
    const url = `/v1/credit-checks/${body.checkId}`
    const [, capture, release, next] = await Promise.all([
      service.clockTo(`${TEST_DAY}T12:01:00.000Z`),
      service.attempt('POST', `${url}/captures`, captureOf('1000.00', 'I-1', true)),
      service.attempt('POST', `${url}/releases`, {}),
      service.send('POST', '/v1/credit-checks', { ...order, orderId: 'SO-2', reserveSeconds: 600 })
    ])
    t.equal(next.status, 201)
    const kinds = countKinds([capture, release])
    t.ok((kinds['201'] ?? 0) <= 1, JSON.stringify(kinds))
    for (const kind of Object.keys(kinds)) t.match(kind, RESOLVED)
    const { reservation } = (await service.send('GET', url)).body
    const ended = capture.status === 201 ? 'captured' : release.status === 201 ? 'released' : 'expired'
    t.equal(reservation.state, ended)
  })
)

t.test('partial captures at once take no more than is reserved', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00') }
    const { body } = await service.send('POST', '/v1/credit-checks', order)
    const url = `/v1/credit-checks/${body.checkId}/captures`
    const answers = await atOnce(15, (index) => service.attempt('POST', url, captureOf('100.00', `I-${index}`, false)))
    t.same(countKinds(answers), { '201': 10, '409 reservation-already-captured': 5 })
    const { exposure } = (await service.send('GET', `/v1/customers/${customerId}/exposure`)).body
    t.match(exposure, { captured: cny('1000.00'), reserved: cny('0.00') })
  })
)

t.test('case 40: one invoice captures each reservation once, whichever it names at once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const checks = await atOnce(6, (index) =>
      service.send('POST', '/v1/credit-checks', { customerId, orderId: `SO-${index}`, amount: cny('100.00') })
    )
    const answers = await atOnce(12, (index) =>
      service.attempt(
        'POST',
        `/v1/credit-checks/${checks[index % 6]?.body.checkId}/captures`,
        captureOf('40.00', 'I-1', false)
      )
    )
    t.same(countKinds(answers), { '201': 6, '409 invoice-already-captured': 6 })
    const { exposure } = (await service.send('GET', `/v1/customers/${customerId}/exposure`)).body
    t.match(exposure, { captured: cny('240.00'), reserved: cny('360.00') })
  })
)

t.test('case 41: an invoice and its capture at once count once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00') }
    const { body } = await service.send('POST', '/v1/credit-checks', order)
    const invoice = { amount: cny('1000.00'), issuedOn: TEST_DAY, dueOn: '2026-12-31' }
    const [capture, recorded] = await Promise.all([
      service.send('POST', `/v1/credit-checks/${body.checkId}/captures`, captureOf('1000.00', 'I-1', true)),
      service.send('PUT', `/v1/customers/${customerId}/invoices/I-1`, invoice)
    ])
    t.same([capture.status, recorded.status], [201, 201])
    const { exposure } = (await service.send('GET', `/v1/customers/${customerId}/exposure`)).body
    t.match(exposure, { receivables: cny('1000.00'), captured: cny('0.00'), reserved: cny('0.00') })
  })
)

t.test('many expired reservations are swept once, however many orders come at once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await service.clockTo(TEST_DAY)
    await givenLimit(service, customerId, '100000.00')
    const order = (orderId: string) => ({ customerId, orderId, amount: cny('10000.00'), reserveSeconds: 60 })
    await atOnce(10, (index) => service.send('POST', '/v1/credit-checks', order(`SO-${index}`)))
    await service.clockTo(`${TEST_DAY}T12:01:00.000Z`)
    const answers = await atOnce(10, (index) => service.send('POST', '/v1/credit-checks', order(`SO-${index}`)))
    t.same(countKinds(answers), { '201': 10 })
    t.ok(
      answers.every(({ body }) => body.outcome === 'approved'),
      'the orders whose reservations expired are held anew'
    )
  })
)
