import type { AppliedRate } from '../../database.ts'
import { convertMoney, minorOf, type OrderFacts } from '../../engine/index.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import { rateMissing } from '../../rates/store.ts'
import type { NewCreditCheck } from '../schema.ts'

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
    if (kind === 'credit_note')
      throw fieldProblem('/prepaid', 'not_allowed', 'Nothing of a credit note is prepaid: leave it out.')
    if (prepaid.currency !== amount.currency)
      throw fieldProblem('/prepaid/currency', 'other_currency', `The order is in ${amount.currency}.`)
    if (minorOf(prepaid) > minorOf(amount))
      throw fieldProblem('/prepaid/amount', 'above_amount', `At most the whole order of ${amount.amount} is prepaid.`)
  }
  const rate = amount.currency === currency ? null : rates.get(amount.currency)
  if (rate === undefined) throw rateMissing({ from: amount.currency, to: currency, onDate: today })
  const converted = convertMoney(amount, currency, rate)
  const convertedPrepaid = prepaid === undefined ? undefined : convertMoney(prepaid, currency, rate)
  if (converted === undefined || converted.amountMinor === 0)
    throw fieldProblem('/amount/amount', 'amount', `${amount.amount} ${amount.currency} is no amount of ${currency}.`)
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
