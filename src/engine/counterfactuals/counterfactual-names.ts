import {
  type ModelParts,
  nameOfCharacteristic,
  nameOfRule,
  namesOf,
  withFeatureName
} from '../scorecards/part-names.ts'
import { withNames } from '../values/naming.ts'
import { ADVICE_NAMES } from '../values/rating.ts'
import type { Audience, Wording } from '../values/wording.ts'
import type { CHANGE_KINDS, COUNTERFACTUAL_GOALS } from './counterfactuals.ts'
import texts from './texts.json' with { type: 'json' }

const GOALS: Readonly<Record<(typeof COUNTERFACTUAL_GOALS)[number], Wording>> = texts.goals
const KINDS: Readonly<Record<(typeof CHANGE_KINDS)[number], Wording>> = texts.kinds

interface CodedChange {
  readonly kind: string
  readonly feature: string
  readonly characteristics: readonly string[]
}
interface Coded {
  readonly goal: string | null
  readonly sets: readonly {
    readonly advice: string
    readonly clears: readonly string[]
    readonly changes: readonly CodedChange[]
  }[]
}

/**
 * What would improve an assessment, with what people call its codes, its features and the parts of
 * the model.
 */
export function namedCounterfactuals<Found extends Coded>(found: Found, model: ModelParts, audience: Audience): Found {
  return {
    ...withNames(found, { goal: GOALS }, audience),
    sets: found.sets.map((set) => ({
      ...withNames(set, { advice: ADVICE_NAMES }, audience),
      clearsNames: namesOf(set.clears, (id) => nameOfRule(model, id)),
      changes: set.changes.map((each) => ({
        ...withFeatureName(withNames(each, { kind: KINDS }, audience), model),
        characteristicsNames: namesOf(each.characteristics, (id) => nameOfCharacteristic(model, id))
      }))
    }))
  }
}
