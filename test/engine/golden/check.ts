import { alternatives } from '../../../src/engine/checks/alternatives.ts'
import type { CheckFacts } from '../../../src/engine/checks/check-facts.ts'
import { checkOrder } from '../../../src/engine/checks/order-check.ts'
import { unblockedBy } from '../../../src/engine/checks/unblocking.ts'
import type { CheckPolicy } from '../../../src/engine/policy/check-policy.ts'
import type { Policy } from '../../../src/engine/policy/policy.ts'

/**
 * One stored order check: its facts, what its policy has instead of the stored one, and the digest
 * of what was decided.
 */
export interface StoredCheck {
  readonly sha256: string
  readonly check: Partial<CheckPolicy>
  readonly facts: CheckFacts
}

/** What was decided about an order, with what would pass instead and what would let it pass. */
export function decideOrder(policy: Policy, { check, facts }: Pick<StoredCheck, 'check' | 'facts'>): string {
  const own = { ...policy, check: { ...policy.check, ...check } }
  const verdict = checkOrder(own, facts)
  const advice = { alternatives: alternatives(own, facts, verdict), unblockedBy: unblockedBy(own, facts, verdict) }
  return JSON.stringify({ verdict, ...advice })
}
