import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify'

import Type, { type TSchema } from 'typebox'
import type { ProblemCatalogue, ProblemSlug } from '../values/problem.ts'
import { type RouteScope, scopesIn } from './auth.ts'
import { type ConstantAnswer, constantAnswer, sendConstant } from './constants.ts'
import { LANGUAGES } from './language.ts'
import { descriptionOf, Problem as ProblemSchema, ref } from './schema.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The problems that the operation can answer. */
    problems?: readonly ProblemSlug[]
    /** Media types of its answer. The first one goes to callers that accept any. */
    produces?: readonly string[]
    /** Media types of a body that arrives as a stream. */
    streams?: readonly string[]
  }
}

/** What an operation takes and answers. */
interface Parts {
  readonly description?: string
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly headers?: TSchema
  readonly body?: TSchema
  readonly response: Readonly<Record<number, TSchema>>
  /** Headers of the answer, without `Idempotency-Replayed`, which all of them have. */
  readonly carries?: readonly (keyof typeof ANSWER_HEADERS)[]
  /** Media types of the body, when it is not only JSON. */
  readonly consumes?: readonly string[]
  /**
   * Other media types of the answer besides that of `response`, with their content. The `Accept` of
   * the caller decides.
   */
  readonly produces?: Readonly<Record<string, TSchema>>
  /**
   * The handler gets the body as a stream, in any type of `consumes`, and may take minutes. The
   * `bodyLimit` of the route holds.
   */
  readonly streams?: true
  /** Its success changes who may do what, or what a customer may owe: the log has it at `warn`. */
  readonly watched?: true
  /** The problems of this operation besides those of every operation. */
  readonly problems?: readonly ProblemSlug[]
}

/** The media type of an answer when its operation names no other. */
export const JSON_TYPE = 'application/json'

/**
 * Marks the schema of a body that is never complete at one time, so it is not validated as a whole.
 */
export const STREAMED = 'x-streamed'

/** What may be wrong with any body before its fields are checked. */
const BODY_PROBLEMS = [
  'malformed-json',
  'reserved-json-key',
  'duplicate-json-key',
  'too-complex',
  'payload-too-large',
  'unsupported-media-type'
] as const satisfies readonly ProblemSlug[]

/** The faults of a stream that the platform finds; its lines are checked by the handler. */
const STREAM_PROBLEMS = ['payload-too-large', 'unsupported-media-type'] as const satisfies readonly ProblemSlug[]

/** An operation without parameters refuses any, so that a mistyped one is noticed. */
const NO_PARAMETERS = Type.Object({}, { additionalProperties: false })

const ANSWER_HEADERS = {
  ETag: {
    type: 'string',
    description: 'The version of the resource, to be sent as `If-Match` with a change of it',
    examples: ['"1"']
  },
  'Data-As-Of': {
    type: 'string',
    format: 'date-time',
    description:
      'The answer was read from a replica: everything that was recorded until this instant is in it. Without the header, everything is',
    examples: ['2026-03-31T08:15:00.000Z']
  },
  Location: { type: 'string', description: 'Path of the resource' },
  'Content-Language': { type: 'string', enum: LANGUAGES, description: 'The language of `message`, or of a problem' },
  Vary: {
    type: 'string',
    enum: ['Accept-Language', 'Accept-Encoding'],
    description: 'The header of the request that the answer depends on'
  },
  'Idempotency-Replayed': {
    type: 'string',
    enum: ['true'],
    description: 'The answer is that of an earlier request with the same `Idempotency-Key`'
  }
} as const

type Inputs<Given extends Parts> = Omit<
  Given,
  'problems' | 'description' | 'carries' | 'produces' | 'streams' | 'watched'
>

