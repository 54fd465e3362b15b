import type { Step } from '../../../engine/index.ts'
import { cardParts } from '../read/card-parts.ts'
import { conditionOf, type FieldScope, predicateElement } from '../read/conditions.ts'
import { expressionIn, expressionOf } from '../read/expressions.ts'
import { fault } from '../read/findings.ts'
import { saysNo } from '../read/literals.ts'
import { idOf, uniqueNames } from '../read/names.ts'
import { isConstant, type StepList, type StepRef, stepOf } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'

/** What a card says of one of its characteristics. */
export interface CardEntry {
  readonly id: string
  readonly name: string
  readonly place: string
  readonly baseline: number | undefined
  readonly reasonCode: string | undefined
  /** Steps that it looks at. */
  readonly steps: readonly string[]
  readonly usesReasons: boolean
  readonly ranking: 'above' | 'below'
}

type CardCharacteristic = Extract<Step, { do: 'card' }>['characteristics'][number]
type CardAttribute = CardCharacteristic['attributes'][number]

/** A Scorecard as a step. What it says of its characteristics is added to `entries`. */
export function readCard(
  list: StepList,
  element: XmlElement,
  scope: FieldScope,
  entries: CardEntry[]
): StepRef | undefined {
  const { findings } = list
  const { attributes } = element
  const before = findings.faults.length
  const { initialScore: initial, found } = cardParts(findings, element)
  const unique = uniqueNames(entries.map(({ id }) => id))
  const characteristics = found.flatMap((each) => {
    const id = unique(idOf(each.attributes.get('name') ?? '', 'characteristic', 64))
    const made = attributesOf(list, each, scope, usesReasons(element))
    if (made === undefined) return []
    entries.push(entryOf(element, each, id, made))
    return [{ id, attributes: made }]
  })
  if (findings.faults.length > before || initial === undefined) return undefined
  return list.add({ do: 'card', initial, characteristics }, attributes.get('modelName') ?? 'card', 'numeric')
}

function usesReasons({ attributes }: XmlElement): boolean {
  return !saysNo(attributes.get('useReasonCodes'))
}

function entryOf(card: XmlElement, element: XmlElement, id: string, attributes: readonly CardAttribute[]): CardEntry {
  const own = element.attributes
  const isUsed = usesReasons(card)
  const steps = attributes.flatMap(({ when, points }) => [
    ...(when === undefined ? [] : [when]),
    ...(typeof points === 'string' ? [points] : [])
  ])
  return {
    id,
    name: own.get('name') ?? '',
    place: element.place,
    baseline: isUsed ? numberOf(own.get('baselineScore') ?? card.attributes.get('baselineScore')) : undefined,
    reasonCode: isUsed ? own.get('reasonCode') : undefined,
    steps,
    usesReasons: isUsed,
    ranking: card.attributes.get('reasonCodeAlgorithm') === 'pointsAbove' ? 'above' : 'below'
  }
}

function attributesOf(
  list: StepList,
  element: XmlElement,
  scope: FieldScope,
  isUsed: boolean
): CardAttribute[] | undefined {
  const { findings } = list
  const found = childrenOf(element, 'Attribute')
  if (found.length === 0) return fault(findings, element.place, 'A characteristic has at least one <Attribute>.')
  const made: CardAttribute[] = []
  for (const attribute of found) {
    const predicate = predicateElement(attribute)
    if (predicate === undefined) {
      fault(findings, attribute.place, 'An attribute has a predicate.')
      continue
    }
    const condition = conditionOf(list, predicate, scope)
    const points = pointsOf(list, attribute, scope, element.attributes.get('name') ?? 'points')
    if (condition === undefined || points === undefined) continue
    if (isConstant(condition) && condition.constant === false) continue
    const code = attribute.attributes.get('reasonCode')
    const own =
      isUsed && code !== undefined && code !== element.attributes.get('reasonCode') ? { reasonCode: code } : {}
    made.push({ ...(isConstant(condition) ? {} : { when: condition.id }), points, ...own })
  }
  return made.length > 0 ? made : fault(findings, element.place, 'No attribute can ever hold.')
}

function pointsOf(
  list: StepList,
  attribute: XmlElement,
  scope: FieldScope,
  wanted: string
): number | string | undefined {
  const { findings } = list
  const complex = childOf(attribute, 'ComplexPartialScore')
  if (complex === undefined) {
    const points = numberOf(attribute.attributes.get('partialScore'))
    return points ?? fault(findings, attribute.place, 'An attribute has a partialScore, which is a number.')
  }
  const expression = expressionIn(complex)
  if (expression === undefined)
    return fault(findings, complex.place, 'A partial score that is computed has an expression.')
  const term = expressionOf(list, expression, scope, `points of ${wanted}`)
  if (term === undefined) return undefined
  if (term.type !== 'numeric') return fault(findings, complex.place, 'Points that are computed are a number.')
  return isConstant(term) && typeof term.constant === 'number' ? term.constant : stepOf(list, term).id
}
