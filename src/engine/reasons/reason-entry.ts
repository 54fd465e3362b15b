import type { Text } from '../values/text.ts'

/**
 * Those who read a reason: `sales` talks to the customer, `customer` is told it, `auditor` checks
 * it.
 */
export const READERS = ['sales', 'customer', 'auditor'] as const
export type Reader = (typeof READERS)[number]

/** Whether a reason speaks against the customer, for it, or only explains. */
export const REASON_KINDS = ['adverse', 'favourable', 'neutral'] as const
export type ReasonKind = (typeof REASON_KINDS)[number]

export interface ReasonEntry {
  kind: ReasonKind
  text: Readonly<Record<Reader, Text>>
}
