import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import Type, { type TArrayOptions, type TSchema } from 'typebox'
import { fieldFaults } from '../../../../src/platform/http/body/field-faults.ts'
import { ClientId, closed, nullable, oneOf, text } from '../../../../src/platform/http/schema.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true })
addFormats.default(ajv)
ajv.addFormat('currency', /^[A-Z]{3}$/)

function sentences(schema: TSchema, value: unknown, part = 'body'): (string | undefined)[] {
  ajv.validate(schema, value)
  return fieldFaults(ajv.errors ?? [], part).map(({ zh }) => zh)
}

const of = (field: TSchema) => Type.Object({ x: field })
const list = (options: TArrayOptions) => of(Type.Array(Type.Integer(), options))
const size = oneOf(['small', 'medium', 'large'])
const many = oneOf(Array.from({ length: 99 }, (_, index) => `word-${index}`))

/** A field, a value that it refuses, and what is said of it in Chinese. */
const FIELDS: readonly (readonly [schema: TSchema, value: unknown, sentence: string])[] = [
  [of(Type.String({ examples: ['1250'] })), 1250, '字段 /x 须为文本（例如 "1250"），不能是数字 1250。'],
  [of(Type.Integer()), 'abc', '字段 /x 须为整数，不能是“abc”。'],
  [of(Type.Boolean()), ['a'], '字段 /x 须为 true 或 false，不能是列表。'],
  [of(nullable(Type.Object({}))), '<b>', '字段 /x 须为对象或空值 null，不能是其他文本。'],
  [of(Type.String()), {}, '字段 /x 须为文本，不能是对象。'],
  [of(Type.String()), null, '字段 /x 须为文本，不能是 null。'],
  [of(Type.Integer()), '', '字段 /x 须为整数，不能是空文本。'],
  [of(Type.String({ pattern: '^a$', examples: ['a'] })), 'b', '字段 /x 格式不符合要求（例如 "a"）。'],
  [of(ClientId), '', '字段 /x 格式不符合要求：首位为字母或数字，其后至多 63 个字母、数字和 . _ ~ -。'],
  [of(text(5)), '', '字段 /x 不得为空。'],
  [of(text(5)), '  ', '字段 /x 不得为空白。'],
  [of(text(5)), '😀'.repeat(6), '字段 /x 最多 5 个字符，现有 6 个。'],
  [of(Type.String({ minLength: 3 })), 'ab', '字段 /x 至少须有 3 个字符。'],
  [of(size), 'smal', '字段 /x 须为 small、medium、large 之一，不能是“smal”：是否应为“small”？'],
  [of(oneOf(['a'])), 'b', '字段 /x 须为 a，不能是“b”。'],
  [of(many), 'x y', '字段 /x 须为 99 个词之一，例如 word-0，不能是其他文本。'],
  [of(Type.String({ format: 'date' })), '2026-02-30', '字段 /x 须为存在的日期，例如 "2026-03-31"。'],
  [of(Type.String({ format: 'currency' })), 'yuan', '字段 /x 须为币种的 ISO 4217 代码，例如 "CNY"。'],
  [of(Type.String({ format: 'uri' })), 'x', '字段 /x 格式无效。'],
  [of(Type.Integer({ minimum: 1 })), 0, '字段 /x 不得小于 1，现为 0。'],
  [of(Type.Integer({ maximum: 1 })), 2, '字段 /x 不得大于 1，现为 2。'],
  [of(Type.Integer({ exclusiveMinimum: 0 })), 0, '字段 /x 须大于 0，现为 0。'],
  [of(Type.Integer({ exclusiveMaximum: 9 })), 9, '字段 /x 须小于 9，现为 9。'],
  [list({ minItems: 2 }), [1], '字段 /x 至少须有 2 项，现有 1 项。'],
  [list({ maxItems: 1 }), [1, 2], '字段 /x 最多 1 项，现有 2 项。'],
  [list({ uniqueItems: true }), [1, 2, 1], '字段 /x 各项不得重复：第 0 项与第 2 项（从 0 起数）相同。'],
  [of(Type.Object({}, { minProperties: 1 })), {}, '字段 /x 至少须有 1 个字段，现有 0 个。'],
  [of(Type.Object({}, { maxProperties: 1 })), { a: 1, b: 2 }, '字段 /x 最多 1 个字段，现有 2 个。'],
  [of(Type.Integer({ multipleOf: 5 })), 1, '字段 /x 无效。'],
  [of(Type.Integer()), {}, '字段 /x 须为整数，不能是对象。']
]

/** The same of a body as a whole. */
const BODIES: typeof FIELDS = [
  [
    closed(Type.Object({ amount: Type.Optional(Type.Integer()) })),
    { amonut: 1 },
    '此处没有字段“amonut”：是否应为“amount”？'
  ],
  [closed(Type.Object({ a: Type.Optional(Type.Integer()) })), { zzz: 1 }, '此处没有字段“zzz”。可用的有：a。'],
  [closed(Type.Object({})), { zzz: 1 }, '此处没有字段“zzz”。']
]

t.test('every fault of a field is said in Chinese', async (t) => {
  for (const [schema, x, sentence] of FIELDS) t.same(sentences(schema, { x }), [sentence])
  for (const [schema, body, sentence] of BODIES) t.same(sentences(schema, body), [sentence])
  t.same(sentences(of(Type.Integer()), {}), ['字段 /x 为必填。'])
  t.same(sentences(Type.Object({}), undefined), ['请求正文须为对象，但没有提供。'])
})

t.test('each part of a request is called by its name', async (t) => {
  const schema = of(Type.Integer())
  for (const [part, noun] of [
    ['querystring', '查询参数'],
    ['params', '路径参数'],
    ['headers', '标头']
  ] as const)
    t.same(sentences(schema, {}, part), [`${noun} x 为必填。`])
})
