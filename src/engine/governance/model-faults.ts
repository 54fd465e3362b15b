import type { FeatureValue } from '../features/feature.ts'
import { FEATURE_TYPES, FEATURES, type FeatureEntry, type FeatureHolder } from '../features/feature-catalogue.ts'
import type { Jurisdiction } from '../features/legal-class.ts'
import { type ProhibitedConcept, prohibitedConcept } from '../features/prohibited-concepts.ts'
import { isReasonCode } from '../reasons/reasons.ts'
import { attributePoints } from '../scorecards/attribute-points.ts'
import { compileModel, enabledCharacteristics } from '../scorecards/compiled-model.ts'
import { score } from '../scorecards/scorecard.ts'
import {
  ADVERSE_REASONS_MAX,
  CASE_DATE,
  type CalibrationBand,
  type Characteristic,
  type Condition,
  type Direction,
  FAVOURABLE_REASONS_MAX,
  KNOCKOUT_MISSING,
  type MissingRule,
  MODEL_KINDS,
  type ModelCase,
  type ModelInput,
  NOTCH_GRADES_MAX,
  REASON_BASELINES,
  type Requirement,
  ROUNDINGS,
  type ScoringModel,
  type ValueCharacteristic,
  type WoeCharacteristic,
  type WoeValueCharacteristic
} from '../scorecards/scoring-model.ts'
import { collector, isShare, isWhole } from '../values/faults.ts'
import { ADVICES, type Advice, isGrade, PD_FLOOR } from '../values/rating.ts'
import { roundToHundredths } from '../values/rounding.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { legalFaults } from './model-legality.ts'

type AnyCharacteristic = Characteristic | WoeCharacteristic
type AnyValueCharacteristic = ValueCharacteristic | WoeValueCharacteristic
type Span = Pick<CalibrationBand, 'from' | 'to'>

/** Declared weights are whole or half percents; the share of points that they state may differ by rounding only. */
const WEIGHT_TOLERANCE = 0.5

/** Points that are not rounded are compared with an expectation to this. */
const SCORE_TOLERANCE = 1e-6

/** Under which law a model is to be used. */
interface ModelRules {
  /** Left out: `GENERIC`, which is as strict as the strictest. */
  jurisdiction?: Jurisdiction
}

/**
 * Everything that makes a model unfit to be published; an empty list means that it may be. The shape of the document has been checked
 * before: this looks at what it means. The embedded cases run only when nothing else is wrong.
 */
export function modelFaults(model: ScoringModel, { jurisdiction = 'GENERIC' }: ModelRules = {}): ModelFault[] {
  const points = attributePoints(model)
  const faults = [
    ...scaleFaults(model),
    ...calibrationFaults(model.calibration),
    ...inputFaults(model.inputs ?? []),
    ...repeatedIds(model.inputs ?? [], '/inputs'),
    ...repeatedIds(model.characteristics, '/characteristics'),
    ...repeatedIds(model.evidence, '/evidence'),
    ...repeatedIds(model.ceilings, '/ceilings'),
    ...repeatedIds(model.knockouts, '/knockouts'),
    ...repeatedIds(model.notches ?? [], '/notches'),
    ...model.characteristics.flatMap((each, index) => {
      const at = `/characteristics/${index}`
      return [...characteristicFaults(model, each, at), ...worthFaults(model, each, points[index] ?? [], at)]
    }),
    ...weightFaults(model, points),
    ...requirementFaults(model),
    ...knockoutFaults(model),
    ...notchFaults(model),
    ...reasonRuleFaults(model),
    ...legalFaults(model, jurisdiction)
  ]
  return faults.length > 0 ? faults : caseFaults(model)
}

function scaleFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { points, odds, pointsToDoubleOdds } = model.scaling
  expect(isWhole(model.version, 1), '/version', 'The version is a whole number from 1.')
  expect(Number.isFinite(points), '/scaling/points', 'The points of the scale are a number.')
  expect(Number.isFinite(odds) && odds > 0, '/scaling/odds', 'The odds good:bad are more than 0.')
  expect(
    Number.isFinite(pointsToDoubleOdds) && pointsToDoubleOdds > 0,
    '/scaling/pointsToDoubleOdds',
    'The points that double the odds are more than 0.'
  )
  if (model.kind === 'woe') {
    expect(Number.isFinite(model.intercept), '/intercept', 'The intercept of the regression is a number.')
    expect(ROUNDINGS.includes(model.rounding), '/rounding', `A rounding is one of ${ROUNDINGS.join(', ')}.`)
  } else {
    const { kind = 'points' } = model
    expect(kind === 'points', '/kind', `A model is of a kind of ${MODEL_KINDS.join(', ')}.`)
    expect(Number.isSafeInteger(model.basePoints), '/basePoints', 'Points are whole numbers.')
  }
  expect(isShare(model.minimumCoverage), '/minimumCoverage', 'A coverage is a share from 0 to 1.')
  expect(enabledCharacteristics(model).length > 0, '/characteristics', 'A model has at least one characteristic.')
  const buffer = model.hysteresis?.points ?? 0
  expect(Number.isFinite(buffer) && buffer >= 0, '/hysteresis/points', 'The points of the hysteresis are 0 or more.')
  return faults
}

