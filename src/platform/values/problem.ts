/** One row of the catalogue: the HTTP status, the title, and how a caller mends it. */
interface ProblemRow {
  readonly status: number
  readonly title: string
  readonly remedy: string
  readonly retryAfterSeconds?: number
}

/** Every error answer of the service, once. A slug is part of the contract: it is never reused for another meaning. */
export const PROBLEMS = {
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
    remedy: 'Send each key once: which of the two values counts cannot be guessed.'
  },
  'too-complex': {
    status: 400,
    title: 'The JSON is nested too deeply or has too many keys',
    remedy: 'Send at most 20 levels and 5,000 keys; in an operation that takes thousands of documents, 100,000.'
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
    remedy: 'Send it once, with 1 to 255 visible ASCII characters.'
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
  'authority-exceeded': {
    status: 403,
    title: 'More would be granted than anybody may',
    remedy: 'Grant at most the amount that the detail names: more takes a policy with a higher maximum.'
  },
  'four-eyes': {
    status: 403,
    title: 'Who asked for it cannot approve it',
    remedy: 'Another key with the scope of this operation must decide.'
  },
  'not-found': { status: 404, title: 'Nothing is here', remedy: 'Check the id, and the path against /docs.' },
  'customer-not-found': {
    status: 404,
    title: 'No such customer',
    remedy: 'Create the customer with PUT /v1/customers/{customerId} first.'
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take this method',
    remedy: 'The header Allow lists the methods it takes.'
  },
  'not-acceptable': {
    status: 406,
    title: 'The service cannot answer in this media type',
    remedy: 'Accept application/json.'
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request within 14 seconds; the connection is closed.'
  },
  'api-key-in-use': {
    status: 409,
    title: 'This is the last admin key',
    remedy: 'Create another admin key before you revoke this one.'
  },
  'currency-not-supported': {
    status: 409,
    title: 'The account or the document is kept in another currency',
    remedy: 'Send the amount in the currency that the detail names.'
  },
  'rate-missing': {
    status: 409,
    title: 'No exchange rate is recorded for these currencies',
    remedy:
      'Record one with PUT /v1/exchange-rates/{base}/{quote}/{date}, or send the amount in the currency of the account.'
  },
  'account-currency-fixed': {
    status: 409,
    title: 'The account currency can no longer change',
    remedy: 'The account has a history in its currency; open another customer id for another currency.'
  },
  'customer-cycle': {
    status: 409,
    title: 'A customer cannot be its own parent',
    remedy: 'Name a parent outside the customer’s own subsidiaries.'
  },
  'invoice-not-found': {
    status: 409,
    title: 'An allocation names an invoice that is not recorded',
    remedy: 'Record the invoice first, or leave the amount unallocated.'
  },
  'allocation-exceeds-invoice': {
    status: 409,
    title: 'More would be allocated than is open',
    remedy: 'Allocate at most the open amount that the detail names.'
  },
  'allocation-exceeds-credit': {
    status: 409,
    title: 'More would be allocated than was received',
    remedy: 'The allocations may sum to the unapplied amount at most.'
  },
  'exposure-too-large': {
    status: 409,
    title: 'The account cannot hold so much',
    remedy: 'Check the amount: with it the account would go beyond what can be counted exactly.'
  },
  'invoice-below-settled': {
    status: 409,
    title: 'The invoice cannot be smaller than what was settled on it',
    remedy: 'Record a credit note instead.'
  },
  'stale-version': {
    status: 409,
    title: 'This version of the document, or a newer one, is recorded',
    remedy: 'Nothing is to be done when a message came late; a changed document needs a higher `sourceVersion`.'
  },
  'conversion-origin-missing': {
    status: 409,
    title: 'What the document was made from is not recorded',
    remedy: 'Record the document that the detail names first, or leave it out of `convertedFrom`.'
  },
  'conversion-exceeds-open': {
    status: 409,
    title: 'More would be converted than is open',
    remedy: 'Convert at most the open amount that the detail names.'
  },
  'conversion-irreversible': {
    status: 409,
    title: 'What a reservation was captured for cannot be held again',
    remedy: 'Name at least the amount that was captured; send a new credit check for what is to be held again.'
  },
  'exposure-item-closed': {
    status: 409,
    title: 'The exposure item is closed',
    remedy: 'Put a higher version of the document first, if it is to be converted after all.'
  },
  'exposure-item-held': {
    status: 409,
    title: 'A reservation holds the exposure item',
    remedy: 'Name the check of `checkId` in `convertedFrom` instead, with `final`.'
  },
  'exposure-item-below-converted': {
    status: 409,
    title: 'The item cannot be smaller than what was converted of it',
    remedy: 'Lower what was converted first: put the document that it became with a smaller `convertedFrom`.'
  },
  'stale-import': {
    status: 409,
    title: 'A newer snapshot is applied',
    remedy: 'Nothing is to be done when a snapshot came late; take a new one to compare again.'
  },
  'incomplete-import': {
    status: 409,
    title: 'The snapshot does not add up to its control figures',
    remedy: 'Send the whole snapshot with the count and the totals of what it holds.'
  },
  'adjustment-below-captured': {
    status: 409,
    title: 'The reservation cannot be smaller than what is captured of it',
    remedy: 'Name at least the captured amount that the detail gives, or release what is open.'
  },
  'order-not-blocked': {
    status: 409,
    title: 'The check does not block its order',
    remedy:
      '`state` says what became of the order. Where another check blocks it now, `checkId` names that one: decide about it.'
  },
  'recheck-run-active': {
    status: 409,
    title: 'A run over all open orders is under way',
    remedy: 'Read it at /v1/recheck-runs, and ask again once it has ended.'
  },
  'manual-hold-in-force': {
    status: 409,
    title: 'A manual hold stops every order of the customer',
    remedy: 'No release goes past a manual hold: have it lifted first.'
  },
  'already-recorded': {
    status: 409,
    title: 'This id is recorded with other content',
    remedy: 'Use a new id, or send the recorded content to get the recorded answer.'
  },
  'order-already-reserved': {
    status: 409,
    title: 'The order already holds a reservation',
    remedy: 'Release the reservation that the detail names before the order is checked for another amount.'
  },
  'order-also-held': {
    status: 409,
    title: 'The order holds a reservation, and would count twice',
    remedy:
      'Name the check of `checkId` in `convertedFrom` with the amount that the item takes over and `final`, or leave the order to its reservation.'
  },
  'currency-mismatch': {
    status: 409,
    title: 'The amount is in another currency than the reservation',
    remedy: 'Send the amount in the currency that the detail names: what is held is counted in that of the account.'
  },
  'capture-exceeds-reservation': {
    status: 409,
    title: 'More would be captured than is reserved',
    remedy: 'Capture at most the open amount that the detail names.'
  },
  'reservation-already-captured': {
    status: 409,
    title: 'The reservation is already captured',
    remedy: 'A reservation is resolved once: for more, send a new credit check.'
  },
  'reservation-already-released': {
    status: 409,
    title: 'The reservation is already released',
    remedy: 'A reservation is resolved once: to hold the amount again, send a new credit check.'
  },
  'reservation-already-expired': {
    status: 409,
    title: 'The reservation has expired',
    remedy: 'Send a new credit check for the order.'
  },
  'reservation-absent': {
    status: 409,
    title: 'The check holds no reservation',
    remedy: 'Only an approved check can be captured, adjusted or released.'
  },
  'invoice-already-captured': {
    status: 409,
    title: 'The invoice already captured this reservation',
    remedy: 'An invoice captures a reservation once: capture the rest under the number of another invoice.'
  },
  'model-missing': {
    status: 409,
    title: 'No scoring model is in force for this kind of customer',
    remedy: 'GET /v1/models?state=active lists the models in force; activate one for this kind of customer.'
  },
  'policy-not-loaded': {
    status: 409,
    title: 'The policy that decided is not on file',
    remedy:
      'Start the service once with that version of the policy: it is put on file, and the decision can be replayed.'
  },
  'model-version-missing': {
    status: 409,
    title: 'The version of the model that the assessment was made with is no longer here',
    remedy: 'Assess the customer anew: the model in force explains what it does.'
  },
  'model-published': {
    status: 409,
    title: 'A published version of a model never changes',
    remedy: 'Write the changed model as a new version.'
  },
  'model-step-closed': {
    status: 409,
    title: 'The version of the model is not in a state for this',
    remedy:
      'A draft is approved first; an approved version runs in shadow, is activated or retired; a retired one takes part no longer.'
  },
  'limit-decision-closed': {
    status: 409,
    title: 'The limit decision is already decided',
    remedy:
      'Propose a new one with POST /v1/customers/{customerId}/limit-decisions; with `"refer": true` it waits for a person.'
  },
  'stale-approval': {
    status: 409,
    title: 'The account changed since the proposal',
    remedy: 'Propose a new limit decision on the present facts.'
  },
  'evidence-already-withdrawn': {
    status: 409,
    title: 'The evidence is already withdrawn',
    remedy: 'An item is withdrawn once; record a new one if it is to count again.'
  },
  'security-already-withdrawn': {
    status: 409,
    title: 'The security is already withdrawn',
    remedy: 'Nothing is left to be withdrawn; put the security again if it is to cover again.'
  },
  'rescoring-run-active': {
    status: 409,
    title: 'A run over the portfolio is under way',
    remedy: 'Wait until the run that the detail names has ended, or cancel it.'
  },
  'rescoring-run-finished': {
    status: 409,
    title: 'The run has ended',
    remedy: 'Nothing is left to be cancelled; what was written stays.'
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
  'unbalanced-statement': {
    status: 422,
    title: 'The statement does not add up',
    remedy: 'Each entry of `errors` states the difference.'
  },
  'pmml-unfit': {
    status: 422,
    title: 'The PMML document cannot become a scoring model',
    remedy:
      'Each entry of `errors` names a place in the document and says what is wrong there, or what our models cannot do.'
  },
  'model-form': {
    status: 409,
    title: 'The model has no such form',
    remedy: 'Only a statistical scorecard (`kind: woe`) is a regression as well; ask for `as=scorecard`.'
  },
  'model-unfit': {
    status: 422,
    title: 'The model is not fit to be published',
    remedy: 'Each entry of `errors` points to a place in the document and says what is wrong there.'
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
  'quota-exceeded': { status: 429, title: 'Too many requests', remedy: 'Wait as long as Retry-After says.' },
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
    remedy: 'Try again with the same Idempotency-Key: the answer is the one true result.',
    retryAfterSeconds: 1
  },
  'storage-exhausted': {
    status: 503,
    title: 'The database cannot store more',
    remedy: 'Nothing was written; free storage.',
    retryAfterSeconds: 30
  },
  'shutting-down': {
    status: 503,
    title: 'The service is stopping',
    remedy: 'Nothing was written; try another instance or try again.',
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
    remedy: problem.row.remedy,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...problem.members,
    requestId
  }
}

/** A validation problem at one field, for rules that no schema can express. */
export function fieldProblem(pointer: string, code: string, detail: string): Problem {
  return new Problem('validation-error', detail, { errors: [{ pointer, code, detail }] })
}
