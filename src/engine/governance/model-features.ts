import type { FeatureValue } from '../features/feature.ts'
import { FEATURES, type FeatureHolder } from '../features/feature-catalogue.ts'
import type { Direction, ModelInput, ScoringModel } from '../scorecards/scoring-model.ts'

/** A feature of the catalogue, or an input that the model declares. */
export function inputOf(model: ScoringModel, id: string): Fitted | undefined {
  return Object.hasOwn(FEATURES, id) ? FEATURES[id] : model.inputs?.find((input) => input.id === id)
}

/** The declared inputs of which no call can give a value. */
export function inputsWithoutSource({ inputs = [] }: ScoringModel): string[] {
  return inputs.flatMap(({ id, from }) => (from === undefined ? [id] : []))
}

/** What the values of a feature have in common. */
type Fitted = Pick<ModelInput, 'type' | 'whole'>

/** Whether a value is one that the feature can have. */
export function fits(feature: Fitted, value: FeatureValue): boolean {
  if (feature.type === 'numeric') return feature.whole === true ? Number.isInteger(value) : Number.isFinite(value)
  return typeof value === (feature.type === 'boolean' ? 'boolean' : 'string')
}

/** Who could withhold a feature. */
export function holderOf(model: ScoringModel, id: string): FeatureHolder {
  const own = model.inputs?.find((input) => input.id === id)
  return own === undefined ? (id.startsWith('behaviour.') ? 'seller' : 'customer') : (own.heldBy ?? 'customer')
}

/** Whether others say it of the customer: once on file, the customer cannot take it out. */
export function isOnFile(model: ScoringModel, id: string): boolean {
  const own = model.inputs?.find((input) => input.id === id)
  if (own !== undefined) return holderOf(model, id) !== 'customer'
  return Object.hasOwn(FEATURES, id) && FEATURES[id]?.source === 'evidence'
}

/** The direction that some characteristic declares for a feature. */
export function directionOf(model: ScoringModel, feature: string): Direction | undefined {
  for (const each of model.characteristics) {
    if (each.feature === feature && 'monotone' in each && each.monotone !== undefined) return each.monotone
  }
  return undefined
}
