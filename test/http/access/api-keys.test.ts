import { sql } from 'kysely'
import t from 'tap'
import { newId } from '../../../src/platform/values/ids.ts'
import { contractService } from '../contract.ts'

t.test('API keys are made, listed and revoked', async (t) => {
  const { send, inject, refuses, unanswered, deps, clockTo } = await contractService(t)
  const statusWith = async (key: string) =>
    (await inject({ method: 'GET', url: '/v1/models', headers: { authorization: `Bearer ${key}` } })).status

  await t.test('a new key is answered once and works at once', async (t) => {
    const answer = await send('POST', '/v1/api-keys', { name: 'ERP', scopes: ['check', 'read'] })
    t.equal(answer.status, 201)
    t.equal(answer.headers.location, `/v1/api-keys/${answer.body.keyId}`)
    t.match(answer.body, {
      name: 'ERP',
      scopes: ['check', 'read'],
      createdAt: '2026-03-31T12:00:00.000Z',
      expiresAt: null,
      revokedAt: null,
      key: /^cred_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$/
    })
    t.equal(await statusWith(answer.body.key), 200)
    const { body, text } = await send('GET', '/v1/api-keys')
    const { key, ...shown } = answer.body
    t.same(
      body.items.find(({ keyId }: { keyId: string }) => keyId === shown.keyId),
      shown,
      'it is listed without its secret'
    )
    t.notOk(text.includes(key))
    t.notOk(/hash/i.test(text))
  })

  await t.test('what a key does that names a person is recorded as done by that person', async (t) => {
    const personId = newId('per')
    const { body } = await send('POST', '/v1/api-keys', { name: 'Wang', scopes: ['write'], personId })
    t.equal(body.personId, personId)
    const authorization = `Bearer ${body.key}`
    const customer = { kind: 'company', name: 'Orient Steel' }
    await send('PUT', '/v1/customers/C-1', customer, { authorization, 'idempotency-key': 'x' })
    const { items } = (await send('GET', '/v1/customers/C-1/journal')).body
    t.match(items, [{ type: 'customer.opened', actor: personId }])
    const hold = await send('PUT', '/v1/customers/C-1/hold', { reason: 'fraud' }, { authorization })
    t.equal(hold.body.hold.by, personId)
  })

  await t.test('the secret is nowhere in the database', async (t) => {
    const { body } = await send('POST', '/v1/api-keys', { name: 'kept secret', scopes: ['read'] })
    const [, , secret] = /^(cred_[^_]+_)(.+)$/.exec(body.key) ?? []
    const { rows } = await sql<{ everything: string }>`
      select (select string_agg(k::text, '') from api_keys k) || coalesce((select string_agg(i::text, '') from idempotency_keys i), '') as everything`.execute(
      deps.db
    )
    t.ok(rows[0]?.everything.includes(body.keyId))
    t.notOk(rows[0]?.everything.includes(secret ?? 'cred_'))
  })

  await t.test('an answer that may not be kept cannot be asked for again: no Idempotency-Key', async (t) => {
    const headers = { 'idempotency-key': 'again' }
    const body = { name: 'twice', scopes: ['read'] }
    await refuses(t, { method: 'POST', url: '/v1/api-keys', body, headers }, 'idempotency-key-invalid')
  })

  await t.test('an expiry in any offset is answered in UTC', async (t) => {
    const body = { name: 'until', scopes: ['read'], expiresAt: '2026-04-30T20:00:00+08:00' }
    const answer = await send('POST', '/v1/api-keys', body)
    t.equal(answer.body.expiresAt, '2026-04-30T12:00:00.000Z')
    t.equal(await statusWith(answer.body.key), 200)
    const { body: list } = await send('GET', '/v1/api-keys')
    const listed = list.items.find(({ keyId }: { keyId: string }) => keyId === answer.body.keyId)
    t.equal(listed.expiresAt, '2026-04-30T12:00:00.000Z')
  })

  await t.test('attack 12: a key ends at the moment that it expires, however lately it was used', async (t) => {
    const body = { name: 'until', scopes: ['read'], expiresAt: '2026-03-31T12:00:30Z' }
    const { key } = (await send('POST', '/v1/api-keys', body)).body
    for (let time = 0; time < 3; time += 1) t.equal(await statusWith(key), 200)
    await clockTo('2026-03-31T12:00:30.000Z')
    t.equal(await statusWith(key), 401)
    await clockTo('2026-03-31T12:00:00.000Z')
  })

  const refused: Record<string, { body: object; pointers: string[] }> = {
    'no name': { body: { scopes: ['read'] }, pointers: ['/name'] },
    'no scope at all': { body: { name: 'x', scopes: [] }, pointers: ['/scopes'] },
    'a scope that does not exist': { body: { name: 'x', scopes: ['root'] }, pointers: ['/scopes/0'] },
    'a scope twice': { body: { name: 'x', scopes: ['read', 'read'] }, pointers: ['/scopes'] },
    'an expiry without a time': {
      body: { name: 'x', scopes: ['read'], expiresAt: '2026-12-31' },
      pointers: ['/expiresAt']
    },
    'an expiry that is past': {
      body: { name: 'x', scopes: ['read'], expiresAt: '2026-03-31T12:00:00Z' },
      pointers: ['/expiresAt']
    },
    'a person of another kind': {
      body: { name: 'x', scopes: ['read'], personId: `key_${'0'.repeat(26)}` },
      pointers: ['/personId']
    },
    'a secret of one’s own': { body: { name: 'x', scopes: ['read'], key: 'cred_mine' }, pointers: ['/key'] }
  }
  for (const [name, { body, pointers }] of Object.entries(refused)) {
    await t.test(`a key with ${name} is refused`, async (t) => {
      await refuses(t, { method: 'POST', url: '/v1/api-keys', body }, 'validation-error', pointers)
    })
  }
  const instants = ['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '10000-01-01T00:00:00Z', 'infinity', 'now']
  for (const expiresAt of [
    ...instants,
    '2030-01-01T00:00:00',
    '2030-12-31T23:59:60Z',
    '2030-01-01T00:00:00+20:00',
    '1893456000'
  ]) {
    await t.test(`case 14: ${expiresAt} is not an instant`, async (t) => {
      const body = { name: 'x', scopes: ['read'], expiresAt }
      await refuses(t, { method: 'POST', url: '/v1/api-keys', body }, 'validation-error', ['/expiresAt'])
    })
  }

  await t.test('a revoked key stays listed with the moment of its revocation, which never moves', async (t) => {
    const { body } = await send('POST', '/v1/api-keys', { name: 'leaver', scopes: ['write'] })
    const { key: _key, ...shown } = body
    const first = await send('DELETE', `/v1/api-keys/${body.keyId}`)
    t.equal(first.status, 200)
    t.same(first.body, { ...shown, revokedAt: '2026-03-31T12:00:00.000Z' })
    await clockTo('2026-04-01')
    t.same((await send('DELETE', `/v1/api-keys/${body.keyId}`)).body, first.body)
    t.equal(await statusWith(body.key), 401)
  })

  await t.test('a key that does not exist cannot be revoked', async (t) => {
    await refuses(t, { method: 'DELETE', url: `/v1/api-keys/key_${'0'.repeat(26)}` }, 'not-found')
    for (const id of ['1', `key_${'O'.repeat(26)}`, `chk_${'0'.repeat(26)}`])
      await refuses(t, { method: 'DELETE', url: `/v1/api-keys/${id}` }, 'validation-error', ['/params/keyId'])
  })

  await t.test('the last admin key that is in force cannot be revoked', async (t) => {
    const { body } = await send('GET', '/v1/api-keys')
    const [admin] = body.items.filter(({ scopes }: { scopes: string[] }) => scopes.includes('admin'))
    const request = { method: 'DELETE', url: `/v1/api-keys/${admin.keyId}` } as const
    await refuses(t, request, 'api-key-in-use')
    const expiring = { name: 'expired admin', scopes: ['admin'], expiresAt: '2026-04-01T12:00:01Z' }
    await send('POST', '/v1/api-keys', expiring)
    await clockTo('2026-04-02')
    await refuses(t, request, 'api-key-in-use')
    const other = await send('POST', '/v1/api-keys', { name: 'second admin', scopes: ['admin'] })
    t.equal((await send('DELETE', `/v1/api-keys/${admin.keyId}`)).status, 200, 'with a second one it can')
    const authorization = `Bearer ${other.body.key}`
    t.equal((await send('GET', '/v1/api-keys', undefined, { authorization })).status, 200, 'which goes on')
    await refuses(
      t,
      { method: 'DELETE', url: `/v1/api-keys/${other.body.keyId}`, headers: { authorization } },
      'api-key-in-use'
    )
  })

  await t.test('keys are listed in pages', async (t) => {
    const all = (await send('GET', '/v1/api-keys?limit=200')).body.items
    const paged: object[] = []
    let cursor = ''
    do {
      const { body } = await send('GET', `/v1/api-keys?limit=3${cursor}`)
      t.ok(body.items.length <= 3)
      paged.push(...body.items)
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    t.same(paged, all)
    await refuses(t, { method: 'GET', url: '/v1/api-keys?limit=0' }, 'validation-error', ['/query/limit'])
    await refuses(t, { method: 'GET', url: '/v1/api-keys?cursor=NWQ0' }, 'invalid-cursor')
  })

  t.same(unanswered('createApiKey', 'listApiKeys', 'revokeApiKey'), [], 'every documented answer was given')
})
