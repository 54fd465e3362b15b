import { cny, givenLimit } from '../given.ts'
import type { Service } from '../service.ts'
import { TEST_DAY } from '../service.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })

/**
 * A few hours of two customers with something in nearly every column of every table: reservations
 * that are open, captured, given back and expired, orders that wait, were released and withdrawn,
 * documents in two currencies that are paid late, in part and by credit note.
 */
export async function playTamperedHistory(service: Service): Promise<void> {
  const { send, clockTo, authorization } = service
  await clockTo('2026-03-31T08:00:00.000Z')
  for (const [day, rate] of [
    ['2026-01-01', 7.05],
    [TEST_DAY, 7.1]
  ])
    await send('PUT', `/v1/exchange-rates/USD/CNY/${day}`, { rate, source: 'Central bank' })
  for (const customerId of ['C-1', 'C-2']) await givenLimit(service, customerId, '100000.00')
  const url = '/v1/customers/C-1'
  const check = async (orderId: string, amount: string, more: object = {}, headers: Record<string, string> = {}) => {
    const order = { customerId: 'C-1', orderId, amount: cny(amount), ...more }
    return (await send('POST', '/v1/credit-checks', order, headers)).body.checkId as string
  }
  const capture = (checkId: string, amount: object, invoiceId: string, final: boolean) =>
    send('POST', `/v1/credit-checks/${checkId}/captures`, { amount, invoiceId, final })

  await send('POST', '/v1/api-keys', { name: 'Clerk', scopes: ['read'], personId: `per_${'0'.repeat(26)}` })
  await send('PATCH', url, { identifiers: [{ scheme: 'erp', value: '10001' }] })
  await send('PUT', `${url}/securities/G-1`, {
    ...{ kind: 'guarantee', provider: 'Bank', amount: cny('5000.00'), coverShare: 0.5, required: false },
    ...{ validFrom: '2026-03-01', validUntil: '2026-12-31' }
  })
  await send('PUT', `${url}/hold`, { reason: 'Bill returned unpaid' })
  await send('DELETE', `${url}/hold`)

  // Invoices that are paid late and in part, credited, disputed, and in another currency.
  const late = { issuedOn: '2026-01-05', dueOn: '2026-02-04' }
  for (const [invoiceId, amount, more] of [
    ['L-1', cny('900.00'), {}],
    ['L-2', cny('700.00'), { disputed: true, dunningLevel: 1, orderId: 'SO-0' }],
    ['L-3', usd('100.00'), { sourceVersion: 3 }],
    ['L-4', cny('300.00'), {}]
  ] as const)
    await send('PUT', `${url}/invoices/${invoiceId}`, { amount, ...late, ...more })
  await send('POST', `${url}/payments`, {
    ...{ paymentId: 'P-1', receivedOn: '2026-02-20', amount: cny('1000.00') },
    allocations: [
      { invoiceId: 'L-1', amount: cny('400.00') },
      { invoiceId: 'L-4', amount: cny('300.00') }
    ]
  })
  await send('POST', `${url}/payments`, {
    ...{ paymentId: 'P-2', receivedOn: '2026-03-02', amount: usd('40.00') },
    allocations: [{ invoiceId: 'L-3', amount: usd('30.00') }]
  })
  // Said to settle twice what it is worth.
  await send('POST', `${url}/payments`, {
    ...{ paymentId: 'P-3', receivedOn: '2026-03-03', amount: cny('70.50') },
    allocations: [{ invoiceId: 'L-3', amount: cny('70.50'), settles: usd('20.00') }]
  })
  await send('POST', `${url}/credit-notes`, {
    ...{ creditNoteId: 'N-1', issuedOn: '2026-03-05', amount: cny('60.00') },
    allocations: [{ invoiceId: 'L-1', amount: cny('60.00') }]
  })

  const ahead = { issuedOn: '2026-04-01', dueOn: '2026-05-01' }
  await send('PUT', `${url}/invoices/A-1`, { amount: cny('10.00'), ...ahead })

  // Reservations: open and captured in part, given back, holding an item, expired.
  const first = await check('SO-1', '20000.00', { shipOn: '2026-05-01' }, { 'idempotency-key': 'key-1' })
  await capture(first, cny('8000.00'), 'I-1', false)
  const dates = { issuedOn: TEST_DAY, dueOn: '2026-04-30' }
  await send('PUT', `${url}/invoices/I-1`, { ...dates, amount: cny('8000.00') })
  await capture(first, cny('2000.00'), 'I-2', false)
  await send('POST', `/v1/credit-checks/${first}/adjustments`, { increase: cny('500.00') })
  const foreign = await check('SO-7', '0.00', { amount: usd('100.00') })
  await capture(foreign, usd('60.00'), 'I-7', false)
  const given = await check('SO-2', '5000.00')
  await send('POST', `/v1/credit-checks/${given}/releases`, {}, { 'idempotency-key': 'key-2' })
  const item = (itemId: string, amount: object, more: object = {}) =>
    send('PUT', `${url}/exposure-items/${itemId}`, { category: 'order', amount, sourceVersion: 1, ...more })
  await item('SO-3', cny('700.00'))
  await item('SO-5', cny('700.00'), { shipOn: '2026-06-01', dueOn: '2026-07-01' })
  await item('SO-8', cny('400.00'))
  await item('SO-9', usd('50.00'))
  await item('DN-8', cny('100.00'), {
    category: 'delivery',
    convertedFrom: [{ itemId: 'SO-8', amount: cny('100.00') }]
  })
  await item('X-1', cny('-20.00'), { category: 'special' })
  await check('SO-5', '600.00')
  await check('SO-3', '500.00', { reserveSeconds: 60 })
  await clockTo('2026-03-31T08:05:00.000Z')

  // Orders that wait, pass by a person, are given up, and pass by themselves.
  await check('SO-4', '99000.00')
  const blocked = await check('SO-6', '120000.00')
  const person = { authorization: await authorization('release') }
  const release = { decision: 'release', reasonCode: 'PROMISED', comment: 'Seen.' }
  const released = await send('POST', `/v1/credit-checks/${blocked}/decisions`, release, {
    ...person,
    'if-match': '"1"'
  })
  await send('POST', `/v1/credit-checks/${released.body.checkId}/captures`, {
    ...{ amount: cny('50000.00'), invoiceId: 'I-6', final: true }
  })
  const withdrawn = await check('SO-10', '110000.00')
  await send('POST', `/v1/credit-checks/${withdrawn}/withdrawals`, { reason: 'Cancelled' })

  const items = [{ itemId: 'SO-8', category: 'order', open: cny('250.00'), sourceVersion: 2 }]
  const control = { count: 1, totals: [cny('250.00')] }
  await send('POST', `${url}/reconciliations`, {
    ...{ snapshotAt: '2026-03-31T08:05:00.000Z', apply: true, control, items, source: 'wms' }
  })
  await clockTo('2026-03-31T08:10:00.000Z')
  await check('SO-11', '10.00')
  const other = { customerId: 'C-2', orderId: 'SO-1', amount: cny('10.00') }
  await send('POST', '/v1/credit-checks', other, { 'idempotency-key': 'key-3' })
}
