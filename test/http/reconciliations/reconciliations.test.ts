import t from 'tap'
import { recordedCategories } from '../../../src/accounts/store/exposure.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })
const days = { issuedOn: '2026-03-01', dueOn: '2026-03-31' }
const SNAPSHOT = '2026-03-31T12:00:00.000Z'

interface Lists {
  readonly invoices?: readonly { open: { amount: string; currency: string } }[]
  readonly credits?: readonly { unapplied: { amount: string; currency: string } }[]
  readonly items?: readonly { open: { amount: string; currency: string } }[]
}

/** A snapshot with control figures that are right. */
function snapshot(lists: Lists, changes: object = {}) {
  const { invoices = [], credits = [], items = [] } = lists
  const sums = new Map<string, number>()
  const add = ({ amount, currency }: { amount: string; currency: string }, sign: number) =>
    sums.set(currency, (sums.get(currency) ?? 0) + sign * Math.round(Number(amount) * 100))
  for (const { open } of [...invoices, ...items]) add(open, 1)
  for (const { unapplied } of credits) add(unapplied, -1)
  const totals = [...sums].map(([currency, minor]) => ({ amount: (minor / 100).toFixed(2), currency }))
  const control = { count: invoices.length + credits.length + items.length, totals }
  return { snapshotAt: SNAPSHOT, apply: true, control, ...lists, ...changes }
}

