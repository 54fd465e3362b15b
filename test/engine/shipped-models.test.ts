import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Feature, FeatureValue } from '../../src/engine/features/feature.ts'
import { FEATURES, type FeatureEntry } from '../../src/engine/features/feature-catalogue.ts'
import { JURISDICTIONS, legalClassOf } from '../../src/engine/features/legal-class.ts'
import { modelFaults } from '../../src/engine/governance/model-faults.ts'
import { isReasonCode } from '../../src/engine/reasons/reasons.ts'
import { compileModel, enabledCharacteristics } from '../../src/engine/scorecards/compile/compile-model.ts'
import type { ScoreResult } from '../../src/engine/scorecards/score-result.ts'
import { score } from '../../src/engine/scorecards/scorecard.ts'
import { type PointsModel, SEGMENTS } from '../../src/engine/scorecards/scoring-model.ts'
import { ADVICES, compareGrades, gradeOfPd } from '../../src/engine/values/rating.ts'

const folder = new URL('../../models/', import.meta.url)
const readme = readFileSync(new URL('README.md', folder), 'utf8')
const models: PointsModel[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
const asOf = '2026-03-31'

const bySegment = (segment: string): PointsModel => {
  const found = models.find((model) => model.segment === segment)
  if (found === undefined) throw new Error(`no model for ${segment}`)
  return found
}

t.test('there is one model for each segment, fit for use under every law, with at least eight cases', async (t) => {
  t.same(models.map(({ segment }) => segment).toSorted(), [...SEGMENTS].toSorted())
  for (const model of models) {
    for (const jurisdiction of JURISDICTIONS)
      t.same(modelFaults(model, { jurisdiction }), [], `${model.id} ${jurisdiction}`)
    t.ok(model.cases.length >= 8, `${model.id}: ${model.cases.length} cases`)
    const names = [model.name, model.description, ...model.characteristics.map(({ name }) => name)]
    for (const { en, zh } of names) t.ok(/[a-z]/i.test(en) && /\p{Script=Han}/u.test(zh), en)
  }
})

t.test(
  'what the law restricts stands in the models of persons, is not scored, and needs a justification to be',
  async (t) => {
    for (const [segment, ids] of [
      ['individual', ['education', 'dependants', 'ageYears']],
      ['sole_trader', ['education', 'dependants']]
    ] as const) {
      const model = bySegment(segment)
      const asleep = model.characteristics.filter(({ enabled }) => enabled === false)
      t.same(
        asleep.map(({ id }) => id),
        ids
      )
      for (const { id, feature } of asleep) {
        t.equal(legalClassOf(feature, 'GENERIC').class, 'restricted', feature)
        const awake = structuredClone(model)
        for (const each of awake.characteristics) if (each.id === id) each.enabled = true
        const legal = (faulty: PointsModel) => modelFaults(faulty).filter(({ code }) => code === 'restricted-feature')
        t.equal(legal(awake).length, 1, `${id} enabled without a justification`)
        t.same(legal({ ...awake, restricted: [{ feature, justification: 'Necessary.' }] }), [])
      }
    }
  }
)

/**
 * Any value that a feature might have, likely ones and freaks, in the range of what the models
 * know.
 */
function anyValue(feature: string): fc.Arbitrary<FeatureValue> {
  const { type, values = [] } = FEATURES[feature] as FeatureEntry
  if (type === 'boolean') return fc.boolean()
  if (type === 'category') return fc.constantFrom(...values, 'never heard of')
  const bounds = models.flatMap(({ characteristics }) =>
    characteristics.flatMap((each) =>
      each.feature === feature && each.type === 'numeric' ? each.attributes.flatMap(({ from }) => from ?? []) : []
    )
  )
  const low = Math.min(0, ...bounds) - 1
  const high = Math.max(1, ...bounds) * 1.5
  return fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: low, max: high, noNaN: true }) },
    { weight: 3, arbitrary: fc.constantFrom(0, 31, 61, 91, 181, ...bounds) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, -1e308, 1e308) }
  )
}

const known = (value: FeatureValue): Feature => ({ value, asOf, source: 'test' })

function anyFile(ids: readonly string[]): fc.Arbitrary<Record<string, Feature>> {
  const features = Object.fromEntries(ids.map((id) => [id, anyValue(id).map(known)]))
  return fc.record(features, { requiredKeys: [] }) as fc.Arbitrary<Record<string, Feature>>
}

/**
 * Whether one result is no better than another: score, PD, grade and advice; no rating counts as no
 * better.
 */
function isNoBetter(result: ScoreResult, than: ScoreResult): boolean {
  if (result.status === 'unrated') return true
  if (than.status === 'unrated') return false
  return (
    (result.score ?? 0) <= (than.score ?? 0) &&
    (result.pd ?? 0) >= (than.pd ?? 0) &&
    compareGrades(result.grade ?? 'D', than.grade ?? 'D') >= 0 &&
    ADVICES.indexOf(result.advice) >= ADVICES.indexOf(than.advice)
  )
}

