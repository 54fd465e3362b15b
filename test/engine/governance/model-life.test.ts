import t from 'tap'
import {
  isStepOpen,
  MODEL_STATES,
  MODEL_STEPS,
  type ModelState,
  type ModelStepName
} from '../../../src/engine/index.ts'

/** Every step from every state: where it leads, or that it is not open. */
const TABLE: Record<ModelState, Partial<Record<ModelStepName, ModelState>>> = {
  draft: { approve: 'approved' },
  approved: { runInShadow: 'shadow', activate: 'active', retire: 'retired' },
  shadow: { activate: 'active', retire: 'retired' },
  active: { retire: 'retired' },
  retired: {}
}

t.test('which steps are open from which state', (t) => {
  for (const state of MODEL_STATES) {
    for (const step of Object.keys(MODEL_STEPS) as ModelStepName[]) {
      t.equal(isStepOpen(state, step), TABLE[state][step] !== undefined, `${step} from ${state}`)
      if (TABLE[state][step] !== undefined) t.equal(MODEL_STEPS[step].to, TABLE[state][step])
    }
  }
  t.end()
})

t.test('nothing leads around the approval, or back', (t) => {
  for (const { from, to } of Object.values(MODEL_STEPS)) {
    if (to !== 'approved') t.notOk((from as readonly ModelState[]).includes('draft'))
    for (const state of from) t.ok(MODEL_STATES.indexOf(to) > MODEL_STATES.indexOf(state), `${state} to ${to}`)
  }
  t.end()
})
