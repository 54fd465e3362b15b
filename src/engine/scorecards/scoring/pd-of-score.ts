import { PD_FLOOR } from '../../values/rating.ts'
import type { Scaling, ScoringModel } from '../scoring-model.ts'

/**
 * PD = 1 / (1 + odds), the odds good:bad doubling every `pointsToDoubleOdds` points; never below
 * the floor; six decimals.
 */
export function pdOfScore(scaling: Scaling, points: number): number {
  const odds = scaling.odds * Math.exp(((points - scaling.points) / scaling.pointsToDoubleOdds) * Math.LN2)
  return Math.max(PD_FLOOR, Math.round(1_000_000 / (1 + odds)) / 1_000_000)
}

/**
 * The score that corresponds to a PD: the inverse of `pdOfScore` above the floor. The PD lies
 * between 0 and 1, both excluded.
 */
export function scoreOfPd(scaling: Scaling, pd: number): number {
  return scaling.points + (scaling.pointsToDoubleOdds * Math.log((1 - pd) / pd / scaling.odds)) / Math.LN2
}

/**
 * The PD of a score: that of its band where the model has a calibration table, else that of its
 * scaling. Never below the floor, and never higher for a higher score.
 */
export function pdOfModel(model: ScoringModel, points: number): number {
  const { calibration } = model
  if (calibration === undefined) return pdOfScore(model.scaling, points)
  const band = calibration.findLast(({ from }) => from === undefined || points >= from)
  return Math.max(PD_FLOOR, band?.pd ?? 1)
}
