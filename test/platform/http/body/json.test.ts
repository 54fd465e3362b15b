import fc from 'fast-check'
import t from 'tap'
import { UNDESCRIBED } from '../../../../src/platform/http/body/bounds.ts'
import { strictJson } from '../../../../src/platform/http/body/json.ts'
import { Problem, type ProblemSlug } from '../../../../src/platform/values/problem.ts'

function parseStrictJson(text: string, bounds = UNDESCRIBED): unknown {
  const steps = strictJson(Buffer.from(text), bounds)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

function refusal(text: string): Problem | undefined {
  try {
    parseStrictJson(text)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)
const withKeys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',')}}`

t.test('what is well-formed is parsed as JSON.parse does', async (t) => {
  const texts = [
    '{}',
    '[]',
    'null',
    ' \n\t\r{ "a" : [ 1 , -2.5e3 , true , "x" ] } ',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    '{"":1," ":2}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\\\","b":"\\\\\\"","c":"}]"}',
    '["a","a",":"]',
    '"a"',
    '{"a":"a:b","b":":"}',
    '{"\\u4fe1\\u7528":"信用","emoji":"😀 \\ud83d\\ude00"}',
    '{"a":"line\\nline\\ttab\\r"}',
    '{"Constructor":1,"proto":2,"__proto":3}',
    '{"a":"__proto__","b":["constructor"]}',
    nested(20),
    nested(10, '[{"a":', '}]').replace('}', '0}'),
    withKeys(5_000)
  ]
  for (const text of texts) t.same(parseStrictJson(text), JSON.parse(text), text.slice(0, 60))
})

t.test('what JSON.parse lets pass, and a service must not, is refused', async (t) => {
  const table: [string, string, ProblemSlug][] = [
    ['nothing', '', 'malformed-json'],
    ['spaces', '  ', 'malformed-json'],
    ['truncated in an object', '{"a":1', 'malformed-json'],
    ['truncated in a string', '{"a":"x', 'malformed-json'],
    ['truncated in an escape', '{"a":"\\', 'malformed-json'],
    ['truncated after a key', '{"a"', 'malformed-json'],
    ['too many brackets', '{}}', 'malformed-json'],
    ['two documents', '{}{}', 'malformed-json'],
    ['a byte order mark', '\uFEFF{}', 'malformed-json'],
    ['NaN', '{"a":NaN}', 'malformed-json'],
    ['Infinity', '{"a":-Infinity}', 'malformed-json'],
    ['undefined', '{"a":undefined}', 'malformed-json'],
    ['a hexadecimal number', '{"a":0x10}', 'malformed-json'],
    ['a leading zero', '{"a":01}', 'malformed-json'],
    ['a leading plus', '{"a":+1}', 'malformed-json'],
    ['a trailing comma', '{"a":1,}', 'malformed-json'],
    ['a comment', '{/* */}', 'malformed-json'],
    ['single quotes', "{'a':1}", 'malformed-json'],
    ['an escape that is none', '{"a":"\\x41"}', 'malformed-json'],
    ['a space that is none of JSON', '\u00a0{}', 'malformed-json'],

    ['a key twice', '{"a":1,"a":2}', 'duplicate-json-key'],
    ['a key twice with equal values', '{"a":1,"a":1}', 'duplicate-json-key'],
    ['a key twice with others between', '{"a":{"b":1},"c":[1],"a":2}', 'duplicate-json-key'],
    ['a key twice, deep inside', '{"x":[{"y":{"a":1,"a":2}}]}', 'duplicate-json-key'],
    ['a key and its escaped form', '{"a":1,"\\u0061":2}', 'duplicate-json-key'],
    ['an escaped key and its plain form', '{"\\u0061":1,"a":2}', 'duplicate-json-key'],
    ['two escaped forms of a key', '{"\\/":1,"\\u002f":2}', 'duplicate-json-key'],
    ['escapes in either case', '{"\\u00e4":1,"\\u00E4":2}', 'duplicate-json-key'],
    ['a pair of surrogates and its character', '{"\\ud83d\\ude00":1,"😀":2}', 'duplicate-json-key'],
    ['the empty key twice', '{"":1,"":2}', 'duplicate-json-key'],
    ['a key twice, before spaces', '{"a" \n\t\r:1,"a" :2}', 'duplicate-json-key'],

    ['a prototype', '{"__proto__":{"admin":true}}', 'reserved-json-key'],
    ['a prototype, escaped', '{"\\u005f_proto__":{}}', 'reserved-json-key'],
    ['a constructor', '{"a":{"constructor":{"prototype":{}}}}', 'reserved-json-key'],
    ['a prototype key', '{"prototype":1}', 'reserved-json-key'],

    ['21 levels of arrays', nested(21), 'too-complex'],
    ['21 levels of objects', nested(21, '{"a":', '}'), 'too-complex'],
    ['21 levels that never end', '['.repeat(21), 'too-complex'],
    ['5,001 keys', withKeys(5_001), 'too-complex'],
    ['5,001 keys in many objects', `[${'{"a":0},'.repeat(5_000)}{"a":0}]`, 'too-complex'],

    ['a raw control character', '{"a":"\u0001"}', 'malformed-json'],
    ['a raw line end', '{"a":"\n"}', 'malformed-json'],
    ['a raw tab', '{"a":"\t"}', 'malformed-json'],
    ['a raw zero', '{"a":"\u0000"}', 'malformed-json'],
    ['an escaped zero', '{"a":"\\u0000"}', 'unsupported-character'],
    ['an escaped zero in a key', '{"a\\u0000":1}', 'unsupported-character'],
    ['an escaped zero in an array', '["\\u0000"]', 'unsupported-character'],
    ['an escaped zero alone', '"\\u0000"', 'unsupported-character'],
    ['an escaped bell', '{"a":"\\u0007"}', 'unsupported-character'],
    ['a backspace', '{"a":"\\b"}', 'unsupported-character'],
    ['a form feed', '{"a":"\\f"}', 'unsupported-character'],
    ['an escaped delete', '{"a":"\\u007f"}', 'unsupported-character'],
    ['a raw delete', '{"a":"\u007f"}', 'unsupported-character'],
    ['an escaped control character of the second set', '{"a":"\\u0085"}', 'unsupported-character'],
    ['a raw control character of the second set', '{"a":"\u009b"}', 'unsupported-character'],
    ['an unpaired surrogate, escaped', '{"a":"\\ud83d"}', 'unsupported-character'],
    ['the second half alone', '{"a":"\\ude00"}', 'unsupported-character'],
    ['the halves in the wrong order', '{"a":"\\ude00\\ud83d"}', 'unsupported-character'],
    ['an unpaired surrogate in a key', '{"\\ud83d":1}', 'unsupported-character']
  ]
  for (const [title, text, slug] of table) t.equal(refusal(text)?.slug, slug, title)
})

t.test('nothing of a prototype changes, whatever is sent', async (t) => {
  refusal('{"__proto__":{"polluted":true}}')
  refusal('{"constructor":{"prototype":{"polluted":true}}}')
  t.equal(({} as Record<string, unknown>).polluted, undefined)
})

t.test('what a refusal says is short and well-formed text', async (t) => {
  const long = `${'k'.repeat(63)}😀${'k'.repeat(1000)}`
  const texts = [`{"${long}":1,"${long}":2}`, '😀', '{"a":😀}', `{"${'x'.repeat(10_000)}`]
  for (const text of texts) {
    const detail = refusal(text)?.message ?? ''
    t.ok(detail.isWellFormed(), detail)
    t.ok(detail.length > 0 && detail.length < 300, `${detail.length} characters`)
  }
})

