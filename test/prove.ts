// npm run prove [-- --only simulate,kills] [--seeds N] [--seed S] [--embedded N] [--kills N]
// [--documents N] [--requests N] Runs what is too slow for every merge, one part after another,
// and ends with a table of what ran, how much of it, how long and with which result. Starts its
// own PostgreSQL 15 or later.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { postgresPrograms, startCluster } from './fire/cluster.ts'

const root = join(import.meta.dirname, '..')

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    embedded: { type: 'string', default: '200' },
    kills: { type: 'string', default: '50' },
    documents: { type: 'string', default: '10000' },
    requests: { type: 'string', default: '20000' }
  }
})
const { seeds, seed, embedded, kills, documents, requests } = values

/** One proof: a script with its arguments, or test files, which are given a PostgreSQL. */
interface Part {
  readonly name: string
  readonly size: string
  readonly script?: readonly string[]
  /** Patterns below the folder of the repository; where they name nothing the part is not there. */
  readonly tests?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const SIMULATE = 'test/fire/simulate.ts'

const PARTS: readonly Part[] = [
  { name: 'simulate', size: `${seeds} seeds from ${seed}`, script: [SIMULATE, '--seeds', seeds, '--seed', seed] },
  {
    name: 'embedded',
    size: `${embedded} seeds from ${seed}`,
    script: [SIMULATE, '--embedded', '--seeds', embedded, '--seed', seed]
  },
  { name: 'kills', size: `${kills} of each kind`, script: [SIMULATE, '--kills', kills] },
  {
    name: 'models',
    size: `${documents} documents`,
    script: ['test/model-format/pmml/prove.ts', '--documents', documents]
  },
  {
    name: 'requests',
    size: `${requests} from seed ${seed}`,
    tests: ['test/http/fuzz/fuzz.test.ts'],
    env: { FUZZ_REQUESTS: requests, FUZZ_SEED: seed }
  },
  { name: 'oversold', size: '100 runs of 64 clients', tests: ['test/fire/never-oversold.test.ts'] },
  { name: 'interleavings', size: 'every pair', tests: ['test/fire/interleavings.test.ts'] },
  { name: 'tampering', size: 'every value', tests: ['test/audit*.test.ts', 'test/**/tamper*.test.ts'] },
  { name: 'standby', size: 'one replica', tests: ['test/fire/replica.test.ts', 'test/**/standby*.test.ts'] },
  { name: 'pooler', size: 'one pooler', tests: ['test/**/pooler*.test.ts'] }
]

const wanted = values.only?.split(',') ?? PARTS.map(({ name }) => name)
const unknown = wanted.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0)
  throw new RangeError(`--only takes ${PARTS.map(({ name }) => name).join(', ')}; there is no ${unknown.join(', ')}`)

const rows: { part: string; size: string; seconds: number; result: string }[] = []
for (const part of PARTS) {
  if (!wanted.includes(part.name)) continue
  console.log(`\n== ${part.name}: ${part.size}`)
  const began = performance.now()
  const result = await prove(part)
  rows.push({ part: part.name, size: part.size, seconds: Math.round((performance.now() - began) / 1_000), result })
}

console.log('\n== what was proved')
for (const { part, size, seconds, result } of rows)
  console.log(`${part.padEnd(14)} ${size.padEnd(28)} ${String(seconds).padStart(6)} s  ${result}`)
if (rows.some(({ result }) => result === 'FAILED')) process.exitCode = 1

async function prove({ script, tests = [], env = {} }: Part): Promise<string> {
  if (script !== undefined) return resultOf(await run(script, {}))
  const files = globSync([...tests], { cwd: root }).sort()
  if (files.length === 0) return 'not there'
  const programs = postgresPrograms()
  if (programs === undefined) return 'needs a PostgreSQL 15 or later'
  const folder = mkdtempSync(join(tmpdir(), 'credence-prove-'))
  chmodSync(folder, 0o711)
  const cluster = await startCluster(programs, folder)
  try {
    const suite = ['test/run.ts', '--timeout=3000', ...files]
    return resultOf(await run(suite, { ...env, TEST_DATABASE_URL: cluster.urlOf('postgres'), CREDENCE_PROVE: 'whole' }))
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a script of the repository with its own output, and answers its exit code. */
async function run(script: readonly string[], env: Record<string, string>): Promise<number | null> {
  const child = spawn(process.execPath, script, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

function resultOf(code: number | null): string {
  return code === 0 ? 'sound' : 'FAILED'
}
