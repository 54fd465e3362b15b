import t from 'tap'
import { largePmml } from '../../model-format/pmml/large-pmml.ts'
import { contractService } from '../contract.ts'

t.test('an import of a megabyte lets other requests pass while it is worked at', async (t) => {
  const { send } = await contractService(t)
  const pmml = largePmml()
  t.ok(pmml.length > 1_000_000, `${pmml.length} characters`)
  let isDone = false
  const importing = send('POST', '/v1/models/pmml-imports', { pmml, predicts: 'logOdds' }).then((answer) => {
    isDone = true
    return answer
  })
  let passed = 0
  // So many and no more: each takes turns from the import, which has to end in time.
  while (!isDone && passed < 20) {
    const { status } = await send('GET', '/v1/models/schema')
    t.equal(status, 200)
    if (!isDone) passed += 1
  }
  t.ok(passed >= 3, `${passed} other requests were answered meanwhile`)
  const { status, body } = await importing
  t.equal(status, 200)
  t.equal(body.document.predictor.steps.at(-1).trees.length, 120)
})
