import type { CharacteristicGroup, FeatureValue, ModelCase, ScoringModel, Text } from '../../../engine/index.ts'

/** The basis of evidence of an imported model, which asks for nothing. */
export const WHATEVER_IS_KNOWN: { readonly id: string; readonly name: Text } = {
  id: 'any',
  name: { en: 'Whatever is known', zh: '任意已知信息' }
}

/** The name of the case of an imported card. */
export const BEST_OF_EVERYTHING = 'The best of everything'

/**
 * The rules of a model whose document states none: every customer is rated, whatever is known.
 * `group` is that of one of its characteristics.
 */
export function importedRules(
  group: CharacteristicGroup = 'profile',
  cases: ModelCase[] = []
): Pick<ScoringModel, 'evidence' | 'ceilings' | 'knockouts' | 'cases'> {
  return {
    evidence: [{ ...WHATEVER_IS_KNOWN, requires: [{ group, coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: [],
    cases
  }
}

/** A case with the score that it must have; any score without one. -0 would not outlive JSON. */
export function ratedCase(name: string, features: Record<string, FeatureValue>, score: number | undefined): ModelCase {
  return { name, features, expect: { status: 'rated', ...(score === undefined ? {} : { score: score + 0 }) } }
}
