import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openApiText } from '../openapi/document.ts'

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  responses: Record<string, { description?: string }>
  parameters?: { name: string; in: string; required?: boolean; schema: { examples?: unknown[]; enum?: unknown[] } }[]
  requestBody?: { content: Record<string, { schema: { $ref?: string; examples?: unknown[] } }> }
}

interface Document {
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { description?: string; examples?: unknown[] }> }
}

t.test('the committed API document is the one that the routes give', async (t) => {
  const committed = readFileSync(join(import.meta.dirname, '..', 'openapi', 'openapi.json'), 'utf8')
  t.ok(committed === (await openApiText()), 'after a change to a route or schema: npm run openapi')
})

t.test('every operation says what it is, answers for its errors and brings an example', async (t) => {
  const document = JSON.parse(await openApiText()) as Document
  const known = document.tags.map(({ name }) => name)
  const ids = new Set<string>()
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = `${method} ${path}`
      t.ok(operation.operationId && operation.summary && operation.description, where)
      t.notOk(ids.has(operation.operationId ?? ''), `${where}: its id is its own`)
      ids.add(operation.operationId ?? '')
      t.ok(
        operation.tags?.every((tag) => known.includes(tag)),
        `${where}: its tag is described`
      )
      t.ok(
        Object.keys(operation.responses).some((status) => status.startsWith('4')),
        `${where}: its errors`
      )
      t.ok(operation.responses.default, `${where}: any other error`)
      const body = operation.requestBody?.content['application/json']?.schema
      if (body !== undefined) t.ok(examplesOf(document, body)?.length, `${where}: an example of its body`)
    }
  }
})

function examplesOf(document: Document, schema: { $ref?: string; examples?: unknown[] }): unknown[] | undefined {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema.examples : document.components.schemas[name]?.examples
}
