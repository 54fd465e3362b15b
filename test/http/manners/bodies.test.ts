import t from 'tap'
import type { ProblemSlug } from '../../../src/platform/values/problem.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/C-1'
const profile = { kind: 'company', name: 'Orient Steel' }

/** Bodies that are refused whatever the operation, by the text that is sent. */
const REFUSED: { name: string; body: string; slug: ProblemSlug; pointers?: string[] }[] = [
  { name: 'case 1: JSON that breaks off is refused', body: '{"kind":"company","name":', slug: 'malformed-json' },
  { name: 'case 1: a byte order mark is refused', body: `\uFEFF${JSON.stringify(profile)}`, slug: 'malformed-json' },
  {
    name: 'case 1: NaN is not JSON',
    body: '{"kind":"company","name":"x","employees":NaN}',
    slug: 'malformed-json'
  },
  { name: 'case 1: two documents are refused', body: '{"kind":"company","name":"x"}{}', slug: 'malformed-json' },
  { name: 'case 2: an empty body is refused', body: '', slug: 'validation-error', pointers: [''] },
  { name: 'case 2: null is refused', body: 'null', slug: 'validation-error', pointers: [''] },
  { name: 'case 2: a list in place of an object is refused', body: '[]', slug: 'validation-error', pointers: [''] },
  { name: 'case 2: a bare number is refused', body: '7', slug: 'validation-error', pointers: [''] },
  { name: 'case 2: a bare text is refused', body: '"company"', slug: 'validation-error', pointers: [''] },
  {
    name: 'case 3: a mistyped field is refused by its name',
    body: '{"kind":"company","name":"x","employes":3}',
    slug: 'validation-error',
    pointers: ['/employes']
  },
  {
    name: 'case 3: a mistyped field within a field is refused by its pointer',
    body: '{"kind":"company","name":"x","address":{"town":"Linz"}}',
    slug: 'validation-error',
    pointers: ['/address/town']
  },
  {
    name: 'case 3: a field that only the service sets is refused',
    body: '{"kind":"company","name":"x","version":9,"createdAt":"2026-01-01T00:00:00Z"}',
    slug: 'validation-error',
    pointers: ['/createdAt', '/version']
  },
  {
    name: 'case 4: a duplicate key is refused',
    body: '{"kind":"company","name":"x","name":"y"}',
    slug: 'duplicate-json-key'
  },
  {
    name: 'case 4: a duplicate key in another spelling is refused',
    body: '{"kind":"company","name":"x","\\u006eame":"y"}',
    slug: 'duplicate-json-key'
  },
  {
    name: 'case 4: a duplicate key deep inside is refused',
    body: '{"kind":"company","name":"x","registeredCapital":{"amount":"1","amount":"1000000","currency":"CNY"}}',
    slug: 'duplicate-json-key'
  },
  {
    name: 'case 5: __proto__ is refused',
    body: '{"kind":"company","name":"x","__proto__":{"polluted":true}}',
    slug: 'reserved-json-key'
  },
  {
    name: 'case 5: an escaped __proto__ is refused',
    body: '{"kind":"company","name":"x","\\u005f_proto__":{"polluted":true}}',
    slug: 'reserved-json-key'
  },
  {
    name: 'case 5: constructor.prototype is refused',
    body: '{"kind":"company","name":"x","constructor":{"prototype":{"polluted":true}}}',
    slug: 'reserved-json-key'
  },
  {
    name: 'case 6: lists nested 10,000 deep are refused',
    body: `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    slug: 'too-complex'
  },
  {
    name: 'case 6: objects nested 10,000 deep are refused',
    body: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    slug: 'too-complex'
  },
  {
    name: 'case 6: 50,000 keys are refused',
    body: `{${Array.from({ length: 50_000 }, (_none, index) => `"k${index}":1`).join(',')}}`,
    slug: 'too-complex'
  },
  {
    name: 'case 8: 1e400 is no number of employees',
    body: '{"kind":"company","name":"x","employees":1e400}',
    slug: 'validation-error',
    pointers: ['/employees']
  },
  {
    name: 'case 8: a number that JSON cannot carry exactly is refused',
    body: '{"kind":"company","name":"x","employees":9007199254740993}',
    slug: 'validation-error',
    pointers: ['/employees']
  },
  {
    name: 'case 8: a number does not stand for an amount',
    body: '{"kind":"company","name":"x","registeredCapital":{"amount":1250,"currency":"CNY"}}',
    slug: 'validation-error',
    pointers: ['/registeredCapital/amount']
  },
  {
    name: 'a text does not stand for a number',
    body: '{"kind":"company","name":"x","employees":"100"}',
    slug: 'validation-error',
    pointers: ['/employees']
  },
  {
    name: 'a number does not stand for a text',
    body: '{"kind":"company","name":7}',
    slug: 'validation-error',
    pointers: ['/name']
  },
  {
    name: 'a text does not stand for a list',
    body: '{"kind":"company","name":"x","contacts":"Li Na"}',
    slug: 'validation-error',
    pointers: ['/contacts']
  },
  {
    name: 'null does not stand for an absent field',
    body: '{"kind":"company","name":"x","employees":null}',
    slug: 'validation-error',
    pointers: ['/employees']
  },
  {
    name: 'a word in another case is refused',
    body: '{"kind":"Company","name":"x"}',
    slug: 'validation-error',
    pointers: ['/kind']
  },
  {
    name: 'a text of spaces alone is refused',
    body: '{"kind":"company","name":"   "}',
    slug: 'validation-error',
    pointers: ['/name']
  },
  {
    name: 'every faulty field is named at once',
    body: '{"kind":"firm","employees":-1,"country":"China"}',
    slug: 'validation-error',
    pointers: ['/country', '/employees', '/kind', '/name']
  },
  {
    name: 'case 11: U+0000 is refused',
    body: '{"kind":"company","name":"a\\u0000b"}',
    slug: 'unsupported-character'
  },
  {
    name: 'case 11: an escaped control character is refused',
    body: '{"kind":"company","name":"a\\u001bb"}',
    slug: 'unsupported-character'
  },
  {
    name: 'case 11: an unpaired surrogate is refused',
    body: '{"kind":"company","name":"a\\ud800b"}',
    slug: 'unsupported-character'
  },
  {
    name: 'case 11: an unpaired surrogate in a key is refused',
    body: '{"kind":"company","name":"x","\\udc00":1}',
    slug: 'unsupported-character'
  },
  {
    name: 'case 11: a raw control character within a text is not JSON',
    body: '{"kind":"company","name":"a\u0001b"}',
    slug: 'malformed-json'
  }
]

t.test('a body is read strictly, and what is refused leaves no trace', async (t) => {
  const { send, attempt, inject, refuses, authorization } = await contractService(t)
  for (const { name, body, slug, pointers } of REFUSED) {
    await t.test(name, (t) => refuses(t, { method: 'PUT', url, body }, slug, pointers).then(() => undefined))
  }

  await t.test('case 5: after such keys no object has gained a field', (t) => {
    t.equal(({} as { polluted?: boolean }).polluted, undefined)
    t.end()
  })

  await t.test('case 6: how long a hostile body is has no influence on how long it takes to refuse', async (t) => {
    const refusal = async (depth: number) => {
      const body = '[{"a":'.repeat(depth)
      await refuses(t, { method: 'PUT', url, body }, 'too-complex')
      const startedAt = performance.now()
      for (let time = 0; time < 20; time += 1) await attempt('PUT', url, body)
      return performance.now() - startedAt
    }
    const short = await refusal(100)
    const long = await refusal(100_000)
    // Reading a thousand times as much to its end would take hundreds of times as long; what is
    // left is that it arrives.
    t.ok(long < 50 * short + 1_000, `${long} ms against ${short} ms`)
  })

  await t.test('case 11: bytes that are not UTF-8 are refused, never replaced', async (t) => {
    const authorized = { authorization: await authorization('write'), 'content-type': 'application/json' }
    for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      const payload = Buffer.concat([Buffer.from('{"kind":"company","name":"x'), Buffer.from(bytes), Buffer.from('"}')])
      const answer = await inject({ method: 'PUT', url, headers: authorized, payload })
      t.equal(answer.status, 400)
      t.equal(answer.body.type, '/problems/malformed-json')
    }
    t.equal((await attempt('GET', url)).status, 404, 'no such customer was made')
  })

  await t.test('an operation without a body takes a client that names a media type all the same', async (t) => {
    await send('PUT', url, profile)
    const answer = await send('DELETE', `${url}/hold`, undefined, { 'content-type': 'application/json' })
    t.equal(answer.status, 200)
  })

  await t.test('what is refused is echoed in part at most', async (t) => {
    const long = 'x'.repeat(5_000)
    const { text } = await refuses(t, { method: 'PUT', url, body: { ...profile, [long]: 1 } }, 'validation-error')
    t.notOk(text.includes('x'.repeat(65)))
    const echoed = await refuses(t, { method: 'PUT', url, body: `{"kind":"company",${long}` }, 'malformed-json')
    t.notOk(echoed.text.includes('x'.repeat(65)))
  })
})
