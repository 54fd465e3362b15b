import { isRatioId, RATIOS } from '../statements/ratios/ratio-catalogue.ts'
import type { Text } from '../values/text.ts'
import { FEATURES, isFeatureId } from './feature-catalogue.ts'

/** An input that a model brings along, beside the catalogue. */
interface Described {
  readonly id: string
  readonly description: Text
}

/**
 * What people call a feature: a ratio as the trade does, any other as the catalogue or, of an input
 * of its own, the model describes it. Undefined where neither knows it.
 */
export function nameOfFeature(id: string, inputs: readonly Described[] = []): Text | undefined {
  const ratio = id.replace(/^financial\./, '')
  if (ratio !== id && isRatioId(ratio)) return RATIOS[ratio].name
  const described = isFeatureId(id) ? FEATURES[id] : inputs.find((each) => each.id === id)
  if (described === undefined) return undefined
  const { en, zh } = described.description
  return { en: en.replace(/\.$/, ''), zh: zh.replace(/。$/, '') }
}
