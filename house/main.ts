// `npm run house`: prints how the code is laid out, and fails where that breaks a rule.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { breachesOf } from './gates.ts'
import { madeFiles } from './made-files.ts'
import { reportOf } from './report.ts'
import { readTree } from './tree.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const tree = readTree('.')
const breaches = breachesOf(tree)
if (values.write) for (const { path, wanted } of madeFiles('.')) writeFileSync(path, wanted)
console.log(reportOf(tree, breaches))
const faults = [...breaches.map(({ sentence }) => sentence), ...staleFiles()]
for (const fault of faults) console.log(`\n${fault}`)
if (faults.length > 0) process.exitCode = 1

function staleFiles(): string[] {
  const stale = madeFiles('.').filter(({ isCurrent }) => !isCurrent)
  return stale.map(
    ({ path }) => `${path} differs from house/import-rules.ts. Make it anew with: npm run house -- --write`
  )
}
