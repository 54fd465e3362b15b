import { get, request as httpRequest, type IncomingMessage } from 'node:http'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import Type from 'typebox'
import { SERVER_OPTIONS, useHttpManners } from '../../../src/platform/http/http.ts'
import { operation } from '../../../src/platform/http/openapi.ts'
import { NDJSON, prefers, sendStream } from '../../../src/platform/http/streams.ts'
import { PROBLEMS } from '../../../src/problems.ts'

const PIECE = `${'x'.repeat(65_535)}\n`
const Text = Type.String()
const Known = Type.Object({ known: Type.Boolean() })

/** A service with one route that streams out, and one that takes a stream. */
async function streamingApp(t: Test, pieces: () => AsyncGenerator<string>, streamMsMax = 60_000) {
  const log: { level: number; err?: { message: string } }[] = []
  const stream = new Writable({
    write: (line, _encoding, done) => {
      log.push(JSON.parse(String(line)))
      done()
    }
  })
  const app = Fastify({ ...SERVER_OPTIONS, requestTimeout: 500, logger: { level: 'warn', stream } })
  t.teardown(() => app.close())
  const formats = { isCurrency: () => true, isBusinessDate: () => true, moneyFault: () => undefined }
  await useHttpManners(app, { realm: 'test', problems: PROBLEMS, formats, workMsMax: 300, streamMsMax })
  app.get(
    '/v1/out',
    operation('Test', 'out', 'Out', 'public', {
      response: { 200: Known },
      produces: { [NDJSON]: Text, 'text/csv': Text }
    }),
    async (request, reply) => {
      const type = [NDJSON, 'text/csv'].find((each) => prefers(request, each))
      return type === undefined ? { known: true } : sendStream(request, reply, type, pieces())
    }
  )
  app.post(
    '/v1/in',
    {
      ...operation('Test', 'in', 'In', 'public', {
        body: Text,
        consumes: [NDJSON],
        streams: true,
        response: { 200: Type.Object({ bytes: Type.Integer() }) }
      }),
      bodyLimit: 100_000
    },
    async ({ body }) => {
      let bytes = 0
      for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length
      return { bytes }
    }
  )
  app.post(
    '/v1/json',
    operation('Test', 'json', 'JSON', 'public', { body: Known, response: { 200: Known } }),
    async () => ({
      known: true
    })
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url, log }
}

