// Tries ten thousand random PMML documents, or as many as --documents says, against an interpreter
// of the standard: as they are imported, with rows of ModelVerification, and as they are exported.
// --from says with which to begin.
import { parseArgs } from 'node:util'
import { type Trial, tryDocument, tryExchange } from './oracle.ts'
import { DOCUMENT_KINDS } from './random-documents.ts'

const { values } = parseArgs({
  options: { documents: { type: 'string', default: '10000' }, from: { type: 'string', default: '0' } }
})
const wanted = Number(values.documents)
const trials: Trial[] = []
const failed: string[] = []
const from = Number(values.from)
for (let seed = from; seed < from + wanted; seed += 1) {
  try {
    const trial = tryDocument(seed)
    tryExchange(seed)
    trials.push(trial)
  } catch (error) {
    failed.push(error instanceof Error ? error.message : String(error))
  }
}
for (const kind of DOCUMENT_KINDS) {
  const own = trials.filter((trial) => trial.kind === kind)
  const rows = own.reduce((sum, trial) => sum + trial.rows, 0)
  const results = own.reduce((sum, trial) => sum + trial.results, 0)
  console.log(
    `${String(own.length).padStart(6)} documents, ${String(rows).padStart(6)} rows, ${String(results).padStart(6)} with a result  ${kind}`
  )
}
for (const type of ['double', 'float', 'integer', 'string', 'boolean']) {
  const own = trials.filter(({ inputs }) => inputs.has(type))
  console.log(`${String(own.length).padStart(6)} documents with inputs of type ${type}`)
}
const complete = trials.reduce((sum, trial) => sum + trial.complete, 0)
const rows = trials.reduce((sum, trial) => sum + trial.rows, 0)
console.log(`${String(complete).padStart(6)} rows complete, ${rows - complete} with a missing value`)
for (const message of failed.slice(0, 10)) console.error(message.slice(0, 2_000))
console.log(`${trials.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
