import { amountIn, type CheckPolicy } from '../../policy/check-policy.ts'
import type { ReasonCode } from '../../reasons/reasons.ts'
import { daysBetween } from '../../values/dates.ts'
import { shareBelow } from '../../values/shares.ts'
import type { CheckFacts } from '../check-facts.ts'
import type { CheckStepCode, StepFinding, StepUnit } from './check-step.ts'

type Step = (check: CheckPolicy, facts: CheckFacts) => StepFinding

/** The steps that look at what is overdue and how the customer pays. */
export const OVERDUE_STEPS = {
  oldest_overdue: withoutEasing(({ oldestOverdue }, { situation: { oldestDueOn, asOf }, today }) => {
    const days = oldestDueOn === null ? 0 : Math.max(0, daysBetween(oldestDueOn, today))
    const { referAfterDays, failAfterDays } = oldestOverdue
    return {
      observed: days,
      ...graded(days > failAfterDays, days > referAfterDays, failAfterDays, referAfterDays, 'OVERDUE_TOO_OLD'),
      ...measured('days', asOf)
    }
  }),

  share_overdue: withoutEasing(({ shareOverdue }, { account, situation: { overdueMinor, openMinor, asOf } }) => {
    const { referFromShare, failFromShare, minimumAmount } = shareOverdue
    const share = shareBelow(overdueMinor, openMinor) ?? 0
    const counts = overdueMinor > 0 && overdueMinor >= amountIn(minimumAmount, account.currency)
    const fails = counts && share >= failFromShare
    const refers = counts && share >= referFromShare
    return {
      observed: share,
      ...graded(fails, refers, failFromShare, referFromShare, 'OVERDUE_BALANCE_HIGH'),
      ...measured('share', asOf)
    }
  }),

  overdue_severity: withoutEasing(
    ({ overdueSeverity }, { account, situation: { overdueSeverity: observed, asOf } }) => {
      const rule = overdueSeverity.find(({ currency }) => currency === account.currency)
      const step = { observed, ...measured('amount_days', asOf) }
      if (rule !== undefined) {
        const { failFrom, referFrom } = rule
        return {
          ...step,
          ...graded(observed >= failFrom, observed >= referFrom, failFrom, referFrom, 'OVERDUE_SEVERE')
        }
      }
      const none = observed === 0
      return {
        ...step,
        threshold: null,
        result: none ? 'pass' : 'not_evaluable',
        reason: none ? null : 'CURRENCY_WITHOUT_THRESHOLD'
      }
    }
  ),

  payment_index: ({ paymentIndex }, { situation: { paymentDaysLate: observed, asOf } }) => {
    const { referAfterDays, failAfterDays, missing } = paymentIndex
    const step = { observed, ...measured('days', asOf) }
    if (observed === null) return { ...step, threshold: referAfterDays, result: missing, reason: 'NOTHING_PAID_YET' }
    return {
      ...step,
      ...graded(observed > failAfterDays, observed > referAfterDays, failAfterDays, referAfterDays, 'PAYS_TOO_LATE')
    }
  },

  dunning_level: withoutEasing(({ dunningLevel }, { situation: { dunningLevel: observed, asOf } }) => {
    const { referFrom, failFrom } = dunningLevel
    return {
      observed,
      ...graded(observed >= failFrom, observed >= referFrom, failFrom, referFrom, 'DUNNED'),
      ...measured('level', asOf)
    }
  })
} satisfies Partial<Record<CheckStepCode, Step>>

/** The same step, which says besides where only a dispute or a later due date makes it pass. */
function withoutEasing(step: Step): Step {
  return (check, facts) => {
    const finding = step(check, facts)
    const { withoutEasing: without } = facts.situation
    if (without === undefined) return finding
    const { invoices, ...figures } = without
    const { result, observed } = step(check, { ...facts, situation: { ...facts.situation, ...figures } })
    return result === finding.result ? finding : { ...finding, withoutEasing: { result, observed, invoices } }
  }
}

const measured = (unit: StepUnit, dataAsOf: string) => ({ unit, dataAsOf }) as const

/** Passes below the threshold for a referral; shows the threshold that it is measured by. */
function graded(
  fails: boolean,
  refers: boolean,
  failThreshold: number,
  referThreshold: number,
  reason: ReasonCode
): Pick<StepFinding, 'result' | 'threshold' | 'reason'> {
  if (fails) return { result: 'fail', threshold: failThreshold, reason }
  return { result: refers ? 'refer' : 'pass', threshold: referThreshold, reason: refers ? reason : null }
}
