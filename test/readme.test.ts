import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ConfigSchema } from '../src/config.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

t.test('the lines of the walk-through lead from nothing to a paid order, pasted as they stand', async (t) => {
  const folder = temporaryFolder(t)
  const { url, key } = await startService(t, join(folder, 'data'))
  const lines = /```sh\n(export CREDENCE=[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const script = lines
    .replace(/export CREDENCE=.*/, `export CREDENCE=${url}`)
    .replace(/export KEY=.*/, `export KEY=${key}`)
  t.match(script, /call -X POST/, 'the walk-through was found')
  const output = await run('bash', ['-euo', 'pipefail', '-c', script], folder)
  const answers = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
  t.equal(answers.length, 10, 'each call is answered')
  for (const answer of answers) t.notOk(answer.type, `no problem: ${JSON.stringify(answer).slice(0, 200)}`)
  const [customer, statement, assessment, limit, check, captured, invoice, exposure, payment, behaviour] = answers
  t.match(customer, { customerId: 'C-1001', version: 1 })
  t.ok(statement.ratios.length > 20)
  t.match(assessment, { status: 'rated' })
  t.match(limit, { state: 'applied' })
  t.match(check, { outcome: 'approved', reservation: { state: 'active' } })
  t.match(captured, { reservation: { state: 'captured' } })
  t.match(invoice, { open: { amount: '180000.00' } })
  t.match(exposure, {
    exposure: { receivables: { amount: '180000.00' }, captured: { amount: '0.00' }, reserved: { amount: '0.00' } }
  })
  t.match(payment, { allocations: [{ invoiceId: 'INV-7001' }] })
  t.match(behaviour, { settledCount: 1, lateCount: 0 })
})

t.test('the table of settings is the configuration', async (t) => {
  const rows = Object.entries(ConfigSchema.properties).map(([name, setting]) => {
    const { default: value, description } = setting as { default?: unknown; description?: string }
    const shown = value === '' ? '' : `\`${value}\``
    return `| \`${name}\` | ${shown} | ${description} |`
  })
  const table = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(readme)?.[1] ?? ''
  t.equal(table.trim(), ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n'))
})

/** The service as `npm start` starts it, on a free port and a folder of its own. */
async function startService(t: Test, dataDir: string): Promise<{ url: string; key: string }> {
  const service = spawn(process.execPath, [join(root, 'src/main.ts')], {
    env: { PATH: process.env.PATH, PORT: '0', CREDENCE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => stopped(service))
  let said = ''
  for await (const chunk of service.stdout) {
    said += chunk
    const url = /ready at (\S+)/.exec(said)?.[1]
    const key = /(cred_\S+)\n/.exec(said)?.[1]
    if (url !== undefined && key !== undefined) return { url, key }
  }
  throw new Error(`the service did not start: ${said}`)
}

async function stopped(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null) return
  const ended = new Promise((resolve) => service.once('exit', resolve))
  service.kill('SIGTERM')
  await ended
}

async function run(command: string, parameters: string[], cwd: string): Promise<string> {
  const child = spawn(command, parameters, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}\n${output}`)
  return output
}
