import { collector } from '../values/faults.ts'
import { isCurrency, type Money, parseAmount } from '../values/money.ts'

/** One fault of a policy document. `pointer` is a JSON pointer into it. */
export interface PolicyFault {
  pointer: string
  detail: string
}

/** A fault of a policy document. */
export function policyFault(pointer: string, detail: string): PolicyFault {
  return { pointer, detail }
}

/** Amounts of 0 or more, each currency once. */
export function moneyListFaults(list: readonly Money[], pointer: string): PolicyFault[] {
  const { faults, expect } = collector(policyFault)
  list.forEach(({ amount, currency }, index) => {
    const amountMinor = isCurrency(currency) ? parseAmount(amount, currency) : undefined
    expect(
      amountMinor !== undefined && amountMinor >= 0,
      `${pointer}/${index}`,
      `"${amount} ${currency}" is no amount from 0.`
    )
    const first = list.findIndex((each) => each.currency === currency)
    expect(first === index, `${pointer}/${index}/currency`, 'Listed twice.')
  })
  return faults
}
