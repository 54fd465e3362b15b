import type { CheckPolicy } from '../../policy/check-policy.ts'
import { millisecondsOf } from '../../values/instants.ts'
import { type CheckFacts, creditMinor, type ReleaseFacts } from '../check-facts.ts'
import { type CheckStep, type CheckStepCode, isObstacle, type StepFinding } from './check-step.ts'
import { EXPOSURE_STEPS } from './exposure-steps.ts'
import { OVERDUE_STEPS } from './overdue-steps.ts'
import { STANDING_STEPS } from './standing-steps.ts'

const STEPS: Readonly<Record<CheckStepCode, (check: CheckPolicy, facts: CheckFacts) => StepFinding>> = {
  ...STANDING_STEPS,
  ...EXPOSURE_STEPS,
  ...OVERDUE_STEPS
}

/** What exempts steps of an order, on every level alike. */
export interface Exemption {
  /** Why the order asks for no credit; null: it does. */
  readonly noCredit: 'credit_note' | 'prepaid' | null
  /** The release that the order brings; null: none, or none that still holds. */
  readonly release: ReleaseFacts | null
}

/** What exempts steps of the order. */
export function exemptionOf(facts: CheckFacts): Exemption {
  const { order, release } = facts
  const kind = order.kind === 'credit_note' ? 'credit_note' : 'prepaid'
  return { noCredit: creditMinor(order) === 0 ? kind : null, release: isReleased(facts) ? release : null }
}

/**
 * Whether the release that the order brings still holds: the order is no larger than was released,
 * and the time is not up.
 */
export function isReleased({ order, release, now }: Pick<CheckFacts, 'order' | 'release' | 'now'>): boolean {
  if (release === null) return false
  return (
    order.heldMinor + order.amountMinor <= release.amountMaxMinor &&
    millisecondsOf(now) <= millisecondsOf(release.validUntil)
  )
}

/** Steps of an order with what they found, in the order of their codes. */
export function evaluateSteps(
  codes: readonly CheckStepCode[],
  check: CheckPolicy,
  facts: CheckFacts,
  exemption: Exemption
): CheckStep[] {
  return codes.map((code) => exempted(code, STEPS[code](check, facts), exemption))
}

/**
 * A step with what exempts it. A release exempts only what would have stopped the order. Nothing
 * exempts a manual hold.
 */
function exempted(code: CheckStepCode, finding: StepFinding, { noCredit, release }: Exemption): CheckStep {
  const step = { code, ...finding, exemptedBy: null, exemptUntil: null }
  if (code === 'manual_hold') return step
  if (noCredit !== null) return { ...step, result: 'exempt', exemptedBy: noCredit }
  if (release === null || !isObstacle(finding) || !release.exempts.includes(code)) return step
  return { ...step, result: 'exempt', exemptedBy: release.releaseId, exemptUntil: release.validUntil }
}
