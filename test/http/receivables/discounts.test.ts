import t from 'tap'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })
const TERMS = { earnedUntil: '2026-03-11', share: 0.02, evidence: 'Contract 17, 2/10 net 30' }

t.test('attack 3: an early-payment discount is a kind of its own, and no more than the money has earned', async (t) => {
  const service = await contractService(t)
  const { send, refuses, footprint } = service
  const given = async (customerId: string, amount: object = cny('100000.00')) => {
    await givenLimit(service, customerId, '500000.00')
    const at = (path: string) => `/v1/customers/${customerId}/${path}`
    const dates = { issuedOn: '2026-03-01', dueOn: '2026-03-31' }
    await send('PUT', at('invoices/I-1'), { amount, ...dates })
    return {
      at,
      pay: (paymentId: string, amount: object, receivedOn = '2026-03-10') =>
        send('POST', at('payments'), { paymentId, amount, receivedOn, allocations: [{ invoiceId: 'I-1', amount }] }),
      take: (amount: object, more: object = {}) =>
        ({
          method: 'POST',
          url: at('discounts'),
          body: { discountId: 'D-1', invoiceId: 'I-1', amount, ...TERMS, ...more }
        }) as const,
      read: async (path: string) => (await send('GET', at(path))).body
    }
  }
  const ask = ({ method, url, body }: { method: 'POST'; url: string; body: object }) => send(method, url, body)

  await t.test('201: it settles what is left of an invoice that was paid in time', async (t) => {
    const { at, pay, take, read } = await given('C-1')
    await pay('P-1', cny('98000.00'))
    const { status, body, headers } = await ask(take(cny('2000.00')))
    t.equal(status, 201, JSON.stringify(body))
    t.equal(headers.location, at('discounts/D-1'))
    t.match(body, { invoiceId: 'I-1', amount: cny('2000.00'), original: null, ...TERMS, settledOn: '2026-03-10' })
    t.same(await read('discounts/D-1'), body)
    t.same((await read('discounts')).items, [body])
    t.match(await read('invoices/I-1'), { open: cny('0.00') })
    t.match((await read('exposure')).exposure, { receivables: cny('0.00') })
    const behaviour = await read('payment-behaviour')
    t.match(behaviour, { settledCount: 1, lateCount: 0 })
    t.same((await read('payments')).items.length, 1, 'it is no money')
    t.same((await read('credit-notes')).items, [], 'nor a credit note')
    const entry = (await read('journal?limit=200')).items.at(-1)
    t.match(entry, { type: 'discount.recorded', subject: 'D-1' })
    t.match(JSON.parse(entry.payload), {
      discount: { moneyMinor: 9_800_000, takenMinor: 0, settledMinor: 200_000 },
      ...{ share: 0.02, moves: { receivablesMinor: -200_000 } }
    })
    const before = await footprint()
    t.same((await ask(take(cny('2000.00')))).body, body, 'as recorded')
    await refuses(t, take(cny('1000.00')), 'already-recorded')
    t.equal(await footprint(), before)
    t.same((await read('exposure?asOf=2026-03-31')).categories, (await read('exposure')).categories)
  })

  await t.test('409: money that came late, or not at all, earns none', async (t) => {
    const { pay, take, read } = await given('C-2')
    const answer = await refuses(t, take(cny('0.01')), 'discount-not-earned')
    t.equal(answer.body.most, '0.00')
    await pay('P-1', cny('98000.00'), '2026-03-12')
    await refuses(t, take(cny('2000.00')), 'discount-not-earned')
    await pay('P-2', cny('490.00'))
    const most = await refuses(t, take(cny('10.01')), 'discount-not-earned')
    t.equal(most.body.most, '10.00')
    t.match(most.body.detail, '490.00')
    t.match(await ask(take(cny('6.00'))), { status: 201 })
    await refuses(t, take(cny('4.01'), { discountId: 'D-2' }), 'discount-not-earned')
    t.match(await ask(take(cny('4.00'), { discountId: 'D-2' })), { status: 201 })
    t.match(await read('invoices/I-1'), { open: cny('1500.00') })
    t.same(
      (await read('discounts')).items.map(({ discountId }: { discountId: string }) => discountId),
      ['D-1', 'D-2']
    )
  })

  await t.test('400: a share above that of the policy, and what says nothing', async (t) => {
    const { pay, take } = await given('C-3')
    await pay('P-1', cny('90000.00'))
    await refuses(t, take(cny('10.00'), { share: 0.0501 }), 'validation-error', ['/share'])
    await refuses(t, take(cny('10.00'), { share: 0 }), 'validation-error', ['/share'])
    await refuses(t, take(cny('10.00'), { evidence: '' }), 'validation-error', ['/evidence'])
    await refuses(t, take(cny('0.00')), 'validation-error', ['/amount/amount'])
    t.match(await ask(take(cny('4736.84'), { share: 0.05 })), { status: 201 })
    const { terms } = service.deps.policy
    terms.discountShareMax = 0.01
    t.teardown(() => delete terms.discountShareMax)
    await refuses(t, take(cny('10.00'), { discountId: 'D-2' }), 'validation-error', ['/share'])
  })

  await t.test('409: of no more than is open, of an invoice that is on file, in its currency', async (t) => {
    const { pay, take, at } = await given('C-4')
    await pay('P-1', cny('98000.00'))
    await refuses(t, take(cny('10.00'), { invoiceId: 'I-9' }), 'invoice-not-found')
    await refuses(t, take(usd('10.00')), 'currency-not-supported')
    await send('POST', at('credit-notes'), {
      ...{ creditNoteId: 'N-1', issuedOn: '2026-03-12', amount: cny('1500.00') },
      allocations: [{ invoiceId: 'I-1', amount: cny('1500.00') }]
    })
    await refuses(t, take(cny('500.01')), 'allocation-exceeds-invoice')
    t.match(await ask(take(cny('500.00'))), { status: 201 })
    await refuses(t, { method: 'GET', url: at('discounts/D-9') }, 'not-found')
  })

  await t.test('of an invoice in another currency it takes its share of what that counts for', async (t) => {
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-01', { rate: 7, source: 'Central bank' })
    const { pay, take, read } = await given('C-5', usd('1000.00'))
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-10', { rate: 7.2, source: 'Central bank' })
    await pay('P-1', usd('980.00'))
    t.match(await ask(take(usd('20.00'))), {
      status: 201,
      body: { amount: cny('140.00'), original: usd('20.00'), settledOn: '2026-03-10' }
    })
    t.match(await read('invoices/I-1'), { open: cny('0.00'), openOriginal: usd('0.00') })
    t.match((await read('exposure')).exposure, { receivables: cny('0.00') })
  })

  await t.test('a snapshot that knows nothing of it opens the invoice again', async (t) => {
    const { pay, take, read, at } = await given('C-6')
    await pay('P-1', cny('98000.00'))
    await ask(take(cny('2000.00')))
    await service.clockTo('2026-03-31T12:00:10.000Z')
    const open = { invoiceId: 'I-1', amount: cny('100000.00'), open: cny('2000.00') }
    const { status, body } = await send('POST', at('reconciliations'), {
      ...{ snapshotAt: '2026-03-31T12:00:10.000Z', apply: true, control: { count: 1, totals: [cny('2000.00')] } },
      invoices: [{ ...open, issuedOn: '2026-03-01', dueOn: '2026-03-31' }]
    })
    t.equal(status, 201, JSON.stringify(body))
    t.match(await read('invoices/I-1'), { open: cny('2000.00') })
    t.match((await read('exposure')).exposure, { receivables: cny('2000.00') })
  })

  await t.test('the ledger is sound after all this', async (t) => {
    const { body } = await send('GET', '/v1/audit/self-check')
    t.equal(body.valid, true, JSON.stringify(body.findings.filter(({ valid }: { valid: boolean }) => !valid)))
    const stated = body.findings.find(({ invariant }: { invariant: string }) => invariant === 'I22')
    t.ok(stated.checked >= 6)
  })
})
