import fc from 'fast-check'
import t from 'tap'
import { type JsonObject, mergePatch } from '../../../src/platform/values/merge-patch.ts'

t.test('null removes, an object is merged, everything else replaces', async (t) => {
  const table: [string, JsonObject, JsonObject, JsonObject][] = [
    ['an empty patch', { a: 1 }, {}, { a: 1 }],
    ['a new member', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['another value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['a member removed', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['a member removed that is not there', { a: 1 }, { b: null }, { a: 1 }],
    ['an object merged', { a: { b: 1, c: 2 } }, { a: { b: 3 } }, { a: { b: 3, c: 2 } }],
    ['a member removed inside', { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    ['an array replaced as a whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['an array for an object', { a: { b: 1 } }, { a: [] }, { a: [] }],
    ['an object for an array', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['an object for a text', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['an object for nothing, its nulls left out', {}, { a: { b: { c: null } } }, { a: { b: {} } }],
    ['nulls in an array stay', {}, { a: [null, { b: null }] }, { a: [null, { b: null }] }],
    ['false, 0 and the empty text replace', { a: 1, b: 1, c: 1 }, { a: false, b: 0, c: '' }, { a: false, b: 0, c: '' }],
    ['names that every object inherits', {}, { toString: { a: 1 }, valueOf: 2 }, { toString: { a: 1 }, valueOf: 2 }]
  ]
  for (const [title, target, patch, expected] of table) t.strictSame(mergePatch(target, patch), expected, title)
})

t.test('neither the target nor the patch is changed', async (t) => {
  const target = { a: { b: 1 }, c: 2 }
  const patch = { a: { b: null, d: { e: 1 } }, c: null }
  mergePatch(target, patch)
  t.strictSame(target, { a: { b: 1 }, c: 2 })
  t.strictSame(patch, { a: { b: null, d: { e: 1 } }, c: null })
})

t.test('a prototype in a patch is a member like any other, and gives nothing to inherit', async (t) => {
  const merged = mergePatch({ a: 1 }, JSON.parse('{"__proto__":{"admin":true}}'))
  t.equal(Object.getPrototypeOf(merged), Object.prototype)
  t.equal(merged.admin, undefined)
  t.equal(JSON.stringify(merged), '{"a":1,"__proto__":{"admin":true}}')
  t.equal(JSON.stringify(mergePatch(merged, JSON.parse('{"__proto__":null}'))), '{"a":1}')
  t.equal(({} as JsonObject).admin, undefined)
})

const { object: anyObject } = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constant(null), fc.array(fc.integer()), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { noNullPrototype: true })
}))

const hasNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && !Array.isArray(value) && Object.values(value).some(hasNull))

t.test('law: a patch applied twice is applied once', async (t) => {
  fc.assert(
    fc.property(anyObject, anyObject, (target, patch) => {
      const once = mergePatch(target, patch)
      t.strictSame(mergePatch(once, patch), once)
    })
  )
})

t.test('law: onto nothing, a patch leaves no null behind', async () => {
  fc.assert(fc.property(anyObject, (patch) => !hasNull(mergePatch({}, patch))))
})
