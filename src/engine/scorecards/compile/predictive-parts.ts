import { compilePredicted, type ExplainedAttributes } from '../../predictive/predicted.ts'
import type { CompiledCharacteristic, CompiledParts, CompiledReason } from '../compiled-model.ts'
import type { Characteristic, PredictiveCharacteristic, PredictiveModel } from '../scoring-model.ts'
import { compileReasons, ranksGains } from './compile-reasons.ts'

/** In a predictive model the predictor gives the points, and the characteristics explain them. */
export function predictiveParts(
  model: PredictiveModel,
  place: (id: string) => number,
  reasons: CompiledReason[]
): CompiledParts {
  const predicted = compilePredicted(model.predictor, model.characteristics, model.scaling)
  const ages = new Map(model.characteristics.map(({ feature, maxAgeDays }) => [feature, maxAgeDays]))
  const characteristics = model.characteristics.map((each, index) => {
    const attributes = predicted.attributes[index]
    const feature = place(each.feature)
    return explainingCharacteristic(model, each, feature, attributes, reasons)
  })
  return {
    characteristics,
    basePoints: 0,
    scoreLowest: predicted.lowest,
    scoreHighest: predicted.highest,
    independentMin: 0,
    independentSpan: 0,
    absent: [],
    unknown: [],
    predictive: {
      predicted,
      inputs: predicted.program.inputs.map((id) => ({
        feature: place(id),
        maxAgeDays: ages.get(id) ?? Number.POSITIVE_INFINITY
      }))
    }
  }
}

/**
 * The baseline is 0 where a model compares with the average. A characteristic of a card has the
 * most that it can earn.
 */
function explainingCharacteristic(
  model: PredictiveModel,
  source: PredictiveCharacteristic,
  feature: number,
  attributes: ExplainedAttributes | undefined,
  reasons: CompiledReason[]
): CompiledCharacteristic {
  // Points that mean more risk count as less.
  const sign = model.predictor.predicts === 'riskPoints' ? -1 : 1
  const points = (attributes?.points ?? []).map((each) => sign * each + 0)
  const pointsMin = points.length > 0 ? Math.min(...points) : -1
  const pointsMax = points.length > 0 ? Math.max(...points) : 1
  const best = points.length > 0 ? pointsMax : 0
  const stated = source.baseline === undefined ? best : sign * source.baseline + 0
  const baseline = ranksGains(model) ? 0 - stated : stated
  return {
    // The predictor does what attributes and rules do in a card.
    source: { ...source, attributes: [], missing: { rule: 'worst' }, weight: 0 } as unknown as Characteristic,
    feature,
    maxAgeDays: source.maxAgeDays ?? Number.POSITIVE_INFINITY,
    weight: source.weight ?? 100 / model.characteristics.length,
    points: [],
    pointsMin,
    pointsMax,
    pointsNeutral: 0,
    pointsBaseline: baseline,
    pointsStrong: baseline,
    pointsGainFrom: baseline,
    reasons: compileReasons(source, attributeCodes(model, source.id), reasons),
    pointsStale: 0,
    pointsUnseen: undefined,
    pointsMissing: 0,
    pointsUnproved: 0,
    missingUnrated: false,
    staleUnrated: false,
    numeric: source.type === 'numeric',
    whole: false,
    bounds: [],
    indexByValue: new Map()
  }
}

/** The reason codes of the attributes of a card. */
function attributeCodes({ predictor }: PredictiveModel, id: string): (string | undefined)[] {
  for (const step of predictor.steps) {
    const found = step.do === 'card' ? step.characteristics.find((each) => each.id === id) : undefined
    if (found !== undefined) return found.attributes.map(({ reasonCode }) => reasonCode)
  }
  return []
}
