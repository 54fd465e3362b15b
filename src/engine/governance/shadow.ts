import type { CreditFile } from '../features/credit-file.ts'
import type { FeatureSet } from '../features/feature.ts'
import type { CompiledModel } from '../scorecards/compiled-model.ts'
import type { ScoreResult } from '../scorecards/score-result.ts'
import { type ScoreOptions, score } from '../scorecards/scorecard.ts'
import type { Segment } from '../scorecards/scoring-model.ts'
import { segmentOf } from '../scorecards/segment.ts'
import type { BusinessDate } from '../values/dates.ts'
import type { Grade } from '../values/rating.ts'

/**
 * How the run of a challenger can end. `failed`: it broke off; the champion is not touched by that.
 */
export const SHADOW_STATUSES = ['rated', 'unrated', 'failed'] as const
export type ShadowStatus = (typeof SHADOW_STATUSES)[number]

/**
 * A model that runs on the same cases as the champion and decides nothing; null where it could not
 * be compiled.
 */
export interface Challenger {
  readonly modelId: string
  readonly version: number
  readonly segment: Segment
  readonly compiled: CompiledModel | null
}

/** What a challenger says of a case, beside what the champion decided. */
interface ShadowRun {
  readonly modelId: string
  readonly modelVersion: number
  readonly asOf: BusinessDate
  readonly status: ShadowStatus
  readonly grade: Grade | null
  readonly score: number | null
  readonly pd: number | null
  readonly championModelId: string
  readonly championModelVersion: number
  readonly championGrade: Grade | null
  readonly championScore: number | null
  readonly championPd: number | null
  /** The whole working; null when it failed. */
  readonly result: ScoreResult | null
}

/** The challengers that would decide on a file if they were active, each for itself. */
export function challengersOf<Each extends Challenger>(
  { active, shadows }: { readonly active: readonly { readonly segment: Segment }[]; readonly shadows: readonly Each[] },
  file: Pick<CreditFile, 'profile' | 'statements'>,
  asOf: BusinessDate
): Each[] {
  const inForce = active.map(({ segment }) => segment)
  return shadows.filter(({ segment }) => segmentOf(file, asOf, [...inForce, segment]) === segment)
}

/**
 * Runs a challenger on the facts of the champion's run, with the same grade in force. Never throws:
 * whatever breaks off has `failed`.
 */
export function shadowRun(
  { modelId, version, compiled }: Challenger,
  champion: ScoreResult,
  features: FeatureSet,
  options: ScoreOptions = {}
): ShadowRun {
  const result = resultOf(compiled, features, champion.asOf, options)
  return {
    modelId,
    modelVersion: version,
    asOf: champion.asOf,
    status: result?.status ?? 'failed',
    grade: result?.grade ?? null,
    score: result?.score ?? null,
    pd: result?.pd ?? null,
    championModelId: champion.model.id,
    championModelVersion: champion.model.version,
    championGrade: champion.grade,
    championScore: champion.score,
    championPd: champion.pd,
    result
  }
}

function resultOf(
  compiled: CompiledModel | null,
  features: FeatureSet,
  asOf: BusinessDate,
  options: ScoreOptions
): ScoreResult | null {
  if (compiled === null) return null
  try {
    const result = score(compiled, features, asOf, options)
    return Number.isFinite(result.score ?? 0) && Number.isFinite(result.pd ?? 0) ? result : null
  } catch {
    return null
  }
}
