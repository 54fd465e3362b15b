import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { counterfactuals } from '../../src/engine/counterfactuals/counterfactuals.ts'
import type { CreditFile } from '../../src/engine/features/credit-file.ts'
import type { Feature } from '../../src/engine/features/feature.ts'
import { features } from '../../src/engine/features/features.ts'
import { proposeLimit } from '../../src/engine/limits/limit.ts'
import { limitFacts } from '../../src/engine/limits/limit-facts.ts'
import type { Policy } from '../../src/engine/policy/policy.ts'
import { compileModel } from '../../src/engine/scorecards/compile/compile-model.ts'
import { scoreFile } from '../../src/engine/scorecards/file-score.ts'
import { score } from '../../src/engine/scorecards/scorecard.ts'
import { ratios } from '../../src/engine/statements/ratios/ratios.ts'
import { referenceModels } from '../../src/engine/statements/reference-models/reference-models.ts'
import { statementFaults } from '../../src/engine/statements/statement-faults.ts'
import { compareGrades } from '../../src/engine/values/rating.ts'
import { AS_OF, CASES, SHIPPED } from './arbitraries.ts'

const policy: Policy = JSON.parse(readFileSync(new URL('../../policies/standard.json', import.meta.url), 'utf8'))
const models = SHIPPED.map(compileModel)

const anyText = fc.constantFrom(
  '',
  '0',
  '-0',
  '1e308',
  'NaN',
  'Infinity',
  '∞',
  '٣',
  '9'.repeat(400),
  '12.345',
  ' 1',
  '1,000',
  '__proto__',
  '0x1f'
)
const anyNumber = fc.constantFrom(
  0,
  -0,
  1,
  -1,
  0.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY
)
const anyDate = fc.constantFrom(
  '',
  '0000-00-00',
  '2025-02-30',
  '2025-12-31',
  '9999-99-99',
  'tomorrow',
  '1900-01-01',
  '2199-12-31',
  '2026-13-01'
)
const anyName = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'totalAssets',
  'equity',
  'revenue',
  'currentAssets',
  'currentLiabilities',
  'netIncome'
)
const anyFigures = fc.dictionary(anyName, anyText, { maxKeys: 6 })

/**
 * A credit file that no schema would let in: whatever its parts are, they are of the wrong kind
 * somewhere.
 */
const hostileFile = fc
  .record({
    statement: fc.record({
      periodEnd: anyDate,
      months: anyNumber,
      currency: anyText,
      unit: anyNumber,
      consolidated: fc.boolean(),
      audited: fc.boolean(),
      balanceSheet: anyFigures,
      income: anyFigures,
      cashFlow: anyFigures
    }),
    invoices: fc.array(
      fc.record({
        invoiceId: anyName,
        issuedOn: anyDate,
        dueOn: anyDate,
        amountMinor: anyNumber,
        disputed: fc.boolean()
      }),
      { maxLength: 3 }
    ),
    settlements: fc.array(
      fc.record({ invoiceId: anyName, settledOn: anyDate, amountMinor: anyNumber, by: fc.constant('payment') }),
      { maxLength: 3 }
    ),
    profile: fc.record({
      kind: fc.constantFrom('company', 'sole_trader', 'individual', 'ghost', ''),
      registeredOn: anyDate,
      employees: anyNumber,
      industry: anyText,
      country: anyText
    }),
    evidence: fc.array(
      fc.record({
        evidenceId: anyName,
        kind: anyName,
        observedOn: anyDate,
        source: anyText,
        facts: fc.dictionary(anyName, anyNumber)
      }),
      { maxLength: 2 }
    ),
    currency: fc.constantFrom('CNY', '', 'XXX', '__proto__')
  })
  .map(({ statement, ...file }) => ({ ...file, statements: [{ statementId: '', statement }] }) as unknown as CreditFile)

t.test('case 57: no input, however odd, gives an exception or a figure that is none', async () => {
  fc.assert(
    fc.property(hostileFile, (file) => {
      const derived = Object.values(features(file, AS_OF))
      const statement = (file.statements[0] as CreditFile['statements'][number]).statement
      const values = ratios(statement).map(({ value }) => value)
      referenceModels(statement)
      statementFaults(statement)
      const limit = proposeLimit(policy, limitFacts(file, { asOf: AS_OF, grade: 'A', requestedMinor: 1_000_00 }))
      return (
        derived.every((each) => !('value' in each) || typeof each.value !== 'number' || Number.isFinite(each.value)) &&
        values.every((value) => value === null || Number.isFinite(value)) &&
        Number.isSafeInteger(limit.amountMinor) &&
        limit.amountMinor >= 0
      )
    }),
    CASES
  )
})

t.test('case 57: and never a good score without a word: unrated, referred, or among the worst grades', async () => {
  fc.assert(
    fc.property(hostileFile, fc.nat(models.length - 1), (file, pick) => {
      const { status, advice, grade, reasons } = scoreFile(models[pick] as (typeof models)[number], file, AS_OF)
      const cautious = status === 'unrated' || advice !== 'none' || (grade !== null && compareGrades(grade, 'BB') >= 0)
      return cautious && reasons.length > 0
    }),
    CASES
  )
})

const anyHostileFeature = fc.oneof(
  fc.record({ value: fc.oneof(anyNumber, anyText, fc.boolean()), asOf: anyDate, source: anyText }),
  fc.record({ missing: fc.constantFrom('no_data', 'invalid', 'zero_denominator') })
) as fc.Arbitrary<Feature>

t.test('the same for features that come from anywhere, and for what is advised on them', async () => {
  fc.assert(
    fc.property(
      fc.array(anyHostileFeature, { minLength: 8, maxLength: 8 }),
      fc.nat(models.length - 1),
      (cells, pick) => {
        const compiled = models[pick] as (typeof models)[number]
        const set = Object.fromEntries(
          [...compiled.features.map(({ id }) => id), '__proto__'].map((id, index) => [
            id,
            cells[index % cells.length] as Feature
          ])
        )
        const result = score(compiled, set, AS_OF)
        const numbers = [
          result.score,
          result.pd,
          result.healthScore,
          result.coverage,
          result.range.scoreMin,
          result.range.scoreMax
        ]
        return numbers.every((value) => value === null || Number.isFinite(value))
      }
    ),
    CASES
  )
})

t.test('an empty file is unrated, says why, and what would help', async (t) => {
  for (const compiled of models) {
    const { segment } = compiled.model
    const kind = segment === 'thin_file' ? 'company' : segment
    const file: CreditFile = { profile: { kind }, statements: [], invoices: [], settlements: [], currency: 'CNY' }
    const result = scoreFile(compiled, file, AS_OF)
    t.match(result, { status: 'unrated', score: null, pd: null, grade: null, advice: 'refer' }, segment)
    t.ok(
      result.reasons.length > 0 && result.range.worthMost !== null,
      `${segment}: with reasons, and the input worth the most`
    )
    t.doesNotThrow(() => counterfactuals(compiled, features(file, AS_OF), AS_OF))
  }
})
