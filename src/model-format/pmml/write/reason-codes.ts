import type { CompiledCharacteristic, CompiledModel, ScoreResult } from '../../../engine/index.ts'

/** How a document ranks the reasons of a card, so that any reader ranks them as we do. */
export interface ReasonCodes {
  readonly algorithm: 'pointsBelow' | 'pointsAbove'
  /** Where the loss of a characteristic begins, in the points of the document. */
  readonly baseline: (each: CompiledCharacteristic) => number
  /** The code of a characteristic, where its attributes have no other. */
  readonly weak: (each: CompiledCharacteristic) => string
  /** The code of an attribute, by its place and what it earns in the document. */
  readonly ofAttribute: (each: CompiledCharacteristic, index: number, points: number) => string
  /** The code of a missing value, and of one that is not enough to work with. */
  readonly missing: (each: CompiledCharacteristic) => string
  readonly incomplete: (each: CompiledCharacteristic) => string
  /** Whether points that were earned weigh, and not those that were lost. */
  readonly isGain: boolean
}

/** What a characteristic earned. */
type Contributed = Pick<ScoreResult['contributions'][number], 'state' | 'missing' | 'attribute' | 'points'>

/**
 * An attribute that speaks for the customer has the code of a strength, so that it neither counts
 * as a loss nor takes away from one. Where the model ranks by codes of its own, all points count.
 */
export function reasonCodes(compiled: CompiledModel): ReasonCodes {
  const { model, reasons, characteristics } = compiled
  const ranking = model.reasons?.ranking
  const isRisk = model.kind === 'predictive' && model.predictor.predicts === 'riskPoints'
  const isAbove = ranking === undefined ? isRisk : ranking === 'above'
  // The baseline is kept in the points of the score, turned where the ranking is.
  const isGain = ranking === (isRisk ? 'below' : 'above')
  const isTurned = isGain !== isRisk
  const shared = new Map<string, number>()
  for (const { source } of characteristics)
    if (source.reasonCode !== undefined) shared.set(source.reasonCode, (shared.get(source.reasonCode) ?? 0) + 1)
  const codeAt = (place: number, isWeak: boolean): string => {
    const { code = '', own } = reasons[place] ?? {}
    if (own === undefined) return code
    return isWeak || (shared.get(own) ?? 0) < 2 ? own : `${own}.${code}`
  }
  const weak = ({ reasons: places }: CompiledCharacteristic) => codeAt(places.weak, true)
  return {
    algorithm: isAbove ? 'pointsAbove' : 'pointsBelow',
    baseline: ({ pointsBaseline }) => (isTurned ? 0 - pointsBaseline : pointsBaseline),
    weak,
    ofAttribute: (each, index, points) => {
      const earned = isRisk ? 0 - points : points
      const isStrong = ranking === undefined && earned >= each.pointsStrong && earned > each.pointsGainFrom
      if (isStrong) return reasons[each.reasons.strong]?.code ?? ''
      return codeAt(each.reasons.weakByAttribute[index] ?? each.reasons.weak, true)
    },
    missing: (each) => (ranking === undefined ? codeAt(each.reasons.missing, false) : weak(each)),
    incomplete: (each) => (ranking === undefined ? codeAt(each.reasons.incomplete, false) : weak(each)),
    isGain
  }
}

/**
 * The codes that a reader of the document ranks for a scored card, the heaviest first: of all
 * characteristics that share one the points add up.
 */
export function rankedCodes(
  compiled: CompiledModel,
  contributions: readonly Contributed[]
): { readonly code: string; readonly points: number }[] {
  const codes = reasonCodes(compiled)
  const sign = codes.isGain ? -1 : 1
  const isRisk = compiled.model.kind === 'predictive' && compiled.model.predictor.predicts === 'riskPoints'
  const points = new Map<string, number>()
  compiled.characteristics.forEach((each, index) => {
    const contribution = contributions[index]
    if (contribution === undefined) return
    const { state, missing, attribute, points: earned } = contribution
    const inDocument = isRisk ? 0 - earned : earned
    const code =
      state === 'missing' && attribute === null
        ? missing === 'no_data'
          ? codes.missing(each)
          : codes.incomplete(each)
        : attribute === null
          ? codes.weak(each)
          : codes.ofAttribute(each, attribute, inDocument)
    points.set(code, (points.get(code) ?? 0) + each.pointsBaseline - sign * earned)
  })
  return [...points].map(([code, each]) => ({ code, points: each })).sort((a, b) => b.points - a.points)
}
