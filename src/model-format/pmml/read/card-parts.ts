import { type Findings, fault } from './findings.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from './xml.ts'

/** The initial score of a Scorecard, by default 0, and its characteristics; notes faults. */
export function cardParts(
  findings: Findings,
  element: XmlElement
): { readonly initialScore: number | undefined; readonly found: readonly XmlElement[] } {
  const { attributes, place } = element
  const initialScore = attributes.has('initialScore') ? numberOf(attributes.get('initialScore')) : 0
  if (initialScore === undefined) fault(findings, place, 'The initialScore is a number.')
  const list = childOf(element, 'Characteristics')
  const found = list === undefined ? [] : childrenOf(list, 'Characteristic')
  if (found.length === 0) fault(findings, place, 'A scorecard has at least one <Characteristic>.')
  return { initialScore, found }
}