/** One row of the route table of a room: place in the document, scope, schemas and problems. */
export function operation<Given extends Parts>(
  tag: string,
  operationId: string,
  summary: string,
  scope: RouteScope,
  parts: Given
): {
  schema: Inputs<Given>
  config: {
    scope: RouteScope
    problems: readonly ProblemSlug[]
    produces: readonly string[]
    streams: readonly string[]
    watched: boolean
  }
} {
  const { problems = [], carries = [], description, response, produces, streams, watched = false, ...given } = parts
  const responses = successResponses(parts, carries)
  const types = Object.keys(responses[200]?.content ?? { [JSON_TYPE]: {} })
  const inputs = scope === 'public' ? given : { querystring: NO_PARAMETERS, ...given }
  const takesInput = inputs.params !== undefined || inputs.querystring !== undefined
  const answered: ProblemSlug[] = [
    ...(takesInput ? (['validation-error', 'unsupported-character'] as const) : []),
    ...(scope === 'public' ? [] : (['unauthenticated', 'insufficient-scope'] as const)),
    ...(inputs.body === undefined ? [] : streams ? STREAM_PROBLEMS : BODY_PROBLEMS),
    ...(scope === 'public' || String(types) === JSON_TYPE ? [] : (['not-acceptable'] as const)),
    ...problems,
    'quota-exceeded'
  ]
  const schema = {
    operationId,
    summary,
    description: [
      description,
      scope === 'public'
        ? 'Needs no API key.'
        : `Needs the scope ${scopesIn(scope)
            .map((each) => `\`${each}\``)
            .join(' or ')}.`
    ]
      .filter(Boolean)
      .join(' '),
    tags: [tag],
    ...(scope === 'public' ? { security: [] } : {}),
    ...inputs,
    ...(streams === undefined ? {} : { body: { ...inputs.body, [STREAMED]: true } }),
    response: responses
  }
  return {
    schema: schema as unknown as Inputs<Given>,
    config: {
      scope,
      problems: answered,
      produces: types,
      streams: streams === undefined ? [] : (given.consumes ?? []),
      watched
    }
  }
}

/** An operation whose body holds thousands of documents: up to 4 MiB and 100,000 keys. */
export function bulky<Operation extends { config: object }>(
  given: Operation
): Operation & { bodyLimit: number; config: { keysMax: number } } {
  return { ...given, bodyLimit: 4_194_304, config: { ...given.config, keysMax: 100_000 } }
}

interface DescribedAnswer {
  readonly description: string
  readonly headers?: object
  readonly content: Readonly<Record<string, object>>
}

/** The meaning of each status of success. With `dryRun` nothing is made, so a 201 becomes a 200. */
function successResponses(
  { response, produces = {}, querystring, headers }: Parts,
  carries: readonly (keyof typeof ANSWER_HEADERS)[]
): Record<string, DescribedAnswer> {
  const made = response[201]
  const runsDry = takes(querystring, 'dryRun')
  const answers = made !== undefined && runsDry ? { 200: made, ...response } : response
  const replays = takes(headers, 'idempotency-key') ? (['Idempotency-Replayed'] as const) : []
  const sent = Object.fromEntries([...carries, ...replays].map((name) => [name, ANSWER_HEADERS[name]]))
  const carried = Object.keys(sent).length === 0 ? {} : { headers: sent }
  const responses: Record<string, DescribedAnswer> = {}
  const others = Object.entries(produces).map(([type, schema]) => [type, { schema }] as const)
  for (const [status, schema] of Object.entries(answers)) {
    if ('content' in schema) responses[status] = { ...(schema as unknown as DescribedAnswer), ...carried }
    else {
      const told = [meaningOf(status, response, runsDry), `${descriptionOf(schema) ?? 'The answer'}.`]
      responses[status] = {
        description: told.filter(Boolean).join(' '),
        ...carried,
        content: { [JSON_TYPE]: { schema }, ...Object.fromEntries(status === '200' ? others : []) }
      }
    }
  }
  return responses
}

function meaningOf(status: string, response: Parts['response'], runsDry: boolean): string {
  if (status === '201') return 'Recorded.'
  if (response[201] !== undefined)
    return response[200] === undefined
      ? 'A dry run: nothing was written.'
      : `Recorded before${runsDry ? ', or a dry run' : ''}.`
  return ''
}

function takes(schema: TSchema | undefined, name: string): boolean {
  return name in ((schema as { properties?: object } | undefined)?.properties ?? {})
}

/** The schema of a route, with an answer for each status that its problems have. */
function withProblems(
  schema: FastifySchema,
  slugs: readonly ProblemSlug[] | undefined,
  problems: ProblemCatalogue
): FastifySchema {
  if (slugs === undefined) return schema
  return { ...schema, response: { ...(schema.response as object), ...problemResponses(slugs, problems) } }
}

/** Problems by status, with what each means beside it. */
function problemResponses(slugs: readonly ProblemSlug[], problems: ProblemCatalogue): Record<string, object> {
  const byStatus = Map.groupBy(new Set(slugs), (slug) => problems[slug].status)
  const responses: Record<string, object> = {}
  for (const [status, same] of byStatus) {
    responses[status] = problemContent(
      same.map((slug) => `\`${slug}\`: ${problems[slug].title.en}. ${problems[slug].remedy.en}`).join(' ')
    )
  }
  return {
    ...responses,
    default: problemContent('Any other error: a service that is stopping or cannot reach its database.')
  }
}

