import { LIMIT_MODE_NAMES } from '../../limits/limit-names.ts'
import { minorOf, minorPerMajor } from '../../values/money.ts'
import { type Names, nameIn, withNames } from '../../values/naming.ts'
import { ADVICE_NAMES } from '../../values/rating.ts'
import {
  spokenAmount,
  spokenAmountDays,
  spokenBeside,
  spokenDate,
  spokenFigure,
  spokenInstant,
  spokenLevel
} from '../../values/spoken.ts'
import type { Text } from '../../values/text.ts'
import { type Audience, SALES, type Wording, worded } from '../../values/wording.ts'
import type { CheckDecision } from '../decision.ts'
import type { ForecastCause, HeadroomForecast } from '../headroom-forecast.ts'
import type { CheckStep, StepUnit } from '../steps/check-step.ts'
import texts from '../texts.json' with { type: 'json' }
import type { AlternativeKind, ConditionKind } from './advice-texts.ts'

const { names } = texts
const OUTCOMES: Readonly<Record<CheckDecision['outcome'], Wording>> = names.outcomes
const STEPS: Readonly<Record<CheckStep['code'], Wording>> = names.steps
const RESULTS: Readonly<Record<CheckStep['result'], Wording>> = names.results
const ALTERNATIVES: Readonly<Record<AlternativeKind, Wording>> = names.alternatives
const CONDITIONS: Readonly<Record<ConditionKind, Wording>> = names.conditions
const ORDER_KINDS: Readonly<Record<CheckDecision['kind'], Wording>> = names.orderKinds

/** What people call the outcomes of a check, and the states of an order that waits. */
export const OUTCOME_NAMES: Names = OUTCOMES
export const BLOCK_STATE_NAMES: Names = names.blockStates

const CAUSES: Readonly<Record<ForecastCause, Wording>> = names.causes

/** What people call what the days late of a forecast rest on. */
export const DAYS_LATE_BY_NAMES: Readonly<Record<HeadroomForecast['daysLateBy'], Wording>> = names.daysLateBy

/** What people call an outcome of a check. */
export function nameOfOutcome(outcome: CheckDecision['outcome'], audience: Audience = SALES): Text {
  return worded(OUTCOMES[outcome], audience)
}

/** What people call a cause of a change of the available credit. */
export function nameOfCause(cause: ForecastCause, audience: Audience): Text {
  return worded(CAUSES[cause], audience)
}

interface Coded {
  readonly kind: CheckDecision['kind']
  readonly outcome: CheckDecision['outcome']
  readonly amount: { readonly currency: string }
  readonly steps: readonly CheckStep[]
  readonly alternatives: readonly { readonly kind: AlternativeKind }[]
  readonly unblockedBy: readonly { readonly step: CheckStep['code']; readonly kind: ConditionKind }[]
}
type Named<Each> = Each & { name?: Text }

interface Changes {
  readonly outcome: CheckDecision['outcome']
  readonly steps: readonly {
    readonly code: CheckStep['code']
    readonly before: CheckStep['result']
    readonly today: CheckStep['result']
  }[]
}

/** What would come out otherwise than before, with what people call its codes. */
export function namedChanges({ outcome, steps }: Changes, audience: Audience) {
  return {
    ...withNames({ outcome }, { outcome: OUTCOMES }, audience),
    steps: steps.map((each) =>
      named(withNames(each, { before: RESULTS, today: RESULTS }, audience), STEPS, each.code, audience)
    )
  }
}

/** A decision with what people call its codes, and what its steps look at in words. */
export function namedCheck<Decision extends Coded>(
  decision: Decision,
  audience: Audience
): Omit<Decision, 'steps' | 'alternatives' | 'unblockedBy'> & {
  outcomeName?: Text
  kindName?: Text
  steps: (Named<Decision['steps'][number]> & StepWords)[]
  alternatives: Named<Decision['alternatives'][number]>[]
  unblockedBy: (Named<Decision['unblockedBy'][number]> & { stepName?: Text })[]
} {
  const { alternatives, unblockedBy, steps, amount } = decision
  return {
    ...withNames(decision, { outcome: OUTCOMES, kind: ORDER_KINDS }, audience),
    steps: steps.map((each) => ({
      ...named(withNames(each, { result: RESULTS }, audience), STEPS, each.code, audience),
      ...wordsOf(each, amount.currency, audience)
    })),
    alternatives: alternatives.map((each) => named(each, ALTERNATIVES, each.kind, audience)),
    unblockedBy: unblockedBy.map((each) =>
      named(withNames(each, { step: STEPS }, audience), CONDITIONS, each.kind, audience)
    )
  }
}

function named<Each extends object>(each: Each, of: Names, code: string, audience: Audience): Named<Each> {
  const name = nameIn(of, code, audience)
  return name === undefined ? each : { ...each, name }
}

interface StepWords {
  resultName?: Text
  observedWords?: Text
  thresholdWords?: Text
  exemptedByName?: Text
  withoutEasing?: NonNullable<CheckStep['withoutEasing']> & { resultName?: Text; observedWords?: Text }
}

/** What a step looked at and asked for as people say it; nothing of what has no form of its own. */
function wordsOf(
  { code, observed, threshold, unit, exemptedBy, withoutEasing }: CheckStep,
  currency: string,
  audience: Audience
): StepWords {
  // Of the steps without a unit one observes a code; others what somebody wrote.
  const isSaid = unit !== 'none' || code === 'rating_advice'
  const asked = isSaid ? inWords(threshold, unit, { currency, audience }) : undefined
  const found = isSaid ? inWords(observed, unit, { currency, audience, beside: asked }) : undefined
  const exempts = exemptedBy === null || Object.hasOwn(names.exemptions, exemptedBy) ? exemptedBy : 'release'
  const exemption = nameIn(names.exemptions, exempts, audience)
  const without =
    withoutEasing === undefined ? undefined : inWords(withoutEasing.observed, unit, { currency, audience })
  return {
    ...(found === undefined ? {} : { observedWords: found }),
    ...(asked === undefined ? {} : { thresholdWords: asked }),
    ...(exemption === undefined ? {} : { exemptedByName: exemption }),
    ...(withoutEasing === undefined
      ? {}
      : {
          withoutEasing: {
            ...withNames(withoutEasing, { result: RESULTS }, audience),
            ...(without === undefined ? {} : { observedWords: without })
          }
        })
  }
}

interface Spoken {
  readonly currency: string
  readonly audience: Audience
  /** The bound that stands beside a finding, which is not to read alike unless it is the same. */
  readonly beside?: Text | undefined
}

function inWords(
  value: CheckStep['observed'],
  unit: StepUnit,
  { currency, audience, beside }: Spoken
): Text | undefined {
  if (value === null) return undefined
  if (typeof value === 'number') {
    if (unit === 'level') return spokenLevel(value)
    if (unit === 'amount_days') return spokenAmountDays(Math.round(value * minorPerMajor(currency)), currency)
    const spoken = unit === 'share' ? 'ratio' : unit
    return beside === undefined ? spokenFigure(value, spoken) : spokenBeside(value, spoken, beside)
  }
  if (unit === 'amount') return spokenAmount(minorOf({ amount: value, currency }), currency)
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return spokenDate(value)
  if (unit === 'instant') return spokenInstant(value)
  if (unit === 'grade') return { en: value, zh: value }
  return nameIn(unit === 'mode' ? LIMIT_MODE_NAMES : ADVICE_NAMES, value, audience)
}
