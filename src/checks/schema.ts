import Type, { type Static } from 'typebox'
import { Exposure } from '../accounts/schema.ts'
import {
  CHECK_STEPS,
  OUTCOMES,
  REASONS,
  RESERVATION_STATES,
  type ReasonCode,
  STEP_RESULTS,
  STEP_UNITS
} from '../engine/index.ts'
import {
  ClientId,
  closed,
  component,
  idField,
  Money,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  text
} from '../platform/schema.ts'

export const CheckId = idField('chk')
export const CheckPath = Type.Object({ checkId: CheckId })

export const ReasonCodeField = oneOf(Object.keys(REASONS) as ReasonCode[])

export const NewCreditCheck = component(
  'NewCreditCheck',
  'An order that is to be decided',
  closed(
    Type.Object(
      {
        customerId: ClientId,
        orderId: { ...ClientId, description: 'The caller’s own order number' },
        amount: ref(PositiveMoney),
        termsDays: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 365,
            description: 'Payment terms of the order in days; left out: those of the limit'
          })
        ),
        reserveSeconds: Type.Optional(
          Type.Integer({
            minimum: 60,
            maximum: 31_536_000,
            description: 'How long an approval holds the amount; left out: as the policy says'
          })
        )
      },
      {
        examples: [
          { customerId: 'C-1001', orderId: 'SO-7001', amount: { amount: '180000.00', currency: 'CNY' }, termsDays: 30 }
        ]
      }
    )
  )
)
export type NewCreditCheck = Static<typeof NewCreditCheck>

export const CheckStep = component(
  'CheckStep',
  'One step of the decision: what was observed, what was required, and how old the data is',
  Type.Object({
    code: oneOf(CHECK_STEPS),
    result: oneOf(STEP_RESULTS),
    observed: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()]),
    threshold: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Null()]),
    unit: oneOf(STEP_UNITS),
    dataAsOf: Type.String({ maxLength: 32, description: 'Instant or business date of the observation' }),
    reason: nullable(ReasonCodeField)
  })
)

export const ToldReason = component(
  'Reason',
  'A reason for the decision, in words',
  Type.Object({ code: ReasonCodeField, text: ref(Text) })
)

export const Reservation = component(
  'Reservation',
  'What an approval holds. It is resolved once: captured, partially captured, released or expired',
  Type.Object({
    state: oneOf(RESERVATION_STATES),
    amount: ref(Money),
    captured: ref(Money),
    released: ref(Money),
    expired: ref(Money),
    open: ref(Money),
    expiresAt: Timestamp,
    resolvedAt: nullable(Timestamp),
    version: Type.Integer({ minimum: 1 })
  })
)
export type Reservation = Static<typeof Reservation>

export const CreditCheck = component(
  'CreditCheck',
  'The decision about one order, and what became of the amount that it holds',
  Type.Object({
    checkId: CheckId,
    customerId: ClientId,
    orderId: ClientId,
    amount: ref(Money),
    outcome: oneOf(OUTCOMES, {
      description: 'approved: the amount is held; referred: a person must look; declined: no'
    }),
    reasons: Type.Array(ref(ToldReason), { maxItems: 20, description: 'The gravest first; warnings too' }),
    steps: Type.Array(ref(CheckStep), { maxItems: 40, description: 'Every step, whatever the others say' }),
    exposureBefore: ref(Exposure),
    availableBefore: nullable(ref(Money)),
    availableAfter: nullable(ref(Money)),
    policy: Type.Object({ id: Type.String({ maxLength: 64 }), version: Type.Integer({ minimum: 1 }) }),
    decidedAt: Timestamp,
    reservation: nullable(ref(Reservation))
  })
)
export type CreditCheck = Static<typeof CreditCheck>

export const CreditCheckPage = pageOf('CreditCheckPage', CreditCheck)

export const CreditCheckQuery = Type.Object(
  {
    customerId: Type.Optional({ ...ClientId, examples: ['C-1001'] }),
    orderId: Type.Optional({ ...ClientId, examples: ['SO-7001'] }),
    outcome: Type.Optional(oneOf(OUTCOMES, { examples: ['approved'] })),
    reservation: Type.Optional(
      oneOf(RESERVATION_STATES, { description: 'State of the reservation', examples: ['active'] })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type CreditCheckQuery = Static<typeof CreditCheckQuery>

export const NewCapture = component(
  'NewCapture',
  'Goods that have left against a reservation',
  closed(
    Type.Object(
      {
        amount: ref(PositiveMoney),
        invoiceId: {
          ...ClientId,
          description: 'Number of the invoice under which the amount will be, or was, recorded'
        },
        final: Type.Boolean({ description: 'true: the rest of the reservation is released; false: it stays reserved' })
      },
      { examples: [{ amount: { amount: '180000.00', currency: 'CNY' }, invoiceId: 'INV-7001', final: true }] }
    )
  )
)
export type NewCapture = Static<typeof NewCapture>

export const NewRelease = component(
  'NewRelease',
  'Why a reservation is given up',
  closed(
    Type.Object({ reason: Type.Optional(text(500)) }, { examples: [{ reason: 'Order cancelled by the customer' }] })
  )
)
export type NewRelease = Static<typeof NewRelease>
