import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import {
  type CardModel,
  compileModel,
  enabledCharacteristics,
  type FeatureValue,
  pdOfModel,
  pdOfScore,
  score,
  type WoeModel
} from '../../../src/engine/index.ts'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { featuresOf, modelOf, readOracle, readRows, skip } from '../../engine/german-credit-model.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { featuresFrom, randomModel, randomValues } from '../random-models.ts'
import { interpreterOf } from './interpreter.ts'

const folder = new URL('../../../models/', import.meta.url)
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): CardModel => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
const asOf = '2026-03-31'

type Values = Readonly<Record<string, FeatureValue | undefined>>

/**
 * What a model says of values: score to the last bit, PD, and the adverse reasons with their points
 * and characteristics.
 */
function saidByModel(model: CardModel, values: Values) {
  const compiled = compileModel(model)
  const result = score(compiled, featuresFrom(values, asOf), asOf)
  const hasNoScore = compiled.characteristics.some(
    ({ missingUnrated }, index) => missingUnrated && result.contributions[index]?.state === 'missing'
  )
  if (hasNoScore) return { score: undefined, pd: undefined, reasons: [] }
  const sum = result.basePoints + result.contributions.reduce((total, { points }) => total + points, 0)
  const reasons = result.reasons.filter(({ direction, points }) => direction === 'adverse' && points > 0)
  return {
    score: sum,
    pd: pdOfModel(model, sum),
    reasons: reasons.map(({ code, points, from }) => ({ code, points, from }))
  }
}

/**
 * The same of an interpreter of its document; `asked` are the reasons that the model gave, of which
 * not all need be given.
 */
function saidByDocument(xml: string, values: Values, asked: readonly { code: string; from: readonly string[] }[]) {
  const { score: sum, pd, partials } = interpreterOf(xml).score(values)
  const reasons = asked.map(({ from }) => {
    const behind = partials.filter(({ name, below }) => from.includes(name) && below > 0)
    const codes = [...new Set(behind.map(({ reasonCode }) => reasonCode))]
    const points = behind.reduce((total, { below }) => total + below, 0)
    return { code: codes.join(), points, from: behind.map(({ name }) => name) }
  })
  return { score: sum, pd, reasons }
}

/** What is given to the model and to an interpreter of its document comes out alike. */
function agree(model: CardModel, values: Values): void {
  const wanted = saidByModel(model, values)
  assert.deepEqual(saidByDocument(toPmml(model, { withRows: false }), values, wanted.reasons), wanted)
}

/** A model and values for it; all that shares the points of the others is known. */
const valuedModel = (kind: 'points' | 'woe') =>
  randomModel(kind).chain((model) =>
    fc.tuple(
      fc.constant(model),
      randomValues(model, (rule) => rule !== 'reweight')
    )
  )

t.test('an engine that reads the Scorecard by the rules of PMML gives our score, PD and reasons', async () => {
  for (const kind of ['points', 'woe'] as const) {
    fc.assert(
      fc.property(valuedModel(kind), ([model, values]) => agree(model, values)),
      { numRuns: 300 }
    )
  }
})

t.test('so it does for every shipped model, over its own cases and beyond', async (t) => {
  t.not(shipped.length, 0)
  for (const model of shipped) {
    t.same(interpreterOf(toPmml(model)).undeclared, [])
    const reweighted = model.characteristics.filter(({ missing }) => missing.rule === 'reweight')
    for (const { features } of model.cases) {
      if (reweighted.every(({ feature }) => feature in features)) agree(model, features)
    }
    fc.assert(
      fc.property(
        randomValues(model, (rule) => rule !== 'reweight'),
        (values) => agree(model, values)
      ),
      { numRuns: 30 }
    )
  }
})

t.test('a missing value that shares the points of the others earns the fewest in the document', async (t) => {
  const [model] = shipped
  if (model === undefined || model.kind === 'woe') throw new Error('the company model is points-based')
  const [first] = model.characteristics
  const reweighted = { ...model, characteristics: [{ ...first, missing: { rule: 'reweight' } }] } as CardModel
  const [partial] = interpreterOf(toPmml(reweighted)).score({}).partials
  t.equal(partial?.points, Math.min(...(first?.attributes ?? []).map(({ points }) => points)))
})

t.test('all thousand loan applications score alike', { skip }, async (t) => {
  const model = modelOf(readOracle())
  const compiled = compileModel(model)
  const { score: scored, probability } = { ...interpreterOf(toPmml(model)), ...onlyProbability(model) }
  const rows = readRows()
  t.equal(rows.length, 1000)
  for (const row of rows) {
    const features = featuresOf(model, row)
    const values = Object.fromEntries(
      Object.entries(features).map(([id, each]) => [id, 'value' in each ? each.value : undefined])
    )
    const result = score(compiled, features, '1994-11-17')
    if (scored(values).score !== result.score) t.fail(`${scored(values).score} is not ${result.score}`)
    const gap = Math.abs(pdOfScore(model.scaling, result.score ?? 0) - (probability(values) ?? Number.NaN))
    if (!(gap < 1e-6)) t.fail(`the probabilities differ by ${gap}`)
  }
})

function onlyProbability(model: WoeModel) {
  const { probability } = interpreterOf(toPmml(model, { as: 'regression' }))
  return { probability }
}

t.test('the regression gives the probability of bad that the points stand for', async () => {
  fc.assert(
    fc.property(valuedModel('woe'), ([random, values]) => {
      const model = { ...random, rounding: 'none' } as WoeModel
      const wanted = saidByModel(model, values).score
      const { probability, undeclared } = interpreterOf(toPmml(model, { as: 'regression', withRows: false }))
      assert.deepEqual(undeclared, [])
      const found = probability(values)
      if (wanted === undefined || found === undefined) return assert.equal(found, wanted)
      const { points, odds, pointsToDoubleOdds } = model.scaling
      const pd = 1 / (1 + odds * 2 ** ((wanted - points) / pointsToDoubleOdds))
      return assert.ok(Math.abs(found - pd) < 1e-9, `${found} ${pd}`)
    }),
    { numRuns: 200 }
  )
})

t.test('the document is the same, byte for byte, and declares what it uses', async (t) => {
  const xml = toPmml(woeModel())
  t.equal(toPmml(structuredClone(woeModel())), xml)
  t.match(xml, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<PMML xmlns="http:\/\/www.dmg.org\/PMML-4_4" version="4.4">/)
  t.match(xml, 'reasonCodeAlgorithm="pointsBelow"')
  t.equal(enabledCharacteristics(woeModel()).length, xml.match(/<Characteristic /g)?.length)
  const company = shipped.find(({ id }) => id === 'company')
  t.ok(company)
  if (company !== undefined) t.match(toPmml(company), '<Extension extender="credence" name="unit" value="')
})

t.test('a points-based model is no regression', async (t) => {
  for (const model of shipped) {
    if (model.kind !== 'woe') t.throws(() => toPmml(model, { as: 'regression' }), /no regression/)
  }
})

t.test('an input may be called what the document calls its own', async (t) => {
  const model = woeModel()
  for (const [index, name] of ['score', 'pd', 'outcome'].entries()) {
    const [input, characteristic] = [model.inputs?.[index], model.characteristics[index]]
    if (input === undefined || characteristic === undefined) throw new Error('there are three inputs')
    input.id = name
    characteristic.feature = name
  }
  agree(model, { score: 7, pd: 'own', outcome: false })
  t.match(toPmml(model, { as: 'regression' }), 'targetFieldName="outcome-2"')
})
