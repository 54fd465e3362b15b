import Type, { type Static } from 'typebox'
import { RATE_BASES } from '../engine/index.ts'
import {
  ActingKey,
  BusinessDate,
  Currency,
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

const base = {
  ...Currency,
  description: 'ISO 4217 code of the currency of which one unit is priced',
  examples: ['USD']
}
const quote = { ...Currency, description: 'ISO 4217 code of the currency that it is priced in', examples: ['CNY'] }
const rateOn = { ...BusinessDate, examples: ['2026-03-31'] }

export const RatePath = Type.Object({ base, quote, rateOn })
export type RatePath = Static<typeof RatePath>

const Rate = Type.Number({
  minimum: 0.000000001,
  maximum: 1_000_000_000,
  description: 'Units of the quote currency that one unit of the base currency costs',
  examples: [7.1234]
})
const source = text(100, { description: 'Where the rate comes from', examples: ['Central bank, middle rate'] })

export const NewExchangeRate = component(
  'NewExchangeRate',
  'The rate of one pair of currencies on one day',
  closed(
    Type.Object(
      {
        rate: Rate,
        source,
        confirm: Type.Optional(
          Type.Boolean({
            default: false,
            description:
              'true: somebody has looked at a rate that lies further off the last one in force, or off the one of the same day the other way round, than the policy lets pass (20 % and 2 %, unless it says otherwise)'
          })
        )
      },
      { examples: [{ rate: 7.1234, source: 'Central bank, middle rate' }] }
    )
  )
)
export type NewExchangeRate = Static<typeof NewExchangeRate>

/** Open documents that were converted with a value that was corrected since. */
export const openOnCorrected = Type.Integer({
  minimum: 1,
  maximum: 1_000,
  description:
    'So many open invoices and exposure items were converted with a value of the rate that was corrected since, and have not been valued anew; 1000: so many or more. Left out: none, or not looked for'
})

/** The value that took the place of the one that a document was converted with. */
export const rateCorrectedTo = Type.Optional({
  ...Rate,
  description:
    'The rate of its day is on file with this value now: the document rests on one that was corrected. Left out: it does not, or the answer is to a write'
})

export const ExchangeRate = component(
  'ExchangeRate',
  'What one unit of the base currency cost in the quote currency on a day. It holds until the next recorded day, in both directions',
  Type.Object({
    base: Currency,
    quote: Currency,
    rateOn: BusinessDate,
    rate: Rate,
    source,
    recordedBy: ActingKey,
    recordedAt: Timestamp,
    updatedAt: Timestamp,
    correctedAt: nullable(Timestamp, 'When its value was last replaced by another; null: it never was'),
    openOnCorrected: Type.Optional(openOnCorrected),
    version: Version
  })
)
export type ExchangeRate = Static<typeof ExchangeRate>
export const ExchangeRatePage = pageOf('ExchangeRatePage', ExchangeRate)

export const ExchangeRateQuery = Type.Object(
  {
    base: Type.Optional(base),
    quote: Type.Optional(quote),
    from: Type.Optional({ ...BusinessDate, description: 'Rates of this day and later', examples: ['2026-01-01'] }),
    until: Type.Optional({ ...BusinessDate, description: 'Rates up to this day', examples: ['2026-12-31'] }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type ExchangeRateQuery = Static<typeof ExchangeRateQuery>

/** An amount in its own currency, with the rate that made it one of the account's. */
export const OriginalMoney = component(
  'OriginalMoney',
  'An amount as the document states it, and the rate that it was converted with',
  Type.Object({
    amount: Type.String({ maxLength: 20, description: 'A plain decimal text, in major units' }),
    currency: Currency,
    rate: Rate,
    ratedOn: { ...BusinessDate, description: 'The day for which the rate was recorded' },
    basis: oneOf(RATE_BASES, {
      description: 'direct: units of the account’s currency for one of the document’s, inverse: the other way round'
    })
  })
)
