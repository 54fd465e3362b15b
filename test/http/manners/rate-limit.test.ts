import t from 'tap'
import { contractService } from '../contract.ts'

t.test('case 52: whoever asks too often is told when to ask again', async (t) => {
  const { inject, attempt, authorization } = await contractService(t, { rateLimitPerMinute: 5 })
  const [one, other] = [await authorization('read'), await authorization('read')]
  const read = (authorization: string) => inject({ method: 'GET', url: '/v1/models', headers: { authorization } })

  await t.test('a key has its quota, and sees what is left of it', async (t) => {
    for (const left of ['4', '3', '2', '1', '0']) {
      const answer = await read(one)
      t.equal(answer.status, 200)
      t.equal(answer.headers['ratelimit-limit'], '5')
      t.equal(answer.headers['ratelimit-remaining'], left)
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

  await t.test('probes are never refused: that would end a service which works', async (t) => {
    for (const url of ['/livez', '/readyz']) {
      for (let count = 0; count < 10; count += 1)
        t.equal((await inject({ method: 'GET', url, remoteAddress: '192.0.2.3' })).status, 200)
    }
  })
})
