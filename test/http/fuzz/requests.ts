import fc from 'fast-check'

/** What the API document says of a value. */
interface Described {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Described
  readonly items?: Described
  readonly maxItems?: number
  readonly anyOf?: readonly Described[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly unknown[]
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required?: boolean
  readonly schema: Described
}

interface DocumentedOperation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Described }>> }
}

export interface FuzzedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Described>> }
}

/** A request as it is sent. */
export interface FuzzedRequest {
  readonly operationId: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | undefined
}

/** Values that fit no schema, or only just. */
const ODD = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], [null], { a: { a: {} } }, '', ' ', '0'],
  ...['-0', '1e5', '0x10', 'NaN', '１００', '\u200b', '\u3164', "'; drop table journal; --", '{{7*7}}', '%00'],
  ...['../../etc/passwd', '2026-02-30', '0000-01-01', '9999-12-31', '2026-13-01T00:00:00Z', 'x'.repeat(5_000)],
  ...['东方钢铁', '😀'.repeat(70), 'é', 'e\u0301', '\u202e', 'true', 'null', '99999999999999.99', '-5.00']
]
const odd: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 3 }))

/** Things that exist, so that a request gets further than to a 404. */
const KNOWN = ['C-1', 'C-2', 'SO-1', 'I-1', 'P-1', 'FY2025', 'erp', 'USD', 'CNY', '2026-03-31', '1', 'company-standard']

/** Draws requests of every operation of the document: most of them nearly right. */
export function requestsOf(document: FuzzedDocument): fc.Arbitrary<FuzzedRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
  )
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const { operationId, parameters = [], requestBody } = operation
    const values = fc.record(Object.fromEntries(parameters.map((each) => [each.in + each.name, parameterOf(each)])))
    const [type = 'application/json'] = Object.keys(requestBody?.content ?? {})
    const schema = requestBody?.content[type]?.schema
    const body = schema === undefined ? fc.constant(undefined) : bodyOf(valueFor(schema, document, 0))
    return fc.record({ values, body, extra: extraQuery }).map(({ values: given, body: payload, extra }) => {
      const textOf = ({ in: place, name }: Parameter) => given[place + name] as string | undefined
      const filled = parameters
        .filter(({ in: place }) => place === 'path')
        .reduce((url, each) => url.replace(`{${each.name}}`, encodeURIComponent(textOf(each) || 'C-1')), path)
      const query = parameters
        .filter((each) => each.in === 'query' && textOf(each) !== undefined)
        .map((each) => `${each.name}=${encodeURIComponent(textOf(each) ?? '')}`)
      const headers = parameters.flatMap((each) =>
        each.in === 'header' && textOf(each) !== undefined
          ? [[each.name.toLowerCase(), (textOf(each) ?? '').replace(/[^\x20-\x7e]/g, '?')]]
          : []
      )
      const asked = [...query, ...extra].join('&')
      return {
        operationId,
        method,
        url: asked === '' ? filled : `${filled}?${asked}`,
        headers: { ...Object.fromEntries(headers), ...(payload === undefined ? {} : { 'content-type': type }) },
        payload
      }
    })
  })
}

const extraQuery = fc.oneof(
  { weight: 12, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.constantFrom(['dryRun=true'], ['limit=1', 'limit=2'], ['x=1'], ['cursor=AAAA'], ['%zz']) }
)

function parameterOf({ required = false, schema, in: place, name }: Parameter): fc.Arbitrary<string | undefined> {
  const examples = name === 'customerId' ? ['C-1'] : (schema.examples ?? []).map(String)
  const fitting = fc.constantFrom(...KNOWN, ...examples, ...(schema.enum ?? []).map(String))
  const text = fc.oneof(
    { weight: 8, arbitrary: examples.length > 0 ? fc.constantFrom(...examples) : fitting },
    { weight: 3, arbitrary: fitting },
    { weight: 1, arbitrary: odd.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) }
  )
  const wellFormed = text.map((value) => value.toWellFormed().slice(0, 500))
  return required || place === 'path' ? wellFormed : fc.option(wellFormed, { nil: undefined, freq: 2 })
}

