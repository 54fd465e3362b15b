import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { InjectOptions } from 'fastify'
import { sql } from 'kysely'
import type { Test } from 'tap'
import { isCurrency } from '../../src/engine/index.ts'
import type { ProblemSlug } from '../../src/platform/values/problem.ts'
import { PROBLEMS } from '../../src/problems.ts'
import { englishIn } from '../said-in-chinese.ts'
import { type Send, type Service, type TestAnswer, testService, throwing } from '../service.ts'

type Method = NonNullable<InjectOptions['method']>

/** A request as a test writes it: a text is sent as it is, anything else as JSON. */
interface TestRequest {
  readonly method: Method
  readonly url: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface ContractService extends Service {
  /** What the document says, operation by operation. */
  readonly operations: readonly Operation[]
  /** Sends exactly these headers and this payload, without a key of its own. */
  inject(request: InjectOptions & { method: Method; url: string }): Promise<TestAnswer>
  /**
   * The request gets this problem at exactly these fields, and no row of any table differs
   * afterwards.
   */
  refuses(t: Test, request: TestRequest, slug: ProblemSlug, pointers?: readonly string[]): Promise<TestAnswer>
  /** A digest of every row of every table: the same as long as nothing was written. */
  footprint(): Promise<string>
  /** The documented answers of these operations that no request got so far. */
  unanswered(...operationIds: string[]): string[]
}

/** One operation of the OpenAPI document. */
export interface Operation {
  readonly id: string
  readonly method: Method
  /** `/v1/customers/{customerId}` */
  readonly path: string
  readonly scope: string | undefined
  /** Every scope that is enough for it. */
  readonly scopes: readonly string[]
  readonly takesBody: boolean
  readonly responses: Readonly<Record<string, DocumentedAnswer>>
}

interface DocumentedAnswer {
  readonly description: string
  readonly content?: Readonly<Record<string, unknown>>
}

interface DocumentedOperation {
  readonly operationId: string
  readonly description: string
  readonly requestBody?: object
  readonly responses: Record<string, DocumentedAnswer>
}

/**
 * What every operation may answer, whatever it is about; test/http/manners/ provokes them, and the
 * invoices the one of the exposure.
 */
const ANYWHERE: readonly string[] = [
  'unauthenticated',
  'insufficient-scope',
  'malformed-json',
  'duplicate-json-key',
  'reserved-json-key',
  'too-complex',
  'unsupported-character',
  'payload-too-large',
  'unsupported-media-type',
  'not-acceptable',
  'uri-too-long',
  'quota-exceeded',
  'exposure-too-large',
  'internal-error',
  'temporary-reduced-capacity',
  'shutting-down'
] satisfies ProblemSlug[]

/**
 * What no error may tell: the trace of a stack, a statement or an error of the database, a place in
 * the file system.
 */
const INTERNALS =
  /\bat (async )?[\w.<>]+ \(|node:internal|node_modules|\.ts:\d|\/(work|home|tmp|usr|root)\/|\b(select|insert into|update|delete from)\b.*\b(from|values|set|where)\b|relation "|syntax error at|violates |pg_|kysely|ECONN|ENOENT/i

/**
 * The whole service, with every answer compared to the OpenAPI document on its way to the test: a
 * status that the operation does not list, a problem that it does not name, a body that does not
 * fit its schema or an error that tells of the inside fails the test.
 */
export async function contractService(
  t: Test,
  options: Parameters<typeof testService>[1] = {}
): Promise<ContractService> {
  const service = await testService(t, options)
  const { operations, check, unanswered } = contractOf(service.app.swagger() as unknown as OpenApiDocument)
  const footprint = await footprintOf(service)
  const attempt: Send = async (method, url, body, headers) => {
    const answer = await service.attempt(method, url, body, headers)
    check(method, url, answer)
    return answer
  }
  return {
    ...service,
    operations,
    send: throwing(attempt),
    attempt,
    footprint,
    unanswered,
    inject: async (request) => {
      const response = await service.app.inject(request)
      const isJson = /[/+]json/.test(String(response.headers['content-type']))
      const body = isJson && response.body !== '' ? response.json() : undefined
      const answer = { status: response.statusCode, headers: response.headers, body, text: response.body }
      check(request.method, request.url, answer)
      return answer
    },
    refuses: async (t, { method, url, body, headers }, slug, pointers) => {
      const before = await footprint()
      const answer = await attempt(method, url, body, headers)
      const said = `${method} ${url.slice(0, 80)}: ${answer.text.slice(0, 300)}`
      t.equal(answer.status, PROBLEMS[slug].status, said)
      t.equal(answer.body?.type, `/problems/${slug}`, said)
      if (pointers !== undefined) {
        const given: { pointer: string }[] = answer.body?.errors ?? []
        t.same([...new Set(given.map(({ pointer }) => pointer))].sort(), [...pointers].sort(), said)
      }
      const chinese = await attempt(method, url, body, { ...headers, 'accept-language': 'zh' })
      t.equal(await footprint(), before, `${method} ${url.slice(0, 80)} writes nothing`)
      if (chinese.body?.type === answer.body?.type) toldInChinese(t, chinese.body.detail, said)
      return answer
    }
  }
}

function toldInChinese(t: Test, detail: string, said: string): void {
  t.match(detail, /\p{Script=Han}/u, `${said} is told in Chinese`)
  t.same(englishIn(detail), [], `${said} has no English in it: ${detail}`)
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
}

function contractOf(document: OpenApiDocument) {
  const operations = operationsOf(document)
  const answered = new Set<string>()
  const validatorOf = validators(document)
  const patterns = operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }))
  const find = (method: string, path: string) =>
    patterns.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation

  const check = (method: string, url: string, answer: TestAnswer) => {
    const place = `${method} ${url.slice(0, 120)} answered ${answer.status}`
    const problem = answer.status >= 400 ? problemFault(answer) : undefined
    if (problem !== undefined) throw new Error(`${place}: ${problem}`)
    const operation = find(method, url.split('?')[0] ?? '')
    if (operation === undefined) return
    answered.add(keyOf(operation.id, answer))
    const fault = answerFault(operation, answer, validatorOf)
    if (fault !== undefined) throw new Error(`${place}, which ${operation.id} does not document: ${fault}`)
  }

  const unanswered = (...operationIds: string[]) =>
    operationIds.flatMap((id) => {
      const operation = operations.find((known) => known.id === id)
      if (operation === undefined) throw new Error(`there is no operation ${id}`)
      return documentedKeys(operation).filter((key) => !answered.has(key))
    })
  return { operations, check, unanswered }
}

