// What the engine does in a second on one core. Contestants work on the same cases, in turns within
// one run. `--only assessments` leaves out all but whole assessments and the bare function: short
// enough to be run in turns with another version.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  type CreditFile,
  compileModel,
  featureContext,
  limitFactsIn,
  type Policy,
  proposeLimit,
  type ScoringModel,
  score,
  scoreIn,
  scoreInOrder,
  scoresOfRows
} from '../src/engine/index.ts'
import { bareScore, CARD, CARD_DATE, type CardValues, cardCustomers, cardFeatures } from './card.ts'
import { creditFiles, FILES_DATE } from './files.ts'
import { perSecond, print, race } from './measure.ts'
import { jsonRulesScore, zenExpressionScore, zenTablesScore } from './rule-engines.ts'
import { compiledTrees, TREES_DATE, treeFeatures, treeRows } from './trees.ts'

/** So many that no processor can learn their branches by heart. */
const CASES = 10_000

const { values: options } = parseArgs({ options: { only: { type: 'string' } } })
if (options.only !== undefined && options.only !== 'assessments')
  throw new Error(`--only ${options.only} is not known; --only assessments is.`)

const customers = cardCustomers(CASES)
const features = customers.map(cardFeatures)
const card = compileModel(CARD)
const company = compileModel(read<ScoringModel>('models/company.json'))
const policy = read<Policy>('policies/standard.json')
const files = creditFiles(1_000)

function read<Document>(path: string): Document {
  return JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))
}

const cardScore = (index: number) => score(card, at(features, index), CARD_DATE).score ?? 0

/** Statement, ratios, features, score, rating and limit of one customer. */
function assess(file: CreditFile): number {
  const context = featureContext(file, FILES_DATE)
  const { grade, score: points } = scoreIn(company, context)
  return (points ?? 0) + proposeLimit(policy, limitFactsIn(context, { grade })).amountMinor
}

function at<Item>(list: readonly Item[], index: number): Item {
  return list[index % list.length] as Item
}

const each = (one: (index: number) => number) => (count: number) => {
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += one(index)
  return sum
}

const eachAwaited = (one: (values: CardValues) => Promise<number>) => async (count: number) => {
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += await one(at(customers, index))
  return sum
}

const bare = each((index) => bareScore(at(customers, index)))
const whole = each((index) => assess(at(files, index)))

if (options.only === 'assessments') {
  const { bare: barePace, whole: wholePace } = await race({ bare, whole })
  print('RATIO', 'assessments_bare', wholePace.perSecond / barePace.perSecond)
  print('METRIC', 'assessments', wholePace.perSecond, '1/s')
  process.exit()
}

for (let index = 0; index < 100; index += 1) {
  const values = at(customers, index)
  const expected = bareScore(values)
  const others = [await zenTablesScore(values), await zenExpressionScore(values), await jsonRulesScore(values)]
  const all = [cardScore(index), ...others]
  if (all.some((each) => each !== expected)) throw new Error(`They disagree: ${expected} against ${all.join(', ')}.`)
}

/** Scores of the trees in batches, without what they are made of. */
function treeScores(count: number): number {
  let sum = 0
  for (let done = 0; done < count; done += rows.length) {
    const scores = predictive === undefined ? [] : scoresOfRows(predictive.predicted, rows.slice(0, count - done))
    sum += scores[0] ?? 0
  }
  return sum
}

const paces = await race({
  bare,
  credence: each(cardScore),
  zenTables: eachAwaited(zenTablesScore),
  zenExpression: eachAwaited(zenExpressionScore),
  jsonRulesEngine: eachAwaited(jsonRulesScore),
  whole
})

// Trees come after the cards are measured: what runs both kinds is compiled for both, and slower.
const trees = compiledTrees()
const rows = treeRows(2_048)
const rowFeatures = rows.map(treeFeatures)
const { predictive } = trees
for (let index = 0; index < 100; index += 1) {
  const one = scoreInOrder(trees, at(rowFeatures, index), TREES_DATE)
  const many = predictive === undefined ? [] : scoresOfRows(predictive.predicted, rows.slice(0, 100))
  const total = one.contributions.reduce((sum, { points }) => sum + points, one.basePoints)
  const gap = Math.max(Math.abs(total - (one.score ?? 0)), Math.abs((many[index] ?? 0) - (one.score ?? 0)))
  if (!(gap < 1e-9)) throw new Error(`The trees disagree with themselves by ${gap}.`)
}

const treePaces = await race({
  trees: treeScores,
  shap: each((index) => scoreInOrder(trees, at(rowFeatures, index), TREES_DATE).score ?? 0)
})

console.log(`Scores of a card of 12 characteristics, ${CASES.toLocaleString('en')} customers, median of ${paces.bare.rounds} rounds:
${perSecond(paces.bare)}  a hand-written function that answers the score and nothing else
${perSecond(paces.credence)}  Credence: score, PD, grade, range, every contribution, reasons
${perSecond(paces.zenTables)}  zen-engine, score alone, as decision tables
${perSecond(paces.zenExpression)}  zen-engine, score alone, as one expression
${perSecond(paces.jsonRulesEngine)}  json-rules-engine, score alone

Whole assessments by the shipped company model, from the statement over ratios and features to score, rating and limit:
${perSecond(paces.whole)}

Scores of 300 trees of depth 5 over 40 inputs:
${perSecond(treePaces.trees)}  in batches, without contributions
${perSecond(treePaces.shap)}  one by one, with contributions by path-dependent SHAP, grade, range and reasons

zen_engine is measured against the faster of its two forms.`)
print(
  'RATIO',
  'zen_engine',
  paces.credence.perSecond / Math.max(paces.zenTables.perSecond, paces.zenExpression.perSecond)
)
print('RATIO', 'json_rules_engine', paces.credence.perSecond / paces.jsonRulesEngine.perSecond)
print('RATIO', 'bare_function', paces.credence.perSecond / paces.bare.perSecond)
print('RATIO', 'assessments_bare', paces.whole.perSecond / paces.bare.perSecond)
print('METRIC', 'assessments', paces.whole.perSecond, '1/s')
print('METRIC', 'tree_scores', treePaces.trees.perSecond, '1/s')
print('METRIC', 'shap_scores', treePaces.shap.perSecond, '1/s')
