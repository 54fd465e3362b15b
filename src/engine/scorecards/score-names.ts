import type { MissingReason } from '../features/feature.ts'
import { nameOfFeature } from '../features/feature-names.ts'
import { type Names, withNames } from '../values/naming.ts'
import { ADVICE_NAMES } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import type { Audience, Wording } from '../values/wording.ts'
import { type ModelParts, nameOfCharacteristic, nameOfRule, namesOf, withFeatureName } from './part-names.ts'
import type {
  CeilingResult,
  Contribution,
  ContributionState,
  KnockoutResult,
  KnockoutState,
  NotchResult,
  ScoreRange,
  ScoreReason
} from './score-result.ts'
import type { CharacteristicGroup, ScoringModel } from './scoring-model.ts'
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
  readonly range: ScoreRange
  readonly reasons: readonly Pick<ScoreReason, 'direction' | 'points' | 'from'>[]
  readonly contributions: readonly (Pick<Contribution, 'id' | 'group' | 'feature' | 'state' | 'missing'> & {
    readonly name: Text
  })[]
  readonly otherInputs: readonly Pick<Contribution, 'feature' | 'missing'>[]
  readonly notches: readonly Pick<NotchResult, 'id' | 'state'>[]
  readonly ceilings: readonly Pick<CeilingResult, 'id' | 'bestGrade'>[]
  readonly knockouts: readonly Pick<KnockoutResult, 'id' | 'state' | 'advice'>[]
  readonly unavailableInputs?: readonly string[]
  readonly inputs?: { readonly values: Readonly<Record<string, unknown>> }
}

/** What a model calls its inputs and rules; an assessment has the names of its characteristics. */
type NamingModel = Pick<ScoringModel, 'inputs' | 'evidence' | 'notches' | 'knockouts'>

/**
 * What a model says of a file, with what people call its codes, its features and the parts of the
 * model. Without the model its own inputs and rules have no names.
 */
export function namedScore<Score extends Coded>(
  score: Score,
  audience: Audience,
  model: NamingModel = { evidence: [], knockouts: [] }
): Score {
  const { reasons, contributions, otherInputs, notches, ceilings, knockouts, unavailableInputs, inputs } = score
  const parts: ModelParts = { ...model, characteristics: contributions, ceilings }
  const list = <Each extends object, Field extends keyof Each & string>(
    all: readonly Each[],
    of: Readonly<Record<Field, Names>>
  ) => all.map((each) => withNames(each, of, audience))
  const rules = <Rule extends { readonly id: string }>(all: readonly Rule[]) =>
    all.map((each) => withName(each, nameOfRule(parts, each.id)))
  const nameOfInput = (id: string) => nameOfFeature(id, model.inputs)
  return {
    ...withNames(score, { status: SCORE_STATUS_NAMES, advice: ADVICE_NAMES, working: WORKING_NAMES }, audience),
    range: namedRange(score.range, parts),
    reasons: list(reasons, { direction: DIRECTIONS }).map((each) => ({ ...each, fromNames: originsOf(each, parts) })),
    contributions: list(contributions, { group: GROUPS, state: STATES, missing: MISSING }).map((each) =>
      withFeatureName(each, parts)
    ),
    otherInputs: list(otherInputs, { missing: MISSING }).map((each) => withFeatureName(each, parts)),
    notches: rules(list(notches, { state: RULE_STATES })),
    ceilings: rules(ceilings),
    knockouts: rules(list(knockouts, { state: RULE_STATES, advice: ADVICE_NAMES })),
    ...(unavailableInputs === undefined ? {} : { unavailableInputsNames: namesOf(unavailableInputs, nameOfInput) }),
    ...(inputs === undefined ? {} : { inputs: { ...inputs, valuesNames: namesById(inputs.values, nameOfInput) } })
  }
}

/** Of what lost or earned points the characteristics, of any other reason the rules. */
function originsOf({ from, points }: Pick<ScoreReason, 'from' | 'points'>, parts: ModelParts): Text[] {
  return namesOf(from, (id) => {
    const rule = nameOfRule(parts, id)
    return points === 0 && rule !== undefined ? rule : (nameOfCharacteristic(parts, id) ?? rule)
  })
}

function namedRange(range: ScoreRange, parts: ModelParts): ScoreRange {
  const { worthMost } = range
  if (worthMost === null) return range
  return { ...range, worthMost: withFeatureName(withName(worthMost, nameOfCharacteristic(parts, worthMost.id)), parts) }
}

function withName<Thing extends object>(thing: Thing, name: Text | undefined): Thing & { name?: Text } {
  return name === undefined ? thing : { ...thing, name }
}

function namesById(values: object, nameOfId: (id: string) => Text | undefined): Record<string, Text> {
  return Object.fromEntries(Object.keys(values).map((id) => [id, nameOfId(id) ?? { en: id, zh: id }]))
}
