import { FEATURES, type FeatureEntry, type FeatureValue } from './features.ts'
import { isGrade } from './rating.ts'
import { isReasonCode } from './reasons.ts'
import { compileModel, score } from './scorecard.ts'
import {
  CASE_DATE,
  type Characteristic,
  type Condition,
  type Direction,
  type ModelCase,
  type NumericCharacteristic,
  type Requirement,
  type ScoringModel,
  type ValueCharacteristic
} from './scoring-model.ts'

/** One fault of a scoring model. `pointer` is a JSON pointer into it. */
export interface ModelFault {
  pointer: string
  detail: string
}

/** Declared weights are whole or half percents; the share of points that they state may differ by rounding only. */
const WEIGHT_TOLERANCE = 0.5

/**
 * Everything that makes a model unfit to be published; an empty list means that it may be. The shape of the document has been checked
 * before: this looks at what it means. The embedded cases run only when nothing else is wrong.
 */
export function modelFaults(model: ScoringModel): ModelFault[] {
  const faults = [
    ...scaleFaults(model),
    ...repeatedIds(model.characteristics, '/characteristics'),
    ...repeatedIds(model.evidence, '/evidence'),
    ...repeatedIds(model.ceilings, '/ceilings'),
    ...repeatedIds(model.knockouts, '/knockouts'),
    ...model.characteristics.flatMap((each, index) => characteristicFaults(each, `/characteristics/${index}`)),
    ...weightFaults(model),
    ...requirementFaults(model),
    ...knockoutFaults(model)
  ]
  return faults.length > 0 ? faults : caseFaults(model)
}

/** Collects faults: `expect(condition, pointer, detail)` notes one when the condition does not hold. */
function collector(): { faults: ModelFault[]; expect: (condition: boolean, pointer: string, detail: string) => void } {
  const faults: ModelFault[] = []
  return {
    faults,
    expect: (condition, pointer, detail) => {
      if (!condition) faults.push({ pointer, detail })
    }
  }
}

function scaleFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector()
  const { points, odds, pointsToDoubleOdds } = model.scaling
  expect(Number.isSafeInteger(model.version) && model.version >= 1, '/version', 'The version is a whole number from 1.')
  expect(Number.isFinite(points), '/scaling/points', 'The points of the scale are a number.')
  expect(Number.isFinite(odds) && odds > 0, '/scaling/odds', 'The odds good:bad are more than 0.')
  expect(
    Number.isFinite(pointsToDoubleOdds) && pointsToDoubleOdds > 0,
    '/scaling/pointsToDoubleOdds',
    'The points that double the odds are more than 0.'
  )
  expect(Number.isSafeInteger(model.basePoints), '/basePoints', 'Points are whole numbers.')
  expect(isShare(model.minimumCoverage), '/minimumCoverage', 'A coverage is a share from 0 to 1.')
  expect(model.characteristics.length > 0, '/characteristics', 'A model has at least one characteristic.')
  return faults
}

function repeatedIds(list: readonly { id: string }[], pointer: string): ModelFault[] {
  return list.flatMap(({ id }, index) =>
    list.findIndex((each) => each.id === id) < index
      ? [{ pointer: `${pointer}/${index}/id`, detail: `The id "${id}" is used twice.` }]
      : []
  )
}

function characteristicFaults(each: Characteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector()
  const feature = featureOf(each.feature)
  expect(feature !== undefined, `${pointer}/feature`, `There is no feature "${each.feature}".`)
  if (feature !== undefined) {
    expect(feature.type === each.type, `${pointer}/type`, `The feature "${each.feature}" is of type ${feature.type}.`)
  }
  expect(isReasonCode(each.reason), `${pointer}/reason`, `There is no reason "${each.reason}".`)
  expect(isReasonCode(each.strength), `${pointer}/strength`, `There is no reason "${each.strength}".`)
  expect(Number.isFinite(each.weight) && each.weight > 0, `${pointer}/weight`, 'A weight is more than 0.')
  const age = each.maxAgeDays
  expect(
    age === undefined || (Number.isSafeInteger(age) && age > 0),
    `${pointer}/maxAgeDays`,
    'An age is a whole number of days, at least 1.'
  )
  each.attributes.forEach(({ points }, index) => {
    expect(Number.isSafeInteger(points), `${pointer}/attributes/${index}/points`, 'Points are whole numbers.')
  })
  const worst = Math.min(...each.attributes.map((attribute) => attribute.points))
  if (each.missing.rule === 'points') {
    const { points } = each.missing
    expect(Number.isSafeInteger(points), `${pointer}/missing/points`, 'Points are whole numbers.')
    expect(
      points <= worst,
      `${pointer}/missing/points`,
      `A missing value may earn at most the ${worst} points of the worst attribute: more would reward withholding it.`
    )
  }
  return [...faults, ...(each.type === 'numeric' ? rangeFaults(each, pointer) : valueFaults(each, pointer))]
}

