import { withNames } from '../values/naming.ts'
import { ADVICE_NAMES } from '../values/rating.ts'
import type { Audience, Wording } from '../values/wording.ts'
import type { CHANGE_KINDS, COUNTERFACTUAL_GOALS } from './counterfactuals.ts'
import texts from './texts.json' with { type: 'json' }

const GOALS: Readonly<Record<(typeof COUNTERFACTUAL_GOALS)[number], Wording>> = texts.goals
const KINDS: Readonly<Record<(typeof CHANGE_KINDS)[number], Wording>> = texts.kinds

interface Coded {
  readonly goal: string | null
  readonly sets: readonly { readonly advice: string; readonly changes: readonly { readonly kind: string }[] }[]
}

/** What would improve an assessment, with what people call its codes. */
export function namedCounterfactuals<Found extends Coded>(found: Found, audience: Audience): Found {
  return {
    ...withNames(found, { goal: GOALS }, audience),
    sets: found.sets.map((set) => ({
      ...withNames(set, { advice: ADVICE_NAMES }, audience),
      changes: set.changes.map((each) => withNames(each, { kind: KINDS }, audience))
    }))
  }
}
