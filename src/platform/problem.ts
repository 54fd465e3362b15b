/** One row of the catalogue: the HTTP status, the title, what it means and how a caller mends it. */
interface ProblemRow {
  readonly status: number
  readonly title: string
  readonly meaning: string
  readonly retryAfterSeconds?: number
}

/** Every error answer of the service, once. A slug is part of the contract: it is never reused for another meaning. */
export const PROBLEMS = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'Send one well-formed JSON document in UTF-8.'
  },
  'malformed-request': {
    status: 400,
    title: 'This is not an HTTP request',
    meaning: 'Send one well-formed HTTP/1.1 request; the connection is closed.'
  },
  'duplicate-json-key': {
    status: 400,
    title: 'A key stands twice in one JSON object',
    meaning: 'Send each key once: which of the two values counts cannot be guessed.'
  },
  'too-complex': {
    status: 400,
    title: 'The JSON is nested too deeply or has too many keys',
    meaning: 'Send at most 20 levels and 5,000 keys.'
  },
  'unsupported-character': {
    status: 400,
    title: 'The text holds a character that cannot be stored',
    meaning: 'Remove control characters and unpaired surrogates.'
  },
  'validation-error': {
    status: 400,
    title: 'The request does not fit its schema',
    meaning: 'Each entry of `errors` points to a field and says how to mend it.'
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor does not belong to this list',
    meaning: 'Use the `nextCursor` of the previous page with the same filters, or start again without a cursor.'
  },
  'idempotency-key-invalid': {
    status: 400,
    title: 'The Idempotency-Key is not usable',
    meaning: 'Send it once, with 1 to 255 visible ASCII characters.'
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    meaning: 'Send `Authorization: Bearer <key>` with a key that is neither revoked nor expired.'
  },
  'insufficient-scope': {
    status: 403,
    title: 'The API key may not do this',
    meaning: 'Use a key with the scope that the detail names.'
  },
  'authority-exceeded': {
    status: 403,
    title: 'More would be granted than anybody may',
    meaning: 'Grant at most the amount that the detail names.'
  },
  'four-eyes': {
    status: 403,
    title: 'The proposer cannot approve',
    meaning: 'Another key with the scope admin must decide.'
  },
  'not-found': { status: 404, title: 'Nothing is here', meaning: 'Check the path against /docs.' },
  'customer-not-found': {
    status: 404,
    title: 'No such customer',
    meaning: 'Create the customer with PUT /v1/customers/{customerId} first.'
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take this method',
    meaning: 'The header Allow lists the methods it takes.'
  },
  'not-acceptable': {
    status: 406,
    title: 'The service cannot answer in this media type',
    meaning: 'Accept application/json.'
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    meaning: 'Send the whole request within 14 seconds; the connection is closed.'
  },
  'api-key-in-use': {
    status: 409,
    title: 'This is the last admin key',
    meaning: 'Create another admin key before you revoke this one.'
  },
  'currency-not-supported': {
    status: 409,
    title: 'The customer’s account is kept in another currency',
    meaning: 'Send the amount in the currency that the detail names.'
  },
  'account-currency-fixed': {
    status: 409,
    title: 'The account currency can no longer change',
    meaning: 'The account has a history in its currency; open another customer id for another currency.'
  },
  'customer-cycle': {
    status: 409,
    title: 'A customer cannot be its own parent',
    meaning: 'Name a parent outside the customer’s own subsidiaries.'
  },
  'invoice-not-found': {
    status: 409,
    title: 'An allocation names an invoice that is not recorded',
    meaning: 'Record the invoice first, or leave the amount unallocated.'
  },
  'allocation-exceeds-invoice': {
    status: 409,
    title: 'More would be allocated than is open',
    meaning: 'Allocate at most the open amount that the detail names.'
  },
  'allocation-exceeds-credit': {
    status: 409,
    title: 'More would be allocated than was received',
    meaning: 'The allocations may sum to the unapplied amount at most.'
  },
  'exposure-too-large': {
    status: 409,
    title: 'The account cannot hold so much',
    meaning: 'Check the amount: with it the account would go beyond what can be counted exactly.'
  },
  'invoice-below-settled': {
    status: 409,
    title: 'The invoice cannot be smaller than what was settled on it',
    meaning: 'Record a credit note instead.'
  },
  'already-recorded': {
    status: 409,
    title: 'This id is recorded with other content',
    meaning: 'Use a new id, or send the recorded content to get the recorded answer.'
  },
  'order-already-reserved': {
    status: 409,
    title: 'The order already holds a reservation',
    meaning: 'Release the reservation that the detail names before the order is checked for another amount.'
  },
  'currency-mismatch': {
    status: 409,
    title: 'The amount is in another currency than the reservation',
    meaning: 'Send the amount in the currency of the order.'
  },
  'capture-exceeds-reservation': {
    status: 409,
    title: 'More would be captured than is reserved',
    meaning: 'Capture at most the open amount that the detail names.'
  },
  'reservation-already-captured': {
    status: 409,
    title: 'The reservation is already captured',
    meaning: 'A reservation is resolved once.'
  },
  'reservation-already-released': {
    status: 409,
    title: 'The reservation is already released',
    meaning: 'A reservation is resolved once.'
  },
  'reservation-already-expired': {
    status: 409,
    title: 'The reservation has expired',
    meaning: 'Send a new credit check for the order.'
  },
  'reservation-absent': {
    status: 409,
    title: 'The check holds no reservation',
    meaning: 'Only an approved check can be captured or released.'
  },
  'invoice-already-captured': {
    status: 409,
    title: 'The invoice already captured a reservation',
    meaning: 'An invoice captures one reservation, once.'
  },
  'model-missing': {
    status: 409,
    title: 'No scoring model is in force for this kind of customer',
    meaning: 'GET /v1/models lists the models and what they are for.'
  },
  'limit-decision-closed': {
    status: 409,
    title: 'The limit decision is already decided',
    meaning: 'Propose a new limit decision.'
  },
  'stale-approval': {
    status: 409,
    title: 'The account changed since the proposal',
    meaning: 'Propose a new limit decision on the present facts.'
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource changed since it was read',
    meaning: 'Read it again and send its ETag as If-Match.'
  },
  'payload-too-large': { status: 413, title: 'The body is too large', meaning: 'Send a smaller body.' },
  'uri-too-long': { status: 414, title: 'The URL is too long', meaning: 'Shorten the path or the query.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body’s media type is not supported',
    meaning: 'Send Content-Type: application/json in UTF-8.'
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used with a different request',
    meaning: 'Send a new key with a new request.'
  },
  'unbalanced-statement': {
    status: 422,
    title: 'The statement does not add up',
    meaning: 'Each entry of `errors` states the difference.'
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is missing',
    meaning: 'Read the resource and send its ETag as If-Match.'
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    meaning: 'Send at most 16 KiB of headers; the connection is closed.'
  },
  'quota-exceeded': { status: 429, title: 'Too many requests', meaning: 'Wait as long as Retry-After says.' },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    meaning: 'Nothing was written. Report the request id.'
  },
  'temporary-reduced-capacity': {
    status: 503,
    title: 'The service cannot decide now',
    meaning: 'Nothing was written; try again.',
    retryAfterSeconds: 1
  },
  contention: {
    status: 503,
    title: 'Too many requests for this account at once',
    meaning: 'Nothing was written; try again with the same Idempotency-Key.',
    retryAfterSeconds: 1
  },
  'outcome-unknown': {
    status: 503,
    title: 'The connection broke while the decision was committed',
    meaning: 'Try again with the same Idempotency-Key: the answer is the one true result.',
    retryAfterSeconds: 1
  },
  'storage-exhausted': {
    status: 503,
    title: 'The database cannot store more',
    meaning: 'Nothing was written; free storage.',
    retryAfterSeconds: 30
  },
  'shutting-down': {
    status: 503,
    title: 'The service is stopping',
    meaning: 'Nothing was written; try another instance or try again.',
    retryAfterSeconds: 5
  }
} as const satisfies Record<string, ProblemRow>

export type ProblemSlug = keyof typeof PROBLEMS

/** One faulty field: where it stands, a stable code, and a sentence that says how to mend it. */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

interface ProblemParts {
  readonly errors?: readonly FieldError[]
  /** Further members of the answer, such as the id of the resource that stands in the way. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error answer, thrown from any depth: it rolls the transaction back and one handler renders it. */
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

  get row(): ProblemRow {
    return PROBLEMS[this.slug]
  }
}

/** The RFC 9457 document of a problem. */
export function problemDocument(problem: Problem, requestId: string): Record<string, unknown> {
  return {
    type: `/problems/${problem.slug}`,
    title: problem.row.title,
    status: problem.row.status,
    detail: problem.message,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...problem.members,
    requestId
  }
}

/** A validation problem at one field, for rules that no schema can express. */
export function fieldProblem(pointer: string, code: string, detail: string): Problem {
  return new Problem('validation-error', detail, { errors: [{ pointer, code, detail }] })
}
