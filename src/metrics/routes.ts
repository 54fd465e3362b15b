import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { Deps } from '../deps.ts'
import { operation } from '../platform/http/openapi.ts'
import { type Family, houseMetrics } from './commands.ts'

const tag = 'Operations'

/** So long a reading is kept: whoever asks more often costs the database nothing. */
const KEPT_MS = 5_000

const TEXT = Type.String({ maxLength: 1_000_000, description: 'One figure a line' })

/** Figures of the house for a credit manager and an operator; those of HTTP stand in `/metrics`. */
export const metricsRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { Registry, Counter, Gauge } = app.metrics.client
    let kept: { readonly until: number; readonly text: Promise<string> } | undefined

    const written = async () => {
      const registry = new Registry()
      const families = await houseMetrics(deps)
      // One without any figure would read as 0.
      for (const family of families.filter(({ values }) => values.length > 0)) register(registry, family)
      return registry.metrics()
    }
    const register = (registry: InstanceType<typeof Registry>, { name, help, type, values }: Family) => {
      const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))]
      const known = { name, help, labelNames, registers: [registry] }
      if (type === 'counter') {
        const counter = new Counter(known)
        for (const { labels, value } of values) counter.inc(labels, value)
      } else {
        const gauge = new Gauge(known)
        for (const { labels, value } of values) gauge.set(labels, value)
      }
    }

    app.get(
      '/metrics',
      operation(tag, 'getHouseMetrics', 'Metrics of credit, in the Prometheus text format', 'read', {
        description:
          'Orders decided and amounts asked for, what waits for a person, what runs in the background, how far events lag, the connections, the last self-check. Sums of the whole house: no customer is named. Read anew every five seconds at most. Metrics of HTTP and of the process stand in `/metrics`, which needs no key.',
        carries: ['ETag'],
        response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: TEXT } } } as never }
      }),
      async (_request, reply) => {
        const now = performance.now()
        if (kept === undefined || kept.until < now) {
          const text = written()
          const reading = { until: now + KEPT_MS, text }
          kept = reading
          text.catch(() => {
            if (kept === reading) kept = undefined
          })
        }
        reply.type('text/plain; version=0.0.4; charset=utf-8').serializer((text: string) => text)
        return reply.send(await kept.text)
      }
    )
  }
