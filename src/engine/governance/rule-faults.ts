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
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

/** What suffices for a rating, and what a grade better than a ceiling takes. */
export function requirementFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  expect(model.evidence.length > 0, '/evidence', faultTexts.noEvidence)
  model.evidence.forEach((basis, index) => {
    expect(basis.requires.length > 0, `/evidence/${index}/requires`, faultTexts.emptyEvidence)
  })
  model.ceilings.forEach((ceiling, index) => {
    const at = `/ceilings/${index}`
    expect(ceiling.requires.length > 0, `${at}/requires`, faultTexts.emptyCeiling)
    expect(isGrade(ceiling.bestGrade) && ceiling.bestGrade !== 'D', `${at}/bestGrade`, faultTexts.ceilingGrade)
    expect(isReasonCode(ceiling.reason), `${at}/reason`, faultTexts.noReason, { code: ceiling.reason })
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
      return [invalid(`${at}/feature`, faultTexts.noNumericFeature, { feature })]
    }
    if (directionOf(model, feature) === 'decreasing') {
      return [invalid(`${at}/feature`, faultTexts.worseFeature, { feature })]
    }
    return Number.isFinite(atLeast) ? [] : [invalid(`${at}/atLeast`, faultTexts.bound)]
  }
  if (!model.characteristics.some((each) => each.group === requirement.group)) {
    return [invalid(`${at}/group`, faultTexts.emptyGroup, { group: requirement.group })]
  }
  if (model.kind === 'predictive' && 'pointsShareAtLeast' in requirement)
    return [invalid(at, faultTexts.predictivePoints)]
  const share = 'coverageAtLeast' in requirement ? requirement.coverageAtLeast : requirement.pointsShareAtLeast
  return isShare(share) ? [] : [invalid(at, faultTexts.share)]
}

/** No advice is none that a knock-out could give. */
const KNOCKOUT_ADVICES: readonly Advice[] = ADVICES.filter((each) => each !== 'none')

/** What caps the grade or changes what is advised. */
export function knockoutFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const found = model.knockouts.flatMap((each, index) => {
    const at = `/knockouts/${index}`
    const { capGrade, advice, missing } = each
    expect(KNOCKOUT_MISSING.includes(missing), `${at}/missing`, faultTexts.choice, {
      choices: KNOCKOUT_MISSING.join(', ')
    })
    expect(
      missing !== 'clear' || each.when.every(({ feature }) => isOnFile(model, feature)),
      `${at}/missing`,
      faultTexts.clearWhenMissing
    )
    expect(capGrade !== undefined || advice !== undefined, at, faultTexts.idleKnockout)
    expect(capGrade === undefined || isGrade(capGrade), `${at}/capGrade`, faultTexts.noGrade, {
      grade: String(capGrade)
    })
    const advises = advice === undefined || KNOCKOUT_ADVICES.includes(advice)
    expect(advises, `${at}/advice`, faultTexts.advice)
    expect(isReasonCode(each.reason), `${at}/reason`, faultTexts.noReason, { code: each.reason })
    expect(each.when.length > 0, `${at}/when`, faultTexts.emptyKnockout)
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
    expect(isWhole(Math.abs(grades), 1, NOTCH_GRADES_MAX), `${at}/grades`, faultTexts.notchGrades, {
      most: NOTCH_GRADES_MAX
    })
    expect(isReasonCode(reason), `${at}/reason`, faultTexts.noReason, { code: reason })
    expect(when.length > 0, `${at}/when`, faultTexts.emptyNotch)
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
  expect(feature !== undefined, `${at}/feature`, faultTexts.noFeature, { feature: condition.feature })
  if (feature === undefined) return faults
  const numeric = atLeast !== undefined || below !== undefined
  expect(numeric !== (equals !== undefined), at, faultTexts.conditionForm)
  if (numeric) expect(feature.type === 'numeric', at, faultTexts.noBounds, { feature: condition.feature })
  if (equals !== undefined)
    expect(fits(feature, equals), `${at}/equals`, faultTexts.featureType, { type: feature.type })
  const direction = directionOf(model, condition.feature)
  const [betterAbove, betterBelow] = side === 'against' ? ['increasing', 'decreasing'] : ['decreasing', 'increasing']
  expect(
    direction !== betterAbove || atLeast === undefined,
    `${at}/atLeast`,
    side === 'against' ? faultTexts.moreIsBetter : faultTexts.moreIsWorse
  )
  expect(
    direction !== betterBelow || below === undefined,
    `${at}/below`,
    side === 'against' ? faultTexts.lessIsBetter : faultTexts.lessIsWorse
  )
  return faults
}

/** How many reasons there are, and what they are measured against. */
export function reasonRuleFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { baseline = 'best', adverseMax = 1, favourableMax = 0 } = model.reasons ?? {}
  expect(REASON_BASELINES.includes(baseline), '/reasons/baseline', faultTexts.baselineKind, {
    choices: REASON_BASELINES.join(', ')
  })
  expect(isWhole(adverseMax, 1, ADVERSE_REASONS_MAX), '/reasons/adverseMax', faultTexts.adverseCount)
  expect(isWhole(favourableMax, 0, FAVOURABLE_REASONS_MAX), '/reasons/favourableMax', faultTexts.favourableCount)
  model.characteristics.forEach((each: AnyCharacteristic | PredictiveCharacteristic, index) => {
    const stated =
      baseline !== 'stated' || ('enabled' in each && each.enabled === false) || Number.isFinite(each.baseline)
    expect(stated, `/characteristics/${index}/baseline`, faultTexts.statedBaseline)
  })
  return faults
}
