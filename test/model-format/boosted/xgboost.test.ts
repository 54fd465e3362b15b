import t from 'tap'
import { fromFormat } from '../../../src/model-format/formats.ts'
import { faultsFromText, modelFromText, resultOf, type Values } from '../text-models.ts'

/**
 * The nearest number of 32 bits below 0.3 is less than 0.3 itself: which side it takes depends on
 * the precision.
 */
const THRESHOLD = 0.3
const NEAR = Math.fround(0.3)

const TREES = [
  {
    tree_param: { num_nodes: '5', size_leaf_vector: '1' },
    left_children: [1, 3, -1, -1, -1],
    right_children: [2, 4, -1, -1, -1],
    split_indices: [0, 1, 0, 0, 0],
    split_conditions: [THRESHOLD, 2, 0.4, -0.6, 0.1],
    default_left: [0, 1, 0, 0, 0],
    sum_hessian: [100, 60, 40, 20, 40],
    split_type: [0, 0, 0, 0, 0],
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: []
  },
  {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [2, 0, 0],
    split_conditions: [0, 0.25, -0.35],
    default_left: [1, 0, 0],
    sum_hessian: [100, 70, 30],
    split_type: [1, 0, 0],
    categories: [1, 3],
    categories_nodes: [0],
    categories_segments: [0],
    categories_sizes: [2]
  }
]
const SAVED = JSON.stringify({
  learner: {
    feature_names: ['ratio', 'years in trade', 'branch'],
    feature_types: ['float', 'int', 'c'],
    gradient_booster: { model: { trees: TREES }, name: 'gbtree' },
    learner_model_param: { base_score: '[4E-1]', num_class: '0', num_feature: '3' },
    objective: { name: 'binary:logistic' }
  },
  version: [3, 1, 0]
})
const DUMP = `booster[0]:
0:[ratio<0.300000012] yes=1,no=2,missing=2,gain=1,cover=100
\t1:[years in trade<2] yes=3,no=4,missing=3,gain=1,cover=60
\t\t3:leaf=-0.6,cover=20
\t\t4:leaf=0.1,cover=40
\t2:leaf=0.4,cover=40
booster[1]:
0:[branch:{1,3}] yes=2,no=1,missing=1,gain=1,cover=100
\t1:leaf=0.25,cover=70
\t2:leaf=-0.35,cover=30
`
const NESTED = JSON.stringify([
  {
    nodeid: 0,
    split: 'ratio',
    split_condition: NEAR,
    yes: 1,
    no: 2,
    missing: 2,
    cover: 100,
    children: [
      {
        nodeid: 1,
        split: 'years in trade',
        split_condition: 2,
        yes: 3,
        no: 4,
        missing: 3,
        children: [
          { nodeid: 3, leaf: -0.6, cover: 20 },
          { nodeid: 4, leaf: 0.1, cover: 40 }
        ]
      },
      { nodeid: 2, leaf: 0.4, cover: 40 }
    ]
  },
  {
    nodeid: 0,
    split: 'branch',
    split_condition: [1, 3],
    yes: 2,
    no: 1,
    missing: 1,
    children: [
      { nodeid: 1, leaf: 0.25, cover: 70 },
      { nodeid: 2, leaf: -0.35, cover: 30 }
    ]
  }
])

/**
 * What XGBoost answers, by hand: thresholds and values in 32 bits, less than the threshold to the
 * left.
 */
function margin(values: Values): number {
  const [ratio, age, branch] = ['ratio', 'years in trade', 'branch'].map((name) => values[name] as number | undefined)
  const first = (): number => {
    if (ratio === undefined || Math.fround(ratio) >= NEAR) return Math.fround(0.4)
    return age === undefined || Math.fround(age) < 2 ? Math.fround(-0.6) : Math.fround(0.1)
  }
  const second = branch === 1 || branch === 3 ? Math.fround(-0.35) : Math.fround(0.25)
  return Math.log(0.4 / 0.6) + first() + second
}

const rows: Values[] = []
// 0.3 and a little less are the same number of 32 bits.
for (const ratio of [undefined, 0.2999999, 0.29999999999, 0.3, NEAR, 0.31])
  for (const age of [undefined, 1.99999999999, 1, 2, 5])
    for (const branch of [undefined, 0, 1, 2, 3, 9]) rows.push({ ratio, 'years in trade': age, branch })

t.test('models 10: XGBoost answers as it does in each of its three forms, with thresholds in 32 bits', async (t) => {
  const said = { objective: 'binary:logistic', baseScore: 0.4 }
  const forms: [string, string, object][] = [
    ['save_model', SAVED, {}],
    ['a dump as text', DUMP, said],
    ['a dump as JSON', NESTED, said]
  ]
  for (const [name, text, more] of forms) {
    const model = modelFromText('xgboost', text, { bad: '1', ...more })
    for (const row of rows) {
      const named = Object.fromEntries(Object.entries(row).map(([id, value]) => [id.replaceAll(' ', '-'), value]))
      const { prediction, score, basePoints, contributions } = resultOf(model, named)
      const wanted = 1 / (1 + Math.exp(-margin(row)))
      const sum = contributions.reduce((all, { points }) => all + points, basePoints)
      if (Math.abs((prediction ?? Number.NaN) - wanted) > 1e-7)
        t.fail(`${name}, ${JSON.stringify(row)}: ${prediction} for ${wanted}`)
      if (!(Math.abs(sum - (score ?? Number.NaN)) < 1e-9)) t.fail(`${sum} adds up to ${score}`)
    }
    t.pass(name)
  }
})

