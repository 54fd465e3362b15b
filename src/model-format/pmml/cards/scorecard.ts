import { cardParts } from '../read/card-parts.ts'
import { type Cells, cellsOf } from '../read/cells.ts'
import type { FieldLookup, PmmlField } from '../read/fields.ts'
import { type Findings, fault, shown } from '../read/findings.ts'
import { saysNo } from '../read/literals.ts'
import { fieldsIn, PREDICATES, type Predicate, predicateOf, type Raw, type Turns } from '../read/predicates.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'

/** A Scorecard of PMML, with its predicates worked out: what each value of each field earns. */
export interface ScorecardReading {
  readonly initialScore: number
  /**
   * Ranks reasons by the points above the baseline: as cards do in which more points mean more
   * risk.
   */
  readonly ranksAbove: boolean
  readonly characteristics: readonly CharacteristicReading[]
}

export interface CharacteristicReading {
  readonly place: string
  readonly name: string
  /** Undefined where all earn the same. */
  readonly field: PmmlField | undefined
  readonly reasonCode: string | undefined
  readonly baseline: number | undefined
  readonly earned: Cells<Earned>
}

/** What an attribute of PMML earns. */
export interface Earned {
  readonly place: string
  readonly points: number
  /** Where it differs from that of the characteristic. */
  readonly reasonCode: string | undefined
}

/** Reads a Scorecard. Undefined, with faults, where it does what no scorecard of ours can do. */
export function readScorecard(
  findings: Findings,
  element: XmlElement,
  look: FieldLookup
): ScorecardReading | undefined {
  const { attributes } = element
  const before = findings.faults.length
  const { initialScore, found } = cardParts(findings, element)
  const useReasons = !saysNo(attributes.get('useReasonCodes'))
  const baseline = useReasons ? numberOf(attributes.get('baselineScore')) : undefined
  const characteristics = found.map((each) => readCharacteristic(findings, each, look, useReasons, baseline))
  if (findings.faults.length > before || initialScore === undefined) return undefined
  return {
    initialScore,
    ranksAbove: useReasons && attributes.get('reasonCodeAlgorithm') === 'pointsAbove',
    characteristics: characteristics.filter((each) => each !== undefined)
  }
}

function readCharacteristic(
  findings: Findings,
  element: XmlElement,
  look: FieldLookup,
  useReasons: boolean,
  baselineOfAll: number | undefined
): CharacteristicReading | undefined {
  const { attributes, place } = element
  const found = childrenOf(element, 'Attribute')
  if (found.length === 0) return fault(findings, place, 'A characteristic has at least one <Attribute>.')
  const predicates = found.map((each) => predicateElementOf(findings, each))
  const fields = new Set(predicates.flatMap((each) => (each === undefined ? [] : [...fieldsIn(each)])))
  if (fields.size > 1) {
    const names = [...fields].slice(0, 5).map(shown).join(', ')
    return fault(findings, place, `A characteristic looks at one field, this one at ${names}: split it.`)
  }
  const [fieldName] = fields
  const field = fieldName === undefined ? undefined : look(fieldName, place)
  if (fieldName !== undefined && field === undefined) return undefined
  const reasonCode = useReasons ? attributes.get('reasonCode') : undefined
  const earned = earnedOf(findings, place, field, found, predicates, reasonCode)
  if (earned === undefined) return undefined
  const baseline = useReasons ? (numberOf(attributes.get('baselineScore')) ?? baselineOfAll) : undefined
  return { place, name: attributes.get('name') ?? fieldName ?? '', field, reasonCode, baseline, earned }
}

function predicateElementOf(findings: Findings, attribute: XmlElement): XmlElement | undefined {
  const predicate = attribute.children.find(({ name }) => (PREDICATES as readonly string[]).includes(name))
  return predicate ?? fault(findings, attribute.place, 'An attribute has a predicate.')
}

function earnedOf(
  findings: Findings,
  place: string,
  field: PmmlField | undefined,
  attributes: readonly XmlElement[],
  predicateElements: readonly (XmlElement | undefined)[],
  reasonCode: string | undefined
): Cells<Earned> | undefined {
  const turns: Turns = { numbers: new Set(), words: new Set() }
  const predicates: Predicate[] = []
  const worths: Earned[] = []
  attributes.forEach((attribute, index) => {
    const element = predicateElements[index]
    const predicate =
      element === undefined ? undefined : predicateOf(findings, element, field?.type ?? 'category', turns)
    const worth = worthOf(findings, attribute, reasonCode)
    if (predicate === undefined || worth === undefined) return
    predicates.push(predicate)
    worths.push(worth)
  })
  if (predicates.length < attributes.length) return undefined
  const firstTrue = (raw: Raw): Earned | undefined => {
    const seen = field === undefined ? raw : field.see(raw)
    return worths[predicates.findIndex(({ holds }) => holds(seen) === true)]
  }
  const size = predicates.reduce((sum, each) => sum + each.size, field?.size ?? 1)
  if (field === undefined) return cellsOf(findings, place, 'category', turns, size, firstTrue)
  return cellsOf(findings, place, field.source.type, turnsOf(field, turns), size, firstTrue)
}

/**
 * Where the source may change what is earned: where what is seen of it may, and where the
 * predicates look at it themselves, there. The words that the document lists are known ones, even
 * where no predicate names them.
 */
function turnsOf({ isPlain, source, turns }: PmmlField, { numbers, words }: Turns): Turns {
  const named = isPlain ? [...words, ...turns.words] : turns.words
  return {
    numbers: isPlain ? new Set([...numbers, ...turns.numbers]) : turns.numbers,
    words: new Set([...named, ...source.words])
  }
}

function worthOf(findings: Findings, attribute: XmlElement, reasonCode: string | undefined): Earned | undefined {
  const { attributes, place } = attribute
  if (childOf(attribute, 'ComplexPartialScore') !== undefined)
    return fault(findings, place, 'A partial score that is computed has no form here: give every attribute a number.')
  const points = numberOf(attributes.get('partialScore'))
  if (points === undefined) return fault(findings, place, 'An attribute has a partialScore, which is a number.')
  const own = attributes.get('reasonCode')
  return { place, points, reasonCode: own === reasonCode ? undefined : own }
}
