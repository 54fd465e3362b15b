import { collector, isShare } from '../values/faults.ts'
import { type PolicyFault, policyFault } from './policy-faults.ts'

/** How far a new exchange rate may lie from those on file without a person who confirms it. */
export interface RatePolicy {
  /** By which share 0..1 a rate may move against the last one in force. */
  moveShareMax: number
  /**
   * By which share 0..1 it may miss the rate that is recorded for the same day the other way round:
   * bid, ask and rounding.
   */
  inverseShareMax: number
  /**
   * By which share 0..1 the two sides of a settlement between currencies may differ at the rates of
   * its day, where a caller states both. Absent: 5 %.
   */
  settlesShareMax?: number
}

/** What holds in a policy that states nothing: a rate of any size passed before. */
const UNSTATED: RatePolicy = { moveShareMax: 0.2, inverseShareMax: 0.02 }

/** Banks' margins and fees lie within it; a slip of the decimal point does not. */
const SETTLES_SHARE_MAX = 0.05

/** The share 0..1 that holds: a caller's figure of any size counted before. */
export function settlesShareMaxOf({ rates }: { rates?: RatePolicy }): number {
  return rates?.settlesShareMax ?? SETTLES_SHARE_MAX
}

/** The rate on file that a new one is held against, in the direction of the new one. */
interface KnownRate {
  readonly rate: number
  /** Whether it was recorded for the same day, the other way round. */
  readonly isInverseOfDay: boolean
}

/** Why a rate needs a person who confirms it. */
interface RateDoubt {
  readonly code: 'moved' | 'contradicts_inverse'
  /** By which share it lies off the known one, and by which it may. */
  readonly share: number
  readonly shareMax: number
}

/** Whether a rate lies too far off the known one; undefined when it does not. */
export function rateDoubt(
  { rates = UNSTATED }: { rates?: RatePolicy },
  rate: number,
  known: KnownRate
): RateDoubt | undefined {
  // Rounded, so that a rate exactly at the bound passes.
  const share = Math.round(Math.abs(rate / known.rate - 1) * 1e9) / 1e9
  const [code, shareMax] = known.isInverseOfDay
    ? (['contradicts_inverse', rates.inverseShareMax] as const)
    : (['moved', rates.moveShareMax] as const)
  return share > shareMax ? { code, share, shareMax } : undefined
}

/** What is wrong with the shares. */
export function ratePolicyFaults(policy: RatePolicy): PolicyFault[] {
  const { moveShareMax, inverseShareMax, settlesShareMax = SETTLES_SHARE_MAX } = policy
  const { faults, expect } = collector(policyFault)
  for (const [name, share] of Object.entries({ moveShareMax, inverseShareMax, settlesShareMax }))
    expect(isShare(share), `/rates/${name}`, 'A share is from 0 to 1.')
  return faults
}
