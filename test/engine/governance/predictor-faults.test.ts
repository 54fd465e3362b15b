import t from 'tap'
import { predictorFaults } from '../../../src/engine/governance/predictor-faults.ts'
import type { Predictor, Tree } from '../../../src/engine/index.ts'

const predictorOf = (tree: Tree): Predictor => ({
  steps: [
    { id: 'years', do: 'read', input: 'years', type: 'numeric', invalid: 'keep' },
    { id: 'trees', do: 'trees', combine: 'sum', fields: ['years'], trees: [tree] }
  ],
  result: 'trees',
  predicts: 'points'
})

const NODES = 60
const places = Array.from({ length: NODES }, (_, place) => place)
const after = (distance: number) => places.map((place) => (place + distance < NODES ? place + distance : -1))
const common = { field: places.map(() => 0), below: places, leaves: [null] }

t.test('models 10: nodes that are shared are refused, and take no time', async (t) => {
  const shared = { ...common, yes: after(1), no: after(1), missing: after(1) }
  t.match(predictorFaults(predictorOf(shared), ''), [{ detail: /Two sides lead to node 1/ }])
})

t.test('models 10: more ways aside than can be explained are refused', async (t) => {
  const aside = { ...common, yes: places.map(() => -1), no: after(1), missing: after(2) }
  t.match(predictorFaults(predictorOf(aside), ''), [{ pointer: '/steps/1/trees', detail: /too many/ }])
})

t.test('models 10: a tree that is too deep to be explained is refused', async (t) => {
  const nodes = Array.from({ length: 6_000 }, (_, place) => place)
  const ways = nodes.map((place) => (place + 1 < nodes.length ? place + 1 : -1))
  const sides = { yes: nodes.map(() => -1), no: ways, missing: nodes.map(() => -1) }
  const deep = { field: nodes.map(() => 0), below: nodes, leaves: [1], ...sides }
  t.match(predictorFaults(predictorOf(deep), ''), [{ detail: /deeper than 1000/ }])
})

t.test('models 1: only numbers of 64 bits are asked to be whole', async (t) => {
  const read = { id: 'years', do: 'read', input: 'years', type: 'numeric', invalid: 'keep', whole: true } as const
  const faultsOf = (step: Predictor['steps'][number]) =>
    predictorFaults({ steps: [step], result: 'years', predicts: 'points' }, '')
  t.same(faultsOf(read), [])
  t.match(faultsOf({ ...read, type: 'category' }), [{ pointer: '/steps/0/whole' }])
  t.match(faultsOf({ ...read, precision: 'single' }), [{ pointer: '/steps/0/whole' }])
})
