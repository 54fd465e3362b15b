// `node test/engine/golden/add-limits.ts limits-2.json` writes golden limits of the present
// edition. A file that exists is never written again: it holds what an earlier edition decided.
import { writeFileSync } from 'node:fs'
import { EDITION, rulesOf } from '../../../src/engine/editions/edition.ts'
import { limitDigests } from './limits.ts'

const rules = rulesOf(EDITION)
if (rules === undefined) throw new Error('the present edition is known')
const [name = ''] = process.argv.slice(2)
writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(limitDigests(rules), null, 2)}\n`, { flag: 'wx' })
