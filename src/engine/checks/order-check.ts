import { type Exposure, exposureOf } from '../ledger/exposure.ts'
import type { Policy } from '../policy/policy.ts'
import type { ReasonCode } from '../reasons/reasons.ts'
import { type Money, toMoney } from '../values/money.ts'
import { type CheckFacts, creditMinor } from './check-facts.ts'
import { bindingLevel, type LevelVerdict, levelFacts, stepsOfLevel } from './levels.ts'
import { staticRoomMinor } from './order-headroom.ts'
import { CHECK_STEPS, type CheckStep, type CheckStepCode, isObstacle, STEP_RESULTS } from './steps/check-step.ts'
import { evaluateSteps, exemptionOf } from './steps/evaluate-steps.ts'

export const OUTCOMES = ['approved', 'referred', 'declined'] as const
type Outcome = (typeof OUTCOMES)[number]

/** The decision about one order. */
export interface CheckVerdict {
  readonly outcome: Outcome
  readonly steps: readonly CheckStep[]
  /** Why it is not a plain approval, the gravest reason first. Exempt steps give no reason. */
  readonly reasons: readonly ReasonCode[]
  readonly exposureBefore: Exposure
  /** Limit and cover less exposure. Null: unlimited. */
  readonly availableBefore: Money | null
  readonly availableAfter: Money | null
  readonly policy: { readonly id: string; readonly version: number }
  /** What each account above says, the nearest first. Left out: nothing stands above. */
  readonly levels?: readonly LevelVerdict[]
  /**
   * The level whose limit leaves the order the least room: 0 is the account, 1 the nearest above.
   * Null: none bounds it. Left out: nothing stands above.
   */
  readonly bindingLevel?: number | null
}

/**
 * Decides one order for one account, and for those above it, at one moment. Every level must let it
 * pass.
 *
 * Pure and total: stored decisions are replayed through this function and must give the same bytes,
 * so its behaviour changes only with a new edition of the rules (see `editions/`). A decline is a
 * result, not an error. Exposure that equals the limit passes. A credit note and a fully prepaid
 * order ask for no credit: only a manual hold stops them.
 */
export function checkOrder(policy: Policy, facts: CheckFacts): CheckVerdict {
  const { account } = facts
  const exemption = exemptionOf(facts)
  const steps = evaluateSteps(stepsOf(policy.check), policy.check, facts, exemption)
  const above = levelFacts(facts)
  const stepsAbove = above.map((level) => stepsOfLevel(policy.check, level, exemption))
  const told = above.length === 0 ? steps : [steps, ...stepsAbove].flat()
  const outcome = outcomeOf(told)
  const { availableBefore, availableAfter } = availableAround(facts, outcome)
  const verdict = {
    outcome,
    steps,
    reasons: reasonsOf(told),
    exposureBefore: exposureOf(account, account.currency),
    availableBefore,
    availableAfter,
    policy: { id: policy.id, version: policy.version }
  }
  if (above.length === 0) return verdict
  const levels = above.map((level, index) => {
    return { steps: stepsAbove[index] ?? [], ...availableAround(level, outcome) }
  })
  return { ...verdict, levels, bindingLevel: bindingLevel(policy.check, [facts, ...above]) }
}

/** The steps that a policy asks for. */
function stepsOf({ fileChanged }: Policy['check']): readonly CheckStepCode[] {
  return fileChanged === undefined ? CHECK_STEPS.filter((code) => code !== 'file_changed') : CHECK_STEPS
}

/** The steps that stand in the way of an approval, on any level; each once. */
export function obstaclesOf({ steps, levels = [] }: Pick<CheckVerdict, 'steps' | 'levels'>): CheckStepCode[] {
  const told = [steps, ...levels.map((level) => level.steps)].flat()
  return [...new Set(told.filter(isObstacle).map(({ code }) => code))]
}

/** The available credit before and after the decision; null when unlimited. */
function availableAround(
  facts: CheckFacts,
  outcome: Outcome
): Pick<CheckVerdict, 'availableBefore' | 'availableAfter'> {
  const { currency } = facts.account
  const before = staticRoomMinor(facts)
  const after = before === null ? null : before - (outcome === 'approved' ? creditMinor(facts.order) : 0)
  const money = (minor: number | null) => (minor === null ? null : toMoney(minor, currency))
  return { availableBefore: money(before), availableAfter: money(after) }
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
