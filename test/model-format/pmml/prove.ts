// Tries ten thousand random PMML documents, or as many as --documents says, against an interpreter
// of the standard.
import { parseArgs } from 'node:util'
import { type Trial, tryDocument } from './oracle.ts'
import { DOCUMENT_KINDS } from './random-documents.ts'

const { values } = parseArgs({ options: { documents: { type: 'string', default: '10000' } } })
const wanted = Number(values.documents)
const trials: Trial[] = []
const failed: string[] = []
for (let seed = 0; seed < wanted; seed += 1) {
  try {
    trials.push(tryDocument(seed))
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
for (const message of failed.slice(0, 10)) console.error(message.slice(0, 2_000))
console.log(`${trials.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
