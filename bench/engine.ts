// What the engine does in a second on one core. Contestants work on the same cases, in turns within
// one run.
import { readFileSync } from 'node:fs'
import {
  type CreditFile,
  compileModel,
  featureContext,
  limitFactsIn,
  type Policy,
  proposeLimit,
  type ScoringModel,
  score,
  scoreIn
} from '../src/engine/index.ts'
import { bareScore, CARD, CARD_DATE, type CardValues, cardCustomers, cardFeatures } from './card.ts'
import { creditFiles, FILES_DATE } from './files.ts'
import { perSecond, print, race } from './measure.ts'
import { jsonRulesScore, zenExpressionScore, zenTablesScore } from './rule-engines.ts'

/** So many that no processor can learn their branches by heart. */
const CASES = 10_000

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

for (let index = 0; index < 100; index += 1) {
  const values = at(customers, index)
  const expected = bareScore(values)
  const others = [await zenTablesScore(values), await zenExpressionScore(values), await jsonRulesScore(values)]
  const all = [cardScore(index), ...others]
  if (all.some((each) => each !== expected)) throw new Error(`They disagree: ${expected} against ${all.join(', ')}.`)
}

const paces = await race({
  bare: each((index) => bareScore(at(customers, index))),
  credence: each(cardScore),
  zenTables: eachAwaited(zenTablesScore),
  zenExpression: eachAwaited(zenExpressionScore),
  jsonRulesEngine: eachAwaited(jsonRulesScore),
  whole: each((index) => assess(at(files, index)))
})

console.log(`Scores of a card of 12 characteristics, ${CASES.toLocaleString('en')} customers, median of ${paces.bare.rounds} rounds:
${perSecond(paces.bare)}  a hand-written function that answers the score and nothing else
${perSecond(paces.credence)}  Credence: score, PD, grade, range, every contribution, reasons
${perSecond(paces.zenTables)}  zen-engine, score alone, as decision tables
${perSecond(paces.zenExpression)}  zen-engine, score alone, as one expression
${perSecond(paces.jsonRulesEngine)}  json-rules-engine, score alone

Whole assessments by the shipped company model, from the statement over ratios and features to score, rating and limit:
${perSecond(paces.whole)}

zen_engine is measured against the faster of its two forms.`)
print(
  'RATIO',
  'zen_engine',
  paces.credence.perSecond / Math.max(paces.zenTables.perSecond, paces.zenExpression.perSecond)
)
print('RATIO', 'json_rules_engine', paces.credence.perSecond / paces.jsonRulesEngine.perSecond)
print('RATIO', 'bare_function', paces.credence.perSecond / paces.bare.perSecond)
print('METRIC', 'assessments', paces.whole.perSecond, '1/s')