t.test('models 10: dropped trees weigh what DART says', async (t) => {
  const saved = JSON.parse(SAVED)
  const dart = {
    ...saved,
    learner: {
      ...saved.learner,
      gradient_booster: { name: 'dart', gbtree: { model: { trees: TREES } }, weight_drop: [0.5, 1] }
    }
  }
  const { prediction } = resultOf(modelFromText('xgboost', JSON.stringify(dart), { bad: '1' }), { ratio: 1, branch: 1 })
  const wanted = 1 / (1 + Math.exp(-(Math.log(0.4 / 0.6) + 0.5 * Math.fround(0.4) + Math.fround(-0.35))))
  t.ok(Math.abs((prediction ?? 0) - wanted) < 1e-12)
})

t.test('models 10: what cannot be read of XGBoost is told in a sentence, with its place', async (t) => {
  const table: [string, string, object, RegExp][] = [
    ['no JSON', '{"learner"', {}, /no JSON.*UBJSON/],
    ['a linear booster', SAVED.replace('"gbtree"', '"gblinear"').replace('"trees"', '"weights"'), {}, /"gblinear"/],
    ['several classes', SAVED.replace('"num_class":"0"', '"num_class":"3"'), {}, /several classes/],
    [
      'several numbers',
      SAVED.replace('"num_class":"0"', '"num_class":"0","num_target":"2"'),
      {},
      /several numbers at once/
    ],
    [
      'DART without its weights',
      SAVED.replace('"gbtree"', '"dart"')
        .replace('"model":{', '"gbtree":{"model":{')
        .replace('},"name":"dart"', '}},"name":"dart"'),
      {},
      /gives each tree a weight: of 2 trees 0 have one/
    ],
    ['a ranking', SAVED.replace('binary:logistic', 'rank:ndcg'), {}, /"rank:ndcg" predicts no good and bad/],
    ['a scale of its own', SAVED.replace('binary:logistic', 'reg:gamma'), {}, /"reg:gamma" .* not on a scale/],
    ['a dump without words', DUMP, {}, /neither objective nor base score/],
    ['a base score that is none', DUMP, { objective: 'binary:logistic', baseScore: 2 }, /is a probability/],
    ['a line of something else', `${DUMP}hello\n`, {}, /"hello" is no line/],
    [
      'a tree that is cut off',
      DUMP.replace('\t2:leaf=0.4,cover=40\n', ''),
      { objective: 'binary:logistic', baseScore: 0.5 },
      /cut off/
    ],
    ['a circle', SAVED.replace('[1,3,-1,-1,-1]', '[0,3,-1,-1,-1]'), {}, /circles/],
    [
      'a leaf that is no number',
      DUMP.replace('leaf=0.4', 'leaf=nan'),
      { objective: 'binary:logistic', baseScore: 0.5 },
      /Node 2 has no number of 32 bits/
    ],
    [
      'a bound beyond all numbers',
      DUMP.replace('<2]', '<1e39]'),
      { objective: 'binary:logistic', baseScore: 0.5 },
      /Node 1 has no number of 32 bits/
    ],
    ['nothing', '', { objective: 'binary:logistic', baseScore: 0.5 }, /no tree/]
  ]
  for (const [name, text, choices, said] of table) {
    const faults = faultsFromText('xgboost', text, { bad: '1', ...choices })
    t.match(faults, [{ detail: said }], `${name}: ${JSON.stringify(faults)}`)
  }
})

