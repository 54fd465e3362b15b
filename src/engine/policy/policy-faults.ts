import { isCurrency, type Money, parseAmount } from '../values/money.ts'

/** One fault of a policy document. `pointer` is a JSON pointer into it. */
export interface PolicyFault {
  pointer: string
  detail: string
}

/** Collects faults: `expect(condition, pointer, detail)` notes one when the condition does not hold. */
export function collector(): {
  faults: PolicyFault[]
  expect: (condition: boolean, pointer: string, detail: string) => void
} {
  const faults: PolicyFault[] = []
  return {
    faults,
    expect: (condition, pointer, detail) => {
      if (!condition) faults.push({ pointer, detail })
    }
  }
}

/** Amounts of 0 or more, each currency once. */
export function moneyListFaults(list: readonly Money[], pointer: string): PolicyFault[] {
  const { faults, expect } = collector()
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

/** Whether a value is a whole number within bounds. */
export function isWhole(value: number, from: number, to = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= from && value <= to
}

/** Whether a value is a share, 0 to 1. */
export function isShare(value: number): boolean {
  return value >= 0 && value <= 1
}
