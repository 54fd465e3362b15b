import Type, { type Static } from 'typebox'
import { FORECAST_CAUSES, FORECAST_DAYS_MAX, ITEMISED_CATEGORIES, LIMIT_MODES } from '../engine/index.ts'
import { CustomerId } from '../ids.ts'
import {
  ActingKey,
  BusinessDate,
  Currency,
  closed,
  component,
  Money,
  nullable,
  oneOf,
  ref,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'
import { openOnCorrected } from '../rates/schema.ts'
import { named, reader } from '../wording/schema.ts'

/** The customer in the path of everything that belongs to one. */
export const CustomerPath = Type.Object({ customerId: { ...CustomerId, examples: ['C-1001'] } })

export const Exposure = component(
  'Exposure',
  'What a customer owes or may come to owe. receivables: open invoices less unapplied payments and credit notes; captured: delivered against a reservation, invoice not recorded yet; reserved: held by active reservations; orders, deliveries and special: items of the ledger',
  Type.Object({
    receivables: ref(Money),
    captured: ref(Money),
    reserved: ref(Money),
    orders: ref(Money),
    deliveries: ref(Money),
    special: ref(Money),
    total: ref(Money)
  })
)

const Hold = component(
  'Hold',
  'A manual hold: no new credit until someone lifts it',
  Type.Object({
    reason: text(500, {
      description: 'Why, in the words of who set it',
      examples: ['Bill of exchange returned unpaid']
    }),
    by: ActingKey,
    since: { ...Timestamp, description: 'Since when, with this reason' }
  })
)
export const NewHold = component(
  'NewHold',
  'Why there is to be no new credit',
  closed(
    Type.Object(
      { reason: text(500, { description: 'Why: it is shown with the hold' }) },
      { examples: [{ reason: 'Bill of exchange returned unpaid' }] }
    )
  )
)
export type NewHold = Static<typeof NewHold>

export const CreditAccount = component(
  'CreditAccount',
  'What a customer may owe and owes, as it stands',
  Type.Object({
    customerId: CustomerId,
    currency: Currency,
    limit: Type.Object(
      {
        mode: oneOf(LIMIT_MODES, {
          description: 'none: no limit was decided or none is granted; cash_only: payment before delivery'
        }),
        amount: { ...ref(Money), description: 'Zero unless the mode is limited' },
        validUntil: nullable(BusinessDate, 'Last day of the limit; null: none was decided'),
        limitDecisionId: nullable(Type.String({ maxLength: 64 }), 'The decision that set it; null: none did'),
        termsDays: nullable(
          Type.Integer({ minimum: 0, maximum: 365 }),
          'Days from invoice to due date; null: none were granted'
        )
      },
      { description: 'The limit that was decided last' }
    ),
    exposure: ref(Exposure),
    available: nullable(
      ref(Money),
      'The limit less what counts against it, below zero when more does; null: unlimited'
    ),
    overLimit: Type.Boolean({
      description: 'More is owed or held than the limit grants; open reservations stay as they are'
    }),
    hold: nullable(ref(Hold), 'The manual hold; null: there is none'),
    asOf: { ...Timestamp, description: 'When the account stood so' },
    version: Version
  })
)
export type CreditAccount = Static<typeof CreditAccount>

const unknownOfThePast = 'null for a day that is past: documents are kept as they are now'
const figures = {
  gross: nullable(ref(Money), `All that is open; ${unknownOfThePast}`),
  counted: { ...ref(Money), description: 'What stands against the limit' },
  statistical: nullable(ref(Money), `Shown, not counted; ${unknownOfThePast}`),
  beyondHorizon: nullable(
    ref(Money),
    `Orders among what is counted that ship later than the horizon; ${unknownOfThePast}`
  ),
  disputed: nullable(ref(Money), `Contested, among what is counted; ${unknownOfThePast}`)
}
const ItemisedFigures = component(
  'ItemisedFigures',
  'A part of the exposure: gross = counted + statistical',
  Type.Object(figures)
)
const CategoryFigures = component(
  'CategoryFigures',
  'One category of the exposure. order: items and active reservations; delivery: items and what was captured and waits for its invoice; credit notes and unapplied cash are below zero',
  Type.Object({ category: oneOf(ITEMISED_CATEGORIES, { description: 'The kind of document' }), ...figures })
)

export const ExposureQuery = Type.Object(
  {
    asOf: Type.Optional({
      ...BusinessDate,
      description:
        'A day up to today, today by default. Of a past day `itemised` says what had been recorded by its end; everything else is as it stands now'
    }),
    horizon: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3_650,
        description: 'Days from asOf after which a shipment is beyond the horizon; the policy’s by default',
        examples: [30]
      })
    )
  },
  { additionalProperties: false }
)
export type ExposureQuery = Static<typeof ExposureQuery>

