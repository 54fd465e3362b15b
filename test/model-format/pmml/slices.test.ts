import t from 'tap'
import { pmmlSteps } from '../../../src/model-format/pmml/import.ts'
import { largePmml } from './large-pmml.ts'

t.test('a large document is read in many short steps: while it is parsed, and tree by tree', async (t) => {
  const steps = pmmlSteps(largePmml(), { predicts: 'logOdds' })
  let pauses = 0
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) {
      t.match(step.value, { model: { kind: 'predictive' } })
      break
    }
    pauses += 1
  }
  t.ok(pauses > 150, `${pauses} pauses`)
})

t.test('a document that stops being one says so at the place where it does', async (t) => {
  const broken = `${largePmml().slice(0, -500)}</Node>`
  const steps = pmmlSteps(broken)
  for (let step = steps.next(); ; step = steps.next()) {
    if (!step.done) continue
    t.match(step.value, { faults: [{ detail: /well-formed/ }] })
    break
  }
})
