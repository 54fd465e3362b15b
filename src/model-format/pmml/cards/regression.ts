import { type Cells, cellsOf } from '../read/cells.ts'
import type { FieldLookup, PmmlField } from '../read/fields.ts'
import { type Findings, fault, shown } from '../read/findings.ts'
import { type Raw, rawOf } from '../read/predicates.ts'
import { childrenOf, numberOf, type XmlElement } from '../read/xml.ts'

/**
 * A logistic regression of PMML on binned inputs: ln(odds bad:good) is the intercept and the sum of
 * its terms.
 */
export interface RegressionReading {
  readonly intercept: number
  readonly terms: readonly TermReading[]
}

export interface TermReading {
  readonly place: string
  readonly name: string
  readonly field: PmmlField
  readonly coefficient: number
  /** What the coefficient multiplies, for each value of the field. */
  readonly weights: Cells<number>
}

/**
 * Reads a RegressionModel as a regression of *bad*. `bad` names the category. Undefined, with
 * faults, for a regression that is no scorecard: of another kind, or of numbers that are not
 * binned.
 */
export function readRegression(
  findings: Findings,
  element: XmlElement,
  look: FieldLookup,
  bad: string
): RegressionReading | undefined {
  const before = findings.faults.length
  const { attributes, place } = element
  const normalization = attributes.get('normalizationMethod') ?? 'none'
  if (attributes.get('functionName') !== 'classification' || !/^(logit|softmax)$/.test(normalization))
    return fault(
      findings,
      place,
      'Only a logistic regression of two classes is a scorecard: classification with logit.'
    )
  const [first, second, ...others] = childrenOf(element, 'RegressionTable')
  if (first === undefined || second === undefined || others.length > 0)
    return fault(findings, place, 'A regression of two classes has two tables.')
  if (second.children.some(({ name }) => name !== 'Extension'))
    return fault(findings, second.place, 'The second table is the reference: it has an intercept and nothing else.')
  const sign = signOf(findings, place, first, second, bad)
  const constants = [first, second].map((table) => {
    const value = numberOf(table.attributes.get('intercept'))
    return value ?? fault(findings, table.place, 'The intercept is a number.')
  })
  // With logit the first table alone counts; with softmax the difference of the two.
  const intercept = (constants[0] ?? 0) - (normalization === 'softmax' ? (constants[1] ?? 0) : 0)
  const terms = [...numericTerms(findings, first, look), ...categoricalTerms(findings, first, look)]
  if (first.children.some(({ name }) => name === 'PredictorTerm'))
    fault(findings, first.place, 'A term of several fields has no form here: a characteristic looks at one field.')
  if (terms.length === 0) fault(findings, first.place, 'The regression has no predictor.')
  if (findings.faults.length > before || sign === undefined) return undefined
  const towardsBad = terms.map((term) => ({ ...term, coefficient: sign * term.coefficient }))
  return { intercept: sign * intercept + 0, terms: towardsBad }
}

/** 1 where the first table is of the bad, -1 where it is of the good. */
function signOf(
  findings: Findings,
  place: string,
  { attributes: first }: XmlElement,
  { attributes: second }: XmlElement,
  bad: string
): 1 | -1 | undefined {
  if (first.get('targetCategory') === bad) return 1
  if (second.get('targetCategory') === bad) return -1
  return fault(findings, place, `No table is of the category ${shown(bad)}.`)
}

function numericTerms(findings: Findings, table: XmlElement, look: FieldLookup): TermReading[] {
  return childrenOf(table, 'NumericPredictor').flatMap(({ attributes, place }) => {
    const name = attributes.get('name') ?? attributes.get('field') ?? ''
    const coefficient = numberOf(attributes.get('coefficient'))
    const field = look(name, place)
    if (field === undefined) return []
    if (coefficient === undefined || (numberOf(attributes.get('exponent') ?? '1') ?? 0) !== 1) {
      fault(findings, place, 'A predictor has a coefficient, which is a number, and no exponent.')
      return []
    }
    if (field.isPlain || field.type !== 'numeric') {
      fault(
        findings,
        place,
        `The field ${shown(name)} goes into the regression as it is: a scorecard needs bins. Derive a weight of evidence from it, by Discretize or MapValues.`
      )
      return []
    }
    const see = (raw: Raw): number | undefined => {
      const seen = field.see(raw)
      return typeof seen === 'number' ? seen : undefined
    }
    const weights = cellsOf(findings, place, field.source.type, field.turns, field.size, see)
    return weights === undefined ? [] : [{ place, name, field, coefficient, weights }]
  })
}

/**
 * The predictors of the values of one field are one term. A value without one is the reference: it
 * adds nothing, nor does a missing one.
 */
function categoricalTerms(findings: Findings, table: XmlElement, look: FieldLookup): TermReading[] {
  const byName = new Map<string, XmlElement[]>()
  for (const each of childrenOf(table, 'CategoricalPredictor')) {
    const name = each.attributes.get('name') ?? each.attributes.get('field') ?? ''
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [each])
    else known.push(each)
  }
  return [...byName].flatMap(([name, predictors]) => {
    const [{ place } = table] = predictors
    const field = look(name, place)
    if (field === undefined) return []
    if (field.type === 'numeric') {
      fault(findings, place, `The field ${shown(name)} is a number: its values are no categories.`)
      return []
    }
    const added = new Map<Raw, number>()
    for (const { attributes, place: at } of predictors) {
      const value = rawOf(attributes.get('value'), field.type)
      const coefficient = numberOf(attributes.get('coefficient'))
      if (value === undefined || coefficient === undefined) {
        fault(findings, at, 'A predictor of a category has its value, and a coefficient, which is a number.')
        return []
      }
      added.set(value, (added.get(value) ?? 0) + coefficient)
    }
    const values = [...added.keys()].filter((value) => typeof value === 'string')
    const words = new Set([...(field.isPlain ? [...values, ...field.source.words] : []), ...field.turns.words])
    const turns = { numbers: field.turns.numbers, words }
    const weights = cellsOf(
      findings,
      place,
      field.source.type,
      turns,
      field.size,
      (raw) => added.get(field.see(raw)) ?? 0
    )
    return weights === undefined ? [] : [{ place, name, field, coefficient: 1, weights }]
  })
}
