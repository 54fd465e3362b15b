import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type CardModel, compileModel, modelFaults, type ScoringModel, score } from '../../../src/engine/index.ts'
import type { PmmlForm } from '../../../src/model-format/model-schema.ts'
import { documentFaults } from '../../../src/model-format/model-schema.ts'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { fromPmml } from '../../../src/model-format/pmml/import.ts'
import { featuresOf, modelOf, readOracle, readRows, skip } from '../../engine/german-credit-model.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { featuresFrom, randomModel, randomValues } from '../random-models.ts'

const folder = new URL('../../../models/', import.meta.url)
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): CardModel => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
const asOf = '2026-03-31'

function imported(xml: string): ScoringModel {
  const result = fromPmml(xml)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  assert.deepEqual(result.notes, [])
  return result.model
}

const formsOf = (model: CardModel): readonly PmmlForm[] =>
  model.kind === 'woe' ? ['scorecard', 'regression'] : ['scorecard']

t.test('a model that was written is read as it was, and scores alike', async (t) => {
  for (const model of [...shipped, woeModel()]) {
    for (const as of formsOf(model)) {
      const copy = imported(toPmml(model, { as }))
      t.strictSame(copy, model, `${model.id} as a ${as}`)
      t.same(modelFaults(copy), [], `${model.id} as a ${as} can be published`)
      const [before, after] = [compileModel(model), compileModel(copy)]
      fc.assert(
        fc.property(
          randomValues(model, () => true),
          (values) => {
            const features = featuresFrom(values, asOf)
            assert.deepEqual(score(after, features, asOf), score(before, features, asOf))
          }
        ),
        { numRuns: 200 }
      )
    }
  }
})

t.test('so is any model, whatever its names, values and bounds', async () => {
  for (const kind of ['points', 'woe'] as const) {
    fc.assert(
      fc.property(randomModel(kind), (model) => {
        assert.deepEqual(documentFaults(model), [])
        for (const as of formsOf(model)) assert.deepEqual(imported(toPmml(model, { as })), model)
      }),
      { numRuns: 300 }
    )
  }
})

t.test('all thousand loan applications score as before', { skip }, async (t) => {
  const model = modelOf(readOracle())
  const rows = readRows()
  t.equal(rows.length, 1000)
  for (const as of formsOf(model)) {
    const copy = imported(toPmml(model, { as }))
    t.strictSame(copy, model)
    const [before, after] = [compileModel(model), compileModel(copy)]
    for (const row of rows) {
      const features = featuresOf(model, row)
      assert.deepEqual(score(after, features, '1994-11-17'), score(before, features, '1994-11-17'))
    }
  }
})

const company = (): CardModel => structuredClone(shipped.find(({ id }) => id === 'company') ?? woeModel())

t.test('points and bounds may be changed in a PMML tool', async (t) => {
  const model = company()
  if (model.kind === 'woe') throw new Error('the company model is points-based')
  const [first] = model.characteristics
  if (first?.type !== 'numeric') throw new Error('its first characteristic is numeric')
  const [, second, third] = first.attributes
  if (second === undefined || third === undefined) throw new Error('it has three attributes')
  const { points, to = 0 } = second
  const xml = toPmml(model)
  const changed = xml
    .replace(`partialScore="${points}"`, `partialScore="${points + 1}.0"`)
    .replaceAll(
      `field="${first.feature}" operator="lessThan" value="${to}"`,
      `field="${first.feature}" operator="lessThan" value="${to + 0.001}"`
    )
    .replaceAll(
      `field="${first.feature}" operator="greaterOrEqual" value="${to}"`,
      `field="${first.feature}" operator="greaterOrEqual" value="${to + 0.001}"`
    )
  t.not(changed, xml)
  second.points += 1
  second.to = to + 0.001
  third.from = to + 0.001
  t.match(fromPmml(changed), { faults: [{ detail: /does not come out/ }] }, 'its rows are those of the model before')
  t.strictSame(imported(changed.replace(/ *<ModelVerification[\s\S]*<\/ModelVerification>\n/, '')), model)
})

/** What follows from the rules in the Extension cannot be changed without them. */
t.test('where document and Extension contradict each other, the place is told', async (t) => {
  const card = toPmml(company())
  const woe = toPmml(woeModel())
  const regression = toPmml(woeModel(), { as: 'regression' })
  const first = '/PMML/Scorecard/Characteristics/Characteristic[1]'
  const table: [string, string | RegExp, string, string][] = [
    [card, /partialScore="[^"]*"/, 'partialScore="-7"', first],
    [card, /baselineScore="[^"]*"/, 'baselineScore="1"', first],
    [card, /(<Characteristic name="[^"]*" reasonCode=")[^"]*/, '$1PAYS_LATE', first],
    [card, 'reasonCodeAlgorithm="pointsBelow"', 'reasonCodeAlgorithm="pointsAbove"', '/PMML/Scorecard'],
    [card, /<Characteristic name="[^"]*"/, '<Characteristic name="other"', first],
    [card, /\n {6}<Characteristic [\s\S]*?<\/Characteristic>/, '', '/PMML/Scorecard/Extension#/characteristics/'],
    [woe, /partialScore="(\d+)/, 'partialScore="1$1', first],
    [woe, 'initialScore="0"', 'initialScore="5"', '/PMML/Scorecard'],
    [woe, 'value="6"', 'value="7"', first],
    [woe, '"intercept":-0.9', '"intercept":-0.8', first],
    [woe, '"woe":0.5', '"woe":0.6', '/PMML/Scorecard/Characteristics/Characteristic[2]'],
    [woe, '"minimumCoverage":0', '"minimumCoverage":2', '/PMML/Scorecard/Extension#/minimumCoverage'],
    [woe, '"minimumCoverage":0', '"minimumCover":0', '/PMML/Scorecard/Extension#/minimumCover'],
    [woe, '{"cases"', '["cases"', '/PMML/Scorecard/Extension'],
    [woe, /(name="model">)[^<]*/, '$1[]', '/PMML/Scorecard/Extension'],
    [
      regression,
      'coefficient="-0.8"',
      'coefficient="-0.7"',
      '/PMML/RegressionModel/RegressionTable[1]/NumericPredictor[1]'
    ],
    [regression, 'intercept="-0.9"', 'intercept="0.9"', '/PMML/RegressionModel'],
    [
      regression,
      'mapMissingTo="-1.1"',
      'mapMissingTo="0.7"',
      '/PMML/RegressionModel/RegressionTable[1]/NumericPredictor[1]'
    ],
    [regression, '<woe>0.5</woe>', '<woe>0.4</woe>', '/PMML/RegressionModel/RegressionTable[1]/NumericPredictor[2]'],
    [regression, '      <NumericPredictor name="woe.telephone" coefficient="-1.3"/>\n', '', '/PMML/RegressionModel']
  ]
  for (const [xml, from, to, place] of table) {
    const changed = xml.replace(from, to)
    t.not(changed, xml, String(from))
    faultAt(t, changed, place)
  }
  const extension = /<Extension extender="credence" name="model">[^<]*<\/Extension>/
  const [ofCard = ''] = extension.exec(card) ?? []
  faultAt(
    t,
    regression.replace(extension, () => ofCard),
    '/PMML/RegressionModel/Extension#/basePoints'
  )
})

function faultAt(t: Test, xml: string, place: string): void {
  const result = fromPmml(xml)
  const faults = 'faults' in result ? result.faults : []
  t.ok(
    faults.some(({ pointer, detail }) => pointer.startsWith(place) && detail.length > 10),
    `${place}: ${JSON.stringify(faults).slice(0, 500)}`
  )
}