/** The ranges of a numeric characteristic cover every number exactly once and keep the declared direction. */
function rangeFaults(each: NumericCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector()
  const { attributes, monotone } = each
  expect(attributes.length > 0, `${pointer}/attributes`, 'A characteristic has at least one attribute.')
  attributes.forEach((attribute, index) => {
    const at = `${pointer}/attributes/${index}`
    const { from, to } = attribute
    const next = attributes[index + 1]
    if (index === 0) expect(from === undefined, `${at}/from`, 'The first range is open below: it has no "from".')
    if (next === undefined) expect(to === undefined, `${at}/to`, 'The last range is open above: it has no "to".')
    expect(from === undefined || Number.isFinite(from), `${at}/from`, 'A bound is a finite number.')
    expect(to === undefined || Number.isFinite(to), `${at}/to`, 'A bound is a finite number.')
    if (from !== undefined && to !== undefined) expect(from < to, `${at}/to`, '"to" is larger than "from".')
    if (next !== undefined) expect(to !== undefined && to === next.from, `${at}/to`, joinDetail(to, next.from))
    if (next !== undefined && monotone !== undefined) {
      const rises = monotone === 'increasing' ? next.points >= attribute.points : next.points <= attribute.points
      expect(rises, `${pointer}/attributes/${index + 1}/points`, `The points are declared ${monotone} but are not.`)
    }
  })
  return faults
}

function joinDetail(to: number | undefined, from: number | undefined): string {
  if (to === undefined || from === undefined) return 'Only the first range has no "from" and only the last no "to".'
  return to < from ? `Gap: no range holds ${to} to ${from}.` : `Overlap: two ranges hold ${from} to ${to}.`
}

function valueFaults(each: ValueCharacteristic, pointer: string): ModelFault[] {
  const { faults, expect } = collector()
  const wanted = each.type === 'boolean' ? 'boolean' : 'string'
  const seen = new Set<string | boolean>()
  expect(each.attributes.length > 0, `${pointer}/attributes`, 'A characteristic has at least one attribute.')
  each.attributes.forEach(({ values }, index) => {
    const at = `${pointer}/attributes/${index}/values`
    expect(values.length > 0, at, 'An attribute has at least one value.')
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

function weightFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector()
  const weights = model.characteristics.map((each) => each.weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  expect(Math.abs(total - 100) < 1e-9, '/characteristics', `The weights add up to 100, not to ${total}.`)
  const spreads = model.characteristics.map(({ attributes }) => {
    const points = attributes.map((each) => each.points)
    return Math.max(...points) - Math.min(...points)
  })
  const spreadTotal = spreads.reduce((sum, spread) => sum + spread, 0)
  expect(spreadTotal > 0, '/characteristics', 'At least one characteristic tells customers apart.')
  weights.forEach((weight, index) => {
    const share = (100 * (spreads[index] ?? 0)) / spreadTotal
    expect(
      Math.abs(share - weight) <= WEIGHT_TOLERANCE,
      `/characteristics/${index}/weight`,
      `The points make up ${Math.round(share * 100) / 100} % of the scorecard, the weight says ${weight} %.`
    )
  })
  return faults
}

function requirementFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector()
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
    if (featureOf(feature)?.type !== 'numeric') {
      return [{ pointer: `${at}/feature`, detail: `There is no numeric feature "${feature}".` }]
    }
    if (directionOf(model, feature) === 'decreasing') {
      return [{ pointer: `${at}/feature`, detail: `More of "${feature}" is worse: "at least" would reward it.` }]
    }
    return Number.isFinite(atLeast) ? [] : [{ pointer: `${at}/atLeast`, detail: 'A bound is a finite number.' }]
  }
  if (!model.characteristics.some((each) => each.group === requirement.group)) {
    return [{ pointer: `${at}/group`, detail: `No characteristic belongs to "${requirement.group}".` }]
  }
  const share = 'coverageAtLeast' in requirement ? requirement.coverageAtLeast : requirement.pointsShareAtLeast
  return isShare(share) ? [] : [{ pointer: at, detail: 'A share is from 0 to 1.' }]
}

function knockoutFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector()
  const found = model.knockouts.flatMap((each, index) => {
    const at = `/knockouts/${index}`
    expect(isGrade(each.capGrade), `${at}/capGrade`, `There is no grade "${each.capGrade}".`)
    expect(isReasonCode(each.reason), `${at}/reason`, `There is no reason "${each.reason}".`)
    expect(each.when.length > 0, `${at}/when`, 'A knock-out has at least one condition.')
    return each.when.flatMap((condition, position) => conditionFaults(model, condition, `${at}/when/${position}`))
  })
  return [...faults, ...found]
}

