import Type, { type Static, type TObject, type TSchema } from 'typebox'
import type { Id } from '../values/ids.ts'

/**
 * The fields that the schemas of all rooms are built from. One definition gives the TypeScript
 * type, the validation and the component of the API document.
 */

const registry: TSchema[] = []

/** Gives a schema a name in the OpenAPI document, and a description. A name is used once. */
export function component<Schema extends TSchema>(name: string, description: string, schema: Schema): Schema {
  const named = { ...schema, $id: name, description }
  if (registry.some((known) => nameOf(known) === name)) throw new Error(`two components are called ${name}`)
  registry.push(named)
  return named
}

/** Refers to a named component instead of repeating it. */
export function ref<Schema extends TSchema>(schema: Schema): TRef<Schema> {
  return Type.Unsafe<Static<Schema>>({ $ref: `${nameOf(schema)}#` })
}

type TRef<Schema extends TSchema> = ReturnType<typeof Type.Unsafe<Static<Schema>>>

/** All named components by name: the document does not depend on which file declares them. */
export function components(): readonly TSchema[] {
  return registry.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
}

/** The description of a schema; of a reference, that of its component. */
export function descriptionOf(schema: TSchema): string | undefined {
  const { description, $ref } = schema as { description?: string; $ref?: string }
  if (description !== undefined || $ref === undefined) return description
  const named = registry.find((known) => `${nameOf(known)}#` === $ref)
  return named === undefined ? undefined : descriptionOf(named)
}

function nameOf(schema: TSchema): string {
  const id = (schema as { $id?: unknown }).$id
  if (typeof id !== 'string') throw new Error('the schema is not a component')
  return id
}

/** A request body: unknown fields are refused. */
export function closed<Schema extends TObject>(schema: Schema): Schema {
  return { ...schema, additionalProperties: false }
}

/** One of a closed set of words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  options: { description?: string; default?: Words[number]; examples?: Words[number][] } = {}
) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...options })
}

/** A value or null. A description of its own also says what null means. */
export function nullable<Schema extends TSchema>(schema: Schema, description = descriptionOf(schema)) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description })
}

export const CLIENT_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'

/** An id chosen by the caller: the number of the thing in its own system. */
export const ClientId = Type.String({
  pattern: CLIENT_ID_PATTERN,
  maxLength: 64,
  description: 'The caller’s own number: a letter or digit, then up to 63 of letters, digits and . _ ~ -'
})

/** An id chosen by the caller, of things of one kind. */
export function clientId<Kind extends string>() {
  return Type.Unsafe<Id<Kind>>(ClientId)
}

