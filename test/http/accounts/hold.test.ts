import t from 'tap'
import type { Scope } from '../../../src/platform/http/auth.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('the manual hold', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const url = '/v1/customers/C-1/hold'
  await givenLimit(service, 'C-1', '100000.00')
  const order = { customerId: 'C-1', orderId: 'SO-1', amount: cny('1000.00') }
  const { body: held } = await send('POST', '/v1/credit-checks', order)
  const key = async (scope: Scope) => ({ authorization: await service.authorization(scope) })
  const decided = async (orderId: string) =>
    (await send('POST', '/v1/credit-checks', { ...order, orderId })).body.outcome as string
  const typesOf = async () =>
    (await send('GET', '/v1/customers/C-1/journal')).body.items.map(({ type }: { type: string }) => type)

  await t.test('200: a dry run sets none', async (t) => {
    const before = await footprint()
    const answer = await send('PUT', `${url}?dryRun=true`, { reason: 'Bill returned' })
    t.match(answer, { status: 200, body: { hold: { reason: 'Bill returned' } } })
    t.equal(await footprint(), before)
  })

  await t.test('200: a hold says who set it, why and when, and stops every new order', async (t) => {
    const answer = await send('PUT', url, { reason: 'Bill returned' })
    t.equal(answer.status, 200)
    t.equal(answer.headers.etag, `"${answer.body.version}"`)
    t.match(answer.body.hold, { reason: 'Bill returned', by: /^key_/, since: '2026-03-31T12:00:00.000Z' })
    const { itemised: _itemised, ...read } = (await send('GET', '/v1/customers/C-1/exposure')).body
    t.same(read, answer.body, 'reading the account gives the same')
    t.equal(await decided('SO-2'), 'declined')
    t.same((await typesOf()).slice(-2), ['hold.set', 'check.decided'])
  })

  await t.test('what was held before stays, and may still be captured', async (t) => {
    t.match((await send('GET', `/v1/credit-checks/${held.checkId}`)).body, { reservation: { state: 'active' } })
    const capture = { amount: cny('400.00'), invoiceId: 'I-1', final: false }
    t.equal((await send('POST', `/v1/credit-checks/${held.checkId}/captures`, capture)).status, 201)
  })

  await t.test('200: the same reason again changes nothing, another one replaces it', async (t) => {
    await service.clockTo('2026-04-01')
    const before = await footprint()
    t.match(await send('PUT', url, { reason: 'Bill returned' }), {
      status: 200,
      body: { hold: { since: '2026-03-31T12:00:00.000Z' } }
    })
    t.equal(await footprint(), before)
    const { body } = await send('PUT', url, { reason: 'Insolvency filed' })
    t.match(body.hold, { reason: 'Insolvency filed', since: '2026-04-01T12:00:00.000Z' })
  })

  await t.test('200: a dry run lifts none', async (t) => {
    const before = await footprint()
    t.match(await send('DELETE', `${url}?dryRun=true`), { status: 200, body: { hold: null } })
    t.equal(await footprint(), before)
  })

  await t.test('200: lifted, orders are decided on their merits again', async (t) => {
    const answer = await send('DELETE', url)
    t.match(answer, { status: 200, headers: { etag: `"${answer.body.version}"` }, body: { hold: null } })
    t.equal(await decided('SO-3'), 'approved')
    t.same((await typesOf()).slice(-3), ['hold.lifted', 'check.decided', 'check.decided'], 'first the one that waited')
    const before = await footprint()
    t.match(await send('DELETE', url), { status: 200, body: { hold: null } }, 'lifting none changes nothing')
    t.equal(await footprint(), before)
  })

  await t.test('412: with If-Match it happens only to the account that was seen', async (t) => {
    const seen = (await send('GET', '/v1/customers/C-1/exposure')).headers.etag as string
    t.equal((await send('PUT', url, { reason: 'Bill returned' }, { 'if-match': seen })).status, 200)
    const headers = { 'if-match': seen }
    await refuses(t, { method: 'PUT', url, body: { reason: 'Insolvency filed' }, headers }, 'precondition-failed')
    await refuses(t, { method: 'DELETE', url, headers }, 'precondition-failed')
    const { headers: now } = await send('GET', '/v1/customers/C-1/exposure')
    t.match(await send('DELETE', url, undefined, { 'if-match': String(now.etag) }), {
      status: 200,
      body: { hold: null }
    })
  })

  await t.test('202: a hold that another has set is lifted once a third one has approved it', async (t) => {
    const [fraud, desk, head] = [await key('write'), await key('holds'), await key('approve')]
    await send('PUT', url, { reason: 'Fraud' }, fraud)
    await refuses(t, { method: 'DELETE', url, headers: fraud }, 'insufficient-scope')
    const asked = await send('DELETE', url, undefined, desk)
    t.match(asked, {
      status: 202,
      headers: { etag: '"1"' },
      body: { kind: 'hold_lift', state: 'open', customerId: 'C-1' }
    })
    t.equal(
      (await send('DELETE', url, undefined, desk)).body.changeRequestId,
      asked.body.changeRequestId,
      'it is asked once'
    )
    t.match((await send('GET', '/v1/customers/C-1/exposure')).body.hold, { reason: 'Fraud' }, 'it holds on')
    await send('PUT', url, { reason: 'Fraud, says the desk' }, desk)
    t.equal((await send('DELETE', url, undefined, desk)).status, 202, 'another reason makes nobody the one who set it')
    const stale = `/v1/change-requests/${asked.body.changeRequestId}/approvals`
    const approval = { verdict: 'approve', comment: 'Settled' }
    const seen = { ...head, 'if-match': '"1"' }
    await refuses(t, { method: 'POST', url: stale, body: approval, headers: seen }, 'stale-approval')
    const { body: again } = await send('DELETE', url, undefined, desk)
    const path = `/v1/change-requests/${again.changeRequestId}`
    t.match(await send('POST', `${path}/approvals`, approval, seen), {
      status: 200,
      body: { state: 'applied', version: 2 }
    })
    t.equal((await send('GET', '/v1/customers/C-1/exposure')).body.hold, null)
    const { items } = (await send('GET', '/v1/customers/C-1/journal?limit=200')).body
    const [{ type, actor, payload }] = items.slice(-1)
    t.equal(type, 'hold.lifted')
    t.match(JSON.parse(payload), { changeRequestId: again.changeRequestId, askedBy: again.madeBy })
    t.equal(actor, (await send('GET', path)).body.approvals[0].by)
  })

  await t.test('what cannot be a hold is refused', async (t) => {
    const nobody = url.replace('C-1', 'C-9')
    await refuses(t, { method: 'PUT', url: nobody, body: { reason: 'x' } }, 'customer-not-found')
    await refuses(t, { method: 'DELETE', url: nobody }, 'customer-not-found')
    await refuses(t, { method: 'PUT', url, body: {} }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'PUT', url, body: { reason: '' } }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'PUT', url, body: { reason: 'x'.repeat(501) } }, 'validation-error', ['/reason'])
    await refuses(t, { method: 'PUT', url, body: { reason: 'x', until: '2026-05-01' } }, 'validation-error', ['/until'])
    await refuses(t, { method: 'DELETE', url: `${url}?force=true` }, 'validation-error', ['/query/force'])
  })

  t.same(service.unanswered('setHold', 'liftHold'), [], 'every documented answer was given')
})
