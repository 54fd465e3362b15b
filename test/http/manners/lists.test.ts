import t from 'tap'
import { cursorOf, type Listing } from '../../../src/platform/http/page.ts'
import { installPolicy } from '../../../src/policies/commands.ts'
import { loadPolicy } from '../../../src/service.ts'
import { workAtRechecks } from '../../runs/at-work.ts'
import { contractService } from '../contract.ts'
import { modelOf } from '../models/given-model.ts'

t.test('lists are read page by page, each with a cursor of its own', async (t) => {
  const { send, attempt, refuses, operations, deps } = await contractService(t)
  // Runs over the portfolio stay queued until they are cancelled.
  Object.assign(deps.jobs, { look: async () => undefined })
  const money = (amount: string) => ({ amount, currency: 'CNY' })
  for (let number = 1; number <= 5; number += 1) {
    const customer = { kind: number % 2 === 1 ? 'company' : 'individual', name: `Customer ${number}`, country: 'CN' }
    await send('PUT', `/v1/customers/C-${number}`, customer)
    const invoice = { amount: money('100.00'), issuedOn: '2026-01-15', dueOn: '2026-02-14' }
    await send('PUT', `/v1/customers/C-1/invoices/I-${number}`, invoice)
    const allocations = [{ invoiceId: `I-${number}`, amount: money('1.00') }]
    const payment = { paymentId: `P-${number}`, receivedOn: '2026-02-01', amount: money('1.00'), allocations }
    await send('POST', '/v1/customers/C-1/payments', payment)
    const terms = { earnedUntil: '2026-02-01', share: 0.02, evidence: 'x' }
    const discount = { discountId: `D-${number}`, invoiceId: `I-${number}`, amount: money('0.01'), ...terms }
    await send('POST', '/v1/customers/C-1/discounts', discount)
    const note = { creditNoteId: `N-${number}`, issuedOn: '2026-02-01', amount: money('1.00'), allocations: [] }
    await send('POST', '/v1/customers/C-1/credit-notes', note)
    const figures = { totalAssets: '10', totalLiabilities: '4', equity: '6' }
    const period = { periodEnd: `202${number}-12-31`.replace('2026', '2019'), months: 12, currency: 'CNY', unit: 1 }
    const statement = { ...period, consolidated: false, audited: false, balanceSheet: figures }
    await send('PUT', `/v1/customers/C-1/statements/S-${number}`, statement)
    const visit = { kind: 'site_visit', observedOn: '2026-03-30', source: `V-${number}`, facts: { site: number } }
    await send('POST', '/v1/customers/C-1/evidence', visit)
    const item = { category: 'order', amount: money('1.00'), sourceVersion: 1 }
    await send('PUT', `/v1/customers/C-1/exposure-items/E-${number}`, item)
    const deposit = { kind: 'deposit', provider: 'x', amount: money('1.00'), coverShare: 1, validFrom: '2026-01-01' }
    await send('PUT', `/v1/customers/C-1/securities/S-${number}`, deposit)
    await send('PUT', `/v1/exchange-rates/USD/CNY/2026-03-0${number}`, { rate: 7 + number / 10, source: 'x' })
    const snapshot = { snapshotAt: '2026-03-31T00:00:00Z', apply: false, control: { count: 0, totals: [] } }
    await send('POST', '/v1/customers/C-1/reconciliations', snapshot)
    await send('POST', '/v1/customers/C-1/assessments', {})
    await send('POST', '/v1/customers/C-1/limit-decisions', {})
    await send('POST', '/v1/credit-checks', { customerId: 'C-1', orderId: `O-${number}`, amount: money('1.00') })
    const { runId } = (await send('POST', '/v1/rescoring-runs', {})).body
    await send('POST', `/v1/rescoring-runs/${runId}/cancellations`, {})
    await send('POST', '/v1/recheck-runs', {})
    // Each waits for a second person: a request that can be listed, too.
    await send('POST', '/v1/api-keys', { name: `Key ${number}`, scopes: ['release'] })
    await workAtRechecks(deps, null, new AbortController().signal)
  }
  for (let version = 1; version <= 4; version += 1) {
    await send('PUT', `/v1/models/wholesale/versions/${version}`, modelOf('wholesale', { version }))
    const rewritten = modelOf('wholesale', { version: 1, minimumCoverage: version / 10 })
    await send('PUT', '/v1/models/wholesale/versions/1', rewritten, { 'if-match': `"${version}"` })
  }
  const { db, clock } = deps
  const policy = await loadPolicy()
  for (const more of [1, 2, 3]) await installPolicy(db, clock, { ...policy, version: policy.version + more })
  const lists = [
    '/v1/customers?',
    '/v1/customers/C-1/statements?',
    '/v1/customers/C-1/evidence?',
    '/v1/customers/C-1/invoices?',
    '/v1/customers/C-1/exposure-items?',
    '/v1/customers/C-1/securities?',
    '/v1/customers/C-1/reconciliations?',
    '/v1/exchange-rates?',
    '/v1/customers/C-1/payments?',
    '/v1/customers/C-1/credit-notes?',
    '/v1/customers/C-1/discounts?',
    '/v1/customers/C-1/assessments?',
    '/v1/customers/C-1/limit-decisions?',
    '/v1/customers/C-1/journal?',
    '/v1/credit-checks?',
    '/v1/blocked-orders?',
    '/v1/recheck-runs?',
    '/v1/rescoring-runs?',
    '/v1/models?',
    '/v1/policies?',
    '/v1/models/wholesale/versions/1/events?',
    '/v1/api-keys?',
    '/v1/change-requests?',
    '/v1/organisation/journal?'
  ]
  const cursors = new Map<string, string>()

  await t.test('every list that takes a cursor is among these, or is one to follow', (t) => {
    const paged = operations.filter(({ responses }) => responses[400]?.description.includes('`invalid-cursor`'))
    t.same(paged.map(({ path }) => path).sort(), [...lists.map(templateOf), ...TO_FOLLOW].sort())
    t.end()
  })

  for (const list of lists) {
    await t.test(`${list} gives every item once, in pages of two as in one page`, async (t) => {
      const whole = await send('GET', `${list}limit=200`)
      t.ok(whole.body.items.length >= 4, 'there is something to page through')
      t.notOk('nextCursor' in whole.body, 'the last page has no cursor')
      const items: unknown[] = []
      let next = ''
      for (let pages = 0; pages < 200; pages += 1) {
        const page = await send('GET', `${list}limit=2${next}`)
        items.push(...page.body.items)
        if (page.body.nextCursor === undefined) break
        t.equal(page.body.items.length, 2)
        cursors.set(list, page.body.nextCursor)
        next = `&cursor=${page.body.nextCursor}`
      }
      t.same(items, whole.body.items)
    })
  }

  await t.test('case 48: a limit outside 1 to 200, or said twice, is refused', async (t) => {
    for (const list of lists) {
      for (const limit of ['0', '-1', '201', '1.5', 'x', '', '1e400', '9007199254740993'])
        await refuses(t, { method: 'GET', url: `${list}limit=${limit}` }, 'validation-error', ['/query/limit'])
      await refuses(t, { method: 'GET', url: `${list}limit=1&limit=2` }, 'validation-error', ['/query/limit'])
    }
  })

  await t.test('case 48: a filter said twice is refused', async (t) => {
    const repeated = '/v1/customers?kind=company&kind=individual'
    await refuses(t, { method: 'GET', url: repeated }, 'validation-error', ['/query/kind'])
    const cursor = cursors.get('/v1/customers?')
    const twice = `/v1/customers?cursor=${cursor}&cursor=${cursor}`
    await refuses(t, { method: 'GET', url: twice }, 'validation-error', ['/query/cursor'])
  })

  await t.test('case 48: a cursor that was made up or edited is refused', async (t) => {
    for (const list of lists) {
      const cursor = cursors.get(list) ?? ''
      const text = Buffer.from(cursor, 'base64url').toString()
      const edited = Buffer.from(`${text.slice(0, -1)}${text.endsWith('9') ? '8' : '9'}`).toString('base64url')
      for (const made of [
        'x',
        'AAAA',
        edited,
        `${cursor}A`,
        `${cursor}=`,
        cursor.slice(0, -2),
        encodeURIComponent('!')
      ])
        await refuses(t, { method: 'GET', url: `${list}cursor=${made}` }, 'invalid-cursor')
    }
  })

  await t.test('attack 7: whatever a forged cursor holds, it is a key of the list or an invalid cursor', async (t) => {
    for (const [list, listing] of LISTINGS) {
      const cursor = cursors.get(list)
      const [, key = ''] = Buffer.from(cursor ?? '', 'base64url')
        .toString()
        .split(/\n(.*)/s)
      if (cursor !== undefined) t.equal(cursorOf(key, listing), cursor, `${list}: a cursor that was handed out`)
      for (const forged of [...FORGED, ...spoilt(key)]) {
        const name = list.endsWith('/events?') && !list.includes('models') ? 'after' : 'cursor'
        const answer = await attempt('GET', `${list}${name}=${cursorOf(forged, listing)}`)
        const said = `${list} ${JSON.stringify(forged)}: ${answer.text.slice(0, 120)}`
        if (answer.status === 200) t.match(forged, /^[\w .:/~{}",-]+$/, said)
        else t.equal(answer.body.type, '/problems/invalid-cursor', said)
      }
    }
  })

  await t.test('case 48: a cursor of one list is refused by every other', async (t) => {
    for (const [made, cursor] of cursors) {
      for (const list of [...lists, '/v1/ratings?'].filter((other) => other !== made))
        await refuses(t, { method: 'GET', url: `${list}cursor=${cursor}` }, 'invalid-cursor')
    }
  })

  await t.test('case 48: a cursor of other filters or of another customer is refused', async (t) => {
    const cursor = cursors.get('/v1/customers?')
    await refuses(t, { method: 'GET', url: `/v1/customers?kind=company&cursor=${cursor}` }, 'invalid-cursor')
    const invoices = cursors.get('/v1/customers/C-1/invoices?')
    await refuses(t, { method: 'GET', url: `/v1/customers/C-2/invoices?cursor=${invoices}` }, 'invalid-cursor')
    await refuses(
      t,
      { method: 'GET', url: `/v1/customers/C-1/invoices?open=true&cursor=${invoices}` },
      'invalid-cursor'
    )
  })

  await t.test('a cursor fits its filters in whatever order they are written', async (t) => {
    const page = await send('GET', '/v1/customers?kind=company&country=CN&limit=1')
    const next = await send('GET', `/v1/customers?cursor=${page.body.nextCursor}&country=CN&limit=1&kind=company`)
    t.equal(next.status, 200)
    t.equal(next.body.items[0].customerId, 'C-3')
  })
})

/** Lists that grow at their end, and are asked for again from where they were. */
const TO_FOLLOW = ['/v1/audit/self-check', '/v1/events', '/v1/organisation/events', '/v1/ratings']

const ofCustomer = (list: string, filters: object = {}) => ({ list, customerId: 'C-1', ...filters })

/** What the cursors of each list are bound to. Anyone may know it. */
const LISTINGS: readonly (readonly [list: string, listing: Listing])[] = [
  ['/v1/customers?', { list: 'customers' }],
  ['/v1/customers/C-1/statements?', ofCustomer('statements')],
  ['/v1/customers/C-1/evidence?', ofCustomer('evidence')],
  ['/v1/customers/C-1/invoices?', ofCustomer('invoices')],
  ['/v1/customers/C-1/exposure-items?', ofCustomer('exposure-items')],
  ['/v1/customers/C-1/securities?', ofCustomer('securities')],
  ['/v1/customers/C-1/reconciliations?', ofCustomer('reconciliations')],
  ['/v1/exchange-rates?', { list: 'exchange-rates' }],
  ['/v1/customers/C-1/payments?', ofCustomer('credits', { kind: 'payment' })],
  ['/v1/customers/C-1/credit-notes?', ofCustomer('credits', { kind: 'credit_note' })],
  ['/v1/customers/C-1/discounts?', ofCustomer('credits', { kind: 'discount' })],
  ['/v1/customers/C-1/assessments?', ofCustomer('assessments')],
  ['/v1/customers/C-1/limit-decisions?', ofCustomer('limit-decisions')],
  ['/v1/customers/C-1/journal?', ofCustomer('journal')],
  ['/v1/credit-checks?', { list: 'credit-checks' }],
  ['/v1/blocked-orders?', { list: 'blocked-orders', state: 'open' }],
  ['/v1/recheck-runs?', { list: 'recheck-runs' }],
  ['/v1/rescoring-runs?', { list: 'rescoring-runs' }],
  ['/v1/models?', { list: 'models' }],
  ['/v1/policies?', { list: 'policies' }],
  ['/v1/models/wholesale/versions/1/events?', { list: 'model-events', modelId: 'wholesale', version: 1 }],
  ['/v1/api-keys?', { list: 'api-keys' }],
  ['/v1/change-requests?', { list: 'change-requests' }],
  ['/v1/organisation/journal?', { list: 'organisation-journal' }],
  ['/v1/ratings?', { list: 'ratings' }],
  ['/v1/events?', { list: 'events' }],
  ['/v1/organisation/events?', { list: 'organisation-events' }],
  ['/v1/audit/self-check?', { list: 'self-check' }]
]

const FORGED = [
  ...['', ' ', 'x', 'x y', 'x/y', 'x/y/z', 'x y z', '\0', 'C-1\0', "C-1'", '😀', '-1', '1.5', '1e9', '0x10', 'NaN'],
  ...['2147483648', '9223372036854775808', '9'.repeat(400), 'wholesale 2147483648', 'wholesale 1e1', 'wholesale -1'],
  ...['USD/CNY/2026-02-30', 'USD/CNY/0000-01-01', 'USD/CNY/x', 'USD/CNY/infinity', 'usd/cny/2026-03-01'],
  ...['2026-13-01T00:00:00.000Z C-1 O-1', 'infinity C-1 O-1', 'x C-1 O-1', '-2 0 C-1', '1 x C-1', '1 1 \0'],
  ...['null', '{}', '[]', '{"of":"customers"}', '{"of":"customers","after":7}', '{"of":"keys","after":"x"}'],
  ...['{"of":"keys","after":null}', '{"of":"nobody","after":"C-1"}', '{"of":"customers","after":"C-1","more":1}']
]

/** A key with some of its characters replaced, taken out or added. */
function spoilt(key: string): string[] {
  return [
    `${key} `,
    ` ${key}`,
    `${key}\0`,
    key.slice(1),
    key.slice(0, -1),
    key.replace(/\d/, '😀'),
    key.replace(/\d+/g, '9'.repeat(30))
  ]
}

/** The path of a list as the document writes it. */
function templateOf(list: string): string {
  return list
    .slice(0, -1)
    .replace('C-1', '{customerId}')
    .replace('wholesale/versions/1', '{modelId}/versions/{version}')
}
