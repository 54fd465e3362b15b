import t from 'tap'
import { requireRate } from '../../../src/rates/postings.ts'
import { rateFor } from '../../../src/rates/store.ts'
import { contractService } from '../contract.ts'

const url = '/v1/exchange-rates/USD/CNY/2026-03-30'
const rate = { rate: 7.1234, source: 'Central bank' }

t.test('exchange rates', async (t) => {
  const { send, refuses, footprint, unanswered, deps } = await contractService(t)

  await t.test('404: a rate that is not recorded cannot be read', async (t) => {
    await refuses(t, { method: 'GET', url }, 'not-found')
    await refuses(t, { method: 'GET', url: `${url}x` }, 'validation-error', ['/params/rateOn'])
  })

  await t.test('201: a rate is recorded with who said so and when', async (t) => {
    const answer = await send('PUT', url, rate)
    t.match(answer, { status: 201, headers: { location: url, etag: '"1"' } })
    const at = '2026-03-31T12:00:00.000Z'
    t.match(answer.body, { base: 'USD', quote: 'CNY', rateOn: '2026-03-30', ...rate, recordedAt: at, version: 1 })
    t.match(answer.body.recordedBy, /^key_/)
    const read = await send('GET', url)
    t.same([read.body, read.headers.etag], [answer.body, '"1"'])
  })

  await t.test('200: the same again, and a dry run, change nothing', async (t) => {
    const before = await footprint()
    t.match(await send('PUT', url, rate), { status: 200, headers: { etag: '"1"' } })
    t.match(await send('PUT', `${url}?dryRun=true`, { ...rate, rate: 8 }, { 'if-match': '"1"' }), {
      status: 200,
      body: { rate: 8 }
    })
    t.equal(await footprint(), before)
  })

  await t.test(
    '428, 412 and 409: a recorded rate changes only for who has seen it, and not into a doubtful one',
    async (t) => {
      const body = { ...rate, rate: 7.2 }
      await refuses(t, { method: 'PUT', url, body }, 'precondition-required')
      await refuses(t, { method: 'PUT', url, body, headers: { 'if-match': '"7"' } }, 'precondition-failed')
      const headers = { 'if-match': '"1"' }
      await refuses(t, { method: 'PUT', url, body: { ...rate, rate: 0.1404 }, headers }, 'rate-unconfirmed', ['/rate'])
      await refuses(t, { method: 'PUT', url: url.replace('30', '29'), body, headers }, 'precondition-failed')
      t.match(await send('PUT', url, body, headers), { status: 200, body: { rate: 7.2, version: 2 } })
    }
  )

  await t.test('400: a rate is a number above zero, of two currencies, of a day that has come', async (t) => {
    for (const bad of [0, -1, 1e10, '7.1', null])
      await refuses(t, { method: 'PUT', url, body: { ...rate, rate: bad } }, 'validation-error', ['/rate'])
    for (const [path, pointer] of [
      ['USD/USD/2026-03-30', '/params/quote'],
      ['USD/XYZ/2026-03-30', '/params/quote'],
      ['USD/CNY/2026-02-30', '/params/rateOn'],
      ['USD/CNY/2026-04-02', '/params/rateOn']
    ] as const)
      await refuses(t, { method: 'PUT', url: `/v1/exchange-rates/${path}`, body: rate }, 'validation-error', [pointer])
  })

  await t.test('a small rate comes back as it was sent', async (t) => {
    const small = { rate: 1.5e-7, source: 'x' }
    t.match((await send('PUT', '/v1/exchange-rates/VND/EUR/2026-03-30', small)).body, { rate: 1.5e-7 })
    t.match((await rateFor(deps.db, { from: 'VND', to: 'EUR', onDate: '2026-03-30' }))?.rate, '0.00000015')
  })

  await t.test('the list is by pair, the latest first, and takes filters and a cursor', async (t) => {
    for (const day of ['01', '15', '31']) await send('PUT', `/v1/exchange-rates/EUR/CNY/2026-03-${day}`, rate)
    const list = async (query: string) => (await send('GET', `/v1/exchange-rates?${query}`)).body
    const days = async (query: string) => (await list(query)).items.map((item: { rateOn: string }) => item.rateOn)
    t.same(await days('base=EUR'), ['2026-03-31', '2026-03-15', '2026-03-01'])
    t.same(await days('base=EUR&from=2026-03-02&until=2026-03-30'), ['2026-03-15'])
    t.same(await days('quote=EUR'), ['2026-03-30'])
    const first = await list('limit=2')
    const second = await list(`limit=2&cursor=${first.nextCursor}`)
    const third = await list(`limit=2&cursor=${second.nextCursor}`)
    const all = [...first.items, ...second.items, ...third.items]
    t.same(all, (await list('limit=200')).items)
    t.equal(third.nextCursor, undefined)
    await refuses(t, { method: 'GET', url: '/v1/exchange-rates?cursor=abc' }, 'invalid-cursor')
    await refuses(t, { method: 'GET', url: '/v1/exchange-rates?base=XYZ' }, 'validation-error', ['/query/base'])
  })

  await t.test('the rate of a day is the latest on or before it, in either direction', async (t) => {
    const at = (from: string, to: string, onDate: string) => rateFor(deps.db, { from, to, onDate })
    await send('PUT', '/v1/exchange-rates/GBP/CNY/2026-03-10', { ...rate, rate: 9 })
    await send('PUT', '/v1/exchange-rates/CNY/GBP/2026-03-20', { ...rate, rate: 0.11 })
    t.equal(await at('GBP', 'CNY', '2026-03-09'), undefined)
    t.same(await at('GBP', 'CNY', '2026-03-10'), { rate: '9', rateOn: '2026-03-10', basis: 'direct' })
    t.same(await at('CNY', 'GBP', '2026-03-19'), { rate: '9', rateOn: '2026-03-10', basis: 'inverse' })
    t.same(await at('GBP', 'CNY', '2026-03-25'), { rate: '0.11', rateOn: '2026-03-20', basis: 'inverse' })
    await send('PUT', '/v1/exchange-rates/GBP/CNY/2026-03-20', { ...rate, rate: 9.1 })
    t.same(await at('GBP', 'CNY', '2026-03-25'), { rate: '9.1', rateOn: '2026-03-20', basis: 'direct' })
    t.equal(await requireRate(deps.db, { from: 'CNY', to: 'CNY', onDate: '2026-03-25' }), null)
    await t.rejects(
      requireRate(deps.db, { from: 'JPY', to: 'CNY', onDate: '2026-03-25' }),
      /No exchange rate between JPY and CNY/
    )
  })

  t.same(unanswered('putExchangeRate', 'getExchangeRate', 'listExchangeRates'), [], 'every documented answer was given')
})
