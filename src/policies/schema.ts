import Type, { type Static } from 'typebox'
import type { PolicyDocument as EngineDocument } from '../engine/index.ts'
import { ClientId, component, pageOf, pageQuery, ref, Text, Timestamp } from '../platform/http/schema.ts'

const policyId = { ...ClientId, description: 'The id of the policy; its versions share it', examples: ['standard'] }
const version = Type.Integer({
  minimum: 1,
  maximum: 1_000_000,
  description: 'The version of the policy',
  examples: [4]
})

export const PolicyPath = Type.Object({ policyId, version })
export type PolicyPath = Static<typeof PolicyPath>

export const PolicyQuery = Type.Object(pageQuery, { additionalProperties: false })
export type PolicyQuery = Static<typeof PolicyQuery>

const PolicyDocument = component(
  'Policy',
  'Limits, terms, authority and the rules of the order check, as data',
  Type.Unsafe<EngineDocument>({ type: 'object', additionalProperties: true })
)

const shown = {
  policyId,
  version,
  name: ref(Text),
  sha256: Type.String({ maxLength: 64, description: 'Digest of the document in canonical form (RFC 8785)' }),
  inForce: Type.Boolean({ description: 'Whether it decides now; an earlier version only replays what it decided' }),
  createdAt: { ...Timestamp, description: 'When it was put on file' }
}

export const PolicySummary = component('PolicySummary', 'A version of a policy', Type.Object(shown))
export type PolicySummary = Static<typeof PolicySummary>
export const PolicyPage = pageOf('PolicyPage', PolicySummary)

export const PolicyVersion = component(
  'PolicyVersion',
  'A version of a policy with its document',
  Type.Object({ ...shown, document: ref(PolicyDocument) })
)
export type PolicyVersion = Static<typeof PolicyVersion>
