import { createRequire } from 'node:module'
import type Otel from '@fastify/otel'
import type * as Api from '@opentelemetry/api'
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http'
import type * as Resources from '@opentelemetry/resources'
import type * as Sdk from '@opentelemetry/sdk-trace-node'
import type { FastifyInstance } from 'fastify'

/** Where traces go, and of how many requests. */
export interface TracesTo {
  /** Base address of an OpenTelemetry collector that takes OTLP over HTTP. */
  readonly endpoint: string
  /** Share 0..1 of the requests that bring no trace of their own. */
  readonly share: number
  readonly name: string
  readonly version: string
}

/** What asks whether the service works is no request worth a trace. */
const LEFT_OUT = ['/livez', '/readyz', '/metrics']

/** Adds a span of a statement to the trace of the request that sent it, if there is one. */
type StatementSpan = (verb: string, sentAt: Date) => void

/**
 * Sends a span for each traced request, with the pattern of its route and never its path: that
 * holds numbers of customers. Loaded only here, since it is large and each request pays for it.
 * Answers what to tell of the statements of the database.
 */
export async function useTraces(
  app: FastifyInstance,
  { endpoint, share, name, version }: TracesTo
): Promise<StatementSpan> {
  const load = createRequire(import.meta.url)
  const { FastifyOtelInstrumentation } = load('@fastify/otel') as typeof Otel
  const { context, propagation, SpanKind, trace } = load('@opentelemetry/api') as typeof Api
  const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-http') as typeof Exporter
  const { resourceFromAttributes } = load('@opentelemetry/resources') as typeof Resources
  const sdk = load('@opentelemetry/sdk-trace-node') as typeof Sdk
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': name.toLowerCase(), 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)]
  })
  provider.register()
  const spans = new FastifyOtelInstrumentation({
    instrumentHooks: false,
    // A message may hold what a caller sent.
    recordExceptions: false,
    ignorePaths: ({ url }) => LEFT_OUT.includes(url),
    requestHook: (span, request) => {
      span.setAttributes({ 'url.path': request.routeOptions.url ?? '', 'credence.request_id': request.id })
    }
  })
  spans.setTracerProvider(provider)
  await app.register(spans.plugin())
  app.addHook('onClose', async () => {
    // What cannot be sent any more is lost, and holds nobody up.
    await provider.shutdown().catch(() => undefined)
    for (const api of [trace, context, propagation]) api.disable()
  })
  const tracer = provider.getTracer(name.toLowerCase())
  return (verb, sentAt) => {
    if (trace.getActiveSpan() === undefined) return
    const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': verb }
    tracer.startSpan(verb, { kind: SpanKind.CLIENT, startTime: sentAt, attributes }).end()
  }
}