/** The paths that `path` stands for. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`)
}

export function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, description, requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase() as Method,
      path,
      scope: /Needs the scope `(\w+)`/.exec(description)?.[1],
      scopes: [...(/Needs the scope ((?:`\w+`(?: or )?)+)/.exec(description)?.[1] ?? '').matchAll(/\w+(?=`)/g)].map(
        String
      ),
      takesBody: requestBody !== undefined,
      responses
    }))
  )
}

function keyOf(operationId: string, { status, body }: TestAnswer): string {
  return status < 400 ? `${operationId} ${status}` : `${operationId} ${slugOf(body)}`
}

function documentedKeys({ id, responses }: Operation): string[] {
  return Object.entries(responses).flatMap(([status, { description }]) => {
    if (status === 'default') return []
    if (Number(status) < 400) return [`${id} ${status}`]
    return slugsIn(description)
      .filter((slug) => !ANYWHERE.includes(slug))
      .map((slug) => `${id} ${slug}`)
  })
}

function slugsIn(description: string): string[] {
  return [...description.matchAll(/`([a-z-]+)`:/g)].map(([, slug]) => slug ?? '')
}

function slugOf(body: { type?: unknown } | undefined): string {
  return String(body?.type).replace('/problems/', '')
}

/** What holds for every error, of an operation or of none. */
function problemFault({ status, headers, body, text }: TestAnswer): string | undefined {
  if (status >= 400 && text === '') return undefined
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8')
    return `an error of type ${headers['content-type']}: ${text.slice(0, 200)}`
  const row = Object.hasOwn(PROBLEMS, slugOf(body)) ? PROBLEMS[slugOf(body) as ProblemSlug] : undefined
  if (row === undefined) return `a problem outside the catalogue: ${text.slice(0, 200)}`
  const language = headers['content-language'] === 'zh' ? 'zh' : 'en'
  if (
    row.status !== status ||
    body.status !== status ||
    body.title !== row.title[language] ||
    body.remedy !== row.remedy[language]
  )
    return `a problem that says otherwise: ${text.slice(0, 200)}`
  if (body.requestId !== headers['x-request-id']) return 'a request id that is not the one of the header'
  return INTERNALS.test(text) ? `an error that tells of the inside: ${text.slice(0, 400)}` : undefined
}