export const ItemisedAccount = component(
  'ItemisedAccount',
  'The credit account, and its exposure by category as of a day',
  Type.Object({
    ...CreditAccount.properties,
    openOnCorrected: Type.Optional(openOnCorrected),
    itemised: Type.Object(
      {
        asOf: BusinessDate,
        horizonDays: Type.Integer({
          minimum: 0,
          description: 'Days after asOf, up to which a shipment lies within the horizon'
        }),
        categories: Type.Array(ref(CategoryFigures), {
          minItems: 6,
          maxItems: 6,
          description: 'Each category once; they sum to the total'
        }),
        total: ref(ItemisedFigures),
        secured: nullable(
          Type.Object({
            amount: { ...ref(Money), description: 'What security takes off the counted total' },
            cover: { ...ref(Money), description: 'What all securities in force could cover' },
            validUntil: nullable(BusinessDate, 'Last day of the security that ends first; null: none of them ends'),
            lapsed: nullable(
              Type.String({ maxLength: 64 }),
              'A required security that is not in force; null: there is none'
            )
          }),
          `What securities cover of it; ${unknownOfThePast}`
        ),
        unsecured: nullable(ref(Money), `The counted total less what is secured; ${unknownOfThePast}`)
      },
      { description: 'The exposure by category' }
    )
  })
)
export type ItemisedAccount = Static<typeof ItemisedAccount>
export const HeadroomQuery = Type.Object(
  {
    until: Type.Optional({
      ...BusinessDate,
      description: `The last day, at most ${FORECAST_DAYS_MAX} days ahead; left out: 90 days`,
      examples: ['2026-06-30']
    }),
    reader
  },
  { additionalProperties: false }
)
export type HeadroomQuery = Static<typeof HeadroomQuery>

export const Headroom = component(
  'Headroom',
  'Available credit by date: what it is expected to be if invoices and items with a due date are paid as late as this customer pays, reservations expire as they stand and nothing new comes',
  Type.Object({
    customerId: CustomerId,
    from: BusinessDate,
    until: { ...BusinessDate, description: 'Earlier than asked for where more falls due than can be shown' },
    daysLate: Type.Integer({ minimum: 0, description: 'Days after the due date on which payment is expected' }),
    daysLateBy: oneOf(['own_payments', 'policy'], {
      description:
        'One figure for everything. own_payments: the customer’s own days late of the last twelve months, their mean weighted by amount, rounded up; policy: it has not paid yet, so what the policy allows an ordinary payment'
    }),
    daysLateByName: named('what the days late rest on'),
    points: Type.Array(
      Type.Object({
        date: BusinessDate,
        available: nullable(ref(Money), 'Expected on that day; null: unlimited'),
        changes: Type.Array(
          Type.Object({
            cause: oneOf(FORECAST_CAUSES, { description: 'What is expected to happen on that day' }),
            name: named('the cause'),
            amount: nullable(ref(Money), 'By how much; null: there was no bound before')
          }),
          { maxItems: FORECAST_CAUSES.length, description: 'Why it differs from the day before' }
        )
      }),
      {
        minItems: 1,
        maxItems: 1_000,
        description:
          'The first day, then each day on which something changes; available is null where the limit is unlimited'
      }
    ),
    notExpected: Type.Object(
      { late: ref(Money), disputed: ref(Money), undated: ref(Money) },
      {
        description:
          'What is owed and expected on no day. late: later already than this customer pays; disputed: contested; undated: orders and deliveries without an invoice or a due date'
      }
    ),
    asOf: Timestamp
  })
)
export type Headroom = Static<typeof Headroom>