/** A body as text: nearly always JSON, sometimes spoilt. */
function bodyOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const json = value.map((each) => JSON.stringify(each) ?? 'null')
  return fc.oneof(
    { weight: 20, arbitrary: json },
    { weight: 1, arbitrary: fc.tuple(json, fc.nat(200)).map(([text, at]) => text.slice(0, at)) },
    { weight: 1, arbitrary: json.map((text) => text.replace('{', '{"a":1,"a":2,')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '[', '{}', 'null', '"x"', '[[[[', '{"__proto__":{}}', '{"a":"\\u0000"}')
    }
  )
}

const DEPTH_MAX = 6

/** A value of a schema, with a part here and there that does not fit it. */
function valueFor(schema: Described, document: FuzzedDocument, depth: number): fc.Arbitrary<unknown> {
  const fitting = fittingOf(schema, document, depth)
  const examples = schema.examples ?? []
  return fc.oneof(
    { weight: 12, arbitrary: fitting },
    ...(examples.length > 0 ? [{ weight: 12, arbitrary: fc.constantFrom(...examples) }] : []),
    { weight: 1, arbitrary: odd }
  )
}

function fittingOf(schema: Described, document: FuzzedDocument, depth: number): fc.Arbitrary<unknown> {
  const { $ref, anyOf, type, enum: words, const: only } = schema
  if (depth > DEPTH_MAX) return odd
  if ($ref !== undefined) {
    const { $ref: _, ...own } = schema
    return valueFor({ ...document.components.schemas[$ref.split('/').at(-1) ?? ''], ...own }, document, depth + 1)
  }
  if (only !== undefined) return fc.constant(only)
  if (words !== undefined) return fc.constantFrom(...words)
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((each) => valueFor(each, document, depth + 1)))
  switch ([type].flat()[0]) {
    case 'object':
      return objectOf(schema, document, depth)
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, document, depth + 1), {
        maxLength: Math.min(3, schema.maxItems ?? 3)
      })
    case 'integer':
    case 'number':
      return numberFor(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return textOf(schema)
    default:
      return odd
  }
}

function numberFor({ minimum = -1_000, maximum = 1_000_000 }: Described): fc.Arbitrary<unknown> {
  const least = Math.ceil(Math.max(minimum, -1_000))
  const within = fc.integer({ min: least, max: Math.max(least, Math.floor(Math.min(maximum, 1_000_000))) })
  return fc.oneof({ weight: 3, arbitrary: within }, { weight: 1, arbitrary: fc.constantFrom(minimum, maximum, 0, 0.5) })
}

function textOf({ format, pattern, maxLength = 40 }: Described): fc.Arbitrary<unknown> {
  if (format === 'date') return fc.constantFrom('2026-03-31', '2026-01-15', '2025-12-31', '2026-04-30', '2027-02-28')
  if (format === 'date-time') return fc.constantFrom('2026-03-31T08:15:00.000Z', '2026-03-31T12:00:00+08:00')
  if (format === 'currency') return fc.constantFrom('CNY', 'USD', 'JPY', 'EUR')
  if (pattern?.includes('[0-9]{0,1') === true) return fc.constantFrom('1.00', '0.01', '9999999.99', '1250', '12.3456')
  if (pattern !== undefined) return fc.oneof(fc.constantFrom(...KNOWN), fc.constantFrom('46', 'CN', 'A', 'x y'))
  return fc.string({ unit: 'grapheme', maxLength: Math.min(maxLength, 60) })
}

function objectOf(
  { properties = {}, required = [] }: Described,
  document: FuzzedDocument,
  depth: number
): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, valueFor(field, document, depth + 1)])
  )
  const whole = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) as never[] })
  return fc.oneof(
    { weight: 10, arbitrary: whole },
    { weight: 1, arbitrary: whole.map((value) => ({ ...(value as object), mistyped: 1 })) }
  )
}
