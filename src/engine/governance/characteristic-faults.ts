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
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

type AnyValueCharacteristic = ValueCharacteristic | WoeValueCharacteristic

/** Its feature and its reasons. */
export function characteristicFaults(
  model: ScoringModel,
  each: AnyCharacteristic | PredictiveCharacteristic,
  pointer: string
): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const feature = inputOf(model, each.feature)
  expect(feature !== undefined, `${pointer}/feature`, faultTexts.noFeature, { feature: each.feature })
  if (feature !== undefined) {
    expect(feature.type === each.type, `${pointer}/type`, faultTexts.typeOfFeature, {
      feature: each.feature,
      type: feature.type
    })
  }
  expect(isReasonCode(each.reason), `${pointer}/reason`, faultTexts.noReason, { code: each.reason })
  expect(isReasonCode(each.strength), `${pointer}/strength`, faultTexts.noReason, { code: each.strength })
  const age = each.maxAgeDays
  expect(age === undefined || isWhole(age, 1), `${pointer}/maxAgeDays`, faultTexts.maxAge)
  return faults
}

/** Attributes that hold every value exactly once. */
export function attributeFaults(each: AnyCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  expect(each.attributes.length > 0, `${pointer}/attributes`, faultTexts.noAttribute)
  if (each.type === 'numeric') return [...faults, ...rangeFaults(each.attributes, `${pointer}/attributes`, 'range')]
  expect(each.unseen === undefined || each.type === 'category', `${pointer}/unseen`, faultTexts.unseen)
  return [...faults, ...valueFaults(each, pointer)]
}

function valueFaults(each: AnyValueCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const wanted = each.type === 'boolean' ? 'boolean' : 'string'
  const seen = new Set<string | boolean>()
  each.attributes.forEach(({ values }, index) => {
    const at = `${pointer}/attributes/${index}/values`
    expect(values.length > 0, at, faultTexts.emptyAttribute)
    values.forEach((value, position) => {
      expect(typeof value === wanted, `${at}/${position}`, faultTexts.valueType, { type: wanted })
      expect(!seen.has(value), `${at}/${position}`, faultTexts.repeatedValue, { value: JSON.stringify(value) })
      seen.add(value)
    })
  })
  if (each.type === 'boolean') {
    expect(seen.has(true) && seen.has(false), `${pointer}/attributes`, faultTexts.yesAndNo)
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
    expect(Number.isFinite(each.weight) && each.weight > 0, `${pointer}/weight`, faultTexts.weight)
    each.attributes.forEach((attribute, index) => {
      const at = `${pointer}/attributes/${index}/points`
      expect(Number.isSafeInteger(attribute.points), at, faultTexts.wholePoints)
    })
  } else {
    expect(Number.isFinite(each.coefficient) && each.coefficient < 0, `${pointer}/coefficient`, faultTexts.coefficient)
    each.attributes.forEach((attribute, index) => {
      const at = `${pointer}/attributes/${index}/woe`
      expect(Number.isFinite(attribute.woe), at, faultTexts.woe)
    })
  }
  const given = each.missing.rule === 'neutral' || each.missing.rule === 'reweight'
  expect(!given || holderOf(model, each.feature) === 'seller', `${pointer}/missing/rule`, faultTexts.withholding, {
    rule: each.missing.rule,
    feature: each.feature
  })
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
    expect(rule.rule !== 'unrated' || missing.rule === 'unrated', at, faultTexts.unratedSubstitute, { name })
    if (rule.rule !== 'points') continue
    const detail = whole ? faultTexts.wholePoints : faultTexts.numberPoints
    expect(whole ? Number.isSafeInteger(rule.points) : Number.isFinite(rule.points), `${at}/points`, detail)
    expect(!(rule.points > worst), `${at}/points`, faultTexts.aboveWorst, { name, worst })
    expect(!(rule.points < least), `${at}/points`, faultTexts.belowMissing, { name, least })
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
    expect(kept || Number.isNaN(rise), at, faultTexts.notMonotone, { monotone })
  })
  return faults
}
