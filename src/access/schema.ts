import Type, { type Static } from 'typebox'
import { SCOPES } from '../platform/auth.ts'
import { closed, component, idField, nullable, oneOf, ref, Timestamp, text } from '../platform/schema.ts'

export const KeyId = idField('key')

const Scopes = Type.Array(oneOf(SCOPES), {
  minItems: 1,
  maxItems: SCOPES.length,
  uniqueItems: true,
  description:
    'admin: everything; write: the credit file, and read; release: decisions about orders that are blocked, and read; check: credit checks and their reservations, and read; read: everything but API keys'
})

export const ApiKey = component(
  'ApiKey',
  'A key of a client of the service. Its secret is shown once, when it is made',
  Type.Object({
    keyId: KeyId,
    name: text(200, { examples: ['ERP production'] }),
    scopes: Scopes,
    createdAt: Timestamp,
    expiresAt: nullable(Timestamp),
    revokedAt: nullable(Timestamp)
  })
)
export type ApiKey = Static<typeof ApiKey>

export const NewApiKey = component(
  'NewApiKey',
  'A key to be made',
  closed(
    Type.Object(
      { name: text(200, { examples: ['ERP production'] }), scopes: Scopes, expiresAt: Type.Optional(Timestamp) },
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
  Type.Object({ items: Type.Array(ref(ApiKey), { maxItems: 1_000 }) })
)
