import { Readable } from 'node:stream'
import t from 'tap'
import { contractService, type Operation } from '../contract.ts'

const url = '/v1/customers/C-1'
const profile = { kind: 'company', name: 'Orient Steel' }
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': /max-age=\d{7,}/,
  'cache-control': 'no-store'
}

/** The document's path with ids that fit every rule of ids. */
function urlOf({ path }: Operation): string {
  return path
    .replace('{slug}', 'not-found')
    .replace(
      /\{(key|check|evidence|assessment|limitDecision)Id\}/g,
      (_all, kind: string) => `${PREFIXES[kind]}_${'0'.repeat(26)}`
    )
    .replace(/\{[^}]+\}/g, 'C-1')
}

const PREFIXES: Record<string, string> = {
  key: 'key',
  check: 'chk',
  evidence: 'evd',
  assessment: 'asm',
  limitDecision: 'lim'
}

t.test('the manners of HTTP hold for every path', async (t) => {
  const { send, attempt, inject, refuses, operations, authorization, deps, footprint } = await contractService(t)
  const key = await authorization('admin')
  await send('PUT', url, profile)
  const methodsOf = Map.groupBy(operations, ({ path }) => path)

  await t.test('case 21: a method that a path does not take is answered 405 with those that it takes', async (t) => {
    const before = await footprint()
    for (const [path, taken] of methodsOf) {
      const [first] = taken
      if (first === undefined) continue
      const methods = taken.map(({ method }) => String(method))
      const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
      const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].filter(
        (name) => !methods.includes(name)
      )
      for (const method of others) {
        const answer = await inject({ method: method as 'GET', url: urlOf(first), headers: { authorization: key } })
        t.equal(answer.body?.type, '/problems/method-not-allowed', `${method} ${path}`)
        t.equal(answer.headers.allow, allowed, `${method} ${path}`)
      }
      const options = await inject({ method: 'OPTIONS', url: urlOf(first) })
      t.equal(options.status, 204, `OPTIONS ${path}`)
      t.equal(options.headers.allow, allowed, `OPTIONS ${path}`)
    }
    t.equal(await footprint(), before, 'nothing is written')
  })

  await t.test('HEAD answers what GET answers, without the body', async (t) => {
    for (const operation of operations.filter(({ method, id }) => method === 'GET' && id !== 'getMetrics')) {
      const request = { url: urlOf(operation), headers: { authorization: key } }
      const get = await inject({ ...request, method: 'GET' })
      const head = await inject({ ...request, method: 'HEAD' })
      t.equal(head.status, get.status, operation.id)
      t.equal(head.text, '', operation.id)
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        t.equal(head.headers[name], get.headers[name], `${name} of ${operation.id}`)
    }
  })

  await t.test('a path that does not exist is answered 404', async (t) => {
    for (const nowhere of ['/v1', '/v2/customers', '/v1/customer', `${url}/`, `${url}/limits`, '//v1/customers']) {
      const answer = await attempt('GET', nowhere)
      t.equal(answer.body?.type, '/problems/not-found', nowhere)
    }
    const [longest] = (await attempt('GET', `/${'x'.repeat(5_000)}`)).text.match(/x+/g) ?? ['']
    t.ok(longest.length <= 64, 'and echoes little of it')
  })

  await t.test('case 22: an answer that is not accepted is refused', async (t) => {
    for (const accept of ['application/xml', 'text/html', 'application/json;q=0', 'text/*'])
      await refuses(
        t,
        { method: 'PUT', url, body: { ...profile, name: 'Other' }, headers: { accept } },
        'not-acceptable'
      )
    for (const accept of ['*/*', 'application/*', 'application/json', 'text/html, application/json;q=0.5'])
      t.equal((await send('GET', url, undefined, { accept })).status, 200, accept)
  })

  const refusedTypes = [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=gb18030',
    'application/jsonx',
    'application/json, text/plain',
    ''
  ]
  for (const type of refusedTypes) {
    await t.test(`case 23: a body of type "${type}" is refused`, async (t) => {
      const request = {
        method: 'PUT',
        url,
        body: { ...profile, name: 'Other' },
        headers: { 'content-type': type }
      } as const
      await refuses(t, request, 'unsupported-media-type')
    })
  }

  await t.test('case 23: JSON in UTF-8 is taken however it is spelled', async (t) => {
    for (const type of ['application/json', 'APPLICATION/JSON; charset=UTF-8', 'application/json;charset="utf-8"'])
      t.equal((await send('PUT', url, profile, { 'content-type': type })).status, 200, type)
    const patch = { 'content-type': 'application/merge-patch+json' }
    t.equal((await send('PATCH', url, { name: 'Orient Steel' }, patch)).status, 200)
  })

  await t.test('case 23: every operation with a body refuses one of another type', async (t) => {
    const before = await footprint()
    for (const operation of operations.filter(({ takesBody }) => takesBody)) {
      const headers = { authorization: key, 'content-type': 'text/plain' }
      const answer = await inject({ method: operation.method, url: urlOf(operation), headers, payload: '{}' })
      t.equal(answer.body?.type, '/problems/unsupported-media-type', operation.id)
      const broken = { authorization: key, 'content-type': 'application/json' }
      const malformed = await inject({ method: operation.method, url: urlOf(operation), headers: broken, payload: '{' })
      t.equal(malformed.body?.type, '/problems/malformed-json', operation.id)
    }
    t.equal(await footprint(), before, 'nothing is written')
  })

  await t.test('case 23: a compressed body is refused', async (t) => {
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd'])
      await refuses(
        t,
        { method: 'PUT', url, body: profile, headers: { 'content-encoding': encoding } },
        'unsupported-media-type'
      )
  })

  await t.test('case 24: a body over 1 MiB is refused and the connection closed', async (t) => {
    const body = JSON.stringify({ ...profile, name: 'x'.repeat(1_048_577) })
    const declared = await refuses(t, { method: 'PUT', url, body }, 'payload-too-large')
    t.equal(declared.headers.connection, 'close')
    const headers = { authorization: key, 'content-type': 'application/json' }
    const chunked = await inject({ method: 'PUT', url, headers, payload: Readable.from([body]) })
    t.equal(chunked.body.type, '/problems/payload-too-large')
  })

  await t.test('case 25: a URL of more than 8,192 characters is refused', async (t) => {
    await refuses(t, { method: 'GET', url: `/v1/customers?name=${'x'.repeat(8_200)}` }, 'uri-too-long')
    await refuses(t, { method: 'GET', url: `/v1/customers/${'x'.repeat(8_200)}` }, 'uri-too-long')
  })

  const refusedIds = [
    'x'.repeat(65),
    'x'.repeat(500),
    '-1',
    '.',
    'a b',
    'C%2F1',
    '%EF%BC%A31',
    'caf%C3%A9',
    'a%E2%80%8Bb',
    'C-1%0A'
  ]
  for (const id of refusedIds) {
    await t.test(`case 13: "${id.slice(0, 20)}" of ${id.length} characters is not an id`, async (t) => {
      const request = { method: 'PUT', url: `/v1/customers/${id}`, body: profile } as const
      await refuses(t, request, 'validation-error', ['/params/customerId'])
    })
  }

  await t.test('a path that is not URL-encoded is refused', async (t) => {
    for (const path of ['/v1/customers/%zz', '/v1/customers/%E0%A4%A', '/v1/customers/%']) {
      const answer = await refuses(t, { method: 'GET', url: path }, 'validation-error')
      t.equal(answer.headers['cache-control'], 'no-store')
    }
  })

  await t.test('case 11: a control character in a URL is refused', async (t) => {
    for (const place of [
      '/v1/customers?name=%7F',
      '/v1/customers?name=%C2%85',
      '/v1/customers?name=%00',
      '/v1/customers?identifier=erp:a%1Fb',
      '/v1/customers/C%00'
    ])
      await refuses(t, { method: 'GET', url: place }, 'unsupported-character')
  })

  await t.test('a text of another form is refused in words, with an example', async (t) => {
    const { body } = await refuses(t, { method: 'GET', url: '/v1/credit-checks/SO-1' }, 'validation-error', [
      '/params/checkId'
    ])
    t.match(body.detail, /^The path parameter checkId has not the form .*, such as "chk_[0-9a-z]{26}"\.$/)
    t.notMatch(body.detail, /\^/, 'not by a regular expression')
  })

  await t.test('a mistyped parameter is refused by its name', async (t) => {
    await refuses(t, { method: 'GET', url: '/v1/customers?kid=company' }, 'validation-error', ['/query/kid'])
    await refuses(t, { method: 'GET', url: `${url}?asof=2026-01-01` }, 'validation-error', ['/query/asof'])
  })

  await t.test('a dry run that an operation does not offer is refused, not carried out', async (t) => {
    const body = { name: 'x', scopes: ['read'] }
    await refuses(t, { method: 'POST', url: '/v1/api-keys?dryRun=true', body }, 'validation-error', ['/query/dryRun'])
  })

  await t.test('every answer carries the security headers, a request id and no-store', async (t) => {
    const places = [url, '/v1/customers', '/v1/nowhere', '/livez', '/openapi.json', '/docs', '/v1/customers?limit=0']
    for (const place of places) {
      const answer = await attempt('GET', place)
      t.match(answer.headers, SECURITY_HEADERS, place)
      t.match(answer.headers, { 'x-request-id': /^\S+$/ }, place)
      t.notOk('x-powered-by' in answer.headers || 'server' in answer.headers, place)
    }
    const anonymous = await inject({ method: 'GET', url })
    t.equal(anonymous.status, 401)
    t.match(anonymous.headers, SECURITY_HEADERS, 'without a key')
  })

  await t.test('each problem can be read at its type', async (t) => {
    for (const operation of operations) {
      const slugs = Object.values(operation.responses).flatMap(({ description }) =>
        [...description.matchAll(/`([a-z-]+)`:/g)].map(([, slug]) => slug)
      )
      for (const slug of new Set(slugs)) {
        const answer = await inject({ method: 'GET', url: `/problems/${slug}` })
        t.match(answer.body, { type: `/problems/${slug}`, remedy: /\S/ })
      }
    }
    await refuses(t, { method: 'GET', url: '/problems/none' }, 'validation-error', ['/params/slug'])
  })

  t.equal((await deps.db.selectFrom('customers').selectAll().execute()).length, 1, 'one customer is all that was made')
})
