import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Rules } from '../../../src/engine/editions/edition.ts'
import type { CreditFile } from '../../../src/engine/features/credit-file.ts'
import { limitFacts } from '../../../src/engine/limits/limit-facts.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { scoreFile } from '../../../src/engine/scorecards/file-score.ts'
import { AS_OF } from '../arbitraries.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const model = compileModel(JSON.parse(read('../company-1.json')))
const policy = JSON.parse(read('policy.json'))
const files: CreditFile[] = read('decisions.jsonl')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line).file)

/** The digests of the limits that an edition proposes on the files of decisions.jsonl. */
export function limitDigests({ proposedLimit }: Pick<Rules, 'proposedLimit'>): string[] {
  return files.map((file, index) => {
    const { grade } = scoreFile(model, file, AS_OF)
    // Every other customer asks for an amount; where none is asked for, the need is told.
    const asked = index % 2 === 0 ? { requestedMinor: 3_000_000_00 } : {}
    const document = proposedLimit(policy, limitFacts(file, { asOf: AS_OF, grade, ...asked }))
    return createHash('sha256').update(JSON.stringify(document)).digest('hex')
  })
}