/** The answer to a request for the stream, before any of its body is read. */
function asked(url: string, accept: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${url}/v1/out`, { headers: { accept } }, resolve).once('error', reject)
  })
}

async function* endless(counts: { made: number; ended: boolean }, fails?: number): AsyncGenerator<string> {
  try {
    for (;;) {
      if (counts.made === fails) throw new Error('the database is gone')
      counts.made += 1
      yield PIECE
    }
  } finally {
    counts.ended = true
  }
}

t.test('the caller says which of the media types it takes', async (t) => {
  const { app } = await streamingApp(t, async function* () {
    yield 'a\n'
    yield 'b\n'
  })
  const answered = async (accept?: string) => {
    const { statusCode, headers, body } = await app.inject({
      url: '/v1/out',
      headers: accept === undefined ? {} : { accept }
    })
    return [statusCode, headers['content-type'], statusCode === 200 ? body : JSON.parse(body).type]
  }
  const json = [200, 'application/json; charset=utf-8', '{"known":true}']
  t.same(await answered(), json)
  t.same(await answered('*/*'), json, 'JSON, where it does not matter')
  t.same(await answered(NDJSON), [200, NDJSON, 'a\nb\n'])
  t.same(await answered('text/csv, application/json;q=0.5'), [200, 'text/csv; charset=utf-8', 'a\nb\n'])
  t.same(await answered('application/pdf'), [
    406,
    'application/problem+json; charset=utf-8',
    '/problems/not-acceptable'
  ])
  const head = await app.inject({ method: 'HEAD', url: '/v1/out', headers: { accept: NDJSON } })
  t.same([head.statusCode, head.headers['content-type'], head.body], [200, NDJSON, ''])
})

t.test('no more is read than the caller takes, and nothing after it has gone', async (t) => {
  const counts = { made: 0, ended: false }
  const { url } = await streamingApp(t, () => endless(counts))
  const answer = await asked(url, NDJSON)
  await sleep(300)
  const waiting = counts.made
  t.ok(waiting < 500, `${waiting} pieces of 64 KiB fill the connection`)
  await sleep(300)
  t.equal(counts.made, waiting, 'then it waits')
  answer.destroy()
  while (!counts.ended) await sleep(10)
  t.ok(counts.made <= waiting + 1)
})

t.test('a fault before the first piece is a problem; a later one breaks the answer off and is logged', async (t) => {
  for (const made of [0, 3]) {
    const counts = { made: 0, ended: false }
    const { url, log } = await streamingApp(t, () => endless(counts, made))
    const answer = await asked(url, NDJSON)
    t.equal(answer.statusCode, made === 0 ? 500 : 200)
    let length = 0
    const read = async () => {
      for await (const chunk of answer) length += chunk.length
    }
    if (made === 0) await read()
    else await t.rejects(read(), { code: 'ECONNRESET' }, 'nobody takes the part for the whole')
    t.ok(made === 0 ? answer.headers['content-type']?.includes('problem') : length <= 3 * PIECE.length)
    t.match(log, [{ err: { message: 'the database is gone' } }])
  }
})

t.test('a stream that takes too long is broken off, also when the caller takes nothing of it', async (t) => {
  const counts = { made: 0, ended: false }
  const { url, log } = await streamingApp(t, () => endless(counts), 400)
  const answer = await asked(url, NDJSON)
  while (!counts.ended) await sleep(10)
  t.match(log, [{ err: { message: 'the answer took longer than 400 ms' } }])
  await t.rejects(answer.toArray(), { code: 'ECONNRESET' })
})

t.test('a stop breaks off what is still streamed', async (t) => {
  t.setTimeout(60_000)
  const counts = { made: 0, ended: false }
  const { app, url } = await streamingApp(t, () => endless(counts))
  const answer = await asked(url, NDJSON)
  await app.close()
  while (!counts.ended) await sleep(10)
  await t.rejects(answer.toArray(), { code: 'ECONNRESET' })
})

t.test('a body that is streamed arrives as it comes, and may take longer than another', async (t) => {
  const { app, url } = await streamingApp(t, () => endless({ made: 0, ended: false }))
  const sent = (path: string, type: string, payload: string) =>
    app.inject({ method: 'POST', url: path, headers: { 'content-type': type }, payload })
  t.same((await sent('/v1/in', `${NDJSON}; charset=utf-8`, '{}\n{}\n')).json(), { bytes: 6 })
  t.match((await sent('/v1/in', NDJSON, 'x'.repeat(100_001))).json(), { status: 413 })
  t.match((await sent('/v1/in', 'text/csv', 'a,b')).json(), { status: 415, detail: `The body must be ${NDJSON}.` })
  t.match((await sent('/v1/json', NDJSON, '{}')).json(), {
    status: 415,
    detail: 'The body must be application/json in UTF-8.'
  })

  const answered = Promise.withResolvers<IncomingMessage>()
  const request = httpRequest(`${url}/v1/in`, { method: 'POST', headers: { 'content-type': NDJSON } }, answered.resolve)
  request.once('error', answered.reject)
  for (let second = 0; second < 3; second += 1) {
    request.write('{}\n')
    await sleep(1_000)
  }
  request.end()
  const answer = await answered.promise
  t.equal(answer.statusCode, 200, 'neither the time of a request nor that of its work ended it')
  t.same(JSON.parse(String(Buffer.concat(await answer.toArray()))), { bytes: 9 })
})
