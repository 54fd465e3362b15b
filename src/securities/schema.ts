import Type, { type Static } from 'typebox'
import { SECURITY_KINDS } from '../engine/index.ts'
import { CustomerId, SecurityId } from '../ids.ts'
import {
  ActingKey,
  BusinessDate,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'

export const SecurityPath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  securityId: { ...SecurityId, examples: ['POL-17'] }
})

const kind = oneOf(SECURITY_KINDS, { description: 'What kind of security it is', examples: ['insurance'] })
const coverShare = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1,
  description: 'The part of the amount that counts, with at most four decimals',
  examples: [0.9]
})
const provider = text(200, { description: 'Who stands in for the customer', examples: ['Credit insurer'] })
const validUntil = { ...BusinessDate, description: 'The last day on which it covers' }

export const NewSecurity = component(
  'NewSecurity',
  'What covers a part of the exposure',
  closed(
    Type.Object(
      {
        kind,
        provider,
        amount: ref(PositiveMoney),
        coverShare,
        validFrom: BusinessDate,
        validUntil: Type.Optional(validUntil),
        required: Type.Optional(
          Type.Boolean({ default: false, description: 'New credit waits while it is not in force' })
        )
      },
      {
        examples: [
          {
            kind: 'insurance',
            provider: 'Credit insurer',
            amount: { amount: '200000.00', currency: 'CNY' },
            coverShare: 0.9,
            validFrom: '2026-01-01',
            validUntil: '2026-12-31',
            required: true
          }
        ]
      }
    )
  )
)
export type NewSecurity = Static<typeof NewSecurity>

export const Security = component(
  'Security',
  'A security and what it covers while it is in force',
  Type.Object({
    customerId: CustomerId,
    securityId: SecurityId,
    kind,
    provider,
    amount: ref(Money),
    coverShare,
    cover: ref(Money),
    validFrom: BusinessDate,
    validUntil: nullable(validUntil, 'The last day on which it covers; null: until it is withdrawn'),
    required: Type.Boolean({ description: 'Whether new credit waits while it is not in force' }),
    inForce: Type.Boolean({ description: 'Whether it covers today' }),
    withdrawal: nullable(
      Type.Object({ reason: text(500, { description: 'Why, in words' }), by: ActingKey, at: Timestamp }),
      'Why it covers no longer; null: it was not withdrawn'
    ),
    recordedAt: Timestamp,
    updatedAt: Timestamp,
    version: Version
  })
)
export type Security = Static<typeof Security>
export const SecurityPage = pageOf('SecurityPage', Security)
export const SecurityQuery = Type.Object(
  {
    kind: Type.Optional(kind),
    withdrawn: Type.Optional(
      Type.Boolean({ description: 'true: only withdrawn ones; false: only the others', examples: [false] })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type SecurityQuery = Static<typeof SecurityQuery>

export const NewSecurityWithdrawal = component(
  'NewSecurityWithdrawal',
  'Why a security covers no longer',
  closed(
    Type.Object(
      {
        reason: text(500, { description: 'Why: it stands in the journal' }),
        stillRequired: Type.Boolean({
          description: 'true: new credit waits until it, or another decision about what is required, takes its place'
        })
      },
      { examples: [{ reason: 'The insurer cancelled the policy', stillRequired: false }] }
    )
  )
)
export type NewSecurityWithdrawal = Static<typeof NewSecurityWithdrawal>
