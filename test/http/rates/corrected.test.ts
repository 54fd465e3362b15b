import t from 'tap'
import { contractService } from '../contract.ts'

const usd = (amount: string) => ({ amount, currency: 'USD' })

t.test('attack 6: what was converted with a rate that was corrected since is shown so', async (t) => {
  const { send, clockTo } = await contractService(t)
  const url = '/v1/customers/C-1'
  const rateUrl = '/v1/exchange-rates/USD/CNY/2026-03-01'
  const read = async (path: string) => (await send('GET', path)).body
  const correct = async (rate: number, more: object = {}) => {
    const { headers } = await send('GET', rateUrl)
    return send('PUT', rateUrl, { rate, source: 'Central bank', ...more }, { 'if-match': String(headers.etag) })
  }
  await send('PUT', url, { kind: 'company', name: 'Orient Steel' })
  await send('PUT', rateUrl, { rate: 7, source: 'Central bank' })
  await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-20', { rate: 7.2, source: 'Central bank' })
  const invoice = (invoiceId: string, issuedOn: string, amount = usd('100.00')) =>
    send('PUT', `${url}/invoices/${invoiceId}`, { amount, issuedOn, dueOn: '2026-04-30' })
  await invoice('I-1', '2026-03-05')
  await invoice('I-2', '2026-03-25')
  await invoice('I-3', '2026-03-05', { amount: '5.00', currency: 'CNY' })
  await clockTo('2026-03-31')
  const item = { category: 'order', amount: usd('10.00'), sourceVersion: 1 }
  await send('PUT', `${url}/exposure-items/SO-1`, item)

  await t.test('not while the rate stands, nor by another source', async (t) => {
    t.equal((await correct(7, { source: 'Reuters' })).body.correctedAt, null)
    t.notOk('openOnCorrected' in (await read(`${url}/exposure`)))
    t.notOk('rateCorrectedTo' in (await read(`${url}/invoices/I-1`)))
  })

  await t.test('the documents of that rate alone, on each answer', async (t) => {
    t.equal((await correct(7.1)).body.correctedAt, '2026-03-31T12:00:00.000Z')
    t.match(await read(`${url}/invoices/I-1`), { rateCorrectedTo: 7.1, original: { rate: 7 } })
    const { items } = await read(`${url}/invoices`)
    t.same(
      items.map((each: { rateCorrectedTo?: number }) => each.rateCorrectedTo),
      [7.1, undefined, undefined]
    )
    t.equal((await read(`${url}/exposure`)).openOnCorrected, 1)
    t.equal((await read(rateUrl)).openOnCorrected, 1)
    t.notOk('openOnCorrected' in (await read('/v1/exchange-rates/USD/CNY/2026-03-20')))
  })

  await t.test('an exposure item as well, and a rate the other way round', async (t) => {
    const { headers } = await send('GET', '/v1/exchange-rates/USD/CNY/2026-03-20')
    const again = { rate: 7.3, source: 'Central bank' }
    await send('PUT', '/v1/exchange-rates/USD/CNY/2026-03-20', again, { 'if-match': String(headers.etag) })
    t.equal((await read(`${url}/exposure-items/SO-1`)).rateCorrectedTo, 7.3)
    t.equal((await read(`${url}/exposure-items`)).items[0].rateCorrectedTo, 7.3)
    t.equal((await read(`${url}/exposure`)).openOnCorrected, 3)

    const inverse = '/v1/exchange-rates/CNY/EUR/2026-03-20'
    await send('PUT', inverse, { rate: 0.125, source: 'x' })
    await invoice('I-4', '2026-03-25', { amount: '50.00', currency: 'EUR' })
    const { headers: of } = await send('GET', inverse)
    await send('PUT', inverse, { rate: 0.128, source: 'x' }, { 'if-match': String(of.etag) })
    t.equal((await read(`${url}/invoices/I-4`)).rateCorrectedTo, 0.128)
    t.equal((await read(inverse)).openOnCorrected, 1)
    t.equal((await read(`${url}/exposure`)).openOnCorrected, 4)
  })

  await t.test('no longer once it is settled, or the rate is what it was', async (t) => {
    await send('POST', `${url}/payments`, {
      paymentId: 'P-1',
      receivedOn: '2026-03-31',
      amount: usd('100.00'),
      allocations: [{ invoiceId: 'I-1', amount: usd('100.00') }]
    })
    t.equal((await read(`${url}/exposure`)).openOnCorrected, 3)
    t.notOk('openOnCorrected' in (await read(rateUrl)))
    t.equal((await read(`${url}/invoices/I-1`)).rateCorrectedTo, 7.1, 'settled as it was converted')
    await correct(7)
    t.notOk('rateCorrectedTo' in (await read(`${url}/invoices/I-1`)))
  })
  t.equal((await send('GET', '/v1/audit/self-check')).body.valid, true)
})
