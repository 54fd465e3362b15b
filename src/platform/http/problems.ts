import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { storageProblem } from '../database/transaction.ts'
import {
  type FieldError,
  fieldProblem,
  Problem,
  type ProblemCatalogue,
  type ProblemRow,
  type ProblemSlug
} from '../values/problem.ts'
import { type Language, preferredLanguage } from './language.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Every kind of problem of the service. */
    problems: ProblemCatalogue
    /** The realm of a key in the sense of RFC 9110: the name of the service. */
    realm: string
  }
}

/** A problem as RFC 9457 writes it, with the members that its kind adds. */
interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly remedy: string
  readonly errors?: readonly FieldError[]
  readonly requestId: string
}

/** A problem in the language that the request prefers. */
export function problemDocument(request: FastifyRequest, problem: Problem): ProblemDocument {
  const language = preferredLanguage(request)
  const { status, title, remedy } = rowOf(request, problem)
  return {
    type: `/problems/${problem.slug}`,
    title: title[language],
    status,
    detail: problem.detail[language],
    remedy: remedy[language],
    ...(problem.errors === undefined ? {} : { errors: problem.errors.map((error) => toldError(error, language)) }),
    ...problem.members,
    requestId: request.id
  }
}

/** A fault of a field: in English where it is said in English alone. */
function toldError({ zh, ...error }: FieldError, language: Language): FieldError {
  return language === 'zh' && zh !== undefined ? { ...error, detail: zh } : error
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retryAfterSeconds } = rowOf(request, problem)
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
  if (status === 401) reply.header('www-authenticate', `Bearer realm="${request.server.realm}"`)
  if (status === 413) reply.header('connection', 'close')
  // A text instead of an object: an error answer must not depend on the schema of the route that
  // failed.
  return reply
    .headers({ 'content-language': preferredLanguage(request), vary: 'Accept-Language' })
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((text: string) => text)
    .send(JSON.stringify(problemDocument(request, problem)))
}

/** The problem that the caller sees for an error. A fault of the service itself goes to its log. */
export function caughtProblem(request: FastifyRequest, reason: unknown): Problem {
  const error = reason instanceof Error ? reason : new Error(String(reason))
  const problem = isLeft(request) && !(error instanceof Problem) ? LEFT : problemOf(error)
  if (rowOf(request, problem).status >= 500) request.log.error({ err: problem.cause ?? error }, problem.message)
  return problem
}

/** Nobody reads it: its caller is gone. */
const LEFT = new Problem('request-timeout', 'The caller left before the request was whole.')

function isLeft({ raw }: FastifyRequest): boolean {
  return !raw.complete && (raw.destroyed || raw.readableAborted)
}

export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  const stored = storageProblem(error)
  if (stored !== undefined) return stored
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('unsupported-media-type', 'The body must be application/json in UTF-8.')
  if (code === 'FST_ERR_BAD_URL')
    return fieldProblem('/params', 'malformed', 'The path must be UTF-8, percent-encoded.')
  if (statusCode === 429) return new Problem('quota-exceeded', error.message)
  if (statusCode === 503)
    return new Problem('temporary-reduced-capacity', 'The service is overloaded.', { cause: error })
  if (statusCode >= 400 && statusCode < 500) {
    const refusal = REFUSALS[statusCode]
    if (refusal === undefined) return fieldProblem('', 'malformed', 'The request could not be read.')
    return new Problem(...refusal, { cause: error })
  }
  return new Problem(
    'internal-error',
    'Nothing was written. The service has logged what happened under this request id.',
    { cause: error }
  )
}

/** What a refusal of the framework, or of a plugin, means to a caller: it stays a refusal. */
const REFUSALS: Readonly<Record<number, readonly [slug: ProblemSlug, detail: string]>> = {
  401: ['unauthenticated', 'The request names no caller.'],
  403: ['not-found', 'Nothing is here.'],
  404: ['not-found', 'Nothing is here.'],
  405: ['method-not-allowed', 'The method is not for this path.'],
  406: ['not-acceptable', 'There is no answer in this media type.'],
  408: ['request-timeout', 'The request did not arrive in time.'],
  410: ['not-found', 'Nothing is here any more.'],
  413: ['payload-too-large', 'The body is larger than this operation accepts.'],
  414: ['uri-too-long', 'The path is too long.'],
  415: ['unsupported-media-type', 'The body must be application/json in UTF-8.'],
  431: ['headers-too-large', 'The headers are too large.']
}

function rowOf(request: FastifyRequest, { slug }: Problem): ProblemRow {
  return request.server.problems[slug]
}
