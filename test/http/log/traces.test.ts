import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import { makeTemplateFolder } from '../../database.ts'
import { givenCustomer } from '../../given.ts'
import { testService } from '../../service.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const OPTIONS = { logger: false, rateLimitPerMinute: 1_000, trustedProxies: 0, eventLoopDelayMaxMs: 0 } as const

/**
 * Tells of every module of traces that a process has looked up, each of its threads when it ends.
 * The bare API is none: the queue of jobs brings it along, and it does nothing by itself.
 */
const TELLING = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  const found = new Set()
  registerHooks({
    resolve(specifier, context, next) {
      const { url, ...others } = next(specifier, context)
      const name = /@(opentelemetry[/](?!api[/])|fastify[/]otel)[^]*/.exec(url)?.[0]
      if (name !== undefined) found.add(name)
      return { url, ...others }
    }
  })
  process.on('exit', () => writeSync(2, JSON.stringify({ found: [...found] })))`)}`

/** What a service of its own process has loaded of traces, once it has answered a request. */
async function loadedBy(t: Test, environment: Record<string, string>): Promise<string[]> {
  const folder = temporaryFolder(t)
  const dataDir = join(folder, 'data')
  await makeTemplateFolder(dataDir)
  const keyFile = join(folder, 'admin-key')
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    CREDENCE_DATA_DIR: dataDir,
    CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true',
    CREDENCE_ADMIN_KEY_FILE: keyFile,
    ...environment
  }
  const main = join(import.meta.dirname, '../../../src/main.ts')
  const child = execFile(process.execPath, ['--import', TELLING, main], { env })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const ready = Promise.withResolvers<string>()
  let [said, told] = ['', '']
  child.stdout?.on('data', (chunk) => {
    said += chunk
    const url = /ready at (\S+)/.exec(said)?.[1]
    if (url !== undefined) ready.resolve(url)
  })
  child.stderr?.on('data', (chunk) => {
    told += chunk
  })
  try {
    const url = await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error(`${said}${told}`)))])
    const headers = { authorization: `Bearer ${readFileSync(keyFile, 'utf8').trim()}` }
    const asked = async (): Promise<number> => (await fetch(`${url}/v1/customers`, { headers })).status
    let status = await asked()
    // A machine that is busy with other tests makes the first answer a 503.
    for (let times = 0; status === 503 && times < 50; times += 1) {
      await sleep(200)
      status = await asked()
    }
    t.equal(status, 200)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
  const tellings = told.match(/\{"found":[^}]*\}/g) ?? []
  t.not(tellings.length, 0)
  return tellings.flatMap((telling) => JSON.parse(telling).found)
}

t.test('without a collector nothing of traces is loaded, neither by a start nor by a request', async (t) => {
  t.same(await loadedBy(t, {}), [])
  const traced = await loadedBy(t, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  for (const name of ['@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/sdk-trace-node', '@fastify/otel'])
    t.ok(
      traced.some((each) => each.startsWith(name)),
      `${name} would be seen`
    )
})

t.test(
  'requests send spans to a collector, where one is named, with routes and without anything personal',
  async (t) => {
    const bodies: { resourceSpans: { resource: object; scopeSpans: { spans: Span[] }[] }[] }[] = []
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        if (request.url === '/v1/traces') bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    t.teardown(() => collector.close())
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`
    const service = await testService(t)
    await givenCustomer(service, 'Geheim-17')
    const app = await buildApp(service.deps, { ...OPTIONS, simulation: false, traces: { endpoint, share: 0 } })
    const authorization = await service.authorization('read')
    const traced = { authorization, traceparent: `00-${TRACE}-${PARENT}-01`, 'x-request-id': 'request-17' }
    await app.inject({ url: '/v1/customers/Geheim-17?mistyped=Streng', headers: traced })
    await app.inject({ url: '/v1/customers/Geheim-17', headers: traced })
    await app.inject({ url: '/v1/nowhere/Geheim-17', headers: traced })
    await app.inject({ url: '/livez', headers: traced })
    await app.inject({ url: '/v1/customers/Geheim-17', headers: { authorization } })
    await app.close()

    const resources = bodies.flatMap(({ resourceSpans }) => resourceSpans)
    const spans = resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    t.match(JSON.stringify(resources[0]?.resource), /"service.name".*"credence"/)
    const requests = spans.filter(({ parentSpanId }) => parentSpanId === PARENT)
    t.equal(requests.length, 3, 'neither the probe, nor a request of which nobody wants a trace')
    for (const { traceId } of spans) t.equal(traceId, TRACE)
    const attributeOf = ({ attributes }: Span, name: string) =>
      Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0]
    const [mistyped, found, lost] = requests as [Span, Span, Span]
    const route = '/v1/customers/:customerId'
    t.same([attributeOf(mistyped, 'http.route'), attributeOf(mistyped, 'url.path')], [route, route])
    t.same(
      [400, 200, 404],
      [mistyped, found, lost].map((span) => Number(attributeOf(span, 'http.response.status_code')))
    )
    t.equal(attributeOf(found, 'credence.request_id'), 'request-17')
    const statements = spans.filter((span) => attributeOf(span, 'db.system.name') === 'postgresql')
    t.not(statements.length, 0)
    t.ok(statements.every((span) => /^[a-z]+$/.test(span.name) && span.parentSpanId !== undefined))
    t.notMatch(JSON.stringify(bodies), /Geheim|Streng/)
  }
)
