import Type, { type Static } from 'typebox'
import { component, oneOf, pageOf, pageQuery, Timestamp } from '../platform/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

export const JournalEntry = component(
  'JournalEntry',
  'One entry of a customer’s chain',
  Type.Object({
    customerId: Type.String({ maxLength: 64 }),
    seq: Type.Integer({ minimum: 1, description: 'Without gap from 1' }),
    at: Timestamp,
    type: Type.String({ maxLength: 64 }),
    actor: Type.String({ maxLength: 64 }),
    subject: Type.String({ maxLength: 64 }),
    payload: Type.String({
      maxLength: 1_000_000,
      description:
        'Canonical JSON (RFC 8785) of what was decided on which facts, as text: exactly these bytes are hashed'
    }),
    previousHash: Type.String({ maxLength: 64 }),
    hash: Type.String({
      maxLength: 64,
      description: 'SHA-256 over the canonical JSON of all other fields of this entry'
    })
  })
)
export const JournalPage = pageOf('JournalPage', JournalEntry)
export const JournalQuery = Type.Object(pageQuery, { additionalProperties: false })
export type JournalQuery = Static<typeof JournalQuery>

export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I9', 'I11', 'I13', 'I14', 'I15'] as const

const Finding = Type.Object({
  invariant: oneOf(INVARIANTS),
  statement: Type.String({ maxLength: 300 }),
  checked: Type.Integer({ minimum: 0, description: 'How many rows or chains were looked at' }),
  valid: Type.Boolean(),
  firstBad: Type.Union([Type.String({ maxLength: 300 }), Type.Null()], { description: 'Where it is broken first' })
})

export const SelfCheck = component(
  'SelfCheck',
  'What the auditor found',
  Type.Object({
    valid: Type.Boolean(),
    customers: Type.Integer({ minimum: 0 }),
    entries: Type.Integer({ minimum: 0 }),
    findings: Type.Array(Finding, { maxItems: 40 })
  })
)
export type SelfCheck = Static<typeof SelfCheck>
