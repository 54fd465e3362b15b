import { isReasonCode } from '../reasons/reasons.ts'
import type {
  AnyCharacteristic,
  MissingRule,
  PredictiveCharacteristic,
  ScoringModel,
  ValueCharacteristic,
  WoeValueCharacteristic
} from '../scorecards/scoring-model.ts'
import { collector, isWhole } from '../values/faults.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { holderOf, inputOf } from './model-features.ts'
import { rangeFaults } from './range-faults.ts'

type AnyValueCharacteristic = ValueCharacteristic | WoeValueCharacteristic

/** Its feature and its reasons. */
export function characteristicFaults(
  model: ScoringModel,
  each: AnyCharacteristic | PredictiveCharacteristic,
  pointer: string
): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const feature = inputOf(model, each.feature)
  expect(feature !== undefined, `${pointer}/feature`, `There is no feature "${each.feature}".`)
  if (feature !== undefined) {
    expect(feature.type === each.type, `${pointer}/type`, `The feature "${each.feature}" is of type ${feature.type}.`)
  }
  expect(isReasonCode(each.reason), `${pointer}/reason`, `There is no reason "${each.reason}".`)
  expect(isReasonCode(each.strength), `${pointer}/strength`, `There is no reason "${each.strength}".`)
  const age = each.maxAgeDays
  expect(age === undefined || isWhole(age, 1), `${pointer}/maxAgeDays`, 'An age is a whole number of days, at least 1.')
  return faults
}

/** Attributes that hold every value exactly once. */
export function attributeFaults(each: AnyCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  expect(each.attributes.length > 0, `${pointer}/attributes`, 'A characteristic has at least one attribute.')
  if (each.type === 'numeric') return [...faults, ...rangeFaults(each.attributes, `${pointer}/attributes`, 'range')]
  expect(each.unseen === undefined || each.type === 'category', `${pointer}/unseen`, 'Only a category can be unseen.')
  return [...faults, ...valueFaults(each, pointer)]
}

function valueFaults(each: AnyValueCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const wanted = each.type === 'boolean' ? 'boolean' : 'string'
  const seen = new Set<string | boolean>()
  each.attributes.forEach(({ values }, index) => {
    const at = `${pointer}/attributes/${index}/values`
    expect(values.length > 0, at, 'Unreachable: an attribute has at least one value.')
    values.forEach((value, position) => {
      expect(typeof value === wanted, `${at}/${position}`, `A value is a ${wanted}.`)
      expect(!seen.has(value), `${at}/${position}`, `The value ${JSON.stringify(value)} is in two attributes.`)
      seen.add(value)
    })
  })
  if (each.type === 'boolean') {
    expect(seen.has(true) && seen.has(false), `${pointer}/attributes`, 'A yes or no has attributes for both.')
  }
  return faults
}

/**
 * What the attributes are worth, and what stands in for a value that is missing, stale or unseen.
 */
export function worthFaults(
  model: ScoringModel,
  each: AnyCharacteristic,
  points: readonly number[],
  pointer: string
): ModelFault[] {
  const { faults, expect } = collector(invalid)
  if ('weight' in each) {
    expect(Number.isFinite(each.weight) && each.weight > 0, `${pointer}/weight`, 'A weight is more than 0.')
    each.attributes.forEach((attribute, index) => {
      const at = `${pointer}/attributes/${index}/points`
      expect(Number.isSafeInteger(attribute.points), at, 'Points are whole numbers.')
    })
  } else {
    expect(
      Number.isFinite(each.coefficient) && each.coefficient < 0,
      `${pointer}/coefficient`,
      'The coefficient of the weight of evidence, in a regression of bad, is less than 0.'
    )
    each.attributes.forEach((attribute, index) => {
      const at = `${pointer}/attributes/${index}/woe`
      expect(Number.isFinite(attribute.woe), at, 'The weight of evidence is a number.')
    })
  }
  const given = each.missing.rule === 'neutral' || each.missing.rule === 'reweight'
  expect(
    !given || holderOf(model, each.feature) === 'seller',
    `${pointer}/missing/rule`,
    `"${each.missing.rule}" is for what the seller alone knows: a customer whose "${each.feature}" is poor would do better by withholding it.`
  )
  return [...faults, ...substituteFaults(each, points, pointer), ...directionFaults(each, points, pointer)]
}

/** Withholding a value never pays, nor letting it grow stale, nor inventing one. */
function substituteFaults(each: AnyCharacteristic, points: readonly number[], pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const whole = 'weight' in each
  const worst = Math.min(...points)
  const { missing } = each
  const least = leastOf(missing, worst)
  const rules = [
    ['missing', missing],
    ['stale', each.stale],
    ['unseen', each.type === 'numeric' ? undefined : each.unseen]
  ] as const
  for (const [name, rule] of rules) {
    const at = `${pointer}/${name}`
    if (rule === undefined || rule.rule === 'missing') continue
    expect(
      rule.rule !== 'unrated' || missing.rule === 'unrated',
      at,
      `Without a value there is a score: with a ${name} one there must be one too, or withholding it pays.`
    )
    if (rule.rule !== 'points') continue
    const detail = whole ? 'Points are whole numbers.' : 'Points are a number.'
    expect(whole ? Number.isSafeInteger(rule.points) : Number.isFinite(rule.points), `${at}/points`, detail)
    expect(
      !(rule.points > worst),
      `${at}/points`,
      `A ${name} value may earn at most the ${worst} points of the worst attribute: more would reward it.`
    )
    expect(
      !(rule.points < least),
      `${at}/points`,
      `A ${name} value earns at least the ${least} points of a missing one: less would reward withholding it.`
    )
  }
  return faults
}

/** What a stale or unseen value earns at least. */
function leastOf(missing: MissingRule, worst: number): number {
  if (missing.rule === 'points') return missing.points
  return missing.rule === 'worst' ? worst : Number.NEGATIVE_INFINITY
}

/** The points keep the declared direction. */
function directionFaults(each: AnyCharacteristic, points: readonly number[], pointer: string): ModelFault[] {
  if (each.type !== 'numeric' || each.monotone === undefined) return []
  const { faults, expect } = collector(invalid)
  const { monotone } = each
  const field = 'weight' in each ? 'points' : 'woe'
  points.slice(1).forEach((next, index) => {
    const rise = next - (points[index] ?? next)
    const kept = monotone === 'increasing' ? rise >= 0 : rise <= 0
    const at = `${pointer}/attributes/${index + 1}/${field}`
    expect(kept || Number.isNaN(rise), at, `The points are declared ${monotone} but are not.`)
  })
  return faults
}
