import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { givenCustomer } from '../../given.ts'
import { testService } from '../../service.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const OPTIONS = { logger: false, rateLimitPerMinute: 1_000, trustedProxies: 0, eventLoopDelayMaxMs: 0 } as const

/** Modules of traces that this process has loaded. */
const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) =>
    /@fastify\/otel|@opentelemetry\/(?!api\/)/.test(path)
  )

t.test('without a collector nothing of it is there, nor loaded by a request', async (t) => {
  const { app, authorization } = await testService(t)
  await app.inject({ url: '/v1/customers/C-1', headers: { authorization: await authorization('read') } })
  t.notOk(app.hasPlugin('@fastify/otel'))
  t.same(loaded(), [])
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
    t.not(loaded().length, 0, 'what is looked for would be seen')
  }
)
