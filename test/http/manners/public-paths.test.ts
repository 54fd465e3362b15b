import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import t from 'tap'
import { PROBLEMS } from '../../../src/problems.ts'
import { contractService } from '../contract.ts'

/** What follows a public path, as no client writes it by itself. */
const ODD = [
  '/../x',
  '/..%2fx',
  '/%2e%2e/x',
  '/..\\x',
  '/.hidden',
  '/static/../x',
  '/static/..%2f..%2fpackage.json',
  '/static/.env',
  '/static/%',
  '/static/%zz',
  '/static/%E0%A4%A',
  '/static/%C0%AE',
  `/static/${'x'.repeat(300)}`,
  `/static/${'x'.repeat(300)}.js`,
  `/${'x'.repeat(300)}`,
  `/static/${'x/'.repeat(300)}`,
  `/static/${'%20'.repeat(300)}`,
  '/static//',
  '/static/index.html/x',
  '/static/x;y',
  '/static/nul',
  '/static/:x',
  '/static/*',
  '//x',
  '/.',
  '/%',
  '/?%',
  '?x=%zz',
  '?__proto__=1',
  ';x'
]
const PUBLIC = ['', '/docs', '/livez', '/metrics', '/openapi.json', '/problems', '/problems/not-found']
const HEADERS = [
  '',
  'Range: bytes=9999999-\r\n',
  'If-Range: x\r\nRange: bytes=x\r\n',
  'If-Modified-Since: x\r\n',
  'Expect: x\r\n'
]

interface RawAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** Sends a request line as it stands, which the clients of a library would mend. */
function ask(port: number, line: string, headers = ''): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
        type: /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? '',
        body: body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/gi, '')
      })
    })
    socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`)
  })
}

t.test('attack 8: whatever is asked for at a public path, what the caller did wrong stays a 4xx', async (t) => {
  const { app } = await contractService(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const check = async (line: string, headers = '') => {
    const { status, type, body } = await ask(port, line, headers)
    const said = `${line.slice(0, 60)} ${headers.trim()}: ${status} ${body.slice(0, 200)}`
    t.ok(status >= 200 && status < 500, said)
    if (status < 400) return
    t.equal(type, 'application/problem+json; charset=utf-8', said)
    const problem = JSON.parse(body) as { type: string; status: number }
    const slug = problem.type.replace('/problems/', '')
    t.ok(slug in PROBLEMS && PROBLEMS[slug as keyof typeof PROBLEMS].status === status, said)
  }
  for (const path of PUBLIC) for (const odd of ODD) await check(`GET ${path}${odd}`)
  for (const path of [...PUBLIC, '/docs/static/index.css'])
    for (const headers of HEADERS)
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])
        if (method !== 'HEAD') await check(`${method} ${path || '/'}`, headers)
})
