import t from 'tap'
import { statementsSent } from '../../../src/platform/database/postgres.ts'
import { contractService } from '../contract.ts'

t.test('case 52: whoever asks too often is told when to ask again', async (t) => {
  const { inject, attempt, authorization, deps } = await contractService(t, { rateLimitPerMinute: 5 })
  const [one, other] = [await authorization('read'), await authorization('read')]
  const read = (authorization: string) => inject({ method: 'GET', url: '/v1/models', headers: { authorization } })

  await t.test('a key has its quota, and sees what is left of it', async (t) => {
    for (const left of ['4', '3', '2', '1', '0']) {
      const answer = await read(one)
      t.equal(answer.status, 200)
      t.equal(answer.headers['ratelimit-limit'], '5')
      t.equal(answer.headers['ratelimit-remaining'], left)
      t.equal(answer.headers['ratelimit-policy'], '"default";q=5;w=60')
      t.match(answer.headers.ratelimit, new RegExp(`^"default";r=${left};t=([1-9]|[1-5]\\d|60)$`))
    }
    const refused = await read(one)
    t.equal(refused.status, 429)
    t.equal(refused.body.type, '/problems/quota-exceeded')
    const seconds = Number(refused.headers['retry-after'])
    t.ok(seconds >= 1 && seconds <= 60)
  })

  await t.test('the quota of one key is not that of another', async (t) => {
    t.equal((await read(other)).status, 200)
  })

  await t.test('the quota holds for writes, and nothing is written beyond it', async (t) => {
    const key = await authorization('write')
    const put = (id: string) =>
      attempt('PUT', `/v1/customers/${id}`, { kind: 'company', name: 'x' }, { authorization: key })
    for (const id of ['C-1', 'C-2', 'C-3', 'C-4', 'C-5']) t.equal((await put(id)).status, 201)
    t.equal((await put('C-6')).status, 429)
    t.equal((await attempt('GET', '/v1/customers/C-6')).status, 404)
  })

  await t.test('requests without a key share the quota of their address', async (t) => {
    const anonymous = () => inject({ method: 'GET', url: '/v1/models', remoteAddress: '192.0.2.1' })
    for (let count = 0; count < 5; count += 1) t.equal((await anonymous()).status, 401)
    t.equal((await anonymous()).status, 429)
    const nowhere = () => inject({ method: 'GET', url: '/v1/nowhere', remoteAddress: '192.0.2.2' })
    for (let count = 0; count < 5; count += 1) t.equal((await nowhere()).status, 404)
    t.equal((await nowhere()).status, 429, 'for paths that do not exist as well')
  })

  await t.test('attack 9: keys that are made up count for their address, and are looked up once', async (t) => {
    const remoteAddress = '192.0.2.9'
    const madeUp = (digit: number) => `Bearer cred_${String(digit).repeat(26)}_${'x'.repeat(43)}`
    const ask = (digit: number) =>
      inject({ method: 'GET', url: '/v1/models', remoteAddress, headers: { authorization: madeUp(digit) } })
    for (const digit of [1, 2, 3, 4, 5]) t.equal((await ask(digit)).status, 401)
    t.equal((await ask(6)).status, 429, 'another id is no other caller')
    const before = statementsSent(deps.db)
    const other = (remoteAddress: string) =>
      inject({ method: 'GET', url: '/v1/models', remoteAddress, headers: { authorization: madeUp(1) } })
    for (const last of [11, 12, 13]) t.equal((await other(`192.0.2.${last}`)).status, 401)
    t.equal(statementsSent(deps.db), before, 'an id that was none a moment ago')
  })

  await t.test('attack 9: a failed proof never counts against the key', async (t) => {
    const key = await authorization('read')
    const remoteAddress = '192.0.2.20'
    const ask = (header: string, from = remoteAddress) =>
      inject({ method: 'GET', url: '/v1/models', remoteAddress: from, headers: { authorization: header } })
    t.equal((await ask(key)).headers['ratelimit-remaining'], '4')
    const wrong = `${key.slice(0, -43)}${'x'.repeat(43)}`
    for (let count = 0; count < 5; count += 1) t.equal((await ask(wrong)).status, 401)
    t.equal((await ask(wrong)).status, 429)
    t.equal((await ask(key)).headers['ratelimit-remaining'], '3', 'not even from the same address')
    t.equal((await ask(key, '192.0.2.21')).headers['ratelimit-remaining'], '2')
  })

  await t.test('attack 9: a key that was never seen here is proved before it counts for itself', async (t) => {
    const remoteAddress = '192.0.2.30'
    for (let count = 0; count < 5; count += 1) {
      const headers = { authorization: await authorization('read') }
      t.equal((await inject({ method: 'GET', url: '/v1/models', remoteAddress, headers })).status, 200)
    }
    const anonymous = await inject({ method: 'GET', url: '/v1/models', remoteAddress })
    t.equal(anonymous.headers['ratelimit-remaining'], '4', 'and then no more for its address')
  })

  await t.test('probes are never refused: that would end a service which works', async (t) => {
    for (const url of ['/livez', '/readyz']) {
      for (let count = 0; count < 10; count += 1)
        t.equal((await inject({ method: 'GET', url, remoteAddress: '192.0.2.3' })).status, 200)
    }
  })
})

t.test('attack 9: of X-Forwarded-For only what the own proxies added is believed', async (t) => {
  for (const [trustedProxies, forwarded, others] of [
    [0, 'a, 192.0.2.1', 'the address of the connection'],
    [1, '{made-up}, 192.0.2.1', 'the last one'],
    [2, '{made-up}, 192.0.2.1, 192.0.2.200', 'the one before the last']
  ] as const) {
    const { inject } = await contractService(t, { rateLimitPerMinute: 5, trustedProxies })
    const ask = (number: number, header: string = forwarded) =>
      inject({
        method: 'GET',
        url: '/v1/models',
        headers: { 'x-forwarded-for': header.replace('{made-up}', `198.51.100.${number}`) }
      })
    for (let number = 1; number <= 5; number += 1) t.equal((await ask(number)).status, 401)
    t.equal((await ask(6)).status, 429, `${trustedProxies} proxies: ${others}`)
    const another = await ask(1, forwarded.replace('192.0.2.1', '192.0.2.77'))
    t.equal(another.status, trustedProxies === 0 ? 429 : 401, `${trustedProxies} proxies: another caller`)
  }
})
