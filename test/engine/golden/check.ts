import type { CheckFacts } from '../../../src/engine/checks/check-facts.ts'
import type { Rules } from '../../../src/engine/editions/edition.ts'
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

/**
 * What the rules of an edition decide about an order, with what would pass instead and what would
 * let it pass.
 */
export function decideOrder(
  policy: Policy,
  { check, facts }: Pick<StoredCheck, 'check' | 'facts'>,
  { checkOrder, decisionOf }: Rules
): string {
  const own = { ...policy, check: { ...policy.check, ...check } }
  const verdict = checkOrder(own, facts)
  const ids = { checkId: 'chk_1', previousCheckId: null }
  const { alternatives, unblockedBy } = decisionOf(ids, own, facts, verdict)
  return JSON.stringify({ verdict, alternatives, unblockedBy })
}
