import t from 'tap'
import { testService } from '../../service.ts'

t.test('a read carries a validator, and one that is still held is answered with 304 and nothing else', async (t) => {
  const { send } = await testService(t)
  await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
  for (const url of ['/v1/customers', '/v1/customers/C-1/limit', '/v1/models', '/openapi.json']) {
    const etag = String((await send('GET', url)).headers.etag)
    t.match(etag, /^"[0-9a-f]+"$/, url)
    const held = await send('GET', url, undefined, { 'if-none-match': `"other", ${etag}` })
    t.equal(held.status, 304, url)
    t.equal(held.text, '')
    t.equal(held.headers.etag, etag)
  }
  const before = String((await send('GET', '/v1/customers')).headers.etag)
  await send('PATCH', '/v1/customers/C-1', { employees: 3 })
  t.equal(
    (await send('GET', '/v1/customers', undefined, { 'if-none-match': before })).status,
    200,
    'a changed one in full'
  )
})

t.test('a dry run points to nothing: what it would have made does not exist', async (t) => {
  const { send } = await testService(t)
  const answer = await send('PUT', '/v1/customers/C-1?dryRun=true', { kind: 'company', name: 'Orient Steel' })
  t.equal(answer.status, 200)
  t.equal(answer.headers.location, undefined)
  t.equal(answer.headers.etag, undefined)
})
