import Type, { type Static } from 'typebox'
import { Block, ReasonCodeOfCaller, ToldReason } from '../checks/schema.ts'
import { BLOCK_STATES, OUTCOMES } from '../engine/index.ts'
import { CheckId, CustomerId, OrderId } from '../ids.ts'
import {
  closed,
  component,
  Money,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp,
  text
} from '../platform/http/schema.ts'
import { named, reader, TextsVersion } from '../wording/schema.ts'

export { CheckPath, CreditCheck } from '../checks/schema.ts'

/** What a person decides about an order that is blocked. */
const ORDER_VERDICTS = ['release', 'reject'] as const

export const NewOrderDecision = component(
  'NewOrderDecision',
  'A person’s decision about an order that is blocked',
  closed(
    Type.Object(
      {
        decision: oneOf(ORDER_VERDICTS, {
          description:
            'release: the order passes in spite of the steps that stop it now, never of a manual hold; reject: it is not decided again by itself, and no release that it had before holds any longer'
        }),
        reasonCode: ReasonCodeOfCaller,
        comment: text(2_000, { description: 'Why: it stands in the journal' }),
        tolerance: Type.Optional(
          closed(
            Type.Object(
              {
                share: Type.Optional(
                  Type.Number({ minimum: 0, maximum: 1, description: 'As a share of the amount: 0.1 is a tenth more' })
                ),
                amount: Type.Optional({ ...ref(PositiveMoney), description: 'As an amount' })
              },
              {
                description:
                  'By how much the order may grow without a new release: at most one of the two. Beyond what the policy lets one person allow (a tenth of the order, unless it says otherwise) another one has to approve it. Left out: not at all'
              }
            )
          )
        ),
        validDays: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 365,
            description: 'How long the release holds for later checks of the order; left out: as the policy says'
          })
        ),
        validUntil: Type.Optional({ ...Timestamp, description: 'The same as an instant, instead of validDays' })
      },
      {
        examples: [
          {
            decision: 'release',
            reasonCode: 'PAYMENT-PROMISED',
            comment: 'The customer has sent the transfer slip; the bank confirms.',
            tolerance: { share: 0.05 },
            validDays: 14
          }
        ]
      }
    )
  )
)
export type NewOrderDecision = Static<typeof NewOrderDecision>

export const NewWithdrawal = component(
  'NewOrderWithdrawal',
  'Why an order that is blocked is given up',
  closed(
    Type.Object(
      { reason: Type.Optional(text(500, { description: 'Why; it stands in the journal' })) },
      { examples: [{ reason: 'Order cancelled by the customer' }] }
    )
  )
)
export type NewWithdrawal = Static<typeof NewWithdrawal>

export const BlockedOrder = component(
  'BlockedOrder',
  'An order that was not approved, with why and since when it waits',
  Type.Object({
    customerId: CustomerId,
    orderId: OrderId,
    checkId: CheckId,
    amount: ref(Money),
    outcome: oneOf(OUTCOMES, { description: 'What the check came to' }),
    outcomeName: named('the outcome'),
    reasons: Type.Array(ref(ToldReason), { maxItems: 20, description: 'The gravest first; warnings too' }),
    textsVersion: TextsVersion,
    askedBy: Type.String({
      maxLength: 64,
      description:
        'The API key that asked last, or the person whom it names. One that asked for no check of the order while it waits must release it'
    }),
    block: ref(Block)
  })
)
export type BlockedOrder = Static<typeof BlockedOrder>
export const BlockedOrderPage = pageOf('BlockedOrderPage', BlockedOrder)

export const BlockedOrderQuery = Type.Object(
  {
    customerId: Type.Optional({ ...CustomerId, examples: ['C-1001'] }),
    state: Type.Optional(
      oneOf(BLOCK_STATES, { default: 'open', description: 'Left out: those that wait', examples: ['open'] })
    ),
    reader,
    ...pageQuery
  },
  { additionalProperties: false }
)
export type BlockedOrderQuery = Static<typeof BlockedOrderQuery>
