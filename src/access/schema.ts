import Type, { type Static } from 'typebox'
import { SCOPES } from '../platform/http/auth.ts'
import { closed, component, idField, nullable, oneOf, ref, Timestamp, text } from '../platform/http/schema.ts'

export const KeyId = idField('key')

const Scopes = Type.Array(oneOf(SCOPES), {
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
  description:
    'admin: everything; write: the credit file, and read; release: decisions about orders that are blocked, and read; check: credit checks and their reservations, and read; read: everything but API keys'
})

const name = text(200, {
  description: 'What the key is for, in the words of whoever made it',
  examples: ['ERP production']
})

export const ApiKey = component(
  'ApiKey',
  'A key of a client of the service. Its secret is shown once, when it is made',
  Type.Object({
    keyId: KeyId,
    name,
    scopes: Scopes,
    createdAt: Timestamp,
    expiresAt: nullable(Timestamp, 'From when it is refused; null: never'),
    revokedAt: nullable(Timestamp, 'Since when it is refused for good; null: it is not revoked')
  })
)
export type ApiKey = Static<typeof ApiKey>

export const NewApiKey = component(
  'NewApiKey',
  'A key to be made',
  closed(
    Type.Object(
      {
        name,
        scopes: Scopes,
        expiresAt: Type.Optional({ ...Timestamp, description: 'From when it is refused; left out: never' })
      },
      { examples: [{ name: 'ERP production', scopes: ['check', 'read'] }] }
    )
  )
)
export type NewApiKey = Static<typeof NewApiKey>

export const IssuedApiKey = component(
  'IssuedApiKey',
  'A key that was just made, with the key itself',
  Type.Object({
    ...ApiKey.properties,
    key: Type.String({ maxLength: 100, description: 'The key itself. It is shown here and never again.' })
  })
)
export type IssuedApiKey = Static<typeof IssuedApiKey>

export const ApiKeys = component(
  'ApiKeys',
  'All keys, revoked and expired ones too',
  Type.Object({ items: Type.Array(ref(ApiKey), { maxItems: 1_000, description: 'The oldest first' }) })
)
