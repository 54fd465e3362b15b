import { readFileSync } from 'node:fs'
import t from 'tap'
import type { CreditFile, CustomerProfile, FiledStatement } from '../../../src/engine/features/credit-file.ts'
import { features } from '../../../src/engine/features/features.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { score } from '../../../src/engine/scorecards/scorecard.ts'
import type { PointsModel } from '../../../src/engine/scorecards/scoring-model.ts'

function read<Document>(path: string): Document {
  return JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))
}

const model = read<PointsModel>('models/company.json')
const compiled = compileModel(model)

interface Example {
  customer: CustomerProfile
  statements: FiledStatement[]
}

/** The published accounts of a company, with its age and size or with nothing else known of it. */
function fileOf(name: string, withProfile: boolean): CreditFile {
  const { customer, statements } = read<Example>(`examples/${name}.json`)
  const { kind, registeredOn, employees } = customer
  const profile = withProfile ? { kind, registeredOn, employees } : { kind }
  return { currency: 'USD', profile: profile as CustomerProfile, statements, invoices: [], settlements: [] }
}

t.test('the published accounts of Enron and Apple come out as models/README.md says', async (t) => {
  const table = [
    ['enron-2000', false, '2001-03-31', { score: 338, pd: 0.040207, grade: 'B' }],
    ['enron-2000', true, '2001-03-31', { score: 365, pd: 0.021956, grade: 'BB' }],
    ['apple-2023', false, '2023-12-31', { score: 404, pd: 0.009035, grade: 'BBB' }],
    ['apple-2023', true, '2023-12-31', { score: 434, pd: 0.004538, grade: 'A' }]
  ] as const
  for (const [name, withProfile, asOf, expected] of table) {
    const result = score(compiled, features(fileOf(name, withProfile), asOf), asOf)
    t.match(result, { status: 'rated', ...expected }, `${name}, ${withProfile ? 'with' : 'without'} age and size`)
  }
  const old = score(compiled, features(fileOf('enron-2000', true), '2002-07-03'), '2002-07-03')
  t.match(old, { status: 'unrated' }, 'after eighteen months')
})

t.test('the model’s cases of these two rest on the figures that the engine computes from their accounts', async (t) => {
  for (const [company, name, asOf] of [
    ['Enron', 'enron-2000', '2001-03-31'],
    ['Apple', 'apple-2023', '2023-12-31']
  ] as const) {
    const computed = features(fileOf(name, false), asOf)
    const found = model.cases.find((each) => each.name.includes(company))
    for (const [id, value] of Object.entries(found?.features ?? {})) {
      if (id.startsWith('financial.')) t.match(computed[id], { value }, `${id} of ${company}`)
    }
    t.ok(found, `there is a case of ${company}`)
  }
})

t.test('the parts weigh what they are said to weigh', async (t) => {
  const weights = Object.fromEntries(
    [...Map.groupBy(model.characteristics, ({ group }) => group)].map(([group, members]) => [
      group,
      members.reduce((sum, { weight }) => sum + weight, 0)
    ])
  )
  t.same(weights, { statements: 40, payment_behaviour: 30, records: 15, standing: 10, qualitative: 5 })
})
