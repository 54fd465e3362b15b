import type { PredictiveModel } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import { characteristicFaults } from './characteristic-faults.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { inputOf } from './model-features.ts'
import { predictorFaults } from './predictor-faults.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

/** What a predictive model works out, from which inputs, and what explains it. */
export function predictiveFaults(model: PredictiveModel): ModelFault[] {
  const { predictor, characteristics } = model
  const found = characteristics.flatMap((each, index) => characteristicFaults(model, each, `/characteristics/${index}`))
  return [...predictorFaults(predictor, '/predictor'), ...readFaults(model), ...found, ...explanationFaults(model)]
}

function readFaults(model: PredictiveModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  model.predictor.steps.forEach((step, index) => {
    if (step.do !== 'read') return
    const at = `/predictor/steps/${index}/input`
    const feature = inputOf(model, step.input)
    expect(feature !== undefined, at, faultTexts.noFeature, { feature: step.input })
    expect(feature === undefined || feature.type === step.type, at, faultTexts.otherType, {
      type: String(feature?.type),
      given: step.type
    })
  })
  return faults
}

/** A step is explained by one characteristic at most. */
function explanationFaults(model: PredictiveModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const steps = new Set(model.predictor.steps.map(({ id }) => id))
  const claimed = new Set<string>()
  model.characteristics.forEach(({ fields = [], features = [], weight = 1, baseline = 0 }, index) => {
    const at = `/characteristics/${index}`
    features.forEach((id, place) => {
      expect(inputOf(model, id) !== undefined, `${at}/features/${place}`, faultTexts.noFeature, { feature: id })
    })
    fields.forEach(({ step, mean = 0 }, place) => {
      expect(steps.has(step), `${at}/fields/${place}/step`, faultTexts.noStep, { step })
      expect(!claimed.has(step), `${at}/fields/${place}/step`, faultTexts.explainedTwice, { step })
      expect(Number.isFinite(mean), `${at}/fields/${place}/mean`, faultTexts.mean)
      claimed.add(step)
    })
    expect(weight > 0, `${at}/weight`, faultTexts.weight)
    expect(Number.isFinite(baseline), `${at}/baseline`, faultTexts.baseline)
  })
  return faults
}