/**
 * What knock-outs and the characteristics look at; `onFile` are the features of knock-outs that
 * only what is on file fires.
 */
function inputsOf(model: PointsModel): { scored: string[]; onFile: string[] } {
  const scored = new Set(enabledCharacteristics(model).map(({ feature }) => feature))
  const conditions = model.knockouts.flatMap(({ missing, when }) => (missing === 'clear' ? when : []))
  return { scored: [...scored], onFile: [...new Set(conditions.map(({ feature }) => feature))] }
}

for (const model of models) {
  const { scored, onFile } = inputsOf(model)
  const compiled = compileModel(model)
  const run = (file: Record<string, Feature>) => score(compiled, file, asOf)

  t.test(`law, ${model.id}: removing an input that is scored never improves the result`, async (t) => {
    t.notOk(
      onFile.some((id) => scored.includes(id)),
      'no feature is both scored and looked for on file alone'
    )
    fc.assert(
      fc.property(anyFile([...scored, ...onFile]), fc.constantFrom(...scored), (file, id) => {
        const { [id]: _removed, ...rest } = file
        return isNoBetter(run(rest), run(file))
      }),
      { numRuns: 3000 }
    )
  })

  t.test(`law, ${model.id}: what is on file against the customer never improves the result`, async () => {
    fc.assert(
      fc.property(anyFile(scored), anyFile(onFile), (file, records) =>
        isNoBetter(run({ ...file, ...records }), run(file))
      ),
      { numRuns: 1000 }
    )
  })

  t.test(`law, ${model.id}: a worse number never improves the result, and no value leads astray`, async () => {
    const numeric = enabledCharacteristics(model).filter(({ type }) => type === 'numeric')
    const finite = fc.double({ min: -3, max: 400, noNaN: true })
    fc.assert(
      fc.property(anyFile([...scored, ...onFile]), fc.constantFrom(...numeric), finite, finite, (file, each, a, b) => {
        const rising = each.type === 'numeric' && each.monotone === 'increasing'
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const worse = run({ ...file, [each.feature]: known(rising ? low : high) })
        const better = run({ ...file, [each.feature]: known(rising ? high : low) })
        const graded = better.pd === null || gradeOfPd(better.pd) === better.grade
        return isNoBetter(worse, better) && graded && better.reasons.every(({ code }) => isReasonCode(code))
      }),
      { numRuns: 2000 }
    )
  })

  t.test(`${model.id}: the health score is the share of the points, 0 at worst and 100 at best`, async (t) => {
    const spread = compiled.scoreHighest - compiled.scoreLowest
    for (const { features } of model.cases) {
      const result = run(Object.fromEntries(Object.entries(features).map(([id, value]) => [id, known(value)])))
      if (result.score === null || result.healthScore === null) continue
      const share = (result.score - compiled.scoreLowest) / spread
      t.ok(Math.abs(result.healthScore - 100 * share) <= 0.051, `${result.healthScore}`)
    }
  })

  t.test(`${model.id}: README.md has the weight of each characteristic, and what it is worth in grades`, async (t) => {
    const gradePoints = DOUBLINGS_OF_A_GRADE * model.scaling.pointsToDoubleOdds
    for (const { source, pointsMax, pointsMin, weight } of compiled.characteristics) {
      const line = `| ${source.name.en} | ${weight} | ${((pointsMax - pointsMin) / gradePoints).toFixed(1)} |`
      t.ok(readme.includes(line), line)
    }
  })

  t.test(`${model.id}: its cases stand in README.md as they come out`, async (t) => {
    for (const { name, features } of model.cases) {
      const result = run(Object.fromEntries(Object.entries(features).map(([id, value]) => [id, known(value)])))
      const pd = result.pd === null ? '' : percent(result.pd)
      const line = `| ${name} | ${result.score ?? ''} | ${result.healthScore ?? ''} | ${pd} | ${result.grade ?? 'unrated'} | ${result.advice} |`
      t.ok(readme.includes(line), line)
    }
  })
}

/** From a PD of 0.2 % to one of 40 % the odds double 8.4 times, over the six grades of A to CC. */
const DOUBLINGS_OF_A_GRADE = 1.4

/** Two significant digits, as the tables of README.md have them. */
function percent(pd: number): string {
  return `${Number((100 * pd).toPrecision(2))} %`
}

t.test('law: nobody gains by never handing in accounts', async () => {
  const company = compileModel(bySegment('company'))
  const thin = compileModel(bySegment('thin_file'))
  const { scored, onFile } = inputsOf(bySegment('company'))
  fc.assert(
    fc.property(anyFile([...scored, ...onFile]), (file) => {
      const withAccounts = score(company, file, asOf)
      const without = Object.fromEntries(Object.entries(file).filter(([id]) => !id.startsWith('financial.')))
      const kept = score(thin, without, asOf)
      // Accounts that were handed in and do not suffice for a rating are for a person to look at.
      return withAccounts.status === 'unrated' || isNoBetter(kept, withAccounts)
    }),
    { numRuns: 5000 }
  )
})
