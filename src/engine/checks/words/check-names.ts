import type { Text } from '../../values/text.ts'
import type { CheckDecision } from '../decision.ts'
import type { ForecastCause } from '../headroom-forecast.ts'
import type { CheckStep } from '../steps/check-step.ts'
import texts from '../texts.json' with { type: 'json' }
import type { AlternativeKind, ConditionKind } from './advice-texts.ts'

const OUTCOMES: Readonly<Record<CheckDecision['outcome'], Text>> = texts.names.outcomes
const STEPS: Readonly<Record<CheckStep['code'], Text>> = texts.names.steps
const RESULTS: Readonly<Record<CheckStep['result'], Text>> = texts.names.results
const ALTERNATIVES: Readonly<Record<AlternativeKind, Text>> = texts.names.alternatives
const CONDITIONS: Readonly<Record<ConditionKind, Text>> = texts.names.conditions
const CAUSES: Readonly<Record<ForecastCause, Text>> = texts.names.causes

/** What people call an outcome of a check. */
export function nameOfOutcome(outcome: CheckDecision['outcome']): Text {
  return OUTCOMES[outcome]
}

/** What people call a cause of a change of the available credit. */
export function nameOfCause(cause: ForecastCause): Text {
  return CAUSES[cause]
}

interface Coded {
  readonly outcome: CheckDecision['outcome']
  readonly steps: readonly CheckStep[]
  readonly alternatives: readonly { readonly kind: AlternativeKind }[]
  readonly unblockedBy: readonly { readonly kind: ConditionKind }[]
}
type Named<Each> = Each & { name: Text }

interface Changes {
  readonly outcome: CheckDecision['outcome']
  readonly steps: readonly {
    readonly code: CheckStep['code']
    readonly before: CheckStep['result']
    readonly today: CheckStep['result']
  }[]
}

/** What would come out otherwise than before, with what people call its codes. */
export function namedChanges({ outcome, steps }: Changes) {
  return {
    outcome,
    outcomeName: OUTCOMES[outcome],
    steps: steps.map((each) => ({
      ...each,
      name: STEPS[each.code],
      beforeName: RESULTS[each.before],
      todayName: RESULTS[each.today]
    }))
  }
}

/** A decision with what people call its codes. */
export function namedCheck<Decision extends Coded>(
  decision: Decision
): Omit<Decision, 'steps' | 'alternatives' | 'unblockedBy'> & {
  outcomeName: Text
  steps: (Named<Decision['steps'][number]> & { resultName: Text })[]
  alternatives: Named<Decision['alternatives'][number]>[]
  unblockedBy: Named<Decision['unblockedBy'][number]>[]
} {
  const { outcome, steps, alternatives, unblockedBy } = decision
  return {
    ...decision,
    outcomeName: OUTCOMES[outcome],
    steps: steps.map((each) => ({ ...each, name: STEPS[each.code], resultName: RESULTS[each.result] })),
    alternatives: alternatives.map((each) => ({ ...each, name: ALTERNATIVES[each.kind] })),
    unblockedBy: unblockedBy.map((each) => ({ ...each, name: CONDITIONS[each.kind] }))
  }
}
