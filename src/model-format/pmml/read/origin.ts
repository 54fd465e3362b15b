import type { ModelFormat, ModelOrigin, ScoringModel } from '../../../engine/index.ts'
import { BEST_OF_EVERYTHING, WHATEVER_IS_KNOWN } from './imported-rules.ts'

/**
 * The version of the importer. It is written into what it imports, and is raised when the same
 * document becomes a model that answers otherwise.
 */
export const IMPORTER = 3

/** The first version of the importer did not write itself down. */
const FIRST_IMPORTER = 1

/** Where an imported model came from. */
export function originOf(format: ModelFormat): ModelOrigin {
  return { format, importer: IMPORTER }
}

/**
 * The version of the importer that made a document; null where none did. The first is known by what
 * it put into every document: a basis of evidence that proves nothing, and a case.
 */
export function importerOf({ origin, evidence, cases }: ScoringModel): number | null {
  if (origin !== undefined) return origin.importer
  const isOfFirst =
    evidence.some(({ id, name }) => id === WHATEVER_IS_KNOWN.id && name.en === WHATEVER_IS_KNOWN.name.en) ||
    cases.some(({ name }) => name === BEST_OF_EVERYTHING)
  return isOfFirst ? FIRST_IMPORTER : null
}
