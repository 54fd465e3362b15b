import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

t.test('releasing what a capture still counts for', async (t) => {
  const service = await contractService(t)
  const { send, attempt, refuses, authorization } = service
  await givenLimit(service, 'C-1', '100000.00')
  const customer = '/v1/customers/C-1'
  const dates = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }
  let orders = 0
  const captured = async (amount: string, invoiceId: string, query = '') => {
    orders += 1
    const order = { customerId: 'C-1', orderId: `SO-${orders}`, amount: cny(amount) }
    const { body } = await send('POST', '/v1/credit-checks', order)
    t.equal(body.outcome, 'approved', JSON.stringify(body.reasons))
    const url = `/v1/credit-checks/${body.checkId}`
    await send('POST', `${url}/captures`, { amount: cny(amount), invoiceId, final: true })
    const read = (await send('GET', `${url}${query}`)).body
    return { url, releases: `${url}/captures/${read.captures[0].captureId}/releases`, capture: read.captures[0] }
  }
  const counted = async () => {
    const { captured, receivables } = (await send('GET', `${customer}/exposure`)).body.exposure
    return [Number(captured.amount), Number(receivables.amount)]
  }
  const reason = 'Goods came back'

  await t.test('attack 3: what waits for an invoice that never comes ends, in parts', async (t) => {
    const { url, releases, capture } = await captured('1000.00', 'I-1', '?reader=auditor')
    t.match(capture, {
      ...{ invoiceId: 'I-1', itemId: null, source: null, state: 'waiting', stateName: { zh: '待单据承接' } },
      ...{ amount: cny('1000.00'), takenOver: cny('0.00'), released: cny('0.00'), counts: cny('1000.00') }
    })
    const answer = await send('POST', releases, { amount: cny('400.00'), reason })
    t.match(answer, { status: 201, headers: { etag: '"3"', location: url } })
    t.match(answer.body.captures, [{ released: cny('400.00'), counts: cny('600.00'), state: 'waiting' }])
    t.same((await send('GET', url)).body, answer.body, 'reading it gives the same')
    t.same(await counted(), [600, 0])
    const entry = (await send('GET', `${customer}/journal?limit=200`)).body.items.at(-1)
    t.match(entry, { type: 'capture.released', subject: answer.body.checkId })
    t.match(JSON.parse(entry.payload), { amountMinor: 40_000, reason, moves: { capturedMinor: -40_000 } })
    const over = await refuses(
      t,
      { method: 'POST', url: releases, body: { amount: cny('600.01'), reason } },
      'release-exceeds-capture'
    )
    t.equal(over.body.counts, '600.00')
    const { body } = await send('PUT', `${customer}/invoices/I-1`, { ...dates, amount: cny('700.00') })
    t.equal(body.excess, undefined, 'the invoice takes over what is left')
    t.same(await counted(), [0, 700])
    const none = await refuses(t, { method: 'POST', url: releases, body: { reason } }, 'release-exceeds-capture')
    t.match(none.body, { counts: '0.00', detail: /Nothing of capture/ })
    t.match((await send('GET', url)).body.captures, [
      { state: 'settled', takenOver: cny('600.00'), released: cny('400.00'), counts: cny('0.00') }
    ])
    await send('PUT', `${customer}/invoices/I-1`, { ...dates, amount: cny('100.00') }, { 'if-match': '"1"' })
    t.same(await counted(), [500, 100], 'what the invoice gives up counts again, not what was released')
    await send('POST', releases, { reason })
    t.same(await counted(), [0, 100])
  })

  await t.test('attack 3: the excess ends as a whole, once, whoever asks twice', async (t) => {
    const { releases, url } = await captured('900.00', 'I-2')
    await send('PUT', `${customer}/invoices/I-2`, { ...dates, amount: cny('1.00') })
    t.match((await send('GET', url)).body.captures, [
      { state: 'exceeding', takenOver: cny('1.00'), counts: cny('899.00') }
    ])
    const dry = await send('POST', `${releases}?dryRun=true`, { reason })
    t.match(dry.body.captures, [{ counts: cny('0.00') }])
    t.same(await counted(), [899, 101])
    const key = { 'idempotency-key': 'release-1' }
    const [first, second] = await Promise.all([
      attempt('POST', releases, { reason }, key),
      attempt('POST', releases, { reason }, key)
    ])
    t.same([first.status, second.status], [201, 201])
    t.same(first.body, second.body, 'as recorded')
    t.match(first.body.captures, [{ state: 'settled', released: cny('899.00') }])
    await refuses(
      t,
      { method: 'POST', url: releases, body: { reason: 'Another' }, headers: key },
      'idempotency-key-reused'
    )
    t.same(await counted(), [0, 101])
    t.equal((await send('GET', `${customer}/invoices/I-2`)).body.excess, undefined)
  })

  await t.test('attack 3: of releases at one instant no more passes than counts', async (t) => {
    const { releases } = await captured('100.00', 'I-3')
    const body = { amount: cny('60.00'), reason }
    const answers = await Promise.all([1, 2, 3].map(() => attempt('POST', releases, body)))
    t.same(answers.map(({ status }) => status).toSorted(), [201, 409, 409])
    t.same(await counted(), [40, 101])
    await send('POST', releases, { reason })
  })

  await t.test('attack 3: what is no amount of it is refused, and so is who may not', async (t) => {
    const { url, releases } = await captured('100.00', 'I-4')
    const refused = (body: object, slug: Parameters<typeof refuses>[2]) =>
      refuses(t, { method: 'POST', url: releases, body }, slug)
    for (const amount of [cny('0.00'), cny('-1.00'), cny('1.001')])
      await refused({ amount, reason }, 'validation-error')
    await refused({ amount: { amount: '1.00', currency: 'USD' }, reason }, 'currency-mismatch')
    await refused({}, 'validation-error')
    const other = `${url}/captures/cap_00000000000000000000000000/releases`
    await refuses(t, { method: 'POST', url: other, body: { reason } }, 'not-found')
    const foreign = await captured('10.00', 'I-5')
    const mixed = releases.replace(url, foreign.url)
    await refuses(t, { method: 'POST', url: mixed, body: { reason } }, 'not-found')
    const headers = { authorization: await authorization('check') }
    await refuses(t, { method: 'POST', url: releases, body: { reason }, headers }, 'insufficient-scope')
    const told = await send('POST', `${releases}?reader=customer`, { reason })
    t.notMatch(told.text, reason)
    t.match(told.body.captures, [{ stateName: { en: 'Counts no more' } }])
    await send('POST', foreign.releases, { reason })
  })

  await t.test('attack 3: an order that waits passes once a capture is released', async (t) => {
    const { releases } = await captured('90000.00', 'I-6')
    const order = { customerId: 'C-1', orderId: 'SO-W', amount: cny('50000.00') }
    const { body: waiting } = await send('POST', '/v1/credit-checks', order)
    t.match(waiting, { outcome: 'referred', block: { state: 'open' } })
    await send('POST', releases, { reason })
    await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: 'SO-N', amount: cny('1.00') })
    t.match((await send('GET', `/v1/credit-checks/${waiting.checkId}`)).body.block, { state: 'approved' })
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
  })
})