function conditionFaults(model: ScoringModel, condition: Condition, at: string): ModelFault[] {
  const { faults, expect } = collector()
  const { atLeast, below, equals } = condition
  const feature = featureOf(condition.feature)
  expect(feature !== undefined, `${at}/feature`, `There is no feature "${condition.feature}".`)
  if (feature === undefined) return faults
  const numeric = atLeast !== undefined || below !== undefined
  expect(numeric !== (equals !== undefined), at, 'A condition has bounds, or a value to equal, and not both.')
  if (numeric) expect(feature.type === 'numeric', at, `The feature "${condition.feature}" has no bounds.`)
  if (equals !== undefined) expect(fits(feature, equals), `${at}/equals`, `The feature is of type ${feature.type}.`)
  const direction = directionOf(model, condition.feature)
  expect(
    direction !== 'increasing' || atLeast === undefined,
    `${at}/atLeast`,
    'More of this is better: it cannot knock out.'
  )
  expect(
    direction !== 'decreasing' || below === undefined,
    `${at}/below`,
    'Less of this is better: it cannot knock out.'
  )
  return faults
}

/** Runs the embedded cases. */
function caseFaults(model: ScoringModel): ModelFault[] {
  if (model.cases.length === 0) return [{ pointer: '/cases', detail: 'A model carries at least one case.' }]
  const compiled = compileModel(model)
  return model.cases.flatMap((each, index) => {
    const at = `/cases/${index}`
    const unknown = Object.entries(each.features).flatMap(([id, value]) => {
      const feature = featureOf(id)
      return feature !== undefined && fits(feature, value)
        ? []
        : [{ pointer: `${at}/features/${escaped(id)}`, detail: `There is no feature "${id}" with such a value.` }]
    })
    if (unknown.length > 0) return unknown
    return outcomeFaults(each, `${at}/expect`, compiled)
  })
}

function outcomeFaults(each: ModelCase, at: string, compiled: ReturnType<typeof compileModel>): ModelFault[] {
  const { faults, expect } = collector()
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
    expect(result.score === wanted.score, `${at}/score`, `"${each.name}" scores ${result.score ?? 'nothing'}.`)
  }
  wanted.reasons?.forEach((code, index) => {
    expect(codes.includes(code), `${at}/reasons/${index}`, `"${each.name}" gives ${codes.join(', ') || 'no reason'}.`)
  })
  return faults
}

function featureOf(id: string): FeatureEntry | undefined {
  return Object.hasOwn(FEATURES, id) ? FEATURES[id] : undefined
}

function fits(feature: FeatureEntry, value: FeatureValue): boolean {
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

function isShare(value: number): boolean {
  return value >= 0 && value <= 1
}

/** A name as one step of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
