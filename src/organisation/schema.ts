import Type, { type Static } from 'typebox'
import { ActingKey, component, oneOf, pageOf, pageQuery, ref, Timestamp } from '../platform/http/schema.ts'

/** What can happen to the organisation. A word that was published stays: entries hold it. */
const ORGANISATION_ENTRY_TYPES = [
  'organisation.begun',
  'settings.changed',
  'key.made',
  'key.rotated',
  'key.confirmed',
  'key.revoked',
  'model.shipped',
  'model.drafted',
  'model.approved',
  'model.shadowed',
  'model.activated',
  'model.retired',
  'policy.filed',
  'rate.recorded',
  'rate.changed'
] as const
export type OrganisationEntryType = (typeof ORGANISATION_ENTRY_TYPES)[number]

const type = oneOf(ORGANISATION_ENTRY_TYPES, { description: 'What happened', examples: ['key.made'] })

const entry = {
  seq: Type.Integer({ minimum: 1, description: 'Without gap from 1' }),
  at: Timestamp,
  type,
  actor: {
    ...ActingKey,
    description:
      'The API key that did it, or the person whom that key names; `operator`: whoever runs the service, `shipped`: it came with the service'
  },
  subject: Type.String({
    maxLength: 128,
    description: 'What it happened to: the id of a key, a model or policy with its version, the pair and day of a rate'
  }),
  payload: Type.String({
    maxLength: 1_000_000,
    description: 'Canonical JSON (RFC 8785) of what was done, as text: exactly these bytes are hashed'
  }),
  previousHash: Type.String({ maxLength: 64, description: 'The hash of the entry before; 64 zeros for the first' }),
  hash: Type.String({
    maxLength: 64,
    description:
      'SHA-256 over the canonical JSON of all other fields of this entry, and `"chain": "organisation"` among them'
  })
}

const OrganisationEntry = component(
  'OrganisationEntry',
  'One entry of the chain of the organisation',
  Type.Object(entry)
)
export const OrganisationJournalPage = pageOf('OrganisationJournalPage', OrganisationEntry)
export const OrganisationJournalQuery = Type.Object(pageQuery, { additionalProperties: false })
export type OrganisationJournalQuery = Static<typeof OrganisationJournalQuery>

const OrganisationEvent = component(
  'OrganisationEvent',
  'What happened to the organisation: an entry of its chain',
  Type.Object({
    eventId: Type.String({
      maxLength: 40,
      description: 'The place in the chain: the same event always has the same id',
      examples: ['organisation:17']
    }),
    ...entry
  })
)

export const OrganisationFeed = component(
  'OrganisationFeed',
  'A part of the feed of what happens to the organisation, oldest first',
  Type.Object({
    items: Type.Array(ref(OrganisationEvent), { maxItems: 200, description: 'At most as many as `limit` says' }),
    nextCursor: Type.String({
      maxLength: 1_000,
      description: 'Where to go on: send it as `after`. It is always there, and stays valid'
    }),
    more: Type.Boolean({ description: 'Whether to go on at once; otherwise this was all there is so far' })
  })
)
export type OrganisationFeed = Static<typeof OrganisationFeed>

export const OrganisationFeedQuery = Type.Object(
  {
    after: Type.Optional({
      ...pageQuery.cursor,
      description:
        '`nextCursor` of the part before; without it, from the beginning. It fits the filter that it was made for'
    }),
    type: Type.Optional({ ...type, description: 'Only events of this type' }),
    limit: pageQuery.limit
  },
  { additionalProperties: false }
)
export type OrganisationFeedQuery = Static<typeof OrganisationFeedQuery>
