import t from 'tap'
import {
  type Challenger,
  challengersOf,
  compileModel,
  type Segment,
  type Statement,
  score,
  shadowRun
} from '../../../src/engine/index.ts'
import { MODEL, modelOf } from '../../http/models/given-model.ts'

const TODAY = '2026-03-31'
const champion = compileModel(MODEL)
const features = { 'financial.equityRatio': { value: 0.5, asOf: '2025-12-31', source: 'statement FY2025' } }
const decided = score(champion, features, TODAY)
const challenger = (segment: Segment, compiled: Challenger['compiled'] = null): Challenger => ({
  modelId: segment,
  version: 7,
  segment,
  compiled
})

t.test('a challenger runs where it would decide if it were active', (t) => {
  const shadows = (['company', 'thin_file', 'sole_trader'] as const).map((segment) => challenger(segment))
  const filed = [{ statementId: 'FY2025', statement: { periodEnd: '2025-12-31' } as Statement }]
  const table: [readonly Segment[], typeof filed, Segment[]][] = [
    [['company'], filed, ['company']],
    // Without a model for companies without accounts both would decide on one, each for itself.
    [['company'], [], ['company', 'thin_file']],
    [['company', 'thin_file'], [], ['thin_file']],
    [['company', 'thin_file'], filed, ['company']]
  ]
  for (const [inForce, statements, expected] of table) {
    const active = inForce.map((segment) => ({ segment }))
    const found = challengersOf({ active, shadows }, { profile: { kind: 'company' }, statements }, TODAY)
    t.same(
      found.map(({ segment }) => segment),
      expected
    )
  }
  t.end()
})

t.test('a run stands beside what the champion decided', (t) => {
  const compiled = compileModel(modelOf('other', { version: 7, basePoints: 100 }))
  const run = shadowRun(challenger('company', compiled), decided, features)
  t.same(run, {
    modelId: 'company',
    modelVersion: 7,
    asOf: TODAY,
    status: 'rated',
    grade: run.result?.grade,
    score: (decided.score ?? 0) - 200,
    pd: run.result?.pd,
    championModelId: MODEL.id,
    championModelVersion: MODEL.version,
    championGrade: decided.grade,
    championScore: decided.score,
    championPd: decided.pd,
    result: score(compiled, features, TODAY)
  })
  t.match(shadowRun(challenger('company', compiled), decided, {}), { status: 'unrated', grade: null, score: null })
  t.end()
})

t.test('a run is given the same grade in force as the champion', (t) => {
  const compiled = compileModel(modelOf('sluggish', { hysteresis: { points: 1_000 } }))
  const run = shadowRun(challenger('company', compiled), decided, features, { previousGrade: 'CC' })
  t.equal(run.grade, 'CC')
  t.end()
})

t.test('whatever a challenger does, the champion gets an answer', (t) => {
  const failed = { status: 'failed', grade: null, score: null, pd: null, result: null, championGrade: decided.grade }
  t.match(shadowRun(challenger('company'), decided, features), failed, 'it could not be compiled')
  t.match(shadowRun(challenger('company', {} as typeof champion), decided, features), failed, 'it throws')
  const endless = { ...champion, basePoints: Number.POSITIVE_INFINITY }
  t.match(shadowRun(challenger('company', endless), decided, features), failed, 'its score is no number')
  t.end()
})
