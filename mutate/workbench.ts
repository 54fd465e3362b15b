import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runFile } from '../test/run-file.ts'
import type { Mutant } from './mutants.ts'

const COPIED = [
  'src',
  'test',
  'demo',
  'migrations',
  'models',
  'policies',
  'examples',
  'openapi',
  'house',
  'validate',
  'bench'
]
const LINKED = [
  'node_modules',
  'package.json',
  'tsconfig.json',
  'docs',
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md'
]

/** A test that runs for so long under a mutant is taken to hang, and so to notice it. */
const TIMEOUT_MS = 120_000

/** A copy of the code in which one mutant at a time is tried. */
export class Workbench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'credence-mutate-'))
  readonly #environment: NodeJS.ProcessEnv

  constructor(templates: NodeJS.ProcessEnv) {
    for (const name of COPIED) cpSync(name, join(this.#folder, name), { recursive: true })
    for (const name of LINKED) symlinkSync(resolve(name), join(this.#folder, name))
    this.#environment = { ...process.env, ...templates }
  }

  /** The first test file that notices the mutant; undefined when none does. */
  async killerOf(mutant: Mutant, guards: readonly string[]): Promise<string | undefined> {
    const file = join(this.#folder, mutant.path)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.slice(0, mutant.from) + mutant.after + text.slice(mutant.to))
    try {
      return await this.#firstFailing(guards)
    } finally {
      writeFileSync(file, text)
    }
  }

  /** Runs the tests in this order until one fails; undefined when all pass. */
  async #firstFailing(files: readonly string[]): Promise<string | undefined> {
    for (const file of files) {
      const result = await this.run(file)
      if (result.failed > 0) return file
    }
    return undefined
  }

  /** Runs one test file. What the runtime does to itself says nothing, so that run is repeated. */
  async run(file: string) {
    const options = { cwd: this.#folder, env: this.#environment, timeoutMs: TIMEOUT_MS, graceMs: 1_000 }
    const result = await runFile(file, options)
    return result.runtimeFailed ? runFile(file, options) : result
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
