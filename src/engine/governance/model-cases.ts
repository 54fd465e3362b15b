import { compileModel } from '../scorecards/compile/compile-model.ts'
import { score } from '../scorecards/scorecard.ts'
import { CASE_DATE, type ModelCase, type ScoringModel } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { fits, inputOf } from './model-features.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts, nothing } = texts

/** Points that are not rounded are compared with an expectation to this. */
const SCORE_TOLERANCE = 1e-6

/** Runs the embedded cases. */
export function caseFaults(model: ScoringModel): ModelFault[] {
  if (model.cases.length === 0) return [invalid('/cases', faultTexts.noCase)]
  const compiled = compileModel(model)
  return model.cases.flatMap((each, index) => {
    const at = `/cases/${index}`
    const unknown = Object.entries(each.features).flatMap(([id, value]) => {
      const feature = inputOf(model, id)
      return feature !== undefined && fits(feature, value)
        ? []
        : [invalid(`${at}/features/${escaped(id)}`, faultTexts.noSuchValue, { feature: id })]
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
  expect(result.status === wanted.status, `${at}/status`, faultTexts.caseStatus, {
    name: each.name,
    status: result.status
  })
  if (wanted.grade !== undefined) {
    expect(result.grade === wanted.grade, `${at}/grade`, faultTexts.caseGrade, {
      name: each.name,
      grade: result.grade ?? nothing.noGrade
    })
  }
  if (wanted.score !== undefined) {
    const gap = Math.abs((result.score ?? Number.NaN) - wanted.score)
    expect(gap < SCORE_TOLERANCE, `${at}/score`, faultTexts.caseScore, {
      name: each.name,
      score: result.score ?? nothing.noScore
    })
  }
  if (wanted.advice !== undefined) {
    expect(result.advice === wanted.advice, `${at}/advice`, faultTexts.caseAdvice, {
      name: each.name,
      advice: result.advice
    })
  }
  wanted.reasons?.forEach((code, index) => {
    expect(codes.includes(code), `${at}/reasons/${index}`, faultTexts.caseReasons, {
      name: each.name,
      codes: codes.join(', ') || nothing.noReason
    })
  })
  return faults
}

/** A name as one step of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
