import { nameOfFeature } from '../features/feature-names.ts'
import type { Grade } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import { filled } from '../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

interface Part {
  readonly id: string
  readonly name: Text
}

/** What of a model has a name, or one that follows from what it does. */
export interface ModelParts {
  readonly inputs?: readonly { readonly id: string; readonly description: Text }[]
  readonly characteristics: readonly Part[]
  readonly evidence?: readonly Part[]
  readonly notches?: readonly Part[]
  readonly knockouts: readonly Part[]
  readonly ceilings: readonly { readonly id: string; readonly bestGrade: Grade }[]
}

/** What people call a characteristic of a model; undefined where it has none of this id. */
export function nameOfCharacteristic({ characteristics }: ModelParts, id: string): Text | undefined {
  return nameOf(characteristics, id)
}

/** What people call a notch, a ceiling, a knock-out or a body of evidence of a model. */
export function nameOfRule(
  { notches = [], knockouts, ceilings, evidence = [] }: ModelParts,
  id: string
): Text | undefined {
  const named = nameOf(notches, id) ?? nameOf(knockouts, id) ?? nameOf(evidence, id)
  if (named !== undefined) return named
  const grade = ceilings.find((each) => each.id === id)?.bestGrade
  return grade === undefined ? undefined : filled(texts.names.ceiling, { grade })
}

/** A thing that looks at a feature, with what people call that. */
export function withFeatureName<Thing extends { readonly feature: string }>(
  thing: Thing,
  { inputs }: Partial<ModelParts>
): Thing & { featureName?: Text } {
  const name = nameOfFeature(thing.feature, inputs)
  return name === undefined ? thing : { ...thing, featureName: name }
}

/** Names in the order of their ids; an id that has none stands for itself. */
export function namesOf(ids: readonly string[], nameOfId: (id: string) => Text | undefined): Text[] {
  return ids.map((id) => nameOfId(id) ?? { en: id, zh: id })
}

function nameOf(parts: readonly Part[], id: string): Text | undefined {
  return parts.find((each) => each.id === id)?.name
}
