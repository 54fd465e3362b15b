import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Erp } from '../demo/erp.ts'
import { startService } from '../demo/service.ts'
import { temporaryFolder } from './temporary-folder.ts'

const main = join(import.meta.dirname, '..', 'demo', 'main.ts')

t.test('the demo replays a seller’s business, and its books close', async (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.match(stdout, /60 +\d+ +\d+ +\d+\n/, 'orders by month and outcome')
  t.match(stdout, /They agree\./, 'the service’s totals are those of the file')
  t.match(stdout, /every receivable settled: yes\nno reservation left: yes\n/)
  t.match(stdout, /The books close: \d+ journal entries verified\./)
  t.notMatch(stdout, /BROKEN/)
  t.match(stdout, /^METRIC statements_per_request \d+\.\d+$/m)
  t.match(stdout, /Enron Corp\., as of 2001-03-31: (BBB|BB|B), /)
  t.match(stdout, /Apple Inc\., as of 2023-12-31: (AAA|AA|A), /)
})

t.test('a mistyped flag or a missing file is named, and the exit code says so', async (t) => {
  const mistyped = spawnSync(process.execPath, [main, '--order', 'x'], { encoding: 'utf8' })
  t.equal(mistyped.status, 2)
  t.match(mistyped.stderr, /--order/)
  const missing = spawnSync(process.execPath, [main, '--orders', '/nowhere.csv'], { encoding: 'utf8' })
  t.equal(missing.status, 2)
  t.match(missing.stderr, /The file \/nowhere\.csv cannot be read\./)
})

t.test('after kill -9 in the middle, every write that was answered is there, and the ledger is sound', async (t) => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  const log = join(folder, 'acknowledged.ndjson')
  const demo = spawn(process.execPath, [main, '--data', data, '--acknowledged', log], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  let said = ''
  demo.stdout.on('data', (chunk) => {
    said += chunk
  })
  while (!existsSync(log) || readFileSync(log, 'utf8').split('\n').length < 150) await sleep(20)
  const pid = Number(/process (\d+)/.exec(said)?.[1])
  process.kill(pid, 'SIGKILL')
  await once(demo, 'exit')

  const written = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.ok(written.length >= 149, `${written.length} writes were answered before the end`)
  const key = readFileSync(`${data}.key`, 'utf8').trim()
  const service = await startService(data)
  t.teardown(() => service.stop())
  const erp = new Erp(service.url, key)
  for (const { path, answer } of written) {
    const found = await erp.get<Record<string, unknown>>(pathOf(path, answer))
    for (const name of [
      'customerId',
      'invoiceId',
      'paymentId',
      'assessmentId',
      'limitDecisionId',
      'checkId',
      'outcome',
      'grade',
      'amount'
    ])
      if (name in answer) t.same(found[name], answer[name], `${path}: ${name}`)
  }
  t.match(await erp.get('/v1/audit/self-check'), { valid: true })

  /** Where what a write answered can be read. */
  function pathOf(path: string, answer: Record<string, string>): string {
    if (path.endsWith('/payments')) return `${path}/${answer.paymentId}`
    if (path.endsWith('/assessments')) return `${path}/${answer.assessmentId}`
    if (path.endsWith('/limit-decisions')) return `${path}/${answer.limitDecisionId}`
    if (path.startsWith('/v1/credit-checks')) return `/v1/credit-checks/${answer.checkId}`
    return path
  }
})
