/** A kind of problem: its HTTP status, its title, and how a caller mends it. */
export interface ProblemRow {
  readonly status: number
  readonly title: string
  readonly remedy: string
  readonly retryAfterSeconds?: number
}

/** Kinds of problems by slug. A slug is part of the contract and never changes its meaning. */
export type ProblemRows = Readonly<Record<string, ProblemRow>>

/** The problems that any operation may answer, whatever the service does. */
export const PLATFORM_PROBLEMS = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    remedy: 'Send one well-formed JSON document in UTF-8.'
  },
  'malformed-request': {
    status: 400,
    title: 'This is not an HTTP request',
    remedy: 'Send one well-formed HTTP/1.1 request; the connection is closed.'
  },
  'duplicate-json-key': {
    status: 400,
    title: 'A key stands twice in one JSON object',
    remedy: 'Send each key once; the service does not guess which value counts.'
  },
  'reserved-json-key': {
    status: 400,
    title: 'A key of the JSON has a name that is not accepted',
    remedy: 'Leave the key out, or give it another name than `__proto__`, `constructor` or `prototype`.'
  },
  'too-complex': {
    status: 400,
    title: 'The JSON is nested too deeply or has too many keys',
    remedy:
      'Send at most 20 levels, 5,000 keys and no more entries than the operation takes; operations that take thousands of documents allow 100,000 keys.'
  },
  'unsupported-character': {
    status: 400,
    title: 'The text holds a character that cannot be stored',
    remedy: 'Remove control characters and unpaired surrogates.'
  },
  'validation-error': {
    status: 400,
    title: 'The request does not fit its schema',
    remedy: 'Each entry of `errors` points to a field and says how to mend it.'
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor does not belong to this list',
    remedy: 'Use the `nextCursor` of the previous page with the same filters, or start again without a cursor.'
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'The Idempotency-Key is not usable',
    remedy: 'Send it once, with 1 to 255 visible ASCII characters, bare or between quotation marks.'
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    remedy: 'Send `Authorization: Bearer <key>` with a key that is neither revoked nor expired.'
  },
  'insufficient-scope': {
    status: 403,
    title: 'The API key may not do this',
    remedy: 'Use a key with the scope that the detail names.'
  },
  'not-found': { status: 404, title: 'Not found', remedy: 'Check the id, and the path against /docs.' },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not support this method',
    remedy: 'The Allow header lists the supported methods.'
  },
  'not-acceptable': {
    status: 406,
    title: 'The service cannot answer in this media type',
    remedy: 'Accept a media type of the operation: application/json unless it names another.'
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request within 14 seconds; the connection is closed.'
  },
  'already-recorded': {
    status: 409,
    title: 'This id is recorded with other content',
    remedy: 'Use a new id, or send the recorded content to get the recorded answer.'
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource changed since it was read',
    remedy: 'Read it again and send its ETag as If-Match.'
  },
  'payload-too-large': { status: 413, title: 'The body is too large', remedy: 'Send a smaller body.' },
  'uri-too-long': { status: 414, title: 'The URL is too long', remedy: 'Shorten the path or the query.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body’s media type is not supported',
    remedy: 'Send Content-Type: application/json in UTF-8.'
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used with a different request',
    remedy: 'Send a new key with a new request.'
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is missing',
    remedy: 'Read the resource and send its ETag as If-Match.'
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send at most 16 KiB of headers; the connection is closed.'
  },
  'quota-exceeded': { status: 429, title: 'Too many requests', remedy: 'Wait for the time in Retry-After.' },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    remedy: 'Nothing was written. Report the request id.'
  },
  'temporary-reduced-capacity': {
    status: 503,
    title: 'The service cannot decide now',
    remedy: 'Nothing was written; try again.',
    retryAfterSeconds: 1
  },
  contention: {
    status: 503,
    title: 'Too many requests for this account at once',
    remedy: 'Nothing was written; try again with the same Idempotency-Key.',
    retryAfterSeconds: 1
  },
  'outcome-unknown': {
    status: 503,
    title: 'The connection broke while the decision was committed',
    remedy:
      'Try again with the same Idempotency-Key: the answer is the one true result. Sent without a key, it may count twice: read first what was recorded.',
    retryAfterSeconds: 1
  },
  'storage-exhausted': {
    status: 503,
    title: 'The database cannot store more',
    remedy: 'Nothing was written. Free some storage.',
    retryAfterSeconds: 30
  },
  'shutting-down': {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Nothing was written; try another instance or try again.',
    retryAfterSeconds: 5
  }
} as const satisfies ProblemRows

type PlatformProblems = typeof PLATFORM_PROBLEMS

/**
 * Every kind of problem of the service. A room adds its own with `declare module`, so an undeclared
 * slug does not compile, and neither does one that two rooms declare.
 */
export interface ProblemCatalogue extends PlatformProblems {}

export type ProblemSlug = keyof ProblemCatalogue

/** One faulty field: its place, a stable code, and a sentence that says how to mend it. */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

interface ProblemParts {
  readonly errors?: readonly FieldError[]
  /** Further members of the answer, such as the id of the conflicting resource. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error answer. Thrown at any depth it rolls the transaction back; one handler writes it. */
export class Problem extends Error {
  readonly slug: ProblemSlug
  readonly errors: readonly FieldError[] | undefined
  readonly members: Readonly<Record<string, unknown>>

  constructor(slug: ProblemSlug, detail: string, parts: ProblemParts = {}) {
    super(detail, { cause: parts.cause })
    this.slug = slug
    this.errors = parts.errors
    this.members = parts.members ?? {}
  }
}

/** A validation problem of one field, for rules that no schema can express. */
export function fieldProblem(pointer: string, code: string, detail: string): Problem {
  return new Problem('validation-error', detail, { errors: [{ pointer, code, detail }] })
}
