import type { AppliedRate } from '../../database.ts'
import { convertMoney, minorOf, type OrderFacts, statedAmount } from '../../engine/index.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { rateMissing } from '../../rates/postings.ts'
import { nothingLeft } from '../../receivables/postings/money.ts'
import type { NewCreditCheck } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/**
 * The order in the currency of the account. Throws `rate-missing`, and `validation-error` when the
 * prepaid amount does not fit the order or the order is larger than any amount may be.
 */
export function orderOf(
  { orderId, kind = 'order', amount, prepaid, termsDays, shipOn }: NewCreditCheck,
  currency: string,
  rates: ReadonlyMap<string, AppliedRate | undefined>,
  today: string
): OrderFacts {
  if (prepaid !== undefined) {
    if (kind === 'credit_note') throw fieldProblem('/prepaid', 'not_allowed', details.prepaidCredit)
    if (prepaid.currency !== amount.currency)
      throw fieldProblem(
        '/prepaid/currency',
        'other_currency',
        said(details.orderCurrency, { currency: amount.currency })
      )
    if (minorOf(prepaid) > minorOf(amount))
      throw fieldProblem('/prepaid/amount', 'above_amount', said(details.prepaidMost, { amount: statedAmount(amount) }))
  }
  const rate = amount.currency === currency ? null : rates.get(amount.currency)
  if (rate === undefined) throw rateMissing({ from: amount.currency, to: currency, onDate: today })
  const converted = convertMoney(amount, currency, rate)
  const convertedPrepaid = prepaid === undefined ? undefined : convertMoney(prepaid, currency, rate)
  if (converted === undefined || converted.amountMinor === 0) throw nothingLeft(amount, { currency })
  return {
    orderId,
    kind,
    amountMinor: converted.amountMinor,
    prepaidMinor: convertedPrepaid?.amountMinor ?? 0,
    heldMinor: 0,
    termsDays: termsDays ?? null,
    shipOn: shipOn ?? null,
    original: converted.original
  }
}
