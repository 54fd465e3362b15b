import Type, { type Static } from 'typebox'
import { LIMIT_MODES } from '../engine/index.ts'
import {
  BusinessDate,
  Currency,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  ref,
  Timestamp,
  text
} from '../platform/schema.ts'

export { CustomerPath } from '../customers/schema.ts'

export const Exposure = component(
  'Exposure',
  'What a customer owes or may come to owe. receivables: open invoices less unapplied payments and credit notes; captured: delivered against a reservation, invoice not recorded yet; reserved: held by active reservations',
  Type.Object({
    receivables: ref(Money),
    captured: ref(Money),
    reserved: ref(Money),
    total: ref(Money)
  })
)

export const Hold = component(
  'Hold',
  'A manual hold: no new credit until someone lifts it',
  Type.Object({
    reason: text(500, { examples: ['Bill of exchange returned unpaid'] }),
    by: Type.String({ maxLength: 64 }),
    since: Timestamp
  })
)
export const NewHold = component(
  'NewHold',
  'Why there is to be no new credit',
  closed(Type.Object({ reason: text(500) }, { examples: [{ reason: 'Bill of exchange returned unpaid' }] }))
)
export type NewHold = Static<typeof NewHold>

export const CreditAccount = component(
  'CreditAccount',
  'What a customer may owe and owes, as it stands',
  Type.Object({
    customerId: Type.String({ maxLength: 64 }),
    currency: Currency,
    limit: Type.Object({
      mode: oneOf(LIMIT_MODES, {
        description: 'none: no limit was decided or none is granted; cash_only: payment before delivery'
      }),
      amount: ref(Money),
      validUntil: nullable(BusinessDate),
      limitDecisionId: nullable(Type.String({ maxLength: 64 })),
      termsDays: nullable(Type.Integer({ minimum: 0, maximum: 365 }))
    }),
    exposure: ref(Exposure),
    available: nullable(ref(Money)),
    overLimit: Type.Boolean({
      description: 'More is owed or held than the limit grants; open reservations stay as they are'
    }),
    hold: nullable(ref(Hold)),
    asOf: Timestamp,
    version: Type.Integer({ minimum: 1 })
  })
)
export type CreditAccount = Static<typeof CreditAccount>
