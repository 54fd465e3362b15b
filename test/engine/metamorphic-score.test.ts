import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import type { Feature } from '../../src/engine/features/feature.ts'
import { FEATURES } from '../../src/engine/features/feature-catalogue.ts'
import type { CompiledCharacteristic, CompiledModel } from '../../src/engine/scorecards/compiled-model.ts'
import type { ScoreResult } from '../../src/engine/scorecards/score-result.ts'
import { scoreInOrder } from '../../src/engine/scorecards/scorecard.ts'
import { pdOfModel } from '../../src/engine/scorecards/scoring/pd-of-score.ts'
import { ADVICES, compareGrades, GRADES, gradeOfPd, MASTER_SCALE, PD_FLOOR } from '../../src/engine/values/rating.ts'
import { AS_OF, anyCase, CASES, SUBJECTS } from './arbitraries.ts'

// Relations between scorings that must hold whatever the model and the customer are. The numbers
// are those of the test plan.

const scored = (compiled: CompiledModel, features: readonly Feature[], previousGrade: ScoreResult['grade'] = null) =>
  scoreInOrder(compiled, features, AS_OF, { previousGrade })

/**
 * Whether a result is no better than another in all that is decided from it. A customer without a
 * rating is better than none.
 */
function isNoBetter(worse: ScoreResult, better: ScoreResult): boolean {
  if (ADVICES.indexOf(worse.advice) < ADVICES.indexOf(better.advice)) return false
  if (worse.grade === null || worse.score === null || worse.pd === null) return true
  if (better.grade === null || better.score === null || better.pd === null) return false
  return (
    worse.score <= better.score + 1e-9 && compareGrades(worse.grade, better.grade) >= 0 && worse.pd >= better.pd - 1e-12
  )
}

/** What a model makes of more of a feature: better, worse, or now the one and now the other. */
function directionOf(compiled: CompiledModel, place: number): 'increasing' | 'decreasing' | undefined {
  const own = compiled.characteristics.filter((each) => each.feature === place)
  const directions = own.map(({ source }) => (source.type === 'numeric' ? source.monotone : undefined))
  return own.length > 0 && directions.every((each) => each === directions[0]) ? directions[0] : undefined
}

function holderOf({ model }: CompiledModel, id: string): string {
  return FEATURES[id]?.heldBy ?? model.inputs?.find((input) => input.id === id)?.heldBy ?? 'customer'
}

/**
 * Whether taking the value away may help: what the seller or a register knows is not the customer's
 * to withhold.
 */
function isKept(compiled: CompiledModel, place: number): boolean {
  return holderOf(compiled, compiled.features[place]?.id ?? '') !== 'customer'
}

const isFresh = (each: Feature | undefined): each is { value: number; asOf: string; source: string } =>
  each !== undefined &&
  'value' in each &&
  typeof each.value === 'number' &&
  Number.isFinite(each.value) &&
  each.asOf === AS_OF

t.test('M1 a worse figure never raises score, grade, PD or advice', async () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.nat(99),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      ({ compiled, features, previousGrade }, pick, by) => {
        const place = pick % features.length
        const each = features[place]
        const direction = directionOf(compiled, place)
        if (direction === undefined || !isFresh(each)) return true
        const value = direction === 'increasing' ? each.value - by : each.value + by
        const worse = features.with(place, { ...each, value })
        return isNoBetter(scored(compiled, worse, previousGrade), scored(compiled, features, previousGrade))
      }
    ),
    CASES
  )
})

t.test('M6 the same snapshot gives the same bytes in every time zone and language', async (t) => {
  const program = `
    import { createHash } from 'node:crypto'
    import fc from 'fast-check'
    import { AS_OF, anyCase } from './arbitraries.ts'
    import { scoreInOrder } from '../../src/engine/scorecards/scorecard.ts'
    const hash = createHash('sha256')
    for (const { compiled, features, previousGrade } of fc.sample(anyCase, { seed: 6, numRuns: 10000 }))
      hash.update(JSON.stringify(scoreInOrder(compiled, features, AS_OF, { previousGrade })))
    console.log(hash.digest('hex'))`
  const run = (environment: Record<string, string>) =>
    execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      cwd: import.meta.dirname,
      env: { ...process.env, ...environment },
      encoding: 'utf8'
    })
  const expected = run({ TZ: 'UTC', LANG: 'C' })
  t.match(expected, /^[0-9a-f]{64}\n$/)
  t.equal(run({ TZ: 'Asia/Shanghai', LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.UTF-8' }), expected)
  t.equal(run({ TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }), expected)
})

t.test('M8 removing an input that could be withheld never improves the result', async () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }),
      ({ compiled, features, previousGrade }, picks) => {
        const less = [...features]
        for (const pick of picks) {
          const place = pick % features.length
          if (!isKept(compiled, place)) less[place] = { missing: 'no_data' }
        }
        return isNoBetter(scored(compiled, less, previousGrade), scored(compiled, features, previousGrade))
      }
    ),
    CASES
  )
})

