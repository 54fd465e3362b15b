import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController
} from 'fastify'
import { loggedError, withoutPaths } from '../../values/logged-error.ts'
import type { ProblemSlug } from '../../values/problem.ts'
import { newRequestId, traceIdOf } from './request-ids.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What else the line of a request says of what it is about. */
    aboutInLog: AboutInLog | undefined
  }
  interface FastifyRequest {
    /** The kind of problem that it was answered with. */
    problemSlug: ProblemSlug | undefined
    /** It has its line. */
    isLogged: boolean
  }
  interface FastifyContextConfig {
    /** Its success changes who may do what: a line at `warn`. */
    watched?: boolean
  }
}

/** A logger that is silent has no levels. */
interface Levelled extends FastifyBaseLogger {
  isLevelEnabled?(level: string): boolean
}

/** Members of the line of a request beside those that every line has; no personal data. */
export type AboutInLog = (request: FastifyRequest) => Readonly<Record<string, string>>

/** Where the log goes, and from which level on. */
export interface LogOptions {
  readonly level: string
  /** Standard output when left out. */
  readonly stream?: { write(line: string): unknown }
}

/** The logger of an app: JSON, instants as text, levels by name, and errors without any value. */
export function loggerOptions({ level, stream }: LogOptions) {
  return {
    level,
    ...(stream === undefined ? {} : { stream }),
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (name: string) => ({ level: name }) },
    serializers: { err: loggedError, req: placeOf, res: ({ statusCode }: FastifyReply) => ({ statusCode }) },
    hooks: {
      logMethod(given: unknown[], method: (...args: unknown[]) => void) {
        const [first, ...others] = given.map((each) => (typeof each === 'string' ? withoutPaths(each) : each))
        // An error alone would become a member `err` and the message as it stands.
        if (first instanceof Error) method.apply(this, [{ err: first }, ...(others.length > 0 ? others : ['A fault.'])])
        else method.apply(this, [first, ...others])
      }
    }
  }
}

/** Writes one line for each request, in place of the framework's two. */
export class RequestLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' })
  }

  override incomingRequest(): void {
    // There is one line, at the end.
  }

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    logRequest(request, reply)
  }
}

/** The line of a request. `left`: its caller did not wait for the answer. */
export function logRequest(request: FastifyRequest, reply: FastifyReply, { left = false } = {}): void {
  if (request.isLogged) return
  request.isLogged = true
  const level = left ? 'info' : levelOf(request, reply)
  const { log }: { log: Levelled } = request
  if (log.isLevelEnabled?.(level) !== true) return
  const spared = isRefusal(reply) ? refusals.take() : { omitted: 0 }
  if (spared === undefined) return
  const { caller, presented, problemSlug, headers } = request
  const { operationId } = (request.routeOptions.schema ?? {}) as { operationId?: string }
  const traceId = traceIdOf(headers.traceparent)
  const line = {
    ...placeOf(request),
    ...(operationId === undefined ? {} : { operation: operationId }),
    status: left ? null : reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(problemSlug === undefined ? {} : { problem: problemSlug }),
    // What was not proved is a claim: anyone may name a key.
    ...(caller ? { keyId: caller.keyId } : presented ? { claimedKeyId: presented.keyId } : {}),
    ...(traceId === undefined ? {} : { traceId }),
    ...request.server.aboutInLog?.(request),
    ...subjectOf(request, reply),
    ...(isDry(request) ? { dryRun: true } : {}),
    ...(reply.getHeader('idempotency-replayed') === 'true' ? { replayed: true } : {}),
    ...(left ? { left } : {}),
    ...(spared.omitted > 0 ? { omitted: spared.omitted } : {})
  }
  log[level](line, 'request')
}

/** Logs what the parser refused before it was a request, and answers the id under which it did. */
export function logRefusedConnection(app: FastifyInstance, status: number, problem: ProblemSlug): string {
  const requestId = newRequestId()
  const spared = refusals.take()
  if (spared !== undefined)
    app.log.info({ requestId, method: null, route: null, status, problem, ...spared }, 'request')
  return requestId
}

/** The pattern of the route: a path holds the numbers of customers, and texts that were made up. */
function placeOf({ method, routeOptions }: FastifyRequest): { method: string; route: string | null } {
  return { method, route: routeOptions?.url ?? null }
}

/** What the default level shows: refused callers, faults, and what changes who may do what. */
function levelOf(request: FastifyRequest, reply: FastifyReply): 'warn' | 'info' {
  const { statusCode } = reply
  if (isRefusal(reply) || statusCode >= 500) return 'warn'
  return request.routeOptions.config.watched === true && statusCode < 400 && !isDry(request) ? 'warn' : 'info'
}

function isRefusal({ statusCode }: FastifyReply): boolean {
  return statusCode === 401 || statusCode === 403 || statusCode === 429
}

function isDry({ query }: FastifyRequest): boolean {
  return (query as { dryRun?: unknown } | undefined)?.dryRun === true
}

/** Ids that this service made, and those of models: what a watched operation was about. */
const SUBJECTS = ['keyId', 'checkId', 'limitDecisionId', 'changeRequestId', 'modelId'] as const

function subjectOf({ routeOptions, params }: FastifyRequest, reply: FastifyReply): { subject?: string } {
  if (routeOptions.config.watched !== true || reply.statusCode >= 400) return {}
  const given = (params ?? {}) as Partial<Record<string, string | number>>
  const name = SUBJECTS.find((each) => given[each] !== undefined)
  if (name !== undefined) {
    const version = given.version === undefined ? '' : ` ${given.version}`
    return { subject: `${given[name]}${version}` }
  }
  const made = /^\/v1\/api-keys\/(key_\w+)$/.exec(String(reply.getHeader('location') ?? ''))?.[1]
  return made === undefined ? {} : { subject: made }
}

/** Lines about refused requests in a second at most: whoever guesses keys must not fill a disk. */
const REFUSALS_A_SECOND = 100

/** Lets some lines through each second, and counts those that it kept back. */
class SparedLines {
  #second = 0
  #let = 0
  #omitted = 0

  /** How many were kept back since the last one that was let through; undefined: so is this one. */
  take(): { omitted: number } | undefined {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#let = 0
    }
    if (this.#let >= REFUSALS_A_SECOND) {
      this.#omitted += 1
      return undefined
    }
    this.#let += 1
    const omitted = this.#omitted
    this.#omitted = 0
    return { omitted }
  }
}

const refusals = new SparedLines()
