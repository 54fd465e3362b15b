import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import { openApiText } from '../openapi/document.ts'
import { isCurrency } from '../src/engine/index.ts'

interface Schema {
  readonly $ref?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
  readonly schema: Schema
  readonly example?: unknown
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description?: string
        readonly headers?: Readonly<Record<string, Schema>>
        readonly content?: Record<string, { readonly schema: Schema }>
      }
    >
  >
}

interface Document {
  readonly info: { readonly description?: string }
  readonly tags: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const text = await openApiText()
const document = JSON.parse(text) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ where: `${method} ${path}`, path, method, operation }))
)

t.test('the committed API document is the one that the routes give', async (t) => {
  const committed = readFileSync(join(import.meta.dirname, '..', 'openapi', 'openapi.json'), 'utf8')
  t.ok(committed === text, 'after a change to a route or schema: npm run openapi')
  t.ok((await openApiText()) === text, 'it is the same each time')
})

t.test('every operation has an id of its own, says what it is and what each answer means', async (t) => {
  const tags = document.tags.map(({ name }) => name)
  const ids = operations.map(({ operation }) => operation.operationId)
  t.equal(new Set(ids).size, ids.length, 'no id stands for two operations')
  for (const { where, path, operation } of operations) {
    t.match(operation.operationId, /^[a-z][A-Za-z]+$/, `${where}: its id`)
    t.ok(operation.summary && operation.description, `${where}: what it does`)
    t.ok(
      operation.tags?.length === 1 && operation.tags.every((tag) => tags.includes(tag)),
      `${where}: its tag is described`
    )
    const statuses = Object.keys(operation.responses)
    for (const wanted of [/^2\d\d$/, /^4\d\d$/, /^default$/])
      t.ok(
        statuses.some((status) => wanted.test(status)),
        `${where}: an answer ${wanted.source}`
      )
    t.equal(statuses.includes('401'), path.startsWith('/v1/'), `${where}: a key is needed for business data alone`)
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      t.ok(description && description !== 'Default Response', `${where} ${status}: what it means`)
      t.ok(content, `${where} ${status}: what it holds`)
    }
  }
})

t.test('no method is in the document that a route has only by the way', async (t) => {
  t.same([...new Set(operations.map(({ method }) => method))].toSorted(), ['delete', 'get', 'patch', 'post', 'put'])
})

t.test('every tag and every component says what it is', async (t) => {
  for (const { name, description } of document.tags) t.ok(description, name)
  for (const [name, { description }] of Object.entries(document.components.schemas)) t.ok(description, name)
  t.ok(document.info.description)
})

t.test('every field, parameter and header of a request or an answer says what it is', async (t) => {
  const isDescribed = ({ $ref, description }: Schema) =>
    description ?? document.components.schemas[$ref?.split('/').at(-1) ?? '']?.description
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, part] of Object.entries(value)) {
      if (name === 'examples' || name === 'example') continue
      if (name === 'properties' && !pointer.endsWith('/properties') && !/\/(if|not)$/.test(pointer))
        for (const [field, schema] of Object.entries(part)) t.ok(isDescribed(schema as Schema), `${pointer}/${field}`)
      walk(part, `${pointer}/${name}`)
    }
  }
  walk(document.paths, '')
  const { ScoringModel: _judgedByItsOwnSchema, ...schemas } = document.components.schemas
  walk(schemas, '#')
  for (const { where, operation } of operations) {
    for (const { name, description } of operation.parameters ?? []) t.ok(description, `${where}: ${name}`)
    for (const [status, { headers = {} }] of Object.entries(operation.responses))
      for (const [name, { description }] of Object.entries(headers)) t.ok(description, `${where} ${status}: ${name}`)
  }
})

t.test('every body and every parameter has an example that fits its schema', async (t) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('currency', isCurrency)
  ajv.addSchema(document, 'openapi')
  const fault = (schema: object, example: unknown) =>
    ajv.validate(within(schema), example) ? undefined : ajv.errorsText(ajv.errors)

  for (const { where, operation } of operations) {
    for (const { name, schema, example, in: place } of operation.parameters ?? []) {
      t.not(example, undefined, `${where}: ${place} ${name} has an example`)
      t.equal(fault(schema, example), undefined, `${where}: ${place} ${name} ${JSON.stringify(example)}`)
    }
    for (const [mediaType, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
      t.ok(examplesOf(schema).length > 0, `${where}: an example of its ${mediaType}`)
  }
  for (const [name, schema] of Object.entries(document.components.schemas))
    for (const example of schema.examples ?? [])
      t.equal(fault({ $ref: `#/components/schemas/${name}` }, example), undefined, `the example of ${name}`)
})

t.test('the example of every field fits the field', async (t) => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addFormat('currency', isCurrency)
  ajv.addSchema(document, 'openapi')
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return
    const { examples } = value as Schema
    if (Array.isArray(examples))
      for (const example of examples)
        t.ok(ajv.validate(within(value), example), `${pointer}: ${JSON.stringify(example).slice(0, 100)}`)
    for (const [name, part] of Object.entries(value)) if (name !== 'examples') walk(part, `${pointer}/${name}`)
  }
  walk(document.components.schemas, '#/components/schemas')
})

/** A schema of the document, with its references leading into the document. */
function within(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'))
}

function examplesOf({ $ref, examples = [] }: Schema): readonly unknown[] {
  const name = $ref?.split('/').at(-1)
  return name === undefined ? examples : (document.components.schemas[name]?.examples ?? [])
}
