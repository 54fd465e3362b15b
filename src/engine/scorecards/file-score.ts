import type { CreditFile } from '../features/credit-file.ts'
import { NO_EVIDENCE } from '../features/evidence-features.ts'
import type { Feature } from '../features/feature.ts'
import { FEATURES } from '../features/feature-catalogue.ts'
import type { FeatureContext } from '../features/feature-context.ts'
import { type FeatureReader, featureContext, featureReader } from '../features/features.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { CompiledModel } from './compiled-model.ts'
import type { ScoreResult } from './score-result.ts'
import { type ScoreOptions, scoreInOrder } from './scorecard.ts'

/**
 * Scores a credit file as of a day. Only the features that the model looks at are derived; the
 * result is that of `score` with all of them.
 */
export function scoreFile(
  compiled: CompiledModel,
  file: CreditFile,
  asOf: BusinessDate,
  options: ScoreOptions = {}
): ScoreResult {
  return scoreIn(compiled, featureContext(file, asOf), options)
}

/** The same for a file that was read before, for another model's score or for a limit. */
export function scoreIn(compiled: CompiledModel, context: FeatureContext, options: ScoreOptions = {}): ScoreResult {
  return scoreInOrder(compiled, featuresFor(compiled, context), context.asOf, options)
}

interface ModelFeature {
  readonly read: FeatureReader
  readonly isEvidence: boolean
}

/**
 * The readers of a model's features. They are found once, since a portfolio needs them for every
 * customer.
 */
const READERS = new WeakMap<CompiledModel, readonly ModelFeature[]>()

/** The features that a model looks at, in its order. */
export function featuresFor(compiled: CompiledModel, context: FeatureContext): Feature[] {
  let readers = READERS.get(compiled)
  if (readers === undefined) {
    readers = compiled.features.map(({ id }) => ({ read: featureReader(id), isEvidence: isOfEvidence(id) }))
    READERS.set(compiled, readers)
  }
  // Many files have no evidence: half of what the shipped models look at is then known at once.
  const { evidence = [] } = context.file
  const hasEvidence = evidence.length > 0
  const features: Feature[] = []
  for (const { read, isEvidence } of readers) {
    features.push(isEvidence && !hasEvidence ? NO_EVIDENCE : read(context))
  }
  return features
}

function isOfEvidence(id: string): boolean {
  return Object.hasOwn(FEATURES, id) && FEATURES[id]?.source === 'evidence'
}
