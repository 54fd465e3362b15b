import t from 'tap'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const customer = '/v1/customers/C-1'
const url = (id: string) => `${customer}/exposure-items/${id}`
const order = { category: 'order', amount: cny('1000.00'), shipOn: '2026-04-15', sourceVersion: 1 }
const usd = (amount: string) => ({ amount, currency: 'USD' })

t.test('exposure items', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo, unanswered, deps } = service
  await givenLimit(service, 'C-1', '100000.00')
  await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'x' })
  const sums = async () => {
    const { ordersMinor, deliveriesMinor, specialMinor, reservedMinor, receivablesMinor, capturedMinor } = await deps.db
      .selectFrom('creditAccounts')
      .selectAll()
      .where('customerId', '=', idOf<CustomerId>('C-1'))
      .executeTakeFirstOrThrow()
    return [ordersMinor, deliveriesMinor, specialMinor, reservedMinor, receivablesMinor, capturedMinor]
  }
  const entries = async () => (await send('GET', `${customer}/journal?limit=200`)).body.items
  const check = async (orderId: string, amount: string): Promise<string> =>
    (await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId, amount: cny(amount) })).body.checkId

  await t.test('201: an order counts from its record on', async (t) => {
    const answer = await send('PUT', url('SO-1'), order)
    t.match(answer, { status: 201, headers: { location: url('SO-1'), etag: '"1"' } })
    const at = '2026-03-31T12:00:00.000Z'
    t.same(answer.body, {
      customerId: 'C-1',
      source: 'erp',
      itemId: 'SO-1',
      ...order,
      state: 'open',
      open: order.amount,
      original: null,
      dueOn: null,
      disputed: false,
      statistical: false,
      convertedFrom: [],
      heldBy: null,
      version: 1,
      recordedAt: at,
      updatedAt: at
    })
    const read = await send('GET', url('SO-1'))
    t.same([read.body, read.headers.etag], [answer.body, '"1"'])
    t.same(await sums(), [100_000, 0, 0, 0, 0, 0])
    t.match((await entries()).at(-1), { type: 'exposure_item.recorded', subject: 'SO-1' })
  })

  await t.test('200: the same again, and a dry run, change nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PUT', url('SO-1'), order), { status: 200, headers: { etag: '"1"' } })
    t.match(await send('PUT', `${url('SO-1')}?dryRun=true`, { ...order, sourceVersion: 2, amount: cny('5.00') }), {
      status: 200,
      body: { open: cny('5.00') }
    })
    t.equal(await footprint(), before)
  })

  await t.test('409: a late version is refused, and so is another content under the same', async (t) => {
    t.match(await send('PUT', url('SO-1'), { ...order, amount: cny('1200.00'), sourceVersion: 5 }), { status: 200 })
    t.same(await sums(), [120_000, 0, 0, 0, 0, 0])
    const late = await refuses(
      t,
      { method: 'PUT', url: url('SO-1'), body: { ...order, sourceVersion: 4 } },
      'stale-version'
    )
    t.equal(late.body.sourceVersion, 5)
    await refuses(t, { method: 'PUT', url: url('SO-1'), body: { ...order, sourceVersion: 5 } }, 'stale-version')
    t.match(await send('PUT', url('SO-1'), { ...order, amount: cny('1200.00'), sourceVersion: 6 }), {
      status: 200,
      body: { sourceVersion: 6, version: 3 }
    })
  })

  await t.test('two systems may use the same number', async (t) => {
    const other = await send('PUT', `${url('SO-1')}?source=wms`, {
      ...order,
      category: 'delivery',
      amount: cny('7.00')
    })
    t.match(other, { status: 201, headers: { location: `${url('SO-1')}?source=wms` }, body: { source: 'wms' } })
    t.match((await send('GET', `${url('SO-1')}?source=wms`)).body, { amount: cny('7.00') })
    t.same(await sums(), [120_000, 700, 0, 0, 0, 0])
    t.match(await send('DELETE', `${url('SO-1')}?source=wms&sourceVersion=1`), {
      status: 200,
      body: { state: 'closed' }
    })
  })

  await t.test('a delivery takes its amount off the order, and an invoice off the delivery', async (t) => {
    const delivery = {
      category: 'delivery',
      amount: cny('800.00'),
      sourceVersion: 1,
      convertedFrom: [{ itemId: 'SO-1', amount: cny('700.00') }]
    }
    const answer = await send('PUT', url('DN-1'), delivery)
    t.match(answer, {
      status: 201,
      body: { convertedFrom: [{ itemId: 'SO-1', source: 'erp', amount: cny('700.00') }] }
    })
    t.same(await sums(), [50_000, 80_000, 0, 0, 0, 0])
    t.match((await send('GET', url('SO-1'))).body, { state: 'open', open: cny('500.00'), amount: cny('1200.00') })
    t.match(await send('PUT', url('DN-1'), delivery), { status: 200, headers: { etag: '"1"' } }, 'the same again')
    const grown = { ...delivery, sourceVersion: 2, convertedFrom: [{ itemId: 'SO-1', amount: cny('1200.00') }] }
    t.match(await send('PUT', url('DN-1'), { ...grown, amount: cny('1300.00') }), { status: 200 })
    t.same(await sums(), [0, 130_000, 0, 0, 0, 0])
    t.match((await send('GET', url('SO-1'))).body, { state: 'converted', open: cny('0.00') })
    const back = { ...delivery, sourceVersion: 3, convertedFrom: [] }
    t.match(await send('PUT', url('DN-1'), back), { status: 200, body: { convertedFrom: [] } })
    t.same(await sums(), [120_000, 80_000, 0, 0, 0, 0], 'what is not named any more is given back')
    t.match(await send('PUT', url('DN-1'), { ...delivery, sourceVersion: 4 }), { status: 200 })
    const invoice = {
      amount: cny('800.00'),
      issuedOn: '2026-03-31',
      dueOn: '2026-04-30',
      dunningLevel: 1,
      sourceVersion: 3,
      convertedFrom: [{ itemId: 'DN-1', amount: cny('800.00') }]
    }
    t.match(await send('PUT', `${customer}/invoices/INV-1`, invoice), {
      status: 201,
      body: { dunningLevel: 1, sourceVersion: 3 }
    })
    t.same(await sums(), [50_000, 0, 0, 0, 80_000, 0])
    t.match(await send('PUT', `${customer}/invoices/INV-1`, invoice), { status: 200, headers: { etag: '"1"' } })
    const stale = { ...invoice, sourceVersion: 2 }
    await refuses(t, { method: 'PUT', url: `${customer}/invoices/INV-1`, body: stale }, 'stale-version')
    const same = { ...invoice, dunningLevel: 3 }
    await refuses(t, { method: 'PUT', url: `${customer}/invoices/INV-1`, body: same }, 'stale-version')
  })

  await t.test('a document in another currency states the rate of its day and keeps it', async (t) => {
    const body = { category: 'order', amount: usd('100.00'), sourceVersion: 1 }
    const problem = await refuses(t, { method: 'PUT', url: url('SO-USD'), body }, 'rate-missing')
    t.match(problem.body, { base: 'USD', quote: 'CNY' })
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-30', { rate: 7.1234, source: 'x' })
    const original = { ...usd('100.00'), rate: 7.1234, ratedOn: '2026-03-30', basis: 'direct' }
    t.match(await send('PUT', url('SO-USD'), body), { status: 201, body: { amount: cny('712.34'), original } })
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-31', { rate: 8, source: 'x' })
    t.match((await send('PUT', url('SO-USD'), { ...body, sourceVersion: 2, dueOn: '2026-05-01' })).body, { original })
    const thirds = (part: string) => [{ itemId: 'SO-USD', amount: usd(part) }]
    const delivery = { category: 'delivery', amount: cny('300.00'), sourceVersion: 1 }
    await send('PUT', url('DN-U1'), { ...delivery, convertedFrom: thirds('33.33') })
    await send('PUT', url('DN-U2'), { ...delivery, convertedFrom: thirds('33.33') })
    await send('PUT', url('DN-U3'), { ...delivery, convertedFrom: thirds('33.34') })
    t.match((await send('GET', url('SO-USD'))).body, { state: 'converted', open: cny('0.00') }, 'nothing is left over')
    const wrong = { ...delivery, convertedFrom: [{ itemId: 'SO-USD', amount: cny('1.00') }] }
    await refuses(t, { method: 'PUT', url: url('DN-U4'), body: wrong }, 'currency-mismatch')
    t.match((await send('PUT', url('SO-USD'), { ...body, sourceVersion: 3, amount: usd('150.00') })).body, {
      state: 'open',
      amount: cny('1200.00'),
      open: cny('400.00'),
      original: { rate: 8 }
    })
    for (const id of ['SO-USD', 'DN-U1', 'DN-U2', 'DN-U3']) await send('DELETE', `${url(id)}?sourceVersion=9`)
    t.same(await sums(), [50_000, 0, 0, 0, 80_000, 0])
  })

  await t.test('a reservation becomes a delivery or an invoice, and ends once', async (t) => {
    const checkId = await check('SO-7', '900.00')
    const delivery = { category: 'delivery', amount: cny('400.00'), sourceVersion: 1 }
    const from = (amount: string, final?: boolean) => [
      { checkId, amount: cny(amount), ...(final === undefined ? {} : { final }) }
    ]
    const put = (convertedFrom: object[]) =>
      ({ method: 'PUT', url: url('DN-7'), body: { ...delivery, convertedFrom } }) as const
    await refuses(t, put(from('400.00')), 'validation-error', ['/convertedFrom/0/final'])
    await refuses(t, put(from('900.01', false)), 'capture-exceeds-reservation')
    await refuses(t, put([{ ...from('1.00', false)[0], amount: usd('1.00') }]), 'currency-mismatch')
    const made = { ...delivery, convertedFrom: from('400.00', false) }
    t.match((await send('PUT', url('DN-7'), made)).body.convertedFrom, [{ checkId, amount: cny('400.00') }])
    t.same(await sums(), [50_000, 40_000, 0, 50_000, 80_000, 0])
    await refuses(
      t,
      {
        method: 'PUT',
        url: url('DN-7'),
        body: { ...delivery, sourceVersion: 2, convertedFrom: from('100.00', false) }
      },
      'conversion-irreversible'
    )
    const invoice = { amount: cny('450.00'), issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    const invoiceUrl = `${customer}/invoices/INV-7`
    const ended = { ...invoice, convertedFrom: from('450.00', true) }
    t.match(await send('PUT', invoiceUrl, ended), { status: 201 })
    t.same(await sums(), [50_000, 40_000, 0, 0, 125_000, 0])
    t.match((await send('GET', `/v1/credit-checks/${checkId}`)).body.reservation, {
      state: 'partially_captured',
      captured: cny('850.00'),
      released: cny('50.00')
    })
    t.match(await send('PUT', invoiceUrl, ended), { status: 200, headers: { etag: '"1"' } }, 'the same again')
    const beside = { checkId: await check('SO-7A', '10.00'), amount: cny('1.00'), final: true }
    const both = { ...invoice, amount: cny('451.00'), convertedFrom: [...from('450.00', true), beside] }
    t.match(
      await send('PUT', invoiceUrl, both),
      { status: 200, headers: { etag: '"2"' } },
      'of another order beside it'
    )
    t.same(await sums(), [50_000, 40_000, 0, 0, 125_100, 0])
    const another = await check('SO-8', '10.00')
    await refuses(
      t,
      { method: 'PUT', url: url('DN-9'), body: { ...delivery, convertedFrom: from('1.00', true) } },
      'reservation-already-captured'
    )
    await send('POST', `/v1/credit-checks/${another}/releases`, {})
    const released = { ...delivery, convertedFrom: [{ checkId: another, amount: cny('1.00'), final: true }] }
    await refuses(t, { method: 'PUT', url: url('DN-9'), body: released }, 'reservation-already-released')
    const declined = await check('SO-9', '9999999.00')
    const none = { ...delivery, convertedFrom: [{ checkId: declined, amount: cny('1.00'), final: true }] }
    await refuses(t, { method: 'PUT', url: url('DN-9'), body: none }, 'reservation-absent')
  })

  await t.test('409: what is closed, missing or too small is not converted', async (t) => {
    const delivery = { category: 'delivery', amount: cny('600.00'), sourceVersion: 1 }
    const put = (from: object) =>
      ({ method: 'PUT', url: url('DN-5'), body: { ...delivery, convertedFrom: [from] } }) as const
    await refuses(t, put({ itemId: 'SO-X', amount: cny('1.00') }), 'conversion-origin-missing')
    const absent = 'chk_00000000000000000000000000'
    await refuses(t, put({ checkId: absent, amount: cny('1.00'), final: true }), 'conversion-origin-missing')
    await refuses(t, put({ itemId: 'SO-1', amount: cny('500.01') }), 'conversion-exceeds-open')
    await refuses(t, put({ itemId: 'SO-USD', amount: usd('1.00') }), 'exposure-item-closed')
    await send('PUT', url('SO-H'), { ...order, amount: cny('10.00') })
    const checkId = await check('SO-H', '10.00')
    await refuses(t, put({ itemId: 'SO-H', amount: cny('1.00') }), 'exposure-item-held')
    await send('POST', `/v1/credit-checks/${checkId}/releases`, {})
    await send('DELETE', `${url('SO-H')}?sourceVersion=2`)
    await refuses(
      t,
      { method: 'PUT', url: url('SO-1'), body: { ...order, amount: cny('699.99'), sourceVersion: 9 } },
      'exposure-item-below-converted'
    )
    for (const [from, pointer] of [
      [{ amount: cny('1.00') }, ''],
      [{ itemId: 'SO-1', checkId: absent, amount: cny('1.00') }, ''],
      [{ itemId: 'DN-5', amount: cny('1.00') }, ''],
      [{ itemId: 'SO-1', amount: cny('1.00'), final: true }, '/final'],
      [{ checkId: absent, source: 'erp', amount: cny('1.00'), final: true }, '/source'],
      [{ itemId: 'SO-1', amount: cny('0.00') }, '/amount/amount']
    ] as const)
      await refuses(t, put(from), 'validation-error', [`/convertedFrom/0${pointer}`])
    const repeated = { ...delivery, convertedFrom: [1, 2].map(() => ({ itemId: 'SO-1', amount: cny('1.00') })) }
    await refuses(t, { method: 'PUT', url: url('DN-5'), body: repeated }, 'validation-error', ['/convertedFrom/1'])
  })

  await t.test('200: a closed item counts no longer until a higher version opens it', async (t) => {
    const close = (version: number) => `${url('SO-1')}?sourceVersion=${version}`
    await refuses(t, { method: 'DELETE', url: close(5) }, 'stale-version')
    t.match(await send('DELETE', close(6)), { status: 200, body: { state: 'closed', open: cny('0.00') } })
    t.same((await sums())[0], 0)
    const before = await footprint()
    t.match(await send('DELETE', close(6)), { status: 200 })
    t.equal(await footprint(), before, 'closing it again changes nothing')
    await refuses(
      t,
      { method: 'PUT', url: url('SO-1'), body: { ...order, amount: cny('1200.00'), sourceVersion: 6 } },
      'stale-version'
    )
    t.match(await send('PUT', url('SO-1'), { ...order, amount: cny('1200.00'), sourceVersion: 7 }), {
      status: 200,
      body: { state: 'open', open: cny('500.00') }
    })
    t.same((await sums())[0], 50_000, 'what was converted stays converted')
    await refuses(t, { method: 'DELETE', url: `${url('SO-X')}?sourceVersion=1` }, 'not-found')
    await refuses(t, { method: 'DELETE', url: close(1).replace('C-1', 'C-9') }, 'customer-not-found')
    await refuses(t, { method: 'DELETE', url: url('SO-1') }, 'validation-error', ['/query/sourceVersion'])
  })

  await t.test('what is only shown does not count, and a down payment lowers', async (t) => {
    const before = await sums()
    await send('PUT', url('SO-S'), { ...order, statistical: true })
    t.same(await sums(), before)
    t.match(await send('PUT', url('DP-1'), { category: 'special', amount: cny('-30.00'), sourceVersion: 1 }), {
      status: 201
    })
    t.equal((await sums())[2], -3_000)
    await refuses(
      t,
      { method: 'PUT', url: url('SO-N'), body: { ...order, amount: cny('-1.00') } },
      'validation-error',
      ['/amount/amount']
    )
    t.match((await send('PUT', url('SO-S'), { ...order, sourceVersion: 2 })).body, { statistical: false })
    t.equal((await sums())[0], (before[0] ?? 0) + 100_000)
  })

  await t.test('400: what no document can be', async (t) => {
    for (const [changes, pointer] of [
      [{ category: 'quote' }, '/category'],
      [{ sourceVersion: 0 }, '/sourceVersion'],
      [{ sourceVersion: 1.5 }, '/sourceVersion'],
      [{ shipOn: '2026-02-30' }, '/shipOn'],
      [{ amont: 1 }, '/amont']
    ] as const)
      await refuses(t, { method: 'PUT', url: url('SO-N'), body: { ...order, ...changes } }, 'validation-error', [
        pointer
      ])
    await refuses(t, { method: 'PUT', url: `${url('SO-N')}?source=a%20b`, body: order }, 'validation-error', [
      '/query/source'
    ])
    await refuses(t, { method: 'PUT', url: url('SO-N').replace('C-1', 'C-9'), body: order }, 'customer-not-found')
    const much = { ...order, amount: cny('9999999999999.00') }
    await refuses(t, { method: 'PUT', url: url('SO-N'), body: much }, 'exposure-too-large')
  })

  await t.test('409: an order that holds a reservation counts once, or says what it takes over', async (t) => {
    await givenLimit(service, 'C-6', '100000.00')
    const at = url('SO-1').replace('C-1', 'C-6')
    const { body: held } = await send('POST', '/v1/credit-checks', {
      customerId: 'C-6',
      orderId: 'SO-1',
      amount: cny('1000.00')
    })
    const request = { method: 'PUT', url: at, body: order } as const
    const answer = await refuses(t, request, 'order-also-held')
    t.equal(answer.body.checkId, held.checkId)
    t.match(answer.body.detail, held.checkId)
    await refuses(t, { ...request, url: `${at}?source=wms` }, 'order-also-held')
    await refuses(t, { ...request, body: { ...order, convertedFrom: [] } }, 'order-also-held')
    const total = async () => (await send('GET', '/v1/customers/C-6/exposure')).body.exposure.total
    t.same(await total(), cny('1000.00'))
    t.equal((await send('PUT', at, { ...order, statistical: true })).status, 201, 'what is only shown counts nowhere')
    await refuses(t, { ...request, body: { ...order, sourceVersion: 2 } }, 'order-also-held')
    const part = { checkId: held.checkId, amount: cny('400.00'), final: false }
    const taken = { ...order, amount: cny('400.00'), sourceVersion: 2, convertedFrom: [part] }
    t.equal((await send('PUT', at, taken)).status, 200)
    t.same(await total(), cny('1000.00'), 'what is left of the reservation is not in the item')
    const { convertedFrom: _from, ...later } = { ...taken, sourceVersion: 3, shipOn: '2026-05-01' }
    t.equal((await send('PUT', at, later)).status, 200, 'it has said so before')
    t.same(await total(), cny('1000.00'))
    const whole = { ...order, sourceVersion: 4, convertedFrom: [{ ...part, amount: cny('1000.00'), final: true }] }
    t.equal((await send('PUT', at, whole)).status, 200)
    t.same(await total(), cny('1000.00'))
    const { convertedFrom: _all, ...free } = { ...whole, sourceVersion: 5, amount: cny('1500.00') }
    t.equal((await send('PUT', at, free)).status, 200, 'nothing is held any more')
    t.same(await total(), cny('1500.00'))
  })

  await t.test('409: what does not count, and what offsets other items, is still counted exactly', async (t) => {
    await send('PUT', '/v1/customers/C-5', { kind: 'company', name: 'x' })
    const put = (id: string, body: object) => ({
      method: 'PUT' as const,
      url: url(id).replace('C-1', 'C-5'),
      body: { category: 'order', sourceVersion: 1, ...body }
    })
    const most = '9999999999999.99'
    const shown = put('S-1', { amount: cny(most), statistical: true })
    t.equal((await send(shown.method, shown.url, shown.body)).status, 201)
    await refuses(t, put('S-2', { amount: cny('0.01'), statistical: true }), 'exposure-too-large')
    await refuses(t, put('S-2', { category: 'special', amount: cny('-0.01') }), 'exposure-too-large')
    const counted = put('S-3', { amount: cny(most) })
    t.equal((await send(counted.method, counted.url, counted.body)).status, 201)
    const { itemised } = (await send('GET', '/v1/customers/C-5/exposure')).body
    const orders = itemised.categories.find(({ category }: { category: string }) => category === 'order')
    t.match(orders, { gross: cny('19999999999999.98'), statistical: cny(most), counted: cny(most) })
    const less = put('S-1', { amount: cny('1.00'), statistical: true, sourceVersion: 2 })
    t.equal((await send(less.method, less.url, less.body)).status, 200, 'its own amount is not in its way')
  })

  await t.test('409: a reservation whose time is up is not converted', async (t) => {
    const checkId = await check('SO-10', '10.00')
    await clockTo('2026-05-31')
    const body = {
      category: 'delivery',
      amount: cny('1.00'),
      sourceVersion: 1,
      convertedFrom: [{ checkId, amount: cny('1.00'), final: true }]
    }
    await refuses(t, { method: 'PUT', url: url('DN-10'), body }, 'reservation-already-expired')
  })

  await t.test('the list takes filters and a cursor', async (t) => {
    const list = async (query: string) => (await send('GET', `${customer}/exposure-items?${query}`)).body
    const ids = async (query: string) => (await list(query)).items.map(({ itemId }: { itemId: string }) => itemId)
    t.same(await ids('category=order&state=open'), ['SO-1', 'SO-S'])
    t.same(await ids('source=wms'), ['SO-1'])
    t.same(await ids('category=special'), ['DP-1'])
    const all = (await list('limit=200')).items
    const collected: object[] = []
    let cursor = ''
    for (;;) {
      const page = await list(`limit=3${cursor}`)
      collected.push(...page.items)
      if (page.nextCursor === undefined) break
      cursor = `&cursor=${page.nextCursor}`
    }
    t.same(collected, all)
    t.ok(all.some(({ convertedFrom }: { convertedFrom: object[] }) => convertedFrom.length > 0))
    await refuses(t, { method: 'GET', url: `${customer}/exposure-items?cursor=x` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${customer}/exposure-items?state=x` }, 'validation-error', ['/query/state'])
    await refuses(t, { method: 'GET', url: '/v1/customers/C-9/exposure-items' }, 'customer-not-found')
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    await refuses(t, { method: 'GET', url: url('SO-X') }, 'not-found')
    await refuses(t, { method: 'GET', url: url('SO-1').replace('C-1', 'C-2') }, 'not-found')
    await refuses(t, { method: 'GET', url: url('SO-1').replace('C-1', 'C-9') }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: url('_') }, 'validation-error', ['/params/itemId'])
  })

  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
  const operations = ['putExposureItem', 'closeExposureItem', 'getExposureItem', 'listExposureItems']
  t.same(unanswered(...operations), [], 'every documented answer was given')
})
