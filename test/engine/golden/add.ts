// `node test/engine/golden/add.ts decisions-2.jsonl` writes decisions of the present edition.
// A file that exists is never written again: it holds what an earlier edition decided.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { anyFile } from '../credit-files.ts'
import { decide } from './decide.ts'

const lines = fc.sample(anyFile, { seed: 15, numRuns: 200 }).map((file) => {
  const sha256 = createHash('sha256').update(decide(file)).digest('hex')
  return JSON.stringify({ sha256, file })
})
const [name = ''] = process.argv.slice(2)
writeFileSync(new URL(name, import.meta.url), `${lines.join('\n')}\n`, { flag: 'wx' })
