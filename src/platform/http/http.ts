import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import acceptsPlugin from '@fastify/accepts'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { PLATFORM_PROBLEMS, Problem, type ProblemCatalogue } from '../values/problem.ts'
import { listed, oneOf, said } from '../values/said.ts'
import { inSlices } from '../work/pace.ts'
import { type BodyBounds, boundsOf, UNDESCRIBED } from './body/bounds.ts'
import { strictJson } from './body/json.ts'
import { type DomainFormats, useStrictValidation } from './body/validation.ts'
import { requestIdOf } from './log/request-ids.ts'
import { type AboutInLog, logRefusedConnection, logRequest, RequestLog } from './log/request-log.ts'
import { JSON_TYPE } from './openapi.ts'
import { caughtProblem, problemOf, sendProblem } from './problems.ts'
import { streamedBody } from './streams.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/**
 * Limits in time and size; Fastify has none by default. A request that is incomplete after 14
 * seconds ends within 15, because Node looks once a second. Node confuses the two limits when the
 * one of the headers is longer.
 */
export const SERVER_OPTIONS = {
  bodyLimit: 1_048_576,
  requestTimeout: 14_000,
  http: { headersTimeout: 14_000, connectionsCheckingInterval: 1_000 },
  connectionTimeout: 20_000,
  keepAliveTimeout: 72_000,
  // Our own handler answers with a problem document.
  return503OnClosing: false,
  forceCloseConnections: 'idle',
  // As long as a URL may be: an id that is too long gets the same kind of answer as any other
  // fault.
  routerOptions: { maxParamLength: 8_192, ignoreTrailingSlash: false },
  genReqId: requestIdOf,
  logController: new RequestLog(),
  frameworkErrors: (error, request, reply) => {
    commonHeaders(request, reply)
    reply.raw.once('finish', () => logRequest(request, reply))
    return sendProblem(request, reply, problemOf(error))
  },
  clientErrorHandler: refuseConnection
} as const satisfies FastifyHttpOptions<Server>

interface HttpManners {
  /** The realm of a key in the sense of RFC 9110: the name of the service. */
  readonly realm: string
  /** Every kind of problem of the service. */
  readonly problems: ProblemCatalogue
  readonly formats: DomainFormats
  /** What the line of a request in the log says besides. */
  readonly aboutInLog?: AboutInLog
  /**
   * Milliseconds after which a request that is still being worked on is answered without a result.
   */
  readonly workMsMax?: number
  /** Milliseconds after which a streamed body or answer is broken off. */
  readonly streamMsMax?: number
}

/**
 * The conventions of the whole API: strict bodies, every error a problem, 405 with Allow, 406, 415.
 */
export async function useHttpManners(
  app: FastifyInstance,
  { realm, problems, formats, aboutInLog, workMsMax = WORK_MS_MAX, streamMsMax = STREAM_MS_MAX }: HttpManners
): Promise<void> {
  app.decorate('problems', problems)
  app.decorate('realm', realm)
  app.decorate('streamMsMax', streamMsMax)
  app.decorate('aboutInLog', aboutInLog)
  app.decorateRequest('problemSlug', undefined)
  app.decorateRequest('isLogged', false)
  useStrictValidation(app, formats)
  useStrictBodies(app)
  // Answers go out as they are. A serialiser made from the schema would silently mend a wrong one,
  // and takes seconds to build at start.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  await app.register(acceptsPlugin)
  const methods = rememberMethods(app)
  const isStopping = watchRequests(app, workMsMax)

  // Callbacks instead of promises: every request passes here, and the cost adds up.
  app.addHook('onRequest', (request, reply, done) => {
    commonHeaders(request, reply)
    if (isStopping()) throw new Problem('shutting-down', details.stopping)
    if (request.url.length > 8_192) throw new Problem('uri-too-long', details.urlTooLong)
    if (/%(0[0-8bcef]|1[0-9a-f]|7f|c2%[89][0-9a-f])/i.test(request.url))
      throw new Problem('unsupported-character', details.urlControl)
    const { 'content-encoding': encoding = 'identity' } = request.headers
    if (encoding.toLowerCase() !== 'identity') throw new Problem('unsupported-media-type', details.encoded)
    const { produces = [JSON_TYPE] } = request.routeOptions.config
    if (request.url.startsWith('/v1/') && request.accepts().type([...produces]) === false) {
      throw new Problem('not-acceptable', said(details.answers, { types: oneOf(produces) }))
    }
    done()
  })

  // A connection left open after its last answer would hold up the stop.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping()) reply.header('connection', 'close')
    done()
  })

  // Node refuses an expectation that it does not know, without a word; to ignore it is as good.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))

  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, caughtProblem(request, error)))

  // Before the body is looked at: no body makes the path or the method right.
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (request.is404) nowhere(request, reply)
    else done()
  })
  app.setNotFoundHandler((request, reply) => nowhere(request, reply))

  function nowhere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?')[0] ?? ''
    const allowed = methods(path)
    if (allowed.length === 0)
      return sendProblem(request, reply, new Problem('not-found', said(details.nothingAt, { path: path.slice(0, 64) })))
    reply.header('allow', allowed.join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    const detail = said(details.methodNotHere, { method: request.method, allowed: listed(allowed) })
    return sendProblem(request, reply, new Problem('method-not-allowed', detail))
  }
}

function commonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', 'no-store')
  reply.header('x-request-id', request.id)
}

/** Connections with a request body being streamed. */
const streaming = new WeakSet<Socket>()

const REFUSED_CONNECTIONS: Readonly<Record<string, keyof typeof PLATFORM_PROBLEMS>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout'
}

/**
 * What the parser of Node refuses never becomes a request, so the answer is written by hand and the
 * connection closed.
 */
function refuseConnection(this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  // Node checks the time of a request once. A streamed body may take longer.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && streaming.has(socket)) return
  const slug = REFUSED_CONNECTIONS[error.code ?? ''] ?? 'malformed-request'
  const { status, title, remedy } = PLATFORM_PROBLEMS[slug]
  const requestId = logRefusedConnection(this, status, slug)
  const said = { title: title.en, status, detail: remedy.en, remedy: remedy.en, requestId }
  const body = JSON.stringify({ type: `/problems/${slug}`, ...said })
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    `x-request-id: ${requestId}`,
    'connection: close'
  ]
  if (socket.writable) socket.write(`${headers.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

/**
 * Bodies are JSON, read strictly; a merge patch is JSON too. An operation may take other types as
 * streams.
 */
function useStrictBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { body } = (route.schema ?? {}) as { body?: TSchema }
    if (body !== undefined) route.config = { ...route.config, bodyBounds: boundsOf(body, route.config?.keysMax) }
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/(merge-patch\+)?json(\s*;\s*charset\s*=\s*"?utf-8"?\s*)?$/i,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const patches = /merge-patch/i.test(request.headers['content-type'] ?? '')
      if (patches && request.method !== 'PATCH') throw new Problem('unsupported-media-type', details.mergePatch)
      // An operation without a body may carry a media type. Where a body is required, validation
      // reports its absence.
      if (bytes.length === 0) return undefined
      return inSlices(strictJson(bytes, request.routeOptions.config.bodyBounds ?? UNDESCRIBED))
    }
  )
  app.addContentTypeParser('*', async (request: FastifyRequest, body: IncomingMessage) => {
    const { streams = [] } = request.routeOptions.config
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    if (!streams.includes(type))
      throw new Problem(
        'unsupported-media-type',
        streams.length > 0
          ? said(details.bodyType, { types: oneOf(streams) })
          : said(details.jsonBody, { type: JSON_TYPE })
      )
    return streamedBody(request, body)
  })
}

/** How long a request may be worked on, and how often late ones are looked for. */
const WORK_MS_MAX = 14_000
const WORK_LOOK_MS = 500

/** The time limit of a streamed body or answer. */
const STREAM_MS_MAX = 600_000

/**
 * How long a stop waits for open requests before it closes the listener: less than the ten seconds
 * that a step of the stop may take.
 */
const DRAIN_MS_MAX = 9_000

/** A request without an answer so far. */
interface UnderWay {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /**
   * When its handler runs out of time, by performance.now(); undefined while none runs. The time
   * that a body takes to arrive does not count.
   */
  until: number | undefined
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How much its body may hold. */
    bodyBounds?: BodyBounds
  }
  interface FastifyRequest {
    /** Its place in the list of open requests. */
    placeUnderWay: number
  }
}

/**
 * Answers requests that take too long. One timer looks at all of them: a timer and a signal for
 * each, as in Fastify's own limit, cost a twentieth of the most frequent request.
 *
 * A stop takes two steps. While open requests finish, the service still listens and sends new ones
 * elsewhere with a 503; then it closes.
 */
function watchRequests(app: FastifyInstance, workMsMax: number): () => boolean {
  // A list with places that are reused. A Map that changes with every request replaces its tables
  // all the time, and each old table leads to the next: the requests in them outlive every small
  // garbage collection, which makes those pauses many times as long.
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
  // Not onResponse: it is never called when the caller leaves early. The work then still goes on to
  // its end.
  app.addHook('onRequest', (request, reply, done) => {
    request.placeUnderWay = free.pop() ?? underWay.length
    underWay[request.placeUnderWay] = { request, reply, until: undefined }
    reply.raw.once('close', () => {
      // Its line comes with the last byte; without that, here.
      if (!request.isLogged) setImmediate(() => logRequest(request, reply, { left: true }))
      if (entryOf(request)?.until === undefined) leave(request)
    })
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
      // The rest of the body would be read as the next request.
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
    // The answer is a stream in progress. Cutting it keeps a part from being taken for the whole.
    for (const entry of underWay) if (entry?.reply.raw.headersSent) entry.reply.raw.destroy()
  })
  return () => stopping
}

function tookTooLong(method: string): Problem {
  // The transaction goes on, so a write may still commit.
  const slug = method === 'GET' || method === 'HEAD' ? 'temporary-reduced-capacity' : 'outcome-unknown'
  return new Problem(slug, details.requestTooLong)
}

/** The methods of each path, for 405 and OPTIONS. */
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
