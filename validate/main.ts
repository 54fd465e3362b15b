import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { compileModel, modelFaults, type PolicyDocument, policyFaults, type ScoringModel } from '../src/engine/index.ts'
import { type Evaluation, evaluate, SUBJECT_ENTRIES, type Subject } from './evaluation.ts'
import { type Assessed, assess } from './pipeline.ts'
import { evaluationOf, gradesReport, metricLines, pipelineReport, rankingReport, zonesReport } from './report.ts'
import { PARTS, type Part, type Row, readStatements } from './statements.ts'

const MODEL = new URL('../models/company.json', import.meta.url)
const POLICY = new URL('../policies/standard.json', import.meta.url)
const USAGE = `npm run validate -- --statements FILE.csv.gz

  Takes every statement of the file through the engine, and measures how well the company model and three published models tell
  the companies that went bankrupt from the others. The file is the data set of Lombardo et al. (2022).
`

/** The areas under the curve that were computed apart from this engine, for the whole data set. */
const KNOWN_AREAS: readonly (readonly [Subject, Readonly<Record<Part, number>>])[] = [
  ['altman_z', { train: 0.6995, validation: 0.7629 }],
  ['altman_z_double_prime', { train: 0.702, validation: 0.7503 }],
  ['zmijewski', { train: 0.7737, validation: 0.7854 }]
]

process.exitCode = await main()

/** 0: all went through, and the known areas are met; 1: not so; 2: the command line is wrong. */
async function main(): Promise<number> {
  let file: string | undefined
  try {
    const options = { statements: { type: 'string' }, help: { type: 'boolean' } } as const
    const { values } = parseArgs({ options, strict: true, allowPositionals: false })
    if (values.help === true) {
      process.stdout.write(USAGE)
      return 0
    }
    file = values.statements
    if (file === undefined) throw new Error('Name the file of statements.')
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`)
    return 2
  }
  try {
    return await validate(file)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return 1
  }
}

async function validate(file: string): Promise<number> {
  const { all, failures } = await assessAll(file)
  for (const failure of failures) process.stderr.write(`${failure}\n`)
  const companies = lastOf(all)
  const evaluations = evaluate(companies)
  process.stdout.write(
    [
      pipelineReport(file, all, companies),
      rankingReport(evaluations, companies),
      gradesReport(evaluations),
      zonesReport(companies),
      metricLines(evaluations)
    ].join('')
  )
  const wrong = differences(evaluations)
  for (const sentence of wrong) process.stderr.write(`${sentence}\n`)
  return failures.length + wrong.length === 0 ? 0 : 1
}

/**
 * Every statement of the file through the engine, in its order; an exception is a failure of ours,
 * and does not end the run.
 */
async function assessAll(file: string): Promise<{ all: Assessed[]; failures: string[] }> {
  const model = JSON.parse(await readFile(MODEL, 'utf8')) as ScoringModel
  const policy = JSON.parse(await readFile(POLICY, 'utf8')) as PolicyDocument
  for (const { pointer, detail } of [...modelFaults(model), ...policyFaults(policy)])
    throw new Error(`The model or the policy is not fit for use: ${pointer}: ${detail}`)
  const compiled = compileModel(model)
  const earlier = new Map<string, Row[]>()
  const all: Assessed[] = []
  const failures: string[] = []
  for await (const row of readStatements(file)) {
    const known = earlier.get(row.company) ?? []
    try {
      all.push(assess(row, known, compiled, policy))
    } catch (error) {
      failures.push(`The engine failed on company ${row.company}, ${row.year}: ${messageOf(error)}`)
    }
    earlier.set(row.company, [...known, row])
  }
  if (all.length === 0) throw new Error(`The file ${file} has no statement that went through.`)
  return { all, failures }
}

/** The last statement of each company. */
function lastOf(all: readonly Assessed[]): Assessed[] {
  const last = new Map<string, Assessed>()
  for (const each of all) {
    if (each.row.year >= (last.get(each.row.company)?.row.year ?? Number.NEGATIVE_INFINITY))
      last.set(each.row.company, each)
  }
  return [...last.values()]
}

/** Every area that is not the known one to four decimals, in a sentence. */
function differences(evaluations: readonly Evaluation[]): string[] {
  return KNOWN_AREAS.flatMap(([subject, areas]) =>
    PARTS.flatMap((part) => {
      const area = evaluationOf(evaluations, subject, part)?.areaUnderCurve.toFixed(4)
      const known = areas[part].toFixed(4)
      if (area === known) return []
      const { name } = SUBJECT_ENTRIES[subject]
      return [
        `The area under the curve of ${name} on ${part} is ${area}, but ${known} when computed apart from this engine.`
      ]
    })
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
