import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Drawn once in this process: no other process, and no earlier run, makes the same ids. */
const PROCESS = randomBytes(9).toString('hex')
let made = 0

/** A request id that no other request has, in any process. */
export function newRequestId(): string {
  made += 1
  return `req-${PROCESS}-${made.toString(36)}`
}

/** Too short for an API key: what a caller confuses with its request id must not reach the log. */
const CALLERS_ID = /^[A-Za-z0-9][A-Za-z0-9._:+=~/@-]{0,63}$/

/**
 * The id of a request: the caller's own `X-Request-Id`, so that its log and ours name the same,
 * where it has 1 to 64 letters, digits and `._:+=~/@-`; a new one otherwise.
 */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && CALLERS_ID.test(given) ? given : newRequestId()
}

/** W3C Trace Context: version, trace id, parent id, flags; a later version may have more. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/** The trace that a `traceparent` header names; undefined where the header is not well formed. */
export function traceIdOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined
  const [, version, traceId = '', parentId = '', more] = TRACEPARENT.exec(header) ?? []
  const isKnown = version === '00' ? more === undefined : version !== undefined && version !== 'ff'
  return isKnown && /[^0]/.test(traceId) && /[^0]/.test(parentId) ? traceId : undefined
}