t.test(
  'M9 contributions add up to the score, reasons are the largest shortfalls, and the cure of the first never hurts',
  async () => {
    fc.assert(
      fc.property(anyCase, ({ compiled, features }) => {
        const result = scored(compiled, features)
        const sum = result.contributions.reduce((total, { points }) => total + points, result.basePoints)
        const losses = result.reasons.filter(({ direction, points }) => direction === 'adverse' && points > 0)
        const first = losses[0]
        return (
          Math.abs(sum - result.range.scoreMin) <= result.range.scoreMax - result.range.scoreMin + 1e-6 &&
          (result.score === null || Math.abs(sum - result.score) < 1e-6) &&
          losses.every(({ points }, index) => index === 0 || points <= (losses[index - 1]?.points ?? 0)) &&
          (first === undefined || isNoBetter(result, cured(compiled, features, first.from)))
        )
      }),
      CASES
    )
  }
)

/**
 * The same customer with the best value of each of these characteristics, as far as it speaks for
 * it alone.
 */
function cured(compiled: CompiledModel, features: readonly Feature[], ids: readonly string[]): ScoreResult {
  const better = [...features]
  for (const each of compiled.characteristics) {
    if (!ids.includes(each.source.id)) continue
    const value = bestValue(each)
    if (directionOf(compiled, each.feature) !== undefined) better[each.feature] = { value, asOf: AS_OF, source: 'x' }
  }
  return scored(compiled, better)
}

function bestValue({ source }: CompiledCharacteristic): number {
  return source.type === 'numeric' && source.monotone === 'decreasing' ? -1e308 : 1e308
}

t.test('M10 every number falls into exactly one attribute, and a bound into the one that begins there', async () => {
  const numeric = SUBJECTS.flatMap(({ compiled }) =>
    compiled.characteristics.flatMap((each, index) => (each.numeric ? [{ compiled, each, index }] : []))
  )
  fc.assert(
    fc.property(
      fc.nat(numeric.length - 1),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.nat(20),
      (pick, any, bound) => {
        const { compiled, each, index } = numeric[pick] as (typeof numeric)[number]
        const value = bound < each.bounds.length ? (each.bounds[bound] as number) : any
        const attributes = each.source.attributes as { from?: number; to?: number }[]
        const holding = attributes.flatMap(
          ({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }, place) =>
            value >= from && value < to ? [place] : []
        )
        const features = compiled.features.map(
          (_, place): Feature => (place === each.feature ? { value, asOf: AS_OF, source: 'x' } : { missing: 'no_data' })
        )
        return holding.length === 1 && scored(compiled, features).contributions[index]?.attribute === holding[0]
      }
    ),
    CASES
  )
})

t.test('M11 the PD rises from grade to grade, is never below the floor, and default is certain', async () => {
  fc.assert(
    fc.property(anyCase, anyCase, (one, other) => {
      const [a, b] = [scored(one.compiled, one.features), scored(other.compiled, other.features)]
      if (a.pd === null || b.pd === null || a.grade === null || b.grade === null) return true
      return (
        a.pd >= PD_FLOOR &&
        a.pd <= 1 &&
        gradeOfPd(a.pd) === a.grade &&
        (a.grade !== 'D' || a.pd === 1) &&
        (compareGrades(a.grade, b.grade) >= 0 || a.pd < b.pd)
      )
    }),
    CASES
  )
})

t.test('M11 the bands of the master scale join, and a calibrated PD never rises with the score', async (t) => {
  for (const [index, grade] of GRADES.entries()) {
    const next = GRADES[index + 1]
    if (next !== undefined) t.equal(MASTER_SCALE[grade].pdTo, MASTER_SCALE[next].pdFrom, `${grade} joins ${next}`)
  }
  fc.assert(
    fc.property(
      fc.nat(SUBJECTS.length - 1),
      fc.double({ min: -2000, max: 3000, noNaN: true }),
      fc.double({ min: 0, max: 500, noNaN: true }),
      (pick, points, more) => {
        const { model } = (SUBJECTS[pick] as (typeof SUBJECTS)[number]).compiled
        return pdOfModel(model, points + more) <= pdOfModel(model, points)
      }
    ),
    CASES
  )
})

t.test('M13 a stale input never gives a better result than a fresh one', async () => {
  fc.assert(
    fc.property(anyCase, fc.nat(99), ({ compiled, features, previousGrade }, pick) => {
      const place = pick % features.length
      const each = features[place]
      if (each === undefined || 'missing' in each || each.asOf > AS_OF) return true
      const stale = features.with(place, { ...each, asOf: '2010-01-01' })
      const conditions = [...compiled.knockouts.map(({ when }) => when), ...compiled.notches].flat()
      const conditional = conditions.some(({ feature }) => feature === place)
      const fresh = features.with(place, { ...each, asOf: AS_OF })
      return conditional || isNoBetter(scored(compiled, stale, previousGrade), scored(compiled, fresh, previousGrade))
    }),
    CASES
  )
})

t.test('M14 a customer that is nowhere better and somewhere worse never ranks higher', async () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 40, maxLength: 40 }),
      ({ compiled, features }, by) => {
        const dominated = features.map((each, place): Feature => {
          const direction = directionOf(compiled, place)
          if (direction === undefined || !isFresh(each)) return each
          return { ...each, value: each.value + (direction === 'increasing' ? -1 : 1) * (by[place % by.length] ?? 0) }
        })
        return isNoBetter(scored(compiled, dominated), scored(compiled, features))
      }
    ),
    CASES
  )
})
