import assert from 'node:assert/strict'
import t, { type Test } from 'tap'
import type { PredictiveModel, Tree } from '../../../src/engine/index.ts'
import { toPmml } from '../../../src/model-format/pmml/cards/export.ts'
import { fromPmml } from '../../../src/model-format/pmml/import.ts'
import { woeModel } from '../../engine/woe-model.ts'
import { modelFromText, resultOf, type Values } from '../text-models.ts'
import { schemaFaults } from './element-order.ts'
import { pmmlInterpreter } from './pmml-interpreter.ts'
import { randomDocument } from './random-documents.ts'

/** What an interpreter of the standard makes of the document of a model. */
function answerOf(model: PredictiveModel): (values: Values) => number | undefined {
  const answer = pmmlInterpreter(toPmml(model))
  return (values) => {
    const found = answer(values)
    const value = found?.probabilities === undefined ? found?.value : found.probabilities.get('bad')
    return typeof value === 'number' ? value : undefined
  }
}

function predictive(model: ReturnType<typeof modelFromText>): PredictiveModel {
  assert.ok(model.kind === 'predictive')
  return model
}

const LIGHTGBM = [
  'tree',
  'version=v4',
  'num_class=1',
  'num_tree_per_iteration=1',
  'max_feature_idx=1',
  'objective=binary sigmoid:1',
  'feature_names=years rooms',
  'feature_infos=[0:40] [0:9]',
  '',
  'Tree=0',
  'num_leaves=3',
  'num_cat=0',
  'split_feature=0 1',
  'threshold=5.1 2',
  'decision_type=2 8',
  'left_child=1 -1',
  'right_child=-2 -3',
  'leaf_value=-1.5 -3.2 0.7',
  'leaf_count=40 160 20',
  'is_linear=0',
  'shrinkage=1',
  '',
  'Tree=1',
  'num_leaves=2',
  'num_cat=0',
  'split_feature=1',
  'threshold=4.5',
  'decision_type=2',
  'left_child=-1',
  'right_child=-2',
  'leaf_value=0.3 -0.4',
  'leaf_count=100 120',
  'is_linear=0',
  'shrinkage=1',
  '',
  'end of trees'
].join('\n')

const XGBOOST = `booster[0]:
0:[years<0.1] yes=1,no=2,missing=2,gain=9,cover=50
	1:leaf=0.4,cover=10
	2:[rooms<2.7] yes=3,no=4,missing=3,gain=4,cover=40
		3:leaf=-0.6,cover=25
		4:leaf=0.123456789,cover=15
`

/** Values around bounds, those of 32 bits among them, and missing ones. */
function* around(...bounds: readonly number[]): Generator<Values> {
  const near = bounds.flatMap((bound) => [bound, Math.fround(bound), bound - 1e-9, bound + 1e-9, bound - 1, bound + 1])
  for (const years of [undefined, ...near]) for (const rooms of [undefined, 0, ...near]) yield { years, rooms }
}

function same(t: Test, found: number | undefined, wanted: number | null | undefined, values: Values): void {
  if (found === undefined || typeof wanted !== 'number') {
    if (found !== (wanted ?? undefined)) t.fail(`${JSON.stringify(values)}: ${found} for ${wanted}`)
  } else if (!(Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted))))
    t.fail(`${JSON.stringify(values)}: ${found} for ${wanted}`)
}

t.test(
  'models 10: trees of LightGBM and XGBoost go out as PMML, and every reader takes the same branches',
  async (t) => {
    const table = [
      ['lightgbm', predictive(modelFromText('lightgbm', LIGHTGBM, { bad: '1' })), [5.1, 2, 4.5]],
      ['lightgbm of the good', predictive(modelFromText('lightgbm', LIGHTGBM, { bad: '0' })), [5.1, 2, 4.5]],
      [
        'xgboost',
        predictive(modelFromText('xgboost', XGBOOST, { bad: '1', objective: 'binary:logistic', baseScore: 0.3 })),
        [0.1, 2.7]
      ],
      [
        'xgboost of a number',
        predictive(
          modelFromText('xgboost', XGBOOST, { predicts: 'logOdds', objective: 'reg:squarederror', baseScore: 0.5 })
        ),
        [0.1, 2.7]
      ]
    ] as const
    for (const [name, model, bounds] of table) {
      const xml = toPmml(model)
      t.same(schemaFaults(xml), [], name)
      t.match(xml, '<ModelVerification', name)
      const back = fromPmml(xml)
      t.match(back, { notes: [] }, name)
      t.strictSame('model' in back && back.model, model, `${name} is read back as it was`)
      const bare = fromPmml(withoutExtension(xml), { predicts: model.predictor.predicts })
      const answer = answerOf(model)
      for (const values of around(...bounds)) {
        const { prediction } = resultOf(model, values)
        same(t, answer(values), prediction, values)
        if ('model' in bare) same(t, resultOf(bare.model, values).prediction ?? undefined, prediction, values)
      }
      t.match(bare, { model: { kind: 'predictive' } }, `${name}: its words alone are a model`)
    }
  }
)

