import Type, { type Static } from 'typebox'
import { KeyId } from '../../ids.ts'
import type { Scope } from '../../platform/http/auth.ts'
import { closed, component, nullable, oneOf, ref, Timestamp, text } from '../../platform/http/schema.ts'
import { SCOPES } from './scopes.ts'

export const KeyPath = Type.Object({ keyId: KeyId })

const scopes = Object.keys(SCOPES) as Scope[]
const Scopes = Type.Array(oneOf(scopes), {
  minItems: 1,
  maxItems: scopes.length,
  uniqueItems: true,
  description: scopes.map((scope) => `${scope}: ${SCOPES[scope].allows}`).join('; ')
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
