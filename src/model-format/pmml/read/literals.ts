import type { FeatureType } from '../../../engine/index.ts'
import { type Findings, fault, shown } from './findings.ts'
import { rawOf } from './predicates.ts'
import type { XmlElement } from './xml.ts'

/** The type of the values of a field, and whether its numbers have 32 bits. */
export interface FieldType {
  readonly type: FeatureType
  readonly isSingle: boolean
}

const NUMBER_TYPES = ['integer', 'float', 'double']

/** The type that a field or an expression declares; undefined for one that is of no use here. */
export function declaredType({ attributes }: XmlElement): FieldType | undefined {
  const dataType = attributes.get('dataType') ?? ''
  if (dataType === 'boolean') return { type: 'boolean', isSingle: false }
  if (dataType === 'string') return { type: 'category', isSingle: false }
  return NUMBER_TYPES.includes(dataType) ? { type: 'numeric', isSingle: dataType === 'float' } : undefined
}

/** Whether an attribute says yes, or no; XML writes either as a word or as a digit. */
export function saysYes(text: string | undefined): boolean {
  return rawOf(text, 'boolean') === 'true'
}

export function saysNo(text: string | undefined): boolean {
  return rawOf(text, 'boolean') === 'false'
}

/** Whether the values of a field are whole numbers. */
export function isInteger({ attributes }: XmlElement): boolean {
  return attributes.get('dataType') === 'integer'
}

/** A text of the document as a value of a type; undefined, with a fault, for what is none. */
export function literal(
  findings: Findings,
  place: string,
  text: string | undefined,
  { type, isSingle }: FieldType
): number | string | boolean | undefined {
  const raw = rawOf(text, type)
  if (raw === undefined) return fault(findings, place, `${shown(text)} is no value of a ${type} field.`)
  if (type === 'boolean') return raw === 'true'
  return isSingle && typeof raw === 'number' ? Math.fround(raw) : raw
}

/** The same of an attribute that may be left out; `null` where it is. */
export function attributeValue(
  findings: Findings,
  element: XmlElement,
  name: string,
  type: FieldType
): number | string | boolean | null | undefined {
  const text = element.attributes.get(name)
  return text === undefined ? null : literal(findings, element.place, text, type)
}