function repeatedIds(list: readonly { id: string }[], pointer: string): ModelFault[] {
  return list.flatMap(({ id }, index) =>
    list.findIndex((each) => each.id === id) < index
      ? [invalid(`${pointer}/${index}/id`, `The id "${id}" is used twice.`)]
      : []
  )
}

/** Scores go into exactly one band each, and a higher score never means a higher PD. */
function calibrationFaults(bands: readonly CalibrationBand[] | undefined): ModelFault[] {
  if (bands === undefined) return []
  const { faults, expect } = collector(invalid)
  expect(bands.length > 0, '/calibration', 'A calibration table has at least one band.')
  bands.forEach(({ pd }, index) => {
    const at = `/calibration/${index}/pd`
    const previous = bands[index - 1]?.pd
    expect(pd >= PD_FLOOR && pd < 1, at, `A PD is at least ${PD_FLOOR} and less than 1.`)
    expect(!(previous !== undefined && pd > previous), at, 'The PD of a higher score is no higher.')
  })
  return [...faults, ...joinFaults(bands, '/calibration', 'band')]
}

const INPUT_ID = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/

/** Inputs of the model's own have names of their own, and none is about what people may not be judged by. */
function inputFaults(inputs: readonly ModelInput[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  inputs.forEach(({ id, type, description }, index) => {
    const at = `/inputs/${index}`
    expect(
      INPUT_ID.test(id),
      `${at}/id`,
      'An id is a letter, then letters, digits, "_", "." and "-", at most 100 in all.'
    )
    expect(!Object.hasOwn(FEATURES, id), `${at}/id`, `"${id}" is in the feature catalogue: it is not declared.`)
    expect(FEATURE_TYPES.includes(type), `${at}/type`, `A type is one of ${FEATURE_TYPES.join(', ')}.`)
    const texts = [
      [`${at}/id`, id],
      [`${at}/description/en`, description.en],
      [`${at}/description/zh`, description.zh]
    ] as const
    for (const [pointer, text] of texts) {
      const concept = prohibitedConcept(text)
      if (concept === undefined) continue
      const detail = `"${text}" speaks of ${CONCEPT_NAMES[concept]}: people may not be judged by it.`
      faults.push({ pointer, code: 'prohibited-feature', detail })
    }
  })
  return faults
}

const CONCEPT_NAMES: Readonly<Record<ProhibitedConcept, string>> = {
  age: 'age',
  sex: 'sex or gender',
  familyStatus: 'marital or family status',
  children: 'children or dependants',
  ethnicity: 'ethnicity',
  religion: 'religion',
  nationality: 'nationality',
  health: 'health',
  politics: 'political opinion',
  union: 'membership of a trade union'
}

function characteristicFaults(model: ScoringModel, each: AnyCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const feature = featureOf(model, each.feature)
  expect(feature !== undefined, `${pointer}/feature`, `There is no feature "${each.feature}".`)
  if (feature !== undefined) {
    expect(feature.type === each.type, `${pointer}/type`, `The feature "${each.feature}" is of type ${feature.type}.`)
  }
  expect(isReasonCode(each.reason), `${pointer}/reason`, `There is no reason "${each.reason}".`)
  expect(isReasonCode(each.strength), `${pointer}/strength`, `There is no reason "${each.strength}".`)
  const age = each.maxAgeDays
  expect(age === undefined || isWhole(age, 1), `${pointer}/maxAgeDays`, 'An age is a whole number of days, at least 1.')
  expect(each.attributes.length > 0, `${pointer}/attributes`, 'A characteristic has at least one attribute.')
  if (each.type === 'numeric') return [...faults, ...joinFaults(each.attributes, `${pointer}/attributes`, 'range')]
  expect(each.unseen === undefined || each.type === 'category', `${pointer}/unseen`, 'Only a category can be unseen.')
  return [...faults, ...valueFaults(each, pointer)]
}

/** What the attributes are worth, and what stands in for a value that is missing, stale or unseen. */
function worthFaults(
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

/** Ranges cover every number exactly once, in rising order. */
function joinFaults(ranges: readonly Span[], pointer: string, noun: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  ranges.forEach(({ from, to }, index) => {
    const at = `${pointer}/${index}`
    const next = ranges[index + 1]
    if (index === 0) expect(from === undefined, `${at}/from`, `The first ${noun} is open below: it has no "from".`)
    if (next === undefined) expect(to === undefined, `${at}/to`, `The last ${noun} is open above: it has no "to".`)
    expect(from === undefined || Number.isFinite(from), `${at}/from`, 'A bound is a finite number.')
    expect(to === undefined || Number.isFinite(to), `${at}/to`, 'A bound is a finite number.')
    if (from !== undefined && to !== undefined) {
      expect(from < to, `${at}/to`, `Unreachable: "to" is larger than "from", or the ${noun} holds nothing.`)
    }
    if (next !== undefined) expect(to !== undefined && to === next.from, `${at}/to`, joinDetail(to, next.from, noun))
  })
  return faults
}

function joinDetail(to: number | undefined, from: number | undefined, noun: string): string {
  if (to === undefined || from === undefined) return `Only the first ${noun} has no "from" and only the last no "to".`
  return to < from ? `Gap: no ${noun} holds ${to} to ${from}.` : `Overlap: two ${noun}s hold ${from} to ${to}.`
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

/** Stated weights agree with the points; those of a statistical scorecard are worked out. */
function weightFaults(model: ScoringModel, points: readonly (readonly number[])[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const spreads = points.map((each, index) =>
    model.characteristics[index]?.enabled === false ? 0 : Math.max(...each) - Math.min(...each)
  )
  const spreadTotal = spreads.reduce((sum, spread) => sum + spread, 0)
  expect(!(spreadTotal <= 0), '/characteristics', 'At least one characteristic tells customers apart.')
  if (model.kind === 'woe') return faults
  const weights = model.characteristics.map((each) => (each.enabled === false ? 0 : each.weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  expect(Math.abs(total - 100) < 1e-9, '/characteristics', `The weights add up to 100, not to ${total}.`)
  weights.forEach((weight, index) => {
    const share = (100 * (spreads[index] ?? 0)) / spreadTotal
    expect(
      Math.abs(share - weight) <= WEIGHT_TOLERANCE,
      `/characteristics/${index}/weight`,
      `The points make up ${roundToHundredths(share)} % of the scorecard, the weight says ${weight} %.`
    )
  })
  return faults
}

function requirementFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  expect(model.evidence.length > 0, '/evidence', 'A model names at least one body of evidence that suffices.')
  model.evidence.forEach((basis, index) => {
    expect(basis.requires.length > 0, `/evidence/${index}/requires`, 'Evidence requires something.')
  })
  model.ceilings.forEach((ceiling, index) => {
    const at = `/ceilings/${index}`
    expect(ceiling.requires.length > 0, `${at}/requires`, 'A ceiling requires something.')
    expect(isGrade(ceiling.bestGrade) && ceiling.bestGrade !== 'D', `${at}/bestGrade`, 'A ceiling is AAA to C.')
    expect(isReasonCode(ceiling.reason), `${at}/reason`, `There is no reason "${ceiling.reason}".`)
  })
  const lists = [
    ...model.evidence.map((each, index) => ({ requires: each.requires, at: `/evidence/${index}/requires` })),
    ...model.ceilings.map((each, index) => ({ requires: each.requires, at: `/ceilings/${index}/requires` }))
  ]
  const found = lists.flatMap(({ requires, at }) =>
    requires.flatMap((each, index) => requirementFault(model, each, `${at}/${index}`))
  )
  return [...faults, ...found]
}

function requirementFault(model: ScoringModel, requirement: Requirement, at: string): ModelFault[] {
  if ('feature' in requirement) {
    const { feature, atLeast } = requirement
    if (featureOf(model, feature)?.type !== 'numeric') {
      return [invalid(`${at}/feature`, `There is no numeric feature "${feature}".`)]
    }
    if (directionOf(model, feature) === 'decreasing') {
      return [invalid(`${at}/feature`, `More of "${feature}" is worse: "at least" would reward it.`)]
    }
    return Number.isFinite(atLeast) ? [] : [invalid(`${at}/atLeast`, 'A bound is a finite number.')]
  }
  if (!model.characteristics.some((each) => each.group === requirement.group)) {
    return [invalid(`${at}/group`, `No characteristic belongs to "${requirement.group}".`)]
  }
  const share = 'coverageAtLeast' in requirement ? requirement.coverageAtLeast : requirement.pointsShareAtLeast
  return isShare(share) ? [] : [invalid(at, 'A share is from 0 to 1.')]
}

/** No advice is none that a knock-out could give. */
const KNOCKOUT_ADVICES: readonly Advice[] = ADVICES.filter((each) => each !== 'none')

function knockoutFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const found = model.knockouts.flatMap((each, index) => {
    const at = `/knockouts/${index}`
    const { capGrade, advice, missing } = each
    expect(KNOCKOUT_MISSING.includes(missing), `${at}/missing`, `It is one of ${KNOCKOUT_MISSING.join(', ')}.`)
    expect(
      missing !== 'clear' || each.when.every(({ feature }) => isOnFile(model, feature)),
      `${at}/missing`,
      'Only what stands in evidence may count as clear when missing: anything else could be withheld to escape it.'
    )
    expect(
      capGrade !== undefined || advice !== undefined,
      at,
      'A knock-out caps the grade, advises something, or both.'
    )
    expect(capGrade === undefined || isGrade(capGrade), `${at}/capGrade`, `There is no grade "${capGrade}".`)
    const advises = advice === undefined || KNOCKOUT_ADVICES.includes(advice)
    expect(advises, `${at}/advice`, 'An advice is refer or decline.')
    expect(isReasonCode(each.reason), `${at}/reason`, `There is no reason "${each.reason}".`)
    expect(each.when.length > 0, `${at}/when`, 'A knock-out has at least one condition.')
    return each.when.flatMap((condition, position) =>
      conditionFaults(model, condition, 'against', `${at}/when/${position}`)
    )
  })
  return [...faults, ...found]
}

function notchFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const found = (model.notches ?? []).flatMap(({ grades, reason, when }, index) => {
    const at = `/notches/${index}`
    expect(
      isWhole(Math.abs(grades), 1, NOTCH_GRADES_MAX),
      `${at}/grades`,
      `A notch moves the grade by 1 to ${NOTCH_GRADES_MAX} whole grades, up or down.`
    )
    expect(isReasonCode(reason), `${at}/reason`, `There is no reason "${reason}".`)
    expect(when.length > 0, `${at}/when`, 'A notch has at least one condition.')
    const side = grades > 0 ? 'for' : 'against'
    return when.flatMap((condition, position) => conditionFaults(model, condition, side, `${at}/when/${position}`))
  })
  return [...faults, ...found]
}

/** How many reasons there are, and what they are measured against. */
function reasonRuleFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { baseline = 'best', adverseMax = 1, favourableMax = 0 } = model.reasons ?? {}
  expect(
    REASON_BASELINES.includes(baseline),
    '/reasons/baseline',
    `A baseline is one of ${REASON_BASELINES.join(', ')}.`
  )
  expect(isWhole(adverseMax, 1, ADVERSE_REASONS_MAX), '/reasons/adverseMax', 'There are 1 to 4 adverse reasons.')
  expect(
    isWhole(favourableMax, 0, FAVOURABLE_REASONS_MAX),
    '/reasons/favourableMax',
    'There are 0 to 2 favourable ones.'
  )
  model.characteristics.forEach((each: AnyCharacteristic, index) => {
    const stated = baseline !== 'stated' || each.enabled === false || Number.isFinite(each.baseline)
    expect(
      stated,
      `/characteristics/${index}/baseline`,
      'With the baseline "stated" every characteristic states its own.'
    )
  })
  return faults
}

/** A condition that speaks against the customer never rests on what is better, nor one for it on what is worse. */
function conditionFaults(model: ScoringModel, condition: Condition, side: 'for' | 'against', at: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { atLeast, below, equals } = condition
  const feature = featureOf(model, condition.feature)
  expect(feature !== undefined, `${at}/feature`, `There is no feature "${condition.feature}".`)
  if (feature === undefined) return faults
  const numeric = atLeast !== undefined || below !== undefined
  expect(numeric !== (equals !== undefined), at, 'A condition has bounds, or a value to equal, and not both.')
  if (numeric) expect(feature.type === 'numeric', at, `The feature "${condition.feature}" has no bounds.`)
  if (equals !== undefined) expect(fits(feature, equals), `${at}/equals`, `The feature is of type ${feature.type}.`)
  const direction = directionOf(model, condition.feature)
  const [betterAbove, betterBelow] = side === 'against' ? ['increasing', 'decreasing'] : ['decreasing', 'increasing']
  expect(
    direction !== betterAbove || atLeast === undefined,
    `${at}/atLeast`,
    side === 'against'
      ? 'More of this is better: it cannot knock out.'
      : 'More of this is worse: it cannot raise a grade.'
  )
  expect(
    direction !== betterBelow || below === undefined,
    `${at}/below`,
    side === 'against'
      ? 'Less of this is better: it cannot knock out.'
      : 'Less of this is worse: it cannot raise a grade.'
  )
  return faults
}

/** Runs the embedded cases. */
function caseFaults(model: ScoringModel): ModelFault[] {
  if (model.cases.length === 0) return [invalid('/cases', 'A model carries at least one case.')]
  const compiled = compileModel(model)
  return model.cases.flatMap((each, index) => {
    const at = `/cases/${index}`
    const unknown = Object.entries(each.features).flatMap(([id, value]) => {
      const feature = featureOf(model, id)
      return feature !== undefined && fits(feature, value)
        ? []
        : [invalid(`${at}/features/${escaped(id)}`, `There is no feature "${id}" with such a value.`)]
    })
    if (unknown.length > 0) return unknown
    return outcomeFaults(each, `${at}/expect`, compiled)
  })
}

function outcomeFaults(each: ModelCase, at: string, compiled: ReturnType<typeof compileModel>): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const features = Object.fromEntries(
    Object.entries(each.features).map(([id, value]) => [id, { value, asOf: CASE_DATE, source: 'case' }])
  )
  const result = score(compiled, features, CASE_DATE)
  const wanted = each.expect
  const codes = result.reasons.map((reason) => reason.code)
  expect(result.status === wanted.status, `${at}/status`, `"${each.name}" comes out ${result.status}.`)
  if (wanted.grade !== undefined) {
    expect(result.grade === wanted.grade, `${at}/grade`, `"${each.name}" is graded ${result.grade ?? 'not at all'}.`)
  }
  if (wanted.score !== undefined) {
    const gap = Math.abs((result.score ?? Number.NaN) - wanted.score)
    expect(gap < SCORE_TOLERANCE, `${at}/score`, `"${each.name}" scores ${result.score ?? 'nothing'}.`)
  }
  if (wanted.advice !== undefined) {
    expect(result.advice === wanted.advice, `${at}/advice`, `"${each.name}" gives the advice ${result.advice}.`)
  }
  wanted.reasons?.forEach((code, index) => {
    expect(codes.includes(code), `${at}/reasons/${index}`, `"${each.name}" gives ${codes.join(', ') || 'no reason'}.`)
  })
  return faults
}

/** A feature of the catalogue, or an input that the model declares. */
function featureOf(model: ScoringModel, id: string): Pick<FeatureEntry, 'type'> | undefined {
  return Object.hasOwn(FEATURES, id) ? FEATURES[id] : model.inputs?.find((input) => input.id === id)
}

/** Who could withhold a feature. */
function holderOf(model: ScoringModel, id: string): FeatureHolder {
  const own = model.inputs?.find((input) => input.id === id)
  return own === undefined ? (id.startsWith('behaviour.') ? 'seller' : 'customer') : (own.heldBy ?? 'customer')
}

/** Whether a feature is what somebody other than the customer says: once it stands in the file, the customer cannot take it out. */
function isOnFile(model: ScoringModel, id: string): boolean {
  const own = model.inputs?.find((input) => input.id === id)
  if (own !== undefined) return holderOf(model, id) !== 'customer'
  return Object.hasOwn(FEATURES, id) && FEATURES[id]?.source === 'evidence'
}

function fits(feature: Pick<FeatureEntry, 'type'>, value: FeatureValue): boolean {
  if (feature.type === 'numeric') return typeof value === 'number' && Number.isFinite(value)
  return typeof value === (feature.type === 'boolean' ? 'boolean' : 'string')
}

/** The direction that some characteristic declares for a feature. */
function directionOf(model: ScoringModel, feature: string): Direction | undefined {
  for (const each of model.characteristics) {
    if (each.feature === feature && each.type === 'numeric' && each.monotone !== undefined) return each.monotone
  }
  return undefined
}

/** A name as one step of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
