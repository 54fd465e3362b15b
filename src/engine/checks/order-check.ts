import { type Exposure, exposureOf } from '../ledger/exposure.ts'
import type { Policy } from '../policy/policy.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import { millisecondsOf } from '../values/instants.ts'
import { type Money, toMoney } from '../values/money.ts'
import { type CheckFacts, creditMinor } from './check-facts.ts'
import { staticRoomMinor } from './order-headroom.ts'
import {
  CHECK_STEPS,
  type CheckStep,
  type CheckStepCode,
  isObstacle,
  STEP_RESULTS,
  type StepFinding
} from './steps/check-step.ts'
import { EXPOSURE_STEPS } from './steps/exposure-steps.ts'
import { OVERDUE_STEPS } from './steps/overdue-steps.ts'
import { STANDING_STEPS } from './steps/standing-steps.ts'

export const OUTCOMES = ['approved', 'referred', 'declined'] as const
type Outcome = (typeof OUTCOMES)[number]

/** The decision about one order. */
export interface CheckVerdict {
  readonly outcome: Outcome
  readonly steps: readonly CheckStep[]
  /** Why it is not a plain approval: the gravest first. What is exempt gives no reason. */
  readonly reasons: readonly ReasonCode[]
  readonly exposureBefore: Exposure
  /** Limit and cover less exposure. Null: unlimited. */
  readonly availableBefore: Money | null
  readonly availableAfter: Money | null
  readonly policy: { readonly id: string; readonly version: number }
}

/**
 * Decides one order for one account at one moment.
 *
 * Pure and total: stored decisions are replayed through this function and must give the same bytes,
 * so behaviour changes only with a new edition of the rules (see `editions/`). A decline is a
 * result, not an error. Exposure that equals the limit passes. A credit note and an order that is
 * prepaid in full ask for no credit: nothing but a manual hold stops them.
 */
export function checkOrder(policy: Policy, facts: CheckFacts): CheckVerdict {
  const { account, order } = facts
  const steps = CHECK_STEPS.map((code) => exempted(code, STEPS[code](policy.check, facts), facts))
  const outcome = outcomeOf(steps)
  const before = staticRoomMinor(facts)
  const after = before === null ? null : before - (outcome === 'approved' ? creditMinor(order) : 0)
  const money = (minor: number | null) => (minor === null ? null : toMoney(minor, account.currency))
  return {
    outcome,
    steps,
    reasons: reasonsOf(steps),
    exposureBefore: exposureOf(account, account.currency),
    availableBefore: money(before),
    availableAfter: money(after),
    policy: { id: policy.id, version: policy.version }
  }
}

const STEPS: Readonly<Record<CheckStepCode, (check: Policy['check'], facts: CheckFacts) => StepFinding>> = {
  ...STANDING_STEPS,
  ...EXPOSURE_STEPS,
  ...OVERDUE_STEPS
}

/**
 * A step with what exempts it: that the order asks for no credit, or a release that names the step.
 * A release exempts only what would have stopped the order. Nothing exempts a manual hold.
 */
function exempted(code: CheckStepCode, finding: StepFinding, facts: CheckFacts): CheckStep {
  const { order, release } = facts
  const step = { code, ...finding, exemptedBy: null, exemptUntil: null }
  if (code === 'manual_hold') return step
  if (creditMinor(order) === 0) {
    return { ...step, result: 'exempt', exemptedBy: order.kind === 'credit_note' ? 'credit_note' : 'prepaid' }
  }
  if (release === null || !isObstacle(finding) || !release.exempts.includes(code) || !isReleased(facts)) return step
  return { ...step, result: 'exempt', exemptedBy: release.releaseId, exemptUntil: release.validUntil }
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

/**
 * The worst step decides: any failure declines, anything to look at refers, a warning changes
 * nothing.
 */
function outcomeOf(steps: readonly CheckStep[]): Outcome {
  if (steps.some(({ result }) => result === 'fail')) return 'declined'
  return steps.some(isObstacle) ? 'referred' : 'approved'
}

function reasonsOf(steps: readonly CheckStep[]): ReasonCode[] {
  const gravity = (step: CheckStep) => -STEP_RESULTS.indexOf(step.result)
  const told = steps.filter(({ result, reason }) => result !== 'exempt' && reason !== null)
  const gravestFirst = told.toSorted((left, right) => gravity(left) - gravity(right))
  return [...new Set(gravestFirst.flatMap(({ reason }) => (reason === null ? [] : [reason])))]
}
