import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sha256 } from '../values/canonical.ts'
import { Problem } from '../values/problem.ts'
import { said } from '../values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/**
 * The strong validator of a resource's version, or of one of its variants: another wording of the
 * same version. If-Match takes each of them.
 */
export function etagOf(version: number, variant?: string): string {
  return variant === undefined ? `"${version}"` : `"${version}-${variant}"`
}

/**
 * Throws `precondition-failed` when If-Match names another version. A resource that does not exist
 * has version 0.
 */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || (ifMatch === '*' && version > 0)) return
  const tags = ifMatch.split(',').map((tag) => tag.trim())
  if (!tags.some((tag) => tag === etagOf(version) || tag.startsWith(`"${version}-`))) {
    const expected = ifMatch.slice(0, 64)
    throw new Problem(
      'precondition-failed',
      version === 0
        ? said(details.absentNotMatched, { ifMatch: expected })
        : said(details.versionNotMatched, { version: etagOf(version), ifMatch: expected })
    )
  }
}

/**
 * Like `checkIfMatch` for approvals and configuration, which must name a version: throws
 * `precondition-required` when the header is missing or is `*`.
 */
export function demandMatch(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch === '*')
    throw new Problem('precondition-required', said(details.versionNotNamed, { version: etagOf(version) }))
  requireMatch(ifMatch, version)
}

/**
 * Gives every read a validator: the version where a change can name it in If-Match, otherwise a
 * digest of the answer. A read whose If-None-Match still holds gets a bare 304. A version does not
 * cover the whole answer: the ratios of a statement change with the statement of the prior year.
 */
export function useReadValidators(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (!(reads && reply.statusCode === 200 && typeof payload === 'string' && request.url.startsWith('/v1/')))
      return done(null, payload)
    if (reply.hasHeader('etag')) return done(null, payload)
    const etag = etagOfText(payload)
    reply.header('etag', etag)
    if (!isHeld(request, etag)) return done(null, payload)
    reply.code(304).removeHeader('content-type')
    return done(null, null)
  })
}

/** The strong validator of an answer that never changes. */
export function etagOfText(text: string | Buffer): string {
  return `"${sha256(text).slice(0, 32)}"`
}

/** Whether If-None-Match says that the caller already has the answer of this validator. */
export function isHeld(request: FastifyRequest, etag: string): boolean {
  const held = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return held !== undefined && (held.includes(etag) || held.includes('*'))
}
