// Runs the whole suite, or the files and folders named as arguments, and ends with the line `N
// passed, N failed`.
import type { ChildProcess } from 'node:child_process'
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  dropTemplateDatabase,
  makeTemplateDatabase,
  makeTemplateFolder,
  TEMPLATE_DATABASE,
  TEMPLATE_FOLDER
} from './database.ts'
import { type FileResult, runFile } from './run-file.ts'

const root = join(import.meta.dirname, '..')

/**
 * Everything that a test puts into a temporary folder goes in here, so that nothing stays even
 * after a test that was killed.
 */
const folder = mkdtempSync(join(tmpdir(), 'credence-run-'))
// A PostgreSQL that a test starts in it runs as a user of its own when we are root.
chmodSync(folder, 0o711)
const url = process.env.TEST_DATABASE_URL || undefined

/** So many files run at once where `--jobs` does not say otherwise. */
const JOBS = 2
/**
 * A file that needs more asks for it with `t.setTimeout`; on a slow machine all get more with
 * `--timeout`.
 */
const TIMEOUT_SECONDS = 120
const GRACE_MS = 20_000

/** So many files are named that took the longest, of those that took longer than this. */
const SLOW_FILES_MAX = 10
const SLOW_MS = 15_000

let template: string | undefined
const running = new Set<ChildProcess>()

try {
  const { files, jobs, timeoutMs } = readArguments()
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
  // What is waited for after such a signal is that the files have ended, so that what they used can
  // be removed.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(files, signal))
  const results = await runFiles(files, jobs, timeoutMs, environment)
  for (const each of slowestOf(results)) console.log(`slow: ${each}`)
  for (const { file, failed } of results) if (failed > 0) console.log(`failed: ${file}`)
  const passed = results.reduce((sum, each) => sum + each.passed, 0)
  const failed = results.reduce((sum, each) => sum + each.failed, 0)
  console.log(`\n${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
} finally {
  if (url !== undefined && template !== undefined) await dropTemplateDatabase(url, template)
  rmSync(folder, { recursive: true, force: true })
}

/**
 * The test files that were named, those in folders that were named, or all; in the order in which
 * they were named.
 */
function readArguments(): { files: string[]; jobs: number; timeoutMs: number } {
  const { values, positionals } = parseArgs({
    options: {
      jobs: { type: 'string', default: String(JOBS) },
      timeout: { type: 'string', default: String(TIMEOUT_SECONDS) }
    },
    allowPositionals: true
  })
  for (const [name, value] of Object.entries(values))
    if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`--${name} is a whole number above 0, not ${value}`)
  const named = positionals.length === 0 ? ['test'] : positionals
  const files = named.flatMap((path) => {
    const found = path.endsWith('.test.ts') ? [path] : globSync(`${path}/**/*.test.ts`, { cwd: root }).sort()
    if (found.length === 0) throw new Error(`there is no test file in ${path}`)
    return found
  })
  return { files: [...new Set(files)], jobs: Number(values.jobs), timeoutMs: Number(values.timeout) * 1_000 }
}

type NamedResult = FileResult & { readonly file: string }

/** Runs so many files at once, and tells of each when it has ended. */
async function runFiles(
  waiting: string[],
  jobs: number,
  timeoutMs: number,
  env: NodeJS.ProcessEnv
): Promise<NamedResult[]> {
  const results: NamedResult[] = []
  const onStart = (child: ChildProcess) => {
    running.add(child)
    child.on('close', () => running.delete(child))
  }
  const next = async (): Promise<void> => {
    const file = waiting.shift()
    if (file === undefined) return
    const run = () => runFile(file, { cwd: root, env, timeoutMs, graceMs: GRACE_MS, onStart })
    let result = await run()
    // V8 loses track of a page of compiled WebAssembly now and then, which is what the embedded
    // database is.
    if (result.runtimeFailed) {
      console.log(`the runtime failed in ${file}, which is run once more:\n${result.errorOutput.trim().slice(0, 400)}`)
      result = await run()
    }
    tell(file, result)
    results.push({ file, ...result })
    return next()
  }
  await Promise.all(Array.from({ length: jobs }, next))
  return results
}

function tell(file: string, { passed, failed, failures, errorOutput, durationMs }: FileResult): void {
  const seconds = (durationMs / 1_000).toFixed(1).padStart(6)
  console.log(`${failed === 0 ? '   ' : 'NOT'} ok ${seconds} s ${String(passed).padStart(5)}  ${file}`)
  for (const line of failures) console.log(line)
  if (errorOutput !== '') console.log(errorOutput.trimEnd())
}

function stop(waiting: string[], signal: NodeJS.Signals): void {
  waiting.length = 0
  for (const child of running) child.kill(signal)
}

/** The files that took the longest, with their seconds. */
function slowestOf(results: readonly NamedResult[]): string[] {
  const slow = results.filter(({ durationMs }) => durationMs > SLOW_MS)
  const slowest = slow.toSorted((left, right) => right.durationMs - left.durationMs).slice(0, SLOW_FILES_MAX)
  return slowest.map(({ file, durationMs }) => `${Math.round(durationMs / 1_000)} s ${file}`)
}
