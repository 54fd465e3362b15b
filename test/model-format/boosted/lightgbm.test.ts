import t from 'tap'
import { faultsFromText, modelFromText, resultOf, type Values } from '../text-models.ts'

/**
 * Two trees with every kind of decision: a number, one without a word on missing values, one with
 * zeros missing, and categories.
 */
const TEXT = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=3
objective=binary sigmoid:1
feature_names=income debt rooms branch
feature_infos=[0:9] [0:9] [0:5] 0:1:2
tree_sizes=400 400

Tree=0
num_leaves=4
num_cat=0
split_feature=0 1 2
split_gain=1 1 1
threshold=2.5000000000000004 -1.0000000180025095e-35 3
decision_type=10 2 4
left_child=1 -1 -2
right_child=2 -3 -4
leaf_value=-0.5 0.25 0.75 1.5
leaf_weight=1 1 1 1
leaf_count=10 20 30 40
internal_value=0 0 0
internal_weight=1 1 1
internal_count=100 40 60
is_linear=0
shrinkage=1


Tree=1
num_leaves=2
num_cat=1
split_feature=3
split_gain=1
threshold=0
decision_type=1
left_child=-1
right_child=-2
leaf_value=0.3 -0.4
leaf_weight=1 1
leaf_count=50 50
cat_boundaries=0 1
cat_threshold=5
internal_value=0
internal_weight=1
internal_count=100
is_linear=0
shrinkage=0.1


end of trees

feature_importances:
income=1

parameters:
[boosting: gbdt]
end of parameters

