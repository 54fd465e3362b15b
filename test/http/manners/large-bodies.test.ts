import t from 'tap'
import { contractService, type Operation } from '../contract.ts'

/** Longer than any body that fits, but for those that are models. */
const LONG = 60_000
const FAULTS_MAX = 200

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean
}

/** The bodies of JSON that JSON.parse is given while `work` runs, by their length. */
async function parsedDuring(work: () => Promise<unknown>): Promise<number[]> {
  const { parse } = JSON
  const lengths: number[] = []
  JSON.parse = (text, reviver) => {
    lengths.push(String(text).length)
    return parse(text, reviver)
  }
  try {
    await work()
  } finally {
    JSON.parse = parse
  }
  return lengths
}

t.test('attack 1: a body with more than fits is refused before anything is built of it', async (t) => {
  const { app, inject, authorization, operations, footprint } = await contractService(t)
  const headers = { authorization: await authorization('admin'), 'content-type': 'application/json' }
  const document = app.swagger() as unknown as {
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>
    components: { schemas: Record<string, Schema> }
  }
  const named = ({ $ref, ...rest }: Schema): Schema =>
    $ref === undefined ? rest : named(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
  const schemaOf = ({ path, method }: Operation) =>
    named(document.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json']?.schema ?? {})
  const urlOf = ({ path }: Operation) => path.replace(/\{(\w+)\}/g, 'C-1')
  const before = await footprint()
  const described = operations.filter((each) => each.takesBody && schemaOf(each).additionalProperties === false)
  t.ok(described.length > 30, `${described.length} operations say what fits`)

  for (const operation of described) {
    const { method, id } = operation
    const fields = Object.entries(schemaOf(operation).properties ?? {})
    const lists = fields.filter(([, field]) => named(field).type === 'array').map(([name]) => name)
    const entries = ['0', '{}', '{"a":0}']
    const bodies = [
      ...(lists.length > 0 ? lists : ['list']).flatMap((list) =>
        entries.map((entry) => `{"${list}":[${`${entry},`.repeat(LONG / (entry.length + 1))}${entry}]}`)
      ),
      `{${Array.from({ length: 20_000 }, (_, key) => `"key${key}":0`).join(',')}}`,
      `[${'{"list":[0,0,0,0,0,0,0,0]},'.repeat(10_000)}0]`
    ]
    for (const payload of bodies) {
      const said = `${id}: ${payload.slice(0, 40)}… of ${payload.length}`
      const parsed = await parsedDuring(async () => {
        const { body } = await inject({ method, url: urlOf(operation), headers, payload })
        t.equal(body?.type, '/problems/too-complex', said)
      })
      t.ok(Math.max(0, ...parsed) < 10_000, `${said} is not parsed`)
    }
  }

  await t.test('and one that is faulty in each part gets 200 faults at most', async (t) => {
    for (const operation of operations.filter(({ takesBody }) => takesBody)) {
      const payload = JSON.stringify({
        ...Object.fromEntries(Array.from({ length: 150 }, (_, key) => [`key${key}`, 0]))
      })
      const answer = await inject({ method: operation.method, url: urlOf(operation), headers, payload })
      t.ok((answer.body?.errors ?? []).length <= FAULTS_MAX, operation.id)
    }
    const invoices = Array.from({ length: 5_100 }, () => ({ a: 1 }))
    const url = '/v1/customers/C-1/reconciliations'
    const answer = await inject({ method: 'POST', url, headers, payload: JSON.stringify({ invoices }) })
    t.equal(answer.body.errors.length, FAULTS_MAX)
    t.ok(
      answer.body.errors.some(({ pointer }: { pointer: string }) => pointer === '/invoices'),
      'the list is too long'
    )
  })
  t.equal(await footprint(), before, 'nothing is written')
})
