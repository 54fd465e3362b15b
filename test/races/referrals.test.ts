import t from 'tap'
import { workAtExpiries } from '../../src/checks/commands/expire.ts'
import { workAtReevaluations } from '../../src/checks/commands/reevaluate.ts'
import { cny, givenLimit, setLimit } from '../given.ts'
import { workAtRechecks } from '../runs/at-work.ts'
import { TEST_DAY, testService } from '../service.ts'
import { atOnce, countKinds, race, skip } from './racing.ts'

const url = '/v1/credit-checks'
const never = new AbortController().signal
const RELEASE = { decision: 'release', reasonCode: 'PROMISED', comment: 'Seen.' }

t.test('case 38: adjustments, capture, release and expiry at once never lose or invent an amount', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await service.clockTo(TEST_DAY)
    await givenLimit(service, customerId, '10000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('1000.00'), reserveSeconds: 60 }
    const { body } = await service.send('POST', url, order)
    const check = `${url}/${body.checkId}`
    const capture = { amount: cny('400.00'), invoiceId: 'I-1', final: false }
    const [, ...answers] = await Promise.all([
      service.clockTo(`${TEST_DAY}T12:01:00.000Z`),
      service.attempt('POST', `${check}/adjustments`, { increase: cny('500.00') }),
      service.attempt('POST', `${check}/captures`, capture),
      service.attempt('POST', `${check}/adjustments`, { decrease: cny('300.00') }),
      service.attempt('POST', `${check}/releases`, {}),
      workAtExpiries(service.deps, never).then(() => ({ status: 200, headers: {}, body: {}, text: '' }))
    ])
    for (const kind of Object.keys(countKinds(answers)))
      t.match(kind, /^(20[01]|409 reservation-already-(released|expired|captured))$/)
    const { reservation } = (await service.send('GET', check)).body
    t.not(reservation.state, 'active')
    const minor = (money: { amount: string }) => Math.round(Number(money.amount) * 100)
    const { amount, captured, released, expired } = reservation
    t.equal(minor(amount), minor(captured) + minor(released) + minor(expired))
  })
)

t.test('increases at once of one customer never exceed the limit', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '10000.00')
    const checks = await atOnce(8, (index) =>
      service.send('POST', url, { customerId, orderId: `SO-${index}`, amount: cny('1000.00') })
    )
    const answers = await atOnce(8, (index) =>
      service.send('POST', `${url}/${checks[index]?.body.checkId}/adjustments`, { increase: cny('500.00') })
    )
    const approved = answers.filter(({ body }) => body.outcome === 'approved')
    t.equal(approved.length, 4)
    const { available } = (await service.send('GET', `/v1/customers/${customerId}/exposure`)).body
    t.same(available, cny('0.00'))
  })
)

t.test('two re-evaluations and new orders at once: each order that waits is held once at most', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '10000.00')
    for (let index = 1; index <= 6; index += 1)
      await service.send('POST', url, { customerId, orderId: `SO-${index}`, amount: cny('11000.00') })
    await setLimit(service, customerId, '34000.00')
    const [, , ...checks] = await Promise.all([
      workAtReevaluations(service.deps, never),
      workAtReevaluations(service.deps, never),
      service.send('POST', url, { customerId, orderId: 'SO-7', amount: cny('1000.00') }),
      service.send('POST', url, { customerId, orderId: 'SO-8', amount: cny('1000.00') })
    ])
    const outcomes = checks.map(({ body }) => body.outcome).toSorted()
    t.same(outcomes, ['approved', 'referred'], 'those that waited come first')
    const list = `${url}?customerId=${customerId}&reservation=active`
    const held = (await service.send('GET', list)).body.items.map(({ orderId }: { orderId: string }) => orderId)
    t.same(
      held.filter((orderId: string) => orderId < 'SO-7').toSorted(),
      ['SO-1', 'SO-2', 'SO-3'],
      'as many as fit, the oldest'
    )
  })
)

t.test('a release and a re-evaluation at once: the order is held once, by one of them', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const person = await service.authorization('release')
    await givenLimit(service, customerId, '10000.00')
    const { body } = await service.send('POST', url, { customerId, orderId: 'SO-1', amount: cny('11000.00') })
    await setLimit(service, customerId, '20000.00')
    const headers = { authorization: person, 'if-match': '"1"' }
    const [released] = await Promise.all([
      service.attempt('POST', `${url}/${body.checkId}/decisions`, RELEASE, headers),
      workAtReevaluations(service.deps, never)
    ])
    t.match(Object.keys(countKinds([released]))[0], /^(201|409 order-not-blocked)$/)
    const { items } = (await service.send('GET', `${url}?customerId=${customerId}&reservation=active`)).body
    t.equal(items.length, 1)
    const { block } = (await service.send('GET', `${url}/${body.checkId}`)).body
    t.match(block, { state: released.status === 201 ? 'released' : 'approved', nextCheckId: items[0].checkId })
  })
)

t.test('of decisions at once about one order one counts', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    const person = await service.authorization('release')
    await givenLimit(service, customerId, '10000.00')
    const { body } = await service.send('POST', url, { customerId, orderId: 'SO-1', amount: cny('11000.00') })
    const headers = { authorization: person, 'if-match': '"1"' }
    const reject = { ...RELEASE, decision: 'reject' }
    const answers = await atOnce(6, (index) =>
      service.attempt('POST', `${url}/${body.checkId}/decisions`, index % 2 === 0 ? RELEASE : reject, headers)
    )
    t.match(countKinds(answers), { '201': 1, '409 order-not-blocked': 5 })
  })
)

t.test('two instances at one run over all open orders: every customer is looked at, once', { skip }, async (t) => {
  const service = await testService(t)
  const { send, deps } = service
  for (let number = 1; number <= 12; number += 1) {
    await givenLimit(service, `C-${number}`, '10000.00')
    await send('POST', url, { customerId: `C-${number}`, orderId: 'SO-1', amount: cny('1000.00') })
  }
  for (let round = 1; round <= 3; round += 1) {
    await send('POST', '/v1/recheck-runs', {})
    // As if the instance that had begun with it were slow, and taken for dead.
    await deps.db
      .updateTable('runs')
      .set({ state: 'running', startedAt: `${TEST_DAY}T12:00:00.000Z` })
      .where('state', '=', 'queued')
      .execute()
    await Promise.all([workAtRechecks(deps, null, never), workAtRechecks(deps, null, never)])
    const [run] = (await send('GET', '/v1/recheck-runs')).body.items
    t.match(run, { state: 'done', counts: { customers: 12, orders: 12 } })
  }
})
