import t, { type Test } from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/credit-checks'
const UNCHANGED = { outcome: 'approved', steps: [] }

interface Steps {
  readonly steps: readonly { readonly code: string; readonly result: string }[]
}

t.test('attack 11: an order that is asked about again is told what would come out otherwise today', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const orderOf = (customerId: string, amount: string, more: object = {}) => ({
    customerId,
    orderId: 'SO-1',
    amount: cny(amount),
    ...more
  })
  const approved = async (order: object) => {
    const { status, body } = await send('POST', url, order)
    t.match({ status, body }, { status: 201, body: { outcome: 'approved' } })
    t.notOk('changedSince' in body, 'a decision of its own is no earlier answer')
    return body
  }
  /** The repetition and the trial of a reserved order, neither of which writes anything. */
  const again = async (t: Test, order: object) => {
    // The first to ask finds orders that are due to be decided again; after it nothing is due.
    await send('POST', url, order)
    const before = await footprint()
    const repeated = await send('POST', url, order)
    const tried = await send('POST', `${url}?dryRun=true`, order)
    t.same([repeated.status, tried.status], [200, 200])
    t.notOk('changedSince' in tried.body, 'a trial decides now')
    t.equal(tried.body.outcome, repeated.body.changedSince.outcome, 'both rest on the facts of today')
    for (const { code, today } of repeated.body.changedSince.steps) t.equal(resultOf(tried.body, code), today, code)
    const batch = async (query: string) => {
      const { body } = await send('POST', `/v1/credit-check-batches${query}`, { checks: [order] })
      return body.results[0].check
    }
    t.same(await batch(''), repeated.body, 'in a batch as well')
    t.same({ ...(await batch('?dryRun=true')), checkId: null }, { ...tried.body, checkId: null })
    t.equal(await footprint(), before)
    return { repeated: repeated.body, tried: tried.body }
  }
  const resultOf = ({ steps }: Steps, code: string) => steps.find((step) => step.code === code)?.result

  await t.test('a manual hold', async (t) => {
    await givenLimit(service, 'C-1', '100000.00')
    const order = orderOf('C-1', '60000.00')
    const first = await approved(order)
    // Its own 60,000 are left out: 100,000 are there for it, not 40,000.
    const unchanged = await again(t, order)
    t.same(unchanged.repeated, { ...first, changedSince: UNCHANGED })
    t.match(unchanged.tried, { availableBefore: cny('100000.00'), availableAfter: cny('40000.00') })
    t.same(unchanged.tried.reservation, first.reservation)
    t.not(unchanged.tried.checkId, first.checkId)

    await send('PUT', '/v1/customers/C-1/hold', { reason: 'Bill returned' })
    const { repeated, tried } = await again(t, order)
    const steps = [{ code: 'manual_hold', before: 'pass', today: 'fail' }]
    t.same(repeated, { ...first, changedSince: { outcome: 'declined', steps } })
    const { changedSince } = (await send('POST', `${url}?reader=customer`, order)).body
    t.match(changedSince, {
      outcomeName: { en: 'Declined', zh: '拒绝' },
      steps: [{ ...steps[0], name: { zh: '赊销业务状态' }, beforeName: { zh: '通过' }, todayName: { zh: '不通过' } }]
    })
    t.match(tried, { outcome: 'declined', reservation: null, block: null })
    t.match(await send('GET', `${url}/${first.checkId}`), {
      body: { outcome: 'approved', reservation: { state: 'active' } }
    })
    await send('DELETE', '/v1/customers/C-1/hold')
    t.same((await again(t, order)).repeated.changedSince, UNCHANGED)
  })

  await t.test('room that others took, also of an order that is captured in part', async (t) => {
    await givenLimit(service, 'C-2', '100000.00')
    const order = orderOf('C-2', '60000.00', { shipOn: '2026-12-01' })
    const { checkId } = await approved(order)
    await send('POST', `${url}/${checkId}/captures`, { amount: cny('20000.00'), invoiceId: 'I-1', final: false })
    const captured = await again(t, order)
    t.same(captured.repeated.changedSince, UNCHANGED)
    t.match(captured.tried, { amount: cny('40000.00'), availableBefore: cny('80000.00') }, 'what is still open')
    const invoice = { amount: cny('45000.00'), issuedOn: '2026-03-30', dueOn: '2026-04-30' }
    await send('PUT', '/v1/customers/C-2/invoices/I-9', invoice)
    const { repeated } = await again(t, order)
    t.equal(repeated.outcome, 'approved')
    t.match(repeated.changedSince, { outcome: 'referred' })
    t.ok(repeated.changedSince.steps.some(({ code }: { code: string }) => code === 'headroom'))
  })

  await t.test('what is prepaid stays prepaid', async (t) => {
    await givenLimit(service, 'C-3', '100000.00')
    const order = orderOf('C-3', '340000.00', { prepaid: cny('250000.00') })
    await approved(order)
    const { repeated, tried } = await again(t, order)
    t.same(repeated.changedSince, UNCHANGED)
    t.match(tried, { amount: cny('340000.00'), prepaid: cny('250000.00'), availableAfter: cny('10000.00') })
  })

  await t.test('an item that the reservation covers does not count beside it', async (t) => {
    await givenLimit(service, 'C-4', '100000.00')
    const item = { category: 'order', amount: cny('90000.00'), sourceVersion: 1 }
    await send('PUT', '/v1/customers/C-4/exposure-items/SO-1', item)
    const order = orderOf('C-4', '90000.00')
    await approved(order)
    const { repeated, tried } = await again(t, order)
    t.same(repeated.changedSince, UNCHANGED)
    t.match(tried, { availableBefore: cny('100000.00') })
  })

  await t.test('a person’s release goes on holding for what it let pass, and what is captured of it', async (t) => {
    await givenLimit(service, 'C-5', '100000.00')
    const order = orderOf('C-5', '120000.00')
    const { body: blocked } = await send('POST', url, order)
    const headers = { authorization: await service.authorization('release'), 'if-match': '"1"' }
    const decision = { decision: 'release', reasonCode: 'PROMISED', comment: 'Seen.' }
    const { body } = await send('POST', `${url}/${blocked.checkId}/decisions`, decision, headers)
    t.equal(body.outcome, 'approved')
    t.same((await again(t, order)).repeated.changedSince, UNCHANGED)
    await send('POST', `${url}/${body.checkId}/captures`, { amount: cny('50000.00'), invoiceId: 'I-2', final: false })
    t.same((await again(t, order)).repeated.changedSince, UNCHANGED)
  })

  await t.test('a rate that moved', async (t) => {
    await givenLimit(service, 'C-6', '100000.00')
    const rate = (value: number) => ({ rate: value, source: 'Central bank' })
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-30', rate(7))
    const order = { ...orderOf('C-6', '0.00'), amount: { amount: '14000.00', currency: 'USD' } }
    await approved(order)
    t.same((await again(t, order)).repeated.changedSince, UNCHANGED)
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-31', rate(7.2))
    const { repeated, tried } = await again(t, order)
    t.same([repeated.amount, tried.amount], [cny('98000.00'), cny('100800.00')])
    t.match(repeated.changedSince, { outcome: 'referred' })
  })

  await t.test('something else, or a new key, is refused as before, in a trial too', async (t) => {
    const other = orderOf('C-1', '60000.01')
    for (const query of ['', '?dryRun=true'])
      await refuses(t, { method: 'POST', url: url + query, body: other }, 'order-already-reserved')
    const body = orderOf('C-1', '60000.00')
    await refuses(t, { method: 'POST', url, body, headers: { 'idempotency-key': 'anew' } }, 'order-already-reserved')
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings))
  })
})