pandas_categorical:[["steel", "wood", "glass"]]
`

/**
 * What LightGBM answers, by its own rules, by hand: 64-bit numbers, missing values and zeros as
 * each node says.
 */
function margin({ income, debt, rooms, branch }: Values): number {
  const left = income === undefined ? true : (income as number) <= 2.5000000000000004
  const first = (): number => {
    if (left) {
      // decision_type 2: nothing is said of missing values, so that one counts as 0.
      const value = (debt ?? 0) as number
      return value <= -1.0000000180025095e-35 ? -0.5 : 0.75
    }
    // decision_type 4: zeros are missing, and the default is the right side.
    const value = (rooms ?? 0) as number
    if (Math.abs(value) <= 1e-35) return 1.5
    return value <= 3 ? 0.25 : 1.5
  }
  // 5 is the set of the first and the third category.
  return first() + (branch === 'steel' || branch === 'glass' ? 0.3 : -0.4)
}

const rows: Values[] = []
for (const income of [undefined, 0, 2.5, 2.5000000000000004, 2.500000000000001, 9])
  for (const debt of [undefined, -1, 0, -1e-36, 4])
    for (const rooms of [undefined, 0, 1e-36, 3, 3.0001])
      for (const branch of [undefined, 'steel', 'wood', 'glass', 'gold']) rows.push({ income, debt, rooms, branch })

t.test('models 10: a text model of LightGBM answers as LightGBM does, missing and unknown values too', async (t) => {
  for (const bad of ['1', '0']) {
    const model = modelFromText('lightgbm', TEXT, { bad })
    t.match(model.inputs, [
      { id: 'income', type: 'numeric', from: 'call' },
      { id: 'debt', type: 'numeric' },
      { id: 'rooms', type: 'numeric' },
      { id: 'branch', type: 'category' }
    ])
    for (const row of rows) {
      const { prediction, score, basePoints, contributions } = resultOf(model, row)
      const wanted = 1 / (1 + Math.exp(bad === '1' ? -margin(row) : margin(row)))
      const sum = contributions.reduce((all, { points }) => all + points, basePoints)
      if (Math.abs((prediction ?? Number.NaN) - wanted) > 1e-12)
        t.fail(`${JSON.stringify(row)}: ${prediction} for ${wanted}`)
      if (!(Math.abs(sum - (score ?? Number.NaN)) < 1e-9)) t.fail(`${sum} adds up to ${score}`)
    }
  }
})

t.test('models 10: what cannot be read of LightGBM is told in a sentence, with its line', async (t) => {
  const table: [string, string, RegExp, string][] = [
    ['no text of LightGBM', 'booster', /begins with "tree"/, 'line 1'],
    ['nobody says which label is bad', TEXT, /Say which label means default/, ''],
    ['several classes', TEXT.replace('num_class=1', 'num_class=3'), /several classes/, 'line 1'],
    ['a ranking', TEXT.replace('binary sigmoid:1', 'lambdarank'), /predicts no good and bad/, 'line 1'],
    ['linear leaves', TEXT.replace('is_linear=0', 'is_linear=1'), /linear_tree=false/, 'line 12'],
    ['a square root', TEXT.replace('binary sigmoid:1', 'regression sqrt'), /reg_sqrt=false/, 'line 1'],
    ['counts', TEXT.replace('binary sigmoid:1', 'poisson'), /"poisson" .* not on a scale that is read/, 'line 1'],
    [
      'categories of an ordered column beside those of the branch',
      TEXT.replace('[["steel"', '[["low","high"],["steel"'),
      /does not tell to which they belong/,
      'line 61'
    ],
    [
      'categories of an ordered column in place of those of the branch',
      TEXT.replace('"steel", "wood", "glass"', '"low", "high"'),
      /does not tell to which they belong/,
      'line 61'
    ],
    ['no tree', TEXT.replaceAll('Tree=', 'Bush='), /no tree/, 'line 1'],
    ['lists that do not fit', TEXT.replace('left_child=1 -1 -2', 'left_child=1 -1'), /do not fit/, 'line 12'],
    ['a text that ends between trees', TEXT.slice(0, TEXT.indexOf('Tree=1')), /holds 2 trees, and holds 1\./, 'line 1'],
    ['a text that ends within a number', TEXT.slice(0, TEXT.indexOf('.4\nleaf_weight')), /cut off/, 'line 31'],
    [
      'a tree that lacks a leaf',
      TEXT.replace('leaf_value=0.3 -0.4', 'leaf_value=0.3'),
      /leads to a leaf that it does not hold/,
      'line 31'
    ],
    [
      'a tree that lacks its sets',
      TEXT.replace('cat_boundaries=0 1\n', ''),
      /asks for a set of categories that it does not hold/,
      'line 31'
    ],
    ['a bound that is no number', TEXT.replace('2.5000000000000004 ', 'inf '), /do not fit/, 'line 12'],
    ['a circle', TEXT.replace('left_child=1 -1 -2', 'left_child=0 -1 -2'), /circles/, 'line 12'],
    ['a column without a name', TEXT.replace('income debt rooms branch', 'income'), /does not name/, 'line 12']
  ]
  for (const [name, text, said, place] of table) {
    const choices = name.startsWith('nobody') ? {} : { bad: '1' }
    t.match(faultsFromText('lightgbm', text, choices), [{ pointer: place, detail: said }], name)
  }
  const regression = TEXT.replace('binary sigmoid:1', 'regression')
  t.match(faultsFromText('lightgbm', regression), [{ detail: /does not say what the number means/ }])
  t.equal(resultOf(modelFromText('lightgbm', regression, { predicts: 'logOdds' }), { income: 1 }).prediction, 0.35)
})

t.test('models 10: absolute deviations are predicted as they are', async (t) => {
  const model = modelFromText('lightgbm', TEXT.replace('binary sigmoid:1', 'regression_l1'), { predicts: 'logOdds' })
  t.equal(resultOf(model, { income: 1 }).prediction, 0.35)
})

t.test('models 10: categories without names are whole numbers, whatever stands behind the point', async (t) => {
  const text = TEXT.replace('binary sigmoid:1', 'regression').replace(
    /pandas_categorical:.*/,
    'pandas_categorical:null'
  )
  const model = modelFromText('lightgbm', text, { predicts: 'logOdds' })
  // 5 is the set of the codes 0 and 2; what is cut off towards zero is the code.
  const table: [number | undefined, boolean][] = [
    [0, true],
    [0.9, true],
    [-0.9, true],
    [-1, false],
    [1, false],
    [1.99, false],
    [2, true],
    [2.5, true],
    [3, false],
    [undefined, false]
  ]
  for (const [branch, isIn] of table) {
    const { prediction } = resultOf(model, { income: 1, branch })
    t.ok(Math.abs((prediction ?? Number.NaN) - (0.75 + (isIn ? 0.3 : -0.4))) < 1e-12, `${branch}: ${prediction}`)
  }
})

t.test('models 10: a tree of LightGBM too deep to be explained is told to be so', async (t) => {
  const chain = (depth: number) => {
    const list = (of: (index: number) => number) => Array.from({ length: depth }, (_, index) => of(index)).join(' ')
    const right = list((index) => (index + 1 < depth ? index + 1 : -1 - depth))
    const tree = `split_feature=${list(() => 0)}\nthreshold=${list((index) => index)}\ndecision_type=${list(() => 2)}
left_child=${list((index) => -1 - index)}\nright_child=${right}\nleaf_value=${list(() => 0.1)} 0.2\n`
    return `tree\nobjective=binary sigmoid:1\nfeature_names=income\nfeature_infos=[0:9]\n\nTree=0\n${tree}\nend of trees\n`
  }
  t.ok(modelFromText('lightgbm', chain(1_000), { bad: '1' }))
  for (const depth of [1_001, 50_000])
    t.match(faultsFromText('lightgbm', chain(depth), { bad: '1' }), [{ detail: /^The tree is deeper than 1000 nodes/ }])
})

t.test('models 10: a tree whose nodes share what is below them is refused, and does not grow', async (t) => {
  const nodes = 40
  const list = (of: (node: number) => number) => Array.from({ length: nodes }, (_, node) => of(node)).join(' ')
  const next = list((node) => (node + 1 < nodes ? node + 1 : -1))
  const tree = `num_leaves=2\nsplit_feature=${list(() => 0)}\nthreshold=${list((node) => node)}\ndecision_type=${list(() => 2)}\nleft_child=${next}\nright_child=${next}\nleaf_value=1 2\n`
  const text = `tree\nobjective=binary sigmoid:1\nfeature_names=income\nfeature_infos=[0:9]\n\nTree=0\n${tree}\nend of trees\n`
  t.match(faultsFromText('lightgbm', text, { bad: '1' }), [{ detail: /leads in circles/ }])
})
