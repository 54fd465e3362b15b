import type { Jurisdiction } from '../features/legal-class.ts'
import { attributePoints } from '../scorecards/attribute-points.ts'
import { enabledCharacteristics } from '../scorecards/compile/compile-model.ts'
import {
  type CalibrationBand,
  type CardModel,
  MODEL_KINDS,
  ROUNDINGS,
  type ScoringModel
} from '../scorecards/scoring-model.ts'
import { collector, isShare, isWhole } from '../values/faults.ts'
import { PD_FLOOR } from '../values/rating.ts'
import { roundToHundredths } from '../values/rounding.ts'
import { attributeFaults, characteristicFaults, worthFaults } from './characteristic-faults.ts'
import { inputFaults } from './input-faults.ts'
import { caseFaults } from './model-cases.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import { legalFaults } from './model-legality.ts'
import { predictiveFaults } from './predictive-faults.ts'
import { rangeFaults } from './range-faults.ts'
import { knockoutFaults, notchFaults, reasonRuleFaults, requirementFaults } from './rule-faults.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

/**
 * Declared weights are whole or half percents; the share of points that they state may differ by
 * rounding only.
 */
const WEIGHT_TOLERANCE = 0.5

/** Under which law a model is to be used. */
interface ModelRules {
  /** Left out: `GENERIC`, which is as strict as the strictest. */
  jurisdiction?: Jurisdiction
}

/**
 * Everything that makes a model unfit to be published; an empty list means that it may be. The
 * shape of the document has been checked before: this looks at what it means. The embedded cases
 * run only when nothing else is wrong.
 */
export function modelFaults(model: ScoringModel, { jurisdiction = 'GENERIC' }: ModelRules = {}): ModelFault[] {
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
    ...(model.kind === 'predictive' ? predictiveFaults(model) : cardFaults(model)),
    ...requirementFaults(model),
    ...knockoutFaults(model),
    ...notchFaults(model),
    ...reasonRuleFaults(model),
    ...legalFaults(model, jurisdiction)
  ]
  return faults.length > 0 ? faults : caseFaults(model)
}

/** What the characteristics of a card say, and what their points come to. */
function cardFaults(model: CardModel): ModelFault[] {
  const points = attributePoints(model)
  const found = model.characteristics.flatMap((each, index) => {
    const at = `/characteristics/${index}`
    return [
      ...characteristicFaults(model, each, at),
      ...attributeFaults(each, at),
      ...worthFaults(model, each, points[index] ?? [], at)
    ]
  })
  return [...found, ...weightFaults(model, points)]
}

function scaleFaults(model: ScoringModel): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const { points, odds, pointsToDoubleOdds } = model.scaling
  expect(isWhole(model.version, 1), '/version', faultTexts.version)
  expect(Number.isFinite(points), '/scaling/points', faultTexts.scalePoints)
  expect(Number.isFinite(odds) && odds > 0, '/scaling/odds', faultTexts.odds)
  expect(
    Number.isFinite(pointsToDoubleOdds) && pointsToDoubleOdds > 0,
    '/scaling/pointsToDoubleOdds',
    faultTexts.doubling
  )
  if (model.kind === 'woe') {
    expect(Number.isFinite(model.intercept), '/intercept', faultTexts.intercept)
    expect(ROUNDINGS.includes(model.rounding), '/rounding', faultTexts.rounding, { choices: ROUNDINGS.join(', ') })
  } else if (model.kind !== 'predictive') {
    const { kind = 'points' } = model
    expect(kind === 'points', '/kind', faultTexts.modelKind, { choices: MODEL_KINDS.join(', ') })
    expect(Number.isSafeInteger(model.basePoints), '/basePoints', faultTexts.wholePoints)
  }
  expect(isShare(model.minimumCoverage), '/minimumCoverage', faultTexts.coverage)
  const scored = model.kind === 'predictive' ? model.characteristics : enabledCharacteristics(model)
  expect(scored.length > 0, '/characteristics', faultTexts.noCharacteristic)
  const buffer = model.hysteresis?.points ?? 0
  expect(Number.isFinite(buffer) && buffer >= 0, '/hysteresis/points', faultTexts.hysteresis)
  return faults
}

function repeatedIds(list: readonly { id: string }[], pointer: string): ModelFault[] {
  return list.flatMap(({ id }, index) =>
    list.findIndex((each) => each.id === id) < index
      ? [invalid(`${pointer}/${index}/id`, faultTexts.repeatedId, { id })]
      : []
  )
}

/** Scores go into exactly one band each, and a higher score never means a higher PD. */
function calibrationFaults(bands: readonly CalibrationBand[] | undefined): ModelFault[] {
  if (bands === undefined) return []
  const { faults, expect } = collector(invalid)
  expect(bands.length > 0, '/calibration', faultTexts.noBand)
  bands.forEach(({ pd }, index) => {
    const at = `/calibration/${index}/pd`
    const previous = bands[index - 1]?.pd
    expect(pd >= PD_FLOOR && pd < 1, at, faultTexts.pd, { floor: PD_FLOOR })
    expect(!(previous !== undefined && pd > previous), at, faultTexts.pdRises)
  })
  return [...faults, ...rangeFaults(bands, '/calibration', 'band')]
}

/** Stated weights agree with the points; those of a statistical scorecard are worked out. */
function weightFaults(model: CardModel, points: readonly (readonly number[])[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const spreads = points.map((each, index) =>
    model.characteristics[index]?.enabled === false ? 0 : Math.max(...each) - Math.min(...each)
  )
  const spreadTotal = spreads.reduce((sum, spread) => sum + spread, 0)
  expect(!(spreadTotal <= 0), '/characteristics', faultTexts.noSpread)
  if (model.kind === 'woe') return faults
  const weights = model.characteristics.map((each) => (each.enabled === false ? 0 : each.weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  expect(Math.abs(total - 100) < 1e-9, '/characteristics', faultTexts.weightTotal, { total })
  weights.forEach((weight, index) => {
    const share = (100 * (spreads[index] ?? 0)) / spreadTotal
    expect(
      Math.abs(share - weight) <= WEIGHT_TOLERANCE,
      `/characteristics/${index}/weight`,
      faultTexts.weightOfPoints,
      { share: roundToHundredths(share), weight }
    )
  })
  return faults
}
