import { PD_FLOOR, type ScoringModel } from '../../../engine/index.ts'
import { node, type XmlNode } from '../read/xml.ts'

/**
 * The probability of default of a score as an expression of PMML: step by step what `pdOfModel`
 * does.
 */
export function pdExpression({ calibration, scaling }: ScoringModel, scoreField: string): XmlNode {
  if (calibration !== undefined) {
    const bins = calibration.map(({ from, to, pd }) =>
      node('DiscretizeBin', { binValue: Math.max(PD_FLOOR, pd) }, [
        node('Interval', {
          closure: from === undefined ? 'openOpen' : 'closedOpen',
          leftMargin: from,
          rightMargin: to
        })
      ])
    )
    return node('Discretize', { field: scoreField, dataType: 'double' }, bins)
  }
  const above = apply('-', node('FieldRef', { field: scoreField }), constant(scaling.points))
  const doublings = apply('/', above, constant(scaling.pointsToDoubleOdds))
  // Odds beyond all numbers count as missing, which the floor below passes over.
  const growth = finite(apply('exp', apply('*', doublings, constant(Math.LN2))))
  const odds = finite(apply('*', constant(scaling.odds), growth))
  const millionths = apply('round', apply('/', constant(1_000_000), apply('+', constant(1), odds)))
  return apply('max', constant(PD_FLOOR), apply('/', millionths, constant(1_000_000)))
}

function apply(name: string, ...operands: readonly XmlNode[]): XmlNode {
  return node('Apply', { function: name }, operands)
}

function finite(expression: XmlNode): XmlNode {
  return { ...expression, attributes: { ...expression.attributes, invalidValueTreatment: 'asMissing' } }
}

function constant(value: number): XmlNode {
  return node('Constant', { dataType: 'double' }, String(value))
}
