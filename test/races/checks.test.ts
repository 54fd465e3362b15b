import t from 'tap'
import { cny, givenLimit, setLimit } from '../given.ts'
import { atOnce, countKinds, race, skip } from './racing.ts'

const url = '/v1/credit-checks'

t.test('case 35: fifty orders of a tenth of the limit at once: exactly ten are approved', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const answers = await atOnce(50, (index) =>
      service.attempt('POST', url, { customerId, orderId: `SO-${index}`, amount: cny('10000.00') })
    )
    t.same(countKinds(answers), { '201': 50 })
    t.equal(answers.filter(({ body }) => body.outcome === 'approved').length, 10)
    const { body } = await service.send('GET', `/v1/customers/${customerId}/exposure`)
    t.match(body, { exposure: { reserved: cny('100000.00') }, available: cny('0.00'), overLimit: false })
  })
)

t.test('orders of different amounts at once never take the exposure above the limit', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const answers = await atOnce(40, (index) =>
      service.attempt('POST', url, { customerId, orderId: `SO-${index}`, amount: cny(`${(index % 9) + 1}300.07`) })
    )
    t.same(countKinds(answers), { '201': 40 })
    const approved = answers.filter(({ body }) => body.outcome === 'approved')
    const heldMinor = approved.reduce((sum, { body }) => sum + Math.round(Number(body.amount.amount) * 100), 0)
    t.ok(heldMinor <= 10_000_000, `${heldMinor}`)
    const { body } = await service.send('GET', `/v1/customers/${customerId}/exposure`)
    t.equal(Math.round(Number(body.exposure.reserved.amount) * 100), heldMinor)
  })
)

t.test('case 32: fifty requests at once with one key have one effect and identical bytes', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('10000.00') }
    const headers = { 'idempotency-key': `key-${customerId}` }
    const answers = await atOnce(50, () => service.attempt('POST', url, order, headers))
    const kinds = countKinds(answers)
    t.equal((kinds['201'] ?? 0) + (kinds['503 contention'] ?? 0), 50, JSON.stringify(kinds))
    const done = answers.filter(({ status }) => status === 201)
    t.equal(new Set(done.map(({ text }) => text)).size, 1)
    t.equal(done.filter(({ headers: sent }) => sent['idempotency-replayed'] === undefined).length, 1)
    const { body } = await service.send('GET', `${url}?customerId=${customerId}`)
    t.equal(body.items.length, 1)
  })
)

t.test('one order at once under different keys is held once', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('10000.00') }
    const answers = await atOnce(20, (index) =>
      service.attempt('POST', url, order, { 'idempotency-key': `key-${customerId}-${index}` })
    )
    t.same(countKinds(answers), { '201': 1, '409 order-already-reserved': 19 })
    const held = answers.find(({ status }) => status === 201)?.body.checkId
    for (const { status, body } of answers) if (status === 409) t.equal(body.checkId, held)
  })
)

t.test('one order at once without a key is held once, and all get the same check', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const order = { customerId, orderId: 'SO-1', amount: cny('10000.00') }
    const answers = await atOnce(20, () => service.attempt('POST', url, order))
    t.same(countKinds(answers), { '200': 19, '201': 1 })
    t.equal(new Set(answers.map(({ body }) => body.checkId)).size, 1)
  })
)

t.test('a limit that is lowered while orders are decided counts from its own commit on', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const lowered = setLimit(service, customerId, '30000.00')
    const answers = await atOnce(20, (index) =>
      service.send('POST', url, { customerId, orderId: `SO-${index}`, amount: cny('10000.00') })
    )
    await lowered
    const approved = answers.filter(({ body }) => body.outcome === 'approved').length
    t.ok(approved >= 3 && approved <= 10, `${approved}`)
    const next = { customerId, orderId: 'SO-next', amount: cny('0.01') }
    t.match((await service.send('POST', url, next)).body, { outcome: 'referred' })
  })
)

t.test('a hold that is set while orders are decided stops all that come after it', { skip }, (t) =>
  race(t, async (t, service, customerId) => {
    await givenLimit(service, customerId, '100000.00')
    const [held] = await Promise.all([
      service.send('PUT', `/v1/customers/${customerId}/hold`, { reason: 'x' }),
      atOnce(20, (index) => service.send('POST', url, { customerId, orderId: `SO-${index}`, amount: cny('100.00') }))
    ])
    t.equal(held.status, 200)
    const entries: { type: string; payload: string }[] = (
      await service.send('GET', `/v1/customers/${customerId}/journal?limit=200`)
    ).body.items
    const after = entries.slice(entries.findIndex(({ type }) => type === 'hold.set') + 1)
    t.ok(after.every(({ payload }) => JSON.parse(payload).decision.outcome === 'declined'))
  })
)

t.test(
  'case 31: one key at once for orders of two customers has one effect, and the other order is told',
  { skip },
  (t) =>
    race(t, async (t, service, customerId) => {
      const customers = [customerId, `${customerId}-B`]
      for (const each of customers) await givenLimit(service, each, '100000.00')
      const headers = { 'idempotency-key': `key-${customerId}` }
      const answers = await atOnce(2, (index) =>
        service.attempt('POST', url, { customerId: customers[index], orderId: 'SO-1', amount: cny('10.00') }, headers)
      )
      t.same(countKinds(answers), { '201': 1, '422 idempotency-key-reused': 1 })
    })
)
