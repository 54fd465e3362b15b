import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import t from 'tap'
import Type, { type TArrayOptions, type TNumberOptions, type TSchema } from 'typebox'
import { fieldFaults } from '../../../../src/platform/http/body/field-faults.ts'
import {
  BusinessDate,
  ClientId,
  closed,
  nullable,
  oneOf,
  Timestamp,
  text
} from '../../../../src/platform/http/schema.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true })
addFormats.default(ajv)

function sentences(schema: TSchema, value: unknown, part = 'body'): string[] {
  ajv.validate(schema, value)
  return fieldFaults(ajv.errors ?? [], part).map(({ pointer, detail }) => `${pointer} ${detail}`)
}

const amount = Type.String({ pattern: '^[0-9]+$', description: 'A plain decimal text', examples: ['1250'] })
const size = oneOf(['small', 'medium', 'large'])
const many = Array.from({ length: 99 }, (_, index) => `word-${index}`)
const of = (field: TSchema) => Type.Object({ x: field })
const count = (options: TNumberOptions) => of(Type.Integer(options))
const list = (options: TArrayOptions) => of(Type.Array(Type.Integer(), options))

/** A field, a value that it refuses, and what is said of it. */
const TABLE: readonly (readonly [schema: TSchema, value: unknown, sentence: string])[] = [
  [of(amount), 1250, 'must be a text such as "1250", not the number 1250.'],
  [of(amount), '12.5O', 'has not the form that it needs: a plain decimal text, such as "1250".'],
  [of(Type.String({ pattern: '^a$' })), 'b', 'has not the form that it needs.'],
  [
    of(Type.String({ pattern: '^a$', description: 'An ISO code' })),
    'b',
    'has not the form that it needs: an ISO code.'
  ],
  [of(Type.String({ pattern: '^a$', description: 'ISO code' })), 'b', 'has not the form that it needs: ISO code.'],
  [
    of(ClientId),
    'x'.repeat(65),
    'has not the form that it needs: a letter or digit, then up to 63 of letters, digits and . _ ~ -.'
  ],
  [
    of({ ...ClientId, description: 'The order' }),
    '',
    'has not the form that it needs: a letter or digit, then up to 63 of letters, digits and . _ ~ -.'
  ],
  [
    of(Type.String({ pattern: '^a$', description: 'Equity. A deficit is negative.', examples: ['a'] })),
    '',
    'has not the form that it needs, such as "a".'
  ],
  [of(text(5)), '', 'must not be empty.'],
  [of(text(5)), '  ', 'must not be blank.'],
  [of(text(5)), 'sechse', 'may have at most 5 characters, and has 6.'],
  [of(text(5)), '😀'.repeat(6), 'may have at most 5 characters, and has 6.'],
  [of(Type.String({ minLength: 3 })), 'ab', 'must have at least 3 characters.'],
  [of(text(5)), ['a'], 'must be a text, not a list.'],
  [of(text(5)), null, 'must be a text, not null.'],
  [of(nullable(text(5))), 7, 'must be a text or null, not the number 7.'],
  [of(nullable(text(5))), '', 'must not be empty.'],
  [of(Type.Boolean()), 'yes', 'must be true or false, not "yes".'],
  [of(Type.Boolean()), '', 'must be true or false, not an empty text.'],
  [of(Type.Boolean()), 'yes, <b>please</b>', 'must be true or false, not another text.'],
  [of(Type.Union([Type.Number(), Type.Boolean()])), {}, 'must be a number or true or false, not an object.'],
  [of(Type.Object({})), true, 'must be an object, not true.'],
  [count({}), 1.5, 'must be a whole number, not the number 1.5.'],
  [count({ minimum: 0 }), -1, 'must be at least 0, and is -1.'],
  [count({ maximum: 365 }), 400, 'may be at most 365, and is 400.'],
  [count({ exclusiveMinimum: 0 }), 0, 'must be more than 0, and is 0.'],
  [count({ exclusiveMaximum: 9 }), 9, 'must be less than 9, and is 9.'],
  [list({ minItems: 1 }), [], 'must hold at least one entry, and holds none.'],
  [list({ minItems: 2 }), [1], 'must hold at least 2 entries, and holds 1.'],
  [list({ maxItems: 2 }), [1, 2, 3], 'may hold at most 2 entries, and holds 3.'],
  [list({ uniqueItems: true }), [4, 5, 4], 'must not hold an entry twice: 0 and 2, counted from 0, are the same.'],
  [of(Type.Object({}, { minProperties: 1 })), {}, 'must hold at least one field, and holds none.'],
  [of(Type.Object({}, { maxProperties: 1 })), { a: 1, b: 2 }, 'may hold at most one field, and holds 2.'],
  [of(size), 'meduim', 'must be small, medium or large, not "meduim": did you mean "medium"?'],
  [of(size), 'green', 'must be small, medium or large, not "green".'],
  [of(oneOf(many)), 'green', 'must be one of 99 words, such as word-0, not "green".'],
  [of(oneOf(many)), 'word_77', 'must be one of 99 words, such as word-0, not "word_77": did you mean "word-77"?'],
  [of(oneOf(['only'])), 'onyl', 'must be only, not "onyl".'],
  [of(BusinessDate), '31.03.2026', 'must be a date that exists, such as "2026-03-31".'],
  [of(Timestamp), '2026-03-31', 'must be an instant that exists, such as "2026-03-31T08:15:00.000Z".'],
  [of(Type.String({ format: 'email' })), 'me', 'must be an e-mail address, such as "credit@example.com".']
]

