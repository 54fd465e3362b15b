import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { capturedLog } from '../../captured-log.ts'
import { clientOf, testService } from '../../service.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const OPTIONS = { trustedProxies: 0, eventLoopDelayMaxMs: 0, simulation: false }
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

t.test('a request leaves one line, which says what was asked, by whom, and what became of it', async (t) => {
  const log = capturedLog('info')
  const { app, deps, kind, send, attempt, authorization } = await testService(t, { logger: log.logger })
  const url = '/v1/customers/C-1'
  await send('PUT', url, { kind: 'company', name: 'Orient Steel' })
  log.clear()

  await t.test('what every line has', async (t) => {
    const { headers } = await send('GET', url, undefined, { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })
    const [line, ...others] = log.lines()
    t.same(others, [])
    t.match(line, {
      level: 'info',
      time: INSTANT,
      msg: 'request',
      method: 'GET',
      route: '/v1/customers/:customerId',
      operation: 'getCustomer',
      status: 200,
      ms: Number,
      keyId: /^key_\w{26}$/,
      requestId: headers['x-request-id'],
      traceId: TRACE,
      customer: /^[0-9a-f]{16}$/
    })
    t.notOk('problem' in (line ?? {}))
  })

  await t.test('what is not found, refused or wrong is named by its problem', async (t) => {
    const table: [string, string, unknown, object][] = [
      ['GET', '/v1/customers/C-2', undefined, { status: 404, problem: 'customer-not-found', level: 'info' }],
      ['GET', '/v1/nowhere/C-2', undefined, { status: 404, problem: 'not-found', route: null }],
      ['GET', '/v1/%ff', undefined, { status: 400, problem: 'validation-error', route: null }],
      ['PUT', url, { name: 1 }, { status: 400, problem: 'validation-error', operation: 'putCustomer' }],
      ['PUT', url, '{', { status: 400, problem: 'malformed-json' }]
    ]
    for (const [method, path, body, expected] of table) {
      log.clear()
      const { headers } = await attempt(method as 'GET', path, body)
      t.match(log.lines(), [{ ...expected, requestId: headers['x-request-id'] }], path)
      t.equal(log.lines().length, 1, path)
    }
  })

  await t.test('a check is about its customer, the same in each line; an answer from before says so', async (t) => {
    log.clear()
    const order = { customerId: 'C-1', orderId: 'SO-1', amount: { amount: '10.00', currency: 'CNY' } }
    for (const _time of [1, 2]) await send('POST', '/v1/credit-checks', order, { 'idempotency-key': 'once' })
    await send('POST', '/v1/credit-checks?dryRun=true', { ...order, orderId: 'SO-2' })
    await send('GET', `${url}/exposure`)
    const lines = log.lines()
    t.equal(new Set(lines.map(({ customer }) => customer)).size, 1)
    t.same(
      lines.map(({ replayed, dryRun }) => [replayed, dryRun]),
      [
        [undefined, undefined],
        [true, undefined],
        [undefined, true],
        [undefined, undefined]
      ]
    )
  })

  await t.test('a caller who leaves is told of; its request has a line all the same', async (t) => {
    log.clear()
    await app.listen({ host: '127.0.0.1', port: 0 })
    const key = await authorization('admin')
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    const head = `PUT ${url} HTTP/1.1\r\nhost: x\r\nauthorization: ${key}\r\nx-request-id: leaves\r\n`
    socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"kind":`)
    await sleep(200)
    socket.destroy()
    await sleep(200)
    t.match(log.lines('leaves'), [{ level: 'info', msg: 'request', operation: 'putCustomer', left: true }])
    t.equal(log.lines('leaves').length, 1)
  })

  await t.test('what the parser of HTTP refuses has an id as well', async (t) => {
    log.clear()
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    let said = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      said += chunk
    })
    socket.write('HELO C-1\r\n\r\n')
    await once(socket, 'close')
    const requestId = /x-request-id: (\S+)/.exec(said)?.[1]
    t.match(said, `"requestId":"${requestId}"`)
    t.match(log.lines(requestId), [{ status: 400, problem: 'malformed-request', route: null }])
  })

  await t.test('ids of customers stand in the log where a setting says so', async (t) => {
    const plain = capturedLog('info')
    const customersInLog = { plain: true, secret: '' }
    const other = await buildApp(deps, { ...OPTIONS, rateLimitPerMinute: 1_000, logger: plain.logger, customersInLog })
    t.teardown(() => other.close())
    const client = clientOf(other, await authorization('read'))
    await client.send('GET', url)
    t.equal(plain.lines()[0]?.customer, 'C-1')
    await client.attempt('GET', `/v1/customers/${'x'.repeat(2_000)}`)
    t.equal(plain.lines()[1]?.customer?.length, 64, 'never more than an id can be')
  })

  await t.test('one secret gives one pseudonym, also in another process', async (t) => {
    const of = async (secret: string) => {
      const own = capturedLog('info')
      const customersInLog = { plain: false, secret }
      const other = await buildApp(deps, { ...OPTIONS, rateLimitPerMinute: 1_000, logger: own.logger, customersInLog })
      t.teardown(() => other.close())
      await clientOf(other, await authorization('read')).send('GET', url)
      return own.lines()[0]?.customer
    }
    t.equal(await of('a'), await of('a'))
    t.not(await of('a'), await of('b'))
    t.not(await of(''), await of(''), 'without one, each start has its own')
  })
  t.ok(kind)
})

t.test('the default level tells of refused callers, and of what changes who may do what', async (t) => {
  const log = capturedLog('warn')
  const { app, deps, send, authorization, clockTo } = await testService(t, { logger: log.logger })
  const url = '/v1/customers/C-1'
  await send('PUT', url, { kind: 'company', name: 'Orient Steel' })
  t.same(log.lines(), [], 'a change of the file is none of these')

  const only = async (work: () => Promise<unknown>) => {
    log.clear()
    await work()
    const lines = log.lines()
    t.equal(lines.length, 1, JSON.stringify(lines))
    t.equal(lines[0]?.level, 'warn')
    return lines[0]
  }
  const check = await authorization('check')
  const inject = (authorized: Record<string, string>, path = `${url}/hold`) =>
    app.inject({
      method: 'PUT',
      url: path,
      headers: { ...authorized, 'content-type': 'application/json' },
      payload: '{}'
    })
  t.match(await only(() => inject({})), { status: 401, problem: 'unauthenticated', operation: 'setHold' })
  const made = `cred_${'0'.repeat(26)}_${'x'.repeat(43)}`
  const claimed = await only(() => inject({ authorization: `Bearer ${made}` }))
  t.match(claimed, { status: 401, claimedKeyId: `key_${'0'.repeat(26)}` })
  t.notOk(claimed?.keyId, 'what was not proved is a claim')
  t.match(await only(() => inject({ authorization: check })), {
    status: 403,
    problem: 'insufficient-scope',
    keyId: /^key_/
  })

  let issued = ''
  const key = await only(async () => {
    const { body } = await send('POST', '/v1/api-keys', { name: 'ERP of Zhang San', scopes: ['read'] })
    issued = body.keyId
  })
  t.match(key, { operation: 'createApiKey', status: 201, subject: issued, keyId: /^key_/ })
  t.match(await only(() => send('DELETE', `/v1/api-keys/${issued}`)), { operation: 'revokeApiKey', subject: issued })
  t.match(await only(() => send('PUT', `${url}/hold`, { reason: 'Bill returned unpaid' })), {
    operation: 'setHold',
    customer: /^[0-9a-f]{16}$/
  })
  t.match(await only(() => send('DELETE', `${url}/hold`)), { operation: 'liftHold', status: 200 })

  log.clear()
  const { body: limit } = await send('POST', `${url}/limit-decisions`, { refer: true })
  t.same(log.lines(), [], 'a proposal changes nothing yet')
  const approver = { authorization: await authorization('admin') }
  const approval = `${url}/limit-decisions/${limit.limitDecisionId}/approvals`
  t.match(
    await only(() =>
      send('POST', approval, { verdict: 'approve', comment: 'Seen by Zhang San' }, { ...approver, 'if-match': '"1"' })
    ),
    {
      operation: 'approveLimit',
      subject: limit.limitDecisionId
    }
  )

  const order = { customerId: 'C-1', orderId: 'SO-1', amount: { amount: '900000000.00', currency: 'CNY' } }
  const { body: waiting } = await send('POST', '/v1/credit-checks', order, { authorization: check })
  t.equal(waiting.block?.state, 'open')
  const decision = { decision: 'release', reasonCode: 'PAYMENT-PROMISED', comment: 'Paid by Zhang San' }
  const released = `/v1/credit-checks/${waiting.checkId}/decisions`
  t.match(await only(() => send('POST', released, decision, { ...approver, 'if-match': '"1"' })), {
    operation: 'decideBlockedOrder',
    subject: waiting.checkId
  })
  log.clear()
  await send('PUT', `${url}/hold?dryRun=true`, { reason: 'Bill returned unpaid' })
  t.same(log.lines(), [], 'a dry run changes nothing')
  await clockTo('2026-04-01')

  await t.test('whoever is refused for asking too often is told of, up to a number of lines', async (t) => {
    const own = capturedLog('warn')
    const limited = await buildApp(deps, { ...OPTIONS, rateLimitPerMinute: 1, logger: own.logger })
    t.teardown(() => limited.close())
    for (let times = 0; times < 400; times += 1) await limited.inject({ method: 'GET', url: '/v1/customers' })
    const lines = own.lines()
    t.match(lines[0], { status: 401 })
    t.match(lines[1], { status: 429, problem: 'quota-exceeded', level: 'warn' })
    t.ok(lines.length < 400, 'a flood of refusals does not fill a disk')
    await sleep(1_100)
    await limited.inject({ method: 'GET', url: '/v1/customers' })
    const all = own.lines()
    const omitted = all.reduce((sum, line) => sum + (line.omitted ?? 0), 0)
    t.equal(all.length + omitted, 401, 'and those without a line are counted')
  })
})

t.test('a request is known by the id that it brought, or by one that no other has', async (t) => {
  const log = capturedLog('info')
  const { app, authorization } = await testService(t, { logger: log.logger })
  const headers = { authorization: await authorization('read') }
  const idOf = async (given: string | undefined) => {
    const brought = given === undefined ? {} : { 'x-request-id': given }
    const answer = await app.inject({ method: 'GET', url: '/v1/customers/C-1', headers: { ...headers, ...brought } })
    const id = String(answer.headers['x-request-id'])
    t.equal(answer.json().requestId, id)
    t.equal(log.lines(id).length, 1, id)
    return id
  }
  for (const given of [
    'a',
    '7d7f1a3e-3a52-4b54-9f0c-2f4c8a0f0f9b',
    'Root=1-67891233-abcdef012345678912345678',
    'x'.repeat(64)
  ])
    t.equal(await idOf(given), given)
  const made = /^req-[0-9a-f]{18}-[0-9a-z]+$/
  const key = headers.authorization.slice('Bearer '.length)
  for (const given of [undefined, '', 'x'.repeat(65), 'a b', 'a"b', '{a}', '张三', '-a', key, 'a, b'])
    t.match(await idOf(given), made, String(given))
  t.not(await idOf(undefined), await idOf(undefined))
})
