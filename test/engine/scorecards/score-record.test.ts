import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { creditFiles, FILES_DATE } from '../../../bench/files.ts'
import {
  type CreditFile,
  compileModel,
  type Feature,
  featureContext,
  featureSetOfRecord,
  featuresFor,
  featuresOfRecord,
  GRADES,
  outcomeText,
  resultOfRecord,
  type ScoreRecord,
  type ScoringModel,
  scoreInOrder,
  scoreRecord
} from '../../../src/engine/index.ts'

const model = compileModel(
  JSON.parse(readFileSync(new URL('../company-1.json', import.meta.url), 'utf8')) as ScoringModel
)
const files = creditFiles(500)

/** A file that lacks some of what the others have. */
const anyFile = fc
  .record({
    index: fc.nat(files.length - 1),
    statements: fc.boolean(),
    opinion: fc.constantFrom('unqualified', 'adverse', undefined),
    previousGrade: fc.constantFrom(...GRADES, null),
    overdueDays: fc.option(fc.integer({ min: -30, max: 300 }), { nil: undefined })
  })
  .map(({ index, statements, opinion, previousGrade, overdueDays }) => {
    const file = files[index] as CreditFile
    const filed = file.statements.map((each) => ({
      ...each,
      statement: { ...each.statement, ...(opinion === undefined ? {} : { auditOpinion: opinion }) }
    }))
    const dueOn = new Date(Date.parse(FILES_DATE) - (overdueDays ?? 0) * 86_400_000).toISOString().slice(0, 10)
    const invoice = { invoiceId: 'I-1', issuedOn: '2025-03-01', dueOn, amountMinor: 5_000_00, disputed: false }
    return {
      file: {
        ...file,
        statements: statements ? filed : [],
        invoices: overdueDays === undefined ? [] : [invoice]
      } as CreditFile,
      previousGrade
    }
  })

const scored = (file: CreditFile, previousGrade: (typeof GRADES)[number] | null) => {
  const features = featuresFor(model, featureContext(file, FILES_DATE))
  const result = scoreInOrder(model, features, FILES_DATE, { previousGrade })
  return { features, result }
}

/** As it comes back from where it is kept. */
const kept = (record: ScoreRecord) => JSON.parse(JSON.stringify(record)) as ScoreRecord

t.test('law: a record gives back the whole result, to the last digit', (t) => {
  fc.assert(
    fc.property(anyFile, ({ file, previousGrade }) => {
      const { features, result } = scored(file, previousGrade)
      const again = resultOfRecord(model, kept(scoreRecord(features, result, previousGrade)))
      return JSON.stringify(again) === JSON.stringify(result)
    }),
    { numRuns: 2_000 }
  )
  t.end()
})

t.test('a record is a fifth of the result', (t) => {
  const { features, result } = scored(files[0] as CreditFile, null)
  const record = JSON.stringify(scoreRecord(features, result, null))
  t.ok(record.length * 5 < JSON.stringify(result).length, `${record.length} bytes`)
  t.end()
})

t.test('a record with another outcome than its inputs give is told apart', (t) => {
  const { features, result } = scored(files[0] as CreditFile, null)
  const record = scoreRecord(features, result, null)
  const { outcome } = record
  for (const other of [
    { ...outcome, score: (outcome.score ?? 0) + 1 },
    { ...outcome, grade: 'AAA' as const },
    { ...outcome, range: { ...outcome.range, scoreMax: 1 } },
    { ...outcome, range: { ...outcome.range, worthMost: null } }
  ])
    t.equal(resultOfRecord(model, kept({ ...record, outcome: other })), null)
  t.equal(resultOfRecord(model, kept({ ...record, inputs: record.inputs.slice(1) })), null, 'of another model')
  t.not(resultOfRecord(model, kept(record)), null)
  t.end()
})

t.test('a value that is not a number is recorded as invalid, and scores the same', (t) => {
  const { features } = scored(files[0] as CreditFile, null)
  const odd = [{ value: Number.POSITIVE_INFINITY, asOf: FILES_DATE, source: 'x' }, ...features.slice(1)]
  const result = scoreInOrder(model, odd, FILES_DATE)
  const record = kept(scoreRecord(odd, result, null))
  t.equal(record.inputs[0], 'invalid')
  t.same(resultOfRecord(model, record), result)
  t.end()
})

