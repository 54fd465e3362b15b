import Type, { type Static } from 'typebox'
import { KeyId, PersonId } from '../../ids.ts'
import type { Scope } from '../../platform/http/auth.ts'
import {
  ActingKey,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Timestamp,
  text
} from '../../platform/http/schema.ts'
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

const shown = {
  keyId: KeyId,
  personId: nullable(PersonId, 'The person whom it acts for; null: it acts for itself'),
  name,
  scopes: Scopes,
  createdAt: Timestamp,
  madeBy: { ...ActingKey, description: 'The API key that made it; `operator`: whoever runs the service' },
  rotatedFrom: nullable(KeyId, 'The first of the keys whose place it has taken; null: it was not made by a rotation'),
  confirmedAt: nullable(
    Timestamp,
    'Since when it may approve; null: it may not, until a second admin or the operator has confirmed it'
  ),
  confirmedBy: nullable(
    { ...ActingKey, description: 'Who confirmed it' },
    'The key or person that confirmed it, or `operator`; null: nobody did'
  ),
  expiresAt: nullable(Timestamp, 'From when it is refused; null: never'),
  revokedAt: nullable(Timestamp, 'Since when it is refused for good; null: it is not revoked'),
  lastUsedAt: nullable(Timestamp, 'The minute in which it was last used, about a minute late; null: it was not')
}

export const ApiKey = component(
  'ApiKey',
  'A key of a client of the service. Its secret is shown once, when it is made',
  Type.Object(shown)
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
        personId: Type.Optional({
          ...PersonId,
          description:
            'The person who holds it: what it does is recorded as done by that person, and all keys of a person count as one for four eyes. Left out: it acts for itself'
        }),
        expiresAt: Type.Optional({ ...Timestamp, description: 'From when it is refused; left out: never' })
      },
      { examples: [{ name: 'ERP production', scopes: ['check', 'read'] }] }
    )
  )
)
export type NewApiKey = Static<typeof NewApiKey>

/** Seconds for which both keys work at most: 30 days. */
const OVERLAP_MAX = 2_592_000

export const NewRotation = component(
  'NewRotation',
  'A key that takes the place of another',
  closed(
    Type.Object(
      {
        overlapSeconds: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: OVERLAP_MAX,
            default: 86_400,
            description: 'For how long the old key goes on beside the new one; 0: it ends at once. At most 30 days'
          })
        ),
        expiresAt: Type.Optional({
          ...Timestamp,
          description: 'From when the new key is refused; left out: as the old one was'
        })
      },
      { examples: [{ overlapSeconds: 3_600 }] }
    )
  )
)
export type NewRotation = Static<typeof NewRotation>

export const IssuedApiKey = component(
  'IssuedApiKey',
  'A key that was just made, with the key itself',
  Type.Object({
    ...shown,
    key: Type.String({ maxLength: 100, description: 'The key itself. It is shown here and never again.' })
  })
)
export type IssuedApiKey = Static<typeof IssuedApiKey>

export const ApiKeys = pageOf('ApiKeys', ApiKey)
export const ApiKeyQuery = Type.Object(pageQuery, { additionalProperties: false })
export type ApiKeyQuery = Static<typeof ApiKeyQuery>
