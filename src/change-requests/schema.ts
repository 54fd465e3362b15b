import Type, { type Static } from 'typebox'
import { ChangeRequestId, CustomerId } from '../ids.ts'
import {
  ActingKey,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'

export const ChangeRequestPath = Type.Object({ changeRequestId: ChangeRequestId })

const kind = oneOf(['limit', 'hold_lift', 'collateral', 'release_tolerance', 'key'], {
  description:
    'limit: a limit above the authority of the policy; hold_lift: a hold is lifted by another than who set it; collateral: a security above the authority of the policy; release_tolerance: an order is released and may grow by more than the policy lets one person allow; key: a key that was made by another may approve',
  examples: ['limit']
})
/** What becomes of a change request. */
export const CHANGE_STATES = ['open', 'applied', 'rejected', 'withdrawn'] as const
const state = oneOf(CHANGE_STATES, {
  description:
    'open: it waits; applied: it took effect; rejected: it never will; withdrawn: there is nothing to decide any more',
  examples: ['open']
})

const Approval = Type.Object({
  verdict: oneOf(['approve', 'reject'], { description: 'How it was decided' }),
  by: ActingKey,
  at: Timestamp,
  comment: Type.String({ maxLength: 1_000, description: 'Why' }),
  onePerson: Type.Optional(
    Type.Boolean({ description: 'true: where one person has to do, the key was of the line of whoever asked' })
  )
})

export const ChangeRequest = component(
  'ChangeRequest',
  'What somebody asked for that another one has to approve',
  Type.Object({
    changeRequestId: ChangeRequestId,
    kind,
    subject: Type.String({
      maxLength: 128,
      description: 'What would change: the id of a limit decision, customer, security, check or key'
    }),
    customerId: nullable(CustomerId, 'The customer that it is about; null: it is about none'),
    payload: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'What is asked for, in the words of its kind'
    }),
    digest: Type.String({
      maxLength: 64,
      description: 'SHA-256 of the payload in canonical form (RFC 8785): what is approved is what was asked for'
    }),
    madeBy: { ...ActingKey, description: 'The API key or person that asked' },
    madeAt: Timestamp,
    state,
    approvals: Type.Array(Approval, { maxItems: 20, description: 'Who decided, the first one first' }),
    closedAt: nullable(Timestamp, 'Since when it waits no longer; null: it does'),
    version: Version
  })
)
export type ChangeRequest = Static<typeof ChangeRequest>
export const ChangeRequestPage = pageOf('ChangeRequestPage', ChangeRequest)

export const ChangeRequestQuery = Type.Object(
  {
    state: Type.Optional(state),
    kind: Type.Optional(kind),
    customerId: Type.Optional({ ...CustomerId, description: 'Only what is about this customer', examples: ['C-1001'] }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type ChangeRequestQuery = Static<typeof ChangeRequestQuery>

export const NewChangeApproval = component(
  'NewChangeApproval',
  'A person’s decision about a change request',
  closed(
    Type.Object(
      {
        verdict: oneOf(['approve', 'reject'], {
          description: 'approve: it takes effect; reject: nothing changes'
        }),
        comment: text(1_000, { description: 'Why: it stays with the request' })
      },
      { examples: [{ verdict: 'reject', comment: 'Nothing speaks for more yet' }] }
    )
  )
)
export type NewChangeApproval = Static<typeof NewChangeApproval>
