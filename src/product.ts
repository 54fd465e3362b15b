import { serviceIndexOf } from './platform/http/operations.ts'

const NAME = 'Credence'

const TAGS = [
  { name: 'Customers', description: 'Who the customer is' },
  { name: 'Statements', description: 'Sets of accounts and their ratios' },
  { name: 'Evidence', description: 'What others say of the customer, and what was seen on the spot' },
  { name: 'Receivables', description: 'Invoices, payments and credit notes, and how the customer pays' },
  { name: 'Exposure items', description: 'Orders, deliveries and special items that are not invoices yet' },
  { name: 'Securities', description: 'What covers a part of the exposure' },
  { name: 'Reconciliations', description: 'The open items of the caller’s system against those recorded here' },
  { name: 'Exchange rates', description: 'Dated rates that bring other currencies into that of an account' },
  { name: 'Scoring', description: 'Assessments and ratings' },
  { name: 'Models', description: 'Scoring models: drafts, approvals, shadow runs and the one in force' },
  { name: 'Portfolio', description: 'All customers at once' },
  { name: 'Limits', description: 'Limit decisions and payment terms' },
  { name: 'Credit accounts', description: 'Limit, exposure and hold as they stand' },
  { name: 'Credit checks', description: 'The decision about one order, and its reservation' },
  { name: 'Journal', description: 'What was decided, provably' },
  { name: 'Configuration', description: 'The features that a model may name, and the policies on file' },
  { name: 'Change requests', description: 'What somebody asked for and another has to approve' },
  { name: 'API keys', description: 'Who may call the service' },
  { name: 'Operations', description: 'Health, metrics and this document' }
] as const

const INTRODUCTION = `Credit decisions for trade credit: the credit file, its score, rating and limit, and the order check that reserves credit.

- **Ids** of customers, statements, orders, invoices and payments are the caller's own numbers, so \`PUT\` may be repeated. Ids that the service makes have a prefix and sort by time.
- **Money** is \`{"amount":"1250.00","currency":"CNY"}\`: a decimal string with at most the decimals of its currency. Rates, ratios and probabilities are numbers.
- **Time**: instants are RFC 3339 in UTC, business dates \`YYYY-MM-DD\`.
- **Bodies** are JSON in UTF-8 and closed: an unknown field is refused, nothing is converted.
- **Errors** are \`application/problem+json\` (RFC 9457), with a pointer to each faulty field; \`detail\` says what is wrong here, \`remedy\` how to mend it. \`type\` can be read at this service. A 429 or 503 says in \`Retry-After\` when to try again.
- **Languages**: sentences and names are in English and Chinese, as \`en\` and \`zh\`. \`Accept-Language\` says in which of them \`message\` and problems are, and changes nothing else; \`reader\` says for whom sentences are.
- **Repetition**: a POST that changes something takes an \`Idempotency-Key\`; the same request with the same key gets the first answer, byte for byte.
- **Dry run**: a change with \`?dryRun=true\` runs the same code and writes nothing.
- **Versions**: reads carry an \`ETag\`; a change with \`If-Match\` happens only to that version.
- **Lists** are pages: \`limit\`, and \`cursor\` from \`nextCursor\` of the page before.
- Every answer carries \`X-Request-Id\`: the one that the request brought, where that is 1 to 64 letters, digits and \`._:+=~/@-\` and begins with a letter or digit, or else one that no other request has. The log of the service names it, and the trace of a W3C \`traceparent\`. Every answer also carries \`RateLimit\` and \`RateLimit-Policy\` where a quota applies; \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` (seconds) say the same.`

/** What the platform is told about the product that it serves: its name, and its words. */
export const PRODUCT = {
  name: NAME,
  index: serviceIndexOf(NAME),
  introduction: INTRODUCTION,
  tags: TAGS,
  /** A problem that the documentation names where it needs one. */
  exampleProblem: 'customer-not-found'
} as const
