import { inOrder, type Said, withinLength } from './said.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A kind of problem: its HTTP status, its title, and how a caller mends it. */
export interface ProblemRow {
  readonly status: number
  readonly title: Said
  readonly remedy: Said
  readonly retryAfterSeconds?: number
}

/** Kinds of problems by slug. A slug is part of the contract and never changes its meaning. */
export type ProblemRows = Readonly<Record<string, ProblemRow>>

/** The problems that any operation may answer, whatever the service does. */
export const PLATFORM_PROBLEMS = {
  'malformed-json': { status: 400, ...problems['malformed-json'] },
  'malformed-request': { status: 400, ...problems['malformed-request'] },
  'duplicate-json-key': { status: 400, ...problems['duplicate-json-key'] },
  'reserved-json-key': { status: 400, ...problems['reserved-json-key'] },
  'too-complex': { status: 400, ...problems['too-complex'] },
  'unsupported-character': { status: 400, ...problems['unsupported-character'] },
  'validation-error': { status: 400, ...problems['validation-error'] },
  'invalid-cursor': { status: 400, ...problems['invalid-cursor'] },
  'idempotency-key-invalid': { status: 400, ...problems['idempotency-key-invalid'] },
  unauthenticated: { status: 401, ...problems.unauthenticated },
  'insufficient-scope': { status: 403, ...problems['insufficient-scope'] },
  'not-found': { status: 404, ...problems['not-found'] },
  'method-not-allowed': { status: 405, ...problems['method-not-allowed'] },
  'not-acceptable': { status: 406, ...problems['not-acceptable'] },
  'request-timeout': { status: 408, ...problems['request-timeout'] },
  'already-recorded': { status: 409, ...problems['already-recorded'] },
  'precondition-failed': { status: 412, ...problems['precondition-failed'] },
  'payload-too-large': { status: 413, ...problems['payload-too-large'] },
  'uri-too-long': { status: 414, ...problems['uri-too-long'] },
  'unsupported-media-type': { status: 415, ...problems['unsupported-media-type'] },
  'idempotency-key-reused': { status: 422, ...problems['idempotency-key-reused'] },
  'precondition-required': { status: 428, ...problems['precondition-required'] },
  'headers-too-large': { status: 431, ...problems['headers-too-large'] },
  'quota-exceeded': { status: 429, ...problems['quota-exceeded'] },
  'internal-error': { status: 500, ...problems['internal-error'] },
  'temporary-reduced-capacity': { status: 503, ...problems['temporary-reduced-capacity'], retryAfterSeconds: 1 },
  contention: { status: 503, ...problems.contention, retryAfterSeconds: 1 },
  'outcome-unknown': { status: 503, ...problems['outcome-unknown'], retryAfterSeconds: 1 },
  'storage-exhausted': { status: 503, ...problems['storage-exhausted'], retryAfterSeconds: 30 },
  'shutting-down': { status: 503, ...problems['shutting-down'], retryAfterSeconds: 5 }
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
  /** The same in Chinese. */
  readonly zh: string
}

/** The same of a place in a document that is checked by its own rules, told in English alone. */
export type EnglishFault = Omit<FieldError, 'zh'>

interface ProblemParts {
  readonly errors?: readonly (FieldError | EnglishFault)[]
  /** Further members of the answer, such as the id of the conflicting resource. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error answer. Thrown at any depth it rolls the transaction back; one handler writes it. */
export class Problem extends Error {
  readonly slug: ProblemSlug
  readonly detail: Said
  readonly errors: readonly (FieldError | EnglishFault)[] | undefined
  readonly members: Readonly<Record<string, unknown>>

  constructor(slug: ProblemSlug, detail: Said, parts: ProblemParts = {}) {
    super(detail.en, { cause: parts.cause })
    this.slug = slug
    this.detail = detail
    this.errors = parts.errors
    this.members = parts.members ?? {}
  }
}

/** A fault of one field in both languages, for rules that no schema can express. */
export function fieldError(pointer: string, code: string, detail: Said): FieldError {
  return { pointer, code, detail: detail.en, zh: detail.zh }
}

/** The problem of one field that such a rule refuses. */
export function fieldProblem(pointer: string, code: string, detail: Said): Problem {
  return new Problem('validation-error', detail, { errors: [fieldError(pointer, code, detail)] })
}

/**
 * The problem of these faults, whose sentences make up its detail: at most 1,500 characters of it.
 */
export function faultsProblem(slug: ProblemSlug, errors: readonly FieldError[]): Problem {
  const sentences = errors.map(({ detail: en, zh }) => ({ en, zh }))
  return new Problem(slug, withinLength(inOrder(sentences), 1_500), { errors })
}
