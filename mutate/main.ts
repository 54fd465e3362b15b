// `npm run mutate`: plants small faults in the code, one at a time, and asks whether a test fails.
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readTree } from '../house/tree.ts'
import {
  dropTemplateDatabase,
  makeTemplateDatabase,
  makeTemplateFolder,
  TEMPLATE_DATABASE,
  TEMPLATE_FOLDER
} from '../test/database.ts'
import { guardsOf } from './guards.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { LEFT_OUT, PARTS, type Part } from './parts.ts'
import { Workbench } from './workbench.ts'

/** A mutant that no test can notice, with the reason. `line` is the text of its line, trimmed. */
interface Reasoned extends Pick<Mutant, 'path' | 'before' | 'after'> {
  readonly line: string
  readonly why: string
}

const REASONED = JSON.parse(readFileSync(join(import.meta.dirname, 'reasoned.json'), 'utf8')) as Reasoned[]

const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    file: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' }
  }
})
const known = PARTS.map(({ name }) => name)
for (const name of values.part ?? [])
  if (!known.includes(name)) throw new Error(`there is no part ${name}; the parts are ${known.join(', ')}`)

const tree = readTree('.')
const folder = mkdtempSync(join(tmpdir(), 'credence-mutate-templates-'))
const url = process.env.TEST_DATABASE_URL || undefined
let template: string | undefined
const benches: Workbench[] = []
try {
  const environment: NodeJS.ProcessEnv = { NODE_COMPILE_CACHE: join(folder, 'compiled'), TMPDIR: folder }
  if (url === undefined) {
    await makeTemplateFolder(join(folder, 'template'))
    environment[TEMPLATE_FOLDER] = join(folder, 'template')
  } else {
    template = await makeTemplateDatabase(url)
    environment[TEMPLATE_DATABASE] = template
  }
  for (let job = 0; job < Number(values.jobs); job += 1) benches.push(new Workbench(environment))
  for (const part of PARTS) if (values.part === undefined || values.part.includes(part.name)) await tryPart(part)
} finally {
  for (const bench of benches) bench.remove()
  rmSync(folder, { recursive: true, force: true })
  if (url !== undefined && template !== undefined) await dropTemplateDatabase(url, template)
}

/** Tries a sample of the mutants of a part, and prints those that live. */
async function tryPart(part: Part): Promise<void> {
  const began = performance.now()
  const mutants = sampleOf(part)
  const alive: Mutant[] = []
  const waiting = [...mutants]
  const work = async (bench: Workbench) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const killer = await bench.killerOf(mutant, guardsOf(tree, part, mutant.path))
      if (killer === undefined) alive.push(mutant)
      console.log(
        `${killer === undefined ? 'ALIVE ' : 'killed'} ${described(mutant)}${killer === undefined ? '' : `   by ${killer}`}`
      )
    }
  }
  await Promise.all(benches.map(work))
  const share = mutants.length === 0 ? 1 : 1 - alive.length / mutants.length
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  console.log(
    `METRIC mutants_killed_${part.name} ${share.toFixed(3)} of ${mutants.length} (floor ${part.floor}), ${minutes} min`
  )
  if (share < part.floor) process.exitCode = 1
}

/** The same mutants for the same code and seed; a change of other code leaves them as they are. */
function sampleOf(part: Part): Mutant[] {
  const size = Number(values.sample ?? part.sample)
  return part.code
    .flatMap((path) => (statSync(path).isDirectory() ? globSync(`${path}/**/*.ts`) : [path]))
    .filter((path) => !LEFT_OUT.test(path) && (values.file === undefined || path === values.file))
    .sort()
    .flatMap((path) => mutantsOf(path, readFileSync(path, 'utf8')))
    .filter((mutant) => !isReasoned(mutant))
    .map((mutant) => ({ mutant, place: placeOf(mutant) }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant)
}

function placeOf({ path, from, after }: Mutant): string {
  return createHash('sha256').update(`${values.seed} ${path} ${from} ${after}`).digest('hex')
}

function isReasoned(mutant: Mutant): boolean {
  const line = lineOf(mutant)
  return REASONED.some(
    (each) =>
      each.path === mutant.path && each.line === line && each.before === mutant.before && each.after === mutant.after
  )
}

function lineOf({ path, line }: Mutant): string {
  return readFileSync(path, 'utf8').split('\n')[line - 1]?.trim() ?? ''
}

function described(mutant: Mutant): string {
  return `${mutant.path}:${mutant.line}  ${mutant.before} → ${mutant.after}   | ${lineOf(mutant)}`
}
