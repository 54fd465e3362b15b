import type { BusinessDate } from '../values/dates.ts'
import { shareOf } from '../values/money.ts'

/** What security there is. */
export const SECURITY_KINDS = ['insurance', 'guarantee', 'deposit', 'collateral'] as const
export type SecurityKind = (typeof SECURITY_KINDS)[number]

/** A security as far as it decides what is covered. */
interface SecurityTerms {
  readonly amountMinor: number
  /** Above 0, at most 1, with at most four decimals. */
  readonly coverShare: number
  readonly validFrom: BusinessDate
  /** The last day; null: without end. */
  readonly validUntil: BusinessDate | null
  readonly withdrawnAt: string | null
}

const SHARE_PARTS = 10_000

/** Whether a share has at most the four decimals that are counted. */
export function isCoverShare(share: number): boolean {
  return Math.round(share * SHARE_PARTS) / SHARE_PARTS === share
}

/** What a security covers while it is in force, in minor units, rounded down. */
export function coverMinor({ amountMinor, coverShare }: Pick<SecurityTerms, 'amountMinor' | 'coverShare'>): number {
  return shareOf(amountMinor, Math.round(coverShare * SHARE_PARTS), SHARE_PARTS)
}

/** Whether a security covers on a day: not withdrawn, and within its first and its last day. */
export function isInForce(
  { validFrom, validUntil, withdrawnAt }: Omit<SecurityTerms, 'amountMinor' | 'coverShare'>,
  day: BusinessDate
): boolean {
  return withdrawnAt === null && validFrom <= day && (validUntil === null || validUntil >= day)
}
