import type { MissingReason } from '../features/feature.ts'
import { type Names, withNames } from '../values/naming.ts'
import { ADVICE_NAMES } from '../values/rating.ts'
import type { Audience, Wording } from '../values/wording.ts'
import type { ContributionState, KnockoutState, ScoreReason } from './score-result.ts'
import type { CharacteristicGroup } from './scoring-model.ts'
import texts from './texts.json' with { type: 'json' }

const { names } = texts
const GROUPS: Readonly<Record<CharacteristicGroup, Wording>> = names.groups
const STATES: Readonly<Record<ContributionState, Wording>> = names.contributionStates
const MISSING: Readonly<Record<MissingReason, Wording>> = names.missing
const RULE_STATES: Readonly<Record<KnockoutState, Wording>> = names.ruleStates
const DIRECTIONS: Readonly<Record<ScoreReason['direction'], Wording>> = names.directions

/** What people call how an assessment ended, and where its working comes from. */
export const SCORE_STATUS_NAMES: Names = names.statuses
export const WORKING_NAMES: Names = names.workings

interface Coded {
  readonly status: string
  readonly advice: string
  readonly working?: string
  readonly reasons: readonly { readonly direction: ScoreReason['direction'] }[]
  readonly contributions: readonly { readonly group: string; readonly state: string; readonly missing: string | null }[]
  readonly otherInputs: readonly { readonly missing: string | null }[]
  readonly notches: readonly { readonly state: string }[]
  readonly knockouts: readonly { readonly state: string; readonly advice: string }[]
}

/** What a model says of a file, with what people call its codes. */
export function namedScore<Score extends Coded>(score: Score, audience: Audience): Score {
  const { reasons, contributions, otherInputs, notches, knockouts } = score
  const list = <Each extends object, Field extends keyof Each & string>(
    all: readonly Each[],
    of: Readonly<Record<Field, Names>>
  ) => all.map((each) => withNames(each, of, audience))
  return {
    ...withNames(score, { status: SCORE_STATUS_NAMES, advice: ADVICE_NAMES, working: WORKING_NAMES }, audience),
    reasons: list(reasons, { direction: DIRECTIONS }),
    contributions: list(contributions, { group: GROUPS, state: STATES, missing: MISSING }),
    otherInputs: list(otherInputs, { missing: MISSING }),
    notches: list(notches, { state: RULE_STATES }),
    knockouts: list(knockouts, { state: RULE_STATES, advice: ADVICE_NAMES })
  }
}