t.test('models 10: a training that stopped early predicts as whoever saved it does', async (t) => {
  const saved = JSON.parse(SAVED)
  const withAttributes = (attributes: object, model: object = { trees: TREES }) =>
    JSON.stringify({
      ...saved,
      learner: { ...saved.learner, attributes, gradient_booster: { model, name: 'gbtree' } }
    })
  const estimator = { scikit_learn: '{"_estimator_type": "classifier"}' }
  const both = margin({ ratio: 1, branch: 1 })
  const first = Math.log(0.4 / 0.6) + Math.fround(0.4)
  const forest = { gbtree_model_param: { num_parallel_tree: '2', num_trees: '2' }, trees: TREES }
  const table: [string, string, number, RegExp | undefined][] = [
    ['nobody says', withAttributes({}), both, undefined],
    ['the booster', withAttributes({ best_iteration: '0' }), both, /all 2 trees count, as with Booster\.predict/],
    ['the estimator', withAttributes({ ...estimator, best_iteration: '0' }), first, /the first 1 trees count/],
    ['at its last round', withAttributes({ ...estimator, best_iteration: '1' }), both, undefined],
    ['a forest in each round', withAttributes({ ...estimator, best_iteration: '0' }, forest), both, undefined],
    [
      'rounds by their trees',
      withAttributes({ ...estimator, best_iteration: '0' }, { ...forest, iteration_indptr: [0, 1, 2] }),
      first,
      /the first 1 trees count/
    ],
    ['no round', withAttributes({ ...estimator, best_iteration: 'x' }), both, undefined]
  ]
  for (const [name, text, wanted, said] of table) {
    const { prediction } = resultOf(modelFromText('xgboost', text, { bad: '1' }), { ratio: 1, branch: 1 })
    t.ok(Math.abs((prediction ?? 0) - 1 / (1 + Math.exp(-wanted))) < 1e-9, name)
    const found = fromFormat('xgboost', text, { bad: '1' })
    const notes = 'notes' in found ? found.notes.filter(({ detail }) => /stopped early/.test(detail)) : []
    t.match(notes, said === undefined ? [] : [{ pointer: '/learner/attributes', detail: said }], name)
    t.equal(notes.length, said === undefined ? 0 : 1, name)
  }
})

t.test('models 10: of a raw margin it is told that the probability is served', async (t) => {
  const raw = SAVED.replace('binary:logistic', 'binary:logitraw')
  const { prediction } = resultOf(modelFromText('xgboost', raw, { bad: '1' }), { ratio: 1, branch: 1 })
  t.ok(Math.abs((prediction ?? 0) - 1 / (1 + Math.exp(-margin({ ratio: 1, branch: 1 })))) < 1e-9)
  const notesOf = (text: string) => {
    const found = fromFormat('xgboost', text, { bad: '1' })
    return 'notes' in found ? found.notes.filter(({ detail }) => /XGBoost predicts the margin/.test(detail)) : []
  }
  t.equal(notesOf(raw).length, 1)
  t.equal(notesOf(SAVED).length, 0)
})

t.test('models 10: a tree too deep to be explained is told to be so, whatever its depth', async (t) => {
  const chain = (depth: number) => {
    const lines = Array.from({ length: depth }, (_, index) => {
      const [inner, leaf] = [2 * index, 2 * index + 1]
      return `${inner}:[ratio<${index}] yes=${inner + 2},no=${leaf},missing=${leaf}\n${leaf}:leaf=0.1`
    })
    return `booster[0]:\n${lines.join('\n')}\n${2 * depth}:leaf=0.2\n`
  }
  const said = { bad: '1', objective: 'binary:logistic', baseScore: 0.5 }
  t.ok(modelFromText('xgboost', chain(1_000), said))
  for (const depth of [1_001, 5_000, 100_000])
    t.match(faultsFromText('xgboost', chain(depth), said), [
      { pointer: '/trees/0', detail: 'The tree is deeper than 1000 nodes: make it flatter.' }
    ])
})

t.test('models 10: sets of categories that begin alike stay apart, and codes are whole numbers', async (t) => {
  const codes = Array.from({ length: 70 }, (_, index) => index)
  const tree = (set: readonly number[], leaf: number, index: number) =>
    `booster[${index}]:\n0:[branch:{${set.join(',')}}] yes=2,no=1,missing=1\n\t1:leaf=0\n\t2:leaf=${leaf}\n`
  const dump = tree(codes, 0.25, 0) + tree([...codes, 71], 0.5, 1)
  const said = { bad: '1', objective: 'reg:squarederror', baseScore: 0, predicts: 'logOdds' } as const
  const model = modelFromText('xgboost', dump, said)
  const table: [number | undefined, number][] = [
    [3, 0.75],
    [3.7, 0.75],
    [70, 0],
    [71, 0.5],
    [71.5, 0.5],
    [72, 0],
    [-0.5, 0],
    [undefined, 0]
  ]
  for (const [branch, wanted] of table) t.equal(resultOf(model, { branch }).prediction, wanted, `${branch}`)
  const result = fromFormat('xgboost', dump, said)
  t.equal('notes' in result && result.notes.filter(({ detail }) => /knows by its code/.test(detail)).length, 1)
})

t.test('models 10: columns may be called like steps, or be long and begin alike', async (t) => {
  const long = 'n'.repeat(90)
  const names = ['margin', 'trees', 'probability', 'constructor', `${long}1`, `${long}2`]
  const dump = names
    .map(
      (name, index) => `booster[${index}]:\n0:[${name}<1] yes=1,no=2,missing=1\n\t1:leaf=0\n\t2:leaf=${2 ** index}\n`
    )
    .join('')
  const said = { objective: 'reg:squarederror', baseScore: 0, predicts: 'logOdds' } as const
  const model = modelFromText('xgboost', dump, said)
  names.forEach((name, index) => {
    // No call can name an input so.
    const input = name === 'constructor' ? 'constructor-2' : name
    t.equal(resultOf(model, { [input]: 1 }).prediction, 2 ** index, name)
  })
  t.equal(resultOf(model, {}).prediction, 0)
})
