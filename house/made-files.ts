import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROLES } from './import-rules.ts'
import { importRulesOfLinter } from './linter.ts'
import { rightsTable } from './words.ts'

/** A file that is made from the table of who may import whom, or that has a part made from it. */
interface MadeFile {
  readonly path: string
  readonly isCurrent: boolean
  /** What it should hold. */
  readonly wanted: string
}

/** What stands around the part of ARCHITECTURE.md that is made. */
const BEGIN = '<!-- made from house/import-rules.ts -->\n'
const END = '\n<!-- end -->\n'

/** Whatever says who may import whom in the repository at `root`. */
export function madeFiles(root: string): MadeFile[] {
  const rules = () => `${JSON.stringify(importRulesOfLinter(), null, 2)}\n`
  return [made(root, 'ARCHITECTURE.md', withTable), made(root, 'lint/import-rules.json', rules)]
}

/** The text with the table in its place, or at the end if it has none. */
function withTable(text: string): string {
  const [before = '', rest = ''] = text.split(BEGIN)
  const [, after = ''] = rest.split(END)
  return before + BEGIN + rightsTable(ROLES) + END + after
}

function made(root: string, path: string, make: (text: string) => string): MadeFile {
  const file = join(root, path)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const wanted = make(text)
  return { path, isCurrent: text === wanted, wanted }
}
