import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runFile } from './run-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

// It starts a process for every line of the table.
t.setTimeout(300_000)

const PREAMBLE = `import t from ${JSON.stringify(import.meta.resolve('tap'))}\n`

/** What a file does, what it counts as, and what is told of it. */
const FILES: Record<string, { source: string; passed: number; failed: number; told?: RegExp; timeoutMs?: number }> = {
  passes: {
    source: `t.pass(); t.test('below', async (t) => t.pass()); t.test('not here', { skip: true }, () => {})`,
    passed: 2,
    failed: 0
  },
  'fails below': {
    source: `t.pass('whole'); t.test('below', async (t) => t.equal('got', 'wanted', 'the two'))`,
    passed: 1,
    failed: 1,
    told: /not ok 1 - the two.*-wanted.*\+got.*not ok 2 - below/s
  },
  'gives up': { source: `t.pass(); t.bailout('no way on')`, passed: 1, failed: 1, told: /Bail out! no way on/ },
  'tests nothing': { source: '', passed: 0, failed: 1, told: /tests nothing/ },
  'cannot be loaded': { source: `import './missing.ts'`, passed: 0, failed: 1, told: /exit code 1.*missing/s },
  'ends in a test': { source: `t.test('a', async (t) => { t.pass(); process.exit(0) })`, passed: 1, failed: 1 },
  'fails when all is told': {
    source: `t.pass(); process.on('exit', () => { process.exitCode = 3 })`,
    passed: 1,
    failed: 1,
    told: /exit code 3/
  },
  'waits for ever': {
    source: `t.test('a', async () => new Promise(() => setInterval(() => {}, 1_000)))`,
    passed: 0,
    failed: 1,
    told: /timeout|SIGKILL/,
    timeoutMs: 2_000
  },
  'loops for ever': { source: 'for (;;);', passed: 0, failed: 1, told: /SIGKILL/, timeoutMs: 1 },
  'asks for less time and loops': {
    source: 't.setTimeout(1); setTimeout(() => { for (;;); })',
    passed: 0,
    failed: 1
  }
}

t.test('a runtime that ends itself is told from a test that fails', async (t) => {
  const folder = temporaryFolder(t)
  const run = async (source: string) => {
    const file = join(folder, 'one.test.ts')
    writeFileSync(file, PREAMBLE + source)
    return runFile(file, { cwd: folder, env: process.env, timeoutMs: 60_000, graceMs: 1_000 })
  }
  const fatal = `process.stderr.write('\\n#\\n# Fatal error in , line 0\\n', () => process.kill(process.pid, 'SIGILL'))`
  t.match(await run(`t.pass(); ${fatal}; setInterval(() => {}, 1_000)`), { failed: 1, runtimeFailed: true })
  t.match(await run(`t.fail('# Fatal error in here')`), { failed: 1, runtimeFailed: false })
})

t.test('a test file counts as what it came to, however it ends', async (t) => {
  const folder = temporaryFolder(t)
  for (const [name, { source, passed, failed, told, timeoutMs }] of Object.entries(FILES)) {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.test.ts`)
    writeFileSync(file, PREAMBLE + source)
    const result = await runFile(file, {
      cwd: folder,
      env: process.env,
      timeoutMs: timeoutMs ?? 60_000,
      graceMs: 1_000
    })
    t.match(result, { passed, failed }, name)
    t.match([...result.failures, result.errorOutput].join('\n').trim(), told ?? (failed === 0 ? /^$/ : /./), name)
  }
})