t.test('dates and sources that inputs share are kept once, and every input finds its own again', (t) => {
  const features: Feature[] = [
    { value: 1, asOf: '2025-12-31', source: 'a' },
    { value: 2, asOf: '2024-12-31', source: 'a' },
    { value: 3, asOf: '2025-12-31', source: 'b' },
    { missing: 'unreliable' },
    { value: 'x', asOf: '2025-12-31', source: 'a' },
    { value: false, asOf: '2025-12-31', source: 'b' }
  ]
  const record = kept(scoreRecord(features, scored(files[0] as CreditFile, null).result, 'BB'))
  t.same(record.origins, [
    ['2025-12-31', 'a'],
    ['2024-12-31', 'a'],
    ['2025-12-31', 'b']
  ])
  t.same(record.inputs, [[1, 0], [2, 1], [3, 2], 'unreliable', ['x', 0], [false, 2]])
  t.same(featuresOfRecord(record), features)
  t.equal(record.previousGrade, 'BB')
  t.same(
    featuresOfRecord({ inputs: [[1, 9]], origins: [] }),
    [{ value: 1, asOf: '', source: '' }],
    'a place that is not there'
  )
  t.end()
})

t.test('the features of a record by their ids', (t) => {
  const { features, result } = scored(files[0] as CreditFile, null)
  const set = featureSetOfRecord(model, kept(scoreRecord(features, result, null)))
  t.same(
    model.features.map(({ id }) => set[id]),
    features
  )
  const cut = featureSetOfRecord(model, { inputs: [], origins: [] })
  t.ok(model.features.every(({ id }) => (cut[id] as { missing?: string }).missing === 'no_data'))
  t.end()
})

t.test(
  'the text of an outcome tells each attribute, what is missing and stale, notches, ceilings and knock-outs',
  (t) => {
    const { result } = scored(files[0] as CreditFile, null)
    const [one] = result.contributions
    if (one === undefined) throw new Error('the model has characteristics')
    const notch = { id: 'n', grades: 1, state: 'fired', applied: true, reason: 'GRADE_NOTCHED_UP' } as const
    const text = outcomeText({
      ...result,
      model: { id: 'm', version: 7 },
      status: 'rated',
      score: 512,
      pd: 0.02,
      grade: 'BB',
      advice: 'refer',
      contributions: [
        { ...one, state: 'present', attribute: 2, points: 30 },
        { ...one, state: 'present', attribute: null, points: -5 },
        { ...one, state: 'stale', attribute: null, points: 3 },
        { ...one, state: 'missing', attribute: null, points: 4 }
      ],
      notches: [notch, { ...notch, applied: false }],
      ceilings: [
        { id: 'c', bestGrade: 'A', met: true, applied: false, reason: 'EQUITY_LOW' },
        { id: 'd', bestGrade: 'A', met: false, applied: false, reason: 'EQUITY_LOW' }
      ],
      knockouts: [{ id: 'k', capGrade: null, advice: 'refer', state: 'clear', applied: false, reason: 'EQUITY_LOW' }]
    })
    t.equal(text, 'm@7 rated 512 0.02 BB refer 2,u,s3,m4, + - + - clear')
    t.end()
  }
)

t.test('the text of an outcome differs with the standing, not with a value within its attribute', (t) => {
  const { features, result } = scored(files[0] as CreditFile, null)
  const text = outcomeText(result)
  const nudged = features.map((feature) =>
    'value' in feature && typeof feature.value === 'number'
      ? { ...feature, value: feature.value * (1 + 1e-9) }
      : feature
  )
  t.equal(outcomeText(scoreInOrder(model, nudged, FILES_DATE)), text)
  t.not(outcomeText(scoreInOrder(model, features.slice(1), FILES_DATE)), text, 'a value that is gone')
  for (const other of [
    { ...result, score: 1 },
    { ...result, pd: 0.5 },
    { ...result, grade: 'D' as const },
    { ...result, advice: 'refer' as const },
    { ...result, status: 'unrated' as const },
    { ...result, model: { id: result.model.id, version: 2 } },
    { ...result, knockouts: result.knockouts.map((each) => ({ ...each, state: 'not_evaluable' as const })) }
  ])
    t.not(outcomeText(other), text)
  t.end()
})
