import {
  CASE_DATE,
  type CardModel,
  compileModel,
  type Feature,
  type FeatureValue,
  fits,
  type ModelInput,
  type PredictiveModel,
  type ScoringModel,
  score,
  scoresOfRows
} from '../../../engine/index.ts'
import { rankedCodes } from '../write/reason-codes.ts'

/** The values of one customer, by input. */
export type Values = Readonly<Record<string, FeatureValue | undefined>>

/** What a model answers for values. */
interface Evaluation {
  /** In the words of its document: points, a probability, or what else it predicts. */
  readonly answer: number | undefined
  /** The codes of its reasons, the heaviest first. */
  readonly reasons: readonly { readonly code: string; readonly points: number }[]
}

/** Works a model out as its document does: without evidence, ceilings and knock-outs. */
export function evaluator(model: ScoringModel, isProbability: boolean): (values: Values) => Evaluation {
  if (model.kind !== 'predictive') return ofCard(model, isProbability)
  const predict = predictorOf(model)
  const hasReasons = model.predictor.steps.some(({ id, do: what }) => id === model.predictor.result && what === 'card')
  const reasons = hasReasons ? reasonsOf(model) : () => []
  return (values) => ({ answer: predict(values), reasons: reasons(values) })
}

/** What the predictor of a model gives. */
export function predictorOf(model: PredictiveModel): (values: Values) => number | undefined {
  // As points, what comes out is the prediction as it is.
  const predictor = { ...model.predictor, predicts: 'points' as const }
  const { predictive } = compileModel({ ...model, predictor })
  return (values) => {
    if (predictive === undefined) return undefined
    const row = predictive.predicted.program.inputs.map((id) => (Object.hasOwn(values, id) ? values[id] : undefined))
    const [answer = Number.NaN] = scoresOfRows(predictive.predicted, [row])
    return Number.isNaN(answer) ? undefined : answer
  }
}

function reasonsOf(model: ScoringModel): (values: Values) => Evaluation['reasons'] {
  const compiled = compileModel(model)
  return (values) => rankedCodes(compiled, score(compiled, featuresFrom(values), CASE_DATE).contributions)
}

function ofCard(model: CardModel, isProbability: boolean): (values: Values) => Evaluation {
  const exact = isProbability && model.kind === 'woe' ? { ...model, rounding: 'none' as const } : model
  const compiled = compileModel(exact)
  const { points, odds, pointsToDoubleOdds } = model.scaling
  return (values) => {
    // What no call can give has no result.
    if (model.inputs?.some((input) => !takes(input, values[input.id]))) return { answer: undefined, reasons: [] }
    const { contributions, basePoints } = score(compiled, featuresFrom(values), CASE_DATE)
    const hasNone = compiled.characteristics.some(
      ({ missingUnrated }, index) => missingUnrated && contributions[index]?.state === 'missing'
    )
    if (hasNone) return { answer: undefined, reasons: [] }
    const total = contributions.reduce((sum, each) => sum + each.points, 0) + basePoints
    const answer = isProbability ? 1 / (1 + odds * 2 ** ((total - points) / pointsToDoubleOdds)) : total
    return { answer, reasons: rankedCodes(compiled, contributions) }
  }
}

function takes(input: ModelInput, value: FeatureValue | undefined): boolean {
  return value === undefined || typeof value !== 'number' || fits(input, value)
}

function featuresFrom(values: Values): Record<string, Feature> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([id, value]): [string, Feature][] =>
      value === undefined ? [] : [[id, { value, asOf: CASE_DATE, source: 'row' }]]
    )
  )
}