function answerFault(
  { id, responses }: Operation,
  answer: TestAnswer,
  validatorOf: ReturnType<typeof validators>
): string | undefined {
  const { status, headers, text } = answer
  const listed = responses[status]
  if (status >= 400 && listed !== undefined) {
    const slug = slugOf(answer.body)
    if (text !== '' && !slugsIn(listed.description).includes(slug)) return `the problem ${slug}`
  }
  if (status < 400 && listed === undefined) return `the status ${status}`
  const documented = listed ?? responses.default
  if (documented === undefined) return `the status ${status}`
  if (text === '') return undefined
  const [mediaType = '', ...parameters] = String(headers['content-type']).split('; ')
  const isText = /^text\/|[/+](json|xml)$/.test(mediaType)
  if (isText && !parameters.includes('charset=utf-8')) return `the character set of ${headers['content-type']}`
  if (headers['cache-control'] !== 'no-store') return `an answer that caches may keep: ${headers['cache-control']}`
  if (documented.content?.[mediaType] === undefined) return `the media type ${mediaType}`
  const validate = validatorOf(id, listed === undefined ? 'default' : String(status), mediaType)
  const value: unknown = /[/+]json$/.test(mediaType) ? answer.body : text
  if (validate(value)) return undefined
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ')
}

/** Compiles the schema of an answer when it is first given. */
function validators(
  document: OpenApiDocument
): (operationId: string, status: string, mediaType: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true, code: { optimize: false } })
  addFormats.default(ajv)
  ajv.addFormat('currency', isCurrency)
  ajv.addSchema(document, 'openapi')
  const compiled = new Map<string, ValidateFunction>()
  const places = new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, ['paths', path, method]] as const)
    )
  )
  return (operationId, status, mediaType) => {
    const steps = [...(places.get(operationId) ?? []), 'responses', status, 'content', mediaType, 'schema']
    const pointer = steps
      .map((step) => `/${encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1'))}`)
      .join('')
    const known = compiled.get(pointer)
    if (known !== undefined) return known
    const made = ajv.compile({ $ref: `openapi#${pointer}` })
    compiled.set(pointer, made)
    return made
  }
}

async function footprintOf({ deps: { db } }: Service): Promise<() => Promise<string>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'
      and table_name <> 'simulated_clock' order by 1`.execute(db)
  // One row of sums: a union of the tables makes PostgreSQL start parallel workers for every
  // reading.
  const digests = rows.map(
    ({ name }) => sql`(select sum(hashtextextended(each::text, 0)) from ${sql.table(name)} as each) as ${sql.ref(name)}`
  )
  return async () => JSON.stringify((await sql`select ${sql.join(digests)}`.execute(db)).rows)
}
