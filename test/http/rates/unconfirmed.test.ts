import t from 'tap'
import { contractService } from '../contract.ts'

const put = (pair: string, day: string, rate: number, more: object = {}) =>
  ({
    method: 'PUT',
    url: `/v1/exchange-rates/${pair}/2026-03-${day}`,
    body: { rate, source: 'Central bank', ...more }
  }) as const

t.test('attack 6: a rate far off what is on file is recorded only when somebody confirms it', async (t) => {
  const { send, refuses, attempt, deps } = await contractService(t)
  const record = async (...rate: Parameters<typeof put>) => {
    const { method, url, body } = put(...rate)
    return send(method, url, body)
  }
  const refused = async (code: string, detail: RegExp, ...rate: Parameters<typeof put>) => {
    const { body } = await refuses(t, put(...rate), 'rate-unconfirmed', ['/rate'])
    t.match(body, { errors: [{ code, detail }], detail })
    await refuses(t, { ...put(...rate), url: `${put(...rate).url}?dryRun=true` }, 'rate-unconfirmed', ['/rate'])
  }
  await record('USD/CNY', '10', 7)

  await t.test('against the last one in force: beyond a fifth, up or down', async (t) => {
    await refused('moved', /USD\/CNY at 0.0001 for 2026-03-11 lies 100 % off USD\/CNY at 7/, 'USD/CNY', '11', 0.0001)
    await refused('moved', /20.1 % off .* 2026-03-10; 20 % pass/, 'USD/CNY', '11', 8.41)
    await refused('moved', /20.1 % off/, 'USD/CNY', '31', 5.59)
    await record('USD/CNY', '11', 8.4)
    await record('USD/CNY', '12', 6.8)
    await refused('moved', /23.5 % off USD\/CNY at 6.8/, 'USD/CNY', '13', 8.4)
    t.equal((await record('USD/CNY', '13', 8.4, { confirm: true })).status, 201)
  })

  await t.test('the other way round as well', async () => {
    await refused('moved', /CNY\/USD at 7 .* off USD\/CNY at 8.4, recorded for 2026-03-13/, 'CNY/USD', '14', 7)
    await record('CNY/USD', '14', 0.12)
    await refused('moved', /off CNY\/USD at 0.12, recorded for 2026-03-14/, 'USD/CNY', '15', 0.12)
    await record('USD/CNY', '15', 8.3)
  })

  await t.test('two rates of one day agree within bid, ask and rounding', async (t) => {
    await refused('contradicts_inverse', /CNY\/USD at 0.125 .* 3.75 % off .*; 2 % pass/, 'CNY/USD', '15', 0.125)
    await record('CNY/USD', '15', 0.1205)
    await record('CNY/USD', '16', 0.13)
    await refused('contradicts_inverse', /off CNY\/USD at 0.13/, 'USD/CNY', '16', 7.3)
    t.equal((await record('USD/CNY', '16', 7.3, { confirm: true })).status, 201)
  })

  await t.test(
    'the first rate of a pair is held against the one that it replaces, or the next of a later day',
    async (t) => {
      await record('GBP/CNY', '10', 9.1)
      const replaced = { ...put('GBP/CNY', '10', 0.91), headers: { 'if-match': '"1"' } }
      await refuses(t, replaced, 'rate-unconfirmed', ['/rate'])
      await refused('moved', /recorded for 2026-03-10/, 'GBP/CNY', '09', 91)
      await record('GBP/CNY', '09', 9)
      await refuses(t, replaced, 'rate-unconfirmed', ['/rate'])
      const { method, url, body, headers } = replaced
      t.match(await attempt(method, url, { ...body, confirm: true }, headers), { status: 200, body: { rate: 0.91 } })
      // Its source alone, and the way back to where the rate was, need nobody.
      const renamed = { ...body, source: 'Treasury' }
      t.match(await attempt(method, url, renamed, { 'if-match': '"2"' }), { status: 200, body: { source: 'Treasury' } })
      t.match(await attempt(method, url, { ...body, rate: 9.1 }, { 'if-match': '"3"' }), { status: 200 })
    }
  )

  await t.test('a policy may state other shares', async (t) => {
    t.teardown(() => delete deps.policy.rates)
    deps.policy.rates = { moveShareMax: 0.01, inverseShareMax: 0.1 }
    await record('EUR/CNY', '10', 8)
    await refused('moved', /1.25 % off .*; 1 % pass/, 'EUR/CNY', '11', 8.1)
    await record('EUR/CNY', '11', 8.08)
    await record('CNY/EUR', '11', 0.13)
  })
})
