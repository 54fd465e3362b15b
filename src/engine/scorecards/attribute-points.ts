import type { CardModel, WoeModel } from './scoring-model.ts'

/**
 * The points of every attribute, by characteristic, in the order of the model. A points-based
 * scorecard states them. In a statistical one an attribute earns
 *
 *     -(coefficient · woe + intercept / n) · factor + offset / n
 *
 * where n is the number of enabled characteristics, factor = pointsToDoubleOdds / ln 2 and offset =
 * points - factor · ln(odds). So the sum is offset + factor · ln(odds good:bad) of the regression,
 * with intercept and offset spread evenly (Siddiqi, Credit Risk Scorecards, 2006). Not finite where
 * the model has a fault.
 */
export function attributePoints(model: CardModel): number[][] {
  if (model.kind === 'woe') return woePoints(model)
  return model.characteristics.map(({ attributes }) => attributes.map(({ points }) => points))
}

function woePoints({ characteristics, intercept, scaling, rounding }: WoeModel): number[][] {
  const count = characteristics.filter(({ enabled }) => enabled !== false).length
  const factor = scaling.pointsToDoubleOdds / Math.LN2
  const offset = scaling.points - factor * Math.log(scaling.odds)
  return characteristics.map(({ coefficient, attributes }) =>
    attributes.map(({ woe }) => {
      const points = offset / count - (coefficient * woe + intercept / count) * factor
      return rounding === 'whole' ? Math.floor(points + 0.5) : points
    })
  )
}