t.test('what is refused as too much is told what fits', async (t) => {
  const bounds = { keysMax: 500, entriesMax: 9, valuesMax: 30, spare: 2 }
  const said = (text: string) => {
    try {
      return JSON.stringify(parseStrictJson(text, bounds))
    } catch (error) {
      return error instanceof Problem ? error.message : String(error)
    }
  }
  const list = (entries: number) => JSON.stringify(Array.from({ length: entries }, () => 0))
  t.equal(said(list(11)), list(11), 'a little more is read')
  t.equal(said(list(12)), 'The body has a list of too many entries: no list or object here holds more than 9.')
  t.equal(said(withKeys(12)), 'The body has an object of too many keys: no list or object here holds more than 9.')
  t.equal(
    said(`[${[8, 8, 8, 9].map(list).join(',')}]`),
    'The body has too many values: at most 30 fit here, with lists and objects counted.'
  )
})

t.test('a hostile body is refused before anything is built from it', async (t) => {
  const table: [string, string, ProblemSlug][] = [
    ['10,000 levels of arrays', nested(10_000), 'too-complex'],
    ['10,000 levels of objects', nested(10_000, '{"a":', '}'), 'too-complex'],
    ['100,000 keys', withKeys(100_000), 'too-complex'],
    ['a megabyte of brackets', '['.repeat(1_000_000), 'too-complex'],
    ['a megabyte of backslashes', `"${'\\'.repeat(1_000_000)}`, 'malformed-json'],
    ['a megabyte of quotes', '"'.repeat(1_000_000), 'malformed-json'],
    ['a megabyte of spaces after strings', `["a"${' '.repeat(500_000)}"a"${' '.repeat(500_000)}`, 'malformed-json']
  ]
  for (const [title, text, slug] of table) t.equal(refusal(text)?.slug, slug, title)
})

const cleanText = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text))
const cleanKey = cleanText.filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key))
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    cleanText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(cleanKey, tie('value'), { maxKeys: 4, noNullPrototype: true })
  )
}))

t.test(
  'law: every clean value comes through unchanged, indented or not, with its characters escaped or not',
  async (t) => {
    const escaped = (text: string) =>
      text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    fc.assert(
      fc.property(anyValue, (value) => {
        for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
          t.same(parseStrictJson(text), value)
          t.same(parseStrictJson(text.replaceAll(/[^ -~\n]/g, escaped)), value)
        }
      })
    )
  }
)

t.test('law: any text is parsed as JSON.parse does, or refused with a problem', async () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    'a',
    '1',
    ' ',
    '\\u0061',
    '"a"',
    '"b":',
    '\\ud83d'
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      const text = parts.join('')
      return refusal(text) !== undefined || JSON.stringify(parseStrictJson(text)) === JSON.stringify(JSON.parse(text))
    }),
    { numRuns: 2_000 }
  )
})
