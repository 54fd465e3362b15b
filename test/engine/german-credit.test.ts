import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import type { FeatureValue } from '../../src/engine/features.ts'
import { modelFaults } from '../../src/engine/model-faults.ts'
import { compileModel, type FeatureSet, type ScoreResult, score } from '../../src/engine/scorecard.ts'
import type { ModelInput, WoeCharacteristic, WoeModel } from '../../src/engine/scoring-model.ts'
import { areaUnderCurve, gini, kolmogorovSmirnov, type Outcome } from '../../validate/metrics.ts'

const rowsFile = new URL('../../../shared/data/german-credit.csv', import.meta.url)
const oracleFile = new URL('../../../shared/data/german-credit-oracle.json', import.meta.url)
const skip = existsSync(rowsFile) && existsSync(oracleFile) ? false : 'the German credit data are not here'

interface Oracle {
  woe: Record<string, { attributes: Record<string, { woe: number }> }>
  logit: Record<string, number>
  points: Record<string, Record<string, number>>
  train: { auc: number; gini: number; ks: number }
}
type Row = Record<string, string>

const readOracle = (): Oracle => JSON.parse(readFileSync(oracleFile, 'utf8'))
const readRows = (): Row[] => parse(readFileSync(rowsFile, 'utf8'), { columns: true })
const TRAIN_ROWS = 700
const asOf = '1994-11-17'

/** The six attributes, with what is nearest to them in the catalogues of groups and reasons. */
const ATTRIBUTES: Record<string, Pick<WoeCharacteristic, 'group' | 'reason' | 'strength'>> = {
  duration_in_month: { group: 'profile', reason: 'EXPERIENCE_SHORT', strength: 'EXPERIENCE_LONG' },
  credit_amount: { group: 'profile', reason: 'COMPANY_SMALL', strength: 'COMPANY_LARGE' },
  status_of_existing_checking_account: {
    group: 'statements',
    reason: 'LIQUIDITY_LOW',
    strength: 'LIQUIDITY_STRONG'
  },
  credit_history: { group: 'payment_behaviour', reason: 'PAYS_LATE', strength: 'PAYS_ON_TIME' },
  savings_account_and_bonds: { group: 'statements', reason: 'EQUITY_LOW', strength: 'EQUITY_STRONG' },
  other_debtors_or_guarantors: { group: 'profile', reason: 'COOPERATION_SHORT', strength: 'COOPERATION_LONG' }
}

const isRange = (attribute: string): boolean => /^\[.+,.+\)$/.test(attribute)

/** '[8,16)' as a range; infinity leaves the side open. */
function rangeOf(attribute: string): { from?: number; to?: number } {
  const [from = '', to = ''] = attribute.slice(1, -1).split(',')
  return { ...(from === '-inf' ? {} : { from: Number(from) }), ...(to === 'inf' ? {} : { to: Number(to) }) }
}

/** The names of a characteristic's attributes in the order of the model: ranges rise. */
function attributesOf(oracle: Oracle, id: string): string[] {
  const lowest = (attribute: string): number =>
    isRange(attribute) ? (rangeOf(attribute).from ?? Number.NEGATIVE_INFINITY) : 0
  return Object.keys(oracle.woe[id]?.attributes ?? {}).toSorted((a, b) => (lowest(a) < lowest(b) ? -1 : 1))
}

function characteristicOf(oracle: Oracle, id: string): WoeCharacteristic {
  const labels = ATTRIBUTES[id] ?? { group: 'profile', reason: 'PAYS_LATE', strength: 'PAYS_ON_TIME' }
  const names = attributesOf(oracle, id)
  const woeOf = (name: string): number => oracle.woe[id]?.attributes[name]?.woe ?? Number.NaN
  const base = {
    id,
    name: { en: id.replaceAll('_', ' '), zh: id },
    ...labels,
    feature: id,
    missing: { rule: 'worst' } as const,
    coefficient: oracle.logit[id] ?? Number.NaN
  }
  return names.some(isRange)
    ? { ...base, type: 'numeric', attributes: names.map((name) => ({ ...rangeOf(name), woe: woeOf(name) })) }
    : {
        ...base,
        type: 'category',
        unseen: { rule: 'worst' },
        attributes: names.map((name) => ({ values: [name], woe: woeOf(name) }))
      }
}