function problemContent(description: string): object {
  return { description, content: { 'application/problem+json': { schema: ref(ProblemSchema) } } }
}

interface DescribedService {
  readonly name: string
  readonly version: string
  /** What the whole API has in common, in Markdown. */
  readonly introduction: string
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  /** The prefix of every API key. */
  readonly keyPrefix: string
}

interface HeaderParameter {
  in: string
  name: string
  required?: boolean
  schema: { 'x-required'?: true }
}

/** `if-match` as `If-Match` */
function headerName(name: string): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

function describeHeader(parameter: HeaderParameter): void {
  parameter.name = headerName(parameter.name)
  if (parameter.schema['x-required']) parameter.required = true
  delete parameter.schema['x-required']
}

/**
 * The document at /openapi.json and its pages at /docs. It is registered before the routes, to see
 * them.
 */
export async function useOpenApi(app: FastifyInstance, described: DescribedService): Promise<void> {
  const { name, version, introduction, tags, keyPrefix } = described
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: name,
        version,
        description: introduction,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [...tags],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: `An API key: \`Authorization: Bearer ${keyPrefix}_…\``
          }
        }
      }
    },
    // An operation names its problems by slug; the app knows what they mean.
    transform: ({ schema, url, route }) => ({
      schema: withProblems(schema, route.config?.problems, app.problems),
      url
    }),
    // Fastify knows header names in lower case only; readers know them as written elsewhere. A
    // header whose absence has its own answer is required here, though not by validation.
    transformObject: (described) => {
      if (!('openapiObject' in described)) return described.swaggerObject
      for (const operations of Object.values(described.openapiObject.paths ?? {}))
        for (const { parameters = [] } of Object.values(operations ?? {}) as { parameters?: HeaderParameter[] }[])
          for (const parameter of parameters) if (parameter.in === 'header') describeHeader(parameter)
      return described.openapiObject
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `def-${index}`)
    }
  })
  await app.register(async (docs) => {
    keepAnswers(docs)
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      // Over plain HTTP it would ask for scripts over TLS, which nobody serves: a blank page.
      transformStaticCSP: (policy) =>
        policy.replace(/ *upgrade-insecure-requests;?/, '').replace(' validator.swagger.io', ''),
      // The document has one address and is made once. JSON is valid YAML as well.
      uiHooks: {
        onRequest: (request, reply, next) => {
          if (/^\/docs\/(json|yaml)$/.test(request.routeOptions.url ?? '')) reply.redirect('/openapi.json', 308)
          else next()
        }
      },
      uiConfig: {
        docExpansion: 'list',
        displayOperationId: false,
        // A key that was entered is gone with the page, and no other service is asked.
        persistAuthorization: false,
        validatorUrl: null
      },
      theme: {
        title: `${name} API`,
        css: [{ filename: `${name.toLowerCase()}.css`, content: '.swagger-ui .topbar { display: none }' }],
        // An earlier version kept the key.
        js: [{ filename: 'forget.js', content: "localStorage.removeItem('authorized')" }]
      }
    })
  })
}

/** More than there are; a file may be asked for under many spellings of its name. */
const FILES_KEPT = 30

/** What the pages are made of, as it was first sent. */
interface KeptAnswer {
  readonly bytes: ConstantAnswer
  readonly type: string
}

/**
 * Keeps each file of the pages as it was sent whole for the first time, and answers those that are
 * kept: the files of a release never change.
 */
function keepAnswers(docs: FastifyInstance): void {
  const kept = new Map<string, KeptAnswer>()
  const placeOf = ({ url }: FastifyRequest) => url.split('?')[0] ?? ''
  docs.addHook('onRequest', (request, reply, done) => {
    const answer = kept.get(placeOf(request))
    if (answer === undefined) done()
    else sendConstant(request, reply, answer.bytes, answer.type)
  })
  docs.addHook('onSend', async (request, reply, payload) => {
    const isFile = request.method === 'GET' && reply.statusCode === 200 && placeOf(request).startsWith('/docs/static/')
    if (!isFile || kept.size >= FILES_KEPT || kept.has(placeOf(request)) || reply.hasHeader('content-encoding'))
      return payload
    const content = payload instanceof Readable ? await buffer(payload) : Buffer.from(payload as string | Buffer)
    const type = String(reply.getHeader('content-type'))
    kept.set(placeOf(request), { bytes: await constantAnswer(content), type })
    return content
  })
}
