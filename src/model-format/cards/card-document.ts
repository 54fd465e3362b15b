import type { ModelFormat, ScoringModel } from '../../engine/index.ts'
import { fromPmml, type PmmlImport } from '../pmml/import.ts'
import { type Findings, fault, note } from '../pmml/read/findings.ts'
import { originOf } from '../pmml/read/origin.ts'
import { node, numberOf, writeXml, type XmlNode } from '../pmml/read/xml.ts'

/** One bin of a card: numbers, or categories; or what is missing, or in no other bin (`rest`). */
export type CardBin =
  | {
      readonly kind: 'numbers'
      readonly from?: number
      readonly to?: number
      readonly points: number
      readonly orMissing?: boolean
    }
  | {
      readonly kind: 'categories'
      readonly values: readonly string[]
      readonly points: number
      readonly orMissing?: boolean
    }
  | { readonly kind: 'missing'; readonly points: number }
  | { readonly kind: 'rest'; readonly points: number }

/** A card as a table tells it. */
interface CardTable {
  readonly format: ModelFormat
  readonly name: string
  readonly basePoints: number
  readonly variables: readonly { readonly name: string; readonly bins: readonly CardBin[] }[]
}

/**
 * A card of bins as a model: as the Scorecard of PMML that says the same, in which the first bin
 * that holds a value counts. A value in no bin leaves the card without a score.
 */
export function cardModelOf(findings: Findings, card: CardTable, choices: PmmlImport): ScoringModel | undefined {
  if (card.variables.length === 0) return fault(findings, '', 'The table holds no variable.')
  const found = fromPmml(documentOf(card), choices)
  if ('faults' in found) {
    for (const { detail } of found.faults) fault(findings, '', detail)
    return undefined
  }
  for (const { detail } of found.notes) note(findings, '', detail)
  return { ...found.model, origin: originOf(card.format) }
}

function documentOf({ name, basePoints, variables }: CardTable): string {
  const fields = variables.map(({ name: variable, bins }) => {
    const isNumber = bins.some(({ kind }) => kind === 'numbers')
    const [optype, dataType] = isNumber ? ['continuous', 'double'] : ['categorical', 'string']
    return node('DataField', { name: variable, optype, dataType })
  })
  const characteristics = variables.map(({ name: variable, bins }) =>
    node(
      'Characteristic',
      { name: variable },
      ordered(bins).map((bin) => node('Attribute', { partialScore: bin.points }, [predicateOf(variable, bin)]))
    )
  )
  return writeXml(
    node('PMML', { version: '4.4' }, [
      node('Header', {}),
      node('DataDictionary', {}, fields),
      node(
        'Scorecard',
        { modelName: name, functionName: 'regression', initialScore: basePoints, useReasonCodes: false },
        [
          node(
            'MiningSchema',
            {},
            variables.map((each) => node('MiningField', { name: each.name }))
          ),
          node('Characteristics', {}, characteristics)
        ]
      )
    ])
  )
}

/** Single values are asked for before the ranges around them, and whatever is in no bin last. */
function ordered(bins: readonly CardBin[]): CardBin[] {
  const order = ['missing', 'categories', 'numbers', 'rest']
  return bins.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
}

function predicateOf(field: string, bin: CardBin): XmlNode {
  const simple = (operator: string, value?: number) => node('SimplePredicate', { field, operator, value })
  const missing = simple('isMissing')
  if (bin.kind === 'missing') return missing
  if (bin.kind === 'rest') return node('True', {})
  const held = bin.kind === 'numbers' ? rangeOf(bin, simple) : membersOf(field, bin.values)
  return bin.orMissing === true ? node('CompoundPredicate', { booleanOperator: 'or' }, [missing, held]) : held
}

function rangeOf(
  { from, to }: { from?: number; to?: number },
  simple: (operator: string, value?: number) => XmlNode
): XmlNode {
  const bounds = [
    ...(from === undefined ? [] : [simple('greaterOrEqual', from)]),
    ...(to === undefined ? [] : [simple('lessThan', to)])
  ]
  const [first = simple('isNotMissing'), second] = bounds
  return second === undefined ? first : node('CompoundPredicate', { booleanOperator: 'and' }, [first, second])
}

function membersOf(field: string, values: readonly string[]): XmlNode {
  const quoted = values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(' ')
  return node('SimpleSetPredicate', { field, booleanOperator: 'isIn' }, [
    node('Array', { type: 'string', n: values.length }, quoted)
  ])
}

/**
 * A bound as tools write it: a number, or one of the many spellings of infinity; undefined for
 * anything else.
 */
export function boundOf(text: string): number | undefined {
  const word = text.trim()
  if (/^[+]?inf(inity)?$/i.test(word) || word === '∞') return Number.POSITIVE_INFINITY
  if (/^-inf(inity)?$/i.test(word) || word === '-∞') return Number.NEGATIVE_INFINITY
  return numberOf(word)
}

/** A range from one bound, included, to another, excluded; open where one is infinite. */
export function openRange(from: number, to: number): { from?: number; to?: number } {
  return { ...(Number.isFinite(from) ? { from } : {}), ...(Number.isFinite(to) ? { to } : {}) }
}
