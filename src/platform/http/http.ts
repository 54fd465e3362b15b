import { isUtf8 } from 'node:buffer'
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import acceptsPlugin from '@fastify/accepts'
import type { ErrorObject, SchemaValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isInstant } from '../values/instants.ts'
import { PLATFORM_PROBLEMS, Problem, type ProblemCatalogue } from '../values/problem.ts'
import { fieldFaults, MONEY_FAULT } from './body/field-faults.ts'
import { parseStrictJson } from './body/json.ts'
import { JSON_TYPE, STREAMED } from './openapi.ts'
import { caughtProblem, problemOf, sendProblem } from './problems.ts'
import { components } from './schema.ts'
import { streamedBody } from './streams.ts'

/** What validation asks of the domain: the platform knows no currency and no calendar. */
interface DomainFormats {
  isCurrency(code: string): boolean
  isBusinessDate(text: string): boolean
  /** A sentence about what is wrong with an amount in a currency; undefined when nothing is. */
  moneyFault(amount: string, currency: string): string | undefined
}

/**
 * Fastify's defaults leave requests without any limit in time or size; these do not. A request that
 * is still not complete after 14 seconds ends within 15: Node looks once a second. It confuses the
 * two limits when the one of the headers is the longer.
 */
export const SERVER_OPTIONS = {
  bodyLimit: 1_048_576,
  requestTimeout: 14_000,
  http: { headersTimeout: 14_000, connectionsCheckingInterval: 1_000 },
  connectionTimeout: 20_000,
  keepAliveTimeout: 72_000,
  // Ours says so as a problem document.
  return503OnClosing: false,
  forceCloseConnections: 'idle',
  // As long as a URL may be: what is too long for an id is told like any other fault of it.
  routerOptions: { maxParamLength: 8_192, ignoreTrailingSlash: false },
  frameworkErrors: (error, request, reply) => {
    commonHeaders(request, reply)
    return sendProblem(request, reply, problemOf(error))
  },
  clientErrorHandler: refuseConnection
} as const satisfies FastifyHttpOptions<Server>

interface HttpManners {
  /** What a key is asked for, as RFC 9110 names it: the service. */
  readonly realm: string
  /** Every kind of problem that the service answers. */
  readonly problems: ProblemCatalogue
  readonly formats: DomainFormats
  /** A request that is at work for longer, in milliseconds, is answered without its result. */
  readonly workMsMax?: number
  /** A body or an answer that is streamed for longer, in milliseconds, is broken off. */
  readonly streamMsMax?: number
}

/** The manners of the whole API: strict bodies, every error a problem, 405 with Allow, 406, 415. */
export async function useHttpManners(
  app: FastifyInstance,
  { realm, problems, formats, workMsMax = WORK_MS_MAX, streamMsMax = STREAM_MS_MAX }: HttpManners
): Promise<void> {
  app.decorate('problems', problems)
  app.decorate('realm', realm)
  app.decorate('streamMsMax', streamMsMax)
  useStrictValidation(app, formats)
  useStrictBodies(app)
  // Answers go out as they are: a serialiser made from the schema would mend a wrong one silently,
  // and takes seconds to build at start.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  await app.register(acceptsPlugin)
  const methods = rememberMethods(app)
  const isStopping = watchRequests(app, workMsMax)

  // Callbacks rather than promises: what every request passes through adds up.
  app.addHook('onRequest', (request, reply, done) => {
    commonHeaders(request, reply)
    if (isStopping()) throw new Problem('shutting-down', 'This instance takes no new requests.')
    if (request.url.length > 8_192) throw new Problem('uri-too-long', 'The URL is longer than 8,192 characters.')
    if (/%(0[0-8bcef]|1[0-9a-f]|7f|c2%[89][0-9a-f])/i.test(request.url))
      throw new Problem('unsupported-character', 'The URL holds a control character.')
    const { 'content-encoding': encoding = 'identity' } = request.headers
    if (encoding.toLowerCase() !== 'identity')
      throw new Problem('unsupported-media-type', 'The body must be sent without Content-Encoding.')
    const { produces = [JSON_TYPE] } = request.routeOptions.config
    if (request.url.startsWith('/v1/') && request.accepts().type([...produces]) === false) {
      throw new Problem('not-acceptable', `This service answers ${produces.join(' or ')} here.`)
    }
    done()
  })

  // A connection that stays open after its last answer would hold up the stop.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping()) reply.header('connection', 'close')
    done()
  })

  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, caughtProblem(request, error)))

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = methods(path)
    if (allowed.length === 0)
      return sendProblem(request, reply, new Problem('not-found', `Nothing is at ${path.slice(0, 64)}.`))
    reply.header('allow', allowed.join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    return sendProblem(
      request,
      reply,
      new Problem('method-not-allowed', `${request.method} is not for this path; it takes ${allowed.join(', ')}.`)
    )
  })
}

function commonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
  reply.header('x-request-id', request.id)
}

/** Connections over which the body of a request is being streamed. */
const streaming = new WeakSet<Socket>()

const REFUSED_CONNECTIONS: Readonly<Record<string, keyof typeof PLATFORM_PROBLEMS>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout'
}

/**
 * What Node's parser refuses never becomes a request: the answer is written by hand and the
 * connection closed.
 */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  // Node looks at the time of a request once; a streamed body has a longer one.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && streaming.has(socket)) return
  const slug = REFUSED_CONNECTIONS[error.code ?? ''] ?? 'malformed-request'
  const { status, title, remedy } = PLATFORM_PROBLEMS[slug]
  const body = JSON.stringify({ type: `/problems/${slug}`, title, status, detail: remedy, remedy })
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close'
  ]
  if (socket.writable) socket.write(`${headers.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

/**
 * Two validators: a body is taken literally, while the text of a path or query becomes the number
 * it spells.
 */
function useStrictValidation(app: FastifyInstance, formats: DomainFormats): void {
  const shared = {
    removeAdditional: false,
    useDefaults: true,
    allErrors: true,
    verbose: true,
    strict: false,
    allowUnionTypes: true,
    // To check a request takes microseconds either way; that Ajv optimizes the code of all
    // validators takes a third of the time to start.
    code: { optimize: false }
  } as const
  const strict = withFormats(new Ajv2020({ ...shared, coerceTypes: false }), formats)
  const spelled = withFormats(new Ajv2020({ ...shared, coerceTypes: true }), formats)
  for (const schema of components()) {
    strict.addSchema(schema)
    spelled.addSchema(schema)
    app.addSchema(schema)
  }
  app.setValidatorCompiler(({ schema, httpPart }) => {
    if (STREAMED in (schema as object)) return () => true
    return (httpPart === 'body' ? strict : spelled).compile(schema as object)
  })
  app.setSchemaErrorFormatter((errors, part) => validationProblem(errors as ErrorObject[], part))
}

/**
 * What is wrong with a part of a body that stands for itself, by a schema of its own; undefined
 * when nothing is. Its pointers begin at the part.
 */
export function faultIn(request: FastifyRequest, schema: object, part: unknown): Problem | undefined {
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'body')
  if (validate(part)) return undefined
  return validationProblem((validate as unknown as { errors: ErrorObject[] }).errors, 'body')
}

function validationProblem(faults: readonly ErrorObject[], part: string): Problem {
  const errors = fieldFaults(faults, part).map((error) => ({ ...error, detail: error.detail.slice(0, 1_000) }))
  const detail = errors.map((error) => error.detail).join(' ')
  return new Problem('validation-error', detail.slice(0, 1_500), { errors: errors.slice(0, 200) })
}

function withFormats(ajv: Ajv2020, formats: DomainFormats): Ajv2020 {
  addFormats.default(ajv)
  ajv.addFormat('date', { type: 'string', validate: (text: string) => formats.isBusinessDate(text) })
  ajv.addFormat('date-time', { type: 'string', validate: isInstant })
  ajv.addFormat('currency', { type: 'string', validate: (code: string) => formats.isCurrency(code) })
  ajv.addKeyword({
    keyword: 'x-money',
    type: 'object',
    validate: moneyValidator(formats)
  })
  return ajv
}

/**
 * An amount may have no more decimals than its currency: a rule between two fields, which no other
 * keyword can state.
 */
function moneyValidator({ isCurrency, moneyFault }: DomainFormats): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (
    _wanted: unknown,
    { amount, currency }: { amount?: unknown; currency?: unknown }
  ) => {
    if (typeof amount !== 'string' || typeof currency !== 'string' || !isCurrency(currency)) return true
    const fault = moneyFault(amount, currency)
    if (fault === undefined) return true
    validate.errors = [{ keyword: MONEY_FAULT, message: fault, params: {} }]
    return false
  }
  return validate
}

/**
 * Bodies are JSON, read strictly. A merge patch is JSON too. An operation may take others, as
 * streams.
 */
function useStrictBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(merge-patch\+)?json(\s*;\s*charset\s*=\s*"?utf-8"?\s*)?$/i,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      // An operation without a body may be sent with a media type; where a body is needed,
      // validation finds that it is absent.
      if (bytes.length === 0) return undefined
      if (!isUtf8(bytes)) throw new Problem('malformed-json', 'The body is not UTF-8.')
      return parseStrictJson(bytes.toString('utf8'), request.routeOptions.config.keysMax)
    }
  )
  app.addContentTypeParser('*', async (request: FastifyRequest, body: IncomingMessage) => {
    const { streams = [] } = request.routeOptions.config
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    if (!streams.includes(type))
      throw new Problem(
        'unsupported-media-type',
        `The body must be ${streams.join(' or ') || `${JSON_TYPE} in UTF-8`}.`
      )
    return streamedBody(request, body)
  })
}

/**
 * How long a request may be at work, and how often those that are at it too long are looked for.
 */
const WORK_MS_MAX = 14_000
const WORK_LOOK_MS = 500

/** How long a body or an answer may be streamed. */
const STREAM_MS_MAX = 600_000

/**
 * How long a stop waits for requests under way before it closes the listener: less than the ten
 * seconds that a step of the stop may take.
 */
const DRAIN_MS_MAX = 9_000

/** A request that is not answered yet. */
interface UnderWay {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /**
   * How long its handler may be at work, by performance.now(); undefined while it is not. How long
   * a body took to arrive does not count.
   */
  until: number | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its place among those that are under way; nobody else's business. */
    placeUnderWay: number
  }
}

/**
 * Answers what is at work for too long. One timer looks at all requests: a timer and a signal for
 * each, as Fastify's own limit has them, cost a twentieth of the request that comes most often.
 *
 * And a stop in two steps: while requests under way finish, the service still listens and sends new
 * ones elsewhere with a 503; then it closes.
 */
function watchRequests(app: FastifyInstance, workMsMax: number): () => boolean {
  // Places that are used again. A Map that changes with every request has its tables replaced all
  // the time; each old table leads to the next, so the requests in them outlive every small
  // collection of garbage, which makes those pauses many times as long.
  const underWay: (UnderWay | undefined)[] = []
  const free: number[] = []
  let stopping = false
  let drained: (() => void) | undefined
  const entryOf = (request: FastifyRequest) => {
    const entry = underWay[request.placeUnderWay]
    return entry?.request === request ? entry : undefined
  }
  const leave = (request: FastifyRequest) => {
    if (entryOf(request) === undefined) return
    underWay[request.placeUnderWay] = undefined
    free.push(request.placeUnderWay)
    if (free.length === underWay.length) drained?.()
  }
  app.decorateRequest('placeUnderWay', -1)
  // Not onResponse: it is never called when the caller goes before the answer is ready. What is at
  // work then goes on to its end all the same.
  app.addHook('onRequest', (request, reply, done) => {
    request.placeUnderWay = free.pop() ?? underWay.length
    underWay[request.placeUnderWay] = { request, reply, until: undefined }
    reply.raw.once('close', () => entryOf(request)?.until !== undefined || leave(request))
    done()
  })
  app.addHook('preHandler', (request, reply, done) => {
    const entry = entryOf(request)
    const { streams = [] } = request.routeOptions.config
    if (entry !== undefined) entry.until = performance.now() + (streams.length > 0 ? app.streamMsMax : workMsMax)
    if (streams.length > 0) {
      const { socket } = request.raw
      streaming.add(socket)
      reply.raw.once('close', () => streaming.delete(socket))
    }
    done()
  })
  app.addHook('onSend', (request, { raw }, _payload, done) => {
    const entry = entryOf(request)
    if (entry !== undefined) entry.until = undefined
    if (raw.closed || raw.destroyed) leave(request)
    done()
  })
  const lookout = setInterval(() => {
    const now = performance.now()
    for (const { request, reply, until = Number.POSITIVE_INFINITY } of underWay.filter(
      (entry) => entry !== undefined
    )) {
      if (until > now || reply.sent || reply.raw.destroyed) continue
      // What is still to come of a body would be read as the next request.
      if (!request.raw.complete) reply.header('connection', 'close')
      reply.send(tookTooLong(request.method))
    }
  }, WORK_LOOK_MS).unref()
  app.addHook('onClose', async () => clearInterval(lookout))
  app.addHook('preClose', async () => {
    stopping = true
    if (free.length === underWay.length) return
    const { promise, resolve } = Promise.withResolvers<void>()
    drained = resolve
    const timer = setTimeout(resolve, DRAIN_MS_MAX)
    await promise
    clearTimeout(timer)
    // What is still being sent is a stream: a part that ends in nothing is not taken for the whole.
    for (const entry of underWay) if (entry?.reply.raw.headersSent) entry.reply.raw.destroy()
  })
  return () => stopping
}

function tookTooLong(method: string): Problem {
  // The transaction goes on without us: a write may still commit.
  const slug = method === 'GET' || method === 'HEAD' ? 'temporary-reduced-capacity' : 'outcome-unknown'
  return new Problem(slug, 'The request took too long.')
}

/** Which methods each path takes, for 405 and OPTIONS. */
function rememberMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { pattern: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(
      `^${url
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replace(/:[A-Za-z]+/g, '[^/]+')
        .replace(/\*/g, '.*')}$`
    )
    routes.push({ pattern, methods: [method].flat() })
  })
  return (path) =>
    [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods, 'OPTIONS']))
    ].sort()
}
