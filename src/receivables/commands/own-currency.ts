import type { AppliedRate, Row } from '../../database.ts'
import { type ConvertedMoney, convertMoney, type Money, type OpenAmounts } from '../../engine/index.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'

/** What is unapplied of a payment or credit note, in the account's currency and in its own, which may be the same. */
export function unappliedInOwnCurrency(
  { unappliedMinor, originalCurrency, unappliedOriginalMinor }: Row<'credits'>,
  currency: string
): OpenAmounts & { readonly currency: string } {
  const openOriginalMinor = unappliedOriginalMinor ?? unappliedMinor
  return { currency: originalCurrency ?? currency, openMinor: unappliedMinor, openOriginalMinor }
}

/** Money of a document in the account's currency. Throws `exposure-too-large`, and `validation-error` where nothing of it is left there. */
export function countedMoney(amount: Money, currency: string, rate: AppliedRate | null): ConvertedMoney {
  const money = convertMoney(amount, currency, rate)
  if (money === undefined)
    throw new Problem('exposure-too-large', `${amount.amount} ${amount.currency} is more than can be counted exactly.`)
  if (money.amountMinor === 0)
    throw fieldProblem('/amount/amount', 'amount', `${amount.amount} ${amount.currency} is no amount of ${currency}.`)
  return money
}
