import type { CheckPolicy } from '../policy/check-policy.ts'
import type { Money } from '../values/money.ts'
import type { CheckFacts } from './check-facts.ts'
import { boundMinor } from './order-headroom.ts'
import type { CheckStep, CheckStepCode } from './steps/check-step.ts'
import { type Exemption, evaluateSteps } from './steps/evaluate-steps.ts'

/** The verdict of an account above on an order, in its own currency. */
export interface LevelVerdict {
  readonly steps: readonly CheckStep[]
  /** Limit and cover less exposure. Null: unlimited. */
  readonly availableBefore: Money | null
  readonly availableAfter: Money | null
}

/** The steps of an account above that has a limit of its own. Without a limit only a hold stops. */
const LEVEL_STEPS = ['manual_hold', 'limit_in_force', 'headroom', 'headroom_horizon'] as const
const HOLD_ALONE = ['manual_hold'] as const

/**
 * Each account above as if the order were asked for there alone, with the order in the currency
 * there. The nearest first.
 */
export function levelFacts(facts: CheckFacts): CheckFacts[] {
  const { account, situation, order, above = [] } = facts
  return above.map(({ coverMinor, beyondHorizonMinor, order: amounts, ...level }) => ({
    ...facts,
    account: { ...account, ...level },
    situation: { ...situation, beyondHorizonMinor, security: { coverMinor, validUntil: null, lapsed: null } },
    order: { ...order, ...amounts }
  }))
}

/** The steps of one account above. */
export function stepsOfLevel(check: CheckPolicy, level: CheckFacts, exemption: Exemption): CheckStep[] {
  const codes: readonly CheckStepCode[] = level.account.limitDecisionId === null ? HOLD_ALONE : LEVEL_STEPS
  return evaluateSteps(codes, check, level, exemption)
}

/**
 * The level with the least room for what the order asks there, by the binding way of counting; the
 * first of equal ones. Null when no limit bounds the order or it asks for no credit. A level above
 * without a limit of its own is skipped.
 */
export function bindingLevel(check: CheckPolicy, levels: readonly CheckFacts[]): number | null {
  let binding: { readonly level: number; readonly asked: bigint; readonly room: bigint } | null = null
  for (const [level, facts] of levels.entries()) {
    const { askedMinor, roomMinor } = boundMinor(check, facts)
    const hasLimit = level === 0 || facts.account.limitDecisionId !== null
    if (!hasLimit || roomMinor === null || askedMinor === 0) continue
    const [asked, room] = [BigInt(askedMinor), BigInt(roomMinor)]
    // The share room / asked, compared without rounding.
    if (binding === null || room * binding.asked < binding.room * asked) binding = { level, asked, room }
  }
  return binding === null ? null : binding.level
}
