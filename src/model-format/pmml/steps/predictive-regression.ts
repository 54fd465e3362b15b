import type { FieldScope } from '../read/conditions.ts'
import { fault } from '../read/findings.ts'
import { literal } from '../read/literals.ts'
import type { StepList, StepRef } from '../read/step-list.ts'
import { childrenOf, numberOf, type XmlElement } from '../read/xml.ts'

interface Weighed {
  readonly table: XmlElement
  readonly factor: 1 | -1
}

interface LinearTerm {
  of: string
  coefficient: number
  exponent?: number
}

/**
 * The sum of one or more tables, each with its sign. Undefined, with faults, where a term cannot be
 * worked out.
 */
export function linearOf(
  list: StepList,
  tables: readonly Weighed[],
  scope: FieldScope,
  wanted: string
): StepRef | undefined {
  const { findings } = list
  const before = findings.faults.length
  let intercept = 0
  const terms: LinearTerm[] = []
  for (const { table, factor } of tables) {
    const own = numberOf(table.attributes.get('intercept'))
    if (own === undefined) fault(findings, table.place, 'The intercept is a number.')
    intercept += factor * (own ?? 0)
    for (const term of termsOf(list, table, scope)) terms.push({ ...term, coefficient: factor * term.coefficient + 0 })
  }
  if (findings.faults.length > before) return undefined
  return list.add({ do: 'linear', intercept: intercept + 0, terms }, `sum of ${wanted}`, 'numeric')
}

function termsOf(list: StepList, table: XmlElement, scope: FieldScope): LinearTerm[] {
  return childrenOf(table, 'NumericPredictor', 'CategoricalPredictor', 'PredictorTerm').flatMap((element) => {
    const coefficient = numberOf(element.attributes.get('coefficient'))
    if (coefficient === undefined) {
      fault(list.findings, element.place, 'A predictor has a coefficient, which is a number.')
      return []
    }
    // Of a category that adds nothing it does not matter either whether it is known.
    if (coefficient === 0 && element.name === 'CategoricalPredictor') return []
    const term = element.name === 'NumericPredictor' ? numeric(list, element, scope) : other(list, element, scope)
    return term === undefined ? [] : [{ ...term, coefficient }]
  })
}

function nameOf({ attributes }: XmlElement): string {
  return attributes.get('name') ?? attributes.get('field') ?? ''
}

function numeric(list: StepList, element: XmlElement, scope: FieldScope): Omit<LinearTerm, 'coefficient'> | undefined {
  const field = scope(nameOf(element), element.place)
  if (field === undefined) return undefined
  if (field.type === 'category')
    return fault(list.findings, element.place, 'A numeric predictor looks at a number, not at a category.')
  const exponent = numberOf(element.attributes.get('exponent') ?? '1')
  if (exponent === undefined) return fault(list.findings, element.place, 'An exponent is a number.')
  return { of: field.id, ...(exponent === 1 ? {} : { exponent }) }
}

function other(list: StepList, element: XmlElement, scope: FieldScope): Omit<LinearTerm, 'coefficient'> | undefined {
  const { findings } = list
  if (element.name === 'PredictorTerm') return product(list, element, scope)
  const name = nameOf(element)
  const field = scope(name, element.place)
  if (field === undefined) return undefined
  if (!element.attributes.has('value'))
    return fault(findings, element.place, 'A predictor of a category has its value.')
  const value = literal(findings, element.place, element.attributes.get('value'), field)
  if (value === undefined) return undefined
  // A missing value is of no category.
  const ref = list.add({ do: 'indicator', of: field.id, value, missing: 0 }, `${name} is ${value}`, 'numeric')
  return { of: ref.id }
}

/** A term of several fields: their product, which is missing where one of them is. */
function product(list: StepList, element: XmlElement, scope: FieldScope): Omit<LinearTerm, 'coefficient'> | undefined {
  const references = childrenOf(element, 'FieldRef')
  const fields = references.map(({ attributes, place }) => scope(attributes.get('field') ?? '', place))
  const known = fields.filter((field) => field !== undefined)
  if (known.length < fields.length) return undefined
  const [first, ...others] = known
  if (first === undefined || known.some(({ type }) => type === 'category'))
    return fault(list.findings, element.place, 'A term of several fields multiplies numbers, one or more of them.')
  const all = others.reduce(
    (ref, next) => list.add({ do: 'apply', function: '*', to: [ref.id, next.id] }, `${ref.id} × ${next.id}`, 'numeric'),
    first
  )
  return { of: all.id }
}