function modelOf(oracle: Oracle, ids: readonly string[] = Object.keys(oracle.woe)): WoeModel {
  const characteristics = ids.map((id) => characteristicOf(oracle, id))
  const inputs = characteristics.map(
    ({ id, type, name }): ModelInput => ({ id, type, description: { en: name.en, zh: '德国信贷数据的一项' } })
  )
  const best = Object.fromEntries(
    characteristics.map(({ id, type, attributes }) => {
      const top = attributes.reduce((a, b) => (b.woe > a.woe ? b : a))
      return [id, 'values' in top ? (top.values[0] ?? '') : type === 'numeric' ? (top.from ?? 0) : '']
    })
  )
  return {
    id: 'german-credit',
    version: 1,
    kind: 'woe',
    name: { en: 'German credit', zh: '德国信贷' },
    description: { en: 'Six attributes of loan applications.', zh: '贷款申请的六项属性。' },
    segment: 'individual',
    inputs,
    scaling: { points: 600, odds: 19, pointsToDoubleOdds: 50 },
    intercept: oracle.logit.const ?? Number.NaN,
    rounding: 'none',
    minimumCoverage: 0.5,
    characteristics,
    evidence: [
      { id: 'any', name: { en: 'Application', zh: '申请' }, requires: [{ group: 'profile', coverageAtLeast: 0.5 }] }
    ],
    ceilings: [],
    knockouts: [],
    cases: [{ name: 'the best of everything', features: best, expect: { status: 'rated' } }]
  }
}

function featuresOf(model: WoeModel, row: Row): FeatureSet {
  return Object.fromEntries(
    model.characteristics.map(({ feature, type }) => {
      const cell = row[feature] ?? ''
      const value: FeatureValue = type === 'numeric' ? Number(cell) : cell
      return [feature, { value, asOf, source: 'application' }]
    })
  )
}

/** Whether two numbers agree to a millionth. */
function agrees(found: number | null | undefined, wanted: number | undefined): boolean {
  return Math.abs((found ?? Number.NaN) - (wanted ?? Number.NaN)) < 1e-6
}

t.test('the model can be published, and every attribute earns the points of the oracle', { skip }, async (t) => {
  const oracle = readOracle()
  const model = modelOf(oracle)
  t.same(modelFaults(model), [])
  const compiled = compileModel(model)
  let tried = 0
  model.characteristics.forEach(({ id, feature, type }, index) => {
    attributesOf(oracle, id).forEach((name, position) => {
      const value = type === 'numeric' ? (rangeOf(name).from ?? -1e9) : name
      const contribution = score(compiled, { [feature]: { value, asOf, source: 'test' } }, asOf).contributions[index]
      t.equal(contribution?.attribute, position, `${id} ${name}`)
      t.ok(agrees(contribution?.points, oracle.points[id]?.[name]), `${id} ${name}: ${contribution?.points}`)
      tried += 1
    })
  })
  t.equal(tried, 25)
})

t.test('over the rows of the oracle the model ranks as stated, and no row is without a score', { skip }, async (t) => {
  const oracle = readOracle()
  const model = modelOf(oracle)
  const compiled = compileModel(model)
  const rows = readRows()
  const results = rows.map((row): ScoreResult => score(compiled, featuresOf(model, row), asOf))
  t.equal(rows.length, 1000)
  t.ok(results.every(({ status, coverage }) => status === 'rated' && coverage === 1))
  const outcomes = results
    .slice(0, TRAIN_ROWS)
    .map((result, index): Outcome => ({ risk: -(result.score ?? 0), bad: rows[index]?.creditability === 'bad' }))
  t.ok(agrees(areaUnderCurve(outcomes), oracle.train.auc), `AUC ${areaUnderCurve(outcomes)}`)
  t.ok(agrees(gini(outcomes), oracle.train.gini), `Gini ${gini(outcomes)}`)
  t.ok(agrees(kolmogorovSmirnov(outcomes), oracle.train.ks), `KS ${kolmogorovSmirnov(outcomes)}`)
  const expected = results.slice(0, TRAIN_ROWS).reduce((sum, { pd }) => sum + (pd ?? 0), 0)
  const observed = outcomes.filter(({ bad }) => bad).length
  t.ok(
    Math.abs(expected - observed) < 0.01,
    `the PDs of the rows it was fitted on add up to the ${observed} bad: ${expected}`
  )
})

t.test('sex and personal status, age and being a foreign worker are refused as inputs', { skip }, async (t) => {
  const model = modelOf(readOracle())
  for (const id of ['personal_status_and_sex', 'age_in_years', 'foreign_worker']) {
    t.ok(id in (readRows()[0] ?? {}), `${id} is in the data`)
    const spoiled = structuredClone(model)
    const [input] = spoiled.inputs ?? []
    const [characteristic] = spoiled.characteristics
    if (input === undefined || characteristic === undefined) throw new Error('the model has inputs')
    Object.assign(input, { id })
    characteristic.feature = id
    t.match(modelFaults(spoiled), [{ pointer: '/inputs/0/id', code: 'prohibited-feature' }], id)
  }
})

t.test('a category that no training row had earns no more than the worst one seen', { skip }, async (t) => {
  const model = modelOf(readOracle())
  const row = { ...readRows()[0], credit_history: 'never heard of' }
  const result = score(compileModel(model), featuresOf(model, row), asOf)
  const found = result.contributions.find(({ id }) => id === 'credit_history')
  t.match(found, { state: 'present', value: 'never heard of', attribute: null })
  t.ok(agrees(found?.points, -2.8405456847), 'as "no credits taken/ all credits paid back duly"')
  t.equal(result.status, 'rated')
})
