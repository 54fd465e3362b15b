import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { situationBeginning } from '../../../src/accounts/store.ts'
import { isReevaluationDue, workAtReevaluations } from '../../../src/checks/commands/reevaluate.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenCustomer, givenLimit, givenRated, setLimit } from '../../given.ts'
import { workAtRechecks, workAtRescorings } from '../../runs/at-work.ts'
import type { TestAnswer } from '../../service.ts'
import { type ContractService, contractService } from '../contract.ts'

const url = '/v1/credit-checks'
const DAY = '2026-03-31'
const RELEASE = { decision: 'release', reasonCode: 'PAYMENT-PROMISED', comment: 'The slip was seen.' }

const checks =
  (service: ContractService) =>
  async (customerId: string, orderId: string, amount: string, more = {}) =>
    (await service.send('POST', url, { customerId, orderId, amount: cny(amount), ...more })).body

/** What a service that runs for long does by itself. */
async function reevaluated({ deps }: ContractService): Promise<void> {
  if (await isReevaluationDue(deps)) await workAtReevaluations(deps, new AbortController().signal)
}

async function sound(t: Test, { send }: ContractService): Promise<void> {
  const { body } = await send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings))
}

t.test('orders that wait', async (t) => {
  const service = await contractService(t)
  const { send, attempt, clockTo, refuses, footprint } = service
  // What becomes due is worked at where the test says so.
  Object.assign(service.deps.jobs, { look: async () => undefined })
  const check = checks(service)
  const read = async (checkId: string) => (await send('GET', `${url}/${checkId}`)).body
  const waiting = async (query = '') =>
    (await send('GET', `/v1/blocked-orders${query}`)).body.items.map(({ orderId }: { orderId: string }) => orderId)
  await givenLimit(service, 'C-1', '100000.00')
  const first = await check('C-1', 'SO-1', '90000.00')
  const second = await check('C-1', 'SO-2', '50000.00')

  await t.test('201: an order that is not approved is blocked, and the list says why', async (t) => {
    t.match(second, {
      outcome: 'referred',
      reservation: null,
      block: {
        state: 'open',
        automatic: true,
        openedAt: `${DAY}T12:00:00.000Z`,
        validUntil: '2026-04-30T12:00:00.000Z'
      }
    })
    t.same((await read(second.checkId)).block, second.block)
    const { items } = (await send('GET', '/v1/blocked-orders?customerId=C-1')).body
    t.match(items, [
      { orderId: 'SO-2', checkId: second.checkId, amount: cny('50000.00'), outcome: 'referred', block: { version: 1 } }
    ])
    t.match(items[0].reasons, [{ code: 'LIMIT_EXCEEDED' }])
    t.match(items[0].askedBy, /^key_/)
  })

  await t.test('a new check of the order takes the block over, and it keeps its place', async (t) => {
    await clockTo(`${DAY}T12:10:00.000Z`)
    const again = await check('C-1', 'SO-2', '40000.00')
    t.match(again.block, { state: 'open', openedAt: `${DAY}T12:00:00.000Z`, version: 2 })
    t.equal((await read(second.checkId)).block, null)
    t.same(await waiting(), ['SO-2'], 'one block for one order')
  })

  await t.test('complaint 1: what comes free is given to those that wait, first come first served', async (t) => {
    await check('C-1', 'SO-3', '70000.00')
    await check('C-1', 'SO-4', '5000.00', { termsDays: 365 })
    await check('C-1', 'SO-5', '20000.00')
    t.same(await waiting(), ['SO-2', 'SO-3', 'SO-4', 'SO-5'])
    await send('POST', `${url}/${first.checkId}/releases`, {})
    t.equal(await isReevaluationDue(service.deps), true)
    await reevaluated(service)
    t.equal(await isReevaluationDue(service.deps), false)
    t.same(await waiting(), ['SO-3', 'SO-4', 'SO-5'], 'SO-5 does not overtake SO-3, which waits for headroom alone')
    const { items } = (await send('GET', `${url}?customerId=C-1&orderId=SO-2&outcome=approved`)).body
    t.match(items, [{ amount: cny('40000.00'), reservation: { state: 'active', open: cny('40000.00') }, block: null }])
    const before = await read(items[0].previousCheckId)
    t.match(before.block, { state: 'approved', closedBy: 'reevaluation', nextCheckId: items[0].checkId })
    const { items: entries } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(entries.at(-1), { type: 'check.decided', actor: 'reevaluation', subject: items[0].checkId })
    t.match((await send('GET', `${url}/${items[0].checkId}/replay`)).body, { same: true })
  })

  await t.test('an order that something else stops holds nobody up', async (t) => {
    await setLimit(service, 'C-1', '300000.00')
    await reevaluated(service)
    t.same(await waiting(), ['SO-4'], 'its terms are too long')
  })

  await t.test('an order that waits no more holds nobody up any longer', async (t) => {
    await givenLimit(service, 'C-Q', '10000.00')
    const held = await check('C-Q', 'SO-0', '10000.00')
    const ahead = await check('C-Q', 'SO-1', '8000.00')
    await check('C-Q', 'SO-2', '3000.00')
    await send('POST', `${url}/${held.checkId}/adjustments`, { amount: cny('6000.00') })
    await reevaluated(service)
    t.same(await waiting('?customerId=C-Q'), ['SO-1', 'SO-2'], 'it does not overtake')
    await send('POST', `${url}/${ahead.checkId}/withdrawals`, {})
    await reevaluated(service)
    t.same(await waiting('?customerId=C-Q'), [])
    await check('C-Q', 'SO-3', '9000.00')
    await check('C-Q', 'SO-4', '1500.00')
    await send('POST', `${url}/${held.checkId}/adjustments`, { amount: cny('5000.00') })
    await reevaluated(service)
    t.same(await waiting('?customerId=C-Q'), ['SO-3', 'SO-4'])
    t.match(await check('C-Q', 'SO-3', '100.00'), { outcome: 'approved' }, 'it is asked about anew, for less')
    await reevaluated(service)
    t.same(await waiting('?customerId=C-Q'), [])
  })

  await t.test('whoever asks next finds those served that waited', async (t) => {
    await givenLimit(service, 'C-2', '10000.00')
    const held = await check('C-2', 'SO-1', '10000.00')
    await check('C-2', 'SO-2', '8000.00')
    await send('POST', `${url}/${held.checkId}/releases`, {})
    t.match(await check('C-2', 'SO-3', '8000.00'), { outcome: 'referred', availableBefore: cny('2000.00') })
    t.same(await waiting('?customerId=C-2'), ['SO-3'])
  })

  await t.test('an order that is asked about anew is decided in its place, as it is asked about now', async (t) => {
    const queue = async (customerId: string, room = '10000.00') => {
      await givenLimit(service, customerId, '10000.00')
      const held = await check(customerId, 'SO-0', room)
      if (room === '6000.00') await check(customerId, 'SO-00', '4000.00')
      await check(customerId, 'SO-1', '8000.00')
      await check(customerId, 'SO-2', '5000.00')
      await check(customerId, 'SO-3', '3000.00')
      await send('POST', `${url}/${held.checkId}/releases`, {})
    }
    const ask = (customerId: string, orderId: string, amount: string, more = {}) =>
      send('POST', url, { customerId, orderId, amount: cny(amount), ...more }, { 'idempotency-key': customerId })
    await queue('C-13')
    const smaller = await ask('C-13', 'SO-1', '6000.00', { termsDays: 30 })
    t.match(smaller, { status: 201, body: { outcome: 'approved', termsDays: 30, availableBefore: cny('10000.00') } })
    t.same(await waiting('?customerId=C-13'), ['SO-2', 'SO-3'], 'SO-3 does not overtake SO-2')
    await queue('C-14')
    t.match(await ask('C-14', 'SO-2', '1500.00'), {
      body: { outcome: 'approved', availableBefore: cny('2000.00') }
    })
    t.same(await waiting('?customerId=C-14'), ['SO-3'], 'SO-1 was first')
    await queue('C-15', '6000.00')
    t.match(await ask('C-15', 'SO-1', '9000.00'), { body: { outcome: 'referred', block: { version: 2 } } })
    t.same(await waiting('?customerId=C-15'), ['SO-1', 'SO-2', 'SO-3'], 'it keeps the others waiting')
    await queue('C-16')
    const wrong = { customerId: 'C-16', orderId: 'SO-1', amount: cny('6000.00'), prepaid: cny('6000.01') }
    t.match(await attempt('POST', url, wrong), { status: 400 })
    t.same(await waiting('?customerId=C-16'), ['SO-2', 'SO-3'], 'a request that is refused changes nothing')
    await queue('C-17')
    await ask('C-17', 'SO-4', '9000.00')
    t.same(await waiting('?customerId=C-17'), ['SO-2', 'SO-3', 'SO-4'])
    await setLimit(service, 'C-17', '20000.00')
    const replayed = await ask('C-17', 'SO-4', '9000.00')
    t.match(replayed, { headers: { 'idempotency-replayed': 'true' }, body: { outcome: 'referred' } })
    await reevaluated(service)
    t.same(await waiting('?customerId=C-17'), ['SO-4'], 'a retry is no new request')
  })

  await t.test('complaint 24: nothing passes a manual hold by itself, and once it is lifted it does', async (t) => {
    await givenLimit(service, 'C-3', '10000.00')
    await send('PUT', '/v1/customers/C-3/hold', { reason: 'Bill returned unpaid' })
    t.match(await check('C-3', 'SO-1', '1000.00'), { outcome: 'declined', block: { state: 'open' } })
    await setLimit(service, 'C-3', '20000.00')
    await reevaluated(service)
    t.same(await waiting('?customerId=C-3'), ['SO-1'])
    await send('DELETE', '/v1/customers/C-3/hold')
    await reevaluated(service)
    t.same(await waiting('?customerId=C-3'), [])
  })

  await t.test('each kind of event that may raise headroom is followed', async (t) => {
    await givenLimit(service, 'C-4', '10000.00')
    const invoice = { amount: cny('10000.00'), issuedOn: DAY, dueOn: '2026-06-30' }
    await send('PUT', '/v1/customers/C-4/invoices/I-1', invoice)
    const events: [string, () => Promise<unknown>][] = [
      [
        'payment',
        () => send('POST', '/v1/customers/C-4/payments', { paymentId: 'P-1', receivedOn: DAY, amount: cny('100.00') })
      ],
      [
        'credit note',
        () =>
          send('POST', '/v1/customers/C-4/credit-notes', { creditNoteId: 'N-1', issuedOn: DAY, amount: cny('100.00') })
      ],
      ['invoice', () => send('PUT', '/v1/customers/C-4/invoices/I-1', { ...invoice, amount: cny('9900.00') })],
      [
        'security',
        () =>
          send('PUT', '/v1/customers/C-4/securities/G-1', {
            kind: 'guarantee',
            provider: 'Bank',
            amount: cny('100.00'),
            coverShare: 1,
            validFrom: DAY,
            required: false
          })
      ],
      ['limit', () => setLimit(service, 'C-4', '11000.00')]
    ]
    for (const [name, event] of events) {
      t.match(await check('C-4', `SO-${name.slice(0, 3)}`, '100.00'), { outcome: 'referred' }, name)
      await event()
      await reevaluated(service)
      t.same(await waiting('?customerId=C-4'), [], name)
    }
  })

  await t.test('a new rating is followed, one by one and of the whole portfolio', async (t) => {
    await givenRated(service, 'C-5')
    t.match(await check('C-5', 'SO-1', '100.00'), { outcome: 'referred' })
    await send('POST', '/v1/customers/C-5/assessments', {})
    t.equal(await isReevaluationDue(service.deps), true)
    await reevaluated(service)
    await givenCustomer(service, 'C-10')
    t.match(await check('C-10', 'SO-1', '100.00'), { outcome: 'referred' })
    t.equal(await isReevaluationDue(service.deps), false)
    await send('POST', '/v1/rescoring-runs', {})
    await workAtRescorings(service.deps, new AbortController().signal)
    t.equal(await isReevaluationDue(service.deps), true)
    await reevaluated(service)
  })

  await t.test('a customer whose orders cannot be decided again keeps no other waiting', async (t) => {
    for (const customerId of ['C-11', 'C-12']) {
      await givenLimit(service, customerId, '10000.00')
      await check(customerId, 'SO-1', '11000.00')
      await setLimit(service, customerId, '20000.00')
    }
    const unreadable = (situation: string | null, situationOn: string | null) =>
      service.deps.db
        .updateTable('creditAccounts')
        .set({ situation, situationOn })
        .where('customerId', '=', idOf<CustomerId>('C-11'))
        .execute()
    await unreadable(`${situationBeginning(service.deps.policy)}?`, DAY)
    await t.rejects(reevaluated(service), SyntaxError)
    t.same(await waiting('?customerId=C-12'), [])
    t.equal(await isReevaluationDue(service.deps), true, 'it is tried again')
    await unreadable(null, null)
    await reevaluated(service)
    t.same(await waiting('?customerId=C-11'), [])
  })

  await t.test('an order that asks not to be decided again waits for a person', async (t) => {
    await givenLimit(service, 'C-6', '10000.00')
    t.match(await check('C-6', 'SO-1', '11000.00', { reevaluate: false }), { block: { automatic: false } })
    await setLimit(service, 'C-6', '20000.00')
    await reevaluated(service)
    t.same(await waiting('?customerId=C-6'), ['SO-1'])
  })

  await t.test('201: a later check that is approved ends the block', async (t) => {
    t.match(await check('C-6', 'SO-1', '11000.00'), { outcome: 'approved', block: null, previousCheckId: null })
    t.same(await waiting('?customerId=C-6&state=approved'), ['SO-1'])
  })

  await t.test('201: a withdrawn order is not decided again', async (t) => {
    await givenLimit(service, 'C-7', '10000.00')
    const { checkId } = await check('C-7', 'SO-1', '11000.00')
    const answer = await send('POST', `${url}/${checkId}/withdrawals`, { reason: 'Cancelled' })
    t.match(answer, { status: 201, headers: { etag: '"2"', location: `${url}/${checkId}` } })
    t.match(answer.body.block, { state: 'withdrawn', comment: 'Cancelled', closedAt: /T/ })
    await setLimit(service, 'C-7', '20000.00')
    await reevaluated(service)
    t.same(await waiting('?customerId=C-7&state=withdrawn'), ['SO-1'])
    const request = { method: 'POST', url: `${url}/${checkId}/withdrawals`, body: {} } as const
    t.match((await refuses(t, request, 'order-not-blocked')).body, { state: 'withdrawn' })
    await refuses(t, { ...request, url: `${url}/chk_00000000000000000000000000/withdrawals` }, 'not-found')
    const next = await check('C-7', 'SO-2', '21000.00')
    await refuses(t, { ...request, body: { reason: '' } }, 'validation-error', ['/reason'])
    const headers = { 'idempotency-key': 'withdraw' }
    const before = await footprint()
    const withdrawals = `${url}/${next.checkId}/withdrawals`
    t.match(await send('POST', `${withdrawals}?dryRun=true`, {}), {
      status: 200,
      body: { block: { state: 'withdrawn' } }
    })
    t.equal(await footprint(), before)
    await send('POST', withdrawals, {}, headers)
    t.match(await send('POST', withdrawals, {}, headers), { headers: { 'idempotency-replayed': 'true' } })
    await refuses(t, { ...request, url: withdrawals, body: { reason: 'x' }, headers }, 'idempotency-key-reused')
    const invalid = { 'idempotency-key': 'x'.repeat(256) }
    await refuses(t, { ...request, url: withdrawals, headers: invalid }, 'idempotency-key-invalid')
  })

  await t.test('a block that waits too long lapses, in reads at once and on record with the next look', async (t) => {
    await givenLimit(service, 'C-8', '10000.00')
    const { checkId } = await check('C-8', 'SO-1', '11000.00')
    await clockTo('2026-05-15')
    t.match((await read(checkId)).block, { state: 'lapsed', closedBy: 'clock' })
    t.same(await waiting('?customerId=C-8'), [])
    t.same(await waiting('?customerId=C-8&state=lapsed'), ['SO-1'])
    await setLimit(service, 'C-8', '20000.00')
    await reevaluated(service)
    const { items } = (await send('GET', '/v1/customers/C-8/journal')).body
    t.match(items.at(-1), { type: 'order.lapsed', subject: checkId })
    t.match((await read(checkId)).block, { state: 'lapsed', closedBy: 'clock', version: 2 })
  })

  await t.test('the list comes in pages, the longest wait first', async (t) => {
    await givenLimit(service, 'C-9', '10000.00')
    for (let index = 1; index <= 5; index += 1) await check('C-9', `SO-${index}`, '20000.00')
    const page = (await send('GET', '/v1/blocked-orders?customerId=C-9&limit=3')).body
    t.equal(page.items.length, 3)
    const rest = (await send('GET', `/v1/blocked-orders?customerId=C-9&limit=3&cursor=${page.nextCursor}`)).body
    const ids = [...page.items, ...rest.items].map(({ orderId }) => orderId)
    t.same(ids, ['SO-1', 'SO-2', 'SO-3', 'SO-4', 'SO-5'])
    await refuses(t, { method: 'GET', url: `/v1/blocked-orders?cursor=${page.nextCursor}` }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: '/v1/blocked-orders?state=x' }, 'validation-error', ['/query/state'])
  })

  await t.test('a credit note that a manual hold stops is no order that waits', async (t) => {
    await send('PUT', '/v1/customers/C-9/hold', { reason: 'x' })
    t.match(await check('C-9', 'CN-1', '1.00', { kind: 'credit_note' }), { outcome: 'declined', block: null })
  })

  await t.test('the ledger is sound after all this', (t) => sound(t, service))
  t.same(service.unanswered('withdrawOrder', 'listBlockedOrders'), [], 'every documented answer was given')
})