t.test('each rule that a field breaks is told in one sentence that reads well', async (t) => {
  for (const [schema, value, sentence] of TABLE)
    t.same(sentences(schema, { x: value }), [`/x The field /x ${sentence}`], JSON.stringify(value))
})

t.test('a field that is not known, or that is missing, is told by its name', async (t) => {
  const address = closed(Type.Object({ city: text(9), postalCode: Type.Optional(text(9)) }))
  const profile = closed(Type.Object({ name: text(9), address: Type.Optional(nullable(address)) }))
  t.same(sentences(profile, { nmae: 'x', name: 'y' }), ['/nmae There is no field "nmae" here: did you mean "name"?'])
  t.same(sentences(profile, { name: 'y', address: { city: 'Linz', postal_code: '1' } }), [
    '/address/postal_code There is no field "postal_code" here: did you mean "postalCode"?'
  ])
  t.same(sentences(profile, { name: 'y', phone: '1' }), [
    '/phone There is no field "phone" here. Known are: name, address.'
  ])
  t.same(sentences(profile, { name: 'y', 'a/b~c': '1' }), [
    '/a~1b~0c There is no field "a/b~c" here. Known are: name, address.'
  ])
  t.same(sentences(profile, {}), ['/name The field /name is required.'])
  t.same(sentences(profile, { name: 'y', address: {} }), ['/address/city The field /address/city is required.'])
  t.same(sentences(profile, []), [' The body must be an object, not a list.'])
  t.same(sentences(profile, null), [' The body must be an object, and there is none.'])
})

t.test('what is not a field of the body is called what it is', async (t) => {
  const query = closed(Type.Object({ limit: Type.Optional(Type.Integer({ examples: [50] })) }))
  t.same(sentences(query, { limt: '5' }, 'querystring'), [
    '/query/limt There is no query parameter "limt" here: did you mean "limit"?'
  ])
  t.same(sentences(closed(Type.Object({})), { dryRun: 'true' }, 'querystring'), [
    '/query/dryRun There is no query parameter "dryRun" here.'
  ])
  t.same(sentences(query, { limit: 'all' }, 'querystring'), [
    '/query/limit The query parameter limit must be a whole number such as 50, not "all".'
  ])
  t.same(sentences(of(ClientId), { x: '' }, 'params').length, 1)
  t.same(sentences(of(text(2)), { x: 'abc' }, 'headers'), [
    '/headers/x The header x may have at most 2 characters, and has 3.'
  ])
})
