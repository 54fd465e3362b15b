/**
 * The states of an order that was not approved. `open`: it waits, and is decided again whenever
 * headroom may have risen. The others are final until the next check of the order: a later check
 * approved it, a person released or rejected it, the caller withdrew it, or it waited longer than
 * the policy allows.
 */
export const BLOCK_STATES = ['open', 'approved', 'released', 'rejected', 'withdrawn', 'lapsed'] as const
export type BlockState = (typeof BLOCK_STATES)[number]