t.test('however many orders of a customer wait, each gets its turn', async (t) => {
  const service = await contractService(t)
  const { send, clockTo, deps } = service
  Object.assign(deps.jobs, { look: async () => undefined })
  const check = checks(service)
  await givenLimit(service, 'C-1', '10000.00')
  const stopped = await check('C-1', 'SO-0000', '100.00', { termsDays: 365 })
  await check('C-1', 'SO-9998', '11000.00', { reevaluate: false })
  const copies = 1_100
  await sql`
    insert into blocked_orders (customer_id, order_id, check_id, state, automatic, amount_minor, request, asked_by, opened_at, first_check_id,
      valid_until, version)
    select customer_id, name, check_id, state, n > 5, amount_minor, replace(request, order_id, name), asked_by,
      opened_at + n * interval '1 second', first_check_id, valid_until, version
    from blocked_orders, generate_series(1, ${copies}::integer) as n, concat('SO-', lpad(n::text, 4, '0')) as name
    where order_id = 'SO-0000'`.execute(deps.db)
  await sql`update credit_accounts set blocked_orders = blocked_orders + ${copies}::integer where customer_id = 'C-1'`.execute(
    deps.db
  )
  await clockTo(`${DAY}T13:00:00.000Z`)
  await check('C-1', 'SO-9999', '11000.00')
  const approved = async () =>
    (await send('GET', `${url}?customerId=C-1&outcome=approved`)).body.items.map(
      ({ orderId }: { orderId: string }) => orderId
    )

  await t.test('what is too much for one transaction stays due, and the next goes on there', async (t) => {
    await setLimit(service, 'C-1', '15000.00')
    await reevaluated(service)
    t.same(await approved(), [])
    t.equal(await isReevaluationDue(deps), true)
    await reevaluated(service)
    t.same(await approved(), ['SO-9999'])
    t.equal(await isReevaluationDue(deps), false)
  })

  await t.test('what makes room meanwhile has all of them decided again from the first on', async (t) => {
    await clockTo(`${DAY}T13:10:00.000Z`)
    await setLimit(service, 'C-1', '16000.00')
    await reevaluated(service)
    t.equal(await isReevaluationDue(deps), true)
    await sql`update blocked_orders set request = replace(request, '365', '30') where order_id = 'SO-0000'`.execute(
      deps.db
    )
    await clockTo(`${DAY}T13:20:00.000Z`)
    await setLimit(service, 'C-1', '17000.00')
    await reevaluated(service)
    t.same((await approved()).toSorted(), ['SO-0000', 'SO-9999'])
    await reevaluated(service)
    t.equal(await isReevaluationDue(deps), false)
    t.match((await send('GET', `${url}/${stopped.checkId}`)).body.block, { state: 'approved' })
  })

  await t.test('the time of all of them is up at once', async (t) => {
    await clockTo('2026-06-30')
    await setLimit(service, 'C-1', '18000.00')
    await reevaluated(service)
    t.same((await send('GET', '/v1/blocked-orders?customerId=C-1')).body.items, [])
    t.equal(await isReevaluationDue(deps), false)
    await sound(t, service)
  })
})

