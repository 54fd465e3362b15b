import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Feature, type FeatureValue, MISSING_REASONS } from '../../src/engine/features/feature.ts'
import { FEATURES } from '../../src/engine/features/feature-catalogue.ts'
import { compileModel } from '../../src/engine/scorecards/compile/compile-model.ts'
import type { CompiledModel } from '../../src/engine/scorecards/compiled-model.ts'
import type { PointsModel, ScoringModel } from '../../src/engine/scorecards/scoring-model.ts'
import { addDays } from '../../src/engine/values/dates.ts'
import { GRADES, type Grade } from '../../src/engine/values/rating.ts'
import { woeModel } from './woe-model.ts'

/** How many cases each law is tried on. */
export const CASES = { numRuns: 10_000 }

export const AS_OF = '2026-03-31'

const folder = new URL('../../models/', import.meta.url)

/** Every scoring model that is shipped. */
export const SHIPPED: readonly ScoringModel[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

/** A shipped model with all that the format knows and no shipped model uses. */
function richModel(): PointsModel {
  const company = structuredClone(SHIPPED.find(({ segment }) => segment === 'company')) as PointsModel
  const [, second] = company.characteristics.filter(({ group }) => group === 'payment_behaviour')
  for (const each of company.characteristics) {
    if (each.group === 'payment_behaviour') each.missing = { rule: each === second ? 'neutral' : 'reweight' }
  }
  return {
    ...company,
    id: 'rich',
    hysteresis: { points: 9 },
    reasons: { baseline: 'neutral', adverseMax: 3, favourableMax: 2 },
    calibration: [
      { to: 340, pd: 0.3 },
      { from: 340, to: 420, pd: 0.05 },
      { from: 420, to: 520, pd: 0.009 },
      { from: 520, pd: 0.0012 }
    ],
    notches: [
      {
        id: 'small',
        name: { en: 'Small', zh: '规模小' },
        when: [{ feature: 'profile.employees', below: 10 }],
        grades: -1,
        reason: 'GRADE_NOTCHED_DOWN'
      },
      {
        id: 'large',
        name: { en: 'Large', zh: '规模大' },
        when: [{ feature: 'profile.employees', atLeast: 5000 }],
        grades: 1,
        reason: 'GRADE_NOTCHED_UP'
      }
    ],
    cases: []
  }
}

/** A model with the features that can be told apart by it. */
interface Subject {
  readonly compiled: CompiledModel
  /**
   * For each feature that the model looks at, values on, just below and between all its bounds, and
   * those that cannot be used.
   */
  readonly cells: readonly (readonly Feature[])[]
}

/** Cells beyond the values: missing for every reason, and unusable. */
const UNUSABLE: readonly Feature[] = [
  ...MISSING_REASONS.map((missing) => ({ missing })),
  { value: Number.NaN, asOf: AS_OF, source: 'x' },
  { value: 0.5, asOf: addDays(AS_OF, 1), source: 'x' }
]

export const SUBJECTS: readonly Subject[] = [...SHIPPED, richModel(), woeModel()].map((model) => {
  const compiled = compileModel(model)
  return { compiled, cells: compiled.features.map(({ id }) => cellsOf(compiled, id)) }
})

function cellsOf(compiled: CompiledModel, id: string): Feature[] {
  const values = valuesOf(compiled, id)
  const fresh = values.map((value): Feature => ({ value, asOf: AS_OF, source: 'x' }))
  const old = values.slice(0, 3).map((value): Feature => ({ value, asOf: '2019-12-31', source: 'x' }))
  return [...fresh, ...fresh, ...old, ...UNUSABLE]
}

function valuesOf({ model, characteristics, features, knockouts, notches }: CompiledModel, id: string): FeatureValue[] {
  const type = FEATURES[id]?.type ?? model.inputs?.find((input) => input.id === id)?.type
  if (type === 'boolean') return [true, false]
  const own = characteristics.filter(({ source }) => source.feature === id)
  if (type === 'category') return [...own.flatMap(({ indexByValue }) => [...indexByValue.keys()]), 'seen by nobody']
  const conditions = [...knockouts.map(({ when }) => when), ...notches]
    .flat()
    .filter(({ feature }) => features[feature]?.id === id)
  const bounds = [...own.flatMap((each) => each.bounds), ...conditions.flatMap((each) => [each.atLeast, each.below])]
  const finite = [...new Set(bounds)].filter(Number.isFinite)
  const around = finite.flatMap((bound) => [bound, bound - 1e-9, bound + 0.01])
  return [...around, -1e308, -1, 0, 1, 1e308].toSorted((a, b) => a - b)
}

/**
 * Any customer under any model: which model, which cell of each feature, and the grade in force.
 */
export const anyCase = fc
  .record({
    subject: fc.nat(SUBJECTS.length - 1),
    picks: fc.array(fc.nat(10_000), { minLength: 40, maxLength: 40 }),
    previous: fc.option(fc.nat(GRADES.length - 1), { freq: 2 })
  })
  .map(({ subject, picks, previous }) => {
    const { compiled, cells } = SUBJECTS[subject] as Subject
    const features = cells.map((own, index) => own[(picks[index % picks.length] ?? 0) % own.length] as Feature)
    const previousGrade: Grade | null = previous === null ? null : (GRADES[previous] ?? null)
    return { compiled, features, previousGrade }
  })
