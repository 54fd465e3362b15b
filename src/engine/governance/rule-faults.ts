import { isReasonCode } from '../reasons/reasons.ts'
import {
  ADVERSE_REASONS_MAX,
  type AnyCharacteristic,
  type Condition,
  FAVOURABLE_REASONS_MAX,
  KNOCKOUT_MISSING,
  NOTCH_GRADES_MAX,
  type PredictiveCharacteristic,
  REASON_BASELINES,
  type Requirement,
  type ScoringModel
} from '../scorecards/scoring-model.ts'
import { collector, isShare, isWhole } from '../values/faults.ts'
import { ADVICES, type Advice, isGrade } from '../values/rating.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { directionOf, fits, inputOf, isOnFile } from './model-features.ts'

/** What suffices for a rating, and what a grade better than a ceiling takes. */
export function requirementFaults(model: ScoringModel): ModelFault[] {
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
    if (inputOf(model, feature)?.type !== 'numeric') {
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
  if (model.kind === 'predictive' && 'pointsShareAtLeast' in requirement)
    return [invalid(at, 'The points of a predictive model have no best and worst: ask for coverage instead.')]
  const share = 'coverageAtLeast' in requirement ? requirement.coverageAtLeast : requirement.pointsShareAtLeast
  return isShare(share) ? [] : [invalid(at, 'A share is from 0 to 1.')]
}

/** No advice is none that a knock-out could give. */
const KNOCKOUT_ADVICES: readonly Advice[] = ADVICES.filter((each) => each !== 'none')

/** What caps the grade or changes what is advised. */
export function knockoutFaults(model: ScoringModel): ModelFault[] {
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

/** What moves the grade up or down. */
export function notchFaults(model: ScoringModel): ModelFault[] {
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

/**
 * A condition that speaks against the customer never rests on what is better, nor one for it on
 * what is worse.
 */
function conditionFaults(model: ScoringModel, condition: Condition, side: 'for' | 'against', at: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { atLeast, below, equals } = condition
  const feature = inputOf(model, condition.feature)
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

/** How many reasons there are, and what they are measured against. */
export function reasonRuleFaults(model: ScoringModel): ModelFault[] {
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
  model.characteristics.forEach((each: AnyCharacteristic | PredictiveCharacteristic, index) => {
    const stated =
      baseline !== 'stated' || ('enabled' in each && each.enabled === false) || Number.isFinite(each.baseline)
    expect(
      stated,
      `/characteristics/${index}/baseline`,
      'With the baseline "stated" every characteristic states its own.'
    )
  })
  return faults
}
