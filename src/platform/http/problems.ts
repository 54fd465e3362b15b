import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { storageProblem } from '../database/transaction.ts'
import {
  type EnglishFault,
  fieldProblem,
  Problem,
  type ProblemCatalogue,
  type ProblemRow,
  type ProblemSlug
} from '../values/problem.ts'
import { type Said, said } from '../values/said.ts'
import { type Language, preferredLanguage } from './language.ts'
import { JSON_TYPE } from './openapi.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

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
  readonly errors?: readonly EnglishFault[]
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
function toldError({ zh, ...error }: EnglishFault & { readonly zh?: string }, language: Language): EnglishFault {
  return language === 'zh' && zh !== undefined ? { ...error, detail: zh } : error
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, retryAfterSeconds } = rowOf(request, problem)
  request.problemSlug = problem.slug
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
  // What else is thrown may be anything, and is not told.
  const error = reason instanceof Error ? reason : new Error('Something that is no error was thrown.')
  const problem = isLeft(request) && !(error instanceof Problem) ? LEFT : problemOf(error)
  if (rowOf(request, problem).status >= 500) request.log.error({ err: problem.cause ?? error }, problem.message)
  return problem
}

/** Nobody reads it: its caller is gone. */
const LEFT = new Problem('request-timeout', details.callerLeft)

function isLeft({ raw }: FastifyRequest): boolean {
  return !raw.complete && (raw.destroyed || raw.readableAborted)
}

export function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  const stored = storageProblem(error)
  if (stored !== undefined) return stored
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('unsupported-media-type', said(details.jsonBody, { type: JSON_TYPE }))
  if (code === 'FST_ERR_BAD_URL') return fieldProblem('/params', 'malformed', details.pathForm)
  if (statusCode === 429) return new Problem('quota-exceeded', { ...details.tooMany, en: error.message })
  if (statusCode === 503) return new Problem('temporary-reduced-capacity', details.overloaded, { cause: error })
  if (statusCode >= 400 && statusCode < 500) {
    const refusal = REFUSALS[statusCode]
    if (refusal === undefined) return fieldProblem('', 'malformed', details.unreadable)
    return new Problem(...refusal, { cause: error })
  }
  return new Problem('internal-error', details.failed, { cause: error })
}

/** What a refusal of the framework, or of a plugin, means to a caller: it stays a refusal. */
const REFUSALS: Readonly<Record<number, readonly [slug: ProblemSlug, detail: Said]>> = {
  401: ['unauthenticated', details.noCaller],
  403: ['not-found', details.nothingHere],
  404: ['not-found', details.nothingHere],
  405: ['method-not-allowed', details.wrongMethod],
  406: ['not-acceptable', details.noSuchAnswer],
  408: ['request-timeout', details.notInTime],
  410: ['not-found', details.gone],
  413: ['payload-too-large', details.operationBodyTooLarge],
  414: ['uri-too-long', details.pathTooLong],
  415: ['unsupported-media-type', said(details.jsonBody, { type: JSON_TYPE })],
  431: ['headers-too-large', details.headersTooLarge]
}

function rowOf(request: FastifyRequest, { slug }: Problem): ProblemRow {
  return request.server.problems[slug]
}
