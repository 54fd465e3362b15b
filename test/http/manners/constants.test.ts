import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { givenCustomer } from '../../given.ts'
import { contractService } from '../contract.ts'
import { modelOf } from '../models/given-model.ts'

t.test('attack 2: what never changes is made once, and sent as the caller likes it', async (t) => {
  const service = await contractService(t)
  const { app, send, authorization } = service
  const authorized = { authorization: await authorization('read') }
  const ask = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url, headers: { ...authorized, ...headers } })
  const { body: models } = await send('GET', '/v1/models?segment=company')
  const { modelId, version } = models.items[0]
  const places = [
    '/openapi.json',
    '/docs/static/swagger-ui.css',
    '/docs/static/swagger-ui-bundle.js',
    `/v1/models/${modelId}/versions/${version}/pmml`
  ]
  for (const place of places) {
    await t.test(`attack 2: ${place}`, async (t) => {
      // The pages keep a file when it was sent for the first time.
      await ask(place)
      const plain = await ask(place)
      t.equal(plain.statusCode, 200)
      t.equal(plain.headers['content-encoding'], undefined)
      const seen = new Set([plain.headers.etag])
      for (const [coding, unpack] of [
        ['gzip', gunzipSync],
        ['br', brotliDecompressSync]
      ] as const) {
        const packed = await ask(place, { 'accept-encoding': coding })
        t.equal(packed.headers['content-encoding'], coding)
        t.equal(packed.headers['content-type'], plain.headers['content-type'])
        t.match(packed.headers.vary, /Accept-Encoding/i)
        t.ok(packed.rawPayload.length < plain.rawPayload.length / 2, `${packed.rawPayload.length} bytes`)
        t.ok(unpack(packed.rawPayload).equals(plain.rawPayload), 'the same when it is unpacked')
        seen.add(packed.headers.etag)
        const held = await ask(place, { 'accept-encoding': coding, 'if-none-match': String(packed.headers.etag) })
        t.equal(held.statusCode, 304)
        t.equal(held.body, '')
      }
      t.equal(seen.size, 3, 'each coding has a validator of its own')
      t.equal((await ask(place, { 'if-none-match': String(plain.headers.etag) })).statusCode, 304)
      for (const accepted of ['gzip, deflate, br', 'br;q=0, gzip', '*'])
        t.ok((await ask(place, { 'accept-encoding': accepted })).headers['content-encoding'], accepted)
      t.equal((await ask(place, { 'accept-encoding': 'identity' })).headers['content-encoding'], undefined)
    })
  }

  await t.test('attack 2: a draft that is rewritten is exported anew', async (t) => {
    const draft = '/v1/models/wholesale/versions/1'
    const [first, second] = [0.1, 0.2].map((minimumCoverage) => modelOf('wholesale', { version: 1, minimumCoverage }))
    await send('PUT', draft, first)
    const before = await ask(`${draft}/pmml`)
    await send('PUT', draft, second, { 'if-match': '"1"' })
    const after = await ask(`${draft}/pmml`)
    t.not(after.headers.etag, before.headers.etag)
    t.not(after.body, before.body)
  })

  await t.test('attack 2: many questions at once are answered alike, on a thread of their own', async (t) => {
    await givenCustomer(service, 'C-1')
    const { assessmentId } = (await send('POST', '/v1/customers/C-1/assessments', {})).body
    const url = `/v1/customers/C-1/assessments/${assessmentId}`
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(`${url}/counterfactuals`)))
    for (const { statusCode, body } of answers) {
      t.equal(statusCode, 200)
      t.equal(body, answers[0]?.body)
    }
    t.ok(JSON.parse(answers[0]?.body ?? '{}').sets.length > 0, 'there is something to improve')
  })
})
