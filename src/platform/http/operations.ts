import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { type QueryExecutorProvider, sql } from 'kysely'
import Type, { type Static } from 'typebox'
import { moveSimulatedClock } from '../database/clock.ts'
import { Problem, type ProblemRow, type ProblemSlug } from '../values/problem.ts'
import { said } from '../values/said.ts'
import type { Scope } from './auth.ts'
import { ConstantAnswers, sendConstant } from './constants.ts'
import { type Language, languageOf } from './language.ts'
import { operation } from './openapi.ts'
import { AcceptLanguageHeader, closed, component, oneOf, ref, Timestamp } from './schema.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

const tag = 'Operations'

const Health = component(
  'Health',
  'That the service is well; otherwise it answers a problem',
  Type.Object({ status: oneOf(['ok'], { description: 'Always ok' }) })
)
const ProblemKind = component(
  'ProblemKind',
  'What a kind of problem means',
  Type.Object({
    type: Type.String({ maxLength: 200, description: 'Path of this description: the `type` of every such problem' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'HTTP status that it is answered with' }),
    title: Type.String({ maxLength: 200, description: 'What is wrong, whatever the request' }),
    remedy: Type.String({ maxLength: 500, description: 'How a caller mends it' })
  })
)
const ProblemKinds = component(
  'ProblemKinds',
  'Every kind of problem that the service answers',
  Type.Object({ items: Type.Array(ref(ProblemKind), { maxItems: 200, description: 'All kinds, by their type' }) })
)
const link = (description: string) => Type.String({ maxLength: 200, description })

/** What a service of this name says of itself to anyone who knows its address. */
export function serviceIndexOf(name: string) {
  return component(
    'ServiceIndex',
    'What this service is, and where to read on',
    Type.Object({
      name: oneOf([name], { description: 'Name of the product' }),
      version: Type.String({ maxLength: 64, description: 'Version of the product, by semantic versioning' }),
      links: Type.Object(
        {
          docs: link('The operations to read and to try, as a page'),
          openapi: link('The same as an OpenAPI document'),
          problems: link('Every kind of problem with its remedy'),
          live: link('Is the process alive?'),
          ready: link('Can the service decide now?'),
          metrics: link('Metrics in the Prometheus text format')
        },
        { description: 'Paths of this service; none needs an API key' }
      )
    })
  )
}

const LINKS = {
  docs: '/docs',
  openapi: '/openapi.json',
  problems: '/problems',
  live: '/livez',
  ready: '/readyz',
  metrics: '/metrics'
}
interface Served {
  readonly name: string
  readonly version: string
  readonly index: ReturnType<typeof serviceIndexOf>
  /** A problem as an example for the documentation. */
  readonly exampleProblem: ProblemSlug
}

const PlainText = Type.String({ maxLength: 10_000_000 })

/**
 * The index, health, metrics, the OpenAPI document and the meaning of each problem: public, without
 * business data.
 */
export const operationRoutes =
  (db: QueryExecutorProvider, { name, version, index, exampleProblem }: Served): FastifyPluginAsyncTypebox =>
  async (app) => {
    const slugs = Object.keys(app.problems) as ProblemSlug[]
    const kindOf = (slug: ProblemSlug, language: Language) => problemKind(slug, app.problems[slug], language)
    const worded = { headers: AcceptLanguageHeader, carries: ['Content-Language', 'Vary'] } as const

    app.get(
      '/',
      operation(tag, 'getIndex', 'What this service is, and where to read on', 'public', {
        response: { 200: ref(index) }
      }),
      async () => ({ name, version, links: LINKS })
    )

    app.get(
      '/livez',
      operation(tag, 'isAlive', 'Is the process alive?', 'public', {
        description: 'Touches nothing.',
        response: { 200: ref(Health) }
      }),
      async () => ({
        status: 'ok' as const
      })
    )

    app.get(
      '/readyz',
      operation(tag, 'isReady', 'Can the service decide now?', 'public', {
        description: 'Asks the database.',
        response: { 200: ref(Health) },
        problems: ['temporary-reduced-capacity']
      }),
      async () => {
        await sql`select 1`.execute(db)
        return { status: 'ok' as const }
      }
    )

    app.get(
      '/metrics',
      operation(tag, 'getMetrics', 'Metrics in the Prometheus text format', 'public', {
        response: { 200: { description: 'Metrics', content: { 'text/plain': { schema: PlainText } } } as never }
      }),
      async (_request, reply) => {
        reply.type('text/plain; version=0.0.4; charset=utf-8').serializer((text: string) => text)
        return reply.send(await app.metrics.client.register.metrics())
      }
    )

    await app.register(documentRoute)

    app.get(
      '/problems',
      operation(tag, 'listProblems', 'Every kind of problem, with its remedy', 'public', {
        ...worded,
        response: { 200: ref(ProblemKinds) }
      }),
      async (request, reply) => {
        const language = languageOf(request, reply)
        return { items: slugs.toSorted().map((slug) => kindOf(slug, language)) }
      }
    )

    app.get(
      '/problems/:slug',
      operation(tag, 'getProblem', 'What a kind of problem means', 'public', {
        ...worded,
        params: Type.Object({
          slug: oneOf(slugs, {
            description: 'The last part of the `type` of a problem',
            examples: [exampleProblem]
          })
        }),
        response: { 200: ref(ProblemKind) }
      }),
      async (request, reply) => kindOf(request.params.slug, languageOf(request, reply))
    )
  }

/** Making the document takes too long for a request, so it is made once, at start. */
const documentRoute: FastifyPluginAsyncTypebox = async (app) => {
  const kept = new ConstantAnswers(1)
  const document = () => kept.of('document', () => JSON.stringify(app.swagger()))
  app.addHook('onListen', async () => {
    await document()
  })
  app.get(
    '/openapi.json',
    operation(tag, 'getOpenApi', 'This document', 'public', {
      carries: ['ETag', 'Vary'],
      response: { 200: Type.Object({}, { additionalProperties: true, description: 'The OpenAPI document' }) }
    }),
    async (request, reply: FastifyReply) =>
      sendConstant(request, reply, await document(), 'application/json; charset=utf-8')
  )
}

function problemKind(
  slug: ProblemSlug,
  { status, title, remedy }: ProblemRow,
  language: Language
): Static<typeof ProblemKind> {
  return { type: `/problems/${slug}`, status, title: title[language], remedy: remedy[language] }
}

// Not a component, because a normal service does not have it.
const SimulatedTime = closed(Type.Object({ now: Timestamp }, { examples: [{ now: '2026-03-31T08:15:00.000Z' }] }))

/**
 * Only in a service started for simulation: a caller with the scope sets the clock, which stands
 * still in between.
 */
export const simulationRoutes =
  (db: QueryExecutorProvider, scope: Scope): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/simulation/clock',
      operation(tag, 'setClock', 'Set the simulated clock', scope, {
        body: SimulatedTime,
        response: { 200: SimulatedTime },
        problems: ['already-recorded']
      }),
      async ({ body }) => {
        const later = await moveSimulatedClock(db, body.now)
        if (later !== undefined) throw new Problem('already-recorded', said(details.clockAhead, { later }))
        return { now: body.now }
      }
    )
  }
