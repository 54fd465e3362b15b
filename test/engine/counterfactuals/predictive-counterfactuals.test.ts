import t from 'tap'
import { counterfactuals } from '../../../src/engine/counterfactuals/counterfactuals.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import type { ModelInput, PredictiveModel } from '../../../src/engine/scorecards/scoring-model.ts'

const AS_OF = '2026-03-31'
const both = (text: string) => ({ en: text, zh: text })
const feature = (value: number) => ({ value, asOf: AS_OF, source: 'test' })

/** A tree on one input, and a knock-out on another. */
function model(inputs: readonly Pick<ModelInput, 'id' | 'influence'>[]): PredictiveModel {
  const tree = { field: [0], below: [5], yes: [-1], no: [-2], missing: [-1], leaves: [-2, -4] }
  return {
    id: 'tree',
    version: 1,
    name: both('Tree'),
    description: both('Tree'),
    segment: 'company',
    kind: 'predictive',
    inputs: inputs.map(({ id, ...rest }) => ({ id, ...rest, type: 'numeric', from: 'call', description: both(id) })),
    scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
    minimumCoverage: 0,
    predictor: {
      steps: [
        { id: 'years', do: 'read', input: 'years', type: 'numeric', invalid: 'keep' },
        { id: 'trees', do: 'trees', combine: 'sum', fields: ['years'], trees: [tree] }
      ],
      result: 'trees',
      predicts: 'logOdds'
    },
    characteristics: [
      {
        id: 'years',
        name: both('Years'),
        group: 'profile',
        feature: 'years',
        type: 'numeric',
        fields: [{ step: 'years' }],
        reason: 'CHARACTERISTIC_WEAK',
        strength: 'CHARACTERISTIC_STRONG'
      }
    ],
    evidence: [{ id: 'any', name: both('Any'), requires: [{ group: 'profile', coverageAtLeast: 0 }] }],
    ceilings: [],
    knockouts: [
      {
        id: 'debt',
        name: both('Debt'),
        when: [{ feature: 'debt', atLeast: 1 }],
        capGrade: 'CC',
        missing: 'clear',
        reason: 'CHARACTERISTIC_WEAK'
      }
    ],
    cases: []
  }
}

t.test('what a predictive model asks for beside its inputs is searched without exception', async (t) => {
  const compiled = compileModel(model([{ id: 'years' }, { id: 'debt', influence: 'customer' }]))
  const found = counterfactuals(compiled, { years: feature(1), debt: feature(3) }, AS_OF)
  t.match(found, { goal: 'grade', complete: true, sets: [{ changes: [{ feature: 'debt', target: { below: 1 } }] }] })
  t.match(counterfactuals(compiled, { years: feature(1) }, AS_OF), { sets: [], complete: true })
})

t.test('where the customer could move the result itself, nothing is claimed and nothing invented', async (t) => {
  const compiled = compileModel(model([{ id: 'years', influence: 'customer' }, { id: 'debt' }]))
  t.match(counterfactuals(compiled, { years: feature(1) }, AS_OF), { sets: [], complete: false })
  t.match(counterfactuals(compiled, {}, AS_OF), { sets: [], complete: false })
})
