// Writes the golden decisions anew: `node test/engine/golden/renew.ts`. Only for a change that is
// meant to alter what is decided.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { anyFile } from '../credit-files.ts'
import { decide } from './decide.ts'

const lines = fc.sample(anyFile, { seed: 15, numRuns: 200 }).map((file) => {
  const sha256 = createHash('sha256').update(decide(file)).digest('hex')
  return JSON.stringify({ sha256, file })
})
writeFileSync(new URL('decisions.jsonl', import.meta.url), `${lines.join('\n')}\n`)
