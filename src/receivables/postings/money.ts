import type { AppliedRate } from '../../database.ts'
import { type ConvertedMoney, convertMoney, type Money, statedMoney } from '../../engine/index.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** Money of a document in the account's currency. Throws `exposure-too-large`. */
export function convertedMoney(amount: Money, currency: string, rate: AppliedRate | null): ConvertedMoney {
  const money = convertMoney(amount, currency, rate)
  if (money === undefined) throw tooLarge(amount)
  return money
}

/**
 * The same for a document of positive value. Throws `validation-error` as well when the conversion
 * leaves nothing.
 */
export function countedMoney(
  amount: Money,
  currency: string,
  rate: AppliedRate | null,
  pointer = '/amount/amount'
): ConvertedMoney {
  const money = convertedMoney(amount, currency, rate)
  if (money.amountMinor === 0) throw nothingLeft(amount, { currency, pointer })
  return money
}

export function tooLarge(amount: Money): Problem {
  return new Problem('exposure-too-large', said(details.tooLarge, { amount: statedMoney(amount) }))
}

export function nothingLeft(
  amount: Money,
  { currency, pointer = '/amount/amount' }: { readonly currency: string; readonly pointer?: string }
): Problem {
  return fieldProblem(pointer, 'amount', said(details.noAmount, { amount: statedMoney(amount), currency }))
}
