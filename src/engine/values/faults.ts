/**
 * Collects the faults of a document. `expect(condition, …)` notes a fault when the condition is
 * false; `faultOf` makes it from the further arguments, such as a JSON pointer and a sentence.
 */
export function collector<Fault, Said extends readonly unknown[]>(
  faultOf: (...said: Said) => Fault
): { faults: Fault[]; expect: (condition: boolean, ...said: Said) => void } {
  const faults: Fault[] = []
  return {
    faults,
    expect: (condition, ...said) => {
      if (!condition) faults.push(faultOf(...said))
    }
  }
}

/** Whether a value is a number, and finite. */
export function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** Whether a value is a share, 0 to 1. */
export function isShare(value: number): boolean {
  return value >= 0 && value <= 1
}

/** Whether a value is a whole number within bounds, both included. */
export function isWhole(value: number, from: number, to = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= from && value <= to
}
