import t from 'tap'
import { type Trial, tryDocument, tryExchange } from './oracle.ts'
import { DOCUMENT_KINDS } from './random-documents.ts'

/** Twenty of each kind. `npm run prove:models` tries ten thousand documents. */
const DOCUMENTS = 20 * DOCUMENT_KINDS.length

t.test('models 1, 2, 6, 8, 9, 10: what is imported answers as its document does, row by row', async (t) => {
  const trials: Trial[] = []
  for (let seed = 0; seed < DOCUMENTS; seed += 1) trials.push(tryDocument(seed))
  for (const kind of DOCUMENT_KINDS) {
    const own = trials.filter((trial) => trial.kind === kind)
    t.equal(own.length, 20, kind)
    const answered = own.reduce((sum, { results }) => sum + results, 0)
    const asked = own.reduce((sum, { rows }) => sum + rows, 0)
    t.ok(answered > 0.2 * asked && answered < asked, `${kind}: ${answered} of ${asked} rows have a result`)
  }
})

t.test(
  'models 1, 10: rows of verification come out, and what is exported says the same, to others and to us',
  async () => {
    for (let seed = 0; seed < 3 * DOCUMENT_KINDS.length; seed += 1) tryExchange(seed)
  }
)
