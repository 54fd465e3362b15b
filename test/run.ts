// Runs the whole suite, or the files named as arguments, and ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  dropTemplateDatabase,
  makeTemplateDatabase,
  makeTemplateFolder,
  TEMPLATE_DATABASE,
  TEMPLATE_FOLDER
} from './database.ts'

const root = join(import.meta.dirname, '..')

/** Everything that a test puts into a temporary folder goes in here, so that nothing stays even after a test that was killed. */
const folder = mkdtempSync(join(tmpdir(), 'credence-run-'))
// A PostgreSQL that a test starts in it runs as a user of its own when we are root.
chmodSync(folder, 0o711)
const url = process.env.TEST_DATABASE_URL || undefined

/** So many files are named that took the longest, of those that took longer than this. */
const SLOW_FILES_MAX = 8
const SLOW_MS = 15_000

let template: string | undefined

try {
  // Every file is a process of its own: what one has compiled the next ones need not.
  const environment: NodeJS.ProcessEnv = {
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    ...process.env,
    TMPDIR: folder
  }
  if (url === undefined) {
    environment[TEMPLATE_FOLDER] = join(folder, 'template')
    await makeTemplateFolder(join(folder, 'template'))
  } else {
    template = await makeTemplateDatabase(url)
    environment[TEMPLATE_DATABASE] = template
  }
  const code = await runTap(environment)
  const results = join(folder, 'results.tap')
  const { passed, failed } = countsOf(results, code)
  for (const each of slowestIn(results)) console.log(`slow: ${each}`)
  for (const each of failuresIn(results)) console.log(`failed: ${each}`)
  // On a line of its own: tap ends its output with a control sequence and without a line end.
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = code
} finally {
  if (url !== undefined && template !== undefined) await dropTemplateDatabase(url, template)
  rmSync(folder, { recursive: true, force: true })
}

async function runTap(environment: NodeJS.ProcessEnv): Promise<number> {
  const tap = join(root, 'node_modules', '.bin', 'tap')
  // Named in both cases: where tap would choose plain TAP, it prints every line twice once a file is asked for too.
  const reporter = `--reporter=${process.stdout.isTTY ? 'base' : 'terse'}`
  const results = `--output-file=${join(folder, 'results.tap')}`
  const child = spawn(process.execPath, [tap, 'run', reporter, results, ...process.argv.slice(2)], {
    cwd: root,
    env: environment,
    stdio: 'inherit'
  })
  // A terminal sends these to the child as well; what is waited for here is that it has ended, so that what it used can be removed.
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

/** The files that took the longest, with their seconds. */
function slowestIn(file: string): string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const timed = [...text.matchAll(/^(?:not )?ok \d+ - (.*) # time=([\d.]+)ms/gm)]
  const slow = timed.map(([, name = '', ms]) => ({ name, ms: Number(ms) })).filter(({ ms }) => ms > SLOW_MS)
  const slowest = slow.toSorted((left, right) => right.ms - left.ms).slice(0, SLOW_FILES_MAX)
  return slowest.map(({ name, ms }) => `${Math.round(ms / 1_000)} s ${name}`)
}

/** The files, tests and assertions that failed, each below what it belongs to: the terse report of a run without a terminal hides them. */
function failuresIn(file: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines
    .filter((line) => /^\s*not ok /.test(line))
    .map((line) => line.replace(/^(\s*)not ok \d+ - /, '$1').replace(/ # time=.*$/, ''))
}

/** Reads tap's own summary. A run that fails without a failed assertion, or that never got so far, counts as one failure. */
function countsOf(file: string, code: number): { passed: number; failed: number } {
  const summary = existsSync(file)
    ? readFileSync(file, 'utf8')
        .match(/^# \{ (total: .*) \}$/gm)
        ?.at(-1)
    : undefined
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary ?? '')?.[1] ?? 0)
  return { passed: count('pass'), failed: Math.max(count('fail'), code === 0 ? 0 : 1) }
}