t.test('reconciliations', async (t) => {
  const service = await contractService(t)
  const { send, attempt, refuses, footprint, clockTo, unanswered, deps } = service
  await givenLimit(service, 'C-1', '100000.00')
  await send('PUT', '/v1/customers/C-2', { kind: 'company', name: 'x' })
  const base = '/v1/customers/C-1'
  const url = `${base}/reconciliations`
  const invoice = (invoiceId: string, open: string, changes: object = {}) => ({
    invoiceId,
    amount: cny('1000.00'),
    open: cny(open),
    ...days,
    ...changes
  })
  const item = (itemId: string, open: string, changes: object = {}) => ({
    itemId,
    category: 'order',
    open: cny(open),
    sourceVersion: 1,
    ...changes
  })
  const kinds = (body: { differences: { kind: string; document: string; id: string; fields: string[] }[] }) =>
    body.differences.map(({ kind, document, id, fields }) => [kind, document, id, ...fields].join(' '))
  const counted = async () => {
    const { itemised } = (await send('GET', `${base}/exposure`)).body
    return Object.fromEntries(
      itemised.categories.map((each: { category: string; counted: { amount: string } }) => [
        each.category,
        each.counted.amount
      ])
    )
  }

  for (const id of ['SAME', 'PAID', 'PART', 'BACK']) {
    await send('PUT', `${base}/invoices/${id}`, { amount: cny('1000.00'), ...days })
  }
  await send('POST', `${base}/payments`, {
    paymentId: 'P-BACK',
    receivedOn: '2026-03-20',
    amount: cny('400.00'),
    allocations: [{ invoiceId: 'BACK', amount: cny('400.00') }]
  })
  await send('POST', `${base}/payments`, {
    paymentId: 'P-1',
    receivedOn: '2026-03-20',
    amount: cny('50.00'),
    allocations: []
  })
  await send('PUT', `${base}/exposure-items/SO-1`, { category: 'order', amount: cny('700.00'), sourceVersion: 3 })
  await send('PUT', `${base}/exposure-items/SO-2`, { category: 'order', amount: cny('300.00'), sourceVersion: 1 })
  await send('PUT', `${base}/exposure-items/DN-1`, {
    category: 'delivery',
    amount: cny('100.00'),
    sourceVersion: 1,
    convertedFrom: [{ itemId: 'SO-2', amount: cny('100.00') }]
  })
  await send('PUT', `${base}/exposure-items/W-1?source=wms`, {
    category: 'order',
    amount: cny('9.00'),
    sourceVersion: 1
  })
  const { body: check } = await send('POST', '/v1/credit-checks', {
    customerId: 'C-1',
    orderId: 'R-1',
    amount: cny('500.00')
  })
  await send('POST', `/v1/credit-checks/${check.checkId}/captures`, {
    amount: cny('500.00'),
    invoiceId: 'CAPTURED',
    final: true
  })
  await clockTo('2026-04-01')

  const whole = {
    invoices: [
      invoice('SAME', '1000.00'),
      invoice('PART', '250.00', { disputed: true, dunningLevel: 2, sourceVersion: 5 }),
      invoice('BACK', '1000.00'),
      invoice('CAPTURED', '500.00', { amount: cny('500.00') }),
      invoice('NEW', '300.00')
    ],
    credits: [
      { kind: 'credit_note', creditId: 'N-1', amount: cny('40.00'), unapplied: cny('20.00'), datedOn: '2026-03-30' }
    ],
    items: [
      item('SO-1', '1.00', { sourceVersion: 2 }),
      item('SO-2', '150.00', { shipOn: '2026-05-01', sourceVersion: 2 }),
      item('SO-3', '60.00')
    ]
  }
  const expected = [
    'different invoice PART open disputed dunningLevel',
    'different invoice BACK open',
    'missing invoice CAPTURED',
    'missing invoice NEW',
    'missing credit_note N-1',
    'older item SO-1 open',
    'different item SO-2 open shipOn',
    'missing item SO-3',
    'extra invoice PAID',
    'extra payment P-1',
    'extra item DN-1'
  ]

  await t.test('201: a comparison says what differs and changes nothing of the account', async (t) => {
    const before = (await send('GET', `${base}/exposure`)).body
    const answer = await send('POST', url, snapshot(whole, { apply: false }))
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `${url}/${answer.body.reconciliationId}`)
    t.same(kinds(answer.body).toSorted(), expected.toSorted())
    t.match(answer.body, {
      applied: false,
      source: 'erp',
      compared: 9,
      counts: { missing: 4, extra: 3, different: 3, older: 1 }
    })
    const part = answer.body.differences.find(({ id }: { id: string }) => id === 'PART')
    t.match(part, { recorded: cny('1000.00'), stated: cny('250.00') })
    t.same((await send('GET', `${base}/exposure`)).body, before)
    const print = await footprint()
    t.match(await send('POST', `${url}?dryRun=true`, snapshot(whole)), { status: 200, body: { applied: true } })
    t.equal(await footprint(), print, 'a dry run writes nothing')
    t.same((await send('GET', `${url}/${answer.body.reconciliationId}`)).body, answer.body)
  })

  await t.test(
    'case 41: applied, a captured invoice is moved and not added, and all becomes what the snapshot says',
    async (t) => {
      t.match(await counted(), { order: '909.00', delivery: '600.00', invoice: '3600.00', unapplied_cash: '-50.00' })
      const headers = { 'idempotency-key': 'rec-1' }
      const answer = await send('POST', url, snapshot(whole), headers)
      t.match(answer, { status: 201, body: { applied: true } })
      t.same(await counted(), {
        order: '919.00',
        delivery: '0.00',
        invoice: '3050.00',
        credit_note: '-20.00',
        unapplied_cash: '0.00',
        special: '0.00'
      })
      const { exposure } = (await send('GET', `${base}/exposure`)).body
      t.same(exposure.total, answer.body.exposureAfter)
      t.match((await send('GET', `${base}/invoices/PART`)).body, {
        open: cny('250.00'),
        disputed: true,
        dunningLevel: 2,
        sourceVersion: 5
      })
      t.match((await send('GET', `${base}/invoices/PAID`)).body, { open: cny('0.00') })
      t.match((await send('GET', `${base}/exposure-items/SO-2`)).body, {
        open: cny('150.00'),
        amount: cny('250.00'),
        shipOn: '2026-05-01',
        sourceVersion: 2
      })
      t.match((await send('GET', `${base}/exposure-items/DN-1`)).body, { state: 'closed' })
      t.match(
        (await send('GET', `${base}/exposure-items/SO-1`)).body,
        { open: cny('700.00') },
        'the newer version stays'
      )
      t.match(
        (await send('GET', `${base}/exposure-items/W-1?source=wms`)).body,
        { open: cny('9.00') },
        'another system'
      )
      const again = await send('POST', url, snapshot(whole), headers)
      t.match([again.text, again.headers['idempotency-replayed']], [answer.text, 'true'])
      await refuses(t, { method: 'POST', url, body: snapshot({}), headers }, 'idempotency-key-reused')
      const odd = { 'idempotency-key': 'a b' }
      await refuses(t, { method: 'POST', url, body: snapshot({}), headers: odd }, 'idempotency-key-invalid')
      const entry = (await send('GET', `${base}/journal?limit=200`)).body.items.at(-1)
      t.match(entry, { type: 'reconciliation.applied', subject: answer.body.reconciliationId })
      const { differences, moves } = JSON.parse(entry.payload)
      t.same(differences.length, expected.length)
      t.equal(moves.specialMinor, 0, 'an amount that stays is named as well')
    }
  )

  await t.test('the same again finds nothing but what is newer', async (t) => {
    const { body } = await send('POST', url, snapshot(whole))
    t.same(kinds(body), ['older item SO-1 open'])
    t.same(body.exposureBefore, body.exposureAfter)
    const late = { paymentId: 'P-1', receivedOn: '2026-03-20', amount: cny('50.00'), allocations: [] }
    t.equal((await send('POST', `${base}/payments`, late)).status, 200)
    const note = { creditNoteId: 'N-1', issuedOn: '2026-03-30', amount: cny('40.00') }
    t.match(await send('POST', `${base}/credit-notes`, note), { status: 200, body: { unapplied: cny('20.00') } })
  })

  await t.test('what the snapshot settled counts as settled, without saying how the customer pays', async (t) => {
    const { body } = await send('GET', `${base}/payment-behaviour`)
    t.match(body, { open: cny('3050.00'), weightedDaysLate: null })
    t.same((await send('GET', `${base}/payments/P-BACK`)).body.allocations, [], 'what it undid is applied no longer')
  })

  await t.test('what changed after the snapshot was taken stays', async (t) => {
    await clockTo('2026-04-02')
    await send('PUT', `${base}/invoices/LATE`, { amount: cny('5.00'), ...days })
    const payment = {
      paymentId: 'P-2',
      receivedOn: '2026-04-02',
      amount: cny('1000.00'),
      allocations: [{ invoiceId: 'SAME', amount: cny('1000.00') }]
    }
    await send('POST', `${base}/payments`, payment)
    const before = await counted()
    const { body } = await send('POST', url, snapshot({ invoices: whole.invoices, credits: whole.credits }))
    t.same(kinds(body).toSorted(), ['older invoice LATE', 'older invoice SAME open'])
    t.same(await counted(), before)
  })

  await t.test('case 42: an older snapshot than the last is refused, of the same system', async (t) => {
    const body = snapshot(whole, { snapshotAt: '2026-03-31T11:59:59.999Z' })
    const answer = await refuses(t, { method: 'POST', url, body }, 'stale-import')
    t.equal(answer.body.snapshotAt, SNAPSHOT)
    await refuses(t, { method: 'POST', url, body: { ...body, apply: false } }, 'stale-import')
    const other = snapshot(
      { items: [item('W-1', '9.00')] },
      { snapshotAt: '2026-03-31T20:00:00.000+09:00', source: 'wms' }
    )
    t.match((await send('POST', url, other)).body, { snapshotAt: '2026-03-31T11:00:00.000Z', differences: [] })
    const { reconciledAt } = await deps.db
      .selectFrom('creditAccounts')
      .select('reconciledAt')
      .where('customerId', '=', idOf<CustomerId>('C-1'))
      .executeTakeFirstOrThrow()
    t.equal(reconciledAt, SNAPSHOT, 'the newest of all')
  })

  await t.test('case 42: half a file is refused whole', async (t) => {
    const { control } = snapshot(whole)
    const half = { ...snapshot(whole), invoices: whole.invoices.slice(0, 2) }
    await refuses(t, { method: 'POST', url, body: half }, 'incomplete-import')
    const counts = { ...control, count: half.invoices.length + 4 }
    await refuses(t, { method: 'POST', url, body: { ...half, control: counts } }, 'incomplete-import')
    const foreign = { ...control, totals: [...control.totals, usd('1.00')] }
    await refuses(t, { method: 'POST', url, body: snapshot(whole, { control: foreign }) }, 'incomplete-import')
  })

  await t.test('items in another currency are compared in theirs and converted with a rate', async (t) => {
    const items = [item('SO-U', '100.00', { open: usd('100.00') })]
    await refuses(t, { method: 'POST', url, body: snapshot({ items }, { source: 'us' }) }, 'rate-missing')
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-01', { rate: 7, source: 'x' })
    const { body } = await send('POST', url, snapshot({ items }, { source: 'us' }))
    t.match(body.differences, [{ kind: 'missing', stated: usd('100.00') }])
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-31', { rate: 8, source: 'x' })
    const less = [item('SO-U', '60.00', { open: usd('60.00'), sourceVersion: 2 })]
    const answer = await send('POST', url, snapshot({ items: less }, { source: 'us' }))
    t.match(answer.body.differences, [{ kind: 'different', recorded: usd('100.00'), stated: usd('60.00') }])
    t.match((await send('GET', `${base}/exposure-items/SO-U?source=us`)).body, {
      open: cny('420.00'),
      original: { rate: 7 }
    })
    await send('POST', url, snapshot({ items: [] }, { source: 'us', snapshotAt: '2026-04-02T12:00:00.000Z' }))
    t.match((await send('GET', `${base}/exposure-items/SO-U?source=us`)).body, { state: 'closed' })
  })

  await t.test('an item in another currency is converted as a whole, whatever little of it is open', async (t) => {
    const ledger = '/v1/customers/C-7'
    await send('PUT', ledger, { kind: 'company', name: 'x' })
    const put = (id: string, body: object) =>
      send('PUT', `${ledger}/exposure-items/${id}`, { category: 'order', sourceVersion: 1, ...body })
    await send('PUT', '/v1/exchange-rates/CHF/CNY/2026-03-31', { rate: 7.123, source: 'x' })
    const chf = (amount: string) => ({ amount, currency: 'CHF' })
    await put('SO-1', { amount: chf('100.00') })
    const convertedFrom = [{ itemId: 'SO-1', amount: chf('99.99') }]
    await put('DN-1', { category: 'delivery', amount: cny('800.00'), convertedFrom })
    const items = [
      item('SO-1', '0.02', { open: chf('0.02'), sourceVersion: 2 }),
      item('DN-1', '800.00', { category: 'delivery' })
    ]
    const { body } = await send('POST', `${ledger}/reconciliations`, snapshot({ items }))
    t.match(body.counts, { different: 1 })
    const repaired = (await send('GET', `${ledger}/exposure-items/SO-1`)).body
    t.match(repaired, { amount: cny('712.37'), open: cny('0.14'), original: chf('100.01') })
  })

  await t.test('400: what no snapshot can be', async (t) => {
    const bad = (lists: Lists, pointer: string, changes: object = {}) =>
      refuses(t, { method: 'POST', url, body: snapshot(lists, changes) }, 'validation-error', [pointer])
    await bad({ invoices: [invoice('A', '1.00'), invoice('A', '1.00')] }, '/invoices/1')
    await bad({ items: [item('A', '1.00'), item('A', '1.00')] }, '/items/1')
    await bad({ invoices: [invoice('A', '1000.01')] }, '/invoices/0/open')
    await bad({ invoices: [invoice('A', '1.00', { dueOn: '2026-02-28' })] }, '/invoices/0/dueOn')
    await bad({ items: [item('A', '-1.00')] }, '/items/0/open/amount')
    await bad({ items: [item('A', '1.00', { sourceVersion: undefined })] }, '/items/0/sourceVersion')
    const [note] = whole.credits
    if (note !== undefined) {
      await bad({ credits: [{ ...note, unapplied: cny('40.01') }] }, '/credits/0/unapplied')
      await bad({ credits: [note, note] }, '/credits/1')
    }
    await bad({}, '/snapshotAt', { snapshotAt: '2026-04-02T12:06:00.000Z' })
    await bad({}, '/snapshotAt', { snapshotAt: '2026-04-02' })
    await bad({}, '/apply', { apply: undefined })
    await bad({}, '/control', { control: undefined })
    const euro = snapshot({ invoices: [invoice('A', '1.00', { open: { amount: '1.00', currency: 'EUR' } })] })
    await refuses(t, { method: 'POST', url, body: euro }, 'currency-not-supported')
    await refuses(t, { method: 'POST', url: url.replace('C-1', 'C-9'), body: snapshot({}) }, 'customer-not-found')
  })

  await t.test('the list is without differences, the last one first', async (t) => {
    const list = async (query: string) => (await send('GET', `${url}?${query}`)).body
    const { items } = await list('limit=200')
    t.ok(items.every((each: object) => !('differences' in each)))
    t.same((await list('applied=false')).items.length, 1)
    const first = await list('limit=2')
    const rest = await list(`limit=2&cursor=${first.nextCursor}`)
    t.same([...first.items, ...rest.items], items.slice(0, 4))
    await refuses(t, { method: 'GET', url: `${url}?cursor=x` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: `${url}?applied=x` }, 'validation-error', ['/query/applied'])
    await refuses(t, { method: 'GET', url: url.replace('C-1', 'C-9') }, 'customer-not-found')
  })

  await t.test('404: what does not exist, or is another customer’s', async (t) => {
    const { items } = (await send('GET', url)).body
    const id = items[0].reconciliationId
    await refuses(t, { method: 'GET', url: `${url}/rec_00000000000000000000000000` }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url.replace('C-1', 'C-2')}/${id}` }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url.replace('C-1', 'C-9')}/${id}` }, 'customer-not-found')
    await refuses(t, { method: 'GET', url: `${url}/x` }, 'validation-error', ['/params/reconciliationId'])
  })

  await t.test('5,000 documents are reconciled, and one more is too many', async (t) => {
    const many = (count: number) =>
      snapshot({
        invoices: Array.from({ length: count }, (_none, index) =>
          invoice(`I-${index}`, '10.00', { amount: cny('20.00') })
        )
      })
    const big = '/v1/customers/C-2/reconciliations'
    const { body } = await send('POST', big, many(5_000))
    t.match(body, { counts: { missing: 5_000 }, exposureAfter: cny('50000.00') })
    t.equal((await send('POST', big, many(5_000))).body.differences.length, 0)
    t.match((await send('POST', big, snapshot({ invoices: [] }, { snapshotAt: '2026-04-02T12:00:00.000Z' }))).body, {
      counts: { extra: 5_000 },
      exposureAfter: cny('0.00')
    })
    const over = snapshot({ invoices: many(4_999).invoices ?? [], items: [item('A', '1.00'), item('B', '1.00')] })
    await refuses(
      t,
      { method: 'POST', url: big, body: { ...over, control: { ...over.control, count: 5_000 } } },
      'validation-error',
      ['']
    )
  })

  await t.test('an order that holds a reservation is not recorded beside it', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    const ledger = '/v1/customers/C-3'
    const holds = async (orderId: string, seconds: number) =>
      (
        await send('POST', '/v1/credit-checks', {
          customerId: 'C-3',
          orderId,
          amount: cny('500.00'),
          reserveSeconds: seconds
        })
      ).body.checkId
    await send('PUT', `${ledger}/exposure-items/SO-2`, { category: 'order', amount: cny('600.00'), sourceVersion: 1 })
    const [first, second, third] = [await holds('SO-1', 3_600), await holds('SO-2', 3_600), await holds('SO-3', 3_600)]
    await send('PUT', `${ledger}/exposure-items/SO-3`, {
      category: 'order',
      amount: cny('200.00'),
      sourceVersion: 1,
      convertedFrom: [{ checkId: third, amount: cny('200.00'), final: false }]
    })
    const total = async () => (await send('GET', `${ledger}/exposure`)).body.exposure.total
    t.same(await total(), cny('1500.00'), 'the check of SO-2 took its item over')
    const items = [
      item('SO-1', '500.00'),
      item('SO-2', '600.00'),
      item('SO-3', '200.00'),
      item('SO-4', '40.00'),
      item('SHOWN', '7.00', { statistical: true })
    ]
    const at = { snapshotAt: '2026-04-02T12:00:00.000Z' }
    const compare = async (apply: boolean, changes: object = at) =>
      (await send('POST', `${ledger}/reconciliations`, snapshot({ items }, { apply, ...changes }))).body
    const found = await compare(false)
    t.same(kinds(found), ['also_held item SO-1', 'missing item SO-4', 'missing item SHOWN'])
    t.same(
      found.differences.map(({ checkId }: { checkId: string | null }) => checkId),
      [first, null, null]
    )
    t.match(found.counts, { alsoHeld: 1, missing: 2, different: 0, extra: 0, older: 0 })
    t.match(found.differences[0], { recorded: null, stated: cny('500.00') })
    const applied = await compare(true)
    t.match([applied.exposureBefore, applied.exposureAfter], [cny('1500.00'), cny('1540.00')])
    t.same(await total(), cny('1540.00'), 'each order counts once')
    t.equal((await attempt('GET', `${ledger}/exposure-items/SO-1`)).status, 404)
    t.match((await send('GET', `${ledger}/exposure-items/SO-2`)).body, { state: 'held', heldBy: second })
    const again = await compare(true)
    t.same(kinds(again), ['also_held item SO-1'])
    t.same(again.exposureAfter, applied.exposureAfter)
    await clockTo('2026-04-02T14:00:00.000Z')
    const after = await compare(true, { snapshotAt: '2026-04-02T13:30:00.000Z' })
    t.same(kinds(after), ['missing item SO-1'], 'nothing is held any more')
    t.same(await total(), cny('1340.00'))
  })

  await t.test('an order of which nothing is open keeps what was converted of it, to be given back', async (t) => {
    const ledger = '/v1/customers/C-6'
    await send('PUT', ledger, { kind: 'company', name: 'x' })
    const order = { category: 'order', amount: usd('30.00'), sourceVersion: 1 }
    t.equal((await send('PUT', `${ledger}/exposure-items/SO-1`, order)).status, 201)
    const delivery = { category: 'delivery', amount: cny('80.00'), sourceVersion: 1 }
    const made = { ...delivery, convertedFrom: [{ itemId: 'SO-1', amount: usd('10.00') }] }
    t.equal((await send('PUT', `${ledger}/exposure-items/DN-1`, made)).status, 201)
    const items = [
      item('SO-1', '0.00', { open: usd('0.00'), sourceVersion: 2 }),
      item('DN-1', '80.00', { category: 'delivery' })
    ]
    const answer = await send(
      'POST',
      `${ledger}/reconciliations`,
      snapshot({ items }, { snapshotAt: '2026-04-02T14:00:00.000Z' })
    )
    t.same(kinds(answer.body), ['different item SO-1 open'])
    const { rate } = (await send('GET', `${ledger}/exposure-items/SO-1`)).body.original
    const ten = cny((10 * rate).toFixed(2))
    t.match((await send('GET', `${ledger}/exposure-items/SO-1`)).body, {
      state: 'converted',
      open: cny('0.00'),
      amount: ten
    })
    const back = { ...delivery, sourceVersion: 2, convertedFrom: [] }
    t.equal((await send('PUT', `${ledger}/exposure-items/DN-1`, back)).status, 200)
    t.match((await send('GET', `${ledger}/exposure-items/SO-1`)).body, { state: 'open', open: ten })
    t.same((await send('GET', `${ledger}/exposure`)).body.exposure.total, cny((80 + 10 * rate).toFixed(2)))
  })

  await t.test('409: a snapshot whose sums cannot be counted exactly', async (t) => {
    await send('PUT', '/v1/customers/C-4', { kind: 'company', name: 'x' })
    const large = '/v1/customers/C-4/reconciliations'
    const most = cny('9999999999999.99')
    const invoices = (count: number) =>
      Array.from({ length: count }, (_none, index) => invoice(`I-${index}`, most.amount, { amount: most }))
    const credits = (count: number) =>
      Array.from({ length: count }, (_none, index) => {
        return { kind: 'credit_note', creditId: `N-${index}`, amount: most, unapplied: most, datedOn: '2026-03-30' }
      })
    const shown = (count: number) =>
      Array.from({ length: count }, (_none, index) => item(`S-${index}`, most.amount, { statistical: true }))
    const balanced = (count: number) => ({
      ...snapshot({}),
      invoices: invoices(count),
      credits: credits(count),
      control: { count: 2 * count, totals: [] }
    })
    const owed = (count: number) => ({ ...snapshot({}), invoices: invoices(count), control: { count, totals: [most] } })
    for (const apply of [true, false]) {
      await refuses(t, { method: 'POST', url: large, body: { ...balanced(2), apply } }, 'exposure-too-large')
      await refuses(t, { method: 'POST', url: large, body: { ...balanced(10), apply } }, 'exposure-too-large')
      await refuses(t, { method: 'POST', url: large, body: { ...owed(10), apply } }, 'incomplete-import')
      await refuses(t, { method: 'POST', url: large, body: { ...owed(11), apply } }, 'exposure-too-large')
    }
    const twice = { ...snapshot({}), items: shown(2), credits: credits(1), control: { count: 3, totals: [most] } }
    await refuses(t, { method: 'POST', url: large, body: twice }, 'exposure-too-large')
    t.match(await send('POST', large, balanced(1)), { status: 201, body: { exposureAfter: cny('0.00') } })
    t.equal((await send('GET', '/v1/customers/C-4/exposure')).status, 200)
  })

  await t.test('the journal alone tells what the documents say', async (t) => {
    const recorded = await recordedCategories(deps.db, deps.clock, idOf<CustomerId>('C-1'), '2026-04-02')
    const open = await counted()
    for (const [category, minor] of Object.entries(recorded))
      t.equal((minor / 100).toFixed(2), open[category], category)
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
  })

  t.same(unanswered('reconcile', 'getReconciliation', 'listReconciliations'), [], 'every documented answer was given')
})
