import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** What one test file came to. */
export interface FileResult {
  readonly passed: number
  /**
   * At least 1 for a file that failed in any way: by an assertion, a crash, a test that never
   * ended, or because it tests nothing.
   */
  readonly failed: number
  /**
   * What failed, as the file itself said it, with the diagnosis below it; or one sentence why
   * nothing was said.
   */
  readonly failures: readonly string[]
  /** What it wrote to its standard error. */
  readonly errorOutput: string
  /**
   * Whether the runtime itself ended, in a check of its own: that says nothing about what the file
   * tests.
   */
  readonly runtimeFailed: boolean
  readonly durationMs: number
}

interface RunFileOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** How long the file may take; it may ask for another time with `t.setTimeout`. */
  readonly timeoutMs: number
  /** So long a file may still tell what it was waiting for after that, before it is killed. */
  readonly graceMs: number
  /** Hears of the process, so that it can be stopped. */
  readonly onStart?: (child: ChildProcess) => void
}

/**
 * Runs one test file in a process of its own. Of the thousands of lines that it prints only its
 * failures and its own summary are kept: it has already counted.
 */
export async function runFile(file: string, options: RunFileOptions): Promise<FileResult> {
  const beganMs = performance.now()
  const child = spawn(process.execPath, [file], {
    cwd: options.cwd,
    env: { ...options.env, TAP_TIMEOUT: String(options.timeoutMs / 1_000) },
    // Over the channel tap says which time a file asks for.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  options.onStart?.(child)
  const deadline = killAfter(child, options)
  const [{ counts, failures }, errorOutput, [code, signal]] = await Promise.all([
    readTap(createInterface({ input: child.stdout as Readable })),
    text(child.stderr as Readable),
    once(child, 'close')
  ])
  deadline.clear()
  const reason = reasonOf(code, signal, counts)
  return {
    passed: counts?.passed ?? 0,
    failed: Math.max(counts?.failed ?? 0, reason === undefined ? 0 : 1),
    failures: reason === undefined || failures.length > 0 ? failures : [reason],
    errorOutput,
    runtimeFailed: signal !== null && /^# Fatal error in /m.test(errorOutput),
    durationMs: performance.now() - beganMs
  }
}

/** Kills the file where it does not end itself in time, as a loop without end. */
function killAfter(child: ChildProcess, { timeoutMs, graceMs }: RunFileOptions): { clear: () => void } {
  const kill = () => child.kill('SIGKILL')
  let timer = setTimeout(kill, timeoutMs + graceMs)
  child.on('message', (message) => {
    const asked = (message as { setTimeout?: unknown }).setTimeout
    if (typeof asked !== 'number') return
    clearTimeout(timer)
    timer = setTimeout(kill, asked + graceMs)
  })
  return { clear: () => clearTimeout(timer) }
}

interface Counts {
  readonly total: number
  readonly passed: number
  readonly failed: number
}

/** Why a file counts as failed, whatever it says itself. */
function reasonOf(code: number | null, signal: string | null, counts: Counts | undefined): string | undefined {
  if (signal !== null) return `ended by ${signal}`
  if (code !== 0) return `exit code ${code}`
  if (counts === undefined || counts.total === 0) return 'it tests nothing'
  return undefined
}

async function readTap(lines: AsyncIterable<string>): Promise<{ counts: Counts | undefined; failures: string[] }> {
  let counts: Counts | undefined
  const failures: string[] = []
  let diagnosis: 'none' | 'possible' | 'open' = 'none'
  for await (const line of lines) {
    if (/^\s*(not ok |Bail out!)/.test(line)) {
      failures.push(line)
      diagnosis = 'possible'
    } else if (diagnosis === 'open' || (diagnosis === 'possible' && /^\s*---$/.test(line))) {
      failures.push(line)
      diagnosis = /^\s*\.\.\.$/.test(line) ? 'none' : 'open'
    } else {
      diagnosis = 'none'
      const summary = /^# \{ (total: .*) \}$/.exec(line)?.[1]
      if (summary !== undefined) counts = countsOf(summary)
    }
  }
  return { counts, failures }
}

function countsOf(summary: string): Counts {
  const count = (name: string) => Number(new RegExp(`\\b${name}: (\\d+)`).exec(summary)?.[1] ?? 0)
  return { total: count('total'), passed: count('pass'), failed: count('fail') }
}
