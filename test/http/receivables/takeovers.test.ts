import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { testService } from '../../service.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })
const eur = (amount: string) => ({ amount, currency: 'EUR' })
const dates = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }

interface Part {
  checkId?: string
  itemId?: string
  amount: object
  final?: boolean
}

t.test('what a document takes over never exceeds the document', async (t) => {
  const service = await testService(t)
  const { send, attempt } = service
  let customers = 0
  let orders = 0

  /** A customer of its own, with what can be done to it. */
  const given = async () => {
    customers += 1
    const customerId = `C-${customers}`
    await givenLimit(service, customerId, '500000.00')
    const url = `/v1/customers/${customerId}`
    const check = async (amount: object) => {
      orders += 1
      const { body } = await send('POST', '/v1/credit-checks', { customerId, orderId: `SO-${orders}`, amount })
      t.equal(body.outcome, 'approved', JSON.stringify(body.reasons))
      return body.checkId as string
    }
    const capture = (checkId: string, amount: object, invoiceId: string, final = true, query = '') =>
      attempt('POST', `/v1/credit-checks/${checkId}/captures${query}`, { amount, invoiceId, final })
    const invoice = async (invoiceId: string, amount: object, convertedFrom?: Part[], query = '') => {
      const known = (await attempt('GET', `${url}/invoices/${invoiceId}`)).body
      const match = known.version === undefined ? {} : { 'if-match': `"${known.version}"` }
      return attempt('PUT', `${url}/invoices/${invoiceId}${query}`, { amount, ...dates, convertedFrom }, match)
    }
    let version = 0
    const item = (itemId: string, amount: object, convertedFrom?: Part[], changes: object = {}) => {
      version += 1
      const category = itemId.startsWith('SO') ? 'order' : 'delivery'
      return send('PUT', `${url}/exposure-items/${itemId}`, {
        ...{ category, amount, sourceVersion: version, convertedFrom },
        ...changes
      })
    }
    const sums = async () => {
      const { exposure } = (await send('GET', `${url}/exposure`)).body
      const { receivables, captured, reserved, orders: ordered, deliveries, total } = exposure
      return [receivables, captured, reserved, ordered, deliveries, total].map(({ amount }) => Number(amount))
    }
    const reconcile = async (lists: { invoices?: object[]; items?: object[] }, total: object[], apply = true) => {
      const documents = [...(lists.invoices ?? []), ...(lists.items ?? [])]
      const { asOf: snapshotAt } = (await send('GET', `${url}/exposure`)).body
      const answer = await send('POST', `${url}/reconciliations`, {
        snapshotAt,
        apply,
        control: { count: documents.length, totals: total },
        ...lists
      })
      t.equal(answer.status, 201, answer.text)
      return answer
    }
    return { customerId, url, check, capture, invoice, item, sums, reconcile }
  }
  const lastEntry = async (url: string) => (await send('GET', `${url}/journal?limit=200`)).body.items.at(-1)
  const rate = (base: string, on: string, value: number) =>
    send('PUT', `/v1/exchange-rates/${base}/CNY/${on}`, { rate: value, source: 'x', confirm: true })
  await rate('USD', '2026-03-30', 7)
  await rate('USD', '2026-03-31', 7.2)
  await rate('EUR', '2026-03-31', 8)

  await t.test('attack 3: an old paid invoice of 5.00 takes no captures of 400,000.00', async (t) => {
    const { url, check, capture, invoice, sums } = await given()
    await invoice('I-OLD', cny('5.00'))
    await send('POST', `${url}/payments`, { paymentId: 'P-1', receivedOn: '2026-03-31', amount: cny('5.00') })
    const checkId = await check(cny('400000.00'))
    for (const query of ['', '?dryRun=true']) {
      const answer = await capture(checkId, cny('400000.00'), 'I-OLD', true, query)
      t.match(answer, { status: 409, body: { type: /capture-exceeds-invoice$/, left: '5.00' } })
    }
    t.same(await sums(), [0, 0, 400_000, 0, 0, 400_000], 'all of it counts on')
  })

  await t.test('attack 3: several captures together come to no more than their invoice', async (t) => {
    const { url, check, capture, invoice, sums } = await given()
    const checks = [await check(cny('100.00')), await check(cny('100.00')), await check(cny('100.00'))]
    for (const checkId of checks) t.equal((await capture(checkId, cny('100.00'), 'I-1')).status, 201)
    const tried = await invoice('I-1', cny('150.00'), undefined, '?dryRun=true')
    t.same(
      tried.body.excess?.map(({ amount }: { amount: object }) => amount),
      [cny('50.00'), cny('100.00')]
    )
    t.same(await sums(), [0, 300, 0, 0, 0, 300])
    const { body } = await invoice('I-1', cny('150.00'))
    t.match(body.excess, [
      { checkId: checks[1], amount: cny('50.00') },
      { checkId: checks[2], amount: cny('100.00') }
    ])
    t.same(await sums(), [150, 150, 0, 0, 0, 300])
    t.same((await send('GET', `${url}/invoices/I-1`)).body.excess, body.excess)
    t.same((await send('GET', `${url}/invoices`)).body.items[0].excess, body.excess, 'the list says it too')
    const entry = JSON.parse((await lastEntry(url)).payload)
    t.match(entry, { excess: [{ amountMinor: 5_000 }, { amountMinor: 10_000 }], moves: { capturedMinor: -15_000 } })
    t.equal((await invoice('I-1', cny('150.00'))).status, 200, 'the same again changes nothing')
    t.same(await sums(), [150, 150, 0, 0, 0, 300])
    t.equal((await invoice('I-1', cny('260.00'))).body.excess.length, 1)
    t.same(await sums(), [260, 40, 0, 0, 0, 300], 'an amended invoice takes over more')
    t.equal((await invoice('I-1', cny('10.00'))).body.excess.length, 3)
    t.same(await sums(), [10, 290, 0, 0, 0, 300], 'or less')
    t.equal((await invoice('I-1', cny('300.00'))).body.excess, undefined)
    t.same(await sums(), [300, 0, 0, 0, 0, 300])
  })

  await t.test('attack 3: an invoice of 1.00 that takes over a check of 50,000.00 takes over 1.00', async (t) => {
    for (const final of [true, false]) {
      const { check, invoice, sums } = await given()
      const checkId = await check(cny('60000.00'))
      const answer = await invoice('I-1', cny('1.00'), [{ checkId, amount: cny('50000.00'), final }])
      t.match(answer, { status: 201, body: { excess: [{ checkId, amount: cny('49999.00') }] } })
      const reserved = final ? 0 : 10_000
      t.same(await sums(), [1, 49_999, reserved, 0, 0, 50_000 + reserved])
      const again = await invoice('I-1', cny('1.00'), [{ checkId, amount: cny('50000.00'), final }])
      t.match(again, { status: 200, headers: { etag: '"1"' } })
      const other = await invoice('I-2', cny('20000.00'), [{ checkId, amount: cny('20000.00'), final: false }])
      t.equal(other.status, 201, other.text)
      t.same(await sums(), [20_001, 29_999, reserved, 0, 0, 50_000 + reserved], 'another names the check')
    }
  })

  await t.test(
    'attack 3: what is named by another document becomes its own excess, and is captured once',
    async (t) => {
      const { check, capture, invoice, sums } = await given()
      const checkId = await check(cny('100.00'))
      await invoice('I-1', cny('1.00'), [{ checkId, amount: cny('90.00'), final: false }])
      t.same(await sums(), [1, 89, 10, 0, 0, 100])
      await invoice('I-2', cny('2.00'), [{ checkId, amount: cny('95.00'), final: true }])
      t.same(await sums(), [3, 93, 0, 0, 0, 96], 'what was not asked for is given back')
      const over = await invoice('I-3', cny('500.00'), [{ checkId, amount: cny('93.01'), final: true }])
      t.match(over, { status: 409, body: { type: /capture-exceeds-reservation$/, open: '93.00' } })
      t.equal((await capture(checkId, cny('40.00'), 'I-4', false)).status, 201)
      t.same(await sums(), [3, 93, 0, 0, 0, 96], 'it waits for its invoice')
      await invoice('I-4', cny('50.00'))
      t.same(await sums(), [53, 53, 0, 0, 0, 106])
      const last = await invoice('I-5', cny('53.00'), [{ checkId, amount: cny('53.00'), final: true }])
      t.equal(last.status, 201, last.text)
      t.same(await sums(), [106, 0, 0, 0, 0, 106])
      const none = await invoice('I-6', cny('1.00'), [{ checkId, amount: cny('1.00'), final: true }])
      t.match(none, { status: 409, body: { type: /reservation-already-captured$/ } })
    }
  )

  await t.test('attack 3: an item takes over no more than it is, whatever it is made from', async (t) => {
    const { check, item, sums, url } = await given()
    const checkId = await check(cny('50000.00'))
    const made = await item('DN-1', cny('1.00'), [{ checkId, amount: cny('50000.00'), final: true }])
    t.match(made, { status: 201, body: { excess: [{ checkId, amount: cny('49999.00') }] } })
    t.same(await sums(), [0, 49_999, 0, 0, 1, 50_000])
    t.same((await send('GET', `${url}/exposure-items`)).body.items[0].excess, made.body.excess, 'the list says it too')
    await item('DN-1', cny('30000.00'))
    t.same(await sums(), [0, 20_000, 0, 0, 30_000, 50_000], 'amended it takes over more')
    await item('DN-1', cny('50000.00'), undefined, { statistical: true })
    t.same(await sums(), [0, 50_000, 0, 0, 0, 50_000], 'one that is only shown takes nothing over')
    await item('DN-1', cny('50000.00'), undefined, { statistical: false })
    t.same(await sums(), [0, 0, 0, 0, 50_000, 50_000])
    await item('SO-X', cny('1000.00'))
    const part = await item('DN-2', cny('1.00'), [{ itemId: 'SO-X', amount: cny('1000.00') }])
    t.match(part.body.convertedFrom, [{ itemId: 'SO-X', amount: cny('1.00') }])
    t.same(await sums(), [0, 0, 0, 999, 50_001, 51_000], 'the rest stays open on the order')
    await item('DN-2', cny('600.00'), [{ itemId: 'SO-X', amount: cny('1000.00') }])
    t.same(await sums(), [0, 0, 0, 400, 50_600, 51_000])
    await item('DN-2', cny('50.00'))
    t.same(await sums(), [0, 0, 0, 950, 50_050, 51_000], 'and comes back when the delivery is amended')
    await send('DELETE', `${url}/exposure-items/SO-X?sourceVersion=99`)
    await item('DN-2', cny('1.00'))
    t.same(await sums(), [0, 0, 0, 0, 50_001, 50_001], 'but not to an order that has ended')
  })

  await t.test('attack 3: an invoice of items and checks takes over as much as it is', async (t) => {
    const { check, capture, item, invoice, sums } = await given()
    const checkId = await check(cny('500.00'))
    await item('DN-1', cny('300.00'))
    await capture(checkId, cny('200.00'), 'I-1', false)
    const parts = [
      { checkId, amount: cny('300.00'), final: true },
      { itemId: 'DN-1', amount: cny('300.00') }
    ]
    const twice = await invoice('I-1', cny('400.00'), parts)
    t.match(twice, { status: 409, body: { type: /invoice-already-captured$/ } })
    const { body } = await invoice('I-1', cny('400.00'), parts.slice(1))
    t.match(body.excess, [{ checkId, amount: cny('100.00') }], 'items first')
    t.same(await sums(), [400, 100, 300, 0, 0, 800])
    const more = await capture(await check(cny('10.00')), cny('1.00'), 'I-1')
    t.match(more, { status: 409, body: { type: /capture-exceeds-invoice$/, left: '0.00' } })
    await invoice('I-1', cny('250.00'))
    t.same(await sums(), [250, 200, 310, 0, 50, 810])
  })

  await t.test(
    'attack 3: in the currency of the document a unit takes over a unit, otherwise what it comes to',
    async (t) => {
      const { check, capture, invoice, sums } = await given()
      const whole = await check(usd('1000.00'))
      t.same(await sums(), [0, 0, 7_200, 0, 0, 7_200])
      const old = { ...dates, issuedOn: '2026-03-30' }
      await capture(whole, usd('1000.00'), 'I-1')
      const { body } = await send('PUT', `/v1/customers/C-${customers}/invoices/I-1`, {
        amount: usd('1000.00'),
        ...old
      })
      t.match(body, { amount: cny('7000.00') })
      t.equal(body.excess, undefined, 'all of it, though it was 7,200.00 when it was reserved')
      t.same(await sums(), [7_000, 0, 0, 0, 0, 7_000])
      const half = await check(usd('100.00'))
      t.match(await capture(half, usd('100.00'), 'I-1'), { status: 409, body: { left: '0.00' } })
      await capture(half, usd('100.00'), 'I-2')
      await invoice('I-2', usd('40.00'))
      t.same(await sums(), [7_288, 432, 0, 0, 0, 7_720])
      const euros = await check(eur('100.00'))
      await invoice('I-3', usd('50.00'), [{ checkId: euros, amount: eur('100.00'), final: true }])
      t.same(await sums(), [7_648, 872, 0, 0, 0, 8_520], '360.00 of 800.00')
      await invoice('I-4', eur('55.00'), [{ checkId: euros, amount: eur('55.00'), final: true }])
      t.same(await sums(), [8_088, 432, 0, 0, 0, 8_520])
    }
  )

  await t.test('attack 3: a row of a snapshot takes over no more than it is', async (t) => {
    const { check, capture, item, invoice, sums, reconcile, url } = await given()
    const first = await check(cny('1000.00'))
    await capture(first, cny('1000.00'), 'I-1')
    const row = (invoiceId: string, amount: string) => ({ invoiceId, amount: cny(amount), open: cny(amount), ...dates })
    await reconcile({ invoices: [row('I-1', '1.00')] }, [cny('1.00')], false)
    t.same(await sums(), [0, 1_000, 0, 0, 0, 1_000], 'which is only compared')
    const compared = await reconcile({ invoices: [row('I-1', '1.00')] }, [cny('1.00')])
    t.match(compared.body, { exposureAfter: cny('1000.00') })
    t.same(await sums(), [1, 999, 0, 0, 0, 1_000])
    t.match(JSON.parse((await lastEntry(url)).payload), { excess: [{ checkId: first, amountMinor: 99_900 }] })
    await item('SO-Y', cny('500.00'))
    await invoice('I-2', cny('400.00'), [{ itemId: 'SO-Y', amount: cny('400.00') }])
    t.same(await sums(), [401, 999, 0, 100, 0, 1_500])
    await service.clockTo('2026-03-31T12:00:20.000Z')
    await reconcile({ invoices: [row('I-1', '600.00'), row('I-2', '60.00')] }, [cny('660.00')])
    t.same(await sums(), [660, 400, 0, 440, 0, 1_500], 'and what it gives up comes back')
  })

  await t.test('attack 3: a snapshot that makes an item less leaves the rest captured', async (t) => {
    const { check, item, sums, reconcile } = await given()
    const checkId = await check(cny('800.00'))
    await item('DN-1', cny('800.00'), [{ checkId, amount: cny('800.00'), final: true }])
    await item('SO-Z', cny('100.00'))
    await item('DN-2', cny('100.00'), [{ itemId: 'SO-Z', amount: cny('100.00') }])
    t.same(await sums(), [0, 0, 0, 0, 900, 900])
    const row = (itemId: string, open: string, category = 'delivery') => ({
      itemId,
      category,
      open: cny(open),
      sourceVersion: 50
    })
    const items = [row('DN-1', '1.00'), row('DN-2', '1.00')]
    await service.clockTo('2026-03-31T12:00:30.000Z')
    await reconcile({ items }, [cny('2.00')], false)
    t.same(await sums(), [0, 0, 0, 0, 900, 900])
    await reconcile({ items: [...items, row('SO-Z', '40.00', 'order')] }, [cny('42.00')])
    t.same(await sums(), [0, 799, 0, 40, 2, 841], 'what is open of the order is what the snapshot says')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
    const takeovers = body.findings.find(({ invariant }: { invariant: string }) => invariant === 'I21')
    t.match(takeovers, { valid: true })
    t.equal(takeovers.earlier, undefined)
  })
})
