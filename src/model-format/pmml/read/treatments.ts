import type { NumberRange } from '../../../engine/index.ts'
import { nextUp } from './cells.ts'
import { fault, shown } from './findings.ts'
import { attributeValue, declaredType, type FieldType, isInteger, literal } from './literals.ts'
import type { StepBody, StepList, StepRef } from './step-list.ts'
import { childrenOf, numberOf, type XmlElement } from './xml.ts'

type Reading = Extract<StepBody, { do: 'read' }>

/**
 * A field of the DataDictionary as a model sees it, treated as its MiningField says. `input` is its
 * name here.
 */
export function readField(
  list: StepList,
  data: XmlElement,
  mining: XmlElement | undefined,
  input: string
): StepRef | undefined {
  const { findings } = list
  const { attributes, place } = data
  const type = declaredType(data)
  if (type === undefined)
    return fault(findings, place, `A field of type ${shown(attributes.get('dataType'))} is no input here.`)
  const before = findings.faults.length
  const body: Reading = {
    do: 'read',
    input,
    type: type.type,
    ...(type.isSingle ? { precision: 'single' } : {}),
    // A number that is not whole is no value of an integer field, and so not valid.
    ...(isInteger(data) ? { whole: true } : {}),
    ...validityOf(list, data, type),
    ...(mining === undefined ? { invalid: 'keep' as const } : miningTreatment(list, mining, type))
  }
  return findings.faults.length > before
    ? undefined
    : list.add(body, attributes.get('name') ?? '', type.type, type.isSingle)
}

type Validity = Pick<Reading, 'none' | 'valid' | 'notValid'>

/** Which values are valid, which are not, and which mean that there is none. */
function validityOf({ findings }: StepList, data: XmlElement, type: FieldType): Validity {
  const listed = childrenOf(data, 'Value')
  const of = (property: string) =>
    listed
      .filter(({ attributes }) => (attributes.get('property') ?? 'valid') === property)
      .flatMap(({ attributes, place }) => literal(findings, place, attributes.get('value'), type) ?? [])
  const [none, notValid, values] = [of('missing'), of('invalid'), of('valid')]
  const ranges = childrenOf(data, 'Interval').flatMap((each) => rangeOf({ findings }, each) ?? [])
  const valid = {
    ...(values.length > 0 ? { values } : {}),
    ...(ranges.length > 0 && type.type === 'numeric' ? { ranges } : {})
  }
  return {
    ...(none.length > 0 ? { none } : {}),
    ...(notValid.length > 0 ? { notValid } : {}),
    ...(Object.keys(valid).length > 0 ? { valid } : {})
  }
}

/** An interval as a range: its lower bound included, its upper bound excluded. */
export function rangeOf(
  { findings }: Pick<StepList, 'findings'>,
  { attributes, place }: XmlElement
): NumberRange | undefined {
  const left = numberOf(attributes.get('leftMargin'))
  const right = numberOf(attributes.get('rightMargin'))
  const closure = /^(open|closed)(Open|Closed)$/.exec(attributes.get('closure') ?? '')
  const isRead =
    attributes.has('leftMargin') === (left !== undefined) && attributes.has('rightMargin') === (right !== undefined)
  if (!isRead || closure === null)
    return fault(findings, place, 'An interval has a closure, and numbers as its margins.')
  const from = left === undefined ? undefined : closure[1] === 'closed' ? left : nextUp(left)
  const to = right === undefined ? undefined : closure[2] === 'Closed' ? nextUp(right) : right
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined || to === Number.POSITIVE_INFINITY ? {} : { to })
  }
}

type Treatment = Pick<Reading, 'invalid' | 'replacement' | 'limits' | 'missing'>

function miningTreatment({ findings }: StepList, mining: XmlElement, type: FieldType): Treatment {
  return {
    ...invalidTreatment(findings, mining, type),
    ...outlierTreatment(findings, mining, type),
    ...missingTreatment(findings, mining, type)
  }
}

/** What stands for a missing value. */
export function missingTreatment(
  findings: StepList['findings'],
  mining: XmlElement,
  type: FieldType
): Pick<Reading, 'missing'> {
  if (mining.attributes.get('missingValueTreatment') === 'returnInvalid') return { missing: null }
  const missing = attributeValue(findings, mining, 'missingValueReplacement', type)
  return missing === undefined || missing === null ? {} : { missing }
}

function invalidTreatment(
  findings: StepList['findings'],
  mining: XmlElement,
  type: FieldType
): Pick<Reading, 'invalid' | 'replacement'> {
  const { attributes, place } = mining
  const treatment = attributes.get('invalidValueTreatment') ?? 'returnInvalid'
  switch (treatment) {
    case 'returnInvalid':
      return { invalid: 'refuse' }
    case 'asMissing':
      return { invalid: 'missing' }
    case 'asIs':
      return { invalid: 'keep' }
    case 'asValue': {
      const replacement = attributeValue(findings, mining, 'invalidValueReplacement', type)
      if (replacement === null) fault(findings, place, 'With asValue there is an invalidValueReplacement.')
      return replacement === null || replacement === undefined
        ? { invalid: 'refuse' }
        : { invalid: 'replace', replacement }
    }
    default:
      fault(findings, place, `There is no treatment ${shown(treatment)} of invalid values.`)
      return { invalid: 'refuse' }
  }
}

function outlierTreatment(
  findings: StepList['findings'],
  { attributes, place }: XmlElement,
  { type }: FieldType
): Pick<Reading, 'limits'> {
  const outliers = attributes.get('outliers') ?? 'asIs'
  if (outliers === 'asIs' || type !== 'numeric') return {}
  if (outliers !== 'asMissingValues' && outliers !== 'asExtremeValues') {
    fault(findings, place, `There is no treatment ${shown(outliers)} of outliers.`)
    return {}
  }
  const low = numberOf(attributes.get('lowValue'))
  const high = numberOf(attributes.get('highValue'))
  if (low === undefined || high === undefined || low > high) {
    fault(findings, place, 'Where outliers are treated, lowValue and highValue say what they are.')
    return {}
  }
  return { limits: { low, high, beyond: outliers === 'asMissingValues' ? 'missing' : 'limit' } }
}
