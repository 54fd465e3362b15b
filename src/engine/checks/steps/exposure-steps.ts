import { countedMinor, totalExposureMinor } from '../../ledger/exposure.ts'
import type { CheckPolicy, HeadroomBasis } from '../../policy/check-policy.ts'
import type { ReasonCode } from '../../reasons/reasons.ts'
import { formatAmount } from '../../values/money.ts'
import { shareAbove, shareBelow } from '../../values/shares.ts'
import { type AccountFacts, type CheckFacts, creditMinor } from '../check-facts.ts'
import { coverInForceMinor, creditWithinHorizonMinor, horizonRoomMinor, staticRoomMinor } from '../order-headroom.ts'
import type { CheckStepCode, StepFinding } from './check-step.ts'

type Step = (check: CheckPolicy, facts: CheckFacts) => StepFinding

/** The steps that compare the order with the limit. */
export const EXPOSURE_STEPS = {
  headroom: (check, facts) =>
    headroom(check, facts, 'static', {
      asked: creditMinor(facts.order),
      room: staticRoomMinor(facts),
      reason: 'LIMIT_EXCEEDED'
    }),

  headroom_horizon: (check, facts) =>
    headroom(check, facts, 'horizon', {
      asked: creditWithinHorizonMinor(check, facts),
      room: horizonRoomMinor(facts),
      // What exceeds the limit within the horizon exceeds it as a whole, so where that decides it
      // is the one reason.
      reason: check.headroomBasis === 'horizon' ? 'LIMIT_EXCEEDED_WITHIN_HORIZON' : 'LIMIT_EXCEEDED'
    }),

  largest_order: (check, { account, order, now }) => {
    const step = { threshold: check.largestOrderShareOfLimit, unit: 'share', dataAsOf: now } as const
    if (account.limitMode === 'unlimited') return { ...step, observed: null, result: 'pass', reason: null }
    if (account.limitMode !== 'limited')
      return { ...step, observed: null, result: 'not_evaluable', reason: withoutLimit(account) }
    const observed = shareAbove(order.heldMinor + creditMinor(order), account.limitMinor)
    const exceeded = observed === null || observed > check.largestOrderShareOfLimit
    return {
      ...step,
      observed,
      result: exceeded ? check.largestOrderExceeded : 'pass',
      reason: exceeded ? 'ORDER_TOO_LARGE' : null
    }
  },

  utilisation: (check, facts) => {
    const { account, order, now } = facts
    const step = { threshold: check.utilisationWarnShare, unit: 'share', dataAsOf: now } as const
    const inUseMinor = countedMinor(totalExposureMinor(account) + creditMinor(order), coverInForceMinor(facts))
    const used = account.limitMode === 'limited' ? shareBelow(inUseMinor, account.limitMinor) : null
    if (used === null) return { ...step, observed: null, result: 'pass', reason: null }
    const high = used >= check.utilisationWarnShare
    return { ...step, observed: used, result: high ? 'warn' : 'pass', reason: high ? 'UTILISATION_HIGH' : null }
  }
} satisfies Partial<Record<CheckStepCode, Step>>

/**
 * The result of one way of counting. The binding one decides; the other is shown, and warns at
 * most.
 */
function headroom(
  check: CheckPolicy,
  { account, now }: CheckFacts,
  basis: HeadroomBasis,
  { asked, room, reason }: { asked: number; room: number | null; reason: ReasonCode }
): StepFinding {
  const binds = check.headroomBasis === basis
  const step = { observed: formatAmount(asked, account.currency), unit: 'amount', dataAsOf: now } as const
  if (account.limitDecisionId === null)
    return { ...step, threshold: null, result: binds ? 'not_evaluable' : 'warn', reason: 'LIMIT_MISSING' }
  if (room === null) return { ...step, threshold: null, result: 'pass', reason: null }
  const threshold = formatAmount(room, account.currency)
  if (asked <= room) return { ...step, threshold, result: 'pass', reason: null }
  return { ...step, threshold, result: binds ? check.headroomExceeded : 'warn', reason }
}

/** Why there is no limit to compare with. */
export function withoutLimit({ limitDecisionId, limitMode }: AccountFacts): ReasonCode {
  if (limitDecisionId === null) return 'LIMIT_MISSING'
  if (limitMode === 'cash_only') return 'CASH_ONLY'
  return limitMode === 'none' ? 'NO_LIMIT_GRANTED' : 'LIMIT_MISSING'
}
