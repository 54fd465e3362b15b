// `npm run house`: prints how the code is laid out, and fails where that breaks a rule.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type BreachList, faultsOf, shrunk } from './breach-list.ts'
import { breachesOf, namesOf } from './gates.ts'
import { madeFiles } from './made-files.ts'
import { reportOf } from './report.ts'
import { readTree } from './tree.ts'

const LIST = 'house/breaches.json'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const tree = readTree('.')
const breaches = breachesOf(tree)
if (values.write) write()
console.log(reportOf(tree, breaches))
const faults = [...faultsOf(readList(), breaches), ...staleFiles()]
for (const fault of faults) console.log(`\n${fault}`)
if (faults.length > 0) process.exitCode = 1

/** Makes anew what is made from the table of rules, and shortens the list of breaches. */
function write(): void {
  const names = new Set([...tree.keys()].map(namesOf(tree)))
  writeFileSync(LIST, `${JSON.stringify(shrunk(readList(), breaches, names), null, 2)}\n`)
  for (const { path, wanted } of madeFiles('.')) writeFileSync(path, wanted)
}

function readList(): BreachList {
  return existsSync(LIST) ? JSON.parse(readFileSync(LIST, 'utf8')) : {}
}

function staleFiles(): string[] {
  const stale = madeFiles('.').filter(({ isCurrent }) => !isCurrent)
  return stale.map(
    ({ path }) => `${path} differs from house/import-rules.ts. Make it anew with: npm run house -- --write`
  )
}
