import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { temporaryFolder } from '../temporary-folder.ts'

const root = join(import.meta.dirname, '..', '..')
const data = join(root, '..', 'shared', 'data', 'us-companies.csv.gz')
const skip = existsSync(data) ? false : 'the data set of company statements is not here'

function validate(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['validate/main.ts', ...args], { cwd: root, encoding: 'utf8' })
}

function metricsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/^METRIC (\S+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)])
  )
}

t.test('12,750 real statements go through the whole engine, and the known areas come out', { skip }, async (t) => {
  const { status, stdout, stderr } = validate('--statements', data)
  t.equal(stderr, '')
  t.equal(status, 0)
  t.match(stdout, /12,750 {2}statements of 2,550 companies, 372 of them bankrupt/)
  const metrics = metricsOf(stdout)
  const known: [string, number][] = [
    ['auc_altman_z_train', 0.6995],
    ['auc_altman_z_validation', 0.7629],
    ['auc_altman_z_double_prime_train', 0.702],
    ['auc_altman_z_double_prime_validation', 0.7503],
    ['auc_zmijewski_train', 0.7737],
    ['auc_zmijewski_validation', 0.7854]
  ]
  for (const [name, area] of known) t.equal(metrics[name]?.toFixed(4), area.toFixed(4), name)
  t.ok((metrics.auc_shipped_validation ?? 0) > 0.7854, 'the company card beats the best published model on validation')
  t.ok((metrics.auc_shipped_train ?? 0) > 0.7737, 'and on train')
  const { train, validation } = observedRates(stdout)
  t.ok(train.length >= 5, 'the card spreads companies over five grades at least')
  for (const [index, rate] of train.entries()) {
    const better = train[index - 1] ?? -1
    t.ok(rate > better, `train: observed defaults rise from ${better} to ${rate}`)
  }
  for (const [index, rate] of validation.entries()) {
    const better = validation[index - 1] ?? 0
    t.ok(rate >= better, `validation: observed defaults do not fall from ${better} to ${rate}`)
  }
  t.match(stdout.trimEnd().split('\n').at(-1), /^METRIC /, 'the figures for machines stand last')
})

/** The share of bankrupt companies in each grade of the company card, from the best grade on. */
function observedRates(report: string): { train: number[]; validation: number[] } {
  const rows = report.split('Company card, statements (PD').at(1)?.split('\n\n').at(1)?.split('\n') ?? []
  const grades = rows.flatMap((row) => {
    const [, ...counts] = /^ +[A-C]+ +([\d,]+) +(\d+) +\S+ +\S+ % +\S+ % +([\d,]+) +(\d+)/.exec(row) ?? []
    const [all = 0, bad = 0, others = 0, othersBad = 0] = counts.map((count) => Number(count.replace(',', '')))
    return counts.length === 0 ? [] : [{ train: bad / all, validation: othersBad / others }]
  })
  return { train: grades.map(({ train }) => train), validation: grades.map(({ validation }) => validation) }
}

t.test('an area that is not the known one is said in a sentence, and fails', { skip }, async (t) => {
  const file = join(temporaryFolder(t), 'some.csv.gz')
  const [header = '', ...lines] = gunzipSync(readFileSync(data)).toString().trim().split('\n')
  const some = lines.filter((_, index) => index % 25 < 5)
  writeFileSync(file, gzipSync([header, ...some].join('\n')))
  const { status, stdout, stderr } = validate('--statements', file)
  t.equal(status, 1)
  t.match(stderr, /The area under the curve of Zmijewski on train is 0\.\d{4}, but 0\.7737 when computed apart/)
  t.match(metricsOf(stdout), { auc_zmijewski_train: Number }, 'the report is printed all the same')
})

t.test('a file that cannot be read as statements is refused with its line', async (t) => {
  const folder = temporaryFolder(t)
  const written = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, gzipSync(text))
    return file
  }
  const table: [file: string, said: RegExp][] = [
    [join(folder, 'absent.csv.gz'), /ENOENT/],
    [written('empty.csv.gz', ''), /has no statement/],
    [written('columns.csv.gz', 'part,company\ntrain,C1\n'), /line 2 lacks the columns year, bankrupt/]
  ]
  for (const [file, said] of table) {
    const { status, stdout, stderr } = validate('--statements', file)
    t.equal(status, 1)
    t.equal(stdout, '')
    t.match(stderr, said)
    t.notMatch(stderr, /^ {4}at /m, 'without a stack')
  }
  writeFileSync(join(folder, 'plain.csv.gz'), 'part,company\n')
  t.match(validate('--statements', join(folder, 'plain.csv.gz')), { status: 1, stderr: /incorrect header check/ })
})

t.test('a wrong command line gets the usage', async (t) => {
  for (const args of [[], ['--stat', 'x'], ['x']]) {
    t.match(validate(...args), { status: 2, stdout: '', stderr: /npm run validate -- --statements FILE/ })
  }
  t.match(validate('--help'), { status: 0, stdout: /npm run validate/ })
})