t.test('what a person decides about an order', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint, clockTo, authorization } = service
  const check = checks(service)
  const person = { authorization: await authorization('release') }
  const seen = (version: number, more = {}) => ({ ...person, 'if-match': `"${version}"`, ...more })
  const decide = (checkId: string, body: object, headers: Record<string, string> = seen(1)) =>
    send('POST', `${url}/${checkId}/decisions`, body, headers)
  const request = (checkId: string, body: object, headers: Record<string, string> = seen(1)) =>
    ({ method: 'POST', url: `${url}/${checkId}/decisions`, body, headers }) as const
  await givenLimit(service, 'C-1', '100000.00')

  await t.test('201: a release passes the order over what stops it, holds it, and says so', async (t) => {
    const blocked = await check('C-1', 'SO-1', '120000.00', { termsDays: 120 })
    t.equal((await send('GET', `${url}/${blocked.checkId}`)).headers.etag, '"1"', 'the version to name')
    const answer = await decide(blocked.checkId, { ...RELEASE, tolerance: { share: 0.1 }, validDays: 14 })
    t.equal(answer.status, 201)
    t.not(answer.body.checkId, blocked.checkId)
    t.match(answer.body, {
      outcome: 'approved',
      previousCheckId: blocked.checkId,
      releaseId: /^rel_/,
      reservation: { state: 'active', open: cny('120000.00') },
      block: null
    })
    t.equal(answer.headers.location, `${url}/${answer.body.checkId}`)
    const exempt = answer.body.steps.filter(({ result }: { result: string }) => result === 'exempt')
    t.match(
      exempt.map(({ code }: { code: string }) => code),
      ['headroom', 'largest_order', 'terms']
    )
    for (const { exemptedBy, exemptUntil } of exempt)
      t.same([exemptedBy, exemptUntil], [answer.body.releaseId, '2026-04-14T12:00:00.000Z'])
    t.match((await send('GET', `${url}/${blocked.checkId}`)).body.block, {
      state: 'released',
      nextCheckId: answer.body.checkId,
      reasonCode: 'PAYMENT-PROMISED',
      comment: 'The slip was seen.',
      version: 2
    })
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(
      items.slice(-2).map(({ type }: { type: string }) => type),
      ['order.released', 'check.decided']
    )
    t.match((await send('GET', `${url}/${answer.body.checkId}/replay`)).body, { same: true })

    await t.test('complaint 2: within its tolerance and time the order is not blocked again', async (t) => {
      await send('POST', `${url}/${answer.body.checkId}/releases`, {})
      const again = await check('C-1', 'SO-1', '132000.00', { termsDays: 120 })
      t.match(again, { outcome: 'approved', releaseId: answer.body.releaseId })
      t.match((await send('POST', `${url}/${again.checkId}/adjustments`, { increase: cny('0.01') })).body, {
        outcome: 'referred'
      })
      await send('POST', `${url}/${again.checkId}/releases`, {})
      t.match(await check('C-1', 'SO-1', '132000.01', { termsDays: 120 }), { outcome: 'referred' }, 'above it')
    })

    await t.test('an increase within the tolerance passes as well', async (t) => {
      const again = await check('C-1', 'SO-1', '130000.00', { termsDays: 120 })
      t.match((await send('POST', `${url}/${again.checkId}/adjustments`, { amount: cny('132000.00') })).body, {
        outcome: 'approved',
        decision: { releaseId: answer.body.releaseId }
      })
      await send('POST', `${url}/${again.checkId}/captures`, {
        amount: cny('100000.00'),
        invoiceId: 'I-1',
        final: true
      })
      t.match(
        await check('C-1', 'SO-1', '32000.01', { termsDays: 120 }),
        { outcome: 'referred' },
        'what was captured on the release is used up'
      )
    })

    await t.test('what newly stops the order is not exempt', async (t) => {
      await send('PUT', '/v1/customers/C-1/hold', { reason: 'Petition for insolvency' })
      t.match(await check('C-1', 'SO-1', '1000.00', { termsDays: 120 }), { outcome: 'declined' })
      await send('DELETE', '/v1/customers/C-1/hold')
    })

    await t.test('after its time the release exempts nothing', async (t) => {
      await clockTo('2026-04-14T12:00:00.001Z')
      t.match(await check('C-1', 'SO-1', '1000.00', { termsDays: 120 }), { outcome: 'referred', releaseId: null })
    })
  })

  await t.test('what is captured of a released order uses up its share of what was prepaid, too', async (t) => {
    await givenLimit(service, 'C-17', '10000.00')
    const ask = (amount: string, prepaid: string) => check('C-17', 'SO-1', amount, { prepaid: cny(prepaid) })
    const { checkId } = await ask('120000.00', '20000.00')
    const released = await decide(checkId, RELEASE)
    t.match(released.body, { outcome: 'approved', reservation: { open: cny('100000.00') } })
    const captured = { amount: cny('50000.00'), invoiceId: 'I-17', final: true }
    await send('POST', `${url}/${released.body.checkId}/captures`, captured)
    t.match(await ask('60000.01', '10000.00'), { outcome: 'referred' }, 'more than is left of it')
    const rest = await ask('60000.00', '10000.00')
    t.match(rest, { outcome: 'approved', releaseId: released.body.releaseId, reservation: { open: cny('50000.00') } })
    await send('POST', `${url}/${rest.checkId}/captures`, { amount: cny('25000.00'), invoiceId: 'I-18', final: false })
    await send('POST', '/v1/recheck-runs', {})
    await workAtRechecks(service.deps, null, new AbortController().signal)
    const [run] = (await send('GET', '/v1/recheck-runs')).body.items
    t.same(
      run.findings.filter(({ customerId }: { customerId: string }) => customerId === 'C-17'),
      [],
      'what it holds and has captured is still released'
    )
  })

  await t.test(
    '201: an order in another currency is released for what it comes to on the day of the release',
    async (t) => {
      await givenLimit(service, 'C-10', '10000.00')
      const rate = (day: string, value: number) =>
        send('PUT', `/v1/exchange-rates/EUR/CNY/${day}`, { rate: value, source: 'Bank' })
      await rate('2026-03-31', 7.5)
      const wanted = { customerId: 'C-10', orderId: 'SO-1', amount: { amount: '2000.00', currency: 'EUR' } }
      const { checkId, amount } = (await send('POST', url, wanted)).body
      t.same(amount, cny('15000.00'))
      await rate('2026-04-14', 7.6)
      const answer = await decide(checkId, { ...RELEASE, tolerance: { share: 0.1 } })
      t.match(answer, { status: 201, body: { outcome: 'approved', reservation: { open: cny('15200.00') } } })
      await send('POST', `${url}/${answer.body.checkId}/releases`, {})
      const grown = { ...wanted, amount: { amount: '2200.00', currency: 'EUR' } }
      t.match((await send('POST', url, grown)).body, { outcome: 'approved', amount: cny('16720.00') })
    }
  )

  await t.test(
    '201: without a stated end the policy says how long; an instant and an amount can be stated',
    async (t) => {
      await givenLimit(service, 'C-2', '10000.00')
      const one = await check('C-2', 'SO-1', '20000.00')
      const until = ({ body }: TestAnswer) =>
        body.steps.find(({ exemptUntil }: { exemptUntil: string | null }) => exemptUntil !== null).exemptUntil
      t.equal(until(await decide(one.checkId, RELEASE)), '2026-05-14T12:00:00.001Z')
      const two = await check('C-2', 'SO-2', '20000.00')
      const stated = { ...RELEASE, tolerance: { amount: cny('5.00') }, validUntil: '2026-05-01T00:00:00+02:00' }
      const released = await decide(two.checkId, stated)
      t.equal(until(released), '2026-04-30T22:00:00.000Z')
      await send('POST', `${url}/${released.body.checkId}/releases`, {})
      t.match(await check('C-2', 'SO-2', '20005.00'), { outcome: 'approved' })
    }
  )

  await t.test('201: a rejected order is not decided again by itself', async (t) => {
    await givenLimit(service, 'C-3', '10000.00')
    const { checkId } = await check('C-3', 'SO-1', '11000.00')
    const answer = await decide(checkId, { decision: 'reject', reasonCode: 'RISK', comment: 'Too much for this one.' })
    t.match(answer, { status: 201, headers: { etag: '"2"' } })
    t.match(answer.body, { checkId, outcome: 'referred', block: { state: 'rejected', reasonCode: 'RISK', version: 2 } })
    const { items } = (await send('GET', '/v1/customers/C-3/journal')).body
    t.match(items.at(-1), { type: 'order.rejected', subject: checkId })
    await setLimit(service, 'C-3', '20000.00')
    t.equal(await isReevaluationDue(service.deps), false)
    t.match(
      (await refuses(t, request(checkId, RELEASE, seen(2)), 'order-not-blocked')).body,
      { state: 'rejected' },
      'it is decided once'
    )
  })

  await t.test('a rejection ends the releases that the order had before, not those that it gets after', async (t) => {
    await givenLimit(service, 'C-11', '10000.00')
    const ask = (amount: string) => check('C-11', 'SO-1', amount)
    const giveBack = (id: string) => send('POST', `${url}/${id}/releases`, {})
    const blocked = await ask('12000.00')
    const released = (await decide(blocked.checkId, RELEASE)).body
    await giveBack(released.checkId)
    const more = await ask('15000.00')
    const reject = { decision: 'reject', reasonCode: 'RISK', comment: 'Not any more.' }
    t.match(await decide(more.checkId, reject, seen(more.block.version)), { status: 201 })
    const again = await ask('12000.00')
    t.match(again, { outcome: 'referred', releaseId: null, block: { state: 'open' } })
    const anew = (await decide(again.checkId, RELEASE, seen(again.block.version))).body
    t.not(anew.releaseId, released.releaseId)
    await giveBack(anew.checkId)
    t.match(await ask('12000.00'), { outcome: 'approved', releaseId: anew.releaseId })
  })

  await t.test('complaint 24: no release goes past a manual hold', async (t) => {
    await givenLimit(service, 'C-4', '10000.00')
    await send('PUT', '/v1/customers/C-4/hold', { reason: 'Bill returned unpaid' })
    const { checkId } = await check('C-4', 'SO-1', '1000.00')
    await refuses(t, request(checkId, RELEASE), 'manual-hold-in-force')
  })

  const { checkId } = await check('C-2', 'SO-9', '20000.00')

  await t.test('case 46: who asked for the check cannot release it', async (t) => {
    const both = { authorization: await authorization('release', 'check') }
    const order = { customerId: 'C-2', orderId: 'SO-10', amount: cny('20000.00') }
    const { body } = await send('POST', url, order, both)
    await refuses(t, request(body.checkId, RELEASE, { ...both, 'if-match': '"1"' }), 'four-eyes')
    const reject = { decision: 'reject', reasonCode: 'RISK', comment: 'x' }
    t.match(await decide(body.checkId, reject, { ...both, 'if-match': '"1"' }), { status: 201 }, 'but reject it')
    const key = { ...seen(1), authorization: await authorization('check') }
    await refuses(t, request(checkId, RELEASE, key), 'insufficient-scope')
  })

  await t.test('attack 4: a key that another one made releases nothing before it is confirmed', async (t) => {
    const maker = { authorization: await authorization('keys') }
    const { body } = await send('POST', '/v1/api-keys', { name: 'Desk', scopes: ['release'] }, maker)
    const headers = { authorization: `Bearer ${body.key}`, 'if-match': '"1"' }
    await refuses(t, request(checkId, RELEASE, headers), 'key-unconfirmed')
  })

  await t.test('case 46: nor can who asked before, while it waits, and let another key ask again', async (t) => {
    const both = { authorization: await authorization('release', 'check') }
    const order = { customerId: 'C-2', orderId: 'SO-11', amount: cny('20000.00') }
    await send('POST', url, order, both)
    const again = await check('C-2', 'SO-11', '21000.00')
    await refuses(t, request(again.checkId, RELEASE, { ...both, 'if-match': '"2"' }), 'four-eyes')
    t.match(await decide(again.checkId, RELEASE, seen(2)), { status: 201 }, 'who asked for none can')
    const { body: first } = await send('POST', url, { ...order, orderId: 'SO-12' }, both)
    await decide(first.checkId, { decision: 'reject', reasonCode: 'RISK', comment: 'x' })
    const anew = await check('C-2', 'SO-12', '20000.00')
    t.match(
      await decide(anew.checkId, RELEASE, { ...both, 'if-match': '"3"' }),
      { status: 201 },
      'a rejected request is over'
    )
  })

  await t.test('case 45: the version that the person has seen must be named', async (t) => {
    await refuses(t, request(checkId, RELEASE, person), 'precondition-required')
    await refuses(t, request(checkId, RELEASE, seen(2)), 'precondition-failed')
  })

  await t.test('409 and 404: a check that does not block its order', async (t) => {
    const approved = await check('C-3', 'SO-5', '1.00')
    t.match((await refuses(t, request(approved.checkId, RELEASE), 'order-not-blocked')).body, { state: 'approved' })
    const first = await check('C-3', 'SO-6', '30000.00')
    const second = await check('C-3', 'SO-6', '31000.00')
    t.match(
      (await refuses(t, request(first.checkId, RELEASE), 'order-not-blocked')).body,
      { state: 'open', checkId: second.checkId },
      'a later check has taken its order over'
    )
    const released = await decide(second.checkId, RELEASE, seen(2))
    t.match(
      (await refuses(t, request(second.checkId, RELEASE, seen(3)), 'order-not-blocked')).body,
      { state: 'released', checkId: undefined },
      'nothing blocks it any more'
    )
    t.match((await refuses(t, request(released.body.checkId, RELEASE), 'order-not-blocked')).body, {
      state: 'approved',
      checkId: undefined
    })
    await refuses(t, request('chk_00000000000000000000000000', RELEASE), 'not-found')
  })

  await t.test('400: what does not go together', async (t) => {
    const refused = (more: object, pointers: string[]) =>
      refuses(t, request(checkId, { ...RELEASE, ...more }), 'validation-error', pointers)
    await refused({ tolerance: { share: 0.1, amount: cny('1.00') } }, ['/tolerance'])
    await refused({ tolerance: { amount: { amount: '1.00', currency: 'USD' } } }, ['/tolerance/amount/currency'])
    await refused({ validDays: 1, validUntil: '2026-05-01T00:00:00Z' }, ['/validUntil'])
    await refused({ validUntil: '2026-04-01T00:00:00Z' }, ['/validUntil'])
    await refused({ validUntil: '2028-04-01T00:00:00Z' }, ['/validUntil'])
    await refused({ decision: 'reject', validDays: 1 }, ['/validDays'])
    await refused({ decision: 'maybe' }, ['/decision'])
  })

  await t.test('409: an order in a currency that has no rate any more', async (t) => {
    await givenLimit(service, 'C-5', '10000.00')
    const rate = { rate: 7, source: 'test' }
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-04-14', rate)
    const order = { customerId: 'C-5', orderId: 'SO-1', amount: { amount: '5000.00', currency: 'USD' } }
    const { body } = await send('POST', url, order)
    t.equal(body.outcome, 'referred')
    await service.deps.db.deleteFrom('exchangeRates').execute()
    await refuses(t, request(body.checkId, RELEASE), 'rate-missing')
  })

  await t.test('200: a dry run releases nothing', async (t) => {
    const before = await footprint()
    const answer = await send('POST', `${url}/${checkId}/decisions?dryRun=true`, RELEASE, seen(1))
    t.match(answer, { status: 200, body: { outcome: 'approved' } })
    t.equal(await footprint(), before)
  })

  await t.test('202: a tolerance that two persons have to allow waits for the second one', async (t) => {
    const wide = { ...RELEASE, tolerance: { share: 0.2 } }
    const asked = await decide(checkId, wide, seen(1))
    t.match(asked, { status: 202, body: { kind: 'release_tolerance', subject: checkId } })
    t.equal(asked.headers.location, `/v1/change-requests/${asked.body.changeRequestId}`)
    t.match((await decide(checkId, wide, seen(1))).body, asked.body, 'it is asked once')
  })

  await t.test('case 30: the same key decides once', async (t) => {
    const headers = seen(1, { 'idempotency-key': 'decide' })
    const first = await decide(checkId, RELEASE, headers)
    t.equal(first.status, 201)
    t.match(await decide(checkId, RELEASE, headers), { text: first.text, headers: { 'idempotency-replayed': 'true' } })
    await refuses(t, request(checkId, { ...RELEASE, comment: 'x' }, headers), 'idempotency-key-reused')
    const invalid = seen(1, { 'idempotency-key': 'x'.repeat(256) })
    await refuses(t, request(checkId, RELEASE, invalid), 'idempotency-key-invalid')
  })

  await t.test('the ledger is sound after all this', (t) => sound(t, service))
  t.same(service.unanswered('decideBlockedOrder'), [], 'every documented answer was given')
})
