import t from 'tap'
import { inSlices } from '../../../src/platform/work/pace.ts'

/** Steps that hold the event loop for a millisecond each. */
function* steps(count: number): Generator<void, string, void> {
  for (let step = 0; step < count; step += 1) {
    const until = performance.now() + 1
    while (performance.now() < until);
    yield
  }
  return 'done'
}

t.test('long work lets others run after every few of its steps', async (t) => {
  let turns = 0
  let working = true
  const others = () => {
    turns += 1
    if (working) setImmediate(others)
  }
  setImmediate(others)
  t.equal(await inSlices(steps(200)), 'done')
  working = false
  t.ok(turns >= 10, `${turns} turns within 200 ms`)
})

t.test('short work is done at once, and a fault of a step is that of the work', async (t) => {
  let turned = false
  const turn = setImmediate(() => {
    turned = true
  })
  t.equal(await inSlices(steps(0)), 'done')
  t.notOk(turned)
  clearImmediate(turn)
  const failing = function* (): Generator<void, string, void> {
    yield
    throw new Error('a step failed')
  }
  await t.rejects(inSlices(failing()), /a step failed/)
})
