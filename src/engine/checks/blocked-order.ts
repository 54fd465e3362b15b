/**
 * What became of an order that was not approved. `open`: it waits, and is decided again whenever
 * headroom may have risen. The others are final until the order is checked again: a later check
 * approved it, a person released or rejected it, the caller withdrew it, or it waited for longer
 * than the policy lets it.
 */
export const BLOCK_STATES = ['open', 'approved', 'released', 'rejected', 'withdrawn', 'lapsed'] as const
export type BlockState = (typeof BLOCK_STATES)[number]
