import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { ProblemSlug } from '../../../src/platform/values/problem.ts'
import { PROBLEMS } from '../../../src/problems.ts'
import { testService } from '../../service.ts'

t.test('what is not a request is answered with a problem, and its connection closed', async (t) => {
  const { app, authorization } = await testService(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  /**
   * Writes bytes to a connection of its own and answers what comes back until the service closes
   * it.
   */
  const exchange = (...parts: string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        received += chunk
      })
      socket.on('close', () => resolve(received))
      socket.on('error', (error: Error & { code?: string }) => error.code === 'ECONNRESET' || reject(error))
      socket.on('connect', () => {
        for (const part of parts) socket.write(part)
      })
    })
  const isProblem = (t: Test, received: string, slug: ProblemSlug) => {
    const [head = '', body = ''] = received.split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1.1 ${PROBLEMS[slug].status} `))
    t.match(head, /content-type: application\/problem\+json; charset=utf-8/i)
    t.match(head, /connection: close/i)
    t.match(JSON.parse(body), { type: `/problems/${slug}`, status: PROBLEMS[slug].status })
  }
  const get = 'GET /livez HTTP/1.1\r\nHost: credence\r\n'
  const put = 'PUT /v1/customers/C-1 HTTP/1.1\r\nHost: credence\r\nContent-Type: application/json\r\n'

  await t.test('case 25: headers of more than 16 KiB are refused', async (t) => {
    isProblem(t, await exchange(`${get}X-Long: ${'x'.repeat(17_000)}\r\n\r\n`), 'headers-too-large')
  })

  const smuggled: Record<string, string> = {
    'Content-Length beside Transfer-Encoding': `${put}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'two Content-Lengths': `${put}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    'a bare line feed': 'GET /livez HTTP/1.1\nHost: credence\n\n',
    'a space before the colon': `${get}X-Name : x\r\n\r\n`,
    'no HTTP at all': '\u0016\u0003\u0001 hello\r\n\r\n'
  }
  for (const [name, bytes] of Object.entries(smuggled)) {
    await t.test(`case 26: ${name} is refused`, async (t) => {
      isProblem(t, await exchange(bytes), 'malformed-request')
    })
  }

  await t.test('case 24: a body in chunks without end is cut off at the limit', async (t) => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const key = await authorization('write')
    const received = await exchange(
      `${put}Transfer-Encoding: chunked\r\nAuthorization: ${key}\r\n\r\n`,
      ...Array.from({ length: 40 }, () => chunk)
    )
    isProblem(t, received, 'payload-too-large')
  })

  await t.test('case 27: a request that does not arrive is given up within 15 seconds', async (t) => {
    const { requestTimeout, headersTimeout } = app.server
    t.ok(requestTimeout + 1_000 <= 15_000 && headersTimeout <= requestTimeout, 'the limits of every request')
    Object.assign(app.server, { requestTimeout: 200, headersTimeout: 200 })
    // Here shortened. That the service closes the connections, and not their callers, is what lets
    // this end at all.
    const [headers, body] = await Promise.all([exchange(get), exchange(`${put}Content-Length: 50\r\n\r\n`, '{"kind"')])
    isProblem(t, headers, 'request-timeout')
    t.match(body, /^HTTP\/1.1 (401|408) /)
  })
})