function withoutExtension(xml: string): string {
  return xml.replace(/<Extension extender="credence" name="model">[^<]*<\/Extension>/, '')
}

t.test('a bound between two numbers of 32 bits is written as the next one of 32 bits', async (t) => {
  const model = predictive(
    modelFromText('xgboost', XGBOOST, { predicts: 'logOdds', objective: 'reg:squarederror', baseScore: 0.5 })
  )
  const trees = model.predictor.steps.find((step) => step.do === 'trees')
  assert.ok(trees?.do === 'trees')
  const tree = trees.trees[0] as Tree
  // The next double after a bound of 32 bits: what "at most" becomes.
  tree.below[0] = 0.10000000149011613
  const xml = toPmml(model)
  const [, bound = ''] = /field="years" operator="lessThan" value="([^"]*)"/.exec(xml) ?? []
  t.equal(Math.fround(Number(bound)), Number(bound))
  t.ok(Number(bound) > 0.10000000149011613)
  const answer = answerOf(model)
  for (const values of around(0.1, 2.7)) same(t, answer(values), resultOf(model, values).prediction, values)
})

t.test('models 8, 9, 10: whatever was imported goes out valid, says the same, and comes back', async (t) => {
  for (let seed = 0; seed < 96; seed += 1) {
    const { xml, choices, kind } = randomDocument(seed)
    const imported = fromPmml(xml, choices)
    if ('faults' in imported || imported.model.kind !== 'predictive') continue
    const written = toPmml(imported.model)
    const faults = schemaFaults(written)
    if (faults.length > 0) t.fail(`seed ${seed}, ${kind}: ${faults.join('; ')}`)
    const back = fromPmml(written)
    if ('faults' in back) t.fail(`seed ${seed}, ${kind}: ${JSON.stringify(back.faults)}`)
    else assert.deepEqual(back.model, imported.model, `seed ${seed}`)
  }
})

t.test('so do cards of ours', async (t) => {
  t.same(schemaFaults(toPmml(woeModel())), [])
  t.same(schemaFaults(toPmml(woeModel(), { as: 'regression' })), [])
})

t.test('a form that the model has not is told in a sentence', async (t) => {
  const model = predictive(modelFromText('lightgbm', LIGHTGBM, { bad: '1' }))
  t.throws(() => toPmml(model, { as: 'scorecard' }), /is a MiningModel in PMML, and no Scorecard/)
  const both = structuredClone(model)
  const trees = both.predictor.steps.find((step) => step.do === 'trees')
  assert.ok(trees?.do === 'trees')
  const tree = trees.trees[0] as Tree
  tree.missing[0] = null
  tree.leaves[0] = null
  t.throws(() => toPmml(both), /a missing value goes both ways, and leaves give nothing/)
})

t.test('where the document says otherwise than the model in it, the place is told', async (t) => {
  const model = predictive(modelFromText('lightgbm', LIGHTGBM, { bad: '1' }))
  const xml = toPmml(model)
  const table: [string | RegExp, string, string][] = [
    [/score="-1.5"/, 'score="-1.4"', '/PMML/MiningModel/Segmentation/Segment[1]'],
    [/operator="lessThan" value="[^"]*"/, 'operator="lessThan" value="6"', '/PMML/MiningModel/Segmentation/Segment[1]'],
    ['multipleModelMethod="sum"', 'multipleModelMethod="average"', '/PMML/MiningModel/Segmentation/Segment[1]'],
    ['invalidValueTreatment="asIs"', 'invalidValueTreatment="asMissing"', '/PMML/MiningModel/MiningSchema'],
    ['normalizationMethod="logit"', 'normalizationMethod="probit"', '/PMML/MiningModel/Segmentation/Segment[2]'],
    ['"below":[5.1', '"below":[5.2', '/PMML/MiningModel/Segmentation/Segment[1]'],
    ['"no":[', '"no":[-9,', '/PMML/MiningModel/Extension#/predictor'],
    ['"result":"probability"', '"result":"nobody"', '/PMML/MiningModel/Extension#/predictor/result'],
    ['"combine":"sum"', '"combine":"product"', '/PMML/MiningModel/Extension#/predictor']
  ]
  for (const [from, to, place] of table) {
    const changed = xml.replace(from, to)
    t.not(changed, xml, String(from))
    const result = fromPmml(changed)
    const faults = 'faults' in result ? result.faults : []
    t.ok(
      faults.some(({ pointer }) => pointer.startsWith(place)),
      `${from}: ${JSON.stringify(faults).slice(0, 300)}`
    )
  }
})

t.test('a tree in the Extension that leads in circles is told, and not walked', async (t) => {
  const xml = toPmml(predictive(modelFromText('lightgbm', LIGHTGBM, { bad: '1' })))
  const circle = xml.replace('"yes":[1,', '"yes":[0,')
  t.not(circle, xml)
  t.match(fromPmml(circle), { faults: [{ pointer: /Extension#\/predictor/ }] })
})
