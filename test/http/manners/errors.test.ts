import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { Database } from '../../../src/database.ts'
import type { Deps } from '../../../src/deps.ts'
import { connect } from '../../../src/platform/database/postgres.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { contractService } from '../contract.ts'

const OPTIONS = {
  logger: false as const,
  rateLimitPerMinute: 1_000,
  trustedProxies: 0,
  eventLoopDelayMaxMs: 0,
  simulation: false
}

/** The app on other dependencies, closed when the test ends. */
async function appOn(t: Test, deps: Deps) {
  const app = await buildApp(deps, OPTIONS)
  t.teardown(() => app.close())
  return app
}

t.test('a fault of the service or of its database tells nothing of the inside', async (t) => {
  const { deps, authorization, send, footprint } = await contractService(t)
  const authorized = { authorization: await authorization('admin') }
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })

  await t.test('case 58: an unexpected exception is 500 with a request id and no detail', async (t) => {
    const secret = 'select secret_hash from api_keys -- in /etc/credence/app.ts:7'
    const models = {
      ...deps.models,
      inForce: () => {
        throw new Error(secret)
      }
    }
    const app = await appOn(t, { ...deps, models })
    const headers = { ...authorized, 'content-type': 'application/json' }
    const payload = '{"profile":{"kind":"company"}}'
    const answer = await app.inject({ method: 'POST', url: '/v1/assessments/simulate', headers, payload })
    t.equal(answer.statusCode, 500)
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
    t.equal(answer.headers['cache-control'], 'no-store')
    t.same(answer.json(), {
      type: '/problems/internal-error',
      title: 'The service failed',
      status: 500,
      detail: 'Nothing was written. The service has logged what happened under this request id.',
      remedy: 'Nothing was written. Report the request id.',
      requestId: answer.headers['x-request-id']
    })
  })

  await t.test('case 58: an exception in the middle of a write leaves no trace', async (t) => {
    const before = await footprint()
    const policy = new Proxy(deps.policy, {
      get: () => {
        throw new TypeError('policy.secret is not a function')
      }
    })
    const app = await appOn(t, { ...deps, policy })
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/customers/C-1/limit-decisions',
      headers: { ...authorized, 'content-type': 'application/json', 'idempotency-key': 'once' },
      payload: '{}'
    })
    t.equal(answer.statusCode, 500)
    t.notOk(answer.body.includes('secret'))
    t.equal(await footprint(), before, 'not even the Idempotency-Key is used up')
  })

  const unreachable: Record<string, Parameters<typeof connect>[0]> = {
    'at a port where nothing listens': { connectionString: 'postgres://nobody@127.0.0.1:1/none', max: 2 },
    'behind a socket that does not exist': { host: join(temporaryFolder(t), 'none'), user: 'x', database: 'x', max: 2 },
    'at a host whose name is unknown': { connectionString: 'postgres://nobody@credence.invalid/none', max: 2 }
  }
  for (const [place, connection] of Object.entries(unreachable)) {
    await t.test(`case 53: with a database ${place} the answer is 503`, async (t) => {
      const { db } = connect<Database>(connection)
      t.teardown(() => db.destroy())
      const app = await appOn(t, { ...deps, db })
      for (const url of ['/v1/customers/C-1', '/readyz']) {
        const answer = await app.inject({ method: 'GET', url, headers: authorized })
        t.equal(answer.statusCode, 503, url)
        t.equal(answer.headers['retry-after'], '1', url)
        t.match(answer.json(), {
          type: '/problems/temporary-reduced-capacity',
          detail: 'The database cannot be reached.'
        })
        t.notOk(/127\.0|credence\.invalid|ECONN|ENO|tmp/.test(answer.body), 'the place of the database stays unsaid')
      }
      t.equal((await app.inject({ method: 'GET', url: '/livez' })).statusCode, 200, 'the process is alive all the same')
    })
  }

  await t.test('case 53: an order is never approved without a database', async (t) => {
    const { db } = connect<Database>({ connectionString: 'postgres://nobody@127.0.0.1:1/none', max: 2 })
    t.teardown(() => db.destroy())
    const order = {
      customerId: 'C-1',
      orderId: randomBytes(4).toString('hex'),
      amount: { amount: '1.00', currency: 'CNY' }
    }
    const app = await appOn(t, { ...deps, db })
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/credit-checks',
      headers: { ...authorized, 'content-type': 'application/json' },
      payload: JSON.stringify(order)
    })
    t.equal(answer.statusCode, 503)
    t.notOk(answer.body.includes('approved'))
  })

  await t.test('case 58: a database handle that is closed under way is a fault without detail', async (t) => {
    const { db } = connect<Database>({ connectionString: 'postgres://nobody@127.0.0.1:1/none', max: 2 })
    await db.destroy()
    const app = await appOn(t, { ...deps, db })
    const answer = await app.inject({ method: 'GET', url: '/v1/customers/C-1', headers: authorized })
    t.ok(answer.statusCode === 500 || answer.statusCode === 503)
    t.notOk(/driver|destroyed|kysely/i.test(answer.body))
  })
})
