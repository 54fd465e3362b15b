import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1'
const profile = { kind: 'company', name: 'Orient Steel' }

t.test('attack 12: small things are as anyone would expect', async (t) => {
  const { deps, send, attempt, inject, refuses, authorization } = await contractService(t)
  const authorized = { authorization: await authorization('admin') }
  await send('PUT', url, profile)

  await t.test('attack 12: a number in a URL is written as people write it', async (t) => {
    for (const limit of ['0x10', '1e1', '%2B5', '05', '5.0e0', '0b11', '%205', '5%20', '-0', 'Infinity', '1_0'])
      await refuses(t, { method: 'GET', url: `/v1/customers?limit=${limit}` }, 'validation-error', ['/query/limit'])
    const { body } = await attempt('GET', '/v1/customers?limit=0x10')
    t.match(body.detail, /limit must be a whole number.*, not "0x10"\.$/)
    await refuses(t, { method: 'GET', url: '/v1/models/wholesale/versions/0x1' }, 'validation-error', [
      '/params/version'
    ])
    t.equal((await send('GET', '/v1/customers?limit=16')).status, 200)
    t.equal((await send('GET', '/v1/credit-checks?orderId=0x10')).status, 200, 'a text may look like a number')
  })

  await t.test('a path that is no UTF-8 is refused as such', async (t) => {
    for (const id of ['%ED%A0%80', '%FF', '%C0%AE', 'C-%'])
      await refuses(t, { method: 'GET', url: `/v1/customers/${id}` }, 'validation-error', ['/params'])
  })

  await t.test('attack 12: where a method is not for a path its body does not matter', async (t) => {
    for (const [type, payload] of [
      ['application/json', '{'],
      ['application/json', '{"a":1,"a":2}'],
      ['text/plain', 'x'],
      ['application/json', `[${'0,'.repeat(400_000)}0]`]
    ] as const) {
      const headers = { ...authorized, 'content-type': type }
      const answer = await inject({ method: 'POST', url, headers, payload })
      t.equal(answer.body.type, '/problems/method-not-allowed', `${type} ${payload.slice(0, 20)}`)
      const nowhere = await inject({ method: 'POST', url: '/v1/nowhere', headers, payload })
      t.equal(nowhere.body.type, '/problems/not-found', `${type} ${payload.slice(0, 20)}`)
    }
  })

  await t.test('attack 12: a name in which nothing can be seen is blank', async (t) => {
    const blank = [
      '\u200b',
      '\u200d\u200c',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u3164',
      '\u115f\u1160',
      '\uffa0',
      '\u2800',
      '\u0301',
      '\u3000',
      '\u{e0041}'
    ]
    for (const name of blank) {
      const body = { ...profile, name }
      const answer = await refuses(t, { method: 'PUT', url, body }, 'validation-error', ['/name'])
      t.equal(answer.body.detail, 'The field /name must not be blank.', JSON.stringify(name))
    }
    for (const name of ['東', 'é', '\u200bA', '한', '7', '…', '😀', '𠮷'])
      t.equal((await send('PUT', url, { ...profile, name })).status, 200, name)
  })

  await t.test('attack 12: a merge patch is for PATCH', async (t) => {
    const headers = { 'content-type': 'application/merge-patch+json' }
    await refuses(t, { method: 'PUT', url, body: profile, headers }, 'unsupported-media-type')
    await refuses(t, { method: 'POST', url: `${url}/assessments`, body: {}, headers }, 'unsupported-media-type')
    t.equal((await send('PATCH', url, { name: 'Orient Steel' }, headers)).status, 200)
  })

  await t.test('attack 12: half a pair of quotation marks is no Idempotency-Key', async (t) => {
    for (const key of ['"', '""', '"a', 'a"', '""a""'])
      await refuses(
        t,
        { method: 'POST', url: `${url}/assessments`, body: {}, headers: { 'idempotency-key': key } },
        'idempotency-key-invalid'
      )
    for (const key of ['"quoted"', 'bare', 'a"b'])
      t.equal((await send('POST', `${url}/assessments`, {}, { 'idempotency-key': key })).status, 201, key)
  })

  await t.test('attack 12: a caller who leaves is not taken for a database that cannot be reached', async (t) => {
    const lines: string[] = []
    const logger = { level: 'warn', stream: { write: (line: string) => lines.push(line) } }
    const options = { rateLimitPerMinute: 1_000, trustedProxies: 0, eventLoopDelayMaxMs: 0, simulation: false }
    const app = await buildApp(deps, { ...options, logger })
    t.teardown(() => app.close())
    await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    const head = `PUT ${url} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorized.authorization}\r\n`
    socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"kind":`)
    await sleep(200)
    socket.destroy()
    await sleep(200)
    t.same(lines, [])
  })
})