/** An id made by the service: a prefix that says what it names, then a sortable ULID. */
export function idField<const Prefix extends string>(prefix: Prefix) {
  return Type.Unsafe<Id<Prefix>>({
    type: 'string',
    pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`,
    maxLength: prefix.length + 27,
    description: `An id that the service made: ${prefix}_ and 26 digits and small letters`,
    examples: [`${prefix}_01jd8w4zr5k7m2n3p4q5r6s7t8`]
  })
}

/** How often a resource was written. */
export const Version = Type.Integer({ minimum: 1, description: 'Counts the changes of the resource, from 1; its ETag' })

/** Someone who did something, in the one text of an actor. */
export const ActingKey = Type.String({
  maxLength: 64,
  description: 'Id of the API key that did it, or of the person whom that key names'
})

export const Timestamp = Type.String({
  format: 'date-time',
  maxLength: 32,
  description: 'An instant, RFC 3339 in UTC',
  examples: ['2026-03-31T08:15:00.000Z']
})
export const BusinessDate = Type.String({
  format: 'date',
  maxLength: 10,
  description: 'A business date, YYYY-MM-DD',
  examples: ['2026-03-31']
})
export const Currency = Type.String({
  format: 'currency',
  minLength: 3,
  maxLength: 3,
  description: 'An ISO 4217 code',
  examples: ['CNY']
})
export const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  maxLength: 2,
  description: 'An ISO 3166-1 alpha-2 code',
  examples: ['CN']
})

/**
 * Something can be seen: spaces, marks, format characters and the fillers of Hangul and Braille are
 * blank.
 */
export const VISIBLE_PATTERN = '[^\\s\\p{C}\\p{M}\\p{Z}\\u115F\\u1160\\u3164\\uFFA0\\u2800]'

/** A text without control characters, stored and returned unchanged. */
export function text(maxLength: number, options: { description?: string; examples?: string[] } = {}) {
  return Type.String({ minLength: 1, maxLength, pattern: VISIBLE_PATTERN, ...options })
}

const amountText = (pattern: string, description: string) =>
  Type.String({ pattern, maxLength: 20, description, examples: ['1250.00'] })

const moneyOf = (pattern: string, amountDescription: string) =>
  Type.Object(
    { amount: amountText(pattern, amountDescription), currency: Currency },
    { additionalProperties: false, 'x-money': true, examples: [{ amount: '1250.00', currency: 'CNY' }] }
  )

export const Money = component(
  'Money',
  'An amount of money, as a decimal string in major units',
  moneyOf('^-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,4})?$', 'A plain decimal text; it may be negative')
)
export type Money = Static<typeof Money>

export const PositiveMoney = component(
  'PositiveMoney',
  'An amount of money above zero, as a decimal string in major units, with at most the decimals of its currency',
  moneyOf(
    '^(?=.*[1-9])(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?$',
    'A plain decimal text above zero, with at most 13 digits before the point'
  )
)

export const Text = component(
  'Text',
  'A text in English and in Chinese',
  Type.Object(
    {
      en: Type.String({ maxLength: 2_000, description: 'In English' }),
      zh: Type.String({ maxLength: 2_000, description: 'In Chinese' })
    },
    {
      examples: [{ en: 'The limit does not cover the order.', zh: '信用额度不足以覆盖该订单。' }]
    }
  )
)

export const Problem = component(
  'Problem',
  'An error, as RFC 9457 describes it',
  Type.Object(
    {
      type: Type.String({
        maxLength: 200,
        description: 'A stable reference to the kind of problem; it can be read at this path of the service'
      }),
      title: Type.String({ maxLength: 200, description: 'What kind of problem it is, in words' }),
      status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status of the answer' }),
      detail: Type.String({ maxLength: 2_000, description: 'What is wrong here' }),
      remedy: Type.String({ maxLength: 500, description: 'How a caller mends this kind of problem' }),
      errors: Type.Optional(
        Type.Array(
          Type.Object({
            pointer: Type.String({ maxLength: 500, description: 'JSON Pointer to the faulty field' }),
            code: Type.String({ maxLength: 64, description: 'A stable word for the fault' }),
            detail: Type.String({ maxLength: 1_000, description: 'What is wrong with the field, in one sentence' })
          }),
          { maxItems: 200, description: 'The faulty fields, each once' }
        )
      ),
      requestId: Type.String({
        maxLength: 128,
        description:
          'The same as in the header X-Request-Id: the caller’s own where that is well formed; the log of the service names it'
      })
    },
    {
      additionalProperties: true,
      examples: [
        {
          type: '/problems/customer-not-found',
          title: 'No such customer',
          status: 404,
          detail: 'There is no customer C-1001.',
          remedy: 'Create the customer with PUT /v1/customers/{customerId} first.',
          requestId: 'req-0f3c9d2b71a84e65c0-1a'
        }
      ]
    }
  )
)

/** A page of a list. */
export function pageOf<Schema extends TSchema>(name: string, item: Schema) {
  return component(
    name,
    'A page of the list',
    Type.Object({
      items: Type.Array(ref(item), { maxItems: 200, description: 'At most as many as `limit` says' }),
      nextCursor: Type.Optional(
        Type.String({ maxLength: 1_000, description: 'Where the next page begins; absent on the last page' })
      )
    })
  )
}

export const pageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items on the page', examples: [50] })
  ),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      description: '`nextCursor` of the page before; it fits the list and the filters that it was made for',
      examples: ['NWQ0MTQwMmFiYzRiMmE3NgpDLTEwMDE']
    })
  )
}

export const DryRun = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Boolean({
        default: false,
        examples: [false],
        description: 'Run everything and write nothing: the answer is what would be decided, with status 200'
      })
    )
  },
  { additionalProperties: false }
)

/** Headers of a POST that changes something. */
export const IdempotencyKeyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      maxLength: 257,
      examples: ['a7f3c1d2-order-SO-7001'],
      description:
        'A key of the caller’s choice for this request: a repetition with it gets the first answer, byte for byte, and has no further effect'
    })
  )
})

/** Headers of an operation whose answer holds sentences in one language. */
export const AcceptLanguageHeader = Type.Object({
  'accept-language': Type.Optional(
    Type.String({
      maxLength: 1_000,
      examples: ['zh-CN, zh;q=0.9, en;q=0.5'],
      description:
        'In which language `message`, and `title`, `detail` and `remedy` of a problem are: en or zh, the one that suits best; English when neither does'
    })
  )
})

const ifMatch = (description: string, options: object = {}) =>
  Type.Object({
    'if-match': Type.Optional(Type.String({ maxLength: 200, description, examples: ['"1"'], ...options }))
  })

/** Headers of a change that may say which version it saw. */
export const IfMatchHeader = ifMatch(
  'ETag of the version that the change is based on: of any other the answer is 412. Left out, the change is made whatever the version'
)

/** Headers of a change that creates, or replaces only the version that the caller saw. */
export const ReplacedVersionHeader = ifMatch(
  'ETag of the version that is replaced: of any other the answer is 412. Required where something else is recorded, otherwise the answer is 428; left out for what is new'
)

/**
 * Headers of a change that must name the version it saw. Optional for validation, because its
 * absence has its own answer; required in the document.
 */
export const SeenVersionHeader = ifMatch(
  'ETag of the version that the caller has seen: without it the answer is 428, of any other it is 412',
  { 'x-required': true }
)
